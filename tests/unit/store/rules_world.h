/*
 * A small store in memory: its catalog, the texts of its ledger, and a catalog that is made again
 * from those texts alone.  What is registered is the same for every sequence and stays; a sequence
 * is one transaction that is taken back at its end.
 */
#ifndef TESTS_UNIT_STORE_RULES_WORLD_H
#define TESTS_UNIT_STORE_RULES_WORLD_H

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/catalog.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "fs/store/records/schema.h"
#include "policy/role.h"

#define WORLD_START INT64_C(1693497600000) /* 2023-09-01T00:00+08:00 */
#define TEXTS_MOST 256
#define PEOPLE 6

struct world {
	struct sql *db, *again;
	struct subject people[PEOPLE];
	char *texts[TEXTS_MOST];
	size_t base, count; /* texts of the register, and all */
	size_t applied;     /* by `again` */
	struct event_time now;
	char *rows;                      /* a query that gives each row of each table as a text */
	bool tell;                       /* print what is emitted */
	unsigned long effects[32], gone; /* steps that emitted, by kind; items disposed of */
};

static const struct {
	const char *number;
	unsigned roles;
} world_people[PEOPLE] = {
	{ "A001", ROLE_ADMIN },
	{ "C001", ROLE_CUSTODIAN },
	{ "P001", ROLE_APPROVER },
	{ "L001", ROLE_LEGAL },
	{ "O001", ROLE_OFFICER | ROLE_CUSTODIAN | ROLE_LEGAL },
	{ "O002", ROLE_OFFICER | ROLE_APPROVER },
};

/* As the committer does (turn_emit): the text is made once, applied, and in force for what follows.
 * details: taken.  0 or an errno. */
static inline int world_emit(struct world *w, const char *kind, int64_t item,
	const struct subject *who, const char *kase, json_t *details)
{
	struct event e = {
		.kind = kind, .who = who, .item = item, .kase = kase, .details = details
	};
	json_t *entry = event_encode(&e, w->count, &w->now);
	char *text = entry != NULL ? event_text(entry) : NULL;
	int err = details != NULL && text != NULL && w->count < TEXTS_MOST
		? event_apply(w->db, entry)
		: ENOMEM;

	if (err == 0) {
		w->texts[w->count++] = text;
		if (strcmp(kind, "policy.load") == 0)
			w->now.policy = jsonget_int(details, "version", 0);
		if (w->tell)
			printf("  %s\n", text);
	} else
		free(text);
	json_decref(entry);
	json_decref(details);
	return err;
}

/* Applies to the other catalog what it has not seen yet. */
static inline int world_replay(struct world *w)
{
	json_t *entry;
	int err = 0;

	for (; err == 0 && w->applied < w->count; w->applied++) {
		const char *text = w->texts[w->applied];

		err = event_decode(text, strlen(text), w->applied, &entry);
		if (err == 0) {
			err = event_apply(w->again, entry);
			json_decref(entry);
		}
	}
	return err;
}

static inline void world_must(int err, const char *what)
{
	if (err != 0)
		ck_abort_msg("%s: %s", what, strerror(err));
}

static inline void world_register(struct world *w)
{
	w->now = (struct event_time){
		.wall = WORLD_START, .clock = WORLD_START, .utc_offset = 480, .policy = 1
	};
	for (int i = 1; i <= 2; i++) {
		char code[16], name[16];

		snprintf(code, sizeof code, "37083000100%d", i);
		snprintf(name, sizeof name, "unit%d", i);
		world_must(
			world_emit(w, "register.unit", 0, NULL, NULL,
				json_pack("{s:i, s:s, s:s}", "id", i, "code", code, "name", name)),
			"a unit");
		snprintf(name, sizeof name, "WS0000%d", i);
		world_must(world_emit(w, "register.device", 0, NULL, NULL,
				   json_pack("{s:i, s:s, s:i}", "id", i, "serial", name, "unit_id",
					   i)),
			"a device");
	}
	for (int i = 0; i < PEOPLE; i++) {
		char roles[ROLES_TEXT];

		roles_format(world_people[i].roles, roles);
		world_must(world_emit(w, "register.person", 0, NULL, NULL,
				   json_pack("{s:i, s:s, s:s, s:i, s:i, s:s, s:b, s:s}", "id",
					   i + 1, "number", world_people[i].number, "name", "who",
					   "uid", 2000 + i, "unit_id", 1 + i % 2, "roles", roles,
					   "formal", 1, "certified_from", "2020-01-01")),
			"a person");
		w->people[i] = (struct subject){ .uid = 2000 + (uint32_t)i,
			.program = "/usr/bin/custody" };
		world_must(catalog_person(w->db, i + 1, &w->people[i].person), "a person");
	}
}

/* What gives all rows of all tables as texts, in the order in which they were put in.  The list of
 * events is the longest, and left to the comparing in full. */
static inline void world_query(struct world *w)
{
	struct sql_rows *rows = sql_query(w->db,
		"SELECT group_concat(one, ' UNION ALL ') FROM (SELECT 'SELECT ''' || t.name || ' "
		"'' || ' ||"
		" group_concat('quote(\"' || c.name || '\")', '||'',''||') || ' FROM \"' || t.name "
		"|| '\"' AS one"
		" FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type='table' "
		"AND t.name<>'event' GROUP BY t.name)",
		"");

	ck_assert_int_eq(sql_next(rows), 1);
	w->rows = strdup(sql_string(rows, 0));
	sql_done(rows);
}

static inline int world_tables(struct sql *db)
{
	int err = sql_script(db, "PRAGMA temp_store=MEMORY; PRAGMA page_size=1024");

	return err == 0 ? schema_create(db) : err;
}

static inline void world_open(struct world *w)
{
	memset(w, 0, sizeof *w);
	world_must(sql_open(":memory:", SQL_CREATE, &w->db), "a catalog in memory");
	world_must(sql_open(":memory:", SQL_CREATE, &w->again), "a catalog in memory");
	world_must(world_tables(w->db), "its tables");
	world_must(world_tables(w->again), "its tables");
	world_register(w);
	world_must(world_replay(w), "the register again");
	w->base = w->count;
	world_query(w);
}

static inline void world_close(struct world *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->texts[i]);
	sql_close(w->db);
	sql_close(w->again);
	free(w->rows);
}

static inline void world_begin(struct world *w, int utc_offset)
{
	w->now = (struct event_time){
		.wall = WORLD_START, .clock = WORLD_START, .utc_offset = utc_offset, .policy = 1
	};
	world_must(sql_run(w->db, "BEGIN", ""), "begin");
	world_must(sql_run(w->again, "BEGIN", ""), "begin");
}

static inline void world_undo(struct world *w)
{
	world_must(sql_run(w->db, "ROLLBACK", ""), "rollback");
	world_must(sql_run(w->again, "ROLLBACK", ""), "rollback");
	while (w->count > w->base)
		free(w->texts[--w->count]);
	w->applied = w->base;
}

/* The row in which the catalogs differ; NULL: in none. */
static inline const char *world_differs(struct world *w)
{
	static char row[256];
	struct sql_rows *a = sql_query(w->db, w->rows, ""), *b = sql_query(w->again, w->rows, "");
	bool same = true;
	int p, q;

	row[0] = '\0';
	while (same && (p = sql_next(a)) + (q = sql_next(b)) == 2) {
		same = strcmp(sql_string(a, 0), sql_string(b, 0)) == 0;
		if (!same)
			sql_copy(a, 0, row, sizeof row);
	}
	sql_done(a);
	sql_done(b);
	return same && p == 0 && q == 0 ? NULL : row;
}

/* The same as fsck would find it. */
static inline const char *world_differs_by_compare(struct world *w)
{
	static char table[64];
	struct sql_rows *rows = sql_query(
		w->db, "SELECT name FROM sqlite_master WHERE type='table'", "");
	bool same = true;
	int64_t row;

	while (same && sql_next(rows) == 1) {
		sql_copy(rows, 0, table, sizeof table);
		if (sql_compare(w->db, w->again, table, &same, &row) != 0)
			same = false;
	}
	sql_done(rows);
	return same ? NULL : table;
}

#endif
