/*
 * Each kind of event has a function that tells it in words: story_hold_set() the record `hold_set`.
 * They are declared and called from the list of kinds.  So a new kind does not link before it has
 * its function, and a field that an event does not have does not compile.
 *
 * Each gives a text in the user's language: malloc'd, not yet safe to print.  utc_offset: the
 * store's, in minutes.
 */
#ifndef TOOLS_STORY_STORY_RECORD_H
#define TOOLS_STORY_STORY_RECORD_H

#include <jansson.h>

#include "fs/store/records/casefiles.h"
#include "fs/store/records/clocks.h"
#include "fs/store/records/copies.h"
#include "fs/store/records/deposits.h"
#include "fs/store/records/disposals.h"
#include "fs/store/records/findings.h"
#include "fs/store/records/grants.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/kinds.h"
#include "fs/store/records/mounts.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/readings.h"
#include "fs/store/records/register.h"
#include "fs/store/records/retention.h"
#include "fs/store/records/tags.h"

/* Begins the declaration or definition of one of them. */
#define STORY(record)                                                            \
	char *story_##record(const struct record *e __attribute__((__unused__)), \
		int utc_offset __attribute__((__unused__)))

#define STORY_DECLARE(KIND, record, text) STORY(record);
EVENT_KINDS(STORY_DECLARE)
#undef STORY_DECLARE

/* "<first><second>", both taken over. */
char *story_joined(char *first, char *second);

/* ": <text>" where there is one, else "". */
char *story_remark(const char *text);

/* A copy of a translated text. */
char *story_plain(const char *translated);

/* A record's text; "?" where the entry lacks it. */
const char *story_text(const char *text);

/* An instant or a day as people read it; "?" where there is none. */
char *story_time(int64_t ms, int utc_offset);
char *story_day(int32_t day);

#endif
