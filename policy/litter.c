/* Names that desktops know.  The contract is in litter.h. */
#include "policy/litter.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "policy/name.h"

static const char *const any_case[] = {
	"Thumbs.db",
	"ehthumbs.db",
	"ehthumbs_vista.db",
	"desktop.ini",
	"$RECYCLE.BIN",
	"RECYCLER",
	"System Volume Information",
};

static const char *const exact[] = {
	".DS_Store",
	".localized",
	".apdisk",
	".Trashes",
	".TemporaryItems",
	".Spotlight-V100",
	".fseventsd",
	".DocumentRevisions-V100",
	".VolumeIcon.icns",
	".AppleDouble",
	".AppleDB",
	".AppleDesktop",
	"Network Trash Folder",
	"Temporary Items",
	".Trash",
	".thumbnails",
	".sh_thumbnails",
	".directory",
};

static const char *const beginning[] = { "._", ".Trash-", "~$" };

static const char *const markers[MARKERS] = { ".nomedia", ".trackerignore",
	".metadata_never_index" };

static const char *const aside[] = { ".~tmp~", ".rsync-partial", ".rsync-tmp" };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define LOCK ".~lock."
#define ALNUM "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* Whether it is the name under which rsync first writes a file: "." NAME "." and six letters or
 * digits; NAME goes to inner. */
static bool rsync_name(const char *name, char inner[NAME_BUFFER])
{
	size_t len = strlen(name);

	if (len < 9 || len > NAME_BYTES || name[0] != '.' || name[len - 7] != '.' ||
		strspn(name + len - 6, ALNUM) != 6)
		return false;
	memcpy(inner, name + 1, len - 8);
	inner[len - 8] = '\0';
	return true;
}

static bool is_litter(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < COUNT(any_case); i++)
		if (strcasecmp(name, any_case[i]) == 0)
			return true;
	for (size_t i = 0; i < COUNT(exact); i++)
		if (strcmp(name, exact[i]) == 0)
			return true;
	for (size_t i = 0; i < COUNT(beginning); i++)
		if (strncmp(name, beginning[i], strlen(beginning[i])) == 0)
			return true;
	if (len > strlen(LOCK) && strncmp(name, LOCK, strlen(LOCK)) == 0 && name[len - 1] == '#')
		return true;
	return marker_find(name) >= 0 || aside_name(name);
}

/* A temporary name is judged by what it is for: rsync writes _MG_0001.JPG as ._MG_0001.JPG.aB3xYz,
 * which is no second half of anything. */
bool litter_name(const char *name)
{
	char inner[NAME_BUFFER];

	return is_litter(rsync_name(name, inner) ? inner : name);
}

const char *marker_name(int n)
{
	return markers[n];
}

int marker_find(const char *name)
{
	int n = MARKERS - 1;

	while (n >= 0 && strcmp(markers[n], name) != 0)
		n--;
	return n;
}

bool aside_name(const char *name)
{
	for (size_t i = 0; i < COUNT(aside); i++)
		if (strcmp(name, aside[i]) == 0)
			return true;
	return false;
}
