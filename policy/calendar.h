/*
 * Calendar arithmetic for terms and recording dates.
 *
 * A day is an int32_t: days since 1970-01-01 in the proleptic Gregorian calendar, a date of the
 * store's own time zone. An instant is an int64_t: milliseconds since 1970-01-01T00:00:00Z.  The
 * zone is a fixed offset from UTC in minutes (China keeps no summer time), so that a ledger reads
 * the same in thirty years without a zone database.
 */
#ifndef POLICY_CALENDAR_H
#define POLICY_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_NONE INT32_MIN      /* no such day: unlimited or unset, by context */
#define INSTANT_NEVER INT64_MAX /* an end that does not come */
#define DAY_MS INT64_C(86400000)
#define INSTANT_TEXT 32 /* bytes that instant_format() needs, NUL included */
#define DAY_TEXT 16     /* bytes that day_format() needs, NUL included */

/* The day of year-month-day; false where there is no such date or the year is outside
 * 1900..9999. */
bool day_from_civil(int year, int month, int day, int32_t *out);
void day_to_civil(int32_t day, int *year, int *month, int *mday);

/* Reads exactly "YYYY-MM-DD" (nothing before or after); false where malformed or no such date. */
bool day_parse(const char *text, int32_t *out);
void day_format(int32_t day, char out[DAY_TEXT]); /* DAY_NONE gives "none" */

/*
 * The same day of the month n calendar months on (n may be 0, or negative for back); where the
 * month is too short, its last day. 2023-08-31 + 6 → 2024-02-29.  DAY_NONE stays DAY_NONE; beyond
 * what a day can count, the last (or first) day that it can.
 */
int32_t day_add_months(int32_t day, int months);

/*
 * The first instant at which a recording of `day`, kept for `months` calendar months, is no longer
 * locked (Art. 11, Q9): the first day is not counted, so a recording of 2023-08-31 kept 6 months is
 * kept through 2024-02-29 and free from 2024-03-01T00:00 local. Locked while now < that instant.
 * INSTANT_NEVER for DAY_NONE and beyond what a day can count; negative months count as 0.
 */
int64_t term_end(int32_t day, int months, int utc_offset_min);

int32_t day_of_instant(int64_t ms,
	int utc_offset_min); /* no day so far off: the last (or first) that can be counted */
int64_t instant_of_day(int32_t day, int utc_offset_min); /* local midnight at its start */

/*
 * RFC 3339 with milliseconds and zone: 2023-03-14T09:30:12.000+08:00.  INSTANT_NEVER gives "never";
 * outside the years 0..9999, the nearest instant that fits.
 */
void instant_format(int64_t ms, int utc_offset_min, char out[INSTANT_TEXT]);

/*
 * Reads YYYY-MM-DD[T| ]hh:mm[:ss[.fff]][Z|±hh:mm], or the date alone (local midnight).  No zone:
 * the store's. False where malformed or out of range (the date as written: years 1900..9999); *out
 * is untouched then.
 */
bool instant_parse(const char *text, int utc_offset_min, int64_t *out);

/* Reads "+08:00", "-03:30" or "Z" (0, written "+00:00"); false where malformed or beyond ±14:00. */
bool offset_parse(const char *text, int *out_min);
void offset_format(int offset_min, char out[8]);

#endif
