/* Digests, signatures and random bytes.  The one file that knows libgcrypt is digest.c. */
#ifndef FS_STORE_BASE_DIGEST_H
#define FS_STORE_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_LEN 32     /* SHA-256 and SM3 alike */
#define HASH_HEX 65     /* lower-case hex, NUL included */
#define KEY_SEED_LEN 32 /* Ed25519 secret seed (RFC 8032) */
#define KEY_PUBLIC_LEN 32
#define SIGNATURE_LEN 64

/* Readies the library; once in a process, before threads.  0 or ENOSYS where the installed
 * libgcrypt is too old. */
int digest_init(void);

void sha256(const void *data, size_t len, uint8_t out[HASH_LEN]);

/* SHA-256(prefix byte ‖ a ‖ b); RFC 6962 leaf (prefix 0, b empty) and node (prefix 1). Thread-safe,
 * no allocation to speak of. */
void sha256_prefixed(uint8_t prefix, const void *a, size_t alen, const void *b, size_t blen,
	uint8_t out[HASH_LEN]);

uint32_t digest_crc32(
	const void *a, size_t alen, const void *b, size_t blen); /* ISO 3309 CRC-32 over a ‖ b */

/* SHA-256 and SM3 (GB/T 32905) of one stream at once. */
struct digest_pair;
int digest_pair_new(struct digest_pair **out); /* 0 or ENOMEM */
void digest_pair_update(struct digest_pair *d, const void *data, size_t len);
void digest_pair_final(struct digest_pair *d, uint8_t sha[HASH_LEN],
	uint8_t sm3[HASH_LEN]);               /* once, and no update after it */
void digest_pair_free(struct digest_pair *d); /* NULL is fine */

void hash_hex(const uint8_t hash[HASH_LEN], char out[HASH_HEX]);
bool hash_unhex(const char *hex,
	uint8_t out[HASH_LEN]); /* 64 digits of either case and no more, else false */

/* Ed25519 (RFC 8032).  0, or EINVAL for a malformed key; ed25519_verify gives 0 or EBADMSG. */
int ed25519_public(const uint8_t seed[KEY_SEED_LEN], uint8_t pub[KEY_PUBLIC_LEN]);
int ed25519_sign(
	const uint8_t seed[KEY_SEED_LEN], const void *msg, size_t len, uint8_t sig[SIGNATURE_LEN]);
int ed25519_verify(const uint8_t pub[KEY_PUBLIC_LEN], const void *msg, size_t len,
	const uint8_t sig[SIGNATURE_LEN]);

void digest_random(void *out, size_t len); /* cryptographic */
void digest_wipe(void *p, size_t len);     /* clears memory that held a secret */

/* Base64 (RFC 4648, with padding).  Encoded length: 4*((len+2)/3), plus NUL.  decode: strict; false
 * on any stray character or when it exceeds cap. */
void base64_encode(const void *data, size_t len, char *out);
bool base64_decode(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *len);

#endif
