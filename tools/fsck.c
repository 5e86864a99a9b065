/* fsck.custodyfs STORE: checks a store, or rebuilds its catalog from the ledger. */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "fs/store/check.h"
#include "tools/text/progress.h"

enum { EXIT_CLEAN = 0, EXIT_PROBLEMS = 1, EXIT_FAILED = 2 };

struct fsck {
	bool json, rebuild, content;
	const char *store;
	json_t *problems;
	size_t count;
	struct progress bar;
	int stage; /* whose bar is shown; -1: none */
};

static void usage(FILE *to)
{
	fprintf(to,
		_("Usage: fsck.custodyfs [OPTION…] STORE\n"
		  "Checks a store: the ledger, the catalog against the ledger, and that every "
		  "item's content is there.\n\n"
		  "  --content    also read every byte of every item and verify it\n"
		  "  --rebuild    make all that is derived again from the ledger's records (the "
		  "store must not be mounted)\n"
		  "  --json       one JSON document on standard output\n"
		  "  --version, --help\n\n"
		  "Exit status: 0 nothing wrong, 1 problems were found, 2 it could not be "
		  "checked.\n"));
}

static const char *const stage_name[] = { "ledger", "catalog", "blobs", "content" };

static void show_progress(void *arg, enum check_stage stage, uint64_t done, uint64_t total)
{
	const char *const label[] = { _("Ledger"), _("Catalog"), _("Items"), _("Content") };
	struct fsck *f = arg;

	if (f->stage != (int)stage) {
		if (f->stage >= 0)
			progress_end(&f->bar);
		progress_begin(&f->bar, label[stage], false);
		f->stage = (int)stage;
	}
	progress_show(&f->bar, done, total);
}

static void end_progress(struct fsck *f)
{
	if (f->stage >= 0)
		progress_end(&f->bar);
	f->stage = -1;
}

static void add_problem(void *arg, enum check_stage stage, int64_t item, const char *text)
{
	struct fsck *f = arg;

	f->count++;
	if (f->json) {
		json_array_append_new(f->problems,
			json_pack("{s:s, s:o, s:s}", "stage", stage_name[stage], "item",
				item != 0 ? json_integer(item) : json_null(), "text", text));
		return;
	}
	end_progress(f);
	printf("%s\n", text);
	fflush(stdout);
}

static void show_replayed(void *arg, uint64_t done, uint64_t total)
{
	show_progress(arg, CHECK_CATALOG, done, total);
}

static int check_store(struct fsck *f, struct store_message *m)
{
	struct check_report report = {
		.arg = f, .problem = add_problem, .progress = show_progress
	};
	int err;

	if (f->rebuild) {
		err = store_rebuild(f->store, show_replayed, f, m);
		end_progress(f);
		if (err != 0)
			return err;
		if (!f->json)
			printf(_("The catalog has been made again from the ledger.\n"));
	}
	err = store_check(f->store, f->content, &report, m);
	end_progress(f);
	return err;
}

static int print_result(struct fsck *f, int err, const struct store_message *m)
{
	int status = err != 0 ? EXIT_FAILED : f->count > 0 ? EXIT_PROBLEMS : EXIT_CLEAN;
	json_t *j;

	if (f->json) {
		j = json_pack("{s:s, s:b, s:b, s:O, s:s?}", "store", f->store, "checked", err == 0,
			"clean", status == EXIT_CLEAN, "problems", f->problems, "error",
			err == 0                     ? NULL
				: m->text[0] != '\0' ? m->text
						     : i18n_error(err));
		json_dumpf(j, stdout, JSON_INDENT(2));
		printf("\n");
		json_decref(j);
	} else if (err != 0)
		fprintf(stderr, "fsck.custodyfs: %s\n",
			m->text[0] != '\0' ? m->text : i18n_error(err));
	else if (f->count == 0)
		printf(_("%s: nothing wrong.\n"), f->store);
	else
		printf(ngettext("%s: %zu problem.\n", "%s: %zu problems.\n", f->count), f->store,
			f->count);
	return status;
}

/* getopt_long() found an unknown option, or one without its argument. */
static int complain_option(char **argv)
{
	fprintf(stderr,
		_("%s: the option %s is not known, or lacks its argument. --help lists the "
		  "options.\n"),
		"fsck.custodyfs", argv[optind - 1]);
	return EXIT_FAILED;
}

/*
 * Started by root, it becomes the owner of the store: files that --rebuild makes then belong to the
 * owner, and files that the owner cannot read are found.
 */
static int become_owner(const char *store)
{
	struct stat st;

	if (geteuid() != 0 || stat(store, &st) != 0 || st.st_uid == 0)
		return 0;
	return setgroups(0, NULL) == 0 && setgid(st.st_gid) == 0 && setuid(st.st_uid) == 0 ? 0
											   : errno;
}

int main(int argc, char **argv)
{
	static const struct option longopts[] = { { "content", no_argument, NULL, 'c' },
		{ "rebuild", no_argument, NULL, 'r' }, { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 } };
	struct fsck f = { .stage = -1 };
	struct store_message m = { "" };
	int opt, status, err;

	if (fileio_standard() != 0)
		return EXIT_FAILED;
	i18n_init();
	opterr = 0; /* its own messages would be in English */
	while ((opt = getopt_long(argc, argv, "hV", longopts, NULL)) != -1) {
		switch (opt) {
		case 'c':
			f.content = true;
			break;
		case 'r':
			f.rebuild = true;
			break;
		case 'j':
			f.json = true;
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'V':
			printf("fsck.custodyfs %s\n", CUSTODYFS_VERSION);
			return 0;
		default:
			return complain_option(argv);
		}
	}
	if (optind + 1 != argc) {
		usage(stderr);
		return EXIT_FAILED;
	}
	f.store = argv[optind];
	f.problems = json_array();
	if (f.problems == NULL)
		return EXIT_FAILED;
	err = digest_init() != 0 ? EIO : become_owner(f.store);
	status = print_result(&f, err != 0 ? err : check_store(&f, &m), &m);
	json_decref(f.problems);
	return status;
}
