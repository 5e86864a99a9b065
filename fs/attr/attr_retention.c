/* user.custody.class and user.custody.retain-until: how long an item, or what lies in a folder, is
 * kept at least (fs/act/term.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "fs/act/term.h"
#include "fs/attr/attr_set.h"
#include "fs/store/records/retention.h"
#include "fs/tree/tree.h"

int attr_retention_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	struct term_act a = { .at = *n,
		.remove = value == NULL,
		.only_new = flags & XATTR_CREATE,
		.only_change = flags & XATTR_REPLACE };
	char text[ATTR_TEXT] = "";
	int err;

	a.malformed = value != NULL && !attr_text(value, len, text);
	if (strcmp(name, "class") == 0)
		a.class = text;
	else if (!a.malformed)
		a.malformed = !instant_parse(text, c->now.utc_offset, &a.until);
	err = term_set(c, &a);
	return attr_answer(c, value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR, n, a.why, err);
}

static int get_folder(struct call *c, const struct node *n, const char *name, char out[ATTR_TEXT])
{
	int32_t today = day_of_instant(c->now.clock, c->now.utc_offset);
	struct scope on;
	struct floor_of floor;
	int err = tree_scope(c, n, &on);

	if (err == 0 && scope_whole(&on))
		return ENODATA;
	if (err == 0)
		err = retention_floor(c->db, &on, today, c->now.utc_offset, &floor);
	if (err != 0)
		return err;
	if (strcmp(name, "class") == 0) {
		snprintf(out, ATTR_TEXT, "%s", floor.class);
		return floor.class[0] != '\0' ? 0 : ENODATA;
	}
	if (strcmp(name, "retain-until") != 0 || floor.until == 0)
		return ENODATA;
	instant_format(floor.until, c->now.utc_offset, out);
	return 0;
}

int attr_retention_get(struct call *c, const struct node *n, const struct item *item,
	const char *name, char out[ATTR_TEXT])
{
	struct retention r;
	int err;

	if (n->kind != NODE_ITEM)
		return get_folder(c, n, name, out);
	err = retention_state(c->db, item, c->now.utc_offset, &r);
	if (err != 0)
		return err;
	if (strcmp(name, "class") == 0)
		snprintf(out, ATTR_TEXT, "%s", r.class);
	else if (strcmp(name, "retain-basis") == 0)
		snprintf(out, ATTR_TEXT, "%s", bond_basis(&r.term.by));
	else
		retention_text(&r.term, c->now.utc_offset, out);
	return 0;
}
