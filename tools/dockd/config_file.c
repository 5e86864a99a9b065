/* The file of settings. */
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

static void complain_line(const struct reading *r, int number)
{
	render_line(stderr, _("custody-dockd: %s: line %d is no setting (name = value)"), r->file,
		number);
}

static void complain_setting(const struct reading *r, const struct ini_line *line, const char *flaw)
{
	render_line(stderr, "custody-dockd: %s: [%s] %s = %s: %s", r->file, line->section,
		line->key, line->value, _(flaw));
}

static bool take_line(void *arg, const struct ini_line *line)
{
	struct reading *r = arg;
	const char *flaw = line->key != NULL
		? config_entry(r->config, line->section, line->key, line->value)
		: NULL;
	if (line->section == NULL)
		complain_line(r, line->number);
	if (flaw != NULL)
		complain_setting(r, line, flaw);
	if (line->section == NULL || flaw != NULL)
		r->failed = true;
	return true; /* report all that is wrong in one run */
}

bool config_read_file(struct config *c, const char *file)
{
	struct reading r = { .config = c, .file = file };
	char *text = NULL;
	size_t len = 0;
	int err = file_read_bytes(file, FILE_MAX, &text, &len);
	if (err == 0)
		err = ini_read(text, len, take_line, &r);
	if (err != 0)
		render_line(stderr, "custody-dockd: %s: %s", file, i18n_error(err));
	free(text);
	return err == 0 && !r.failed;
}
