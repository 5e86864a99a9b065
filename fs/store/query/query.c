/* What every query begins with, the plain lists, and paths. */
#include "fs/store/query/query.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/query/cases.h"
#include "fs/store/records/disposals.h"
#include "policy/name.h"
#include "policy/role.h"

#define LIMIT_DEFAULT 500
#define LIMIT_MAX 1000

int query_refuse(struct query *q, enum reason why, const char *field)
{
	q->why = why;
	q->field = field;
	return reason_errno(why);
}

int query_need(struct query *q, enum act act)
{
	enum reason why = q->all ? REASON_NONE : act_allowed(q->who, act);

	return why == REASON_NONE ? 0 : query_refuse(q, why, NULL);
}

int query_page(struct query *q, const json_t *request, int64_t *after, int64_t *limit)
{
	*after = jsonget_int(request, "after", 0);
	*limit = jsonget_int(request, "limit", LIMIT_DEFAULT);
	if (*after < 0 || *limit < 1 || *limit > LIMIT_MAX)
		return query_refuse(q, REASON_VALUE_BAD, *after < 0 ? "after" : "limit");
	return 0;
}

int query_check_fields(struct query *q, const struct request_field *fields, const json_t *request)
{
	const char *fault = request_fault(fields, request);

	return fault != NULL ? query_refuse(q, REASON_VALUE_BAD, fault) : 0;
}

static const struct {
	const char *field;
	json_type type;
} field_types[] = {
	{ "code", JSON_STRING },
	{ "name", JSON_STRING },
	{ "serial", JSON_STRING },
	{ "unit", JSON_STRING },
	{ "device", JSON_STRING },
	{ "person", JSON_STRING },
	{ "number", JSON_STRING },
	{ "roles", JSON_STRING },
	{ "certified_from", JSON_STRING },
	{ "certified_to", JSON_STRING },
	{ "party", JSON_STRING },
	{ "cause", JSON_STRING },
	{ "class", JSON_STRING },
	{ "what", JSON_STRING },
	{ "path", JSON_STRING },
	{ "case", JSON_STRING },
	{ "purpose", JSON_STRING },
	{ "from", JSON_STRING },
	{ "to", JSON_STRING },
	{ "reason", JSON_STRING },
	{ "since", JSON_STRING },
	{ "until", JSON_STRING },
	{ "verb", JSON_STRING },
	{ "text", JSON_STRING },
	{ "value", JSON_STRING },
	{ "version", JSON_INTEGER },
	{ "uid", JSON_INTEGER },
	{ "after", JSON_INTEGER },
	{ "limit", JSON_INTEGER },
	{ "item", JSON_INTEGER },
	{ "id", JSON_INTEGER },
	{ "opens", JSON_INTEGER },
	{ "offset", JSON_INTEGER },
	{ "level", JSON_INTEGER },
	{ "rule", JSON_STRING },
	{ "note", JSON_STRING },
	{ "open", JSON_TRUE },
	{ "alias", JSON_STRING },
	{ "date", JSON_STRING },
	{ "formal", JSON_TRUE },
	{ "ground", JSON_INTEGER },
	{ "all", JSON_TRUE },
	{ "no_offline_copy", JSON_TRUE },
	{ "medium", JSON_STRING },
	{ "type", JSON_STRING },
	{ "overdue", JSON_TRUE },
	{ "held", JSON_TRUE },
	{ "expired", JSON_TRUE },
	{ "state", JSON_STRING },
	{ "cursor", JSON_STRING },
	{ "missing", JSON_ARRAY },
	{ "damaged", JSON_ARRAY },
	{ "extra", JSON_INTEGER },
	{ "files", JSON_INTEGER },
	{ "missing_count", JSON_INTEGER },
	{ "damaged_count", JSON_INTEGER },
	{ "manifest", JSON_TRUE },
	{ "paths", JSON_ARRAY },
	{ "items", JSON_ARRAY },
};

static bool fits(const json_t *value, json_type type)
{
	return json_is_null(value) ||
		(type == JSON_TRUE ? json_is_boolean(value) : json_typeof(value) == type);
}

int query_check(struct query *q, const json_t *request)
{
	const json_t *value, *one;
	size_t i;

	for (i = 0; i < sizeof field_types / sizeof field_types[0]; i++) {
		value = json_object_get(request, field_types[i].field);
		if (value != NULL && !fits(value, field_types[i].type))
			return query_refuse(q, REASON_VALUE_BAD, field_types[i].field);
	}
	json_array_foreach(json_object_get(request, "paths"), i, one)
		if (!json_is_string(one))
			return query_refuse(q, REASON_VALUE_BAD, "paths");
	json_array_foreach(json_object_get(request, "items"), i, one)
		if (!json_is_integer(one))
			return query_refuse(q, REASON_VALUE_BAD, "items");
	return 0;
}
