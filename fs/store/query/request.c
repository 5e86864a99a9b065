#include "fs/store/query/request.h"

#include <stdbool.h>

const char *request_type_name(enum request_type type)
{
	static const char *const names[] = { [REQUEST_TEXT] = "text",
		[REQUEST_NUMBER] = "number",
		[REQUEST_FLAG] = "flag",
		[REQUEST_TEXTS] = "texts",
		[REQUEST_NUMBERS] = "numbers",
		[REQUEST_LIST] = "list" };

	return names[type];
}

static bool is_list_of(const json_t *value, json_type type)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(value))
		return false;
	json_array_foreach(value, i, one)
		if (json_typeof(one) != type)
			return false;
	return true;
}

static bool has_type(const json_t *value, enum request_type type)
{
	switch (type) {
	case REQUEST_TEXT:
		return json_is_string(value);
	case REQUEST_NUMBER:
		return json_is_integer(value);
	case REQUEST_FLAG:
		return json_is_boolean(value);
	case REQUEST_TEXTS:
		return is_list_of(value, JSON_STRING);
	case REQUEST_NUMBERS:
		return is_list_of(value, JSON_INTEGER);
	case REQUEST_LIST:
		return json_is_array(value);
	}
	return false;
}

const char *request_fault(const struct request_field *fields, const json_t *request)
{
	for (const struct request_field *f = fields; f->name != NULL; f++) {
		const json_t *value = json_object_get(request, f->name);

		if (value != NULL && !json_is_null(value) && !has_type(value, f->type))
			return f->name;
	}
	return NULL;
}
