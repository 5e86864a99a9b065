/* What the store is, and how it is. */
#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/query/query.h"
#include "fs/store/query/query_case.h"
#include "fs/store/records/disposals.h"
#include "policy/name.h"
#include "policy/role.h"
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

/* Items by their states, and the bytes of those that are there. */
static int read_tally(struct query *q, json_t **out, int64_t *bytes)
{
	struct sql_rows *rows = sql_query(
		q->db, "SELECT state, items, bytes FROM tally ORDER BY state", "");
	json_t *j = json_object();
	int rc;

	*bytes = 0;
	while ((rc = sql_next(rows)) == 1) {
		json_object_set_new(j, item_state_name((enum item_state)sql_int(rows, 0)),
			json_integer(sql_int(rows, 1)));
		if (sql_int(rows, 0) != ITEM_DISPOSED) /* those are gone */
			*bytes += sql_int(rows, 2);
	}
	if (rc != 0) {
		json_decref(j);
		return -rc;
	}
	*out = j;
	return 0;
}

static json_t *ledger_json(struct query *q)
{
	struct ledger *l = q->store->ledger;
	uint64_t size = ledger_size(l);
	uint8_t root[HASH_LEN];
	char note[CHECKPOINT_MAX];
	struct checkpoint head;
	bool known = ledger_root(l, size, root) == 0;
	bool has_head = ledger_stored_checkpoint(l, note) == 0 &&
		checkpoint_open(note, q->store->format.vkey, &head) == 0;

	return json_pack("{s:I, s:o, s:o}", "size", (json_int_t)size, "root",
		query_hash(known, root), "checkpoint_size",
		has_head ? json_integer((json_int_t)head.size) : json_null());
}

/* People ask for the status when the disk is ill: null where it can't say what is free. */
static json_t *free_json(const struct blob_store *blobs)
{
	struct statvfs disk;

	return blobs->ops->usage(blobs->impl, &disk) == 0
		? json_integer((json_int_t)(disk.f_bavail * disk.f_frsize))
		: json_null();
}

static int query_status(struct query *q, const json_t *request, json_t **answer)
{
	const struct store_format *f = &q->store->format;
	char offset[8];
	int64_t bytes, pending;
	json_t *tally, *store;
	int err;

	(void)request;
	offset_format(f->utc_offset, offset);
	err = sql_value(q->db, &pending,
		"SELECT count(*) FROM (SELECT 1 FROM item WHERE state=" SQL_SEALED
		" AND sha256 IS NULL LIMIT 100000)",
		"");
	if (err == 0)
		err = read_tally(q, &tally, &bytes);
	if (err != 0)
		return err;
	store = json_pack("{s:s, s:I, s:s, s:s, s:b, s:s?}", "uuid", f->uuid, "format",
		(json_int_t)f->version, "created", f->created, "utc_offset", offset, "test_clock",
		f->test_clock, "path",
		q->all || act_allowed(q->who, ACT_LEDGER) == REASON_NONE ? q->store->path : NULL);
	*answer = json_pack("{s:o, s:I, s:o, s:o, s:s, s:o, s:I, s:o, s:o, s:I, s:o}", "store",
		store, "policy", (json_int_t)q->now.policy, "wall", query_instant(q, q->now.wall),
		"clock", query_instant(q, q->now.clock), "version", CUSTODYFS_VERSION, "items",
		tally, "bytes", (json_int_t)bytes, "ledger", ledger_json(q), "free_bytes",
		free_json(&q->store->blobs), "digests_pending", (json_int_t)pending, "you",
		q->who->id != 0 ? query_person_json(q, q->who) : json_null());
	return *answer != NULL ? 0 : ENOMEM;
}

const struct query_row query_states[] = {
	{ "status", query_status, NO_FIELDS },
	{ NULL, NULL, NULL },
};
