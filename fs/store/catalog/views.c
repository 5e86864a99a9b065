/* Where a view's folders are, and what is in them by name.  The contract is in views.h. */
#include "fs/store/catalog/views.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/catalog/views_private.h"

const char *const view_orders[VIEW_COUNT] = { [VIEW_OFFICER] = "oaudf",
	[VIEW_DEVICE] = "dauof",
	[VIEW_DATE] = "audof",
	[VIEW_ASIDE] = "udoaf" };

static const struct {
	const char *name;
	enum view view;
} tops[] = {
	{ VIEW_BY_CASE, VIEW_CASE },
	{ "by-date", VIEW_DATE },
	{ "by-device", VIEW_DEVICE },
	{ "by-officer", VIEW_OFFICER },
};
#define TOPS (sizeof tops / sizeof tops[0])

bool view_rearranges(const struct view_at *at)
{
	return view_orders[at->view] != NULL;
}

bool view_groups(const struct view_at *at)
{
	return at->view == VIEW_PARTY || at->view == VIEW_CAUSE;
}

static int leaf_level(const struct view_at *at)
{
	return view_rearranges(at) ? VIEW_LEAF : view_groups(at) ? 2 : 1;
}

bool view_level_valid(const struct view_at *at)
{
	int least = at->view == VIEW_ASIDE ? VIEW_LEAF : at->view == VIEW_ALIAS;

	return at->level >= least && at->level <= leaf_level(at);
}

bool view_is_leaf(const struct view_at *at)
{
	return at->level == leaf_level(at);
}

const char *view_top_name(size_t i, struct view_at *out)
{
	if (i >= TOPS)
		return NULL;
	*out = (struct view_at){ .view = tops[i].view };
	return tops[i].name;
}

bool view_top(const char *name, struct view_at *out)
{
	for (size_t i = 0; i < TOPS; i++)
		if (strcmp(name, tops[i].name) == 0)
			return view_top_name(i, out) != NULL;
	return false;
}

/* The first levels of where a folder of by-unit lies, in the order of the view. */
static void set_levels(const struct view_at *at, const struct folder *f, struct scope *out)
{
	const char *order = view_orders[at->view];

	for (int i = 0; i < at->level && order[i] != '\0'; i++)
		switch (order[i]) {
		case 'u':
			out->unit = f->unit;
			break;
		case 'd':
			out->device = f->device;
			break;
		case 'o':
			out->officer = f->officer;
			break;
		case 'a':
			out->day = f->day;
			break;
		default:
			snprintf(out->folder, sizeof out->folder, "%s", f->kase);
			break;
		}
}

static int rearranged_scope(struct sql *db, const struct view_at *at, struct scope *out)
{
	struct folder f = { .unit = 0 };
	int err = 0;

	if (at->level > 1)
		err = catalog_folder_any(db, at->id, &f);
	else if (at->view == VIEW_OFFICER)
		f.officer = at->id;
	else if (at->view == VIEW_DEVICE)
		f.device = at->id;
	else
		f.day = (int32_t)(at->id + VIEW_DAY_ZERO);
	if (err == 0)
		set_levels(at, &f, out);
	return err;
}

int views_scope(struct sql *db, const struct view_at *at, struct scope *out)
{
	*out = (struct scope)SCOPE_ANY;
	if (at->level == 0)
		return view_groups(at) ? ENOTSUP : 0;
	if (view_rearranges(at))
		return rearranged_scope(db, at, out);
	if (!view_is_leaf(at))
		return ENOTSUP;
	return sql_value(db, &out->kase,
		at->view == VIEW_ALIAS ? "SELECT kase FROM case_alias WHERE id=?"
				       : "SELECT id FROM casefile WHERE id=?",
		"i", at->id);
}

int views_there(struct sql *db, const struct view_at *at, int64_t *since)
{
	struct folder f;
	int64_t id;
	int err;

	*since = 0;
	if (at->level == 0)
		return 0;
	if (view_rearranges(at)) {
		if (at->level == 1)
			return at->view == VIEW_DATE
				? 0
				: sql_value(db, &id,
					  at->view == VIEW_OFFICER
						  ? "SELECT id FROM person WHERE id=?"
						  : "SELECT id FROM device WHERE id=?",
					  "i", at->id);
		err = catalog_folder_any(db, at->id, &f);
		*since = err == 0 ? f.made : 0;
		return err;
	}
	if (!view_is_leaf(at))
		return sql_value(db, &id, "SELECT id FROM case_group WHERE id=?", "i", at->id);
	return sql_value(db, since,
		at->view == VIEW_ALIAS ? "SELECT casefile.opened FROM case_alias JOIN casefile ON "
					 "casefile.id=case_alias.kase WHERE case_alias.id=?"
				       : "SELECT opened FROM casefile WHERE id=?",
		"i", at->id);
}

static int name_by_id(struct sql_rows *rows, const char *before, char *out, size_t cap)
{
	int rc = sql_next(rows), err = 0;

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	if ((size_t)snprintf(out, cap, "%s/%s", before, sql_string(rows, 0)) >= cap)
		err = ENAMETOOLONG;
	sql_done(rows);
	return err;
}

static const char *group_top(const struct view_at *at)
{
	return at->view == VIEW_PARTY ? VIEW_BY_CASE "/" VIEW_BY_PARTY
				      : VIEW_BY_CASE "/" VIEW_BY_CAUSE;
}

static int group_path(struct sql *db, const struct view_at *at, char *out, size_t cap)
{
	struct sql_rows *rows;

	if (at->level == 0)
		return (size_t)snprintf(out, cap, "%s", group_top(at)) >= cap ? ENAMETOOLONG : 0;
	if (at->level == 1)
		return name_by_id(
			sql_query(db, "SELECT name FROM case_group WHERE id=?", "i", at->id),
			group_top(at), out, cap);
	rows = sql_query(db,
		"SELECT case_group.name || '/' || casefile.number FROM casefile JOIN case_group ON "
		"case_group.id=iif(?2, casefile.party_group, casefile.cause_group)"
		" WHERE casefile.id=?1",
		"ii", at->id, (int64_t)(at->view == VIEW_PARTY));
	return name_by_id(rows, group_top(at), out, cap);
}

int views_path(struct sql *db, const struct view_at *at, char *out, size_t cap)
{
	struct scope s;
	int err;

	out[0] = '\0';
	if (view_groups(at))
		return group_path(db, at, out, cap);
	if (view_rearranges(at)) {
		err = views_scope(db, at, &s);
		if (err == 0 && at->view == VIEW_ASIDE)
			return scopes_path_in(
				db, &s, "by-unit", view_orders[at->view], at->level, out, cap);
		for (size_t i = 0; err == 0 && i < TOPS; i++)
			if (tops[i].view == at->view)
				return scopes_path_in(db, &s, tops[i].name, view_orders[at->view],
					at->level, out, cap);
		return err;
	}
	if (at->level == 0)
		return (size_t)snprintf(out, cap, VIEW_BY_CASE) >= cap ? ENAMETOOLONG : 0;
	return name_by_id(at->view == VIEW_ALIAS
			? sql_query(db, "SELECT name FROM case_alias WHERE id=?", "i", at->id)
			: sql_query(db, "SELECT number FROM casefile WHERE id=?", "i", at->id),
		VIEW_BY_CASE, out, cap);
}

/* Puts what a name on that level means into the scope. */
static int read_level(struct sql *db, char level, const char *name, struct scope *s)
{
	struct unit unit = { .id = 0 };
	struct device device = { .id = 0 };
	struct person officer = { .id = 0 };
	int err = 0;

	switch (level) {
	case 'u':
		err = catalog_unit_named(db, name, &unit);
		s->unit = unit.id;
		return err;
	case 'd':
		err = catalog_device_serial(db, name, &device);
		s->device = device.id;
		return err;
	case 'o':
		err = catalog_person_number(db, name, &officer);
		s->officer = officer.id;
		return err;
	case 'a':
		return day_parse(name, &s->day) ? 0 : ENOENT;
	default:
		snprintf(s->folder, sizeof s->folder, "%s", name);
		return 0;
	}
}

/* The smallest id of the folders there; ENOENT where all of them are empty. */
static int first_folder(struct sql *db, enum view view, const struct scope *s, int64_t *id)
{
	static const char *const texts[] = {
		[VIEW_OFFICER] = "SELECT min(id), max(" FOLDER_SHOWS
				 ") FROM folder WHERE officer=?3 AND day=?4 AND (?1=0 OR unit=?1) "
				 "AND (?2=0 OR device=?2)",
		[VIEW_DEVICE] = "SELECT min(id), max(" FOLDER_SHOWS
				") FROM folder WHERE device=?2 AND day=?4 AND (?1=0 OR unit=?1) "
				"AND (?3=0 OR officer=?3)",
		[VIEW_DATE] = "SELECT min(id), max(" FOLDER_SHOWS
			      ") FROM folder WHERE day=?4 AND unit=?1 AND (?2=0 OR device=?2) AND "
			      "(?3=0 OR officer=?3)",
	};
	struct sql_rows *rows;
	int rc;

	if (s->folder[0] != '\0')
		rows = sql_query(db,
			"SELECT id, " FOLDER_SHOWS
			" FROM folder WHERE unit=? AND device=? AND officer=? AND day=? AND kase=?",
			"iiiis", s->unit, s->device, s->officer, (int64_t)s->day, s->folder);
	else
		rows = sql_query(
			db, texts[view], "iiii", s->unit, s->device, s->officer, (int64_t)s->day);
	rc = sql_next(rows);
	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	*id = sql_int(rows, 0);
	rc = sql_int(rows, 1) != 0 ? 0 : ENOENT;
	sql_done(rows);
	return rc;
}

static int lookup_first_level(struct sql *db, enum view view, const struct scope *s, int64_t *id)
{
	static const char *const texts[] = {
		[VIEW_OFFICER] = "SELECT 1 FROM folder WHERE officer=? AND " FOLDER_SHOWS
				 " LIMIT 1",
		[VIEW_DEVICE] = "SELECT 1 FROM folder WHERE device=? AND " FOLDER_SHOWS " LIMIT 1",
		[VIEW_DATE] = "SELECT 1 FROM folder WHERE day=? AND " FOLDER_SHOWS " LIMIT 1",
	};
	int64_t key = view == VIEW_OFFICER ? s->officer
		: view == VIEW_DEVICE      ? s->device
					   : (int64_t)s->day,
		shown;

	*id = view == VIEW_DATE ? key - VIEW_DAY_ZERO : key;
	return sql_value(db, &shown, texts[view], "i", key);
}

static int lookup_rearranged(
	struct sql *db, const struct view_at *parent, const char *name, struct view_at *out)
{
	struct scope s;
	int err = views_scope(db, parent, &s);

	*out = (struct view_at){ .view = parent->view, .level = parent->level + 1 };
	if (err == 0)
		err = read_level(db, view_orders[parent->view][parent->level], name, &s);
	if (err == 0)
		err = out->level == 1 ? lookup_first_level(db, out->view, &s, &out->id)
				      : first_folder(db, out->view, &s, &out->id);
	return err;
}

static int lookup_by_case(struct sql *db, const char *name, struct view_at *out)
{
	int err;

	*out = (struct view_at){ .view = strcmp(name, VIEW_BY_PARTY) == 0 ? VIEW_PARTY
									  : VIEW_CAUSE };
	if (strcmp(name, VIEW_BY_PARTY) == 0 || strcmp(name, VIEW_BY_CAUSE) == 0)
		return 0;
	*out = (struct view_at){ .view = VIEW_CASE, .level = 1 };
	err = sql_value(db, &out->id, "SELECT id FROM casefile WHERE number=?", "s", name);
	if (err != ENOENT)
		return err;
	out->view = VIEW_ALIAS;
	return sql_value(db, &out->id, "SELECT id FROM case_alias WHERE name=?", "s", name);
}

static int lookup_group(
	struct sql *db, const struct view_at *parent, const char *name, struct view_at *out)
{
	*out = (struct view_at){ .view = parent->view, .level = parent->level + 1 };
	if (parent->level == 0)
		return sql_value(db, &out->id,
			"SELECT id FROM case_group WHERE view=?1 AND name=?2 AND " GROUP_SHOWS,
			"is", (int64_t)parent->view, name);
	return sql_value(db, &out->id,
		"SELECT id FROM casefile WHERE number=?1 AND (party_group=?2 OR cause_group=?2)",
		"si", name, parent->id);
}

static int lookup_item(struct sql *db, const struct view_at *leaf, const char *name, int64_t *item)
{
	struct scope s;
	int err;

	if (view_rearranges(leaf))
		return sql_value(db, item,
			"SELECT id FROM item WHERE folder=? AND name=? AND state" SQL_HAS_NAME
			" AND state=" SQL_SEALED,
			"is", leaf->id, name);
	err = views_scope(db, leaf, &s);
	if (err == 0)
		err = sql_value(db, item,
			"SELECT item.id FROM case_entry JOIN item ON item.id=case_entry.item WHERE "
			"case_entry.kase=? AND case_entry.name=? AND item.state=" SQL_SEALED,
			"is", s.kase, name);
	return err;
}

int views_lookup(struct sql *db, const struct view_at *parent, const char *name,
	struct view_at *out, int64_t *item)
{
	*item = 0;
	if (view_is_leaf(parent))
		return lookup_item(db, parent, name, item);
	if (view_rearranges(parent))
		return lookup_rearranged(db, parent, name, out);
	return view_groups(parent) ? lookup_group(db, parent, name, out)
				   : lookup_by_case(db, name, out);
}

int views_links(struct sql *db, int64_t item, int64_t *links)
{
	int64_t names = 0;
	int err = sql_value(db, &names,
		"SELECT coalesce(sum(1 + (casefile.party_group<>0) + (casefile.cause_group<>0)"
		" + (SELECT count(*) FROM case_alias WHERE case_alias.kase=casefile.id)), 0)"
		" FROM case_entry JOIN casefile ON casefile.id=case_entry.kase WHERE "
		"case_entry.item=?",
		"i", item);

	*links = 1 + 3 + names;
	return err;
}
