/*
 * A store: the folder behind a mount.
 *
 *   store.json   format version, UUID, time zone, verifier key; written last by mkfs, so a
 *                half-made store is none
 *   lock         held by the one process that writes
 *   key          the ledger's secret signing key, unless it is kept elsewhere
 *   ledger/      the truth (ledger.h)
 *   catalog.db   the projection (catalog.h)
 *   blob/ leaf/  the items' bytes, and their derived leaf hashes (blob.h)
 *
 * store_open() composes the whole stack, and is the only place that does.
 */
#ifndef FS_STORE_STORE_H
#define FS_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/base/buffers.h"
#include "fs/store/blob/blob.h"
#include "fs/store/blob/hasher.h"
#include "fs/store/catalog/catalog.h"
#include "fs/store/committer.h"
#include "fs/store/ledger/ledger.h"

#define STORE_FORMAT 1
#define UUID_TEXT 37
#define UTC_OFFSET_DEFAULT 480 /* China Standard Time, minutes */

struct store_format {
	int64_t version;
	char uuid[UUID_TEXT];
	char origin[ORIGIN_MAX]; /* "custodyfs/<uuid>" */
	char vkey[VKEY_MAX];
	char created[INSTANT_TEXT];
	int utc_offset; /* minutes */
	bool test_clock;
};

struct content;
struct digester;
struct store_clock;

struct store {
	char *path;
	struct store_format format;
	bool writable;
	int lock_fd;
	uint8_t seed[KEY_SEED_LEN];
	bool have_key;
	struct ledger *ledger;
	struct sql *db; /* the committer's connection */
	struct catalog_pool *pool;
	struct blob_store blobs;
	struct buffers *buffers;
	struct hasher *hasher;
	struct store_clock *clock;
	struct committer *committer; /* NULL unless writable */
	struct digester *digester;
};

/* What went wrong, a sentence for people with what to do next. */
struct store_message {
	char text[768];
};

struct store_params {
	const char *path;     /* made if missing; must be empty */
	const char *key_path; /* NULL: inside the store */
	int utc_offset;
	bool test_clock;
	int64_t start; /* the clocks' first instant of a test-clock store; 0: now */
	const char *admin_number, *admin_name;
	uint32_t admin_uid; /* UID_NONE: no administrator yet */
};

/* Makes a store, durable on return.  EEXIST: not empty, or a store already.  What was made is
 * removed again on failure. */
int store_make(const struct store_params *p, struct store_message *m);

enum store_mode {
	STORE_READ, /* offline, beside a mount or not: changes nothing */
	STORE_WRITE /* locks; recovers; starts the committer and the workers */
};

/* key_path: NULL: STORE/key.  ENOENT/ENOTDIR: not a store; EPROTONOSUPPORT: a newer format; EBUSY:
 * mounted already, still so after three seconds; EUCLEAN: damaged; … and m says what to do. */
int store_open(const char *path, enum store_mode mode, const char *key_path, struct store **out,
	struct store_message *m);

/* The same with the key's file open already (its owner may be another user than the one who
 * serves); key_path is then its name alone, and the descriptor stays the caller's. */
int store_open_keyed(const char *path, enum store_mode mode, const char *key_path, int key_fd,
	struct store **out, struct store_message *m);

/* Stops everything, signs the head, releases.  NULL is fine.  0, or the errno that kept the last
 * events from being written. */
int store_close(struct store *s);

/* Both clocks now. */
void store_now(struct store *s, struct event_time *out);

/* Moves a test clock (both clocks), once that is on the ledger, durably.  EPERM on a store without
 * one. */
int store_clock_set(struct store *s, const struct subject *who, int64_t to);

/* Syncs, then signs the present head. */
int store_checkpoint(struct store *s, char out[CHECKPOINT_MAX]);

/* Removes all that is derived (the catalog, the ledger's positions and hashes) and makes it again
 * from the ledger's segments.  For fsck; the store must not be open for writing. */
int store_rebuild(const char *path, ledger_progress progress, void *arg, struct store_message *m);

/* Reads store.json.  Errors as store_open(). */
int store_format_load(const char *path, struct store_format *out, struct store_message *m);

/* Opens an item's content for verified reading. */
int store_content(struct store *s, const struct item *item, struct content **out);

#endif
