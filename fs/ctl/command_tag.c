/* What people say of items, by command: tags, and lengthened terms (fs/attr/attr_set.h), for those
 * whose client knows no attributes. */
#include <errno.h>
#include <string.h>

#include "fs/attr/attr_set.h"
#include "fs/call/judge.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/tree/tree.h"

/* The node that a request names by "path", or by "item". */
static int named(struct call *c, struct query *q, const json_t *request, struct node *out)
{
	const char *path = jsonget_str(request, "path");
	int64_t id = jsonget_int(request, "item", 0);
	struct item item;
	int err;

	if (path == NULL && id == 0)
		return query_refuse(q, REASON_VALUE_BAD, "path");
	*out = (struct node){ .kind = NODE_ITEM, .id = id };
	if (path != NULL)
		err = tree_resolve(c, path, out);
	else
		err = catalog_item(c->db, id, &item);
	if (err == 0 && path == NULL && !judge_in_sight(c, &item))
		err = ENOENT;
	return err == ENOENT || err == ENOTDIR
		? query_refuse(q, REASON_NOT_FOUND, path != NULL ? "path" : "item")
		: err;
}

int command_set(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *name = jsonget_str(request, "name"), *value = jsonget_str(request, "value");
	enum reason why = REASON_NONE;
	struct node n;
	int err = query_need(q, ACT_BROWSE);

	if (err == 0 &&
		(name == NULL ||
			(value == NULL && !json_is_null(json_object_get(request, "value")))))
		err = query_refuse(q, REASON_VALUE_BAD, name == NULL ? "name" : "value");
	if (err == 0)
		err = named(c, q, request, &n);
	if (err != 0)
		return err;
	err = attr_change(c, &n, name, value, value != NULL ? strlen(value) : 0, 0, &why);
	if (err == ENODATA)
		return query_refuse(q, REASON_NOT_FOUND, "name");
	if (why != REASON_NONE)
		return query_refuse(q, why, why == REASON_VALUE_BAD ? "value" : NULL);
	if (err == 0)
		*answer = json_pack("{s:s, s:s?}", "name", name, "value", value);
	return err;
}

static int act_of(const char *word, enum unrelated_act *out)
{
	static const char *const words[] = { [UNRELATED_PROPOSE] = "propose",
		[UNRELATED_AGREE] = "agree",
		[UNRELATED_REFUSE] = "refuse" };

	for (int i = 0; word != NULL && i < 3; i++)
		if (strcmp(words[i], word) == 0) {
			*out = (enum unrelated_act)i;
			return 0;
		}
	return EINVAL;
}

int command_unrelated(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	enum reason why = REASON_NONE;
	enum unrelated_act act = UNRELATED_PROPOSE;
	struct node n;
	int err = query_need(q, ACT_BROWSE);

	if (err == 0 && act_of(jsonget_str(request, "what"), &act) != 0)
		err = query_refuse(q, REASON_VALUE_BAD, "what");
	if (err == 0)
		err = named(c, q, request, &n);
	if (err == 0 && n.kind != NODE_ITEM)
		err = query_refuse(q, REASON_NOT_FOUND, "item");
	if (err != 0)
		return err;
	err = attr_unrelated_act(c, n.id, act, jsonget_str(request, "reason"), &why);
	if (why != REASON_NONE)
		return query_refuse(q, why, why == REASON_VALUE_BAD ? "reason" : NULL);
	if (err == 0)
		*answer = json_pack("{s:I, s:s}", "item", (json_int_t)n.id, "state",
			act == UNRELATED_PROPOSE         ? "proposed"
				: act == UNRELATED_AGREE ? "yes"
							 : "no");
	return err;
}
