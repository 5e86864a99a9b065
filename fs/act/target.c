#include "fs/act/target.h"

#include <errno.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/tree/tree.h"
#include "policy/act.h"

static bool may_name(const struct call *c, const struct item *item)
{
	return judge_in_sight(c, item) ||
		(item->state != ITEM_RECEIVING &&
			act_allowed(&c->who.person, ACT_INCOMPLETE) == REASON_NONE);
}

int target_find(struct call *c, const char *path, int64_t item, struct node *out)
{
	struct item found;
	int err;

	if (path != NULL) {
		err = tree_resolve(c, path, out);
		return err == ENOTDIR || err == ENAMETOOLONG ? ENOENT : err;
	}
	*out = (struct node){ .kind = NODE_ITEM, .id = item };
	err = catalog_item(c->db, item, &found);
	return err == 0 && !may_name(c, &found) ? ENOENT : err;
}

bool target_attempt(enum reason why)
{
	return reason_errno(why) == EACCES || reason_errno(why) == EPERM;
}

int target_refuse(struct call *c, enum verb verb, const struct node *n, enum reason why)
{
	if (target_attempt(why))
		refusal_record(c, verb, n, NULL, why);
	return reason_errno(why);
}

int target_presence(bool only_new, bool only_change, bool exists)
{
	if (only_new && exists)
		return EEXIST;
	return only_change && !exists ? ENODATA : 0;
}
