#include "fs/ctl/ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "fs/act/linking.h"
#include "fs/act/target.h"
#include "fs/call/refusal.h"
#include "fs/ctl/command.h"
#include "fs/deposit/deposit.h"
#include "fs/store/base/annotate.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/query/control.h"

#define PER_UID 32 /* descriptors: what their answers keep in memory is bounded with them */

struct ctls {
	struct mutex lock;
	LIST_HEAD(ctl_list, ctl) list GUARDED_BY(lock);
};

struct ctl {
	LIST_ENTRY(ctl) others; /* under the list's lock */
	uint32_t uid;      /* who opened it: another user's process cannot command through it */
	struct mutex lock; /* all below */
	char *answer GUARDED_BY(lock);
	size_t len GUARDED_BY(lock);
};

int ctls_new(struct ctls **out)
{
	struct ctls *all = calloc(1, sizeof *all);

	if (all == NULL)
		return ENOMEM;
	(void)mutex_init(&all->lock);
	*out = all;
	return 0;
}

/* The caller is its only user. */
static void free_ctl(struct ctl *ctl) UNCHECKED
{
	mutex_destroy(&ctl->lock);
	free(ctl->answer);
	free(ctl);
}

void ctls_free(struct ctls *all) UNCHECKED
{
	struct ctl *ctl;

	if (all == NULL)
		return;
	while ((ctl = LIST_FIRST(&all->list)) != NULL) {
		LIST_REMOVE(ctl, others);
		free_ctl(ctl);
	}
	mutex_destroy(&all->lock);
	free(all);
}

/* Adds it to the list, unless its user has too many. */
static bool add_ctl(struct ctls *all, struct ctl *ctl)
{
	struct ctl *other;
	unsigned count = 0;

	mutex_lock(&all->lock);
	LIST_FOREACH(other, &all->list, others)
		count += other->uid == ctl->uid;
	if (count < PER_UID)
		LIST_INSERT_HEAD(&all->list, ctl, others);
	mutex_unlock(&all->lock);
	return count < PER_UID;
}

int ctl_open(struct call *c, struct ctl **out)
{
	struct ctl *ctl = calloc(1, sizeof *ctl);

	if (ctl == NULL)
		return ENOMEM;
	ctl->uid = c->who.uid;
	(void)mutex_init(&ctl->lock);
	if (!add_ctl(c->fs->ctls, ctl)) {
		free_ctl(ctl);
		return EMFILE;
	}
	*out = ctl;
	return 0;
}

static void release_ctl(struct fs *fs, void *self)
{
	struct ctl *ctl = self;

	mutex_lock(&fs->ctls->lock);
	LIST_REMOVE(ctl, others);
	mutex_unlock(&fs->ctls->lock);
	free_ctl(ctl);
}

static int resolve_place(void *arg, const char *path, struct query_place *out)
{
	struct call *c = arg;
	struct node n;
	int err = target_find(c, path, 0, &n);

	return err == 0 ? linking_place(c, &n, out) : err;
}

static json_t *refusal_json(struct query *q, int err)
{
	enum reason why = q->why;

	if (why == REASON_NONE && (err == ENOSPC || err == EDQUOT))
		why = REASON_NO_SPACE;
	return json_pack("{s:b, s:s, s:s, s:s, s:s?, s:o}", "ok", 0, "errno",
		strerrorname_np(err) != NULL ? strerrorname_np(err) : "EIO", "reason",
		why != REASON_NONE ? reason_name(why) : "error", "text",
		why != REASON_NONE ? reason_text(why) : strerror(err), "field", q->field, "item",
		q->item != 0 ? json_integer(q->item) : json_null());
}

/* Refused commands of people are attempts like any other.  What merely does not exist, or is
 * malformed, is not. */
static void record_refusal(struct call *c, const char *command, const struct query *q, int err)
{
	if ((err == EACCES || err == EPERM) && !q->recorded)
		refusal_record(
			c, VERB_COMMAND, &(struct node){ .kind = NODE_CTL }, command, q->why);
}

static int run_question(
	struct query *q, const struct query_row *row, const json_t *request, json_t **answer)
{
	int err = query_check_fields(q, row->fields, request);

	if (err == 0) /* what happened before the question is in the answer */
		err = committer_barrier(q->store->committer, COMMIT_ORDERED);
	return err == 0 ? row->fn(q, request, answer) : err;
}

static int run_command(
	struct call *c, struct query *q, const char *name, const json_t *request, json_t **answer)
{
	const struct command *command = name != NULL ? command_find(name) : NULL;
	const struct query_row *row = name != NULL && command == NULL ? query_find(name) : NULL;
	int err;

	if (row != NULL)
		return run_question(q, row, request, answer);
	if (command == NULL)
		return query_refuse(q, REASON_VALUE_BAD, "do");
	err = query_check_fields(q, command->fields, request);
	return err == 0 ? command->run(c, q, request, answer) : err;
}

static json_t *transact(struct call *c, const json_t *request)
{
	struct query q = { .store = c->fs->store,
		.db = c->db,
		.now = c->now,
		.who = &c->who.person,
		.resolve = resolve_place,
		.arg = c };
	const char *command = jsonget_str(request, "do");
	json_t *answer = NULL;
	int err;

	call_subject(c);
	deposits_settle(c->fs->deposits, 0);
	err = run_command(c, &q, command, request, &answer);
	if (err == 0 && answer == NULL)
		err = ENOMEM;
	if (err != 0) {
		json_decref(answer);
		if (command != NULL)
			record_refusal(c, command, &q, err);
		return refusal_json(&q, err);
	}
	if (command != NULL && strcmp(command, "status") == 0)
		command_status(c, answer);
	json_object_set_new(answer, "ok", json_true());
	return answer;
}

static int write_request(struct call *c, void *self, const void *data, size_t len, int64_t offset)
{
	struct ctl *ctl = self;
	json_t *request, *answer;
	char *text;
	int err;

	(void)offset; /* each write is a request of its own */
	if (c->who.uid != ctl->uid)
		return EACCES;
	if (len > CONTROL_REQUEST_MAX)
		return EMSGSIZE;
	request = json_loadb(data, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(request)) {
		json_decref(request);
		return EINVAL;
	}
	err = call_connect(c);
	answer = err == 0 ? transact(c, request) : NULL;
	json_decref(request);
	if (err != 0)
		return err;
	text = answer != NULL ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	if (text == NULL)
		return ENOMEM;
	mutex_lock(&ctl->lock);
	free(ctl->answer);
	ctl->answer = text;
	ctl->len = strlen(text);
	mutex_unlock(&ctl->lock);
	return 0;
}

static int read_answer(struct call *c, void *self, struct handle_read *r)
{
	struct ctl *ctl = self;
	size_t rest;

	(void)c;
	r->data = r->buffer;
	mutex_lock(&ctl->lock);
	rest = r->offset >= 0 && (size_t)r->offset < ctl->len ? ctl->len - (size_t)r->offset : 0;
	r->got = rest < r->len ? rest : r->len;
	if (r->got > 0)
		memcpy(r->buffer, ctl->answer + r->offset, r->got);
	else if (r->offset > 0) { /* it was read to its end */
		free(ctl->answer);
		ctl->answer = NULL;
		ctl->len = 0;
	}
	mutex_unlock(&ctl->lock);
	return 0;
}

const struct handle_ops ctl_handle = {
	.read = read_answer,
	.write = write_request,
	.release = release_ctl,
};
