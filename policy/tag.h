/*
 * Tags: what people say of an item beside its content.  Its stage in the enforcement (Art. 2, 6;
 * Q2), whether the other side was informed of the recording (Art. 18; Q17), whether it is
 * important; and, by two people, that it is unrelated to duty (Art. 23(4); Q23).  A tag can be
 * corrected at any time; each correction is an event, and content and digests are not touched.
 */
#ifndef POLICY_TAG_H
#define POLICY_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/person.h"
#include "policy/reason.h"

#define TAG_VALUE 32 /* bytes, NUL included */

enum tag { TAG_STAGE, TAG_INFORMED, TAG_IMPORTANT, TAG_COUNT };

const char *tag_name(enum tag t);
enum tag tag_parse(const char *name); /* TAG_COUNT where unknown */

/*
 * Reads a value; false where it is none of that tag's.  *out is how it is kept: stage: one of the
 * list below, which may be given in Chinese too; informed: "yes", "no", or "mm:ss" into the
 * recording; important: "yes" or "no".
 */
bool tag_value(enum tag t, const char *value, char out[TAG_VALUE]);

/* The stages, in the order of the regulation; NULL past the last.  tag_stage_find(): a stage's
 * place among them; -1 where it is none. */
const char *tag_stage(size_t n);
int tag_stage_find(const char *stage);

/* Whether the other side must be told beforehand that it is recorded (Art. 18): penalty,
 * compulsion, questioning. */
bool tag_stage_informs(const char *stage);

/* Whose an item is. */
struct tag_item {
	int64_t depositor, officer, unit;
};

/* Setting a tag: who deposited it, the officer who recorded it, the custodian of its unit, the
 * legal section.  REASON_NOBODY, REASON_NO_ROLE, REASON_NOT_YOURS. */
enum reason tag_may_set(const struct person *who, const struct tag_item *item);

enum unrelated { UNRELATED_NONE, UNRELATED_PROPOSED, UNRELATED_YES, UNRELATED_NO, UNRELATED_COUNT };
const char *unrelated_name(enum unrelated u); /* "proposed", "yes", "no"; "" for NONE */

/* Proposing: as tag_may_set(), and any inspector.  REASON_STATE where it is proposed or agreed on
 * already. */
enum reason unrelated_may_propose(
	const struct person *who, const struct tag_item *item, enum unrelated now);

/*
 * Deciding: an approver or the legal section; not who proposed it (REASON_SECOND_PERSON, judged
 * first), nor the officer who recorded it (REASON_SELF_APPROVAL). REASON_STATE where nothing is
 * proposed.
 */
enum reason unrelated_may_decide(const struct person *who, const struct tag_item *item,
	enum unrelated now, int64_t proposer);

#endif
