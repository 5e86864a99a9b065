/* The memory as the daemon uses it. */
#include "tools/dockd/remember.h"

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/dockd/clock.h"
#include "tools/text/render.h"

#define WRITE_MS INT64_C(60000) /* between two writings */

int remember_begin(struct remember *r, const struct config *config, const struct log *log)
{
	*r = (struct remember){ .config = config,
		.log = log,
		.path = render_format("%s/%s", config->state, MEMORY_FILE),
		.memory = memory_new() };
	for (size_t i = 0; i < config->count; i++)
		r->how[i] = memory_how(&config->docks[i]);
	if (r->memory == NULL)
		return ENOMEM;
	if (!memory_read(r->memory, r->path) && access(r->path, F_OK) == 0)
		log_say(log, LOG_WARNING,
			_("%s is damaged, or somebody else's; every file is read again"), r->path);
	return 0;
}

void remember_end(struct remember *r)
{
	memory_free(r->memory);
	free(r->path);
}

bool remember_knows(const struct remember *r, const struct file *file)
{
	return !r->config->docks[file->dock].clear &&
		memory_knows(r->memory, file->path, &file->stamp, r->how[file->dock]);
}

void remember_keep(struct remember *r, const struct file *file, const json_t *row)
{
	if (!r->config->docks[file->dock].clear && !file->touched && !file->gone)
		memory_keep(r->memory, file->path, &file->stamp, r->how[file->dock], row);
}

static bool is_there(const void *files, const char *path)
{
	return files_has(files, path);
}

void remember_walked(struct remember *r, unsigned dock, const struct files *files)
{
	memory_sweep(r->memory, r->config->docks[dock].path, is_there, files);
}

void remember_write(struct remember *r, bool at_once)
{
	int64_t now = clock_ms();
	int err;
	if (!memory_changed(r->memory) || (!at_once && now < r->next))
		return;
	err = memory_write(r->memory, r->path);
	if (err != 0)
		log_say(r->log, LOG_ERR,
			_("%s can't be written: %s; after a restart every file is read again"),
			r->path, i18n_error(err));
	r->next = now + WRITE_MS;
}

int64_t remember_next(const struct remember *r)
{
	return memory_changed(r->memory) ? r->next : INT64_MAX;
}
