/* Tags of items (policy/tag.h): what stands of each, and that one is unrelated to duty. */
#include <errno.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "policy/tag.h"

static const char schema[] =
	/* stage and informed; important stands in the item itself, for the camera says it first */
	"CREATE TABLE tag(item INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, set_by "
	"INTEGER NOT NULL, set_at INTEGER NOT NULL, PRIMARY KEY(item, name)) WITHOUT ROWID;"
	/* state: enum unrelated */
	"CREATE TABLE unrelated(item INTEGER PRIMARY KEY, state INTEGER NOT NULL, reason TEXT NOT "
	"NULL, proposed_by INTEGER NOT NULL, proposed_at INTEGER NOT NULL,"
	"  decided_by INTEGER NOT NULL DEFAULT 0, decided_at INTEGER NOT NULL DEFAULT 0, "
	"decided_why TEXT);";

static int apply_set(struct sql *db, const struct head *h)
{
	const char *name = jsonget_str(h->d, "name"), *value = jsonget_str(h->d, "value");

	if (name == NULL)
		return EUCLEAN;
	if (strcmp(name, tag_name(TAG_IMPORTANT)) == 0)
		return sql_run(db, "UPDATE item SET important=? WHERE id=?", "ii",
			(int64_t)(value != NULL && strcmp(value, "yes") == 0), h->item);
	if (value == NULL)
		return sql_run(db, "DELETE FROM tag WHERE item=? AND name=?", "is", h->item, name);
	return sql_run(db,
		"INSERT INTO tag(item, name, value, set_by, set_at) VALUES(?,?,?,?,?) ON "
		"CONFLICT(item, name) DO UPDATE SET value=excluded.value,"
		" set_by=excluded.set_by, set_at=excluded.set_at",
		"issii", h->item, name, value, h->person, h->clock);
}

static int apply_propose(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"INSERT INTO unrelated(item, state, reason, proposed_by, proposed_at) "
		"VALUES(?,?,?,?,?) ON CONFLICT(item) DO UPDATE SET state=excluded.state,"
		" reason=excluded.reason, proposed_by=excluded.proposed_by, "
		"proposed_at=excluded.proposed_at, decided_by=0, decided_at=0, decided_why=NULL",
		"iisii", h->item, (int64_t)UNRELATED_PROPOSED, jsonget_str(h->d, "reason"),
		h->person, h->clock);
}

static int apply_decide(struct sql *db, const struct head *h)
{
	int64_t state = json_is_true(json_object_get(h->d, "unrelated")) ? UNRELATED_YES
									 : UNRELATED_NO;

	return sql_run(db,
		"UPDATE unrelated SET state=?, decided_by=?, decided_at=?, decided_why=? WHERE "
		"item=?",
		"iiisi", state, h->person, h->clock, jsonget_str(h->d, "reason"), h->item);
}

static const struct apply events[] = {
	{ "tag.set", apply_set },
	{ "unrelated.propose", apply_propose },
	{ "unrelated.decide", apply_decide },
};

const struct catalog_part catalog_tags = CATALOG_PART(schema, events);
