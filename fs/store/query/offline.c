#include "fs/store/query/offline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/query/query.h"

struct offline {
	struct store *store;
};

int offline_open(const char *path, struct offline **out, char *text, size_t cap)
{
	struct offline *o = calloc(1, sizeof *o);
	struct store_message m = { "" };
	int err = o == NULL ? ENOMEM : store_open(path, STORE_READ, NULL, &o->store, &m);

	snprintf(text, cap, "%s", m.text);
	if (err != 0) {
		free(o);
		return err;
	}
	*out = o;
	return 0;
}

void offline_close(struct offline *o)
{
	if (o == NULL)
		return;
	store_close(o->store);
	free(o);
}

static int read_entry(void *ledger, uint64_t seq, char **text, size_t *len)
{
	return ledger_entry(ledger, seq, text, len);
}

int offline_source(struct offline *o, struct ledger_source *out)
{
	struct store *s = o->store;

	*out = (struct ledger_source){ .arg = s->ledger,
		.size = ledger_size(s->ledger),
		.hash = ledger_hash,
		.entry = read_entry };
	snprintf(out->origin, sizeof out->origin, "%s", s->format.origin);
	snprintf(out->vkey, sizeof out->vkey, "%s", s->format.vkey);
	return 0;
}

int offline_checkpoint(struct offline *o, char out[CHECKPOINT_MAX])
{
	return store_checkpoint(o->store, out);
}

int offline_transact(struct offline *o, const json_t *request, json_t **answer)
{
	static const struct person nobody = { .uid = UID_NONE };
	struct query q = {
		.store = o->store, .who = &nobody, .all = true, .resolve = query_resolve
	};
	const char *command = jsonget_str(request, "do");
	const struct query_row *row = command != NULL ? query_find(command) : NULL;
	int err;

	*answer = NULL;
	store_now(o->store, &q.now);
	err = catalog_take(o->store->pool, &q.db);
	q.arg = q.db;
	if (err == 0) {
		err = row != NULL ? query_check_fields(&q, row->fields, request)
				  : query_refuse(&q, REASON_NOT_SUPPORTED, "do");
		if (err == 0 && row != NULL)
			err = row->fn(&q, request, answer);
		catalog_give(o->store->pool, q.db);
	}
	if (err == 0) {
		json_object_set_new(*answer, "ok", json_true());
		return 0;
	}
	json_decref(*answer);
	*answer = json_pack("{s:b, s:s, s:s, s:s, s:s?}", "ok", 0, "errno",
		strerrorname_np(err) != NULL ? strerrorname_np(err) : "EIO", "reason",
		q.why != REASON_NONE ? reason_name(q.why) : "error", "text",
		q.why != REASON_NONE ? reason_text(q.why) : strerror(err), "field", q.field);
	return *answer != NULL ? 0 : ENOMEM;
}
