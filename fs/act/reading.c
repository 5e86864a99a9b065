#include "fs/act/reading.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/blob/content.h"
#include "fs/store/records/grants.h"
#include "fs/tree/forget.h"
#include "policy/act.h"

#define RANGES_MAX 64   /* separate ranges kept; more are recorded and begun anew */
#define RECORD_EVERY 30 /* seconds */
#define TICK_MS 2000    /* before so long the next tick has come, on a busy machine too */

struct range {
	int64_t from, to;
}; /* to: exclusive */

struct reading {
	struct reading *next, **at; /* among the others */
	int64_t item;
	bool own;                /* one's own content, not sealed yet: no grant */
	struct content *content; /* NULL when own */
	struct deposit *deposit; /* when own */
	struct subject who;
	pthread_mutex_t lock; /* all below */
	struct grant grant;
	uint64_t revocations; /* as of when the grant was looked at last */
	enum reason ended;    /* why it may read no more; REASON_NONE while it may */
	struct range range[RANGES_MAX];
	size_t ranges;
	int64_t bytes;   /* served in all */
	time_t recorded; /* monotonic seconds */
	int64_t leaf;    /* the leaf kept in last: small reads in order would verify it again and
			    again; -1: none */
	size_t leaf_len;
	uint8_t *last;
};

struct readings {
	pthread_mutex_t lock;
	struct reading *first;
	size_t count;
};

int readings_new(struct readings **out)
{
	struct readings *all = calloc(1, sizeof *all);

	if (all == NULL)
		return ENOMEM;
	pthread_mutex_init(&all->lock, NULL);
	*out = all;
	return 0;
}

void readings_free(struct readings *all)
{
	if (all == NULL)
		return;
	pthread_mutex_destroy(&all->lock);
	free(all);
}

size_t readings_count(struct readings *all)
{
	size_t n;

	pthread_mutex_lock(&all->lock);
	n = all->count;
	pthread_mutex_unlock(&all->lock);
	return n;
}

static time_t monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

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
	return turn_emit(t,
		&(struct event){ .kind = "read.open",
			.who = &o->c->who,
			.item = o->id,
			DETAILS("{s:o, s:b}", "grant",
				o->own ? json_null() : json_integer(o->grant.id), "own", o->own) });
}

static json_t *ranges_json(const struct reading *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->ranges; i++)
		json_array_append_new(list,
			json_pack("[I, I]", (json_int_t)r->range[i].from,
				(json_int_t)r->range[i].to));
	return list;
}

/* Posts what was read since the last record.  Under the reading's lock. */
static void record(struct fs *fs, struct reading *r, bool closing)
{
	int err;

	r->recorded = monotonic();
	if (r->ranges == 0 && !closing)
		return;
	err = committer_post(fs->store->committer,
		&(struct event){ .kind = closing ? "read.close" : "read.ranges",
			.who = &r->who,
			.item = r->item,
			DETAILS("{s:o, s:I, s:o}", "ranges", ranges_json(r), "bytes",
				(json_int_t)r->bytes, "grant",
				r->own ? json_null() : json_integer(r->grant.id)) });
	if (err != 0)
		fprintf(stderr, "custodyfs: item %lld: what was read is not recorded yet: %s\n",
			(long long)r->item, strerror(err));
	else
		r->ranges = 0;
}

/* Notes a range, joined with those that it meets.  Under the lock. */
static void note(struct fs *fs, struct reading *r, int64_t from, int64_t to)
{
	struct range all = { from, to };
	size_t kept = 0;

	r->bytes += to - from;
	for (size_t i = 0; i < r->ranges; i++) {
		struct range x = r->range[i];

		if (x.to < all.from || x.from > all.to) {
			r->range[kept++] = x;
			continue;
		}
		all.from = x.from < all.from ? x.from : all.from;
		all.to = x.to > all.to ? x.to : all.to;
	}
	r->ranges = kept;
	if (kept == RANGES_MAX)
		record(fs, r, false);
	if (r->ranges == RANGES_MAX) { /* it could not be recorded: rather too much is told than too
					  little */
		all.from = r->range[0].from < all.from ? r->range[0].from : all.from;
		all.to = r->range[0].to > all.to ? r->range[0].to : all.to;
		r->range[0] = all;
		return;
	}
	r->range[r->ranges++] = all;
}

static void destroy(struct fs *fs, struct reading *r)
{
	content_close(r->content);
	if (r->deposit != NULL)
		deposit_put(fs->deposits, r->deposit);
	pthread_mutex_destroy(&r->lock);
	free(r->last);
	free(r);
}

static void add(struct readings *all, struct reading *r)
{
	pthread_mutex_lock(&all->lock);
	r->next = all->first;
	r->at = &all->first;
	if (r->next != NULL)
		r->next->at = &r->next;
	all->first = r;
	all->count++;
	pthread_mutex_unlock(&all->lock);
}

/* The bytes behind an opening that was allowed and recorded. */
static int attach(struct call *c, const struct opening *o, struct reading *r)
{
	if (o->own) {
		r->deposit = deposit_get(c->fs->deposits, o->id);
		return r->deposit != NULL ? 0 : EAGAIN;
	}
	r->leaf = -1;
	return store_content(c->fs->store, &o->item, &r->content);
}

/* Why bytes are not what they were: an item that is disposed of at this moment is not a damaged
 * one. */
static enum reason why_bad(struct call *c, int64_t id)
{
	struct item item;

	return catalog_item(c->db, id, &item) == 0 && item.state == ITEM_DISPOSED ? REASON_DISPOSED
										  : REASON_DAMAGED;
}

/*
 * What someone has just copied in they may not read, and clients try by habit to set its label by a
 * descriptor (rsync, after each file).  That is told of the folder, once and then counted, lest a
 * copy of a thousand files look like a thousand attempts to read.
 */
static int refuse_open(struct call *c, const struct opening *o)
{
	struct node n = { .kind = NODE_ITEM, .id = o->id };

	if (o->why == REASON_NO_GRANT && o->item.depositor == c->who.person.id &&
		judge_settling(&o->item, &c->now))
		n = (struct node){ .kind = NODE_CASE, .id = o->item.folder };
	return refusal_answer(c, VERB_OPEN_READ, &n, NULL, o->why);
}

int reading_open(struct call *c, int64_t id, struct reading **out)
{
	const struct node n = { .kind = NODE_ITEM, .id = id };
	struct opening o = { .c = c, .id = id };
	struct reading *r;
	uint64_t revocations = atomic_load(
		&c->fs->revocations); /* before the decision: one that comes after it is then looked
					 at */
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
	r->item = id;
	r->own = o.own;
	r->who = c->who;
	r->grant = o.grant;
	r->revocations = revocations;
	r->recorded = monotonic();
	pthread_mutex_init(&r->lock, NULL);
	err = attach(c, &o, r);
	if (err != 0) { /* the record says "opened"; it must say that nothing was read, too */
		record(c->fs, r, true);
		destroy(c->fs, r);
		if ((err == ENOENT || err == EIO) && why_bad(c, id) == REASON_DISPOSED)
			return refusal_answer(c, VERB_OPEN_READ, &n, NULL, REASON_DISPOSED);
		return refusal_or_error(c, VERB_OPEN_READ, &n, err == ENOENT ? EIO : err);
	}
	add(c->fs->readings, r);
	*out = r;
	return 0;
}

/* Whether the descriptor may still read.  Under the lock. */
static enum reason may_go_on(
	struct fs *fs, struct reading *r, struct sql *db, const struct event_time *now)
{
	uint64_t revocations = atomic_load(&fs->revocations);
	struct request q;
	struct person p;
	struct item item;
	bool covers;

	if (r->ended != REASON_NONE)
		return r->ended;
	if (r->own) {
		if (catalog_item(db, r->item, &item) != 0 || item.state != ITEM_RECEIVING)
			r->ended = REASON_NO_GRANT; /* it is sealed now, and like any other */
		return r->ended;
	}
	if (revocations != r->revocations) {
		if (catalog_item(db, r->item, &item) != 0)
			return REASON_NO_GRANT;
		if (item.state == ITEM_DISPOSED)
			return r->ended = REASON_DISPOSED;
		if (grants_get(db, r->grant.id, &q) != 0 ||
			catalog_person(db, r->who.person.id, &p) != 0 ||
			grants_cover(db, r->grant.id, &item, &covers) != 0)
			return REASON_NO_GRANT;
		if (act_allowed(&p, ACT_BROWSE) != REASON_NONE)
			return r->ended = REASON_NO_ROLE;
		if (!covers) /* it was unlinked from the case that was approved */
			return r->ended = REASON_NO_GRANT;
		r->grant = q.grant;
		r->revocations = revocations;
	}
	r->ended = grant_continues(&r->grant, r->who.person.id, now->wall, now->clock);
	return r->ended;
}

/* A small read within one leaf, from the leaf kept.  Under the lock. */
static int read_leaf(struct reading *r, void *buffer, size_t len, int64_t offset, const void **data,
	size_t *got, int64_t *bad)
{
	int64_t leaf = offset / LEAF_BYTES, skip = offset % LEAF_BYTES;
	const void *from;
	int err;

	if (r->last == NULL && (r->last = malloc(LEAF_BYTES)) == NULL)
		return ENOMEM;
	if (r->leaf != leaf) {
		r->leaf = -1;
		err = content_read(r->content, buffer, leaf * LEAF_BYTES, LEAF_BYTES, &from,
			&r->leaf_len, bad);
		if (err != 0)
			return err;
		memcpy(r->last, from, r->leaf_len);
		r->leaf = leaf;
	}
	*got = (int64_t)r->leaf_len <= skip        ? 0
		: r->leaf_len - (size_t)skip < len ? r->leaf_len - (size_t)skip
						   : len;
	memcpy(buffer, r->last + skip, *got);
	*data = buffer;
	return 0;
}

/* The bytes, verified.  Small reads are served from the leaf kept, under the lock; large ones go on
 * at once. */
static int fetch(struct reading *r, void *buffer, size_t len, int64_t offset, const void **data,
	size_t *got, int64_t *bad)
{
	int err;

	*data = buffer;
	*got = 0;
	if (r->own)
		return deposit_read(r->deposit, buffer, len, offset, got);
	if (offset >= content_size(r->content))
		return 0;
	if (len < LEAF_BYTES && offset / LEAF_BYTES == (offset + (int64_t)len - 1) / LEAF_BYTES) {
		pthread_mutex_lock(&r->lock);
		err = read_leaf(r, buffer, len, offset, data, got, bad);
		pthread_mutex_unlock(&r->lock);
		return err;
	}
	return content_read(r->content, buffer, offset, len, data, got, bad);
}

/* Whether its grant ends before the next tick.  Under the lock. */
static bool ends_soon(const struct reading *r, const struct event_time *now)
{
	return !r->own &&
		grant_continues(&r->grant, r->who.person.id, now->wall + TICK_MS,
			now->clock + TICK_MS) != REASON_NONE;
}

/* Whether another person has the item open. */
static bool is_shared(struct readings *all, const struct reading *r)
{
	const struct reading *x;

	pthread_mutex_lock(&all->lock);
	for (x = all->first;
		x != NULL && (x->item != r->item || x->who.person.id == r->who.person.id);
		x = x->next)
		;
	pthread_mutex_unlock(&all->lock);
	return x != NULL;
}

int reading_read(struct call *c, struct reading *r, bool cached, void *buffer, size_t len,
	int64_t offset, const void **data, size_t *got, bool *drop)
{
	const struct node n = { .kind = NODE_ITEM, .id = r->item };
	enum reason why;
	int64_t bad = 0;
	int err;

	if (len > CONTENT_SPAN)
		len = CONTENT_SPAN;
	pthread_mutex_lock(&r->lock);
	why = may_go_on(c->fs, r, c->db, &c->now);
	*drop = cached && ends_soon(r, &c->now);
	pthread_mutex_unlock(&r->lock);
	if (why != REASON_NONE)
		return refusal_answer(c, VERB_READ, &n, NULL, why);
	*drop = *drop || (cached && is_shared(c->fs->readings, r));
	err = fetch(r, buffer, len, offset, data, got, &bad);
	if (err == EIO && why_bad(c, r->item) == REASON_DISPOSED)
		return refusal_answer(c, VERB_READ, &n, NULL, REASON_DISPOSED);
	if (err == EIO) {
		fprintf(stderr,
			"custodyfs: item %lld: the content at byte %lld is not what was sealed\n",
			(long long)r->item, (long long)bad);
		return refusal_answer(c, VERB_READ, &n, NULL, REASON_DAMAGED);
	}
	if (err != 0 || *got == 0)
		return err;
	pthread_mutex_lock(&r->lock);
	note(c->fs, r, offset, offset + (int64_t)*got);
	pthread_mutex_unlock(&r->lock);
	return 0;
}

void reading_release(struct fs *fs, struct reading *r)
{
	struct readings *all = fs->readings;

	pthread_mutex_lock(&all->lock);
	*r->at = r->next;
	if (r->next != NULL)
		r->next->at = r->at;
	all->count--;
	pthread_mutex_unlock(&all->lock);
	record(fs, r, true);
	destroy(fs, r);
}

/*
 * Drops the kernel's pages of what ended.  That is done again each second for as long as it is
 * held: pages of a private mapping would serve on, also those that another reader's fetches later.
 */
static void look_at_all(struct fs *fs, struct sql *db, const struct event_time *now)
{
	struct readings *all = fs->readings;
	time_t seconds = monotonic();
	int64_t *drop;
	size_t drops = 0;

	pthread_mutex_lock(&all->lock);
	drop = calloc(all->count + 1, sizeof *drop);
	for (struct reading *r = all->first; r != NULL && drop != NULL; r = r->next) {
		pthread_mutex_lock(&r->lock);
		if (seconds - r->recorded >= RECORD_EVERY)
			record(fs, r, false);
		if (may_go_on(fs, r, db, now) != REASON_NONE || ends_soon(r, now))
			drop[drops++] = r->item;
		pthread_mutex_unlock(&r->lock);
	}
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < drops; i++)
		if (i == 0 || drop[i] != drop[i - 1])
			forget_pages(fs, drop[i], 0, 0);
	free(drop);
}

void readings_recheck(struct call *c)
{
	struct event_time now;

	atomic_fetch_add(&c->fs->revocations, 1);
	store_now(c->fs->store, &now);
	look_at_all(c->fs, c->db, &now);
}

void readings_tick(struct fs *fs)
{
	struct event_time now;
	struct sql *db;

	if (catalog_take(fs->store->pool, &db) != 0)
		return;
	store_now(fs->store, &now);
	look_at_all(fs, db, &now);
	catalog_give(fs->store->pool, db);
}
