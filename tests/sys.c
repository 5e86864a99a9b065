/*
 * sys VERB ARG…: one system call, and its errno by name on standard output ("0" where it succeeds).
 * For tests: messages differ by language and program, errnos do not.  Flags are names joined by
 * commas.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *name;
	int value;
} names[] = {
	{ "O_RDONLY", O_RDONLY },
	{ "O_WRONLY", O_WRONLY },
	{ "O_RDWR", O_RDWR },
	{ "O_CREAT", O_CREAT },
	{ "O_EXCL", O_EXCL },
	{ "O_TRUNC", O_TRUNC },
	{ "O_APPEND", O_APPEND },
	{ "O_DIRECT", O_DIRECT },
	{ "KEEP_SIZE", FALLOC_FL_KEEP_SIZE },
	{ "PUNCH_HOLE", FALLOC_FL_PUNCH_HOLE },
	{ "ZERO_RANGE", FALLOC_FL_ZERO_RANGE },
	{ "COLLAPSE_RANGE", FALLOC_FL_COLLAPSE_RANGE },
	{ "INSERT_RANGE", FALLOC_FL_INSERT_RANGE },
	{ "NOREPLACE", RENAME_NOREPLACE },
	{ "EXCHANGE", RENAME_EXCHANGE },
	{ "WHITEOUT", RENAME_WHITEOUT },
	{ "R_OK", R_OK },
	{ "W_OK", W_OK },
	{ "X_OK", X_OK },
	{ "F_OK", F_OK },
	{ "0", 0 },
};

static int flags(const char *text)
{
	char copy[256];
	int all = 0;

	snprintf(copy, sizeof copy, "%s", text);
	for (char *save, *word = strtok_r(copy, ",", &save); word != NULL;
		word = strtok_r(NULL, ",", &save)) {
		size_t i = 0;

		while (i < sizeof names / sizeof names[0] && strcmp(names[i].name, word) != 0)
			i++;
		if (i == sizeof names / sizeof names[0]) {
			fprintf(stderr, "sys: no flag %s\n", word);
			exit(2);
		}
		all |= names[i].value;
	}
	return all;
}

static int result(int rc)
{
	return rc < 0 ? errno : 0;
}

static int do_open(char **a)
{
	int fd = open(a[0], flags(a[1]), 0644);

	return fd < 0 ? errno : result(close(fd));
}

static int do_write(char **a) /* path flags text */
{
	int fd = open(a[0], flags(a[1]), 0644);
	ssize_t n;

	if (fd < 0)
		return errno;
	n = write(fd, a[2], strlen(a[2]));
	if (n < 0)
		return errno;
	return result(close(fd));
}

static int do_read(char **a) /* path: all of it */
{
	char buffer[65536];
	int fd = open(a[0], O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return errno;
	while ((n = read(fd, buffer, sizeof buffer)) > 0)
		;
	return n < 0 ? errno : 0;
}

static int do_truncate(char **a)
{
	return result(truncate(a[0], atoll(a[1])));
}
static int do_mkdir(char **a)
{
	return result(mkdir(a[0], 0755));
}
static int do_rmdir(char **a)
{
	return result(rmdir(a[0]));
}
static int do_unlink(char **a)
{
	return result(unlink(a[0]));
}
static int do_link(char **a)
{
	return result(link(a[0], a[1]));
}
static int do_symlink(char **a)
{
	return result(symlink(a[0], a[1]));
}
static int do_mknod(char **a)
{
	return result(mknod(a[0], S_IFREG | 0644, 0));
}
static int do_mkfifo(char **a)
{
	return result(mkfifo(a[0], 0644));
}
static int do_stat(char **a)
{
	struct stat st;
	return result(stat(a[0], &st));
}
static int do_access(char **a)
{
	return result(access(a[0], flags(a[1])));
}
static int do_rename(char **a)
{
	return result(rename(a[0], a[1]));
}
static int do_rename2(char **a)
{
	return result(renameat2(AT_FDCWD, a[0], AT_FDCWD, a[1], (unsigned)flags(a[2])));
}
static int do_chmod(char **a)
{
	return result(chmod(a[0], (mode_t)strtol(a[1], NULL, 8)));
}
static int do_chown(char **a)
{
	return result(chown(a[0], (uid_t)atol(a[1]), (gid_t)atol(a[2])));
}
static int do_setxattr(char **a)
{
	return result(setxattr(a[0], a[1], a[2], strlen(a[2]), 0));
}
static int do_removexattr(char **a)
{
	return result(removexattr(a[0], a[1]));
}

static int do_getxattr(char **a)
{
	char value[65536];

	return result((int)getxattr(a[0], a[1], value, sizeof value));
}

static int do_utimens(char **a) /* path seconds */
{
	struct timespec ts[2] = { { .tv_sec = atol(a[1]) }, { .tv_sec = atol(a[1]) } };

	return result(utimensat(AT_FDCWD, a[0], ts, 0));
}

static int do_fallocate(char **a) /* path openflags mode offset length */
{
	int fd = open(a[0], flags(a[1]));

	return fd < 0 ? errno : result(fallocate(fd, flags(a[2]), atoll(a[3]), atoll(a[4])));
}

static int do_copy_range(char **a) /* from to */
{
	int in = open(a[0], O_RDONLY), out = open(a[1], O_WRONLY);

	if (in < 0 || out < 0)
		return errno;
	return result((int)copy_file_range(in, NULL, out, NULL, 65536, 0));
}

static int do_mmap_write(char **a) /* path: a byte through a shared writable mapping */
{
	int fd = open(a[0], O_RDWR);
	char *p;

	if (fd < 0)
		return errno;
	p = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	p[0] = 'x';
	return result(msync(p, 1, MS_SYNC));
}

static int do_map_after_close(
	char **a) /* path: a byte through a mapping that outlives its descriptor */
{
	int fd = open(a[0], O_RDWR);
	char *p;

	if (fd < 0)
		return errno;
	p = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || close(fd) != 0)
		return errno;
	p[0] = 'x';
	return result(munmap(p, 1));
}

static int do_seekdir(char **a) /* path: reads a folder, then goes back to places that it was told;
				   ESTALE where another name is there */
{
	DIR *d = opendir(a[0]);
	struct {
		long place;
		char name[256];
	} *seen = calloc(100000, sizeof *seen);
	struct dirent *e;
	size_t n = 0;
	int err = 0;

	if (d == NULL || seen == NULL)
		return errno;
	for (; n < 100000; n++) {
		seen[n].place = telldir(d);
		if ((e = readdir(d)) == NULL)
			break;
		snprintf(seen[n].name, sizeof seen[n].name, "%s", e->d_name);
	}
	for (size_t i = 0; i < n && i < 400 && err == 0; i++) {
		size_t j = i * 7919 % n; /* back and forth */

		seekdir(d, seen[j].place);
		e = readdir(d);
		err = e != NULL && strcmp(e->d_name, seen[j].name) == 0 ? 0 : ESTALE;
	}
	free(seen);
	closedir(d);
	return err;
}

/* path die|end: a new file of 1 MiB, written through a shared mapping alone after close(2); then
 * killed half way, or unmapped. */
static int do_map_write_after_close(char **a)
{
	size_t len = 1 << 20;
	int fd = open(a[0], O_RDWR | O_CREAT | O_EXCL, 0644);
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)len) != 0)
		return errno;
	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || close(fd) != 0)
		return errno;
	memset(p, 'x', len / 2);
	if (strcmp(a[1], "die") == 0)
		kill(getpid(), SIGKILL);
	memset(p, 'x', len);
	return result(munmap(p, len));
}

static int do_setflags(char **a) /* path openflags: chattr +i */
{
	int fd = open(a[0], flags(a[1])), value = FS_IMMUTABLE_FL;

	return fd < 0 ? errno : result(ioctl(fd, FS_IOC_SETFLAGS, &value));
}

static int do_fd_write(char **a) /* descriptor text: one that was inherited */
{
	return result((int)write(atoi(a[0]), a[1], strlen(a[1])));
}

static int do_pread(char **a) /* descriptor offset length */
{
	size_t len = (size_t)atoll(a[2]);
	char *buffer = malloc(len);
	int err = buffer == NULL ? errno : result((int)pread(atoi(a[0]), buffer, len, atoll(a[1])));

	free(buffer);
	return err;
}

static int do_splice(
	char **a) /* descriptor offset: what sendfile(2) and copies by programs come to */
{
	off_t at = atoll(a[1]);
	int p[2];

	return pipe(p) < 0 ? errno : result((int)splice(atoi(a[0]), &at, p[1], NULL, 4096, 0));
}

static int do_open_many(char **a) /* path count: the last one's errno */
{
	int err = 0;

	for (int i = 0; i < atoi(a[1]); i++) {
		int fd = open(a[0], O_RDONLY);

		err = fd < 0 ? errno : result(close(fd));
	}
	return err;
}

static int do_ctl(
	char **a) /* control file, request ("-": standard input); the answer on a line of its own */
{
	static char request[1 << 21], answer[1 << 20];
	size_t len = strcmp(a[1], "-") == 0 ? fread(request, 1, sizeof request, stdin)
					    : (size_t)snprintf(request, sizeof request, "%s", a[1]);
	int fd = open(a[0], O_RDWR);
	off_t at = 0;
	ssize_t n;

	if (fd < 0 || write(fd, request, len) < 0)
		return errno;
	while ((n = pread(fd, answer, sizeof answer, at)) > 0)
		at += (off_t)fwrite(answer, 1, (size_t)n, stdout);
	putchar('\n');
	return result((int)n);
}

static void on_bus(int sig)
{
	static const char name[] = "SIGBUS\n";

	(void)sig;
	_exit(write(STDOUT_FILENO, name, sizeof name - 1) < 0);
}

static int do_map_watch(char **a) /* path: touches a private mapping's first page until it is gone
				     (SIGBUS), ten seconds at most */
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int fd = open(a[0], O_RDONLY);
	volatile char *p = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		return errno;
	signal(SIGBUS, on_bus);
	(void)p[0];
	puts("mapped");
	fflush(stdout);
	for (int i = 0; i < 1000; i++) {
		nanosleep(&pause, NULL);
		(void)p[0];
	}
	return 0;
}

static const struct {
	const char *verb;
	int args;
	int (*fn)(char **);
} table[] = {
	{ "open", 2, do_open },
	{ "write", 3, do_write },
	{ "read", 1, do_read },
	{ "truncate", 2, do_truncate },
	{ "mkdir", 1, do_mkdir },
	{ "rmdir", 1, do_rmdir },
	{ "unlink", 1, do_unlink },
	{ "link", 2, do_link },
	{ "symlink", 2, do_symlink },
	{ "mknod", 1, do_mknod },
	{ "mkfifo", 1, do_mkfifo },
	{ "stat", 1, do_stat },
	{ "access", 2, do_access },
	{ "rename", 2, do_rename },
	{ "rename2", 3, do_rename2 },
	{ "chmod", 2, do_chmod },
	{ "chown", 3, do_chown },
	{ "setxattr", 3, do_setxattr },
	{ "removexattr", 2, do_removexattr },
	{ "getxattr", 2, do_getxattr },
	{ "utimens", 2, do_utimens },
	{ "fallocate", 5, do_fallocate },
	{ "copy-range", 2, do_copy_range },
	{ "mmap-write", 1, do_mmap_write },
	{ "map-after-close", 1, do_map_after_close },
	{ "seekdir", 1, do_seekdir },
	{ "setflags", 2, do_setflags },
	{ "map-write-after-close", 2, do_map_write_after_close },
	{ "fd-write", 2, do_fd_write },
	{ "pread", 3, do_pread },
	{ "splice", 2, do_splice },
	{ "open-many", 2, do_open_many },
	{ "ctl", 2, do_ctl },
	{ "map-watch", 1, do_map_watch },
};

int main(int argc, char **argv)
{
	int err;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (argc < 2 || strcmp(argv[1], table[i].verb) != 0)
			continue;
		if (argc - 2 != table[i].args) {
			fprintf(stderr, "sys: %s takes %d arguments\n", argv[1], table[i].args);
			return 2;
		}
		err = table[i].fn(argv + 2);
		puts(err == 0 ? "0" : strerrorname_np(err));
		return err != 0;
	}
	fprintf(stderr, "sys: no verb\n");
	return 2;
}
