/* Offline copies.  The contract is in copy.h. */
#include "policy/copy.h"

#include <string.h>

#include "policy/calendar.h"
#include "policy/name.h"

static const char *const type_names[COPY_TYPE_COUNT] = {
	[COPY_BD] = "bd", [COPY_USB] = "usb", [COPY_TAPE] = "tape"
};

const char *copy_type_name(enum copy_type t)
{
	return (unsigned)t < COPY_TYPE_COUNT ? type_names[t] : "unknown";
}

enum copy_type copy_type_parse(const char *name)
{
	int t = 0;

	while (t < COPY_TYPE_COUNT && strcmp(type_names[t], name) != 0)
		t++;
	return (enum copy_type)t;
}

bool medium_valid(const char *name)
{
	return text_valid(name, MEDIUM_NAME - 1);
}

bool copy_overdue(int64_t last, int months, int64_t now, int utc_offset_min)
{
	return now >= term_end(day_of_instant(last, utc_offset_min), months, utc_offset_min);
}
