/*
 * Makes what the peer verifier reads: a ledger that is published, grows, and is published again.
 *
 *   make_tree DIR FIRST TOTAL
 *
 * DIR/ledger: the ledger; DIR/tree: the published tree; DIR/vkey; DIR/old: the head over FIRST
 * entries; DIR/proof.N and DIR/entry.N for a few entries.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/store/ledger/ledger.h"

#define ORIGIN "custodyfs/2f6d0a0c-51f3-4f6b-8a53-0c7d33f0b1e4"
#define MUST(a) must(a, #a)

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "make_tree: %s: %s\n", what, strerror(err));
	exit(1);
}

static void save(const char *dir, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		MUST(errno);
}

static void grow(struct ledger *l, uint64_t size)
{
	struct ledger_entry entry;
	char text[256];

	while (ledger_size(l) < size) {
		unsigned long long seq = ledger_size(l);

		entry.len = (size_t)snprintf(text, sizeof(text),
			"{\"seq\":%llu,\"event\":\"test\",\"note\":\"%.*s\"}", seq, (int)(seq % 80),
			"entries of all lengths "
			"........................................................");
		entry.text = text;
		MUST(ledger_append(l, &entry, 1));
	}
	MUST(ledger_sync(l));
}

static void publish(
	struct ledger *l, const uint8_t *seed, const char *dir, char head[CHECKPOINT_MAX])
{
	struct ledger_fault fault;
	struct ledger_source s;
	char path[512];

	MUST(ledger_checkpoint(l, ORIGIN, seed, head));
	ledger_source_init(&s, l);
	snprintf(path, sizeof(path), "%s/tree", dir);
	MUST(ledger_publish(&s, head, path, &fault));
}

static void prove(struct ledger *l, const char *dir, const char *head, uint64_t index)
{
	char name[64], *text;
	struct ledger_source s;
	size_t len;

	if (index >= ledger_size(l))
		return;
	ledger_source_init(&s, l);
	MUST(ledger_prove(&s, index, head, &text));
	snprintf(name, sizeof(name), "proof.%llu", (unsigned long long)index);
	save(dir, name, text);
	free(text);
	MUST(ledger_entry(l, index, &text, &len));
	snprintf(name, sizeof(name), "entry.%llu", (unsigned long long)index);
	save(dir, name, text);
	free(text);
}

int main(int argc, char **argv)
{
	static const uint64_t some[] = { 0, 1, 2, 254, 255, 256, 511, 512, 65535, 65536 };
	uint8_t seed[KEY_SEED_LEN] = { 42 }, pub[KEY_PUBLIC_LEN];
	char vkey[VKEY_MAX], head[CHECKPOINT_MAX], path[512];
	uint64_t total;
	struct ledger *l;
	size_t i;

	if (argc != 4)
		return 2;
	MUST(digest_init());
	MUST(ed25519_public(seed, pub));
	vkey_format(ORIGIN, pub, vkey);
	save(argv[1], "vkey", vkey);
	snprintf(path, sizeof(path), "%s/ledger", argv[1]);
	MUST(mkdir(path, 0700) ? errno : 0);
	MUST(ledger_create(path));
	MUST(ledger_open(path, LEDGER_WRITE, vkey, &l, NULL, NULL));
	grow(l, strtoull(argv[2], NULL, 10));
	publish(l, seed, argv[1], head);
	save(argv[1], "old", head);
	total = strtoull(argv[3], NULL, 10);
	grow(l, total);
	publish(l, seed, argv[1], head);
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		prove(l, argv[1], head, some[i]);
	if (total > 0)
		prove(l, argv[1], head, total - 1);
	ledger_close(l);
	return 0;
}
