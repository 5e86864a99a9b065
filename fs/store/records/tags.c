#include "fs/store/records/tags.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"

#include "fs/store/catalog/numbers.h"

int tags_get(struct sql *db, const struct item *item, enum tag t, char out[TAG_VALUE])
{
	struct sql_rows *rows;
	int rc;

	out[0] = '\0';
	if (t == TAG_IMPORTANT) {
		snprintf(out, TAG_VALUE, "%s", item->important ? "yes" : "no");
		return 0;
	}
	rows = sql_query(
		db, "SELECT value FROM tag WHERE item=? AND name=?", "is", item->id, tag_name(t));
	rc = sql_next(rows);
	if (rc == 1) {
		sql_copy(rows, 0, out, TAG_VALUE);
		sql_done(rows);
	}
	return rc < 0 ? -rc : 0;
}

int tags_item(struct sql *db, const struct item *item, struct tag_item *out)
{
	struct folder f = { .officer = 0, .unit = 0 };
	int err = item->folder != 0 ? catalog_folder_any(db, item->folder, &f) : 0;

	*out = (struct tag_item){
		.depositor = item->depositor, .officer = f.officer, .unit = f.unit
	};
	return err;
}

void tags_read_unrelated(struct sql_rows *rows, int column, struct unrelated_tag *out)
{
	out->state = (enum unrelated)sql_int(rows, column);
	sql_copy(rows, column + 1, out->reason, sizeof out->reason);
	out->proposed_by = sql_int(rows, column + 2);
	out->proposed_at = sql_int(rows, column + 3);
	out->decided_by = sql_int(rows, column + 4);
	out->decided_at = sql_int(rows, column + 5);
	sql_copy(rows, column + 6, out->decided_why, sizeof out->decided_why);
}

int tags_get_unrelated(struct sql *db, int64_t item, struct unrelated_tag *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " UNRELATED_COLUMNS " FROM unrelated WHERE item=?", "i", item);
	int rc = sql_next(rows);

	*out = (struct unrelated_tag){ .state = UNRELATED_NONE };
	if (rc == 1) {
		tags_read_unrelated(rows, 0, out);
		sql_done(rows);
	}
	return rc < 0 ? -rc : 0;
}

/* Those in the folders of its number or of an alias, and those that are linked; each once. */
#define ITEMS_OF_CASE                                                                           \
	"SELECT item.id FROM folder JOIN item ON item.folder=folder.id WHERE "                  \
	"item.state=" SQL_SEALED " AND "                                                        \
	"folder.kase IN (SELECT number FROM casefile WHERE id=?1 UNION"                         \
	" SELECT name FROM case_alias WHERE kase=?1) UNION SELECT item.id FROM case_item JOIN " \
	"item ON item.id=case_item.item"                                                        \
	" WHERE case_item.kase=?1 AND case_item.unlinked=0 AND item.state=" SQL_SEALED

int tags_stages(struct sql *db, int64_t kase, struct stage_count *out)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT tag.value, count(*) FROM (" ITEMS_OF_CASE
		") AS those LEFT JOIN tag ON tag.item=those.id AND tag.name='stage'"
		" GROUP BY tag.value",
		"i", kase);
	int rc;

	*out = (struct stage_count){ .none = 0 };
	while ((rc = sql_next(rows)) == 1) {
		int stage = sql_null(rows, 0) ? -1 : tag_stage_find(sql_string(rows, 0));

		if (stage >= 0 && stage < STAGES_MAX)
			out->of[stage] += sql_int(rows, 1);
		else
			out->none += sql_int(rows, 1);
	}
	return -rc;
}

const char tags_schema[] =
	/* stage and informed; important is in the item itself, because the camera says it first */
	"CREATE TABLE tag(item INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, set_by "
	"INTEGER NOT NULL, set_at INTEGER NOT NULL, PRIMARY KEY(item, name)) WITHOUT ROWID;"
	/* state: enum unrelated */
	"CREATE TABLE unrelated(item INTEGER PRIMARY KEY, state INTEGER NOT NULL, reason TEXT NOT "
	"NULL, proposed_by INTEGER NOT NULL, proposed_at INTEGER NOT NULL,"
	"  decided_by INTEGER NOT NULL DEFAULT 0, decided_at INTEGER NOT NULL DEFAULT 0, "
	"decided_why TEXT);";

int apply_tag_set(struct sql *db, const struct head *h, const struct tag_set *e)
{
	if (e->name == NULL)
		return EUCLEAN;
	if (strcmp(e->name, tag_name(TAG_IMPORTANT)) == 0)
		return sql_run(db, "UPDATE item SET important=? WHERE id=?", "ii",
			(int64_t)(e->value != NULL && strcmp(e->value, "yes") == 0), h->item);
	if (e->value == NULL)
		return sql_run(
			db, "DELETE FROM tag WHERE item=? AND name=?", "is", h->item, e->name);
	return sql_run(db,
		"INSERT INTO tag(item, name, value, set_by, set_at) VALUES(?,?,?,?,?) ON "
		"CONFLICT(item, name) DO UPDATE SET value=excluded.value,"
		" set_by=excluded.set_by, set_at=excluded.set_at",
		"issii", h->item, e->name, e->value, h->person, h->clock);
}

int apply_unrelated_propose(struct sql *db, const struct head *h, const struct unrelated_propose *e)
{
	return sql_run(db,
		"INSERT INTO unrelated(item, state, reason, proposed_by, proposed_at) "
		"VALUES(?,?,?,?,?) ON CONFLICT(item) DO UPDATE SET state=excluded.state,"
		" reason=excluded.reason, proposed_by=excluded.proposed_by, "
		"proposed_at=excluded.proposed_at, decided_by=0, decided_at=0, decided_why=NULL",
		"iisii", h->item, (int64_t)UNRELATED_PROPOSED, e->reason, h->person, h->clock);
}

int apply_unrelated_decide(struct sql *db, const struct head *h, const struct unrelated_decide *e)
{
	return sql_run(db,
		"UPDATE unrelated SET state=?, decided_by=?, decided_at=?, decided_why=? WHERE "
		"item=?",
		"iiisi", (int64_t)(e->unrelated ? UNRELATED_YES : UNRELATED_NO), h->person,
		h->clock, e->reason, h->item);
}
