/* Lists of what a store knows, as tables. */
#ifndef TOOLS_TEXT_TABLE_H
#define TOOLS_TEXT_TABLE_H

#include <jansson.h>

#include "tools/text/render.h"

/* One kind of list: its name on the control file, its headings, and how a row is filled. */
struct table_kind {
	const char *what;
	const char *headers[9]; /* msgids; NULL after the last */
	unsigned right;         /* right-aligned columns */
	void (*fill)(struct render_table *t, const json_t *row);
};

/* NULL where there is no such list. */
const struct table_kind *table_kind(const char *what);

struct render_table *table_new(const struct table_kind *kind);

#endif
