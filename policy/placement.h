/* Where a file belongs in the tree: decided from its name, from what the depositor says, from its
 * folders, and from its time. */
#ifndef POLICY_PLACEMENT_H
#define POLICY_PLACEMENT_H

#include "policy/name.h"
#include "policy/recording.h"

enum placement_fault {
	PLACEMENT_FINE,
	PLACEMENT_NAME_BAD, /* a name that may not be; name_normalise() */
	PLACEMENT_NAME_LONG,
	PLACEMENT_TIME_BAD,
	PLACEMENT_AMBIGUOUS, /* unclear which of two words is the device */
	PLACEMENT_NO_DEVICE, /* nothing says which device */
	PLACEMENT_NO_OFFICER,
	PLACEMENT_DEVICE_DIFFERS, /* its name says another device than the depositor */
	PLACEMENT_OFFICER_DIFFERS,
};

enum placement_from { FROM_NOWHERE, FROM_NAME, FROM_FOLDER, FROM_MTIME };

struct placement_given {
	const char *path;             /* of the file, its folders before it */
	const char *device, *officer; /* said by the depositor; NULL: nothing */
	int64_t mtime;                /* ms */
	int utc_offset;               /* the store's zone, minutes */
};

struct placement {
	enum placement_fault fault;
	char name[NAME_BUFFER];                         /* NFC */
	char device[NAME_BUFFER], officer[NAME_BUFFER]; /* "" where not known */
	int32_t day;
	enum placement_from day_from;
	int64_t sequence; /* -1 where there is none */
	int digits;
	bool important; /* its name or one of its folders says so */
	bool differs;   /* its folders say another device, officer or day than the one chosen */
};

/* Decides.  On a fault, *out has what was found before it. */
void placement_decide(const struct placement_given *given, const struct recording_register *reg,
	struct placement *out);

#endif
