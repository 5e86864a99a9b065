/* C2SP signed notes, checkpoints, verifier keys and tlog proofs (c2sp.org/signed-note,
 * tlog-checkpoint, tlog-proof): text and signatures, no files but keys. */
#ifndef FS_STORE_LEDGER_NOTE_H
#define FS_STORE_LEDGER_NOTE_H

#include <stdint.h>

#include "fs/store/base/digest.h"

#define ORIGIN_MAX 128      /* "custodyfs/<uuid>", NUL included */
#define VKEY_MAX 256        /* "<name>+<8 hex>+<base64>", NUL included */
#define CHECKPOINT_MAX 1024 /* a whole checkpoint with its one signature, NUL included */

struct checkpoint {
	char origin[ORIGIN_MAX];
	uint64_t size;
	uint8_t root[HASH_LEN];
};

/* The verifier key of a public key under that name (also the origin). */
void vkey_format(const char *name, const uint8_t pub[KEY_PUBLIC_LEN], char out[VKEY_MAX]);
/* EINVAL where it is malformed, is not Ed25519, or its key id does not fit. */
int vkey_parse(const char *vkey, char name[ORIGIN_MAX], uint8_t pub[KEY_PUBLIC_LEN]);

/* Writes the signed note.  0 or an errno of ed25519_sign. */
int checkpoint_sign(
	const struct checkpoint *c, const uint8_t seed[KEY_SEED_LEN], char out[CHECKPOINT_MAX]);

/*
 * Reads a signed note and checks the signature by vkey's key; lines of other signers are passed
 * over.  EINVAL: malformed, or the origin is not the key's name; EBADMSG: no signature of this key,
 * or it does not verify.
 */
int checkpoint_open(const char *note, const char *vkey, struct checkpoint *out);

/* A c2sp.org/tlog-proof@v1 file.  *out is malloc'd, the caller frees.  0 or ENOMEM. */
int tlog_proof_format(uint64_t index, const uint8_t (*proof)[HASH_LEN], size_t count,
	const char *checkpoint, char **out);

/*
 * Secret key files: one line of 64 hex digits, mode 0600.  create: makes a new random key and gives
 * it in seed; EEXIST where the file is there; durable on return.  load, and read from an open file:
 * EINVAL where malformed.
 */
int key_create(const char *path, uint8_t seed[KEY_SEED_LEN]);
int key_load(const char *path, uint8_t seed[KEY_SEED_LEN]);
int key_read(int fd, uint8_t seed[KEY_SEED_LEN]);

#endif
