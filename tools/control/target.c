/* What an argument means in the store. */
#include "tools/control/target.h"

#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/control/locate.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

/* What follows the mount in an absolute path; NULL where the path is not in the mount. */
static const char *part_below(const char *mount, const char *absolute)
{
	size_t len = strcmp(mount, "/") != 0 ? strlen(mount) : 0;
	if (strncmp(mount, absolute, len) != 0 || (absolute[len] != '\0' && absolute[len] != '/'))
		return NULL;
	return absolute + len + (absolute[len] == '/');
}

int target_path(const struct control *c, const char *path, char **relative)
{
	char *absolute = c->mount != NULL ? locate_canonical(path) : NULL;
	const char *rest = absolute != NULL ? part_below(c->mount, absolute) : NULL;
	*relative = NULL;
	if (rest != NULL) {
		*relative = render_format("%s", rest);
	} else if (c->mount == NULL || *path != '/') {
		*relative = render_format("%s", path);
		locate_tidy(*relative);
	} else {
		output_complain(
			c->out, path, _("this is not in the mounted store at %s"), c->mount);
	}
	free(absolute);
	return *relative != NULL ? 0 : STATUS_UNREACHABLE;
}

static int complain_encoding(const struct control *c, const char *argument)
{
	return output_usage(c->out, argument, _("this is not valid UTF-8 text"));
}

int target_set(const struct control *c, json_t *request, const char *argument)
{
	int64_t item;
	char *path = NULL;
	int status;
	if (options_number(argument, &item)) {
		json_object_set_new(request, "item", json_integer(item));
		return 0;
	}
	status = target_path(c, argument, &path);
	if (status == 0 && json_object_set_new(request, "path", json_string(path)) != 0)
		status = complain_encoding(c, argument);
	free(path);
	return status;
}

int target_sort(const struct control *c, const struct options *o, json_t *items, json_t *paths)
{
	int status = 0;
	for (int i = 0; status == 0 && i < o->argc; i++) {
		int64_t item;
		char *path = NULL;
		if (options_number(o->argv[i], &item)) {
			json_array_append_new(items, json_integer(item));
			continue;
		}
		status = target_path(c, o->argv[i], &path);
		if (status == 0 && json_array_append_new(paths, json_string(path)) != 0)
			status = complain_encoding(c, o->argv[i]);
		free(path);
	}
	return status;
}
