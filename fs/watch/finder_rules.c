#include "fs/watch/finder_rules.h"

#include <errno.h>
#include <stdio.h>

#include "fs/store/catalog/scopes.h"
#include "fs/store/records/clocks.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/register.h"
#include "fs/store/records/tags.h"
#include "fs/watch/finder_copies.h"
#include "fs/watch/finder_gaps.h"
#include "fs/watch/finder_refusals.h"

#define ITEMS_AT_ONCE 256

/* --- what was sealed: late? its device out of service? its number a gap's end? --- */

static int found_out_of_service(struct finder_look *l, int64_t item)
{
	struct finding f = FINDING_NEW(FINDING_SERVICE);
	int err = findings_place(l->db, item, &f);

	finder_key(&f, item);
	return err == 0 ? finder_found(l, &f, false) : err;
}

static int find_out_of_service(
	struct finder_look *l, const struct item *item, const struct scope *at)
{
	bool out;
	int err = register_out_of_service(l->db, at->device, at->day, &out);

	if (err != 0 || !out)
		return err;
	return found_out_of_service(l, item->id);
}

static int find_late(struct finder_look *l, const struct item *item, const struct scope *at)
{
	struct finding f = FINDING_NEW(FINDING_LATE);
	int32_t deposited = day_of_instant(item->sealed, l->now.utc_offset);
	int64_t cutoff;
	int err = policies_setting(l->db, "late-cutoff-days", &cutoff);

	if (err != 0 || !finding_late(at->day, deposited, cutoff))
		return err;
	finder_key(&f, item->id);
	snprintf(f.note, sizeof f.note, "%d", deposited - at->day);
	err = findings_place(l->db, item->id, &f);
	return err == 0 ? finder_found(l, &f, false) : err;
}

static int on_seal(struct finder_look *l, const struct finder_event *e)
{
	struct item item;
	struct scope at;
	int err = catalog_item(l->db, e->item, &item);

	if (err == 0)
		err = scopes_of_item(l->db, &item, &at);
	if (err != 0 || item.state != ITEM_SEALED)
		return err;
	err = find_late(l, &item, &at);
	if (err == 0)
		err = find_out_of_service(l, &item, &at);
	if (err == 0)
		finder_gaps_touch(l->memory, at.device, at.day);
	return err;
}

/* --- the clock --- */

static int find_clock(struct finder_look *l, uint64_t seq, int64_t ms)
{
	struct finding f = FINDING_NEW(FINDING_CLOCK);

	finder_key(&f, (int64_t)seq);
	snprintf(f.note, sizeof f.note, "%lld", (long long)ms);
	return finder_found(l, &f, false);
}

static int on_gap(struct finder_look *l, const struct finder_event *e)
{
	struct clock_gap gap;
	json_t *entry;
	int err = finder_entry(l, e->seq, &entry);

	if (err != 0)
		return err;
	clock_gap_read(json_object_get(entry, "details"), &gap);
	json_decref(entry);
	return find_clock(l, e->seq, gap.gap_ms);
}

static int on_jump(struct finder_look *l, const struct finder_event *e)
{
	struct clock_jump jump;
	json_t *entry;
	int err = finder_entry(l, e->seq, &entry);

	if (err != 0)
		return err;
	clock_jump_read(json_object_get(entry, "details"), &jump);
	json_decref(entry);
	return find_clock(l, e->seq, jump.jump_ms);
}

/* --- the register --- */

struct custodians {
	struct finder_look *l;
	int err;
};

/* A new finding each time that the last custodian left: the key counts who left. */
static bool find_no_custodian(void *arg, int64_t unit, int64_t custodians, int64_t former)
{
	struct custodians *c = arg;
	struct finding f = FINDING_NEW(FINDING_CUSTODIAN);

	f.unit = unit;
	snprintf(f.key, sizeof f.key, "%lld:%lld", (long long)unit, (long long)former);
	c->err = finder_found(c->l, &f, custodians > 0);
	return c->err == 0;
}

/* All units are looked at: there are few, and one person's entry may concern two of them. */
static int on_register(struct finder_look *l, const struct finder_event *e)
{
	struct custodians c = { .l = l };
	int err = register_custodians(l->db, find_no_custodian, &c);

	(void)e;
	return err == 0 ? c.err : err;
}

/* A window was registered after the recordings came. */
static int on_service(struct finder_look *l, const struct finder_event *e)
{
	struct register_service service;
	int64_t device, items[ITEMS_AT_ONCE], after = 0;
	json_t *entry;
	size_t n = ITEMS_AT_ONCE;
	int err = finder_entry(l, e->seq, &entry);

	if (err != 0)
		return err;
	register_service_read(json_object_get(entry, "details"), &service);
	device = service.device_id;
	json_decref(entry);
	while (err == 0 && n == ITEMS_AT_ONCE) {
		err = register_out_of_service_items(l->db, device, after, items, ITEMS_AT_ONCE, &n);
		for (size_t i = 0; i < n && err == 0; i++)
			err = found_out_of_service(l, items[i]);
		after = n > 0 ? items[n - 1] : after;
	}
	return err;
}

/* --- tags --- */

/* Penalties, compulsion and questioning are recorded with the other side's knowledge (Art. 18). */
static int on_tag(struct finder_look *l, const struct finder_event *e)
{
	struct finding f = FINDING_NEW(FINDING_INFORMED);
	char stage[TAG_VALUE], informed[TAG_VALUE] = "";
	struct item item;
	int err = catalog_item(l->db, e->item, &item);

	if (err == 0)
		err = tags_get(l->db, &item, TAG_STAGE, stage);
	if (err == 0)
		err = tags_get(l->db, &item, TAG_INFORMED, informed);
	if (err == 0)
		err = findings_place(l->db, item.id, &f);
	if (err != 0)
		return err;
	finder_key(&f, item.id);
	snprintf(f.note, sizeof f.note, "%s", stage);
	return finder_found(l, &f, !tag_stage_informs(stage) || informed[0] != '\0');
}

_Static_assert(EVENT_KIND_COUNT == 66, "a new kind of event: is there something to find in it?");

/* A kind may have several rules.  ENOENT from a rule: what the event was about is no more. */
static const struct {
	enum event_kind kind;
	int (*judge)(struct finder_look *, const struct finder_event *);
} rules[] = {
	{ EVENT_DEPOSIT_SEAL, on_seal },
	{ EVENT_DEPOSIT_SEAL, finder_copies_touch_held },
	{ EVENT_REFUSED, finder_refused },
	{ EVENT_CLOCK_GAP, on_gap },
	{ EVENT_CLOCK_JUMP, on_jump },
	{ EVENT_REGISTER_UNIT, on_register },
	{ EVENT_REGISTER_PERSON, on_register },
	{ EVENT_REGISTER_SERVICE, on_service },
	{ EVENT_TAG_SET, on_tag },
	{ EVENT_CASE_LINK, finder_copies_touch_held },
	{ EVENT_HOLD_SET, finder_copies_touch },
	{ EVENT_HOLD_RELEASE, finder_copies_touch },
	{ EVENT_COPY_ITEM, finder_copies_touch },
	{ EVENT_COPY_VERIFIED, finder_copies_touch },
	{ EVENT_DISPOSE_ITEM, finder_copies_touch },
};

int finder_judge(struct finder_look *l, const struct finder_event *e)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].kind == e->kind) {
			err = rules[i].judge(l, e);
			err = err == ENOENT ? 0 : err;
		}
	return err;
}
