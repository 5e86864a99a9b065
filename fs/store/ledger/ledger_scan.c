/* The ledger's records read in order, and what a bad one among them means. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "fs/store/ledger/ledger_internal.h"
#include "fs/store/ledger/ledger_record.h"

#define WINDOW (1 << 20) /* bytes read at once */
#define DERIVE 1024      /* entries derived at once */

struct scan {
	struct ledger *l;
	struct ledger_fault *fault;
	struct ledger_place at; /* the next record */
	uint8_t *window;        /* what was read of its segment, from window_start on */
	uint64_t window_start;
	size_t window_len;
	uint64_t positions[DERIVE]; /* of entries that are read and not yet derived */
	uint8_t leaves[DERIVE][HASH_LEN];
	size_t pending;
};

static uint64_t expected(const struct scan *s)
{
	return s->l->edge.count + s->pending;
}

static int damage(const struct scan *s, const char *what)
{
	char name[SEGMENT_NAME];

	segments_name(&s->l->segments, s->at.segment, name);
	ledger_fault_set(s->fault,
		_("%s, offset %" PRIu64 ": %s (entry %" PRIu64 " should stand there)"), name,
		s->at.offset, what, expected(s));
	return EUCLEAN;
}

/* The bytes from offset on, as many as RECORD_MAX where the segment has them. */
static int look(struct scan *s, uint64_t offset, const uint8_t **bytes, size_t *len)
{
	uint64_t skip = offset - s->window_start;
	bool to_end = s->window_len < WINDOW; /* a window that is short reaches the segment's end */
	int err;

	if (s->window_start > offset || skip > s->window_len ||
		(!to_end && skip + RECORD_MAX > s->window_len)) {
		err = segments_read(
			&s->l->segments, s->at.segment, offset, s->window, WINDOW, &s->window_len);
		if (err != 0)
			return err;
		s->window_start = offset;
		skip = 0;
	}
	*bytes = s->window + skip;
	*len = s->window_len - (size_t)skip;
	return 0;
}

/* To another place, or to the same one to read it anew. */
static void go_to(struct scan *s, size_t segment, uint64_t offset)
{
	s->at = (struct ledger_place){ segment, offset };
	s->window_start = UINT64_MAX;
	s->window_len = 0;
}

/* The record at s->at.  ENODATA: the segment ends there; EBADMSG: torn or damaged; ESTALE: whole,
 * but of another entry. */
static int peek(struct scan *s, struct record *record)
{
	const uint8_t *bytes;
	size_t len, need;
	int err;

	err = look(s, s->at.offset, &bytes, &len);
	if (err != 0)
		return err;
	if (len == 0)
		return ENODATA;
	err = record_read(bytes, len, record, &need);
	if (err != 0)
		return EBADMSG;
	return record->seq == expected(s) ? 0 : ESTALE;
}

/* Whether there is a record of a later batch behind the bad one at s->at: 0 or ENOENT. */
static int find_later_batch(struct scan *s)
{
	uint64_t offset = s->at.offset + 1;
	struct record record;
	const uint8_t *bytes;
	size_t len, need, next;
	int err;

	for (;;) {
		err = look(s, offset, &bytes, &len);
		if (err != 0)
			return err;
		next = record_seek(bytes, len, 0);
		if (next == len && len < RECORD_MAX)
			return ENOENT;
		if (next == len) {
			offset += len -
				(RECORD_HEADER -
					1); /* a header may begin in one look and end in the next */
			continue;
		}
		offset += next;
		err = look(s, offset, &bytes, &len);
		if (err != 0)
			return err;
		if (record_read(bytes, len, &record, &need) == 0 && record.batch > expected(s))
			return 0;
		offset++;
	}
}

/*
 * What the bad place at s->at means.  0: nothing, it is good now (a mount was writing it); ENODATA:
 * torn by a crash, the ledger ends here; EUCLEAN: damage.  A batch is durable before the next is
 * begun, and a segment before the next is made, so a crash can tear the last batch only.
 */
static int explain_bad_place(struct scan *s, int bad)
{
	bool last = s->at.segment == s->l->segments.count - 1;
	struct record record;
	int later, again;

	later = last && bad == EBADMSG ? find_later_batch(s) : 0;
	if (later != 0 && later != ENOENT)
		return later;
	if (later == ENOENT)
		return ENODATA;
	go_to(s, s->at.segment, s->at.offset);
	again = peek(s, &record);
	if (again != EBADMSG && again != ESTALE)
		return again == ENODATA ? 0 : again;
	if (again == ESTALE)
		return damage(s, _("a record of another entry"));
	return damage(s,
		last ? _("a damaged record, with later ones behind it")
		     : _("a damaged record, with later segments behind it"));
}

static int derive_pending(struct scan *s)
{
	int err = 0;

	if (s->pending > 0)
		err = derived_append(&s->l->derived, &s->l->edge,
			(const uint8_t(*)[HASH_LEN])s->leaves, s->positions, s->pending);
	s->pending = 0;
	return err;
}

static int take_record(struct scan *s, const struct record *record)
{
	s->positions[s->pending] = s->at.offset;
	merkle_leaf(record->text, record->len, s->leaves[s->pending]);
	s->pending++;
	s->at.offset += RECORD_HEADER + record->len;
	return s->pending == DERIVE ? derive_pending(s) : 0;
}

/* At a segment's end: on to the next.  ENODATA where there is none. */
static int next_segment(struct scan *s)
{
	const struct segments *all = &s->l->segments;
	char name[SEGMENT_NAME];

	if (s->at.segment == all->count - 1)
		return ENODATA;
	if (all->list[s->at.segment + 1].first != expected(s)) {
		segments_name(all, s->at.segment + 1, name);
		ledger_fault_set(s->fault,
			_("before %s: entries are missing from %" PRIu64
			  " on, a segment or its end is gone"),
			name, expected(s));
		return EUCLEAN;
	}
	go_to(s, s->at.segment + 1, 0);
	return 0;
}

/* Takes up all records from s->at to the ledger's end.  s->at is then where it ends. */
static int take_all(struct scan *s)
{
	struct record record;
	int err;

	for (;;) {
		err = peek(s, &record);
		if (err == 0)
			err = take_record(s, &record);
		else if (err == ENODATA)
			err = next_segment(s);
		else if (err == EBADMSG || err == ESTALE)
			err = explain_bad_place(s, err);
		if (err != 0)
			break;
	}
	return err == ENODATA ? derive_pending(s) : err;
}

int ledger_scan(struct ledger *l, struct ledger_place *at, struct ledger_fault *fault)
{
	struct scan *s;
	int err = ENOMEM;

	s = calloc(1, sizeof *s);
	if (s == NULL)
		return ENOMEM;
	s->l = l;
	s->fault = fault;
	s->window = malloc(WINDOW);
	if (s->window == NULL)
		goto out;
	go_to(s, at->segment, at->offset);
	err = take_all(s);
	*at = s->at;
	free(s->window);
out:
	free(s);
	return err;
}
