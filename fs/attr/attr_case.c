#include "fs/attr/attr_case.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/linking.h"
#include "fs/attr/attr_set.h"
#include "fs/store/records/casefiles.h"

static int folder_case(struct call *c, const struct node *n, char *out, size_t cap)
{
	char number[NAME_BUFFER];
	struct casefile k;
	struct scope s;
	int err = tree_scope(c, n, &s);

	if (err == ENOTSUP)
		return ENODATA;
	if (err == 0 && s.kase == 0 && s.folder[0] == '\0')
		return ENODATA;
	if (err == 0 && s.kase != 0) {
		err = casefiles_number(c->db, s.kase, number);
		snprintf(out, cap, "%s", err == 0 ? number : "");
		return err == ENOENT ? ENODATA : err;
	}
	if (err == 0)
		err = catalog_case(c->db, s.folder, &k);
	snprintf(out, cap, "%s", err == 0 ? k.number : s.folder);
	return err == ENOENT ? 0 : err;
}

struct listing_numbers {
	char *out;
	size_t cap, used;
};

static bool append_number(void *arg, const char *number)
{
	struct listing_numbers *l = arg;

	if (l->used + strlen(number) + 2 > l->cap)
		return false;
	l->used += (size_t)snprintf(
		l->out + l->used, l->cap - l->used, "%s%s", l->used > 0 ? "," : "", number);
	return true;
}

int attr_case_get(struct call *c, const struct node *n, char *out, size_t cap)
{
	struct listing_numbers l = { .out = out, .cap = cap };
	struct folder f;
	struct item item;
	int err;

	if (n->kind != NODE_ITEM)
		return folder_case(c, n, out, cap);
	out[0] = '\0';
	err = casefiles_of_item(c->db, n->id, append_number, &l);
	if (err != 0 || out[0] != '\0')
		return err;
	err = catalog_item(c->db, n->id, &item);
	if (err == 0)
		err = catalog_folder_any(c->db, item.folder, &f);
	if (err == 0)
		snprintf(out, cap, "%s", f.kase);
	return err;
}

int attr_case_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	enum verb verb = value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR;
	struct linking *l = calloc(1, sizeof *l);
	char *text = value != NULL ? strndup(value, len) : NULL;
	int err = ENOMEM;

	(void)name, (void)flags; /* there may be several at a time: setting adds one */
	if (l != NULL && (value == NULL || text != NULL)) {
		l->c = c;
		err = text != NULL ? linking_link_all(l, n, text) : linking_unlink_all(l, n);
		err = attr_answer(c, verb, n, l->why, err);
	}
	free(text);
	free(l);
	return err;
}
