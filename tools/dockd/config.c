/* The settings. */
#include "tools/dockd/config_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/render.h"

#define QUIET_MS 10000
#define RETRY_MS (10 * 60 * 1000)
#define RESCAN_MS (15 * 60 * 1000)
#define SECONDS_MAX (30 * 24 * 3600.0)
#define SECTION_ALL "dockd"

static const char *set_text(char **field, const char *value)
{
	if (*value == '\0')
		return N_("it has no value");
	if (*field != NULL)
		return N_("it is given twice");
	*field = render_format("%s", value);
	return NULL;
}

const char *config_set_path(char **field, const char *value)
{
	const char *flaw = *value == '/' ? set_text(field, value)
					 : N_("a path from the root is needed, as /srv/dock");
	size_t n = flaw != NULL ? 0 : strlen(*field);
	while (n > 1 && (*field)[n - 1] == '/')
		(*field)[--n] = '\0';
	return flaw;
}

/* Seconds, with a fraction or without. */
static const char *set_seconds(int64_t *field, const char *value, double least)
{
	char *end;
	double seconds = strtod(value, &end);
	if (end == value || *end != '\0' || isfinite(seconds) == 0 || seconds < least ||
		seconds > SECONDS_MAX)
		return N_("a number of seconds is needed, above 0 and at most thirty days");
	if (*field != 0)
		return N_("it is given twice");
	*field = (int64_t)(seconds * 1000);
	return NULL;
}

static const char *set_yes(struct dock *d, const char *value)
{
	static const char *const yes[] = { "yes", "true", "on", "1", "是" },
				 *const no[] = { "no", "false", "off", "0", "否" };
	if (d->clear_given)
		return N_("it is given twice");
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			d->clear = strcmp(value, yes[i]) == 0;
			d->clear_given = true;
			return NULL;
		}
	return N_("yes or no is needed");
}

static const char *set_dock(struct dock *d, const char *name, const char *value)
{
	if (strcmp(name, "unit") == 0)
		return set_text(&d->unit, value);
	if (strcmp(name, "device") == 0)
		return set_text(&d->device, value);
	if (strcmp(name, "officer") == 0)
		return set_text(&d->officer, value);
	if (strcmp(name, "case") == 0)
		return set_text(&d->kase, value);
	if (strcmp(name, "into") == 0)
		return set_text(&d->into, value);
	if (strcmp(name, "clear-source") == 0)
		return set_yes(d, value);
	return N_("there is no such setting");
}

const char *config_set(struct config *c, const char *name, const char *value)
{
	if (strcmp(name, "mount") == 0)
		return config_set_path(&c->mount, value);
	if (strcmp(name, "state") == 0)
		return config_set_path(&c->state, value);
	if (strcmp(name, "quiet") == 0)
		return set_seconds(&c->quiet_ms, value, 0.1);
	if (strcmp(name, "retry") == 0)
		return set_seconds(&c->retry_ms, value, 0.1);
	if (strcmp(name, "rescan") == 0)
		return set_seconds(&c->rescan_ms, value, 1);
	return set_dock(&c->all, name, value);
}

struct dock *config_dock(struct config *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->docks[i].name, name) == 0)
			return &c->docks[i];
	if (c->count == CONFIG_DOCKS)
		return NULL;
	c->docks[c->count].name = render_format("%s", name);
	return &c->docks[c->count++];
}

const char *config_entry(struct config *c, const char *section, const char *name, const char *value)
{
	struct dock *d;
	if (*section == '\0')
		return N_("settings belong in a section, below [dockd] or below a folder's name in "
			  "brackets");
	if (strcmp(section, SECTION_ALL) == 0)
		return config_set(c, name, value);
	d = config_dock(c, section);
	if (d == NULL)
		return N_("there are too many folders");
	return strcmp(name, "path") == 0 ? config_set_path(&d->path, value)
					 : set_dock(d, name, value);
}

static void inherit_text(char **field, const char *from)
{
	if (*field == NULL && from != NULL)
		*field = render_format("%s", from);
}

static void inherit_dock(struct dock *d, const struct dock *from)
{
	bool places = d->into != NULL || d->unit != NULL || d->device != NULL ||
		d->officer != NULL || d->kase != NULL;
	if (!places) {
		inherit_text(&d->into, from->into);
		inherit_text(&d->unit, from->unit);
		inherit_text(&d->device, from->device);
		inherit_text(&d->officer, from->officer);
		inherit_text(&d->kase, from->kase);
	}
	if (!d->clear_given)
		d->clear = from->clear;
}

static void inherit_number(int64_t *field, int64_t from, int64_t otherwise)
{
	if (*field == 0)
		*field = from != 0 ? from : otherwise;
}

void config_inherit(struct config *c, const struct config *from)
{
	inherit_text(&c->mount, from->mount);
	inherit_text(&c->state, from->state != NULL ? from->state : CONFIG_STATE);
	inherit_number(&c->quiet_ms, from->quiet_ms, QUIET_MS);
	inherit_number(&c->retry_ms, from->retry_ms, RETRY_MS);
	inherit_number(&c->rescan_ms, from->rescan_ms, RESCAN_MS);
	inherit_dock(&c->all, &from->all);
	for (size_t i = 0; i < c->count; i++)
		inherit_dock(&c->docks[i], &c->all);
}

static void dock_free(struct dock *d)
{
	char *all[] = { d->name, d->path, d->unit, d->device, d->officer, d->kase, d->into };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		free(all[i]);
}

void config_free(struct config *c)
{
	free(c->mount);
	free(c->state);
	dock_free(&c->all);
	for (size_t i = 0; i < c->count; i++)
		dock_free(&c->docks[i]);
}

/* Whether `below` is `path` or lies below it. */
static bool is_within(const char *below, const char *path)
{
	size_t n = strcmp(path, "/") != 0 ? strlen(path) : 0;
	return strncmp(below, path, n) == 0 && (below[n] == '/' || below[n] == '\0');
}

static char *dock_flaw(const struct config *c, size_t at)
{
	const struct dock *d = &c->docks[at];
	if (d->path == NULL)
		return render_format(
			_("[%s]: the folder's path is missing; write path = /where/it/is"),
			d->name);
	if (d->into != NULL &&
		(d->unit != NULL || d->device != NULL || d->officer != NULL || d->kase != NULL))
		return render_format(
			_("%s: either into, or unit, device, officer and case"), d->name);
	if (c->mount != NULL && (is_within(d->path, c->mount) || is_within(c->mount, d->path)))
		return render_format(
			_("%s: the folder and the store's mount point must not lie in each other"),
			d->name);
	if (is_within(c->state, d->path))
		return render_format(
			_("%s: the report's folder %s must not lie in a folder that is watched"),
			d->name, c->state);
	for (size_t i = 0; i < at; i++)
		if (is_within(d->path, c->docks[i].path) || is_within(c->docks[i].path, d->path))
			return render_format(_("%s: this folder and %s must not lie in each other"),
				d->name, c->docks[i].path);
	return NULL;
}

char *config_flaw(const struct config *c)
{
	char *flaw = NULL;
	if (c->count == 0)
		return render_format("%s",
			_("no folder to watch is given; name one, or write a section for it into "
			  "/etc/custody-dockd.conf"));
	for (size_t i = 0; flaw == NULL && i < c->count; i++)
		flaw = dock_flaw(c, i);
	return flaw;
}
