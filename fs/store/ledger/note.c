/* Signed notes, checkpoints, verifier keys and tlog proofs: the texts. */
#include "fs/store/ledger/note.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"

#define KEY_ID_LEN 4
#define ALGORITHM_ED25519 1
#define TYPED_KEY_LEN (1 + KEY_PUBLIC_LEN)
#define SIGNED_LEN (KEY_ID_LEN + SIGNATURE_LEN)
#define BASE64_LEN(len) (4 * (((len) + 2) / 3))
#define SIGNATURE_MARK "\xe2\x80\x94 " /* an em dash and a space */
#define KEY_FILE_LEN (2 * KEY_SEED_LEN)

/* Narrower than the format (which takes any UTF-8 without spaces), wide enough for every name a
 * store gives itself. */
static bool name_ok(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '+')
			return false;
	return len > 0 && len < ORIGIN_MAX;
}

static void typed_key(const uint8_t pub[KEY_PUBLIC_LEN], uint8_t out[TYPED_KEY_LEN])
{
	out[0] = ALGORITHM_ED25519;
	memcpy(out + 1, pub, KEY_PUBLIC_LEN);
}

static void key_id(const char *name, const uint8_t pub[KEY_PUBLIC_LEN], uint8_t out[KEY_ID_LEN])
{
	uint8_t text[ORIGIN_MAX + 1 + TYPED_KEY_LEN], hash[HASH_LEN];
	size_t len = strnlen(name, ORIGIN_MAX - 1);

	memcpy(text, name, len);
	text[len++] = '\n';
	typed_key(pub, text + len);
	sha256(text, len + TYPED_KEY_LEN, hash);
	memcpy(out, hash, KEY_ID_LEN);
}

void vkey_format(const char *name, const uint8_t pub[KEY_PUBLIC_LEN], char out[VKEY_MAX])
{
	uint8_t id[KEY_ID_LEN], key[TYPED_KEY_LEN];
	char base64[BASE64_LEN(TYPED_KEY_LEN) + 1];

	key_id(name, pub, id);
	typed_key(pub, key);
	base64_encode(key, sizeof key, base64);
	snprintf(out, VKEY_MAX, "%.*s+%02x%02x%02x%02x+%s", ORIGIN_MAX - 1, name, id[0], id[1],
		id[2], id[3], base64);
}

int vkey_parse(const char *vkey, char name[ORIGIN_MAX], uint8_t pub[KEY_PUBLIC_LEN])
{
	const char *plus = strchr(vkey, '+');
	uint8_t key[TYPED_KEY_LEN];
	char canonical[VKEY_MAX];
	const char *base64;
	size_t len;

	if (plus == NULL || !name_ok(vkey, (size_t)(plus - vkey)))
		return EINVAL;
	base64 = strchr(plus + 1, '+');
	if (base64 == NULL)
		return EINVAL;
	base64++;
	if (!base64_decode(base64, strlen(base64), key, sizeof key, &len) || len != sizeof key ||
		key[0] != ALGORITHM_ED25519)
		return EINVAL;
	memcpy(name, vkey, (size_t)(plus - vkey));
	name[plus - vkey] = '\0';
	memcpy(pub, key + 1, KEY_PUBLIC_LEN);
	/* there is one spelling only, so the key id is right exactly where the whole is */
	vkey_format(name, pub, canonical);
	return strcmp(canonical, vkey) == 0 ? 0 : EINVAL;
}

int checkpoint_sign(
	const struct checkpoint *c, const uint8_t seed[KEY_SEED_LEN], char out[CHECKPOINT_MAX])
{
	char root[BASE64_LEN(HASH_LEN) + 1], signature[BASE64_LEN(SIGNED_LEN) + 1];
	uint8_t pub[KEY_PUBLIC_LEN], both[SIGNED_LEN];
	int len, err;

	if (!name_ok(c->origin, strnlen(c->origin, ORIGIN_MAX)))
		return EINVAL;
	err = ed25519_public(seed, pub);
	if (err != 0)
		return err;
	base64_encode(c->root, HASH_LEN, root);
	len = snprintf(out, CHECKPOINT_MAX, "%s\n%" PRIu64 "\n%s\n", c->origin, c->size, root);
	key_id(c->origin, pub, both);
	err = ed25519_sign(seed, out, (size_t)len, both + KEY_ID_LEN);
	if (err != 0)
		return err;
	base64_encode(both, sizeof both, signature);
	snprintf(out + len, CHECKPOINT_MAX - (size_t)len, "\n" SIGNATURE_MARK "%s %s\n", c->origin,
		signature);
	return 0;
}

/* The line at *at, which is moved behind it.  False where no newline ends it. */
static bool next_line(const char **at, const char *end, const char **line, size_t *len)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));

	if (newline == NULL)
		return false;
	*line = *at;
	*len = (size_t)(newline - *at);
	*at = newline + 1;
	return true;
}

/* A decimal without sign or leading zeros, within an int64, which is what others' programs hold a
 * size in. */
static bool parse_size(const char *text, size_t len, uint64_t *out)
{
	uint64_t size = 0;

	if (len == 0 || len > 19 || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		size = size * 10 + (uint64_t)(text[i] - '0');
	}
	*out = size;
	return size <= INT64_MAX;
}

static int parse_body(const char *text, size_t text_len, struct checkpoint *out)
{
	const char *at = text, *end = text + text_len, *line;
	size_t len, root_len;

	if (!next_line(&at, end, &line, &len) || len == 0 || len >= ORIGIN_MAX)
		return EINVAL;
	memcpy(out->origin, line, len);
	out->origin[len] = '\0';
	if (!next_line(&at, end, &line, &len) || !parse_size(line, len, &out->size))
		return EINVAL;
	if (!next_line(&at, end, &line, &len) ||
		!base64_decode(line, len, out->root, HASH_LEN, &root_len) || root_len != HASH_LEN)
		return EINVAL;
	while (at < end) /* extension lines: anything but empty */
		if (!next_line(&at, end, &line, &len) || len == 0)
			return EINVAL;
	return 0;
}

/* Where the signatures begin: behind the last empty line.  NULL where there are none, or a control
 * character is in the note. */
static const char *signatures_of(const char *note)
{
	const char *p, *found = NULL;

	for (p = note; *p != '\0'; p++) {
		if (((uint8_t)*p < ' ' && *p != '\n') || *p == 0x7f)
			return NULL;
		if (p > note && p[-1] == '\n' && p[0] == '\n')
			found = p + 1;
	}
	return found != NULL && *found != '\0' && p[-1] == '\n' ? found : NULL;
}

/* One signature line: 0 where it is the key's and verifies, ENOENT where it is someone else's. */
static int check_signature(const char *line, size_t len, const char *text, size_t text_len,
	const char *name, const uint8_t pub[KEY_PUBLIC_LEN])
{
	size_t mark = strlen(SIGNATURE_MARK), name_len, base64_len, decoded;
	uint8_t both[SIGNED_LEN], id[KEY_ID_LEN];
	const char *space;

	if (len < mark || memcmp(line, SIGNATURE_MARK, mark) != 0)
		return EINVAL;
	line += mark;
	len -= mark;
	space = memchr(line, ' ', len);
	if (space == NULL || space == line || space + 1 == line + len)
		return EINVAL;
	name_len = (size_t)(space - line);
	base64_len = len - name_len - 1;
	/* a name may have keys of other kinds, whose signatures have other lengths */
	if (name_len != strlen(name) || memcmp(line, name, name_len) != 0 ||
		base64_len != BASE64_LEN(SIGNED_LEN))
		return ENOENT;
	if (!base64_decode(space + 1, base64_len, both, sizeof both, &decoded) ||
		decoded != sizeof both)
		return EINVAL;
	key_id(name, pub, id);
	if (memcmp(both, id, KEY_ID_LEN) != 0)
		return ENOENT;
	return ed25519_verify(pub, text, text_len, both + KEY_ID_LEN);
}

int checkpoint_open(const char *note, const char *vkey, struct checkpoint *out)
{
	const char *signatures = signatures_of(note), *at = signatures, *line;
	struct checkpoint c = { .size = 0 };
	uint8_t pub[KEY_PUBLIC_LEN];
	char name[ORIGIN_MAX];
	bool signed_by_key = false;
	size_t text_len, len;
	int err;

	if (signatures == NULL || vkey_parse(vkey, name, pub) != 0)
		return EINVAL;
	text_len = (size_t)(signatures - note) - 1;
	while (next_line(&at, signatures + strlen(signatures), &line, &len)) {
		err = check_signature(line, len, note, text_len, name, pub);
		if (err != 0 && err != ENOENT)
			return err;
		if (err == 0)
			signed_by_key = true;
	}
	if (!signed_by_key)
		return EBADMSG;
	err = parse_body(note, text_len, &c);
	if (err != 0)
		return err;
	if (strcmp(c.origin, name) != 0)
		return EINVAL;
	*out = c;
	return 0;
}

int tlog_proof_format(uint64_t index, const uint8_t (*proof)[HASH_LEN], size_t count,
	const char *checkpoint, char **out)
{
	char line[BASE64_LEN(HASH_LEN) + 1];
	char *text = NULL;
	size_t len;
	FILE *f;
	bool failed;

	f = open_memstream(&text, &len);
	if (f == NULL)
		return ENOMEM;
	fprintf(f, "c2sp.org/tlog-proof@v1\nindex %" PRIu64 "\n", index);
	for (size_t i = 0; i < count; i++) {
		base64_encode(proof[i], HASH_LEN, line);
		fprintf(f, "%s\n", line);
	}
	fprintf(f, "\n%s", checkpoint);
	failed = ferror(f) != 0;
	if (fclose(f) != 0 || failed) {
		free(text);
		return ENOMEM;
	}
	*out = text;
	return 0;
}

int key_create(const char *path, uint8_t seed[KEY_SEED_LEN])
{
	char text[KEY_FILE_LEN + 2]; /* a newline and a NUL */
	int fd, err;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno;
	digest_random(seed, KEY_SEED_LEN);
	hash_hex(seed, text);
	text[KEY_FILE_LEN] = '\n';
	err = fileio_write(fd, text, KEY_FILE_LEN + 1, 0);
	if (err == 0 && fsync(fd) < 0)
		err = errno;
	if (close(fd) < 0 && err == 0)
		err = errno;
	if (err == 0)
		err = fileio_sync_parent(path);
	digest_wipe(text, sizeof text);
	if (err != 0) {
		digest_wipe(seed, KEY_SEED_LEN);
		unlink(path);
	}
	return err;
}

int key_read(int fd, uint8_t seed[KEY_SEED_LEN])
{
	char text[KEY_FILE_LEN + 8];
	size_t got;
	int err = fileio_read(fd, text, sizeof text, 0, &got);

	if (err == 0 && (got == sizeof text || memchr(text, '\0', got) != NULL))
		err = EINVAL;
	if (err != 0)
		goto out;
	text[got] = '\0';
	if (got == KEY_FILE_LEN + 1 && text[KEY_FILE_LEN] == '\n')
		text[KEY_FILE_LEN] = '\0';
	err = hash_unhex(text, seed) ? 0 : EINVAL;
out:
	digest_wipe(text, sizeof text);
	return err;
}

int key_load(const char *path, uint8_t seed[KEY_SEED_LEN])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return errno;
	err = key_read(fd, seed);
	close(fd);
	return err;
}
