/* The command line. */
#include "tools/text/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/output.h"
#include "tools/text/render.h"

#define OPTION_BASE 256 /* above the short options' characters */
#define OPTION_VERSION (OPTION_BASE + OPTION_COUNT)

/* OPTION_BIT() of an option that is a value. */
static uint64_t option_bit(int option)
{
	return UINT64_C(1) << option;
}

struct description {
	const char *name;
	const char *value; /* the word for its value in help; NULL: it takes none */
	const char *help;
};

static const struct description descriptions[OPTION_COUNT] = {
	[OPTION_UNIT] = { "unit", N_("UNIT"), N_("the unit's code or name; none: no unit") },
	[OPTION_UID] = { "uid", N_("UID"),
		N_("the person's login, as a name or a number; none: no login") },
	[OPTION_ROLES] = { "roles", N_("ROLES"),
		N_("officer, custodian, approver, legal, inspector, auditor, admin, with commas "
		   "between; or none") },
	[OPTION_FORMAL] = { "formal", NULL, N_("formal established staff (this is the default)") },
	[OPTION_AUXILIARY] = { "auxiliary", NULL, N_("auxiliary staff, who make no deposits") },
	[OPTION_CERTIFIED] = { "certified", N_("FROM[..TO]"),
		N_("days from and to which the person is certified; none: not certified") },
	[OPTION_PARTY] = { "party", N_("NAME"), N_("the party to the case") },
	[OPTION_CAUSE] = { "cause", N_("TEXT"), N_("what the case is about") },
	[OPTION_CLASS] = { "class", N_("CLASS"),
		N_("how long it is kept: patrol, evidence-10, evidence-30 or permanent") },
	[OPTION_CASE] = { "case", N_("NUMBER"),
		N_("the case: everything that belongs to it, or where it is to go") },
	[OPTION_PURPOSE] = { "purpose", N_("TEXT"), N_("what it is needed for") },
	[OPTION_FROM] = { "from", N_("TIME"), N_("from when on") },
	[OPTION_TO] = { "to", N_("TIME"), N_("until when") },
	[OPTION_OPENS] = { "opens", N_("N"),
		N_("how often it may be opened (default: any number of times)") },
	[OPTION_REASON] = { "reason", N_("TEXT"), N_("why, for the ledger") },
	[OPTION_OPEN] = { "open", NULL, N_("only those that are not settled yet") },
	[OPTION_RULE] = { "rule", N_("RULE"),
		N_("only of this rule: late, gap, kind-mismatch, name-conflict, out-of-service, "
		   "uncertified, no-custodian, no-offline-copy, clock, refusal-storm or "
		   "not-informed") },
	[OPTION_PENDING] = { "pending", NULL, N_("only those that are not decided yet") },
	[OPTION_ON] = { "on", N_("DATE"), N_("the day; today if it is left out") },
	[OPTION_PERSON] = { "person", N_("NUMBER"), N_("what this person did") },
	[OPTION_SINCE] = { "since", N_("TIME"), N_("from then on") },
	[OPTION_UNTIL] = { "until", N_("TIME"), N_("before then") },
	[OPTION_VERB] = { "verb", N_("VERB"),
		N_("what is to be done: open-read, open-write, create, rename, unlink and so on") },
	[OPTION_ALL] = { "all", NULL,
		N_("every item in the store; of holds, those that were released as well") },
	[OPTION_AGAINST] = { "against", N_("FILE"),
		N_("compare with a head that was kept elsewhere") },
	[OPTION_GROUND] = { "ground", N_("N"),
		N_("the ground of Art. 12: 1 complaint, 2 obstruction, 3 mass incident or "
		   "emergency, 4 other (with a reason)") },
	[OPTION_NO_OFFLINE_COPY] = { "no-offline-copy", NULL,
		N_("held items that are on no offline copy, or only on some that failed") },
	[OPTION_TYPE] = { "type", N_("TYPE"), N_("the kind of medium: bd, usb or tape") },
	[OPTION_MANIFEST] = { "manifest", N_("FILE"),
		N_("write the digests to this file, as sha256sum reads them") },
	[OPTION_OVERDUE] = { "overdue", NULL,
		N_("media that should be read again, or whose last reading failed") },
	[OPTION_HELD] = { "held", NULL, N_("all held items that are on no offline copy") },
	[OPTION_EXPIRED] = { "expired", NULL,
		N_("all items whose term has ended and that have no hold") },
	[OPTION_INCOMPLETE] = { "incomplete", NULL,
		N_("deposits that broke off: those named by number, or all") },
	[OPTION_WITHDRAWN] = { "withdrawn", NULL,
		N_("deposits that were withdrawn: those named by number, or all") },
	[OPTION_DONE] = { "done", NULL, N_("the register of what was disposed of") },
	[OPTION_OUTPUT] = { "output", N_("FILE"), N_("write to this file (also -o)") },
	[OPTION_DEVICE] = { "device", N_("SERIAL"), N_("the device, if names do not say it") },
	[OPTION_OFFICER] = { "officer", N_("NUMBER"), N_("the officer, if names do not say it") },
	[OPTION_DRY_RUN] = { "dry-run", NULL, N_("say what would be done, and change nothing") },
	[OPTION_CLEAR_SOURCE] = { "clear-source", NULL,
		N_("remove from the source what is verified to be in the store") },
	[OPTION_RECEIPT] = { "receipt", N_("FILE"),
		N_("write the receipt to this file as well (as JSON where its name ends in "
		   ".json)") },
};

static void fill_long_options(struct option *out)
{
	static const struct option globals[] = {
		{ "mount", required_argument, NULL, 'm' },
		{ "store", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, OPTION_VERSION },
		{ NULL, 0, NULL, 0 },
	};
	for (int i = 0; i < OPTION_COUNT; i++)
		out[i] = (struct option){ descriptions[i].name,
			descriptions[i].value != NULL ? required_argument : no_argument, NULL,
			OPTION_BASE + i };
	memcpy(out + OPTION_COUNT, globals, sizeof globals);
}

static bool take_value(struct options *o, int which, const char *value)
{
	if ((o->given & option_bit(which)) != 0) {
		output_complain(o->out, NULL, _("--%s is given twice"), descriptions[which].name);
		return false;
	}
	o->given |= option_bit(which);
	o->value[which] = value != NULL ? value : "";
	return true;
}

static bool take_one(struct options *o, int c, char **argv)
{
	switch (c) {
	case 'm':
		o->mount = optarg;
		return true;
	case 's':
		o->store = optarg;
		return true;
	case 'j':
		o->json = true;
		return true;
	case 'h':
		o->help = true;
		return true;
	case 'o':
		return take_value(o, OPTION_OUTPUT, optarg);
	case OPTION_VERSION:
		o->version = true;
		return true;
	case ':':
		output_complain(o->out, argv[optind - 1], "%s", _("the option needs a value"));
		return false;
	case '?':
		output_complain(o->out, argv[optind - 1], "%s",
			_("there is no such option, or it is ambiguous or takes no value"));
		return false;
	default:
		return take_value(o, c - OPTION_BASE, optarg);
	}
}

bool options_parse(int argc, char **argv, struct options *o)
{
	struct option longs[OPTION_COUNT + 6];
	int c;
	bool good = true;
	fill_long_options(longs);
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":m:s:o:h", longs, NULL)) != -1)
		if (good || c == 'j') /* --json counts wherever it is given */
			good = take_one(o, c, argv) && good;
	if (!good)
		return false;
	if (o->mount != NULL && o->store != NULL) {
		output_complain(o->out, NULL, "%s", _("-m and -s cannot be given together"));
		return false;
	}
	o->argc = argc - optind;
	o->argv = argv + optind;
	return true;
}

bool options_allowed(const struct options *o, uint64_t allowed, const char *command)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if ((o->given & ~allowed & option_bit(i)) == 0)
			continue;
		output_complain(o->out, command, _("--%s is not an option of this command"),
			descriptions[i].name);
		return false;
	}
	return true;
}

void options_explain(uint64_t set)
{
	struct render_table *t = render_table_new(2, NULL, 0);
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct description *d = &descriptions[i];
		if ((set & option_bit(i)) == 0)
			continue;
		render_table_set(t, 0,
			render_format("  --%s%s%s", d->name, d->value != NULL ? " " : "",
				d->value != NULL ? _(d->value) : ""));
		render_table_set(t, 1, render_format("%s", _(d->help)));
		render_table_row(t);
	}
	render_table_free(t, stdout);
}

bool options_number(const char *text, int64_t *out)
{
	char *end = NULL;
	long long n;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*out = n;
	return true;
}
