/* The daemon deposits what is ready. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/dockd/answer.h"
#include "tools/dockd/clock.h"
#include "tools/dockd/command.h"
#include "tools/dockd/daemon_private.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

#define BATCH_BYTES (UINT64_C(2) << 30) /* for one `custody deposit`, unless it is one file */
#define LOCK_MS 1000                    /* between two tries for the lock */

bool daemon_has_lock(struct daemon *d)
{
	int err = d->deposit_lock >= 0
		? 0
		: report_lock(d->config, REPORT_DEPOSIT_LOCK, &d->deposit_lock);
	if (err == 0)
		return true;
	if (!d->waited)
		log_say(d->log, LOG_NOTICE,
			err == EWOULDBLOCK
				? _("an earlier deposit is still running; waiting for it")
				: _("the state folder's lock can't be had: %s"),
			i18n_error(err));
	d->waited = true;
	d->lock_at = clock_ms() + LOCK_MS;
	return false;
}

/* Takes out of the batch what the memory knows to be in the store. */
static void drop_remembered(struct daemon *d)
{
	size_t left = 0;
	for (size_t i = 0; i < d->batched; i++) {
		struct file *file = d->batch[i];
		if (d->belief != BELIEF_HELD || !remember_knows(&d->past, file)) {
			d->batch[left++] = file;
			continue;
		}
		d->standing.remembered++;
		files_verdict(&d->files, file, &(struct verdict){ .outcome = OUTCOME_DONE },
			clock_ms(), time(NULL));
	}
	d->batched = left;
	d->report_due = true;
}

void daemon_start_deposit(struct daemon *d)
{
	char *argv[COMMAND_ARGUMENTS];
	int err;
	d->batched = files_take(&d->files, d->batch, COMMAND_FILES, BATCH_BYTES);
	drop_remembered(d);
	if (d->batched == 0)
		return;
	command_deposit(
		argv, d->config, &d->config->docks[d->batch[0]->dock], d->batch, d->batched);
	err = run_start(&d->run, argv, d->deposit_lock);
	d->running = RUNNING_DEPOSIT;
	if (err == 0)
		return;
	d->running = RUNNING_NOTHING;
	for (size_t i = 0; i < d->batched; i++)
		files_verdict(&d->files, d->batch[i],
			&(struct verdict){ .outcome = OUTCOME_UNANSWERED }, clock_ms(), time(NULL));
	daemon_store_is(
		d, STORE_AWAY, render_format(_("custody can't be run: %s"), i18n_error(err)));
}

static void count_deposited(struct daemon *d, const struct verdict *v, const json_t *row)
{
	d->standing.deposited += strcmp(v->status, "deposited") == 0;
	d->standing.duplicates += strcmp(v->status, "duplicate") == 0;
	d->standing.cleared += get_true(row, "cleared");
}

static void log_outcome(
	struct daemon *d, const char *path, const struct verdict *v, const json_t *row)
{
	const char *text = v->text != NULL && *v->text != '\0' ? _(v->text)
		: v->reason != NULL                            ? v->reason
							       : v->status;
	if (v->outcome == OUTCOME_DONE)
		log_say(d->log, LOG_INFO, "%s: %s: %s", path, v->status,
			get_text(row, "path") != NULL ? get_text(row, "path") : "");
	else
		log_say(d->log, answer_grave(v->reason) ? LOG_ERR : LOG_WARNING, "%s: %s: %s", path,
			v->status, text);
}

static void settle_file(struct daemon *d, struct file *file, const json_t *answer, bool *failed)
{
	const struct dock *dock = &d->config->docks[file->dock];
	const json_t *row;
	struct verdict v;
	char *path = render_format("%s", file->path);
	answer_verdict(answer, path, &v, &row);
	if (v.outcome == OUTCOME_UNANSWERED && file->alone)
		v = (struct verdict){ OUTCOME_FAILED, "failed", "no-answer",
			run_complaint(&d->run) };
	*failed |= v.outcome == OUTCOME_FAILED || v.outcome == OUTCOME_UNANSWERED;
	if (v.outcome == OUTCOME_DONE) {
		count_deposited(d, &v, row);
		remember_keep(&d->past, file, row);
	}
	if (v.outcome == OUTCOME_DONE && dock->clear && !get_true(row, "cleared") &&
		access(path, F_OK) == 0)
		v = (struct verdict){ OUTCOME_REFUSED, "kept", "not-cleared",
			N_("it is in the store, but could not be removed here; let custody-dockd's "
			   "login write in its folder") };
	if (files_verdict(&d->files, file, &v, clock_ms(), time(NULL)))
		log_outcome(d, path, &v, row);
	free(path);
}

void daemon_end_deposit(struct daemon *d, int status)
{
	json_t *answer = run_answer(&d->run);
	bool failed = false;
	log_say(d->log, LOG_DEBUG, _("custody deposit ended with status %d: %s"),
		WIFEXITED(status) ? WEXITSTATUS(status) : -1, run_complaint(&d->run));
	for (size_t i = 0; i < d->batched; i++)
		settle_file(d, d->batch[i], answer, &failed);
	d->batched = 0;
	if (failed)
		daemon_doubt_store(d);
	json_decref(answer);
	d->report_due = true;
}
