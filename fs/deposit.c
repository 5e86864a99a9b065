#include "fs/deposit.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/label.h"
#include "fs/process.h"
#include "fs/store/digester.h"
#include "fs/tree.h"
#include "policy/name.h"

#define BUCKETS 1024            /* a power of two */
#define WRITERS 8               /* processes remembered as having written; more: any that dies of a signal breaks the deposit */
#define RELEASE_WAIT_MS 100     /* how long after a close its release may be awaited */
#define FLUSH_STEP (8 << 20)    /* write-back is begun each time so much has arrived in order */
#define CLASS_DEFAULT "patrol"  /* Art. 11: not less than six months */
#define MONTHS_DEFAULT 6

struct deposit {
	struct deposit *next;           /* in its bucket */
	int64_t id;
	unsigned holders, writers;      /* writers: descriptors */
	bool ending;                    /* the last descriptor is gone, and what becomes of it is being recorded */
	struct blob *blob;
	struct hashing *hashing;
	struct subject who;

	pthread_rwlock_t content;       /* writers share it; closing excludes them */
	pthread_mutex_t lock;           /* all below */
	int64_t size, mtime;
	uint32_t mode;
	uid_t uid, gid;
	bool changed;                   /* since the close that the ledger has */
	bool closed;                    /* a clean close is on the ledger, and nothing was changed since */
	bool broken;                    /* a write failed */
	bool killed;                    /* a task that wrote died of a signal */
	bool forgotten;                 /* unlinked by its depositor */
	int64_t closed_at;              /* boot ms */
	int32_t last_tid, writer[WRITERS];
	unsigned writer_count;
	int64_t started;                /* write-back has been begun up to here */
};

/* An end that could not be recorded: tried again each second.  The item stays "receiving" until then, out of everyone's sight but its depositor's. */
struct unended { struct unended *next; int64_t id; bool seal; char reason[16]; int64_t size; struct subject who; };

struct deposits {
	pthread_mutex_t lock;           /* buckets, holders, writers, pending */
	pthread_cond_t released;
	struct deposit *bucket[BUCKETS];
	size_t count;
	struct unended *unended;
};

static int64_t boot_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int deposits_new(struct deposits **out)
{
	struct deposits *all = calloc(1, sizeof *all);
	pthread_condattr_t attr;

	if (all == NULL)
		return ENOMEM;
	pthread_mutex_init(&all->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&all->released, &attr);
	pthread_condattr_destroy(&attr);
	*out = all;
	return 0;
}

static void destroy(struct deposit *d)
{
	hashing_free(d->hashing);
	if (d->blob != NULL)
		d->blob->ops->close(d->blob);
	pthread_rwlock_destroy(&d->content);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

void deposits_free(struct deposits *all)
{
	struct unended *next;

	if (all == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (all->bucket[i] != NULL) {        /* the mount went away under open descriptors: the next start sees to them */
			struct deposit *d = all->bucket[i];

			all->bucket[i] = d->next;
			destroy(d);
		}
	for (struct unended *u = all->unended; u != NULL; u = next) {
		next = u->next;
		free(u);
	}
	pthread_mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->released);
	free(all);
}

static struct deposit **find(struct deposits *all, int64_t id)
{
	struct deposit **at = &all->bucket[id % BUCKETS];

	while (*at != NULL && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

struct deposit *deposit_get(struct deposits *all, int64_t id)
{
	struct deposit *d;

	pthread_mutex_lock(&all->lock);
	d = *find(all, id);
	if (d != NULL)
		d->holders++;
	pthread_mutex_unlock(&all->lock);
	return d;
}

void deposit_put(struct deposits *all, struct deposit *d)
{
	bool last;

	pthread_mutex_lock(&all->lock);
	last = --d->holders == 0;
	if (last) {
		*find(all, d->id) = d->next;
		all->count--;
	}
	pthread_mutex_unlock(&all->lock);
	if (last)
		destroy(d);
}

size_t deposits_count(struct deposits *all)
{
	size_t n;

	pthread_mutex_lock(&all->lock);
	n = all->count;
	pthread_mutex_unlock(&all->lock);
	return n;
}

int64_t deposit_id(const struct deposit *d)
{
	return d->id;
}

/* Puts a new deposit among the others, with one holder and one descriptor. */
static int add(struct call *c, int64_t id, struct blob *blob, uint32_t mode, uint32_t uid, uint32_t gid, struct deposit **out)
{
	struct deposits *all = c->fs->deposits;
	struct deposit *d = calloc(1, sizeof *d);
	int err = d == NULL ? ENOMEM : hashing_new(c->fs->store->hasher, blob, 0, &d->hashing);

	if (err != 0) {
		free(d);
		return err;
	}
	d->id = id;
	d->blob = blob;
	d->holders = d->writers = 1;
	d->mode = mode;
	d->uid = uid;
	d->gid = gid;
	d->mtime = c->fs->store->format.test_clock ? c->now.wall * 1000000 : wall_ns();
	d->who = *call_subject(c);
	d->changed = true;
	pthread_rwlock_init(&d->content, NULL);
	pthread_mutex_init(&d->lock, NULL);
	pthread_mutex_lock(&all->lock);
	d->next = *find(all, id);
	*find(all, id) = d;
	all->count++;
	pthread_mutex_unlock(&all->lock);
	*out = d;
	return 0;
}

struct beginning {
	struct call *c;
	struct node folder;
	const char *name;
	uint32_t mode;
	enum reason why;
	struct item item;
};

static int decide_begin(struct turn *t, void *arg)
{
	struct beginning *b = arg;
	struct sql *db = turn_db(t);
	const struct event_time *now = turn_time(t);
	struct folder f;
	struct item other;
	char until[INSTANT_TEXT], path[2048];
	int64_t id, mtime = now->wall * 1000000;
	int err = catalog_folder(db, b->folder.id, &f);

	if (err == 0)
		err = tree_may_deposit(db, &b->c->who, now, f.unit, f.officer, f.day, &b->why);
	if (err != 0 || b->why != REASON_NONE)
		return err != 0 ? err : reason_errno(b->why);
	err = catalog_item_named(db, f.id, b->name, &other);
	if (err != ENOENT)
		return err == 0 ? EEXIST : err;
	err = sql_value(db, &id, "SELECT coalesce(max(id), 0) + 1 FROM item", "");
	if (err == 0)
		err = catalog_folder_path(db, &f, path, sizeof path);
	if (err != 0)
		return err;
	instant_format(term_end(f.day, MONTHS_DEFAULT, now->utc_offset), now->utc_offset, until);
	b->item = (struct item){ .id = id, .folder = f.id, .state = ITEM_RECEIVING, .depositor = b->c->who.person.id, .uid = b->c->who.uid,
				 .gid = b->c->who.gid, .mode = b->mode, .mtime = mtime, .begun = now->clock };
	snprintf(b->item.name, sizeof b->item.name, "%s", b->name);
	return turn_emit(t, &(struct event){ .kind = "deposit.begin", .who = &b->c->who, .item = id, .details = json_pack(
		"{s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:s, s:s}", "folder", (json_int_t)f.id, "path", path, "name", b->name,
		"mode", (json_int_t)b->mode, "uid", (json_int_t)b->c->who.uid, "gid", (json_int_t)b->c->who.gid, "mtime", (json_int_t)mtime,
		"important", name_important(b->name), "class", CLASS_DEFAULT, "retain_until", until) });
}

struct ending { struct fs *fs; struct unended *end; };

static int decide_end(struct turn *t, void *arg)
{
	const struct ending *e = arg;
	const struct unended *u = e->end;
	const struct event_time *now = turn_time(t);
	char until[INSTANT_TEXT];
	struct item item;
	int err = catalog_item(turn_db(t), u->id, &item);

	if (err != 0)
		return err;
	if (item.state != ITEM_RECEIVING)
		return ECANCELED;       /* unlinked meanwhile */
	if (!u->seal)
		return turn_emit(t, &(struct event){ .kind = "deposit.incomplete", .who = &u->who, .item = u->id,
				 .details = json_pack("{s:s, s:I}", "reason", u->reason, "size", (json_int_t)u->size) });
	instant_format(now->clock + e->fs->options.settle_ms, now->utc_offset, until);
	return turn_emit(t, &(struct event){ .kind = "deposit.seal", .who = &u->who, .item = u->id, .details = json_pack("{s:s}", "settle_until", until) });
}

/* Records an end now, or keeps it to be tried again. */
static void end(struct fs *fs, const struct unended *given)
{
	struct deposits *all = fs->deposits;
	struct unended u = *given, *keep;
	struct ending e = { fs, &u };
	int err = committer_run(fs->store->committer, COMMIT_ORDERED, decide_end, &e);

	if (err == 0 || err == ECANCELED || err == ENOENT)
		return;
	fprintf(stderr, "custodyfs: item %lld: its %s is not recorded yet: %s\n", (long long)u.id, u.seal ? "sealing" : "breaking off", strerror(err));
	keep = malloc(sizeof *keep);
	if (keep == NULL)
		return;                 /* the next start sees to it */
	*keep = u;
	pthread_mutex_lock(&all->lock);
	keep->next = all->unended;
	all->unended = keep;
	pthread_mutex_unlock(&all->lock);
}

void deposits_retry(struct fs *fs)
{
	struct deposits *all = fs->deposits;
	struct unended *list, *next;

	pthread_mutex_lock(&all->lock);
	list = all->unended;
	all->unended = NULL;
	pthread_mutex_unlock(&all->lock);
	for (struct unended *u = list; u != NULL; u = next) {
		next = u->next;
		end(fs, u);
		free(u);
	}
}

int deposit_create(struct call *c, const struct node *folder, const char *name, uint32_t mode, struct deposit **out, struct item *item)
{
	char clean[NAME_BUFFER];
	struct beginning b = { .c = c, .folder = *folder, .name = clean, .mode = mode & 07777 };
	const struct blob_store *blobs = &c->fs->store->blobs;
	struct blob *blob;
	enum reason bad = name_normalise(name, clean);
	int err;

	if (bad == REASON_NONE && folder->kind != NODE_CASE)
		bad = folder->kind == NODE_ROOT || folder->kind == NODE_CUSTODY ? REASON_STRUCTURE : REASON_PATH_SHORT;
	if (bad != REASON_NONE)
		return refuse(c, VERB_CREATE, folder, name, bad);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_begin, &b);
	if (b.why != REASON_NONE)
		return refuse(c, VERB_CREATE, folder, name, b.why);
	if (err == EEXIST)
		return refuse(c, VERB_CREATE, folder, name, REASON_NAME_TAKEN);
	if (err != 0)
		return failed(c, VERB_CREATE, folder, err);
	err = blobs->ops->create(blobs->impl, b.item.id, &blob);
	if (err == 0) {
		err = add(c, b.item.id, blob, b.mode, c->who.uid, c->who.gid, out);
		if (err != 0)
			blob->ops->close(blob);
	}
	if (err != 0) {
		end(c->fs, &(struct unended){ .id = b.item.id, .reason = "write-error", .who = c->who });
		return failed(c, VERB_CREATE, folder, err);
	}
	*item = b.item;
	return 0;
}

struct reopening { struct call *c; int64_t id; enum reason why; struct item item; };

/* A still empty settling file becomes receiving again; of one that is being received nothing is recorded. */
static int decide_reopen(struct turn *t, void *arg)
{
	struct reopening *r = arg;
	int err = catalog_item(turn_db(t), r->id, &r->item);

	if (err != 0)
		return err;
	r->c->now = *turn_time(t);
	r->why = label_judge(r->c, &r->item, VERB_OPEN_WRITE, false);
	if (r->why != REASON_NONE)
		return reason_errno(r->why);
	return r->item.state == ITEM_SEALED ? turn_emit(t, &(struct event){ .kind = "deposit.reopen", .who = &r->c->who, .item = r->id }) : 0;
}

/* One more descriptor on a deposit.  NULL: it has come to its end meanwhile, which was waited for, so the item is to be judged again. */
static struct deposit *one_more(struct deposits *all, int64_t id)
{
	struct deposit *d;

	pthread_mutex_lock(&all->lock);
	while ((d = *find(all, id)) != NULL && d->writers == 0)
		pthread_cond_wait(&all->released, &all->lock);
	if (d != NULL) {
		d->writers++;
		d->holders++;
	}
	pthread_mutex_unlock(&all->lock);
	return d;
}

/* Opens the blob of a still empty item once more. */
static int reopen(struct call *c, const struct item *item, struct deposit **out)
{
	const struct blob_store *blobs = &c->fs->store->blobs;
	struct blob *blob;
	int err = blobs->ops->unseal(blobs->impl, item->id);

	if (err == 0)
		err = blobs->ops->open(blobs->impl, item->id, true, &blob);
	if (err == 0) {
		err = add(c, item->id, blob, item->mode, item->uid, item->gid, out);
		if (err != 0)
			blob->ops->close(blob);
	}
	if (err != 0)
		end(c->fs, &(struct unended){ .id = item->id, .reason = "write-error", .who = c->who });
	return err;
}

int deposit_open(struct call *c, int64_t id, bool truncate, struct deposit **out)
{
	const struct node n = { .kind = NODE_ITEM, .id = id };
	struct reopening r = { .c = c, .id = id };
	int err;

	deposits_settle(c->fs->deposits);
	call_subject(c);
	*out = NULL;
	err = 0;
	for (int tries = 0; tries < 3 && err == 0 && *out == NULL; tries++) {   /* again where it came to its end just now */
		err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_reopen, &r);
		if (r.why != REASON_NONE)
			return refuse(c, VERB_OPEN_WRITE, &n, NULL, r.why);
		if (err == 0 && r.item.state == ITEM_RECEIVING)
			*out = one_more(c->fs->deposits, id);
		else if (err == 0)
			err = reopen(c, &r.item, out);
	}
	if (err == 0 && *out == NULL)   /* still "receiving", and no deposit: its end could not be recorded yet */
		err = EAGAIN;
	if (err != 0)
		return failed(c, VERB_OPEN_WRITE, &n, err);
	err = truncate ? deposit_truncate(*out, 0) : 0;
	if (err != 0)
		deposit_release(c, *out);
	return err;
}

/* Remembers who writes, by process, so that the death of one of them by a signal is known to break this deposit.  Under the lock. */
static void note_writer(struct deposit *d, int32_t tid)
{
	int32_t pid;

	if (tid == d->last_tid || tid == 0)     /* 0: the kernel's own write-back of mapped pages */
		return;
	d->last_tid = tid;
	pid = process_group(tid);
	for (unsigned i = 0; i < d->writer_count && i < WRITERS; i++)
		if (d->writer[i] == pid)
			return;
	if (d->writer_count < WRITERS)
		d->writer[d->writer_count] = pid;
	d->writer_count++;
}

static bool wrote(const struct deposit *d, int32_t tid)
{
	int32_t pid = process_group(tid);

	for (unsigned i = 0; i < d->writer_count && i < WRITERS; i++)
		if (d->writer[i] == pid)
			return true;
	return d->writer_count > WRITERS;
}

static void touched(struct deposit *d, int64_t now_ns)
{
	d->changed = true;
	d->closed = false;
	d->mtime = now_ns;
}

/* Begins write-back of what has arrived in order, so that the close finds little left to wait for. */
static void begin_write_back(struct deposit *d, int64_t end)
{
	int64_t from = d->started;

	if (end - from < FLUSH_STEP)
		return;
	d->started = end;
	d->blob->ops->flush_range(d->blob, from, end - from);
}

int deposit_write(struct call *c, struct deposit *d, const void *data, size_t len, int64_t offset)
{
	int64_t now_ns = c->fs->store->format.test_clock ? c->now.wall * 1000000 : wall_ns();
	int err;

	if (offset < 0 || offset > INT64_MAX - (int64_t)len)
		return EFBIG;
	pthread_rwlock_rdlock(&d->content);
	err = d->blob->ops->write(d->blob, data, len, offset);
	if (err == 0)
		err = hashing_wrote(d->hashing, offset, (int64_t)len);
	pthread_mutex_lock(&d->lock);
	note_writer(d, c->who.pid);
	touched(d, now_ns);
	if (err != 0)
		d->broken = true;
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

int deposit_truncate(struct deposit *d, int64_t size)
{
	int err;

	pthread_rwlock_wrlock(&d->content);
	err = d->blob->ops->truncate(d->blob, size);
	if (err == 0)
		err = hashing_resized(d->hashing, size);
	pthread_mutex_lock(&d->lock);
	touched(d, wall_ns());
	if (err == 0) {
		d->size = size;
		if (size == 0)
			d->broken = false;      /* begun anew: nothing of the failed write is left */
	}
	pthread_mutex_unlock(&d->lock);
	pthread_rwlock_unlock(&d->content);
	return err;
}

int deposit_allocate(struct deposit *d, int mode, int64_t offset, int64_t len)
{
	int64_t size;
	int err;

	pthread_rwlock_wrlock(&d->content);
	err = d->blob->ops->allocate(d->blob, mode, offset, len);
	if (err == 0)
		err = d->blob->ops->size(d->blob, &size);
	if (err == 0 && size != d->size)
		err = hashing_resized(d->hashing, size);
	if (err == 0 && mode != 0 && offset < size)     /* holes and zeroes change what was hashed */
		err = hashing_wrote(d->hashing, offset, (offset + len < size ? offset + len : size) - offset);
	pthread_mutex_lock(&d->lock);
	if (err == 0)
		d->size = size;
	touched(d, wall_ns());
	pthread_mutex_unlock(&d->lock);
	pthread_rwlock_unlock(&d->content);
	return err;
}

int deposit_fsync(struct deposit *d)
{
	return d->blob->ops->sync(d->blob);
}

struct closing { struct deposit *d; uint8_t root[HASH_LEN]; int64_t size, mtime; uint32_t mode; bool label; };

static int decide_close(struct turn *t, void *arg)
{
	const struct closing *k = arg;
	struct item item;
	char hex[HASH_HEX], until[INSTANT_TEXT];
	int err = catalog_item(turn_db(t), k->d->id, &item);

	if (err != 0)
		return err;
	if (item.state != ITEM_RECEIVING)
		return ECANCELED;
	hash_hex(k->root, hex);
	err = turn_emit(t, &(struct event){ .kind = "deposit.close", .who = &k->d->who, .item = item.id, .details = json_pack("{s:I, s:s, s:I}",
			"size", (json_int_t)k->size, "root", hex, "mtime", (json_int_t)k->mtime) });
	if (err != 0 || k->mode == item.mode)
		return err;
	instant_format(0, 0, until);
	return turn_emit(t, &(struct event){ .kind = "label.attr", .who = &k->d->who, .item = item.id, .details = json_pack("{s:I, s:I, s:s}",
			 "mtime", (json_int_t)k->mtime, "mode", (json_int_t)k->mode, "settle_until", until) });
}

/* Hash, sync, record.  The content is still while it is done. */
static int close_content(struct fs *fs, struct deposit *d, enum commit_mode mode)
{
	struct closing k = { .d = d };
	int err;

	pthread_rwlock_wrlock(&d->content);
	err = hashing_finish(d->hashing, k.root);
	if (err == 0)
		err = d->blob->ops->sync(d->blob);
	pthread_mutex_lock(&d->lock);
	k.size = d->size;
	k.mtime = d->mtime;
	k.mode = d->mode;
	pthread_mutex_unlock(&d->lock);
	if (err == 0)
		err = committer_run(fs->store->committer, mode, decide_close, &k);
	pthread_mutex_lock(&d->lock);
	if (err == 0) {
		d->changed = false;
		d->closed = true;
		d->closed_at = boot_ms();
	}
	pthread_mutex_unlock(&d->lock);
	pthread_rwlock_unlock(&d->content);
	return err == ECANCELED ? 0 : err;
}

int deposit_flush(struct call *c, struct deposit *d, int32_t tid)
{
	const struct node n = { .kind = NODE_ITEM, .id = d->id };
	bool killed = process_killed(tid), skip;
	int err;

	pthread_mutex_lock(&d->lock);
	if (killed && wrote(d, tid))
		d->killed = true;
	if (!d->changed && d->closed)
		d->closed_at = boot_ms();
	skip = d->broken || d->killed || d->forgotten || !d->changed;
	pthread_mutex_unlock(&d->lock);
	if (skip)
		return 0;
	err = close_content(c->fs, d, COMMIT_DURABLE);
	if (err != 0) {                 /* the client was told that its copy failed: it may not be sealed after all */
		pthread_mutex_lock(&d->lock);
		d->broken = true;
		pthread_mutex_unlock(&d->lock);
	}
	return failed(c, VERB_WRITE, &n, err);
}

/* The last descriptor is gone: what becomes of it. */
static struct unended fate(struct fs *fs, struct deposit *d)
{
	struct unended u = { .id = d->id, .size = d->size, .who = d->who };
	const char *reason = d->killed ? "killed" : d->broken ? "write-error" : "not-closed";

	snprintf(u.reason, sizeof u.reason, "%s", reason);
	if (d->killed || d->broken)
		return u;
	/* pages of a shared mapping may have been written after the last close */
	if (d->changed && close_content(fs, d, COMMIT_ORDERED) != 0)
		return u;
	u.seal = d->blob->ops->seal(d->blob) == 0;
	return u;
}

void deposit_release(struct call *c, struct deposit *d)
{
	struct deposits *all = c->fs->deposits;
	struct unended u;
	bool last;

	pthread_mutex_lock(&all->lock);
	last = --d->writers == 0;
	d->ending = last;
	pthread_mutex_unlock(&all->lock);
	if (last && !d->forgotten) {
		u = fate(c->fs, d);
		end(c->fs, &u);
		if (u.seal)
			digester_wake(c->fs->store->digester);
	}
	deposit_put(all, d);
	pthread_mutex_lock(&all->lock);
	pthread_cond_broadcast(&all->released);
	pthread_mutex_unlock(&all->lock);
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

/* Whether some deposit was closed before `start`, so lately that its release is still to be expected, or is just being brought to its end.  Under the lock. */
static bool awaited(struct deposits *all, int64_t start)
{
	bool yes = false;

	if (all->count == 0)
		return false;
	for (size_t i = 0; i < BUCKETS && !yes; i++)
		for (struct deposit *d = all->bucket[i]; d != NULL && !yes; d = d->next) {
			pthread_mutex_lock(&d->lock);
			yes = d->closed && d->closed_at <= start && (d->ending || start - d->closed_at < RELEASE_WAIT_MS);
			pthread_mutex_unlock(&d->lock);
		}
	return yes;
}

void deposits_settle(struct deposits *all)
{
	int64_t start = boot_ms();
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += RELEASE_WAIT_MS * 1000000L;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&all->lock);
	while (rc == 0 && awaited(all, start))
		rc = pthread_cond_timedwait(&all->released, &all->lock, &until);
	pthread_mutex_unlock(&all->lock);
}
