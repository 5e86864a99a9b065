#include "fs/store/records/policytext.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "fs/store/base/ini.h"

struct reading {
	struct policyfile *out;
	struct policy_fault *fault;
};

static bool take_line(void *arg, const struct ini_line *line)
{
	struct reading *r = arg;

	if (line->section == NULL) {
		*r->fault = (struct policy_fault){ .kind = FAULT_SYNTAX, .line = line->number };
		return false;
	}
	return line->key == NULL ? policyfile_section(r->out, line->section, line->number, r->fault)
				 : policyfile_set(r->out, line->section, line->key, line->value,
					   line->number, r->fault);
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

int policytext_parse(
	const char *text, size_t len, struct policyfile *out, struct policy_fault *fault)
{
	struct reading r = { .out = out, .fault = fault };
	int err;

	*out = (struct policyfile)POLICYFILE_EMPTY;
	*fault = (struct policy_fault){ .kind = FAULT_NONE };
	if (!is_text(text, len)) {
		fault->kind = FAULT_BYTES;
		return EINVAL;
	}
	err = ini_read(text, len, take_line, &r);
	if (err == ENOMEM)
		return err;
	return err == 0 && policyfile_check(out, fault) ? 0 : EINVAL;
}
