/* The daemon. */
#include "tools/dockd/daemon.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/dockd/clock.h"
#include "tools/dockd/daemon_private.h"
#include "tools/dockd/look.h"
#include "tools/text/status.h"

#define PASS_MS 100             /* between two looks at files that are due */
#define REPORT_MS 1000          /* between two writings of the report */
#define STORE_MS INT64_C(60000) /* after an answer the store counts as there for so long */
#define NOTES_AT_ONCE 1000

static void on_run_ended(struct daemon *d)
{
	enum running ended = d->running;
	int status;
	if (!run_ended(&d->run, &status))
		return;
	d->running = RUNNING_NOTHING;
	if (ended == RUNNING_PROBE)
		daemon_end_probe(d, status);
	else if (ended == RUNNING_WITNESS)
		daemon_end_witness(d);
	else if (ended == RUNNING_DEPOSIT)
		daemon_end_deposit(d, status);
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
		daemon_doubt_store(d);
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
		d->report_due = true;
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
			daemon_doubt_store(d);
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

static void look_at_file(void *arg, const struct file *file, struct look *out)
{
	(void)arg;
	look_at(file->path, out);
}

static void start_next(struct daemon *d)
{
	int64_t now = clock_ms();
	if (now >= d->pass_at && files_next(&d->files) <= now) {
		files_due(&d->files, now, look_at_file, d);
		d->pass_at = now + PASS_MS;
		d->report_due = true;
	}
	if (d->running != RUNNING_NOTHING || d->stop || now < d->lock_at || !daemon_has_lock(d))
		return;
	if (d->files.count[FILE_READY] != 0 && now - d->here_at > STORE_MS)
		daemon_doubt_store(d);
	if (d->standing.store != STORE_HERE && now >= d->probe_at)
		daemon_start_probe(d);
	else if (d->standing.store == STORE_HERE && d->belief == BELIEF_DUE)
		daemon_start_witness(d);
	while (d->running == RUNNING_NOTHING && d->standing.store == STORE_HERE &&
		d->files.count[FILE_READY] != 0)
		daemon_start_deposit(d);
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

/* How long there is nothing to do, for poll(). */
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

static void run_once(struct daemon *d)
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
		on_run_ended(d);
	start_next(d);
	write_report(d, false);
	remember_write(&d->past, false);
}

/* Opening a file exactly while a lease on it is asked for would send SIGIO. */
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

static int begin_daemon(struct daemon *d)
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

static void end_daemon(struct daemon *d)
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
		.probe_wait = DAEMON_PROBE_MS };
	int status = STATUS_UNREACHABLE;
	files_begin(&d.files, config->quiet_ms, config->retry_ms);
	run_begin(&d.run);
	d.standing = (struct standing){
		.config = config, .files = &d.files, .there = d.there, .started = time(NULL)
	};
	if (begin_daemon(&d) == 0) {
		log_notify("READY=1");
		d.report_due = true;
		while (!d.stop || d.running != RUNNING_NOTHING)
			run_once(&d);
		write_report(&d, true);
		remember_write(&d.past, true);
		status = STATUS_DONE;
	}
	end_daemon(&d);
	return status;
}
