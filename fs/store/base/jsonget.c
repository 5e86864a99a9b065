#include "fs/store/base/jsonget.h"

const char *jsonget_str(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

int64_t jsonget_int(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *j = json_object_get(object, key);

	return json_is_integer(j) ? json_integer_value(j) : otherwise;
}
