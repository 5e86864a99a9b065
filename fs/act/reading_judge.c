/* Whether an open descriptor may still read. */
#include "fs/act/reading_private.h"

#include "fs/store/records/grants.h"
#include "policy/act.h"

#define TICK_MS 2000 /* before so long the next tick has come, on a busy machine too */

/* What the catalog says of a reading. */
struct look {
	enum reason why;
	bool ends; /* for good; otherwise `why` holds this once: it could not be looked up */
	struct grant grant; /* where it may go on */
};

static struct look look_up_own(struct sql *db, const struct reading *r)
{
	struct item item;
	bool receiving = catalog_item(db, r->item, &item) == 0 && item.state == ITEM_RECEIVING;

	/* Once it is sealed it is like any other item. */
	return (struct look){ .why = receiving ? REASON_NONE : REASON_NO_GRANT,
		.ends = !receiving };
}

static struct look look_up(struct sql *db, const struct reading *r)
{
	const struct look unknown = { .why = REASON_NO_GRANT };
	struct request q;
	struct person p;
	struct item item;
	bool covers;

	if (catalog_item(db, r->item, &item) != 0)
		return unknown;
	if (item.state == ITEM_DISPOSED)
		return (struct look){ .why = REASON_DISPOSED, .ends = true };
	if (grants_get(db, r->grant_id, &q) != 0 || catalog_person(db, r->who.person.id, &p) != 0 ||
		grants_cover(db, r->grant_id, &item, &covers) != 0)
		return unknown;
	if (act_allowed(&p, ACT_BROWSE) != REASON_NONE)
		return (struct look){ .why = REASON_NO_ROLE, .ends = true };
	if (!covers) /* it was unlinked from the case that was approved */
		return (struct look){ .why = REASON_NO_GRANT, .ends = true };
	return (struct look){ .why = REASON_NONE, .grant = q.grant };
}

/* Whether the catalog must be asked: what is known is older than the latest revocation. */
static bool is_outdated(struct reading *r, uint64_t revocations)
{
	bool outdated;

	mutex_lock(&r->lock);
	outdated = r->ended == REASON_NONE && (r->own || r->revocations != revocations);
	mutex_unlock(&r->lock);
	return outdated;
}

/* Keeps what the catalog said, as of so many revocations, unless someone looked later. */
static void keep_look(struct reading *r, const struct look *l, uint64_t revocations)
{
	mutex_lock(&r->lock);
	if (l->ends && r->ended == REASON_NONE)
		r->ended = l->why;
	if (l->why == REASON_NONE && !r->own && revocations > r->revocations) {
		r->grant = l->grant;
		r->revocations = revocations;
	}
	mutex_unlock(&r->lock);
}

/* By what is known of its grant, and the clocks. */
static void judge_by_clock(
	struct reading *r, const struct event_time *now, enum reason *why, bool *soon)
{
	const int64_t person = r->who.person.id;

	mutex_lock(&r->lock);
	if (r->ended == REASON_NONE && !r->own)
		r->ended = grant_continues(&r->grant, person, now->wall, now->clock);
	*why = r->ended;
	*soon = !r->own &&
		grant_continues(&r->grant, person, now->wall + TICK_MS, now->clock + TICK_MS) !=
			REASON_NONE;
	mutex_unlock(&r->lock);
}

int reading_judge(struct call *c, struct reading *r, enum reason *why, bool *soon)
{
	uint64_t revocations = atomic_load(&c->fs->revocations);
	struct look l;
	int err;

	*soon = false;
	if (is_outdated(r, revocations)) {
		err = call_connect(c);
		if (err != 0)
			return err;
		l = r->own ? look_up_own(c->db, r) : look_up(c->db, r);
		keep_look(r, &l, revocations);
		*why = l.why;
		if (l.why != REASON_NONE)
			return 0;
	}
	judge_by_clock(r, &c->now, why, soon);
	return 0;
}
