/* Calendar arithmetic for terms and recording dates.  The contract is in calendar.h. */
#include "policy/calendar.h"

#include <stdio.h>
#include <string.h>

#define DAYS_1970 719162 /* from 0001-01-01 to 1970-01-01 */
#define DAYS_4Y 1461
#define DAYS_100Y 36524
#define DAYS_400Y 146097

#define DAY_0000 (-719528) /* 0000-01-01 and 9999-12-31: what RFC 3339 can write */
#define DAY_9999 2932896

#define YEAR_MIN 1900
#define YEAR_MAX 9999
#define OFFSET_MAX (14 * 60)
#define MINUTE_MS INT64_C(60000)

/* Days of the year before each month; [1] in leap years. */
static const int16_t before_month[2][13] = {
	{ 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 },
	{ 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
};

static bool leap_year(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int64_t year, int month)
{
	const int16_t *before = before_month[leap_year(year)];

	return before[month] - before[month - 1];
}

/* C rounds towards zero; days and instants before 1970 need rounding down. */
static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* What floor_div() leaves over: 0..b-1. */
static int64_t floor_mod(int64_t a, int64_t b)
{
	int64_t rest = a % b;

	return rest < 0 ? rest + b : rest;
}

/* The day of a date that exists, in any year. */
static int64_t day_number(int64_t year, int month, int day)
{
	int64_t past = year - 1;

	return 365 * past + floor_div(past, 4) - floor_div(past, 100) + floor_div(past, 400) +
		before_month[leap_year(year)][month - 1] + day - 1 - DAYS_1970;
}

/* DAY_NONE is no day, so the least day is the one after it. */
static int32_t day_clamp(int64_t day)
{
	if (day > INT32_MAX)
		return INT32_MAX;
	if (day <= DAY_NONE)
		return DAY_NONE + 1;
	return (int32_t)day;
}

bool day_from_civil(int year, int month, int day, int32_t *out)
{
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
		return false;
	if (day < 1 || day > month_days(year, month))
		return false;
	*out = (int32_t)day_number(year, month, day);
	return true;
}

void day_to_civil(int32_t day, int *year, int *month, int *mday)
{
	int64_t rest = (int64_t)day + DAYS_1970;
	int64_t era = floor_div(rest, DAYS_400Y);
	int64_t century, four, one;
	const int16_t *before;
	int m = 1;

	/* The last day of an era and of four years belongs to what is before it, hence the limits
	 * of 3. */
	rest = floor_mod(rest, DAYS_400Y);
	century = rest / DAYS_100Y < 3 ? rest / DAYS_100Y : 3;
	rest -= century * DAYS_100Y;
	four = rest / DAYS_4Y;
	rest -= four * DAYS_4Y;
	one = rest / 365 < 3 ? rest / 365 : 3;
	rest -= one * 365;

	*year = (int)(era * 400 + century * 100 + four * 4 + one + 1);
	before = before_month[leap_year(*year)];
	while (before[m] <= rest)
		m++;
	*month = m;
	*mday = (int)rest - before[m - 1] + 1;
}

/* Reads exactly n decimal digits and moves past them. */
static bool read_digits(const char **p, int n, int *out)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if ((*p)[i] < '0' || (*p)[i] > '9')
			return false;
		value = value * 10 + ((*p)[i] - '0');
	}
	*p += n;
	*out = value;
	return true;
}

/* A separator and then two digits, not above max. */
static bool read_field(const char **p, char separator, int max, int *out)
{
	if (**p != separator)
		return false;
	++*p;
	return read_digits(p, 2, out) && *out <= max;
}

static bool read_date(const char **p, int32_t *out)
{
	int year, month, day;

	return read_digits(p, 4, &year) && read_field(p, '-', 12, &month) &&
		read_field(p, '-', 31, &day) && day_from_civil(year, month, day, out);
}

/* hh:mm[:ss[.fff]] as milliseconds since midnight; what follows is the caller's. */
static bool read_time(const char **p, int64_t *out)
{
	int hour, minute, second = 0, milli = 0;

	if (!read_digits(p, 2, &hour) || hour > 23 || !read_field(p, ':', 59, &minute))
		return false;
	if (**p == ':') {
		if (!read_field(p, ':', 59, &second))
			return false;
		if (**p == '.') {
			++*p;
			if (!read_digits(p, 3, &milli))
				return false;
		}
	}
	*out = (hour * 60 + minute) * MINUTE_MS + second * 1000 + milli;
	return true;
}

bool day_parse(const char *text, int32_t *out)
{
	int32_t day;

	if (!read_date(&text, &day) || *text != '\0')
		return false;
	*out = day;
	return true;
}

void day_format(int32_t day, char out[DAY_TEXT])
{
	int year, month, mday;

	if (day == DAY_NONE) {
		strcpy(out, "none");
		return;
	}
	day_to_civil(day, &year, &month, &mday);
	snprintf(
		out, DAY_TEXT, "%04d-%02u-%02u", year, (unsigned)month % 100, (unsigned)mday % 100);
}

int32_t day_add_months(int32_t day, int months)
{
	int year, month, mday, last;
	int64_t count, to_year;

	if (day == DAY_NONE)
		return DAY_NONE;
	day_to_civil(day, &year, &month, &mday);
	count = (int64_t)year * 12 + (month - 1) + months;
	to_year = floor_div(count, 12);
	month = (int)floor_mod(count, 12) + 1;
	last = month_days(to_year, month);
	return day_clamp(day_number(to_year, month, mday < last ? mday : last));
}

int64_t term_end(int32_t day, int months, int utc_offset_min)
{
	int32_t last = day_add_months(day, months > 0 ? months : 0);

	/* No day yet, or an end too far to be counted: locked. */
	if (last == DAY_NONE || last == INT32_MAX)
		return INSTANT_NEVER;
	return instant_of_day(last + 1, utc_offset_min);
}

/* The local day of an instant, and the milliseconds since its start.  In this order nothing
 * overflows, next to INSTANT_NEVER either. */
static int64_t split_instant(int64_t ms, int utc_offset_min, int64_t *rest)
{
	int64_t in_day = floor_mod(ms, DAY_MS) + utc_offset_min * MINUTE_MS;

	*rest = floor_mod(in_day, DAY_MS);
	return floor_div(ms, DAY_MS) + floor_div(in_day, DAY_MS);
}

int32_t day_of_instant(int64_t ms, int utc_offset_min)
{
	int64_t rest;

	return day_clamp(split_instant(ms, utc_offset_min, &rest));
}

int64_t instant_of_day(int32_t day, int utc_offset_min)
{
	return day * DAY_MS - utc_offset_min * MINUTE_MS;
}

void instant_format(int64_t ms, int utc_offset_min, char out[INSTANT_TEXT])
{
	char date[DAY_TEXT], zone[8];
	int64_t day, rest;
	unsigned left;

	if (ms == INSTANT_NEVER) {
		strcpy(out, "never");
		return;
	}
	day = split_instant(ms, utc_offset_min, &rest);
	if (day < DAY_0000) {
		day = DAY_0000;
		rest = 0;
	} else if (day > DAY_9999) {
		day = DAY_9999;
		rest = DAY_MS - 1;
	}
	day_format((int32_t)day, date);
	offset_format(utc_offset_min, zone);
	left = (unsigned)rest;
	snprintf(out, INSTANT_TEXT, "%.10sT%02u:%02u:%02u.%03u%.6s", date, left / 3600000 % 24,
		left / 60000 % 60, left / 1000 % 60, left % 1000, zone);
}

bool instant_parse(const char *text, int utc_offset_min, int64_t *out)
{
	int offset = utc_offset_min;
	int64_t in_day = 0;
	int32_t day;

	if (!read_date(&text, &day))
		return false;
	if (*text != '\0') {
		if (*text != 'T' && *text != ' ')
			return false;
		text++;
		if (!read_time(&text, &in_day))
			return false;
		if (*text != '\0' && !offset_parse(text, &offset))
			return false;
	}
	*out = instant_of_day(day, offset) + in_day;
	return true;
}

bool offset_parse(const char *text, int *out_min)
{
	int hours, minutes, sum;
	char sign = *text;

	if (strcmp(text, "Z") == 0) {
		*out_min = 0;
		return true;
	}
	if (sign != '+' && sign != '-')
		return false;
	text++;
	if (!read_digits(&text, 2, &hours) || !read_field(&text, ':', 59, &minutes) ||
		*text != '\0')
		return false;
	sum = hours * 60 + minutes;
	if (sum > OFFSET_MAX)
		return false;
	*out_min = sign == '-' ? -sum : sum;
	return true;
}

void offset_format(int offset_min, char out[8])
{
	unsigned size = offset_min < 0 ? 0u - (unsigned)offset_min : (unsigned)offset_min;

	snprintf(out, 8, "%c%02u:%02u", offset_min < 0 ? '-' : '+', size / 60 % 100, size % 60);
}
