/*
 * Why something is refused.  Each reason has a stable name for machines (on the ledger and in
 * JSON), an errno, and a sentence for people: what happened, why, and what to do next.  Sentences
 * are gettext msgids (marked N_(), translated where they are shown).
 */
#ifndef POLICY_REASON_H
#define POLICY_REASON_H

enum reason {
	REASON_NONE = 0, /* allowed */

	/* EPERM: committed, or never allowed */
	REASON_SEALED,        /* content is sealed and never changes (Art. 23(2)) */
	REASON_LABEL_FIXED,   /* the settle window is over: name, times, mode are fixed */
	REASON_NEVER_ALLOWED, /* links, devices, ioctl and the like: no such verb here */
	REASON_DESKTOP_FILE,  /* what desktops make by themselves is not stored (policy/litter.h) */
	REASON_STRUCTURE,     /* a folder of the tree's own: not to be renamed or removed */
	REASON_NO_REPLACE,    /* rename over an existing item */
	REASON_RENAME_SCOPE,  /* rename out of the date folder's tree */
	REASON_SUBFOLDER,     /* no folders below a case folder */
	REASON_VIEW,          /* nothing is changed in a view, only under by-unit (Q15) */
	REASON_IN_CASE,       /* it lies in the case's own folder, so it cannot be unlinked from the
			       * case */
	REASON_RETAINED,      /* its term has not ended (Art. 11, Q9) */
	REASON_TERM_OPEN,     /* it has no end yet: a case is not closed, or evidence has no case
			       * (Q10) */
	REASON_TERM_PERMANENT, /* kept for good */
	REASON_HELD,           /* there is a hold (Art. 12, Q11) */
	REASON_PROCEDURE,      /* the term has ended, and one person alone removes nothing: disposal
				  takes two */
	REASON_INHERITED,      /* the hold is on a folder or a case: ask for its release there */
	REASON_SHORTENS,       /* a class, a date: promises only lengthen */

	/* EEXIST, ENOENT, ENOTEMPTY */
	REASON_NAME_TAKEN, /* EEXIST */
	REASON_HIDDEN,     /* ENOENT: not there, for this subject */
	REASON_NOT_EMPTY,  /* ENOTEMPTY */

	/* EINVAL, ENAMETOOLONG: malformed */
	REASON_NAME_BAD,
	REASON_NAME_LONG, /* ENAMETOOLONG: over 255 bytes */
	REASON_DATE_BAD,  /* not YYYY-MM-DD */
	REASON_DATE_FUTURE,
	REASON_CLOSED_EARLY,  /* a case closed before it was opened */
	REASON_CLOSED_FUTURE, /* or on a day to come */
	REASON_PATH_SHORT,    /* a file outside unit/device/officer/date/case */
	REASON_VALUE_BAD,     /* a request's field is missing or malformed */
	REASON_HOLD_BAD, /* a hold's name, ground or reason is missing or malformed; ground 4 takes
			    a reason */
	REASON_CLOCK_FOLLOWS, /* the clock set past the wall clock, or back; or set in a store that
				 is not for tests */
	REASON_CLASS_CHANGED, /* a new policy gives a class another kind */
	REASON_CLASS_UNKNOWN, /* no such class in the policy in force, or one that does not fit */

	/* EACCES: not for you, or not now */
	REASON_UNIT_UNKNOWN,
	REASON_DEVICE_UNKNOWN,
	REASON_OFFICER_UNKNOWN,
	REASON_CASE_UNKNOWN,
	REASON_NOBODY,     /* the uid is no registered person's */
	REASON_NO_ROLE,    /* the person lacks the role for this act */
	REASON_NOT_YOURS,  /* neither the folder's officer nor the unit's custodian (Art. 8, Q6) */
	REASON_NOT_FORMAL, /* not formal staff (Art. 7, Q5) */
	REASON_NOT_CERTIFIED, /* not certified on the recording date (Art. 7, Q5) */
	REASON_NO_GRANT,      /* no approval to read (Art. 15, Q14) */
	REASON_GRANT_PENDING, /* asked for, not yet decided */
	REASON_GRANT_DENIED,
	REASON_GRANT_EARLY, /* not yet begun */
	REASON_GRANT_OVER,  /* its time has ended */
	REASON_GRANT_REVOKED,
	REASON_GRANT_USED, /* its number of opens is used up */
	REASON_UNINVITED, /* a thumbnailer, an indexer: nobody asked it to read (policy/reader.h) */
	REASON_SELF_APPROVAL, /* approving one's own request, or one's own deposit */
	REASON_SECOND_PERSON, /* this takes somebody else than who began it */
	REASON_POLICY_EARLY,  /* a policy's effective date is still to come */
	REASON_NOT_CUSTODIAN, /* the custodian of another unit */
	REASON_OWN_RECORDING, /* nobody approves the disposal of what they recorded or deposited */
	REASON_DISPOSED,      /* the content is gone, the record stays */
	REASON_UNSEALED,      /* someone's content before it is sealed */

	/* the rest */
	REASON_NOT_SUPPORTED, /* ENOTSUP: attributes that are not kept here, or not after sealing */
	REASON_NOT_FOUND,     /* ENOENT: a request names what does not exist */
	REASON_STATE,         /* EINVAL: that request is already decided, or the like */
	REASON_PROPOSED,      /* EEXIST: its disposal is proposed already */
	REASON_UNDIGESTED,    /* EAGAIN: its digests are not computed yet */
	REASON_DIFFERS,  /* EEXIST: there is one of that name already, and it says something else */
	REASON_CONFLICT, /* EEXIST: the register has another with that number, name or uid */
	REASON_NO_SPACE, /* ENOSPC: the ledger cannot be written, so nothing is done */
	REASON_DAMAGED,  /* EIO: content fails verification */
	REASON_TOO_MANY, /* EMFILE: the uid has too many items open */
	REASON_COUNT
};

/* The errno that a client gets (positive; 0 for REASON_NONE; EPERM for what is no reason). */
int reason_errno(enum reason r);

/* The stable name, e.g. "grant-none", lower case and hyphens; "allowed" for REASON_NONE. */
const char *reason_name(enum reason r);

/* The sentence for people, an English msgid; never NULL. */
const char *reason_text(enum reason r);

/* The reason with that stable name; REASON_COUNT where there is none. */
enum reason reason_parse(const char *name);

#endif
