#include "fs/store/query/why_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "policy/calendar.h"
#include "policy/term.h"

#define HOLDS_TOLD 5
#define DATE_CAP 96

static const char *const months[] = { N_("January"), N_("February"), N_("March"), N_("April"),
	N_("May"), N_("June"), N_("July"), N_("August"), N_("September"), N_("October"),
	N_("November"), N_("December") };

static const char *const grounds[] = { "", N_("objection, complaint or petition"),
	N_("obstruction, abuse or assault"), N_("mass incident or emergency"),
	N_("another important circumstance") };

const char *why_ground(int ground)
{
	return ground >= 1 && ground <= 4 ? _(grounds[ground]) : "";
}

static const struct {
	const char *name, *text;
} classes[] = {
	{ "patrol", N_("daily patrol") },
	{ "evidence", N_("evidence, as long as its case") },
	{ "long-term", N_("long-term preservation") },
	{ "evidence-10", N_("evidence, 10 years") },
	{ "evidence-30", N_("evidence, 30 years") },
	{ "permanent", N_("permanent") },
};

const char *why_class(const char *name)
{
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (strcmp(classes[i].name, name) == 0)
			return _(classes[i].text);
	return name;
}

static const char *text_of(const json_t *j, const char *key)
{
	const char *text = json_string_value(json_object_get(j, key));

	return text != NULL ? text : "";
}

/* "1 March 2024"; "" where it is no date.  An instant's local date is as it is written. */
static const char *date_words(const char *text, char out[DATE_CAP])
{
	char date[DAY_TEXT];
	int year, month, day;
	int32_t d;

	snprintf(date, sizeof date, "%.10s", text);
	out[0] = '\0';
	if (!day_parse(date, &d))
		return out;
	day_to_civil(d, &year, &month, &day);
	/* TRANSLATORS: a date: day, month, year */
	snprintf(out, DATE_CAP, _("%1$d %2$s %3$d"), day, _(months[month - 1]), year);
	return out;
}

/* The same with the time. */
static const char *time_words(const char *text, char out[DATE_CAP])
{
	char date[DATE_CAP], whole[2 * DATE_CAP];

	if (*date_words(text, date) == '\0' || strlen(text) < 16)
		return memcpy(out, date, DATE_CAP);
	snprintf(whole, sizeof whole, _("%s, %.5s"), date, text + 11);
	snprintf(out, DATE_CAP, "%.*s", DATE_CAP - 1, whole);
	return out;
}

/* With the time where it is not midnight. */
static const char *instant_words(const char *text, char out[DATE_CAP])
{
	return strlen(text) >= 16 && strncmp(text + 11, "00:00", 5) == 0 ? date_words(text, out)
									 : time_words(text, out);
}

static const char *person_words(const json_t *p, char *out, size_t cap)
{
	snprintf(out, cap, _("%s (%s)"), text_of(p, "name"), text_of(p, "number"));
	return out;
}

/* What decides that it has no end (yet). */
static void tell_endless(FILE *f, const json_t *facts, const char *until)
{
	const char *basis = text_of(facts, "basis"), *class = why_class(text_of(facts, "class"));
	const json_t *kase = json_object_get(facts, "case");

	fputc(' ', f);
	if (strcmp(basis, "case") == 0 && strcmp(until, "open") == 0)
		fprintf(f, _("It belongs to the case %s (class %s), which is not closed yet."),
			text_of(kase, "number"), class);
	else if (strcmp(basis, "case") == 0)
		fprintf(f, _("It belongs to the case %s, whose class is %s."),
			text_of(kase, "number"), class);
	else if (strcmp(basis, "folder") == 0)
		fprintf(f, _("The folder %s asks for the class %s for all that lies in it."),
			text_of(facts, "folder"), class);
	else if (strcmp(until, "open") == 0)
		fprintf(f, _("Its class is %s, and it belongs to no case that is closed."), class);
	else
		fprintf(f, _("Its class is %s."), class);
}

/* Which rule gives the end of its term. */
static void tell_end(FILE *f, const json_t *facts, const char *until)
{
	const char *basis = text_of(facts, "basis"), *class = why_class(text_of(facts, "class"));
	const json_t *kase = json_object_get(facts, "case");
	char end[DATE_CAP], day[DATE_CAP];

	instant_words(until, end);
	fputc(' ', f);
	if (strcmp(basis, "case") == 0 && text_of(kase, "closed")[0] != '\0')
		fprintf(f,
			_("It belongs to the case %s (class %s), closed on %s: its term ends with "
			  "the beginning of %s."),
			text_of(kase, "number"), class, date_words(text_of(kase, "closed"), day),
			end);
	else if (strcmp(basis, "case") == 0)
		fprintf(f,
			_("It belongs to the case %s (class %s): its term ends with the beginning "
			  "of %s."),
			text_of(kase, "number"), class, end);
	else if (strcmp(basis, "folder") == 0)
		fprintf(f, _("The folder %s asks for that: the term ends at %s."),
			text_of(facts, "folder"), time_words(until, day));
	else if (strcmp(basis, "class") == 0)
		fprintf(f,
			_("It was recorded on %s and its class is %s: its term ends with the "
			  "beginning of %s."),
			date_words(text_of(facts, "recorded_on"), day), class, end);
	else if (strcmp(basis, "date") == 0)
		fprintf(f, _("A time was set for it: its term ends at %s."),
			time_words(until, day));
	else
		fprintf(f,
			_("That was promised at its deposit: its term ends with the beginning of "
			  "%s."),
			end);
}

static bool ends(const char *until)
{
	return until[0] >= '0' && until[0] <= '9';
}

static void tell_term(FILE *f, const json_t *facts)
{
	const char *until = text_of(facts, "retain_until");

	if (ends(until))
		tell_end(f, facts, until);
	else if (*until != '\0')
		tell_endless(f, facts, until);
}

static void tell_hold(FILE *f, const json_t *h)
{
	const json_t *asked = json_object_get(h, "release_asked_by");
	char who[512], when[DATE_CAP];
	const char *reason = text_of(h, "reason"), *from = text_of(h, "from");
	int ground = (int)json_integer_value(json_object_get(h, "ground"));

	fputc(' ', f);
	fprintf(f, _("The hold \"%s\" (ground %d: %s) was set by %s on %s"), text_of(h, "name"),
		ground, why_ground(ground),
		person_words(json_object_get(h, "set_by"), who, sizeof who),
		date_words(text_of(h, "set_at"), when));
	if (*from != '\0')
		fprintf(f, _(" on %s"), from);
	if (*reason != '\0')
		fprintf(f, _(": %s"), reason);
	fputs(_("."), f);
	if (json_is_object(asked)) {
		fputc(' ', f);
		fprintf(f, _("%s has asked for its release, which waits for a second person."),
			person_words(asked, who, sizeof who));
	}
}

static void tell_holds(FILE *f, const json_t *facts)
{
	const json_t *holds = json_object_get(facts, "holds"), *h;
	size_t i, n = json_array_size(holds);

	json_array_foreach(holds, i, h)
		if (i < HOLDS_TOLD)
			tell_hold(f, h);
	if (n > HOLDS_TOLD)
		fprintf(f,
			ngettext(" There is %zu more hold on it.",
				" There are %zu more holds on it.", n - HOLDS_TOLD),
			n - HOLDS_TOLD);
}

/* What would have to happen, and when that can be at the earliest. */
static void tell_next(FILE *f, enum reason why, const json_t *facts)
{
	const char *until = text_of(facts, "retain_until");
	bool over = json_is_true(json_object_get(facts, "over"));
	char day[DATE_CAP];

	if (why == REASON_RETAINED && ends(until)) {
		fputc(' ', f);
		fprintf(f, _("Its disposal can be proposed from %s on, not before."),
			instant_words(until, day));
	} else if (why == REASON_HELD && over)
		fprintf(f, " %s",
			_("Its term is over: once all holds on it are released, its disposal can "
			  "be proposed."));
	else if (why == REASON_HELD && ends(until)) {
		fputc(' ', f);
		fprintf(f,
			_("Once all holds on it are released, its disposal can be proposed from %s "
			  "on, not before."),
			instant_words(until, day));
	}
}

static void tell_request(FILE *f, const json_t *facts)
{
	const json_t *r = json_object_get(facts, "request"), *by = json_object_get(r, "decided_by");
	char who[512], a[DATE_CAP], b[DATE_CAP];
	long long id = (long long)json_integer_value(json_object_get(r, "id"));

	if (r == NULL)
		return;
	fputc(' ', f);
	fprintf(f, _("Your request %lld is for %s to %s"), id, instant_words(text_of(r, "from"), a),
		instant_words(text_of(r, "to"), b));
	if (json_integer_value(json_object_get(r, "opens")) > 0)
		fprintf(f, _(", opened %lld of %lld times"),
			(long long)json_integer_value(json_object_get(r, "used")),
			(long long)json_integer_value(json_object_get(r, "opens")));
	if (json_is_object(by))
		fprintf(f, _(", decided by %s on %s"), person_words(by, who, sizeof who),
			date_words(text_of(r, "decided_at"), a));
	if (text_of(r, "reason")[0] != '\0')
		fprintf(f, _(": %s"), text_of(r, "reason"));
	fputs(_("."), f);
}

static void tell_sealed(FILE *f, const json_t *facts)
{
	char day[DATE_CAP];

	if (instant_words(text_of(facts, "sealed_at"), day)[0] == '\0')
		return;
	fputc(' ', f);
	fprintf(f, _("It was sealed on %s."), day);
}

static void tell_facts(FILE *f, enum reason why, const json_t *facts)
{
	if (why == REASON_HELD) {
		tell_holds(f, facts);
		tell_term(f, facts);
	} else if (why == REASON_RETAINED || why == REASON_TERM_OPEN ||
		why == REASON_TERM_PERMANENT || why == REASON_PROCEDURE || why == REASON_SHORTENS) {
		tell_term(f, facts);
		tell_holds(f, facts);
	} else if (why == REASON_SEALED || why == REASON_LABEL_FIXED)
		tell_sealed(f, facts);
	else
		tell_request(f, facts);
	tell_next(f, why, facts);
}

char *why_text(enum reason why, const json_t *facts)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	fputs(_(reason_text(why)), f);
	tell_facts(f, why, facts);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
