/* custodyfs STORE MOUNTPOINT: mounts a store. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/act/reading.h"
#include "fs/call/fs.h"
#include "fs/call/refusal.h"
#include "fs/call/uninvited.h"
#include "fs/ctl/ctl.h"
#include "fs/daemon/arguments.h"
#include "fs/daemon/handover.h"
#include "fs/daemon/keeper.h"
#include "fs/daemon/mountpoint.h"
#include "fs/daemon/privilege.h"
#include "fs/deposit/deposit.h"
#include "fs/ops/handle.h"
#include "fs/ops/opens.h"
#include "fs/ops/ops.h"
#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "fs/watch/finder.h"
#include "fs/watch/ticker.h"

#define MAX_THREADS 32

/* Makes the parts of the mount, each after those that it uses. */
static int make_parts(struct fs *fs, const struct options *o)
{
	int err = refusals_new(&fs->refusals);

	if (err == 0)
		err = opens_new(o->max_open, &fs->opens);
	if (err == 0)
		err = handles_new(&fs->handles);
	if (err == 0)
		err = deposits_new(&fs->deposits);
	if (err == 0)
		err = ctls_new(&fs->ctls);
	if (err == 0)
		err = readings_new(&fs->readings);
	if (err == 0)
		err = finder_new(fs, &fs->finder);
	if (err == 0)
		err = ticker_new(fs, &fs->ticker);
	return err;
}

static int end_parts(struct fs *fs)
{
	int err;

	ticker_free(fs->ticker);
	if (fs->handles != NULL)
		ops_end(fs);
	if (fs->refusals != NULL && fs->store != NULL)
		refusals_flush(fs, true);
	finder_free(fs->finder);
	deposits_free(fs->deposits);
	readings_free(fs->readings);
	ctls_free(fs->ctls);
	handles_free(fs->handles);
	opens_free(fs->opens);
	refusals_free(fs->refusals);
	err = store_close(fs->store);
	if (err != 0)
		fprintf(stderr,
			_("custodyfs: the last events could not be written: %s. The next mount "
			  "makes up for them.\n"),
			i18n_error(err));
	return err == 0 ? 0 : 1;
}

/* In the background the parent waits until the mount is up, so that "mount, then use it" works, and
 * its exit status shows an error. */
static int go_to_background(int *tell)
{
	int fd[2];
	char answer = 1;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) != 0)
		return errno;
	pid = fork();
	if (pid < 0)
		return errno;
	if (pid > 0) {
		close(fd[1]);
		if (read(fd[0], &answer, 1) != 1)
			answer = 1;
		_exit(answer);
	}
	close(fd[0]);
	(void)setsid();
	*tell = fd[1];
	return 0;
}

/* Shutdown has begun: ignore further signals. */
static void end_in_order(void)
{
	static const int asks[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
		(void)signal(asks[i], SIG_IGN);
	handover_notify("STOPPING=1");
}

/* The mount is up: lets the parent go, and the log to its file. */
static void report_mounted(const struct options *o, int tell)
{
	char path[4096];
	int null, log = o->log_fd;

	if (o->handover == NULL)
		handover_notify("READY=1");
	if (tell < 0)
		return;
	snprintf(path, sizeof path, "%s/log", o->store);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (log < 0)
		log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	if (log >= 0 || null >= 0)
		dup2(log >= 0 ? log : null, STDERR_FILENO);
	if (null > 2)
		close(null);
	if (log > 2)
		close(log);
	if (chdir("/") != 0 || write(tell, "", 1) != 1)
		fprintf(stderr, "custodyfs: the parent is gone\n");
	close(tell);
}

/* The descriptor of the mount: given on the command line, handed over, or from the keeper. */
static int get_mount(struct fs *fs, const struct options *o, struct keeper *keeper, int *fd)
{
	int err = 0;

	*fd = arguments_descriptor(o);
	if (o->handover != NULL) {
		err = handover_wait(o->handover, fs->session, fd);
		if (err != 0 && err != EINTR)
			fprintf(stderr, _("custodyfs: the mount cannot be handed over at %s: %s\n"),
				o->handover, i18n_error(err));
	} else if (*fd < 0) {
		err = keeper_mount(keeper, fd);
		if (err != 0)
			fprintf(stderr,
				_("custodyfs: %s cannot be mounted on. If something is mounted "
				  "there already, unmount it first.\n"),
				o->at);
	}
	return err;
}

/* Serves until it is unmounted or a signal ends it. */
static int serve_mount(struct fs *fs, const struct options *o, struct keeper *keeper, int tell)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	char place[32];
	int fd, rc = 1;

	if (config == NULL || fuse_set_signal_handlers(fs->session) != 0)
		goto out;
	if (get_mount(fs, o, keeper, &fd) != 0) {
		rc = fuse_session_exited(fs->session) ? 0 : 1;
		goto unsignal;
	}
	snprintf(place, sizeof place, "/dev/fd/%d", fd);
	if (fuse_session_mount(fs->session, place) != 0)
		goto unsignal;
	/* Those that wait for the disk must not keep back the releases that others wait for. */
	fuse_loop_cfg_set_max_threads(config, MAX_THREADS);
	report_mounted(o, tell);
	rc = fuse_session_loop_mt(fs->session, config);
	if (rc > 0) /* ended by a signal: no failure */
		rc = 0;
unsignal:
	fuse_remove_signal_handlers(fs->session);
	end_in_order();
out:
	ticker_free(fs->ticker); /* it uses the session */
	fs->ticker = NULL;
	fuse_session_destroy(fs->session);
	fs->session = NULL;
	keeper_end(keeper); /* the folder is free before the store is */
	fuse_loop_cfg_destroy(config);
	return rc == 0 ? 0 : 1;
}

static int open_and_serve(struct fs *fs, const struct options *o, struct keeper *keeper, int tell)
{
	struct event_time now;
	struct store_message m;
	int rc = 1;
	int err = store_open_keyed(o->store, STORE_WRITE, o->key, o->key_fd, &fs->store, &m);

	if (err != 0) {
		fprintf(stderr, "custodyfs: %s\n", m.text[0] != '\0' ? m.text : i18n_error(err));
		fuse_session_destroy(fs->session);
		return 1;
	}
	store_now(fs->store, &now);
	fs->mounted = now.wall;
	if (make_parts(fs, o) == 0)
		rc = serve_mount(fs, o, keeper, tell);
	return end_parts(fs) != 0 ? 1 : rc;
}

/* In the background the parent waits; then the privileges are given up; and only then, because
 * threads survive no fork and take privileges each, the store is opened. */
static int run_daemon(struct fuse_args *args, const struct options *o)
{
	struct fs fs = { .options = { .settle_ms = (int64_t)o->settle * 1000,
				 .settle_max_ms = (int64_t)o->settle_max * 1000 },
		.mounted = 0 };
	struct keeper keeper = { -1, -1 };
	int tell = -1, rc = 1;
	int err;

	if (uninvited_new(o->readers, &fs.uninvited) != 0)
		return 2;
	err = digest_init();
	if (err != 0) {
		fprintf(stderr, _("custodyfs: the installed libgcrypt is too old.\n"));
		goto out;
	}
	/* Says itself which option it does not know */
	fs.session = fuse_session_new(args, &fs_ops, sizeof fs_ops, &fs);
	if (fs.session == NULL)
		goto out;
	(void)mutex_init(&fs.forget_lock);
	if (!o->foreground && (err = go_to_background(&tell)) != 0)
		fprintf(stderr, _("custodyfs: cannot go to the background: %s\n"), i18n_error(err));
	if (err == 0 && o->at != NULL)
		err = keeper_start(&keeper, fs.session, o->at, !o->foreground);
	if (err == 0 && (err = privilege_drop(o->uid, o->gid)) != 0)
		fprintf(stderr,
			_("custodyfs: the privileges that it was started with cannot be given up: "
			  "%s\n"),
			i18n_error(err));
	if (err == 0) {
		privilege_report();
		rc = open_and_serve(&fs, o, &keeper, tell);
	} else
		fuse_session_destroy(fs.session);
	keeper_end(&keeper);
out:
	uninvited_free(fs.uninvited);
	return rc;
}

/* For a service that cannot mount by itself. */
static int mount_for(struct fuse_args *args, const struct options *o)
{
	struct fuse_session *session = fuse_session_new(args, &fs_ops, sizeof fs_ops, NULL);
	int err;

	if (session == NULL)
		return 1;
	err = handover_give(o->mount_for, session, o->at);
	fuse_session_destroy(session);
	return err == 0 ? 0 : 1;
}

/* Unmounts what a daemon that has ended left; anything else that is mounted there stays. */
static int clear_mountpoint(const struct options *o)
{
	int err;

	if (o->store == NULL || o->mountpoint != NULL) {
		arguments_usage(stderr);
		return 2;
	}
	err = mountpoint_clear(o->store);
	if (err != 0)
		fprintf(stderr,
			_("custodyfs: what is left of a mount on %s cannot be removed: %s\n"),
			o->store, i18n_error(err));
	return err == 0 ? 0 : 1;
}

/* Opens what the daemon may not open once it has given up its privileges. */
static int open_early(struct options *o)
{
	if (o->key != NULL && (o->key_fd = open(o->key, O_RDONLY | O_CLOEXEC)) < 0) {
		fprintf(stderr,
			_("custodyfs: the signing key %s cannot be read: %s. If it lies elsewhere, "
			  "say so with the option key=FILE.\n"),
			o->key, i18n_error(errno));
		return 1;
	}
	if (o->log != NULL && !o->foreground &&
		(o->log_fd = open(o->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) {
		fprintf(stderr,
			_("custodyfs: the log %s cannot be written: %s. Name another file with the "
			  "option log=FILE.\n"),
			o->log, i18n_error(errno));
		return 1;
	}
	return 0;
}

/* Does what the arguments ask for. */
static int do_as_asked(struct fuse_args *args, struct options *o)
{
	int rc;

	if (o->help || o->version) {
		if (o->help)
			arguments_usage(stdout);
		else
			printf("custodyfs %s\n", CUSTODYFS_VERSION);
		return 0;
	}
	if (o->clear)
		return clear_mountpoint(o);
	rc = arguments_check(o);
	if (rc == 0 && o->mount_for == NULL)
		rc = open_early(o);
	if (rc == 0)
		rc = arguments_for_fuse(args, o);
	return rc != 0 ? rc : o->mount_for != NULL ? mount_for(args, o) : run_daemon(args, o);
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct options o;
	int rc = 2;

	if (fileio_standard() != 0)
		return 2;
	i18n_init();
	umask(0077);
	if (arguments_parse(&args, &o) == 0)
		rc = do_as_asked(&args, &o);
	fuse_opt_free_args(&args);
	arguments_free(&o);
	return rc;
}
