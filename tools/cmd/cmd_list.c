/* custody list: a register, the items or the requests, one line each. */
#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/text/output.h"
#include "tools/text/table.h"

static int run_list(struct control *c, const struct options *o)
{
	const char *what = o->argv[0];
	const struct table_kind *kind = table_kind(what);
	if (kind == NULL)
		return output_usage(c->out, what,
			_("there is no such list; there are units, devices, people, cases, items, "
			  "incomplete, withdrawn, requests, custodians and service"));
	return list_print(
		c, json_pack("{s:s, s:s, s:i}", "do", "list", "what", what, "limit", 500), kind);
}

const struct command cmd_list[] = {
	{ "list",
		N_("units|devices|people|cases|items|incomplete|withdrawn|requests|custodians|"
		   "service"),
		1, 1, COMMAND_OFFLINE, 0, run_list, N_("list a register, items or requests") },
	{ .name = NULL },
};
