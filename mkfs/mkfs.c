/* mkfs.custodyfs STORE: makes a store. */
#include <errno.h>
#include <fts.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "fs/store/store.h"
#include "policy/name.h"

static void usage(FILE *to)
{
	fprintf(to,
		_("Usage: mkfs.custodyfs [OPTION…] STORE\n"
		  "Makes a store of evidence in a new or empty folder.\n"
		  "\n"
		  "  --admin UID|LOGIN       the first administrator, who registers everyone else\n"
		  "  --admin-name NAME       that person's name (default: the login)\n"
		  "  --admin-number NUMBER   that person's number (default: the login, or the "
		  "uid)\n"
		  "  --utc-offset ±hh:mm     the office's time zone, which cannot be changed later "
		  "(default +08:00)\n"
		  "  --owner USER            the user who will own the store when root makes it, "
		  "and as whom custodyfs runs\n"
		  "  --key FILE              keep the ledger's signing key there, outside the "
		  "store\n"
		  "  --test-clock[=TIME]     a store for tests: its clock can be set, and it "
		  "always says so\n"
		  "  --version, --help\n"));
}

enum {
	OPT_ADMIN = 256,
	OPT_NAME,
	OPT_NUMBER,
	OPT_OFFSET,
	OPT_KEY,
	OPT_TEST,
	OPT_OWNER,
	OPT_HELP,
	OPT_VERSION
};

static const struct option longopts[] = { { "admin", required_argument, NULL, OPT_ADMIN },
	{ "admin-name", required_argument, NULL, OPT_NAME },
	{ "admin-number", required_argument, NULL, OPT_NUMBER },
	{ "utc-offset", required_argument, NULL, OPT_OFFSET },
	{ "owner", required_argument, NULL, OPT_OWNER },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "test-clock", optional_argument, NULL, OPT_TEST },
	{ "help", no_argument, NULL, OPT_HELP }, { "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 } };

/* Finds a user by login or number: the uid, and the login where there is one. */
static bool find_user(const char *text, uint32_t *uid, char *login, size_t cap)
{
	const struct passwd *pw = getpwnam(text);
	char *end;
	unsigned long n;

	if (pw == NULL) {
		errno = 0;
		n = strtoul(text, &end, 10);
		if (errno != 0 || end == text || *end != '\0' || *text == '-' || n >= UID_NONE)
			return false;
		*uid = (uint32_t)n;
		pw = getpwuid((uid_t)n);
	} else
		*uid = pw->pw_uid;
	snprintf(login, cap, "%s", pw != NULL ? pw->pw_name : text);
	return true;
}

/* getopt_long() found an unknown option, or one without its argument. */
static int complain_option(char **argv)
{
	fprintf(stderr,
		_("%s: the option %s is not known, or lacks its argument. --help lists the "
		  "options.\n"),
		"mkfs.custodyfs", argv[optind - 1]);
	return 2;
}

struct given {
	const char *admin, *start, *owner;
	uint32_t uid;
	char number[NAME_BUFFER];
}; /* number: the administrator's, in the form in which names are stored */

static bool read_offset(const char *text, int *minutes)
{
	if (offset_parse(text, minutes))
		return true;
	fprintf(stderr, _("mkfs.custodyfs: %s is no time zone. Write it like +08:00.\n"), text);
	return false;
}

/*
 * Reads the options; strings stay argv's.  0, an exit status, or -1 where nothing is left to do
 * (--help, --version).
 */
static int read_options(int argc, char **argv, struct store_params *p, struct given *g)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "hV", longopts, NULL)) != -1) {
		switch (opt) {
		case OPT_ADMIN:
			g->admin = optarg;
			break;
		case OPT_NAME:
			p->admin_name = optarg;
			break;
		case OPT_NUMBER:
			p->admin_number = optarg;
			break;
		case OPT_OWNER:
			g->owner = optarg;
			break;
		case OPT_KEY:
			p->key_path = optarg;
			break;
		case OPT_TEST:
			p->test_clock = true;
			g->start = optarg;
			break;
		case OPT_OFFSET:
			if (!read_offset(optarg, &p->utc_offset))
				return 2;
			break;
		case 'h':
		case OPT_HELP:
			usage(stdout);
			return -1;
		case 'V':
		case OPT_VERSION:
			printf("mkfs.custodyfs %s\n", CUSTODYFS_VERSION);
			return -1;
		default:
			return complain_option(argv);
		}
	}
	if (optind + 1 != argc) {
		usage(stderr);
		return 2;
	}
	p->path = argv[optind];
	return 0;
}

static int check_options(struct store_params *p, struct given *g, char *login, size_t cap)
{
	if (g->start != NULL && !instant_parse(g->start, p->utc_offset, &p->start)) {
		fprintf(stderr,
			_("mkfs.custodyfs: %s is no time. Write it like 2023-03-14T18:30.\n"),
			g->start);
		return 2;
	}
	if (g->owner != NULL &&
		(!find_user(g->owner, &g->uid, login, cap) || getpwuid(g->uid) == NULL)) {
		fprintf(stderr,
			_("mkfs.custodyfs: there is no user %s on this machine. Give a login or a "
			  "uid.\n"),
			g->owner);
		return 2;
	}
	if (g->owner != NULL && geteuid() != 0 && geteuid() != g->uid) {
		fprintf(stderr,
			_("mkfs.custodyfs: only root can make a store that belongs to %s.\n"),
			g->owner);
		return 1;
	}
	if (g->admin == NULL)
		return 0;
	if (!find_user(g->admin, &p->admin_uid, login, cap)) {
		fprintf(stderr,
			_("mkfs.custodyfs: there is no user %s on this machine. Give a login or a "
			  "uid.\n"),
			g->admin);
		return 2;
	}
	if (p->admin_name == NULL)
		p->admin_name = login;
	if (p->admin_number == NULL)
		p->admin_number = login;
	if (!text_valid(p->admin_name, 255) ||
		name_normalise(p->admin_number, g->number) != REASON_NONE ||
		strlen(g->number) > 63) {
		fprintf(stderr,
			_("mkfs.custodyfs: the administrator's name or number has characters that "
			  "are not allowed.\n"));
		return 2;
	}
	p->admin_number = g->number;
	return 0;
}

/* Gives the whole new store to its owner.  0 or an errno. */
static int give_to_owner(const char *store, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);
	char *roots[] = { (char *)store, NULL };
	FTS *tree = pw != NULL ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
	FTSENT *e;
	int err = pw == NULL ? ENOENT : tree == NULL ? errno : 0;

	while (err == 0 && (errno = 0, e = fts_read(tree)) != NULL)
		if (e->fts_info != FTS_DP && lchown(e->fts_path, pw->pw_uid, pw->pw_gid) != 0)
			err = errno;
	if (err == 0)
		err = errno;
	if (tree != NULL)
		fts_close(tree);
	return err;
}

int main(int argc, char **argv)
{
	struct store_params p = { .utc_offset = UTC_OFFSET_DEFAULT, .admin_uid = UID_NONE };
	struct given g = { .admin = NULL };
	struct store_message m;
	char login[256] = "";
	int rc, err;

	if (fileio_standard() != 0)
		return 1;
	i18n_init();
	opterr = 0; /* its own messages would be in English */
	umask(0077);
	rc = read_options(argc, argv, &p, &g);
	if (rc == 0)
		rc = check_options(&p, &g, login, sizeof login);
	if (rc != 0)
		return rc < 0 ? 0 : rc;
	if (digest_init() != 0) {
		fprintf(stderr, _("mkfs.custodyfs: the installed libgcrypt is too old.\n"));
		return 1;
	}
	if (store_make(&p, &m) != 0) {
		fprintf(stderr, "mkfs.custodyfs: %s\n", m.text);
		return 1;
	}
	err = g.owner != NULL ? give_to_owner(p.path, g.uid) : 0;
	if (err != 0) {
		fprintf(stderr,
			_("mkfs.custodyfs: the store is made, but %s cannot be made its owner: %s. "
			  "Do it with chown -R, or remove the store.\n"),
			g.owner, i18n_error(err));
		return 1;
	}
	printf(_("The store %s is made.\n"), p.path);
	if (p.admin_uid == UID_NONE)
		printf(_("It has no administrator: nobody can register units, devices and people. "
			 "If that was not meant, remove it and make it again with --admin.\n"));
	else
		printf(_("Administrator: %s (%s), uid %u.\n"), p.admin_name, p.admin_number,
			p.admin_uid);
	if (p.test_clock)
		printf(_(
			"Its clock can be set: it is for tests, and its ledger always says so.\n"));
	printf(_("Next: custodyfs %s MOUNTPOINT\n"), p.path);
	return 0;
}
