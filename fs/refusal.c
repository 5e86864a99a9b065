#include "fs/refusal.h"

#include <errno.h>
#include <libintl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/clock.h"
#include "policy/name.h"

#define SLOTS 1024              /* kinds remembered at once: a power of two */
#define BREADTH_MAX 32          /* places a subject's one kind of refusal is recorded at, a window; those beyond are counted together */
#define PROBES 8                /* where all are taken, the oldest gives way */

struct refusal {
	bool used;
	uint32_t uid;
	uint64_t ino;
	enum verb verb;
	enum reason why;
	int64_t first, last;            /* boot ms; the window begins with first */
	int64_t wall;                   /* of the last */
	uint64_t more;                  /* since what was recorded */
	unsigned breadth;               /* of the entry that counts for all places (ino 0): places recorded in this window */
	struct subject who;
	int64_t item;
	char path[1024];
};

struct refusals {
	pthread_mutex_t lock;
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
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static size_t slot_of(uint32_t uid, uint64_t ino, enum verb verb, enum reason why)
{
	uint64_t h = (ino * 0x9E3779B97F4A7C15u) ^ ((uint64_t)uid << 20) ^ ((uint64_t)verb << 8) ^ (uint64_t)why;

	return (size_t)(h * 0xD6E8FEB86659FD93u >> 32) % SLOTS;
}

static bool same(const struct refusal *r, uint32_t uid, uint64_t ino, enum verb verb, enum reason why)
{
	return r->used && r->uid == uid && r->ino == ino && r->verb == verb && r->why == why;
}

/* Posts `count` attempts of a kind. */
static void post(struct fs *fs, const struct refusal *r, uint64_t count)
{
	json_t *details = json_pack("{s:s, s:s, s:s, s:s, s:I}", "verb", verb_name(r->verb), "errno", strerrorname_np(reason_errno(r->why)),
				    "reason", reason_name(r->why), "path", r->path, "count", (json_int_t)count);

	(void)committer_post(fs->store->committer, &(struct event){ .kind = "refused", .who = &r->who, .item = r->item,
			     .detailed = true, .details = details });
	fprintf(stderr, "custodyfs: refused: %s %s by uid %u (%s, pid %d), %llu time(s): %s\n", verb_name(r->verb), r->path, r->who.uid,
		r->who.program, (int)r->who.pid, (unsigned long long)count, gettext(reason_text(r->why)));
}

/* A name that was refused may be anything: what is no UTF-8, and control characters, are shown as "?"; a long one is cut between characters. */
static void append_name(char *out, size_t cap, const char *name)
{
	char shown[NAME_BUFFER];
	size_t len = strnlen(name, NAME_BYTES), used = strlen(out);
	json_t *valid;

	while (len > 0 && name[len] != '\0' && ((unsigned char)name[len] & 0xc0) == 0x80)
		len--;
	snprintf(shown, sizeof shown, "%.*s", (int)len, name);
	valid = json_string(shown);     /* jansson takes valid UTF-8 only */
	for (unsigned char *p = (unsigned char *)shown; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || (valid == NULL && *p >= 0x80))
			*p = '?';
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
	if (n->kind == NODE_ITEM && catalog_item(c->db, n->id, &item) == 0)
		(void)catalog_item_path(c->db, &item, out, cap);
	else if ((n->kind == NODE_DATE || n->kind == NODE_CASE) && catalog_folder(c->db, n->id, &f) == 0)
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
	} else if (n->kind == NODE_BY_UNIT)
		snprintf(out, cap, "by-unit");
	if (name != NULL)
		append_name(out, cap, name);
}

/* Finds the kind's slot, or the one that gives way to it. */
static struct refusal *find(struct refusals *r, const struct refusal *want)
{
	size_t i = slot_of(want->uid, want->ino, want->verb, want->why);
	struct refusal *oldest = &r->slot[i];

	for (size_t n = 0; n < PROBES; n++, i = (i + 1) % SLOTS) {
		struct refusal *s = &r->slot[i];

		if (same(s, want->uid, want->ino, want->verb, want->why))
			return s;
		if (!s->used)
			oldest = oldest->used ? s : oldest;
		else if (oldest->used && s->last < oldest->last)
			oldest = s;
	}
	return oldest;
}

/*
 * Counts a kind that is new at this place against the subject's breadth; true where there are too many, and it is only counted.  Someone who goes over a whole tree
 * would otherwise write an event a file.  *closed: the former window's count, to be recorded.  Under the lock.
 */
static bool too_broad(struct refusals *r, const struct refusal *want, struct refusal *closed)
{
	struct refusal all = *want, *s;

	all.ino = 0;
	all.item = 0;
	snprintf(all.path, sizeof all.path, "by-unit");
	s = find(r, &all);
	if (!same(s, all.uid, 0, all.verb, all.why) || want->first - s->first >= REFUSAL_WINDOW_MS) {
		*closed = *s;
		*s = all;
	}
	if (s->breadth < BREADTH_MAX) {
		s->breadth++;
		return false;
	}
	s->more++;
	s->last = want->first;
	s->who = want->who;
	return true;
}

/* Where an attempt counts: the node, and of the control file each command apart. */
static uint64_t place_of(const struct node *node, const char *name)
{
	uint64_t ino = node_ino(node);

	for (; node->kind == NODE_CTL && name != NULL && *name != '\0'; name++)
		ino = (ino ^ (unsigned char)*name) * 0x100000001b3;
	return ino;
}

void refusal_record(struct call *c, enum verb verb, const struct node *node, const char *name, enum reason why)
{
	struct refusals *r = c->fs->refusals;
	struct refusal want = { .used = true, .uid = c->who.uid, .ino = place_of(node, name), .verb = verb, .why = why, .first = boot_now(), .wall = c->now.wall };
	struct refusal given = { .used = false }, closed = { .used = false };
	struct refusal *s;
	bool counted;

	want.last = want.first;
	want.who = *call_subject(c);
	pthread_mutex_lock(&r->lock);
	s = find(r, &want);
	counted = same(s, want.uid, want.ino, want.verb, want.why) && want.first - s->first < REFUSAL_WINDOW_MS;
	if (counted) {
		s->more++;
		s->last = want.first;
		s->wall = want.wall;
	} else
		counted = too_broad(r, &want, &closed);
	pthread_mutex_unlock(&r->lock);
	if (closed.used && closed.more > 0)
		post(c->fs, &closed, closed.more);
	if (counted)
		return;

	want.item = node->kind == NODE_ITEM ? node->id : 0;
	path_of(c, node, name, want.path, sizeof want.path);
	pthread_mutex_lock(&r->lock);
	s = find(r, &want);
	given = *s;
	*s = want;
	pthread_mutex_unlock(&r->lock);
	if (given.used && given.more > 0)
		post(c->fs, &given, given.more);
	post(c->fs, &want, 1);
}

bool refusal_last(struct refusals *r, uint32_t uid, uint64_t ino, enum verb *verb, enum reason *why, int64_t *when)
{
	int64_t latest = INT64_MIN;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < SLOTS; i++) {
		const struct refusal *s = &r->slot[i];

		if (!s->used || s->uid != uid || s->ino != ino || s->last <= latest)
			continue;
		latest = s->last;
		*verb = s->verb;
		*why = s->why;
		*when = s->wall;
	}
	pthread_mutex_unlock(&r->lock);
	return latest != INT64_MIN;
}

void refusals_flush(struct fs *fs, bool all)
{
	struct refusals *r = fs->refusals;
	struct refusal *closed = malloc(sizeof *closed);
	int64_t now = boot_now();

	for (size_t i = 0; closed != NULL && i < SLOTS; i++) {
		struct refusal *s = &r->slot[i];
		bool due;

		pthread_mutex_lock(&r->lock);
		due = s->used && s->more > 0 && (all || now - s->first >= REFUSAL_WINDOW_MS);
		if (due) {
			*closed = *s;
			s->more = 0;
			s->first = now;
		}
		pthread_mutex_unlock(&r->lock);
		if (due)
			post(fs, closed, closed->more);
	}
	free(closed);
}
