#include "fs/store/blob/content.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/annotate.h"
#include "fs/store/base/merkle.h"

#define SLOTS 64 /* groups whose leaves are kept: 512 KiB at most */

typedef uint8_t hash_t[HASH_LEN];

struct slot {
	bool filled;
	uint64_t group;
	hash_t leaf[GROUP_LEAVES];
};

struct content {
	struct blob *blob;
	struct buffers *buffers;
	int64_t size;
	uint64_t leaves, groups;
	hash_t *group;  /* the groups' roots */
	hash_t *remade; /* all leaf hashes, where they could not be stored; else NULL */
	struct mutex lock;
	struct slot *slot[SLOTS] GUARDED_BY(lock);
};

static size_t group_leaves(uint64_t leaves, uint64_t group)
{
	uint64_t rest = leaves - group * GROUP_LEAVES;

	return rest < GROUP_LEAVES ? (size_t)rest : GROUP_LEAVES;
}

static void fold(const hash_t *leaf, size_t n, hash_t root)
{
	struct merkle_edge e;

	merkle_edge_init(&e);
	for (size_t i = 0; i < n; i++)
		merkle_edge_push(&e, leaf[i]);
	merkle_edge_root(&e, root);
}

/* Groups' roots (if wanted) and the whole root, from stored leaf hashes.  Groups are complete
 * subtrees but for the last, so folding their roots is the tree's root. */
static int fold_stored(struct blob *b, uint64_t leaves, hash_t *group, hash_t root)
{
	hash_t leaf[GROUP_LEAVES], r;
	struct merkle_edge top;
	int err = 0;

	merkle_edge_init(&top);
	for (uint64_t g = 0; err == 0 && g * GROUP_LEAVES < leaves; g++) {
		size_t n = group_leaves(leaves, g);

		err = b->ops->leaves_read(b, g * GROUP_LEAVES, n, leaf);
		if (err != 0)
			break;
		fold(leaf, n, r);
		if (group != NULL)
			memcpy(group[g], r, HASH_LEN);
		merkle_edge_push(&top, r);
	}
	merkle_edge_root(&top, root);
	return err;
}

int content_root(struct blob *b, uint64_t n, uint8_t root[HASH_LEN])
{
	return fold_stored(b, n, NULL, root);
}

static size_t leaf_length(const struct content *c, uint64_t leaf)
{
	int64_t rest = c->size - (int64_t)leaf * LEAF_BYTES;

	return rest < LEAF_BYTES ? (size_t)rest : LEAF_BYTES;
}

/* Hashes the whole content anew into c->remade, and the groups' roots from it. */
static int remake(struct content *c, hash_t root)
{
	struct merkle_edge top;
	char *buffer = buffers_take(c->buffers);
	int err = 0;

	c->remade = malloc(c->leaves * sizeof(hash_t));
	if (c->remade == NULL || buffer == NULL)
		err = ENOMEM;
	for (uint64_t i = 0; err == 0 && i < c->leaves; i++) {
		size_t len = leaf_length(c, i);

		err = c->blob->ops->read(c->blob, buffer, len, (int64_t)i * LEAF_BYTES);
		if (err == 0)
			merkle_leaf(buffer, len, c->remade[i]);
	}
	buffers_give(c->buffers, buffer);
	if (err != 0)
		return err == ENODATA ? EIO : err;
	merkle_edge_init(&top);
	for (uint64_t g = 0; g < c->groups; g++) {
		fold(c->remade + g * GROUP_LEAVES, group_leaves(c->leaves, g), c->group[g]);
		merkle_edge_push(&top, c->group[g]);
	}
	merkle_edge_root(&top, root);
	return 0;
}

/* Loads the groups' roots so that they give `root`, by the stored leaf hashes or, where those fail,
 * by the bytes. */
static int load_groups(struct content *c, const hash_t root, bool repair)
{
	hash_t r;
	int err;

	if (c->leaves <= 1) { /* the root is the only leaf's hash, or that of no content */
		if (c->leaves == 1)
			memcpy(c->group[0], root, HASH_LEN);
		else
			sha256("", 0, r);
		return c->leaves == 1 || memcmp(r, root, HASH_LEN) == 0 ? 0 : EIO;
	}
	err = fold_stored(c->blob, c->leaves, c->group, r);
	if (err == 0 && memcmp(r, root, HASH_LEN) == 0)
		return 0;
	err = remake(c, r);
	if (err == 0 && memcmp(r, root, HASH_LEN) != 0)
		err = EIO;
	if (err == 0 && repair &&
		c->blob->ops->leaves_write(c->blob, 0, c->leaves, (const hash_t *)c->remade) == 0) {
		free(c->remade);
		c->remade = NULL;
	}
	return err;
}

int content_open(const struct blob_store *store, struct buffers *buffers, int64_t id, int64_t size,
	const uint8_t root[HASH_LEN], bool repair, struct content **out)
{
	struct content *c = calloc(1, sizeof *c);
	int64_t there;
	int err;

	if (c == NULL)
		return ENOMEM;
	c->buffers = buffers;
	c->size = size;
	c->leaves = leaf_count(size);
	c->groups = (c->leaves + GROUP_LEAVES - 1) / GROUP_LEAVES;
	mutex_init(&c->lock);
	c->group = calloc(c->groups + 1, sizeof(hash_t));
	err = c->group == NULL ? ENOMEM : store->ops->open(store->impl, id, false, &c->blob);
	if (err == 0)
		err = c->blob->ops->size(c->blob, &there);
	if (err == 0 && there != size)
		err = EIO;
	if (err == 0)
		err = load_groups(c, root, repair);
	if (err != 0) {
		content_close(c);
		return err;
	}
	*out = c;
	return 0;
}

void content_close(struct content *c) UNCHECKED /* the last user */
{
	if (c == NULL)
		return;
	if (c->blob != NULL)
		c->blob->ops->close(c->blob);
	for (size_t i = 0; i < SLOTS; i++)
		free(c->slot[i]);
	mutex_destroy(&c->lock);
	free(c->group);
	free(c->remade);
	free(c);
}

int64_t content_size(const struct content *c)
{
	return c->size;
}

/* A group's leaves into its slot, checked against its root. */
static int fill_slot(struct content *c, struct slot **where, uint64_t group) REQUIRES(c->lock)
{
	size_t n = group_leaves(c->leaves, group);
	struct slot *s = *where;
	hash_t root;
	int err = 0;

	if (s == NULL)
		s = *where = calloc(1, sizeof *s);
	if (s == NULL)
		return ENOMEM;
	s->filled = false;
	if (c->remade != NULL)
		memcpy(s->leaf, c->remade + group * GROUP_LEAVES, n * sizeof(hash_t));
	else
		err = c->blob->ops->leaves_read(c->blob, group * GROUP_LEAVES, n, s->leaf);
	if (err != 0)
		return err == ENODATA ? EIO : err;
	fold((const hash_t *)s->leaf, n, root);
	if (memcmp(root, c->group[group], HASH_LEN) != 0)
		return EIO;
	s->group = group;
	s->filled = true;
	return 0;
}

/* The hash that a leaf must have. */
static int expected_hash(struct content *c, uint64_t leaf, hash_t out)
{
	uint64_t group = leaf / GROUP_LEAVES;
	struct slot **s = &c->slot[group % SLOTS];
	int err = 0;

	if (c->leaves == 1) {
		memcpy(out, c->group[0], HASH_LEN);
		return 0;
	}
	mutex_lock(&c->lock);
	if (*s == NULL || !(*s)->filled || (*s)->group != group)
		err = fill_slot(c, s, group);
	if (err == 0)
		memcpy(out, (*s)->leaf[leaf % GROUP_LEAVES], HASH_LEN);
	mutex_unlock(&c->lock);
	return err;
}

int content_read(struct content *c, void *buffer, int64_t offset, size_t len, const void **data,
	size_t *got, int64_t *bad)
{
	uint64_t first = (uint64_t)offset / LEAF_BYTES, end;
	hash_t want, is;
	int err;

	*data = buffer;
	*got = 0;
	if (offset < 0 || offset >= c->size || len == 0)
		return 0;
	if ((int64_t)len > c->size - offset)
		len = (size_t)(c->size - offset);
	end = leaf_count(offset + (int64_t)len);
	for (uint64_t i = first; i < end; i++) {
		char *at = (char *)buffer + (i - first) * LEAF_BYTES;
		size_t n = leaf_length(c, i);

		/* leaf by leaf, so that it is hashed while it is in the cache */
		err = c->blob->ops->read(c->blob, at, n, (int64_t)i * LEAF_BYTES);
		if (err == 0)
			err = expected_hash(c, i, want);
		if (err == 0) {
			merkle_leaf(at, n, is);
			err = memcmp(is, want, HASH_LEN) != 0 ? EIO : 0;
		}
		if (err != 0) {
			if (bad != NULL)
				*bad = (int64_t)i * LEAF_BYTES;
			return err == ENODATA ? EIO : err;
		}
	}
	*data = (char *)buffer + (offset - (int64_t)first * LEAF_BYTES);
	*got = len;
	return 0;
}
