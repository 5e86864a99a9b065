/* One run of `custody deposit`: its beginning and end, and questions to the store. */
#include "tools/deposit/intake.h"
#include "tools/deposit/kinds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

/*
 * A login that belongs to no registered person cannot begin.  The failure looks like that of any
 * other request.
 */
static int check_you(struct intake *in, struct control *c)
{
	json_t *document;
	if (json_is_object(json_object_get(in->status, "you")))
		return 0;
	document = json_pack("{s:b, s:s, s:s, s:s}", "ok", false, "errno", "EACCES", "reason",
		reason_name(REASON_NOBODY), "text", reason_text(REASON_NOBODY));
	if (c->json)
		output_json(c->out, document);
	control_complain(c, NULL, document);
	json_decref(document);
	return STATUS_REFUSED;
}

int intake_begin(struct intake *in, struct control *c)
{
	struct stat st;
	int status = control_ask(c, json_pack("{s:s}", "do", "status"), NULL, &in->status);
	const char *offset = get_text(json_object_get(in->status, "store"), "utc_offset");
	in->control = c;
	if (status == 0)
		status = check_you(in, c);
	if (status == 0 &&
		(stat(c->mount, &st) != 0 || offset == NULL ||
			!offset_parse(offset, &in->utc_offset))) {
		output_complain(c->out, c->mount, _("the store cannot be reached: %s"),
			i18n_error(errno != 0 ? errno : EPROTO));
		status = STATUS_UNREACHABLE;
	}
	if (status != 0)
		return status;
	in->mount = st.st_dev;
	in->devices = json_object();
	in->people = json_object();
	in->units = json_object();
	in->made = json_object();
	in->days = json_object();
	return 0;
}

static void free_file(struct intake_file *f)
{
	free(f->source);
	free(f->unit);
	free(f->folder);
	free(f->path);
	free(f->text);
	free(f->sealed_at);
	free(f->mismatch);
}

void intake_end(struct intake *in)
{
	for (size_t i = 0; i < in->files; i++)
		free_file(&in->file[i]);
	free(in->file);
	free(in->gap);
	free(in->checkpoint);
	free(in->ended);
	free(in->buffer);
	kinds_free(in->kinds);
	free(in->folder);
	json_decref(in->status);
	json_decref(in->devices);
	json_decref(in->people);
	json_decref(in->units);
	json_decref(in->made);
	json_decref(in->days);
}

void intake_settle(struct intake *in, struct intake_file *f, enum intake_status status,
	const char *reason, char *text)
{
	f->status = status;
	f->reason = reason;
	free(f->text);
	f->text = text;
	if (text == NULL)
		return;
	progress_end(&in->progress);
	output_complain(in->control->out, f->source, "%s", text);
}

static json_t *ask_known(struct intake *in, const char *kind, const char *key)
{
	json_t *request = json_pack("{s:s, s:s}", "do", "show", kind, key), *answer = NULL,
	       *entry = NULL;
	if (request != NULL && control_transact(in->control, request, &answer) == 0)
		entry = json_incref(json_object_get(answer, kind));
	json_decref(request);
	json_decref(answer);
	return entry;
}

const json_t *intake_known(struct intake *in, const char *kind, const char *key)
{
	json_t *cache = strcmp(kind, "device") == 0 ? in->devices
		: strcmp(kind, "person") == 0       ? in->people
						    : in->units;
	json_t *entry = json_object_get(cache, key);
	if (entry == NULL) {
		entry = ask_known(in, kind, key);
		if (json_object_set_new(cache, key, entry != NULL ? entry : json_null()) != 0)
			return NULL; /* not UTF-8, so no register has it */
	}
	return json_is_object(entry) ? entry : NULL;
}

void intake_why(struct intake *in, const char *path, const char *verb, int error,
	const char **reason, char **text)
{
	json_t *request = json_pack("{s:s, s:s, s:s?}", "do", "why", "path", path, "verb", verb),
	       *answer = NULL;
	*reason = "";
	*text = NULL;
	if (request != NULL && control_transact(in->control, request, &answer) == 0 &&
		json_is_false(json_object_get(answer, "allowed"))) {
		const char *name = get_text(answer, "reason");
		enum reason r = name != NULL ? reason_parse(name) : REASON_COUNT;
		if (r != REASON_COUNT && reason_errno(r) == error) {
			*reason = reason_name(r);
			*text = render_format("%s", _(reason_text(r)));
		}
	}
	json_decref(request);
	json_decref(answer);
}
