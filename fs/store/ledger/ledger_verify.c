/* What anyone can do with a ledger's entries and hashes, from any source: verify, compare, prove.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "fs/store/ledger/ledger.h"
#include "fs/store/ledger/ledger_internal.h"

#define PROGRESS_EVERY 4096

struct verification {
	const struct ledger_source *source;
	struct ledger_fault *fault;
};

/* A node as the entries give it against the stored one. */
static int check_node(void *arg, unsigned tile, uint64_t index, const uint8_t hash[HASH_LEN])
{
	const struct verification *v = arg;
	unsigned level = TILE_HEIGHT * tile;
	uint8_t stored[HASH_LEN];
	int err;

	err = v->source->hash(v->source->arg, level, index, stored);
	if (err != 0) {
		ledger_fault_set(v->fault, _("node %" PRIu64 " of level %u can't be read: %s"),
			index, level, i18n_error(err));
		return err;
	}
	if (memcmp(hash, stored, HASH_LEN) == 0)
		return 0;
	if (tile == 0)
		ledger_fault_set(v->fault,
			_("entry %" PRIu64 ": its text is not what the ledger's tree has for it"),
			index);
	else
		ledger_fault_set(v->fault,
			_("node %" PRIu64 " of level %u (entries %" PRIu64 " to %" PRIu64
			  "): the stored hash is wrong"),
			index, level, index << level, ((index + 1) << level) - 1);
	return EUCLEAN;
}

static int check_entry(struct verification *v, uint64_t seq, struct tile_edge *edge)
{
	uint8_t leaf[HASH_LEN];
	size_t len;
	char *text;
	int err;

	err = v->source->entry(v->source->arg, seq, &text, &len);
	if (err == EUCLEAN)
		ledger_fault_set(v->fault, _("entry %" PRIu64 ": its record is damaged"), seq);
	else if (err != 0)
		ledger_fault_set(
			v->fault, _("entry %" PRIu64 " can't be read: %s"), seq, i18n_error(err));
	if (err != 0)
		return err;
	merkle_leaf(text, len, leaf);
	free(text);
	err = check_node(v, 0, seq, leaf);
	return err != 0 ? err : tile_edge_push(edge, leaf, check_node, v);
}

int ledger_verify(const struct ledger_source *s, ledger_progress progress, void *arg,
	struct ledger_fault *fault)
{
	struct verification v = { .source = s, .fault = fault };
	uint8_t root[HASH_LEN], stored[HASH_LEN];
	struct tile_edge edge;
	int err;

	ledger_fault_set(fault, "%s", "");
	tile_edge_init(&edge);
	for (uint64_t seq = 0; seq < s->size; seq++) {
		err = check_entry(&v, seq, &edge);
		if (err != 0)
			return err;
		if (progress != NULL && (seq + 1) % PROGRESS_EVERY == 0)
			progress(arg, seq + 1, s->size);
	}
	err = merkle_root(s->hash, s->arg, s->size, stored);
	if (err != 0)
		return err;
	tile_edge_root(&edge, root);
	if (memcmp(root, stored, HASH_LEN) != 0) {
		ledger_fault_set(fault,
			_("the root over %" PRIu64 " entries does not follow from them"), s->size);
		return EUCLEAN;
	}
	if (progress != NULL)
		progress(arg, s->size, s->size);
	return 0;
}

int ledger_compare(
	const struct ledger_source *s, const struct checkpoint *kept, enum ledger_relation *out)
{
	uint8_t root[HASH_LEN];
	int err;

	if (strcmp(kept->origin, s->origin) != 0) {
		*out = LEDGER_FOREIGN;
		return 0;
	}
	if (kept->size > s->size) {
		*out = LEDGER_ROLLED_BACK;
		return 0;
	}
	err = merkle_root(s->hash, s->arg, kept->size, root);
	if (err != 0)
		return err;
	*out = memcmp(root, kept->root, HASH_LEN) == 0 ? LEDGER_PREFIX : LEDGER_REWRITTEN;
	return 0;
}

int ledger_prove(const struct ledger_source *s, uint64_t index, const char *checkpoint, char **out)
{
	uint8_t proof[MERKLE_DEPTH][HASH_LEN], leaf[HASH_LEN];
	size_t count = MERKLE_DEPTH, len;
	struct checkpoint c;
	char *text;
	int err;

	err = checkpoint_open(checkpoint, s->vkey, &c);
	if (err != 0)
		return err;
	if (index >= c.size || c.size > s->size)
		return ENOENT;
	err = s->entry(s->arg, index, &text, &len);
	if (err != 0)
		return err;
	merkle_leaf(text, len, leaf);
	free(text);
	err = merkle_inclusion(s->hash, s->arg, index, c.size, proof, &count);
	if (err != 0)
		return err;
	/* a proof that does not hold is never given out */
	if (merkle_verify_inclusion(
		    leaf, index, c.size, (const uint8_t(*)[HASH_LEN])proof, count, c.root))
		return EUCLEAN;
	return tlog_proof_format(index, (const uint8_t(*)[HASH_LEN])proof, count, checkpoint, out);
}
