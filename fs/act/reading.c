#include "fs/act/reading_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/blob/content.h"
#include "fs/store/records/grants.h"
#include "fs/store/records/readings.h"

struct opening {
	struct call *c;
	int64_t id;
	enum reason why;
	struct item item;
	struct grant grant;
	bool own;
};

static int decide_open(struct turn *t, void *arg)
{
	struct opening *o = arg;
	const struct event_time *now = turn_time(t);
	int err = catalog_item(turn_db(t), o->id, &o->item);

	if (err != 0)
		return err;
	o->c->now = *now;
	o->why = judge_verb(o->c, &o->item, VERB_OPEN_READ, false);
	o->own = o->why == REASON_NONE;
	memset(&o->grant, 0, sizeof o->grant);
	if (o->why == REASON_NO_GRANT)
		err = grants_for_item(turn_db(t), &o->item, o->c->who.person.id, now->wall,
			now->clock, &o->grant, &o->why);
	if (err != 0 || o->why != REASON_NONE)
		return err != 0 ? err : reason_errno(o->why);
	return record_read_open(t, &(struct about){ .who = &o->c->who, .item = o->id },
		&(struct read_open){ .grant = o->own ? 0 : o->grant.id, .own = o->own });
}

/* The bytes behind an opening that was allowed and recorded. */
static int attach_content(struct call *c, const struct opening *o, struct reading *r)
{
	if (o->own) {
		r->deposit = deposit_get(c->fs->deposits, o->id);
		return r->deposit != NULL ? 0 : EAGAIN;
	}
	return store_content(c->fs->store, &o->item, &r->content);
}

/* Why bytes are not what they were: an item that is disposed of at this moment is not a damaged
 * one. */
static enum reason why_bad(struct call *c, int64_t id)
{
	struct item item;

	return call_connect(c) == 0 && catalog_item(c->db, id, &item) == 0 &&
			item.state == ITEM_DISPOSED
		? REASON_DISPOSED
		: REASON_DAMAGED;
}

/*
 * Depositors may not read what they just copied in, but some clients open it by habit to set its
 * label (rsync, after each file).  That is recorded for the folder, once and then counted, or a
 * copy of a thousand files would look like a thousand attempts to read.
 */
static int refuse_open(struct call *c, const struct opening *o)
{
	struct node n = { .kind = NODE_ITEM, .id = o->id };

	if (o->why == REASON_NO_GRANT && o->item.depositor == c->who.person.id &&
		judge_settling(&o->item, &c->now))
		n = (struct node){ .kind = NODE_CASE, .id = o->item.folder };
	return refusal_answer(c, VERB_OPEN_READ, &n, NULL, o->why);
}

/* A reading as it was decided.  Revocations before the decision are known; a later one is seen at
 * the next read. */
static void begin_reading(struct reading *r, const struct opening *o)
{
	*r = (struct reading){
		.item = o->id,
		.own = o->own,
		.who = o->c->who,
		.grant = o->grant,
		.grant_id = o->grant.id,
		.revocations = o->c->revocations,
		.recorded = reading_seconds(),
		.leaf = -1,
	};
	(void)mutex_init(&r->lock);
	(void)mutex_init(&r->leaf_lock);
}

int reading_open(struct call *c, int64_t id, struct reading **out)
{
	const struct node n = { .kind = NODE_ITEM, .id = id };
	struct opening o = { .c = c, .id = id };
	struct reading *r;
	int err;

	if (call_browses(c) &&
		call_uninvited(c)) /* before any approval is looked at: none is used up */
		return refusal_answer(c, VERB_OPEN_READ, &n, NULL, REASON_UNINVITED);
	r = calloc(1, sizeof *r); /* before it is recorded as open */
	if (r == NULL)
		return refusal_or_error(c, VERB_OPEN_READ, &n, ENOMEM);
	deposits_settle(c->fs->deposits, id);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_open, &o);
	if (o.why != REASON_NONE || err != 0) {
		free(r);
		return o.why != REASON_NONE ? refuse_open(c, &o)
					    : refusal_or_error(c, VERB_OPEN_READ, &n, err);
	}
	begin_reading(r, &o);
	err = attach_content(c, &o, r);
	if (err != 0) { /* the record says "opened"; it must say that nothing was read, too */
		reading_finish(c->fs, r);
		readings_destroy(c->fs, r);
		if ((err == ENOENT || err == EIO) && why_bad(c, id) == REASON_DISPOSED)
			return refusal_answer(c, VERB_OPEN_READ, &n, NULL, REASON_DISPOSED);
		return refusal_or_error(c, VERB_OPEN_READ, &n, err == ENOENT ? EIO : err);
	}
	readings_add(c->fs->readings, r);
	*out = r;
	return 0;
}

/* A small read within one leaf, from the leaf kept. */
static int read_leaf(struct reading *r, struct handle_read *q, int64_t *bad) REQUIRES(r->leaf_lock)
{
	int64_t leaf = q->offset / LEAF_BYTES;
	size_t skip = (size_t)(q->offset % LEAF_BYTES), rest;
	const void *from;
	int err;

	if (r->last == NULL && (r->last = malloc(LEAF_BYTES)) == NULL)
		return ENOMEM;
	if (r->leaf != leaf) {
		r->leaf = -1;
		err = content_read(r->content, q->buffer, leaf * LEAF_BYTES, LEAF_BYTES, &from,
			&r->leaf_len, bad);
		if (err != 0)
			return err;
		memcpy(r->last, from, r->leaf_len);
		r->leaf = leaf;
	}
	rest = r->leaf_len > skip ? r->leaf_len - skip : 0;
	q->got = rest < q->len ? rest : q->len;
	memcpy(q->buffer, r->last + skip, q->got);
	q->data = q->buffer;
	return 0;
}

/* The bytes, verified.  Small reads are served from the leaf kept, one at a time; large ones side
 * by side. */
static int read_verified(struct reading *r, struct handle_read *q, int64_t *bad)
{
	int64_t last = q->offset + (int64_t)q->len - 1;
	int err;

	q->data = q->buffer;
	q->got = 0;
	if (r->own)
		return deposit_read(r->deposit, q->buffer, q->len, q->offset, &q->got);
	if (q->offset >= content_size(r->content))
		return 0;
	if (q->len < LEAF_BYTES && q->offset / LEAF_BYTES == last / LEAF_BYTES) {
		mutex_lock(&r->leaf_lock);
		err = read_leaf(r, q, bad);
		mutex_unlock(&r->leaf_lock);
		return err;
	}
	return content_read(r->content, q->buffer, q->offset, q->len, &q->data, &q->got, bad);
}

/* Bytes that are not what was sealed: an item that is disposed of at this moment, or damage. */
static int refuse_bad(struct call *c, const struct reading *r, int64_t bad)
{
	const struct node n = { .kind = NODE_ITEM, .id = r->item };
	enum reason why = why_bad(c, r->item);

	if (why == REASON_DAMAGED)
		fprintf(stderr,
			"custodyfs: item %lld: the content at byte %lld is not what was sealed\n",
			(long long)r->item, (long long)bad);
	return refusal_answer(c, VERB_READ, &n, NULL, why);
}

static int read_reading(struct call *c, void *self, struct handle_read *q)
{
	struct reading *r = self;
	const struct node n = { .kind = NODE_ITEM, .id = r->item };
	enum reason why;
	int64_t bad = 0;
	bool soon;
	int err = reading_judge(c, r, &why, &soon);

	if (err != 0)
		return err;
	if (why != REASON_NONE)
		return refusal_answer(c, VERB_READ, &n, NULL, why);
	q->drop = q->cached && (soon || r->shared);
	err = read_verified(r, q, &bad);
	if (err == EIO)
		return refuse_bad(c, r, bad);
	if (err != 0 || q->got == 0)
		return err;
	mutex_lock(&r->lock);
	reading_note(c->fs, r, q->offset, q->offset + (int64_t)q->got);
	mutex_unlock(&r->lock);
	return 0;
}

static void release_reading(struct fs *fs, void *self)
{
	reading_finish(fs, self);
	readings_remove(fs, self);
}

const struct handle_ops reading_handle = {
	.item = true,
	.read = read_reading,
	.release = release_reading,
};
