/* Tags of items, as the catalog has them (policy/tag.h). */
#ifndef FS_STORE_RECORDS_TAGS_H
#define FS_STORE_RECORDS_TAGS_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/records/record.h"
#include "policy/tag.h"

/* The value now; "" where there is none. */
int tags_get(struct sql *db, const struct item *item, enum tag t, char out[TAG_VALUE]);

/* Whose an item is. */
int tags_item(struct sql *db, const struct item *item, struct tag_item *out);

struct unrelated_tag {
	enum unrelated state;
	char reason[1024];
	int64_t proposed_by, proposed_at, decided_by, decided_at;
	char decided_why[1024];
};

/* state UNRELATED_NONE where nobody ever proposed it. */
int tags_get_unrelated(struct sql *db, int64_t item, struct unrelated_tag *out);
#define UNRELATED_COLUMNS                                                                   \
	"unrelated.state, unrelated.reason, unrelated.proposed_by, unrelated.proposed_at, " \
	"unrelated.decided_by, unrelated.decided_at, unrelated.decided_why"
void tags_read_unrelated(struct sql_rows *rows, int column, struct unrelated_tag *out);

/* How many sealed items a case has of each stage (tag_stage()'s order), and without one: in its
 * folders, or linked. */
#define STAGES_MAX 16
struct stage_count {
	int64_t of[STAGES_MAX], none;
};
int tags_stages(struct sql *db, int64_t kase, struct stage_count *out);

extern const char tags_schema[];

/* value: null: removed. */
#define TAG_SET_FIELDS(F, K) F(TEXT, name) F(NOTE, value)
RECORD(TAG_SET, tag_set, TAG_SET_FIELDS);

#define UNRELATED_PROPOSE_FIELDS(F, K) F(TEXT, reason)
RECORD(UNRELATED_PROPOSE, unrelated_propose, UNRELATED_PROPOSE_FIELDS);

#define UNRELATED_DECIDE_FIELDS(F, K) F(FLAG, unrelated) F(NOTE, reason)
RECORD(UNRELATED_DECIDE, unrelated_decide, UNRELATED_DECIDE_FIELDS);

#endif
