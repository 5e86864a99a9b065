/* All that can be asked: a table for each file of questions. */
#include <string.h>

#include "fs/store/query/query.h"

static const struct query_row *const tables[] = { query_lists, query_shows, query_logs,
	query_states, query_found, query_holds, query_copies, query_disposals, query_policies,
	query_tags, query_cases, query_ledgers };

const struct query_row *query_find(const char *command)
{
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		for (const struct query_row *r = tables[i]; r->command != NULL; r++)
			if (strcmp(r->command, command) == 0)
				return r;
	return NULL;
}
