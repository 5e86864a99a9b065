/*
 * verbs STATE STORE MOUNT SOURCE: every verb that a client can try on an item, by everyone, against
 * the table below.  STATE is receiving, settling, sealed, settling-empty, sealed-empty, or
 * descriptor (by a granted reader's open descriptor).  The mount's options must make the state
 * last.
 *
 * A row states, for each state, what the item's depositor gets and what all others with a role get;
 * people who are not registered find nothing there.  After every cell the item's bytes in the
 * backing store, its label and its name must be what they were or, where the verb is allowed, what
 * the same verb makes of a plain file.  Prints a fact a row.  For root: it becomes each person in
 * turn.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define CONTENT_MAX (1 << 20)
#define MODE 0644
#define MTIME 1678757412 /* 2023-03-14 09:30:12 +08:00 */
#define PATH 1024

enum state { RECEIVING, SETTLING, SEALED, STATES };
enum effect { KEEPS, CONTENT, LABEL, MOVES, REMOVES }; /* what a verb does where it is allowed */

enum who { DEPOSITOR, OFFICER, CUSTODIAN, APPROVER, ADMIN, ROOT, STRANGER, PEOPLE };
static const struct {
	const char *name;
	uid_t uid;
} people[PEOPLE] = {
	{ "the depositor", 2017 },
	{ "another officer", 2031 },
	{ "the unit's custodian", 2022 },
	{ "an approver", 2041 },
	{ "an administrator", 2000 },
	{ "root", 0 },
	{ "a stranger", 2999 },
};

/* Folders that a rename may aim at, below by-unit. */
enum folder {
	SAME,
	OTHER_CASE,
	OTHER_DATE,
	OTHER_OFFICER,
	OTHER_DEVICE,
	OTHER_UNIT,
	DATE_ITSELF,
	FOLDERS
};
static const char *const folders[FOLDERS] = {
	"中都所/WS00017/083017/2023-03-14/未立案",
	"中都所/WS00017/083017/2023-03-14/汶市监立〔2023〕47号",
	"中都所/WS00017/083017/2023-03-13/未立案",
	"中都所/WS00017/083022/2023-03-14/未立案",
	"中都所/WS00018/083017/2023-03-14/未立案",
	"稽查大队/WS00023/083031/2023-03-14/未立案",
	"中都所/WS00017/083017/2023-03-14",
};

static struct {
	const char *name, *store, *mount; /* name: of the state, and what items' names begin with */
	enum state state;
	bool empty;
	char source[CONTENT_MAX]; /* what is copied in */
	size_t source_len;
	int made, failed;
} all;

/* The item under test. */
static struct {
	char path[PATH], blob[PATH];
	bool there;
	struct stat label;
	char want[CONTENT_MAX];
	size_t want_len;
	pid_t writer; /* who holds it open while it is received */
	int go;       /* closing this lets the writer close */
} it;

static char target[PATH]; /* where a rename or a link aims */
static char other[PATH];  /* another item of the depositor's, same folder; the custodian's own where
			     the custodian tries */
static char settled[PATH]; /* one that is sealed for good */
static int granted;        /* the granted reader's descriptor */

static void die(const char *what)
{
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

static int result(long rc)
{
	return rc < 0 ? errno : 0;
}

static void in_folder(char out[PATH], enum folder f, const char *name)
{
	snprintf(out, PATH, "%s/by-unit/%s/%s", all.mount, folders[f], name);
}

/* The verbs.  Each gives 0 or an errno, and works on it.path or on the descriptor. */

static int opened(int flags, int (*then)(int fd, int arg), int arg)
{
	int fd = open(it.path, flags, MODE);

	if (fd < 0)
		return errno;
	arg = then(fd, arg);
	return close(fd) < 0 && arg == 0 ? errno : arg;
}

static int nothing(int fd, int arg)
{
	(void)fd, (void)arg;
	return 0;
}
static int fd_write(int fd, int arg)
{
	(void)arg;
	return result(write(fd, "tampered", 8));
}
static int fd_pwrite(int fd, int at)
{
	return result(pwrite(fd, "tampered", 8, at));
}
static int fd_truncate(int fd, int size)
{
	return result(ftruncate(fd, size));
}
static int fd_allocate(int fd, int mode)
{
	return result(fallocate(fd, mode, 60000, 70000));
}
static int fd_read(int fd, int arg)
{
	char c[64];
	(void)arg;
	return result(read(fd, c, sizeof c));
}
static int fd_setflags(int fd, int arg)
{
	(void)arg;
	int v = FS_IMMUTABLE_FL;
	return result(ioctl(fd, FS_IOC_SETFLAGS, &v));
}
static int fd_clearflags(int fd, int arg)
{
	(void)arg;
	int v = 0;
	return result(ioctl(fd, FS_IOC_SETFLAGS, &v));
}
static int fd_fssetxattr(int fd, int arg)
{
	(void)arg;
	struct fsxattr x = { .fsx_xflags = FS_XFLAG_IMMUTABLE };
	return result(ioctl(fd, FS_IOC_FSSETXATTR, &x));
}

static int fd_copy_range(int fd, int arg)
{
	off_t from = 0, to = 10000;
	int in = open(it.path, O_RDONLY), err;

	(void)arg;
	if (in < 0)
		return errno;
	err = result(copy_file_range(in, &from, fd, &to, 64, 0));
	close(in);
	return err;
}

static int fd_clone(int fd, int arg)
{
	int in = open(it.path, O_RDONLY), err;

	(void)arg;
	if (in < 0)
		return errno;
	err = result(ioctl(fd, FICLONE, in));
	close(in);
	return err;
}

static int fd_splice(int fd, int arg)
{
	int p[2], err;

	(void)arg;
	if (pipe(p) != 0 || write(p[1], "tampered", 8) != 8)
		return EPIPE;
	err = result(splice(p[0], NULL, fd, NULL, 8, 0));
	close(p[0]);
	close(p[1]);
	return err;
}

static int fd_map(int fd, int arg)
{
	struct stat st;
	char *p;

	(void)arg;
	if (fstat(fd, &st) != 0 || (st.st_size == 0 && ftruncate(fd, 64) != 0))
		return errno;
	p = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	memcpy(p, "tampered", 8);
	return result(msync(p, 64, MS_SYNC) | munmap(p, 64));
}

/* A mapping made for reading, then made writable. */
static int fd_remap(int fd, int arg)
{
	char *p = mmap(NULL, 64, PROT_READ, MAP_SHARED, fd, 0);

	(void)arg;
	return p == MAP_FAILED ? errno : result(mprotect(p, 64, PROT_READ | PROT_WRITE));
}

static int v_open(int flags)
{
	return opened(flags, nothing, 0);
}
static int v_write(int flags)
{
	return opened(O_WRONLY | flags, fd_write, 0);
}
static int v_pwrite(int at)
{
	return opened(O_WRONLY, fd_pwrite, at);
}
static int v_truncate(int size)
{
	return result(truncate(it.path, size));
}
static int v_ftruncate(int size)
{
	return opened(O_RDWR, fd_truncate, size);
}
static int v_fallocate(int mode)
{
	return opened(O_RDWR, fd_allocate, mode);
}
static int v_copy_range(int arg)
{
	return opened(O_WRONLY, fd_copy_range, arg);
}
static int v_clone(int arg)
{
	return opened(O_WRONLY, fd_clone, arg);
}
static int v_splice(int arg)
{
	return opened(O_WRONLY, fd_splice, arg);
}
static int v_map(int arg)
{
	return opened(O_RDWR, fd_map, arg);
}
static int v_setflags(int arg)
{
	return opened(O_RDONLY, fd_setflags, arg);
}
static int v_fssetxattr(int arg)
{
	return opened(O_RDONLY, fd_fssetxattr, arg);
}
static int v_read(int arg)
{
	return opened(O_RDONLY, fd_read, arg);
}

/* Through a descriptor that only names the file. */
static int v_reopen(int flags)
{
	char link[64];
	int path = open(it.path, O_PATH), fd;

	if (path < 0)
		return errno;
	snprintf(link, sizeof link, "/proc/self/fd/%d", path);
	fd = open(link, flags);
	return fd < 0 ? errno : result(close(fd));
}

static int v_tmpfile(int arg)
{
	char folder[PATH];

	(void)arg;
	in_folder(folder, SAME, "");
	return result(open(folder, O_TMPFILE | O_RDWR, MODE));
}

static int v_rename(int folder)
{
	(void)folder;
	return result(rename(it.path, target));
}
static int v_rename_flags(int flags)
{
	return result(renameat2(AT_FDCWD, it.path, AT_FDCWD, target, (unsigned)flags));
}
static int v_rename_over(int flags)
{
	return result(renameat2(AT_FDCWD, it.path, AT_FDCWD, other, (unsigned)flags));
}
static int v_rename_over_settled(int flags)
{
	return result(renameat2(AT_FDCWD, it.path, AT_FDCWD, settled, (unsigned)flags));
}
static int v_other_over(int flags)
{
	return result(renameat2(AT_FDCWD, other, AT_FDCWD, it.path, (unsigned)flags));
}
static int v_settled_over(int flags)
{
	return result(renameat2(AT_FDCWD, settled, AT_FDCWD, it.path, (unsigned)flags));
}
static int v_rename_itself(int arg)
{
	(void)arg;
	return result(rename(it.path, it.path));
}

static int v_rename_folder(int folder)
{
	char from[PATH], to[PATH + 8];

	in_folder(from, (enum folder)folder, "");
	from[strlen(from) - 1] = '\0';
	snprintf(to, sizeof to, "%s-x", from);
	return result(rename(from, to));
}

static int v_rename_onto_folder(int arg)
{
	char to[PATH];

	(void)arg;
	in_folder(to, OTHER_CASE, "");
	return result(rename(it.path, to));
}

static int v_rename_bad(int length)
{
	char to[PATH], name[NAME_MAX + 2];

	memset(name, 'x', sizeof name);
	name[length > 0 ? length : 3] = '\0';
	if (length == 0)
		name[1] = ':';
	in_folder(to, SAME, name);
	return result(rename(it.path, to));
}

static int v_link(int arg)
{
	(void)arg;
	return result(link(it.path, target));
}
static int v_symlink(int arg)
{
	(void)arg;
	return result(symlink(it.path, target));
}
static int v_mknod(int type)
{
	return result(mknod(target, (mode_t)(type | MODE), 0));
}
static int v_unlink(int arg)
{
	(void)arg;
	return result(unlink(it.path));
}
static int v_rmdir(int arg)
{
	(void)arg;
	return result(rmdir(it.path));
}
static int v_mkdir(int arg)
{
	(void)arg;
	return result(mkdir(target, 0755));
}

static int v_rmdir_folder(int folder)
{
	char path[PATH];

	in_folder(path, (enum folder)folder, "");
	return result(rmdir(path));
}

static int v_link_descriptor(int arg)
{
	char link[64];
	int fd = open(it.path, O_PATH);

	(void)arg;
	if (fd < 0)
		return errno;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return result(linkat(AT_FDCWD, link, AT_FDCWD, target, AT_SYMLINK_FOLLOW));
}

static int v_chmod(int mode)
{
	return result(chmod(it.path, (mode_t)mode));
}
static int v_chown(int uid)
{
	return result(chown(it.path, (uid_t)uid, (gid_t)uid));
}

static const struct timespec times[][2] = {
	{ { .tv_sec = 1000 }, { .tv_sec = 1000 } },
	{ { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_NOW } },
	{ { .tv_sec = MTIME }, { .tv_sec = MTIME } },
	{ { .tv_sec = 1000 }, { .tv_nsec = UTIME_OMIT } },
};
enum { TIMES_SET, TIMES_NOW, TIMES_SAME, TIMES_ACCESS };
static int v_utimens(int which)
{
	return result(utimensat(AT_FDCWD, it.path, times[which], 0));
}

enum { NOTE, NEW, OURS, MADE_UP, ACL };
static const char *const attrs[] = { "user.note", "user.new", "user.custody.state",
	"user.custody.made-up", "system.posix_acl_access" };
static int v_setxattr(int which)
{
	return result(setxattr(it.path, attrs[which], "tampered", 8, 0));
}
static int v_removexattr(int which)
{
	return result(removexattr(it.path, attrs[which]));
}

static int v_stat(int arg)
{
	(void)arg;
	struct stat st;
	return result(stat(it.path, &st));
}
static int v_access(int mode)
{
	return result(access(it.path, mode));
}
static int v_getxattr(int arg)
{
	(void)arg;
	char v[256];
	return result(getxattr(it.path, "user.custody.state", v, sizeof v));
}

static int v_readdir(int arg)
{
	char folder[PATH];
	struct dirent *e;
	DIR *d;

	(void)arg;
	in_folder(folder, SAME, "");
	d = opendir(folder);
	if (d == NULL)
		return errno;
	while ((e = readdir(d)) != NULL && strcmp(e->d_name, strrchr(it.path, '/') + 1) != 0)
		;
	closedir(d);
	return e != NULL ? 0 : ENOENT;
}

struct row {
	const char *name;
	int (*fn)(int arg);
	int arg;
	enum effect effect;
	const char *mine[STATES], *others[STATES];
	bool if_empty; /* a settling file that is still empty: its depositor may, as while it was
			  received */
	const char *custodian; /* while it is received, where the custodian of the unit gets
				  something else */
	int folder;            /* where `target` is */
};

/* What is expected, by state: to the depositor; to others with a role, who see nothing until it is
 * sealed.  EOPNOTSUPP is ENOTSUP's number. */
#define ALIKE(e)        \
	{               \
		e, e, e \
	}
#define HIDDEN_THEN(e)         \
	{                      \
		"ENOENT", e, e \
	}
#define ALL(e) ALIKE(e), HIDDEN_THEN(e), .if_empty = false
#define BESIDE(e) ALIKE(e), ALIKE(e), .if_empty = false
#define TO_CONTENT { "0", "EPERM", "EPERM" }, HIDDEN_THEN("EPERM"), .if_empty = true
#define UNSUPPORTED { "EOPNOTSUPP", "EPERM", "EPERM" }, HIDDEN_THEN("EPERM"), .if_empty = true
#define TO_LABEL { "0", "0", "EPERM" }, HIDDEN_THEN("EPERM"), .if_empty = false
#define TO_ATTRIBUTE { "0", "0", "EOPNOTSUPP" }, HIDDEN_THEN("EOPNOTSUPP"), .if_empty = false
#define TO_READ { "0", "EACCES", "EACCES" }, HIDDEN_THEN("EACCES"), .if_empty = false
#define IOCTL { "EPERM", "EACCES", "EACCES" }, HIDDEN_THEN("EACCES"), .if_empty = false
#define REPLACES \
	{ "EEXIST|EPERM", "EEXIST|EPERM", "EPERM" }, HIDDEN_THEN("EPERM"), .if_empty = false
#define REPLACED                                                                           \
	{ "EEXIST|EPERM", "EEXIST|EPERM", "EPERM" }, { "EEXIST|EPERM", "EPERM", "EPERM" }, \
		.if_empty = false
/* who does not see the item tries to make one of its name: the custodian may deposit here, the
 * others may not */
#define OR_MAKES(e) { "EACCES", e, e }, .custodian = "EEXIST"

static const struct row rows[] = {
	{ "open O_WRONLY", v_open, O_WRONLY, KEEPS, TO_CONTENT },
	{ "open O_RDWR", v_open, O_RDWR, KEEPS, TO_CONTENT },
	{ "open O_WRONLY|O_APPEND", v_open, O_WRONLY | O_APPEND, KEEPS, TO_CONTENT },
	{ "open O_WRONLY|O_DIRECT", v_open, O_WRONLY | O_DIRECT, KEEPS, TO_CONTENT },
	{ "open O_WRONLY|O_TRUNC", v_open, O_WRONLY | O_TRUNC, CONTENT, TO_CONTENT },
	{ "open O_RDWR|O_TRUNC", v_open, O_RDWR | O_TRUNC, CONTENT, TO_CONTENT },
	{ "open O_RDONLY|O_TRUNC", v_open, O_RDONLY | O_TRUNC, CONTENT, TO_CONTENT },
	{ "open O_WRONLY|O_CREAT|O_TRUNC", v_open, O_WRONLY | O_CREAT | O_TRUNC, CONTENT,
		{ "0", "EPERM", "EPERM" }, OR_MAKES("EPERM"), .if_empty = true },
	{ "open O_WRONLY|O_CREAT|O_EXCL", v_open, O_WRONLY | O_CREAT | O_EXCL, KEEPS,
		ALIKE("EEXIST"), OR_MAKES("EEXIST") },
	{ "open O_RDONLY|O_CREAT", v_open, O_RDONLY | O_CREAT, KEEPS, { "0", "EACCES", "EACCES" },
		OR_MAKES("EACCES") },
	{ "open O_PATH, then O_RDWR through it", v_reopen, O_RDWR, KEEPS, TO_CONTENT },
	{ "open O_PATH, then O_RDONLY|O_TRUNC through it", v_reopen, O_RDONLY | O_TRUNC, CONTENT,
		TO_CONTENT },
	{ "open O_PATH, then O_RDONLY through it", v_reopen, O_RDONLY, KEEPS, TO_READ },
	{ "open O_TMPFILE beside it", v_tmpfile, 0, KEEPS, BESIDE("EOPNOTSUPP|EPERM") },
	{ "write at the start", v_write, 0, CONTENT, TO_CONTENT },
	{ "write with O_APPEND", v_write, O_APPEND, CONTENT, TO_CONTENT },
	{ "write after O_TRUNC", v_write, O_TRUNC, CONTENT, TO_CONTENT },
	{ "pwrite in the middle", v_pwrite, 65533, CONTENT, TO_CONTENT },
	{ "pwrite past the end", v_pwrite, 300000, CONTENT, TO_CONTENT },
	{ "splice into it", v_splice, 0, CONTENT, TO_CONTENT },
	{ "copy_file_range into it", v_copy_range, 0, CONTENT, TO_CONTENT },
	{ "FICLONE into it", v_clone, 0, KEEPS, UNSUPPORTED },
	{ "a shared writable mapping", v_map, 0, CONTENT, TO_CONTENT },
	{ "truncate to nothing", v_truncate, 0, CONTENT, TO_CONTENT },
	{ "truncate shorter", v_truncate, 100, CONTENT, TO_CONTENT },
	{ "truncate longer", v_truncate, 400000, CONTENT, TO_CONTENT },
	{ "ftruncate to nothing", v_ftruncate, 0, CONTENT, TO_CONTENT },
	{ "ftruncate longer", v_ftruncate, 400000, CONTENT, TO_CONTENT },
	{ "fallocate", v_fallocate, 0, CONTENT, TO_CONTENT },
	{ "fallocate KEEP_SIZE", v_fallocate, FALLOC_FL_KEEP_SIZE, CONTENT, TO_CONTENT },
	{ "fallocate PUNCH_HOLE", v_fallocate, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, CONTENT,
		TO_CONTENT },
	{ "fallocate ZERO_RANGE", v_fallocate, FALLOC_FL_ZERO_RANGE, CONTENT, TO_CONTENT },
	{ "fallocate ZERO_RANGE|KEEP_SIZE", v_fallocate, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
		CONTENT, TO_CONTENT },
	{ "fallocate COLLAPSE_RANGE", v_fallocate, FALLOC_FL_COLLAPSE_RANGE, KEEPS, UNSUPPORTED },
	{ "fallocate INSERT_RANGE", v_fallocate, FALLOC_FL_INSERT_RANGE, KEEPS, UNSUPPORTED },

	{ "rename to a free name", v_rename, 0, MOVES, TO_LABEL },
	{ "rename NOREPLACE to a free name", v_rename_flags, RENAME_NOREPLACE, MOVES, TO_LABEL },
	{ "rename to another case of the same date", v_rename, 0, MOVES, TO_LABEL,
		.folder = OTHER_CASE },
	{ "rename to another date", v_rename, 0, MOVES, ALL("EPERM"), .folder = OTHER_DATE },
	{ "rename to another officer's folder", v_rename, 0, MOVES, ALL("EPERM"),
		.folder = OTHER_OFFICER },
	{ "rename to another device's folder", v_rename, 0, MOVES, ALL("EPERM"),
		.folder = OTHER_DEVICE },
	{ "rename to another unit's folder", v_rename, 0, MOVES, ALL("EPERM"),
		.folder = OTHER_UNIT },
	{ "rename out of the case folder", v_rename, 0, MOVES, ALL("EPERM"),
		.folder = DATE_ITSELF },
	{ "rename EXCHANGE with a free name", v_rename_flags, RENAME_EXCHANGE, KEEPS,
		ALL("ENOENT") },
	{ "rename WHITEOUT to a free name", v_rename_flags, RENAME_WHITEOUT, KEEPS,
		ALL("EINVAL|EPERM") },
	{ "rename over another", v_rename_over, 0, KEEPS, REPLACES },
	{ "rename over a settled one", v_rename_over_settled, 0, KEEPS, REPLACES },
	{ "rename another over it", v_other_over, 0, KEEPS, REPLACED },
	{ "rename a settled one over it", v_settled_over, 0, KEEPS, REPLACED },
	{ "rename NOREPLACE over another", v_rename_over, RENAME_NOREPLACE, KEEPS, ALL("EEXIST") },
	{ "rename EXCHANGE with another", v_rename_over, RENAME_EXCHANGE, KEEPS, REPLACES },
	{ "rename EXCHANGE with a settled one", v_rename_over_settled, RENAME_EXCHANGE, KEEPS,
		REPLACES },
	{ "rename EXCHANGE another with it", v_other_over, RENAME_EXCHANGE, KEEPS, REPLACES },
	{ "rename over itself", v_rename_itself, 0, KEEPS, ALL("0") },
	{ "rename onto a folder", v_rename_onto_folder, 0, KEEPS, ALL("EISDIR|ENOTDIR") },
	{ "rename to a name that cannot be used", v_rename_bad, 0, KEEPS,
		{ "EINVAL", "EINVAL", "EINVAL|EPERM" }, HIDDEN_THEN("EINVAL|EPERM"),
		.if_empty = false },
	{ "rename to a name of 256 bytes", v_rename_bad, 256, KEEPS, ALIKE("ENAMETOOLONG"),
		ALIKE("ENAMETOOLONG|ENOENT|EPERM"), .if_empty = false },
	{ "rename its case folder", v_rename_folder, SAME, KEEPS, BESIDE("EPERM") },
	{ "rename its date folder", v_rename_folder, DATE_ITSELF, KEEPS, BESIDE("EPERM") },

	{ "link", v_link, 0, KEEPS, ALL("EPERM") },
	{ "link in another case", v_link, 0, KEEPS, ALL("EPERM"), .folder = OTHER_CASE },
	{ "link through O_PATH", v_link_descriptor, 0, KEEPS, ALL("EPERM") },
	{ "symlink to it", v_symlink, 0, KEEPS, BESIDE("EPERM") },
	{ "mknod of a file beside it", v_mknod, S_IFREG, KEEPS, BESIDE("EPERM") },
	{ "mknod of a pipe beside it", v_mknod, S_IFIFO, KEEPS, BESIDE("EPERM") },
	{ "mknod of a socket beside it", v_mknod, S_IFSOCK, KEEPS, BESIDE("EPERM") },
	{ "mkdir beside it", v_mkdir, 0, KEEPS, BESIDE("EPERM") },
	{ "unlink", v_unlink, 0, REMOVES, TO_LABEL },
	{ "rmdir of it", v_rmdir, 0, KEEPS, ALL("ENOTDIR") },
	{ "rmdir of its case folder", v_rmdir_folder, SAME, KEEPS, ALIKE("ENOTEMPTY"),
		ALIKE("ENOTEMPTY|EACCES"), .if_empty = false },
	{ "rmdir of its date folder", v_rmdir_folder, DATE_ITSELF, KEEPS, ALIKE("ENOTEMPTY"),
		ALIKE("ENOTEMPTY|EACCES"), .if_empty = false },

	{ "chmod 0444", v_chmod, 0444, LABEL, TO_LABEL },
	{ "chmod 04777", v_chmod, 04777, LABEL, TO_LABEL },
	{ "chmod to what stands", v_chmod, MODE, KEEPS, ALL("0") },
	{ "chown", v_chown, 2031, LABEL, TO_LABEL },
	{ "chown to what stands", v_chown, 2017, KEEPS, ALL("0") },
	{ "chown of nothing", v_chown, -1, KEEPS, ALL("0") },
	{ "utimensat", v_utimens, TIMES_SET, LABEL, TO_LABEL },
	{ "utimensat UTIME_NOW", v_utimens, TIMES_NOW, LABEL, TO_LABEL },
	{ "utimensat to what stands", v_utimens, TIMES_SAME, KEEPS, ALL("0") },
	{ "utimensat of the access time", v_utimens, TIMES_ACCESS, LABEL, TO_LABEL },
	{ "setxattr of a client's own that stands", v_setxattr, NOTE, LABEL, TO_ATTRIBUTE },
	{ "setxattr of a client's own", v_setxattr, NEW, LABEL, TO_ATTRIBUTE },
	{ "setxattr user.custody.state", v_setxattr, OURS, KEEPS, ALL("EOPNOTSUPP") },
	{ "setxattr of a policy attribute that does not exist", v_setxattr, MADE_UP, KEEPS,
		ALL("EOPNOTSUPP") },
	{ "setxattr of an ACL", v_setxattr, ACL, KEEPS, ALL("EOPNOTSUPP") },
	{ "removexattr of a client's own", v_removexattr, NOTE, LABEL, TO_ATTRIBUTE },
	{ "removexattr user.custody.state", v_removexattr, OURS, KEEPS, ALL("EOPNOTSUPP") },
	{ "ioctl FS_IOC_SETFLAGS", v_setflags, 0, KEEPS, IOCTL },
	{ "ioctl FS_IOC_FSSETXATTR", v_fssetxattr, 0, KEEPS, IOCTL },

	{ "open O_RDONLY", v_open, O_RDONLY, KEEPS, TO_READ },
	{ "read", v_read, 0, KEEPS, TO_READ },
	{ "stat", v_stat, 0, KEEPS, ALL("0") },
	{ "readdir", v_readdir, 0, KEEPS, ALL("0") },
	{ "getxattr of its state", v_getxattr, 0, KEEPS, ALL("0") },
	{ "access F_OK", v_access, F_OK, KEEPS, ALL("0") },
	{ "access R_OK", v_access, R_OK, KEEPS, TO_READ },
	{ "access W_OK", v_access, W_OK, KEEPS, { "0", "EPERM|EACCES", "EPERM|EACCES" },
		HIDDEN_THEN("EPERM|EACCES"), .if_empty = true },
	{ "access X_OK", v_access, X_OK, KEEPS, ALL("EACCES") },
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Runs fn as a person, in a process of its own; 255 where it died. */
static int run_as(uid_t uid, int (*fn)(int), int arg)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		alarm(30);
		if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
			setresuid(uid, uid, uid) != 0)
			_exit(254);
		_exit(fn(arg));
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static const char *error_name(int err)
{
	const char *name = err == 0 ? "0" : strerrorname_np(err);

	return name != NULL ? name : "a death";
}

/* Whether the errno is one of "A|B". */
static bool expected(const char *want, int err)
{
	const char *name = error_name(err);
	size_t len = strlen(name), n;

	for (; *want != '\0'; want += n + (want[n] == '|')) {
		n = strcspn(want, "|");
		if (n == len && strncmp(want, name, n) == 0)
			return true;
	}
	return false;
}

static size_t slurp(const char *path, char out[CONTENT_MAX])
{
	int fd = open(path, O_RDONLY);
	size_t got = 0;
	ssize_t n;

	if (fd < 0)
		return SIZE_MAX;
	while (got < CONTENT_MAX && (n = read(fd, out + got, CONTENT_MAX - got)) > 0)
		got += (size_t)n;
	close(fd);
	return got;
}

/* What the depositor does: copies the source in, and holds it open until told otherwise. */
static struct {
	int ready, go;
} copier;

static int copy_in(int hold)
{
	const struct timespec at[2] = { { .tv_sec = MTIME }, { .tv_sec = MTIME } };
	int fd = open(it.path, O_RDWR | O_CREAT | O_EXCL, MODE);
	size_t len = all.empty ? 0 : all.source_len;
	char c;

	if (fd < 0 || fchmod(fd, MODE) != 0 || write(fd, all.source, len) != (ssize_t)len ||
		fsetxattr(fd, attrs[NOTE], "1", 1, 0) != 0 || futimens(fd, at) != 0)
		return errno;
	if (hold) {
		alarm(0);
		if (write(copier.ready, "", 1) != 1 || read(copier.go, &c, 1) < 0)
			return errno;
	}
	return result(close(fd));
}

static char state_wanted[32];

static int has_state(int arg)
{
	char value[64] = "";

	(void)arg;
	return getxattr(it.path, "user.custody.state", value, sizeof value - 1) >= 0 &&
			strcmp(value, state_wanted) == 0
		? 0
		: EAGAIN;
}

/* The kernel tells of the last close a moment after it. */
static void wait_for_state(void)
{
	const struct timespec moment = { .tv_nsec = 2000000 };

	snprintf(state_wanted, sizeof state_wanted, "%s",
		all.state == RECEIVING          ? "receiving"
			: all.state == SETTLING ? "sealed settling"
						: "sealed");
	for (int i = 0; i < 2500; i++) {
		if (run_as(people[DEPOSITOR].uid, has_state, 0) == 0)
			return;
		nanosleep(&moment, NULL);
	}
	errno = ETIME;
	die("an item comes into the state to be tested");
}

static char id_text[32];
static int id_pipe;

static int tell_id(int arg)
{
	char value[32];
	ssize_t n = getxattr(it.path, "user.custody.id", value, sizeof value);

	(void)arg;
	return n < 0 ? errno : result(write(id_pipe, value, (size_t)n));
}

/* Where the item's bytes are. */
static void find_blob(void)
{
	int64_t id;
	int p[2];
	ssize_t n;

	if (pipe(p) != 0)
		die("pipe");
	id_pipe = p[1];
	errno = run_as(people[DEPOSITOR].uid, tell_id, 0);
	if (errno != 0)
		die("an item tells its id");
	n = read(p[0], id_text, sizeof id_text - 1);
	id_text[n > 0 ? n : 0] = '\0';
	id = strtoll(id_text, NULL, 10);
	snprintf(it.blob, sizeof it.blob, "%s/blob/%06" PRId64 "/%03" PRId64 "/%012" PRId64,
		all.store, id / 1000000, id / 1000 % 1000, id);
	close(p[0]);
	close(p[1]);
}

static int stat_pipe;

static int tell_label(int arg)
{
	struct stat st = { .st_ino = 0 };
	char note[8] = "";
	int err = result(stat(it.path, &st));

	(void)arg;
	(void)!getxattr(it.path, attrs[NOTE], note, sizeof note - 1);
	st.st_dev = (dev_t)(note[0] == '1' && note[1] == '\0' &&
		getxattr(it.path, attrs[NEW], NULL, 0) <
			0); /* carries whether the attributes are untouched */
	memset(&st.st_atim, 0, sizeof st.st_atim);
	return write(stat_pipe, &st, sizeof st) == sizeof st ? err : EPIPE;
}

/* The label as the depositor sees it. */
static int read_label(struct stat *out)
{
	int p[2], err;

	if (pipe(p) != 0)
		die("pipe");
	stat_pipe = p[1];
	err = run_as(people[DEPOSITOR].uid, tell_label, 0);
	if (read(p[0], out, sizeof *out) != sizeof *out)
		die("a label is read");
	close(p[0]);
	close(p[1]);
	return err;
}

static pid_t start_writer(void)
{
	int ready[2], go[2];
	pid_t pid;
	char c;

	if (pipe(ready) != 0 || pipe(go) != 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		close(go[1]);
		copier.ready = ready[1];
		copier.go = go[0];
		_exit(run_as(people[DEPOSITOR].uid, copy_in, 1));
	}
	close(ready[1]);
	close(go[0]);
	if (read(ready[0], &c, 1) != 1)
		die("a deposit is under way");
	close(ready[0]);
	it.go = go[1];
	return pid;
}

static void make_item(const char *name)
{
	in_folder(it.path, SAME, name);
	it.there = true;
	it.want_len = all.empty ? 0 : all.source_len;
	memcpy(it.want, all.source, it.want_len);
	if (all.state == RECEIVING)
		it.writer = start_writer();
	else if ((errno = run_as(people[DEPOSITOR].uid, copy_in, 0)) != 0)
		die("an item is copied in");
	wait_for_state();
	find_blob();
	if (read_label(&it.label) != 0)
		die("an item has a label");
}

static void fresh_item(void)
{
	char name[64];

	snprintf(name, sizeof name, "%.20s-%05d.bin", all.name, all.made++);
	make_item(name);
}

/* Lets the writer close; true where that went well. */
static bool finish_item(void)
{
	int status = 0;

	it.there = false;
	if (it.writer == 0)
		return true;
	close(it.go);
	if (waitpid(it.writer, &status, 0) != it.writer)
		die("waitpid");
	it.writer = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool content_is(void)
{
	static char got[CONTENT_MAX];
	size_t len = slurp(it.blob, got);

	return len == it.want_len && memcmp(got, it.want, len) == 0;
}

/* Does the same verb to a plain file, for what its content is then; its errno. */
static int on_plain_file(const struct row *r)
{
	char shadow[PATH], path[PATH];
	int fd, err;

	snprintf(shadow, sizeof shadow, "%s/../plain.XXXXXX",
		all.store); /* on the same file system */
	fd = mkstemp(shadow);
	if (fd < 0 || write(fd, it.want, it.want_len) != (ssize_t)it.want_len)
		die("a plain file");
	close(fd);
	snprintf(path, sizeof path, "%s", it.path);
	snprintf(it.path, sizeof it.path, "%s", shadow);
	err = r->fn(r->arg);
	snprintf(it.path, sizeof it.path, "%s", path);
	it.want_len = slurp(shadow, it.want);
	unlink(shadow);
	return err;
}

static int is_free(int arg)
{
	struct stat st;

	(void)arg;
	return stat(it.path, &st) == 0 ? EEXIST : errno == ENOENT ? 0 : errno;
}

/* What is wrong after a verb that was refused, or that changes nothing: NULL where nothing is. */
static const char *check_untouched(void)
{
	struct stat now;

	if (read_label(&now) != 0)
		return "the item is not there any more";
	if (memcmp(&now, &it.label, sizeof now) != 0)
		return "its label has changed";
	return content_is() ? NULL : "its content has changed";
}

/* What is wrong after one that was allowed. */
static const char *check_done(const struct row *r)
{
	struct stat now;

	if (r->effect == MOVES || r->effect == REMOVES) {
		if (run_as(people[DEPOSITOR].uid, is_free, 0) != 0)
			return "its old name is still taken";
		if (r->effect == MOVES) {
			snprintf(it.path, sizeof it.path, "%s", target);
			if (read_label(&now) != 0 || now.st_ino != it.label.st_ino)
				return "it is not under its new name";
		}
	}
	if (!finish_item())
		return "its writer's close failed";
	return content_is() ? NULL : "its content is not what the verb makes of a plain file";
}

static const char *wanted(const struct row *r, enum who who)
{
	if (who >= ROOT)
		return "ENOENT";
	if (who == DEPOSITOR)
		return r->mine[all.empty && r->if_empty && all.state == SETTLING ? RECEIVING
										 : all.state];
	return who == CUSTODIAN && r->custodian != NULL && all.state == RECEIVING
		? r->custodian
		: r->others[all.state];
}

/* One cell; true where it is as it should be. */
static bool cell(const struct row *r, enum who who, char *said, size_t cap)
{
	const char *want = wanted(r, who), *wrong;
	char name[64];
	int err;

	if (!it.there)
		fresh_item();
	snprintf(name, sizeof name, "%.20s-free-%05d", all.name, all.made++);
	in_folder(target, (enum folder)r->folder, name);
	in_folder(other, SAME,
		who == CUSTODIAN              ? "custodians.bin"
			: all.state == SEALED ? "settled.bin"
					      : "other.bin");
	err = run_as(people[who].uid, r->fn, r->arg);
	if (err == 0 && r->effect == CONTENT && strcmp(want, "0") == 0)
		(void)on_plain_file(r);
	else if (err == EOPNOTSUPP && r->effect == CONTENT && strcmp(want, "0") == 0 &&
		on_plain_file(r) == EOPNOTSUPP)
		want = "EOPNOTSUPP"; /* the backing file system has no such thing */
	wrong = err == 0 && r->effect != KEEPS ? check_done(r) : check_untouched();
	if (err == 0 && r->effect != KEEPS && it.there)
		(void)finish_item();
	if (expected(want, err) && wrong == NULL)
		return true;
	if (it.there)
		(void)finish_item(); /* whatever it is now, the next cell starts anew */
	snprintf(said, cap, "by %s: wanted %s, got %s%s%s", people[who].name, want, error_name(err),
		wrong != NULL ? ", and " : "", wrong != NULL ? wrong : "");
	return false;
}

static void run_row(const struct row *r)
{
	char said[PEOPLE][256];
	unsigned wrong = 0;

	for (enum who who = 0; who < PEOPLE; who++)
		if (!cell(r, who, said[wrong], sizeof said[wrong]))
			wrong++;
	printf("%s - %s: %s\n", wrong == 0 ? "ok" : "not ok", all.name, r->name);
	for (unsigned i = 0; i < wrong; i++)
		printf("#   %s\n", said[i]);
	all.failed += wrong != 0;
}

/* What a reader's descriptor, opened under a grant, may do. */

static int fd_chmod(int fd, int mode)
{
	return result(fchmod(fd, (mode_t)mode));
}
static int fd_chown(int fd, int uid)
{
	return result(fchown(fd, (uid_t)uid, (gid_t)uid));
}
static int fd_times(int fd, int which)
{
	return result(futimens(fd, times[which]));
}
static int fd_setxattr(int fd, int which)
{
	return result(fsetxattr(fd, attrs[which], "tampered", 8, 0));
}
static int fd_removexattr(int fd, int which)
{
	return result(fremovexattr(fd, attrs[which]));
}

static int fd_reopen(int fd, int flags)
{
	char link[64];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return result(open(link, flags));
}

static int fd_link(int fd, int arg)
{
	char link[64];

	(void)arg;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return result(linkat(AT_FDCWD, link, AT_FDCWD, target, AT_SYMLINK_FOLLOW));
}

static const struct {
	const char *name;
	int (*fn)(int fd, int arg);
	int arg;
	const char *want;
} by_fd[] = {
	{ "read", fd_read, 0, "0" },
	{ "write", fd_write, 0, "EBADF" },
	{ "pwrite", fd_pwrite, 0, "EBADF" },
	{ "ftruncate", fd_truncate, 0, "EINVAL|EBADF" },
	{ "fallocate", fd_allocate, 0, "EBADF" },
	{ "fallocate PUNCH_HOLE", fd_allocate, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		"EBADF" },
	{ "copy_file_range into it", fd_copy_range, 0, "EBADF" },
	{ "FICLONE into it", fd_clone, 0, "EBADF" },
	{ "splice into it", fd_splice, 0, "EBADF" },
	{ "a shared writable mapping", fd_map, 0, "EACCES" },
	{ "a shared mapping made writable", fd_remap, 0, "EACCES|ENODEV" },
	{ "fchmod", fd_chmod, 0444, "EPERM" },
	{ "fchmod to what stands", fd_chmod, MODE, "0" },
	{ "fchown", fd_chown, 2031, "EPERM" },
	{ "futimens", fd_times, TIMES_SET, "EPERM" },
	{ "futimens UTIME_NOW", fd_times, TIMES_NOW, "EPERM" },
	{ "fsetxattr", fd_setxattr, NEW, "EOPNOTSUPP" },
	{ "fremovexattr", fd_removexattr, NOTE, "EOPNOTSUPP" },
	{ "ioctl FS_IOC_SETFLAGS immutable", fd_setflags, 0, "EPERM" },
	{ "ioctl FS_IOC_SETFLAGS none", fd_clearflags, 0, "EPERM" },
	{ "ioctl FS_IOC_FSSETXATTR", fd_fssetxattr, 0, "EPERM" },
	{ "open O_RDWR through it", fd_reopen, O_RDWR, "EPERM" },
	{ "open O_RDONLY|O_TRUNC through it", fd_reopen, O_RDONLY | O_TRUNC, "EPERM" },
	{ "linkat through it", fd_link, 0, "EPERM" },
};
#define BY_FD (sizeof by_fd / sizeof by_fd[0])

static int by_descriptor(int row)
{
	granted = open(it.path, O_RDONLY);
	return granted < 0 ? 253 : by_fd[row].fn(granted, by_fd[row].arg);
}

static void try_descriptors(enum who who)
{
	in_folder(target, SAME, "linked.bin");
	for (size_t i = 0; i < BY_FD; i++) {
		int err = run_as(people[who].uid, by_descriptor, (int)i);
		const char *wrong = check_untouched();
		bool good = expected(by_fd[i].want, err) && wrong == NULL;

		printf("%s - sealed, by a reading descriptor of %s: %s\n", good ? "ok" : "not ok",
			people[who].name, by_fd[i].name);
		if (!good)
			printf("#   wanted %s, got %s; %s\n", by_fd[i].want, error_name(err),
				wrong != NULL ? wrong : "nothing has changed");
		all.failed += !good;
	}
}

/* The one item that all of the sealed state is tried on, made by an earlier run. */
static void take_item(const char *name)
{
	in_folder(it.path, SAME, name);
	it.there = true;
	it.want_len = all.source_len;
	memcpy(it.want, all.source, it.want_len);
	find_blob();
	if (read_label(&it.label) != 0)
		die("the item is there");
}

int main(int argc, char **argv)
{
	bool descriptors;

	if (argc != 5) {
		fprintf(stderr, "Usage: verbs STATE STORE MOUNT SOURCE\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	all.name = argv[1];
	all.store = argv[2];
	all.mount = argv[3];
	all.source_len = slurp(argv[4], all.source);
	if (all.source_len == SIZE_MAX)
		die(argv[4]);
	descriptors = strcmp(argv[1], "descriptor") == 0;
	all.state = strncmp(argv[1], "receiving", 9) == 0 ? RECEIVING
		: strncmp(argv[1], "settling", 8) == 0    ? SETTLING
							  : SEALED;
	all.empty = strstr(argv[1], "-empty") != NULL;
	in_folder(settled, SAME, "settled.bin");
	if (descriptors) {
		take_item("sealed.bin");
		try_descriptors(OFFICER);
		try_descriptors(DEPOSITOR);
		return all.failed != 0;
	}
	if (strcmp(argv[1], "sealed") == 0)
		make_item("sealed.bin");
	for (size_t i = 0; i < ROWS; i++)
		run_row(&rows[i]);
	(void)finish_item();
	return all.failed != 0;
}
