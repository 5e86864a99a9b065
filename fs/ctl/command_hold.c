/* custody hold: setting, asking for the release, releasing (Art. 12, Q11). */
#include <errno.h>

#include "fs/act/hold.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"

typedef int (*hold_fn)(struct call *c, struct hold_act *a);

static int run_hold_command(struct call *c, struct query *q, const json_t *request, hold_fn act,
	const char *bad_value, json_t **answer)
{
	struct hold_act a = { .name = jsonget_str(request, "name"),
		.reason = jsonget_str(request, "reason") };
	int64_t ground = jsonget_int(request, "ground", 0);
	int err = query_need(q, ACT_BROWSE);

	a.ground = ground == (int)ground ? (int)ground : 0; /* 0 is none, too */
	if (err == 0 && a.name == NULL)
		err = query_refuse(q, REASON_VALUE_BAD, "name");
	if (err == 0)
		err = command_target(c, q, request, &a.at);
	if (err != 0)
		return err;
	err = act(c, &a);
	if (a.why != REASON_NONE)
		return command_refuse(q, a.why,
			a.why == REASON_NOT_FOUND           ? "name"
				: a.why == REASON_VALUE_BAD ? bad_value
							    : NULL);
	if (err == ENOENT)
		return query_refuse(q, REASON_NOT_FOUND, "path");
	if (err == ENOTSUP) /* a party, a cause: no part of the tree */
		return query_refuse(q, REASON_VALUE_BAD, "path");
	if (err == 0)
		*answer = json_pack("{s:o}", "hold", query_hold_json(q, &a.held));
	return err;
}

static int command_hold_set(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_hold_command(c, q, request, hold_set, NULL, answer);
}

static int command_hold_ask(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_hold_command(c, q, request, hold_ask, "reason", answer);
}

static int command_hold_release(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_hold_command(c, q, request, hold_release, "reason", answer);
}

const struct command command_hold[] = {
	{ "hold.set", command_hold_set,
		FIELDS(TEXT("path"), NUMBER("item"), TEXT("name"), NUMBER("ground"),
			TEXT("reason")) },
	{ "hold.ask", command_hold_ask,
		FIELDS(TEXT("path"), NUMBER("item"), TEXT("name"), TEXT("reason")) },
	{ "hold.release", command_hold_release,
		FIELDS(TEXT("path"), NUMBER("item"), TEXT("name"), TEXT("reason")) },
	{ NULL, NULL, NULL },
};
