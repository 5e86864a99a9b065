/* Tables of what a store knows, as `custody list`, `show` and the answers of other commands print
 * them. */
#ifndef TOOLS_TEXT_TABLE_H
#define TOOLS_TEXT_TABLE_H

#include <jansson.h>

#include "tools/text/render.h"

/* One kind of list: what it is called on the control file, its headings, and how a row is
 * filled. */
struct table_kind {
	const char *what;
	const char *headers[9]; /* msgids; NULL after the last */
	unsigned right;         /* right-aligned columns */
	void (*fill)(struct render_table *t, const json_t *row);
};

/* NULL where there is no such list. */
const struct table_kind *table_kind(const char *what);

struct render_table *table_new(const struct table_kind *kind);

/* A register's entry, an item, a request, in full: label and value, line by line. */
void table_unit(struct render_table *t, const json_t *unit);
void table_device(struct render_table *t, const json_t *device);
void table_person(struct render_table *t, const json_t *person);
void table_case(struct render_table *t, const json_t *kase);
void table_item(struct render_table *t, const json_t *item);
void table_request(struct render_table *t, const json_t *request);

/* Prints one of them: `fill` of the object, on stdout. */
void table_print(void (*fill)(struct render_table *t, const json_t *object), const json_t *object);

#endif
