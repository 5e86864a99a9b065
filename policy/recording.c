/* What the names of a recording and of its folders say of it.  The contract is in recording.h. */
#include "policy/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEVICE_LENGTH 7 /* GA/T 947 */
#define OFFICER_LENGTH 6
#define TIME_LENGTH 14    /* YYYYMMDDhhmmss */
#define SEQUENCE_LENGTH 9 /* at most: any such number fits an int32_t */
#define WORDS 5           /* of a name: device, officer, time, sequence, IMP */
#define LEVELS 6          /* folders looked at, from the nearest up */
#define LEVEL_SPACE 256   /* bytes of a folder's name, NUL included */
#define DCIM "DCIM"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool all_digits(const char *word)
{
	return word[strspn(word, "0123456789")] == '\0';
}

/* Whether a word can be a device's or an officer's number at all. */
static bool is_number(const char *word)
{
	size_t n = 0;

	while (is_alnum(word[n]) || word[n] == '-')
		n++;
	return n > 0 && n < RECORDING_WORD && word[n] == '\0';
}

static bool device_long(const char *word)
{
	return strlen(word) == DEVICE_LENGTH;
}

static bool officer_long(const char *word)
{
	return strlen(word) == OFFICER_LENGTH;
}

static bool knows_device(const struct recording_register *reg, const char *word)
{
	return reg->device(reg->arg, word);
}

static bool knows_officer(const struct recording_register *reg, const char *word)
{
	return reg->officer(reg->arg, word);
}

/* In which order are device and officer?  1: as given, -1: the other way round, 0: unknown. */
static int order_of(const char *a, const char *b, const struct recording_register *reg)
{
	int as_is = knows_device(reg, a) + knows_officer(reg, b),
	    turned = knows_device(reg, b) + knows_officer(reg, a);
	int length = device_long(a) && officer_long(b) ? 1
		: device_long(b) && officer_long(a)    ? -1
						       : 0;

	if (length != 0) /* by length, unless the register knows only the other order */
		return (length == 1 ? as_is < 2 && turned == 2 : turned < 2 && as_is == 2) ? -length
											   : length;
	if (as_is != turned)
		return as_is > turned ? 1 : -1;
	if (as_is != 0)
		return 0;
	return (device_long(a) || officer_long(b)) - (device_long(b) || officer_long(a));
}

static void set_word(char out[RECORDING_WORD], const char *word)
{
	snprintf(out, RECORDING_WORD, "%s", word);
}

static void set_pair(struct recording *r, const char *a, const char *b, int order)
{
	set_word(r->device, order == 1 ? a : b);
	set_word(r->officer, order == 1 ? b : a);
}

/* One word alone.  False where it cannot be told what it is. */
static bool set_single(struct recording *r, const char *word, const struct recording_register *reg)
{
	bool device = knows_device(reg, word), officer = knows_officer(reg, word);

	if (device == officer) {
		device = device_long(word);
		officer = officer_long(word);
	}
	if (device)
		set_word(r->device, word);
	else if (officer)
		set_word(r->officer, word);
	return device || officer;
}

static int two_digits(const char *at)
{
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* Reads YYYYMMDD at the beginning of digits. */
static bool read_day(const char *digits, int32_t *day)
{
	return day_from_civil(two_digits(digits) * 100 + two_digits(digits + 2),
		two_digits(digits + 4), two_digits(digits + 6), day);
}

static bool is_time(const char *word)
{
	return strlen(word) == TIME_LENGTH && all_digits(word);
}

static bool read_time(const char *word, int32_t *day)
{
	return read_day(word, day) && two_digits(word + 8) < 24 && two_digits(word + 10) < 60 &&
		two_digits(word + 12) < 60;
}

/* Cuts the stem of a name at its underscores; 0 where there are too many, or one is empty or no
 * word. */
static size_t split(char *stem, const char *word[WORDS])
{
	size_t n = 0;

	for (char *next = stem; next != NULL; n++) {
		if (n == WORDS)
			return 0;
		word[n] = strsep(&next, "_");
		if (!is_number(word[n]))
			return 0;
	}
	return n;
}

/* Takes IMP off the end: "0002IMP", or a word of its own. */
static size_t take_important(char *last, size_t n, bool *important)
{
	size_t len = strlen(last);

	*important = len >= 3 && strcmp(last + len - 3, "IMP") == 0 &&
		(len > 3 ? is_digit(last[len - 4]) : n > 1);
	if (!*important)
		return n;
	last[len - 3] = '\0';
	return len == 3 ? n - 1 : n;
}

static bool read_sequence(const char *word, struct recording *out)
{
	size_t len = strlen(word);

	if (!all_digits(word) || len > SEQUENCE_LENGTH)
		return false;
	out->sequence = strtol(word, NULL, 10);
	out->digits = (int)len;
	return true;
}

/* The words before time and sequence: none, one, or two. */
static enum recording_fault read_who(const char *const word[WORDS], size_t n,
	const struct recording_register *reg, struct recording *out)
{
	int order;

	if (n == 0)
		return RECORDING_FINE;
	if (n == 1)
		return set_single(out, word[0], reg) ? RECORDING_FINE : RECORDING_AMBIGUOUS;
	order = order_of(word[0], word[1], reg);
	if (order != 0)
		set_pair(out, word[0], word[1], order);
	return order != 0 ? RECORDING_FINE : RECORDING_AMBIGUOUS;
}

/* The words of a name, one at least: [A_[B_]]TIME[_SEQ] or A_B_SEQ. */
static enum recording_fault read_words(const char *const word[WORDS], size_t n,
	const struct recording_register *reg, struct recording *out)
{
	bool sequence = !is_time(word[n - 1]) && read_sequence(word[n - 1], out);
	size_t who = sequence ? n - 1 : n;
	bool timed = who > 0 && is_time(word[who - 1]);

	if (timed && who <= 3)
		return read_time(word[who - 1], &out->day) ? read_who(word, who - 1, reg, out)
							   : RECORDING_TIME_BAD;
	/* without a time, two words and a number may be anything: it is a recording's name only
	 * where they have the right lengths, or are registered */
	if (!timed && sequence && who == 2 &&
		(knows_device(reg, word[0]) || knows_device(reg, word[1]) ||
			(device_long(word[0]) && officer_long(word[1])) ||
			(device_long(word[1]) && officer_long(word[0]))))
		return read_who(word, who, reg, out);
	return RECORDING_OTHER;
}

enum recording_fault recording_of_name(
	const char *name, const struct recording_register *reg, struct recording *out)
{
	const char *dot = strrchr(name, '.'), *word[WORDS];
	size_t len = dot != NULL ? (size_t)(dot - name) : strlen(name), n;
	char stem[256];
	enum recording_fault fault;

	*out = (struct recording){ .day = DAY_NONE, .sequence = -1 };
	if (len >= sizeof stem || (dot != NULL && dot[1] == '\0'))
		return RECORDING_OTHER;
	memcpy(stem, name, len);
	stem[len] = '\0';
	n = split(stem, word);
	if (n > 0)
		n = take_important(stem + (word[n - 1] - stem), n, &out->important);
	fault = n > 0 ? read_words(word, n, reg, out) : RECORDING_OTHER;
	if (fault == RECORDING_OTHER)
		*out = (struct recording){ .day = DAY_NONE, .sequence = -1 };
	return fault;
}

/* "2023-03-14" or "20230314". */
static bool is_date(const char *folder, int32_t *day)
{
	return day_parse(folder, day) ||
		(strlen(folder) == 8 && all_digits(folder) && read_day(folder, day));
}

/* A folder that cameras put important files into: IMP, 100IMP, IMPORTANT, 重要…. */
static bool is_important(const char *folder)
{
	static const char mark[] = "重要";

	if (strncmp(folder, mark, sizeof mark - 1) == 0 || strcasecmp(folder, "IMPORTANT") == 0)
		return true;
	return strcasecmp(folder + (strspn(folder, "0123456789") == 3 ? 3 : 0), "IMP") == 0;
}

/* Device and officer from two folders, the nearer first; false where they are none. */
static bool pair_of_folders(const char *near, const char *far, bool camera,
	const struct recording_register *reg, struct recording *out)
{
	int order;

	if (!is_number(near) || !is_number(far))
		return false;
	order = order_of(far, near, reg);
	if (order == 0)
		return false;
	if (!(order == 1 ? knows_device(reg, far) || knows_officer(reg, near)
			 : knows_device(reg, near) || knows_officer(reg, far)) &&
		!(camera &&
			(order == 1 ? device_long(far) && officer_long(near)
				    : device_long(near) && officer_long(far))))
		return false;
	set_pair(out, far, near, order);
	return true;
}

/* The nearest folders of a path, nearest first; how many. */
static size_t levels_of(const char *path, char level[LEVELS][LEVEL_SPACE], bool *camera)
{
	const char *end = strrchr(path, '/'), *begin;
	size_t n = 0;

	*camera = false;
	for (; end != NULL; end = begin > path ? begin - 1 : NULL) {
		for (begin = end; begin > path && begin[-1] != '/'; begin--)
			;
		*camera |= end - begin == sizeof DCIM - 1 &&
			strncasecmp(begin, DCIM, sizeof DCIM - 1) == 0;
		if (begin < end && n < LEVELS)
			snprintf(level[n++], LEVEL_SPACE, "%.*s", (int)(end - begin), begin);
	}
	return n;
}

void recording_of_folders(
	const char *path, const struct recording_register *reg, struct recording *out)
{
	char level[LEVELS][LEVEL_SPACE];
	bool camera;
	size_t i = 0, n = levels_of(path, level, &camera);

	*out = (struct recording){ .day = DAY_NONE, .sequence = -1 };
	for (; i < n &&
		(is_important(level[i]) || (out->day == DAY_NONE && is_date(level[i], &out->day)));
		i++)
		out->important |= is_important(level[i]);
	if (i + 1 < n && pair_of_folders(level[i], level[i + 1], camera, reg, out))
		i += 2;
	else if (i < n && is_number(level[i]) &&
		knows_device(reg, level[i]) != knows_officer(reg, level[i]))
		(void)set_single(out, level[i++], reg);
	for (; camera && i < n; i++)
		out->important |= is_important(level[i]);
}

static int compare_numbers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

size_t recording_gaps(int64_t *numbers, size_t n, struct recording_gap *out, size_t cap)
{
	size_t found = 0;

	if (n > 0) /* without numbers there may be no list */
		qsort(numbers, n, sizeof *numbers, compare_numbers);
	for (size_t i = 1; i < n; i++) {
		if (numbers[i] <= numbers[i - 1] + 1)
			continue;
		if (found < cap)
			out[found] = (struct recording_gap){ numbers[i - 1] + 1, numbers[i] - 1 };
		found++;
	}
	return found;
}
