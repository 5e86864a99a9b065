/* Scrubbing, a range at a time; and the ledger's head, entries and hashes, for clients that verify
 * it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/blob/content.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/query/query.h"
#include "fs/store/records/readings.h"

#define RANGE_BYTES (64 << 20)

static json_t *listed(struct query *q, const struct item *item)
{
	char path[2048];

	return json_pack("{s:I, s:o, s:I}", "item", (json_int_t)item->id, "path",
		catalog_item_path(q->db, item, path, sizeof path) == 0 ? json_string(path)
								       : json_null(),
		"size", (json_int_t)item->size);
}

static int query_verify_list(struct query *q, const json_t *request, json_t **answer)
{
	const char *path = jsonget_str(request, "path");
	struct query_place place = { .item = jsonget_int(request, "item", 0), .day = DAY_NONE };
	int64_t after, limit, items, bytes, n = 0;
	struct sql_rows *rows;
	struct item row;
	json_t *out;
	bool one; /* an item or a folder: the rows are the whole */
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_VERIFY);
	if (err == 0 && path != NULL && *path != '\0') {
		err = q->resolve(q->arg, path, &place);
		if (err == ENOENT)
			err = query_refuse(q, REASON_NOT_FOUND, "path");
	}
	if (err == 0)
		err = sql_value(
			q->db, &items, "SELECT items FROM tally WHERE state=" SQL_SEALED, "");
	if (err == 0)
		err = sql_value(
			q->db, &bytes, "SELECT bytes FROM tally WHERE state=" SQL_SEALED, "");
	if (err != 0)
		return err;
	one = place.item != 0 || path != NULL;
	out = json_array();
	rows = query_place_items(q->db, &place, after, limit);
	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &row);
		json_array_append_new(out, listed(q, &row));
		after = row.id;
		n++;
	}
	*answer = json_pack("{s:o, s:o, s:o, s:o}", "rows", out, "next",
		n == limit ? json_integer(after) : json_null(), "total_items",
		one ? json_null() : json_integer(items), "total_bytes",
		one ? json_null() : json_integer(bytes));
	return rc < 0 ? -rc : 0;
}

/* Reads [offset, end) and verifies it; *bad: where it does not hold, -1 where it does. */
static int verify_range(
	struct query *q, const struct item *item, int64_t offset, int64_t end, int64_t *bad)
{
	struct content *c;
	void *buffer = buffers_take(q->store->buffers);
	const void *data;
	size_t got = 0;
	int err = buffer == NULL ? ENOMEM : store_content(q->store, item, &c);

	*bad = -1;
	if (err == EIO || err == ENOENT) /* cut short, gone, or not to be told apart any more */
		*bad = offset;
	if (err != 0) {
		buffers_give(q->store->buffers, buffer);
		return *bad >= 0 ? 0 : err;
	}
	for (int64_t at = offset; err == 0 && at < end; at += (int64_t)got) {
		err = content_read(c, buffer, at, CONTENT_SPAN, &data, &got, bad);
		if (err == 0 && got == 0)
			break;
	}
	content_close(c);
	buffers_give(q->store->buffers, buffer);
	return err == EIO ? 0 : err;
}

/* Damage that is found goes on the ledger: once for people who verify their own items, who may ask
 * as often as they like; each time for those who may verify everything, whose answer is about now.
 */
static void record_damage(struct query *q, const struct item *item, int64_t at)
{
	int64_t told = 0;

	if (!q->all && act_allowed(q->who, ACT_VERIFY) != REASON_NONE)
		/* where it cannot be read, it is recorded once more */
		ignore_error(sql_value(q->db, &told,
			"SELECT EXISTS(SELECT 1 FROM event WHERE item=? AND kind='read.damaged')",
			"i", item->id));
	if (told == 0 && q->store->committer != NULL)
		/* the answer tells it; the committer says on stderr what it could not queue */
		ignore_error(committer_post_record(q->store->committer, EVENT_READ_DAMAGED,
			&(struct about){ .item = item->id },
			read_damaged_details(
				&(struct read_damaged){ .at = at, .found_by = "verify" },
				q->now.utc_offset)));
}

/* Besides those who may verify everything, everybody may verify what they recorded or deposited:
 * they do so before they delete the source. */
static int need_verify(struct query *q, const json_t *request)
{
	struct item item = { .id = jsonget_int(request, "item", 0) };
	struct folder folder = { .officer = 0 };

	if (!q->all && item.id > 0 && act_allowed(q->who, ACT_BROWSE) == REASON_NONE &&
		catalog_item(q->db, item.id, &item) == 0 &&
		catalog_folder(q->db, item.folder, &folder) == 0 &&
		(item.depositor == q->who->id || folder.officer == q->who->id))
		return 0;
	return query_need(q, ACT_VERIFY);
}

static int query_verify_range(struct query *q, const json_t *request, json_t **answer)
{
	int64_t offset = jsonget_int(request, "offset", 0), end, bad;
	struct item item;
	int err = need_verify(q, request);

	if (err == 0)
		err = query_item(q, request, &item);
	if (err == 0 && (item.state != ITEM_SEALED || !item.closed))
		err = query_refuse(q, REASON_STATE, "item");
	if (err == 0 && (offset < 0 || offset > item.size))
		err = query_refuse(q, REASON_VALUE_BAD, "offset");
	if (err != 0)
		return err;
	end = item.size - offset > RANGE_BYTES ? offset + RANGE_BYTES : item.size;
	err = verify_range(q, &item, offset, end, &bad);
	if (err != 0)
		return err;
	if (bad >= 0 && catalog_item(q->db, item.id, &item) == 0 && item.state != ITEM_SEALED)
		return query_refuse(q, REASON_STATE, "item"); /* disposed of while it was read */
	if (bad >= 0)
		record_damage(q, &item, bad);
	*answer = json_pack("{s:I, s:I, s:o, s:b, s:o}", "item", (json_int_t)item.id, "size",
		(json_int_t)item.size, "next", end < item.size ? json_integer(end) : json_null(),
		"damaged", bad >= 0, "at", bad >= 0 ? json_integer(bad) : json_null());
	return 0;
}

static int query_ledger_head(struct query *q, const json_t *request, json_t **answer)
{
	char note[CHECKPOINT_MAX];
	struct checkpoint head;
	int err = query_need(q, ACT_BROWSE);

	(void)request;
	if (err == 0)
		err = store_checkpoint(q->store, note);
	if (err == 0)
		err = checkpoint_open(note, q->store->format.vkey, &head);
	if (err == 0)
		*answer = json_pack("{s:s, s:s, s:s, s:I}", "checkpoint", note, "vkey",
			q->store->format.vkey, "origin", q->store->format.origin, "size",
			(json_int_t)head.size);
	return err;
}

static int query_ledger_entries(struct query *q, const json_t *request, json_t **answer)
{
	int64_t after, limit, size = (int64_t)ledger_size(q->store->ledger);
	json_t *rows;
	char *text;
	size_t len, bytes = 0;
	int err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_LEDGER);
	if (err != 0)
		return err;
	rows = json_array();
	for (limit = size - after > limit ? after + limit : size;
		err == 0 && after < limit && bytes < QUERY_BYTES; after++) {
		err = ledger_entry(q->store->ledger, (uint64_t)after, &text, &len);
		if (err == 0) {
			json_array_append_new(rows, json_stringn(text, len));
			bytes += len;
			free(text);
		}
	}
	*answer = json_pack("{s:o, s:o}", "rows", rows, "next",
		after < size ? json_integer(after) : json_null());
	return err;
}

static int query_ledger_hashes(struct query *q, const json_t *request, json_t **answer)
{
	int64_t after, limit, level = jsonget_int(request, "level", 0);
	uint8_t hash[HASH_LEN];
	char text[HASH_LEN * 2];
	json_t *hashes;
	int err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_LEDGER);
	if (err == 0 && (level < 0 || level >= MERKLE_DEPTH))
		err = query_refuse(q, REASON_VALUE_BAD, "level");
	if (err != 0)
		return err;
	hashes = json_array();
	for (int64_t i = 0; i < limit && after <= INT64_MAX - i; i++) {
		if (ledger_hash(q->store->ledger, (unsigned)level, (uint64_t)(after + i), hash) !=
			0)
			break; /* there are no more */
		base64_encode(hash, HASH_LEN, text);
		json_array_append_new(hashes, json_string(text));
	}
	*answer = json_pack("{s:o}", "hashes", hashes);
	return 0;
}

const struct query_row query_ledgers[] = {
	{ "verify.list", query_verify_list, FIELDS(TEXT("path"), NUMBER("item"), PAGE) },
	{ "verify.range", query_verify_range, FIELDS(NUMBER("item"), NUMBER("offset")) },
	{ "ledger.head", query_ledger_head, NO_FIELDS },
	{ "ledger.entries", query_ledger_entries, FIELDS(PAGE) },
	{ "ledger.hashes", query_ledger_hashes, FIELDS(NUMBER("level"), PAGE) },
	{ NULL, NULL, NULL },
};
