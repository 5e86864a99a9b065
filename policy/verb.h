/* What a verb may do to an item, by its state and by who asks: one table. */
#ifndef POLICY_VERB_H
#define POLICY_VERB_H

#include <stdbool.h>

#include "policy/reason.h"

enum item_state {
	ITEM_RECEIVING,  /* being copied in; its depositor's alone */
	ITEM_SEALED,     /* content immutable; settling while now < settle_until */
	ITEM_INCOMPLETE, /* broken off; kept out of sight */
	ITEM_WITHDRAWN,  /* removed by its depositor while settling; kept out of sight */
	ITEM_DISPOSED,   /* content gone, record kept; no longer in the tree, so out of sight */
	ITEM_STATE_COUNT
};

enum verb {
	VERB_STAT,
	VERB_OPEN_WRITE,
	VERB_WRITE,
	VERB_TRUNCATE,
	VERB_FALLOCATE,
	VERB_RENAME,      /* to a free name within the date folder's tree */
	VERB_RENAME_OVER, /* onto an existing item, at either end; also RENAME_EXCHANGE */
	VERB_RENAME_AWAY, /* out of the date folder's tree */
	VERB_UTIMENS,
	VERB_CHMOD,
	VERB_CHOWN,
	VERB_UNLINK,
	VERB_LINK,
	VERB_SYMLINK,
	VERB_MKNOD,
	VERB_SETXATTR,
	VERB_REMOVEXATTR,
	VERB_IOCTL, /* FS_IOC_SETFLAGS and every other */
	VERB_CREATE,
	VERB_MKDIR,
	VERB_RMDIR,
	VERB_OPEN_READ,
	VERB_READ,
	VERB_COMMAND, /* a request on the control file */
	VERB_COUNT
};

/* What is asked of an item. */
struct verb_case {
	enum verb verb;
	enum item_state state;
	bool settling;  /* sealed, and its settle window is open */
	bool depositor; /* the subject deposited it */
	bool empty;     /* no content yet */
	bool no_change; /* chmod, chown, utimens that change nothing */
};

/*
 * REASON_NONE where the table allows it.  Items of someone else that are not sealed, and items out
 * of sight (incomplete, withdrawn, disposed), give REASON_HIDDEN for every verb.  A verb that is
 * not known gives REASON_NEVER_ALLOWED.
 *
 * VERB_OPEN_READ here judges only the item: receiving content is its depositor's; sealed content
 * needs a grant, which grant_allows() decides, so REASON_NO_GRANT is returned and the caller has to
 * ask that.  VERB_READ follows VERB_OPEN_READ.  A still empty settling file may be opened for
 * writing again by its depositor (and then truncated, allocated and written).  CREATE, MKDIR,
 * RMDIR, COMMAND concern no item: REASON_NONE.
 */
enum reason verb_allowed(const struct verb_case *c);

const char *verb_name(enum verb v);     /* "open-read"; stable, for the ledger */
enum verb verb_parse(const char *name); /* VERB_COUNT where unknown */
/* The same, and what people say instead: "delete", "read", "删除", … */
enum verb verb_parse_word(const char *word);
const char *item_state_name(enum item_state s);     /* "receiving", … */
enum item_state item_state_parse(const char *name); /* ITEM_STATE_COUNT where unknown */

#endif
