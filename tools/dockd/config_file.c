/* The file of settings. */
#include <errno.h>
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "fs/store/base/ini.h"
#include "tools/dockd/config_private.h"
#include "tools/text/file.h"
#include "tools/text/render.h"

#define FILE_MAX (1 << 20) /* bytes */

struct reading {
	struct config *config;
	const char *file;
	bool failed;
};

static bool take_line(void *arg, const struct ini_line *line)
{
	struct reading *r = arg;
	const char *flaw = line->key != NULL
		? config_entry(r->config, line->section, line->key, line->value)
		: NULL;
	if (flaw != NULL) {
		render_line(stderr, "custody-dockd: %s: [%s] %s = %s: %s", r->file, line->section,
			line->key, line->value, _(flaw));
		r->failed = true;
	}
	return true; /* report all that is wrong in one run */
}

bool config_read_file(struct config *c, const char *file)
{
	struct reading r = { .config = c, .file = file };
	char *text = NULL;
	size_t len = 0;
	int line = 0, err = file_read_bytes(file, FILE_MAX, &text, &len);
	if (err == 0) {
		err = ini_read(text, len, take_line, &r, &line);
		if (err == EINVAL)
			render_line(stderr,
				_("custody-dockd: %s: line %d is no setting (name = value)"), file,
				line);
		free(text);
	}
	if (err != 0 && line == 0)
		render_line(stderr, "custody-dockd: %s: %s", file, i18n_error(err));
	return err == 0 && !r.failed;
}
