/* Access to the ledger for verifying, proving and publishing. */
#include "tools/cmd/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#define PAGE 1000     /* entries in one request: the control file's limit, when reading on */
#define PAGE_FIRST 16 /* and after a jump: a proof needs single hashes here and there */

/* Consecutive hashes of one level. */
struct hash_page {
	uint64_t first;
	size_t count;
	uint8_t (*hash)[HASH_LEN]; /* room for PAGE; NULL until used */
};

struct source_cache {
	struct control *control;
	struct hash_page level[MERKLE_DEPTH];
	uint64_t first;  /* number of the first entry in the page */
	json_t *entries; /* an array of texts */
	char *refusal;   /* owned */
};

static uint64_t page_length(uint64_t index, uint64_t first, size_t count)
{
	return count != 0 && index == first + count ? PAGE : PAGE_FIRST;
}

/* Turns an answer into an errno; its sentence is kept for source_refusal(). */
static int note_refusal(struct source_cache *cache, const json_t *answer)
{
	const char *name = get_text(answer, "reason"), *text = get_text(answer, "text");
	enum reason r = name != NULL ? reason_parse(name) : REASON_COUNT;
	int err = r != REASON_COUNT ? reason_errno(r) : 0;
	free(cache->refusal);
	cache->refusal = r != REASON_COUNT ? render_format("%s", _(reason_text(r)))
		: text != NULL             ? render_format("%s", text)
					   : NULL;
	return err != 0 ? err : EIO;
}

/* Asks for a page; gives the array under `key`, which the caller drops. */
static int fetch_from_mount(
	struct source_cache *cache, json_t *request, const char *key, json_t **array)
{
	json_t *answer = NULL;
	int err = request != NULL ? control_transact(cache->control, request, &answer) : ENOMEM;
	json_decref(request);
	if (err == 0 && !get_true(answer, "ok"))
		err = note_refusal(cache, answer);
	*array = err != 0 ? NULL : json_incref(json_object_get(answer, key));
	if (err == 0 && json_array_size(*array) == 0) {
		json_decref(*array);
		*array = NULL;
		err = ENOENT;
	}
	json_decref(answer);
	return err;
}

static int fill_hashes(struct source_cache *cache, unsigned level, uint64_t index)
{
	struct hash_page *p = &cache->level[level];
	uint64_t limit = page_length(index, p->first, p->count);
	json_t *array = NULL, *text;
	size_t i, len;
	int err;
	if (p->hash == NULL && (p->hash = malloc(sizeof *p->hash * PAGE)) == NULL)
		return ENOMEM;
	p->count = 0;
	err = fetch_from_mount(cache,
		json_pack("{s:s, s:i, s:I, s:I}", "do", "ledger.hashes", "level", (int)level,
			"after", (json_int_t)index, "limit", (json_int_t)limit),
		"hashes", &array);
	if (err != 0)
		return err;
	json_array_foreach(array, i, text) {
		const char *base64 = json_string_value(text);
		if (i == PAGE || base64 == NULL ||
			!base64_decode(base64, strlen(base64), p->hash[i], HASH_LEN, &len) ||
			len != HASH_LEN) {
			err = EPROTO;
			break;
		}
	}
	p->first = index;
	p->count = err != 0 ? 0 : i;
	json_decref(array);
	return err;
}

static int source_hash(void *arg, unsigned level, uint64_t index, uint8_t out[HASH_LEN])
{
	struct source_cache *cache = arg;
	struct hash_page *p;
	if (level >= MERKLE_DEPTH)
		return EINVAL;
	p = &cache->level[level];
	if (index < p->first || index - p->first >= p->count) {
		int err = fill_hashes(cache, level, index);
		if (err != 0)
			return err;
	}
	memcpy(out, p->hash[index - p->first], HASH_LEN);
	return 0;
}

static int source_entry(void *arg, uint64_t seq, char **text, size_t *len)
{
	struct source_cache *cache = arg;
	size_t count = json_array_size(cache->entries);
	const json_t *entry;
	if (seq < cache->first || seq - cache->first >= count) {
		uint64_t limit = page_length(seq, cache->first, count);
		int err;
		json_decref(cache->entries);
		cache->entries = NULL;
		cache->first = seq;
		err = fetch_from_mount(cache,
			json_pack("{s:s, s:I, s:I}", "do", "ledger.entries", "after",
				(json_int_t)seq, "limit", (json_int_t)(seq != 0 ? limit : PAGE)),
			"rows", &cache->entries);
		if (err != 0)
			return err;
	}
	entry = json_array_get(cache->entries, (size_t)(seq - cache->first));
	if (!json_is_string(entry))
		return EPROTO;
	*len = json_string_length(entry);
	*text = malloc(*len + 1);
	if (*text == NULL)
		return ENOMEM;
	memcpy(*text, json_string_value(entry), *len);
	(*text)[*len] = '\0';
	return 0;
}

/* Copies a text field that must fit. */
static bool copy_field(const json_t *answer, const char *key, char *out, size_t cap)
{
	const char *text = get_text(answer, key);
	if (text == NULL || strlen(text) >= cap)
		return false;
	strcpy(out, text);
	return true;
}

static int open_mounted(struct control *c, struct source *out)
{
	json_t *answer = NULL;
	int status = control_ask(c, json_pack("{s:s}", "do", "ledger.head"), _("ledger"), &answer);
	int64_t size;
	bool whole;
	if (status != 0)
		return status;
	size = get_number(answer, "size", -1);
	whole = size >= 0 &&
		copy_field(answer, "checkpoint", out->checkpoint, sizeof out->checkpoint) &&
		copy_field(answer, "vkey", out->ledger.vkey, sizeof out->ledger.vkey) &&
		copy_field(answer, "origin", out->ledger.origin, sizeof out->ledger.origin);
	json_decref(answer);
	out->cache = whole ? calloc(1, sizeof *out->cache) : NULL;
	if (out->cache == NULL) {
		output_complain(c->out, _("ledger"), "%s", i18n_error(whole ? ENOMEM : EPROTO));
		return STATUS_UNREACHABLE;
	}
	out->cache->control = c;
	out->ledger.arg = out->cache;
	out->ledger.size = (uint64_t)size;
	out->ledger.hash = source_hash;
	out->ledger.entry = source_entry;
	return 0;
}

static int open_offline(struct control *c, struct source *out)
{
	struct checkpoint head;
	int err = offline_source(c->offline, &out->ledger);
	if (err == 0)
		err = offline_checkpoint(c->offline, out->checkpoint);
	if (err == ENOKEY) {
		*out->checkpoint = '\0';
		return 0;
	}
	if (err == 0 && checkpoint_open(out->checkpoint, out->ledger.vkey, &head) == 0 &&
		head.size < out->ledger.size)
		out->ledger.size = head.size;
	if (err != 0)
		output_complain(
			c->out, _("ledger"), _("its head cannot be signed: %s"), i18n_error(err));
	return err != 0 ? STATUS_UNREACHABLE : 0;
}

int source_open(struct control *c, struct source *out)
{
	memset(out, 0, sizeof *out);
	return c->offline != NULL ? open_offline(c, out) : open_mounted(c, out);
}

void source_close(struct source *s)
{
	if (s->cache == NULL)
		return;
	for (size_t i = 0; i < MERKLE_DEPTH; i++)
		free(s->cache->level[i].hash);
	json_decref(s->cache->entries);
	free(s->cache->refusal);
	free(s->cache);
	s->cache = NULL;
}

const char *source_refusal(const struct source *s)
{
	return s->cache != NULL ? s->cache->refusal : NULL;
}
