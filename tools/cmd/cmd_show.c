/* custody show: everything about one thing. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/control/target.h"
#include "tools/story/story.h"
#include "tools/text/card.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

static char *size_of(const json_t *folder)
{
	return json_is_integer(json_object_get(folder, "bytes"))
		? render_size((uint64_t)get_number(folder, "bytes", 0))
		: NULL;
}

/* Adds those fields of a folder that it has. */
static void fill_folder(struct render_table *t, const json_t *folder)
{
	static const struct {
		const char *key, *label;
	} known[] = {
		{ "path", N_("Folder") },
		{ "unit", N_("Unit") },
		{ "unit_name", N_("Unit name") },
		{ "device", N_("Device") },
		{ "officer", N_("Officer") },
		{ "officer_name", N_("Officer's name") },
		{ "date", N_("Recorded on") },
		{ "case", N_("Case") },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		render_field(t, _(known[i].label), get_copy(folder, known[i].key));
	render_field(t, _("Made"), render_time(get_text(folder, "made"), true));
	render_field(t, _("Items"), get_copy(folder, "items"));
	render_field(t, _("Size"), size_of(folder));
}

static void print_trail(const json_t *trail)
{
	struct render_table *t;
	json_t *entry;
	size_t i;
	if (json_array_size(trail) == 0)
		return;
	t = render_table_new(5, NULL, 1 << 0);
	render_line(stdout, "%s", "");
	render_line(stdout, "%s", _("What happened to it:"));
	json_array_foreach(trail, i, entry) {
		render_table_set(t, 0, get_copy(entry, "seq"));
		render_table_set(t, 1, render_time(get_text(entry, "time"), false));
		render_table_set(t, 2, story_who(entry));
		render_table_set(t, 3, story_program(entry));
		render_table_set(t, 4, story_what(entry));
		render_table_row(t);
	}
	render_table_free(t, stdout);
}

/* The stages of the enforcement of which a case has recordings, and those of which it has none
 * (Q2). */
static void print_stages(const json_t *stages)
{
	struct render_table *t;
	json_t *one;
	size_t i;
	if (json_array_size(stages) == 0)
		return;
	t = render_table_new(2, NULL, 1 << 1);
	render_line(stdout, "%s", "");
	render_line(stdout, "%s", _("Recordings by stage:"));
	json_array_foreach(stages, i, one) {
		const char *stage = get_text(one, "stage");
		long long n = get_number(one, "items", 0);
		render_table_set(t, 0,
			render_format("%s",
				stage != NULL ? words_for(WORDS_STAGE, stage)
					      : _("no stage said")));
		render_table_set(
			t, 1, n != 0 ? render_format("%lld", n) : render_format("%s", _("none")));
		render_table_row(t);
	}
	render_table_free(t, stdout);
}

static int show_all(struct control *c, json_t *request, const char *what)
{
	static const struct {
		const char *key;
		void (*fill)(struct render_table *, const json_t *);
	} kinds[] = {
		{ "item", card_item },
		{ "folder", fill_folder },
		{ "unit", card_unit },
		{ "device", card_device },
		{ "person", card_person },
		{ "case", card_case },
	};
	json_t *answer = NULL;
	int status = control_show(c, request, what, &answer);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (json_is_object(json_object_get(answer, kinds[i].key)))
			card_print(kinds[i].fill, json_object_get(answer, kinds[i].key));
	if (answer != NULL)
		print_trail(json_object_get(answer, "trail"));
	if (answer != NULL)
		print_stages(json_object_get(answer, "stages"));
	json_decref(answer);
	return status;
}

static int run_show(struct control *c, const struct options *o)
{
	int64_t item;
	char *path = NULL;
	int status;
	if (options_number(o->argv[0], &item))
		return show_all(c, json_pack("{s:s, s:I}", "do", "show", "item", (json_int_t)item),
			o->argv[0]);
	status = target_path(c, o->argv[0], &path);
	if (status == 0)
		status = show_all(
			c, json_pack("{s:s, s:s}", "do", "show", "path", path), o->argv[0]);
	free(path);
	return status;
}

static int show_named(struct control *c, const char *key, const char *value)
{
	return show_all(c, json_pack("{s:s, s:s}", "do", "show", key, value), value);
}

static int run_show_unit(struct control *c, const struct options *o)
{
	return show_named(c, "unit", o->argv[0]);
}

static int run_show_device(struct control *c, const struct options *o)
{
	return show_named(c, "device", o->argv[0]);
}

static int run_show_person(struct control *c, const struct options *o)
{
	return show_named(c, "person", o->argv[0]);
}

static int run_show_case(struct control *c, const struct options *o)
{
	return show_named(c, "case", o->argv[0]);
}

const struct command cmd_show[] = {
	{ "show unit", N_("UNIT"), 1, 1, COMMAND_OFFLINE, 0, run_show_unit, N_("show a unit") },
	{ "show device", N_("SERIAL"), 1, 1, COMMAND_OFFLINE, 0, run_show_device,
		N_("show a device") },
	{ "show person", N_("NUMBER"), 1, 1, COMMAND_OFFLINE, 0, run_show_person,
		N_("show a person") },
	{ "show case", N_("NUMBER"), 1, 1, COMMAND_OFFLINE, 0, run_show_case, N_("show a case") },
	{ "show", N_("PATH|ITEM"), 1, 1, COMMAND_OFFLINE | COMMAND_PATH_FIRST, 0, run_show,
		N_("show everything about an item, and what happened to it") },
	{ .name = NULL },
};
