#!/usr/bin/env bash
# How long items are kept (Art. 11): the term in force is the longest of class, case, date and folder; it is only ever lengthened; and what unlink refuses is what `why` tells.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-08-31T18:30
mount_store settle=0
people
K=汶市监立〔2023〕47号
ok "a case" custody_as $LI register case $K --party 刘记 --cause 经营超过保质期食品 --class evidence-30
make_folder 2023-08-31
make_folder 2023-08-31 $K
D=$(folder_of 2023-08-31) KD=$(folder_of 2023-08-31 $K) UNIT=$M/by-unit/中都所
DATE=$(dirname "$D") OFFICER=$(dirname "$(dirname "$D")") DEVICE=$UNIT/WS00017
head -c 100000 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
put() { as $WANG cp "$T/clip.mp4" "$1"; }
for n in a b c d e f g h; do put "$D/$n.mp4"; done
put "$KD/k.mp4"
clock() { custody_as $ADMIN clock set "$1" >/dev/null; }
class_of() { attr_of $WANG "$1" class; }
until_of() { attr_of $WANG "$1" retain-until; }
basis_of() { attr_of $WANG "$1" retain-basis; }
term_of() { echo "$(class_of "$1") $(until_of "$1") $(basis_of "$1")"; }
sets() { as "$1" sys setxattr "$2" "user.custody.$3" "$4"; }
why_of() { as $WANG custody -m "$M" why "$1" --verb "${2:-delete}" --json | json 'd["reason"]'; }
text_of() { as $WANG custody -m "$M" why "$1" --verb "${2:-delete}"; }

# The default: never zero, six calendar months, the first day not counted.
is "what nobody says more of is a daily patrol's" "patrol 2024-03-01T00:00:00.000+08:00 class" "$(term_of "$D/a.mp4")"
is "to who is nobody, why says that" nobody "$(custody_as $STRANGER why "$D/a.mp4" --verb delete --json | json 'd["reason"]')"
is "and the attribute of what they see" "$(custody_as $STRANGER why "$M/by-unit" --json | json 'd["text"]')" "$(attr_of $STRANGER "$M/by-unit" why)"
is "JSON says the same" "patrol 2024-03-01T00:00:00.000+08:00 class False" "$(custody_as $WANG show --json "$D/a.mp4" | json '"%(class)s %(retain_until)s %(retain_basis)s %(held)s" % d["item"]')"
is "in the folder of a case that is open there is no end yet" "evidence-30 open case" "$(term_of "$KD/k.mp4")"
fails EPERM "deleting it" as $WANG sys unlink "$KD/k.mp4"
is "for that reason" term-open "$(why_of "$KD/k.mp4")"
ok "and the case is named" grep -q "$K" <(text_of "$KD/k.mp4")
fails EPERM "deleting what is retained" as $WANG sys unlink "$D/a.mp4"
is "for that reason" retained "$(why_of "$D/a.mp4")"
ok "with the rule and the date" grep -q '31 August 2023.*1 March 2024' <(text_of "$D/a.mp4")
ok "in Chinese too" grep -q '2023年8月31日.*2024年3月1日' <(LC_ALL=zh_CN.UTF-8 text_of "$D/a.mp4" 删除 2>/dev/null)
is "the attribute tells the latest refusal with it" "retained" "$(as $WANG custody -m "$M" why "$D/a.mp4" --json | json 'd["reason"]')"
ok "in the daemon's language" grep -q '1 March 2024' <(attr_of $WANG "$D/a.mp4" why)

# Who lengthens, and what.
fails EACCES "an officer sets no class" sets $WANG "$D/b.mp4" class permanent
fails EACCES "nor an approver" sets $CHEN "$D/b.mp4" class permanent
fails EACCES "nor a date" sets $SUN "$D/b.mp4" retain-until 2030-01-01
fails ENOENT "root is nobody" sets 0 "$D/b.mp4" class permanent
fails EINVAL "a class that there is not" sets $LI "$D/b.mp4" class forever
fails EINVAL "one for cases alone" sets $LI "$D/b.mp4" class evidence-30
fails EINVAL "no date" sets $LI "$D/b.mp4" retain-until 2030-02-30
fails EINVAL "never is no date" sets $LI "$D/b.mp4" retain-until never
fails EINVAL "an empty value" sets $LI "$D/b.mp4" class ""
fails EPERM "an earlier date" sets $LI "$D/b.mp4" retain-until 2024-02-29
fails EPERM "the same date" sets $LI "$D/b.mp4" retain-until 2024-03-01
fails EPERM "the same class" sets $LI "$D/b.mp4" class patrol
fails EPERM "taking it away" as $LI sys removexattr "$D/b.mp4" user.custody.class
fails EPERM "taking the date away" as $LI sys removexattr "$D/b.mp4" user.custody.retain-until
is "nothing of that changed anything" "patrol 2024-03-01T00:00:00.000+08:00 class" "$(term_of "$D/b.mp4")"
is "nor is on the ledger but as refusals" 0 "$(events | json 'sum(r["event"][:6] == "retain" for r in rows)')"
fails 0 "a later date, by a custodian" sets $LI "$D/b.mp4" retain-until 2025-01-01
is "stands" "patrol 2025-01-01T00:00:00.000+08:00 date" "$(term_of "$D/b.mp4")"
fails 0 "a still later instant, by the legal section" sets $ZHAO "$D/b.mp4" retain-until "2025-01-01T09:30"
is "stands" "2025-01-01T09:30:00.000+08:00" "$(until_of "$D/b.mp4")"
fails EPERM "an earlier one after it" sets $ADMIN "$D/b.mp4" retain-until 2025-01-01
fails 0 "class evidence, by an administrator" sets $ADMIN "$D/c.mp4" class evidence
is "it waits for a case" "evidence open class" "$(term_of "$D/c.mp4")"
fails EPERM "a class with an end does not lengthen that" sets $LI "$D/c.mp4" class patrol
fails 0 "permanent lengthens it" sets $LI "$D/c.mp4" class permanent
is "without end" "permanent never class" "$(term_of "$D/c.mp4")"
fails EPERM "nothing lengthens what is permanent" sets $LI "$D/c.mp4" retain-until 2999-01-01
fails EPERM "deleting it" as $WANG sys unlink "$D/c.mp4"
is "for that reason" term-permanent "$(why_of "$D/c.mp4")"
digested() { [ -n "$(attr_of $WANG "$D/c.mp4" sha256)" ]; }
eventually "its digest is computed" digested
is "and is what was copied" "$(sha_of "$T/clip.mp4")" "$(attr_of $WANG "$D/c.mp4" sha256)"
flagged() {
	as $LI /usr/bin/python3 -c 'import errno, os, sys
try: os.setxattr(sys.argv[1], "user.custody." + sys.argv[2], sys.argv[3].encode(), getattr(os, sys.argv[4]))
except OSError as e: print(errno.errorcode[e.errno])
else: print(0)' "$@"
}
is "XATTR_CREATE of what every item has" EEXIST "$(flagged "$D/d.mp4" class permanent XATTR_CREATE)"
is "XATTR_REPLACE of what a folder has not" ENODATA "$(flagged "$OFFICER" class permanent XATTR_REPLACE)"

# What still settles can be lengthened; what is not there cannot.
unmount_store
mount_store settle=30
put "$D/settling.mp4"
is "while it settles" 0 "$(sets $LI "$D/settling.mp4" retain-until 2024-09-01)"
is "it stands" "2024-09-01T00:00:00.000+08:00" "$(until_of "$D/settling.mp4")"
fails ENOENT "of what is not there" sets $LI "$D/none.mp4" class permanent
is "not to be replaced by the depositor's own" EACCES "$(sets $WANG "$D/settling.mp4" class permanent)"
is "nor to be withdrawn by the depositor" EPERM "$(as $WANG sys unlink "$D/settling.mp4")"
unmount_store
mount_store settle=0

# Folders: a floor for what lies there, and for what arrives later.
is "a floor on the officer's folder" 0 "$(sets $LI "$OFFICER" retain-until 2024-06-01)"
is "holds for what lay there" "patrol 2024-06-01T00:00:00.000+08:00 folder" "$(term_of "$D/a.mp4")"
is "not where more is kept already" "2025-01-01T09:30:00.000+08:00" "$(until_of "$D/b.mp4")"
put "$D/later.mp4"
is "and for what arrives later" "patrol 2024-06-01T00:00:00.000+08:00 folder" "$(term_of "$D/later.mp4")"
is "the folder tells its own" "2024-06-01T00:00:00.000+08:00" "$(attr_of $WANG "$OFFICER" retain-until)"
is "and no class" ENODATA "$(as $WANG sys getxattr "$OFFICER" user.custody.class)"
is "nor does the one below" ENODATA "$(as $WANG sys getxattr "$DATE" user.custody.retain-until)"
fails EPERM "an earlier floor" sets $LI "$OFFICER" retain-until 2024-05-01
fails EPERM "one that is over" sets $LI "$DATE" retain-until 2023-08-31
fails EACCES "by an officer" sets $WANG "$OFFICER" class permanent
fails EINVAL "a case's class" sets $LI "$DATE" class evidence-10
is "a class on the device's folder" 0 "$(sets $ZHAO "$DEVICE" class long-term)"
ok "the log tells of which folder" grep -q 'set the class of all that lies in a folder: .*  by-unit/中都所/WS00017$' <(custody_as $ADMIN log)
ok "of a date, too" grep -q 'set that all that lies in a folder is kept until .*  by-unit/中都所/WS00017/[^/]*$' <(custody_as $ADMIN log)
fails EPERM "the same again" sets $ZHAO "$DEVICE" class long-term
is "holds for all below" "long-term never folder" "$(term_of "$D/later.mp4")"
is "the folder tells it" long-term "$(attr_of $WANG "$DEVICE" class)"
ok "why names the folder" grep -q 'The folder by-unit/中都所/WS00017 asks' <(text_of "$D/later.mp4")
fails EINVAL "never the whole store by a slip" sets $LI "$M/by-unit" class permanent
fails EINVAL "nor from its top" sets $LI "$M" class permanent
is "custody set does the same" 0 "$(custody_as $LI set class permanent "$DATE" >"$T/out" 2>&1; echo $?)"
is "it stands" permanent "$(attr_of $WANG "$DATE" class)"
is "and refuses the same" "EPERM shortens" "$(custody_as $LI set class patrol "$DATE" --json 2>"$T/out" | json 'd["errno"] + " " + d["reason"]')"

# Another device: what its folders ask is not asked here.
E=$M/by-unit/中都所/WS00017/083022/2023-08-31/未立案
as $LI mkdir -p "$E"
as $LI cp "$T/clip.mp4" "$E/z.mp4"
is "another officer's folder with that device is below it" "long-term never folder" "$(term_of "$E/z.mp4")"

# Ends (another store: nothing ends where there is a floor without end).
unmount_store
is "fsck finds nothing wrong" 0 "$(fsck.custodyfs "$T/store" >"$T/out" 2>&1; echo $?)"
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump"
fsck.custodyfs --rebuild "$T/store" >"$T/out" 2>&1
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump.again"
ok "the catalog made again is the same, row for row" cmp "$T/dump" "$T/dump.again"
chattr -R -i "$T/store" 2>/dev/null
rm -rf "$T/store"
new_store --test-clock=2023-08-31T18:30
mount_store settle=0
people
make_folder 2023-08-31
put "$D/a.mp4"
put "$D/b.mp4"
clock 2024-02-29T23:50
fails EPERM "some minutes before the end" as $WANG sys unlink "$D/a.mp4"
is "it is retained" retained "$(why_of "$D/a.mp4")"
is "a hold is named before the term" 0 "$(sets $LI "$D/b.mp4" hold.投诉 'ground=1; reason=当事人投诉')"
is "its class is long-term while it stands" "long-term 2024-03-01T00:00:00.000+08:00" "$(class_of "$D/b.mp4") $(until_of "$D/b.mp4")"
is "JSON says that it is held" "long-term True" "$(custody_as $WANG show --json "$D/b.mp4" | json '"%(class)s %(held)s" % d["item"]')"
ok "why names it, by whom, why, and what comes then" grep -q '投诉.*ground 1.*李秀英 (083022).*29 February 2024.*当事人投诉.*1 March 2024' <(text_of "$D/b.mp4")
clock 2024-03-01T00:00:00
fails EPERM "at its end one alone still deletes nothing" as $WANG sys unlink "$D/a.mp4"
is "but for another reason" procedure "$(why_of "$D/a.mp4")"
ok "that names the procedure" grep -q 'custody dispose propose' <(text_of "$D/a.mp4")
is "what is held is held" held "$(why_of "$D/b.mp4")"
ok "its term being over" grep -q 'Its term is over' <(text_of "$D/b.mp4")
fails EPERM "its content is sealed all the same" as $WANG sys open "$D/a.mp4" O_WRONLY
is "whatever the term" sealed "$(why_of "$D/a.mp4" edit)"
fails EPERM "renaming too" as $WANG sys rename "$D/a.mp4" "$D/x.mp4"
is "for its label is fixed" label-fixed "$(why_of "$D/a.mp4" rename)"
is "truncating is told of by name" sealed "$(why_of "$D/a.mp4" truncate)"
is "a word that is no verb" 2 "$(custody_as $WANG why "$D/a.mp4" --verb fly >"$T/out" 2>&1; echo $?)"
is "after the end a date that is over lengthens nothing" EPERM "$(sets $LI "$D/a.mp4" retain-until 2024-03-01)"
is "one that is to come does" 0 "$(sets $LI "$D/a.mp4" retain-until 2024-03-02)"
is "and it is retained again" retained "$(why_of "$D/a.mp4")"
clock 2024-03-02
is "until then" procedure "$(why_of "$D/a.mp4")"

# Why, of reading: the request that was met.
custody_as $ZHANG request "$D/a.mp4" --purpose 核对 >"$T/out"
custody_as $CHEN deny 1 --reason 与案件无关 >"$T/out"
ok "why tells who decided, and why" grep -q 'request 1 .*陈志强 (P041).*与案件无关' <(custody_as $ZHANG why "$D/a.mp4" --verb read)
is "as a fact" "denied 陈志强" "$(custody_as $ZHANG why "$D/a.mp4" --verb read --json | json 'd["facts"]["request"]["state"] + " " + d["facts"]["request"]["decided_by"]["name"]')"

# Cases: the term is the case's, from the day it is closed; nothing that is done to a case shortens it.
L=汶市监立〔2023〕48号
clock 2024-04-01T09:00
custody_as $LI case open $L --party 王记 --cause 无照经营 --class evidence-10 >"$T/out"
put "$D/c.mp4"
put "$D/d.mp4"
is "unlinked it is a patrol's" "patrol 2024-03-01T00:00:00.000+08:00 class" "$(term_of "$D/c.mp4")"
is "and over" procedure "$(why_of "$D/c.mp4")"
custody_as $LI case link $L "$D/c.mp4" "$D/d.mp4" >"$T/out"
is "linked it has no end before the case is closed" "evidence-10 open case" "$(term_of "$D/c.mp4")"
custody_as $LI case unlink $L "$D/d.mp4" >"$T/out"
is "unlinking does not change that" "evidence-10 open case" "$(term_of "$D/d.mp4")"
is "a case has no class that ends before it is closed" "EINVAL class-unknown" "$(custody_as $LI case open $L --party 王记 --cause 无照经营 --class patrol --json 2>"$T/out" | json 'd["errno"] + " " + d["reason"]')"
custody_as $LI case close $L --on 2024-04-01 >"$T/out"
is "closed, it ends ten years later, the first day not counted" "evidence-10 2034-04-02T00:00:00.000+08:00 case" "$(term_of "$D/c.mp4")"
is "also for what was linked once" "evidence-10 2034-04-02T00:00:00.000+08:00 case" "$(term_of "$D/d.mp4")"
ok "why tells the case and both days" grep -q "$L.*closed on 1 April 2024.*2 April 2034" <(text_of "$D/c.mp4")
custody_as $LI case open $L --party 王记 --cause 无照经营 --class evidence-30 >"$T/out"
is "a longer class lengthens" "evidence-30 2054-04-02T00:00:00.000+08:00 case" "$(term_of "$D/c.mp4")"
is "in the case's view the floor is the case's" 0 "$(sets $ZHAO "$M/by-case/$L" retain-until 2060-01-01)"
is "for what belongs to it" "2060-01-01T00:00:00.000+08:00 folder" "$(until_of "$D/c.mp4") $(basis_of "$D/c.mp4")"
is "and not for what does not" procedure "$(why_of "$D/a.mp4")"
is "a floor on a day, whoever recorded" 0 "$(sets $ZHAO "$M/by-date/2023-08-31" class evidence)"
is "holds for all of the day" "evidence open folder" "$(term_of "$D/a.mp4")"
is "attributes are the same through a view" "evidence open folder" "$(term_of "$M/by-date/2023-08-31/中都所/WS00017/083017/未立案/a.mp4")"
unmount_store
is "fsck finds nothing wrong with that" 0 "$(fsck.custodyfs "$T/store" >"$T/out" 2>&1; echo $?)"
