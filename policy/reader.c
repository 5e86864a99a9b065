/* Which programs are uninvited readers.  The contract is in reader.h. */
#include "policy/reader.h"

#include <stdio.h>
#include <string.h>

#include "policy/name.h"

#define NAME_CUT 15 /* the kernel keeps that much of a process's name */

static const char *const built_in[] = {
	/* thumbnailers with full names: they are recognised even where only the beginning of a name
	 * is known (scripts, or executables that the daemon may not see) */
	"gdk-pixbuf-thumbnailer",
	"ffmpegthumbnailer",
	"totem-video-thumbnailer",
	"gst-video-thumbnailer",
	"gst-audio-thumbnailer",
	"evince-thumbnailer",
	"atril-thumbnailer",
	"xreader-thumbnailer",
	"papers-thumbnailer",
	"gsf-office-thumbnailer",
	"heif-thumbnailer",
	"glycin-thumbnailer",
	"gnome-epub-thumbnailer",
	"gnome-mobi-thumbnailer",
	/* those of Xfce, of GNOME and MATE (most are named so), of KDE */
	"tumblerd",
	"*thumbnailer",
	"*-thumbnail-font",
	"gnome-thumbnail-factory",
	"thumbnail.so",
	"ffmpegthumbs",
	/* GNOME's indexer, by its old and its new name */
	"tracker-miner-*",
	"tracker-extract*",
	"tracker-writeback*",
	"localsearch*",
	/* KDE's */
	"baloo_file*",
	"baloo_filemetadata_temp_extractor",
	"nepomuk*",
	/* Kylin's and Deepin's */
	"ukui-search-service*",
	"first-index",
	"inotify-index",
	"dde-grand-search-daemon",
	/* others that go over whole trees */
	"recollindex",
	"omindex",
	"zeitgeist-fts",
	"strigidaemon",
	"beagled",
};

void readers_default(struct reader_list *list)
{
	list->count = 0;
	for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
		(void)readers_add(list, built_in[i]);
}

bool reader_rule_good(const char *text)
{
	bool invited = text[0] == '!';
	const char *name = text + invited, *star;
	size_t len = strlen(name);

	if (!text_valid(name, READER_RULE - 1) || strchr(name, '/') != NULL)
		return false;
	if (strcmp(name, "**") == 0 || (strcmp(name, "*") == 0 && !invited))
		return false;
	star = strchr(name + 1, '*');
	return star == NULL || star == name + len - 1;
}

bool readers_join(struct reader_list *list, const struct reader_rule *rule)
{
	if (list->count == READERS_MAX)
		return false;
	list->rule[list->count++] = *rule;
	return true;
}

bool readers_add(struct reader_list *list, const char *text)
{
	struct reader_rule rule = { .invited = text[0] == '!' };

	if (!reader_rule_good(text))
		return false;
	snprintf(rule.name, sizeof rule.name, "%s", text + rule.invited);
	return readers_join(list, &rule);
}

/* The program's own name, without its folder and what replacing or prelinking it puts behind it. */
static void base_name(const char *path, char out[256])
{
	static const char deleted[] = " (deleted)";
	const char *slash = strrchr(path, '/');
	char *prelink;
	size_t len;

	snprintf(out, 256, "%s", slash != NULL ? slash + 1 : path);
	len = strlen(out);
	if (len > strlen(deleted) && strcmp(out + len - strlen(deleted), deleted) == 0)
		out[len - strlen(deleted)] = '\0';
	prelink = strstr(out, ".#prelink#");
	if (prelink != NULL && prelink != out)
		*prelink = '\0';
}

/* Whether a rule's name fits: the whole name, or its parts around the stars. */
static bool fits(const char *rule, const char *name)
{
	size_t len = strlen(rule), have = strlen(name);
	bool before = rule[0] == '*', after = len > 1 && rule[len - 1] == '*';

	if (have == 0)
		return false;
	if (before)
		rule++;
	len -= (size_t)before + (size_t)after;
	if (have < len)
		return false;
	if (before && after) {
		for (size_t i = 0; i + len <= have; i++)
			if (memcmp(name + i, rule, len) == 0)
				return true;
		return false;
	}
	return (after || before || have == len) &&
		memcmp(before ? name + have - len : name, rule, len) == 0;
}

/* The same for a process's name, which may be cut. */
static bool fits_cut(const char *rule, const char *name)
{
	return fits(rule, name) ||
		(strlen(name) == NAME_CUT && strlen(rule) > NAME_CUT && strchr(rule, '*') == NULL &&
			memcmp(rule, name, NAME_CUT) == 0);
}

const struct reader_rule *reader_uninvited(
	const struct reader_list *list, const struct reader_process *line, size_t count)
{
	char base[256];

	for (size_t p = 0; p < count && p < READER_LINE; p++) {
		base_name(line[p].program, base);
		for (size_t i = list->count; i-- > 0;)
			if (fits(list->rule[i].name, base) ||
				fits_cut(list->rule[i].name, line[p].name))
				return list->rule[i].invited ? NULL : &list->rule[i];
	}
	return NULL;
}
