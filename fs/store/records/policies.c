#include "fs/store/records/policies.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[PROPOSAL_STATE_COUNT] = {
	[PROPOSAL_PENDING] = "pending",
	[PROPOSAL_LOADED] = "loaded",
	[PROPOSAL_REFUSED] = "refused",
};

const char *proposal_state_name(enum proposal_state s)
{
	return (unsigned)s < PROPOSAL_STATE_COUNT ? state_names[s] : "unknown";
}

int policy_setting(struct sql *db, const char *key, int64_t *value)
{
	const struct setting_rule *rule = setting_find(key);
	int err;

	if (rule == NULL)
		return EINVAL;
	*value = rule->otherwise;
	err = sql_value(db, value,
		"SELECT value FROM policy_setting WHERE version=(SELECT max(version) FROM policy) "
		"AND key=?",
		"s", key);
	return err == ENOENT ? 0 : err;
}

int policy_readers(struct sql *db, bool (*each)(void *arg, const char *rule), void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT program FROM policy_reader WHERE version=(SELECT max(version) FROM policy) "
		"ORDER BY place",
		"");
	int rc;

	while ((rc = sql_next(rows)) == 1)
		if (!each(arg, sql_text(rows, 0))) {
			sql_done(rows);
			return 0;
		}
	return -rc;
}

void policy_read_proposal(struct sql_rows *rows, struct proposal *out)
{
	out->id = sql_int(rows, 0);
	sql_copy(rows, 1, out->label, sizeof out->label);
	sql_copy(rows, 2, out->effective, sizeof out->effective);
	out->state = (enum proposal_state)sql_int(rows, 3);
	out->proposed = sql_int(rows, 4);
	out->proposed_by = sql_int(rows, 5);
	out->decided = sql_int(rows, 6);
	out->decided_by = sql_int(rows, 7);
	sql_copy(rows, 8, out->reason, sizeof out->reason);
	out->version = sql_int(rows, 9);
}

int policy_proposal(struct sql *db, int64_t id, struct proposal *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " PROPOSAL_COLUMNS " FROM policy_proposal WHERE id=?", "i", id);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	policy_read_proposal(rows, out);
	sql_done(rows);
	return 0;
}

static int text_of(struct sql_rows *rows, char **text)
{
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	*text = strdup(sql_text(rows, 0));
	sql_done(rows);
	return *text != NULL ? 0 : ENOMEM;
}

int policy_text(struct sql *db, int64_t version, char **text)
{
	return text_of(
		sql_query(db, "SELECT text FROM policy WHERE version=?", "i", version), text);
}

int policy_proposal_text(struct sql *db, int64_t id, char **text)
{
	return text_of(sql_query(db, "SELECT text FROM policy_proposal WHERE id=?", "i", id), text);
}

int policy_changes_kind(struct sql *db, const struct policyfile *p, bool *changes)
{
	int64_t other = 0;
	int err = 0;

	for (size_t i = 0; i < p->class_count && err == 0 && other == 0; i++)
		if (p->classes[i].kind != CLASS_PERMANENT)
			err = sql_value(db, &other,
				"SELECT EXISTS(SELECT 1 FROM class WHERE name=? AND kind<>?)", "si",
				p->classes[i].name, (int64_t)p->classes[i].kind);
	*changes = other != 0;
	return err;
}
