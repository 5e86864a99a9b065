/* Writing the ledger: append, make durable, take back, sign.  In one thread. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/fileio.h"
#include "fs/store/ledger/ledger_internal.h"
#include "fs/store/ledger/ledger_record.h"

#define TEMPORARY LEDGER_CHECKPOINT ".new"

void ledger_set_segment_bytes(struct ledger *l, uint64_t bytes)
{
	l->segments.roll_at = bytes;
}

static void publish_size(struct ledger *l, uint64_t size)
{
	atomic_store_explicit(&l->size, size, memory_order_release);
}

/* A batch on its way into the ledger: its bytes, and what is derived from it. */
struct batch {
	uint8_t *bytes;
	size_t len;
	uint64_t *positions;
	uint8_t (*leaves)[HASH_LEN];
};

static void batch_free(struct batch *b)
{
	free(b->bytes);
	free(b->positions);
	free(b->leaves);
}

static int check_entries(const struct ledger_entry *entries, size_t n, size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < n; i++) {
		if (entries[i].len > LEDGER_ENTRY_MAX)
			return EMSGSIZE;
		if (entries[i].len == 0 || memchr(entries[i].text, '\n', entries[i].len) != NULL)
			return EINVAL;
		if (memchr(entries[i].text, '\0', entries[i].len) != NULL)
			return EINVAL;
		*len += RECORD_HEADER + entries[i].len;
	}
	return 0;
}

static int batch_make(
	const struct ledger *l, const struct ledger_entry *entries, size_t n, struct batch *b)
{
	size_t at = 0;

	b->bytes = malloc(b->len);
	b->positions = malloc(n * sizeof *b->positions);
	b->leaves = malloc(n * sizeof *b->leaves);
	if (b->bytes == NULL || b->positions == NULL || b->leaves == NULL)
		return ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct record r = { .seq = l->edge.count + i,
			.batch = l->synced,
			.text = entries[i].text,
			.len = (uint32_t)entries[i].len };

		b->positions[i] = l->segments.end + at;
		merkle_leaf(r.text, r.len, b->leaves[i]);
		record_header(&r, b->bytes + at);
		memcpy(b->bytes + at + RECORD_HEADER, r.text, r.len);
		at += RECORD_HEADER + r.len;
	}
	return 0;
}

/* Begins a new segment where the last is full. */
static int begin_segment_if_full(struct ledger *l)
{
	int err;

	if (l->segments.end < l->segments.roll_at)
		return 0;
	err = segments_sync(&l->segments);
	if (err != 0) {
		l->failed = true;
		return EIO;
	}
	err = segments_roll(&l->segments, l->edge.count);
	if (err == EIO)
		l->failed = true;
	return err;
}

static int batch_write(struct ledger *l, const struct batch *b, size_t n)
{
	struct tile_edge edge = l->edge;
	int err;

	err = segments_write(&l->segments, b->bytes, b->len);
	if (err == 0)
		err = derived_append(
			&l->derived, &edge, (const uint8_t(*)[HASH_LEN])b->leaves, b->positions, n);
	if (err != 0) {
		if (segments_cut(&l->segments, l->segments.count - 1, l->segments.end) != 0)
			l->failed = true;
		return err;
	}
	l->segments.end += b->len;
	l->edge = edge;
	publish_size(l, edge.count);
	return 0;
}

int ledger_append(struct ledger *l, const struct ledger_entry *entries, size_t n)
{
	struct batch b = { .bytes = NULL };
	int err;

	if (l->mode != LEDGER_WRITE)
		return EBADF;
	if (l->failed)
		return EIO;
	if (n == 0)
		return 0;
	err = check_entries(entries, n, &b.len);
	if (err != 0)
		return err;
	err = begin_segment_if_full(l);
	if (err == 0)
		err = batch_make(l, entries, n, &b);
	if (err == 0)
		err = batch_write(l, &b, n);
	batch_free(&b);
	return err;
}

int ledger_sync(struct ledger *l)
{
	if (l->failed)
		return EIO;
	if (l->synced == l->edge.count)
		return 0;
	/* older segments were synced when this one was begun */
	if (segments_sync(&l->segments) != 0) {
		l->failed = true;
		return EIO;
	}
	l->synced = l->edge.count;
	return 0;
}

int ledger_undo(struct ledger *l, uint64_t size)
{
	struct tile_edge edge;
	uint64_t position;
	int err;

	if (l->mode != LEDGER_WRITE)
		return EBADF;
	if (l->failed)
		return EIO;
	if (size < l->synced || size > l->edge.count)
		return EINVAL;
	if (size == l->edge.count)
		return 0;
	err = derived_position(&l->derived, size, &position);
	if (err == 0)
		err = derived_edge(&l->derived, size, &edge);
	if (err != 0)
		goto fail;
	publish_size(l, size); /* first, so that no reader takes the cut for damage */
	err = segments_cut(&l->segments, segments_find(&l->segments, size), position);
	if (err != 0)
		goto fail;
	l->edge = edge;
	return 0;
fail:
	l->failed = true;
	return err;
}

int ledger_checkpoint(struct ledger *l, const char *origin, const uint8_t seed[KEY_SEED_LEN],
	char out[CHECKPOINT_MAX])
{
	struct checkpoint c = { .size = l->edge.count };
	int err;

	if (l->failed)
		return EIO;
	if (l->synced != l->edge.count || strlen(origin) >= ORIGIN_MAX)
		return EINVAL;
	strcpy(c.origin, origin);
	tile_edge_root(&l->edge, c.root);
	err = checkpoint_sign(&c, seed, out);
	/* another key's signature would lock the store's own out */
	if (err == 0)
		err = checkpoint_open(out, l->vkey, &c);
	if (err != 0 || l->mode != LEDGER_WRITE)
		return err;
	/* once signed, the hashes below are believed: they must be there first */
	err = derived_sync(&l->derived);
	if (err != 0) {
		l->failed = true;
		return err;
	}
	err = fileio_replace(l->fd, TEMPORARY, LEDGER_CHECKPOINT, out, strlen(out), 0600);
	if (err == 0)
		l->head = c;
	return err;
}
