/* custody register unit|device|person|case|service: adds to the register, or amends it. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "tools/cmd/commands.h"
#include "tools/text/card.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#define NONE "none" /* as a value: removes what was set */

/* Registers, and shows the entry as it is now. */
static int send_entry(struct control *c, json_t *request, const char *what, const char *key,
	void (*fill)(struct render_table *, const json_t *))
{
	json_t *answer = NULL;
	int status = control_show(c, request, what, &answer);
	if (answer != NULL)
		card_print(fill, json_object_get(answer, key));
	json_decref(answer);
	return status;
}

static int run_register_unit(struct control *c, const struct options *o)
{
	json_t *request = json_pack(
		"{s:s, s:s, s:s}", "do", "register.unit", "code", o->argv[0], "name", o->argv[1]);
	return send_entry(c, request, o->argv[0], "unit", card_unit);
}

static int run_register_device(struct control *c, const struct options *o)
{
	json_t *request;
	if (o->value[OPTION_UNIT] == NULL)
		return output_usage(
			c->out, o->argv[0], _("say which unit it belongs to, with --unit"));
	request = json_pack("{s:s, s:s, s:s}", "do", "register.device", "serial", o->argv[0],
		"unit", o->value[OPTION_UNIT]);
	return send_entry(c, request, o->argv[0], "device", card_device);
}

/*
 * Asks for the present entry, so that amending one field keeps the others.  *old is NULL where the
 * entry is new.  0 or a status.
 */
static int ask_entry(struct control *c, const char *key, const char *value, json_t **old)
{
	json_t *request = json_pack("{s:s, s:s}", "do", "show", key, value), *answer = NULL;
	const char *reason;
	int status;
	*old = NULL;
	if (request == NULL || control_transact(c, request, &answer) != 0) {
		json_decref(request);
		return 0; /* the registration will report what is wrong */
	}
	reason = get_text(answer, "reason");
	status = 0;
	if (get_true(answer, "ok")) {
		*old = json_incref(json_object_get(answer, key));
	} else if (reason == NULL ||
		(reason_parse(reason) != REASON_NOT_FOUND &&
			reason_parse(reason) != REASON_CASE_UNKNOWN)) {
		if (c->json)
			output_json(c->out, answer);
		control_complain(c, value, answer);
		status = STATUS_REFUSED;
	}
	json_decref(request);
	json_decref(answer);
	return status;
}

/* Sets a field from an option, or keeps the old value; null where there is neither. */
static bool set_text(json_t *request, const char *field, const char *given, const json_t *old)
{
	const char *value = given != NULL ? given : get_text(old, field);
	if (value != NULL && ((given != NULL && strcmp(given, NONE) == 0) || *value == '\0'))
		value = NULL;
	return json_object_set_new(
		       request, field, value != NULL ? json_string(value) : json_null()) == 0;
}

/* The roles: none is the empty list. */
static bool set_roles(json_t *request, const char *given, const json_t *old)
{
	const char *value = given != NULL ? given : get_text(old, "roles");
	return json_object_set_new(request, "roles",
		       json_string(value != NULL && strcmp(value, NONE) != 0 ? value : "")) == 0;
}

/* Reads a login or a uid.  False, after a complaint, where there is no such login. */
static bool parse_uid(struct output *out, const char *text, json_t **uid)
{
	int64_t n;
	const struct passwd *p;
	if (strcmp(text, NONE) == 0) {
		*uid = json_null();
		return true;
	}
	if (options_number(text, &n)) {
		*uid = json_integer(n);
		return true;
	}
	p = getpwnam(text);
	if (p != NULL)
		*uid = json_integer(p->pw_uid);
	else
		output_complain(out, text, "%s", _("there is no login with this name here"));
	return p != NULL;
}

static bool set_uid(struct output *out, json_t *request, const char *given, const json_t *old)
{
	json_t *uid = NULL, *standing = json_object_get(old, "uid");
	if (given != NULL && !parse_uid(out, given, &uid))
		return false;
	if (uid == NULL)
		uid = standing != NULL ? json_incref(standing) : json_null();
	json_object_set_new(request, "uid", uid);
	return true;
}

/* FROM, FROM.., or FROM..TO.  The store checks that they are days. */
static bool set_certified(json_t *request, const char *given, const json_t *old)
{
	char *from, *to;
	bool fine;
	if (given == NULL || strcmp(given, NONE) == 0)
		return set_text(request, "certified_from", given, old) &&
			set_text(request, "certified_to", given, old);
	from = render_format("%s", given);
	to = strstr(from, "..");
	if (to != NULL) {
		*to = '\0';
		to += 2;
	}
	fine = json_object_set_new(request, "certified_from", json_string(from)) == 0 &&
		json_object_set_new(request, "certified_to",
			to != NULL && *to != '\0' ? json_string(to) : json_null()) == 0;
	free(from);
	return fine;
}

static bool formal(const struct options *o, const json_t *old)
{
	if (o->value[OPTION_AUXILIARY] != NULL)
		return false;
	return o->value[OPTION_FORMAL] != NULL || old == NULL || get_true(old, "formal");
}

static int run_register_person(struct control *c, const struct options *o)
{
	json_t *old = NULL;
	int status;
	json_t *request;
	if (o->value[OPTION_FORMAL] != NULL && o->value[OPTION_AUXILIARY] != NULL)
		return output_usage(
			c->out, o->argv[0], _("--formal and --auxiliary exclude each other"));
	status = ask_entry(c, "person", o->argv[0], &old);
	if (status != 0)
		return status;
	request = json_pack("{s:s, s:s, s:s, s:b}", "do", "register.person", "number", o->argv[0],
		"name", o->argv[1], "formal", (int)formal(o, old));
	if (request != NULL && !set_uid(c->out, request, o->value[OPTION_UID], old)) {
		json_decref(request);
		json_decref(old);
		return STATUS_UNREACHABLE;
	}
	if (request != NULL &&
		(!set_roles(request, o->value[OPTION_ROLES], old) ||
			!set_text(request, "unit", o->value[OPTION_UNIT], old) ||
			!set_certified(request, o->value[OPTION_CERTIFIED], old))) {
		json_decref(request);
		request = NULL;
	}
	json_decref(old);
	return send_entry(c, request, o->argv[0], "person", card_person);
}

static int run_register_case(struct control *c, const struct options *o)
{
	json_t *old = NULL;
	int status = ask_entry(c, "case", o->argv[0], &old);
	json_t *request;
	if (status != 0)
		return status;
	request = json_pack("{s:s, s:s}", "do", "register.case", "number", o->argv[0]);
	if (request != NULL &&
		(!set_text(request, "party", o->value[OPTION_PARTY], old) ||
			!set_text(request, "cause", o->value[OPTION_CAUSE], old) ||
			!set_text(request, "class", o->value[OPTION_CLASS], old))) {
		json_decref(request);
		request = NULL;
	}
	json_decref(old);
	return send_entry(c, request, o->argv[0], "case", card_case);
}

static int run_register_service(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int status;
	if (o->value[OPTION_FROM] == NULL || o->value[OPTION_REASON] == NULL)
		return output_usage(c->out, "register service",
			_("say from which day on, with --from, and why, with --reason"));
	status = control_show(c,
		json_pack("{s:s, s:s, s:s, s:s?, s:s}", "do", "register.service", "device",
			o->argv[0], "from", o->value[OPTION_FROM], "to", o->value[OPTION_TO],
			"note", o->value[OPTION_REASON]),
		o->argv[0], &answer);
	if (answer != NULL) {
		const json_t *s = json_object_get(answer, "service");
		const char *to = get_text(s, "to");
		if (to != NULL)
			render_line(stdout, _("%s is out of service from %s to %s."),
				get_text(s, "device"), get_text(s, "from"), to);
		else
			render_line(stdout, _("%s is out of service from %s on."),
				get_text(s, "device"), get_text(s, "from"));
	}
	json_decref(answer);
	return status;
}

const struct command cmd_register[] = {
	{ "register unit", N_("CODE NAME"), 2, 2, 0, 0, run_register_unit,
		N_("register a unit, or amend it") },
	{ "register device", N_("SERIAL --unit UNIT"), 1, 1, 0, OPTION_BIT(UNIT),
		run_register_device, N_("register a device, or amend it") },
	{ "register person", N_("NUMBER NAME [OPTION]..."), 2, 2, 0,
		OPTION_BIT(UID) | OPTION_BIT(UNIT) | OPTION_BIT(ROLES) | OPTION_BIT(FORMAL) |
			OPTION_BIT(AUXILIARY) | OPTION_BIT(CERTIFIED),
		run_register_person, N_("register a person, or amend the entry") },
	{ "register case", N_("NUMBER [OPTION]..."), 1, 1, 0,
		OPTION_BIT(PARTY) | OPTION_BIT(CAUSE) | OPTION_BIT(CLASS), run_register_case,
		N_("register a case, or amend it") },
	{ "case open", N_("NUMBER [OPTION]..."), 1, 1, 0,
		OPTION_BIT(PARTY) | OPTION_BIT(CAUSE) | OPTION_BIT(CLASS), run_register_case,
		N_("open a case, or correct its party, its cause or its class") },
	{ "register service", N_("SERIAL --from DAY [--to DAY] --reason TEXT"), 1, 1, 0,
		OPTION_BIT(FROM) | OPTION_BIT(TO) | OPTION_BIT(REASON), run_register_service,
		N_("say that a device is out of service") },
	{ .name = NULL },
};
