/* A ledger is made, opened and closed. */
#include "fs/store/ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "fs/store/ledger/ledger_internal.h"

int ledger_create(const char *dir)
{
	int fd, err;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = segments_create(fd);
	if (err == 0)
		err = derived_create(fd);
	if (err == 0 && fsync(fd) < 0)
		err = errno;
	close(fd);
	return err;
}

/* Opens the ledger's files; on an error none is open. */
static int open_files(struct ledger *l, const char *dir, struct ledger_fault *fault)
{
	bool writable = l->mode == LEDGER_WRITE;
	int err;

	l->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0)
		return errno;
	err = ledger_load_head(l, fault);
	if (err != 0)
		goto err0;
	err = segments_open(l->fd, writable, &l->segments);
	if (err == ENOENT) {
		ledger_fault_set(fault, _("segment: there are no segments"));
		err = EUCLEAN;
	}
	if (err != 0)
		goto err0;
	err = writable ? segments_settle(&l->segments) : 0;
	if (err == 0)
		err = derived_open(l->fd, writable, l->head.size, &l->derived);
	if (err == 0)
		return 0;
	segments_close(&l->segments);
err0:
	close(l->fd);
	return err;
}

static void close_files(struct ledger *l)
{
	derived_close(&l->derived);
	segments_close(&l->segments);
	close(l->fd);
}

int ledger_open(const char *dir, enum ledger_mode mode, const char *vkey, struct ledger **out,
	uint64_t *cut, struct ledger_fault *fault)
{
	uint8_t pub[KEY_PUBLIC_LEN];
	char origin[ORIGIN_MAX];
	struct ledger *l;
	uint64_t gone = 0;
	int err;

	ledger_fault_set(fault, "%s", "");
	err = vkey_parse(vkey, origin, pub);
	if (err != 0)
		return err;
	l = calloc(1, sizeof *l);
	if (l == NULL)
		return ENOMEM;
	l->mode = mode;
	vkey_format(origin, pub, l->vkey);
	err = open_files(l, dir, fault);
	if (err != 0)
		goto err0;
	err = ledger_recover(l, &gone, fault);
	if (err != 0)
		goto err1;
	if (cut != NULL)
		*cut = gone;
	*out = l;
	return 0;
err1:
	close_files(l);
err0:
	free(l);
	return err;
}

void ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	close_files(l);
	free(l);
}
