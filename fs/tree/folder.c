#include "fs/tree/folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/store/records/deposits.h"
#include "fs/tree/tree.h"
#include "policy/act.h"
#include "policy/litter.h"

struct making {
	struct call *c;
	int64_t unit, device, officer;
	int32_t day;
	const char *kase; /* "" for a date folder */
	int64_t id;
	enum reason why;
};

static int record_folder(struct turn *t, const struct making *m)
{
	struct folder f = {
		.unit = m->unit, .device = m->device, .officer = m->officer, .day = m->day
	};
	char path[2048];

	snprintf(f.kase, sizeof f.kase, "%s", m->kase);
	if (catalog_folder_path(turn_db(t), &f, path, sizeof path) != 0)
		path[0] = '\0';
	return record_folder_make(t, &(struct about){ .who = &m->c->who },
		&(struct folder_make){ .id = m->id,
			.unit_id = m->unit,
			.device_id = m->device,
			.officer_id = m->officer,
			.date = m->day,
			.kase = m->kase,
			.path = path });
}

/* Whether device and officer still belong below that unit: the kernel may know the folder from
 * before. */
static int still_registered(struct sql *db, struct making *m)
{
	struct device d;
	struct person p;
	int err = catalog_device(db, m->device, &d);

	if (err == 0)
		err = catalog_person(db, m->officer, &p);
	if (err != 0)
		return err;
	if (catalog_device_in(db, m->unit, d.serial, &d) != 0)
		m->why = REASON_DEVICE_UNKNOWN;
	else if (catalog_officer_in(db, m->unit, m->device, p.number, &p) != 0)
		m->why = REASON_OFFICER_UNKNOWN;
	return 0;
}

static int decide_make(struct turn *t, void *arg)
{
	struct making *m = arg;
	struct sql *db = turn_db(t);
	struct folder there;
	int err;

	m->why = REASON_NONE;
	err = m->kase[0] == '\0' ? still_registered(db, m) : 0;
	if (err == 0 && m->why == REASON_NONE)
		err = judge_deposit(
			db, &m->c->who, turn_time(t), m->unit, m->officer, m->day, &m->why);

	if (err != 0 || m->why != REASON_NONE)
		return err != 0 ? err : reason_errno(m->why);
	err = catalog_folder_at(db, m->unit, m->device, m->officer, m->day, m->kase, &there);
	if (err != ENOENT)
		return err == 0 ? EEXIST : err;
	err = catalog_folder_number(db, m->unit, m->device, m->officer, m->day, m->kase, &m->id);
	return err == 0 ? record_folder(t, m) : err;
}

/* What a date folder is to be, or what is wrong with its name. */
static enum reason plan_date(const struct node *officer, const char *name, struct making *m)
{
	m->unit = officer->unit;
	m->device = officer->device;
	m->officer = officer->officer;
	m->kase = "";
	return day_parse(name, &m->day) ? REASON_NONE : REASON_DATE_BAD;
}

/* The same for a case folder: "no case", or a registered one. */
static int plan_case(struct call *c, const struct node *date, const char *name, struct making *m,
	enum reason *why)
{
	struct casefile kase;
	struct folder f;
	int err = catalog_folder(c->db, date->id, &f);

	if (err != 0)
		return err;
	m->unit = f.unit;
	m->device = f.device;
	m->officer = f.officer;
	m->day = f.day;
	m->kase = name;
	if (strcmp(name, CASE_NONE) == 0)
		return 0;
	err = catalog_case(c->db, name, &kase);
	*why = err == ENOENT ? REASON_CASE_UNKNOWN : REASON_NONE;
	return err == ENOENT ? 0 : err;
}

static int plan_folder(struct call *c, const struct node *parent, const char *name,
	struct making *m, enum reason *why)
{
	*why = judge_folder(parent, VERB_MKDIR);
	if (*why != REASON_NONE)
		return 0;
	if (parent->kind == NODE_DATE)
		return plan_case(c, parent, name, m, why);
	*why = plan_date(parent, name, m);
	return 0;
}

int folder_mkdir(struct call *c, const struct node *parent, const char *name, struct node *out)
{
	char clean[NAME_BUFFER];
	struct making m = { .c = c };
	enum reason why = name_normalise(name, clean);
	int err;

	if (why == REASON_NONE && litter_name(clean))
		why = REASON_DESKTOP_FILE;
	if (parent->kind == NODE_VIEW)
		why = REASON_VIEW;
	if (why != REASON_NONE)
		return refusal_answer(c, VERB_MKDIR, parent, name, why);
	if (parent->kind >= NODE_BY_UNIT && tree_lookup(c, parent, clean, out) == 0)
		return EEXIST;
	/* A person who sees nothing learns nothing of what is registered. */
	if (parent->kind >= NODE_UNIT || parent->kind == NODE_BY_UNIT)
		why = act_allowed(&c->who.person, ACT_BROWSE);
	if (why != REASON_NONE)
		return refusal_answer(c, VERB_MKDIR, parent, name, why);
	err = plan_folder(c, parent, clean, &m, &why);
	if (err != 0)
		return err;
	if (why != REASON_NONE)
		return refusal_answer(c, VERB_MKDIR, parent, name, why);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_make, &m);
	if (m.why != REASON_NONE)
		return refusal_answer(c, VERB_MKDIR, parent, name, m.why);
	*out = (struct node){ .kind = parent->kind == NODE_OFFICER ? NODE_DATE : NODE_CASE,
		.id = m.id };
	return refusal_or_error(c, VERB_MKDIR, parent, err);
}

struct removing {
	struct call *c;
	int64_t id;
	enum reason why;
};

static int decide_remove(struct turn *t, void *arg)
{
	struct removing *r = arg;
	struct sql *db = turn_db(t);
	struct folder f;
	char path[2048];
	int err = catalog_folder(db, r->id, &f);

	r->why = REASON_NONE;
	if (err == 0)
		err = judge_rmdir(db, &r->c->who, turn_time(t), &f, &r->why);
	if (err == 0 && r->why == REASON_NONE)
		err = catalog_folder_path(db, &f, path, sizeof path);
	if (err != 0 || r->why != REASON_NONE)
		return err != 0 ? err : reason_errno(r->why);
	return record_folder_remove(t, &(struct about){ .who = &r->c->who },
		&(struct folder_remove){ .id = f.id, .path = path });
}

int folder_rmdir(struct call *c, const struct node *parent, const char *name)
{
	struct removing r = { .c = c };
	enum reason why;
	struct node n;
	int err = tree_lookup(c, parent, name, &n);

	if (err != 0)
		return err;
	if (n.kind == NODE_ITEM || n.kind == NODE_CTL)
		return ENOTDIR;
	if (n.kind == NODE_VIEW && n.view.view == VIEW_ASIDE)
		return ENOTEMPTY; /* rsync asks after each file */
	why = judge_folder(&n, VERB_RMDIR);
	if (why != REASON_NONE)
		return refusal_answer(c, VERB_RMDIR, &n, NULL, why);
	r.id = n.id;
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_remove, &r);
	if (r.why == REASON_NOT_EMPTY)
		return ENOTEMPTY; /* rm -r and others try this by habit: no attempt on evidence */
	return r.why != REASON_NONE ? refusal_answer(c, VERB_RMDIR, &n, NULL, r.why)
				    : refusal_or_error(c, VERB_RMDIR, &n, err);
}
