/* Talking to a store. */
#include "tools/control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "fs/store/query/control.h"
#include "fs/store/store.h"
#include "policy/reason.h"
#include "tools/control/locate.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"
#include "tools/text/words.h"

#define ANSWER_MAX \
	(256 << 20) /* no answer is longer; a control file that never ends is not a store's */
#define ANSWER_STEP (256 << 10)

static void complain_open(struct output *out, const char *mount, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		output_complain(out, mount, "%s", _("no store is mounted here"));
		break;
	case ENOTCONN:
		output_complain(out, mount, "%s",
			_("the store's daemon is not running any more; unmount with fusermount3 "
			  "-u, then mount again"));
		break;
	default:
		output_complain(
			out, mount, _("the store cannot be reached: %s"), i18n_error(error));
	}
}

static int open_offline(struct control *c, const char *store)
{
	struct store_message message = { "" };
	int err = offline_open(store, &c->offline, message.text, sizeof message.text);
	if (err != 0)
		output_complain(c->out, store, "%s",
			message.text[0] != '\0' ? message.text : i18n_error(err));
	return err != 0 ? STATUS_UNREACHABLE : 0;
}

int control_open(const struct options *o, const char *hint, struct control *c)
{
	int status, err;
	char *path;
	*c = (struct control){ .fd = -1, .json = o->json, .out = o->out };
	if (o->store != NULL)
		return open_offline(c, o->store);
	status = locate_mount(o, hint, &c->mount);
	if (status != 0)
		return status;
	path = render_format("%s/%s/%s", c->mount, CONTROL_DIR, CONTROL_FILE);
	c->fd = open(path, O_RDWR | O_CLOEXEC);
	err = c->fd < 0 ? errno : 0;
	free(path);
	if (err != 0) {
		complain_open(c->out, c->mount, err);
		control_close(c);
		return STATUS_UNREACHABLE;
	}
	return 0;
}

void control_close(struct control *c)
{
	if (c->fd >= 0)
		close(c->fd);
	offline_close(c->offline);
	free(c->mount);
	*c = (struct control){ .fd = -1 };
}

static int send_request(int fd, const char *text, size_t len)
{
	ssize_t n;
	if (len > CONTROL_REQUEST_MAX)
		return E2BIG;
	n = pwrite(fd, text, len, 0);
	if (n < 0)
		return errno;
	return (size_t)n == len ? 0 : EPROTO;
}

/* Reads from offset 0 to the end.  *text is malloc'd. */
static int receive_answer(int fd, char **text, size_t *len)
{
	size_t room = 0, used = 0;
	char *buffer = NULL;
	for (;;) {
		ssize_t n;
		if (used == room) {
			char *more = room < ANSWER_MAX
				? realloc(buffer, room = room != 0 ? room * 2 : ANSWER_STEP)
				: NULL;
			if (more == NULL) {
				free(buffer);
				return room < ANSWER_MAX ? ENOMEM : EPROTO;
			}
			buffer = more;
		}
		n = pread(fd, buffer + used, room - used, (off_t)used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int err = errno;
			free(buffer);
			return err;
		}
		if (n == 0)
			break;
		used += (size_t)n;
	}
	*text = buffer;
	*len = used;
	return 0;
}

static int transact_mounted(int fd, const json_t *request, json_t **answer)
{
	char *text = json_dumps(request, JSON_COMPACT), *reply = NULL;
	size_t len = 0;
	int err;
	if (text == NULL)
		return EILSEQ; /* not UTF-8 */
	err = send_request(fd, text, strlen(text));
	free(text);
	if (err == 0)
		err = receive_answer(fd, &reply, &len);
	if (err == 0) {
		*answer = json_loadb(reply, len, 0, NULL);
		err = *answer != NULL ? 0 : EPROTO;
	}
	free(reply);
	return err;
}

int control_transact(struct control *c, const json_t *request, json_t **answer)
{
	int err;
	*answer = NULL;
	err = c->offline != NULL ? offline_transact(c->offline, request, answer)
				 : transact_mounted(c->fd, request, answer);
	if (err == 0 && !json_is_boolean(json_object_get(*answer, "ok")))
		err = EPROTO;
	if (err != 0) {
		json_decref(*answer);
		*answer = NULL;
	}
	return err;
}

static void complain_transact(struct output *out, const char *what, int error)
{
	switch (error) {
	case E2BIG:
		output_complain(out, what, "%s", _("the request is too long; name fewer paths"));
		break;
	case EILSEQ:
		output_complain(out, what, "%s", _("this is not valid UTF-8 text"));
		break;
	case EPROTO:
		output_complain(out, what, "%s",
			_("what came back is not an answer; is this a custodyfs mount of the same "
			  "version?"));
		break;
	default:
		output_complain(out, what, _("the store does not answer: %s"), i18n_error(error));
	}
}

void control_complain(const struct control *c, const char *what, const json_t *answer)
{
	const char *name = get_text(answer, "reason"), *text = get_text(answer, "text"),
		   *field = get_text(answer, "field");
	enum reason r = name != NULL ? reason_parse(name) : REASON_COUNT;
	const char *sentence = r != REASON_COUNT && r != REASON_NONE ? _(reason_text(r))
		: text != NULL && *text != '\0'                      ? _(text)
								     : _("refused");
	const char *of = r == REASON_VALUE_BAD || r == REASON_NOT_FOUND || r == REASON_CONFLICT
		? words_for(WORDS_FIELD, field)
		: NULL;
	if (of != NULL && *of != '\0')
		output_complain(c->out, what, _("%s: %s"), of, sentence);
	else
		output_complain(c->out, what, "%s", sentence);
}

int control_ask(struct control *c, json_t *request, const char *what, json_t **answer)
{
	int err = request != NULL ? control_transact(c, request, answer) : EILSEQ;
	json_decref(request);
	if (err != 0) {
		*answer = NULL;
		complain_transact(c->out, what, err);
		return STATUS_UNREACHABLE;
	}
	if (get_true(*answer, "ok"))
		return 0;
	if (c->json)
		output_json(c->out, *answer);
	control_complain(c, what, *answer);
	json_decref(*answer);
	*answer = NULL;
	return STATUS_REFUSED;
}

int control_show(struct control *c, json_t *request, const char *what, json_t **answer)
{
	int status = control_ask(c, request, what, answer);
	if (status == 0 && c->json) {
		output_json(c->out, *answer);
		json_decref(*answer);
		*answer = NULL;
	}
	return status;
}

/*
 * Where the next page begins: a number or a text.  It must lie after the beginning of this page, so
 * that a list always ends.  NULL at the end, or where the store answered nonsense (*status).
 */
static json_t *next_page(
	struct control *c, const json_t *answer, const json_t *after, const char *what, int *status)
{
	json_t *next = json_object_get(answer, "next");
	if (next == NULL || json_is_null(next))
		return NULL;
	if (json_is_integer(next) &&
		json_integer_value(next) > (after != NULL ? json_integer_value(after) : -1))
		return json_incref(next);
	if (json_is_string(next) &&
		strcmp(json_string_value(next),
			after != NULL && json_is_string(after) ? json_string_value(after) : "") > 0)
		return json_incref(next);
	complain_transact(c->out, what, EPROTO);
	*status = STATUS_UNREACHABLE;
	return NULL;
}

int control_each(
	struct control *c, json_t *request, const char *what, const struct control_pager *pager)
{
	json_t *after = NULL; /* the first page needs none */
	int status = 0;
	do {
		json_t *answer = NULL, *row, *next;
		size_t i;
		status = control_ask(c, json_incref(request), what, &answer);
		json_array_foreach(json_object_get(answer, "rows"), i, row)
			if (status == 0)
				status = pager->row(pager->arg, row);
		if (status == 0 && pager->page != NULL)
			pager->page(pager->arg, answer);
		next = status != 0 ? NULL : next_page(c, answer, after, what, &status);
		json_decref(answer);
		json_decref(after);
		after = next;
		if (after != NULL)
			json_object_set(request, json_is_string(after) ? "cursor" : "after", after);
	} while (after != NULL);
	json_decref(request);
	return status;
}
