/* custody status: the state of the store. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

static char *number_text(const json_t *object, const char *key)
{
	return json_is_integer(json_object_get(object, key))
		? render_format("%lld", get_number(object, key, 0))
		: NULL;
}

static char *size_text(const json_t *object, const char *key)
{
	return json_is_integer(json_object_get(object, key))
		? render_size((uint64_t)get_number(object, key, 0))
		: NULL;
}

/* Null where the disk can't say. */
static char *free_text(const json_t *object, const char *key)
{
	return json_is_null(json_object_get(object, key)) ? render_format("%s", _("not known"))
							  : size_text(object, key);
}

static char *depositor_text(const json_t *person)
{
	const char *name, *id;
	char *roles, *text;
	if (!json_is_object(person))
		return render_format("%s", _("nobody in the register"));
	name = get_text(person, "name");
	id = get_text(person, "number");
	roles = words_roles(get_text(person, "roles"));
	text = render_format(_("%s (%s): %s"), name != NULL ? name : "?", id != NULL ? id : "?",
		*roles != '\0' ? roles : _("no role"));
	free(roles);
	return text;
}

static char *items_text(const json_t *counts)
{
	return render_format(_("%lld sealed, %lld being received, %lld incomplete, %lld withdrawn"),
		get_number(counts, "sealed", 0), get_number(counts, "receiving", 0),
		get_number(counts, "incomplete", 0), get_number(counts, "withdrawn", 0));
}

static void show_store(struct render_table *t, const json_t *store)
{
	render_field(t, _("Store"), get_copy(store, "path"));
	render_field(t, _("UUID"), get_copy(store, "uuid"));
	render_field(t, _("Format"), get_copy(store, "format"));
	render_field(t, _("Made"), render_time(get_text(store, "created"), true));
	render_field(t, _("Time zone"), get_copy(store, "utc_offset"));
	if (get_true(store, "test_clock"))
		render_field(t, _("Test clock"),
			render_format("%s",
				_("YES: its clock can be set, so this store proves nothing; for "
				  "tests only")));
}

static void print_status(const json_t *a, bool mounted)
{
	const json_t *ledger = json_object_get(a, "ledger");
	struct render_table *t = render_table_new(2, NULL, 0);
	show_store(t, json_object_get(a, "store"));
	render_field(t, _("Version"), get_copy(a, "version"));
	render_field(t, _("Policy in force"),
		render_format(_("version %lld"), get_number(a, "policy", 0)));
	render_field(t, _("Mounted since"), render_time(get_text(a, "mounted_since"), true));
	render_field(t, _("Wall clock"), render_time(get_text(a, "wall"), true));
	render_field(t, _("Compliance clock"), render_time(get_text(a, "clock"), true));
	render_field(t, _("Items"),
		json_is_object(json_object_get(a, "items"))
			? items_text(json_object_get(a, "items"))
			: NULL);
	render_field(t, _("Content kept"), size_text(a, "bytes"));
	render_field(t, _("Free space"), free_text(a, "free_bytes"));
	render_field(t, _("Open deposits"), number_text(a, "open_deposits"));
	render_field(t, _("Open readings"), number_text(a, "open_reads"));
	render_field(t, _("Digests to compute"), number_text(a, "digests_pending"));
	render_field(t, _("Ledger entries"), number_text(ledger, "size"));
	render_field(t, _("Signed up to"), number_text(ledger, "checkpoint_size"));
	render_field(t, _("Ledger root"), get_copy(ledger, "root"));
	if (mounted)
		render_field(t, _("You are"), depositor_text(json_object_get(a, "you")));
	render_table_free(t, stdout);
}

static int run_status(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int status;
	(void)o;
	status = control_show(c, json_pack("{s:s}", "do", "status"), "status", &answer);
	if (answer != NULL)
		print_status(answer, c->mount != NULL);
	json_decref(answer);
	return status;
}

const struct command cmd_status[] = {
	{ "status", "", 0, 0, COMMAND_OFFLINE, 0, run_status, N_("show the state of the store") },
	{ .name = NULL },
};
