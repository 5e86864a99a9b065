/* The register: units, devices, people.  Registering a known code, serial or number again amends
 * it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/act/reading.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/tree/forget.h"
#include "policy/litter.h"
#include "policy/name.h"
#include "policy/role.h"

/* One registration, decided in the committer. */
struct registering {
	struct call *c;
	struct query *q;
	const json_t *request;
	int64_t id;        /* out */
	enum reason why;   /* out */
	const char *field; /* out */
	int64_t old_unit;  /* out: where the device or person belonged before; 0: nowhere */
	struct unit unit;
	struct device device;
	struct person person;
};

static int deny(struct registering *r, enum reason why, const char *field)
{
	r->why = why;
	r->field = field;
	return reason_errno(why);
}

/* A field that becomes a folder's name: checked and normalised as names are, and none that a folder
 * cannot have. */
static int name_field(struct registering *r, const char *key, char out[NAME_BUFFER])
{
	const char *text = jsonget_str(r->request, key);

	if (text == NULL || name_normalise(text, out) != REASON_NONE || litter_name(out))
		return deny(r, REASON_VALUE_BAD, key);
	return 0;
}

static int text_field(struct registering *r, const char *key, bool needed, char *out, size_t cap)
{
	const char *text = jsonget_str(r->request, key);

	out[0] = '\0';
	if (text == NULL && !needed)
		return 0;
	if (text == NULL || !text_valid(text, cap - 1))
		return deny(r, REASON_VALUE_BAD, key);
	snprintf(out, cap, "%s", text);
	return 0;
}

/* Runs the decision and turns its refusal into the query's. */
static int run(struct registering *r, decide_fn decide)
{
	int err = committer_run(r->c->fs->store->committer, COMMIT_DURABLE, decide, r);

	readings_recheck(
		r->c); /* a person's rights may have changed; also where only the sync failed */
	return r->why != REASON_NONE ? query_refuse(r->q, r->why, r->field) : err;
}

/* The id of a row with that key, or the next free one.  ENOSPC past the most that inode numbers can
 * hold. */
static int id_for(struct sql *db, const char *find, const char *next, const char *key, int64_t most,
	int64_t *id)
{
	int err = sql_value(db, id, find, "s", key);

	if (err == ENOENT)
		err = sql_value(db, id, next, "");
	return err == 0 && *id > most ? ENOSPC : err;
}

static int decide_unit(struct turn *t, void *arg)
{
	struct registering *r = arg;
	struct sql *db = turn_db(t);
	int64_t taken = 0;
	int err;

	r->why = REASON_NONE;
	err = id_for(db, "SELECT id FROM unit WHERE code=?",
		"SELECT coalesce(max(id),0)+1 FROM unit", r->unit.code, NODE_UNITS_MAX,
		&r->unit.id);
	if (err == 0) /* a unit is called by either, so neither may be another's */
		err = sql_value(db, &taken,
			"SELECT EXISTS(SELECT 1 FROM unit WHERE id<>?1 AND (name=?2 OR code=?2))"
			" + 2 * EXISTS(SELECT 1 FROM unit WHERE id<>?1 AND name=?3)",
			"iss", r->unit.id, r->unit.name, r->unit.code);
	if (err == 0 && taken != 0)
		err = deny(r, REASON_CONFLICT, taken & 1 ? "name" : "code");
	if (err != 0)
		return err;
	return turn_emit(t,
		&(struct event){ .kind = "register.unit",
			.who = &r->c->who,
			DETAILS("{s:I, s:s, s:s}", "id", (json_int_t)r->unit.id, "code",
				r->unit.code, "name", r->unit.name) });
}

int command_register_unit(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct registering r = { .c = c, .q = q, .request = request };
	int err = query_need(q, ACT_REGISTER);

	if (err != 0)
		return err;
	err = text_field(&r, "code", true, r.unit.code, sizeof r.unit.code);
	if (err == 0)
		err = name_field(&r, "name", r.unit.name);
	if (err != 0)
		return query_refuse(q, r.why, r.field);
	err = run(&r, decide_unit);
	if (err == 0)
		*answer = json_pack("{s:o}", "unit", query_unit_json(&r.unit));
	return err;
}

/* The unit that a request names; the id 0 where it names none and need not. */
static int unit_field(struct registering *r, struct sql *db, bool needed, int64_t *id)
{
	const char *key = jsonget_str(r->request, "unit");
	struct unit u = { .id = 0 };
	int err;

	*id = 0;
	if (key == NULL)
		return needed ? deny(r, REASON_VALUE_BAD, "unit") : 0;
	err = catalog_unit_find(db, key, &u);
	*id = u.id;
	return err == ENOENT ? deny(r, REASON_NOT_FOUND, "unit") : err;
}

static int decide_device(struct turn *t, void *arg)
{
	struct registering *r = arg;
	struct sql *db = turn_db(t);
	struct device old;
	int err;

	r->why = REASON_NONE;
	r->old_unit = catalog_device_serial(db, r->device.serial, &old) == 0 ? old.unit : 0;
	err = unit_field(r, db, true, &r->device.unit);
	if (err == 0)
		err = id_for(db, "SELECT id FROM device WHERE serial=?",
			"SELECT coalesce(max(id),0)+1 FROM device", r->device.serial,
			NODE_DEVICES_MAX, &r->device.id);
	if (err != 0)
		return err;
	return turn_emit(t,
		&(struct event){ .kind = "register.device",
			.who = &r->c->who,
			DETAILS("{s:I, s:s, s:I}", "id", (json_int_t)r->device.id, "serial",
				r->device.serial, "unit_id", (json_int_t)r->device.unit) });
}

int command_register_device(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct registering r = { .c = c, .q = q, .request = request };
	int err = query_need(q, ACT_REGISTER);

	if (err != 0)
		return err;
	if (name_field(&r, "serial", r.device.serial) != 0)
		return query_refuse(q, r.why, r.field);
	err = run(&r, decide_device);
	if (err == 0 && r.old_unit != 0 && r.old_unit != r.device.unit)
		forget_device(c, r.old_unit, r.device.serial);
	if (err == 0)
		*answer = json_pack("{s:o}", "device", query_device_json(q, &r.device));
	return err;
}

static int day_field(struct registering *r, const char *key, int32_t *out)
{
	const char *text = jsonget_str(r->request, key);

	*out = DAY_NONE;
	if (text != NULL && !day_parse(text, out))
		return deny(r, REASON_VALUE_BAD, key);
	return 0;
}

static int person_fields(struct registering *r)
{
	struct person *p = &r->person;
	const char *roles = jsonget_str(r->request, "roles");
	const json_t *uid = json_object_get(r->request, "uid");
	char number[NAME_BUFFER];
	int err = name_field(r, "number", number);

	if (err == 0 && strlen(number) >= sizeof p->number)
		err = deny(r, REASON_VALUE_BAD, "number");
	if (err == 0) {
		memcpy(p->number, number, strlen(number) + 1);
		err = text_field(r, "name", true, p->name, sizeof p->name);
	}
	if (err == 0)
		err = day_field(r, "certified_from", &p->certified_from);
	if (err == 0)
		err = day_field(r, "certified_to", &p->certified_to);
	if (err != 0)
		return err;
	if (p->certified_to != DAY_NONE &&
		(p->certified_from == DAY_NONE || p->certified_to < p->certified_from))
		return deny(r, REASON_VALUE_BAD, "certified_to");
	if (roles != NULL && *roles != '\0' && !roles_parse(roles, &p->roles))
		return deny(r, REASON_VALUE_BAD, "roles");
	p->uid = UID_NONE;
	if (uid != NULL && !json_is_null(uid)) {
		json_int_t n = json_is_integer(uid) ? json_integer_value(uid) : -1;

		if (n < 0 || n >= UID_NONE)
			return deny(r, REASON_VALUE_BAD, "uid");
		p->uid = (uint32_t)n;
	}
	p->formal = json_is_true(json_object_get(r->request, "formal"));
	return 0;
}

static int decide_person(struct turn *t, void *arg)
{
	struct registering *r = arg;
	struct sql *db = turn_db(t);
	struct person *p = &r->person, other;
	char roles[ROLES_TEXT], from[DAY_TEXT] = "", to[DAY_TEXT] = "";
	int err;

	r->why = REASON_NONE;
	r->old_unit = catalog_person_number(db, p->number, &other) == 0 ? other.unit : 0;
	err = unit_field(r, db, false, &p->unit);
	if (err == 0)
		err = id_for(db, "SELECT id FROM person WHERE number=?",
			"SELECT coalesce(max(id),0)+1 FROM person", p->number, NODE_PEOPLE_MAX,
			&p->id);
	if (err == 0 && p->uid != UID_NONE && catalog_person_uid(db, p->uid, &other) == 0 &&
		other.id != p->id)
		err = deny(r, REASON_CONFLICT, "uid");
	if (err != 0)
		return err;
	roles_format(p->roles, roles);
	if (p->certified_from != DAY_NONE)
		day_format(p->certified_from, from);
	if (p->certified_to != DAY_NONE)
		day_format(p->certified_to, to);
	return turn_emit(t,
		&(struct event){ .kind = "register.person",
			.who = &r->c->who,
			DETAILS("{s:I, s:s, s:s, s:o, s:I, s:s, s:b, s:o, s:o}", "id",
				(json_int_t)p->id, "number", p->number, "name", p->name, "uid",
				p->uid != UID_NONE ? json_integer(p->uid) : json_null(), "unit_id",
				(json_int_t)p->unit, "roles", roles, "formal", p->formal,
				"certified_from", from[0] != '\0' ? json_string(from) : json_null(),
				"certified_to", to[0] != '\0' ? json_string(to) : json_null()) });
}

int command_register_person(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct registering r = { .c = c, .q = q, .request = request };
	int err = query_need(q, ACT_REGISTER);

	if (err != 0)
		return err;
	if (person_fields(&r) != 0)
		return query_refuse(q, r.why, r.field);
	err = run(&r, decide_person);
	if (err == 0 && r.old_unit != 0 &&
		(r.old_unit != r.person.unit || !(r.person.roles & ROLE_OFFICER)))
		forget_officer(c, r.old_unit, r.person.number);
	if (err == 0)
		*answer = json_pack("{s:o}", "person", query_person_json(q, &r.person));
	return err;
}
