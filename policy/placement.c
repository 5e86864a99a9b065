/* Where a file belongs in the tree.  The contract is in placement.h. */
#include "policy/placement.h"

#include <stdio.h>
#include <string.h>

/* A device or officer that the depositor named counts as known, so that one is not mistaken for the
 * other even before it is registered. */
struct knowing {
	const struct placement_given *given;
	const struct recording_register *reg;
};

static bool device_known(void *arg, const char *serial)
{
	const struct knowing *k = arg;

	return (k->given->device != NULL && strcmp(serial, k->given->device) == 0) ||
		k->reg->device(k->reg->arg, serial);
}

static bool officer_known(void *arg, const char *number)
{
	const struct knowing *k = arg;

	return (k->given->officer != NULL && strcmp(number, k->given->officer) == 0) ||
		k->reg->officer(k->reg->arg, number);
}

/* The first source that says something: the name, the depositor, the folders.  `differs` where the
 * folders say something else. */
static void choose(char out[NAME_BUFFER], const char *name, const char *said, const char *folder,
	bool *differs)
{
	const char *taken = name[0] != '\0' ? name : said != NULL ? said : folder;

	snprintf(out, NAME_BUFFER, "%s", taken);
	*differs |= folder[0] != '\0' && strcmp(folder, taken) != 0;
}

static void choose_day(
	struct placement *p, const struct placement_given *given, int32_t name, int32_t folder)
{
	if (name != DAY_NONE) {
		p->day = name;
		p->day_from = FROM_NAME;
	} else if (folder != DAY_NONE) {
		p->day = folder;
		p->day_from = FROM_FOLDER;
	} else {
		p->day = day_of_instant(given->mtime, given->utc_offset);
		p->day_from = FROM_MTIME;
	}
	p->differs |= folder != DAY_NONE && folder != p->day;
}

static bool contradicts(const char *name, const char *said)
{
	return name[0] != '\0' && said != NULL && strcmp(name, said) != 0;
}

static enum placement_fault fault_of(const struct placement *p, enum recording_fault name,
	const struct recording *r, const struct placement_given *given)
{
	if (name == RECORDING_TIME_BAD)
		return PLACEMENT_TIME_BAD;
	if (name == RECORDING_AMBIGUOUS)
		return PLACEMENT_AMBIGUOUS;
	if (contradicts(r->device, given->device))
		return PLACEMENT_DEVICE_DIFFERS;
	if (contradicts(r->officer, given->officer))
		return PLACEMENT_OFFICER_DIFFERS;
	if (p->device[0] == '\0')
		return PLACEMENT_NO_DEVICE;
	return p->officer[0] == '\0' ? PLACEMENT_NO_OFFICER : PLACEMENT_FINE;
}

void placement_decide(const struct placement_given *given, const struct recording_register *reg,
	struct placement *out)
{
	const struct knowing knowing = { given, reg };
	const struct recording_register known = { device_known, officer_known, (void *)&knowing };
	const char *slash = strrchr(given->path, '/'),
		   *file = slash != NULL ? slash + 1 : given->path;
	struct recording name, folders;
	enum reason bad;
	enum recording_fault fault;

	*out = (struct placement){ .day = DAY_NONE, .sequence = -1 };
	bad = name_normalise(file, out->name);
	if (bad != REASON_NONE) {
		out->fault = bad == REASON_NAME_LONG ? PLACEMENT_NAME_LONG : PLACEMENT_NAME_BAD;
		return;
	}
	fault = recording_of_name(out->name, &known, &name);
	recording_of_folders(given->path, &known, &folders);
	out->sequence = name.sequence;
	out->digits = name.digits;
	out->important = name_important(out->name) || folders.important;
	choose(out->device, name.device, given->device, folders.device, &out->differs);
	choose(out->officer, name.officer, given->officer, folders.officer, &out->differs);
	if (fault != RECORDING_TIME_BAD)
		choose_day(out, given, name.day, folders.day);
	out->fault = fault_of(out, fault, &name, given);
}
