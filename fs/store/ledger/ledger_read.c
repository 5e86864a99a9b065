/* Reading an open ledger: used for opening it, writing it and proving from it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "fs/store/ledger/ledger_internal.h"
#include "fs/store/ledger/ledger_record.h"

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

uint64_t ledger_size(const struct ledger *l)
{
	return atomic_load_explicit(&l->size, memory_order_acquire);
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

int ledger_load_head(struct ledger *l, struct ledger_fault *fault)
{
	struct checkpoint head;
	char text[CHECKPOINT_MAX];
	int err;

	err = ledger_stored_checkpoint(l, text);
	if (err == ENOENT)
		return 0;
	if (err == 0)
		err = checkpoint_open(text, l->vkey, &head);
	if (err == EBADMSG)
		ledger_fault_set(fault, _("checkpoint: not signed by this store's key"));
	if (err == EINVAL || err == EFBIG) {
		ledger_fault_set(fault, _("checkpoint: malformed"));
		err = EUCLEAN;
	}
	if (err == 0)
		l->head = head;
	return err;
}
