/* custodyfs STORE MOUNTPOINT: mounts a store. */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/ctl.h"
#include "fs/deposit.h"
#include "fs/finder.h"
#include "fs/fs.h"
#include "fs/handover.h"
#include "fs/i18n.h"
#include "fs/keeper.h"
#include "fs/mountpoint.h"
#include "fs/opens.h"
#include "fs/ops.h"
#include "fs/owner.h"
#include "fs/privilege.h"
#include "fs/reading.h"
#include "fs/refusal.h"
#include "fs/store/fileio.h"
#include "fs/ticker.h"
#include "fs/uninvited.h"

#define MAX_THREADS 32
#define MAX_OPEN 1024           /* items that one uid may have open at once */
#define SETTLE_SECONDS 5
#define SETTLE_MAX_SECONDS 60
#define SETTLE_LONGEST 86400    /* that someone may have meant */

struct options {
	const char *store, *mountpoint, *key, *log, *user, *handover, *mount_for, *readers;
	const char *settle_text, *settle_max_text, *max_open_text;      /* as they were written; NULL: not given */
	unsigned settle, settle_max, max_open;
	int foreground, debug, help, version, nonempty, allow_other, clear;
	uid_t uid;                      /* whom it runs as */
	gid_t gid;
	int key_fd, log_fd;             /* opened with the privileges of who started it; -1: not */
	char *at;                       /* the mount point's absolute path */
};

#define OPTION(t, field) { t, offsetof(struct options, field), 1 }
#define DISCARD(t) FUSE_OPT_KEY(t, FUSE_OPT_KEY_DISCARD)
static const struct fuse_opt specs[] = {
	{ "key=%s", offsetof(struct options, key), 0 },
	{ "log=%s", offsetof(struct options, log), 0 },
	{ "readers=%s", offsetof(struct options, readers), 0 },
	{ "settle=%s", offsetof(struct options, settle_text), 0 },
	{ "settle_max=%s", offsetof(struct options, settle_max_text), 0 },
	{ "max_open=%s", offsetof(struct options, max_open_text), 0 },
	{ "user=%s", offsetof(struct options, user), 0 },
	{ "handover=%s", offsetof(struct options, handover), 0 },
	{ "--mount-for=%s", offsetof(struct options, mount_for), 0 },
	OPTION("--clear", clear), OPTION("nonempty", nonempty), OPTION("allow_other", allow_other), FUSE_OPT_KEY("allow_other", FUSE_OPT_KEY_KEEP),
	/* mount(8)'s and systemd's, which their callers do not always take out */
	DISCARD("auto"), DISCARD("noauto"), DISCARD("user"), DISCARD("nouser"), DISCARD("users"), DISCARD("owner"), DISCARD("group"),
	DISCARD("_netdev"), DISCARD("nofail"), DISCARD("defaults"), DISCARD("comment="),
	OPTION("-f", foreground), OPTION("--foreground", foreground),
	OPTION("-d", debug), OPTION("-h", help), OPTION("--help", help), OPTION("-V", version), OPTION("--version", version),
	FUSE_OPT_END
};

/* The first two words that are no options are the store and the mount point. */
static int take_argument(void *data, const char *arg, int key, struct fuse_args *out)
{
	struct options *o = data;

	(void)out;
	if (key != FUSE_OPT_KEY_NONOPT)
		return strncmp(arg, "x-", 2) != 0;      /* x-systemd.… are not for us */
	if (o->store == NULL)
		o->store = strdup(arg);
	else if (o->mountpoint == NULL)
		o->mountpoint = strdup(arg);
	else {
		fprintf(stderr, _("custodyfs: one argument too many: %s\n"), arg);
		return -1;
	}
	return 0;
}

static void usage(FILE *to)
{
	fprintf(to, _("Usage: custodyfs STORE MOUNTPOINT [-f] [-o OPTION,…]\n"
		      "Mounts a store of evidence, made with mkfs.custodyfs.\n\n"
		      "  -f                    stay in the foreground; the log goes to standard error\n"
		      "  -o key=FILE           the signing key, where it is kept outside the store\n"
		      "  -o log=FILE           where the log goes in the background (default STORE/log)\n"
		      "  -o settle=SECONDS     how long after a copy its name and times may still be put right (default %d)\n"
		      "  -o settle_max=SECONDS the hard end of that, however often they are put right (default %d)\n"
		      "  -o allow_other        let all users in (on by default when root mounts); who may do what is the register's affair\n"
		      "  --version, --help\n\nUnmount with: fusermount3 -u MOUNTPOINT (or umount, as root)\n"), SETTLE_SECONDS, SETTLE_MAX_SECONDS);
	fprintf(to, _("\nStarted by root it runs as the store's owner, with no more rights than it needs.\n"
		"  -o user=USER          whom it runs as; it must be the owner\n"
		"  -o max_open=N         how many items one user may have open at once (default %d; 0: any number)\n"
		"  -o nonempty           mount on a folder that holds something, which is then hidden\n"
		"  -o handover=SOCKET    for services: wait until custodyfs --mount-for=SOCKET STORE MOUNTPOINT mounts for it\n"
		"  --clear MOUNTPOINT    unmount what a daemon that has died left mounted, and nothing else\n"), MAX_OPEN);
	fputs(_("\nThumbnailers and indexers are given no content.\n"
		"  -o readers=FILE       more programs that are given none, or (with ! before the name) that are all the same\n"), to);
}

/* A mount that was made before, and whose descriptor was left open for us (mount.fuse3's drop_privileges). */
static int given_descriptor(const struct options *o)
{
	int fd = -1, end = 0;

	return o->mountpoint != NULL && sscanf(o->mountpoint, "/dev/fd/%d%n", &fd, &end) == 1 && o->mountpoint[end] == '\0' ? fd : -1;
}

/* All of an option's text as a number: "5m" is not 5.  What was not given stays as it is. */
static bool read_number(const char *text, unsigned most, unsigned *out)
{
	unsigned long long n;
	char *end;

	if (text == NULL)
		return true;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n > most)
		return false;
	*out = (unsigned)n;
	return true;
}

/* Whether all are numbers that someone may have meant; a window without an end would be one in which everything can be taken back.  Says so where not. */
static bool read_numbers(struct options *o)
{
	bool soon = read_number(o->settle_text, SETTLE_LONGEST, &o->settle) && read_number(o->settle_max_text, SETTLE_LONGEST, &o->settle_max);
	bool opens = read_number(o->max_open_text, UINT_MAX, &o->max_open);

	if (!soon)
		fprintf(stderr, _("custodyfs: settle and settle_max are seconds, from 0 to %d. Give another number, or leave the options out.\n"), SETTLE_LONGEST);
	if (!opens)
		fputs(_("custodyfs: max_open is a number of items, 0 for any number. Give another, or leave the option out.\n"), stderr);
	return soon && opens;
}

/* Whether a path is the folder or lies below it. */
static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '\0' || path[len] == '/' || strcmp(folder, "/") == 0);
}

/* A store that its own mount hides would wait for itself. */
static int check_apart(const struct options *o)
{
	char *store = realpath(o->store, NULL);
	bool apart = store == NULL || (!is_below(o->at, store) && !is_below(store, o->at));

	if (!apart)
		fprintf(stderr, _("custodyfs: the mount point %s and the store %s lie one in the other, so the mount would hide the store from itself. Mount it on another folder.\n"),
			o->at, store);
	free(store);
	return apart ? 0 : 1;
}

/* Where, and as whom: 0, or the exit status. */
static int check(struct options *o)
{
	int rc = 0;

	if (o->store == NULL || (o->mountpoint == NULL && o->handover == NULL)) {
		usage(stderr);
		return 2;
	}
	if (!read_numbers(o))
		return 2;
	if (o->mount_for == NULL)
		rc = owner_choose(o->store, o->user, &o->uid, &o->gid);
	if (rc == 0 && o->handover == NULL && given_descriptor(o) < 0)
		rc = mountpoint_check(o->mountpoint, o->nonempty, &o->at);
	return rc == 0 && o->at != NULL ? check_apart(o) : rc;
}

/* Root lets all in; others may where the machine's owner said so. */
static int add_allow_other(struct fuse_args *args, const struct options *o)
{
	if (geteuid() == 0 || mountpoint_allow_other())
		return o->allow_other || fuse_opt_add_arg(args, "-oallow_other") == 0 ? 0 : 1;
	fprintf(stderr, o->allow_other ? _("custodyfs: letting other users in (allow_other) takes a line user_allow_other in /etc/fuse.conf. Ask root to add it, or have root mount the store.\n") :
		_("custodyfs: nobody but you can use this mount. To let others in, ask root to add the line user_allow_other to /etc/fuse.conf, and mount again; or have root mount the store.\n"));
	return o->allow_other ? 1 : 0;
}

/* What libfuse is to mount with.  The source is the store, as in fstab, so that mount -a knows what is mounted already. */
static int add_options(struct fuse_args *args, const struct options *o)
{
	char *list = NULL, *source = NULL, *arg = NULL;
	int rc = 1;

	if (asprintf(&source, "fsname=%s", o->store) >= 0 && fuse_opt_add_opt_escaped(&list, source) == 0 &&
	    asprintf(&arg, "-osubtype=custodyfs,nosuid,nodev,%s", list) >= 0 && fuse_opt_add_arg(args, arg) == 0)
		rc = o->debug && fuse_opt_add_arg(args, "-d") != 0;
	free(arg);
	free(source);
	free(list);
	return rc == 0 && o->at != NULL ? add_allow_other(args, o) : rc;
}

/* The parts of the mount, in the order in which they lean on each other. */
static int compose(struct fs *fs, const struct options *o)
{
	int err = refusals_new(&fs->refusals);

	if (err == 0)
		err = opens_new(o->max_open, &fs->opens);
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

static int take_down(struct fs *fs)
{
	int err;

	ticker_free(fs->ticker);
	if (fs->store != NULL && fs->readings != NULL)
		ops_end(fs);
	if (fs->refusals != NULL && fs->store != NULL)
		refusals_flush(fs, true);
	finder_free(fs->finder);
	deposits_free(fs->deposits);
	readings_free(fs->readings);
	ctls_free(fs->ctls);
	opens_free(fs->opens);
	refusals_free(fs->refusals);
	err = store_close(fs->store);
	if (err != 0)
		fprintf(stderr, _("custodyfs: the last events could not be written: %s. The next mount makes up for them.\n"), i18n_error(err));
	return err == 0 ? 0 : 1;
}

/* In the background the parent waits until the mount is up, so that "mount, then use it" works, and its exit status tells of an error. */
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

/* From here on it ends by itself; who is told twice is not to be broken off in the middle. */
static void end_in_order(void)
{
	static const int asks[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
		(void)signal(asks[i], SIG_IGN);
	handover_notify("STOPPING=1");
}

/* The mount is up: lets the parent go, and the log to its file. */
static void mounted(const struct options *o, int tell)
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

/* The descriptor of the mount: given, handed over, or had by the keeper. */
static int get_mount(struct fs *fs, const struct options *o, struct keeper *keeper, int *fd)
{
	int err = 0;

	*fd = given_descriptor(o);
	if (o->handover != NULL) {
		err = handover_wait(o->handover, fs->session, fd);
		if (err != 0 && err != EINTR)
			fprintf(stderr, _("custodyfs: the mount cannot be handed over at %s: %s\n"), o->handover, i18n_error(err));
	} else if (*fd < 0) {
		err = keeper_mount(keeper, fd);
		if (err != 0)
			fprintf(stderr, _("custodyfs: %s cannot be mounted on. If something is mounted there already, unmount it first.\n"), o->at);
	}
	return err;
}

/* Serves until it is unmounted or told to end. */
static int serve(struct fs *fs, const struct options *o, struct keeper *keeper, int tell)
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
	mounted(o, tell);
	rc = fuse_session_loop_mt(fs->session, config);
	if (rc > 0)                     /* a signal told it to end: that is no failure */
		rc = 0;
unsignal:
	fuse_remove_signal_handlers(fs->session);
	end_in_order();
out:
	ticker_free(fs->ticker);        /* it speaks to the session */
	fs->ticker = NULL;
	fuse_session_destroy(fs->session);
	fs->session = NULL;
	keeper_end(keeper);             /* the folder is free before the store is */
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
	if (compose(fs, o) == 0)
		rc = serve(fs, o, keeper, tell);
	return take_down(fs) != 0 ? 1 : rc;
}

/* In the background the parent waits; then the privileges are given up; and only then, because threads survive no fork and take privileges each, the store is opened. */
static int run(struct fuse_args *args, const struct options *o)
{
	struct fs fs = { .options = { .settle_ms = (int64_t)o->settle * 1000, .settle_max_ms = (int64_t)o->settle_max * 1000 }, .mounted = 0 };
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
	fs.session = fuse_session_new(args, &fs_ops, sizeof fs_ops, &fs);       /* says itself which option it does not know */
	if (fs.session == NULL)
		goto out;
	pthread_mutex_init(&fs.handle_lock, NULL);
	pthread_mutex_init(&fs.forget_lock, NULL);
	if (!o->foreground && (err = go_to_background(&tell)) != 0)
		fprintf(stderr, _("custodyfs: cannot go to the background: %s\n"), i18n_error(err));
	if (err == 0 && o->at != NULL)
		err = keeper_start(&keeper, fs.session, o->at, !o->foreground);
	if (err == 0 && (err = privilege_drop(o->uid, o->gid)) != 0)
		fprintf(stderr, _("custodyfs: the privileges of who started it cannot be given up: %s\n"), i18n_error(err));
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

/* Each open item costs up to two descriptors: as many as the machine lets us have, and of them no more than half for one uid.  How many items that is. */
static unsigned raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return MAX_OPEN;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	return files.rlim_max / 4 < MAX_OPEN ? (unsigned)(files.rlim_max / 4) : MAX_OPEN;
}

/* Unmounts what a daemon that has ended left; anything else that is mounted there stays. */
static int clear(const struct options *o)
{
	int err;

	if (o->store == NULL || o->mountpoint != NULL) {
		usage(stderr);
		return 2;
	}
	err = mountpoint_clear(o->store);
	if (err != 0)
		fprintf(stderr, _("custodyfs: what is left of a mount on %s cannot be taken away: %s\n"), o->store, i18n_error(err));
	return err == 0 ? 0 : 1;
}

/* What only who started it may open. */
static int open_early(struct options *o)
{
	if (o->key != NULL && (o->key_fd = open(o->key, O_RDONLY | O_CLOEXEC)) < 0) {
		fprintf(stderr, _("custodyfs: the signing key %s cannot be read: %s. If it lies elsewhere, say so with the option key=FILE.\n"), o->key, i18n_error(errno));
		return 1;
	}
	if (o->log != NULL && !o->foreground && (o->log_fd = open(o->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) {
		fprintf(stderr, _("custodyfs: the log %s cannot be written: %s. Name another file with the option log=FILE.\n"), o->log, i18n_error(errno));
		return 1;
	}
	return 0;
}

/* Everything but the words that were parsed. */
static int start(struct fuse_args *args, struct options *o)
{
	int rc;

	if (o->help || o->version) {
		if (o->help)
			usage(stdout);
		else
			printf("custodyfs %s\n", CUSTODYFS_VERSION);
		return 0;
	}
	if (o->clear)
		return clear(o);
	rc = check(o);
	if (rc == 0 && o->mount_for == NULL)
		rc = open_early(o);
	if (rc == 0)
		rc = add_options(args, o);
	return rc != 0 ? rc : o->mount_for != NULL ? mount_for(args, o) : run(args, o);
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct options o = { .settle = SETTLE_SECONDS, .settle_max = SETTLE_MAX_SECONDS, .key_fd = -1, .log_fd = -1 };
	int rc = 2;

	if (fileio_standard() != 0)
		return 2;
	i18n_init();
	umask(0077);
	o.max_open = raise_limits();
	if (fuse_opt_parse(&args, &o, specs, take_argument) == 0)
		rc = start(&args, &o);
	fuse_opt_free_args(&args);
	free((char *)o.store);
	free((char *)o.mountpoint);
	free((char *)o.key);
	free((char *)o.log);
	free((char *)o.user);
	free((char *)o.handover);
	free((char *)o.mount_for);
	free(o.at);
	free((char *)o.readers);
	free((char *)o.settle_text);
	free((char *)o.settle_max_text);
	free((char *)o.max_open_text);
	return rc;
}
