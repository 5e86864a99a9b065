/*
 * What the names of a recording and of the folders that it lies in say of it, as cameras write them
 * (GA/T 947): DEVICE_OFFICER_YYYYMMDDhhmmss_SEQ, the other order, the short form TIME_SEQ, "IMP"
 * before the extension, and DCIM/100…/<device>/<officer>/<date>/.  What they say is not checked
 * here: a device or officer may be in no register.
 */
#ifndef POLICY_RECORDING_H
#define POLICY_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/calendar.h"

#define RECORDING_WORD 64 /* bytes of a device's or an officer's number, NUL included */

/* What the register knows; asked for a word at a time. */
struct recording_register {
	bool (*device)(void *arg, const char *serial);
	bool (*officer)(void *arg, const char *number);
	void *arg;
};

struct recording {
	char device[RECORDING_WORD], officer[RECORDING_WORD]; /* "" where nothing tells */
	int32_t day;                                          /* DAY_NONE where nothing tells */
	int64_t sequence;                                     /* -1 where there is none */
	int digits; /* of the sequence number as it is written */
	bool important;
};

enum recording_fault {
	RECORDING_FINE,
	RECORDING_OTHER,     /* not a recording's name: it says nothing */
	RECORDING_TIME_BAD,  /* of a recording's form, with a date or time that does not exist */
	RECORDING_AMBIGUOUS, /* unclear which of two words is the device */
};

/*
 * Reads a file's name (the last component).  Of two words the one of seven characters is the device
 * and the one of six the officer; where the lengths do not decide, or the register knows only the
 * other order, the register decides.  On a fault, *out has what was found before it.
 */
enum recording_fault recording_of_name(
	const char *name, const struct recording_register *reg, struct recording *out);

/*
 * Reads the folders of a path (whose last component, the file's name, is passed over), the nearest
 * first: folders for important files, the date, device and officer in either order.  Words that are
 * in no register count only where both have the right length and a folder DCIM is above.
 */
void recording_of_folders(
	const char *path, const struct recording_register *reg, struct recording *out);

/* A run of sequence numbers that are missing, both ends included. */
struct recording_gap {
	int64_t from, to;
};

/* What is missing between the lowest and the highest of n numbers (sorted by it; may repeat). Gives
 * at most cap of the gaps, and how many there are. */
size_t recording_gaps(int64_t *numbers, size_t n, struct recording_gap *out, size_t cap);

#endif
