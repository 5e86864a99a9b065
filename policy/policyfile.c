/* What a policy file says, and whether it may be in force.  The contract is in policyfile.h. */
#include "policy/policyfile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/name.h"
#include "policy/reader.h"

#define N_(s) s /* marks a sentence for translation; it is translated where it is shown */
#define CLASS_PREFIX "class "
#define BUILTIN_LABEL "custodyfs"
#define BUILTIN_INTERPRETER "法规科"

static const struct {
	const char *name, *text;
} faults[FAULT_COUNT] = {
	[FAULT_NONE] = { "none", N_("Nothing is wrong with it.") },
	[FAULT_SYNTAX] = { "syntax",
		N_("This is neither a section in brackets nor a line of the form key = value.") },
	[FAULT_BYTES] = { "bytes", N_("This is not plain UTF-8 text of at most 16 KiB.") },
	[FAULT_SECTION] = { "section-unknown",
		N_("There is no such section; there are [policy], [class NAME], [settings] and "
		   "[readers].") },
	[FAULT_KEY] = { "key-unknown", N_("There is no such key in this section.") },
	[FAULT_TWICE] = { "twice", N_("This is given twice.") },
	[FAULT_MANY] = { "many", N_("There are too many of these.") },
	[FAULT_TEXT] = { "text-bad", N_("This takes a text of 1 to 255 bytes.") },
	[FAULT_DATE] = { "date-bad", N_("This takes a date in the form YYYY-MM-DD.") },
	[FAULT_CLASS_NAME] = { "class-name-bad",
		N_("A class is named with 1 to 31 lower-case letters, digits and hyphens, a letter "
		   "first.") },
	[FAULT_KIND] = { "kind-bad",
		N_("The kind is one of recorded, case-closed, case and permanent.") },
	[FAULT_TERM] = { "term-bad",
		N_("A term is 1 to 12000 months or 1 to 1000 years, never zero.") },
	[FAULT_NUMBER] = { "number-bad",
		N_("This takes a whole number within its range; custody policy check lists the "
		   "settings and their ranges.") },
	[FAULT_READER] = { "reader-bad",
		N_("This takes the name of a program, without its folder, of at most 63 bytes; it "
		   "may begin or end with *, and ! before it has the program served after all.") },
	[FAULT_KIND_MISSING] = { "kind-missing", N_("The class says no kind.") },
	[FAULT_TERM_MISSING] = { "term-missing",
		N_("A class of this kind needs months or years, and there is no default.") },
	[FAULT_TERM_NEEDLESS] = { "term-needless",
		N_("A class of this kind takes neither months nor years.") },
	[FAULT_LABEL_MISSING] = { "label-missing",
		N_("The section [policy] needs a label, by which people know the policy.") },
	[FAULT_EFFECTIVE_MISSING] = { "effective-missing",
		N_("The section [policy] needs the day from which it is effective.") },
	[FAULT_INTERPRETER_MISSING] = { "interpreter-missing",
		N_("The section [policy] needs the interpreter, the section that interprets it "
		   "(Art. 24).") },
	[FAULT_PATROL] = { "patrol-short",
		N_("There must be a class patrol of the kind recorded with at least 6 months (Art. "
		   "11).") },
	[FAULT_EVIDENCE] = { "evidence-missing",
		N_("There must be a class evidence of the kind case (Art. 11).") },
	[FAULT_LONG_TERM] = { "long-term-missing",
		N_("There must be a class long-term of the kind permanent or recorded, kept no "
		   "shorter than patrol (Art. 12).") },
	[FAULT_CASES] = { "case-class-missing",
		N_("There must be a class of the kind case-closed or permanent, for cases.") },
};

const char *policy_fault_name(enum policy_fault_kind k)
{
	return faults[(unsigned)k < FAULT_COUNT ? k : FAULT_SYNTAX].name;
}

const char *policy_fault_text(enum policy_fault_kind k)
{
	return faults[(unsigned)k < FAULT_COUNT ? k : FAULT_SYNTAX].text;
}

/* As much of a text as fits, cut between two characters.  It is UTF-8: one begins near the cut. */
static void copy_cut(char *out, size_t cap, const char *text)
{
	size_t len = strlen(text);

	if (len >= cap)
		for (len = cap - 1; ((unsigned char)text[len] & 0xc0) == 0x80; len--)
			;
	memcpy(out, text, len);
	out[len] = '\0';
}

static bool wrong(struct policy_fault *f, enum policy_fault_kind kind, const char *section,
	const char *key, int line)
{
	*f = (struct policy_fault){ .kind = kind, .line = line };
	copy_cut(f->section, sizeof f->section, section);
	copy_cut(f->key, sizeof f->key, key);
	return false;
}

/* The class that a section's heading names; NULL where it names none that was begun. */
static struct class_rule *class_of(struct policyfile *p, const char *section)
{
	const char *name = section + sizeof CLASS_PREFIX - 1;

	if (strncmp(section, CLASS_PREFIX, sizeof CLASS_PREFIX - 1) != 0)
		return NULL;
	for (size_t i = 0; i < p->class_count; i++)
		if (strcmp(p->classes[i].name, name) == 0)
			return &p->classes[i];
	return NULL;
}

bool policyfile_section(
	struct policyfile *p, const char *section, int line, struct policy_fault *fault)
{
	const char *name = section + sizeof CLASS_PREFIX - 1;
	struct class_rule *r;

	if (strcmp(section, "policy") == 0 || strcmp(section, "settings") == 0 ||
		strcmp(section, "readers") == 0)
		return true;
	if (strncmp(section, CLASS_PREFIX, sizeof CLASS_PREFIX - 1) != 0)
		return wrong(fault, FAULT_SECTION, section, "", line);
	if (!class_name_valid(name))
		return wrong(fault, FAULT_CLASS_NAME, section, "", line);
	if (class_of(p, section) != NULL)
		return wrong(fault, FAULT_TWICE, section, "", line);
	if (p->class_count == POLICY_CLASSES)
		return wrong(fault, FAULT_MANY, section, "", line);
	r = &p->classes[p->class_count];
	*r = (struct class_rule){ .kind = CLASS_KIND_COUNT };
	snprintf(r->name, sizeof r->name, "%s", name);
	p->class_line[p->class_count++] = line;
	return true;
}

static enum policy_fault_kind set_text(char out[POLICY_LABEL], const char *value)
{
	if (out[0] != '\0')
		return FAULT_TWICE;
	if (!text_valid(value, POLICY_LABEL - 1))
		return FAULT_TEXT;
	snprintf(out, POLICY_LABEL, "%s", value);
	return FAULT_NONE;
}

static enum policy_fault_kind set_policy(struct policyfile *p, const char *key, const char *value)
{
	if (strcmp(key, "label") == 0)
		return set_text(p->label, value);
	if (strcmp(key, "interpreter") == 0)
		return set_text(p->interpreter, value);
	if (strcmp(key, "effective") != 0)
		return FAULT_KEY;
	if (p->effective != DAY_NONE)
		return FAULT_TWICE;
	return day_parse(value, &p->effective) ? FAULT_NONE : FAULT_DATE;
}

/* Digits and nothing else; false where they are none, or more than fifteen. */
static bool number(const char *text, int64_t *out)
{
	size_t len = strspn(text, "0123456789");

	if (len == 0 || len > 15 || text[len] != '\0')
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

static enum policy_fault_kind set_class(struct class_rule *r, const char *key, const char *value)
{
	int unit = strcmp(key, "years") == 0 ? 12 : 1;
	int64_t n;

	if (strcmp(key, "kind") == 0) {
		if (r->kind != CLASS_KIND_COUNT)
			return FAULT_TWICE;
		r->kind = class_kind_parse(value);
		return r->kind != CLASS_KIND_COUNT ? FAULT_NONE : FAULT_KIND;
	}
	if (unit == 1 && strcmp(key, "months") != 0)
		return FAULT_KEY;
	if (r->months != 0)
		return FAULT_TWICE;
	if (!number(value, &n) || n < 1 || n > TERM_MONTHS_MAX / unit)
		return FAULT_TERM;
	r->months = (int)n * unit;
	return FAULT_NONE;
}

static enum policy_fault_kind set_setting(struct policyfile *p, const char *key, const char *value)
{
	struct policy_value v = { .rule = setting_find(key) };

	if (v.rule == NULL)
		return FAULT_KEY;
	for (size_t i = 0; i < p->setting_count; i++)
		if (p->settings[i].rule == v.rule)
			return FAULT_TWICE;
	if (!number(value, &v.value) || v.value < v.rule->least || v.value > v.rule->most)
		return FAULT_NUMBER;
	p->settings[p->setting_count++] = v;
	return FAULT_NONE;
}

static enum policy_fault_kind set_reader(struct policyfile *p, const char *key, const char *value)
{
	if (strcmp(key, "program") != 0)
		return FAULT_KEY;
	if (strlen(value) >= POLICY_READER || !reader_rule_good(value))
		return FAULT_READER;
	for (size_t i = 0; i < p->reader_count; i++)
		if (strcmp(p->readers[i], value) == 0)
			return FAULT_TWICE;
	if (p->reader_count == POLICY_READERS)
		return FAULT_MANY;
	snprintf(p->readers[p->reader_count++], POLICY_READER, "%s", value);
	return FAULT_NONE;
}

bool policyfile_set(struct policyfile *p, const char *section, const char *key, const char *value,
	int line, struct policy_fault *fault)
{
	enum policy_fault_kind kind = FAULT_SECTION;
	struct class_rule *r = class_of(p, section);

	if (r != NULL)
		kind = set_class(r, key, value);
	else if (strcmp(section, "policy") == 0)
		kind = set_policy(p, key, value);
	else if (strcmp(section, "settings") == 0)
		kind = set_setting(p, key, value);
	else if (strcmp(section, "readers") == 0)
		kind = set_reader(p, key, value);
	if (kind != FAULT_NONE)
		return wrong(fault, kind, section, key, line);
	return true;
}

/* Whether a class has all its values. */
static enum policy_fault_kind class_fault(const struct class_rule *r)
{
	bool termed = r->kind == CLASS_RECORDED || r->kind == CLASS_CLOSED;

	if (r->kind == CLASS_KIND_COUNT)
		return FAULT_KIND_MISSING;
	if (termed && r->months == 0)
		return FAULT_TERM_MISSING;
	return !termed && r->months != 0 ? FAULT_TERM_NEEDLESS : FAULT_NONE;
}

static const struct class_rule *named(const struct policyfile *p, const char *name)
{
	for (size_t i = 0; i < p->class_count; i++)
		if (strcmp(p->classes[i].name, name) == 0)
			return &p->classes[i];
	return NULL;
}

/* The classes that must exist. */
static enum policy_fault_kind classes_fault(const struct policyfile *p)
{
	const struct class_rule *patrol = named(p, CLASS_DEFAULT),
				*evidence = named(p, CLASS_EVIDENCE),
				*lasting = named(p, CLASS_LONG_TERM);
	bool cases = false;

	for (size_t i = 0; i < p->class_count; i++)
		cases |= p->classes[i].kind == CLASS_CLOSED ||
			p->classes[i].kind == CLASS_PERMANENT;
	if (patrol == NULL || patrol->kind != CLASS_RECORDED ||
		patrol->months < PATROL_MONTHS_LEAST)
		return FAULT_PATROL;
	if (evidence == NULL || evidence->kind != CLASS_CASE)
		return FAULT_EVIDENCE;
	if (lasting == NULL ||
		(lasting->kind != CLASS_PERMANENT &&
			(lasting->kind != CLASS_RECORDED || lasting->months < patrol->months)))
		return FAULT_LONG_TERM;
	return cases ? FAULT_NONE : FAULT_CASES;
}

bool policyfile_check(const struct policyfile *p, struct policy_fault *fault)
{
	enum policy_fault_kind kind = FAULT_NONE;

	if (p->label[0] == '\0')
		kind = FAULT_LABEL_MISSING;
	else if (p->effective == DAY_NONE)
		kind = FAULT_EFFECTIVE_MISSING;
	else if (p->interpreter[0] == '\0')
		kind = FAULT_INTERPRETER_MISSING;
	if (kind != FAULT_NONE)
		return wrong(fault, kind, "policy", "", 0);
	for (size_t i = 0; i < p->class_count; i++) {
		char section[64];

		snprintf(section, sizeof section, CLASS_PREFIX "%s", p->classes[i].name);
		kind = class_fault(&p->classes[i]);
		if (kind != FAULT_NONE)
			return wrong(fault, kind, section, "", p->class_line[i]);
	}
	kind = classes_fault(p);
	if (kind != FAULT_NONE)
		return wrong(fault, kind, "", "", 0);
	return true;
}

void policyfile_builtin(struct policyfile *p, int32_t effective)
{
	*p = (struct policyfile){ .label = BUILTIN_LABEL,
		.interpreter = BUILTIN_INTERPRETER,
		.effective = effective,
		.class_count = class_builtin_count };
	memcpy(p->classes, class_builtin, class_builtin_count * sizeof class_builtin[0]);
}

static void append(char out[POLICY_FORMATTED], const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void append(char out[POLICY_FORMATTED], const char *format, ...)
{
	size_t used = strlen(out);
	va_list ap;

	va_start(ap, format);
	vsnprintf(out + used, POLICY_FORMATTED - used, format, ap);
	va_end(ap);
}

static void format_class(const struct class_rule *r, char out[POLICY_FORMATTED])
{
	bool years = r->months % 12 == 0;

	append(out, "\n[" CLASS_PREFIX "%s]\nkind = %s\n", r->name, class_kind_name(r->kind));
	if (r->months > 0)
		append(out, "%s = %d\n", years ? "years" : "months",
			years ? r->months / 12 : r->months);
}

void policyfile_format(const struct policyfile *p, char out[POLICY_FORMATTED])
{
	char day[DAY_TEXT];

	out[0] = '\0';
	day_format(p->effective, day);
	append(out, "[policy]\nlabel = %s\neffective = %s\ninterpreter = %s\n", p->label, day,
		p->interpreter);
	for (size_t i = 0; i < p->class_count; i++)
		format_class(&p->classes[i], out);
	append(out, "\n[settings]\n");
	for (size_t i = 0; i < p->setting_count; i++)
		append(out, "%s = %lld\n", p->settings[i].rule->key,
			(long long)p->settings[i].value);
	for (size_t i = 0; i < p->reader_count; i++)
		append(out, "%sprogram = %s\n", i == 0 ? "\n[readers]\n" : "", p->readers[i]);
}
