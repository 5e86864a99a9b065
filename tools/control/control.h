/*
 * Talking to a store: through the control file of its mount, or (-s) by reading the store itself
 * without a mount.  Both speak the JSON of custody-control(5).
 */
#ifndef TOOLS_CONTROL_CONTROL_H
#define TOOLS_CONTROL_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "fs/store/query/offline.h"
#include "tools/text/options.h"

struct control {
	int fd;                  /* the control file; -1 offline */
	char *mount;             /* canonical; NULL offline */
	struct offline *offline; /* NULL where the store is mounted */
	bool json;               /* print answers as JSON */
	struct output *out;      /* where answers and complaints go */
};

/*
 * Finds the store and opens it.  hint: a path that may lie in it, or NULL.  0, or
 * STATUS_UNREACHABLE after a complaint.
 */
int control_open(const struct options *o, const char *hint, struct control *c);
void control_close(struct control *c);

/*
 * Sends one request and gives the whole answer.  0 or an errno; EPROTO: what came back is not an
 * answer.
 */
int control_transact(struct control *c, const json_t *request, json_t **answer);

/*
 * The same for commands: takes over the request (NULL: out of memory), and complains about what
 * went wrong, under the name `what` (or NULL).  0 and the answer, which the caller drops;
 * STATUS_REFUSED where the store refused (with --json its answer is printed); STATUS_UNREACHABLE.
 */
int control_ask(struct control *c, json_t *request, const char *what, json_t **answer);

/* Prints what an answer refuses on stderr, in the user's language. */
void control_complain(const struct control *c, const char *what, const json_t *answer);

/* Asks; with --json prints the answer, and *answer is NULL.  Otherwise the caller shows *answer. */
int control_show(struct control *c, json_t *request, const char *what, json_t **answer);

/*
 * Asks for a paged list, page after page, and passes on each row; `page` (may be NULL) is called
 * after the rows of each page.  A row function gives 0 to go on.  Takes over the request.  0, or
 * the status of what failed.
 */
struct control_pager {
	int (*row)(void *arg, const json_t *row);
	void (*page)(void *arg, const json_t *answer);
	void *arg;
};
int control_each(
	struct control *c, json_t *request, const char *what, const struct control_pager *pager);

#endif
