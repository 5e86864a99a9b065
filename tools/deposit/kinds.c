#include "tools/deposit/kinds.h"

#include <errno.h>
#include <magic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/media.h"
#include "tools/control/control.h"
#include "tools/text/get.h"
#include "tools/text/output.h"

#define BEGINNING (256 << 10) /* bytes of a file that libmagic gets */

struct kinds {
	magic_t magic;
	char *buffer;
};

struct kinds *kinds_new(const struct control *c)
{
	struct kinds *k = calloc(1, sizeof *k);
	if (k == NULL)
		return NULL;
	k->buffer = malloc(BEGINNING);
	k->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR);
	if (k->buffer != NULL && k->magic != NULL && magic_load(k->magic, NULL) == 0)
		return k;
	output_complain(c->out, NULL, _("the kinds of files cannot be checked: %s"),
		k->magic != NULL ? magic_error(k->magic) : i18n_error(ENOMEM));
	kinds_free(k);
	return NULL;
}

void kinds_free(struct kinds *k)
{
	if (k == NULL)
		return;
	if (k->magic != NULL)
		magic_close(k->magic);
	free(k->buffer);
	free(k);
}

const char *kinds_of(struct kinds *k, int fd)
{
	ssize_t n = pread(fd, k->buffer, BEGINNING, 0);
	return n < 0     ? NULL
		: n == 0 ? "inode/x-empty"
			 : magic_buffer(k->magic, k->buffer, (size_t)n);
}

bool kinds_report(struct control *c, const char *rule, const char *path, const char *note)
{
	json_t *request = json_pack("{s:s, s:s, s:s, s:s}", "do", "finding.report", "rule", rule,
		       "path", path, "note", note),
	       *answer = NULL;
	bool taken = request != NULL && control_transact(c, request, &answer) == 0 &&
		get_true(answer, "ok");
	json_decref(request);
	json_decref(answer);
	return taken;
}

char *kinds_mismatch(struct kinds *k, int fd, const char *name)
{
	const char *mime = k != NULL ? kinds_of(k, fd) : NULL;
	return mime == NULL || media_agrees(media_of_name(name), mime) ? NULL : strdup(mime);
}
