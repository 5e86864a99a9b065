#include "fs/act/register.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/act/reading.h"
#include "fs/store/records/register.h"
#include "fs/tree/forget.h"
#include "policy/act.h"
#include "policy/litter.h"
#include "policy/role.h"

struct registering {
	struct call *c;
	struct register_act *a;
	int64_t old_unit; /* where the device or person belonged before; 0: nowhere */
};

static int refuse_part(struct register_act *a, enum reason why, const char *part)
{
	a->why = why;
	a->at_fault = part;
	return reason_errno(why);
}

/* The name of a folder: normalised, and none that a folder cannot have. */
static int take_name(
	struct register_act *a, const char *text, const char *part, char *out, size_t cap)
{
	char clean[NAME_BUFFER];

	if (text == NULL || name_normalise(text, clean) != REASON_NONE || litter_name(clean) ||
		strlen(clean) >= cap)
		return refuse_part(a, REASON_VALUE_BAD, part);
	memcpy(out, clean, strlen(clean) + 1);
	return 0;
}

static int take_text(
	struct register_act *a, const char *text, const char *part, char *out, size_t cap)
{
	if (text == NULL || !text_valid(text, cap - 1))
		return refuse_part(a, REASON_VALUE_BAD, part);
	snprintf(out, cap, "%s", text);
	return 0;
}

static int begin_registering(struct call *c, struct register_act *a)
{
	a->at_fault = NULL;
	a->why = act_allowed(&c->who.person, ACT_REGISTER);
	return reason_errno(a->why);
}

static int run_registering(struct registering *r, decide_fn decide)
{
	int err;

	call_subject(r->c);
	err = committer_run(r->c->fs->store->committer, COMMIT_DURABLE, decide, r);
	readings_recheck(r->c); /* rights may have changed; also where only the sync failed */
	return err;
}

static int decide_unit(struct turn *t, void *arg)
{
	struct registering *r = arg;
	struct unit *u = &r->a->as_unit;
	bool name = false, code = false;
	int err = register_unit_id(turn_db(t), u->code, NODE_UNITS_MAX, &u->id);

	r->a->why = REASON_NONE;
	if (err == 0)
		err = register_unit_taken(turn_db(t), u, &name, &code);
	if (err == 0 && (name || code))
		err = refuse_part(r->a, REASON_CONFLICT, name ? "name" : "code");
	if (err != 0)
		return err;
	return record_register_unit(t, &(struct about){ .who = &r->c->who },
		&(struct register_unit){ .id = u->id, .code = u->code, .name = u->name });
}

int register_unit(struct call *c, struct register_act *a)
{
	struct registering r = { .c = c, .a = a };
	struct unit *u = &a->as_unit;
	int err = begin_registering(c, a);

	if (err == 0)
		err = take_text(a, a->code, "code", u->code, sizeof u->code);
	if (err == 0)
		err = take_name(a, a->name, "name", u->name, sizeof u->name);
	return err == 0 ? run_registering(&r, decide_unit) : err;
}

/* The unit that a device or person is to belong to; the id 0 where none is named. */
static int find_unit(struct register_act *a, struct sql *db, int64_t *id)
{
	struct unit u = { .id = 0 };
	int err = a->unit != NULL ? catalog_unit_find(db, a->unit, &u) : 0;

	*id = u.id;
	return err == ENOENT ? refuse_part(a, REASON_NOT_FOUND, "unit") : err;
}

static int decide_device(struct turn *t, void *arg)
{
	struct registering *r = arg;
	struct device *d = &r->a->as_device, old;
	int err;

	r->a->why = REASON_NONE;
	r->old_unit = catalog_device_serial(turn_db(t), d->serial, &old) == 0 ? old.unit : 0;
	err = r->a->unit != NULL ? find_unit(r->a, turn_db(t), &d->unit)
				 : refuse_part(r->a, REASON_VALUE_BAD, "unit");
	if (err == 0)
		err = register_device_id(turn_db(t), d->serial, NODE_DEVICES_MAX, &d->id);
	if (err != 0)
		return err;
	return record_register_device(t, &(struct about){ .who = &r->c->who },
		&(struct register_device){ .id = d->id, .serial = d->serial, .unit_id = d->unit });
}

int register_device(struct call *c, struct register_act *a)
{
	struct registering r = { .c = c, .a = a };
	struct device *d = &a->as_device;
	int err = begin_registering(c, a);

	if (err == 0)
		err = take_name(a, a->serial, "serial", d->serial, sizeof d->serial);
	if (err == 0)
		err = run_registering(&r, decide_device);
	if (err == 0 && r.old_unit != 0 && r.old_unit != d->unit)
		forget_device(c, r.old_unit, d->serial);
	return err;
}

static int take_person(struct register_act *a)
{
	struct person *p = &a->as_person;
	int err = take_name(a, a->number, "number", p->number, sizeof p->number);

	if (err == 0)
		err = take_text(a, a->name, "name", p->name, sizeof p->name);
	if (err == 0 && a->certified_to != DAY_NONE &&
		(a->certified_from == DAY_NONE || a->certified_to < a->certified_from))
		err = refuse_part(a, REASON_VALUE_BAD, "certified_to");
	p->uid = a->uid;
	p->roles = a->roles;
	p->formal = a->formal;
	p->certified_from = a->certified_from;
	p->certified_to = a->certified_to;
	return err;
}

static int judge_person(struct registering *r, struct sql *db)
{
	struct person *p = &r->a->as_person, other;
	int err = find_unit(r->a, db, &p->unit);

	if (err == 0)
		err = register_person_id(db, p->number, NODE_PEOPLE_MAX, &p->id);
	if (err == 0 && p->uid != UID_NONE && catalog_person_uid(db, p->uid, &other) == 0 &&
		other.id != p->id)
		err = refuse_part(r->a, REASON_CONFLICT, "uid");
	return err;
}

static int decide_person(struct turn *t, void *arg)
{
	struct registering *r = arg;
	struct person *p = &r->a->as_person, old;
	char roles[ROLES_TEXT];
	int err;

	r->a->why = REASON_NONE;
	r->old_unit = catalog_person_number(turn_db(t), p->number, &old) == 0 ? old.unit : 0;
	err = judge_person(r, turn_db(t));
	if (err != 0)
		return err;
	roles_format(p->roles, roles);
	return record_register_person(t, &(struct about){ .who = &r->c->who },
		&(struct register_person){ .id = p->id,
			.number = p->number,
			.name = p->name,
			.uid = p->uid != UID_NONE ? (int64_t)p->uid : -1,
			.unit_id = p->unit,
			.roles = roles,
			.formal = p->formal,
			.certified_from = p->certified_from,
			.certified_to = p->certified_to });
}

int register_person(struct call *c, struct register_act *a)
{
	struct registering r = { .c = c, .a = a };
	struct person *p = &a->as_person;
	int err = begin_registering(c, a);

	if (err == 0)
		err = take_person(a);
	if (err == 0)
		err = run_registering(&r, decide_person);
	if (err == 0 && r.old_unit != 0 && (r.old_unit != p->unit || !(p->roles & ROLE_OFFICER)))
		forget_officer(c, r.old_unit, p->number);
	return err;
}
