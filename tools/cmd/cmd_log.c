/* custody log: the ledger, told in words. */
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "fs/store/records/kinds.h"
#include "fs/store/records/readings.h"
#include "tools/cmd/commands.h"
#include "tools/control/target.h"
#include "tools/story/story.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"

static int print_json(void *arg, const json_t *entry)
{
	(void)arg;
	render_json(stdout, entry);
	return 0;
}

/*
 * Where it happened: the path of the item now, or of a refusal, the path that was refused.  A
 * refusal that counts files is about a whole folder, and its item is only the first of them.
 */
static const char *path_of(const json_t *entry)
{
	const char *path = get_text(entry, "path"), *event = get_text(entry, "event");
	struct refused e;
	if (event_kind_parse(event) != EVENT_REFUSED)
		return path;
	refused_read(json_object_get(entry, "details"), &e);
	if (e.files != 0)
		return e.path;
	return path == NULL && (e.verb == NULL || strcmp(e.verb, "command") != 0) ? e.path : path;
}

/* What happened, and where. */
static char *tell_entry(const json_t *entry)
{
	const char *path = path_of(entry);
	long long item = get_number(entry, "item", 0);
	char *story = story_what(entry);
	char *place, *both;
	if (path == NULL && item == 0)
		return story;
	place = path != NULL ? render_format("%s", path) : render_format(_("item %lld"), item);
	both = render_format("%s  %s", story, place);
	free(place);
	free(story);
	return both;
}

static int add_entry(void *arg, const json_t *entry)
{
	struct render_table *t = arg;
	render_table_set(t, 0, get_copy(entry, "seq"));
	render_table_set(t, 1, render_time(get_text(entry, "time"), false));
	render_table_set(t, 2, story_who(entry));
	render_table_set(t, 3, story_program(entry));
	render_table_set(t, 4, tell_entry(entry));
	render_table_row(t);
	return 0;
}

static void end_page(void *arg, const json_t *answer)
{
	(void)answer;
	render_table_flush(arg, stdout);
	fflush(stdout);
}

static int run_log(struct control *c, const struct options *o)
{
	const char *subject = o->argc != 0 ? o->argv[0] : "log";
	const char *const headers[] = { _("NO."), _("TIME"), _("WHO"), _("PROGRAM"),
		_("WHAT, AND WHERE") };
	int asked = o->argc + (o->value[OPTION_PERSON] != NULL) + (o->value[OPTION_CASE] != NULL);
	json_t *request;
	int status;
	struct render_table *t;
	if (asked > 1)
		return output_usage(c->out, "log",
			_("give one of a path, an item number, --person and --case"));
	request = json_pack("{s:s, s:s?, s:s?, s:s?, s:s?, s:i}", "do", "log", "person",
		o->value[OPTION_PERSON], "case", o->value[OPTION_CASE], "since",
		o->value[OPTION_SINCE], "until", o->value[OPTION_UNTIL], "limit", 500);
	status = request != NULL ? o->argc != 0 ? target_set(c, request, o->argv[0]) : 0 : 0;
	if (status != 0) {
		json_decref(request);
		return status;
	}
	if (c->json)
		return control_each(
			c, request, subject, &(struct control_pager){ print_json, NULL, NULL });
	t = render_table_new(sizeof headers / sizeof headers[0], headers, 1 << 0);
	status = control_each(
		c, request, subject, &(struct control_pager){ add_entry, end_page, t });
	render_table_free(t, NULL);
	return status;
}

const struct command cmd_log[] = {
	{ "log", N_("[PATH|ITEM|--person NUMBER|--case NUMBER] [--since TIME] [--until TIME]"), 0,
		1, COMMAND_OFFLINE | COMMAND_PATH_FIRST,
		OPTION_BIT(PERSON) | OPTION_BIT(CASE) | OPTION_BIT(SINCE) | OPTION_BIT(UNTIL),
		run_log, N_("show what the ledger says") },
	{ .name = NULL },
};
