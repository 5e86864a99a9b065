/*
 * The ledger: append-only segments of one-line JSON entries, and the RFC 6962 tree over them.
 *
 *   DIR/segment/<first sequence number, 16 digits>
 *      Records: magic, length, sequence number, first sequence number of the batch, CRC-32, entry.
 *   DIR/position
 *      8 bytes an entry: its offset in its segment.  Derived; rebuilt where it falls short.
 *   DIR/hash/<level/8>
 *      32 bytes a node: levels 0, 8, 16, … as in tlog-tiles.  Derived, too.
 *   DIR/checkpoint
 *      The newest signed head; a promise that the ledger holds at least that much.
 *
 * One process writes (the store's lock sees to that), in one thread, the committer; entry, hash,
 * root and size may be called from any thread meanwhile.
 *
 * Damage: all that is appended between two syncs is one batch, and a segment is durable before the
 * next is begun, so only the last batch can be torn by a crash.  It is cut back to its last whole
 * record.  A bad record with a later batch or segment behind it, a missing segment, or a ledger
 * shorter than its checkpoint is damage, and an error that names the place.
 */
#ifndef FS_STORE_LEDGER_LEDGER_H
#define FS_STORE_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/store/base/annotate.h"
#include "fs/store/base/digest.h"
#include "fs/store/base/merkle.h"
#include "fs/store/ledger/note.h"

#define LEDGER_ENTRY_MAX 65535          /* bytes; a tlog-tiles bundle has uint16 lengths */
#define LEDGER_SEGMENT_BYTES (64 << 20) /* a new segment is begun once one is this long */

struct ledger;

enum ledger_mode {
	LEDGER_READ,
	LEDGER_WRITE
}; /* READ changes nothing on disk and accepts a torn tail (it is not counted) */

/* What is wrong, and where: a sentence with file and offset, for people.  Empty where nothing
 * is. */
struct ledger_fault {
	char text[512];
};

struct ledger_entry {
	const char *text;
	size_t len;
};

/* Makes an empty ledger in dir (which exists and is empty).  Durable on return. */
MUST_CHECK int ledger_create(const char *dir);

/*
 * Opens, recovers (mode WRITE) and checks what was written since the newest checkpoint against it.
 * vkey: the store's verifier key. EUCLEAN: damage or rollback, fault says where; EBADMSG: the
 * checkpoint's signature fails; other errnos from the system. *cut, if not NULL: bytes of torn
 * tail, cut away (WRITE) or passed over (READ).  fault, here and below, may be NULL.
 */
MUST_CHECK int ledger_open(const char *dir, enum ledger_mode mode, const char *vkey,
	struct ledger **out, uint64_t *cut, struct ledger_fault *fault);
void ledger_close(struct ledger *l); /* NULL is fine; signs nothing */

uint64_t ledger_size(const struct ledger *l);

/* Re-reads how far the ledger has grown (mode READ, beside a running mount; in mode WRITE there is
 * nothing to do).  Errors as for open. */
MUST_CHECK int ledger_refresh(struct ledger *l, struct ledger_fault *fault);

/*
 * Appends n entries with one write: not yet durable.  On any error the ledger is as it was before:
 * ENOSPC and the like; EIO; EMSGSIZE for an entry over the limit, EINVAL for an empty one or one
 * with a newline or NUL in it; EBADF in mode READ.
 */
MUST_CHECK int ledger_append(struct ledger *l, const struct ledger_entry *entries, size_t n);

/* Makes all appended entries durable.  An error here is final: nobody knows what is on disk, and
 * every later append gives EIO. */
MUST_CHECK int ledger_sync(struct ledger *l);

/* Removes what was appended since `size`; EINVAL where some of it was synced already. */
MUST_CHECK int ledger_undo(struct ledger *l, uint64_t size);

/* The text of an entry, NUL-terminated, malloc'd; the caller frees.  ENOENT beyond the end; EUCLEAN
 * where the record is damaged. */
MUST_CHECK int ledger_entry(const struct ledger *l, uint64_t seq, char **text, size_t *len);

/* The hash of a complete subtree; fits merkle_read (arg: the ledger). */
MUST_CHECK int ledger_hash(void *ledger, unsigned level, uint64_t index, uint8_t out[HASH_LEN]);

/* The root of the tree over the first `size` entries. */
MUST_CHECK int ledger_root(const struct ledger *l, uint64_t size, uint8_t out[HASH_LEN]);

/*
 * Signs the present head, stores it durably in DIR/checkpoint if the mode is WRITE, and gives its
 * text.  EINVAL where the ledger is not synced; EBADMSG where seed and origin are not those of the
 * vkey it was opened with.  In the appending thread only.
 */
MUST_CHECK int ledger_checkpoint(struct ledger *l, const char *origin,
	const uint8_t seed[KEY_SEED_LEN], char out[CHECKPOINT_MAX]);

/* The newest stored checkpoint's text; ENOENT where none was signed yet. */
MUST_CHECK int ledger_stored_checkpoint(const struct ledger *l, char out[CHECKPOINT_MAX]);

/*
 * Where a ledger's hashes and entries come from: a store on disk, or a mount's control file.  So
 * verify, prove and publish exist once.
 */
struct ledger_source {
	void *arg;
	uint64_t size;
	char origin[ORIGIN_MAX];
	char vkey[VKEY_MAX];
	merkle_read hash;
	int (*entry)(void *arg, uint64_t seq, char **text, size_t *len);
};

/* A ledger on disk as a source, as long as it is now; origin and vkey are those it was opened
 * with. */
void ledger_source_init(struct ledger_source *s, struct ledger *l);

typedef void (*ledger_progress)(void *arg, uint64_t done, uint64_t total);

/* Re-reads every entry, recomputes the whole tree, and compares with the stored hashes.  EUCLEAN:
 * fault names the entry or the node. */
MUST_CHECK int ledger_verify(const struct ledger_source *s, ledger_progress progress, void *arg,
	struct ledger_fault *fault);

enum ledger_relation {
	LEDGER_PREFIX,      /* the kept head is a prefix of this ledger (or the same) */
	LEDGER_ROLLED_BACK, /* this ledger is shorter than the kept head: its tail is gone */
	LEDGER_REWRITTEN,   /* as long or longer, but another history */
	LEDGER_FOREIGN      /* the head is another store's */
};

/* How a head kept elsewhere (its signature already checked, or foreign) relates to this ledger. */
MUST_CHECK int ledger_compare(
	const struct ledger_source *s, const struct checkpoint *kept, enum ledger_relation *out);

/*
 * The text of a tlog-proof of one entry against the signed head `checkpoint`.  malloc'd.  ENOENT:
 * the head does not reach so far, or is beyond this ledger; EUCLEAN: this ledger contradicts it;
 * EINVAL, EBADMSG: the head is malformed, or not this store's.
 */
MUST_CHECK int ledger_prove(
	const struct ledger_source *s, uint64_t index, const char *checkpoint, char **out);

/*
 * Writes, or extends, a C2SP tlog-tiles tree in dir: tiles and entry bundles first, the checkpoint
 * last, each by rename, so that a reader never sees a head without its tiles.  Full tiles that
 * exist are not written again; partial ones are removed once their full tile exists (until then the
 * format wants them kept, for readers of earlier heads).  EUCLEAN where dir holds another log, or a
 * longer one.  dir is made if missing.
 */
MUST_CHECK int ledger_publish(const struct ledger_source *s, const char *checkpoint,
	const char *dir, struct ledger_fault *fault);

#endif
