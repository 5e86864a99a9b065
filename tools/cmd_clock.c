/* custody clock: what time it is for the store, and setting a test clock. */
#include "fs/i18n.h"
#include "tools/commands.h"
#include "tools/get.h"
#include "tools/render.h"

static int clock_at(struct control *c, const char *to)
{
	json_t *answer = NULL;
	int status = control_show(c, json_pack("{s:s, s:s?}", "do", "clock", "to", to), "clock", &answer);
	if (answer) {
		struct render_table *t = render_table_new(2, NULL, 0);
		render_field(t, _("Compliance clock"), render_time(get_text(answer, "clock"), true));
		render_field(t, _("Wall clock"), render_time(get_text(answer, "wall"), true));
		render_field(t, _("Test clock"), render_format("%s", get_true(answer, "test_clock") ? _("yes") : _("no")));
		render_table_free(t, stdout);
	}
	json_decref(answer);
	return status;
}

int cmd_clock(struct control *c, const struct options *o)
{
	(void)o;
	return clock_at(c, NULL);
}

int cmd_clock_set(struct control *c, const struct options *o)
{
	return clock_at(c, o->argv[0]);
}
