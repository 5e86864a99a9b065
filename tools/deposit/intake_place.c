/* Where each file belongs, by its name and the register. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "policy/deposit.h"
#include "policy/litter.h"
#include "policy/reason.h"
#include "policy/role.h"
#include "tools/deposit/intake.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

/* Why a file has no place. */
static const struct {
	enum intake_status status;
	const char *reason, *text;
} faults[] = {
	[PLACEMENT_NAME_BAD] = { INTAKE_REFUSED, "name-bad", NULL },
	[PLACEMENT_NAME_LONG] = { INTAKE_REFUSED, "name-long", NULL },
	[PLACEMENT_TIME_BAD] = { INTAKE_UNPLACED, "time-bad",
		N_("its name has a date or time that does not exist; set the camera's clock, and "
		   "deposit this file into the right folder by hand") },
	[PLACEMENT_AMBIGUOUS] = { INTAKE_UNPLACED, "ambiguous",
		N_("its name does not show which is the device and which the officer; give them "
		   "with --device and --officer") },
	[PLACEMENT_NO_DEVICE] = { INTAKE_UNPLACED, "no-device",
		N_("neither its name nor its folders name the device; give it with --device") },
	[PLACEMENT_NO_OFFICER] = { INTAKE_UNPLACED, "no-officer",
		N_("neither its name nor its folders name the officer; give it with --officer") },
	[PLACEMENT_DEVICE_DIFFERS] = { INTAKE_UNPLACED, "device-differs",
		N_("its name has another device than --device; leave the option out, or deposit "
		   "this file into the right folder by hand") },
	[PLACEMENT_OFFICER_DIFFERS] = { INTAKE_UNPLACED, "officer-differs",
		N_("its name has another officer than --officer; leave the option out, or deposit "
		   "this file into the right folder by hand") },
};

static void settle_unplaced(struct intake *in, struct intake_file *f, enum reason why)
{
	intake_settle(
		in, f, INTAKE_REFUSED, reason_name(why), render_format("%s", _(reason_text(why))));
}

static void settle_fault(struct intake *in, struct intake_file *f)
{
	enum placement_fault fault = f->place.fault;
	if (faults[fault].text != NULL)
		intake_settle(in, f, faults[fault].status, faults[fault].reason,
			render_format("%s", _(faults[fault].text)));
	else
		settle_unplaced(in, f, reason_parse(faults[fault].reason));
}

static bool is_device(void *arg, const char *serial)
{
	return intake_known(arg, "device", serial) != NULL;
}

static bool is_officer(void *arg, const char *number)
{
	return intake_known(arg, "person", number) != NULL;
}

static int32_t day_of(const json_t *person, const char *key)
{
	const char *text = get_text(person, key);
	int32_t day;
	return text != NULL && day_parse(text, &day) ? day : DAY_NONE;
}

/* A person for a question to policy, which only asks whether the unit is the right one. */
static struct person person_of(const json_t *j, const char *unit)
{
	const char *code = get_text(j, "unit"), *roles = get_text(j, "roles");
	struct person p = { .id = get_number(j, "id", 0),
		.uid = UID_NONE,
		.formal = get_true(j, "formal"),
		.unit = code != NULL ? strcmp(code, unit) == 0 ? 1 : 2 : 0,
		.certified_from = day_of(j, "certified_from"),
		.certified_to = day_of(j, "certified_to") };
	if (roles == NULL || !roles_parse(roles, &p.roles))
		p.roles = 0;
	return p;
}

/* For a dry run: what the store would answer to a deposit there. */
static enum reason foresee_refusal(struct intake *in, const struct intake_file *f,
	const json_t *unit, const json_t *device, const json_t *officer)
{
	struct stat st;
	int64_t wall;
	char *folder, *own;
	bool device_there, officer_there;
	const char *code, *now;
	struct person you, who;
	if (device == NULL)
		return REASON_DEVICE_UNKNOWN;
	if (officer == NULL)
		return REASON_OFFICER_UNKNOWN;
	folder = render_format("%s/by-unit/%s/%s", in->control->mount, f->unit, f->place.device);
	own = render_format("%s/%s", folder, f->place.officer);
	device_there = stat(folder, &st) == 0;
	officer_there = stat(own, &st) == 0;
	free(folder);
	free(own);
	if (!device_there || !officer_there)
		return device_there ? REASON_OFFICER_UNKNOWN : REASON_DEVICE_UNKNOWN;
	code = get_text(unit, "code");
	now = get_text(in->status, "wall");
	you = person_of(json_object_get(in->status, "you"), code);
	who = person_of(officer, code);
	if (now == NULL || !instant_parse(now, in->utc_offset, &wall))
		return REASON_NONE;
	return deposit_allowed(&you, &who, 1, f->place.day, day_of_instant(wall, in->utc_offset));
}

/*
 * The unit whose folder takes the file: the one given, else the device's, else the user's own, so
 * that the store refuses and records it.
 */
static const json_t *unit_of(struct intake *in, const json_t *device)
{
	const char *code = in->unit != NULL ? in->unit
		: device != NULL            ? get_text(device, "unit")
					    : get_text(json_object_get(in->status, "you"), "unit");
	return code != NULL ? intake_known(in, "unit", code) : NULL;
}

static void place_in_unit(struct intake *in, struct intake_file *f)
{
	const json_t *device = intake_known(in, "device", f->place.device),
		     *unit = unit_of(in, device);
	const json_t *officer = intake_known(in, "person", f->place.officer);
	char day[DAY_TEXT];
	enum reason why;
	if (unit == NULL || get_text(unit, "name") == NULL || get_text(unit, "code") == NULL) {
		settle_unplaced(
			in, f, in->unit != NULL ? REASON_UNIT_UNKNOWN : REASON_DEVICE_UNKNOWN);
		return;
	}
	day_format(f->place.day, day);
	f->unit = get_copy(unit, "name");
	f->folder = render_format("by-unit/%s/%s/%s/%s/%s", f->unit, f->place.device,
		f->place.officer, day, in->kase);
	f->path = render_format("%s/%s", f->folder, f->place.name);
	why = in->dry_run ? foresee_refusal(in, f, unit, device, officer) : REASON_NONE;
	if (in->dry_run && why == REASON_NONE && litter_name(f->place.name))
		why = REASON_DESKTOP_FILE;
	if (why != REASON_NONE)
		settle_unplaced(in, f, why);
}

/* The file's path with all the folders that it lies in: their names say where it belongs. */
static char *whole_path(const char *source)
{
	const char *slash = strrchr(source, '/'), *name = slash != NULL ? slash + 1 : source;
	char *folder = slash != NULL ? render_format("%.*s/", (int)(slash - source), source)
				     : render_format(".");
	char *real = realpath(folder, NULL);
	char *whole = render_format("%s/%s", real != NULL ? real : folder, name);
	free(folder);
	free(real);
	return whole;
}

static void place_by_name(struct intake *in, struct intake_file *f)
{
	const struct recording_register reg = { is_device, is_officer, in };
	char *path = whole_path(f->source);
	const struct placement_given given = { path, in->device, in->officer,
		(int64_t)f->st.st_mtim.tv_sec * 1000 + f->st.st_mtim.tv_nsec / 1000000,
		in->utc_offset };
	placement_decide(&given, &reg, &f->place);
	if (f->place.fault == PLACEMENT_FINE)
		place_in_unit(in, f);
	else
		settle_fault(in, f);
	free(path);
}

/* Copies the next component of a path in the store; false at its end. */
static bool component_at(const char **path, char out[NAME_BUFFER])
{
	size_t len = strcspn(*path, "/");
	if (len == 0 || len >= NAME_BUFFER)
		return false;
	memcpy(out, *path, len);
	out[len] = '\0';
	*path += len + ((*path)[len] == '/');
	return true;
}

/* What the store would answer to a deposit into the folder that was named. */
static enum reason foresee_in_folder(
	struct intake *in, const struct intake_file *f, const char *top, bool whole)
{
	const json_t *unit;
	if (litter_name(f->place.name))
		return REASON_DESKTOP_FILE;
	if (strcmp(top, "by-unit") != 0)
		return *top != '\0' ? REASON_VIEW : REASON_STRUCTURE;
	if (!whole)
		return REASON_PATH_SHORT;
	unit = intake_known(in, "unit", f->unit);
	return unit != NULL && get_text(unit, "code") != NULL
		? foresee_refusal(in, f, unit, intake_known(in, "device", f->place.device),
			  intake_known(in, "person", f->place.officer))
		: REASON_UNIT_UNKNOWN;
}

/* Takes the place of a file from the one folder that was named. */
static void place_in_folder(struct intake *in, struct intake_file *f)
{
	const struct recording_register reg = { is_device, is_officer, in };
	const char *at = in->folder, *slash = strrchr(f->source, '/'),
		   *name = slash != NULL ? slash + 1 : f->source;
	char top[NAME_BUFFER] = "", unit[NAME_BUFFER], day[NAME_BUFFER], kase[NAME_BUFFER];
	bool whole = false;
	struct recording r;
	enum reason bad = name_normalise(name, f->place.name);
	f->folder = render_format("%s", in->folder);
	f->path = render_format("%s/%s", in->folder, bad != 0 ? name : f->place.name);
	if (bad != 0) {
		settle_unplaced(in, f, bad);
		return;
	}
	if (component_at(&at, top) && component_at(&at, unit) &&
		component_at(&at, f->place.device) && component_at(&at, f->place.officer) &&
		component_at(&at, day) && day_parse(day, &f->place.day)) {
		f->unit = render_format("%s", unit);
		f->place.day_from = FROM_FOLDER;
		whole = component_at(&at, kase);
	}
	(void)recording_of_name(f->place.name, &reg, &r);
	f->place.sequence = r.sequence;
	f->place.digits = r.digits;
	f->place.important = name_important(f->place.name);
	f->place.differs = f->unit != NULL &&
		((*r.device != '\0' && strcmp(r.device, f->place.device) != 0) ||
			(*r.officer != '\0' && strcmp(r.officer, f->place.officer) != 0) ||
			(r.day != DAY_NONE && r.day != f->place.day));
	bad = in->dry_run ? foresee_in_folder(in, f, top, whole) : REASON_NONE;
	if (bad != 0)
		settle_unplaced(in, f, bad);
}

void intake_place(struct intake *in)
{
	for (size_t i = 0; i < in->files; i++) {
		struct intake_file *f = &in->file[i];
		if (f->status != INTAKE_PLANNED)
			continue;
		if (in->folder != NULL)
			place_in_folder(in, f);
		else
			place_by_name(in, f);
		if (f->status == INTAKE_PLANNED)
			in->total += f->size;
	}
}

/* Like mkdir -p, below the mount.  0 or an errno. */
static int make_path(struct intake *in, const char *folder)
{
	char *path = render_format("%s/%s", in->control->mount, folder);
	size_t begin = strlen(in->control->mount) + 1;
	int err = 0;
	for (char *slash = strchr(path + begin, '/'); err == 0; slash = strchr(slash + 1, '/')) {
		struct stat st;
		if (slash != NULL)
			*slash = '\0';
		if (stat(path, &st) != 0 && mkdir(path, 0777) != 0 && errno != EEXIST)
			err = errno;
		if (slash == NULL)
			break;
		*slash = '/';
	}
	free(path);
	return err;
}

bool intake_make_folder(struct intake *in, struct intake_file *f)
{
	json_t *known = json_object_get(in->made, f->folder);
	enum reason r;
	if (known == NULL && in->folder == NULL) {
		const char *reason = "";
		char *text = NULL;
		int err = make_path(in, f->folder);
		if (err != 0)
			intake_why(in, f->folder, NULL, err, &reason, &text);
		known = err != 0 ? json_pack("{s:s, s:s}", "reason",
					   *reason != '\0' ? reason : "write-error", "text",
					   text != NULL ? text : i18n_error(err))
				 : json_null();
		json_object_set_new(in->made, f->folder, known);
		free(text);
	}
	if (!json_is_object(known))
		return true;
	r = reason_parse(get_text(known, "reason"));
	intake_settle(in, f, r != REASON_COUNT ? INTAKE_REFUSED : INTAKE_FAILED,
		r != REASON_COUNT ? reason_name(r) : "write-error", get_copy(known, "text"));
	return false;
}
