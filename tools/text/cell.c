/* An answer's fields as texts. */
#include "tools/text/cell.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

char *cell_copy(const char *text)
{
	return text != NULL ? render_format("%s", text) : NULL;
}

char *cell_time(const json_t *row, const char *key)
{
	return render_time(get_text(row, key), false);
}

char *cell_size(const json_t *row)
{
	return json_is_integer(json_object_get(row, "size"))
		? render_size((uint64_t)get_number(row, "size", 0))
		: NULL;
}

char *cell_named(const json_t *row, const char *number_key, const char *name_key)
{
	char *number = get_copy(row, number_key);
	const char *name = get_text(row, name_key);
	char *both;
	if (number == NULL || name == NULL)
		return number;
	both = render_format(_("%s (%s)"), name, number);
	free(number);
	return both;
}

char *cell_person(const json_t *person)
{
	return cell_named(person, "number", "name");
}

char *cell_place(const json_t *item)
{
	return get_text(item, "path") != NULL ? get_copy(item, "path") : get_copy(item, "name");
}

char *cell_login(const json_t *person)
{
	const json_t *uid = json_object_get(person, "uid");
	const struct passwd *p;
	long long number;
	if (!json_is_integer(uid))
		return NULL;
	p = getpwuid((uid_t)json_integer_value(uid));
	number = json_integer_value(uid);
	return p != NULL ? render_format("%s (%lld)", p->pw_name, number)
			 : render_format("%lld", number);
}

char *cell_certified(const json_t *person)
{
	const char *from = get_text(person, "certified_from"),
		   *to = get_text(person, "certified_to");
	if (from == NULL)
		return NULL;
	return to != NULL ? render_format("%s..%s", from, to) : render_format("%s..", from);
}

const char *cell_staff(const json_t *person)
{
	return get_true(person, "formal") ? _("formal") : _("auxiliary");
}

char *cell_unit(const json_t *row)
{
	return cell_named(row, "unit", "unit_name");
}

char *cell_until(const json_t *item)
{
	const char *until = get_text(item, "retain_until");
	if (until != NULL && strcmp(until, "open") == 0)
		return cell_copy(_("no end yet"));
	return until != NULL && strcmp(until, "never") == 0 ? cell_copy(_("without end"))
							    : render_time(until, false);
}

char *cell_opens(const json_t *request)
{
	long long opens = get_number(request, "opens", 0), used = get_number(request, "used", 0);
	return opens != 0 ? render_format(_("%lld of %lld"), used, opens)
			  : render_format("%lld", used);
}
