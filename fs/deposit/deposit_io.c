/* What an item receives: its bytes, in any order, and its label. */
#include "fs/deposit/deposit_private.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "fs/call/process.h"

#define FLUSH_STEP (8 << 20) /* write-back is begun each time so much has arrived in order */

int64_t deposit_now(const struct fs *fs)
{
	struct timespec ts;
	struct event_time now;

	if (fs->store->format.test_clock) {
		store_now(fs->store, &now);
		return now.wall * 1000000;
	}
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Adds a process to those that wrote. */
static void add_writer(struct deposit *d, int32_t pid) REQUIRES(d->lock)
{
	if (pid == 0) /* unknown: from now on any that is killed breaks the deposit */
		d->writer_count = DEPOSIT_WRITERS;
	for (unsigned i = 0; i < d->writer_count && i < DEPOSIT_WRITERS; i++)
		if (d->writer[i] == pid)
			return;
	if (d->writer_count < DEPOSIT_WRITERS)
		d->writer[d->writer_count] = pid;
	d->writer_count++;
}

void deposit_note_writer(struct deposit *d, int32_t tid)
{
	int32_t pid;
	bool known;

	mutex_lock(&d->lock);
	known = tid == d->last_tid || tid == 0; /* 0: the kernel writes mapped pages back */
	mutex_unlock(&d->lock);
	if (known)
		return;
	pid = process_group(tid);
	mutex_lock(&d->lock);
	d->last_tid = tid;
	add_writer(d, pid);
	mutex_unlock(&d->lock);
}

bool deposit_written_by(struct deposit *d, int32_t tid)
{
	int32_t pid = process_group(tid);
	bool wrote;

	mutex_lock(&d->lock);
	wrote = d->writer_count > DEPOSIT_WRITERS;
	for (unsigned i = 0; i < d->writer_count && i < DEPOSIT_WRITERS; i++)
		wrote = wrote || d->writer[i] == pid;
	mutex_unlock(&d->lock);
	return wrote;
}

bool deposit_writer_killed(struct deposit *d)
{
	int32_t writer[DEPOSIT_WRITERS];
	enum process_end end;
	unsigned count;

	mutex_lock(&d->lock);
	memcpy(writer, d->writer, sizeof writer);
	count = d->writer_count;
	mutex_unlock(&d->lock);
	for (unsigned i = 0; i < count && i < DEPOSIT_WRITERS; i++) {
		end = process_end(writer[i]);
		if (end == PROCESS_KILLED || end == PROCESS_UNKNOWN)
			return true;
	}
	return false;
}

/* Its content changed. */
static void touched(struct deposit *d, int64_t now_ns) REQUIRES(d->lock)
{
	d->changed = true;
	d->closed = false;
	d->mtime = now_ns;
}

/* Begins write-back of what has arrived in order, so that the close finds little left to wait
 * for. */
static void begin_write_back(struct deposit *d, int64_t end)
{
	int64_t from;
	bool due;

	mutex_lock(&d->lock);
	from = d->started;
	due = end - from >= FLUSH_STEP;
	if (due)
		d->started = end;
	mutex_unlock(&d->lock);
	if (due)
		d->blob->ops->flush_range(d->blob, from, end - from);
}

static int64_t size_of(struct deposit *d)
{
	int64_t size;

	mutex_lock(&d->lock);
	size = d->size;
	mutex_unlock(&d->lock);
	return size;
}

/*
 * Whether the content may become that long with a hole in it: holes are hashed like bytes, so a
 * hole longer than the disk would keep a worker busy for hours and cost its maker nothing.
 */
static int may_grow(const struct fs *fs, struct deposit *d, int64_t size)
{
	const struct blob_store *blobs = &fs->store->blobs;
	struct statvfs disk;
	int64_t stored;
	int err = d->blob->ops->stored(d->blob, &stored);

	if (err == 0)
		err = blobs->ops->usage(blobs->impl, &disk);
	if (err != 0)
		return err;
	return size > stored && (uint64_t)(size - stored) / disk.f_frsize > disk.f_bavail ? ENOSPC
											  : 0;
}

/*
 * Notes a write up to `end`, and its errno.  killed: one that wrote has been killed.
 */
static void note_write(struct deposit *d, int64_t now_ns, int64_t end, bool killed, int err)
{
	mutex_lock(&d->lock);
	d->killed = d->killed || killed;
	touched(d, now_ns); /* also where it failed: part of it may be there */
	if (err != 0)
		d->broken = err;
	else if (end > d->size)
		d->size = end;
	mutex_unlock(&d->lock);
}

int deposit_write(struct call *c, struct deposit *d, const void *data, size_t len, int64_t offset)
{
	int64_t now_ns = deposit_now(c->fs), end;
	bool killed;
	int err;

	if (offset < 0 || offset > INT64_MAX - (int64_t)len)
		return EFBIG;
	end = offset + (int64_t)len;
	deposit_note_writer(d, c->who.pid);
	rwlock_read(&d->content);
	err = offset > size_of(d) ? may_grow(c->fs, d, end) : 0;
	if (err == 0)
		err = d->blob->ops->write(d->blob, data, len, offset);
	if (err == 0)
		err = hashing_wrote(d->hashing, offset, (int64_t)len);
	/* The kernel writes mapped pages back while their process unmaps them or dies: the last
	 * moment at which /proc knows it. */
	killed = c->who.pid == 0 && deposit_writer_killed(d);
	note_write(d, now_ns, end, killed, err);
	if (err == 0)
		begin_write_back(d, end);
	rwlock_unlock(&d->content);
	return err;
}

int deposit_read(struct deposit *d, void *buffer, size_t len, int64_t offset, size_t *got)
{
	int64_t size = size_of(d);

	*got = 0;
	if (offset >= size)
		return 0;
	if ((int64_t)len > size - offset)
		len = (size_t)(size - offset);
	*got = len;
	return d->blob->ops->read(d->blob, buffer, len, offset);
}

int deposit_truncate(const struct fs *fs, struct deposit *d, int64_t size)
{
	bool done;
	int err;

	rwlock_write(&d->content);
	err = deposit_is_forgotten(d) ? EPERM : size > size_of(d) ? may_grow(fs, d, size) : 0;
	if (err == 0)
		err = d->blob->ops->truncate(d->blob, size);
	done = err == 0;
	if (done)
		err = hashing_resized(d->hashing, size);
	mutex_lock(&d->lock);
	if (done) {
		touched(d, deposit_now(fs));
		d->size = size;
		if (size == 0) /* it begins anew, and earlier errors are forgotten */
			d->killed = false;
		if (size == 0 || err != 0)
			d->broken = err;
	}
	mutex_unlock(&d->lock);
	rwlock_unlock(&d->content);
	return err;
}

/* fallocate(2) itself.  *size: the length after; *done: it took
 * place, whatever else failed. */
static int allocate_still(struct deposit *d, int mode, int64_t offset, int64_t len, int64_t *size,
	bool *done) REQUIRES(d->content)
{
	int64_t before = size_of(d), end;
	int err = d->blob->ops->allocate(d->blob, mode, offset, len);

	if (err == 0)
		err = d->blob->ops->size(d->blob, size);
	*done = err == 0;
	if (err == 0 && *size != before)
		err = hashing_resized(d->hashing, *size);
	if (err == 0 && mode != 0 && offset < *size) { /* holes and zeroes change what was hashed */
		end = offset + len < *size ? offset + len : *size;
		err = hashing_wrote(d->hashing, offset, end - offset);
	}
	return err;
}

int deposit_allocate(const struct fs *fs, struct deposit *d, int mode, int64_t offset, int64_t len)
{
	int64_t size = 0;
	bool done = false;
	int err;

	rwlock_write(&d->content);
	err = deposit_is_forgotten(d)       ? EPERM
		: offset + len > size_of(d) ? may_grow(fs, d, offset + len)
					    : 0; /* the kernel has checked that the sum fits */
	if (err == 0)
		err = allocate_still(d, mode, offset, len, &size, &done);
	mutex_lock(&d->lock);
	if (done) {
		d->size = size;
		touched(d, deposit_now(fs));
		if (err != 0)
			d->broken = err;
	}
	mutex_unlock(&d->lock);
	rwlock_unlock(&d->content);
	return err;
}

void deposit_stat(struct deposit *d, struct item *item)
{
	mutex_lock(&d->lock);
	item->size = d->size;
	item->mtime = d->mtime;
	item->mode = d->mode;
	mutex_unlock(&d->lock);
}

void deposit_set_mtime(struct deposit *d, int64_t ns)
{
	mutex_lock(&d->lock);
	d->changed |= d->mtime != ns;
	d->mtime = ns;
	mutex_unlock(&d->lock);
}

void deposit_set_mode(struct deposit *d, uint32_t mode)
{
	mutex_lock(&d->lock);
	d->changed |= d->mode != mode;
	d->mode = mode;
	mutex_unlock(&d->lock);
}

void deposit_forgotten(struct deposit *d)
{
	mutex_lock(&d->lock);
	d->forgotten = true;
	mutex_unlock(&d->lock);
}

bool deposit_is_forgotten(struct deposit *d)
{
	bool forgotten;

	mutex_lock(&d->lock);
	forgotten = d->forgotten;
	mutex_unlock(&d->lock);
	return forgotten;
}
