/*
 * Confirms that the store has what was read: waits for its digests, and compares them with the
 * source's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/store/base/i18n.h"
#include "fs/store/records/kinds.h"
#include "policy/reason.h"
#include "tools/deposit/intake.h"
#include "tools/deposit/kinds.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

#define WAIT_MS INT64_C(30000) /* waiting for the store's digest: so long, */
#define WAIT_BYTES_MS                                                                              \
	(20 << 10) /* and a millisecond more per so many bytes; from the beginning again while the \
		      store makes progress */

/*
 * Asks for the item at a path, with its trail.  A new reference; NULL where it cannot be seen, or
 * (*error) the store does not answer.
 */
static json_t *ask_shown(struct intake *in, const char *path, int *error)
{
	json_t *request = json_pack("{s:s, s:s}", "do", "show", "path", path), *answer = NULL;
	*error = request != NULL ? control_transact(in->control, request, &answer) : EILSEQ;
	if (!json_is_object(json_object_get(answer, "item"))) {
		json_decref(answer);
		answer = NULL;
	}
	json_decref(request);
	return answer;
}

static json_t *ask_status(struct intake *in)
{
	json_t *request = json_pack("{s:s}", "do", "status"), *answer = NULL;
	if (request != NULL)
		(void)control_transact(in->control, request, &answer);
	json_decref(request);
	return answer;
}

static long long ask_pending(struct intake *in)
{
	json_t *status = ask_status(in);
	long long n = get_number(status, "digests_pending", 0);
	json_decref(status);
	return n;
}

static void pause_ms(int64_t ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

/*
 * The same, after waiting for the digests.  The wait ends when the store makes no progress or stops
 * answering.
 */
static json_t *wait_digests(struct intake *in, const char *path, uint64_t size)
{
	int64_t limit = WAIT_MS + (int64_t)(size / WAIT_BYTES_MS), pause = 5, waited = 0;
	long long before = -1;
	for (;;) {
		int err;
		json_t *answer = ask_shown(in, path, &err);
		const json_t *item = json_object_get(answer, "item");
		if (err != 0 ||
			(get_text(item, "sha256") != NULL && get_text(item, "sm3") != NULL) ||
			answer == NULL || get_number(item, "size", -1) != (long long)size)
			return answer;
		if (waited >= limit) {
			long long now = ask_pending(in);
			if (before >= 0 && now >= before)
				return answer;
			before = now;
			waited = 0;
		}
		json_decref(answer);
		progress_show(&in->progress, in->done, in->total);
		pause_ms(pause);
		waited += pause;
		pause = pause < 500 ? pause * 2 : 1000;
	}
}

static void copy_digest(char out[HASH_HEX], const json_t *item, const char *key)
{
	const char *hex = get_text(item, key);
	uint8_t hash[HASH_LEN];
	*out = '\0';
	if (hex != NULL && hash_unhex(hex, hash))
		hash_hex(hash, out);
}

void intake_held(struct intake *in, const char *path, uint64_t wanted, struct intake_held *out)
{
	json_t *answer = wait_digests(in, path, wanted), *item = json_object_get(answer, "item");
	const char *state = get_text(item, "state");
	*out = (struct intake_held){ .item = get_number(item, "item", 0),
		.size = get_number(item, "size", -1) };
	out->receiving = state != NULL && strcmp(state, "receiving") == 0;
	copy_digest(out->sha256, item, "sha256");
	copy_digest(out->sm3, item, "sm3");
	json_decref(answer);
}

/* Notes the numbers of the ledger entries, where the user may see them. */
static void note_position(struct intake_file *f, const json_t *trail)
{
	json_t *entry;
	size_t i;
	json_array_foreach(trail, i, entry) {
		enum event_kind kind = event_kind_parse(get_text(entry, "event"));
		if (kind == EVENT_DEPOSIT_CLOSE)
			f->closed = get_number(entry, "seq", -1);
		if (kind != EVENT_DEPOSIT_SEAL)
			continue;
		f->sealed = get_number(entry, "seq", -1);
		free(f->sealed_at);
		f->sealed_at = get_copy(entry, "time");
	}
}

static void confirm_file(struct intake *in, struct intake_file *f)
{
	json_t *answer = wait_digests(in, f->path, f->size);
	const json_t *item = json_object_get(answer, "item");
	char sha256[HASH_HEX], sm3[HASH_HEX];
	copy_digest(sha256, item, "sha256");
	copy_digest(sm3, item, "sm3");
	f->item = get_number(item, "item", 0);
	note_position(f, json_object_get(answer, "trail"));
	if (get_number(item, "size", -1) == (long long)f->size && (*sha256 == '\0' || *sm3 == '\0'))
		intake_settle(in, f, INTAKE_FAILED, "unconfirmed",
			render_format("%s",
				_("deposited, but the store's digest did not come in time; check "
				  "later with custody show")));
	else if (item == NULL)
		intake_settle(in, f, INTAKE_FAILED, "unconfirmed",
			render_format("%s",
				_("copied, but the store does not show it any more; keep the file, "
				  "and deposit it again later")));
	else if (strcmp(sha256, f->sha256) != 0 || strcmp(sm3, f->sm3) != 0)
		intake_settle(in, f, INTAKE_FAILED, "mismatch",
			render_format("%s",
				_("the store's digest is NOT that of the file; keep the file and "
				  "tell an administrator")));
	else {
		intake_settle(in, f, INTAKE_DEPOSITED, NULL, NULL);
		if (f->mismatch != NULL)
			(void)kinds_report(in->control, "kind-mismatch", f->path, f->mismatch);
	}
	json_decref(answer);
}

/*
 * Lets the store read the item again, stretch by stretch.  0, and *damaged: whether the content is
 * no longer what was deposited; or an errno.
 */
static int verify_item(struct intake *in, long long item, bool *damaged)
{
	long long offset = 0, next;
	int err = 0;
	*damaged = false;
	while (err == 0 && !*damaged && offset >= 0) {
		json_t *request = json_pack("{s:s, s:I, s:I}", "do", "verify.range", "item",
			       (json_int_t)item, "offset", (json_int_t)offset),
		       *answer = NULL;
		err = request != NULL ? control_transact(in->control, request, &answer) : ENOMEM;
		next = get_number(answer, "next", -1);
		if (err == 0 && get_true(answer, "damaged"))
			*damaged = true;
		else if (err == 0 &&
			(!get_true(answer, "ok") ||
				!json_is_false(json_object_get(answer, "damaged")) ||
				(next >= 0 && next <= offset)))
			err = EPROTO;
		offset = next;
		json_decref(request);
		json_decref(answer);
	}
	return err;
}

/*
 * Of a duplicate the store has only recorded digests.  Before the source is removed, the store
 * reads its own copy again.
 */
static void verify_duplicate(struct intake *in, struct intake_file *f)
{
	bool damaged;
	int err = verify_item(in, f->item, &damaged);
	if (err == 0 && damaged)
		intake_settle(in, f, INTAKE_FAILED, reason_name(REASON_DAMAGED),
			render_format("%s",
				_("the store has this file, but its copy is DAMAGED; keep the file "
				  "and tell an administrator")));
	else if (err != 0)
		intake_settle(in, f, INTAKE_FAILED, "unconfirmed",
			render_format("%s",
				_("the store has this file, but could not be made to read it "
				  "again; try again later")));
}

static void note_duplicate(struct intake *in, struct intake_file *f)
{
	int err;
	json_t *answer = ask_shown(in, f->path, &err);
	note_position(f, json_object_get(answer, "trail"));
	json_decref(answer);
	if (in->clear && !in->dry_run)
		verify_duplicate(in, f);
}

/* Fetches the ledger's signed head for the receipt. */
static char *fetch_head(struct intake *in)
{
	json_t *request = json_pack("{s:s}", "do", "ledger.head"), *answer = NULL;
	char *text = request != NULL && control_transact(in->control, request, &answer) == 0
		? get_copy(answer, "checkpoint")
		: NULL;
	json_decref(request);
	json_decref(answer);
	return text;
}

void intake_confirm(struct intake *in)
{
	json_t *status;
	in->done = in->total = 0;
	for (size_t i = 0; i < in->files; i++)
		in->total += in->file[i].status == INTAKE_COPIED ? in->file[i].size : 0;
	progress_begin(&in->progress, _("verifying"), true);
	for (size_t i = 0; i < in->files; i++) {
		struct intake_file *f = &in->file[i];
		if (f->status == INTAKE_DUPLICATE)
			note_duplicate(in, f);
		if (f->status != INTAKE_COPIED)
			continue;
		confirm_file(in, f);
		in->done += f->size;
		progress_show(&in->progress, in->done, in->total);
	}
	progress_end(&in->progress);
	if (!in->dry_run)
		in->checkpoint = fetch_head(in);
	status = ask_status(in);
	in->ended = get_copy(status, "wall");
	json_decref(status);
}
