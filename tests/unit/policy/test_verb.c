/* The table of what a verb may do to an item: one row here for each of its cells. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/verb.h"

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Who asks for what.  The first three are the columns of the table. */
enum column {
	RECEIVING,             /* receiving, by its depositor */
	SETTLING,              /* settling, by its depositor */
	SEALED,                /* sealed, by its depositor */
	SETTLING_EMPTY,        /* settling, by its depositor, no content yet */
	SEALED_SAME,           /* sealed, by its depositor, and nothing would change */
	SETTLING_OTHERS,       /* settling, by someone else */
	SETTLING_OTHERS_EMPTY, /* settling, by someone else, no content */
	SEALED_OTHERS,
	SEALED_EMPTY, /* sealed, by its depositor, no content, for good */
	SETTLING_SAME,
	COLUMNS
};

static const struct verb_case columns[COLUMNS] = {
	[RECEIVING] = { .state = ITEM_RECEIVING, .depositor = true },
	[SETTLING] = { .state = ITEM_SEALED, .settling = true, .depositor = true },
	[SEALED] = { .state = ITEM_SEALED, .depositor = true },
	[SETTLING_EMPTY] = { .state = ITEM_SEALED,
		.settling = true,
		.depositor = true,
		.empty = true },
	[SEALED_SAME] = { .state = ITEM_SEALED, .depositor = true, .no_change = true },
	[SETTLING_OTHERS] = { .state = ITEM_SEALED, .settling = true },
	[SETTLING_OTHERS_EMPTY] = { .state = ITEM_SEALED, .settling = true, .empty = true },
	[SEALED_OTHERS] = { .state = ITEM_SEALED },
	[SEALED_EMPTY] = { .state = ITEM_SEALED, .depositor = true, .empty = true },
	[SETTLING_SAME] = { .state = ITEM_SEALED,
		.settling = true,
		.depositor = true,
		.no_change = true },
};

static const struct cell {
	enum verb verb;
	enum column column;
	enum reason reason;
	int error;
} cells[] = {
	/* write, truncate, fallocate */
	{ VERB_WRITE, RECEIVING, REASON_NONE, 0 },
	{ VERB_WRITE, SETTLING, REASON_SEALED, EPERM },
	{ VERB_WRITE, SEALED, REASON_SEALED, EPERM },
	{ VERB_TRUNCATE, RECEIVING, REASON_NONE, 0 },
	{ VERB_TRUNCATE, SETTLING, REASON_SEALED, EPERM },
	{ VERB_TRUNCATE, SEALED, REASON_SEALED, EPERM },
	{ VERB_FALLOCATE, RECEIVING, REASON_NONE, 0 },
	{ VERB_FALLOCATE, SETTLING, REASON_SEALED, EPERM },
	{ VERB_FALLOCATE, SEALED, REASON_SEALED, EPERM },
	/* a still empty file may be opened again, and then filled */
	{ VERB_WRITE, SETTLING_EMPTY, REASON_NONE, 0 },
	{ VERB_TRUNCATE, SETTLING_EMPTY, REASON_NONE, 0 },
	{ VERB_FALLOCATE, SETTLING_EMPTY, REASON_NONE, 0 },
	{ VERB_OPEN_WRITE, SETTLING_EMPTY, REASON_NONE, 0 },
	/* open for writing */
	{ VERB_OPEN_WRITE, RECEIVING, REASON_NONE, 0 },
	{ VERB_OPEN_WRITE, SETTLING, REASON_SEALED, EPERM },
	{ VERB_OPEN_WRITE, SEALED, REASON_SEALED, EPERM },
	/* rename to a free name */
	{ VERB_RENAME, RECEIVING, REASON_NONE, 0 },
	{ VERB_RENAME, SETTLING, REASON_NONE, 0 },
	{ VERB_RENAME, SEALED, REASON_LABEL_FIXED, EPERM },
	{ VERB_RENAME, SEALED_SAME, REASON_LABEL_FIXED, EPERM },
	/* rename out of the date folder's tree */
	{ VERB_RENAME_AWAY, RECEIVING, REASON_RENAME_SCOPE, EPERM },
	{ VERB_RENAME_AWAY, SETTLING, REASON_RENAME_SCOPE, EPERM },
	{ VERB_RENAME_AWAY, SEALED, REASON_LABEL_FIXED, EPERM },
	/* rename over another item */
	{ VERB_RENAME_OVER, RECEIVING, REASON_NO_REPLACE, EPERM },
	{ VERB_RENAME_OVER, SETTLING, REASON_NO_REPLACE, EPERM },
	{ VERB_RENAME_OVER, SETTLING_EMPTY, REASON_NO_REPLACE, EPERM },
	{ VERB_RENAME_OVER, SEALED, REASON_NO_REPLACE, EPERM },
	/* utimens, chmod, chown */
	{ VERB_UTIMENS, RECEIVING, REASON_NONE, 0 },
	{ VERB_UTIMENS, SETTLING, REASON_NONE, 0 },
	{ VERB_UTIMENS, SEALED, REASON_LABEL_FIXED, EPERM },
	{ VERB_UTIMENS, SEALED_SAME, REASON_NONE, 0 },
	{ VERB_CHMOD, RECEIVING, REASON_NONE, 0 },
	{ VERB_CHMOD, SETTLING, REASON_NONE, 0 },
	{ VERB_CHMOD, SEALED, REASON_LABEL_FIXED, EPERM },
	{ VERB_CHMOD, SEALED_SAME, REASON_NONE, 0 },
	{ VERB_CHOWN, RECEIVING, REASON_NONE, 0 },
	{ VERB_CHOWN, SETTLING, REASON_NONE, 0 },
	{ VERB_CHOWN, SEALED, REASON_LABEL_FIXED, EPERM },
	{ VERB_CHOWN, SEALED_SAME, REASON_NONE, 0 },
	/* unlink */
	{ VERB_UNLINK, RECEIVING, REASON_NONE, 0 },
	{ VERB_UNLINK, SETTLING, REASON_NONE, 0 },
	{ VERB_UNLINK, SEALED, REASON_RETAINED, EPERM },
	/* link, symlink, mknod */
	{ VERB_LINK, RECEIVING, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_LINK, SETTLING, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_LINK, SEALED, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_SYMLINK, RECEIVING, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_SYMLINK, SETTLING, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_SYMLINK, SEALED, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_MKNOD, RECEIVING, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_MKNOD, SETTLING, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_MKNOD, SEALED, REASON_NEVER_ALLOWED, EPERM },
	/* setxattr, and its removal: clients' attributes, while the label may still be put right */
	{ VERB_SETXATTR, RECEIVING, REASON_NONE, 0 },
	{ VERB_SETXATTR, SETTLING, REASON_NONE, 0 },
	{ VERB_SETXATTR, SEALED, REASON_NOT_SUPPORTED, ENOTSUP },
	{ VERB_REMOVEXATTR, RECEIVING, REASON_NONE, 0 },
	{ VERB_REMOVEXATTR, SETTLING, REASON_NONE, 0 },
	{ VERB_REMOVEXATTR, SEALED, REASON_NOT_SUPPORTED, ENOTSUP },
	/* ioctl */
	{ VERB_IOCTL, RECEIVING, REASON_NEVER_ALLOWED, EPERM },
	{ VERB_IOCTL, SETTLING, REASON_SEALED, EPERM },
	{ VERB_IOCTL, SETTLING_EMPTY, REASON_SEALED, EPERM },
	{ VERB_IOCTL, SEALED, REASON_SEALED, EPERM },
	/* open for reading, and reading */
	{ VERB_OPEN_READ, RECEIVING, REASON_NONE, 0 },
	{ VERB_OPEN_READ, SETTLING, REASON_NO_GRANT, EACCES },
	{ VERB_OPEN_READ, SEALED, REASON_NO_GRANT, EACCES },
	{ VERB_READ, RECEIVING, REASON_NONE, 0 },
	{ VERB_READ, SETTLING, REASON_NO_GRANT, EACCES },
	{ VERB_READ, SEALED, REASON_NO_GRANT, EACCES },
	/* stat */
	{ VERB_STAT, RECEIVING, REASON_NONE, 0 },
	{ VERB_STAT, SETTLING, REASON_NONE, 0 },
	{ VERB_STAT, SEALED, REASON_NONE, 0 },
};

static enum reason ask(enum verb verb, enum column column)
{
	struct verb_case c = columns[column];

	c.verb = verb;
	return verb_allowed(&c);
}

START_TEST(cell)
{
	const struct cell *t = &cells[_i];
	enum reason r = ask(t->verb, t->column);

	ck_assert_msg(r == t->reason, "%s, column %d: %s, not %s", verb_name(t->verb), t->column,
		reason_name(r), reason_name(t->reason));
	ck_assert_int_eq(reason_errno(r), t->error);
}
END_TEST

static bool concerns_item(enum verb v)
{
	return v != VERB_CREATE && v != VERB_MKDIR && v != VERB_RMDIR && v != VERB_COMMAND;
}

START_TEST(every_verb_has_its_three_cells)
{
	int seen[VERB_COUNT][3] = { 0 };

	for (int i = 0; i < N(cells); i++) {
		if (cells[i].column <= SEALED)
			seen[cells[i].verb][cells[i].column]++;
	}
	for (int v = 0; v < VERB_COUNT; v++) {
		for (int column = 0; column < 3; column++)
			ck_assert_int_eq(seen[v][column], concerns_item((enum verb)v));
	}
}
END_TEST

/* What the other columns say follows from the three: _i is the verb. */
START_TEST(other_columns_follow)
{
	enum verb v = (enum verb)_i;

	ck_assert_int_eq(ask(v, SETTLING_OTHERS), ask(v, SEALED));
	ck_assert_int_eq(ask(v, SETTLING_OTHERS_EMPTY), ask(v, SEALED));
	ck_assert_int_eq(ask(v, SEALED_OTHERS), ask(v, SEALED));
	ck_assert_int_eq(ask(v, SEALED_EMPTY), ask(v, SEALED));
	ck_assert_int_eq(ask(v, SETTLING_SAME), ask(v, SETTLING));
	if (v != VERB_OPEN_WRITE && v != VERB_WRITE && v != VERB_TRUNCATE && v != VERB_FALLOCATE)
		ck_assert_int_eq(ask(v, SETTLING_EMPTY), ask(v, SETTLING));
	if (v != VERB_UTIMENS && v != VERB_CHMOD && v != VERB_CHOWN)
		ck_assert_int_eq(ask(v, SEALED_SAME), ask(v, SEALED));
}
END_TEST

static struct verb_case nth_case(enum verb verb, enum item_state state, unsigned flags)
{
	return (struct verb_case){
		.verb = verb,
		.state = state,
		.settling = flags & 1,
		.depositor = flags & 2,
		.empty = flags & 4,
		.no_change = flags & 8,
	};
}

/* Every verb, state and flag: the rules that hold over the whole table. */
START_TEST(sweep)
{
	enum verb v = (enum verb)_i;

	for (unsigned n = 0; n < ITEM_STATE_COUNT * 16; n++) {
		struct verb_case c = nth_case(v, (enum item_state)(n / 16), n % 16);
		enum reason r = verb_allowed(&c);

		if (!concerns_item(v))
			ck_assert_int_eq(r, REASON_NONE);
		else if (c.state != ITEM_SEALED && !(c.state == ITEM_RECEIVING && c.depositor))
			ck_assert_int_eq(r, REASON_HIDDEN);
		else if (c.state == ITEM_RECEIVING)
			ck_assert_int_eq(r, ask(v, RECEIVING));
		else if (v == VERB_WRITE || v == VERB_TRUNCATE || v == VERB_FALLOCATE ||
			v == VERB_OPEN_WRITE)
			ck_assert_int_eq(r,
				c.settling && c.depositor && c.empty ? REASON_NONE : REASON_SEALED);
		else if (v == VERB_OPEN_READ || v == VERB_READ)
			ck_assert_int_eq(r, REASON_NO_GRANT);
		else if (v != VERB_STAT && !c.no_change && !(c.settling && c.depositor))
			ck_assert_int_ne(r, REASON_NONE);
	}
}
END_TEST

START_TEST(what_is_no_verb_and_no_state)
{
	struct verb_case c = columns[RECEIVING];

	c.verb = VERB_COUNT;
	ck_assert_int_eq(verb_allowed(&c), REASON_NEVER_ALLOWED);
	c.verb = (enum verb) - 1;
	ck_assert_int_eq(verb_allowed(&c), REASON_NEVER_ALLOWED);
	c.verb = VERB_STAT;
	c.state = ITEM_STATE_COUNT;
	ck_assert_int_eq(verb_allowed(&c), REASON_HIDDEN);
}
END_TEST

static const char *const verb_names[] = {
	"stat",
	"open-write",
	"write",
	"truncate",
	"fallocate",
	"rename",
	"rename-over",
	"rename-away",
	"utimens",
	"chmod",
	"chown",
	"unlink",
	"link",
	"symlink",
	"mknod",
	"setxattr",
	"removexattr",
	"ioctl",
	"create",
	"mkdir",
	"rmdir",
	"open-read",
	"read",
	"command",
};

START_TEST(names_of_verbs)
{
	ck_assert_int_eq(N(verb_names), VERB_COUNT);
	for (int v = 0; v < VERB_COUNT; v++) {
		ck_assert_str_eq(verb_name((enum verb)v), verb_names[v]);
		ck_assert_int_eq(verb_parse(verb_names[v]), v);
	}
	ck_assert_str_eq(verb_name(VERB_COUNT), "unknown");
	ck_assert_int_eq(verb_parse("unknown"), VERB_COUNT);
	ck_assert_int_eq(verb_parse(""), VERB_COUNT);
	ck_assert_int_eq(verb_parse("Stat"), VERB_COUNT);
	ck_assert_int_eq(verb_parse("delete"), VERB_COUNT);
	ck_assert_int_eq(verb_parse_word("delete"), VERB_UNLINK);
	ck_assert_int_eq(verb_parse_word("删除"), VERB_UNLINK);
	ck_assert_int_eq(verb_parse_word("open-read"), VERB_OPEN_READ);
	ck_assert_int_eq(verb_parse_word("read"), VERB_READ);
	ck_assert_int_eq(verb_parse_word("deposit"), VERB_CREATE);
	ck_assert_int_eq(verb_parse_word("fly"), VERB_COUNT);
}
END_TEST

static const char *const state_names[] = { "receiving", "sealed", "incomplete", "withdrawn",
	"disposed" };

START_TEST(names_of_states)
{
	ck_assert_int_eq(N(state_names), ITEM_STATE_COUNT);
	for (int s = 0; s < ITEM_STATE_COUNT; s++) {
		ck_assert_str_eq(item_state_name((enum item_state)s), state_names[s]);
		ck_assert_int_eq(item_state_parse(state_names[s]), s);
	}
	ck_assert_str_eq(item_state_name(ITEM_STATE_COUNT), "unknown");
	ck_assert_int_eq(item_state_parse("unknown"), ITEM_STATE_COUNT);
	ck_assert_int_eq(item_state_parse(""), ITEM_STATE_COUNT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy verb");
	TCase *table = tcase_create("table"), *names = tcase_create("names");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(table, cell, 0, N(cells));
	tcase_add_test(table, every_verb_has_its_three_cells);
	tcase_add_loop_test(table, other_columns_follow, 0, VERB_COUNT);
	tcase_add_loop_test(table, sweep, 0, VERB_COUNT);
	tcase_add_test(table, what_is_no_verb_and_no_state);
	tcase_add_test(names, names_of_verbs);
	tcase_add_test(names, names_of_states);
	suite_add_tcase(suite, table);
	suite_add_tcase(suite, names);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
