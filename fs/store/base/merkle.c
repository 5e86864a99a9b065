/* RFC 6962 Merkle trees: arithmetic over node hashes that someone else keeps. */
#include "fs/store/base/merkle.h"

#include <errno.h>
#include <string.h>

void merkle_leaf(const void *data, size_t len, uint8_t out[HASH_LEN])
{
	sha256_prefixed(0, data, len, NULL, 0, out);
}

void merkle_node(const uint8_t left[HASH_LEN], const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN])
{
	sha256_prefixed(1, left, HASH_LEN, right, HASH_LEN, out);
}

void merkle_edge_init(struct merkle_edge *e)
{
	e->count = 0;
}

void merkle_edge_push(struct merkle_edge *e, const uint8_t leaf[HASH_LEN])
{
	uint8_t hash[HASH_LEN];
	unsigned level = 0;

	memcpy(hash, leaf, HASH_LEN);
	for (; e->count >> level & 1; level++)
		merkle_node(e->node[level], hash, hash);
	memcpy(e->node[level], hash, HASH_LEN);
	e->count++;
}

void merkle_edge_root(const struct merkle_edge *e, uint8_t out[HASH_LEN])
{
	unsigned level = 0;

	if (e->count == 0) {
		sha256("", 0, out);
		return;
	}
	while (!(e->count >> level & 1))
		level++;
	memcpy(out, e->node[level], HASH_LEN);
	while (++level < MERKLE_DEPTH)
		if (e->count >> level & 1)
			merkle_node(e->node[level], out, out);
}

/* The root over leaves [start, size), where start is a multiple of a power of two that is no less
 * than size - start. */
static int span_root(
	merkle_read read, void *arg, uint64_t start, uint64_t size, uint8_t out[HASH_LEN])
{
	uint64_t count = size - start;
	uint8_t left[HASH_LEN];
	bool first = true;
	int err;

	/* The span falls into complete subtrees, one for each set bit of its length, the smallest
	 * rightmost. */
	for (unsigned level = 0; level < MERKLE_DEPTH && count >> level; level++) {
		if (!(count >> level & 1))
			continue;
		err = read(arg, level, (size >> level) - 1, first ? out : left);
		if (err != 0)
			return err;
		if (!first)
			merkle_node(left, out, out);
		first = false;
		size -= (uint64_t)1 << level;
	}
	return 0;
}

int merkle_root(merkle_read read, void *arg, uint64_t size, uint8_t out[HASH_LEN])
{
	if (size == 0) {
		sha256("", 0, out);
		return 0;
	}
	return span_root(read, arg, 0, size, out);
}

int merkle_inclusion(merkle_read read, void *arg, uint64_t index, uint64_t size,
	uint8_t (*proof)[HASH_LEN], size_t *count)
{
	uint64_t node = index, last = size - 1;
	size_t used = 0;
	int err;

	if (index >= size)
		return EINVAL;
	for (unsigned level = 0; last > 0; level++, node >>= 1, last >>= 1) {
		uint64_t sibling = node ^ 1;

		if (sibling > last)
			continue; /* the right edge: the node moves up unpaired */
		if (used == *count)
			return ENOSPC;
		if (sibling == last)
			err = span_root(read, arg, sibling << level, size, proof[used]);
		else
			err = read(arg, level, sibling, proof[used]);
		if (err != 0)
			return err;
		used++;
	}
	*count = used;
	return 0;
}

int merkle_verify_inclusion(const uint8_t leaf[HASH_LEN], uint64_t index, uint64_t size,
	const uint8_t (*proof)[HASH_LEN], size_t count, const uint8_t root[HASH_LEN])
{
	uint64_t node = index, last = size - 1;
	uint8_t hash[HASH_LEN];

	if (index >= size)
		return EBADMSG;
	memcpy(hash, leaf, HASH_LEN);
	for (size_t i = 0; i < count; i++) {
		if (last == 0)
			return EBADMSG;
		if (node & 1 || node == last) {
			merkle_node(proof[i], hash, hash);
			for (; !(node & 1) && node != 0; node >>= 1)
				last >>= 1;
		} else {
			merkle_node(hash, proof[i], hash);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0 && memcmp(hash, root, HASH_LEN) == 0 ? 0 : EBADMSG;
}
