#include "fs/call/seen.h"

#include <stdlib.h>

#define SLOTS_FIRST 32 /* a power of two; at most half are taken */

struct seen {
	size_t count, slots;
	bool more;
	uint64_t *key; /* 0: free */
};

/* The place of a key, or the free one where it belongs. */
static size_t place_of_key(const struct seen *s, uint64_t key)
{
	size_t i = (size_t)(key * 0x9E3779B97F4A7C15u >> 32) & (s->slots - 1);

	while (s->key[i] != 0 && s->key[i] != key)
		i = (i + 1) & (s->slots - 1);
	return i;
}

static bool widen_set(struct seen *s)
{
	struct seen wider = { .slots = s->slots != 0 ? s->slots * 2 : SLOTS_FIRST };

	wider.key = calloc(wider.slots, sizeof *wider.key);
	if (wider.key == NULL)
		return false;
	for (size_t i = 0; i < s->slots; i++)
		if (s->key[i] != 0)
			wider.key[place_of_key(&wider, s->key[i])] = s->key[i];
	free(s->key);
	s->key = wider.key;
	s->slots = wider.slots;
	return true;
}

void seen_add(struct seen **at, uint64_t key)
{
	struct seen *s = *at;

	if (s == NULL)
		s = *at = calloc(1, sizeof *s);
	if (s == NULL || seen_has(s, key))
		return;
	if (s->count == SEEN_MAX || (s->count * 2 >= s->slots && !widen_set(s))) {
		s->more = true;
		return;
	}
	s->key[place_of_key(s, key != 0 ? key : 1)] = key != 0 ? key : 1;
	s->count++;
}

size_t seen_count(const struct seen *s)
{
	return s != NULL ? s->count : 0;
}

bool seen_more(const struct seen *s)
{
	return s != NULL && s->more;
}

bool seen_has(const struct seen *s, uint64_t key)
{
	return s != NULL && s->slots != 0 && s->key[place_of_key(s, key != 0 ? key : 1)] != 0;
}

void seen_free(struct seen *s)
{
	if (s != NULL)
		free(s->key);
	free(s);
}
