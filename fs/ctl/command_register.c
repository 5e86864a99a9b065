/* custody register: units, devices, people. */
#include "fs/act/register.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "policy/role.h"

static int command_register_unit(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct register_act a = { .code = jsonget_str(request, "code"),
		.name = jsonget_str(request, "name") };
	int err = register_unit(c, &a);

	if (a.why != REASON_NONE)
		return query_refuse(q, a.why, a.at_fault);
	if (err == 0)
		*answer = json_pack("{s:o}", "unit", query_unit_json(&a.as_unit));
	return err;
}

static int command_register_device(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct register_act a = { .serial = jsonget_str(request, "serial"),
		.unit = jsonget_str(request, "unit") };
	int err = register_device(c, &a);

	if (a.why != REASON_NONE)
		return query_refuse(q, a.why, a.at_fault);
	if (err == 0)
		*answer = json_pack("{s:o}", "device", query_device_json(q, &a.as_device));
	return err;
}

static int read_day(struct query *q, const json_t *request, const char *key, int32_t *out)
{
	const char *text = jsonget_str(request, key);

	*out = DAY_NONE;
	if (text != NULL && !day_parse(text, out))
		return query_refuse(q, REASON_VALUE_BAD, key);
	return 0;
}

static int read_person(struct query *q, const json_t *request, struct register_act *a)
{
	const char *roles = jsonget_str(request, "roles");
	int64_t uid = jsonget_int(request, "uid", UID_NONE);
	const json_t *given = json_object_get(request, "uid");
	int err = read_day(q, request, "certified_from", &a->certified_from);

	if (err == 0)
		err = read_day(q, request, "certified_to", &a->certified_to);
	if (err == 0 && roles != NULL && *roles != '\0' && !roles_parse(roles, &a->roles))
		err = query_refuse(q, REASON_VALUE_BAD, "roles");
	if (err == 0 && given != NULL && !json_is_null(given) && (uid < 0 || uid >= UID_NONE))
		err = query_refuse(q, REASON_VALUE_BAD, "uid");
	a->uid = (uint32_t)uid;
	return err;
}

static int command_register_person(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct register_act a = { .number = jsonget_str(request, "number"),
		.name = jsonget_str(request, "name"),
		.unit = jsonget_str(request, "unit"),
		.formal = json_is_true(json_object_get(request, "formal")) };
	int err = query_need(q, ACT_REGISTER);

	if (err == 0)
		err = read_person(q, request, &a);
	if (err != 0)
		return err;
	err = register_person(c, &a);
	if (a.why != REASON_NONE)
		return query_refuse(q, a.why, a.at_fault);
	if (err == 0)
		*answer = json_pack("{s:o}", "person", query_person_json(q, &a.as_person));
	return err;
}

const struct command command_register[] = {
	{ "register.unit", command_register_unit, FIELDS(TEXT("code"), TEXT("name")) },
	{ "register.device", command_register_device, FIELDS(TEXT("serial"), TEXT("unit")) },
	{ "register.person", command_register_person,
		FIELDS(TEXT("number"), TEXT("name"), NUMBER("uid"), TEXT("unit"), TEXT("roles"),
			FLAG("formal"), TEXT("certified_from"), TEXT("certified_to")) },
	{ NULL, NULL, NULL },
};
