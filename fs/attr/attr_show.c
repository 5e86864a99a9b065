#include "fs/attr/attr_show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/attr/attr_case.h"
#include "fs/call/judge.h"
#include "fs/store/query/why_text.h"
#include "fs/store/records/tags.h"
#include "fs/why/why.h"
#include "policy/media.h"

/* Fills text; ENODATA where there is no value */
typedef int (*attr_fn)(struct call *c, const struct node *n, struct attr_facts *f);

static int put_text(struct attr_facts *f, const char *text)
{
	snprintf(f->text, sizeof f->text, "%s", text);
	return 0;
}

static int put_time(struct call *c, struct attr_facts *f, int64_t ms)
{
	if (ms == 0)
		return ENODATA;
	instant_format(ms, c->now.utc_offset, f->text);
	return 0;
}

static int put_person(struct call *c, struct attr_facts *f, int64_t id)
{
	struct person p;
	int err = catalog_person(c->db, id, &p);

	if (err == 0)
		snprintf(f->text, sizeof f->text, "%s %s", p.number, p.name);
	return err;
}

static int attr_id(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)c, (void)n;
	snprintf(f->text, sizeof f->text, "%lld", (long long)f->item.id);
	return 0;
}

static int attr_state(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)n;
	return put_text(f,
		judge_settling(&f->item, &c->now) ? "sealed settling"
						  : item_state_name(f->item.state));
}

static int attr_class(struct call *c, const struct node *n, struct attr_facts *f)
{
	return attr_retention_get(c, n, &f->item, "class", f->text);
}

static int attr_until(struct call *c, const struct node *n, struct attr_facts *f)
{
	return attr_retention_get(c, n, &f->item, "retain-until", f->text);
}

static int attr_basis(struct call *c, const struct node *n, struct attr_facts *f)
{
	return attr_retention_get(c, n, &f->item, "retain-basis", f->text);
}

static int attr_sha256(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)c, (void)n;
	if (!f->item.digested)
		return ENODATA;
	hash_hex(f->item.sha256, f->text);
	return 0;
}

static int attr_sm3(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)c, (void)n;
	if (!f->item.digested)
		return ENODATA;
	hash_hex(f->item.sm3, f->text);
	return 0;
}

static int attr_recorded(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)c, (void)n;
	day_format(f->folder.day, f->text);
	return 0;
}

static int attr_deposited_at(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)n;
	return put_time(c, f, f->item.sealed != 0 ? f->item.sealed : f->item.begun);
}

static int attr_deposited_by(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)n;
	return put_person(c, f, f->item.depositor);
}

static int attr_officer(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)n;
	return put_person(c, f, f->folder.officer);
}

static int attr_device(struct call *c, const struct node *n, struct attr_facts *f)
{
	struct device d;
	int err = catalog_device(c->db, f->folder.device, &d);

	(void)n;
	return err == 0 ? put_text(f, d.serial) : err;
}

static int attr_unit(struct call *c, const struct node *n, struct attr_facts *f)
{
	struct unit u;
	int err = catalog_unit(c->db, f->folder.unit, &u);

	(void)n;
	if (err == 0)
		snprintf(f->text, sizeof f->text, "%s %s", u.code, u.name);
	return err;
}

static int attr_case(struct call *c, const struct node *n, struct attr_facts *f)
{
	return attr_case_get(c, n, f->text, sizeof f->text);
}

static int put_tag(struct call *c, struct attr_facts *f, enum tag t)
{
	int err = tags_get(c->db, &f->item, t, f->text);

	return err == 0 && f->text[0] == '\0' ? ENODATA : err;
}

static int attr_stage(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)n;
	return put_tag(c, f, TAG_STAGE);
}

static int attr_informed(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)n;
	return put_tag(c, f, TAG_INFORMED);
}

static int attr_important(struct call *c, const struct node *n, struct attr_facts *f)
{
	(void)n;
	return put_tag(c, f, TAG_IMPORTANT);
}

static int attr_unrelated(struct call *c, const struct node *n, struct attr_facts *f)
{
	struct unrelated_tag u;
	int err = tags_get_unrelated(c->db, f->item.id, &u);

	(void)n;
	if (err != 0)
		return err;
	return u.state != UNRELATED_NONE ? put_text(f, unrelated_name(u.state)) : ENODATA;
}

static int attr_form(struct call *c, const struct node *n, struct attr_facts *f)
{
	const char *form = media_form(media_of_name(f->item.name));

	(void)c, (void)n;
	return form != NULL ? put_text(f, form) : ENODATA;
}

static int attr_kind(struct call *c, const struct node *n, struct attr_facts *f)
{
	const char *kind = media_kind(media_of_name(f->item.name));

	(void)c, (void)n;
	return kind != NULL ? put_text(f, kind) : ENODATA;
}

/* A text of any length, cut between characters. */
static int put_cut(struct attr_facts *f, const char *text)
{
	size_t len = strnlen(text, ATTR_TEXT - 1);

	while (text[len] != '\0' && len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(f->text, text, len);
	f->text[len] = '\0';
	return 0;
}

static int attr_why(struct call *c, const struct node *n, struct attr_facts *f)
{
	struct why w;
	json_t *facts;
	char *text;
	int err = why_ask(c, n, VERB_COUNT, &w);

	if (err == 0)
		err = why_facts(c, n, &w, &facts);
	if (err != 0)
		return err;
	text = why_text(w.reason, facts);
	json_decref(facts);
	err = text != NULL ? put_cut(f, text) : ENOMEM;
	free(text);
	return err;
}

static const struct {
	const char *name;
	attr_fn get;
	bool folders;
} shown[] = {
	{ "id", attr_id, false },
	{ "state", attr_state, false },
	{ "class", attr_class, true },
	{ "retain-until", attr_until, true },
	{ "retain-basis", attr_basis, false },
	{ "sha256", attr_sha256, false },
	{ "sm3", attr_sm3, false },
	{ "recorded-on", attr_recorded, false },
	{ "deposited-at", attr_deposited_at, false },
	{ "deposited-by", attr_deposited_by, false },
	{ "officer", attr_officer, false },
	{ "device", attr_device, false },
	{ "unit", attr_unit, false },
	{ "case", attr_case, true },
	{ "stage", attr_stage, false },
	{ "form", attr_form, false },
	{ "kind", attr_kind, false },
	{ "informed", attr_informed, false },
	{ "important", attr_important, false },
	{ "unrelated", attr_unrelated, false },
	{ "why", attr_why, true },
};
#define SHOWN (sizeof shown / sizeof shown[0])

int attr_show(struct call *c, const struct node *n, const char *name, struct attr_facts *f)
{
	for (size_t i = 0; i < SHOWN; i++)
		if (strcmp(name, shown[i].name) == 0 &&
			(n->kind == NODE_ITEM || (shown[i].folders && node_is_dir(n))))
			return shown[i].get(c, n, f);
	return ENODATA;
}

int attr_show_each(struct call *c, const struct node *item, struct attr_facts *f,
	int (*each)(void *arg, const char *name), void *arg)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < SHOWN; i++)
		if (shown[i].get(c, item, f) == 0)
			err = each(arg, shown[i].name);
	return err;
}
