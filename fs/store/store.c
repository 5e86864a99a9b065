#include "fs/store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "fs/store/digester.h"
#include "fs/store/parts.h"
#include "fs/store/records/clocks.h"
#include "fs/store/records/mounts.h"
#include "fs/store/records/retention.h"
#include "fs/store/records/schema.h"
#include "fs/store/store_private.h"

/* The writing half: committer, hashing workers, recovery, digests. */
static int start_writing(struct store *s, uint64_t cut, struct store_message *m)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int err = hasher_new(cpus > 8 ? 8 : cpus < 2 ? 2 : (unsigned)cpus, s->buffers, &s->hasher);

	if (err == 0)
		err = committer_start(s->ledger, s->db, store_clock_read, s->clock, &s->committer);
	if (err == 0)
		err = store_recover(s, cut);
	if (err == 0)
		err = digester_start(s, &s->digester);
	if (err == ENOSPC)
		store_message_set(m,
			_("The disk of the store %s is full, so the mount cannot be recorded. Make "
			  "room, then mount again."),
			s->path);
	else if (err != 0)
		store_message_set(
			m, _("The store %s cannot be started: %s."), s->path, i18n_error(err));
	return err;
}

int store_open(const char *path, enum store_mode mode, const char *key_path, struct store **out,
	struct store_message *m)
{
	return store_open_keyed(path, mode, key_path, -1, out, m);
}

int store_open_keyed(const char *path, enum store_mode mode, const char *key_path, int key_fd,
	struct store **out, struct store_message *m)
{
	struct store *s = calloc(1, sizeof *s);
	uint64_t cut = 0;
	int err;

	m->text[0] = '\0';
	if (s == NULL)
		return ENOMEM;
	s->lock_fd = -1;
	s->writable = mode == STORE_WRITE;
	s->path = realpath(path, NULL);
	err = s->path == NULL ? errno : 0;
	if (err != 0)
		store_message_set(m, _("%s is not a custodyfs store: %s."), path, i18n_error(err));
	if (err == 0)
		err = store_format_load(s->path, &s->format, m);
	if (err == 0 && s->writable)
		err = parts_writer_lock(s, m);
	if (err == 0 && s->writable)
		err = parts_key(s, key_path, key_fd, m);
	else if (err == 0 && parts_key(s, key_path, key_fd, m) != 0)
		m->text[0] = '\0'; /* reading does not need the key */
	if (err == 0)
		err = parts_ledger(s, &cut, m);
	if (err == 0)
		err = parts_catalog(s, m);
	if (err == 0)
		err = parts_clock(s, m);
	if (err == 0)
		err = parts_blobs(s, m);
	if (err == 0 && s->writable)
		err = start_writing(s, cut, m);
	if (err != 0) {
		store_close(s);
		return err;
	}
	*out = s;
	return 0;
}

int store_close(struct store *s)
{
	char head[CHECKPOINT_MAX];
	int err = 0;

	if (s == NULL)
		return 0;
	digester_stop(s->digester);
	if (s->committer != NULL) {
		err = committer_post_record(s->committer, EVENT_STORE_UNMOUNT,
			&(struct about){ .who = NULL }, store_unmount_details(NULL, 0));
		committer_stop(s->committer);
		if (err == 0)
			err = ledger_checkpoint(s->ledger, s->format.origin, s->seed, head);
		ignore_error(sql_checkpoint(s->db)); /* what stays in the log is read from there */
	}
	hasher_free(s->hasher);
	buffers_free(s->buffers);
	if (s->blobs.ops != NULL)
		s->blobs.ops->free(s->blobs.impl);
	store_clock_free(s->clock);
	catalog_pool_free(s->pool);
	sql_close(s->db);
	ledger_close(s->ledger);
	digest_wipe(s->seed, sizeof s->seed);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->path);
	free(s);
	return err;
}

void store_now(struct store *s, struct event_time *out)
{
	struct sql *db;

	if (s->committer != NULL) {
		committer_now(s->committer, out);
		return;
	}
	store_clock_read(s->clock, out);
	if (catalog_take(s->pool, &db) == 0) {
		(void)retention_policy(db, &out->policy);
		catalog_give(s->pool, db);
	}
}

struct moving {
	const struct subject *who;
	int64_t to;
};

static int record_move(struct turn *t, void *arg)
{
	const struct moving *m = arg;
	const struct event_time *now = turn_time(t);

	return record_test_clock_set(t, &(struct about){ .who = m->who },
		&(struct test_clock_set){ .from = now->clock, .to = m->to });
}

int store_clock_set(struct store *s, const struct subject *who, int64_t to)
{
	struct moving m = { who, to };
	int err = s->format.test_clock
		? committer_run(s->committer, COMMIT_DURABLE, record_move, &m)
		: EPERM;

	if (err == 0)
		store_clock_move(s->clock, to);
	return err;
}

struct signing {
	struct store *store;
	char *out;
};

static int sign_head(struct ledger *ledger, void *arg)
{
	struct signing *g = arg;

	return ledger_checkpoint(ledger, g->store->format.origin, g->store->seed, g->out);
}

int store_checkpoint(struct store *s, char out[CHECKPOINT_MAX])
{
	struct signing g = { s, out };

	if (!s->have_key)
		return ENOKEY;
	return s->committer != NULL ? committer_exclusive(s->committer, sign_head, &g)
				    : sign_head(s->ledger, &g);
}

int store_rebuild(const char *path, ledger_progress progress, void *arg, struct store_message *m)
{
	struct store s = { .lock_fd = -1, .writable = true };
	char catalog[PATH_CAP];
	uint64_t cut;
	int err;

	m->text[0] = '\0';
	s.path = realpath(path, NULL);
	if (s.path == NULL) {
		store_message_set(
			m, _("%s is not a custodyfs store: %s."), path, i18n_error(errno));
		return errno;
	}
	err = store_format_load(s.path, &s.format, m);
	if (err == 0)
		err = parts_writer_lock(&s, m);
	if (err == 0) {
		parts_remove_derived(&s);
		err = parts_ledger(&s, &cut, m);
	}
	if (err == 0)
		err = parts_path(&s, "catalog.db", catalog);
	if (err == 0) {
		parts_remove_catalog(catalog);
		err = sql_open(catalog, SQL_CREATE, &s.db);
	}
	if (err == 0)
		err = schema_create(s.db);
	if (err == 0)
		err = committer_replay(s.ledger, s.db, ledger_size(s.ledger), progress, arg);
	if (err != 0 && m->text[0] == '\0')
		store_message_set(m, _("The catalog of %s could not be made again: %s."), s.path,
			i18n_error(err));
	sql_close(s.db);
	ledger_close(s.ledger);
	if (s.lock_fd >= 0)
		close(s.lock_fd);
	free(s.path);
	return err;
}
