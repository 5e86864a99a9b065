/* custody hold: setting, asking for the release, releasing (Art. 12, Q11). */
#include <errno.h>

#include "fs/act/hold.h"
#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/ctl/command.h"
#include "fs/deposit/deposit.h"
#include "fs/store/base/jsonget.h"
#include "fs/tree/tree.h"

/* What the request names by "path" or "item", if the asker sees it. */
static int target(struct call *c, struct query *q, const json_t *request, struct node *n)
{
	const char *path = jsonget_str(request, "path");
	struct item item;
	int err;

	*n = (struct node){ .kind = NODE_ITEM, .id = jsonget_int(request, "item", 0) };
	if (path != NULL)
		err = tree_resolve(c, path, n);
	else {
		err = catalog_item(c->db, n->id, &item);
		if (err == 0 && !judge_in_sight(c, &item) &&
			act_allowed(&c->who.person, ACT_INCOMPLETE) != REASON_NONE)
			err = ENOENT;
	}
	if (err == ENOENT || err == ENOTDIR || err == ENAMETOOLONG)
		return query_refuse(q, REASON_NOT_FOUND, path != NULL ? "path" : "item");
	return err;
}

static int act(struct call *c, struct query *q, const json_t *request,
	int (*fn)(struct call *, struct hold_act *), enum verb verb, json_t **answer)
{
	struct hold_act a = { .name = jsonget_str(request, "name"),
		.reason = jsonget_str(request, "reason") };
	int64_t ground = jsonget_int(request, "ground", 0);
	struct node n;
	int err = query_need(q, ACT_BROWSE);

	a.ground = ground == (int)ground ? (int)ground : 0; /* 0 is none, too */
	if (err == 0 && a.name == NULL)
		err = query_refuse(q, REASON_VALUE_BAD, "name");
	if (err == 0)
		err = target(c, q, request, &n);
	if (err == 0) {
		err = tree_scope(c, &n, &a.on);
		if (err == ENOENT)
			err = query_refuse(q, REASON_NOT_FOUND, "path");
		if (err == ENOTSUP) /* a party, a cause: no part of the tree */
			err = query_refuse(q, REASON_VALUE_BAD, "path");
	}
	if (err != 0)
		return err;
	if (n.kind == NODE_ITEM)
		deposits_settle(c->fs->deposits, n.id);
	err = fn(c, &a);
	if (a.why != REASON_NONE) {
		if (reason_errno(a.why) == EACCES ||
			reason_errno(a.why) ==
				EPERM) { /* an attempt on what it names, as by attribute */
			refusal_record(c, verb, &n, NULL, a.why);
			q->recorded = true;
		}
		return query_refuse(q, a.why,
			a.why == REASON_NOT_FOUND                                       ? "name"
				: a.why == REASON_VALUE_BAD && verb == VERB_REMOVEXATTR ? "reason"
											: NULL);
	}
	if (err == 0)
		*answer = json_pack("{s:o}", "hold", query_hold_json(q, &a.held));
	return err;
}

int command_hold_set(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return act(c, q, request, hold_set, VERB_SETXATTR, answer);
}

int command_hold_ask(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return act(c, q, request, hold_ask, VERB_REMOVEXATTR, answer);
}

int command_hold_release(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return act(c, q, request, hold_release, VERB_REMOVEXATTR, answer);
}
