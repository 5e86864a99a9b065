#include "fs/store/records/policies.h"

#include "fs/store/base/jsonget.h"
#include "policy/term.h"

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

int policies_latest(struct sql *db, int64_t *version)
{
	return sql_value(db, version, "SELECT coalesce(max(version), 1) FROM policy", "");
}

int policies_setting(struct sql *db, const char *key, int64_t *value)
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

int policies_readers(struct sql *db, bool (*each)(void *arg, const char *rule), void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT program FROM policy_reader WHERE version=(SELECT max(version) FROM policy) "
		"ORDER BY place",
		"");
	int rc;

	while ((rc = sql_next(rows)) == 1)
		if (!each(arg, sql_string(rows, 0))) {
			sql_done(rows);
			return 0;
		}
	return -rc;
}

void policies_read_proposal(struct sql_rows *rows, struct proposal *out)
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

int policies_proposal(struct sql *db, int64_t id, struct proposal *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " PROPOSAL_COLUMNS " FROM policy_proposal WHERE id=?", "i", id);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	policies_read_proposal(rows, out);
	sql_done(rows);
	return 0;
}

static int read_text(struct sql_rows *rows, char **text)
{
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	*text = strdup(sql_string(rows, 0));
	sql_done(rows);
	return *text != NULL ? 0 : ENOMEM;
}

int policies_text(struct sql *db, int64_t version, char **text)
{
	return read_text(
		sql_query(db, "SELECT text FROM policy WHERE version=?", "i", version), text);
}

int policies_proposal_text(struct sql *db, int64_t id, char **text)
{
	return read_text(
		sql_query(db, "SELECT text FROM policy_proposal WHERE id=?", "i", id), text);
}

int policies_next_proposal(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id), 0) + 1 FROM policy_proposal", "");
}

int policies_changes_kind(struct sql *db, const struct policyfile *p, bool *changes)
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

static json_t *classes_json(const struct policyfile *p)
{
	json_t *classes = json_array();

	for (size_t i = 0; i < p->class_count; i++)
		json_array_append_new(classes,
			json_pack("{s:s, s:s, s:i}", "name", p->classes[i].name, "kind",
				class_kind_name(p->classes[i].kind), "months",
				p->classes[i].months));
	return classes;
}

static json_t *settings_json(const struct policyfile *p)
{
	json_t *settings = json_object();

	for (size_t i = 0; i < p->setting_count; i++)
		json_object_set_new(
			settings, p->settings[i].rule->key, json_integer(p->settings[i].value));
	return settings;
}

static json_t *readers_json(const struct policyfile *p)
{
	json_t *readers = json_array();

	for (size_t i = 0; i < p->reader_count; i++)
		json_array_append_new(readers, json_string(p->readers[i]));
	return readers;
}

int policies_record_load(struct turn *t, const struct about *about, int64_t proposal,
	int64_t version, const struct policyfile *p, const char *text)
{
	json_t *classes = classes_json(p), *settings = settings_json(p), *readers = readers_json(p);
	struct policy_load e = { .id = proposal,
		.version = version,
		.label = p->label,
		.interpreter = p->interpreter,
		.classes = classes,
		.settings = settings,
		.readers = readers,
		.text = text };
	char day[DAY_TEXT];
	int err = ENOMEM;

	day_format(p->effective, day);
	e.effective = day;
	if (json_array_size(classes) == p->class_count &&
		json_object_size(settings) == p->setting_count &&
		json_array_size(readers) == p->reader_count)
		err = record_policy_load(t, about, &e);
	json_decref(classes);
	json_decref(settings);
	json_decref(readers);
	return err;
}

const char policies_schema[] =
	"CREATE TABLE policy(version INTEGER PRIMARY KEY, label TEXT NOT NULL, effective TEXT NOT "
	"NULL, interpreter TEXT NOT NULL, text TEXT NOT NULL,"
	"  loaded INTEGER NOT NULL, loaded_by INTEGER NOT NULL);"
	/* those that wait for a second person, and those that were decided: state as in
	 * policies.h */
	"CREATE TABLE policy_proposal(id INTEGER PRIMARY KEY, label TEXT NOT NULL, effective TEXT "
	"NOT NULL, text TEXT NOT NULL, state INTEGER NOT NULL, proposed INTEGER NOT NULL,"
	"  proposed_by INTEGER NOT NULL, decided INTEGER NOT NULL DEFAULT 0, decided_by INTEGER "
	"NOT NULL DEFAULT 0, reason TEXT, version INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE policy_setting(version INTEGER NOT NULL, key TEXT NOT NULL, value INTEGER "
	"NOT NULL, PRIMARY KEY(version, key)) WITHOUT ROWID;"
	"CREATE TABLE policy_reader(version INTEGER NOT NULL, place INTEGER NOT NULL, program TEXT "
	"NOT NULL, PRIMARY KEY(version, place)) WITHOUT ROWID;"
	"CREATE TABLE class(name TEXT NOT NULL, version INTEGER NOT NULL, kind INTEGER NOT NULL, "
	"months INTEGER NOT NULL, PRIMARY KEY(name, version)) WITHOUT ROWID;"
	"CREATE INDEX class_version ON class(version, name);";

int apply_policy_propose(struct sql *db, const struct head *h, const struct policy_propose *e)
{
	return sql_run(db,
		"INSERT INTO policy_proposal(id, label, effective, text, state, proposed, "
		"proposed_by) VALUES(?,?,?,?,?,?,?)",
		"isssiii", e->id, e->label, e->effective, e->text, (int64_t)PROPOSAL_PENDING,
		h->clock, h->person);
}

static int decide_proposal(struct sql *db, const struct head *h, int64_t id,
	enum proposal_state state, const char *reason, int64_t version)
{
	return sql_run(db,
		"UPDATE policy_proposal SET state=?, decided=?, decided_by=?, reason=?, version=? "
		"WHERE id=?",
		"iiisii", (int64_t)state, h->clock, h->person, reason, version, id);
}

int apply_policy_refuse(struct sql *db, const struct head *h, const struct policy_refuse *e)
{
	return decide_proposal(db, h, e->id, PROPOSAL_REFUSED, e->reason, 0);
}

static int load_values(struct sql *db, const struct policy_load *e)
{
	json_t *value, *program;
	const char *key;
	size_t i;
	int err = 0;

	json_object_foreach((json_t *)e->settings, key, value)
		if (err == 0)
			err = sql_run(db,
				"INSERT INTO policy_setting(version, key, value) VALUES(?,?,?)",
				"isi", e->version, key, (int64_t)json_integer_value(value));
	json_array_foreach(e->readers, i, program)
		if (err == 0)
			err = sql_run(db,
				"INSERT INTO policy_reader(version, place, program) VALUES(?,?,?)",
				"iis", e->version, (int64_t)i, json_string_value(program));
	return err;
}

static int load_classes(struct sql *db, const struct policy_load *e)
{
	const json_t *one;
	size_t i;
	int err = 0;

	json_array_foreach(e->classes, i, one) {
		const char *kind = jsonget_str(one, "kind");

		if (err == 0)
			err = sql_run(db,
				"INSERT INTO class(name, version, kind, months) VALUES(?,?,?,?)",
				"siii", jsonget_str(one, "name"), e->version,
				(int64_t)class_kind_parse(kind != NULL ? kind : ""),
				jsonget_int(one, "months", 0));
	}
	return err;
}

int apply_policy_load(struct sql *db, const struct head *h, const struct policy_load *e)
{
	int err = sql_run(db,
		"INSERT INTO policy(version, label, effective, interpreter, text, loaded, "
		"loaded_by) VALUES(?,?,?,?,?,?,?)",
		"issssii", e->version, e->label, e->effective, e->interpreter, e->text, h->clock,
		h->person);

	if (err == 0)
		err = load_classes(db, e);
	if (err == 0)
		err = load_values(db, e);
	return err == 0 ? decide_proposal(db, h, e->id, PROPOSAL_LOADED, NULL, e->version) : err;
}
