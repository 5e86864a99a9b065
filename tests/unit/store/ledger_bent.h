/* A ledger's source whose answers can be bent. */
#ifndef TESTS_UNIT_STORE_LEDGER_BENT_H
#define TESTS_UNIT_STORE_LEDGER_BENT_H

#include "tests/unit/store/ledger_fixture.h"

/* A source whose answers can be bent. */
struct bent {
	struct ledger *l;
	uint64_t entry; /* this entry's text is changed; UINT64_MAX: none */
	int error;      /* or it gives this error */
	unsigned level; /* this node is changed; 64: none */
	uint64_t index;
};

static inline int bent_entry(void *arg, uint64_t seq, char **text, size_t *len)
{
	struct bent *b = arg;
	int err;

	if (seq == b->entry && b->error)
		return b->error;
	err = ledger_entry(b->l, seq, text, len);
	if (!err && seq == b->entry)
		(*text)[1] ^= 1;
	return err;
}

static inline int bent_hash(void *arg, unsigned level, uint64_t index, uint8_t hash[HASH_LEN])
{
	struct bent *b = arg;
	int err = ledger_hash(b->l, level, index, hash);

	if (level == b->level && index == b->index)
		hash[31] ^= 1;
	return err;
}

static inline struct ledger_source bent_source(struct bent *b)
{
	struct ledger_source s;

	ledger_source_init(&s, b->l);
	s.arg = b;
	s.entry = bent_entry;
	s.hash = bent_hash;
	return s;
}

#endif
