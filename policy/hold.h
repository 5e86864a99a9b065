/*
 * Holds (Art. 12; Q11): an item with a hold is not disposed of, even after its term.  A hold has a
 * name, a ground 1–4 of Art. 12, a reason, and who set it; there can be several at once.  It is
 * released by a second person.
 */
#ifndef POLICY_HOLD_H
#define POLICY_HOLD_H

#include <stddef.h>
#include <stdint.h>

#include "policy/person.h"
#include "policy/reason.h"

#define HOLD_NAME 64 /* bytes, NUL included */
#define HOLD_REASON 1024
#define HOLD_VALUE (HOLD_REASON + 32)
#define GROUND_OTHER 4 /* "other important circumstances": takes a reason */

struct hold {
	int64_t id;
	char name[HOLD_NAME];
	int ground;
	char reason[HOLD_REASON];
	int64_t set_by, set_at;     /* person; ms of the compliance clock */
	int64_t asked_by, asked_at; /* release asked for; 0: not */
	char asked_why[HOLD_REASON];
	int64_t released_by, released_at; /* 0: not released */
	char released_why[HOLD_REASON];
};

/* 1..63 bytes of letters, digits, '-', '_', or beyond ASCII; no '.' and no blank. */
bool hold_name_valid(const char *name);

/*
 * Reads "ground=1; reason=…": fields in any order, blanks around them dropped; the reason takes all
 * that follows it.  Ground 1..4; ground 4 takes a reason. REASON_NONE or REASON_HOLD_BAD.
 */
enum reason hold_parse(const char *value, size_t len, int *ground, char reason[HOLD_REASON]);

/* Setting, and asking for a release: custodian, legal, admin.  REASON_NOBODY, REASON_NO_ROLE. */
enum reason hold_may_set(const struct person *who);

/* Releasing: approver or legal (else NO_ROLE), and neither who set it nor who asked for the release
 * (REASON_SECOND_PERSON, judged first). */
enum reason hold_may_release(const struct hold *h, const struct person *who);

#endif
