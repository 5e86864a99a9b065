/*
 * What sort of record a file is, by its name's extension (Art. 4–6; Q4): case documents are written
 * recording; what recording devices make is dynamic.  What the bytes are is not looked at here.
 */
#ifndef POLICY_MEDIA_H
#define POLICY_MEDIA_H

#include <stdbool.h>

enum media {
	MEDIA_UNKNOWN,
	MEDIA_VIDEO,
	MEDIA_AUDIO,
	MEDIA_PHOTO,
	MEDIA_DOCUMENT,
	MEDIA_LOG,
	MEDIA_COUNT
};

/* By the last extension, capitals or not; MEDIA_UNKNOWN where it has none that is known. */
enum media media_of_name(const char *name);

const char *media_kind(
	enum media m); /* "video", "audio", "photo", "document", "log"; NULL where unknown */
const char *media_form(
	enum media m); /* "written" for documents, "dynamic" for the rest; NULL where unknown */

/*
 * Whether content of a MIME type, as libmagic reports it, may have a name of that sort (Q4).
 * Containers hold several sorts, and doubt is in the depositor's favour: application/octet-stream,
 * an empty file, and names that tell nothing agree with all.
 */
bool media_agrees(enum media m, const char *mime);

#endif
