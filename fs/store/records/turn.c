#include "fs/store/records/turn.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/records/kinds.h"

struct sql *turn_db(struct turn *t)
{
	return t->db;
}

const struct event_time *turn_time(const struct turn *t)
{
	return &t->time;
}

int turn_emit(struct turn *t, const struct event *e)
{
	json_t *entry = NULL;
	char *text = NULL;
	int err = ENOMEM;

	if (e->detailed && e->details == NULL)
		goto out;
	entry = event_encode(e, t->next, &t->time);
	if (entry == NULL)
		goto out;
	text = event_text(entry);
	if (text == NULL)
		goto out;
	err = t->take(t, entry, text);
	text = NULL;
	if (err != 0)
		goto out;
	t->next++;
	/* decided under the old policy itself, it is in force for what follows */
	if (event_kind_parse(e->kind) == EVENT_POLICY_LOAD)
		t->time.policy = jsonget_int(e->details, "version", t->time.policy);
out:
	free(text);
	json_decref(entry);
	json_decref(e->details);
	return err;
}
