/* Cases, as the catalog has them: what is needed to decide on them, and to tell of them. */
#ifndef FS_STORE_QUERY_CASES_H
#define FS_STORE_QUERY_CASES_H

#include <jansson.h>

#include "fs/store/query/query.h"
#include "policy/term.h"

/* Whether a name is the number or an alias of a case other than `but` (0: of any). */
int cases_taken(struct sql *db, const char *name, int64_t but, bool *taken);

/* Whether a class would, alone, keep for less long than those that the case ever had, counted from
 * the same day. */
int cases_shortens(struct sql *db, int64_t kase, const struct class_rule *rule, bool *shortens);

/* Whether a case (0: a new one) may be given a class: CLASS_UNKNOWN where the policy in force has
 * none that a case can have, SHORTENS. */
int cases_judge_class(
	struct sql *db, int64_t kase, const char *class, int64_t policy, enum reason *why);

/* Whether it may be closed on a day: CLOSED_FUTURE, CLOSED_EARLY, SHORTENS where it was closed
 * later. */
enum reason cases_judge_close(const struct casefile *k, int32_t day, const struct event_time *now);

/* How an item belongs to a case now: it lies in one of its folders, it is linked to it. */
int cases_belongs(struct sql *db, int64_t kase, int64_t item, bool *lies, bool *linked);

/* The numbers of the item's cases, comma separated, that of its folder first; whole numbers as far
 * as they fit; "" for none. */
int cases_of_item(struct sql *db, int64_t item, char *out, size_t cap);
json_t *cases_json(struct sql *db, int64_t item); /* all of them */

/* Everything about a case, by its number or an alias, as an answer. */
int query_show_case(struct query *q, const char *number, json_t **answer);

#endif
