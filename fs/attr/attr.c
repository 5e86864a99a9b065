#include "fs/attr/attr.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "fs/act/target.h"
#include "fs/attr/attr_case.h"
#include "fs/attr/attr_hold.h"
#include "fs/attr/attr_set.h"
#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/store/query/why_text.h"
#include "fs/store/records/tags.h"
#include "fs/tree/label.h"
#include "fs/tree/tree.h"
#include "fs/why/why.h"
#include "policy/media.h"

#define PREFIX "user.custody."
#define VALUE_MAX 32768 /* in base64 it must fit an event */

/* What an attribute's value is made from, read once. */
struct facts {
	struct item item;
	struct folder folder;
	char text[ATTR_TEXT];
};

bool attr_text(const void *value, size_t len, char out[ATTR_TEXT])
{
	if (len >= ATTR_TEXT || memchr(value, '\0', len) != NULL)
		return false;
	memcpy(out, value, len);
	out[len] = '\0';
	return text_valid(out, ATTR_TEXT - 1);
}

int attr_answer(struct call *c, enum verb verb, const struct node *n, enum reason why, int err)
{
	if (why == REASON_NONE)
		return refusal_or_error(c, verb, n, err);
	return target_attempt(why) ? err : refusal_answer(c, verb, n, NULL, why);
}

typedef int (*attr_fn)(struct call *c, const struct node *n,
	struct facts *f); /* fills text; ENODATA where there is no value */

static int put(struct facts *f, const char *text)
{
	snprintf(f->text, sizeof f->text, "%s", text);
	return 0;
}

static int put_time(struct call *c, struct facts *f, int64_t ms)
{
	if (ms == 0)
		return ENODATA;
	instant_format(ms, c->now.utc_offset, f->text);
	return 0;
}

static int put_person(struct call *c, struct facts *f, int64_t id)
{
	struct person p;
	int err = catalog_person(c->db, id, &p);

	if (err == 0)
		snprintf(f->text, sizeof f->text, "%s %s", p.number, p.name);
	return err;
}

static int attr_id(struct call *c, const struct node *n, struct facts *f)
{
	(void)c, (void)n;
	snprintf(f->text, sizeof f->text, "%lld", (long long)f->item.id);
	return 0;
}

static int attr_state(struct call *c, const struct node *n, struct facts *f)
{
	(void)n;
	return put(f,
		judge_settling(&f->item, &c->now) ? "sealed settling"
						  : item_state_name(f->item.state));
}

static int attr_class(struct call *c, const struct node *n, struct facts *f)
{
	return attr_retention_get(c, n, &f->item, "class", f->text);
}

static int attr_until(struct call *c, const struct node *n, struct facts *f)
{
	return attr_retention_get(c, n, &f->item, "retain-until", f->text);
}

static int attr_basis(struct call *c, const struct node *n, struct facts *f)
{
	return attr_retention_get(c, n, &f->item, "retain-basis", f->text);
}

static int attr_sha256(struct call *c, const struct node *n, struct facts *f)
{
	(void)c, (void)n;
	if (!f->item.digested)
		return ENODATA;
	hash_hex(f->item.sha256, f->text);
	return 0;
}

static int attr_sm3(struct call *c, const struct node *n, struct facts *f)
{
	(void)c, (void)n;
	if (!f->item.digested)
		return ENODATA;
	hash_hex(f->item.sm3, f->text);
	return 0;
}

static int attr_recorded(struct call *c, const struct node *n, struct facts *f)
{
	(void)c, (void)n;
	day_format(f->folder.day, f->text);
	return 0;
}

static int attr_deposited_at(struct call *c, const struct node *n, struct facts *f)
{
	(void)n;
	return put_time(c, f, f->item.sealed != 0 ? f->item.sealed : f->item.begun);
}

static int attr_deposited_by(struct call *c, const struct node *n, struct facts *f)
{
	(void)n;
	return put_person(c, f, f->item.depositor);
}

static int attr_officer(struct call *c, const struct node *n, struct facts *f)
{
	(void)n;
	return put_person(c, f, f->folder.officer);
}

static int attr_device(struct call *c, const struct node *n, struct facts *f)
{
	struct device d;
	int err = catalog_device(c->db, f->folder.device, &d);

	(void)n;
	return err == 0 ? put(f, d.serial) : err;
}

static int attr_unit(struct call *c, const struct node *n, struct facts *f)
{
	struct unit u;
	int err = catalog_unit(c->db, f->folder.unit, &u);

	(void)n;
	if (err == 0)
		snprintf(f->text, sizeof f->text, "%s %s", u.code, u.name);
	return err;
}

static int attr_case(struct call *c, const struct node *n, struct facts *f)
{
	return attr_case_get(c, n, f->text, sizeof f->text);
}

static int put_tag(struct call *c, struct facts *f, enum tag t)
{
	int err = tags_get(c->db, &f->item, t, f->text);

	return err == 0 && f->text[0] == '\0' ? ENODATA : err;
}

static int attr_stage(struct call *c, const struct node *n, struct facts *f)
{
	(void)n;
	return put_tag(c, f, TAG_STAGE);
}

static int attr_informed(struct call *c, const struct node *n, struct facts *f)
{
	(void)n;
	return put_tag(c, f, TAG_INFORMED);
}

static int attr_important(struct call *c, const struct node *n, struct facts *f)
{
	(void)n;
	return put_tag(c, f, TAG_IMPORTANT);
}

static int attr_unrelated(struct call *c, const struct node *n, struct facts *f)
{
	struct unrelated_tag u;
	int err = tags_unrelated(c->db, f->item.id, &u);

	(void)n;
	if (err != 0)
		return err;
	return u.state != UNRELATED_NONE ? put(f, unrelated_name(u.state)) : ENODATA;
}

static int attr_form(struct call *c, const struct node *n, struct facts *f)
{
	const char *form = media_form(media_of_name(f->item.name));

	(void)c, (void)n;
	return form != NULL ? put(f, form) : ENODATA;
}

static int attr_kind(struct call *c, const struct node *n, struct facts *f)
{
	const char *kind = media_kind(media_of_name(f->item.name));

	(void)c, (void)n;
	return kind != NULL ? put(f, kind) : ENODATA;
}

/* A text of any length, cut between characters. */
static int put_cut(struct facts *f, const char *text)
{
	size_t len = strnlen(text, ATTR_TEXT - 1);

	while (text[len] != '\0' && len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(f->text, text, len);
	f->text[len] = '\0';
	return 0;
}

static int attr_why(struct call *c, const struct node *n, struct facts *f)
{
	struct why w;
	json_t *facts;
	char *text;
	int err = why_ask(c, n, VERB_COUNT, &w);

	if (err == 0)
		err = why_facts(c, n, &w, &facts);
	if (err != 0)
		return err;
	text = why_text(w.reason, facts);
	json_decref(facts);
	err = text != NULL ? put_cut(f, text) : ENOMEM;
	free(text);
	return err;
}

static const struct {
	const char *name;
	attr_fn get;
	bool folders;
} table[] = {
	{ "id", attr_id, false },
	{ "state", attr_state, false },
	{ "class", attr_class, true },
	{ "retain-until", attr_until, true },
	{ "retain-basis", attr_basis, false },
	{ "sha256", attr_sha256, false },
	{ "sm3", attr_sm3, false },
	{ "recorded-on", attr_recorded, false },
	{ "deposited-at", attr_deposited_at, false },
	{ "deposited-by", attr_deposited_by, false },
	{ "officer", attr_officer, false },
	{ "device", attr_device, false },
	{ "unit", attr_unit, false },
	{ "case", attr_case, true },
	{ "stage", attr_stage, false },
	{ "form", attr_form, false },
	{ "kind", attr_kind, false },
	{ "informed", attr_informed, false },
	{ "important", attr_important, false },
	{ "unrelated", attr_unrelated, false },
	{ "why", attr_why, true },
};
#define ATTRS (sizeof table / sizeof table[0])

/* The item and its folder, if the subject sees them. */
static int load(struct call *c, const struct node *n, struct facts *f)
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

static int get_kept(
	struct call *c, const struct node *n, const char *name, char **value, size_t *len)
{
	struct sql_rows *rows = sql_query(
		c->db, "SELECT value FROM xattr WHERE item=? AND name=?", "is", n->id, name);
	const void *p;
	int rc = sql_next(rows), err = 0;

	if (rc <= 0)
		return rc == 0 ? ENODATA : -rc;
	p = sql_blob(rows, 0, len);
	*value = malloc(*len + 1);
	if (*value == NULL)
		err = ENOMEM;
	else if (*len > 0)
		memcpy(*value, p, *len);
	sql_done(rows);
	return err;
}

int attr_get(struct call *c, const struct node *n, const char *name, char **value, size_t *len)
{
	struct facts f;
	int err;

	if (strncmp(name, "user.", 5) != 0)
		return strncmp(name, "security.", 9) == 0 ? ENODATA : ENOTSUP;
	err = load(c, n, &f);
	if (err != 0)
		return err;
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return n->kind == NODE_ITEM ? get_kept(c, n, name, value, len) : ENODATA;
	if (attr_hold_names(name + strlen(PREFIX)))
		return attr_hold_get(c, n, name + strlen(PREFIX), value, len);
	for (size_t i = 0; i < ATTRS; i++) {
		if (strcmp(name + strlen(PREFIX), table[i].name) != 0 ||
			(n->kind != NODE_ITEM && !(table[i].folders && node_is_dir(n))))
			continue;
		err = table[i].get(c, n, &f);
		if (err != 0)
			return err;
		*len = strlen(f.text);
		*value = strdup(f.text);
		return *value != NULL ? 0 : ENOMEM;
	}
	return ENODATA;
}

/* What no longer fits the list that the kernel takes is left out: a file with very many holds must
 * not be one whose attributes cannot be listed. */
static int append(char **names, size_t *len, const char *prefix, const char *name)
{
	size_t more = strlen(prefix) + strlen(name) + 1;
	char *grown;

	if (*len + more > XATTR_LIST_MAX)
		return 0;
	grown = realloc(*names, *len + more);
	if (grown == NULL)
		return ENOMEM;
	snprintf(grown + *len, more, "%s%s", prefix, name);
	*names = grown;
	*len += more;
	return 0;
}

struct names {
	char **names;
	size_t *len;
	int err;
};

static bool append_hold(void *arg, const char *name)
{
	struct names *n = arg;

	n->err = append(n->names, n->len, PREFIX, name);
	return n->err == 0;
}

/* The holds of what is settled, and of folders. */
static int list_holds(
	struct call *c, const struct node *n, const struct facts *f, char **names, size_t *len)
{
	struct names to = { names, len, 0 };
	int err;

	if (n->kind < NODE_UNIT ||
		(n->kind == NODE_ITEM &&
			(f->item.state != ITEM_SEALED || judge_settling(&f->item, &c->now))))
		return 0;
	err = attr_hold_list(c, n, append_hold, &to);
	return err != 0 ? err : to.err;
}

int attr_list(struct call *c, const struct node *n, char **names, size_t *len)
{
	struct facts f;
	struct sql_rows *rows;
	int rc, err = load(c, n, &f);

	*names = NULL;
	*len = 0;
	/*
	 * Our own are listed of what is settled: clients that copy attributes (rsync -X) would,
	 * right after the copy, try to remove those that the source does not have.  By name they
	 * can be read at any time.
	 */
	for (size_t i = 0; err == 0 && i < ATTRS && n->kind == NODE_ITEM &&
		f.item.state == ITEM_SEALED && !judge_settling(&f.item, &c->now);
		i++)
		if (table[i].get(c, n, &f) ==
			0) /* only what has a value now: getfattr -d asks for each */
			err = append(names, len, PREFIX, table[i].name);
	if (err == 0)
		err = list_holds(c, n, &f, names, len);
	if (err == 0 && n->kind == NODE_ITEM) {
		rows = sql_query(
			c->db, "SELECT name FROM xattr WHERE item=? ORDER BY name", "i", n->id);
		while (err == 0 && (rc = sql_next(rows)) != 0)
			err = rc < 0 ? -rc : append(names, len, "", sql_text(rows, 0));
		sql_done(rows);
	}
	if (err != 0) {
		free(*names);
		*names = NULL;
	}
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
	struct facts f;
	int err = load(c, n, &f);

	if (err != 0)
		return err;
	if (strncmp(name, "user.", 5) !=
		0) /* ACLs, security labels: not kept; clients ask by habit and carry on */
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
