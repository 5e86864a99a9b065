/* The ledger's life: create, open, append, make durable, read, sign. */
#include "fs/store/ledger/ledger.h"
#include "fs/store/base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"
#include "fs/store/ledger/ledger_internal.h"
#include "fs/store/ledger/ledger_record.h"

#define TEMPORARY LEDGER_CHECKPOINT ".new"
#define GUESS 4096 /* most records are shorter, and are read in one go */

void ledger_fault_set(struct ledger_fault *fault, const char *format, ...)
{
	va_list args;

	if (fault == NULL)
		return;
	va_start(args, format);
	vsnprintf(fault->text, sizeof fault->text, format, args);
	va_end(args);
}

void ledger_set_segment_bytes(struct ledger *l, uint64_t bytes)
{
	l->segments.roll_at = bytes;
}

int ledger_create(const char *dir)
{
	int fd, err;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = segments_create(fd);
	if (err == 0)
		err = derived_create(fd);
	if (err == 0 && fsync(fd) < 0)
		err = errno;
	close(fd);
	return err;
}

int ledger_open(const char *dir, enum ledger_mode mode, const char *vkey, struct ledger **out,
	uint64_t *cut, struct ledger_fault *fault)
{
	bool writable = mode == LEDGER_WRITE;
	uint8_t pub[KEY_PUBLIC_LEN];
	char origin[ORIGIN_MAX];
	struct ledger *l;
	uint64_t gone = 0;
	int err;

	ledger_fault_set(fault, "%s", "");
	err = vkey_parse(vkey, origin, pub);
	if (err != 0)
		return err;
	l = calloc(1, sizeof *l);
	if (l == NULL)
		return ENOMEM;
	l->mode = mode;
	vkey_format(origin, pub, l->vkey);
	l->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0) {
		err = errno;
		goto err0;
	}
	err = ledger_load_head(l, fault);
	if (err != 0)
		goto err1;
	err = segments_open(l->fd, writable, &l->segments);
	if (err == ENOENT) {
		ledger_fault_set(fault, _("segment: there are no segments"));
		err = EUCLEAN;
	}
	if (err != 0)
		goto err1;
	err = writable ? segments_settle(&l->segments) : 0;
	if (err != 0)
		goto err2;
	err = derived_open(l->fd, writable, l->head.size, &l->derived);
	if (err != 0)
		goto err2;
	err = ledger_recover(l, &gone, fault);
	if (err != 0)
		goto err3;
	if (cut != NULL)
		*cut = gone;
	*out = l;
	return 0;
err3:
	derived_close(&l->derived);
err2:
	segments_close(&l->segments);
err1:
	close(l->fd);
err0:
	free(l);
	return err;
}

void ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	derived_close(&l->derived);
	segments_close(&l->segments);
	close(l->fd);
	free(l);
}

uint64_t ledger_size(const struct ledger *l)
{
	return atomic_load_explicit(&l->size, memory_order_acquire);
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
static int roll(struct ledger *l)
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
	err = roll(l);
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
	publish_size(l, size); /* first, lest a reader take the cut for damage */
	err = segments_cut(&l->segments, segments_find(&l->segments, size), position);
	if (err != 0)
		goto fail;
	l->edge = edge;
	return 0;
fail:
	l->failed = true;
	return err;
}

/* The record of an entry into buf of RECORD_MAX bytes. */
static int read_record(struct ledger *l, uint64_t seq, uint8_t *buf, struct record *r)
{
	uint64_t position;
	size_t got, need, want = GUESS;
	int err;

	err = derived_position(&l->derived, seq, &position);
	if (err != 0)
		return err;
	for (;;) {
		err = segments_read_entry(&l->segments, seq, position, buf, want, &got);
		if (err != 0)
			return err == ENOENT ? EUCLEAN : err;
		err = record_read(buf, got, r, &need);
		if (err != ENODATA || got < want)
			break;
		want = need;
	}
	if (err != 0 || r->seq != seq)
		return EUCLEAN;
	return 0;
}

int ledger_entry(const struct ledger *l, uint64_t seq, char **text, size_t *len)
{
	struct ledger *self = (struct ledger *)l; /* reading opens older segments */
	struct record r;
	uint8_t *buf;
	int err;

	if (seq >= ledger_size(l))
		return ENOENT;
	buf = malloc(RECORD_MAX);
	if (buf == NULL)
		return ENOMEM;
	err = read_record(self, seq, buf, &r);
	if (err != 0 && seq >= ledger_size(l))
		err = ENOENT; /* it was undone meanwhile */
	if (err == 0) {
		*text = malloc(r.len + 1);
		err = *text == NULL ? ENOMEM : 0;
	}
	if (err == 0) {
		memcpy(*text, r.text, r.len);
		(*text)[r.len] = '\0';
		*len = r.len;
	}
	free(buf);
	return err;
}

int ledger_hash(void *ledger, unsigned level, uint64_t index, uint8_t out[HASH_LEN])
{
	const struct ledger *l = ledger;

	if (level >= MERKLE_DEPTH)
		return EINVAL;
	if (index >= ledger_size(l) >> level)
		return ENOENT;
	return derived_hash(&l->derived, level, index, out);
}

int ledger_root(const struct ledger *l, uint64_t size, uint8_t out[HASH_LEN])
{
	if (size > ledger_size(l))
		return EINVAL;
	return merkle_root(ledger_hash, (void *)l, size, out);
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
	if (err == 0)
		err = checkpoint_open(out, l->vkey,
			&c); /* another key's signature would lock the store's own out */
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

static int source_entry(void *ledger, uint64_t seq, char **text, size_t *len)
{
	return ledger_entry(ledger, seq, text, len);
}

void ledger_source_init(struct ledger_source *s, struct ledger *l)
{
	uint8_t pub[KEY_PUBLIC_LEN];

	*s = (struct ledger_source){
		.arg = l, .size = ledger_size(l), .hash = ledger_hash, .entry = source_entry
	};
	strcpy(s->vkey, l->vkey);
	vkey_parse(l->vkey, s->origin, pub);
}

int ledger_stored_checkpoint(const struct ledger *l, char out[CHECKPOINT_MAX])
{
	return fileio_text(l->fd, LEDGER_CHECKPOINT, out, CHECKPOINT_MAX);
}
