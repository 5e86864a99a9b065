/* Leaf hashes that are missing or wrong are made again from the bytes; many of them share slots. */
#include "tests/unit/store/content_fixture.h"

static void spoil_leaves(int how)
{
	char path[PATH_SPACE];
	struct stat st;

	file_of("leaf", path);
	GIVES(0, stat(path, &st));
	HOLDS(st.st_size == (int64_t)leaf_count(size) * HASH_LEN);
	switch (how) {
	case 0:
		GIVES(0, unlink(path));
		break;
	case 1:
		GIVES(0, truncate(path, 0));
		break;
	case 2:
		GIVES(0, truncate(path, st.st_size - 1));
		break;
	case 3:
		GIVES(0, truncate(path, HASH_LEN * 2));
		break;
	case 4:
		flip("leaf", 0);
		break;
	case 5:
		flip("leaf", st.st_size - 1);
		break;
	case 6: /* zeroes, as after a power cut */
		GIVES(0, truncate(path, 0));
		GIVES(0, truncate(path, st.st_size));
		break;
	}
}

/* Made again from the bytes, silently; written back where that is wanted, and only there. */
START_TEST(leaves_made_again)
{
	char path[PATH_SPACE], *before, *after;
	size_t len, now;
	struct content *c;

	make_content(GROUP + 3 * LEAF + 7);
	before = slurp(file_of("leaf", path), &len);
	spoil_leaves(_i);
	c = open_content(false);
	expect_read(c, 0, CONTENT_SPAN);
	expect_read(c, GROUP - 10, CONTENT_SPAN);
	flip("blob", GROUP + 5);
	expect_bad(c, GROUP);
	flip("blob", GROUP + 5);
	content_close(c);
	if (_i == 0)
		HOLDS(access(path, F_OK) != 0);
	else {
		after = slurp(path, &now);
		HOLDS(now != len || memcmp(before, after, len) != 0);
		free(after);
	}
	c = open_content(true);
	expect_read(c, GROUP - 10, CONTENT_SPAN);
	content_close(c);
	after = slurp(path, &now);
	HOLDS(now == len && memcmp(before, after, len) == 0);
	free(before);
	free(after);
}
END_TEST

/* Without leaf hashes nobody can say where, but what is wrong is not served. */
START_TEST(wrong_content)
{
	struct content *c = NULL;
	uint8_t other[HASH_LEN];
	char path[PATH_SPACE];

	make_content(sizes[_i]);
	if (size > LEAF) {
		unlink(file_of("leaf", path));
		flip("blob", size / 2);
		GIVES(EIO, content_open(&blobs, buffers, ID, size, root, true, &c));
		GIVES(EIO, content_open(&blobs, buffers, ID, size, root, false, &c));
		flip("blob", size / 2);
		content_close(open_content(false));
		memcpy(other, root, HASH_LEN);
		other[31] ^= 1;
		GIVES(EIO, content_open(&blobs, buffers, ID, size, other, true, &c));
	}
	GIVES(EIO, content_open(&blobs, buffers, ID, size + 1, root, true, &c));
	GIVES(0, truncate(file_of("blob", path), size + 1));
	GIVES(EIO, content_open(&blobs, buffers, ID, size, root, true, &c));
	if (size > 0) {
		GIVES(0, truncate(path, size - 1));
		GIVES(EIO, content_open(&blobs, buffers, ID, size, root, true, &c));
	}
	GIVES(0, unlink(path));
	GIVES(ENOENT, content_open(&blobs, buffers, ID, size, root, true, &c));
	HOLDS(c == NULL);
}
END_TEST

static struct blob_ops no_room;

static int no_leaves(struct blob *b, uint64_t first, size_t n, const uint8_t (*in)[HASH_LEN])
{
	(void)b, (void)first, (void)n, (void)in;
	return ENOSPC;
}

static int open_no_room(void *impl, int64_t id, bool writable, struct blob **out)
{
	int err = blobs.ops->open(impl, id, writable, out);

	if (err == 0)
		(*out)->ops = &no_room;
	return err;
}

/* A full disk keeps the leaf hashes from being stored: they are kept in memory, and all is
 * served. */
START_TEST(leaves_not_to_be_stored)
{
	struct blob_store full = { &no_room, blobs.impl };
	struct content *c = NULL;

	no_room = *blobs.ops;
	no_room.leaves_write = no_leaves;
	no_room.open = open_no_room;
	make_content(GROUP + 9);
	spoil_leaves(0);
	GIVES(0, content_open(&full, buffers, ID, size, root, true, &c));
	expect_read(c, GROUP - 9, 18);
	flip("blob", 0);
	expect_bad(c, 0);
	content_close(c);
}
END_TEST

/* Over a GiB of holes but for two leaves: groups that share a slot of the leaves that are kept. */
START_TEST(more_groups_than_slots)
{
	const uint64_t leaves = 65 * GROUP_LEAVES;
	uint8_t(*leaf)[HASH_LEN] = calloc(leaves, HASH_LEN);
	struct content *c = NULL;
	struct blob *b;

	size = (int64_t)leaves * LEAF;
	bytes = calloc(1, LEAF_BYTES);
	merkle_leaf(bytes, LEAF_BYTES, leaf[0]);
	for (uint64_t i = 1; i < leaves; i++)
		memcpy(leaf[i], leaf[0], HASH_LEN);
	memset(bytes, 0x77, LEAF_BYTES);
	merkle_leaf(bytes, LEAF_BYTES, leaf[3]);
	GIVES(0, blobs.ops->create(blobs.impl, ID, &b));
	GIVES(0, b->ops->truncate(b, size));
	GIVES(0, b->ops->write(b, bytes, LEAF_BYTES, 3 * LEAF));
	GIVES(0, b->ops->leaves_write(b, 0, leaves, (const uint8_t(*)[HASH_LEN])leaf));
	GIVES(0, content_root(b, leaves, root));
	b->ops->close(b);
	free(leaf);
	GIVES(0, content_open(&blobs, buffers, ID, size, root, true, &c));
	for (int n = 0; n < 3; n++) {
		const void *data;
		size_t got;

		GIVES(0, content_read(c, buffer, 3 * LEAF, LEAF_BYTES, &data, &got, NULL));
		HOLDS(got == LEAF_BYTES && memcmp(data, bytes, got) == 0);
		GIVES(0,
			content_read(
				c, buffer, 64 * GROUP + 3 * LEAF, LEAF_BYTES, &data, &got, NULL));
		HOLDS(got == LEAF_BYTES && ((const char *)data)[0] == 0);
	}
	content_close(c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("content, leaf hashes");
	TCase *t = tcase_create("verified reading");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, leaves_made_again, 0, 7);
	tcase_add_loop_test(t, wrong_content, 0, (int)N(sizes));
	tcase_add_test(t, leaves_not_to_be_stored);
	tcase_add_test(t, more_groups_than_slots);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
