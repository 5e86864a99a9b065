/* custodyfs STORE MOUNTPOINT: mounts a store. */
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include <errno.h>
#include <fcntl.h>
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
#include "fs/i18n.h"
#include "fs/ops.h"
#include "fs/reading.h"
#include "fs/refusal.h"
#include "fs/ticker.h"

#define MAX_THREADS 32
#define SETTLE_SECONDS 5
#define SETTLE_MAX_SECONDS 60

struct options {
	const char *store, *mountpoint, *key, *log;
	unsigned settle, settle_max;
	int foreground, debug, help, version;
};

#define OPTION(t, field) { t, offsetof(struct options, field), 1 }
static const struct fuse_opt specs[] = {
	{ "key=%s", offsetof(struct options, key), 0 },
	{ "log=%s", offsetof(struct options, log), 0 },
	{ "settle=%u", offsetof(struct options, settle), 0 },
	{ "settle_max=%u", offsetof(struct options, settle_max), 0 },
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
		return 1;
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
}

static int check(const struct options *o)
{
	struct stat st;

	if (o->store == NULL || o->mountpoint == NULL) {
		usage(stderr);
		return 2;
	}
	if (stat(o->mountpoint, &st) != 0 || !S_ISDIR(st.st_mode)) {
		fprintf(stderr, _("custodyfs: the mount point %s is not a folder. Make it with mkdir, then mount again.\n"), o->mountpoint);
		return 2;
	}
	return 0;
}

/* The parts of the mount, in the order in which they lean on each other. */
static int compose(struct fs *fs)
{
	int err = refusals_new(&fs->refusals);

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

/* The mount is up: lets the parent go, and the log to its file. */
static void mounted(const struct options *o, int tell)
{
	char path[4096];
	int null, log;

	if (tell < 0)
		return;
	snprintf(path, sizeof path, "%s/log", o->store);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	log = open(o->log != NULL ? o->log : path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
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

/* Serves until it is unmounted or told to end. */
static int serve(struct fs *fs, struct fuse_args *args, const struct options *o, int tell)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int rc = 1;

	fs->session = fuse_session_new(args, &fs_ops, sizeof fs_ops, fs);
	if (config == NULL || fs->session == NULL)
		goto out;
	if (fuse_set_signal_handlers(fs->session) != 0)
		goto out;
	if (fuse_session_mount(fs->session, o->mountpoint) != 0) {
		fprintf(stderr, _("custodyfs: %s cannot be mounted on. If something is mounted there already, unmount it first.\n"), o->mountpoint);
		goto unsignal;
	}
	/* Those that wait for the disk must not keep back the releases that others wait for. */
	fuse_loop_cfg_set_max_threads(config, MAX_THREADS);
	mounted(o, tell);
	rc = fuse_session_loop_mt(fs->session, config);
	fuse_session_unmount(fs->session);
	if (rc > 0)                     /* a signal told it to end: that is no failure */
		rc = 0;
unsignal:
	fuse_remove_signal_handlers(fs->session);
out:
	ticker_free(fs->ticker);        /* it speaks to the session */
	fs->ticker = NULL;
	if (fs->session != NULL)
		fuse_session_destroy(fs->session);
	fuse_loop_cfg_destroy(config);
	return rc == 0 ? 0 : 1;
}

static int run(struct fuse_args *args, const struct options *o)
{
	struct fs fs = { .options = { .settle_ms = (int64_t)o->settle * 1000, .settle_max_ms = (int64_t)o->settle_max * 1000 }, .mounted = 0 };
	struct event_time now;
	struct store_message m;
	int tell = -1, rc = 1;
	int err = digest_init();

	if (err != 0) {
		fprintf(stderr, _("custodyfs: the installed libgcrypt is too old.\n"));
		return 1;
	}
	if (!o->foreground && (err = go_to_background(&tell)) != 0) {
		fprintf(stderr, _("custodyfs: cannot go to the background: %s\n"), i18n_error(err));
		return 1;
	}
	/* Only after the fork: threads do not survive one. */
	err = store_open(o->store, STORE_WRITE, o->key, &fs.store, &m);
	if (err != 0) {
		fprintf(stderr, "custodyfs: %s\n", m.text[0] != '\0' ? m.text : i18n_error(err));
		return 1;
	}
	pthread_mutex_init(&fs.handle_lock, NULL);
	store_now(fs.store, &now);
	fs.mounted = now.wall;
	if (compose(&fs) == 0)
		rc = serve(&fs, args, o, tell);
	return take_down(&fs) != 0 ? 1 : rc;
}

/* Each open item costs descriptors: as many as the machine lets us have. */
static void raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* Everything but the words that were parsed. */
static int start(struct fuse_args *args, const struct options *o)
{
	int rc;

	if (o->help || o->version) {
		if (o->help)
			usage(stdout);
		else
			printf("custodyfs %s\n", CUSTODYFS_VERSION);
		return 0;
	}
	rc = check(o);
	if (rc != 0)
		return rc;
	if (fuse_opt_add_arg(args, "-osubtype=custodyfs,fsname=custodyfs,nosuid,nodev") != 0 || (geteuid() == 0 && fuse_opt_add_arg(args, "-oallow_other") != 0) ||
	    (o->debug && fuse_opt_add_arg(args, "-d") != 0))
		return 1;
	return run(args, o);
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct options o = { .settle = SETTLE_SECONDS, .settle_max = SETTLE_MAX_SECONDS };
	int rc = 2;

	i18n_init();
	umask(0077);
	raise_limits();
	if (fuse_opt_parse(&args, &o, specs, take_argument) == 0)
		rc = start(&args, &o);
	fuse_opt_free_args(&args);
	free((char *)o.store);
	free((char *)o.mountpoint);
	free((char *)o.key);
	free((char *)o.log);
	return rc;
}
