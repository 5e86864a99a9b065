/* Names of files and folders.  The contract is in name.h. */
#include "policy/name.h"

#include <string.h>
#include <utf8proc.h>

/*
 * Code points enough for the decomposed form of any name that is allowed: a composed character
 * decomposes into at most three for two of its bytes, so 255 bytes never need this many.
 */
#define NAME_POINTS 1024

/* NFC; never COMPAT, which would turn （） into (). */
#define NAME_FORM (UTF8PROC_STABLE | UTF8PROC_COMPOSE)

/* C0, DEL and C1. */
static bool is_control(utf8proc_int32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

/* Whether it is UTF-8 with no control character and none of `refused`. */
static bool text_clean(const char *text, size_t len, const char *refused)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;

	while (len > 0) {
		utf8proc_int32_t point;
		utf8proc_ssize_t n = utf8proc_iterate(at, (utf8proc_ssize_t)len, &point);

		if (n <= 0 || is_control(point))
			return false;
		if (n == 1 && strchr(refused, point) != NULL)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

enum reason name_normalise(const char *in, char out[NAME_BUFFER])
{
	utf8proc_int32_t points[NAME_POINTS + 1]; /* one more: reencoding ends with a NUL */
	utf8proc_ssize_t n;
	size_t len;
	char last;

	n = utf8proc_decompose((const utf8proc_uint8_t *)in, (utf8proc_ssize_t)strlen(in), points,
		NAME_POINTS, NAME_FORM);
	out[0] = '\0';
	if (n <= 0)
		return REASON_NAME_BAD; /* invalid UTF-8, or empty */
	if (n > NAME_POINTS)
		return REASON_NAME_LONG;
	len = (size_t)utf8proc_reencode(points, n, NAME_FORM);
	if (len > NAME_BYTES)
		return REASON_NAME_LONG; /* an error, negative, would end up here as well */
	last = ((const char *)points)[len - 1];
	if (last == '.' || last == ' ' || !text_clean((const char *)points, len, "/\\:*?\"<>|"))
		return REASON_NAME_BAD;
	memcpy(out, points, len + 1);
	return REASON_NONE;
}

size_t name_cut(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

/* The full-width form of a printable ASCII character (U+FF01 and after), three bytes. */
static char *put_wide(char *out, char c)
{
	unsigned char u = (unsigned char)c;

	*out++ = '\xef';
	*out++ = u < 0x60 ? '\xbc' : '\xbd';
	*out++ = (char)(0x80 | ((u - 0x20) & 0x3f));
	return out;
}

void name_from_text(const char *text, char out[NAME_BUFFER])
{
	char raw[3 * NAME_BYTES + 4], *end = raw;
	size_t len, cut = name_cut(text, NAME_BYTES);

	for (size_t i = 0; i < cut; i++) {
		if (strchr("/\\:*?\"<>|", text[i]) != NULL || (i == 0 && text[i] == '.'))
			end = put_wide(end, text[i]);
		else
			*end++ = text[i];
	}
	*end = '\0';
	for (len = name_cut(raw, NAME_BYTES); len > 0; len = name_cut(raw, len - 1)) {
		raw[len] = '\0';
		if (raw[len - 1] == '.' && len <= NAME_BYTES - 2)
			*put_wide(raw + len - 1, '.') = '\0';
		if (name_normalise(raw, out) == REASON_NONE)
			return;
		raw[len] = '\0';
	}
	memcpy(out, "_", 2);
}

bool name_important(const char *name)
{
	const char *dot = strrchr(name, '.');
	char before;

	if (dot == NULL || dot[1] == '\0' || dot - name < 4 || memcmp(dot - 3, "IMP", 3) != 0)
		return false;
	before = dot[-4];
	return before == '_' || (before >= '0' && before <= '9');
}

/* Past the blanks at the beginning, the wide one of Chinese writing among them. */
static const char *past_blanks(const char *text)
{
	static const char wide[] = "\u3000";

	for (;;)
		if (*text == ' ')
			text++;
		else if (strncmp(text, wide, sizeof wide - 1) == 0)
			text += sizeof wide - 1;
		else
			return text;
}

bool text_valid(const char *text, size_t max)
{
	size_t len = strlen(text);

	return *past_blanks(text) != '\0' && len <= max && text_clean(text, len, "");
}
