#include "fs/store/ledger/tile_edge.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

void tile_edge_init(struct tile_edge *e)
{
	e->count = 0;
	for (unsigned tile = 0; tile < TILE_LEVELS; tile++)
		merkle_edge_init(&e->level[tile]);
}

int tile_edge_push(
	struct tile_edge *e, const uint8_t leaf[HASH_LEN], tile_node completed, void *arg)
{
	const uint8_t *hash = leaf;
	int err;

	e->count++;
	for (unsigned tile = 0; tile < TILE_LEVELS; tile++) {
		merkle_edge_push(&e->level[tile], hash);
		if (e->level[tile].count < TILE_WIDTH)
			break;
		/* a full tile has one node left, which is a leaf of the tile above */
		hash = e->level[tile].node[TILE_HEIGHT];
		merkle_edge_init(&e->level[tile]);
		err = completed != NULL
			? completed(
				  arg, tile + 1, (e->count >> (TILE_HEIGHT * (tile + 1))) - 1, hash)
			: 0;
		if (err != 0)
			return err;
	}
	return 0;
}

void tile_edge_root(const struct tile_edge *e, uint8_t out[HASH_LEN])
{
	bool first = true;

	if (e->count == 0)
		sha256("", 0, out);
	for (unsigned bit = 0; bit < MERKLE_DEPTH; bit++) {
		const struct merkle_edge *tile = &e->level[bit / TILE_HEIGHT];
		const uint8_t *node = tile->node[bit % TILE_HEIGHT];

		if (!(tile->count >> bit % TILE_HEIGHT & 1))
			continue;
		if (first)
			memcpy(out, node, HASH_LEN);
		else
			merkle_node(node, out, out);
		first = false;
	}
}
