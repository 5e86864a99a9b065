#include "fs/store/base/ini.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\v\f"
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* UTF-8 */

/* A copy of the text is cut into strings in place; section and key point into it. */
struct reader {
	ini_take take;
	void *arg;
	int number;
	const char *section, *key; /* key: "" where an indented line has none to belong to */
};

/* The text without blanks at its ends. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, BLANKS);
	for (len = strlen(text); len > 0 && strchr(BLANKS, text[len - 1]) != NULL; len--)
		;
	text[len] = '\0';
	return text;
}

/* The first of the stop characters, or a comment, or the end. */
static char *find_stop(char *text, const char *stops)
{
	bool behind_blank = false;

	for (; *text != '\0' && strchr(stops, *text) == NULL; text++) {
		if (*text == ';' && behind_blank)
			break;
		behind_blank = strchr(BLANKS, *text) != NULL;
	}
	return text;
}

static int give(struct reader *r, const char *key, const char *value)
{
	const struct ini_line line = {
		.number = r->number, .section = r->section, .key = key, .value = value
	};

	return r->take(r->arg, &line) ? 0 : ECANCELED;
}

static int give_bad(struct reader *r)
{
	const struct ini_line line = { .number = r->number };

	return r->take(r->arg, &line) ? 0 : ECANCELED;
}

static int give_value(struct reader *r, char *value)
{
	*find_stop(value, "") = '\0';
	return give(r, r->key, trim(value));
}

static int read_heading(struct reader *r, char *name)
{
	char *end = find_stop(name, "]"), *rest;

	if (*end != ']')
		return give_bad(r);
	*end = '\0';
	rest = trim(end + 1);
	if (*rest != '\0' && *rest != ';' && *rest != '#')
		return give_bad(r);
	r->section = name;
	r->key = "";
	return give(r, NULL, NULL);
}

static int read_line(struct reader *r, char *line)
{
	char *start = trim(line), *end;
	bool indented = start > line;

	if (*start == '\0' || *start == ';' || *start == '#')
		return 0;
	if (*start == '[')
		return indented ? give_bad(r) : read_heading(r, start + 1);
	if (indented && *r->key != '\0')
		return give_value(r, start);
	end = find_stop(start, "=:");
	if (*end != '=' && *end != ':')
		return give_bad(r);
	*end = '\0';
	r->key = trim(start);
	return give_value(r, end + 1);
}

static int read_lines(struct reader *r, char *text, size_t len)
{
	char *end = text + len, *next;
	int err = 0;

	if (strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		text += strlen(BYTE_ORDER_MARK);
	for (; err == 0 && text < end; text = next) {
		next = memchr(text, '\n', (size_t)(end - text));
		if (next == NULL)
			next = end;
		*next = '\0';
		r->number++;
		err = strlen(text) == (size_t)(next - text) ? read_line(r, text) : give_bad(r);
		next++;
	}
	return err;
}

int ini_read(const char *text, size_t len, ini_take take, void *arg)
{
	struct reader r = { .take = take, .arg = arg, .section = "", .key = "" };
	char *copy = malloc(len + 1);
	int err;

	if (copy == NULL)
		return ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	err = read_lines(&r, copy, len);
	free(copy);
	return err;
}
