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

static json_t *ranges_json(const struct reading *r) REQUIRES(r->lock)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->ranges; i++)
		json_array_append_new(list,
			json_pack("[I, I]", (json_int_t)r->range[i].from,
				(json_int_t)r->range[i].to));
	return list;
}

/* Posts what was read since the last record.  Under the reading's lock. */
void reading_record(struct fs *fs, struct reading *r, bool closing)
{
	int err;

	r->recorded = reading_seconds();
	if (r->ranges == 0 && !closing)
		return;
	err = committer_post(fs->store->committer,
		&(struct event){ .kind = closing ? "read.close" : "read.ranges",
			.who = &r->who,
			.item = r->item,
			DETAILS("{s:o, s:I, s:o}", "ranges", ranges_json(r), "bytes",
				(json_int_t)r->bytes, "grant",
				r->own ? json_null() : json_integer(r->grant_id)) });
	if (err != 0)
		fprintf(stderr, "custodyfs: item %lld: what was read is not recorded yet: %s\n",
			(long long)r->item, strerror(err));
	else
		r->ranges = 0;
}

/* Notes a range, joined with those that it meets.  Under the lock. */
void reading_note(struct fs *fs, struct reading *r, int64_t from, int64_t to)
{
	struct range all = { from, to };
	size_t kept = 0;

	r->bytes += to - from;
	for (size_t i = 0; i < r->ranges; i++) {
		struct range x = r->range[i];

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
	if (r->ranges == RANGES_MAX) { /* it could not be recorded: rather too much is told than too
					  little */
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
