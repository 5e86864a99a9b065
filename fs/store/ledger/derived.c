/* Stored positions and node hashes. */
#include "fs/store/ledger/derived.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"

#define POSITION_FILE "position"
#define HASH_FOLDER "hash"
#define RENEWED ".new"
#define NAME_MAX_LEN 32
#define POSITION -1 /* the "level" of the position file */

static void files_init(struct derived_files *f)
{
	f->position = -1;
	for (unsigned tile = 0; tile < TILE_LEVELS; tile++)
		f->hash[tile] = -1;
}

static void files_close(struct derived_files *f)
{
	if (f->position >= 0)
		close(f->position);
	for (unsigned tile = 0; tile < TILE_LEVELS; tile++)
		if (f->hash[tile] >= 0)
			close(f->hash[tile]);
	files_init(f);
}

static int *file_of(struct derived_files *f, int level)
{
	return level == POSITION ? &f->position : &f->hash[level];
}

static int folder_of(const struct derived *d, int level)
{
	return level == POSITION ? d->ledger_fd : d->hash_fd;
}

static void file_name(int level, const char *suffix, char out[NAME_MAX_LEN])
{
	if (level == POSITION)
		snprintf(out, NAME_MAX_LEN, POSITION_FILE "%s", suffix);
	else
		snprintf(out, NAME_MAX_LEN, "%d%s", level, suffix);
}

int derived_create(int ledger_fd)
{
	struct derived d;
	int err;

	if (mkdirat(ledger_fd, HASH_FOLDER, 0700) < 0)
		return errno;
	err = derived_open(ledger_fd, true, 0, &d);
	if (err != 0)
		return err;
	err = derived_sync(&d);
	derived_close(&d);
	return err;
}

/* A missing file stays -1 in *fd. */
static int open_existing(const struct derived *d, int level, int flags, int *fd)
{
	char name[NAME_MAX_LEN];

	file_name(level, "", name);
	*fd = openat(folder_of(d, level), name, flags | O_CLOEXEC | O_NOFOLLOW);
	return *fd < 0 && errno != ENOENT ? errno : 0;
}

/* The file that is written, made where there is none yet. */
static int own_file(struct derived *d, int level, int *fd)
{
	int *slot = file_of(&d->own, level);
	char name[NAME_MAX_LEN];

	if (*slot < 0 && !d->writable) {
		*slot = memfd_create("ledger", MFD_CLOEXEC);
		if (*slot < 0)
			return errno;
	} else if (*slot < 0) {
		file_name(level, d->renewed ? RENEWED : "", name);
		*slot = openat(folder_of(d, level), name,
			O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (*slot < 0)
			return errno;
		d->created = true;
	}
	*fd = *slot;
	return 0;
}

int derived_open(int ledger_fd, bool writable, uint64_t size, struct derived *d)
{
	struct derived_files *files = writable ? &d->own : &d->disk;
	int fd, err = 0;

	*d = (struct derived){
		.writable = writable, .ledger_fd = ledger_fd, .trusted = writable ? 0 : size
	};
	files_init(&d->disk);
	files_init(&d->own);
	if (writable && mkdirat(ledger_fd, HASH_FOLDER, 0700) < 0 && errno != EEXIST)
		return errno;
	d->hash_fd = openat(ledger_fd, HASH_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->hash_fd < 0 && (writable || errno != ENOENT))
		return errno;
	for (int level = POSITION; err == 0 && level < TILE_LEVELS; level++)
		if (level == POSITION || d->hash_fd >= 0)
			err = open_existing(
				d, level, writable ? O_RDWR : O_RDONLY, file_of(files, level));
	for (int level = POSITION; err == 0 && writable && level <= 0; level++)
		err = own_file(d, level, &fd);
	if (err != 0)
		derived_close(d);
	return err;
}

void derived_close(struct derived *d)
{
	char name[NAME_MAX_LEN];

	for (int level = POSITION; d->renewed && level < TILE_LEVELS; level++) {
		file_name(level, RENEWED, name);
		unlinkat(folder_of(d, level), name, 0);
	}
	files_close(&d->disk);
	files_close(&d->own);
	if (d->hash_fd >= 0)
		close(d->hash_fd);
	d->hash_fd = -1;
}

int derived_covers(const struct derived *d, uint64_t size)
{
	const struct derived_files *files = d->writable ? &d->own : &d->disk;
	uint64_t length, need;
	int fd, err;

	for (int level = POSITION; level < TILE_LEVELS; level++) {
		need = level == POSITION ? size * sizeof(uint64_t)
					 : (size >> (TILE_HEIGHT * level)) * HASH_LEN;
		if (need == 0)
			continue;
		fd = level == POSITION ? files->position : files->hash[level];
		if (fd < 0)
			return EUCLEAN;
		err = fileio_size(fd, &length);
		if (err != 0)
			return err;
		if (length < need)
			return EUCLEAN;
	}
	return 0;
}

int derived_renew(struct derived *d)
{
	int fd, err = 0;

	files_close(&d->own);
	files_close(&d->disk);
	d->trusted = 0;
	d->renewed = d->writable;
	for (int level = POSITION; err == 0 && level <= 0; level++)
		err = own_file(d, level, &fd);
	return err;
}

int derived_promote(struct derived *d)
{
	char from[NAME_MAX_LEN], to[NAME_MAX_LEN];
	int err;

	if (!d->renewed)
		return 0;
	err = derived_sync(d);
	if (err != 0)
		return err;
	for (int level = POSITION; level < TILE_LEVELS; level++) {
		if (*file_of(&d->own, level) < 0)
			continue;
		file_name(level, RENEWED, from);
		file_name(level, "", to);
		if (renameat(folder_of(d, level), from, folder_of(d, level), to) < 0)
			return errno;
	}
	d->renewed = false;
	d->created = true;
	return derived_sync(d);
}

/* For tile_edge_push, which has one node to store in 256 leaves. */
static int store_node(void *arg, unsigned tile, uint64_t index, const uint8_t hash[HASH_LEN])
{
	struct derived *d = arg;
	int fd, err;

	if (tile >= TILE_LEVELS)
		return EOVERFLOW;
	err = own_file(d, (int)tile, &fd);
	return err != 0 ? err : fileio_write(fd, hash, HASH_LEN, index * HASH_LEN);
}

int derived_append(struct derived *d, struct tile_edge *edge, const uint8_t (*leaves)[HASH_LEN],
	const uint64_t *positions, size_t n)
{
	uint64_t first = edge->count;
	uint64_t *stored;
	int fd, err;

	stored = malloc(n * sizeof *stored);
	if (stored == NULL)
		return ENOMEM;
	for (size_t i = 0; i < n; i++)
		stored[i] = htole64(positions[i]);
	err = own_file(d, POSITION, &fd);
	if (err == 0)
		err = fileio_write(fd, stored, n * sizeof *stored, first * sizeof *stored);
	free(stored);
	if (err == 0)
		err = own_file(d, 0, &fd);
	if (err == 0)
		err = fileio_write(fd, leaves, n * HASH_LEN, first * HASH_LEN);
	for (size_t i = 0; err == 0 && i < n; i++)
		err = tile_edge_push(edge, leaves[i], store_node, d);
	return err;
}

int derived_sync(struct derived *d)
{
	if (!d->writable)
		return 0;
	for (int level = POSITION; level < TILE_LEVELS; level++) {
		int fd = *file_of(&d->own, level);

		if (fd >= 0 && fdatasync(fd) < 0)
			return errno;
	}
	if (d->created && (fsync(d->hash_fd) < 0 || fsync(d->ledger_fd) < 0))
		return errno;
	d->created = false;
	return 0;
}

static int read_whole(int fd, void *buf, size_t len, uint64_t offset)
{
	size_t got;
	int err;

	if (fd < 0)
		return EUCLEAN;
	err = fileio_read(fd, buf, len, offset, &got);
	return err != 0 ? err : got < len ? EUCLEAN : 0;
}

int derived_position(const struct derived *d, uint64_t seq, uint64_t *position)
{
	uint64_t stored;
	int err;

	err = read_whole(seq < d->trusted ? d->disk.position : d->own.position, &stored,
		sizeof stored, seq * sizeof stored);
	if (err == 0)
		*position = le64toh(stored);
	return err;
}

/* `count` neighbouring nodes of a stored level, of which the first may be on disk and the rest our
 * own. */
static int read_nodes(const struct derived *d, unsigned tile, uint64_t index, size_t count,
	uint8_t (*out)[HASH_LEN])
{
	uint64_t on_disk = d->trusted >> (TILE_HEIGHT * tile);
	size_t old = index >= on_disk     ? 0
		: on_disk - index < count ? (size_t)(on_disk - index)
					  : count;
	int err = 0;

	if (old > 0)
		err = read_whole(d->disk.hash[tile], out, old * HASH_LEN, index * HASH_LEN);
	if (err == 0 && old < count)
		err = read_whole(d->own.hash[tile], out + old, (count - old) * HASH_LEN,
			(index + old) * HASH_LEN);
	return err;
}

int derived_hash(const struct derived *d, unsigned level, uint64_t index, uint8_t out[HASH_LEN])
{
	uint8_t node[TILE_WIDTH / 2][HASH_LEN];
	unsigned above = level % TILE_HEIGHT;
	size_t count = (size_t)1 << above, i;
	int err;

	if (level >= MERKLE_DEPTH)
		return EINVAL;
	err = read_nodes(d, level / TILE_HEIGHT, index << above, count, node);
	if (err != 0)
		return err;
	for (; count > 1; count /= 2)
		for (i = 0; i < count / 2; i++)
			merkle_node(node[2 * i], node[2 * i + 1], node[i]);
	memcpy(out, node[0], HASH_LEN);
	return 0;
}

int derived_edge(const struct derived *d, uint64_t size, struct tile_edge *out)
{
	int err;

	tile_edge_init(out);
	out->count = size;
	for (unsigned bit = 0; bit < MERKLE_DEPTH; bit++) {
		struct merkle_edge *tile = &out->level[bit / TILE_HEIGHT];

		if (!(size >> bit & 1))
			continue;
		err = derived_hash(d, bit, (size >> bit) - 1, tile->node[bit % TILE_HEIGHT]);
		if (err != 0)
			return err;
		tile->count |= (uint64_t)1 << bit % TILE_HEIGHT;
	}
	return 0;
}
