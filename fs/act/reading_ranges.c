/* Which bytes were read, on the ledger. */
#include "fs/act/reading_private.h"

#include <stdio.h>
#include <string.h>

time_t reading_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Posts what was read since the last record.  Under the reading's lock. */
void reading_record(struct fs *fs, struct reading *r, bool closing)
{
	int err;

	r->recorded = reading_seconds();
	if (r->ranges == 0 && !closing)
		return;
	err = committer_post_record(fs->store->committer,
		closing ? EVENT_READ_CLOSE : EVENT_READ_RANGES,
		&(struct about){ .who = &r->who, .item = r->item },
		readings_details(r->range, r->ranges, r->bytes, r->own ? 0 : r->grant_id,
			fs->store->format.utc_offset));
	if (err != 0)
		fprintf(stderr, "custodyfs: item %lld: what was read is not recorded yet: %s\n",
			(long long)r->item, strerror(err));
	else
		r->ranges = 0;
}

/* Notes a range, joined with those that it meets.  Under the lock. */
void reading_note(struct fs *fs, struct reading *r, int64_t from, int64_t to)
{
	struct byte_range all = { from, to };
	size_t kept = 0;

	r->bytes += to - from;
	for (size_t i = 0; i < r->ranges; i++) {
		struct byte_range x = r->range[i];

		if (x.to < all.from || x.from > all.to) {
			r->range[kept++] = x;
			continue;
		}
		all.from = x.from < all.from ? x.from : all.from;
		all.to = x.to > all.to ? x.to : all.to;
	}
	r->ranges = kept;
	if (kept == RANGES_MAX)
		reading_record(fs, r, false);
	if (r->ranges == RANGES_MAX) { /* not recorded: one range too wide rather than one lost */
		all.from = r->range[0].from < all.from ? r->range[0].from : all.from;
		all.to = r->range[0].to > all.to ? r->range[0].to : all.to;
		r->range[0] = all;
		return;
	}
	r->range[r->ranges++] = all;
}

void reading_finish(struct fs *fs, struct reading *r)
{
	mutex_lock(&r->lock);
	reading_record(fs, r, true);
	r->closed = true;
	mutex_unlock(&r->lock);
}
