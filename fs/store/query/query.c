/* What every query begins with, the plain lists, and paths. */
#include "fs/store/query/query.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/query/query_case.h"
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
