/* mkfs: a new store.  Everything is made and durable before store.json is, so a half-made store is
 * none. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uuid/uuid.h>

#include "fs/store/base/fileio.h"
#include "fs/store/parts.h"
#include "fs/store/records/mounts.h"
#include "fs/store/records/register.h"
#include "fs/store/records/schema.h"
#include "fs/store/store_private.h"
#include "policy/role.h"

static bool is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool empty = true;

	if (d == NULL)
		return false;
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
			strcmp(e->d_name, "lost+found") != 0)
			empty = false;
	closedir(d);
	return empty;
}

/* RFC 9562 version 4. */
static void make_uuid(char out[UUID_TEXT])
{
	uuid_t id;

	uuid_generate_random(id);
	uuid_unparse_lower(id, out);
}

static int make_folder(const struct store_params *p, bool *made, struct store_message *m)
{
	int err;

	*made = mkdir(p->path, 0700) == 0;
	err = *made ? 0 : errno;
	if (!*made && err != EEXIST) {
		store_message_set(
			m, _("The folder %s cannot be made: %s."), p->path, i18n_error(err));
		return err;
	}
	if (!*made && !is_empty(p->path)) {
		store_message_set(m,
			_("%s is not an empty folder. A store is made in a new or an empty folder; "
			  "nothing was changed."),
			p->path);
		return EEXIST;
	}
	if (!*made && chmod(p->path, 0700) != 0) {
		err = errno;
		store_message_set(m, _("The folder %s cannot be closed to other users: %s."),
			p->path, i18n_error(err));
		return err;
	}
	return 0;
}

static void fill_format(
	const struct store_params *p, const uint8_t pub[KEY_PUBLIC_LEN], struct store_format *f)
{
	memset(f, 0, sizeof *f);
	f->version = STORE_FORMAT;
	make_uuid(f->uuid);
	snprintf(f->origin, sizeof f->origin, "custodyfs/%s", f->uuid);
	vkey_format(f->origin, pub, f->vkey);
	instant_format(store_clock_wall(), p->utc_offset, f->created);
	f->utc_offset = p->utc_offset;
	f->test_clock = p->test_clock;
}

/* The format as store.json and the first event have it. */
static struct store_make describe_format(const struct store_format *f, char offset[8])
{
	offset_format(f->utc_offset, offset);
	return (struct store_make){ .format = f->version,
		.uuid = f->uuid,
		.created = f->created,
		.utc_offset = offset,
		.test_clock = f->test_clock,
		.vkey = f->vkey };
}

struct first {
	const struct store_params *p;
	const struct store_format *f;
};

/* The first events: what the store is, and its administrator. */
static int first_events(struct turn *t, void *arg)
{
	const struct first *first = arg;
	const struct store_params *p = first->p;
	const struct about nobody = { .who = NULL };
	char offset[8];
	const struct store_make made = describe_format(first->f, offset);
	int err = record_store_make(t, &nobody, &made);

	if (err != 0 || p->admin_uid == UID_NONE)
		return err;
	return record_register_first(t, &nobody,
		&(struct register_first){ .id = 1,
			.number = p->admin_number,
			.name = p->admin_name,
			.uid = p->admin_uid,
			.roles = role_name(ROLE_ADMIN),
			.formal = true,
			.certified_from = DAY_NONE,
			.certified_to = DAY_NONE });
}

static int make_ledger(const struct store_params *p, const struct store_format *f)
{
	char path[PATH_CAP], catalog[PATH_CAP];
	struct ledger *ledger = NULL;
	struct sql *db = NULL;
	struct store_clock *clock = NULL;
	struct committer *committer = NULL;
	struct ledger_fault fault;
	struct clock_mark mark = { .clock = p->start != 0 ? p->start : store_clock_wall(),
		.wall = store_clock_wall() };
	struct first first = { p, f };
	int err;

	snprintf(path, sizeof path, "%s/ledger", p->path);
	snprintf(catalog, sizeof catalog, "%s/catalog.db", p->path);
	err = mkdir(path, 0700) == 0 ? ledger_create(path) : errno;
	if (err == 0)
		err = ledger_open(path, LEDGER_WRITE, f->vkey, &ledger, NULL, &fault);
	if (err == 0)
		err = sql_open(catalog, SQL_CREATE, &db);
	if (err == 0)
		err = schema_create(db);
	if (err == 0)
		err = store_clock_new(p->test_clock, p->utc_offset, &mark, &clock);
	if (err == 0)
		err = committer_start(ledger, db, store_clock_read, clock, &committer);
	if (err == 0)
		err = committer_run(committer, COMMIT_DURABLE, first_events, &first);
	committer_stop(committer);
	store_clock_free(clock);
	if (db != NULL)
		ignore_error(sql_checkpoint(db)); /* what stays in the log is read from there */
	sql_close(db);
	ledger_close(ledger);
	return err;
}

static int write_format(const char *path, const struct store_format *f)
{
	char offset[8];
	const struct store_make made = describe_format(f, offset);
	json_t *j = store_make_details(&made, f->utc_offset);
	char *text = j != NULL ? json_dumps(j, JSON_INDENT(2)) : NULL;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    err = text == NULL ? ENOMEM
		: fd < 0       ? errno
			       : 0;

	if (err == 0)
		err = fileio_replace(fd, "store.json.new", "store.json", text, strlen(text), 0600);
	if (fd >= 0)
		close(fd);
	free(text);
	json_decref(j);
	return err == 0 ? fileio_sync_parent(path) : err;
}

/* Removes what a failed attempt left: only what this file makes, and the folder and the key only if
 * this attempt made them. */
static void clean_up(const struct store_params *p, bool made, const char *key)
{
	static const char *const name[] = {
		"store.json",
		"store.json.new",
		"catalog.db",
		"catalog.db-wal",
		"catalog.db-shm",
		"ledger/position",
		"ledger/checkpoint",
		"ledger/hash/0",
		"ledger/segment/0000000000000000",
		"ledger/hash",
		"ledger/segment",
		"ledger",
		"blob",
		"leaf",
	};
	char path[PATH_CAP];

	if (key != NULL)
		remove(key);
	for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
		if ((size_t)snprintf(path, sizeof path, "%s/%s", p->path, name[i]) < sizeof path)
			remove(path);
	}
	if (made)
		rmdir(p->path);
}

int store_make(const struct store_params *p, struct store_message *m)
{
	struct store_format f;
	uint8_t seed[KEY_SEED_LEN], pub[KEY_PUBLIC_LEN];
	char own[PATH_CAP];
	const char *key = p->key_path != NULL ? p->key_path : own;
	bool made = false, keyed;
	int err;

	m->text[0] = '\0';
	if ((size_t)snprintf(own, sizeof own, "%s/key", p->path) >= sizeof own) {
		store_message_set(m, _("The path %s is too long."), p->path);
		return ENAMETOOLONG;
	}
	err = make_folder(p, &made, m);
	if (err != 0)
		return err;
	err = key_create(key, seed);
	keyed = err == 0;
	if (!keyed)
		store_message_set(
			m, _("The signing key %s cannot be made: %s."), key, i18n_error(err));
	if (err == 0)
		err = ed25519_public(seed, pub);
	digest_wipe(seed, sizeof seed);
	if (err == 0)
		err = blob_dir_make(p->path);
	if (err == 0) {
		fill_format(p, pub, &f);
		err = make_ledger(p, &f);
	}
	if (err == 0)
		err = write_format(p->path, &f);
	if (err != 0) {
		clean_up(p, made, keyed ? key : NULL);
		if (m->text[0] == '\0')
			store_message_set(m,
				_("The store %s cannot be made: %s. What was begun has been "
				  "removed."),
				p->path, i18n_error(err));
	}
	return err;
}
