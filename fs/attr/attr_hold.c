#include "fs/attr/attr_hold.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "fs/act/hold.h"
#include "fs/attr/attr_set.h"
#include "fs/call/refusal.h"
#include "fs/store/catalog/scopes.h"
#include "fs/tree/tree.h"

#define HOLD_PREFIX "hold."
#define ALL_HOLDS "holds"

bool attr_hold_names(const char *name)
{
	return strcmp(name, ALL_HOLDS) == 0 ||
		(strncmp(name, HOLD_PREFIX, strlen(HOLD_PREFIX)) == 0 &&
			name[strlen(HOLD_PREFIX)] != '\0');
}

/* The holds at a node. */
static int holds_at(struct call *c, const struct node *n, holds_each each, void *arg)
{
	struct scope on;
	struct item item;
	int err;

	if (n->kind == NODE_ITEM) {
		err = catalog_item(c->db, n->id, &item);
		return err == 0 ? holds_on_item(c->db, &item, each, arg) : err;
	}
	err = tree_scope(c, n, &on);
	return err == 0 ? holds_on_folder(c->db, &on, each, arg) : err;
}

static int print_person(struct call *c, FILE *f, const char *key, int64_t id)
{
	struct person p;
	int err = catalog_person(c->db, id, &p);

	if (err == 0)
		fprintf(f, "; %s=%s %s", key, p.number, p.name);
	return err;
}

/* A hold's value; with its place where that is not `on`. */
static int print_hold(struct call *c, FILE *f, const struct held *h, const struct scope *on)
{
	char at[INSTANT_TEXT], path[2048];
	int err;

	instant_format(h->hold.set_at, c->now.utc_offset, at);
	fprintf(f, "ground=%d", h->hold.ground);
	err = print_person(c, f, "by", h->hold.set_by);
	fprintf(f, "; at=%s", at);
	if (err == 0 && !scope_same(&h->scope, on)) {
		err = scopes_path(c->db, &h->scope, path, sizeof path);
		fprintf(f, "; from=%s", err == 0 ? path : "");
	}
	if (err == 0 && h->hold.asked_by != 0)
		err = print_person(c, f, "release-asked-by", h->hold.asked_by);
	/* Last: it may hold anything, also what looks like the rest */
	if (h->hold.reason[0] != '\0')
		fprintf(f, "; reason=%s", h->hold.reason);
	return err;
}

struct telling {
	struct call *c;
	const char *name;
	struct scope on;
	FILE *f;
	size_t count;
	int err;
};

static bool print_if_named(void *arg, const struct held *h)
{
	struct telling *t = arg;

	if (strcmp(t->name, h->hold.name) != 0)
		return true;
	if (t->count++ > 0)
		fputc('\n', t->f);
	t->err = print_hold(t->c, t->f, h, &t->on);
	return t->err == 0;
}

/* The names of the holds at a node, each once: a folder and an item in it may have one of the same
 * name. */
struct named {
	char (*names)[HOLD_NAME];
	size_t count, room;
	int err;
};

static bool add_name(void *arg, const struct held *h)
{
	struct named *l = arg;

	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->names[i], h->hold.name) == 0)
			return true;
	if (l->count == l->room) {
		size_t room = l->room > 0 ? 2 * l->room : 8;
		void *more = realloc(l->names, room * sizeof *l->names);

		if (more == NULL) {
			l->err = ENOMEM;
			return false;
		}
		l->names = more;
		l->room = room;
	}
	snprintf(l->names[l->count++], HOLD_NAME, "%s", h->hold.name);
	return true;
}

static int print_names(struct call *c, const struct node *n, FILE *f, size_t *count)
{
	struct named l = { NULL, 0, 0, 0 };
	size_t left = XATTR_SIZE_MAX -
		2; /* as many as fit a value, and a sign that there are more */
	int err = holds_at(c, n, add_name, &l);

	for (size_t i = 0; i < l.count; i++) {
		size_t len = strlen(l.names[i]) + 1;

		if (len > left) {
			fputs(",+", f);
			break;
		}
		fprintf(f, "%s%s", i > 0 ? "," : "", l.names[i]);
		left -= len;
	}
	*count = l.count;
	free(l.names);
	return err != 0 ? err : l.err;
}

int attr_hold_get(struct call *c, const struct node *n, const char *name, char **value, size_t *len)
{
	bool all = strcmp(name, ALL_HOLDS) == 0;
	struct telling t = { .c = c, .name = all ? name : name + strlen(HOLD_PREFIX) };
	int err = tree_scope(c, n, &t.on);

	*value = NULL;
	if (err != 0)
		return ENODATA;
	t.f = open_memstream(value, len);
	if (t.f == NULL)
		return ENOMEM;
	err = all ? print_names(c, n, t.f, &t.count) : holds_at(c, n, print_if_named, &t);
	if (err == 0)
		err = t.err;
	if (fclose(t.f) != 0 && err == 0)
		err = ENOMEM;
	if (err == 0 && t.count == 0 && (!all || n->kind != NODE_ITEM))
		err = ENODATA;
	if (err != 0) {
		free(*value);
		*value = NULL;
	}
	return err;
}

int attr_hold_list(
	struct call *c, const struct node *n, bool (*each)(void *arg, const char *name), void *arg)
{
	char name[sizeof HOLD_PREFIX + HOLD_NAME];
	struct named l = { NULL, 0, 0, 0 };
	struct scope on;
	bool more = true;
	int err = n->kind == NODE_ITEM ? 0 : tree_scope(c, n, &on);

	if (err != 0)
		return err == ENOENT || err == ENOTSUP ? 0
						       : err; /* a place where no hold can be set */
	err = n->kind == NODE_ITEM ? holds_at(c, n, add_name, &l)
				   : holds_on_scope(c->db, &on, add_name, &l);
	if (err == 0)
		err = l.err;
	if (err == 0 && (l.count > 0 || n->kind == NODE_ITEM))
		more = each(arg, ALL_HOLDS); /* first: of very many names the last are left out */
	for (size_t i = 0; err == 0 && more && i < l.count; i++) {
		snprintf(name, sizeof name, HOLD_PREFIX "%s", l.names[i]);
		more = each(arg, name);
	}
	free(l.names);
	return err;
}

/* Whether the value is what reading the place's own hold of that name gives; then its ground and
 * reason are taken from it. */
static int read_back(struct call *c, const struct hold_act *a, const void *value, size_t len,
	struct held *out, bool *same)
{
	char *text = NULL;
	size_t text_len = 0;
	FILE *f;
	int err = holds_named(c->db, &a->on, a->name, out);

	*same = false;
	if (err != 0)
		return err == ENOENT ? 0 : err;
	f = open_memstream(&text, &text_len);
	if (f == NULL)
		return ENOMEM;
	err = print_hold(c, f, out, &a->on);
	if (fclose(f) != 0 && err == 0)
		err = ENOMEM;
	*same = err == 0 && text_len == len && memcmp(text, value, len) == 0;
	free(text);
	return err;
}

static int set_hold(struct call *c, const struct node *n, struct hold_act *a, const void *value,
	size_t len, int flags)
{
	char reason[HOLD_REASON];
	struct held was;
	bool same;
	int err = read_back(c, a, value, len, &was, &same);

	if (err != 0)
		return err;
	if (same) {
		a->ground = was.hold.ground;
		snprintf(reason, sizeof reason, "%s", was.hold.reason);
	} else if (hold_parse(value, len, &a->ground, reason) != REASON_NONE)
		return refusal_answer(c, VERB_SETXATTR, n, NULL, REASON_HOLD_BAD);
	if ((flags & (XATTR_CREATE | XATTR_REPLACE)) != 0) {
		err = holds_named(c->db, &a->on, a->name, &was);
		if (err == 0 && (flags & XATTR_CREATE))
			return EEXIST;
		if (err == ENOENT && (flags & XATTR_REPLACE))
			return ENODATA;
	}
	a->reason = reason;
	return hold_set(c, a);
}

static bool of_that_name(void *arg, const struct held *h)
{
	struct telling *t = arg;

	t->count += strcmp(h->hold.name, t->name) == 0;
	return t->count == 0;
}

/* A hold that is not set here: around, or nowhere. */
static int not_here(struct call *c, const struct node *n, const char *name)
{
	struct telling t = { .name = name };
	int err = holds_at(c, n, of_that_name, &t);

	if (err == 0 && t.count > 0)
		return refusal_answer(c, VERB_REMOVEXATTR, n, NULL, REASON_INHERITED);
	return err != 0 ? err : ENODATA;
}

int attr_hold_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	enum verb verb = value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR;
	struct hold_act a = { .at = *n, .name = name + strlen(HOLD_PREFIX) };
	int err = hold_place(c, &a);

	if (err != 0)
		return refusal_answer(c, verb, n, NULL, REASON_NOT_SUPPORTED);
	err = value != NULL ? set_hold(c, n, &a, value, len, flags) : hold_ask(c, &a);
	if (a.why == REASON_NOT_FOUND && value == NULL)
		return not_here(c, n, a.name);
	return attr_answer(c, verb, n, a.why, err);
}
