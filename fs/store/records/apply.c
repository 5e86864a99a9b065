#include "fs/store/records/apply.h"

#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/records/casefiles.h"
#include "fs/store/records/clocks.h"
#include "fs/store/records/copies.h"
#include "fs/store/records/deposits.h"
#include "fs/store/records/disposals.h"
#include "fs/store/records/findings.h"
#include "fs/store/records/grants.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/mounts.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/readings.h"
#include "fs/store/records/register.h"
#include "fs/store/records/retention.h"
#include "fs/store/records/tags.h"
#include "policy/calendar.h"

typedef int (*apply_fn)(struct sql *db, const struct head *h, const json_t *details);

/* One function a kind, which reads the details into the kind's record and applies that. */
#define APPLY_RECORD(NAME, record, text)                                                     \
	static int run_##record(struct sql *db, const struct head *h, const json_t *details) \
	{                                                                                    \
		struct record e;                                                             \
                                                                                             \
		record##_read(details, &e);                                                  \
		return apply_##record(db, h, &e);                                            \
	}
EVENT_KINDS(APPLY_RECORD)

#define APPLY_ENTRY(NAME, record, text) [EVENT_##NAME] = run_##record,
static const apply_fn appliers[EVENT_KIND_COUNT] = { EVENT_KINDS(APPLY_ENTRY) };

/* Fills the head from the entry.  The person is found by number: ids stay the catalog's own
 * affair. */
static int read_head(struct sql *db, const json_t *entry, struct head *h)
{
	const char *time = jsonget_str(entry, "time"), *clock = jsonget_str(entry, "clock");
	const char *number = jsonget_str(json_object_get(entry, "subject"), "person");
	int err;

	h->seq = jsonget_int(entry, "seq", -1);
	h->item = jsonget_int(entry, "item", 0);
	h->kase = jsonget_str(entry, "case");
	h->policy = jsonget_int(entry, "policy", 1);
	h->person = 0;
	if (h->seq < 0 || time == NULL || clock == NULL || !instant_parse(time, 0, &h->wall) ||
		!instant_parse(clock, 0, &h->clock))
		return EUCLEAN;
	if (number == NULL)
		return 0;
	err = sql_value(db, &h->person, "SELECT id FROM person WHERE number=?", "s", number);
	return err == ENOENT ? EUCLEAN : err;
}

/* The entry itself, for the trails of items, people and cases; and how far the ledger is applied.
 */
static int note_entry(struct sql *db, const struct head *h, const char *kind)
{
	int err = sql_run(db,
		"INSERT INTO event(seq, at, kind, item, person, kase) "
		"VALUES(?1,?2,?3,iif(?4=0,NULL,?4),iif(?5=0,NULL,?5),?6)",
		"iisiis", h->seq, h->wall, kind, h->item, h->person, h->kase);

	return err == 0 ? sql_run(db, "UPDATE meta SET value=?1+1 WHERE key='applied'", "i", h->seq)
			: err;
}

int event_apply(struct sql *db, const json_t *entry)
{
	enum event_kind kind = event_kind_parse(jsonget_str(entry, "event"));
	struct head h;
	int err;

	if (kind == EVENT_KIND_COUNT)
		return EUCLEAN;
	err = read_head(db, entry, &h);
	if (err == 0)
		err = appliers[kind](db, &h, json_object_get(entry, "details"));
	if (err == 0)
		err = note_entry(db, &h, event_kind_name(kind));
	/* the committer checks before it emits, so a clash is a ledger that contradicts itself */
	return err == EEXIST ? EUCLEAN : err;
}
