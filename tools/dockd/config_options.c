/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/dockd/config_private.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

/* Options that are also settings of the file come first, under the same name. */
static const struct option options[] = {
	{ "mount", required_argument, NULL, 'm' },
	{ "state", required_argument, NULL, 'S' },
	{ "quiet", required_argument, NULL, 'q' },
	{ "retry", required_argument, NULL, 'R' },
	{ "rescan", required_argument, NULL, 'r' },
	{ "unit", required_argument, NULL, 'u' },
	{ "device", required_argument, NULL, 'd' },
	{ "officer", required_argument, NULL, 'o' },
	{ "case", required_argument, NULL, 'C' },
	{ "into", required_argument, NULL, 'i' },
	{ "clear-source", no_argument, NULL, 'x' },
	{ "config", required_argument, NULL, 'c' },
	{ "status", no_argument, NULL, 's' },
	{ "json", no_argument, NULL, 'j' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	const char *option, *help;
} explanations[] = {
	{ "-c, --config FILE",
		N_("the settings; without it /etc/custody-dockd.conf, unless folders are given") },
	{ "-m, --mount MOUNTPOINT", N_("the mounted store") },
	{ "    --state FOLDER", N_("where the report lies; without it /var/lib/custody-dockd") },
	{ "-q, --quiet SECONDS", N_("how long a file must stay unchanged; without it 10") },
	{ "    --retry SECONDS",
		N_("when to try again what was refused, twice as long each time; without it 600") },
	{ "    --rescan SECONDS",
		N_("how often to look through everything again; without it 900") },
	{ "    --unit, --device, --officer, --case",
		N_("where the files come from if their names do not say") },
	{ "    --into FOLDER", N_("deposit everything into this one case folder") },
	{ "    --clear-source", N_("remove from the folder what is verified to be in the store") },
	{ "-s, --status", N_("print what waits and what was refused, and exit") },
	{ "    --json", N_("with --status: for programs") },
	{ "-v, --verbose", N_("say more") },
};

void config_usage(void)
{
	render_line(stdout, "%s", _("usage: custody-dockd [OPTION]... [FOLDER]..."));
	render_line(stdout, "%s",
		_("Watches folders of docking stations and deposits what arrives there."));
	for (size_t i = 0; i < sizeof explanations / sizeof explanations[0]; i++) {
		render_line(stdout, "  %s", explanations[i].option);
		render_line(stdout, "      %s", _(explanations[i].help));
	}
}

static void complain_argument(const char *what, const char *flaw)
{
	render_line(stderr, "custody-dockd: %s: %s", what, flaw);
}

/* Takes in an option.  NULL, or what is wrong. */
static const char *take_option(struct config *c, int letter, const char **file)
{
	switch (letter) {
	case 'c':
		*file = optarg;
		break;
	case 's':
		c->status = true;
		break;
	case 'j':
		c->json = true;
		break;
	case 'v':
		c->verbose = true;
		break;
	case 'h':
		c->help = true;
		break;
	case 'V':
		c->version = true;
		break;
	default:
		for (const struct option *o = options; o->name != NULL; o++)
			if (o->val == letter)
				return config_set(c, o->name, optarg != NULL ? optarg : "yes");
		return N_("custody-dockd --help lists the options");
	}
	return NULL;
}

static bool take_options(struct config *c, int argc, char **argv, const char **file)
{
	int letter, at = 0;
	while ((letter = getopt_long(argc, argv, "c:m:q:sv", options, &at)) != -1) {
		const char *flaw = take_option(c, letter, file);
		if (flaw != NULL) {
			complain_argument(letter == '?'  ? argv[optind - 1]
					: optarg != NULL ? optarg
							 : argv[optind - 1],
				_(flaw));
			return false;
		}
	}
	return true;
}

/* Takes in the folders of the command line. */
static bool take_folders(struct config *c, int argc, char **argv)
{
	for (int i = optind; i < argc; i++) {
		char *path = realpath(argv[i], NULL);
		struct dock *d;
		const char *flaw;
		if (path == NULL && *argv[i] == '/')
			path = render_format("%s", argv[i]); /* the folder may appear later */
		d = path != NULL ? config_dock(c, path) : NULL;
		flaw = path == NULL ? i18n_error(errno)
			: d == NULL ? _("there are too many folders")
				    : config_set_path(&d->path, path);
		free(path);
		if (flaw != NULL) {
			complain_argument(argv[i], _(flaw));
			return false;
		}
	}
	return true;
}

int config_read(struct config *c, int argc, char **argv)
{
	struct config *read = calloc(1, sizeof *read);
	const char *file = NULL;
	char *flaw = NULL;
	int status = STATUS_UNREACHABLE;
	memset(c, 0, sizeof *c);
	if (read == NULL || !take_options(c, argc, argv, &file) || !take_folders(c, argc, argv))
		goto out;
	if (file == NULL && c->count == 0 && access(CONFIG_FILE, F_OK) == 0)
		file = CONFIG_FILE;
	if (file != NULL && !c->help && !c->version && !config_read_file(read, file))
		goto out;
	if (c->count == 0) {
		memcpy(c->docks, read->docks, sizeof c->docks);
		c->count = read->count;
		read->count = 0;
	}
	config_inherit(c, read);
	if (!c->help && !c->version && !c->status && (flaw = config_flaw(c)) != NULL) {
		render_line(stderr, "custody-dockd: %s", flaw);
		goto out;
	}
	status = STATUS_DONE;
out:
	free(flaw);
	if (read != NULL)
		config_free(read);
	free(read);
	return status;
}
