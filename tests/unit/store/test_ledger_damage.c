/* What no crash does to a ledger is damage, and an error that names the place. */
#include "tests/unit/store/ledger_fixture.h"

static struct fixture f;

static void setup(void)
{
	fixture_make(&f);
}

static void teardown(void)
{
	fixture_drop(&f);
}

/* Three batches of one entry, and one of three, which the loops tear. */
static char *torn_sample(char path[PATH_SPACE], size_t *len, size_t offsets[8])
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char *data;

	append_synced(l, 3);
	GIVES(0, append(l, 3));
	GIVES(0, ledger_sync(l));
	ledger_close(l);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, len);
	HOLDS(record_offsets(data, *len, offsets, 8) == 6);
	return data;
}

/* Every byte of an earlier batch, each with one bit over: damage, and the place is named. */
START_TEST(damaged_at_every_byte)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char path[PATH_SPACE], where[80], *data, *after;
	size_t len, after_len, offsets[8];

	append_synced(l, 5);
	ledger_close(l);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, &len);
	record_offsets(data, len, offsets, 8);
	for (size_t i = 0; i < 4; i++) {
		snprintf(where, sizeof(where), FIRST_SEGMENT ", offset %zu:", offsets[i]);
		for (size_t at = offsets[i]; at < offsets[i + 1]; at++) {
			data[at] ^= 1 << at % 8;
			spill(path, data, len);
			expect_fault(&f, LEDGER_WRITE, EUCLEAN, where);
			expect_fault(&f, LEDGER_READ, EUCLEAN, where);
			after = slurp(path, &after_len);
			HOLDS(after_len == len && memcmp(after, data, len) == 0);
			free(after);
			data[at] ^= 1 << at % 8;
		}
	}
	spill(path, data, len);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 5);
	ledger_close(l);
	free(data);
}
END_TEST

/* A later batch far behind the bad place, on the edge of what is read at once. */
START_TEST(later_batch_is_found_anywhere)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	struct record later = { .seq = 9, .batch = 9, .text = "{\"seq\":9}", .len = 9 };
	size_t first, edge = 1 << 20, end;
	char path[PATH_SPACE], where[80], *data, *far;

	append_synced(l, 1);
	ledger_close(l);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, &first);
	far = malloc(2 * edge);
	memset(far, 0xa5, 2 * edge);
	memcpy(far, data, first);
	snprintf(where, sizeof(where), FIRST_SEGMENT ", offset %zu:", first);
	for (size_t back = 0; back < 50; back++) {
		end = first + 1 + edge + 3 - back;
		record_header(&later, (uint8_t *)far + end);
		memcpy(far + end + RECORD_HEADER, later.text, later.len);
		spill(path, far, back % 2 ? 2 * edge : end + RECORD_HEADER + later.len);
		expect_fault(&f, LEDGER_WRITE, EUCLEAN, where);
		memset(far + end, 0xa5, RECORD_HEADER + later.len);
	}
	free(far);
	free(data);
}
END_TEST

/* A record taken out, doubled, or two of them swapped: whole records, and yet no crash's doing. */
START_TEST(records_moved)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char path[PATH_SPACE], where[80], *data, *moved;
	size_t len, offsets[8], one;

	append_synced(l, 2);
	GIVES(0, append(l, 3));
	GIVES(0, ledger_sync(l));
	ledger_close(l);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, &len);
	record_offsets(data, len, offsets, 8);
	moved = malloc(2 * len);

	one = offsets[3] - offsets[2];
	memcpy(moved, data, offsets[2]);
	memcpy(moved + offsets[2], data + offsets[3], len - offsets[3]);
	spill(path, moved, len - one);
	snprintf(where, sizeof(where), FIRST_SEGMENT ", offset %zu: a record of another entry",
		offsets[2]);
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, where);

	memcpy(moved, data, offsets[3]);
	memcpy(moved + offsets[3], data + offsets[2], len - offsets[2]);
	spill(path, moved, len + one);
	snprintf(where, sizeof(where), FIRST_SEGMENT ", offset %zu: a record of another entry",
		offsets[3]);
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, where);

	memcpy(moved, data, len);
	memcpy(moved + len, data, len);
	spill(path, moved, 2 * len);
	snprintf(
		where, sizeof(where), FIRST_SEGMENT ", offset %zu: a record of another entry", len);
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, where);
	free(moved);
	free(data);
}
END_TEST

static void make_segments(uint64_t bytes, size_t entries, bool sign)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX];

	ledger_set_segment_bytes(l, bytes);
	append_synced(l, entries);
	if (sign)
		checkpoint(&f, l, text);
	ledger_close(l);
}

/* With a checkpoint (1) the stored positions are consulted, without (0) all is read. */
START_TEST(missing_segment)
{
	struct segments s;
	char names[64][SEGMENT_NAME], path[PATH_SPACE], away[PATH_SPACE];
	struct ledger *l;
	size_t count;

	make_segments(500, 60, _i == 1);
	l = open_as(&f, LEDGER_READ);
	s = l->segments;
	count = s.count;
	HOLDS(count > 10 && count < N(names));
	for (size_t i = 0; i < count; i++)
		segments_name(&s, i, names[i]);
	ledger_close(l);
	path_of(&f, "away", away);
	for (size_t i = 0; i < count - 1; i++) {
		path_of(&f, names[i], path);
		GIVES(0, rename(path, away));
		expect_fault(&f, LEDGER_WRITE, EUCLEAN,
			i == 0 ? "segment: the first segment is missing" : names[i + 1]);
		expect_fault(&f, LEDGER_READ, EUCLEAN,
			i == 0 ? "segment: the first segment is missing"
			       : "entries are missing from");
		GIVES(0, rename(away, path));
	}
	path_of(&f, names[count - 1], path);
	GIVES(0, rename(path, away));
	if (_i == 1)
		expect_fault(&f, LEDGER_WRITE, EUCLEAN, "its signed checkpoint is over 60");
	GIVES(0, rename(away, path));
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 60);
	ledger_close(l);
}
END_TEST

START_TEST(shortened_segment)
{
	char path[PATH_SPACE], *data;
	struct ledger *l;
	size_t len;

	make_segments(500, 60, _i == 1);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, &len);
	for (size_t at = 0; at < len; at += 13) {
		spill(path, data, at);
		expect_fault(&f, LEDGER_WRITE, EUCLEAN, "segment/");
		expect_fault(&f, LEDGER_READ, EUCLEAN, "segment/");
	}
	spill(path, data, len);
	HOLDS(truncate(path, (off_t)len + 10) == 0);
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, FIRST_SEGMENT);
	HOLDS(truncate(path, (off_t)len) == 0);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 60);
	ledger_close(l);
	free(data);
}
END_TEST

START_TEST(no_segments)
{
	char path[PATH_SPACE];

	path_of(&f, FIRST_SEGMENT, path);
	GIVES(0, unlink(path));
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, "segment: there are no segments");
	path_of(&f, "segment", path);
	GIVES(0, rmdir(path));
	expect_fault(&f, LEDGER_READ, EUCLEAN, "segment: there are no segments");
}
END_TEST

/* Signed over 6 entries; what is cut off below that is a rollback, not a torn tail, even in the
 * last batch. */
START_TEST(rolled_back)
{
	struct ledger *l;
	char path[PATH_SPACE], text[CHECKPOINT_MAX], *data;
	size_t len, offsets[8];

	data = torn_sample(path, &len, offsets);
	l = open_as(&f, LEDGER_WRITE);
	checkpoint(&f, l, text);
	ledger_close(l);
	for (size_t at = 0; at < len; at++) {
		spill(path, data, at);
		expect_fault(&f, LEDGER_WRITE, EUCLEAN, "its signed checkpoint is over 6");
		expect_fault(&f, LEDGER_READ, EUCLEAN, FIRST_SEGMENT ", offset ");
	}
	spill(path, data, len);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 6);
	ledger_close(l);
	free(data);
}
END_TEST

/* Another history of the same shape, with good checksums; with the stored hashes gone, or made to
 * fit. */
START_TEST(rewritten)
{
	struct fixture g;
	struct ledger *l;
	const struct ledger_entry other = { "{\"seq\":3,\"event\":\"nothing happened\"}", 36 };
	char text[CHECKPOINT_MAX], from[PATH_SPACE], to[PATH_SPACE], command[3 * PATH_SPACE];
	static const char *names[] = { FIRST_SEGMENT, "position", "hash/0" };
	size_t len;
	char *data;

	l = open_as(&f, LEDGER_WRITE);
	append_synced(l, 10);
	checkpoint(&f, l, text);
	append_synced(l, 2);
	ledger_close(l);
	fixture_make(&g);
	l = open_as(&g, LEDGER_WRITE);
	append_synced(l, 3);
	GIVES(0, ledger_append(l, &other, 1));
	GIVES(0, ledger_sync(l));
	append_synced(l, 8);
	ledger_close(l);
	for (size_t i = 0; i < N(names); i++) {
		path_of(&g, names[i], from);
		path_of(&f, names[i], to);
		data = slurp(from, &len);
		spill(to, data, len);
		free(data);
	}
	expect_fault(&f, LEDGER_READ, EUCLEAN, "the ledger was rewritten");
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, "the ledger was rewritten");
	/* the refusal left what was there */
	path_of(&f, "hash/0", to);
	path_of(&g, "hash/0", from);
	snprintf(command, sizeof(command), "cmp -s %s %s", from, to);
	HOLDS(system(command) == 0);
	path_of(&f, "hash/0.new", to);
	HOLDS(access(to, F_OK) != 0);
	snprintf(command, sizeof(command), "rm -r %s/hash %s/position", f.dir, f.dir);
	HOLDS(system(command) == 0);
	expect_fault(&f, LEDGER_READ, EUCLEAN, "the ledger was rewritten");
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, "the ledger was rewritten");
	fixture_drop(&g);
}
END_TEST

START_TEST(checkpoint_file)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX], path[PATH_SPACE], vkey[VKEY_MAX];
	uint8_t other[KEY_SEED_LEN] = { 3 };
	struct ledger_fault fault;
	char *data;
	size_t len;

	append_synced(l, 5);
	checkpoint(&f, l, text);
	ledger_close(l);
	path_of(&f, "checkpoint", path);
	data = slurp(path, &len);
	strchr(data, '\n')[1] = '4';
	spill(path, data, len);
	expect_fault(&f, LEDGER_WRITE, EBADMSG, "checkpoint: not signed by this store's key");
	spill(path, data, 20);
	expect_fault(&f, LEDGER_WRITE, EUCLEAN, "checkpoint: malformed");
	spill(path, "", 0);
	expect_fault(&f, LEDGER_READ, EUCLEAN, "checkpoint: malformed");
	spill(path, text, strlen(text));
	fixture_vkey(ORIGIN, other, vkey);
	GIVES(EBADMSG, ledger_open(f.dir, LEDGER_READ, vkey, &l, NULL, &fault));
	GIVES(EINVAL, ledger_open(f.dir, LEDGER_READ, "nonsense", &l, NULL, &fault));
	GIVES(ENOENT, ledger_open("/nonexistent", LEDGER_READ, f.vkey, &l, NULL, NULL));
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 5);
	ledger_close(l);
	free(data);
}
END_TEST

/* Below the checkpoint nothing is read at opening; reading the entry and verifying find what is
 * wrong there. */
START_TEST(damage_below_the_checkpoint)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX], path[PATH_SPACE], *data, *positions, *entry;
	struct ledger_fault fault;
	struct ledger_source s;
	size_t len, offsets[16];

	append_synced(l, 10);
	checkpoint(&f, l, text);
	ledger_close(l);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, &len);
	record_offsets(data, len, offsets, 16);
	data[offsets[4] + RECORD_HEADER + 3] ^= 4;
	spill(path, data, len);
	/* and entry 6's position is that of entry 7 */
	path_of(&f, "position", path);
	positions = slurp(path, &len);
	memcpy(positions + 6 * 8, positions + 7 * 8, 8);
	spill(path, positions, len);
	free(positions);
	l = open_as(&f, LEDGER_WRITE);
	GIVES(EUCLEAN, ledger_entry(l, 4, &entry, &len));
	GIVES(EUCLEAN, ledger_entry(l, 6, &entry, &len));
	expect_entry(l, 3);
	expect_entry(l, 5);
	ledger_source_init(&s, l);
	GIVES(EUCLEAN, ledger_verify(&s, NULL, NULL, &fault));
	HOLDS(strstr(fault.text, "entry 4:"));
	ledger_close(l);
	free(data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger damage");
	TCase *damaged = tcase_create("damaged");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(damaged, setup, teardown);
	tcase_set_timeout(damaged, 600);
	tcase_add_test(damaged, damaged_at_every_byte);
	tcase_add_test(damaged, later_batch_is_found_anywhere);
	tcase_add_test(damaged, records_moved);
	tcase_add_loop_test(damaged, missing_segment, 0, 2);
	tcase_add_loop_test(damaged, shortened_segment, 0, 2);
	tcase_add_test(damaged, no_segments);
	tcase_add_test(damaged, rolled_back);
	tcase_add_test(damaged, rewritten);
	tcase_add_test(damaged, checkpoint_file);
	tcase_add_test(damaged, damage_below_the_checkpoint);
	suite_add_tcase(s, damaged);
	return fixture_run(s);
}
