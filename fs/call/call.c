#include <errno.h>
#include <string.h>

#include "fs/call/fs.h"
#include "fs/call/process.h"
#include "fs/call/uninvited.h"
#include "policy/act.h"

void call_prepare(struct call *c, struct fs *fs, uint32_t uid, uint32_t gid, int32_t pid)
{
	memset(c, 0, sizeof *c);
	c->fs = fs;
	c->who.uid = uid;
	c->who.gid = gid;
	c->who.pid = pid;
	c->revocations = atomic_load(&fs->revocations);
	store_now(fs->store, &c->now);
}

int call_identify(struct call *c)
{
	int err = call_connect(c);

	if (err != 0)
		return err;
	err = catalog_person_uid(c->db, c->who.uid, &c->who.person);
	if (err != 0 && err != ENOENT)
		call_end(c);
	return err == ENOENT ? 0 : err;
}

int call_begin(struct call *c, struct fs *fs, uint32_t uid, uint32_t gid, int32_t pid)
{
	call_prepare(c, fs, uid, gid, pid);
	return call_identify(c);
}

int call_connect(struct call *c)
{
	return c->db != NULL ? 0 : catalog_take(c->fs->store->pool, &c->db);
}

void call_end(struct call *c)
{
	if (c->db != NULL)
		catalog_give(c->fs->store->pool, c->db);
	c->db = NULL;
}

const struct subject *call_subject(struct call *c)
{
	if (c->who.program[0] == '\0')
		process_program(c->who.pid, c->who.program, sizeof c->who.program);
	return &c->who;
}

bool call_uninvited(struct call *c)
{
	struct reader_process line[READER_LINE];

	if (!c->looked)
		(void)uninvited_is(c->fs->uninvited, c->db, c->now.policy, line,
			process_line(c->who.pid, line, READER_LINE), c->rule);
	c->looked = true;
	return c->rule[0] != '\0';
}

bool call_browses(const struct call *c)
{
	return act_allowed(&c->who.person, ACT_BROWSE) == REASON_NONE;
}
