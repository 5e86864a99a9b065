#include "fs/call/refusal.h"

#include <errno.h>
#include <libintl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "fs/call/path.h"
#include "fs/call/seen.h"
#include "fs/store/clock.h"
#include "fs/store/records/readings.h"

#define KEPT 1024 /* kinds remembered at once; then the one that was met longest ago gives way */
#define BUCKETS 1024

/* Places that a subject's refusals of one sort (verb and reason) are recorded at in a window; those
 * beyond are counted together.  Someone who goes over a whole tree would otherwise write an event a
 * file. */
#define BREADTH_MAX 32
#define HABIT_BREADTH_MAX 8

/* Refusals of a kind: of one subject, verb and reason, at one place. */
struct refusal {
	TAILQ_ENTRY(refusal) links;
	LIST_ENTRY(refusal) in_bucket; /* where used */
	bool used;
	uint32_t uid;
	uint64_t place; /* what it is counted by, place_of(); 0: all places beyond the breadth */
	uint64_t ino;   /* of the node; for a habit, of the folder; 0: of none */
	enum verb verb;
	enum reason why;
	int64_t recorded;       /* boot ms: when the first of them was recorded */
	int64_t opened;         /* boot ms: when the window began that is counted in now */
	int64_t met;            /* boot ms: the latest */
	int64_t wall;           /* of the latest */
	uint64_t more;          /* since what was recorded */
	struct seen *files;     /* for a habit: the files since what was recorded; owned */
	char rule[READER_RULE]; /* by which the reader is uninvited */
	struct subject who;
	int64_t item;    /* 0: none */
	char path[1024]; /* "" until record_first() has made it */
};

/* The kind that was met last is first; unused ones are at the end. */
TAILQ_HEAD(refusal_list, refusal);
LIST_HEAD(refusal_bucket, refusal);

struct refusals {
	pthread_mutex_t lock; /* all below */
	struct refusal_list list;
	struct refusal_bucket buckets[BUCKETS]; /* the kinds by their hash, bucket_of() */
	struct refusal kept[KEPT];
};

int refusals_new(struct refusals **out)
{
	struct refusals *r = calloc(1, sizeof *r);

	if (r == NULL)
		return ENOMEM;
	pthread_mutex_init(&r->lock, NULL);
	TAILQ_INIT(&r->list);
	for (size_t i = 0; i < BUCKETS; i++)
		LIST_INIT(&r->buckets[i]);
	for (size_t i = 0; i < KEPT; i++)
		TAILQ_INSERT_TAIL(&r->list, &r->kept[i], links);
	*out = r;
	return 0;
}

void refusals_free(struct refusals *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < KEPT; i++)
		seen_free(r->kept[i].files);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* What programs do to whole folders, unasked. */
static bool is_habit(enum reason why)
{
	return why == REASON_UNINVITED || why == REASON_DESKTOP_FILE;
}

static int64_t window_of(enum reason why)
{
	return is_habit(why) ? HABIT_WINDOW_MS : REFUSAL_WINDOW_MS;
}

static bool is_same_sort(const struct refusal *a, const struct refusal *b)
{
	return a->uid == b->uid && a->verb == b->verb && a->why == b->why;
}

/* --- recording --- */

/* Posts `count` attempts of a kind as one event. */
static void post_refusal(struct fs *fs, const struct refusal *r, uint64_t count)
{
	struct refused e = { .verb = verb_name(r->verb),
		.error = strerrorname_np(reason_errno(r->why)),
		.reason = reason_name(r->why),
		.path = r->path,
		.count = (int64_t)count };
	char program[sizeof r->who.program];

	if (is_habit(r->why) && (r->files != NULL || count == 1)) {
		e.files = r->files != NULL ? (int64_t)seen_count(r->files) : 1;
		e.more = seen_more(r->files);
		e.rule = r->rule[0] != '\0' ? r->rule : NULL;
	}
	/* the attempt was refused already; the committer says on stderr what it could not queue */
	ignore_error(committer_post_record(fs->store->committer, EVENT_REFUSED,
		&(struct about){ .who = &r->who, .item = r->item },
		refused_details(&e, fs->store->format.utc_offset)));
	memcpy(program, r->who.program, sizeof program);
	path_mask(program, false);
	fprintf(stderr, "custodyfs: refused: %s %s by uid %u (%s, pid %d), %llu time(s): %s\n",
		verb_name(r->verb), r->path, r->who.uid, program, (int)r->who.pid,
		(unsigned long long)count, gettext(reason_text(r->why)));
}

/* Records the count that an entry's former value still had. */
static void post_former(struct fs *fs, struct refusal *former)
{
	if (former->used && former->more > 0)
		post_refusal(fs, former, former->more);
	seen_free(former->files);
}

/* --- counting, under the lock --- */

static struct refusal_bucket *bucket_of(struct refusals *r, const struct refusal *kind)
{
	uint64_t h = kind->place ^ (uint64_t)kind->uid << 32 ^ (uint64_t)kind->verb << 16 ^
		(uint64_t)kind->why;

	return &r->buckets[(h * 0x9e3779b97f4a7c15 >> 32) % BUCKETS];
}

static struct refusal *find_kind(struct refusals *r, const struct refusal *want)
{
	struct refusal *s;

	LIST_FOREACH(s, bucket_of(r, want), in_bucket)
		if (s->place == want->place && is_same_sort(s, want))
			return s;
	return NULL;
}

/* Whether more attempts of a kind (NULL: none is remembered) are only counted now. */
static bool is_open(const struct refusal *s, int64_t now)
{
	return s != NULL && now - s->opened < window_of(s->why);
}

static void move_first(struct refusals *r, struct refusal *s)
{
	TAILQ_REMOVE(&r->list, s, links);
	TAILQ_INSERT_HEAD(&r->list, s, links);
}

/* Puts a value in place of an entry's (NULL: of the one met longest ago), and gives the former. */
static struct refusal *replace_kind(
	struct refusals *r, struct refusal *s, const struct refusal *value, struct refusal *former)
{
	if (s == NULL)
		s = TAILQ_LAST(&r->list, refusal_list);
	TAILQ_REMOVE(&r->list, s, links);
	if (s->used)
		LIST_REMOVE(s, in_bucket);
	*former = *s;
	*s = *value;
	TAILQ_INSERT_HEAD(&r->list, s, links);
	LIST_INSERT_HEAD(bucket_of(r, s), s, in_bucket);
	return s;
}

static void count_more(
	struct refusals *r, struct refusal *s, const struct refusal *want, uint64_t file)
{
	s->more++;
	s->met = want->recorded;
	s->wall = want->wall;
	if (is_habit(want->why))
		seen_add(&s->files, file);
	move_first(r, s);
}

/* Whether a kind that is new comes on top of as many as are recorded in a window; then *beyond is
 * what it counts as. */
static bool is_too_broad(struct refusals *r, const struct refusal *want, struct refusal *beyond)
{
	size_t places = 0, most = is_habit(want->why) ? HABIT_BREADTH_MAX : BREADTH_MAX;
	const struct refusal *s;

	*beyond = *want;
	beyond->place = beyond->ino = 0;
	beyond->item = 0;
	snprintf(beyond->path, sizeof beyond->path, "by-unit");
	TAILQ_FOREACH(s, &r->list, links) {
		if (!s->used || want->recorded - s->met >= window_of(want->why))
			break; /* those after it were met even longer ago, or are unused */
		if (s->place == 0 || !is_same_sort(s, want) ||
			want->recorded - s->recorded >= window_of(s->why))
			continue;
		places++;
		if (s->recorded < beyond->opened)
			beyond->opened = s->recorded;
	}
	return places >= most;
}

/* Counts an attempt.  True where it is to be recorded at once; *former: the value that gave way. */
static bool count_refusal(
	struct refusals *r, const struct refusal *want, uint64_t file, struct refusal *former)
{
	struct refusal *s = find_kind(r, want), beyond;

	if (is_open(s, want->recorded)) {
		count_more(r, s, want, file);
		return false;
	}
	if (!is_too_broad(r, want, &beyond)) {
		(void)replace_kind(r, s, want, former);
		return true;
	}
	s = find_kind(r, &beyond);
	if (!is_open(s, want->recorded))
		s = replace_kind(r, s, &beyond, former);
	s->who = want->who;
	count_more(r, s, want, file);
	return false;
}

static uint64_t hashed(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	return h;
}

/*
 * Where an attempt counts: at the node, for the control file each command apart; for a habit at the
 * folder and the program, as named by the rule or by its own path.  *where: the node, for a habit
 * the folder.
 */
static uint64_t place_of(struct call *c, const struct refusal *want, const struct node *node,
	const char *name, struct node *where)
{
	struct item item;

	*where = *node;
	if (is_habit(want->why)) {
		if (node->kind == NODE_ITEM && call_connect(c) == 0 &&
			catalog_item(c->db, node->id, &item) == 0)
			*where = (struct node){ .kind = NODE_CASE, .id = item.folder };
		return hashed(
			node_ino(where), want->rule[0] != '\0' ? want->rule : want->who.program);
	}
	return node->kind == NODE_CTL && name != NULL ? hashed(node_ino(node), name)
						      : node_ino(node);
}

/* Records the first of a kind.  Its path is made only now, outside the lock: in a storm nearly all
 * attempts are only counted, and making a path reads the catalog. */
static void record_first(
	struct call *c, struct refusal *first, const struct node *where, const char *name)
{
	struct refusals *r = c->fs->refusals;
	struct refusal *s;

	if (call_connect(c) == 0)
		path_show(c->db, where, name, first->path, sizeof first->path);
	pthread_mutex_lock(&r->lock);
	s = find_kind(r, first);
	if (s != NULL && s->path[0] == '\0') /* else it gave way meanwhile */
		memcpy(s->path, first->path, sizeof s->path);
	pthread_mutex_unlock(&r->lock);
	post_refusal(c->fs, first, 1);
}

void refusal_record(
	struct call *c, enum verb verb, const struct node *node, const char *name, enum reason why)
{
	struct refusals *r = c->fs->refusals;
	struct refusal want = { .used = true,
		.uid = c->who.uid,
		.verb = verb,
		.why = why,
		.recorded = store_clock_boot(),
		.wall = c->now.wall };
	struct refusal former = { .used = false };
	struct node where;
	uint64_t file = name != NULL ? hashed(node_ino(node), name) : node_ino(node);
	bool new;

	want.opened = want.met = want.recorded;
	want.who = *call_subject(c);
	if (why == REASON_UNINVITED)
		memcpy(want.rule, c->rule, sizeof want.rule);
	want.place = place_of(c, &want, node, name, &where);
	want.ino = node_ino(&where);
	want.item = node->kind == NODE_ITEM ? node->id : 0;
	pthread_mutex_lock(&r->lock);
	new = count_refusal(r, &want, file, &former);
	pthread_mutex_unlock(&r->lock);
	post_former(c->fs, &former);
	if (new)
		record_first(c, &want, &where, is_habit(why) ? NULL : name);
}

int refusal_answer(
	struct call *c, enum verb verb, const struct node *node, const char *name, enum reason why)
{
	if (why == REASON_NONE)
		return 0;
	if (why != REASON_HIDDEN)
		refusal_record(c, verb, node, name, why);
	return reason_errno(why);
}

int refusal_or_error(struct call *c, enum verb verb, const struct node *node, int err)
{
	if (err == ENOSPC || err == EDQUOT)
		return refusal_answer(c, verb, node, NULL, REASON_NO_SPACE);
	if (err == EIO && verb == VERB_OPEN_READ)
		return refusal_answer(c, verb, node, NULL, REASON_DAMAGED);
	return err;
}

/* The inode number of the item that a habit's first record was for. */
static uint64_t first_of(const struct refusal *s)
{
	return s->item != 0 ? node_ino(&(struct node){ .kind = NODE_ITEM, .id = s->item }) : 0;
}

bool refusal_last(struct refusals *r, uint32_t uid, uint64_t ino, enum verb *verb, enum reason *why,
	int64_t *when)
{
	const struct refusal *s;

	pthread_mutex_lock(&r->lock);
	TAILQ_FOREACH(s, &r->list, links)
		if (s->used && s->uid == uid &&
			(s->ino == ino || first_of(s) == ino || seen_has(s->files, ino)))
			break;
	if (s != NULL) {
		*verb = s->verb;
		*why = s->why;
		*when = s->wall;
	}
	pthread_mutex_unlock(&r->lock);
	return s != NULL;
}

void refusals_flush(struct fs *fs, bool all)
{
	struct refusals *r = fs->refusals;
	int64_t now = store_clock_boot();

	for (size_t i = 0; i < KEPT; i++) {
		struct refusal *s = &r->kept[i], closed;
		bool due;

		pthread_mutex_lock(&r->lock);
		due = s->used && s->more > 0 && (all || !is_open(s, now));
		if (due) {
			closed = *s;
			s->more = 0;
			s->files = NULL;
			s->opened = now;
		}
		pthread_mutex_unlock(&r->lock);
		if (due)
			post_former(fs, &closed);
	}
}
