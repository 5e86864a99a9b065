/* custody why: explains why something is refused. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "fs/store/query/why_text.h"
#include "policy/reason.h"
#include "policy/verb.h"
#include "tools/cmd/commands.h"
#include "tools/control/target.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

static void print_reason(const json_t *answer)
{
	const char *name = get_text(answer, "reason"), *text = get_text(answer, "text"),
		   *verb = get_text(answer, "verb");
	const char *error = get_text(answer, "errno");
	enum reason r = name != NULL ? reason_parse(name) : REASON_COUNT;
	char *when = render_time(get_text(answer, "when"), false);
	if (get_true(answer, "allowed"))
		render_line(stdout, _("%s: allowed"), words_for(WORDS_VERB, verb));
	else if (get_true(answer, "recent") && when != NULL)
		render_line(stdout, _("%s: refused (%s), last at %s"), words_for(WORDS_VERB, verb),
			error != NULL ? error : "?", when);
	else
		render_line(stdout, _("%s: refused (%s)"), words_for(WORDS_VERB, verb),
			error != NULL ? error : "?");
	if (!get_true(answer, "allowed")) {
		char *whole = r != REASON_COUNT ? why_text(r, json_object_get(answer, "facts"))
						: NULL;
		render_line(stdout, "%s", whole != NULL ? whole : text != NULL ? text : "?");
		free(whole);
	}
	free(when);
}

static int run_why(struct control *c, const struct options *o)
{
	const char *verb = o->value[OPTION_VERB];
	char *path = NULL;
	json_t *answer = NULL;
	int status;
	if (verb != NULL && verb_parse_word(verb) == VERB_COUNT) {
		return output_usage(
			c->out, verb, _("there is no such verb; the manual lists them"));
	}
	status = target_path(c, o->argv[0], &path);
	if (status == 0)
		status = control_show(c,
			json_pack("{s:s, s:s, s:s?}", "do", "why", "path", path, "verb", verb),
			o->argv[0], &answer);
	if (answer != NULL)
		print_reason(answer);
	json_decref(answer);
	free(path);
	return status;
}

const struct command cmd_why[] = {
	{ "why", N_("PATH [--verb VERB]"), 1, 1, COMMAND_PATH_FIRST, OPTION_BIT(VERB), run_why,
		N_("say why something is refused") },
	{ .name = NULL },
};
