/* Deposits: folders, items, their labels while they settle, and their digests. */
#ifndef FS_STORE_RECORDS_DEPOSITS_H
#define FS_STORE_RECORDS_DEPOSITS_H

#include "fs/store/records/record.h"

extern const char deposits_schema[];

/* How many attributes of its depositor's an item has, and whether one of that name is among them.
 */
int deposits_xattr_count(
	struct sql *db, int64_t item, const char *name, int64_t *count, bool *there);

/* The value of a client's attribute of an item, malloc'd.  ENOENT. */
int deposits_xattr(struct sql *db, int64_t item, const char *name, char **value, size_t *len);

/* The names of an item's, in order; each returns 0, or an errno that ends it. */
int deposits_xattr_names(
	struct sql *db, int64_t item, int (*each)(void *arg, const char *name), void *arg);

/* case: "" for a date folder. */
#define FOLDER_MAKE_FIELDS(F, K) \
	F(INT, id)               \
	F(INT, unit_id)          \
	F(INT, device_id) F(INT, officer_id) F(DAY, date) K(TEXT, kase, "case") F(TEXT, path)
RECORD(FOLDER_MAKE, folder_make, FOLDER_MAKE_FIELDS);

#define FOLDER_REMOVE_FIELDS(F, K) F(INT, id) F(TEXT, path)
RECORD(FOLDER_REMOVE, folder_remove, FOLDER_REMOVE_FIELDS);

/* mtime: ns; retain_until: what is promised at the deposit. */
#define DEPOSIT_BEGIN_FIELDS(F, K) \
	F(INT, folder)             \
	F(TEXT, path)              \
	F(TEXT, name)              \
	F(INT, mode)               \
	F(INT, uid)                \
	F(INT, gid) F(INT, mtime) F(FLAG, important) K(TEXT, klass, "class") F(TIME, retain_until)
RECORD(DEPOSIT_BEGIN, deposit_begin, DEPOSIT_BEGIN_FIELDS);

/* root: of the content tree. */
#define DEPOSIT_CLOSE_FIELDS(F, K) F(INT, size) F(HASH, root) F(INT, mtime)
RECORD(DEPOSIT_CLOSE, deposit_close, DEPOSIT_CLOSE_FIELDS);

#define DEPOSIT_SEAL_FIELDS(F, K) F(TIME, settle_until)
RECORD(DEPOSIT_SEAL, deposit_seal, DEPOSIT_SEAL_FIELDS);

#define DEPOSIT_REOPEN_FIELDS(F, K)
RECORD(DEPOSIT_REOPEN, deposit_reopen, DEPOSIT_REOPEN_FIELDS);

#define DEPOSIT_INCOMPLETE_FIELDS(F, K) F(TEXT, reason) F(INT, size)
RECORD(DEPOSIT_INCOMPLETE, deposit_incomplete, DEPOSIT_INCOMPLETE_FIELDS);

#define DEPOSIT_ORPHAN_FIELDS(F, K) F(TEXT, name) F(TEXT, reason) F(INT, size)
RECORD(DEPOSIT_ORPHAN, deposit_orphan, DEPOSIT_ORPHAN_FIELDS);

#define DEPOSIT_WITHDRAW_FIELDS(F, K)
RECORD(DEPOSIT_WITHDRAW, deposit_withdraw, DEPOSIT_WITHDRAW_FIELDS);

#define ITEM_DIGEST_FIELDS(F, K) F(HASH, sha256) F(HASH, sm3)
RECORD(DIGEST, item_digest, ITEM_DIGEST_FIELDS);

/* from: the old name. */
#define LABEL_RENAME_FIELDS(F, K) \
	F(INT, folder) F(TEXT, from) F(TEXT, name) F(FLAG, important) F(TIME, settle_until)
RECORD(LABEL_RENAME, label_rename, LABEL_RENAME_FIELDS);

#define LABEL_ATTR_FIELDS(F, K) F(INT, mtime) F(INT, mode) F(TIME, settle_until)
RECORD(LABEL_ATTR, label_attr, LABEL_ATTR_FIELDS);

/* The same event at the close of a deposit, where nothing settles yet: its settle_until is the
 * epoch in UTC, and not in the store's zone. */
#define LABEL_CLOSE_FIELDS(F, K) F(INT, mtime) F(INT, mode) F(TEXT, settle_until)
RECORD(LABEL_ATTR, label_close, LABEL_CLOSE_FIELDS);

/* value: base64; null: removed. */
#define LABEL_XATTR_FIELDS(F, K) F(TEXT, name) F(NOTE, value) F(TIME, settle_until)
RECORD(LABEL_XATTR, label_xattr, LABEL_XATTR_FIELDS);

#endif
