#include "fs/store/records/policytext.h"

#include <ini.h>
#include <jansson.h>
#include <string.h>

#define LINE_MOST \
	180 /* bytes: the library cuts longer ones (its own limit is 200), and does not say so */

struct reading {
	const char *text;
	size_t len, at;
	int line;         /* the one that was handed out last */
	char section[64]; /* as it was begun last */
	struct policyfile *out;
	struct policy_fault *fault;
};

static bool failed(const struct reading *r)
{
	return r->fault->kind != FAULT_NONE;
}

static void fault_here(struct reading *r, enum policy_fault_kind kind)
{
	*r->fault = (struct policy_fault){ .kind = kind, .line = r->line };
	memcpy(r->fault->section, r->section, sizeof r->section);
}

/* A heading is told when it is met, so that a section with nothing in it counts, too. */
static void begin_section(struct reading *r, const char *line)
{
	const char *name = line, *end;

	if (r->line == 1 && strncmp(name, "\xef\xbb\xbf", 3) == 0)
		name += 3;
	if (name[strspn(name, " \t")] == '[' && *name != '[') {
		fault_here(r, FAULT_SYNTAX); /* the library takes it for more of the line before, or
						not, as the case may be */
		return;
	}
	if (*name != '[')
		return;
	end = strchr(++name, ']');
	if (end == NULL) {
		r->section[0] = '\0';
		fault_here(r, FAULT_SYNTAX);
	} else if ((size_t)(end - name) >= 50)
		fault_here(r, FAULT_SECTION); /* longer ones the library cuts */
	else {
		memset(r->section, 0, sizeof r->section);
		memcpy(r->section, name, (size_t)(end - name));
		(void)policyfile_section(r->out, r->section, r->line, r->fault);
	}
}

/* Hands out line by line, as fgets(3) would; nothing more after a fault. */
static char *next_line(char *out, int cap, void *stream)
{
	struct reading *r = stream;
	const char *start = r->text + r->at;
	size_t rest = r->len - r->at, len;
	const char *end = memchr(start, '\n', rest);

	if (rest == 0 || failed(r))
		return NULL;
	r->line++;
	len = end != NULL ? (size_t)(end - start) : rest;
	r->at += len + (end != NULL);
	if (len > LINE_MOST || (int)len + 2 > cap) {
		fault_here(r, FAULT_LONG);
		return NULL;
	}
	memcpy(out, start, len);
	out[len] = '\0';
	begin_section(r, out);
	memcpy(out + len, "\n", 2);
	return failed(r) ? NULL : out;
}

static int take(void *user, const char *section, const char *key, const char *value)
{
	struct reading *r = user;

	if (failed(r))
		return 1;
	(void)policyfile_set(r->out, section, key, value, r->line, r->fault);
	return 1;
}

/* No bytes that are no text: the ledger takes UTF-8 alone, and what people check must be what is
 * read. */
static bool is_text(const char *text, size_t len)
{
	json_t *valid = len <= POLICY_TEXT_MAX ? json_stringn(text, len) : NULL;

	json_decref(valid);
	for (size_t i = 0; i < len && valid != NULL; i++)
		if (((unsigned char)text[i] < 0x20 && strchr("\t\r\n", text[i]) == NULL) ||
			text[i] == 0x7f || text[i] == '\0')
			return false;
	return valid != NULL;
}

bool policytext_parse(
	const char *text, size_t len, struct policyfile *out, struct policy_fault *fault)
{
	struct reading r = { .text = text, .len = len, .out = out, .fault = fault };
	int bad;

	*out = (struct policyfile)POLICYFILE_EMPTY;
	*fault = (struct policy_fault){ .kind = FAULT_NONE };
	if (!is_text(text, len)) {
		fault->kind = FAULT_BYTES;
		return false;
	}
	bad = ini_parse_stream(next_line, &r, take, &r);
	if (!failed(&r) && bad != 0) {
		r.line = bad > 0 ? bad : r.line;
		r.section[0] = '\0'; /* of the last line, not of this one */
		fault_here(&r, FAULT_SYNTAX);
	}
	return !failed(&r) && policyfile_check(out, fault);
}
