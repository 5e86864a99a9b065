/* What sort of record a file is.  The contract is in media.h. */
#include "policy/media.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *extensions;
	const char *kind, *form;
} sorts[MEDIA_COUNT] = {
	[MEDIA_UNKNOWN] = { " ", NULL, NULL },
	[MEDIA_VIDEO] = { " mp4 mov avi ts m2ts mts mkv m4v wmv mpg mpeg 3gp flv webm dav ",
		"video", "dynamic" },
	[MEDIA_AUDIO] = { " wav mp3 aac m4a amr wma ogg oga flac opus ", "audio", "dynamic" },
	[MEDIA_PHOTO] = { " jpg jpeg png bmp heic heif gif tif tiff webp dng ", "photo",
		"dynamic" },
	[MEDIA_DOCUMENT] = { " pdf ofd doc docx xls xlsx ppt pptx wps et dps rtf odt ods odp txt "
			     "md csv xml htm html ",
		"document", "written" },
	[MEDIA_LOG] = { " log ", "log", "dynamic" },
};

#define EXTENSION_MOST 5 /* letters of the longest that is known */

enum media media_of_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	char word[EXTENSION_MOST + 3] = " ";
	size_t len = dot != NULL && dot != name ? strlen(dot + 1) : 0;

	if (len == 0 || len > EXTENSION_MOST || strchr(dot + 1, ' ') != NULL)
		return MEDIA_UNKNOWN;
	memcpy(word + 1, dot + 1, len);
	word[len + 1] = ' ';
	for (int m = MEDIA_VIDEO; m < MEDIA_COUNT; m++)
		for (const char *p = sorts[m].extensions; p[1] != '\0'; p = strchr(p + 1, ' '))
			if (strncasecmp(p, word, len + 2) == 0)
				return (enum media)m;
	return MEDIA_UNKNOWN;
}

const char *media_kind(enum media m)
{
	return (unsigned)m < MEDIA_COUNT ? sorts[m].kind : NULL;
}

const char *media_form(enum media m)
{
	return (unsigned)m < MEDIA_COUNT ? sorts[m].form : NULL;
}

/* Beginnings of the types that may go by each sort's names. */
static const char *const types[MEDIA_COUNT][5] = {
	[MEDIA_VIDEO] = { "video/", "application/mxf", "application/vnd.rn-realmedia" },
	[MEDIA_AUDIO] = { "audio/", "video/mp4", "video/3gpp", "video/ogg", "video/x-ms-asf" },
	[MEDIA_PHOTO] = { "image/" },
	[MEDIA_DOCUMENT] = { "application/", "text/", "message/" },
	[MEDIA_LOG] = { "text/", "application/json", "application/xml", "application/csv" },
};

bool media_agrees(enum media m, const char *mime)
{
	if (m == MEDIA_UNKNOWN || (unsigned)m >= MEDIA_COUNT ||
		strcmp(mime, "application/octet-stream") == 0 || strncmp(mime, "inode/", 6) == 0)
		return true;
	for (size_t i = 0; i < sizeof types[0] / sizeof types[0][0] && types[m][i] != NULL; i++)
		if (strncmp(mime, types[m][i], strlen(types[m][i])) == 0)
			return true;
	return false;
}
