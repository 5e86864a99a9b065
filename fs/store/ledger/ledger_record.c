/* The bytes of a ledger record. */
#include "fs/store/ledger/ledger_record.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#define MAGIC "\ncf\xff"
#define MAGIC_LEN 4
#define CHECKED 24 /* header bytes before the CRC */

static void put32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof v);
}

static void put64(uint8_t *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof v);
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return le32toh(v);
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return le64toh(v);
}

void record_header(const struct record *r, uint8_t out[RECORD_HEADER])
{
	memcpy(out, MAGIC, MAGIC_LEN);
	put32(out + 4, r->len);
	put64(out + 8, r->seq);
	put64(out + 16, r->batch);
	put32(out + 24, digest_crc32(out, CHECKED, r->text, r->len));
	put32(out + 28, 0);
}

int record_read(const uint8_t *buf, size_t len, struct record *r, size_t *need)
{
	*need = RECORD_HEADER;
	if (len < RECORD_HEADER)
		return ENODATA;
	r->len = get32(buf + 4);
	r->seq = get64(buf + 8);
	r->batch = get64(buf + 16);
	r->text = (const char *)buf + RECORD_HEADER;
	if (memcmp(buf, MAGIC, MAGIC_LEN) != 0 || get32(buf + 28) != 0)
		return EBADMSG;
	if (r->len == 0 || r->len > LEDGER_ENTRY_MAX || r->batch > r->seq)
		return EBADMSG;
	*need = RECORD_HEADER + r->len;
	if (len < *need)
		return ENODATA;
	return digest_crc32(buf, CHECKED, r->text, r->len) == get32(buf + 24) ? 0 : EBADMSG;
}

size_t record_seek(const uint8_t *buf, size_t len, size_t from)
{
	const uint8_t *found = from < len ? memmem(buf + from, len - from, MAGIC, MAGIC_LEN) : NULL;

	return found != NULL ? (size_t)(found - buf) : len;
}
