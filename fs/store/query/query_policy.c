/* Policies: what one says, which there were, and which wait for a second person. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/query/query.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/policytext.h"
#include "fs/store/records/retention.h"

static json_t *classes_json(const struct policyfile *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->class_count; i++)
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:o}", "name", p->classes[i].name, "kind",
				class_kind_name(p->classes[i].kind), "months",
				p->classes[i].months != 0 ? json_integer(p->classes[i].months)
							  : json_null()));
	return list;
}

/* Every setting, with its value in this policy. */
static json_t *settings_json(const struct policyfile *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < setting_count; i++) {
		const struct setting_rule *r = &setting_rules[i];
		int64_t value = r->otherwise;

		for (size_t k = 0; k < p->setting_count; k++)
			if (p->settings[k].rule == r)
				value = p->settings[k].value;
		json_array_append_new(list,
			json_pack("{s:s, s:I, s:I, s:I, s:I}", "key", r->key, "value",
				(json_int_t)value, "default", (json_int_t)r->otherwise, "least",
				(json_int_t)r->least, "most", (json_int_t)r->most));
	}
	return list;
}

static json_t *readers_json(const struct policyfile *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->reader_count; i++)
		json_array_append_new(list, json_string(p->readers[i]));
	return list;
}

json_t *query_policyfile_json(const struct policyfile *p, const char *text)
{
	char day[DAY_TEXT];

	day_format(p->effective, day);
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "label", p->label, "effective", day,
		"interpreter", p->interpreter, "classes", classes_json(p), "settings",
		settings_json(p), "readers", readers_json(p), "text", text);
}

/* The built-in policy's file, effective from the store's first day; malloc'd. */
static int builtin_text(struct query *q, char **text)
{
	struct policyfile p;
	int64_t made;
	int err = sql_value(q->db, &made, "SELECT at FROM event ORDER BY seq LIMIT 1", "");

	if (err != 0)
		return err;
	policyfile_builtin(&p, day_of_instant(made, q->now.utc_offset));
	*text = malloc(POLICY_FORMATTED);
	if (*text == NULL)
		return ENOMEM;
	policyfile_format(&p, *text);
	return 0;
}

/* Who loaded it, and when; nothing of the built-in one. */
static int set_loading(struct query *q, int64_t version, json_t *policy)
{
	struct sql_rows *rows = sql_query(q->db,
		"SELECT policy.loaded, policy.loaded_by, policy_proposal.proposed_by FROM policy "
		"LEFT JOIN policy_proposal"
		" ON policy_proposal.version=policy.version WHERE policy.version=?",
		"i", version);
	int64_t at = 0, by = 0, first = 0;
	int rc = sql_next(rows);

	if (rc == 1) {
		at = sql_int(rows, 0);
		by = sql_int(rows, 1);
		first = sql_int(rows, 2);
		sql_done(rows);
	}
	json_object_set_new(policy, "version", json_integer(version));
	json_object_set_new(policy, "loaded_at", query_instant(q, at));
	json_object_set_new(policy, "proposed_by", query_named_person(q, first));
	json_object_set_new(policy, "agreed_by", query_named_person(q, by));
	return rc < 0 ? -rc : 0;
}

/* EUCLEAN for a text that this version cannot read: half of a policy is not shown as one. */
static int render_policy(const char *text, json_t **policy)
{
	struct policyfile *p = malloc(sizeof *p);
	struct policy_fault fault;
	int err = ENOMEM;

	if (p != NULL)
		err = policytext_parse(text, strlen(text), p, &fault);
	if (err == 0) {
		*policy = query_policyfile_json(p, text);
		err = *policy != NULL ? 0 : ENOMEM;
	}
	free(p);
	return err == EINVAL ? EUCLEAN : err;
}

static int query_policy_show(struct query *q, const json_t *request, json_t **answer)
{
	int64_t last, version = jsonget_int(request, "version", 0);
	json_t *policy = NULL;
	char *text = NULL;
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = retention_policy(q->db, &last);
	if (err != 0)
		return err;
	if (json_is_null(json_object_get(request, "version")) ||
		json_object_get(request, "version") == NULL)
		version = last;
	err = version == 1 ? builtin_text(q, &text) : policies_text(q->db, version, &text);
	if (err == ENOENT)
		return query_refuse(q, REASON_NOT_FOUND, "version");
	if (err == 0)
		err = render_policy(text, &policy);
	if (err == 0)
		err = set_loading(q, version, policy);
	if (err == 0)
		*answer = json_pack("{s:O, s:b}", "policy", policy, "in_force", version == last);
	free(text);
	json_decref(policy);
	return err;
}

static int query_policy_proposal(struct query *q, const json_t *request, json_t **answer)
{
	struct proposal p;
	json_t *policy = NULL;
	char *text = NULL;
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = policies_proposal(q->db, jsonget_int(request, "id", 0), &p);
	if (err == ENOENT)
		return query_refuse(q, REASON_NOT_FOUND, "id");
	if (err == 0)
		err = policies_proposal_text(q->db, p.id, &text);
	if (err == 0)
		err = render_policy(text, &policy);
	if (err == 0)
		*answer = json_pack(
			"{s:o, s:O}", "proposal", query_proposal_json(q, &p), "policy", policy);
	free(text);
	json_decref(policy);
	return err;
}

static json_t *row_policy(struct query *q, struct sql_rows *rows)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o}", "version", (json_int_t)sql_int(rows, 0),
		"label", sql_string(rows, 1), "effective", sql_string(rows, 2), "interpreter",
		sql_string(rows, 3), "loaded_at", query_instant(q, sql_int(rows, 4)), "agreed_by",
		query_named_person(q, sql_int(rows, 5)));
}

/* Few in a store's life: one page. */
static int query_policy_list(struct query *q, const json_t *request, json_t **answer)
{
	json_t *policies = json_array(), *proposals = json_array();
	struct proposal p;
	struct sql_rows *rows;
	int rc, err = query_need(q, ACT_BROWSE);

	(void)request;
	rows = sql_query(q->db,
		"SELECT version, label, effective, interpreter, loaded, loaded_by FROM policy "
		"ORDER BY version DESC LIMIT 1000",
		"");
	while ((rc = sql_next(rows)) == 1)
		json_array_append_new(policies, row_policy(q, rows));
	err = err == 0 ? -rc : err;
	rows = sql_query(q->db,
		"SELECT " PROPOSAL_COLUMNS " FROM policy_proposal ORDER BY id DESC LIMIT 1000", "");
	while ((rc = sql_next(rows)) == 1) {
		policies_read_proposal(rows, &p);
		json_array_append_new(proposals, query_proposal_json(q, &p));
	}
	err = err == 0 ? -rc : err;
	if (err == 0)
		*answer = json_pack("{s:O, s:O}", "policies", policies, "proposals", proposals);
	json_decref(policies);
	json_decref(proposals);
	return err;
}

const struct query_row query_policies[] = {
	{ "policy.show", query_policy_show, FIELDS(NUMBER("version")) },
	{ "policy.list", query_policy_list, NO_FIELDS },
	{ "policy.proposal", query_policy_proposal, FIELDS(NUMBER("id")) },
	{ NULL, NULL, NULL },
};
