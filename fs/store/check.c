#include "fs/store/check.h"
#include "fs/store/records/schema.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/blob/content.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/records/disposals.h"
#include "fs/store/store_private.h"

struct check {
	struct store *store;
	const struct check_report *report;
	enum check_stage stage;
};

__attribute__((format(printf, 3, 4))) static void problem(
	struct check *k, int64_t item, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	k->report->problem(k->report->arg, k->stage, item, text);
}

static void progress(void *arg, uint64_t done, uint64_t total)
{
	struct check *k = arg;

	k->report->progress(k->report->arg, k->stage, done, total);
}

static int entry_of(void *ledger, uint64_t seq, char **text, size_t *len)
{
	return ledger_entry(ledger, seq, text, len);
}

static int check_ledger(struct check *k)
{
	struct ledger *l = k->store->ledger;
	struct ledger_source s = {
		.arg = l, .size = ledger_size(l), .hash = ledger_hash, .entry = entry_of
	};
	struct ledger_fault fault = { "" };
	struct checkpoint head;
	char note[CHECKPOINT_MAX];
	int err;

	k->stage = CHECK_LEDGER;
	snprintf(s.origin, sizeof s.origin, "%s", k->store->format.origin);
	snprintf(s.vkey, sizeof s.vkey, "%s", k->store->format.vkey);
	err = ledger_verify(&s, progress, k, &fault);
	if (err == EUCLEAN) {
		problem(k, 0, _("The ledger is damaged: %s"), fault.text);
		return 0;
	}
	if (err != 0)
		return err;
	err = ledger_stored_checkpoint(l, note);
	if (err == ENOENT)
		return 0; /* none was signed yet */
	if (err == 0)
		err = checkpoint_open(note, s.vkey, &head);
	if (err != 0)
		problem(k, 0, _("The ledger's newest signed head does not verify: %s"),
			i18n_error(err));
	return 0;
}

#define TABLES_MOST 64

static void compare_table(struct check *k, struct sql *is, struct sql *should_be, const char *table)
{
	bool same;
	int64_t row;
	int err = sql_compare(is, should_be, table, &same, &row);

	if (err != 0)
		problem(k, 0,
			_("The catalog's table %s cannot be read: %s. Make the catalog again: "
			  "fsck.custodyfs --rebuild"),
			table, i18n_error(err));
	else if (!same)
		problem(k, 0,
			_("The catalog's table %s differs from the ledger, from row %lld on. Make "
			  "the catalog again: fsck.custodyfs --rebuild"),
			table, (long long)row);
}

/* Every table that the ledger's catalog has. */
static int compare(struct check *k, struct sql *is, struct sql *should_be)
{
	struct sql_rows *rows = sql_query(should_be,
		"SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' "
		"ORDER BY name",
		"");
	char name[TABLES_MOST][64];
	size_t count = 0;
	int rc;

	while ((rc = sql_next(rows)) == 1 && count < TABLES_MOST)
		sql_copy(rows, 0, name[count++], sizeof name[0]);
	sql_done(rows);
	for (size_t i = 0; i < count && rc == 0; i++)
		compare_table(k, is, should_be, name[i]);
	return rc < 0 ? -rc : rc == 1 ? E2BIG : 0;
}

/* Makes a second catalog from the ledger, elsewhere, up to where the first has come. */
static int check_catalog(struct check *k)
{
	char dir[] = "/tmp/custodyfs-fsck.XXXXXX", path[sizeof dir + 16], side[sizeof path + 8];
	struct sql *is = NULL, *made = NULL;
	uint64_t applied;
	int err;

	k->stage = CHECK_CATALOG;
	err = catalog_take(k->store->pool, &is);
	if (err == 0)
		err = catalog_applied(is, &applied);
	if (err != 0) {
		problem(k, 0,
			_("The catalog cannot be read: %s. Make it again: fsck.custodyfs "
			  "--rebuild"),
			i18n_error(err));
		if (is != NULL)
			catalog_give(k->store->pool, is);
		return 0;
	}
	if (mkdtemp(dir) == NULL) {
		err = errno;
		catalog_give(k->store->pool, is);
		return err;
	}
	snprintf(path, sizeof path, "%s/catalog.db", dir);
	err = sql_open(path, SQL_CREATE, &made);
	if (err == 0)
		err = schema_create(made);
	if (err == 0)
		err = committer_replay(k->store->ledger, made, applied, progress, k);
	if (err == EUCLEAN)
		problem(k, 0,
			_("An event of the ledger contradicts those before it; the catalog cannot "
			  "be made from it."));
	else if (err == 0)
		err = compare(k, is, made);
	sql_close(made);
	catalog_give(k->store->pool, is);
	for (size_t i = 0; i < 3; i++) {
		snprintf(side, sizeof side, "%s%s", path, i == 0 ? "" : i == 1 ? "-wal" : "-shm");
		unlink(side);
	}
	rmdir(dir);
	return err == EUCLEAN ? 0 : err;
}

/* Errors that are not the store's: the machine has no more memory or descriptors. */
static bool lacks_means(int err)
{
	return err == ENOMEM || err == EMFILE || err == ENFILE;
}

/* Reads an item's content from end to end.  An errno where it could not be checked. */
static int check_bytes(struct check *k, const struct item *item)
{
	struct store *s = k->store;
	struct content *c = NULL;
	void *buffer = buffers_take(s->buffers);
	const void *data;
	size_t got = 1;
	int64_t bad = 0;
	int err = buffer == NULL ? ENOMEM : store_content(s, item, &c);

	for (int64_t at = 0; err == 0 && at < item->size && got > 0; at += (int64_t)got)
		err = content_read(c, buffer, at, CONTENT_SPAN, &data, &got, &bad);
	content_close(c);
	buffers_give(s->buffers, buffer);
	if (err != 0 && !lacks_means(err))
		problem(k, item->id,
			_("Item %lld (%s): the content is not what was sealed, at byte %lld"),
			(long long)item->id, item->name, (long long)bad);
	return lacks_means(err) ? err : 0;
}

static int check_item(struct check *k, const struct item *item, bool content)
{
	const struct blob_store *blobs = &k->store->blobs;
	struct blob *b;
	int64_t size = -1;
	int err = blobs->ops->open(blobs->impl, item->id, false, &b);

	if (err == 0) {
		err = b->ops->size(b, &size);
		b->ops->close(b);
	}
	if (lacks_means(err))
		return err;
	if (err == ENOENT && item->state == ITEM_INCOMPLETE && item->size == 0)
		return 0; /* broken off before its first byte */
	if (err != 0)
		problem(k, item->id, _("Item %lld (%s): its content is missing: %s"),
			(long long)item->id, item->name, i18n_error(err));
	else if (item->state == ITEM_SEALED && size != item->size)
		problem(k, item->id,
			_("Item %lld (%s): its content has %lld bytes, %lld were sealed"),
			(long long)item->id, item->name, (long long)size, (long long)item->size);
	else if (content && item->state == ITEM_SEALED)
		return check_bytes(k, item);
	return 0;
}

/* What was disposed of has no bytes, but for those that a crash left: the next mount removes
 * them. */
static void check_disposed(struct check *k, struct sql *db, const struct item *item)
{
	const struct blob_store *blobs = &k->store->blobs;
	struct disposed gone;
	struct blob *b;

	if (blobs->ops->open(blobs->impl, item->id, false, &b) != 0)
		return;
	b->ops->close(b);
	if (disposals_item(db, item->id, &gone) == 0 && gone.erasure == ERASURE_PENDING)
		problem(k, item->id,
			_("Item %lld (%s) was disposed of, and its content is still to be removed: "
			  "mount the store, which does it"),
			(long long)item->id, item->name);
	else
		problem(k, item->id,
			_("Item %lld (%s) was disposed of, but there is content under its number "
			  "again"),
			(long long)item->id, item->name);
}

/* The next item that was received or is being; ENOENT after the last. */
static int next_item(struct sql *db, int64_t after, struct item *out)
{
	int64_t id;
	int err = sql_value(db, &id,
		"SELECT id FROM item WHERE id>? AND state IN (" SQL_RECEIVED
		") ORDER BY id LIMIT 1",
		"i", after);

	if (err != 0)
		return err;
	err = catalog_item(db, id, out);
	return err == ENOENT ? EUCLEAN : err;
}

static int check_items(struct check *k, bool content)
{
	struct sql *db;
	struct item item;
	int64_t id = 0, done = 0, total = 0;
	int unread = 0, err = catalog_take(k->store->pool, &db);

	k->stage = content ? CHECK_CONTENT : CHECK_BLOBS;
	if (err != 0)
		return 0; /* reported by check_catalog() */
	/* for the progress alone */
	ignore_error(sql_value(
		db, &total, "SELECT sum(items) FROM tally WHERE state IN (" SQL_RECEIVED ")", ""));
	while (err == 0 && (unread = next_item(db, id, &item)) == 0) {
		id = item.id;
		if (item.state == ITEM_DISPOSED)
			check_disposed(k, db, &item);
		else
			err = check_item(k, &item, content);
		progress(k, (uint64_t)++done, (uint64_t)total);
	}
	if (unread != 0 && unread != ENOENT)
		problem(k, 0,
			_("The catalog cannot be read: %s. Make it again: fsck.custodyfs "
			  "--rebuild"),
			i18n_error(unread));
	catalog_give(k->store->pool, db);
	return err;
}

int store_check(
	const char *path, bool content, const struct check_report *report, struct store_message *m)
{
	struct check k = { .report = report };
	int err = store_open(path, STORE_READ, NULL, &k.store, m);

	if (err == EUCLEAN && k.store == NULL) { /* too damaged to be opened: that is the result */
		report->problem(report->arg, CHECK_LEDGER, 0, m->text);
		return 0;
	}
	if (err != 0)
		return err;
	err = check_ledger(&k);
	if (err == 0)
		err = check_catalog(&k);
	if (err == 0)
		err = check_items(&k, content);
	if (err != 0)
		store_message_set(m, _("The store %s could not be checked to the end: %s."), path,
			i18n_error(err));
	store_close(k.store);
	return err;
}
