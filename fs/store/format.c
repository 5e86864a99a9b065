/* store.json: what a store is, read before anything else is touched. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/store.h"
#include "fs/store/store_private.h"

void store_message_set(struct store_message *m, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(m->text, sizeof m->text, format, ap);
	va_end(ap);
}

static int parse(const json_t *j, struct store_format *f)
{
	const char *uuid = jsonget_str(j, "uuid"), *offset = jsonget_str(j, "utc_offset"),
		   *vkey = jsonget_str(j, "vkey"), *created = jsonget_str(j, "created");
	char name[ORIGIN_MAX];
	uint8_t pub[KEY_PUBLIC_LEN];

	f->version = jsonget_int(j, "format", 0);
	if (f->version > STORE_FORMAT)
		return EPROTONOSUPPORT;
	if (f->version < 1 || uuid == NULL || strlen(uuid) != UUID_TEXT - 1 || offset == NULL ||
		!offset_parse(offset, &f->utc_offset) || vkey == NULL || strlen(vkey) >= VKEY_MAX ||
		vkey_parse(vkey, name, pub) != 0 || created == NULL)
		return EUCLEAN;
	snprintf(f->uuid, sizeof f->uuid, "%s", uuid);
	snprintf(f->origin, sizeof f->origin, "custodyfs/%s", uuid);
	snprintf(f->vkey, sizeof f->vkey, "%s", vkey);
	snprintf(f->created, sizeof f->created, "%s", created);
	f->test_clock = json_is_true(json_object_get(j, "test_clock"));
	return strcmp(name, f->origin) == 0 ? 0 : EUCLEAN;
}

int store_format_load(const char *path, struct store_format *out, struct store_message *m)
{
	char file[4096];
	FILE *in;
	json_t *j;
	int err;

	if ((size_t)snprintf(file, sizeof file, "%s/store.json", path) >= sizeof file)
		return ENAMETOOLONG;
	in = fopen(file, "re");
	if (in == NULL) {
		err = errno;
		if (err == ENOENT || err == ENOTDIR)
			store_message_set(m,
				_("%s is not a custodyfs store: it has no store.json. Give the "
				  "folder that mkfs.custodyfs made, or make a store there with "
				  "mkfs.custodyfs."),
				path);
		else
			store_message_set(m,
				_("%s cannot be read: %s. Run the command as the user that owns "
				  "the store, normally root."),
				file, i18n_error(err));
		return err;
	}
	j = json_loadf(in, JSON_REJECT_DUPLICATES, NULL);
	fclose(in);
	err = j == NULL ? EUCLEAN : parse(j, out);
	json_decref(j);
	if (err == EPROTONOSUPPORT)
		store_message_set(m,
			_("The store %s has format %lld; this program knows formats up to %d. Use "
			  "the newer version of custodyfs that made it."),
			path, (long long)out->version, STORE_FORMAT);
	else if (err != 0)
		store_message_set(m,
			_("%s is damaged. Restore that one file from a copy of the store; nothing "
			  "else was touched."),
			file);
	return err;
}
