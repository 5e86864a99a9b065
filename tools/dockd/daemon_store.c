/* The daemon asks the store whether it is there, and whether it is the same as before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/dockd/clock.h"
#include "tools/dockd/command.h"
#include "tools/dockd/daemon_private.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

void daemon_store_is(struct daemon *d, enum store store, char *text)
{
	enum store was = d->standing.store;
	free(d->store_text);
	d->standing.store_text = d->store_text = text;
	d->standing.store = store;
	d->report_due = true;
	if (store == STORE_AWAY) {
		if (was != STORE_AWAY)
			log_say(d->log, LOG_WARNING,
				_("the store can't be reached; everything waits for it: %s"), text);
		d->probe_at = clock_ms() + d->probe_wait;
		d->probe_wait = d->probe_wait * 2 < DAEMON_PROBE_MOST_MS ? d->probe_wait * 2
									 : DAEMON_PROBE_MOST_MS;
	} else if (store == STORE_HERE) {
		d->here_at = clock_ms();
		d->probe_wait = DAEMON_PROBE_MS;
		if (was == STORE_AWAY)
			files_retry(&d->files, true, clock_ms());
	}
}

void daemon_doubt_store(struct daemon *d)
{
	if (d->standing.store != STORE_HERE)
		return;
	d->standing.store = STORE_UNKNOWN;
	d->probe_at = clock_ms();
}

static void start_asking(struct daemon *d, enum running running, const char *what, const char *of)
{
	char *argv[COMMAND_ARGUMENTS];
	int err;
	command_ask(argv, d->config, what, of);
	err = run_start(&d->run, argv, d->deposit_lock);
	if (err != 0)
		daemon_store_is(d, STORE_AWAY,
			render_format(_("custody can't be run: %s"), i18n_error(err)));
	else
		d->running = running;
}

void daemon_start_probe(struct daemon *d)
{
	d->belief = BELIEF_NONE;
	start_asking(d, RUNNING_PROBE, "status", NULL);
}

/* Another store is mounted than before, or an older state of it. */
static void offer_again(struct daemon *d)
{
	log_say(d->log, LOG_WARNING,
		_("this is another store than before, or an older state of it; every file is "
		  "offered to it again"));
	memory_forget(d->past.memory);
	files_again(&d->files, clock_ms());
}

void daemon_start_witness(struct daemon *d)
{
	char item[24];
	snprintf(item, sizeof item, "%lld", memory_witness(d->past.memory));
	start_asking(d, RUNNING_WITNESS, "show", item);
}

void daemon_end_witness(struct daemon *d)
{
	json_t *answer = run_answer(&d->run);
	if (!json_is_boolean(json_object_get(answer, "ok"))) {
		daemon_store_is(d, STORE_AWAY, render_format("%s", run_complaint(&d->run)));
	} else {
		d->belief = BELIEF_HELD;
		if (!memory_believes(d->past.memory, answer))
			offer_again(d);
	}
	json_decref(answer);
}

static void compare_store(struct daemon *d, const json_t *answer)
{
	const char *uuid = get_text(json_object_get(answer, "store"), "uuid");
	long long size = get_number(json_object_get(answer, "ledger"), "size", 0);
	bool other = d->store_uuid != NULL &&
		(uuid == NULL || strcmp(uuid, d->store_uuid) != 0 || size < d->ledger);
	memory_store(d->past.memory, uuid);
	if (other)
		offer_again(d);
	if (d->store_uuid == NULL || other) {
		free(d->store_uuid);
		d->store_uuid = uuid != NULL ? strdup(uuid) : NULL;
	}
	d->ledger = size;
}

void daemon_end_probe(struct daemon *d, int status)
{
	json_t *answer = run_answer(&d->run);
	const json_t *you = json_object_get(answer, "you");
	const char *name = get_text(you, "name"), *unit = get_text(you, "unit_name");
	bool first = d->store_text == NULL || d->standing.store == STORE_AWAY;
	char *text;
	if (status == 0 && answer != NULL)
		compare_store(d, answer);
	if (status != 0 || answer == NULL) {
		daemon_store_is(d, STORE_AWAY, render_format("%s", run_complaint(&d->run)));
	} else if (name == NULL) {
		text = render_format(_("the login of custody-dockd (uid %d) is no registered "
				       "person's; have it registered as the unit's custodian"),
			(int)getuid());
		if (d->store_text == NULL || strcmp(text, d->store_text) != 0)
			log_say(d->log, LOG_ERR, "%s", text);
		daemon_store_is(d, STORE_HERE, text);
	} else {
		text = unit != NULL ? render_format(_("depositing as %s, %s"), name, unit)
				    : render_format(_("depositing as %s"), name);
		if (first || strcmp(text, d->store_text) != 0)
			log_say(d->log, LOG_NOTICE, "%s", text);
		daemon_store_is(d, STORE_HERE, text);
		d->belief = memory_witness(d->past.memory) != 0 ? BELIEF_DUE : BELIEF_HELD;
	}
	json_decref(answer);
}
