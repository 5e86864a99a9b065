/* Opening a ledger: which stored files can be trusted, where it ends, and whether it has what was
 * signed. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "fs/store/ledger/ledger_internal.h"
#include "fs/store/ledger/ledger_record.h"

/* Where the first `size` entries end, by the stored position of the last, whose record must be
 * there and be what was hashed. */
static int find_end(struct ledger *l, uint64_t size, struct ledger_place *end)
{
	uint8_t leaf[HASH_LEN], stored[HASH_LEN];
	struct record record;
	size_t got, need;
	uint8_t *buf;
	int err;

	*end = (struct ledger_place){ 0, 0 };
	if (size == 0)
		return 0;
	buf = malloc(RECORD_MAX);
	if (buf == NULL)
		return ENOMEM;
	end->segment = segments_find(&l->segments, size - 1);
	err = derived_position(&l->derived, size - 1, &end->offset);
	if (err == 0)
		err = segments_read(&l->segments, end->segment, end->offset, buf, RECORD_MAX, &got);
	if (err == 0)
		err = derived_hash(&l->derived, 0, size - 1, stored);
	if (err != 0)
		goto out;
	err = EUCLEAN;
	if (record_read(buf, got, &record, &need) != 0 || record.seq != size - 1)
		goto out;
	merkle_leaf(record.text, record.len, leaf);
	if (memcmp(leaf, stored, HASH_LEN) != 0)
		goto out;
	end->offset += need;
	err = 0;
out:
	free(buf);
	return err;
}

/* Whether every segment that the head covers is there and as long as the positions say.  0 or
 * EUCLEAN. */
static int check_segments(struct ledger *l)
{
	const struct segments *s = &l->segments;
	struct ledger_place end;
	uint64_t length;
	int err;

	for (size_t i = 1; i < s->count && s->list[i].first <= l->head.size; i++) {
		err = find_end(l, s->list[i].first, &end);
		if (err == 0)
			err = segments_length(&l->segments, i - 1, &length);
		if (err != 0)
			return err;
		if (end.segment != i - 1 || end.offset != length)
			return EUCLEAN;
	}
	return 0;
}

static int check_root(struct ledger *l)
{
	uint8_t root[HASH_LEN];
	struct tile_edge edge;
	int err;

	if (l->head.size == 0)
		return 0;
	err = derived_edge(&l->derived, l->head.size, &edge);
	if (err != 0)
		return err;
	tile_edge_root(&edge, root);
	return memcmp(root, l->head.root, HASH_LEN) == 0 ? 0 : EUCLEAN;
}

/* Where reading must begin: at the head's end if the stored files agree with it, else at the very
 * beginning. */
static int find_start(struct ledger *l, struct ledger_place *start)
{
	int err;

	err = derived_covers(&l->derived, l->head.size);
	if (err == 0)
		err = check_root(l);
	if (err == 0)
		err = check_segments(l);
	if (err == 0)
		err = find_end(l, l->head.size, start);
	if (err == 0)
		return derived_edge(&l->derived, l->head.size, &l->edge);
	if (err != EUCLEAN)
		return err;
	*start = (struct ledger_place){ 0, 0 };
	tile_edge_init(&l->edge);
	return derived_renew(&l->derived);
}

/* The ledger as read, up to `end`, must hold what was signed. */
static int check_head(struct ledger *l, struct ledger_place end, struct ledger_fault *fault)
{
	char name[SEGMENT_NAME];
	int err;

	if (l->edge.count < l->head.size) {
		segments_name(&l->segments, end.segment, name);
		ledger_fault_set(fault,
			_("%s, offset %" PRIu64 ": the ledger ends here with %" PRIu64
			  " entries, its signed checkpoint is over %" PRIu64
			  ": it was rolled back or its end is damaged"),
			name, end.offset, l->edge.count, l->head.size);
		return EUCLEAN;
	}
	err = check_root(l);
	if (err == EUCLEAN)
		ledger_fault_set(fault,
			_("segment: the first %" PRIu64
			  " entries are not those that were signed: the ledger was rewritten"),
			l->head.size);
	return err;
}

/* Counts, and in mode WRITE removes, what a crash left behind the last whole record. */
static int cut_tail(struct ledger *l, struct ledger_place end, uint64_t *cut)
{
	uint64_t length;
	int err;

	err = segments_length(&l->segments, end.segment, &length);
	if (err != 0)
		return err;
	l->segments.end = end.offset;
	*cut = length > end.offset ? length - end.offset : 0;
	if (*cut == 0 || l->mode != LEDGER_WRITE)
		return 0;
	return segments_cut(&l->segments, end.segment, end.offset);
}

/* Reads the records from `at` on.  Nothing is changed before all are known to be sound. */
static int read_on(
	struct ledger *l, struct ledger_place at, uint64_t *cut, struct ledger_fault *fault)
{
	int err;

	err = ledger_scan(l, &at, fault);
	if (err == 0)
		err = check_head(l, at, fault);
	if (err == 0)
		err = derived_promote(&l->derived);
	if (err == 0)
		err = cut_tail(l, at, cut);
	if (err != 0)
		return err;
	l->synced = l->edge.count;
	atomic_store_explicit(&l->size, l->edge.count, memory_order_release);
	return 0;
}

int ledger_recover(struct ledger *l, uint64_t *cut, struct ledger_fault *fault)
{
	struct ledger_place start;
	int err;

	if (l->segments.list[0].first != 0) {
		ledger_fault_set(fault, _("segment: the first segment is missing"));
		return EUCLEAN;
	}
	err = find_start(l, &start);
	if (err != 0)
		return err;
	return read_on(l, start, cut, fault);
}

/* Where the entries known so far end now, and the edge there. */
static int find_known_end(struct ledger *l, struct ledger_place *end)
{
	int err;

	err = find_end(l, l->edge.count, end);
	if (err != EUCLEAN)
		return err;
	/* the last ones seen were not durable, and the mount took them back: back to what was
	 * signed at the opening */
	err = derived_edge(&l->derived, l->derived.trusted, &l->edge);
	if (err != 0)
		return err;
	atomic_store_explicit(&l->size, l->edge.count, memory_order_release);
	return find_end(l, l->edge.count, end);
}

int ledger_refresh(struct ledger *l, struct ledger_fault *fault)
{
	struct ledger_place end;
	uint64_t cut;
	int err;

	ledger_fault_set(fault, "%s", "");
	if (l->mode == LEDGER_WRITE)
		return 0;
	/* the head first: its entries were there before it */
	err = ledger_load_head(l, fault);
	if (err == 0)
		err = segments_list(&l->segments);
	if (err == 0)
		err = find_known_end(l, &end);
	if (err == 0)
		err = read_on(l, end, &cut, fault);
	if (err != 0)
		derived_edge(&l->derived, ledger_size(l), &l->edge);
	return err;
}
