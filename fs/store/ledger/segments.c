/* Segment files: names, descriptors, growth and cutting back. */
#include "fs/store/ledger/segments.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"
#include "fs/store/ledger/ledger.h"

#define FOLDER "segment"
#define DIGITS 16
#define OPEN_MAX_OLD 64 /* descriptors kept open for older segments */

static void file_name(uint64_t first, char out[SEGMENT_NAME])
{
	snprintf(out, SEGMENT_NAME, "%0*" PRIu64, DIGITS, first);
}

void segments_name(const struct segments *s, size_t index, char out[SEGMENT_NAME])
{
	snprintf(out, SEGMENT_NAME, FOLDER "/%0*" PRIu64, DIGITS, s->list[index].first);
}

static bool parse_name(const char *name, uint64_t *first)
{
	uint64_t value = 0;

	for (size_t i = 0; i < DIGITS; i++) {
		if (name[i] < '0' || name[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(name[i] - '0');
	}
	*first = value;
	return name[DIGITS] == '\0';
}

int segments_create(int ledger_fd)
{
	char name[SEGMENT_NAME];
	int dirfd, fd, err = 0;

	if (mkdirat(ledger_fd, FOLDER, 0700) < 0)
		return errno;
	dirfd = openat(ledger_fd, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return errno;
	file_name(0, name);
	fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		err = errno;
		goto err0;
	}
	if (fsync(fd) < 0 || fsync(dirfd) < 0)
		err = errno;
	close(fd);
err0:
	close(dirfd);
	return err;
}

static int open_segment(const struct segments *s, uint64_t first, int flags, int *out)
{
	char name[SEGMENT_NAME];

	file_name(first, name);
	*out = openat(s->dirfd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *out < 0 ? errno : 0;
}

static int by_first(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* All segments' names in order, none open. */
static int read_folder(int dirfd, struct segment **list, size_t *count)
{
	struct segment *found = NULL, *more;
	size_t n = 0, cap = 0;
	struct dirent *e;
	int fd, err;
	DIR *dir;

	fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	dir = fdopendir(fd);
	if (dir == NULL) {
		err = errno;
		close(fd);
		return err;
	}
	while (errno = 0, (e = readdir(dir)) != NULL) {
		uint64_t first;

		if (!parse_name(e->d_name, &first))
			continue;
		if (n == cap) {
			cap = cap != 0 ? 2 * cap : 64;
			more = realloc(found, cap * sizeof *found);
			if (more == NULL) {
				errno = ENOMEM;
				break;
			}
			found = more;
		}
		found[n++] = (struct segment){ .first = first, .fd = -1 };
	}
	err = errno;
	closedir(dir);
	if (err != 0) {
		free(found);
		return err;
	}
	if (n > 1)
		qsort(found, n, sizeof *found, by_first);
	*list = found;
	*count = n;
	return 0;
}

int segments_list(struct segments *s)
{
	struct segment *list = NULL;
	size_t count = 0;
	int last, err;

	err = read_folder(s->dirfd, &list, &count);
	if (err != 0)
		return err;
	if (count == 0)
		return ENOENT;
	err = open_segment(s, list[count - 1].first, s->writable ? O_RDWR : O_RDONLY, &last);
	if (err != 0) {
		free(list);
		return err;
	}
	list[count - 1].fd = last;
	pthread_rwlock_wrlock(&s->lock);
	for (size_t i = 0; i < s->count; i++)
		if (s->list[i].fd >= 0)
			close(s->list[i].fd);
	free(s->list);
	s->list = list;
	s->count = count;
	s->opened = 0;
	pthread_rwlock_unlock(&s->lock);
	return 0;
}

int segments_open(int ledger_fd, bool writable, struct segments *s)
{
	pthread_rwlockattr_t attr;
	int err;

	*s = (struct segments){ .writable = writable, .roll_at = LEDGER_SEGMENT_BYTES };
	s->dirfd = openat(ledger_fd, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd < 0)
		return errno;
	/* readers that keep coming must not hold up the writer */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&s->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	err = segments_list(s);
	if (err != 0)
		segments_close(s);
	return err;
}

void segments_close(struct segments *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->list[i].fd >= 0)
			close(s->list[i].fd);
	free(s->list);
	pthread_rwlock_destroy(&s->lock);
	close(s->dirfd);
	s->list = NULL;
	s->count = 0;
	s->dirfd = -1;
}

int segments_settle(struct segments *s)
{
	int fd = s->list[s->count - 1].fd;

	if (fdatasync(fd) < 0 || fsync(s->dirfd) < 0)
		return errno;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return 0;
}

static size_t find_index(const struct segments *s, uint64_t seq)
{
	size_t low = 0, high = s->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->list[middle].first <= seq)
			low = middle;
		else
			high = middle;
	}
	return low;
}

size_t segments_find(struct segments *s, uint64_t seq)
{
	size_t index;

	pthread_rwlock_rdlock(&s->lock);
	index = find_index(s, seq);
	pthread_rwlock_unlock(&s->lock);
	return index;
}

/* Under the write lock: where enough older segments are open, closes them all. */
static void limit_open(struct segments *s)
{
	if (s->opened < OPEN_MAX_OLD)
		return;
	for (size_t i = 0; i + 1 < s->count; i++)
		if (s->list[i].fd >= 0) {
			close(s->list[i].fd);
			s->list[i].fd = -1;
		}
	s->opened = 0;
}

/* Opens an older segment, under the write lock. */
static int open_old(struct segments *s, size_t index)
{
	int err;

	if (index >= s->count)
		return ENOENT;
	if (s->list[index].fd >= 0)
		return 0;
	limit_open(s);
	err = open_segment(s, s->list[index].first, O_RDONLY, &s->list[index].fd);
	if (err == 0)
		s->opened++;
	return err;
}

/* Takes the read lock with the segment open, so that its descriptor holds until unlock.  On an
 * error the lock is not held. */
static int acquire(struct segments *s, size_t index, int *fd)
{
	int err;

	for (;;) {
		pthread_rwlock_rdlock(&s->lock);
		*fd = index < s->count ? s->list[index].fd : -1;
		if (*fd >= 0)
			return 0;
		pthread_rwlock_unlock(&s->lock);
		pthread_rwlock_wrlock(&s->lock);
		err = open_old(s, index);
		pthread_rwlock_unlock(&s->lock);
		if (err != 0)
			return err;
	}
}

int segments_length(struct segments *s, size_t index, uint64_t *length)
{
	int fd, err;

	err = acquire(s, index, &fd);
	if (err != 0)
		return err;
	err = fileio_size(fd, length);
	pthread_rwlock_unlock(&s->lock);
	return err;
}

int segments_read(
	struct segments *s, size_t index, uint64_t offset, void *buf, size_t len, size_t *got)
{
	int fd, err;

	err = acquire(s, index, &fd);
	if (err != 0)
		return err;
	err = fileio_read(fd, buf, len, offset, got);
	pthread_rwlock_unlock(&s->lock);
	return err;
}

int segments_read_entry(
	struct segments *s, uint64_t seq, uint64_t offset, void *buf, size_t len, size_t *got)
{
	/* the index can't come to mean another segment: the list changes at its end only, behind
	 * every entry that may be read */
	return segments_read(s, segments_find(s, seq), offset, buf, len, got);
}

int segments_roll(struct segments *s, uint64_t first)
{
	struct segment *list;
	char name[SEGMENT_NAME];
	int fd, err;

	err = open_segment(s, first, O_RDWR | O_CREAT | O_EXCL, &fd);
	if (err != 0)
		return err;
	if (fsync(s->dirfd) < 0) {
		err = errno;
		goto err0;
	}
	pthread_rwlock_wrlock(&s->lock);
	list = realloc(s->list, (s->count + 1) * sizeof *list);
	if (list != NULL) {
		s->list = list;
		limit_open(s);
		list[s->count++] = (struct segment){ .first = first, .fd = fd };
		s->opened++;
		s->end = 0;
	}
	pthread_rwlock_unlock(&s->lock);
	if (list != NULL)
		return 0;
	err = ENOMEM;
err0:
	close(fd);
	file_name(first, name);
	unlinkat(s->dirfd, name, 0);
	return err;
}

int segments_write(struct segments *s, const void *buf, size_t len)
{
	return fileio_write(s->list[s->count - 1].fd, buf, len, s->end);
}

/* Removes the last segment.  Durable before anything in front of it is cut, so that no crash can
 * leave a gap. */
static int drop_last(struct segments *s)
{
	size_t last = s->count - 1;
	char name[SEGMENT_NAME];
	int fd, err;

	err = open_segment(s, s->list[last - 1].first, O_RDWR, &fd);
	if (err != 0)
		return err;
	file_name(s->list[last].first, name);
	if (unlinkat(s->dirfd, name, 0) < 0 || fsync(s->dirfd) < 0) {
		err = errno;
		close(fd);
		return err;
	}
	pthread_rwlock_wrlock(&s->lock);
	close(s->list[last].fd);
	if (s->list[last - 1].fd >= 0) {
		close(s->list[last - 1].fd);
		s->opened--;
	}
	s->list[last - 1].fd = fd;
	s->count--;
	pthread_rwlock_unlock(&s->lock);
	return 0;
}

int segments_cut(struct segments *s, size_t index, uint64_t offset)
{
	int fd, err;

	while (s->count - 1 > index) {
		err = drop_last(s);
		if (err != 0)
			return err;
	}
	fd = s->list[index].fd;
	if (ftruncate(fd, (off_t)offset) < 0 || fdatasync(fd) < 0)
		return errno;
	s->end = offset;
	return 0;
}

int segments_sync(struct segments *s)
{
	return fdatasync(s->list[s->count - 1].fd) < 0 ? errno : 0;
}
