/* Cases: registered, called by further names, closed, linked to items. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/casefile.h"
#include "fs/act/linking.h"
#include "fs/act/target.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/query/query_case.h"

/* number: the request's field that names the case. */
static int answer_case(
	struct query *q, const struct casefile_act *a, const char *number, int err, json_t **answer)
{
	if (a->why != REASON_NONE)
		return query_refuse(q, a->why,
			a->at_fault != NULL && strcmp(a->at_fault, "number") == 0 ? number
										  : a->at_fault);
	return err == 0 ? query_show_case(q, a->casefile.number, answer) : err;
}

static int command_register_case(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct casefile_act a = { .number = jsonget_str(request, "number"),
		.party = jsonget_str(request, "party"),
		.cause = jsonget_str(request, "cause"),
		.class = jsonget_str(request, "class") };

	return answer_case(q, &a, "number", casefile_register(c, &a), answer);
}

static int command_case_alias(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct casefile_act a = { .number = jsonget_str(request, "case"),
		.alias = jsonget_str(request, "alias") };

	return answer_case(q, &a, "case", casefile_alias(c, &a), answer);
}

static int command_case_close(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct casefile_act a = { .number = jsonget_str(request, "case"), .date = DAY_NONE };
	const char *day = jsonget_str(request, "date");
	int err = query_need(q, ACT_REGISTER_CASE);

	if (err == 0 && day != NULL && !day_parse(day, &a.date))
		err = query_refuse(q, REASON_VALUE_BAD, "date");
	return err == 0 ? answer_case(q, &a, "case", casefile_close(c, &a), answer) : err;
}

/* The case that a request names, by its number or an alias. */
static int case_field(struct query *q, const json_t *request, struct casefile *out)
{
	const char *number = jsonget_str(request, "case");
	char clean[NAME_BUFFER];
	int err;

	if (number == NULL || name_normalise(number, clean) != REASON_NONE)
		return query_refuse(q, REASON_VALUE_BAD, "case");
	err = catalog_case(q->db, clean, out);
	return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, "case") : err;
}

/* One path of the request: an item, or a folder, whose items are done page by page. */
static int read_place(struct linking *l, struct query *q, const json_t *request, int64_t *next)
{
	struct query_place place;
	struct node n;
	int64_t after = jsonget_int(request, "after", 0);
	int err = command_target(l->c, q, request, &n);

	if (err != 0)
		return err;
	err = linking_place(l->c, &n, &place);
	if (err == ENOENT)
		return query_refuse(q, REASON_NOT_FOUND, "path");
	if (err == 0 && after < 0)
		return query_refuse(q, REASON_VALUE_BAD, "after");
	if (err == 0 && query_place_whole(&place)) /* no one case has all of it */
		return query_refuse(q, REASON_VALUE_BAD, "path");
	return err == 0 ? linking_page(l, &place, after, next) : err;
}

/* An item, by its number or, where path is set, by its path. */
static int read_item(struct linking *l, struct query *q, const char *path, int64_t id)
{
	struct node n;
	struct item item;
	int err = target_find(l->c, path, id, &n);

	if (err == ENOENT || (err == 0 && n.kind != NODE_ITEM))
		return query_refuse(q, REASON_NOT_FOUND, path != NULL ? "path" : "items");
	if (err == 0)
		err = catalog_item(l->c->db, n.id, &item);
	if (err == ENOENT || (err == 0 && item.state != ITEM_SEALED))
		return query_refuse(q, REASON_NOT_FOUND, path != NULL ? "paths" : "items");
	if (err == 0)
		l->items[l->count++] = n.id;
	return err;
}

static int read_items(struct linking *l, struct query *q, const json_t *request)
{
	const json_t *paths = json_object_get(request, "paths"),
		     *items = json_object_get(request, "items"), *one;
	size_t i;
	int err = 0;

	if (json_array_size(paths) + json_array_size(items) > LINKING_PAGE)
		return query_refuse(q, REASON_VALUE_BAD, "items");
	json_array_foreach(paths, i, one) {
		err = read_item(l, q, json_string_value(one), 0);
		if (err != 0)
			return err;
	}
	json_array_foreach(items, i, one) {
		err = read_item(l, q, NULL, json_integer_value(one));
		if (err != 0)
			return err;
	}
	return 0;
}

static int run_page(struct linking *l, struct query *q)
{
	int err = linking_run(l);

	return err == 0 && l->lying > 0 && l->lying == l->count
		? query_refuse(q, REASON_IN_CASE, "path")
		: err;
}

static int link_items(
	struct call *c, struct query *q, const json_t *request, bool unlink, json_t **answer)
{
	struct linking *l = calloc(1, sizeof *l);
	int64_t next = 0;
	int err = l == NULL ? ENOMEM : query_need(q, ACT_REGISTER_CASE);

	if (err == 0) {
		l->c = c;
		l->unlink = unlink;
		err = case_field(q, request, &l->kase);
	}
	if (err == 0)
		err = jsonget_str(request, "path") != NULL ? read_place(l, q, request, &next)
							   : read_items(l, q, request);
	if (err == 0)
		err = run_page(l, q);
	if (err == 0)
		*answer = json_pack("{s:s, s:I, s:I, s:o}", "case", l->kase.number, "changed",
			(json_int_t)l->changed, "unchanged", (json_int_t)l->unchanged, "next",
			next != 0 ? json_integer(next) : json_null());
	free(l);
	return err;
}

static int command_case_link(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return link_items(c, q, request, false, answer);
}

static int command_case_unlink(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return link_items(c, q, request, true, answer);
}

#define LINK_FIELDS \
	FIELDS(TEXT("case"), TEXTS("paths"), NUMBERS("items"), TEXT("path"), NUMBER("after"))

const struct command command_case[] = {
	{ "register.case", command_register_case,
		FIELDS(TEXT("number"), TEXT("party"), TEXT("cause"), TEXT("class")) },
	{ "case.alias", command_case_alias, FIELDS(TEXT("case"), TEXT("alias")) },
	{ "case.close", command_case_close, FIELDS(TEXT("case"), TEXT("date")) },
	{ "case.link", command_case_link, LINK_FIELDS },
	{ "case.unlink", command_case_unlink, LINK_FIELDS },
	{ NULL, NULL, NULL },
};
