/*
 * The numbers of enums, as SQL has them in its text.  They are literals and not arguments: SQLite
 * takes an index of some rows alone ("WHERE state = " SQL_SEALED) only where it reads the number
 * itself.
 */
#ifndef FS_STORE_CATALOG_NUMBERS_H
#define FS_STORE_CATALOG_NUMBERS_H

#include "policy/calendar.h"
#include "policy/disposal.h"
#include "policy/grant.h"
#include "policy/role.h"
#include "policy/verb.h"

#define NUMBER_TEXT_OF(n) #n
#define NUMBER_TEXT(n) NUMBER_TEXT_OF(n)

#define NUMBER_RECEIVING 0
#define NUMBER_SEALED 1
#define NUMBER_INCOMPLETE 2
#define NUMBER_WITHDRAWN 3
#define NUMBER_DISPOSED 4

#define SQL_RECEIVING NUMBER_TEXT(NUMBER_RECEIVING)
#define SQL_SEALED NUMBER_TEXT(NUMBER_SEALED)
#define SQL_INCOMPLETE NUMBER_TEXT(NUMBER_INCOMPLETE)
#define SQL_WITHDRAWN NUMBER_TEXT(NUMBER_WITHDRAWN)
#define SQL_DISPOSED NUMBER_TEXT(NUMBER_DISPOSED)

/* An item that occupies its name in its folder: receiving or sealed (index item_name). */
#define SQL_HAS_NAME "<=" SQL_SEALED

/* All states but receiving, for IN. */
#define SQL_RECEIVED SQL_SEALED "," SQL_INCOMPLETE "," SQL_WITHDRAWN "," SQL_DISPOSED

_Static_assert(NUMBER_RECEIVING == ITEM_RECEIVING && NUMBER_SEALED == ITEM_SEALED &&
		NUMBER_INCOMPLETE == ITEM_INCOMPLETE && NUMBER_WITHDRAWN == ITEM_WITHDRAWN &&
		NUMBER_DISPOSED == ITEM_DISPOSED && ITEM_STATE_COUNT == 5,
	"enum item_state and its numbers in SQL");

#define NUMBER_GRANT_PENDING 0
#define SQL_GRANT_PENDING NUMBER_TEXT(NUMBER_GRANT_PENDING)

_Static_assert(NUMBER_GRANT_PENDING == GRANT_PENDING, "enum grant_state and its number in SQL");

#define NUMBER_DISPOSAL_PROPOSED 0
#define NUMBER_DISPOSAL_APPROVED 1

/* The states of a proposal that still has an effect (disposal_state_open()), for IN. */
#define SQL_DISPOSAL_OPEN \
	NUMBER_TEXT(NUMBER_DISPOSAL_PROPOSED) "," NUMBER_TEXT(NUMBER_DISPOSAL_APPROVED)

_Static_assert(NUMBER_DISPOSAL_PROPOSED == DISPOSAL_PROPOSED &&
		NUMBER_DISPOSAL_APPROVED == DISPOSAL_APPROVED,
	"enum disposal_state and its numbers in SQL");

#define NUMBER_ERASURE_PENDING 0
#define SQL_ERASURE_PENDING NUMBER_TEXT(NUMBER_ERASURE_PENDING)

_Static_assert(NUMBER_ERASURE_PENDING == ERASURE_PENDING, "enum erasure and its number in SQL");

#define NUMBER_ROLE_OFFICER 1
#define SQL_ROLE_OFFICER NUMBER_TEXT(NUMBER_ROLE_OFFICER)

_Static_assert(NUMBER_ROLE_OFFICER == ROLE_OFFICER, "enum role and its number in SQL");

#define NUMBER_DAY_NONE -2147483648
#define SQL_DAY_NONE NUMBER_TEXT(NUMBER_DAY_NONE)

_Static_assert(NUMBER_DAY_NONE == DAY_NONE, "no day and its number in SQL");

#endif
