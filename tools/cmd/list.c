/* Printing a paged list. */
#include "tools/cmd/list.h"

#include <stdio.h>

#include "tools/text/render.h"

struct listing {
	const struct table_kind *kind;
	struct render_table *table;
};

static int add_row(void *arg, const json_t *row)
{
	struct listing *l = arg;
	l->kind->fill(l->table, row);
	render_table_row(l->table);
	return 0;
}

static void end_page(void *arg, const json_t *answer)
{
	struct listing *l = arg;
	(void)answer;
	render_table_flush(l->table, stdout);
}

static int list_text(struct control *c, json_t *request, const struct table_kind *kind)
{
	struct listing l = { kind, table_new(kind) };
	struct control_pager pager = { add_row, end_page, &l };
	int status = control_each(c, request, kind->what, &pager);
	render_table_free(l.table, NULL);
	return status;
}

/* How much of the document is printed so far. */
struct document {
	struct control *control;
	bool begun;
};

static int print_row(void *arg, const json_t *row)
{
	struct document *d = arg;
	fputs(d->begun ? "," : "{\"rows\":[", stdout);
	d->begun = true;
	d->control->json = false; /* from here on a refusal is part of the document */
	render_json(stdout, row);
	return 0;
}

/*
 * Prints one document for all pages.  "ok" comes last, when it is known.  A refusal of the first
 * page is printed as the store answered.
 */
static int list_json(struct control *c, json_t *request, const char *what)
{
	struct document d = { c, false };
	struct control_pager pager = { print_row, NULL, &d };
	int status = control_each(c, request, what, &pager);
	if (d.begun || status == 0)
		printf("%s],\"next\":null,\"ok\":%s}\n", d.begun ? "" : "{\"rows\":[",
			status != 0 ? "false" : "true");
	if (d.begun && status != 0)
		c->out->failure_printed = true;
	return status;
}

int list_print(struct control *c, json_t *request, const struct table_kind *kind)
{
	return c->json ? list_json(c, request, kind->what) : list_text(c, request, kind);
}
