/*
 * Records: what an event says of its own, as a typed struct.  A record's fields are written once:
 *
 *	#define HOLD_ASK_FIELDS(F, K) F(NOTE, reason) F(INT, id) F(TEXT, name)
 *	RECORD(HOLD_ASK, hold_ask, HOLD_ASK_FIELDS);
 *
 * F(type, member): the member's name is the field's key on the ledger.  K(type, member, key): the
 * key differs, because C has that word for itself.  The order is that of the ledger's JSON.
 *
 * RECORD() declares, for the record `hold_ask` of the kind EVENT_HOLD_ASK:
 *
 *	struct hold_ask;
 *	int record_hold_ask(struct turn *t, const struct about *about, const struct hold_ask *e);
 *	json_t *hold_ask_details(const struct hold_ask *e, int utc_offset);
 *	void hold_ask_read(const json_t *details, struct hold_ask *out);
 *	int apply_hold_ask(struct sql *db, const struct head *h, const struct hold_ask *e);
 *
 * The last one is written in the subject's file; event_apply() alone calls it (apply.h).
 *
 * Types, and what they are on the ledger:
 *
 *	INT    int64_t        a number; absent reads as 0
 *	ID     int64_t        a number; 0: null
 *	UID    int64_t        a number; -1: null
 *	FLAG   bool           true or false
 *	TEXT   const char *   a string; NULL cannot be emitted
 *	NOTE   const char *   a string; NULL: null
 *	MAYBE  const char *   a string; NULL: absent
 *	DAY    int32_t        "YYYY-MM-DD"; DAY_NONE: null
 *	TIME   int64_t        RFC 3339 with zone, ms; absent or malformed reads as INSTANT_NEVER
 *	WHEN   int64_t        the same; 0: null, and absent reads as 0
 *	HASH   struct record_hash   hexadecimal; not known: null
 *	SCOPE  struct scope   an object (scopes.h)
 *	PLACE  struct scope   the same; the whole store: absent
 *	COUNT  int64_t        a number; 0: absent
 *	MARK   bool           true; false: absent
 *	JSON   json_t *       any value, borrowed; NULL: null
 *
 * A record that was read borrows its texts and values from the JSON that it was read from.
 */
#ifndef FS_STORE_RECORDS_RECORD_H
#define FS_STORE_RECORDS_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/store/base/annotate.h"
#include "fs/store/base/digest.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/kinds.h"
#include "fs/store/records/turn.h"
#include "policy/scope.h"

struct record_hash {
	bool known;
	uint8_t bytes[HASH_LEN];
};

struct record_hash record_hash_of(bool known, const uint8_t bytes[HASH_LEN]);

enum field_type {
	FIELD_INT,
	FIELD_ID,
	FIELD_UID,
	FIELD_FLAG,
	FIELD_TEXT,
	FIELD_NOTE,
	FIELD_MAYBE,
	FIELD_DAY,
	FIELD_TIME,
	FIELD_WHEN,
	FIELD_HASH,
	FIELD_SCOPE,
	FIELD_PLACE,
	FIELD_COUNT,
	FIELD_MARK,
	FIELD_JSON
};

struct field {
	const char *key; /* NULL ends a table; `at` is then the size of the record */
	enum field_type type;
	size_t at;
};

/* Details as JSON: a new reference; NULL when out of memory, or where a TEXT is NULL. */
json_t *record_encode(const struct field *fields, const void *record, int utc_offset);

/* Reads details (NULL: none); what is absent or of another type reads as above. */
void record_decode(const struct field *fields, const json_t *details, void *record);

/* Emits; for the typed functions that RECORD() declares. */
MUST_CHECK int record_emit(struct turn *t, enum event_kind kind, const struct about *about,
	const struct field *fields, const void *record);

/* A list of numbers, for a JSON field: a new reference; NULL when out of memory. */
json_t *record_numbers(const int64_t *numbers, size_t count);

#define FIELD_C_INT int64_t
#define FIELD_C_ID int64_t
#define FIELD_C_UID int64_t
#define FIELD_C_FLAG bool
#define FIELD_C_TEXT const char *
#define FIELD_C_NOTE const char *
#define FIELD_C_MAYBE const char *
#define FIELD_C_DAY int32_t
#define FIELD_C_TIME int64_t
#define FIELD_C_WHEN int64_t
#define FIELD_C_HASH struct record_hash
#define FIELD_C_SCOPE struct scope
#define FIELD_C_PLACE struct scope
#define FIELD_C_COUNT int64_t
#define FIELD_C_MARK bool
#define FIELD_C_JSON const json_t *

#define RECORD_MEMBER(type, member) FIELD_C_##type member;
#define RECORD_MEMBER_KEYED(type, member, key) FIELD_C_##type member;
#define RECORD_FIELD_KEYED(type, member, key) { key, FIELD_##type, offsetof(this_record, member) },
#define RECORD_FIELD(type, member) RECORD_FIELD_KEYED(type, member, #member)

/* clang-format off */
#define RECORD(KIND, record, FIELDS) \
	struct record { \
		FIELDS(RECORD_MEMBER, RECORD_MEMBER_KEYED) \
	}; \
	static inline const struct field *record##_fields(void) \
	{ \
		typedef struct record this_record; \
		static const struct field fields[] = { \
			FIELDS(RECORD_FIELD, RECORD_FIELD_KEYED) \
			{ NULL, FIELD_INT, sizeof(this_record) } \
		}; \
		return fields; \
	} \
	MUST_CHECK static inline int record_##record( \
		struct turn *t, const struct about *about, const struct record *e) \
	{ \
		return record_emit(t, EVENT_##KIND, about, record##_fields(), e); \
	} \
	static inline json_t *record##_details(const struct record *e, int utc_offset) \
	{ \
		return record_encode(record##_fields(), e, utc_offset); \
	} \
	static inline void record##_read(const json_t *details, struct record *out) \
	{ \
		record_decode(record##_fields(), details, out); \
	} \
	int apply_##record(struct sql *db, const struct head *h, const struct record *e)
/* clang-format on */

#endif
