/* The one file that knows libgcrypt, and zlib. */
#include "fs/store/base/digest.h"

#include <errno.h>
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

#define GCRYPT_NEEDED "1.9.0" /* the first with SM3 */
/* Locked pages for the moments in which a secret key is taken apart. */
#define SECURE_MEMORY 32768

int digest_init(void)
{
	if (gcry_check_version(GCRYPT_NEEDED) == NULL)
		return ENOSYS;
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) == 0) {
		/* no warning where memory can't be locked: that is the administrator's limit, and
		 * it works without */
		gcry_control(GCRYCTL_SUSPEND_SECMEM_WARN);
		gcry_control(GCRYCTL_INIT_SECMEM, SECURE_MEMORY, 0);
		gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	}
	if (gcry_md_test_algo(GCRY_MD_SHA256) != 0 || gcry_md_test_algo(GCRY_MD_SM3) != 0 ||
		gcry_pk_test_algo(GCRY_PK_ECC) != 0)
		return ENOSYS;
	return 0;
}

/* A digest that could not be computed must never pass for one: the process ends. */
static void must(gcry_error_t err)
{
	if (err != 0)
		abort();
}

void sha256(const void *data, size_t len, uint8_t out[HASH_LEN])
{
	gcry_buffer_t part = { .data = (void *)data, .len = len };

	must(gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, &part, 1));
}

void sha256_prefixed(uint8_t prefix, const void *a, size_t alen, const void *b, size_t blen,
	uint8_t out[HASH_LEN])
{
	gcry_buffer_t part[3] = {
		{ .data = &prefix, .len = 1 },
		{ .data = (void *)a, .len = alen },
		{ .data = (void *)b, .len = blen },
	};

	must(gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, part, 3));
}

/* zlib's, for it allocates nothing: libgcrypt's would end the daemon when memory is short, at every
 * record that is read. */
uint32_t digest_crc32(const void *a, size_t alen, const void *b, size_t blen)
{
	uLong crc = crc32_z(0, a, alen);

	return (uint32_t)(blen > 0 ? crc32_z(crc, b, blen) : crc); /* a NULL begins anew */
}

struct digest_pair {
	gcry_md_hd_t both;
};

int digest_pair_new(struct digest_pair **out)
{
	struct digest_pair *d = calloc(1, sizeof *d);

	if (d == NULL)
		return ENOMEM;
	if (gcry_md_open(&d->both, GCRY_MD_SHA256, 0) != 0)
		goto err0;
	if (gcry_md_enable(d->both, GCRY_MD_SM3) != 0)
		goto err1;
	*out = d;
	return 0;
err1:
	gcry_md_close(d->both);
err0:
	free(d);
	return ENOMEM;
}

void digest_pair_update(struct digest_pair *d, const void *data, size_t len)
{
	gcry_md_write(d->both, data, len);
}

void digest_pair_final(struct digest_pair *d, uint8_t sha[HASH_LEN], uint8_t sm3[HASH_LEN])
{
	memcpy(sha, gcry_md_read(d->both, GCRY_MD_SHA256), HASH_LEN);
	memcpy(sm3, gcry_md_read(d->both, GCRY_MD_SM3), HASH_LEN);
}

void digest_pair_free(struct digest_pair *d)
{
	if (d == NULL)
		return;
	gcry_md_close(d->both);
	free(d);
}

void hash_hex(const uint8_t hash[HASH_LEN], char out[HASH_HEX])
{
	for (size_t i = 0; i < HASH_LEN; i++) {
		out[2 * i] = "0123456789abcdef"[hash[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
	}
	out[2 * HASH_LEN] = '\0';
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hash_unhex(const char *hex, uint8_t out[HASH_LEN])
{
	for (size_t i = 0; i < HASH_LEN; i++) {
		int high = nibble(hex[2 * i]), low = high < 0 ? -1 : nibble(hex[2 * i + 1]);

		if (low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return hex[2 * HASH_LEN] == '\0';
}

/* The private key as libgcrypt wants it, kept in memory that it wipes. */
static int private_key(const uint8_t seed[KEY_SEED_LEN], gcry_sexp_t *out)
{
	uint8_t *d = gcry_malloc_secure(KEY_SEED_LEN);
	gcry_error_t err;

	if (d == NULL)
		return ENOMEM;
	memcpy(d, seed, KEY_SEED_LEN);
	err = gcry_sexp_build(out, NULL, "(private-key (ecc (curve Ed25519)(flags eddsa)(d %b)))",
		KEY_SEED_LEN, d);
	gcry_free(d);
	return err != 0 ? ENOMEM : 0;
}

int ed25519_public(const uint8_t seed[KEY_SEED_LEN], uint8_t pub[KEY_PUBLIC_LEN])
{
	gcry_sexp_t key;
	gcry_ctx_t curve;
	gcry_mpi_t point;
	const void *bytes;
	unsigned bits = 0;
	int err;

	err = private_key(seed, &key);
	if (err != 0)
		return err;
	err = EINVAL;
	if (gcry_mpi_ec_new(&curve, key, NULL) != 0)
		goto err0;
	point = gcry_mpi_ec_get_mpi("q@eddsa", curve, 1);
	if (point == NULL)
		goto err1;
	bytes = gcry_mpi_get_opaque(point, &bits);
	if (bytes == NULL || bits != 8 * KEY_PUBLIC_LEN)
		goto err2;
	memcpy(pub, bytes, KEY_PUBLIC_LEN);
	err = 0;
err2:
	gcry_mpi_release(point);
err1:
	gcry_ctx_release(curve);
err0:
	gcry_sexp_release(key);
	return err;
}

/* One half of a signature out of (sig-val (eddsa (r …) (s …))). */
static int signature_half(gcry_sexp_t signature, const char *name, uint8_t out[SIGNATURE_LEN / 2])
{
	gcry_sexp_t part = gcry_sexp_find_token(signature, name, 0);
	const char *bytes;
	size_t len = 0;
	int err = EINVAL;

	bytes = part != NULL ? gcry_sexp_nth_data(part, 1, &len) : NULL;
	if (bytes != NULL && len == SIGNATURE_LEN / 2) {
		memcpy(out, bytes, len);
		err = 0;
	}
	gcry_sexp_release(part);
	return err;
}

static int build_message(const void *msg, size_t len, gcry_sexp_t *out)
{
	if (len > INT32_MAX)
		return EINVAL;
	if (gcry_sexp_build(out, NULL, "(data (flags eddsa)(hash-algo sha512)(value %b))", (int)len,
		    msg) != 0)
		return ENOMEM;
	return 0;
}

int ed25519_sign(
	const uint8_t seed[KEY_SEED_LEN], const void *msg, size_t len, uint8_t sig[SIGNATURE_LEN])
{
	gcry_sexp_t key, data, signature;
	int err;

	err = private_key(seed, &key);
	if (err != 0)
		return err;
	err = build_message(msg, len, &data);
	if (err != 0)
		goto err0;
	err = EINVAL;
	if (gcry_pk_sign(&signature, data, key) != 0)
		goto err1;
	err = signature_half(signature, "r", sig);
	if (err == 0)
		err = signature_half(signature, "s", sig + SIGNATURE_LEN / 2);
	gcry_sexp_release(signature);
err1:
	gcry_sexp_release(data);
err0:
	gcry_sexp_release(key);
	return err;
}

/* RFC 8032 5.1.7: s below the group's order, else one message would have several good
 * signatures. */
static bool scalar_canonical(const uint8_t s[SIGNATURE_LEN / 2])
{
	static const uint8_t order[SIGNATURE_LEN / 2] = {
		0xed,
		0xd3,
		0xf5,
		0x5c,
		0x1a,
		0x63,
		0x12,
		0x58,
		0xd6,
		0x9c,
		0xf7,
		0xa2,
		0xde,
		0xf9,
		0xde,
		0x14,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0x10,
	};

	for (int i = SIGNATURE_LEN / 2 - 1; i >= 0; i--)
		if (s[i] != order[i])
			return s[i] < order[i];
	return false;
}

/*
 * libgcrypt (1.10) aborts the process over a y coordinate with its upper 64 bits clear, and over
 * -1.  The former is one key in 2^64, the latter has order 2: neither is anyone's key, but both can
 * be written down, and what can be written down must not stop a daemon.
 */
static bool point_safe(const uint8_t pub[KEY_PUBLIC_LEN])
{
	unsigned high = pub[KEY_PUBLIC_LEN - 1] & 0x7f, ones = 1;

	for (int i = KEY_PUBLIC_LEN - 8; i < KEY_PUBLIC_LEN - 1; i++)
		high |= pub[i];
	for (int i = 1; i < KEY_PUBLIC_LEN - 1; i++)
		ones &= pub[i] == 0xff;
	return high != 0 && !(ones && pub[0] == 0xec && (pub[KEY_PUBLIC_LEN - 1] & 0x7f) == 0x7f);
}

int ed25519_verify(const uint8_t pub[KEY_PUBLIC_LEN], const void *msg, size_t len,
	const uint8_t sig[SIGNATURE_LEN])
{
	gcry_sexp_t key, data, signature;
	gcry_error_t verdict;
	int err;

	if (!scalar_canonical(sig + SIGNATURE_LEN / 2))
		return EBADMSG;
	if (!point_safe(pub))
		return EINVAL;
	if (gcry_sexp_build(&key, NULL, "(public-key (ecc (curve Ed25519)(flags eddsa)(q %b)))",
		    KEY_PUBLIC_LEN, pub) != 0)
		return ENOMEM;
	err = build_message(msg, len, &data);
	if (err != 0)
		goto err0;
	err = ENOMEM;
	if (gcry_sexp_build(&signature, NULL, "(sig-val (eddsa (r %b)(s %b)))", SIGNATURE_LEN / 2,
		    sig, SIGNATURE_LEN / 2, sig + SIGNATURE_LEN / 2) != 0)
		goto err1;
	verdict = gcry_pk_verify(signature, data, key);
	err = verdict == 0 ? 0 : gcry_err_code(verdict) == GPG_ERR_BAD_SIGNATURE ? EBADMSG : EINVAL;
	gcry_sexp_release(signature);
err1:
	gcry_sexp_release(data);
err0:
	gcry_sexp_release(key);
	return err;
}

void digest_random(void *out, size_t len)
{
	uint8_t *p = out;

	while (len > 0) {
		ssize_t got = getrandom(p, len, 0);

		if (got < 0 && errno != EINTR)
			abort();
		if (got > 0) {
			p += got;
			len -= (size_t)got;
		}
	}
}

void digest_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}
