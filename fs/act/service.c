#include "fs/act/service.h"

#include <errno.h>

#include "fs/store/records/findings.h"
#include "fs/store/records/register.h"
#include "policy/act.h"
#include "policy/calendar.h"

struct servicing {
	struct call *c;
	struct service_act *a;
};

static int refuse_service(struct service_act *a, enum reason why, const char *at_fault)
{
	a->why = why;
	a->at_fault = at_fault;
	return reason_errno(why);
}

static int decide_service_register(struct turn *t, void *arg)
{
	const struct servicing *x = arg;
	struct service_act *a = x->a;
	struct device device;
	int err = catalog_device_serial(turn_db(t), a->device, &device);

	a->why = REASON_NONE;
	if (err == ENOENT)
		return refuse_service(a, REASON_NOT_FOUND, "device");
	if (err == 0)
		err = register_service_id(turn_db(t), device.id, a->from, &a->id);
	if (err != 0)
		return err;
	return record_register_service(t, &(struct about){ .who = &x->c->who },
		&(struct register_service){ .id = a->id,
			.device_id = device.id,
			.device = device.serial,
			.from = a->from,
			.to = a->to,
			.note = a->note });
}

static int judge_service(const struct call *c, struct service_act *a)
{
	a->why = act_allowed(&c->who.person, ACT_SERVICE);
	if (a->why != REASON_NONE)
		return refuse_service(a, a->why, NULL);
	if (a->device == NULL)
		return refuse_service(a, REASON_VALUE_BAD, "device");
	if (a->from == DAY_NONE)
		return refuse_service(a, REASON_VALUE_BAD, "from");
	if (a->to_bad || (a->to != DAY_NONE && a->to < a->from))
		return refuse_service(a, REASON_VALUE_BAD, "to");
	if (a->note == NULL || !text_valid(a->note, FINDING_NOTE - 1))
		return refuse_service(a, REASON_VALUE_BAD, "note");
	return 0;
}

int service_register(struct call *c, struct service_act *a)
{
	struct servicing x = { c, a };
	int err = judge_service(c, a);

	return err == 0 ? committer_run(c->fs->store->committer, COMMIT_DURABLE,
				  decide_service_register, &x)
			: err;
}
