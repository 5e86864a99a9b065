/*
 * RFC 6962 Merkle trees, SHA-256: the arithmetic alone.  Used for the ledger (leaf: an entry) and
 * for content (leaf: 64 KiB). An empty tree has the root SHA-256("").
 */
#ifndef FS_STORE_BASE_MERKLE_H
#define FS_STORE_BASE_MERKLE_H

#include <stdint.h>

#include "fs/store/base/digest.h"

#define MERKLE_DEPTH 64

void merkle_leaf(const void *data, size_t len, uint8_t out[HASH_LEN]);
void merkle_node(
	const uint8_t left[HASH_LEN], const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN]);

/* The right edge of a growing tree: push leaves (or roots of equal complete subtrees) in order, ask
 * for the root at any time. */
struct merkle_edge {
	uint64_t count;
	uint8_t node[MERKLE_DEPTH][HASH_LEN]; /* node[i] is set where bit i of count is */
};
void merkle_edge_init(struct merkle_edge *e);
void merkle_edge_push(struct merkle_edge *e, const uint8_t leaf[HASH_LEN]);
void merkle_edge_root(const struct merkle_edge *e, uint8_t out[HASH_LEN]);

/*
 * Where a tree's node hashes come from: the hash of the complete subtree over leaves [index<<level,
 * (index+1)<<level).  0 or an errno.
 */
typedef int (*merkle_read)(void *arg, unsigned level, uint64_t index, uint8_t out[HASH_LEN]);

/* The root over leaves [0, size).  0 or the reader's errno. */
int merkle_root(merkle_read read, void *arg, uint64_t size, uint8_t out[HASH_LEN]);

/* An inclusion proof of leaf `index` in the tree of `size` (RFC 6962 2.1.1), from the leaf's
 * sibling up.  *count: in cap, out used.  ENOSPC where cap is too small. */
int merkle_inclusion(merkle_read read, void *arg, uint64_t index, uint64_t size,
	uint8_t (*proof)[HASH_LEN], size_t *count);

/* Whether a proof holds (RFC 9162 2.1.3.2).  0 or EBADMSG. */
int merkle_verify_inclusion(const uint8_t leaf[HASH_LEN], uint64_t index, uint64_t size,
	const uint8_t (*proof)[HASH_LEN], size_t count, const uint8_t root[HASH_LEN]);

#endif
