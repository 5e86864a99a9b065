/* Words for people. */
#include "tools/text/words.h"

#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "fs/store/query/why_text.h"
#include "tools/text/render.h"

struct word {
	const char *name, *text;
};

static const struct word fields[] = {
	{ "code", N_("the unit's code") },
	{ "name", N_("the name") },
	{ "serial", N_("the device's serial number") },
	{ "unit", N_("the unit") },
	{ "device", N_("the device") },
	{ "person", N_("the person") },
	{ "number", N_("the number") },
	{ "roles", N_("the roles") },
	{ "uid", N_("the login") },
	{ "formal", N_("formal staff or not") },
	{ "certified_from", N_("the day of certification") },
	{ "certified_to", N_("the end of certification") },
	{ "party", N_("the party") },
	{ "cause", N_("the cause") },
	{ "class", N_("the class") },
	{ "case", N_("the case") },
	{ "alias", N_("the further number") },
	{ "date", N_("the day") },
	{ "path", N_("the path") },
	{ "paths", N_("the paths") },
	{ "item", N_("the item") },
	{ "items", N_("the items") },
	{ "id", N_("the request") },
	{ "purpose", N_("the purpose") },
	{ "from", N_("the beginning") },
	{ "to", N_("the time or the end") },
	{ "opens", N_("the number of opens") },
	{ "reason", N_("the reason") },
	{ "since", N_("the time since") },
	{ "until", N_("the time until") },
	{ "verb", N_("the verb") },
	{ "text", N_("the policy file") },
	{ "version", N_("the version") },
	{ "value", N_("the value") },
	{ "ground", N_("the ground") },
	{ "medium", N_("the medium") },
	{ "type", N_("the kind of medium") },
	{ NULL, NULL },
};

static const struct word states[] = {
	{ "receiving", N_("receiving") },
	{ "sealed", N_("sealed") },
	{ "incomplete", N_("incomplete") },
	{ "withdrawn", N_("withdrawn") },
	{ "disposed", N_("disposed of") },
	{ NULL, NULL },
};

static const struct word requests[] = {
	{ "pending", N_("waiting") },
	{ "approved", N_("approved") },
	{ "denied", N_("denied") },
	{ "revoked", N_("revoked") },
	{ NULL, NULL },
};

static const struct word bases[] = {
	{ "class", N_("by its class") },
	{ "case", N_("by its case") },
	{ "date", N_("by a date that was set") },
	{ "folder", N_("by what its folder asks") },
	{ "promise", N_("by what was promised at the deposit") },
	{ NULL, NULL },
};

static const struct word tags[] = {
	{ "stage", N_("stage") },
	{ "informed", N_("other side informed of the recording") },
	{ "important", N_("important") },
	{ NULL, NULL },
};

static const struct word stages[] = {
	{ "patrol", N_("daily patrol inspection") },
	{ "investigation", N_("investigation and taking of evidence") },
	{ "questioning", N_("questioning of a party") },
	{ "hearing", N_("administrative hearing") },
	{ "service", N_("service of documents") },
	{ "penalty", N_("administrative penalty") },
	{ "compulsion", N_("administrative compulsion") },
	{ "file-making", N_("case-file preparation") },
	{ NULL, NULL },
};

static const struct word media[] = {
	{ "written", N_("written recording") },
	{ "dynamic", N_("dynamic recording") },
	{ "video", N_("video") },
	{ "audio", N_("audio") },
	{ "photo", N_("photo") },
	{ "document", N_("document") },
	{ "log", N_("device log") },
	{ NULL, NULL },
};

static const struct word unrelated[] = {
	{ "proposed", N_("proposed, not decided yet") },
	{ "yes", N_("yes, agreed by a second person") },
	{ "no", N_("no, refused by a second person") },
	{ NULL, NULL },
};

static const struct word roles[] = {
	{ "officer", N_("officer") },
	{ "custodian", N_("custodian") },
	{ "approver", N_("approver") },
	{ "legal", N_("legal section") },
	{ "inspector", N_("inspector") },
	{ "auditor", N_("auditor") },
	{ "admin", N_("administrator") },
	{ NULL, NULL },
};

static const struct word verbs[] = {
	{ "stat", N_("looking at it") },
	{ "open-write", N_("opening it for writing") },
	{ "write", N_("writing") },
	{ "truncate", N_("truncating") },
	{ "fallocate", N_("changing its allocation") },
	{ "rename", N_("renaming") },
	{ "rename-over", N_("renaming over another item") },
	{ "rename-away", N_("moving it elsewhere") },
	{ "utimens", N_("changing its times") },
	{ "chmod", N_("changing its mode") },
	{ "chown", N_("changing its owner") },
	{ "unlink", N_("deleting") },
	{ "link", N_("making a hard link") },
	{ "symlink", N_("making a symbolic link") },
	{ "mknod", N_("making a special file") },
	{ "setxattr", N_("setting an attribute") },
	{ "removexattr", N_("removing an attribute") },
	{ "ioctl", N_("a special file operation") },
	{ "create", N_("depositing") },
	{ "mkdir", N_("making a folder") },
	{ "rmdir", N_("removing a folder") },
	{ "open-read", N_("opening it for reading") },
	{ "read", N_("reading") },
	{ "command", N_("a command") },
	{ NULL, NULL },
};

static const struct word reasons[] = {
	{ "sealed", N_("the content is sealed") },
	{ "label-fixed", N_("name and times are fixed by now") },
	{ "never-allowed", N_("there is no such operation here") },
	{ "desktop-file", N_("programs' own files are not stored") },
	{ "structure", N_("the folder belongs to the store's order") },
	{ "no-replace", N_("nothing is ever replaced") },
	{ "rename-scope", N_("it stays within its date folder") },
	{ "subfolder", N_("no folders below a case folder") },
	{ "view", N_("nothing is changed in a view") },
	{ "in-case", N_("it lies in the case's own folder") },
	{ "retained", N_("it is kept for its term") },
	{ "term-open", N_("its term has not begun") },
	{ "term-permanent", N_("it is kept permanently") },
	{ "held", N_("there is a hold on it") },
	{ "procedure", N_("disposal takes two people") },
	{ "inherited", N_("the hold is set elsewhere, and covers this from there") },
	{ "shortens", N_("it would not lengthen the term") },
	{ "name-taken", N_("the name is taken") },
	{ "hidden", N_("nothing that this person can see") },
	{ "not-empty", N_("the folder is not empty") },
	{ "name-bad", N_("the name cannot be used") },
	{ "name-long", N_("the name is too long") },
	{ "date-bad", N_("not a date") },
	{ "date-future", N_("the date is in the future") },
	{ "closed-early", N_("closed before it was opened") },
	{ "closed-future", N_("closed on a day to come") },
	{ "path-short", N_("not in a case folder") },
	{ "value-bad", N_("missing or malformed") },
	{ "hold-bad", N_("the hold is incomplete") },
	{ "clock-follows", N_("the clock follows the wall clock") },
	{ "class-changed", N_("a class would change its kind") },
	{ "class-unknown", N_("there is no such retention class") },
	{ "unit-unknown", N_("the unit is not registered") },
	{ "device-unknown", N_("the device is not registered") },
	{ "officer-unknown", N_("the officer is not registered") },
	{ "case-unknown", N_("the case is not registered") },
	{ "nobody", N_("the login is no registered person's") },
	{ "no-role", N_("the role for it is missing") },
	{ "not-yours", N_("neither the folder's officer nor the unit's custodian") },
	{ "not-formal", N_("the officer is not formal staff") },
	{ "not-certified", N_("the officer was not certified on that day") },
	{ "grant-none", N_("no approval") },
	{ "grant-pending", N_("the request is not decided yet") },
	{ "grant-denied", N_("the request was denied") },
	{ "grant-early", N_("the approved time has not begun") },
	{ "grant-over", N_("the approved time is over") },
	{ "grant-revoked", N_("the approval was revoked") },
	{ "grant-used", N_("the approved number of opens is used up") },
	{ "uninvited", N_("previews and indexes get no content") },
	{ "self-approval", N_("nobody decides on their own matters") },
	{ "second-person", N_("it takes a second person") },
	{ "policy-early", N_("the policy is not effective yet") },
	{ "not-custodian", N_("not the custodian of that unit") },
	{ "own-recording", N_("nobody decides on their own recordings") },
	{ "disposed", N_("it was disposed of") },
	{ "unsealed", N_("the deposit is not complete yet") },
	{ "not-supported", N_("such attributes are not kept") },
	{ "not-found", N_("there is no such thing") },
	{ "state", N_("it has moved on since") },
	{ "proposed", N_("its disposal is proposed already") },
	{ "undigested", N_("its digests are not computed yet") },
	{ "differs", N_("there is another of that name") },
	{ "conflict", N_("the register has another like it") },
	{ "no-space", N_("the ledger cannot be written") },
	{ "damaged", N_("the content fails verification") },
	{ "too-many-open", N_("too many files open at once") },
	{ NULL, NULL },
};

static const struct word findings[] = {
	{ "late", N_("deposited late") },
	{ "gap", N_("numbers missing") },
	{ "kind-mismatch", N_("not the kind that its name says") },
	{ "name-conflict", N_("another file of the same name") },
	{ "out-of-service", N_("device out of service") },
	{ "uncertified", N_("officer not certified") },
	{ "no-custodian", N_("unit without a custodian") },
	{ "no-offline-copy", N_("held without an offline copy") },
	{ "clock", N_("clock moved") },
	{ "refusal-storm", N_("very many refusals") },
	{ "not-informed", N_("not stated whether the party was informed") },
	{ NULL, NULL },
};

static const struct word broken[] = {
	{ "killed", N_("the program that wrote it was killed") },
	{ "broken-off", N_("the program that wrote it was broken off") },
	{ "write-error", N_("writing failed") },
	{ "daemon-died", N_("the store's daemon stopped") },
	{ "unmounted", N_("the store was unmounted while it was written") },
	{ "unlinked", N_("its depositor deleted it") },
	{ "not-closed", N_("it was never closed") },
	{ NULL, NULL },
};

static const struct word erasures[] = {
	{ "pending", N_("is still to be removed") },
	{ "removed", N_("removed, not overwritten: this file system writes elsewhere") },
	{ "overwritten", N_("overwritten and removed") },
	{ "overwritten-flash",
		N_("overwritten and removed; a flash disk may keep old cells, no promise is "
		   "given") },
	{ "absent", N_("there was none any more") },
	{ NULL, NULL },
};

static const struct word disposals[] = {
	{ "proposed", N_("proposed") },
	{ "approved", N_("approved, under way") },
	{ "done", N_("done") },
	{ "refused", N_("refused") },
	{ "withdrawn", N_("withdrawn") },
	{ "stopped", N_("stopped") },
	{ NULL, NULL },
};

static const struct word mediums[] = {
	{ "bd", N_("optical disc") },
	{ "usb", N_("removable disk") },
	{ "tape", N_("tape") },
	{ NULL, NULL },
};

static const struct word *const tables[WORDS_COUNT] = {
	[WORDS_STATE] = states,
	[WORDS_REQUEST] = requests,
	[WORDS_BASIS] = bases,
	[WORDS_TAG] = tags,
	[WORDS_STAGE] = stages,
	[WORDS_MEDIA] = media,
	[WORDS_UNRELATED] = unrelated,
	[WORDS_ROLE] = roles,
	[WORDS_VERB] = verbs,
	[WORDS_FINDING] = findings,
	[WORDS_REASON] = reasons,
	[WORDS_BROKEN] = broken,
	[WORDS_FIELD] = fields,
	[WORDS_ERASURE] = erasures,
	[WORDS_DISPOSAL] = disposals,
	[WORDS_MEDIUM] = mediums,
};

const char *words_for(enum words kind, const char *name)
{
	if (name == NULL)
		return "";
	if (kind == WORDS_CLASS)
		return why_class(name);
	for (const struct word *w = tables[kind]; w->name != NULL; w++)
		if (strcmp(w->name, name) == 0)
			return _(w->text);
	return name;
}

char *words_roles(const char *list)
{
	char *copy = render_format("%s", list != NULL ? list : ""), *rest = NULL;
	char *out = render_format("%s", "");
	for (char *name = strtok_r(copy, ", ", &rest); name != NULL;
		name = strtok_r(NULL, ", ", &rest)) {
		char *longer = render_format(
			"%s%s%s", out, *out != '\0' ? _(", ") : "", words_for(WORDS_ROLE, name));
		free(out);
		out = longer;
	}
	free(copy);
	return out;
}
