/* How a deposit begins: a new item, or a still empty one opened again. */
#include "fs/deposit/deposit_private.h"

#include <errno.h>
#include <stdio.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/store/records/deposits.h"
#include "fs/store/records/retention.h"
#include "policy/litter.h"
#include "policy/name.h"

struct beginning {
	struct call *c;
	struct node folder;
	const char *name;
	uint32_t mode;
	enum reason why;
	struct item item;
};

static int decide_begin(struct turn *t, void *arg)
{
	struct beginning *b = arg;
	struct sql *db = turn_db(t);
	const struct event_time *now = turn_time(t);
	struct folder f;
	struct item other;
	char path[2048];
	int64_t id, promised, mtime = now->wall * 1000000;
	int err = catalog_folder(db, b->folder.id, &f);

	if (err == 0)
		err = judge_deposit(db, &b->c->who, now, f.unit, f.officer, f.day, &b->why);
	if (err != 0 || b->why != REASON_NONE)
		return err != 0 ? err : reason_errno(b->why);
	err = catalog_item_named(db, f.id, b->name, &other);
	if (err != ENOENT)
		return err == 0 ? EEXIST : err;
	err = catalog_item_number(db, &id);
	if (err == 0)
		err = catalog_folder_path(db, &f, path, sizeof path);
	if (err == 0)
		err = retention_promise(db, f.day, now, &promised);
	if (err != 0)
		return err;
	b->item = (struct item){ .id = id,
		.folder = f.id,
		.state = ITEM_RECEIVING,
		.depositor = b->c->who.person.id,
		.uid = b->c->who.uid,
		.gid = b->c->who.gid,
		.mode = b->mode,
		.mtime = mtime,
		.begun = now->clock };
	snprintf(b->item.name, sizeof b->item.name, "%s", b->name);
	return record_deposit_begin(t, &(struct about){ .who = &b->c->who, .item = id },
		&(struct deposit_begin){ .folder = f.id,
			.path = path,
			.name = b->name,
			.mode = b->mode,
			.uid = b->c->who.uid,
			.gid = b->c->who.gid,
			.mtime = mtime,
			.important = name_important(b->name),
			.klass = CLASS_DEFAULT,
			.retain_until = promised });
}

int deposit_create(struct call *c, const struct node *folder, const char *name, uint32_t mode,
	struct deposit **out, struct item *item)
{
	char clean[NAME_BUFFER];
	struct beginning b = { .c = c, .folder = *folder, .name = clean, .mode = mode & 0777 };
	const struct blob_store *blobs = &c->fs->store->blobs;
	struct blob *blob;
	enum reason bad = name_normalise(name, clean);
	int err;

	if (bad == REASON_NONE && litter_name(clean))
		bad = REASON_DESKTOP_FILE;
	if (bad == REASON_NONE)
		bad = judge_folder(folder, VERB_CREATE);
	if (bad != REASON_NONE)
		return refusal_answer(c, VERB_CREATE, folder, name, bad);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_begin, &b);
	if (b.why != REASON_NONE)
		return refusal_answer(c, VERB_CREATE, folder, name, b.why);
	if (err == EEXIST)
		return refusal_answer(c, VERB_CREATE, folder, name, REASON_NAME_TAKEN);
	if (err != 0)
		return refusal_or_error(c, VERB_CREATE, folder, err);
	err = blobs->ops->create(blobs->impl, b.item.id, &blob);
	if (err == 0) {
		err = deposits_add(c, &b.item, blob, out);
		if (err != 0)
			blob->ops->close(blob);
	}
	if (err != 0) {
		deposit_end(c->fs,
			&(struct unended){
				.id = b.item.id, .reason = "write-error", .who = c->who });
		return refusal_or_error(c, VERB_CREATE, folder, err);
	}
	*item = b.item;
	return 0;
}

struct reopening {
	struct call *c;
	int64_t id;
	enum reason why;
	struct item item;
};

/* A settling file that is still empty is received again; one that is being received anyway needs no
 * record. */
static int decide_reopen(struct turn *t, void *arg)
{
	struct reopening *r = arg;
	int err = catalog_item(turn_db(t), r->id, &r->item);

	if (err != 0)
		return err;
	r->c->now = *turn_time(t);
	r->why = judge_verb(r->c, &r->item, VERB_OPEN_WRITE, false);
	if (r->why != REASON_NONE)
		return reason_errno(r->why);
	return r->item.state == ITEM_SEALED
		? record_deposit_reopen(
			  t, &(struct about){ .who = &r->c->who, .item = r->id }, NULL)
		: 0;
}

/* Opens the blob of an item that is still empty again. */
static int reopen_blob(struct call *c, const struct item *item, struct deposit **out)
{
	const struct blob_store *blobs = &c->fs->store->blobs;
	struct blob *blob;
	int err = blobs->ops->unseal(blobs->impl, item->id);

	if (err == 0)
		err = blobs->ops->open(blobs->impl, item->id, true, &blob);
	if (err == 0) {
		err = deposits_add(c, item, blob, out);
		if (err != 0)
			blob->ops->close(blob);
	}
	if (err != 0)
		deposit_end(c->fs,
			&(struct unended){
				.id = item->id, .reason = "write-error", .who = c->who });
	return err;
}

int deposit_open(struct call *c, int64_t id, bool truncate, struct deposit **out)
{
	const struct node n = { .kind = NODE_ITEM, .id = id };
	struct reopening r = { .c = c, .id = id };
	int err;

	deposits_settle(c->fs->deposits, id);
	call_subject(c);
	*out = NULL;
	err = 0;
	/* Repeated where the deposit ended between the decision and looking for it. */
	for (int tries = 0; tries < 3 && err == 0 && *out == NULL; tries++) {
		err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_reopen, &r);
		if (r.why != REASON_NONE)
			return refusal_answer(c, VERB_OPEN_WRITE, &n, NULL, r.why);
		if (err == 0 && r.item.state == ITEM_RECEIVING)
			*out = deposits_one_more(c->fs->deposits, id);
		else if (err == 0)
			err = reopen_blob(c, &r.item, out);
	}
	if (err == 0 &&
		*out == NULL) /* "receiving" without a deposit: its end waits to be recorded */
		err = EAGAIN;
	if (err != 0)
		return refusal_or_error(c, VERB_OPEN_WRITE, &n, err);
	deposit_note_writer(*out, c->who.pid);
	err = truncate ? deposit_truncate(c->fs, *out, 0) : 0;
	if (err != 0)
		deposit_release(c->fs, *out);
	return err;
}

int deposit_resize(struct call *c, int64_t id, int64_t size)
{
	const struct node n = { .kind = NODE_ITEM, .id = id };
	struct deposit *d;
	struct item item;
	enum reason why;
	int err;

	deposits_settle(c->fs->deposits, id);
	err = catalog_item(c->db, id, &item);
	if (err != 0)
		return err;
	why = judge_verb(c, &item, VERB_TRUNCATE, false);
	if (why != REASON_NONE)
		return refusal_answer(c, VERB_TRUNCATE, &n, NULL, why);
	err = deposit_open(c, id, false, &d);
	if (err != 0)
		return err;
	err = deposit_truncate(c->fs, d, size);
	if (err == 0) /* nobody holds a descriptor, so there is no close(2) to make it durable */
		err = deposit_flush(c, d, c->who.pid);
	deposit_release(c->fs, d);
	return err;
}
