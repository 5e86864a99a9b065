/* custody set, custody unrelated: what people say of items, and lengthened terms (fs/act/tag.h,
 * fs/act/term.h), for those whose client knows no attributes. */
#include <errno.h>
#include <string.h>

#include "fs/act/tag.h"
#include "fs/act/term.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"

#define TEXT_MOST 4095 /* bytes of a value, as an attribute's */

/* The node that a request names; one that names nothing is malformed. */
static int find_target(struct call *c, struct query *q, const json_t *request, struct node *out)
{
	if (jsonget_str(request, "path") == NULL && jsonget_int(request, "item", 0) == 0)
		return query_refuse(q, REASON_VALUE_BAD, "path");
	return command_target(c, q, request, out);
}

/* An act's error; ENOENT: for this subject the item is not there (any more). */
static int answer_error(struct query *q, const json_t *request, int err)
{
	return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND,
				       jsonget_str(request, "path") != NULL ? "path" : "item")
			     : err;
}

static int set_term(struct call *c, const struct node *at, const char *name, const char *value,
	enum reason *why)
{
	struct term_act a = { .at = *at, .remove = value == NULL };
	int err;

	a.malformed = value != NULL && !text_valid(value, TEXT_MOST);
	if (strcmp(name, "class") == 0)
		a.class = value != NULL ? value : "";
	else if (value != NULL && !a.malformed)
		a.malformed = !instant_parse(value, c->now.utc_offset, &a.until);
	err = term_set(c, &a);
	*why = a.why;
	return err;
}

static int set_named(struct call *c, const struct node *at, const char *name, const char *value,
	enum reason *why)
{
	struct tag_act a = { .at = *at, .tag = tag_parse(name), .value = value };
	int err;

	*why = REASON_NONE;
	if (strcmp(name, "class") == 0 || strcmp(name, "retain-until") == 0)
		return set_term(c, at, name, value, why);
	if (a.tag == TAG_COUNT)
		return ENODATA;
	err = tag_set(c, &a);
	*why = a.why;
	return err;
}

static int command_set(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *name = jsonget_str(request, "name"), *value = jsonget_str(request, "value");
	enum reason why;
	struct node n;
	int err = query_need(q, ACT_BROWSE);

	if (err == 0 &&
		(name == NULL ||
			(value == NULL && !json_is_null(json_object_get(request, "value")))))
		err = query_refuse(q, REASON_VALUE_BAD, name == NULL ? "name" : "value");
	if (err == 0)
		err = find_target(c, q, request, &n);
	if (err != 0)
		return err;
	err = set_named(c, &n, name, value, &why);
	if (why != REASON_NONE)
		return command_refuse(q, why, why == REASON_VALUE_BAD ? "value" : NULL);
	if (err == ENODATA)
		return query_refuse(q, REASON_NOT_FOUND, "name");
	if (err != 0)
		return answer_error(q, request, err);
	*answer = json_pack("{s:s, s:s?}", "name", name, "value", value);
	return 0;
}

static const struct {
	const char *word, *state;
} verdicts[] = { [TAG_UNRELATED_PROPOSE] = { "propose", "proposed" },
	[TAG_UNRELATED_AGREE] = { "agree", "yes" },
	[TAG_UNRELATED_REFUSE] = { "refuse", "no" } };

static bool read_verdict(const char *word, enum tag_verdict *out)
{
	for (size_t i = 0; word != NULL && i < sizeof verdicts / sizeof verdicts[0]; i++)
		if (strcmp(verdicts[i].word, word) == 0) {
			*out = (enum tag_verdict)i;
			return true;
		}
	return false;
}

static int command_unrelated(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct tag_unrelated_act a = { .reason = jsonget_str(request, "reason") };
	int err = query_need(q, ACT_BROWSE);

	if (err == 0 && !read_verdict(jsonget_str(request, "what"), &a.verdict))
		err = query_refuse(q, REASON_VALUE_BAD, "what");
	if (err == 0)
		err = find_target(c, q, request, &a.at);
	if (err == 0 && a.at.kind != NODE_ITEM)
		err = query_refuse(q, REASON_NOT_FOUND, "item");
	if (err != 0)
		return err;
	err = tag_unrelated(c, &a);
	if (a.why != REASON_NONE)
		return command_refuse(q, a.why, a.why == REASON_VALUE_BAD ? "reason" : NULL);
	if (err != 0)
		return answer_error(q, request, err);
	*answer = json_pack(
		"{s:I, s:s}", "item", (json_int_t)a.at.id, "state", verdicts[a.verdict].state);
	return 0;
}

const struct command command_tag[] = {
	{ "set", command_set, FIELDS(TEXT("path"), NUMBER("item"), TEXT("name"), TEXT("value")) },
	{ "unrelated", command_unrelated,
		FIELDS(TEXT("path"), NUMBER("item"), TEXT("what"), TEXT("reason")) },
	{ NULL, NULL, NULL },
};
