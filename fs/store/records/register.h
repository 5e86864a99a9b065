/* The register: units, devices, people, and when devices were out of service. */
#ifndef FS_STORE_RECORDS_REGISTER_H
#define FS_STORE_RECORDS_REGISTER_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/records/record.h"

/* Among a device's times out of service, the one that begins on that day, or the next number where
 * there is none. */
int register_service_id(struct sql *db, int64_t device, int32_t from, int64_t *id);

extern const char register_schema[];
extern const char register_service_schema[]; /* custodians, and devices out of service */

/* The id of what has that code, serial or number, or the next free one; the committer alone gives
 * them out.  ENOSPC: it would be greater than `most`. */
int register_unit_id(struct sql *db, const char *code, int64_t most, int64_t *id);
int register_device_id(struct sql *db, const char *serial, int64_t most, int64_t *id);
int register_person_id(struct sql *db, const char *number, int64_t most, int64_t *id);

/* Whether another unit has the unit's name, or its code, for a name or a code: units are called by
 * either. */
int register_unit_taken(struct sql *db, const struct unit *u, bool *name, bool *code);

#define REGISTER_UNIT_FIELDS(F, K) F(INT, id) F(TEXT, code) F(TEXT, name)
RECORD(REGISTER_UNIT, register_unit, REGISTER_UNIT_FIELDS);

#define REGISTER_DEVICE_FIELDS(F, K) F(INT, id) F(TEXT, serial) F(INT, unit_id)
RECORD(REGISTER_DEVICE, register_device, REGISTER_DEVICE_FIELDS);

/* roles: names, comma separated. */
#define REGISTER_PERSON_FIELDS(F, K) \
	F(INT, id)                   \
	F(TEXT, number)              \
	F(TEXT, name)                \
	F(UID, uid)                  \
	F(INT, unit_id) F(TEXT, roles) F(FLAG, formal) F(DAY, certified_from) F(DAY, certified_to)
RECORD(REGISTER_PERSON, register_person, REGISTER_PERSON_FIELDS);

/* The same event of the first administrator, who belongs to no unit: it says so twice. */
#define REGISTER_FIRST_FIELDS(F, K) \
	F(INT, id)                  \
	F(TEXT, number)             \
	F(TEXT, name)               \
	F(UID, uid)                 \
	F(NOTE, unit)               \
	F(INT, unit_id) F(TEXT, roles) F(FLAG, formal) F(DAY, certified_from) F(DAY, certified_to)
RECORD(REGISTER_PERSON, register_first, REGISTER_FIRST_FIELDS);

/* from, to: days, both included; to null: still out of service. */
#define REGISTER_SERVICE_FIELDS(F, K) \
	F(INT, id) F(INT, device_id) F(TEXT, device) F(DAY, from) F(DAY, to) F(TEXT, note)
RECORD(REGISTER_SERVICE, register_service, REGISTER_SERVICE_FIELDS);

/* Whether a device was registered as out of service on a day. */
int register_out_of_service(struct sql *db, int64_t device, int32_t day, bool *out);

/* The sealed items that a device recorded while it is registered as out of service, from the one
 * after `after` on, `most` at most. */
int register_out_of_service_items(
	struct sql *db, int64_t device, int64_t after, int64_t *items, size_t most, size_t *count);

/* For each unit: how many custodians it has, and how many left; returns true to go on. */
typedef bool (*register_each_unit)(void *arg, int64_t unit, int64_t custodians, int64_t former);
int register_custodians(struct sql *db, register_each_unit each, void *arg);

#endif
