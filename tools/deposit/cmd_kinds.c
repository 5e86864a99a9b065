/*
 * custody kinds: checks whether content is of the kind that its name says.  The user must be
 * allowed to read it.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/media.h"
#include "tools/control/target.h"
#include "tools/deposit/commands.h"
#include "tools/deposit/kinds.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

struct looking {
	struct control *control;
	struct kinds *kinds;
	json_t *rows;
	int status;
};

static void print_kind(struct looking *l, const char *path, const char *mime, bool agrees)
{
	if (l->control->json)
		json_array_append_new(l->rows,
			json_pack("{s:s, s:s, s:b}", "path", path, "content", mime, "agrees",
				agrees));
	else if (!agrees)
		render_line(stdout, _("%s: the content is %s"), path, mime);
}

static void check_file(struct looking *l, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *below = NULL;
	const char *mime;
	if (fd < 0 || (mime = kinds_of(l->kinds, fd)) == NULL) {
		output_complain(l->control->out, path, "%s", i18n_error(errno));
		l->status = STATUS_REFUSED;
	} else if (target_path(l->control, path, &below) == 0) {
		bool agrees = media_agrees(
			media_of_name(
				strrchr(below, '/') != NULL ? strrchr(below, '/') + 1 : below),
			mime);
		print_kind(l, below, mime, agrees);
		if (!agrees && !kinds_report(l->control, "kind-mismatch", below, mime)) {
			output_complain(l->control->out, path, "%s",
				_("this could not be put on the ledger as a finding"));
			l->status = STATUS_REFUSED;
		}
	}
	free(below);
	if (fd >= 0)
		close(fd);
}

/* Checks a file, or all files below a folder. */
static void check_below(struct looking *l, char *path)
{
	char *paths[] = { path, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;
	if (tree == NULL) {
		output_complain(l->control->out, path, "%s", i18n_error(errno));
		l->status = STATUS_REFUSED;
	}
	while (tree != NULL && (e = fts_read(tree)) != NULL)
		if (e->fts_info == FTS_F)
			check_file(l, e->fts_path);
		else if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR ||
			e->fts_info == FTS_NS) {
			output_complain(
				l->control->out, e->fts_path, "%s", i18n_error(e->fts_errno));
			l->status = STATUS_REFUSED;
		}
	if (tree != NULL)
		fts_close(tree);
}

static int run_kinds(struct control *c, const struct options *o)
{
	struct looking l = { c, kinds_new(c), json_array(), STATUS_DONE };
	if (l.kinds == NULL) {
		json_decref(l.rows);
		return STATUS_UNREACHABLE;
	}
	for (int i = 0; i < o->argc; i++)
		check_below(&l, o->argv[i]);
	if (c->json) {
		json_t *answer = json_pack(
			"{s:b, s:O}", "ok", l.status == STATUS_DONE, "rows", l.rows);
		output_json(c->out, answer);
		json_decref(answer);
	}
	json_decref(l.rows);
	kinds_free(l.kinds);
	return l.status;
}

const struct command cmd_kinds[] = {
	{ "kinds", N_("PATH..."), 1, COMMAND_MANY, COMMAND_PATH_FIRST, 0, run_kinds,
		N_("check whether files are of the kind that their names say") },
	{ .name = NULL },
};
