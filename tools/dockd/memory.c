/* What is known to be in the store, kept over restarts. */
#include "tools/dockd/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/digest.h"
#include "fs/store/records/kinds.h"
#include "tools/text/file.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

#define TITLE "custody-dockd memory 1\n"
#define TEXT_MOST (128 << 20)
#define UUID_BUFFER 64
#define LINE_NUMBERS 8 /* numbers in a line `done` */

struct past {
	struct stamp stamp;
	uint64_t how;
	LIST_ENTRY(past) link;
	char path[];
};

struct memory {
	void *by_path;
	LIST_HEAD(past_list, past) all; /* zeroed it is empty; the newest come first */
	size_t count;
	char store[UUID_BUFFER], sha256[HASH_HEX]; /* "" where there is none */
	long long item, seq;                       /* the witness's; 0 and -1: none */
	bool changed;
};

struct memory *memory_new(void)
{
	struct memory *m = calloc(1, sizeof *m);
	if (m != NULL)
		m->seq = -1;
	return m;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct past *)a)->path, ((const struct past *)b)->path);
}

static struct past *entry_new(const char *path, const struct stamp *stamp, uint64_t how)
{
	size_t size = strlen(path) + 1;
	struct past *e = calloc(1, sizeof *e + size);
	if (e == NULL)
		return NULL;
	memcpy(e->path, path, size);
	e->stamp = *stamp;
	e->how = how;
	return e;
}

static struct past *find_past(const struct memory *m, const char *path)
{
	struct stamp none = { .size = 0 };
	struct past *key = entry_new(path, &none, 0),
		    **found = key != NULL ? tfind(key, &m->by_path, by_path) : NULL;
	free(key);
	return found != NULL ? *found : NULL;
}

static void drop_past(struct memory *m, struct past *e)
{
	tdelete(e, &m->by_path, by_path);
	LIST_REMOVE(e, link);
	free(e);
	m->count--;
	m->changed = true;
}

/* False: it is full, or out of memory. */
static bool add_past(struct memory *m, const char *path, const struct stamp *stamp, uint64_t how)
{
	struct past *old = find_past(m, path), *e;
	if (old != NULL)
		drop_past(m, old);
	e = m->count < MEMORY_MOST ? entry_new(path, stamp, how) : NULL;
	if (e == NULL || tsearch(e, &m->by_path, by_path) == NULL) {
		free(e);
		return false;
	}
	LIST_INSERT_HEAD(&m->all, e, link);
	m->count++;
	m->changed = true;
	return true;
}

void memory_forget(struct memory *m)
{
	while (!LIST_EMPTY(&m->all))
		drop_past(m, LIST_FIRST(&m->all));
	m->changed |= m->item != 0;
	m->item = 0;
	m->seq = -1;
	*m->sha256 = '\0';
}

void memory_free(struct memory *m)
{
	if (m != NULL)
		memory_forget(m);
	free(m);
}

void memory_store(struct memory *m, const char *uuid)
{
	bool usable = uuid != NULL && *uuid != '\0' && strlen(uuid) < sizeof m->store &&
		strpbrk(uuid, " \n") == NULL;
	if (usable && strcmp(uuid, m->store) == 0)
		return;
	memory_forget(m);
	snprintf(m->store, sizeof m->store, "%s", usable ? uuid : "");
}

bool memory_changed(const struct memory *m)
{
	return m->changed;
}

size_t memory_count(const struct memory *m)
{
	return m->count;
}

uint64_t memory_how(const struct dock *d)
{
	const char *all[] = { d->unit, d->device, d->officer, d->kase, d->into };
	uint8_t hash[HASH_LEN];
	char text[8192] = "";
	uint64_t how;
	size_t n = 0;
	for (size_t i = 0; i < sizeof all / sizeof all[0] && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%d%s\n", all[i] != NULL,
			all[i] != NULL ? all[i] : "");
	sha256(text, strnlen(text, sizeof text), hash);
	memcpy(&how, hash, sizeof how);
	return how;
}

bool memory_knows(const struct memory *m, const char *path, const struct stamp *stamp, uint64_t how)
{
	const struct past *e = m->count != 0 ? find_past(m, path) : NULL;
	return e != NULL && e->how == how && files_same_stamp(&e->stamp, stamp);
}

void memory_keep(struct memory *m, const char *path, const struct stamp *stamp, uint64_t how,
	const json_t *row)
{
	long long item = get_number(row, "item", 0),
		  seq = get_number(json_object_get(row, "ledger"), "seq", -1);
	const char *sha = get_text(row, "sha256");
	uint8_t hash[HASH_LEN];
	if (*m->store == '\0' || item <= 0 || seq < 0 || sha == NULL || !hash_unhex(sha, hash) ||
		!add_past(m, path, stamp, how) || seq <= m->seq)
		return;
	m->item = item;
	m->seq = seq;
	hash_hex(hash, m->sha256);
}

void memory_sweep(struct memory *m, const char *folder,
	bool (*there)(const void *arg, const char *path), const void *arg)
{
	size_t n = strcmp(folder, "/") != 0 ? strlen(folder) : 0;
	for (struct past *e = LIST_FIRST(&m->all), *next; e != NULL; e = next) {
		next = LIST_NEXT(e, link);
		if (strncmp(e->path, folder, n) == 0 && e->path[n] == '/' && !there(arg, e->path))
			drop_past(m, e);
	}
}

long long memory_witness(const struct memory *m)
{
	return m->item;
}

bool memory_believes(const struct memory *m, const json_t *answer)
{
	const json_t *item = json_object_get(answer, "item"), *entry;
	const char *sha = get_text(item, "sha256");
	size_t i;
	if (get_number(item, "item", 0) != m->item || sha == NULL || strcmp(sha, m->sha256) != 0)
		return false;
	json_array_foreach(json_object_get(answer, "trail"), i, entry) {
		if (event_kind_parse(get_text(entry, "event")) == EVENT_DEPOSIT_SEAL &&
			get_number(entry, "seq", -1) != m->seq)
			return false;
	}
	return true;
}

static void write_path(FILE *f, const char *path)
{
	for (; *path != '\0'; path++)
		if (*path == '\\' || *path == '\n')
			fprintf(f, "\\%c", *path == '\n' ? 'n' : '\\');
		else
			fputc(*path, f);
	fputc('\n', f);
}

static void write_entry(FILE *f, const struct past *e)
{
	const struct stamp *s = &e->stamp;
	fprintf(f,
		"done %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 " %ld %" PRId64 " %ld %" PRIx64
		" ",
		s->dev, s->ino, s->size, (int64_t)s->mtime.tv_sec, s->mtime.tv_nsec,
		(int64_t)s->ctime.tv_sec, s->ctime.tv_nsec, e->how);
	write_path(f, e->path);
}

/* Writes the digest of everything before it.  0 or an errno. */
static int write_sum(FILE *f, char *const *text, const size_t *size)
{
	uint8_t hash[HASH_LEN];
	char hex[HASH_HEX];
	if (fflush(f) != 0)
		return errno;
	sha256(*text, *size, hash);
	hash_hex(hash, hex);
	return fprintf(f, "sha256 %s\n", hex) < 0 ? ENOMEM : 0;
}

int memory_write(struct memory *m, const char *path)
{
	const struct past *one;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int err;
	if (f == NULL)
		return errno;
	fprintf(f, TITLE "store %s\n", m->store);
	if (m->item != 0)
		fprintf(f, "witness %lld %lld %s\n", m->item, m->seq, m->sha256);
	LIST_FOREACH(one, &m->all, link)
		if (ftell(f) < TEXT_MOST / 2)
			write_entry(f, one);
	err = write_sum(f, &text, &size);
	if (fclose(f) != 0 && err == 0)
		err = ENOMEM;
	if (err == 0)
		err = file_write(path, text);
	free(text);
	if (err == 0)
		m->changed = false;
	return err;
}

/* Cuts off the digest, and checks it. */
static bool check_sum(char *text)
{
	uint8_t is[HASH_LEN], said[HASH_LEN];
	size_t len = strlen(text), tail = strlen("sha256 \n") + HASH_HEX - 1;
	char *last = text + len - tail;
	if (len < tail || strncmp(last, "sha256 ", 7) != 0 || text[len - 1] != '\n')
		return false;
	text[len - 1] = '\0';
	if (!hash_unhex(last + 7, said))
		return false;
	*last = '\0';
	sha256(text, (size_t)(last - text), is);
	return memcmp(is, said, HASH_LEN) == 0;
}

/* Undoes write_path() in place. */
static bool read_path(char *path)
{
	char *to = path;
	for (const char *from = path; *from != '\0'; from++)
		if (*from != '\\')
			*to++ = *from;
		else if (*++from == 'n' || *from == '\\')
			*to++ = *from == 'n' ? '\n' : '\\';
		else
			return false;
	*to = '\0';
	return *path == '/';
}

static bool read_done(struct memory *m, char *line)
{
	struct stamp s = { .size = 0 };
	int64_t mtime, ctime;
	uint64_t how;
	int at = 0;
	if (sscanf(line,
		    "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNd64 " %ld %" SCNd64 " %ld %" SCNx64
		    " %n",
		    &s.dev, &s.ino, &s.size, &mtime, &s.mtime.tv_nsec, &ctime, &s.ctime.tv_nsec,
		    &how, &at) != LINE_NUMBERS ||
		at == 0 || !read_path(line + at))
		return false;
	s.mtime.tv_sec = mtime;
	s.ctime.tv_sec = ctime;
	return add_past(m, line + at, &s, how);
}

static bool read_witness(struct memory *m, const char *line)
{
	uint8_t hash[HASH_LEN];
	int at = 0;
	if (sscanf(line, "%lld %lld %n", &m->item, &m->seq, &at) != 2 || at == 0 || m->item <= 0 ||
		m->seq < 0 || !hash_unhex(line + at, hash))
		return false;
	hash_hex(hash, m->sha256);
	return true;
}

static bool read_line(struct memory *m, char *line)
{
	if (strncmp(line, "store ", 6) == 0) {
		memory_store(m, line + 6);
		return true;
	}
	if (strncmp(line, "witness ", 8) == 0)
		return read_witness(m, line + 8);
	return strncmp(line, "done ", 5) == 0 && read_done(m, line + 5);
}

static bool read_text(struct memory *m, char *text)
{
	bool good = check_sum(text) && strncmp(text, TITLE, strlen(TITLE)) == 0;
	char *rest = good ? text + strlen(TITLE) : NULL, *line;
	while (good && (line = strsep(&rest, "\n")) != NULL && (*line != '\0' || rest != NULL))
		good = read_line(m, line);
	return good && *m->store != '\0' && (m->item != 0 || m->count == 0);
}

bool memory_read(struct memory *m, const char *path)
{
	struct stat st;
	char *text = NULL;
	bool good = lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		file_read(path, TEXT_MOST, &text) == 0 && read_text(m, text);
	free(text);
	if (!good)
		memory_store(m, NULL);
	m->changed = false;
	return good;
}
