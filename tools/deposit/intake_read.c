/* Reads the source files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "tools/deposit/intake_private.h"
#include "tools/text/render.h"

#define SAMPLE (64 << 10) /* bytes, at two places: enough to tell most files apart */

void intake_settle_as(struct intake *in, struct intake_file *f, enum intake_status status,
	const char *reason, const char *sentence)
{
	intake_settle(
		in, f, status, reason, sentence != NULL ? render_format("%s", sentence) : NULL);
}

void intake_settle_failed(struct intake *in, struct intake_file *f, bool writing, int error)
{
	intake_settle_as(in, f, INTAKE_FAILED,
		!writing                  ? "read-error"
			: error == ENOSPC ? "no-space"
					  : "write-error",
		i18n_error(error));
}

void intake_settle_changed(struct intake *in, struct intake_file *f)
{
	intake_settle_as(in, f, INTAKE_REFUSED, "changed",
		_("the file changed while it was copied; it was not deposited"));
	*f->sha256 = *f->sm3 = '\0';
}

bool intake_is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
		a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

bool intake_has_changed(const struct intake_file *f, int from)
{
	struct stat now;
	return fstat(from, &now) != 0 || !intake_is_unchanged(&f->st, &now);
}

static int write_all(int to, const char *data, size_t len)
{
	while (len != 0) {
		ssize_t n = write(to, data, len);
		if (n < 0 && errno != EINTR)
			return errno;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int intake_stream(struct intake *in, struct intake_file *f, int from, int to, bool *writing)
{
	uint8_t sha[HASH_LEN], sm3[HASH_LEN];
	struct digest_pair *pair = NULL;
	int err = digest_pair_new(&pair);
	uint64_t at = 0, end = (uint64_t)f->st.st_size;
	*writing = false;
	while (err == 0 && at <= end) {
		ssize_t n = pread(from, in->buffer, INTAKE_PIECE, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = errno;
		if (n <= 0)
			break;
		digest_pair_update(pair, in->buffer, (size_t)n);
		if (to >= 0 && (err = write_all(to, in->buffer, (size_t)n)) != 0)
			*writing = true;
		at += (uint64_t)n;
		in->done += (uint64_t)n;
		progress_show(&in->progress, in->done, in->total);
	}
	if (err == 0) {
		f->size = at;
		digest_pair_final(pair, sha, sm3);
		hash_hex(sha, f->sha256);
		hash_hex(sm3, f->sm3);
	}
	digest_pair_free(pair);
	return err;
}

bool intake_hash(struct intake *in, struct intake_file *f, int from)
{
	bool writing;
	int err = *f->sha256 != '\0' ? 0 : intake_stream(in, f, from, -1, &writing);
	if (err != 0)
		intake_settle_failed(in, f, false, err);
	else if (f->size != (uint64_t)f->st.st_size || intake_has_changed(f, from))
		intake_settle_changed(in, f);
	else
		return true;
	*f->sha256 = *f->sm3 = '\0';
	return false;
}

int intake_open_source(const struct intake_file *f)
{
	return open(f->source, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

void intake_take_sample(struct intake *in, struct intake_file *f, int from)
{
	char *a = in->buffer, *b = in->buffer + SAMPLE;
	ssize_t n = pread(from, a, SAMPLE, 0), m = pread(from, b, SAMPLE, f->st.st_size / 2);
	sha256_prefixed(0, a, n > 0 ? (size_t)n : 0, b, m > 0 ? (size_t)m : 0, f->sample);
}

bool intake_is_alike(const struct intake_file *f, const struct intake_file *earlier)
{
	return earlier->st.st_size == f->st.st_size &&
		memcmp(earlier->sample, f->sample, HASH_LEN) == 0;
}
