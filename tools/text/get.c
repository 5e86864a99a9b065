/* Reading an answer's fields. */
#include "tools/text/get.h"

#include "tools/text/render.h"

const char *get_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

char *get_copy(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	if (json_is_integer(v))
		return render_format("%lld", (long long)json_integer_value(v));
	return json_is_string(v) ? render_format("%s", json_string_value(v)) : NULL;
}

long long get_number(const json_t *object, const char *key, long long otherwise)
{
	const json_t *v = json_object_get(object, key);
	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool get_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}
