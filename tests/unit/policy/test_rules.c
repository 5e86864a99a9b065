/* Deposits, acts, roles, reasons and the compliance clock. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/act.h"
#include "policy/clock.h"
#include "policy/deposit.h"
#include "policy/role.h"

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* --- deposits --- */

#define ANN 11 /* the folder's officer */
#define BEA 12
#define UNIT 5
#define OTHER 6
#define DAY 19000
#define TODAY 19100

static const struct depositor_row {
	const char *what;
	int64_t who, unit; /* unit: the depositor's own */
	unsigned roles;
	int64_t folder; /* the folder's unit */
	enum reason reason;
} depositors[] = {
	{ "the officer", ANN, UNIT, ROLE_OFFICER, UNIT, REASON_NONE },
	{ "the officer, moved to another unit since", ANN, OTHER, ROLE_OFFICER, UNIT, REASON_NONE },
	{ "the unit's custodian", BEA, UNIT, ROLE_CUSTODIAN, UNIT, REASON_NONE },
	{ "the officer as the unit's custodian only", ANN, UNIT, ROLE_CUSTODIAN, UNIT,
		REASON_NONE },
	{ "nobody", 0, UNIT, ROLE_ALL, UNIT, REASON_NOBODY },
	{ "the officer without a role", ANN, UNIT, 0, UNIT, REASON_NO_ROLE },
	{ "the officer as another unit's custodian only", ANN, OTHER, ROLE_CUSTODIAN, UNIT,
		REASON_NO_ROLE },
	{ "someone without a role", BEA, UNIT, 0, UNIT, REASON_NO_ROLE },
	{ "all roles but the two", BEA, UNIT, ROLE_ALL & ~(ROLE_OFFICER | ROLE_CUSTODIAN), UNIT,
		REASON_NO_ROLE },
	{ "another officer", BEA, UNIT, ROLE_OFFICER, UNIT, REASON_NOT_YOURS },
	{ "another unit's custodian", BEA, OTHER, ROLE_CUSTODIAN, UNIT, REASON_NOT_YOURS },
	{ "every role, another unit", BEA, OTHER, ROLE_ALL, UNIT, REASON_NOT_YOURS },
	{ "a custodian of no unit, a folder of none", BEA, 0, ROLE_CUSTODIAN, 0, REASON_NOT_YOURS },
};

START_TEST(depositor)
{
	const struct depositor_row *t = &depositors[_i];
	struct person officer = { .id = ANN,
		.unit = UNIT,
		.formal = true,
		.certified_from = DAY - 10,
		.certified_to = DAY_NONE };
	struct person who = { .id = t->who, .unit = t->unit, .roles = t->roles };
	enum reason r = deposit_allowed(&who, &officer, t->folder, DAY, TODAY);

	ck_assert_msg(r == t->reason, "%s: %s", t->what, reason_name(r));

	/* The subject is judged before the officer. */
	officer.formal = false;
	r = deposit_allowed(&who, &officer, t->folder, DAY, TODAY);
	ck_assert_int_eq(r, t->reason == REASON_NONE ? REASON_NOT_FORMAL : t->reason);
}
END_TEST

static const struct officer_row {
	const char *what;
	bool formal;
	int32_t from, to, day;
	enum reason reason;
} officers[] = {
	{ "certified still", true, DAY - 10, DAY_NONE, DAY, REASON_NONE },
	{ "certified from that day", true, DAY, DAY_NONE, DAY, REASON_NONE },
	{ "certified to that day", true, DAY - 10, DAY, DAY, REASON_NONE },
	{ "certified that day only", true, DAY, DAY, DAY, REASON_NONE },
	{ "certified from the next day", true, DAY + 1, DAY_NONE, DAY, REASON_NOT_CERTIFIED },
	{ "certified to the day before", true, DAY - 10, DAY - 1, DAY, REASON_NOT_CERTIFIED },
	{ "never certified", true, DAY_NONE, DAY_NONE, DAY, REASON_NOT_CERTIFIED },
	{ "never certified, with an end", true, DAY_NONE, DAY + 10, DAY, REASON_NOT_CERTIFIED },
	{ "not formal", false, DAY - 10, DAY_NONE, DAY, REASON_NOT_FORMAL },
	{ "neither", false, DAY_NONE, DAY_NONE, DAY, REASON_NOT_FORMAL },
	{ "left since, and recorded before", true, DAY - 10, DAY + 1, DAY, REASON_NONE },
	{ "today", true, DAY - 10, DAY_NONE, TODAY, REASON_NONE },
	{ "tomorrow", true, DAY - 10, DAY_NONE, TODAY + 1, REASON_DATE_FUTURE },
	{ "tomorrow, no longer certified", true, DAY - 10, TODAY, TODAY + 1, REASON_NOT_CERTIFIED },
	{ "no day", true, DAY - 10, DAY_NONE, DAY_NONE, REASON_NOT_CERTIFIED },
};

START_TEST(recording_officer)
{
	const struct officer_row *t = &officers[_i];
	struct person officer = { .id = ANN,
		.unit = UNIT,
		.formal = t->formal,
		.certified_from = t->from,
		.certified_to = t->to };
	struct person own = { .id = ANN, .unit = UNIT, .roles = ROLE_OFFICER };
	struct person custodian = { .id = BEA, .unit = UNIT, .roles = ROLE_CUSTODIAN };
	enum reason r = deposit_allowed(&own, &officer, UNIT, t->day, TODAY);

	ck_assert_msg(r == t->reason, "%s: %s", t->what, reason_name(r));
	ck_assert_int_eq(deposit_allowed(&custodian, &officer, UNIT, t->day, TODAY), t->reason);
}
END_TEST

/* --- acts --- */

#define O ROLE_OFFICER
#define C ROLE_CUSTODIAN
#define A ROLE_APPROVER
#define L ROLE_LEGAL
#define I ROLE_INSPECTOR
#define U ROLE_AUDITOR
#define M ROLE_ADMIN

static const unsigned who_may[ACT_COUNT] = {
	[ACT_BROWSE] = O | C | A | L | I | U | M,
	[ACT_REQUEST] = O | C | A | L | I | U | M,
	[ACT_REGISTER_CASE] = O | C | L,
	[ACT_DECIDE] = A,
	[ACT_INCOMPLETE] = C | A | L | M,
	[ACT_LEDGER] = U | M,
	[ACT_REGISTER] = M,
	[ACT_CLOCK] = M,
	[ACT_VERIFY] = C | L | I | U | M,
	[ACT_RETAIN] = C | L | M,
	[ACT_POLICY] = M,
	[ACT_POLICY_AGREE] = L,
	[ACT_FINDINGS] = C | A | L | I | U | M,
	[ACT_SERVICE] = C | M,
	[ACT_COPY] = C | L | M,
	[ACT_DISPOSALS] = C | A | L | U | M,
};

START_TEST(acts)
{
	enum act act = (enum act)_i;
	struct person who = { .id = ANN };

	for (who.roles = 0; who.roles <= ROLE_ALL; who.roles++)
		ck_assert_int_eq(act_allowed(&who, act),
			who.roles & who_may[act] ? REASON_NONE : REASON_NO_ROLE);
	who.roles = 1u << 7;
	ck_assert_int_eq(act_allowed(&who, act), REASON_NO_ROLE);
	who.roles = ROLE_ALL;
	ck_assert_int_eq(act_second(&who, act, ANN), REASON_SECOND_PERSON);
	ck_assert_int_eq(act_second(&who, act, ANN + 1), REASON_NONE);
	who.id = 0;
	ck_assert_int_eq(act_allowed(&who, act), REASON_NOBODY);
	ck_assert_int_eq(act_second(&who, act, 0), REASON_NOBODY);
}
END_TEST

START_TEST(what_is_no_act)
{
	struct person who = { .id = ANN, .roles = ROLE_ALL };

	ck_assert_int_eq(act_allowed(&who, ACT_COUNT), REASON_NO_ROLE);
	ck_assert_int_eq(act_allowed(&who, (enum act) - 1), REASON_NO_ROLE);
}
END_TEST

/* --- roles --- */

static const struct {
	unsigned bit;
	const char *name;
} role_names[] = {
	{ O, "officer" },
	{ C, "custodian" },
	{ A, "approver" },
	{ L, "legal" },
	{ I, "inspector" },
	{ U, "auditor" },
	{ M, "admin" },
};

START_TEST(single_roles)
{
	for (int i = 0; i < N(role_names); i++) {
		ck_assert_str_eq(role_name(role_names[i].bit), role_names[i].name);
		ck_assert_uint_eq(role_by_name(role_names[i].name), role_names[i].bit);
	}
	ck_assert_ptr_null(role_name(0));
	ck_assert_ptr_null(role_name(O | C));
	ck_assert_ptr_null(role_name(1u << 7));
	ck_assert_uint_eq(role_by_name(""), 0);
	ck_assert_uint_eq(role_by_name("office"), 0);
	ck_assert_uint_eq(role_by_name("officers"), 0);
	ck_assert_uint_eq(role_by_name("Officer"), 0);
	ck_assert_uint_eq(role_by_name("officer "), 0);
	ck_assert_uint_eq(role_by_name("auditox"), 0);
}
END_TEST

static const struct {
	const char *list;
	unsigned roles; /* 0: refused */
} role_lists[] = {
	{ "officer", O },
	{ "officer,custodian", O | C },
	{ "custodian,officer", O | C },
	{ " officer , custodian\t", O | C },
	{ "legal,legal", L },
	{ "officer,custodian,approver,legal,inspector,auditor,admin", ROLE_ALL },
	{ "\tadmin", M },
	{ "admin ", M },
	{ "", 0 },
	{ " ", 0 },
	{ ",", 0 },
	{ "officer,", 0 },
	{ ",officer", 0 },
	{ "officer,,legal", 0 },
	{ "officer, ,legal", 0 },
	{ "officer legal", 0 },
	{ "officer;legal", 0 },
	{ "boss", 0 },
	{ "officer,boss", 0 },
	{ "boss,officer", 0 },
	{ "officerlegal", 0 },
	{ "officer\n", 0 },
	{ "officer ,legal x", 0 },
};

START_TEST(lists_of_roles)
{
	unsigned roles = 1u << 20;
	bool good = roles_parse(role_lists[_i].list, &roles);

	ck_assert_msg(good == (role_lists[_i].roles != 0), "\"%s\"", role_lists[_i].list);
	ck_assert_uint_eq(roles, good ? role_lists[_i].roles : 1u << 20);
}
END_TEST

START_TEST(roles_go_there_and_back)
{
	char out[ROLES_TEXT];
	unsigned back;

	for (unsigned roles = 1; roles <= ROLE_ALL; roles++) {
		roles_format(roles, out);
		ck_assert(roles_parse(out, &back));
		ck_assert_uint_eq(back, roles);
	}
	roles_format(ROLE_ALL, out);
	ck_assert_str_eq(out, "officer,custodian,approver,legal,inspector,auditor,admin");
	roles_format(M | O, out);
	ck_assert_str_eq(out, "officer,admin");
	roles_format(0, out);
	ck_assert_str_eq(out, "");
	roles_format(1u << 7, out);
	ck_assert_str_eq(out, "");
}
END_TEST

/* --- reasons --- */

static const struct {
	enum reason reason;
	const char *name;
	int error;
} reasons[] = {
	{ REASON_NONE, "allowed", 0 },
	{ REASON_SEALED, "sealed", EPERM },
	{ REASON_LABEL_FIXED, "label-fixed", EPERM },
	{ REASON_NEVER_ALLOWED, "never-allowed", EPERM },
	{ REASON_DESKTOP_FILE, "desktop-file", EPERM },
	{ REASON_STRUCTURE, "structure", EPERM },
	{ REASON_NO_REPLACE, "no-replace", EPERM },
	{ REASON_RENAME_SCOPE, "rename-scope", EPERM },
	{ REASON_SUBFOLDER, "subfolder", EPERM },
	{ REASON_VIEW, "view", EPERM },
	{ REASON_IN_CASE, "in-case", EPERM },
	{ REASON_RETAINED, "retained", EPERM },
	{ REASON_TERM_OPEN, "term-open", EPERM },
	{ REASON_TERM_PERMANENT, "term-permanent", EPERM },
	{ REASON_HELD, "held", EPERM },
	{ REASON_PROCEDURE, "procedure", EPERM },
	{ REASON_INHERITED, "inherited", EPERM },
	{ REASON_SHORTENS, "shortens", EPERM },
	{ REASON_NAME_TAKEN, "name-taken", EEXIST },
	{ REASON_HIDDEN, "hidden", ENOENT },
	{ REASON_NOT_EMPTY, "not-empty", ENOTEMPTY },
	{ REASON_NAME_BAD, "name-bad", EINVAL },
	{ REASON_NAME_LONG, "name-long", ENAMETOOLONG },
	{ REASON_DATE_BAD, "date-bad", EINVAL },
	{ REASON_DATE_FUTURE, "date-future", EINVAL },
	{ REASON_CLOSED_EARLY, "closed-early", EINVAL },
	{ REASON_CLOSED_FUTURE, "closed-future", EINVAL },
	{ REASON_PATH_SHORT, "path-short", EINVAL },
	{ REASON_VALUE_BAD, "value-bad", EINVAL },
	{ REASON_HOLD_BAD, "hold-bad", EINVAL },
	{ REASON_CLOCK_FOLLOWS, "clock-follows", EINVAL },
	{ REASON_CLASS_CHANGED, "class-changed", EINVAL },
	{ REASON_CLASS_UNKNOWN, "class-unknown", EINVAL },
	{ REASON_UNIT_UNKNOWN, "unit-unknown", EACCES },
	{ REASON_DEVICE_UNKNOWN, "device-unknown", EACCES },
	{ REASON_OFFICER_UNKNOWN, "officer-unknown", EACCES },
	{ REASON_CASE_UNKNOWN, "case-unknown", EACCES },
	{ REASON_NOBODY, "nobody", EACCES },
	{ REASON_NO_ROLE, "no-role", EACCES },
	{ REASON_NOT_YOURS, "not-yours", EACCES },
	{ REASON_NOT_FORMAL, "not-formal", EACCES },
	{ REASON_NOT_CERTIFIED, "not-certified", EACCES },
	{ REASON_NO_GRANT, "grant-none", EACCES },
	{ REASON_GRANT_PENDING, "grant-pending", EACCES },
	{ REASON_GRANT_DENIED, "grant-denied", EACCES },
	{ REASON_GRANT_EARLY, "grant-early", EACCES },
	{ REASON_GRANT_OVER, "grant-over", EACCES },
	{ REASON_GRANT_REVOKED, "grant-revoked", EACCES },
	{ REASON_GRANT_USED, "grant-used", EACCES },
	{ REASON_UNINVITED, "uninvited", EACCES },
	{ REASON_SELF_APPROVAL, "self-approval", EACCES },
	{ REASON_SECOND_PERSON, "second-person", EACCES },
	{ REASON_POLICY_EARLY, "policy-early", EACCES },
	{ REASON_NOT_CUSTODIAN, "not-custodian", EACCES },
	{ REASON_OWN_RECORDING, "own-recording", EACCES },
	{ REASON_DISPOSED, "disposed", EACCES },
	{ REASON_UNSEALED, "unsealed", EACCES },
	{ REASON_NOT_SUPPORTED, "not-supported", ENOTSUP },
	{ REASON_NOT_FOUND, "not-found", ENOENT },
	{ REASON_STATE, "state", EINVAL },
	{ REASON_PROPOSED, "proposed", EEXIST },
	{ REASON_UNDIGESTED, "undigested", EAGAIN },
	{ REASON_DIFFERS, "differs", EEXIST },
	{ REASON_CONFLICT, "conflict", EEXIST },
	{ REASON_NO_SPACE, "no-space", ENOSPC },
	{ REASON_DAMAGED, "damaged", EIO },
	{ REASON_TOO_MANY, "too-many-open", EMFILE },
};

START_TEST(every_reason)
{
	enum reason r = (enum reason)_i;
	const char *text = reason_text(r);

	ck_assert_int_eq(N(reasons), REASON_COUNT);
	ck_assert_int_eq(reasons[_i].reason, r);
	ck_assert_str_eq(reason_name(r), reasons[_i].name);
	ck_assert_int_eq(reason_errno(r), reasons[_i].error);
	ck_assert_int_eq(reason_parse(reasons[_i].name), r);

	/* A sentence for people: whole, no placeholder, its own. */
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_gt(strlen(text), 10);
	ck_assert_int_eq(text[strlen(text) - 1], '.');
	ck_assert_ptr_null(strchr(text, '%'));
	ck_assert_ptr_null(strstr(text, "  "));
	ck_assert_ptr_null(strchr(text, '\n'));
	for (int other = 0; other < _i; other++)
		ck_assert_str_ne(text, reason_text((enum reason)other));
}
END_TEST

START_TEST(what_is_no_reason)
{
	ck_assert_int_eq(reason_errno(REASON_COUNT), EPERM);
	ck_assert_str_eq(reason_name(REASON_COUNT), "unknown");
	ck_assert_ptr_nonnull(reason_text(REASON_COUNT));
	ck_assert_int_eq(reason_errno((enum reason) - 1), EPERM);
	ck_assert_int_eq(reason_parse("unknown"), REASON_COUNT);
	ck_assert_int_eq(reason_parse(""), REASON_COUNT);
	ck_assert_int_eq(reason_parse("Sealed"), REASON_COUNT);
}
END_TEST

/* --- the compliance clock --- */

#define D DAY_MS
#define STEP CLOCK_STEP_MS
#define WALL (INT64_C(20000) * DAY_MS)
#define CLOCK (INT64_C(19990) * DAY_MS)

static const struct clock_row {
	const char *what;
	int64_t week_start, week_used; /* before; the wall was at WALL */
	int64_t now;                   /* after WALL */
	int64_t step;
	int64_t moved, refused; /* how far the clock went, what was not granted */
	int64_t start_after, used_after;
} resumes[] = {
	{ "no gap, the first week", 0, 0, 0, STEP, 0, 0, CLOCK, 0 },
	{ "the first gap", 0, 0, 3 * D, STEP, 3 * D, 0, CLOCK + 3 * D, 3 * D },
	{ "a gap in the present week", CLOCK - D, 2 * D, 3 * D, STEP, 3 * D, 0, CLOCK + 2 * D,
		5 * D },
	{ "no gap in the present week", CLOCK - D, 2 * D, 0, STEP, 0, 0, CLOCK - D, 2 * D },
	{ "just inside the week", CLOCK - 7 * D + 1, 2 * D, D, STEP, D, 0, CLOCK - 6 * D + 1,
		3 * D },
	{ "a week of mounted time later", CLOCK - 7 * D, 2 * D, D, STEP, D, 0, CLOCK + D, D },
	{ "a week of wall time is none", CLOCK - D, 2 * D, 8 * D, STEP, 8 * D, 0, CLOCK + 7 * D,
		10 * D },
	{ "exactly the step", CLOCK - D, 0, 35 * D, STEP, 35 * D, 0, CLOCK + 34 * D, 35 * D },
	{ "a millisecond above the step", CLOCK - D, 0, 35 * D + 1, STEP, 35 * D, 1, CLOCK + 34 * D,
		35 * D },
	{ "ten years forward", CLOCK - D, 0, 3650 * D, STEP, 35 * D, 3615 * D, CLOCK + 34 * D,
		35 * D },
	{ "the step is nearly used up", CLOCK - D, 34 * D, 3 * D, STEP, D, 2 * D, CLOCK, 35 * D },
	{ "the step is used up", CLOCK - D, 35 * D, 3 * D, STEP, 0, 3 * D, CLOCK - D, 35 * D },
	{ "more was used than a lowered step", CLOCK - D, 35 * D, 3 * D, 7 * D, 0, 3 * D, CLOCK - D,
		35 * D },
	{ "a step of zero", 0, 0, 3 * D, 0, 0, 3 * D, CLOCK, 0 },
	{ "a step below zero", 0, 0, 3 * D, -D, 0, 3 * D, CLOCK, 0 },
	{ "back a millisecond", CLOCK - D, 2 * D, -1, STEP, 0, 0, CLOCK - D, 2 * D },
	{ "back, after a week of mounted time", CLOCK - 30 * D, 2 * D, -D, STEP, 0, 0, CLOCK, 0 },
	{ "back before any week", 0, 0, -D, STEP, 0, 0, CLOCK, 0 },
	{ "back ten years", CLOCK - D, 2 * D, -3650 * D, STEP, 0, 0, CLOCK - D, 2 * D },
	{ "to the end of time", CLOCK - D, 0, INT64_MAX - WALL, STEP, 35 * D,
		INT64_MAX - WALL - 35 * D, CLOCK + 34 * D, 35 * D },
	{ "to the end of time with no limit", CLOCK - D, 0, INT64_MAX - WALL, INT64_MAX,
		INT64_MAX - WALL, 0, INT64_MAX - WALL + CLOCK - D, INT64_MAX - WALL },
};

START_TEST(resuming)
{
	const struct clock_row *t = &resumes[_i];
	struct clock_mark last = {
		.clock = CLOCK, .wall = WALL, .week_start = t->week_start, .week_used = t->week_used
	};
	struct clock_resume r = clock_resume(&last, WALL + t->now, t->step);

	ck_assert_msg(r.mark.clock - CLOCK == t->moved, "%s: moved %lld", t->what,
		(long long)(r.mark.clock - CLOCK));
	ck_assert_msg(r.refused == t->refused, "%s: refused %lld", t->what, (long long)r.refused);
	ck_assert_msg(r.gap == t->now, "%s: gap %lld", t->what, (long long)r.gap);
	ck_assert_msg(r.mark.wall == WALL + t->now, "%s", t->what);
	ck_assert_msg(r.mark.week_start == t->start_after, "%s: week %lld", t->what,
		(long long)(r.mark.week_start - CLOCK));
	ck_assert_msg(r.mark.week_used == t->used_after, "%s: used %lld", t->what,
		(long long)r.mark.week_used);
}
END_TEST

START_TEST(walls_at_the_ends_of_time)
{
	struct clock_mark last = {
		.clock = 100, .wall = INT64_MIN, .week_start = 50, .week_used = 7
	};
	struct clock_resume r = clock_resume(&last, INT64_MAX, 1000);

	ck_assert_int_eq(r.gap, INT64_MAX);
	ck_assert_int_eq(r.mark.clock, 1093);
	ck_assert_int_eq(r.mark.week_used, 1000);
	last.wall = INT64_MAX;
	r = clock_resume(&last, INT64_MIN, 1000);
	ck_assert_int_eq(r.gap, INT64_MIN);
	ck_assert_int_eq(r.mark.clock, 100);
	ck_assert_int_eq(r.mark.week_used, 7);
}
END_TEST

/* Turned back and forth, or forward again and again, as often as anyone likes: without time spent
 * mounted the clock gets one step. */
START_TEST(back_and_forth)
{
	struct clock_mark mark = {
		.clock = CLOCK, .wall = WALL, .week_start = CLOCK, .week_used = 0
	};

	for (int i = 0; i < 1000; i++) {
		mark = clock_resume(&mark, WALL + CLOCK_WEEK_MS - 1, STEP).mark;
		mark = clock_resume(&mark, WALL - i * D, STEP).mark;
	}
	ck_assert_int_eq(mark.clock, CLOCK + STEP);
}
END_TEST

START_TEST(forward_again_and_again)
{
	struct clock_mark mark = { .clock = CLOCK, .wall = WALL };

	for (int i = 0; i < 200; i++)
		mark = clock_resume(&mark, mark.wall + STEP, STEP).mark;
	ck_assert_int_eq(mark.clock, CLOCK + STEP);
}
END_TEST

/* It never goes back, whatever the wall does, and never further than the wall did. */
START_TEST(never_back)
{
	struct clock_mark mark = { .clock = CLOCK, .wall = WALL };
	unsigned random = 1;

	for (int i = 0; i < 10000; i++) {
		int64_t now;
		struct clock_resume r;

		random = random * 1103515245u + 12345u;
		now = mark.wall + ((int64_t)(random >> 16) - 32768) * 60000;
		r = clock_resume(&mark, now, STEP);
		ck_assert_int_ge(r.mark.clock, mark.clock);
		ck_assert_int_le(r.mark.clock - mark.clock, r.gap > 0 ? r.gap : 0);
		ck_assert_int_le(r.mark.week_used, STEP);
		mark = r.mark;
	}
}
END_TEST

START_TEST(running)
{
	ck_assert_int_eq(clock_running(1000, 50, 50, 0), 1000);
	ck_assert_int_eq(clock_running(1000, 50, 80, 0), 1030);
	ck_assert_int_eq(clock_running(1000, 50, 80, 1030), 1030);
	ck_assert_int_eq(clock_running(1000, 50, 80, 1031), 1031);
	ck_assert_int_eq(clock_running(1000, 50, 49, 0), 1000);
	ck_assert_int_eq(clock_running(1000, INT64_MAX, INT64_MIN, 0), 1000);
	ck_assert_int_eq(clock_running(1000, INT64_MIN, INT64_MAX, 0), INT64_MAX);
	ck_assert_int_eq(clock_running(INT64_MAX - 5, 0, 10, 0), INT64_MAX);
	ck_assert_int_eq(clock_running(INT64_MIN, 0, 0, INT64_MIN), INT64_MIN);
}
END_TEST

START_TEST(putting_the_clock_right)
{
	const struct person nobody = { .id = 0 }, admin = { .id = 1, .roles = ROLE_ADMIN },
			    legal = { .id = 2, .roles = ROLE_LEGAL },
			    both = { .id = 3, .roles = ROLE_ADMIN | ROLE_LEGAL };

	ck_assert_int_eq(clock_may_propose(&nobody), REASON_NOBODY);
	ck_assert_int_eq(clock_may_propose(&legal), REASON_NO_ROLE);
	ck_assert_int_eq(clock_may_propose(&admin), REASON_NONE);
	ck_assert_int_eq(clock_may_agree(1, &nobody), REASON_NOBODY);
	ck_assert_int_eq(clock_may_agree(0, &nobody), REASON_NOBODY);
	ck_assert_int_eq(clock_may_agree(1, &legal), REASON_NONE);
	ck_assert_int_eq(clock_may_agree(1, &admin), REASON_SECOND_PERSON);
	ck_assert_int_eq(clock_may_agree(3, &both), REASON_SECOND_PERSON);
	ck_assert_int_eq(clock_may_agree(1, &both), REASON_NONE);
	ck_assert_int_eq(clock_may_agree(2, &admin), REASON_NO_ROLE);
	ck_assert(!clock_may_move(100, 200, 100));
	ck_assert(clock_may_move(100, 200, 101));
	ck_assert(clock_may_move(100, 200, 200));
	ck_assert(!clock_may_move(100, 200, 201));
	ck_assert(!clock_may_move(200, 100, 150));
	ck_assert_int_eq(clock_jump(0, 0, 5000, 5000), 0);
	ck_assert_int_eq(clock_jump(0, 0, CLOCK_JUMP_MS, 0), 0);
	ck_assert_int_eq(clock_jump(0, 0, CLOCK_JUMP_MS + 1, 0), CLOCK_JUMP_MS + 1);
	ck_assert_int_eq(clock_jump(0, 0, 0, CLOCK_JUMP_MS + 1), -CLOCK_JUMP_MS - 1);
	/* a suspended machine: both went on */
	ck_assert_int_eq(clock_jump(1000, 500, 1000 + 86400000, 500 + 86400000), 0);
	ck_assert_int_eq(clock_jump(INT64_MIN, 0, INT64_MAX, 0), INT64_MAX);
}
END_TEST

static Suite *rules(void)
{
	Suite *suite = suite_create("policy rules");
	TCase *deposits = tcase_create("deposits"), *people = tcase_create("acts and roles");
	TCase *why = tcase_create("reasons"), *clock = tcase_create("clock");

	tcase_add_loop_test(deposits, depositor, 0, N(depositors));
	tcase_add_loop_test(deposits, recording_officer, 0, N(officers));
	tcase_add_loop_test(people, acts, 0, ACT_COUNT);
	tcase_add_test(people, what_is_no_act);
	tcase_add_test(people, single_roles);
	tcase_add_loop_test(people, lists_of_roles, 0, N(role_lists));
	tcase_add_test(people, roles_go_there_and_back);
	tcase_add_loop_test(why, every_reason, 0, REASON_COUNT);
	tcase_add_test(why, what_is_no_reason);
	tcase_add_loop_test(clock, resuming, 0, N(resumes));
	tcase_add_test(clock, walls_at_the_ends_of_time);
	tcase_add_test(clock, back_and_forth);
	tcase_add_test(clock, forward_again_and_again);
	tcase_add_test(clock, never_back);
	tcase_add_test(clock, running);
	tcase_add_test(clock, putting_the_clock_right);
	suite_add_tcase(suite, deposits);
	suite_add_tcase(suite, people);
	suite_add_tcase(suite, why);
	suite_add_tcase(suite, clock);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(rules());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
