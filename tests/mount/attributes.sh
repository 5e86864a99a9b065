#!/usr/bin/env bash
# What people say of an item, by attribute and by command: stage, informed, important, unrelated to duty; and form and kind, which its name says.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
K=汶市监立〔2023〕47号
ok "a case" custody_as $LI register case $K --party 刘记 --cause 经营超过保质期食品 --class evidence-30
make_folder 2023-03-14
make_folder 2023-03-14 $K
D=$(folder_of 2023-03-14) KD=$(folder_of 2023-03-14 $K)
echo x >"$T/clip"
chmod 644 "$T/clip"
for n in a.mp4 b_0002IMP.mp4 c.WAV d.jpg e.pdf f.log g.xyz h; do as $WANG cp "$T/clip" "$D/$n"; done
for n in 1.mp4 2.mp4 3.mp4; do as $WANG cp "$T/clip" "$KD/$n"; done
sets() { as "$1" sys setxattr "$2" "user.custody.$3" "$4"; }
drops() { as "$1" sys removexattr "$2" "user.custody.$3"; }
has() { is "$1" "$2" "$(attr_of $SUN "$D/$3" "$4")"; }
count() { events | json 'sum(r["event"] == "'"$1"'" for r in rows)'; }

# Form and kind (Art. 4-6).
while read -r name form kind; do
	has "$name is $form recording" "$form" "$name" form
	has "of the kind $kind" "$kind" "$name" kind
done <<L
a.mp4 dynamic video
b_0002IMP.mp4 dynamic video
c.WAV dynamic audio
d.jpg dynamic photo
e.pdf written document
f.log dynamic log
L
is "another ending tells neither" "ENODATA ENODATA" "$(as $SUN sys getxattr "$D/g.xyz" user.custody.form) $(as $SUN sys getxattr "$D/h" user.custody.kind)"
is "JSON has both" "written document" "$(custody_as $SUN show --json "$D/e.pdf" | json '"%(form)s %(kind)s" % d["item"]')"
is "and null for none" "None None None None None" "$(custody_as $SUN show --json "$D/h" | json '"%(form)s %(kind)s %(stage)s %(informed)s %(unrelated)s" % d["item"]')"
fails EOPNOTSUPP "they are not set" sets $LI "$D/a.mp4" kind audio

# Stage (Art. 2): a closed list.
is "none at first" ENODATA "$(as $SUN sys getxattr "$D/a.mp4" user.custody.stage)"
is "the officer says it of his own" 0 "$(sets $WANG "$D/a.mp4" stage patrol)"
has "it stands" patrol a.mp4 stage
is "in Chinese as well" 0 "$(sets $LI "$D/a.mp4" stage 调查取证)"
has "it is the same list" investigation a.mp4 stage
fails EINVAL "what is not on the list" sets $WANG "$D/a.mp4" stage lunch
fails EINVAL "nor in capitals" sets $WANG "$D/a.mp4" stage Patrol
fails EINVAL "nor empty" sets $WANG "$D/a.mp4" stage ""
fails EACCES "not by another officer" sets $ZHANG "$D/a.mp4" stage patrol
fails EACCES "nor by an inspector" sets $SUN "$D/a.mp4" stage patrol
fails EACCES "nor by an administrator" sets $ADMIN "$D/a.mp4" stage patrol
fails EOPNOTSUPP "not of a folder" sets $LI "$D" stage patrol
has "nothing of that changed it" investigation a.mp4 stage
before=$(count tag.set)
is "the same again is no error" 0 "$(sets $WANG "$D/a.mp4" stage investigation)"
is "and no event" "$before" "$(count tag.set)"
is "it can be taken back" 0 "$(drops $WANG "$D/a.mp4" stage)"
is "and is gone" ENODATA "$(as $SUN sys getxattr "$D/a.mp4" user.custody.stage)"
is "once" ENODATA "$(drops $WANG "$D/a.mp4" stage)"
ok "custody set takes several" custody_as $LI set stage questioning "$D/a.mp4" "$D/d.jpg"
has "both have it" questioning d.jpg stage
is "a bad value tells the field" "EINVAL value-bad value" "$(custody_as $LI set stage lunch "$D/a.mp4" --json 2>"$T/said" | json '"%(errno)s %(reason)s %(field)s" % d')"
is "a name that cannot be set" 2 "$(custody_as $LI set kind video "$D/a.mp4" >"$T/out" 2>&1; echo $?)"

# Per case, which stages have recordings.
sets $WANG "$KD/1.mp4" stage patrol >"$T/out"; sets $WANG "$KD/2.mp4" stage compulsion >"$T/out"
is "a case tells its stages" "patrol=1 investigation=0 questioning=0 hearing=0 service=0 penalty=0 compulsion=1 file-making=0 None=1" \
	"$(custody_as $LI show case $K --json | json '" ".join("%s=%d" % (s["stage"], s["items"]) for s in d["stages"])')"
ok "to people, too" grep -q 'administrative hearing *none' <(custody_as $LI show case $K)

# Informed (Art. 18).
for v in yes no 3:15 999:59; do
	is "informed $v" 0 "$(sets $WANG "$D/a.mp4" informed "$v")"
done
has "the last stands" 999:59 a.mp4 informed
is "a time is put in one form" 0 "$(sets $WANG "$D/a.mp4" informed 3:05)"
has "mm:ss" 03:05 a.mp4 informed
for v in maybe 3:60 3 '' 1000:00 3:5 -1:00; do
	fails EINVAL "not '$v'" sets $WANG "$D/a.mp4" informed "$v"
done

# Important.
has "the camera marked it" yes b_0002IMP.mp4 important
has "not this one" no a.mp4 important
is "a person marks it" 0 "$(sets $WANG "$D/a.mp4" important yes)"
has "it is" yes a.mp4 important
is "and takes it back" 0 "$(drops $WANG "$D/a.mp4" important)"
has "it is not" no a.mp4 important
fails EINVAL "yes or no" sets $WANG "$D/a.mp4" important very
for n in a.mp4 b_0002IMP.mp4 c.WAV d.jpg; do sets $WANG "$D/$n" important yes; done >"$T/out"
fails EOPNOTSUPP "a folder has none to take back" drops $WANG "$D" important
fails EOPNOTSUPP "nor a case's" drops $WANG "$KD" important
is "and no item with a folder's number lost its own" yesyesyesyes "$(for n in a.mp4 b_0002IMP.mp4 c.WAV d.jpg; do attr_of $SUN "$D/$n" important; done)"
is "this one is taken back" 0 "$(drops $WANG "$D/a.mp4" important)"
is "content is as it was" "$(sha_of "$T/clip")" "$(custody_as $SUN show --json "$D/a.mp4" | json 'd["item"]["sha256"]')"

# What is marked keeps its mark when its name is put right.
unmount_store
mount_store settle=30
as $WANG cp "$T/clip" "$D/r1"
sets $WANG "$D/r1" important yes >"$T/out"
is "while it settles it is renamed" 0 "$(as $WANG sys rename "$D/r1" "$D/r2")"
has "and stays important" yes r2 important
ok "the log tells both names" grep -q "renamed r1 to r2" <(custody_as $ADMIN log)
unmount_store
mount_store settle=0

# Unrelated to duty (Art. 23(4)): one proposes, another decides.
is "nobody says so" ENODATA "$(as $SUN sys getxattr "$D/d.jpg" user.custody.unrelated)"
fails EINVAL "a no to what nobody proposed" sets $CHEN "$D/d.jpg" unrelated no
fails EINVAL "a reason is needed" sets $SUN "$D/d.jpg" unrelated yes
fails EINVAL "and a verdict" sets $SUN "$D/d.jpg" unrelated 'reason=x'
fails EACCES "not by an officer of another unit" sets $ZHANG "$D/d.jpg" unrelated 'yes; reason=x'
is "an inspector proposes" 0 "$(sets $SUN "$D/d.jpg" unrelated 'yes; reason=私人活动')"
has "it waits" proposed d.jpg unrelated
fails EACCES "who proposed it does not decide" sets $SUN "$D/d.jpg" unrelated yes
fails EACCES "nor an officer" sets $LI "$D/d.jpg" unrelated yes
is "an approver agrees" 0 "$(sets $CHEN "$D/d.jpg" unrelated yes)"
has "it stands" yes d.jpg unrelated
fails EINVAL "for good" sets $SUN "$D/d.jpg" unrelated 'yes; reason=x'
fails EOPNOTSUPP "it is not taken off" drops $CHEN "$D/d.jpg" unrelated
ok "custody proposes, too" custody_as $LI unrelated propose "$D/a.mp4" --reason 误录
is "not without a reason" 2 "$(custody_as $LI unrelated propose "$D/c.WAV" >"$T/out" 2>&1; echo $?)"
is "not twice" "EINVAL state" "$(custody_as $LI unrelated propose "$D/a.mp4" --reason 误录 --json 2>"$T/said" | json '"%(errno)s %(reason)s" % d')"
is "the proposer does not agree" "EACCES second-person" "$(custody_as $LI unrelated agree "$D/a.mp4" --json 2>"$T/said" | json '"%(errno)s %(reason)s" % d')"
ok "the legal section refuses" custody_as $ZHAO unrelated refuse "$D/a.mp4" --reason 与执法有关
has "it is not" no a.mp4 unrelated
ok "it may be proposed again" custody_as $SUN unrelated propose "$D/a.mp4" --reason 再议
is "all are listed" "a.mp4 proposed 孙海涛 None;d.jpg yes 孙海涛 陈志强" "$(custody_as $SUN unrelated list --json | json '";".join("%s %s %s %s" % (r["path"].split("/")[-1], r["state"], r["proposed_by"]["name"], (r["decided_by"] or {}).get("name")) for r in d["rows"])')"
ok "an item's number will do" custody_as $CHEN unrelated agree "$(attr_of $SUN "$D/a.mp4" id)"

# All of it is on the ledger, and in the trail in words.
ok "the trail tells it" grep -q 'proposed that it is unrelated to duty: 私人活动' <(custody_as $ADMIN log "$D/d.jpg")

# Very many attributes: what a list has no room for is left out, and the list can be had.
is "an item with more holds than a list of attributes has room for" "0 True + True" "$(as $LI /usr/bin/python3 -c 'import os, sys
bad = 0
for i in range(1100):
    try: os.setxattr(sys.argv[1], "user.custody.hold.%s%04d" % ("n" * 59, i), b"ground=1")
    except OSError: bad += 1
names = os.listxattr(sys.argv[1])
print(bad, 700 < len(set(names)) == len(names), os.getxattr(sys.argv[1], "user.custody.holds").decode().split(",")[-1], "user.custody.state" in names and "user.custody.holds" in names)' "$D/h")"
unmount_store
is "fsck finds nothing wrong" 0 "$(fsck.custodyfs "$T/store" >"$T/out" 2>&1; echo $?)"
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump"
fsck.custodyfs --rebuild "$T/store" >"$T/out" 2>&1
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump.again"
ok "the catalog made again is the same, row for row" cmp "$T/dump" "$T/dump.again"
