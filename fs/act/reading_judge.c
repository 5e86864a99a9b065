/* Whether an open descriptor may still read. */
#include "fs/act/reading_private.h"

#include "fs/store/records/grants.h"
#include "policy/act.h"

#define TICK_MS 2000 /* before so long the next tick has come, on a busy machine too */

/* Whether the descriptor may still read.  Under the lock. */
enum reason reading_judge(
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

/* Whether its grant ends before the next tick.  Under the lock. */
bool reading_ends_soon(const struct reading *r, const struct event_time *now)
{
	return !r->own &&
		grant_continues(&r->grant, r->who.person.id, now->wall + TICK_MS,
			now->clock + TICK_MS) != REASON_NONE;
}
