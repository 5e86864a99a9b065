#include "fs/store/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/blob/content.h"
#include "fs/store/records/clocks.h"
#include "fs/store/records/schema.h"
#include "fs/store/store_private.h"

#define BUFFERS_KEPT 16
#define LOCK_WAIT_MS 3000 /* how long to wait for another process to release the store */
#define LOCK_STEP_MS 20

int parts_path(const struct store *s, const char *name, char out[PATH_CAP])
{
	return (size_t)snprintf(out, PATH_CAP, "%s/%s", s->path, name) >= PATH_CAP ? ENAMETOOLONG
										   : 0;
}

/* Waits a moment for the lock: a restart unmounts and mounts at once, and the old daemon may still
 * be ending. */
static int lock_in_time(int fd)
{
	const struct timespec step = { 0, LOCK_STEP_MS * 1000000L };
	int waited = 0;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return errno;
		if ((waited += LOCK_STEP_MS) > LOCK_WAIT_MS)
			return EBUSY;
		nanosleep(&step, NULL);
	}
	return 0;
}

int parts_writer_lock(struct store *s, struct store_message *m)
{
	char path[PATH_CAP];
	int err = parts_path(s, "lock", path);

	if (err != 0)
		return err;
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock_fd < 0)
		err = errno;
	else
		err = lock_in_time(s->lock_fd);
	if (err == EBUSY)
		store_message_set(m,
			_("The store %s is in use: it is mounted already, or fsck.custodyfs is "
			  "running on it. Use that mount, or unmount it first."),
			s->path);
	else if (err != 0)
		store_message_set(m, _("%s cannot be locked: %s."), path, i18n_error(err));
	return err;
}

int parts_key(struct store *s, const char *key_path, int key_fd, struct store_message *m)
{
	char path[PATH_CAP], name[ORIGIN_MAX];
	uint8_t pub[KEY_PUBLIC_LEN], want[KEY_PUBLIC_LEN];
	int err = parts_path(s, "key", path);

	if (err != 0)
		return err;
	if (key_path == NULL)
		key_path = path;
	err = key_fd >= 0 ? key_read(key_fd, s->seed) : key_load(key_path, s->seed);
	if (err != 0) {
		store_message_set(m,
			_("The signing key %s cannot be read: %s. If the key is kept elsewhere, "
			  "name it with the option key=FILE."),
			key_path, i18n_error(err));
		return err;
	}
	if (ed25519_public(s->seed, pub) != 0 || vkey_parse(s->format.vkey, name, want) != 0 ||
		memcmp(pub, want, sizeof pub) != 0) {
		store_message_set(m,
			_("The signing key %s is not this store's. Give the key that was made with "
			  "the store."),
			key_path);
		return EBADMSG;
	}
	s->have_key = true;
	return 0;
}

int parts_ledger(struct store *s, uint64_t *cut, struct store_message *m)
{
	char path[PATH_CAP];
	struct ledger_fault fault = { "" };
	int err = parts_path(s, "ledger", path);

	if (err != 0)
		return err;
	err = ledger_open(path, s->writable ? LEDGER_WRITE : LEDGER_READ, s->format.vkey,
		&s->ledger, cut, &fault);
	if (err != 0)
		store_message_set(m,
			_("The ledger of %s cannot be used: %s (%s). Nothing was changed. Restore "
			  "the ledger folder from a copy, or ask for help before going on."),
			s->path, fault.text[0] != '\0' ? fault.text : _("it cannot be read"),
			i18n_error(err));
	return err;
}

void parts_remove_catalog(const char *path)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char name[PATH_CAP + 8];

	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "%s%s", path, suffix[i]);
		unlink(name);
	}
}

/* Opens the catalog for writing; where it is missing, unreadable, of another version, or ahead of
 * the ledger (after a power cut), it is made anew and filled by replay. */
static int open_catalog_write(struct store *s, const char *path)
{
	uint64_t applied;
	bool known = false;
	int err = sql_open(path, SQL_WRITE, &s->db);

	if (err == 0)
		err = schema_known(s->db, &known);
	if (err == 0 && known)
		err = catalog_applied(s->db, &applied);
	if (err == 0 && known && applied <= ledger_size(s->ledger))
		return 0;
	if (err != 0 && err != ENOENT && err != EUCLEAN && err != EIO)
		return err;
	sql_close(s->db);
	s->db = NULL;
	parts_remove_catalog(path);
	err = sql_open(path, SQL_CREATE, &s->db);
	return err == 0 ? schema_create(s->db) : err;
}

/* Whether SQLite's write-ahead log lies beside the catalog: a mount has it open, or died with
 * it. */
static bool has_log(const char *path)
{
	char name[PATH_CAP + 8];
	struct stat st;

	snprintf(name, sizeof name, "%s-wal", path);
	return stat(name, &st) == 0 && st.st_size > 0;
}

static void set_catalog_message(
	const struct store *s, const char *path, int err, struct store_message *m)
{
	store_message_set(m,
		_("The catalog %s cannot be used: %s. It can always be made again from the "
		  "ledger: fsck.custodyfs --rebuild %s"),
		path, i18n_error(err), s->path);
}

int parts_catalog(struct store *s, struct store_message *m)
{
	char path[PATH_CAP];
	int err = parts_path(s, "catalog.db", path);

	if (err == 0 && s->writable) {
		err = open_catalog_write(s, path);
		if (err == 0)
			err = committer_replay(
				s->ledger, s->db, ledger_size(s->ledger), NULL, NULL);
	}
	if (err == 0)
		err = catalog_pool_new(
			path, s->writable || has_log(path) ? SQL_READ : SQL_STILL, &s->pool);
	if (err != 0 && m->text[0] == '\0')
		set_catalog_message(s, path, err, m);
	return err;
}

/* The last event's clocks. */
static int read_last_event(struct ledger *ledger, struct clock_mark *out)
{
	uint64_t size = ledger_size(ledger);
	const char *time, *clock, *to;
	json_t *entry;
	char *text;
	size_t len;
	int err;

	memset(out, 0, sizeof *out);
	if (size == 0)
		return EUCLEAN; /* mkfs writes the first event */
	err = ledger_entry(ledger, size - 1, &text, &len);
	if (err != 0)
		return err;
	err = event_decode(text, len, size - 1, &entry);
	free(text);
	if (err != 0)
		return err;
	time = jsonget_str(entry, "time");
	clock = jsonget_str(entry, "clock");
	if (time == NULL || clock == NULL || !instant_parse(time, 0, &out->wall) ||
		!instant_parse(clock, 0, &out->clock))
		err = EUCLEAN;
	to = jsonget_str(json_object_get(entry, "details"), "to");
	if (event_kind_parse(jsonget_str(entry, "event")) == EVENT_CLOCK_SET &&
		to != NULL) /* the newest: it holds from then on */
		(void)instant_parse(to, 0, &out->clock);
	json_decref(entry);
	return err;
}

/* How much of this week's step the gaps have used (policy/clock.h); nothing before the first mount.
 * What two people agreed on holds, even if the mount ended before the clock was moved. */
static int read_catalog_mark(struct sql *db, struct clock_mark *out)
{
	int64_t agreed;
	int err = sql_value(
		db, &out->week_start, "SELECT value FROM meta WHERE key='week_start'", "");

	if (err == 0)
		err = sql_value(
			db, &out->week_used, "SELECT value FROM meta WHERE key='week_used'", "");
	if (err == 0 || err == ENOENT)
		err = clocks_agreed(db, &agreed);
	if (err == 0 && agreed > out->clock)
		out->clock = agreed;
	return err;
}

int parts_clock(struct store *s, struct store_message *m)
{
	struct clock_mark mark;
	char path[PATH_CAP];
	int err = read_last_event(s->ledger, &mark);

	if (err == 0 && s->db != NULL && (err = read_catalog_mark(s->db, &mark)) != 0) {
		if (parts_path(s, "catalog.db", path) == 0)
			set_catalog_message(s, path, err, m);
		return err;
	}
	if (err == 0)
		err = store_clock_new(s->format.test_clock, s->format.utc_offset, &mark, &s->clock);
	if (err != 0)
		store_message_set(m, _("The ledger of %s has no readable last event: %s."), s->path,
			i18n_error(err));
	return err;
}

int parts_blobs(struct store *s, struct store_message *m)
{
	int err = blob_dir_open(s->path, &s->blobs);

	if (err == 0)
		err = buffers_new(CONTENT_BUFFER, BUFFERS_KEPT, &s->buffers);
	if (err != 0)
		store_message_set(m,
			_("The folders blob and leaf of the store %s cannot be opened: %s."),
			s->path, i18n_error(err));
	return err;
}

int store_content(struct store *s, const struct item *item, struct content **out)
{
	return content_open(
		&s->blobs, s->buffers, item->id, item->size, item->root, s->writable, out);
}

/* The ledger's positions and hashes are made again from its segments where they are missing. */
void parts_remove_derived(const struct store *s)
{
	char path[PATH_CAP], file[PATH_CAP + 300];
	struct dirent *e;
	DIR *d;

	if (parts_path(s, "ledger/position", path) == 0)
		unlink(path);
	if (parts_path(s, "ledger/hash", path) != 0 || (d = opendir(path)) == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		snprintf(file, sizeof file, "%s/%s", path, e->d_name);
		if (e->d_name[0] != '.')
			unlink(file);
	}
	closedir(d);
}
