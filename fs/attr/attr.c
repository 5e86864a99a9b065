#include "fs/attr/attr.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "fs/attr/attr_case.h"
#include "fs/attr/attr_hold.h"
#include "fs/attr/attr_set.h"
#include "fs/attr/attr_show.h"
#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/store/records/deposits.h"
#include "fs/tree/label.h"

#define PREFIX "user.custody."
#define VALUE_MAX 32768 /* The item and its folder, if the subject sees them. */
static int load_facts(struct call *c, const struct node *n, struct attr_facts *f)
{
	int err;

	if (n->kind == NODE_MARKER)
		return 0;
	if (n->kind != NODE_ITEM)
		return node_is_top(n) || call_browses(c) ? 0 : ENOENT;
	err = catalog_item(c->db, n->id, &f->item);
	if (err == 0 && (!call_browses(c) || !judge_in_sight(c, &f->item)))
		err = ENOENT;
	return err == 0 ? catalog_folder(c->db, f->item.folder, &f->folder) : err;
}

int attr_get(struct call *c, const struct node *n, const char *name, char **value, size_t *len)
{
	struct attr_facts f;
	int err;

	if (strncmp(name, "user.", 5) != 0)
		return strncmp(name, "security.", 9) == 0 ? ENODATA : ENOTSUP;
	err = load_facts(c, n, &f);
	if (err != 0)
		return err;
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0) {
		err = n->kind == NODE_ITEM ? deposits_xattr(c->db, n->id, name, value, len)
					   : ENOENT;
		return err == ENOENT ? ENODATA : err;
	}
	if (attr_hold_names(name + strlen(PREFIX)))
		return attr_hold_get(c, n, name + strlen(PREFIX), value, len);
	err = attr_show(c, n, name + strlen(PREFIX), &f);
	if (err != 0)
		return err;
	*len = strlen(f.text);
	*value = strdup(f.text);
	return *value != NULL ? 0 : ENOMEM;
}

/* A list of names as listxattr(2) has it. */
struct name_list {
	char *names;
	size_t len;
	int err; /* of a callback that can only say stop */
};

/* Names beyond XATTR_LIST_MAX are dropped: the listing must still work for a file with very many
 * holds. */
static int append_name(struct name_list *l, const char *prefix, const char *name)
{
	size_t more = strlen(prefix) + strlen(name) + 1;
	char *grown;

	if (l->len + more > XATTR_LIST_MAX)
		return 0;
	grown = realloc(l->names, l->len + more);
	if (grown == NULL)
		return ENOMEM;
	snprintf(grown + l->len, more, "%s%s", prefix, name);
	l->names = grown;
	l->len += more;
	return 0;
}

static int append_ours(void *arg, const char *name)
{
	return append_name(arg, PREFIX, name);
}

static int append_kept(void *arg, const char *name)
{
	return append_name(arg, "", name);
}

static bool append_hold(void *arg, const char *name)
{
	struct name_list *l = arg;

	l->err = append_name(l, PREFIX, name);
	return l->err == 0;
}

static int list_holds(struct call *c, const struct node *n, struct name_list *l)
{
	int err = attr_hold_list(c, n, append_hold, l);

	return err != 0 ? err : l->err;
}

/*
 * Our own attributes are listed once an item has settled: clients that copy attributes (rsync -X)
 * would, right after the copy, try to remove those that the source does not have.  By name they can
 * be read at any time.
 */
static int list_item(
	struct call *c, const struct node *n, struct attr_facts *f, struct name_list *l)
{
	int err = 0;

	if (f->item.state == ITEM_SEALED && !judge_settling(&f->item, &c->now)) {
		err = attr_show_each(c, n, f, append_ours, l);
		if (err == 0)
			err = list_holds(c, n, l);
	}
	return err == 0 ? deposits_xattr_names(c->db, n->id, append_kept, l) : err;
}

int attr_list(struct call *c, const struct node *n, char **names, size_t *len)
{
	struct name_list l = { NULL, 0, 0 };
	struct attr_facts f;
	int err = load_facts(c, n, &f);

	if (err == 0 && n->kind == NODE_ITEM)
		err = list_item(c, n, &f, &l);
	else if (err == 0 && n->kind >= NODE_UNIT)
		err = list_holds(c, n, &l);
	if (err != 0) {
		free(l.names);
		l = (struct name_list){ NULL, 0, 0 };
	}
	*names = l.names;
	*len = l.len;
	return err;
}

/* What can be written of user.custody.*: a name, or (ending in a dot) the beginning of one.  As
 * attr_set.h says. */
typedef int (*attr_set_fn)(struct call *c, const struct node *n, const char *name,
	const void *value, size_t len, int flags);

static const struct {
	const char *name;
	attr_set_fn set;
} writable[] = {
	{ "case", attr_case_set },
	{ "class", attr_retention_set },
	{ "retain-until", attr_retention_set },
	{ "stage", attr_tag_set },
	{ "informed", attr_tag_set },
	{ "important", attr_tag_set },
	{ "unrelated", attr_unrelated_set },
	{ "hold.", attr_hold_set },
};

static attr_set_fn find_writable(const char *name)
{
	for (size_t i = 0; i < sizeof writable / sizeof writable[0]; i++) {
		size_t len = strlen(writable[i].name);

		if (writable[i].name[len - 1] == '.'
				? strncmp(name, writable[i].name, len) == 0 && name[len] != '\0'
				: strcmp(name, writable[i].name) == 0)
			return writable[i].set;
	}
	return NULL;
}

int attr_set(struct call *c, const struct node *n, const char *name, const void *value, size_t len,
	int flags)
{
	enum verb verb = value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR;
	bool ours = strncmp(name, PREFIX, strlen(PREFIX)) == 0;
	attr_set_fn set = ours ? find_writable(name + strlen(PREFIX)) : NULL;
	struct attr_facts f;
	int err = load_facts(c, n, &f);

	if (err != 0)
		return err;
	/* ACLs, security labels: not kept; clients ask by habit and carry on */
	if (strncmp(name, "user.", 5) != 0)
		return ENOTSUP;
	if (set != NULL)
		return len > VALUE_MAX ? E2BIG
				       : set(c, n, name + strlen(PREFIX), value, len, flags);
	if (ours || n->kind != NODE_ITEM)
		return refusal_answer(c, verb, n, NULL, REASON_NOT_SUPPORTED);
	if (len > VALUE_MAX)
		return E2BIG;
	if (!text_valid(name, 255))
		return EINVAL;
	return label_xattr(c, n, name, value, len, flags);
}
