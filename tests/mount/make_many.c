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

#include "fs/store/records/deposits.h"
#include "fs/store/store.h"

#define BATCH 1000
#define SETTLED INT64_C(1577808000000)  /* 2020-01-01, +08:00 */
#define PROMISED INT64_C(4070880000000) /* 2099-01-01, +08:00 */

struct batch {
	int64_t folder, first, count;
};

static int emit_one(struct turn *t, const struct batch *b, int64_t i)
{
	struct about about = { .item = 0 };
	char name[64];
	int err = sql_value(turn_db(t), &about.item, "SELECT coalesce(max(id),0)+1 FROM item", "");

	/* not in order of their numbers */
	snprintf(name, sizeof name, "%06lld.jpg", (long long)(i * 48271 % 1000003));
	if (err == 0)
		err = record_deposit_begin(t, &about,
			&(struct deposit_begin){ .folder = b->folder,
				.path = "",
				.name = name,
				.mode = 0644,
				.klass = "patrol",
				.retain_until = PROMISED });
	if (err == 0)
		err = record_deposit_seal(
			t, &about, &(struct deposit_seal){ .settle_until = SETTLED });
	if (err == 0)
		err = record_item_digest(t, &about,
			&(struct item_digest){ .sha256.known = true, .sm3.known = true });
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
