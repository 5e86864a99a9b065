/* Why something is refused, with its errno and its sentence.  The contract is in reason.h. */
#include "policy/reason.h"

#include <errno.h>
#include <string.h>

#define N_(s) s /* marks a sentence for translation; it is translated where it is shown */

static const struct {
	const char *name;
	int error;
	const char *text;
} reasons[REASON_COUNT] = {
	[REASON_NONE] = { "allowed", 0, N_("This is allowed.") },

	[REASON_SEALED] = { "sealed", EPERM,
		N_("This item is sealed, and what was recorded never changes (Art. 23(2)). If "
		   "something has to be corrected, deposit the corrected version as a new item "
		   "with another name; this one is kept beside it.") },
	[REASON_LABEL_FIXED] = { "label-fixed", EPERM,
		N_("The short time after the copy in which name, times and permissions could still "
		   "be put right is over, and they are now part of the record. If the file has the "
		   "wrong name, deposit it again under the right one; this one is kept.") },
	[REASON_NEVER_ALLOWED] = { "never-allowed", EPERM,
		N_("Links, device files and special file operations do not exist in this store, "
		   "because with them one item could pass for another. Copy the file itself "
		   "instead.") },
	[REASON_DESKTOP_FILE] = { "desktop-file", EPERM,
		N_("Programs make files and folders of this name by themselves, for previews, "
		   "folder views, locks or deleted files. They are no evidence, so they are not "
		   "stored, and nothing of yours is missing: go on with the other files. If this "
		   "one is evidence all the same, deposit it under another name or in an "
		   "archive.") },
	[REASON_STRUCTURE] = { "structure", EPERM,
		N_("This folder is part of the order in which material is stored (unit, device, "
		   "officer, date, case; Art. 16), so it cannot be renamed or removed. If it "
		   "should not be there at all, ask an administrator to correct the register.") },
	[REASON_NO_REPLACE] = { "no-replace", EPERM,
		N_("A file cannot take the place of another one, because nothing that was "
		   "deposited is ever replaced (Art. 23(2)). Choose a name that is still free.") },
	[REASON_RENAME_SCOPE] = { "rename-scope", EPERM,
		N_("A file can be moved only within the folder of its recording date, because "
		   "unit, device, officer and date say where it comes from (Art. 16). If it "
		   "belongs elsewhere, deposit it there.") },
	[REASON_SUBFOLDER] = { "subfolder", EPERM,
		N_("No folder can be made below a case folder, because material is stored by unit, "
		   "device, officer, date and case only (Art. 16). Put the files straight into the "
		   "case folder.") },
	[REASON_VIEW] = { "view", EPERM,
		N_("This folder is a view: it shows what lies under by-unit in another order, and "
		   "nothing is made, renamed or removed in it. Do it in the item's own folder "
		   "under by-unit; custody show tells its path.") },
	[REASON_IN_CASE] = { "in-case", EPERM,
		N_("This item lies in a folder of the case itself, so it belongs to the case for "
		   "good. Only items that were linked to the case from elsewhere can be "
		   "unlinked.") },
	[REASON_RETAINED] = { "retained", EPERM,
		N_("The term for which this item is kept has not ended yet (Art. 11), so it cannot "
		   "be removed. Wait for the end of the term; after that the unit's custodian can "
		   "propose its disposal.") },
	[REASON_TERM_OPEN] = { "term-open", EPERM,
		N_("This item is kept as evidence, and its term begins only when the case is "
		   "closed (Art. 11), so there is no end yet and it cannot be removed. If it "
		   "belongs to no case, link it to one; if the case has ended, close it.") },
	[REASON_TERM_PERMANENT] = { "term-permanent", EPERM,
		N_("This item is kept permanently (Art. 11, 12) and is never removed.") },
	[REASON_HELD] = { "held", EPERM,
		N_("There is a hold on this item, and until the hold is released the item is kept "
		   "whatever its term (Art. 12). Ask the person who set the hold whether it is "
		   "still needed; it is released by a second person, an approver or the legal "
		   "section.") },
	[REASON_PROCEDURE] = { "procedure", EPERM,
		N_("The term of this item has ended, but nobody removes anything alone: disposal "
		   "takes two people. The unit's custodian proposes it (custody dispose propose), "
		   "and an approver or the legal section approves it (custody dispose approve).") },
	[REASON_INHERITED] = { "inherited", EPERM,
		N_("This hold was not set here but on a folder or a case that covers this, and it "
		   "is released only there. The hold's value says where it comes from; ask for its "
		   "release at that place.") },
	[REASON_SHORTENS] = { "shortens", EPERM,
		N_("This would shorten the time for which the material is kept, or leave it as it "
		   "is, and a promise to keep something is only ever lengthened. Choose a longer "
		   "class or a later date.") },

	[REASON_NAME_TAKEN] = { "name-taken", EEXIST,
		N_("There is already something with this name in this folder, and it was left as "
		   "it is. Choose another name.") },
	[REASON_HIDDEN] = { "hidden", ENOENT,
		N_("There is nothing here that you can see: it does not exist, is kept out of "
		   "view, or is still being deposited by someone else. Check the name, or try "
		   "again once the deposit is complete.") },
	[REASON_NOT_EMPTY] = { "not-empty", ENOTEMPTY,
		N_("This folder still has something in it, perhaps a deposit that you cannot see, "
		   "so it was not removed. Leave it where it is; only empty folders can be "
		   "removed.") },

	[REASON_NAME_BAD] = { "name-bad", EINVAL,
		N_("This name cannot be used: it is empty, ends in a dot or a space, is not valid "
		   "UTF-8 text, or contains a control character or one of / \\ : * ? \" < > |. "
		   "Choose another name.") },
	[REASON_NAME_LONG] = { "name-long", ENAMETOOLONG,
		N_("This name is longer than 255 bytes (85 Chinese characters). Shorten it and try "
		   "again.") },
	[REASON_DATE_BAD] = { "date-bad", EINVAL,
		N_("A date folder has to be named after a real day in the form YYYY-MM-DD, such as "
		   "2024-02-29. Correct the name and try again.") },
	[REASON_DATE_FUTURE] = { "date-future", EINVAL,
		N_("The recording date is still in the future. Check the date of the folder and "
		   "the clock of the recording device.") },
	[REASON_CLOSED_EARLY] = { "closed-early", EINVAL,
		N_("A case cannot be closed on a day before it was opened here, and its term is "
		   "counted from the day on which it is closed (Art. 11). Check the date.") },
	[REASON_CLOSED_FUTURE] = { "closed-future", EINVAL,
		N_("A case cannot be closed on a day that is still to come. Check the date.") },
	[REASON_PATH_SHORT] = { "path-short", EINVAL,
		N_("Files are stored only under unit, device, officer, date and case (Art. 16), "
		   "and this folder is not a case folder. Go on to the folder of the case, or to "
		   "the one for evidence that has no case yet, and copy the file there.") },
	[REASON_VALUE_BAD] = { "value-bad", EINVAL,
		N_("Something in the request is missing or malformed, so nothing was done. Compare "
		   "what you entered with the manual of the command.") },
	[REASON_HOLD_BAD] = { "hold-bad", EINVAL,
		N_("A hold has a name of letters, digits, - and _, a ground from 1 to 4, and for "
		   "ground 4 a reason (Art. 12). As an attribute, user.custody.hold.NAME is given "
		   "the value: ground=4; reason=... Complete it and set it again.") },
	[REASON_CLOCK_FOLLOWS] = { "clock-follows", EINVAL,
		N_("The compliance clock follows the wall clock: where it is behind it is put "
		   "forward by a proposal, at most to the wall clock, and it never goes back. Only "
		   "the clock of a store that was made for tests is set, by custody clock set. "
		   "Compare both with custody clock.") },
	[REASON_CLASS_CHANGED] = { "class-changed", EINVAL,
		N_("A class of this policy is of another kind than it was before, and what was "
		   "promised under its name would change its meaning. Give the new class a name of "
		   "its own; only permanent may take the place of another kind.") },
	[REASON_CLASS_UNKNOWN] = { "class-unknown", EINVAL,
		N_("The policy in force has no such retention class, or none that suits: a case's "
		   "counts from the day it is closed, an item's does not. The command custody "
		   "policy show lists the classes; choose one of them.") },

	[REASON_UNIT_UNKNOWN] = { "unit-unknown", EACCES,
		N_("This unit is not registered, and material is stored only under registered "
		   "units (Art. 16). Check the name, or ask an administrator to register the "
		   "unit.") },
	[REASON_DEVICE_UNKNOWN] = { "device-unknown", EACCES,
		N_("This device is not registered, and material is stored only under registered "
		   "devices (Art. 16). Check the number, or ask an administrator to register the "
		   "device.") },
	[REASON_OFFICER_UNKNOWN] = { "officer-unknown", EACCES,
		N_("This officer is not registered, and material is stored only under registered "
		   "officers (Art. 16). Check the number, or ask an administrator to register the "
		   "officer.") },
	[REASON_CASE_UNKNOWN] = { "case-unknown", EACCES,
		N_("No case is registered under this number (Art. 16). Check the number, have the "
		   "case registered, or use the folder for evidence that has no case yet.") },
	[REASON_NOBODY] = { "nobody", EACCES,
		N_("Your login belongs to no one in the register, so nothing here is open to you "
		   "(Art. 15). Ask an administrator to register you.") },
	[REASON_NO_ROLE] = { "no-role", EACCES,
		N_("You do not have the role that this needs. Ask someone who has it, or ask an "
		   "administrator about your own roles.") },
	[REASON_NOT_YOURS] = { "not-yours", EACCES,
		N_("Only the officer who made the recordings, or the custodian of the unit, "
		   "deposits in this folder (Art. 8, 10). Use your own folder, or hand the "
		   "material to the unit's custodian.") },
	[REASON_NOT_FORMAL] = { "not-formal", EACCES,
		N_("The officer of this folder is not registered as formal staff, and only formal "
		   "staff make enforcement recordings (Art. 7). If the register is wrong, ask an "
		   "administrator to correct it.") },
	[REASON_NOT_CERTIFIED] = { "not-certified", EACCES,
		N_("The officer of this folder held no enforcement qualification on the recording "
		   "date (Art. 7). Check the date of the folder; if the register is wrong, ask an "
		   "administrator to correct it.") },
	[REASON_NO_GRANT] = { "grant-none", EACCES,
		N_("Recordings and case files are opened only with approval (Art. 15), and you "
		   "have none for this item. Ask for approval and say what you need it for.") },
	[REASON_GRANT_PENDING] = { "grant-pending", EACCES,
		N_("Your request to open this item has not been decided yet (Art. 15). Wait for "
		   "the approver's decision, or remind the approver.") },
	[REASON_GRANT_DENIED] = { "grant-denied", EACCES,
		N_("Your request to open this item was denied (Art. 15). Ask the approver why, or "
		   "make a new request that explains more fully what you need it for.") },
	[REASON_GRANT_EARLY] = { "grant-early", EACCES,
		N_("You have approval to open this item, but for a period that has not begun yet "
		   "(Art. 15). Try again once it has begun.") },
	[REASON_GRANT_OVER] = { "grant-over", EACCES,
		N_("The period for which you had approval to open this item has ended (Art. 15). "
		   "If you still need it, ask for approval again.") },
	[REASON_GRANT_REVOKED] = { "grant-revoked", EACCES,
		N_("Your approval to open this item has been revoked (Art. 15). Ask the approver "
		   "why; if you still need it, ask for approval again.") },
	[REASON_GRANT_USED] = { "grant-used", EACCES,
		N_("You have opened this item as many times as was approved (Art. 15). If you need "
		   "to open it again, ask for approval again.") },
	[REASON_UNINVITED] = { "uninvited", EACCES,
		N_("A program that makes previews or a search index wanted to read this without "
		   "anyone having asked it to, so it was given nothing (Art. 15). Your own "
		   "approval is not touched and not used up: open the file yourself. If the "
		   "program is no such program, tell an administrator.") },
	[REASON_SELF_APPROVAL] = { "self-approval", EACCES,
		N_("Nobody decides on their own request, or on the reading of what they deposited "
		   "themselves, so that approval always takes a second person (Art. 15). Leave the "
		   "decision to another approver.") },
	[REASON_SECOND_PERSON] = { "second-person", EACCES,
		N_("This takes two people, and you are the first of them already. Leave it to "
		   "somebody else who has the role.") },
	[REASON_POLICY_EARLY] = { "policy-early", EACCES,
		N_("This policy is effective from a later day, and it is put in force on that day "
		   "or after it, not before. It can be agreed to then.") },
	[REASON_NOT_CUSTODIAN] = { "not-custodian", EACCES,
		N_("Only the custodian of the unit that this belongs to proposes its disposal "
		   "(Art. 8). Leave it to the custodian of that unit.") },
	[REASON_OWN_RECORDING] = { "own-recording", EACCES,
		N_("You recorded or deposited some of this yourself, and nobody has a say in the "
		   "disposal of their own recordings. Leave the decision to another approver or to "
		   "the legal section.") },
	[REASON_DISPOSED] = { "disposed", EACCES,
		N_("This item was disposed of after its term, in the way that takes two people; "
		   "its content is gone and its record stays. Look at the record by the item's "
		   "number (custody show).") },
	[REASON_UNSEALED] = { "unsealed", EACCES,
		N_("The deposit of this item is not complete yet, and until then only its "
		   "depositor can read it. Try again once the copy has finished.") },

	[REASON_NOT_SUPPORTED] = { "not-supported", ENOTSUP,
		N_("Attributes of this kind are not kept here, or no longer once an item is "
		   "sealed. The content is not affected, and you can go on without them.") },
	[REASON_NOT_FOUND] = { "not-found", ENOENT,
		N_("The request names something that does not exist. Check the number or the name "
		   "and try again.") },
	[REASON_STATE] = { "state", EINVAL,
		N_("This can no longer be done, because its state has changed since: it has been "
		   "decided, ended or withdrawn already. Look at its present state before you try "
		   "anything else.") },
	[REASON_PROPOSED] = { "proposed", EEXIST,
		N_("The disposal of this item is proposed already and not decided yet. Look at the "
		   "proposals (custody dispose list), and have that one decided or withdrawn "
		   "first.") },
	[REASON_UNDIGESTED] = { "undigested", EAGAIN,
		N_("The digests of this item are still being computed, and without them there is "
		   "no record of what it was. Try again in a moment.") },
	[REASON_DIFFERS] = { "differs", EEXIST,
		N_("There is already one of this name here, and it says something else. Look at "
		   "the one that exists, and use another name.") },
	[REASON_CONFLICT] = { "conflict", EEXIST,
		N_("The register already holds another entry with this number, name or login. "
		   "Check whether it is the same one; if it is not, use another number, name or "
		   "login.") },
	[REASON_NO_SPACE] = { "no-space", ENOSPC,
		N_("The ledger cannot be written, most likely because the disk is full, and "
		   "nothing is done here that is not recorded. Tell an administrator, and try "
		   "again once there is space.") },
	[REASON_DAMAGED] = { "damaged", EIO,
		N_("The stored content of this item is no longer what was deposited, so it is not "
		   "shown. Tell an administrator and the legal section at once.") },
	[REASON_TOO_MANY] = { "too-many-open", EMFILE,
		N_("You have as many files open here at once as one person may, so that there is "
		   "room for the others. Close some and try again; if you need more at once, ask "
		   "an administrator.") },
};

/* A number that is no reason counts as an unknown one. */
static int known(enum reason r)
{
	return (unsigned)r < REASON_COUNT;
}

int reason_errno(enum reason r)
{
	return known(r) ? reasons[r].error : EPERM;
}

const char *reason_name(enum reason r)
{
	return known(r) ? reasons[r].name : "unknown";
}

const char *reason_text(enum reason r)
{
	return known(r) ? reasons[r].text
			: N_("This was refused for a reason that this version of the software does "
			     "not know. Ask an administrator to look it up on the ledger.");
}

enum reason reason_parse(const char *name)
{
	int r = 0;

	while (r < REASON_COUNT && strcmp(reasons[r].name, name) != 0)
		r++;
	return (enum reason)r;
}
