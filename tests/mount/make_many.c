/*
 * Puts many items into a case folder of a store that is not mounted, by its events alone, so that
 * long folders can be tested in little time.  They are empty and sealed.
 *
 *   make_many STORE FOLDER COUNT           FOLDER: its number
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/digest.h"
#include "fs/store/store.h"

#define BATCH 1000

struct batch {
	int64_t folder, first, count;
};

static int emit_one(struct turn *t, const struct batch *b, int64_t i)
{
	static const char zero[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	static const char then[] = "2020-01-01T00:00:00+08:00",
			  until[] = "2099-01-01T00:00:00+08:00";
	int64_t id = 0;
	char name[64];
	int err = sql_value(turn_db(t), &id, "SELECT coalesce(max(id),0)+1 FROM item", "");

	/* not in order of their numbers */
	snprintf(name, sizeof name, "%06lld.jpg", (long long)(i * 48271 % 1000003));
	if (err == 0)
		err = turn_emit(t,
			&(struct event){ .kind = "deposit.begin",
				.item = id,
				DETAILS("{s:I, s:s, s:I, s:I, s:I, s:I, s:b, s:s, s:s}", "folder",
					(json_int_t)b->folder, "name", name, "mode",
					(json_int_t)0644, "uid", (json_int_t)0, "gid",
					(json_int_t)0, "mtime", (json_int_t)0, "important", 0,
					"class", "patrol", "retain_until", until) });
	if (err == 0)
		err = turn_emit(t,
			&(struct event){ .kind = "deposit.seal",
				.item = id,
				DETAILS("{s:s}", "settle_until", then) });
	if (err == 0)
		err = turn_emit(t,
			&(struct event){ .kind = "digest",
				.item = id,
				DETAILS("{s:s, s:s}", "sha256", zero, "sm3", zero) });
	return err;
}

static int emit_batch(struct turn *t, void *arg)
{
	const struct batch *b = arg;
	int err = 0;

	for (int64_t i = 0; i < b->count && err == 0; i++)
		err = emit_one(t, b, b->first + i);
	return err;
}

static int make(struct store *s, int64_t folder, int64_t count)
{
	struct batch b = { .folder = folder };
	int err = 0;

	for (b.first = 1; b.first <= count && err == 0; b.first += b.count) {
		b.count = count - b.first + 1 < BATCH ? count - b.first + 1 : BATCH;
		err = committer_run(s->committer, COMMIT_ORDERED, emit_batch, &b);
	}
	return err;
}

int main(int argc, char **argv)
{
	struct store_message m = { "" };
	struct store *s;
	int err;

	if (argc != 4) {
		fprintf(stderr, "usage: make_many STORE FOLDER COUNT\n");
		return 2;
	}
	err = digest_init();
	if (err == 0)
		err = store_open(argv[1], STORE_WRITE, NULL, &s, &m);
	if (err == 0) {
		err = make(s, atoll(argv[2]), atoll(argv[3]));
		if (store_close(s) != 0 && err == 0)
			err = EIO;
	}
	if (err != 0)
		fprintf(stderr, "make_many: %s %s\n", strerror(err), m.text);
	return err != 0;
}
