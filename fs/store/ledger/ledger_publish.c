/* The ledger as a C2SP tlog-tiles tree of files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "fs/store/ledger/ledger.h"
#include "fs/store/ledger/ledger_internal.h"

#define TEMPORARY ".publishing"
#define PATH_LEN 64 /* "tile/entries/", seven groups, ".p/255" */
#define BUNDLE_MAX (TILE_WIDTH * (2 + LEDGER_ENTRY_MAX))

enum { ENTRIES = -1 }; /* the "level" of the entry bundles */

struct publication {
	const struct ledger_source *source;
	struct ledger_fault *fault;
	int dirfd;
	struct checkpoint head; /* to be published */
	uint64_t published;     /* entries that dir holds already */
	uint8_t *buf;           /* a bundle's worth */
};

/* tile/<level>/<index>[.p/<width>]; the index in groups of three digits, all but the last behind an
 * x. */
static void tile_path(int level, uint64_t index, unsigned width, char out[PATH_LEN])
{
	unsigned group[7], groups = 0;
	size_t len;

	do {
		group[groups++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index > 0);
	len = (size_t)(level == ENTRIES ? snprintf(out, PATH_LEN, "tile/entries")
					: snprintf(out, PATH_LEN, "tile/%d", level));
	while (groups-- > 0)
		len += (size_t)snprintf(
			out + len, PATH_LEN - len, groups > 0 ? "/x%03u" : "/%03u", group[groups]);
	if (width < TILE_WIDTH)
		snprintf(out + len, PATH_LEN - len, ".p/%u", width);
}

static int make_folders(int dirfd, const char *path)
{
	char folder[PATH_LEN];
	const char *slash;

	for (slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		memcpy(folder, path, (size_t)(slash - path));
		folder[slash - path] = '\0';
		if (mkdirat(dirfd, folder, 0755) < 0 && errno != EEXIST)
			return errno;
	}
	return 0;
}

static int write_tile(struct publication *p, int level, uint64_t index, unsigned width, size_t len)
{
	char path[PATH_LEN];
	int err;

	tile_path(level, index, width, path);
	err = fileio_swap(p->dirfd, TEMPORARY, path, p->buf, len, 0644);
	if (err == ENOENT) {
		err = make_folders(p->dirfd, path);
		if (err == 0)
			err = fileio_swap(p->dirfd, TEMPORARY, path, p->buf, len, 0644);
	}
	if (err != 0)
		ledger_fault_set(p->fault, _("%s can't be written: %s"), path, i18n_error(err));
	return err;
}

static int hash_tile(struct publication *p, int level, uint64_t index, unsigned width)
{
	int err;

	for (unsigned i = 0; i < width; i++) {
		err = p->source->hash(p->source->arg, TILE_HEIGHT * (unsigned)level,
			index * TILE_WIDTH + i, p->buf + i * HASH_LEN);
		if (err != 0)
			return err;
	}
	return write_tile(p, level, index, width, width * HASH_LEN);
}

/* An entry with its length, behind *used; it must be the one that the tree has there. */
static int bundle_entry(struct publication *p, uint64_t seq, size_t *used)
{
	uint8_t leaf[HASH_LEN], stored[HASH_LEN];
	size_t len;
	char *text;
	int err;

	err = p->source->entry(p->source->arg, seq, &text, &len);
	if (err != 0)
		return err;
	err = p->source->hash(p->source->arg, 0, seq, stored);
	if (err != 0)
		goto out;
	merkle_leaf(text, len, leaf);
	if (len > LEDGER_ENTRY_MAX || memcmp(leaf, stored, HASH_LEN) != 0) {
		ledger_fault_set(p->fault,
			_("entry %" PRIu64 ": its text is not what the ledger's tree has for it"),
			seq);
		err = EUCLEAN;
		goto out;
	}
	p->buf[(*used)++] = (uint8_t)(len >> 8);
	p->buf[(*used)++] = (uint8_t)len;
	memcpy(p->buf + *used, text, len);
	*used += len;
out:
	free(text);
	return err;
}

static int entry_bundle(struct publication *p, uint64_t index, unsigned width)
{
	size_t used = 0;
	int err;

	for (unsigned i = 0; i < width; i++) {
		err = bundle_entry(p, index * TILE_WIDTH + i, &used);
		if (err != 0)
			return err;
	}
	return write_tile(p, ENTRIES, index, width, used);
}

static unsigned shift_of(int level)
{
	return level == ENTRIES ? 0 : TILE_HEIGHT * (unsigned)level;
}

/* All tiles of a level from the first that was not full before. */
static int publish_level(struct publication *p, int level)
{
	uint64_t nodes = p->head.size >> shift_of(level), index;
	int err;

	for (index = (p->published >> shift_of(level)) / TILE_WIDTH; index * TILE_WIDTH < nodes;
		index++) {
		uint64_t left = nodes - index * TILE_WIDTH;
		unsigned width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;

		err = level == ENTRIES ? entry_bundle(p, index, width)
				       : hash_tile(p, level, index, width);
		if (err != 0)
			return err;
	}
	return 0;
}

/* Removes the folder of a tile's partial forms. */
static void remove_partials(int dirfd, const char *path)
{
	struct dirent *e;
	DIR *dir;
	int fd;

	fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(fd, e->d_name, 0);
	closedir(dir);
	unlinkat(dirfd, path, AT_REMOVEDIR);
}

/* The partial forms of tiles that have become full.  The new head is published already, so a
 * failure here only leaves unneeded files. */
static void tidy_level(const struct publication *p, int level)
{
	uint64_t full = (p->head.size >> shift_of(level)) / TILE_WIDTH, index;
	char path[PATH_LEN];

	for (index = (p->published >> shift_of(level)) / TILE_WIDTH; index < full; index++) {
		tile_path(level, index, 0, path);
		*strrchr(path, '/') = '\0';
		remove_partials(p->dirfd, path);
	}
}

/* What dir holds already must be the beginning of what is to be published. */
static int check_published(struct publication *p)
{
	struct checkpoint old;
	char text[CHECKPOINT_MAX];
	uint8_t root[HASH_LEN];
	int err;

	err = fileio_text(p->dirfd, LEDGER_CHECKPOINT, text, sizeof text);
	if (err == ENOENT)
		return 0;
	if (err == 0)
		err = checkpoint_open(text, p->source->vkey, &old);
	if (err == EBADMSG || err == EINVAL || err == EFBIG) {
		ledger_fault_set(p->fault, _("checkpoint: the folder holds another log"));
		return EUCLEAN;
	}
	if (err != 0)
		return err;
	if (old.size > p->head.size) {
		ledger_fault_set(p->fault,
			_("checkpoint: %" PRIu64
			  " entries are published already, more than %" PRIu64),
			old.size, p->head.size);
		return EUCLEAN;
	}
	err = merkle_root(p->source->hash, p->source->arg, old.size, root);
	if (err != 0)
		return err;
	if (memcmp(root, old.root, HASH_LEN) != 0) {
		ledger_fault_set(p->fault,
			_("checkpoint: the %" PRIu64
			  " entries published already are another history"),
			old.size);
		return EUCLEAN;
	}
	p->published = old.size;
	return 0;
}

/* The signed head must be one of this ledger. */
static int check_source(struct publication *p, const char *checkpoint)
{
	enum ledger_relation relation;
	int err;

	err = checkpoint_open(checkpoint, p->source->vkey, &p->head);
	if (err == 0)
		err = ledger_compare(p->source, &p->head, &relation);
	if (err != 0)
		return err;
	if (relation != LEDGER_PREFIX) {
		ledger_fault_set(p->fault,
			_("the signed head over %" PRIu64 " entries is not one of this ledger"),
			p->head.size);
		return EUCLEAN;
	}
	return 0;
}

static int publish_all(struct publication *p, const char *checkpoint)
{
	int err;

	err = check_source(p, checkpoint);
	if (err == 0)
		err = check_published(p);
	for (int level = ENTRIES; err == 0 && level < TILE_LEVELS; level++)
		err = publish_level(p, level);
	/* one flush for thousands of files */
	if (err == 0 && syncfs(p->dirfd) < 0)
		err = errno;
	if (err == 0)
		err = fileio_replace(p->dirfd, TEMPORARY, LEDGER_CHECKPOINT, checkpoint,
			strlen(checkpoint), 0644);
	if (err != 0)
		return err;
	for (int level = ENTRIES; level < TILE_LEVELS; level++)
		tidy_level(p, level);
	return 0;
}

int ledger_publish(const struct ledger_source *s, const char *checkpoint, const char *dir,
	struct ledger_fault *fault)
{
	struct publication p = { .source = s, .fault = fault };
	int err;

	ledger_fault_set(fault, "%s", "");
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return errno;
	p.dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p.dirfd < 0)
		return errno;
	p.buf = malloc(BUNDLE_MAX);
	if (p.buf == NULL) {
		err = ENOMEM;
		goto err0;
	}
	err = publish_all(&p, checkpoint);
	free(p.buf);
err0:
	close(p.dirfd);
	return err;
}
