/* custody case …: links items to cases, gives cases further names, closes and shows them. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/control/target.h"
#include "tools/text/card.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/progress.h"
#include "tools/text/render.h"
#include "tools/text/status.h"
#include "tools/text/table.h"

#define BATCH_ITEMS 500
#define BATCH_BYTES (64 << 10)

/* Links or unlinks in batches: single files together, each folder by itself, page by page. */
struct work {
	struct control *control;
	const char *kase, *command; /* "case.link", "case.unlink" */
	json_t *paths, *items;      /* the batch */
	size_t count, bytes;
	uint64_t changed, unchanged, total;
	char *number; /* the case's number in the register; NULL: not known yet */
	struct progress progress;
};

/* Sends one request.  *next: where the next page of the folder begins; 0: there is none. */
static int send_batch(struct work *w, json_t *request, const char *what, long long *next)
{
	json_t *answer = NULL;
	int status;
	*next = 0;
	status = control_ask(w->control, request, what, &answer);
	if (status == 0) {
		w->changed += (uint64_t)get_number(answer, "changed", 0);
		w->unchanged += (uint64_t)get_number(answer, "unchanged", 0);
		*next = get_number(answer, "next", 0);
		if (w->number == NULL)
			w->number = get_copy(answer, "case");
	}
	json_decref(answer);
	progress_show(&w->progress, w->changed + w->unchanged, w->total);
	return status;
}

static int flush_batch(struct work *w)
{
	long long next;
	json_t *request;
	int status;
	if (w->count == 0)
		return 0;
	request = json_pack("{s:s, s:s, s:O, s:O}", "do", w->command, "case", w->kase, "paths",
		w->paths, "items", w->items);
	status = send_batch(w, request,
		w->count == 1 ? json_string_value(json_array_get(w->paths, 0)) : w->kase, &next);
	json_array_clear(w->paths);
	json_array_clear(w->items);
	w->count = w->bytes = 0;
	return status;
}

/* How many items the folder has; 0 where the store does not count them. */
static uint64_t items_in(struct work *w, const char *path)
{
	json_t *request = json_pack("{s:s, s:s}", "do", "show", "path", path), *answer = NULL;
	long long n = 0;
	if (request != NULL && control_transact(w->control, request, &answer) == 0)
		n = get_number(json_object_get(answer, "folder"), "items", 0);
	json_decref(request);
	json_decref(answer);
	return n > 0 ? (uint64_t)n : 0;
}

static int link_folder(struct work *w, const char *path)
{
	long long after = 0;
	int status = flush_batch(w);
	w->total += items_in(w, path);
	while (status == 0) {
		json_t *request = json_pack("{s:s, s:s, s:s, s:I}", "do", w->command, "case",
			w->kase, "path", path, "after", (json_int_t)after);
		status = send_batch(w, request, path, &after);
		if (after == 0)
			break;
	}
	return status;
}

static bool is_folder(const struct control *c, const char *path)
{
	struct stat st;
	char *whole = render_format("%s/%s", c->mount, path);
	bool yes = stat(whole, &st) == 0 && S_ISDIR(st.st_mode);
	free(whole);
	return yes;
}

static int link_argument(struct work *w, const char *argument)
{
	int64_t item;
	char *path = NULL;
	int status = 0;
	if (options_number(argument, &item)) {
		json_array_append_new(w->items, json_integer(item));
	} else {
		status = target_path(w->control, argument, &path);
		if (status == 0 && is_folder(w->control, path)) {
			status = link_folder(w, path);
			free(path);
			return status;
		}
		if (status == 0 && json_array_append_new(w->paths, json_string(path)) != 0) {
			output_complain(
				w->control->out, argument, "%s", _("this is not valid UTF-8 text"));
			status = STATUS_UNREACHABLE;
		}
		w->bytes += path != NULL ? strlen(path) : 0;
	}
	free(path);
	w->count++;
	w->total++;
	return status == 0 && (w->count == BATCH_ITEMS || w->bytes >= BATCH_BYTES) ? flush_batch(w)
										   : status;
}

static void print_counts(const struct work *w, bool link)
{
	const char *number = w->number != NULL ? w->number : w->kase;
	if (link)
		render_line(stdout,
			ngettext("%llu item linked to %s.", "%llu items linked to %s.",
				(unsigned long)w->changed),
			(unsigned long long)w->changed, number);
	else
		render_line(stdout,
			ngettext("%llu item unlinked from %s; it is kept as long as before.",
				"%llu items unlinked from %s; they are kept as long as before.",
				(unsigned long)w->changed),
			(unsigned long long)w->changed, number);
	if (w->unchanged != 0)
		render_line(stdout,
			link ? ngettext("%llu belonged to it already.",
				       "%llu belonged to it already.", (unsigned long)w->unchanged)
			     : ngettext("%llu was not linked to it.", "%llu were not linked to it.",
				       (unsigned long)w->unchanged),
			(unsigned long long)w->unchanged);
}

static int change_links(struct control *c, const struct options *o, bool link)
{
	struct work w = { .control = c,
		.kase = o->argv[0],
		.command = link ? "case.link" : "case.unlink",
		.paths = json_array(),
		.items = json_array() };
	int status = 0;
	progress_begin(&w.progress, link ? _("Linking") : _("Unlinking"), false);
	for (int i = 1; status == 0 && i < o->argc; i++)
		status = link_argument(&w, o->argv[i]);
	if (status == 0)
		status = flush_batch(&w);
	progress_end(&w.progress);
	if (status == 0 && c->json) {
		json_t *answer = json_pack("{s:b, s:s, s:I, s:I}", "ok", 1, "case",
			w.number != NULL ? w.number : w.kase, "changed", (json_int_t)w.changed,
			"unchanged", (json_int_t)w.unchanged);
		output_json(c->out, answer);
		json_decref(answer);
	} else if (status == 0 ||
		w.changed != 0) { /* also after a failure: tell what was done before it */
		if (!c->json)
			print_counts(&w, link);
	}
	json_decref(w.paths);
	json_decref(w.items);
	free(w.number);
	return status;
}

static int run_case_link(struct control *c, const struct options *o)
{
	return change_links(c, o, true);
}

static int run_case_unlink(struct control *c, const struct options *o)
{
	return change_links(c, o, false);
}

/* For a command whose answer is the case. */
static int show_case(struct control *c, json_t *request, const char *what)
{
	json_t *answer = NULL;
	int status = control_show(c, request, what, &answer);
	if (answer != NULL)
		card_print(card_case, json_object_get(answer, "case"));
	json_decref(answer);
	return status;
}

static int run_case_alias(struct control *c, const struct options *o)
{
	return show_case(c,
		json_pack("{s:s, s:s, s:s}", "do", "case.alias", "case", o->argv[0], "alias",
			o->argv[1]),
		o->argv[1]);
}

static int run_case_close(struct control *c, const struct options *o)
{
	return show_case(c,
		json_pack("{s:s, s:s, s:s?}", "do", "case.close", "case", o->argv[0], "date",
			o->value[OPTION_ON]),
		o->argv[0]);
}

static int run_case_show(struct control *c, const struct options *o)
{
	int status = show_case(
		c, json_pack("{s:s, s:s}", "do", "show", "case", o->argv[0]), o->argv[0]);
	if (status != 0 || c->json)
		return status;
	render_line(stdout, "%s", "");
	return list_print(c,
		json_pack("{s:s, s:s, s:i}", "do", "case.items", "case", o->argv[0], "limit", 500),
		table_kind("items"));
}

static int run_case_list(struct control *c, const struct options *o)
{
	return list_print(c,
		json_pack("{s:s, s:s, s:i, s:s?, s:s?}", "do", "list", "what", "cases", "limit",
			500, "party", o->value[OPTION_PARTY], "cause", o->value[OPTION_CAUSE]),
		table_kind("cases"));
}

const struct command cmd_case[] = {
	{ "case link", N_("NUMBER PATH|ITEM..."), 2, COMMAND_MANY, COMMAND_PATH_LAST, 0,
		run_case_link,
		N_("link items to a case, or all that lies in a folder now; they stay where they "
		   "are") },
	{ "case unlink", N_("NUMBER PATH|ITEM..."), 2, COMMAND_MANY, COMMAND_PATH_LAST, 0,
		run_case_unlink, N_("end such links; this shortens no term") },
	{ "case alias", N_("NUMBER ALIAS"), 2, 2, 0, 0, run_case_alias,
		N_("give a case a further number, such as that of its decision") },
	{ "case close", N_("NUMBER [--on DATE]"), 1, 1, 0, OPTION_BIT(ON), run_case_close,
		N_("close a case: its term begins") },
	{ "case show", N_("NUMBER"), 1, 1, COMMAND_OFFLINE, 0, run_case_show,
		N_("show a case and its items") },
	{ "case list", N_("[--party TEXT] [--cause TEXT]"), 0, 0, COMMAND_OFFLINE,
		OPTION_BIT(PARTY) | OPTION_BIT(CAUSE), run_case_list,
		N_("list the cases, or those of a party or a cause") },
	{ .name = NULL },
};
