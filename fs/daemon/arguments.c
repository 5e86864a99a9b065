#include "fs/daemon/arguments.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fs/daemon/mountpoint.h"
#include "fs/daemon/owner.h"
#include "fs/store/base/i18n.h"

#define MAX_OPEN 1024
#define SETTLE_SECONDS 5
#define SETTLE_MAX_SECONDS 60
#define SETTLE_LONGEST 86400 /* more is taken for a mistake */

#define OPTION(t, field)                              \
	{                                             \
		t, offsetof(struct options, field), 1 \
	}
#define DISCARD(t) FUSE_OPT_KEY(t, FUSE_OPT_KEY_DISCARD)
static const struct fuse_opt specs[] = { { "key=%s", offsetof(struct options, key), 0 },
	{ "log=%s", offsetof(struct options, log), 0 },
	{ "readers=%s", offsetof(struct options, readers), 0 },
	{ "settle=%s", offsetof(struct options, settle_text), 0 },
	{ "settle_max=%s", offsetof(struct options, settle_max_text), 0 },
	{ "max_open=%s", offsetof(struct options, max_open_text), 0 },
	{ "user=%s", offsetof(struct options, user), 0 },
	{ "handover=%s", offsetof(struct options, handover), 0 },
	{ "--mount-for=%s", offsetof(struct options, mount_for), 0 }, OPTION("--clear", clear),
	OPTION("nonempty", nonempty), OPTION("allow_other", allow_other),
	FUSE_OPT_KEY("allow_other", FUSE_OPT_KEY_KEEP),
	/* options for mount(8) and systemd, which not all callers remove */
	DISCARD("auto"), DISCARD("noauto"), DISCARD("user"), DISCARD("nouser"), DISCARD("users"),
	DISCARD("owner"), DISCARD("group"), DISCARD("_netdev"), DISCARD("nofail"),
	DISCARD("defaults"), DISCARD("comment="), OPTION("-f", foreground),
	OPTION("--foreground", foreground), OPTION("-d", debug), OPTION("-h", help),
	OPTION("--help", help), OPTION("-V", version), OPTION("--version", version), FUSE_OPT_END };

/* The first two words that are no options are the store and the mount point. */
static int take_argument(void *data, const char *arg, int key, struct fuse_args *out)
{
	struct options *o = data;

	(void)out;
	if (key != FUSE_OPT_KEY_NONOPT)
		return strncmp(arg, "x-", 2) != 0; /* x-systemd.… is for systemd */
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

void arguments_usage(FILE *to)
{
	fprintf(to,
		_("Usage: custodyfs STORE MOUNTPOINT [-f] [-o OPTION,…]\n"
		  "Mounts a store of evidence, made with mkfs.custodyfs.\n\n"
		  "  -f                    stay in the foreground; the log goes to standard error\n"
		  "  -o key=FILE           the signing key, where it is kept outside the store\n"
		  "  -o log=FILE           where the log goes in the background (default "
		  "STORE/log)\n"
		  "  -o settle=SECONDS     how long after a copy its name and times may still be "
		  "put right (default %d)\n"
		  "  -o settle_max=SECONDS the hard end of that, however often they are put right "
		  "(default %d)\n"
		  "  -o allow_other        let all users in (on by default when root mounts); who "
		  "may do what is the register's affair\n"
		  "  --version, --help\n\nUnmount with: fusermount3 -u MOUNTPOINT (or umount, as "
		  "root)\n"),
		SETTLE_SECONDS, SETTLE_MAX_SECONDS);
	fprintf(to,
		_("\nStarted by root it runs as the store's owner, with no more rights than it "
		  "needs.\n"
		  "  -o user=USER          whom it runs as; it must be the owner\n"
		  "  -o max_open=N         how many items one user may have open at once (default "
		  "%d; 0: any number)\n"
		  "  -o nonempty           mount on a folder that holds something, which is then "
		  "hidden\n"
		  "  -o handover=SOCKET    for services: wait until custodyfs --mount-for=SOCKET "
		  "STORE MOUNTPOINT mounts for it\n"
		  "  --clear MOUNTPOINT    unmount what a daemon that has died left mounted, and "
		  "nothing else\n"),
		MAX_OPEN);
	fputs(_("\nThumbnailers and indexers are given no content.\n"
		"  -o readers=FILE       more programs that are given none, or (with ! before the "
		"name) that are all the same\n"),
		to);
}

int arguments_descriptor(const struct options *o)
{
	int fd = -1, end = 0;

	return o->mountpoint != NULL && sscanf(o->mountpoint, "/dev/fd/%d%n", &fd, &end) == 1 &&
			o->mountpoint[end] == '\0'
		? fd
		: -1;
}

/* An option's whole text as a number: "5m" is not 5.  Without a text *out keeps its value. */
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

/* Parses numeric options, and says what is wrong.  `settle` is bounded, or every deposit would stay
 * revocable. */
static bool read_numbers(struct options *o)
{
	bool soon = read_number(o->settle_text, SETTLE_LONGEST, &o->settle) &&
		read_number(o->settle_max_text, SETTLE_LONGEST, &o->settle_max);
	bool opens = read_number(o->max_open_text, UINT_MAX, &o->max_open);

	if (!soon)
		fprintf(stderr,
			_("custodyfs: settle and settle_max are seconds, from 0 to %d. Give "
			  "another number, or leave the options out.\n"),
			SETTLE_LONGEST);
	if (!opens)
		fputs(_("custodyfs: max_open is a number of items, 0 for any number. Give another, "
			"or leave the option out.\n"),
			stderr);
	return soon && opens;
}

/* Whether a path is the folder or lies below it. */
static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 &&
		(path[len] == '\0' || path[len] == '/' || strcmp(folder, "/") == 0);
}

/* A mount that hides its own store would wait for itself. */
static int check_apart(const struct options *o)
{
	char *store = realpath(o->store, NULL);
	bool apart = store == NULL || (!is_below(o->at, store) && !is_below(store, o->at));

	if (!apart)
		fprintf(stderr,
			_("custodyfs: the mount point %s and the store %s lie one in the other, so "
			  "the mount would hide the store from itself. Mount it on another "
			  "folder.\n"),
			o->at, store);
	free(store);
	return apart ? 0 : 1;
}

int arguments_check(struct options *o)
{
	int rc = 0;

	if (o->store == NULL || (o->mountpoint == NULL && o->handover == NULL)) {
		arguments_usage(stderr);
		return 2;
	}
	if (!read_numbers(o))
		return 2;
	if (o->mount_for == NULL)
		rc = owner_choose(o->store, o->user, &o->uid, &o->gid);
	if (rc == 0 && o->handover == NULL && arguments_descriptor(o) < 0)
		rc = mountpoint_check(o->mountpoint, o->nonempty, &o->at);
	return rc == 0 && o->at != NULL ? check_apart(o) : rc;
}

/* Root lets all users in; others may where /etc/fuse.conf allows it. */
static int add_allow_other(struct fuse_args *args, const struct options *o)
{
	if (geteuid() == 0 || mountpoint_allow_other())
		return o->allow_other || fuse_opt_add_arg(args, "-oallow_other") == 0 ? 0 : 1;
	fprintf(stderr,
		o->allow_other
			? _("custodyfs: letting other users in (allow_other) needs a line "
			    "user_allow_other in /etc/fuse.conf. Ask root to add it, or have root "
			    "mount the store.\n")
			: _("custodyfs: nobody but you can use this mount. To let others in, ask "
			    "root to add the line user_allow_other to /etc/fuse.conf, and mount "
			    "again; or have root mount the store.\n"));
	return o->allow_other ? 1 : 0;
}

/* The source is the store, as in fstab, so that mount -a knows what is mounted already. */
int arguments_for_fuse(struct fuse_args *args, const struct options *o)
{
	char *list = NULL, *source = NULL, *arg = NULL;
	int rc = 1;

	if (asprintf(&source, "fsname=%s", o->store) >= 0 &&
		fuse_opt_add_opt_escaped(&list, source) == 0 &&
		asprintf(&arg, "-osubtype=custodyfs,nosuid,nodev,%s", list) >= 0 &&
		fuse_opt_add_arg(args, arg) == 0)
		rc = o->debug && fuse_opt_add_arg(args, "-d") != 0;
	free(arg);
	free(source);
	free(list);
	return rc == 0 && o->at != NULL ? add_allow_other(args, o) : rc;
}

/* Each open item costs up to two descriptors: as many as the machine lets us have, and of them no
 * more than half for one uid.  How many items that is. */
static unsigned raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return MAX_OPEN;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	return files.rlim_max / 4 < MAX_OPEN ? (unsigned)(files.rlim_max / 4) : MAX_OPEN;
}

int arguments_parse(struct fuse_args *args, struct options *o)
{
	*o = (struct options){ .settle = SETTLE_SECONDS,
		.settle_max = SETTLE_MAX_SECONDS,
		.max_open = raise_limits(),
		.key_fd = -1,
		.log_fd = -1 };
	return fuse_opt_parse(args, o, specs, take_argument) == 0 ? 0 : -1;
}

void arguments_free(struct options *o)
{
	char *words[] = {
		(char *)o->store,
		(char *)o->mountpoint,
		(char *)o->key,
		(char *)o->log,
		(char *)o->user,
		(char *)o->handover,
		(char *)o->mount_for,
		(char *)o->readers,
		(char *)o->settle_text,
		(char *)o->settle_max_text,
		(char *)o->max_open_text,
		o->at,
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		free(words[i]);
}
