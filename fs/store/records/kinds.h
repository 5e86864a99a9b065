/*
 * The kinds of events.  A kind is written once, here: X(NAME, record, "name on the ledger").
 * Its fields are written once, too, in the header of its subject (record.h).  To add a kind, add a
 * line here, its fields and its apply function; what switches on the kind then does not compile
 * until it knows the new one.
 */
#ifndef FS_STORE_RECORDS_KINDS_H
#define FS_STORE_RECORDS_KINDS_H

#define EVENT_KINDS(X)                                                  \
	X(STORE_MAKE, store_make, "store.make")                         \
	X(STORE_MOUNT, store_mount, "store.mount")                      \
	X(STORE_UNMOUNT, store_unmount, "store.unmount")                \
	X(STORE_RECOVERED, store_recovered, "store.recovered")          \
	X(REGISTER_UNIT, register_unit, "register.unit")                \
	X(REGISTER_DEVICE, register_device, "register.device")          \
	X(REGISTER_PERSON, register_person, "register.person")          \
	X(REGISTER_SERVICE, register_service, "register.service")       \
	X(REGISTER_CASE, register_case, "register.case")                \
	X(CASE_ALIAS, case_alias, "case.alias")                         \
	X(CASE_CLOSE, case_close, "case.close")                         \
	X(CASE_LINK, case_link, "case.link")                            \
	X(CASE_UNLINK, case_unlink, "case.unlink")                      \
	X(FOLDER_MAKE, folder_make, "folder.make")                      \
	X(FOLDER_REMOVE, folder_remove, "folder.remove")                \
	X(DEPOSIT_BEGIN, deposit_begin, "deposit.begin")                \
	X(DEPOSIT_CLOSE, deposit_close, "deposit.close")                \
	X(DEPOSIT_SEAL, deposit_seal, "deposit.seal")                   \
	X(DEPOSIT_REOPEN, deposit_reopen, "deposit.reopen")             \
	X(DEPOSIT_INCOMPLETE, deposit_incomplete, "deposit.incomplete") \
	X(DEPOSIT_ORPHAN, deposit_orphan, "deposit.orphan")             \
	X(DEPOSIT_WITHDRAW, deposit_withdraw, "deposit.withdraw")       \
	X(DIGEST, item_digest, "digest")                                \
	X(LABEL_RENAME, label_rename, "label.rename")                   \
	X(LABEL_ATTR, label_attr, "label.attr")                         \
	X(LABEL_XATTR, label_xattr, "label.xattr")                      \
	X(READ_OPEN, read_open, "read.open")                            \
	X(READ_RANGES, read_ranges, "read.ranges")                      \
	X(READ_CLOSE, read_close, "read.close")                         \
	X(READ_DAMAGED, read_damaged, "read.damaged")                   \
	X(REFUSED, refused, "refused")                                  \
	X(REQUEST, request_made, "request")                             \
	X(GRANT_APPROVE, grant_approve, "grant.approve")                \
	X(GRANT_DENY, grant_deny, "grant.deny")                         \
	X(GRANT_REVOKE, grant_revoke, "grant.revoke")                   \
	X(RETAIN_CLASS, retain_class, "retain.class")                   \
	X(RETAIN_UNTIL, retain_until, "retain.until")                   \
	X(HOLD_SET, hold_set, "hold.set")                               \
	X(HOLD_ASK, hold_ask, "hold.ask")                               \
	X(HOLD_RELEASE, hold_release, "hold.release")                   \
	X(TAG_SET, tag_set, "tag.set")                                  \
	X(UNRELATED_PROPOSE, unrelated_propose, "unrelated.propose")    \
	X(UNRELATED_DECIDE, unrelated_decide, "unrelated.decide")       \
	X(COPY_REGISTER, copy_register, "copy.register")                \
	X(COPY_ITEM, copy_item, "copy.item")                            \
	X(COPY_VERIFIED, copy_verified, "copy.verified")                \
	X(DISPOSE_PROPOSE, dispose_propose, "dispose.propose")          \
	X(DISPOSE_ITEMS, dispose_items, "dispose.items")                \
	X(DISPOSE_APPROVE, dispose_approve, "dispose.approve")          \
	X(DISPOSE_REFUSE, dispose_refuse, "dispose.refuse")             \
	X(DISPOSE_WITHDRAW, dispose_withdraw, "dispose.withdraw")       \
	X(DISPOSE_ITEM, dispose_item, "dispose.item")                   \
	X(DISPOSE_STOP, dispose_stop, "dispose.stop")                   \
	X(DISPOSE_DONE, dispose_done, "dispose.done")                   \
	X(DISPOSE_ERASED, dispose_erased, "dispose.erased")             \
	X(FINDING_RAISE, finding_raise, "finding.raise")                \
	X(FINDING_SETTLE, finding_settle, "finding.settle")             \
	X(FINDINGS_CHECKED, findings_checked, "findings.checked")       \
	X(CLOCK_PROPOSE, clock_propose, "clock.propose")                \
	X(CLOCK_SET, clock_set, "clock.set")                            \
	X(CLOCK_REFUSE, clock_refuse, "clock.refuse")                   \
	X(CLOCK_GAP, clock_gap, "clock.gap")                            \
	X(CLOCK_JUMP, clock_jump, "clock.jump")                         \
	X(POLICY_PROPOSE, policy_propose, "policy.propose")             \
	X(POLICY_REFUSE, policy_refuse, "policy.refuse")                \
	X(POLICY_LOAD, policy_load, "policy.load")

#define EVENT_KIND_ENTRY(NAME, record, text) EVENT_##NAME,
enum event_kind { EVENT_KINDS(EVENT_KIND_ENTRY) EVENT_KIND_COUNT };
#undef EVENT_KIND_ENTRY

/* The name on the ledger, "hold.set"; NULL for EVENT_KIND_COUNT. */
const char *event_kind_name(enum event_kind kind);

/* The kind of that name; EVENT_KIND_COUNT where this version knows none. */
enum event_kind event_kind_parse(const char *name);

#endif
