/*
 * The parts of the story: a function an event, in tables by subject (story.c lists them).  Each
 * tells an event's details, malloc'd, not yet safe to print.
 */
#ifndef TOOLS_STORY_STORY_PART_H
#define TOOLS_STORY_STORY_PART_H

#include <jansson.h>
#include <stddef.h>

struct story {
	const char *event;
	char *(*tell)(const json_t *details);
};
struct story_part {
	const struct story *stories;
	size_t count;
};
#define STORY_PART(table)                             \
	{                                             \
		table, sizeof table / sizeof table[0] \
	}

extern const struct story_part story_cases;     /* story_case.c */
extern const struct story_part story_clock;     /* story_clock.c */
extern const struct story_part story_findings;  /* story_finding.c */
extern const struct story_part story_retention; /* story_retention.c */
extern const struct story_part story_hold;      /* story_hold.c */

/* "<first><second>", both taken. */
char *story_joined(char *first, char *second);

/* ": <text>" where there is one, else "". */
char *story_remark(const char *text);

/* A copy of a translated text. */
char *story_plain(const char *translated);

/* A text field, or "?". */
const char *story_text(const json_t *details, const char *key);

#endif
