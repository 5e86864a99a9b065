/*
 * How long an item is kept (Art. 11; Q9, Q10).  What keeps it is a set of bonds: what was promised
 * at its deposit, its classes, its cases, an explicit date, the floors of the folders that it lies
 * in.  Bonds are only ever added, and the term is the longest of them all, so nothing can shorten
 * it (promise 6).  Holds are separate (hold.h).  Locked while now < until, now being the compliance
 * clock.
 */
#ifndef POLICY_TERM_H
#define POLICY_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/calendar.h"

#define CLASS_NAME 32               /* bytes, NUL included */
#define CLASS_DEFAULT "patrol"      /* unless more is said: Art. 11, not less than six months */
#define CLASS_EVIDENCE "evidence"   /* linked to a case */
#define CLASS_LONG_TERM "long-term" /* held: Art. 12 */
#define CLASS_CASE_DEFAULT "evidence-30"
#define TERM_MONTHS_MAX 12000

enum class_kind {
	CLASS_RECORDED, /* so many calendar months from the recording day */
	CLASS_CLOSED,   /* so many from the day on which the case is closed; no end before that.  A
			   case's class */
	CLASS_CASE,     /* an item's: as long as its cases; no end while it belongs to none */
	CLASS_PERMANENT,
	CLASS_KIND_COUNT
};

/* A retention class in a version of the policy. */
struct class_rule {
	char name[CLASS_NAME];
	enum class_kind kind;
	int months;
};

/* The classes of policy version 1, which every store begins with: the policy in force until another
 * is loaded. */
extern const struct class_rule class_builtin[];
extern const size_t class_builtin_count;

/* "recorded", "case-closed", "case", "permanent"; CLASS_KIND_COUNT where unknown. */
const char *class_kind_name(enum class_kind k);
enum class_kind class_kind_parse(const char *name);

/* 1..31 bytes of a-z, 0-9 and '-', a letter first. */
bool class_name_valid(const char *name);

/* Whether a rule may be an item's (not CLASS_CLOSED), or a case's (CLASS_CLOSED or PERMANENT: while
 * a case is open its term has no end, Q10). */
bool class_fits_item(const struct class_rule *r);
bool class_fits_case(const struct class_rule *r);

enum bond_kind {
	BOND_UNTIL, /* an instant */
	BOND_CLASS, /* a class */
	BOND_CASE   /* a case, by its class */
};

enum bond_from { BOND_FROM_DEPOSIT, BOND_FROM_ITEM, BOND_FROM_FOLDER, BOND_FROM_CASE };

struct bond {
	enum bond_kind kind;
	enum bond_from from;
	struct class_rule rule; /* CLASS, CASE */
	int64_t until;          /* UNTIL; ms */
	int32_t closed;         /* CASE: the day on which it was closed; DAY_NONE: open */
	int64_t source;         /* id of the case or the floor; 0 */
};

/* Where a bond comes from, in a word that is stable: "class", "case", "date", "folder", or
 * "promise" (made at the deposit). */
const char *bond_basis(const struct bond *b);

struct term {
	int64_t at_least; /* it ends no earlier than this, whatever comes; 0: nothing keeps it */
	bool permanent;
	bool open;    /* a case of it is not closed: no end yet */
	bool follows; /* its class is that of its cases */
	bool in_case;
	struct bond by; /* the bond that decides */
};

#define TERM_NONE             \
	{                     \
		.at_least = 0 \
	}

/* Adds a bond of an item that was recorded on that day.  Its cases come first: `by` is then the
 * bond that decides. */
void term_add(struct term *t, const struct bond *b, int32_t recorded, int utc_offset_min);

/* Whether a bond would lengthen the term, now or later (a case that is open). */
bool term_lengthens(
	const struct term *t, const struct bond *b, int32_t recorded, int utc_offset_min);

/* Whether there is no end yet: a case is open, or the class follows cases and there is none. */
bool term_pending(const struct term *t);

/* The first instant at which it is no longer locked; INSTANT_NEVER where it is permanent or
 * pending. */
int64_t term_until(const struct term *t);

/* locked while now < until: the one definition. */
bool term_locked(const struct term *t, int64_t now);

#endif
