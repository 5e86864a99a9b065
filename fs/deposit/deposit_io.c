/* What arrives while an item is being received: its bytes, in any order, and its label. */
#include "fs/deposit/deposit_private.h"

#include <errno.h>
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

void deposit_note_writer(struct deposit *d, int32_t tid)
{
	int32_t pid;

	if (tid == d->last_tid || tid == 0) /* 0: the kernel's own write-back of mapped pages */
		return;
	d->last_tid = tid;
	pid = process_group(tid);
	if (pid == 0) /* whoever it is: from now on any that is killed breaks the deposit */
		d->writer_count = DEPOSIT_WRITERS;
	for (unsigned i = 0; i < d->writer_count && i < DEPOSIT_WRITERS; i++)
		if (d->writer[i] == pid)
			return;
	if (d->writer_count < DEPOSIT_WRITERS)
		d->writer[d->writer_count] = pid;
	d->writer_count++;
}

bool deposit_wrote(const struct deposit *d, int32_t tid)
{
	int32_t pid = process_group(tid);

	for (unsigned i = 0; i < d->writer_count && i < DEPOSIT_WRITERS; i++)
		if (d->writer[i] == pid)
			return true;
	return d->writer_count > DEPOSIT_WRITERS;
}

bool deposit_writer_killed(const struct deposit *d)
{
	enum process_end end;

	for (unsigned i = 0; i < d->writer_count && i < DEPOSIT_WRITERS; i++) {
		end = process_end(d->writer[i]);
		if (end == PROCESS_KILLED || end == PROCESS_UNKNOWN)
			return true;
	}
	return false;
}

static void touched(struct deposit *d, int64_t now_ns)
{
	d->changed = true;
	d->closed = false;
	d->mtime = now_ns;
}

/* Begins write-back of what has arrived in order, so that the close finds little left to wait
 * for. */
static void begin_write_back(struct deposit *d, int64_t end)
{
	int64_t from = d->started;

	if (end - from < FLUSH_STEP)
		return;
	d->started = end;
	d->blob->ops->flush_range(d->blob, from, end - from);
}

/*
 * Whether the content may become that long with a hole in it: holes are hashed like bytes, so one
 * longer than what the disk could hold would keep a worker for hours and cost its maker nothing.
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

int deposit_write(struct call *c, struct deposit *d, const void *data, size_t len, int64_t offset)
{
	int64_t now_ns = deposit_now(c->fs);
	bool hole;
	int err;

	if (offset < 0 || offset > INT64_MAX - (int64_t)len)
		return EFBIG;
	pthread_rwlock_rdlock(&d->content);
	pthread_mutex_lock(&d->lock);
	hole = offset > d->size;
	pthread_mutex_unlock(&d->lock);
	err = hole ? may_grow(c->fs, d, offset + (int64_t)len) : 0;
	if (err == 0)
		err = d->blob->ops->write(d->blob, data, len, offset);
	if (err == 0)
		err = hashing_wrote(d->hashing, offset, (int64_t)len);
	pthread_mutex_lock(&d->lock);
	deposit_note_writer(d, c->who.pid);
	/* The kernel writes mapped pages back while their process still unmaps them or dies: the
	 * last moment at which it can be asked. */
	if (c->who.pid == 0 && deposit_writer_killed(d))
		d->killed = true;
	touched(d, now_ns); /* also where it failed: part of it may be there */
	if (err != 0)
		d->broken = err;
	else if (offset + (int64_t)len > d->size)
		d->size = offset + (int64_t)len;
	pthread_mutex_unlock(&d->lock);
	if (err == 0)
		begin_write_back(d, offset + (int64_t)len);
	pthread_rwlock_unlock(&d->content);
	return err;
}

int deposit_read(struct deposit *d, void *buffer, size_t len, int64_t offset, size_t *got)
{
	int64_t size;

	pthread_mutex_lock(&d->lock);
	size = d->size;
	pthread_mutex_unlock(&d->lock);
	*got = 0;
	if (offset >= size)
		return 0;
	if ((int64_t)len > size - offset)
		len = (size_t)(size - offset);
	*got = len;
	return d->blob->ops->read(d->blob, buffer, len, offset);
}

/* What its depositor unlinked is kept as it was then, for the administrator (promise 7): an open
 * descriptor may not empty it. */
static bool is_forgotten(struct deposit *d)
{
	bool forgotten;

	pthread_mutex_lock(&d->lock);
	forgotten = d->forgotten;
	pthread_mutex_unlock(&d->lock);
	return forgotten;
}

int deposit_truncate(const struct fs *fs, struct deposit *d, int64_t size)
{
	bool done;
	int err;

	pthread_rwlock_wrlock(&d->content);
	err = is_forgotten(d) ? EPERM : size > d->size ? may_grow(fs, d, size) : 0;
	if (err == 0)
		err = d->blob->ops->truncate(d->blob, size);
	done = err == 0;
	if (done)
		err = hashing_resized(d->hashing, size);
	pthread_mutex_lock(&d->lock);
	if (done) {
		touched(d, deposit_now(fs));
		d->size = size;
		if (size == 0) /* begun anew: nothing of what went wrong is left */
			d->killed = false;
		if (size == 0 || err != 0)
			d->broken = err;
	}
	pthread_mutex_unlock(&d->lock);
	pthread_rwlock_unlock(&d->content);
	return err;
}

int deposit_allocate(const struct fs *fs, struct deposit *d, int mode, int64_t offset, int64_t len)
{
	int64_t size;
	bool done;
	int err;

	pthread_rwlock_wrlock(&d->content);
	err = is_forgotten(d)            ? EPERM
		: offset + len > d->size ? may_grow(fs, d, offset + len)
					 : 0; /* the kernel has seen to it that the sum fits */
	if (err == 0)
		err = d->blob->ops->allocate(d->blob, mode, offset, len);
	if (err == 0)
		err = d->blob->ops->size(d->blob, &size);
	done = err == 0;
	if (done && size != d->size)
		err = hashing_resized(d->hashing, size);
	if (err == 0 && mode != 0 && offset < size) /* holes and zeroes change what was hashed */
		err = hashing_wrote(
			d->hashing, offset, (offset + len < size ? offset + len : size) - offset);
	pthread_mutex_lock(&d->lock);
	if (done) {
		d->size = size;
		touched(d, deposit_now(fs));
		if (err != 0)
			d->broken = err;
	}
	pthread_mutex_unlock(&d->lock);
	pthread_rwlock_unlock(&d->content);
	return err;
}

int deposit_fsync(struct deposit *d)
{
	return d->blob->ops->sync(d->blob);
}

void deposit_stat(struct deposit *d, struct item *item)
{
	pthread_mutex_lock(&d->lock);
	item->size = d->size;
	item->mtime = d->mtime;
	item->mode = d->mode;
	pthread_mutex_unlock(&d->lock);
}

void deposit_set_mtime(struct deposit *d, int64_t ns)
{
	pthread_mutex_lock(&d->lock);
	d->changed |= d->mtime != ns;
	d->mtime = ns;
	pthread_mutex_unlock(&d->lock);
}

void deposit_set_mode(struct deposit *d, uint32_t mode)
{
	pthread_mutex_lock(&d->lock);
	d->changed |= d->mode != mode;
	d->mode = mode;
	pthread_mutex_unlock(&d->lock);
}

void deposit_forgotten(struct deposit *d)
{
	pthread_mutex_lock(&d->lock);
	d->forgotten = true;
	pthread_mutex_unlock(&d->lock);
}
