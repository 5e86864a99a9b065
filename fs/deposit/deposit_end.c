/* How a deposit ends: its close on the ledger, and then sealed, or incomplete. */
#include "fs/deposit/deposit_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/call/process.h"
#include "fs/call/refusal.h"
#include "fs/deposit/habit.h"
#include "fs/store/clock.h"
#include "fs/store/digester.h"
#include "fs/store/records/deposits.h"

struct ending {
	struct fs *fs;
	struct unended *end;
};

static int decide_end(struct turn *t, void *arg)
{
	const struct ending *e = arg;
	const struct unended *u = e->end;
	const struct event_time *now = turn_time(t);
	int64_t end = now->clock + e->fs->options.settle_ms;
	const struct about about = { .who = &u->who, .item = u->id };
	struct item item;
	int err = catalog_item(turn_db(t), u->id, &item);

	if (err != 0)
		return err;
	if (item.state != ITEM_RECEIVING)
		return ECANCELED; /* unlinked meanwhile */
	if (!u->seal)
		return record_deposit_incomplete(t, &about,
			&(struct deposit_incomplete){ .reason = u->reason, .size = u->size });
	if (item.size == 0 && item.sealed != 0 && end > item.sealed + e->fs->options.settle_max_ms)
		end = item.sealed +
			e->fs->options.settle_max_ms; /* opened again, and still empty */
	return record_deposit_seal(t, &about, &(struct deposit_seal){ .settle_until = end });
}

void deposit_end(struct fs *fs, const struct unended *given)
{
	struct deposits *all = fs->deposits;
	struct unended u = *given, *keep;
	struct ending e = { fs, &u };
	int err = committer_run(fs->store->committer, COMMIT_ORDERED, decide_end, &e);

	if (err == 0 || err == ECANCELED || err == ENOENT)
		return;
	fprintf(stderr, "custodyfs: item %lld: its %s is not recorded yet: %s\n", (long long)u.id,
		u.seal ? "sealing" : "breaking off", strerror(err));
	keep = malloc(sizeof *keep);
	if (keep == NULL)
		return; /* the next start recovers it */
	*keep = u;
	mutex_lock(&all->lock);
	STAILQ_INSERT_TAIL(&all->unended, keep, others);
	mutex_unlock(&all->lock);
}

void deposits_retry(struct fs *fs)
{
	struct deposits *all = fs->deposits;
	struct unended_list due = STAILQ_HEAD_INITIALIZER(due);
	struct unended *u;

	mutex_lock(&all->lock);
	STAILQ_CONCAT(&due, &all->unended);
	mutex_unlock(&all->lock);
	while ((u = STAILQ_FIRST(&due)) != NULL) {
		STAILQ_REMOVE_HEAD(&due, others);
		deposit_end(fs, u);
		free(u);
	}
}

struct closing {
	struct deposit *d;
	uint8_t root[HASH_LEN];
	int64_t size, mtime;
	uint32_t mode;
	bool label;
};

static int decide_close(struct turn *t, void *arg)
{
	const struct closing *k = arg;
	struct item item;
	const struct about about = { .who = &k->d->who, .item = k->d->id };
	char epoch[INSTANT_TEXT];
	int err = catalog_item(turn_db(t), k->d->id, &item);

	if (err != 0)
		return err;
	if (item.state != ITEM_RECEIVING)
		return ECANCELED;
	err = record_deposit_close(t, &about,
		&(struct deposit_close){ .size = k->size,
			.root = record_hash_of(true, k->root),
			.mtime = k->mtime });
	if (err != 0 || k->mode == item.mode)
		return err;
	instant_format(0, 0, epoch);
	return record_label_close(t, &about,
		&(struct label_close){ .mtime = k->mtime, .mode = k->mode, .settle_until = epoch });
}

/* Hashes, syncs and records the content, which nobody changes meanwhile. */
static int close_content(struct fs *fs, struct deposit *d, enum commit_mode mode)
{
	struct closing k = { .d = d };
	int err;

	rwlock_write(&d->content);
	err = hashing_finish(d->hashing, k.root);
	if (err == 0)
		err = d->blob->ops->sync(d->blob);
	mutex_lock(&d->lock);
	k.size = d->size;
	k.mtime = d->mtime;
	k.mode = d->mode;
	mutex_unlock(&d->lock);
	if (err == 0)
		err = committer_run(fs->store->committer, mode, decide_close, &k);
	mutex_lock(&d->lock);
	if (err == 0) {
		d->changed = d->mtime != k.mtime ||
			d->mode != k.mode; /* a label set while this was written is not in it */
		d->closed = true;
		d->closes++;
		d->closed_at = store_clock_boot();
	}
	mutex_unlock(&d->lock);
	rwlock_unlock(&d->content);
	return err == ECANCELED ? 0 : err;
}

/* Whether the state of the task that closes says that what it wrote is not whole. */
struct closer {
	bool killed, broken_off;
};

static struct closer look_at_closer(struct deposit *d, int32_t tid)
{
	enum process_end end = process_end(tid);
	bool wrote = deposit_written_by(d, tid);

	return (struct closer){
		.killed = end == PROCESS_UNKNOWN || (end == PROCESS_KILLED && wrote),
		.broken_off = end == PROCESS_WELL && wrote && habit_breaks_off(tid),
	};
}

/* Fills in the program that closes.  It may be in execve(2), which closes files: then its
 * executable must not be asked for (process_name()). */
static void name_closer(struct call *c, const struct deposit *d, int32_t tid)
{
	char *program = c->who.program;

	if (c->who.pid == d->who.pid)
		snprintf(program, sizeof c->who.program, "%s", d->who.program);
	else
		process_name(tid, program, sizeof c->who.program);
	if (program[0] == '\0')
		snprintf(program, sizeof c->who.program, "?");
}

/* Notes a close(2), and gives what it returns.  *content: not yet, the content must be recorded
 * first. */
static int note_close(struct deposit *d, const struct closer *by, bool *content)
{
	int err;

	mutex_lock(&d->lock);
	d->killed = d->killed || by->killed;
	d->broken_off = d->broken_off || by->broken_off;
	if (!d->changed && d->closed) {
		d->closed_at = store_clock_boot();
		d->closes++;
	}
	err = d->broken != 0 ? d->broken : d->killed || d->broken_off ? EIO : 0;
	*content = err == 0 && !d->forgotten && d->changed;
	if (d->forgotten) /* its depositor removed it: there is nothing to complain about */
		err = 0;
	mutex_unlock(&d->lock);
	return err;
}

int deposit_flush(struct call *c, struct deposit *d, int32_t tid)
{
	const struct node n = { .kind = NODE_ITEM, .id = d->id };
	const struct closer by = look_at_closer(d, tid);
	bool content;
	int err;

	name_closer(c, d, tid);
	err = note_close(d, &by, &content);
	if (!content)
		return err;
	err = close_content(c->fs, d, COMMIT_DURABLE);
	if (err != 0) { /* the client learns that its copy failed: it may not be sealed after all */
		mutex_lock(&d->lock);
		d->broken = err;
		mutex_unlock(&d->lock);
	}
	return refusal_or_error(c, VERB_WRITE, &n, err);
}

/* A deposit when its last descriptor is gone: its end if it is incomplete, and what decides whether
 * it is. */
static struct unended incomplete_end(struct deposit *d, bool *whole, bool *closed, bool *changed)
{
	struct unended u = { .id = d->id, .who = d->who };
	const char *reason;

	mutex_lock(&d->lock);
	reason = d->killed       ? "killed"
		: d->broken_off  ? "broken-off"
		: d->broken != 0 ? "write-error"
				 : "not-closed";
	snprintf(u.reason, sizeof u.reason, "%s", reason);
	u.size = d->size;
	*whole = !d->killed && !d->broken_off && d->broken == 0;
	*closed = d->closed;
	*changed = d->changed;
	mutex_unlock(&d->lock);
	return u;
}

/* Whether it is sealed, or incomplete and why. */
static struct unended decide_fate(struct fs *fs, struct deposit *d)
{
	bool whole, closed, changed;
	struct unended u = incomplete_end(d, &whole, &closed, &changed);

	if (!whole)
		return u;
	/* The mount ends before its writer closed it.  What was closed, and not written since, is
	 * whole. */
	if (fs->ending && !closed) {
		snprintf(u.reason, sizeof u.reason, "unmounted");
		return u;
	}
	/* Pages of a shared mapping may have been written after the last close: then no close said
	 * how their writer ended. */
	if (changed && deposit_writer_killed(d)) {
		snprintf(u.reason, sizeof u.reason, "killed");
		return u;
	}
	if (changed && close_content(fs, d, COMMIT_ORDERED) != 0)
		return u;
	u.seal = d->blob->ops->seal(d->blob) == 0;
	return u;
}

void deposit_release(struct fs *fs, struct deposit *d)
{
	struct deposits *all = fs->deposits;
	struct unended u = { .seal = false };
	bool last;

	mutex_lock(&all->lock);
	last = --d->writers == 0;
	d->ending = last;
	mutex_unlock(&all->lock);
	if (last && !deposit_is_forgotten(d)) {
		u = decide_fate(fs, d);
		deposit_end(fs, &u);
		if (u.seal)
			digester_wake(fs->store->digester);
	}
	/* Incomplete content is kept for the administrator: it is made immutable, too.  Where that
	 * fails, nobody may write it in the mount anyway. */
	if (last && !u.seal && d->blob->ops->sync(d->blob) == 0)
		ignore_error(d->blob->ops->seal(d->blob));
	if (last)
		deposits_ended(all, d);
	deposit_put(all, d);
}
