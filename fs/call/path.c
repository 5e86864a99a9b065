#include "fs/call/path.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/views.h"
#include "policy/name.h"

void path_mask(char *text, bool ascii)
{
	for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || (ascii && *p >= 0x80))
			*p = '?';
}

static void append_name(char *out, size_t cap, const char *name)
{
	char shown[NAME_BUFFER];
	size_t len = strnlen(name, NAME_BYTES), used = strlen(out);
	json_t *valid;

	while (len > 0 && name[len] != '\0' && ((unsigned char)name[len] & 0xc0) == 0x80)
		len--;
	snprintf(shown, sizeof shown, "%.*s", (int)len, name);
	valid = json_string(shown); /* jansson takes valid UTF-8 only */
	path_mask(shown, valid == NULL);
	json_decref(valid);
	snprintf(out + used, cap - used, "%s%s", used > 0 ? "/" : "", shown);
}

/* For a folder of the register. */
static void show_registered(struct sql *db, const struct node *n, char *out, size_t cap)
{
	struct unit u;
	struct device d;
	struct person p;
	size_t len;

	if (catalog_unit(db, n->unit, &u) == 0)
		snprintf(out, cap, "by-unit/%s", u.name);
	len = strlen(out);
	if (n->kind >= NODE_DEVICE && catalog_device(db, n->device, &d) == 0)
		snprintf(out + len, cap - len, "/%s", d.serial);
	len = strlen(out);
	if (n->kind == NODE_OFFICER && catalog_person(db, n->officer, &p) == 0)
		snprintf(out + len, cap - len, "/%s", p.number);
}

void path_show(struct sql *db, const struct node *n, const char *name, char *out, size_t cap)
{
	struct folder f;
	struct item item;

	out[0] = '\0';
	if (n->kind == NODE_ITEM && catalog_item(db, n->id, &item) == 0)
		(void)catalog_item_path(db, &item, out, cap);
	else if ((n->kind == NODE_DATE || n->kind == NODE_CASE) &&
		catalog_folder(db, n->id, &f) == 0)
		(void)catalog_folder_path(db, &f, out, cap);
	else if (n->kind >= NODE_UNIT && n->kind <= NODE_OFFICER)
		show_registered(db, n, out, cap);
	else if (n->kind == NODE_VIEW)
		(void)views_path(db, &n->view, out, cap);
	else if (n->kind == NODE_BY_UNIT)
		snprintf(out, cap, "by-unit");
	if (name != NULL)
		append_name(out, cap, name);
}
