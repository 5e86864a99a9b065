/* The daemon. */
#include "tools/dockd/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/dockd/answer.h"
#include "tools/dockd/clock.h"
#include "tools/dockd/command.h"
#include "tools/dockd/files.h"
#include "tools/dockd/look.h"
#include "tools/dockd/remember.h"
#include "tools/dockd/report.h"
#include "tools/dockd/run.h"
#include "tools/dockd/watch.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#define BATCH_BYTES (UINT64_C(2) << 30) /* that one `custody deposit` gets, or one file */
#define PASS_MS 100                     /* between two looks at what is due */
#define REPORT_MS 1000                  /* between two writings of the report */
#define PROBE_MS INT64_C(1000)          /* first wait for a store that is away, and the longest */
#define PROBE_MOST_MS INT64_C(5000)
#define STORE_MS INT64_C(60000) /* so long it counts as there after it said so */
#define LOCK_MS 1000
#define NOTES_AT_ONCE 1000

enum running { RUNNING_NOTHING, RUNNING_PROBE, RUNNING_WITNESS, RUNNING_DEPOSIT };
enum belief {
	BELIEF_NONE,
	BELIEF_DUE,
	BELIEF_HELD
}; /* in the memory, since the store was asked last */

struct daemon {
	const struct config *config;
	const struct log *log;
	struct files files;
	struct watch *watch;
	struct run run;
	enum running running;
	struct remember past;
	enum belief belief;
	struct file *batch[COMMAND_FILES];
	size_t batched;
	struct standing standing;
	bool there[CONFIG_DOCKS];
	char *store_text, *store_uuid;
	long long ledger;             /* how long it was when it was asked last */
	int64_t probe_at, probe_wait; /* while the store is not known to be there */
	int64_t here_at;              /* when it said that it is */
	int64_t pass_at, report_at, lock_at;
	bool report_due, stop,
		waited; /* waited: it was said that another's deposit is waited for */
	int signals, lock, deposit_lock;
};

static void changed(struct daemon *d)
{
	d->report_due = true;
}

/* ---- the store ---- */

static void store_is(struct daemon *d, enum store store, char *text)
{
	enum store was = d->standing.store;
	free(d->store_text);
	d->standing.store_text = d->store_text = text;
	d->standing.store = store;
	changed(d);
	if (store == STORE_AWAY) {
		if (was != STORE_AWAY)
			log_say(d->log, LOG_WARNING,
				_("the store can't be reached; everything waits for it: %s"), text);
		d->probe_at = clock_ms() + d->probe_wait;
		d->probe_wait = d->probe_wait * 2 < PROBE_MOST_MS ? d->probe_wait * 2
								  : PROBE_MOST_MS;
	} else if (store == STORE_HERE) {
		d->here_at = clock_ms();
		d->probe_wait = PROBE_MS;
		if (was == STORE_AWAY)
			files_retry(&d->files, true, clock_ms());
	}
}

/* The store has to be asked whether it is there before anything else is deposited. */
static void doubt_store(struct daemon *d)
{
	if (d->standing.store != STORE_HERE)
		return;
	d->standing.store = STORE_UNKNOWN;
	d->probe_at = clock_ms();
}

/* Asks the store something. */
static void start_asking(struct daemon *d, enum running running, const char *what, const char *of)
{
	char *argv[COMMAND_ARGUMENTS];
	int err;
	command_ask(argv, d->config, what, of);
	err = run_start(&d->run, argv, d->deposit_lock);
	if (err != 0)
		store_is(d, STORE_AWAY,
			render_format(_("custody can't be run: %s"), i18n_error(err)));
	else
		d->running = running;
}

static void start_probe(struct daemon *d)
{
	d->belief = BELIEF_NONE;
	start_asking(d, RUNNING_PROBE, "status", NULL);
}

/* Another store is mounted than before, or an older state of it: what it has is to be asked
 * anew. */
static void offer_again(struct daemon *d)
{
	log_say(d->log, LOG_WARNING,
		_("this is another store than before, or an older state of it; every file is "
		  "offered to it again"));
	memory_forget(d->past.memory);
	files_again(&d->files, clock_ms());
}

/* An older state that has grown since is as long as it was: the newest that was seen is asked
 * for. */
static void start_witness(struct daemon *d)
{
	char item[24];
	snprintf(item, sizeof item, "%lld", memory_witness(d->past.memory));
	start_asking(d, RUNNING_WITNESS, "show", item);
}

static void end_witness(struct daemon *d)
{
	json_t *answer = run_answer(&d->run);
	if (!json_is_boolean(json_object_get(answer, "ok"))) {
		store_is(d, STORE_AWAY, render_format("%s", run_complaint(&d->run)));
	} else {
		d->belief = BELIEF_HELD;
		if (!memory_believes(d->past.memory, answer))
			offer_again(d);
	}
	json_decref(answer);
}

static void compare_store(struct daemon *d, const json_t *answer)
{
	const char *uuid = get_text(json_object_get(answer, "store"), "uuid");
	long long size = get_number(json_object_get(answer, "ledger"), "size", 0);
	bool other = d->store_uuid != NULL &&
		(uuid == NULL || strcmp(uuid, d->store_uuid) != 0 || size < d->ledger);
	memory_store(d->past.memory, uuid);
	if (other)
		offer_again(d);
	if (d->store_uuid == NULL || other) {
		free(d->store_uuid);
		d->store_uuid = uuid != NULL ? strdup(uuid) : NULL;
	}
	d->ledger = size;
}

static void end_probe(struct daemon *d, int status)
{
	json_t *answer = run_answer(&d->run);
	const json_t *you = json_object_get(answer, "you");
	const char *name = get_text(you, "name"), *unit = get_text(you, "unit_name");
	bool first = d->store_text == NULL || d->standing.store == STORE_AWAY;
	char *text;
	if (status == 0 && answer != NULL)
		compare_store(d, answer);
	if (status != 0 || answer == NULL) {
		store_is(d, STORE_AWAY, render_format("%s", run_complaint(&d->run)));
	} else if (name == NULL) {
		text = render_format(_("the login of custody-dockd (uid %d) is no registered "
				       "person's; have it registered as the unit's custodian"),
			(int)getuid());
		if (d->store_text == NULL || strcmp(text, d->store_text) != 0)
			log_say(d->log, LOG_ERR, "%s", text);
		store_is(d, STORE_HERE, text);
	} else {
		text = unit != NULL ? render_format(_("depositing as %s, %s"), name, unit)
				    : render_format(_("depositing as %s"), name);
		if (first || strcmp(text, d->store_text) != 0)
			log_say(d->log, LOG_NOTICE, "%s", text);
		store_is(d, STORE_HERE, text);
		d->belief = memory_witness(d->past.memory) != 0 ? BELIEF_DUE : BELIEF_HELD;
	}
	json_decref(answer);
}

/* ---- a deposit ---- */

/* Whether no deposit that a killed daemon left behind is still at work. */
static bool locked(struct daemon *d)
{
	int err = d->deposit_lock >= 0
		? 0
		: report_lock(d->config, REPORT_DEPOSIT_LOCK, &d->deposit_lock);
	if (err == 0)
		return true;
	if (!d->waited)
		log_say(d->log, LOG_NOTICE,
			err == EWOULDBLOCK ? _("a deposit that was begun before is still at work; "
					       "waiting for it")
					   : _("the state folder's lock can't be had: %s"),
			i18n_error(err));
	d->waited = true;
	d->lock_at = clock_ms() + LOCK_MS;
	return false;
}

/* Of what was taken, what was dealt with before is done. */
static void recall(struct daemon *d)
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
	changed(d);
}

static void start_deposit(struct daemon *d)
{
	char *argv[COMMAND_ARGUMENTS];
	int err;
	d->batched = files_take(&d->files, d->batch, COMMAND_FILES, BATCH_BYTES);
	recall(d);
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
	store_is(d, STORE_AWAY, render_format(_("custody can't be run: %s"), i18n_error(err)));
}

static void count(struct daemon *d, const struct verdict *v, const json_t *row)
{
	d->standing.deposited += strcmp(v->status, "deposited") == 0;
	d->standing.duplicates += strcmp(v->status, "duplicate") == 0;
	d->standing.cleared += get_true(row, "cleared");
}

/* What people should hear of one file. */
static void tell(struct daemon *d, const char *path, const struct verdict *v, const json_t *row)
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

static void settle_one(struct daemon *d, struct file *file, const json_t *answer, bool *failed)
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
		count(d, &v, row);
		remember_keep(&d->past, file, row);
	}
	if (v.outcome == OUTCOME_DONE && dock->clear && !get_true(row, "cleared") &&
		access(path, F_OK) == 0)
		v = (struct verdict){ OUTCOME_REFUSED, "kept", "not-cleared",
			N_("it is in the store, but could not be removed here; let custody-dockd's "
			   "login write in its folder") };
	if (files_verdict(&d->files, file, &v, clock_ms(), time(NULL)))
		tell(d, path, &v, row);
	free(path);
}

static void end_deposit(struct daemon *d, int status)
{
	json_t *answer = run_answer(&d->run);
	bool failed = false;
	log_say(d->log, LOG_DEBUG, _("custody deposit ended with status %d: %s"),
		WIFEXITED(status) ? WEXITSTATUS(status) : -1, run_complaint(&d->run));
	for (size_t i = 0; i < d->batched; i++)
		settle_one(d, d->batch[i], answer, &failed);
	d->batched = 0;
	if (failed)
		doubt_store(d);
	json_decref(answer);
	changed(d);
}

/* ---- what goes on ---- */

static void on_ended(struct daemon *d)
{
	enum running ended = d->running;
	int status;
	if (!run_ended(&d->run, &status))
		return;
	d->running = RUNNING_NOTHING;
	if (ended == RUNNING_PROBE)
		end_probe(d, status);
	else if (ended == RUNNING_WITNESS)
		end_witness(d);
	else if (ended == RUNNING_DEPOSIT)
		end_deposit(d, status);
	run_reset(&d->run);
}

static void on_note(struct daemon *d, const struct note *note)
{
	struct sighting s;
	struct stamp stamp;
	if (note->kind == NOTE_WALKED) {
		d->there[note->root] = note->there;
		files_walked(&d->files, note->root, note->walk);
		if (note->there)
			remember_walked(&d->past, note->root, &d->files);
		doubt_store(d);
		return;
	}
	s = (struct sighting){ .path = note->path,
		.dock = note->root,
		.walk = note->walk,
		.stamp = look_stamp(note->path, &stamp) ? &stamp : NULL,
		.closed = note->kind == NOTE_CLOSED };
	if (files_seen(&d->files, &s, clock_ms()) != 0)
		log_say(d->log, LOG_ERR,
			_("%s: %s; it is met again when everything is looked through"), note->path,
			i18n_error(ENOMEM));
}

static void take_notes(struct daemon *d)
{
	struct note note;
	for (int i = 0; i < NOTES_AT_ONCE && watch_take(d->watch, &note); i++) {
		on_note(d, &note);
		free(note.path);
		changed(d);
	}
}

static void on_signal(struct daemon *d)
{
	struct signalfd_siginfo info;
	while (read(d->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP) {
			log_say(d->log, LOG_NOTICE,
				_("everything that was refused is tried again"));
			files_retry(&d->files, false, clock_ms());
			doubt_store(d);
			d->probe_at = clock_ms();
		} else if (info.ssi_signo != SIGCHLD && !d->stop) {
			log_say(d->log, LOG_NOTICE, "%s",
				d->running == RUNNING_DEPOSIT
					? _("stopping once the deposit that is under way has ended")
					: _("stopping"));
			log_notify("STOPPING=1");
			d->stop = true;
		}
	}
}

static void look(void *arg, const struct file *file, struct look *out)
{
	(void)arg;
	look_at(file->path, out);
}

static void act(struct daemon *d)
{
	int64_t now = clock_ms();
	if (now >= d->pass_at && files_next(&d->files) <= now) {
		files_due(&d->files, now, look, d);
		d->pass_at = now + PASS_MS;
		changed(d);
	}
	if (d->running != RUNNING_NOTHING || d->stop || now < d->lock_at || !locked(d))
		return;
	if (d->files.count[FILE_READY] != 0 && now - d->here_at > STORE_MS)
		doubt_store(d);
	if (d->standing.store != STORE_HERE && now >= d->probe_at)
		start_probe(d);
	else if (d->standing.store == STORE_HERE && d->belief == BELIEF_DUE)
		start_witness(d);
	while (d->running == RUNNING_NOTHING && d->standing.store == STORE_HERE &&
		d->files.count[FILE_READY] != 0)
		start_deposit(d);
}

static void write_report(struct daemon *d, bool at_once)
{
	int64_t now = clock_ms();
	int err;
	if (!d->report_due || (!at_once && now < d->report_at))
		return;
	err = report_write(&d->standing);
	if (err != 0)
		log_say(d->log, LOG_ERR, _("the report in %s can't be written: %s"),
			d->config->state, i18n_error(err));
	d->report_due = false;
	d->report_at = now + (err != 0 ? 60 : 1) * REPORT_MS;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How long nothing will be to be done, as poll() takes it. */
static int idle_ms(const struct daemon *d)
{
	int64_t now = clock_ms(), due = files_next(&d->files),
		next = earlier(due < d->pass_at ? d->pass_at : due, remember_next(&d->past));
	if (d->deposit_lock < 0)
		next = earlier(next, d->lock_at);
	else if (d->running == RUNNING_NOTHING && d->standing.store != STORE_HERE)
		next = earlier(next, d->probe_at);
	if (d->report_due)
		next = earlier(next, d->report_at);
	return next <= now ? 0 : (int)earlier(next - now, 60000);
}

static void turn(struct daemon *d)
{
	struct pollfd p[2 + RUN_PIPES] = { { .fd = d->signals, .events = POLLIN },
		{ .fd = watch_fd(d->watch), .events = POLLIN } };
	run_poll(&d->run, &p[2]);
	if (poll(p, 2 + RUN_PIPES, idle_ms(d)) < 0)
		return;
	if (p[0].revents != 0)
		on_signal(d);
	if (p[1].revents != 0)
		take_notes(d);
	run_read(&d->run, &p[2]);
	if (d->running != RUNNING_NOTHING)
		on_ended(d);
	act(d);
	write_report(d, false);
	remember_write(&d->past, false);
}

/* SIGIO would come when a file on which a lease was asked is opened at that very moment. */
static int take_signals(struct daemon *d)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGIO, SIG_IGN) == SIG_ERR ||
		signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return errno;
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->signals < 0 ? errno : 0;
}

static int begin(struct daemon *d)
{
	const char *roots[CONFIG_DOCKS];
	int err;
	if (mkdir(d->config->state, 0750) != 0 && errno != EEXIST)
		err = errno;
	else
		err = report_lock(d->config, REPORT_LOCK, &d->lock);
	if (err != 0) {
		log_say(d->log, LOG_ERR,
			err == EWOULDBLOCK
				? _("another custody-dockd runs with the state folder %s")
				: _("the state folder %s can't be used: %s"),
			d->config->state, i18n_error(err));
		return err;
	}
	for (size_t i = 0; i < d->config->count; i++)
		roots[i] = d->config->docks[i].path;
	err = remember_begin(&d->past, d->config, d->log);
	if (err == 0)
		err = take_signals(d);
	if (err == 0 &&
		(err = watch_start(roots, d->config->count, d->config->rescan_ms, d->log,
			 &d->watch)) == EMFILE)
		log_say(d->log, LOG_ERR,
			_("inotify can't be used: %s; raise the limit: sysctl "
			  "fs.inotify.max_user_instances"),
			i18n_error(err));
	else if (err != 0)
		log_say(d->log, LOG_ERR, _("the folders can't be watched: %s"), i18n_error(err));
	return err;
}

static void end(struct daemon *d)
{
	int fds[] = { d->signals, d->lock, d->deposit_lock };
	watch_stop(d->watch);
	run_reset(&d->run);
	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	files_end(&d->files);
	remember_end(&d->past);
	free(d->store_text);
	free(d->store_uuid);
}

int daemon_run(const struct config *config, const struct log *log)
{
	struct daemon d = { .config = config,
		.log = log,
		.signals = -1,
		.lock = -1,
		.deposit_lock = -1,
		.probe_wait = PROBE_MS };
	int status = STATUS_UNREACHABLE;
	files_begin(&d.files, config->quiet_ms, config->retry_ms);
	run_begin(&d.run);
	d.standing = (struct standing){
		.config = config, .files = &d.files, .there = d.there, .started = time(NULL)
	};
	if (begin(&d) == 0) {
		log_notify("READY=1");
		changed(&d);
		while (!d.stop || d.running != RUNNING_NOTHING)
			turn(&d);
		write_report(&d, true);
		remember_write(&d.past, true);
		status = STATUS_DONE;
	}
	end(&d);
	return status;
}
