/*
 * Talking to a store: its mount's control file, or (-s) the store itself, read without its mount.
 * Both speak the JSON of fs/store/query/control.h.
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
	struct offline *offline; /* NULL on the mounted side */
	bool json;               /* the user wants the answers as they are */
	struct output *out;      /* where answers and complaints go */
};

/* Finds the store (hint: a path that may lie in it, or NULL) and opens it.  0, or
 * STATUS_UNREACHABLE and said on stderr. */
int control_open(const struct options *o, const char *hint, struct control *c);
void control_close(struct control *c);

/* Sends one request and gives the whole answer.  0 or an errno (EPROTO: what came back is no
 * answer). */
int control_transact(struct control *c, const json_t *request, json_t **answer);

/*
 * The same for commands: takes the request over (NULL: out of memory), and says on stderr what went
 * wrong, under the name `what` (NULL: none).  0 and the answer, which the caller drops;
 * STATUS_REFUSED where the answer is a refusal (with
 * --json printed as it is); STATUS_UNREACHABLE.
 */
int control_ask(struct control *c, json_t *request, const char *what, json_t **answer);

/* Says an answer's refusal on stderr, in the user's language. */
void control_complain(const struct control *c, const char *what, const json_t *answer);

/* Asks and, with --json, prints the answer.  Otherwise *answer is there to be shown; NULL where
 * nothing is left to do. */
int control_show(struct control *c, json_t *request, const char *what, json_t **answer);

/*
 * Asks for a paged list, page after page, and hands on each row.  `page` (may be NULL) is called
 * after each page's rows. A row function gives 0 to go on. Takes the request over.  0, or the
 * status of what failed.
 */
struct control_pager {
	int (*row)(void *arg, const json_t *row);
	void (*page)(void *arg, const json_t *answer);
	void *arg;
};
int control_each(
	struct control *c, json_t *request, const char *what, const struct control_pager *pager);

#endif
