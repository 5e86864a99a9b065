#include "fs/call/refusal.h"

#include <errno.h>
#include <libintl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/call/seen.h"
#include "fs/store/clock.h"
#include "policy/name.h"

#define SLOTS 1024 /* kinds remembered at once: a power of two */
#define BREADTH_MAX                                                                             \
	32 /* places a subject's one kind of refusal is recorded at, a window; those beyond are \
	      counted together */
#define HABIT_BREADTH_MAX 8 /* the same of what programs do by habit */
#define PROBES 8            /* where all are taken, the oldest gives way */

struct refusal {
	bool used;
	uint32_t uid;
	uint64_t place; /* what it is counted by, place_of(); 0: all places of the subject
			 * together */
	uint64_t ino;   /* of the node; of a habit, of the folder */
	enum verb verb;
	enum reason why;
	int64_t first, last;    /* boot ms; the window begins with first */
	int64_t wall;           /* of the last */
	uint64_t order;         /* of the last, among all that are remembered: several come in a
				 * millisecond */
	uint64_t more;          /* since what was recorded */
	unsigned breadth;       /* of the entry that counts for all places: places recorded in this
				 * window */
	struct seen *files;     /* of a habit: the files since what was recorded; whoever takes the
				   slot's value away frees it */
	char rule[READER_RULE]; /* by which the reader is uninvited */
	struct subject who;
	int64_t item;
	char path[1024];
};

struct refusals {
	pthread_mutex_t lock;
	uint64_t count; /* of those that were recorded */
	struct refusal slot[SLOTS];
};

int refusals_new(struct refusals **out)
{
	struct refusals *r = calloc(1, sizeof *r);

	if (r == NULL)
		return ENOMEM;
	pthread_mutex_init(&r->lock, NULL);
	*out = r;
	return 0;
}

void refusals_free(struct refusals *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		seen_free(r->slot[i].files);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* What programs do to whole folders, unasked. */
static bool is_habit(enum reason why)
{
	return why == REASON_UNINVITED || why == REASON_DESKTOP_FILE;
}

static int64_t window_of(const struct refusal *r)
{
	return is_habit(r->why) ? HABIT_WINDOW_MS : REFUSAL_WINDOW_MS;
}

static size_t slot_of(uint32_t uid, uint64_t place, enum verb verb, enum reason why)
{
	uint64_t h = (place * 0x9E3779B97F4A7C15u) ^ ((uint64_t)uid << 20) ^ ((uint64_t)verb << 8) ^
		(uint64_t)why;

	return (size_t)(h * 0xD6E8FEB86659FD93u >> 32) % SLOTS;
}

static bool same(const struct refusal *r, const struct refusal *want)
{
	return r->used && r->uid == want->uid && r->place == want->place && r->verb == want->verb &&
		r->why == want->why;
}

/* What only a habit's record says. */
static void add_habit(json_t *details, const struct refusal *r, uint64_t count)
{
	if (r->files == NULL && count > 1)
		return; /* without memory they were not told apart */
	json_object_set_new(details, "files",
		json_integer(r->files != NULL ? (json_int_t)seen_count(r->files) : 1));
	if (seen_more(r->files))
		json_object_set_new(details, "more", json_true());
	if (r->rule[0] != '\0')
		json_object_set_new(details, "rule", json_string(r->rule));
}

/* Shows control characters as "?", and where `ascii` all that is beyond it: whoever chose the text
 * chooses no lines. */
static void mask(char *text, bool ascii)
{
	for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || (ascii && *p >= 0x80))
			*p = '?';
}

/* Posts `count` attempts of a kind. */
static void post(struct fs *fs, const struct refusal *r, uint64_t count)
{
	char program[sizeof r->who.program];
	json_t *details = json_pack("{s:s, s:s, s:s, s:s, s:I}", "verb", verb_name(r->verb),
		"errno", strerrorname_np(reason_errno(r->why)), "reason", reason_name(r->why),
		"path", r->path, "count", (json_int_t)count);

	if (details != NULL && is_habit(r->why))
		add_habit(details, r, count);
	(void)committer_post(fs->store->committer,
		&(struct event){ .kind = "refused",
			.who = &r->who,
			.item = r->item,
			.detailed = true,
			.details = details });
	memcpy(program, r->who.program, sizeof program);
	mask(program, false);
	fprintf(stderr, "custodyfs: refused: %s %s by uid %u (%s, pid %d), %llu time(s): %s\n",
		verb_name(r->verb), r->path, r->who.uid, program, (int)r->who.pid,
		(unsigned long long)count, gettext(reason_text(r->why)));
}

/* A name that was refused may be anything: what is no UTF-8, and control characters, are shown as
 * "?"; a long one is cut between characters. */
static void append_name(char *out, size_t cap, const char *name)
{
	char shown[NAME_BUFFER];
	size_t len = strnlen(name, NAME_BYTES), used = strlen(out);
	json_t *valid;

	while (len > 0 && name[len] != '\0' && ((unsigned char)name[len] & 0xc0) == 0x80)
		len--;
	snprintf(shown, sizeof shown, "%.*s", (int)len, name);
	valid = json_string(shown); /* jansson takes valid UTF-8 only */
	mask(shown, valid == NULL);
	json_decref(valid);
	snprintf(out + used, cap - used, "%s%s", used > 0 ? "/" : "", shown);
}

/* The path of a node, as far as it can be told; "" above by-unit. */
static void path_of(struct call *c, const struct node *n, const char *name, char *out, size_t cap)
{
	struct folder f;
	struct item item;
	size_t len;

	out[0] = '\0';
	if (call_connect(c) != 0)
		; /* only the name can be told */
	else if (n->kind == NODE_ITEM && catalog_item(c->db, n->id, &item) == 0)
		(void)catalog_item_path(c->db, &item, out, cap);
	else if ((n->kind == NODE_DATE || n->kind == NODE_CASE) &&
		catalog_folder(c->db, n->id, &f) == 0)
		(void)catalog_folder_path(c->db, &f, out, cap);
	else if (n->kind >= NODE_UNIT && n->kind <= NODE_OFFICER) {
		struct unit u;
		struct device d;
		struct person p;

		if (catalog_unit(c->db, n->unit, &u) == 0)
			snprintf(out, cap, "by-unit/%s", u.name);
		len = strlen(out);
		if (n->kind >= NODE_DEVICE && catalog_device(c->db, n->device, &d) == 0)
			snprintf(out + len, cap - len, "/%s", d.serial);
		len = strlen(out);
		if (n->kind == NODE_OFFICER && catalog_person(c->db, n->officer, &p) == 0)
			snprintf(out + len, cap - len, "/%s", p.number);
	} else if (n->kind == NODE_VIEW)
		(void)views_path(c->db, &n->view, out, cap);
	else if (n->kind == NODE_BY_UNIT)
		snprintf(out, cap, "by-unit");
	if (name != NULL)
		append_name(out, cap, name);
}

/* Finds the kind's slot, or the one that gives way to it. */
static struct refusal *find(struct refusals *r, const struct refusal *want)
{
	size_t i = slot_of(want->uid, want->place, want->verb, want->why);
	struct refusal *oldest = &r->slot[i];

	for (size_t n = 0; n < PROBES; n++, i = (i + 1) % SLOTS) {
		struct refusal *s = &r->slot[i];

		if (same(s, want))
			return s;
		if (!s->used)
			oldest = oldest->used ? s : oldest;
		else if (oldest->used && s->last < oldest->last)
			oldest = s;
	}
	return oldest;
}

/* Counts one more of a kind.  Under the lock. */
static void count_more(struct refusal *s, const struct refusal *want, uint64_t file)
{
	s->more++;
	s->last = want->first;
	s->wall = want->wall;
	s->order = want->order;
	if (is_habit(want->why))
		seen_add(&s->files, file);
}

/*
 * Counts a kind that is new at this place against the subject's breadth; true where there are too
 * many, and it is only counted.  Someone who goes over a whole tree would otherwise write an event
 * a file.  *closed: the former window's count, to be recorded.  Under the lock.
 */
static bool too_broad(
	struct refusals *r, const struct refusal *want, uint64_t file, struct refusal *closed)
{
	struct refusal all = *want, *s;

	all.place = all.ino = 0;
	all.item = 0;
	snprintf(all.path, sizeof all.path, "by-unit");
	s = find(r, &all);
	if (!same(s, &all) || want->first - s->first >= window_of(s)) {
		*closed = *s;
		*s = all;
	}
	if (s->breadth < (is_habit(want->why) ? HABIT_BREADTH_MAX : BREADTH_MAX)) {
		s->breadth++;
		return false;
	}
	count_more(s, want, file);
	s->who = want->who;
	return true;
}

static uint64_t hashed(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	return h;
}

/*
 * Where an attempt counts: the node, and of the control file each command apart; of a habit the
 * folder and the program, as the rule tells it or by its own path. *where: the node, of a habit the
 * folder.
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

/* Records what a slot's former value still had to tell. */
static void give_up(struct fs *fs, struct refusal *former)
{
	if (former->used && former->more > 0)
		post(fs, former, former->more);
	seen_free(former->files);
}

void refusal_record(
	struct call *c, enum verb verb, const struct node *node, const char *name, enum reason why)
{
	struct refusals *r = c->fs->refusals;
	struct refusal want = { .used = true,
		.uid = c->who.uid,
		.verb = verb,
		.why = why,
		.first = store_clock_boot(),
		.wall = c->now.wall };
	struct refusal given = { .used = false }, closed = { .used = false };
	struct refusal *s;
	struct node where;
	uint64_t file = name != NULL ? hashed(node_ino(node), name) : node_ino(node);
	bool counted;

	want.last = want.first;
	want.who = *call_subject(c);
	if (why == REASON_UNINVITED)
		memcpy(want.rule, c->rule, sizeof want.rule);
	want.place = place_of(c, &want, node, name, &where);
	want.ino = node_ino(&where);
	want.item = node->kind == NODE_ITEM ? node->id : 0;
	pthread_mutex_lock(&r->lock);
	want.order = ++r->count;
	s = find(r, &want);
	counted = same(s, &want) && want.first - s->first < window_of(s);
	if (counted)
		count_more(s, &want, file);
	else if (!(counted = too_broad(r, &want, file, &closed))) {
		s = find(r,
			&want); /* taken at once: others that come at the same moment count there */
		given = *s;
		*s = want;
	}
	pthread_mutex_unlock(&r->lock);
	give_up(c->fs, &closed);
	if (counted)
		return;

	give_up(c->fs, &given);
	path_of(c, &where, is_habit(why) ? NULL : name, want.path, sizeof want.path);
	pthread_mutex_lock(&r->lock);
	s = find(r, &want);
	if (same(s, &want) && s->first == want.first)
		memcpy(s->path, want.path, sizeof s->path);
	pthread_mutex_unlock(&r->lock);
	post(c->fs, &want, 1);
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
	uint64_t latest = 0;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < SLOTS; i++) {
		const struct refusal *s = &r->slot[i];

		if (!s->used || s->uid != uid || s->order <= latest ||
			!(s->ino == ino || first_of(s) == ino || seen_has(s->files, ino)))
			continue;
		latest = s->order;
		*verb = s->verb;
		*why = s->why;
		*when = s->wall;
	}
	pthread_mutex_unlock(&r->lock);
	return latest != 0;
}

void refusals_flush(struct fs *fs, bool all)
{
	struct refusals *r = fs->refusals;
	struct refusal *closed = malloc(sizeof *closed);
	int64_t now = store_clock_boot();

	for (size_t i = 0; closed != NULL && i < SLOTS; i++) {
		struct refusal *s = &r->slot[i];
		bool due;

		pthread_mutex_lock(&r->lock);
		due = s->used && s->more > 0 && (all || now - s->first >= window_of(s));
		if (due) {
			*closed = *s;
			s->more = 0;
			s->files = NULL;
			s->first = now;
		}
		pthread_mutex_unlock(&r->lock);
		if (due)
			give_up(fs, closed);
	}
	free(closed);
}
