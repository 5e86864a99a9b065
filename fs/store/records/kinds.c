#include "fs/store/records/kinds.h"

#include <stddef.h>
#include <string.h>

#define KIND_NAME(NAME, record, text) [EVENT_##NAME] = text,
static const char *const kind_names[EVENT_KIND_COUNT] = { EVENT_KINDS(KIND_NAME) };
#undef KIND_NAME

const char *event_kind_name(enum event_kind kind)
{
	return kind < EVENT_KIND_COUNT ? kind_names[kind] : NULL;
}

enum event_kind event_kind_parse(const char *name)
{
	for (int k = 0; name != NULL && k < EVENT_KIND_COUNT; k++)
		if (strcmp(kind_names[k], name) == 0)
			return (enum event_kind)k;
	return EVENT_KIND_COUNT;
}
