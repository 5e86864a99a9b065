#!/usr/bin/env bash
# Holds (Art. 12): set by attribute or by command, on an item or on any folder above it; several at once; released by a second person alone.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=1
people
ok "a case" custody_as $LI register case 汶市监立〔2023〕47号 --party 刘记 --cause 经营超过保质期食品 --class evidence-10
make_folder 2023-03-14
make_folder 2023-03-14 汶市监立〔2023〕47号
D=$(folder_of 2023-03-14) DATE=$(dirname "$(folder_of 2023-03-14)") KASE=$(folder_of 2023-03-14 汶市监立〔2023〕47号)
# shellcheck disable=SC2034 # read by name
OFFICER=$(dirname "$DATE") DEVICE=$(dirname "$(dirname "$DATE")") UNIT=$M/by-unit/中都所
head -c 100000 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
as $WANG cp "$T/clip.mp4" "$D/a.mp4"
as $WANG cp "$T/clip.mp4" "$D/b.mp4"
as $WANG cp "$T/clip.mp4" "$KASE/c.mp4"
eventually "settled" is_settled "$D/b.mp4"
hold_of() { as "$1" getfattr --absolute-names --only-values -n "user.custody.hold.$3" "$2" 2>/dev/null; }
count_events() { events | json 'sum(r["event"] == "'"$1"'" for r in rows)'; }

# Who sets.
sets() { as "$1" sys setxattr "$2" "user.custody.hold.$3" "$4"; }
fails EACCES "an officer sets no hold" sets $WANG "$D/a.mp4" n1 'ground=1; reason=投诉'
fails EACCES "nor an approver" sets $CHEN "$D/a.mp4" n1 'ground=1'
fails EACCES "nor an inspector" sets $SUN "$D/a.mp4" n1 'ground=1'
is "a custodian does" 0 "$(sets $LI "$D/a.mp4" 投诉-03 'ground=1; reason=当事人投诉')"
is "the legal section does" 0 "$(sets $ZHAO "$D/a.mp4" 诉讼 'ground=4; reason=行政诉讼')"
is "an administrator does" 0 "$(sets $ADMIN "$D/a.mp4" adm 'ground=3')"
is "root is nobody" ENOENT "$(sys setxattr "$D/a.mp4" user.custody.hold.root 'ground=1')"
ok "the hold says ground, reason, by whom and when" grep -q '^ground=1; by=083022 李秀英; at=2023-03-14T18:.*; reason=当事人投诉$' <(hold_of $SUN "$D/a.mp4" 投诉-03)
is "all are named" "投诉-03,诉讼,adm" "$(attr_of $SUN "$D/a.mp4" holds)"
is "getfattr -d shows the three" 3 "$(as $SUN getfattr --absolute-names -d "$D/a.mp4" | grep -c '^user.custody.hold\.')"
is "the sibling has none" "" "$(attr_of $SUN "$D/b.mp4" holds)"
is "and cannot be asked for one" ENODATA "$(as $SUN sys getxattr "$D/b.mp4" user.custody.hold.adm)"

is "a ground is one of four, not what is left of a larger number" EINVAL \
	"$(as $LI sys ctl "$M/.custody/ctl" '{"do":"hold.set","path":"'"${D#"$M/"}"'/b.mp4","name":"n2","ground":4294967297,"reason":"x"}' | json 'd.get("errno")')"

# The same again, and another.
is "the same again changes nothing" 0 "$(sets $LI "$D/a.mp4" 投诉-03 'ground=1; reason=当事人投诉')"
is "nor what was read back" 0 "$(sets $LI "$D/a.mp4" 投诉-03 "$(hold_of $LI "$D/a.mp4" 投诉-03)")"
is "and is no event" 3 "$(count_events hold.set)"
is "another reason under the name is refused" EEXIST "$(sets $LI "$D/a.mp4" 投诉-03 'ground=1; reason=别的')"
is "another ground too" EEXIST "$(sets $ZHAO "$D/a.mp4" 投诉-03 'ground=2; reason=当事人投诉')"
flagged() {             # PATH NAME FLAG
	as $LI /usr/bin/python3 -c 'import errno, os, sys
try: os.setxattr(sys.argv[1], "user.custody.hold." + sys.argv[2], b"ground=3", getattr(os, sys.argv[3]))
except OSError as e: print(errno.errorcode[e.errno])
else: print(0)' "$@"
}
is "XATTR_CREATE of what stands" EEXIST "$(flagged "$D/a.mp4" adm XATTR_CREATE)"
is "XATTR_REPLACE of what stands, the same" 0 "$(flagged "$D/a.mp4" adm XATTR_REPLACE)"
is "XATTR_REPLACE of what does not" ENODATA "$(flagged "$D/a.mp4" none XATTR_REPLACE)"
for bad in '' 'ground=5' 'ground=0' 'reason=x' 'ground=4' 'ground=4; reason=' 'ground=1; ground=2' 'ground=1; colour=red' 'ground=11' 'x'; do
	is "malformed: '$bad'" EINVAL "$(sets $LI "$D/b.mp4" bad "$bad")"
done
is "it is told what a hold takes" "EINVAL hold-bad" "$(custody_as $LI why "$D/b.mp4" --json | json 'd["errno"] + " " + d["reason"]')"
is "a command says the same" "EINVAL hold-bad" "$(custody_as $LI hold set four "$D/b.mp4" --ground 4 --json 2>/dev/null | json 'd["errno"] + " " + d["reason"]')"
is "a malformed name" EINVAL "$(sets $LI "$D/b.mp4" 'a b' 'ground=1')"
is "an empty name" EOPNOTSUPP "$(sets $LI "$D/b.mp4" '' 'ground=1')"
is "a reason too long" EINVAL "$(sets $LI "$D/b.mp4" long "ground=1; reason=$(printf 'x%.0s' $(seq 1100))")"

# Folders, and what arrives later.
for at in UNIT DEVICE OFFICER DATE D; do
	is "a hold on the ${at,,} folder" 0 "$(sets $LI "${!at}" "on-$at" 'ground=2; reason=阻挠执法')"
done
is "not on the whole store" EINVAL "$(sets $ADMIN "$M/by-unit" all 'ground=1')"
is "nor on its root" EINVAL "$(sets $ADMIN "$M" all 'ground=1')"
is "the item has its own and all around it" "投诉-03,诉讼,adm,on-UNIT,on-DEVICE,on-OFFICER,on-DATE,on-D" "$(attr_of $SUN "$D/a.mp4" holds)"
as $WANG cp "$T/clip.mp4" "$D/later.mp4"
is "what arrives later has those around it" "on-UNIT,on-DEVICE,on-OFFICER,on-DATE,on-D" "$(attr_of $SUN "$D/later.mp4" holds)"
is "what lies in another case folder not the folder's" "on-UNIT,on-DEVICE,on-OFFICER,on-DATE" "$(attr_of $SUN "$KASE/c.mp4" holds)"
ok "an inherited one says where from" grep -q -E '; from=by-unit/中都所/WS00017/083017(;|$)' <(hold_of $SUN "$D/later.mp4" on-OFFICER)
is "another officer's folder knows the unit's only" "on-UNIT" \
	"$(attr_of $SUN "$UNIT/WS00017" holds | tr , '\n' | grep -c on-DEVICE >/dev/null; as $LI mkdir -p "$UNIT/WS00017/083022/2023-03-14/未立案"; attr_of $SUN "$UNIT/WS00017/083022" holds | tr , '\n' | grep -v DEVICE)"
is "a folder lists its own alone" "user.custody.hold.on-DATE user.custody.holds" "$(as $SUN getfattr --absolute-names -d "$DATE" | sed -n 's/^\(user\.custody\.hold[^=]*\)=.*/\1/p' | xargs)"
is "an inherited hold is not released here" EPERM "$(as $LI sys removexattr "$D/later.mp4" user.custody.hold.on-UNIT)"
is "why says so" inherited "$(custody_as $LI why --json "$D/later.mp4" | json 'd["reason"]')"
mkdir -m 777 "$T/away"
ok "folders with holds are copied with their attributes" as $SUN rsync -aX --include="*/" --exclude="*" "$DATE" "$T/away/"

# Through the views, and on a case, in whatever folders its items are.
VIEW=$M/by-date/2023-03-14/中都所/WS00017/083017/未立案
is "a view's folder is the folder: the same holds" "$(attr_of $SUN "$D" holds)" "$(attr_of $SUN "$VIEW" holds)"
is "and the same item" "$(attr_of $SUN "$D/a.mp4" holds)" "$(attr_of $SUN "$VIEW/a.mp4" holds)"
is "a hold on a case" 0 "$(sets $ZHAO "$M/by-case/汶市监立〔2023〕47号" on-case 'ground=1; reason=复议')"
is "covers what is in its folder" "on-case" "$(attr_of $SUN "$KASE/c.mp4" holds | tr , '\n' | grep on-case)"
ok "and says so" grep -q -E '; from=by-case/汶市监立〔2023〕47号(;|$)' <(hold_of $SUN "$KASE/c.mp4" on-case)
is "nothing else" "" "$(attr_of $SUN "$D/a.mp4" holds | tr , '\n' | grep on-case)"
is "a hold on an officer, wherever he recorded" 0 "$(sets $ZHAO "$M/by-officer/083017" on-person 'ground=1')"
is "covers his items" "on-person" "$(attr_of $SUN "$D/b.mp4" holds | tr , '\n' | grep on-person)"
ok "both are released" custody_as $CHEN hold release on-case "$M/by-case/汶市监立〔2023〕47号" --reason 已办结
ok "by somebody else" custody_as $CHEN hold release on-person "$M/by-officer/083017" --reason 已办结
is "nothing stands on a whole view" EINVAL "$(sets $ZHAO "$M/by-officer" all 'ground=1')"
is "nor on a party" EOPNOTSUPP "$(sets $ZHAO "$M/by-case/by-party/刘记" all 'ground=1')"
is "nor by command" "EINVAL value-bad" "$(custody_as $ZHAO hold set all "$M/by-case/by-party/刘记" --ground 1 --json 2>/dev/null | json 'd["errno"] + " " + d["reason"]')"
is "nor is it disposed of" "EINVAL value-bad" "$(custody_as $LI dispose propose "$M/by-case/by-party/刘记" --json 2>/dev/null | json 'd["errno"] + " " + d["reason"]')"
is "nor listed" "EINVAL value-bad" "$(custody_as $LI hold list "$M/by-case/by-party/刘记" --json 2>/dev/null | json 'd["errno"] + " " + d["reason"]')"
is "a case's holds are" "on-case" "$(custody_as $LI hold list "$M/by-case/汶市监立〔2023〕47号" --all --json | json '" ".join(r["name"] for r in d["rows"] if r["name"] == "on-case")')"
ok "whose attributes can be listed all the same" as $SUN getfattr --absolute-names -d "$M/by-case/by-party/刘记"

# Release.
is "what does not stand cannot be asked for" ENODATA "$(as $LI sys removexattr "$D/b.mp4" user.custody.hold.nothing)"
fails EACCES "an officer asks for no release" as $WANG sys removexattr "$D/a.mp4" user.custody.hold.adm
is "the custodian asks, with setfattr -x" 0 "$(as $LI sys removexattr "$D/a.mp4" user.custody.hold.投诉-03)"
ok "it stands on, and says who asked" grep -q -E '; release-asked-by=083022 李秀英(;|$)' <(hold_of $SUN "$D/a.mp4" 投诉-03)
refused "who set it does not release it" custody_as $LI hold release 投诉-03 "$D/a.mp4" --reason 已办结
is "and that is on the item's trail" "second-person" "$(custody_as $ADMIN log --json "$D/a.mp4" | json '[r["details"]["reason"] for r in rows if r["event"] == "refused"][-1]')"
refused "an officer does not" custody_as $WANG hold release 投诉-03 "$D/a.mp4" --reason 已办结
refused "nor does anybody without a reason" custody_as $CHEN hold release 投诉-03 "$D/a.mp4"
refused "nor with blanks for one" custody_as $CHEN hold release 投诉-03 "$D/a.mp4" --reason ' 　 '
is "nor through the control file" "EINVAL value-bad" "$(custody_as $CHEN hold release 投诉-03 "$D/a.mp4" --reason '' --json | json 'd["errno"] + " " + d["reason"]')"
ok "the legal section asks for the release of what the administrator set" custody_as $ZHAO hold ask adm "$D/a.mp4" --reason 不再需要
is "and does not release it herself" "EACCES second-person" "$(custody_as $ZHAO hold release adm "$D/a.mp4" --reason x --json | json 'd["errno"] + " " + d["reason"]')"
ok "an approver does" custody_as $CHEN hold release adm "$D/a.mp4" --reason 已办结
ok "and the first one" custody_as $CHEN hold release 投诉-03 "$D/a.mp4" --reason 投诉已办结
is "they are gone" ENODATA "$(as $SUN sys getxattr "$D/a.mp4" user.custody.hold.adm)"
is "released twice is not found" ENOENT "$(custody_as $CHEN hold release adm "$D/a.mp4" --reason x --json | json 'd["errno"]')"
is "the name is free again" 0 "$(sets $LI "$D/a.mp4" adm 'ground=2; reason=又有阻挠')"
refused "a hold that is not there" custody_as $CHEN hold release nothing "$D/a.mp4" --reason x

# By command, and the list of holds in force.
ok "a hold by command" custody_as $LI hold set cmd "$D/b.mp4" --ground 4 --reason 上级要求
ok "by the item's number" custody_as $LI hold set num "$(attr_of $SUN "$D/b.mp4" id)" --ground 1
refused "ground 4 takes a reason" custody_as $LI hold set cmd2 "$D/b.mp4" --ground 4
refused "a ground has to be named" custody_as $LI hold set cmd2 "$D/b.mp4"
refused "an officer cannot" custody_as $WANG hold set cmd2 "$D/b.mp4" --ground 1
refused "what is not there" custody_as $LI hold set cmd2 "$D/nothing.mp4" --ground 1
names() { json '",".join(r["name"] for r in d["rows"])'; }
is "what stands on an item and around it" "on-UNIT,on-DEVICE,on-OFFICER,on-DATE,on-D,cmd,num" "$(custody_as $SUN hold list "$D/b.mp4" --json | names)"
is "in a folder: around it, on it and in it" "on-UNIT,on-DEVICE,on-OFFICER,on-DATE" "$(custody_as $SUN hold list "$KASE" --json | names)"
is "everything that stands" 9 "$(custody_as $SUN hold list --json | json 'len(d["rows"])')"
is "and what stood" 13 "$(custody_as $SUN hold list --all --json | json 'len(d["rows"])')"
ok "in words" grep -q '上级要求' <(custody_as $SUN hold list "$D/b.mp4")
ok "in Chinese" grep -q '其他' <(LANG=zh_CN.UTF-8 LC_ALL='' custody_as $SUN hold list "$D/b.mp4")

# The same name on an item and around it.
is "a name that stands around it can be set on the item as well" 0 "$(sets $LI "$D/later.mp4" on-D 'ground=4; reason=另案')"
eventually "it is settled" is_settled "$D/later.mp4"
is "both are told" 2 "$(hold_of $SUN "$D/later.mp4" on-D | grep -c '^ground=')"
is "the name is listed once" 1 "$(as $SUN getfattr --absolute-names -d "$D/later.mp4" | grep -c '^user.custody.hold.on-D=')"
is "and named once" "on-UNIT,on-DEVICE,on-OFFICER,on-DATE,on-D" "$(attr_of $SUN "$D/later.mp4" holds)"

# A deposit that broke off, by the folder that it was for; one that is being received.
as $WANG sh -c 'head -c 3000000 /dev/zero | tee "$1" | head -c 1 >/dev/null' sh "$D/broken.mp4"
fails EPERM "deleting a held item" as $WANG sys unlink "$D/a.mp4"
is "why: it is held" held "$(custody_as $WANG why --json "$D/a.mp4" | json 'd["reason"]')"

# All that survives: a remount, a rebuild.
held=$(custody_as $SUN hold list --all --json)
unmount_store
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump"
ok "the catalog is made again" fsck.custodyfs --rebuild "$T/store"
sqlite3 -readonly "$T/store/catalog.db" .dump >"$T/dump.again"
ok "the same, row for row" cmp "$T/dump" "$T/dump.again"
ok "offline, too" test "$(custody -s "$T/store" hold list --json | json 'len(d["rows"])')" = 10
mount_store settle=1
is "the holds stand after a mount" "$held" "$(custody_as $SUN hold list --all --json)"
is "and are listed on the item" "诉讼,on-UNIT,on-DEVICE,on-OFFICER,on-DATE,on-D,adm" "$(attr_of $SUN "$D/a.mp4" holds)"
is "setfattr of a hold survives a kill" 0 "$(sets $LI "$D/b.mp4" killed 'ground=1')"
kill_daemon
mount_store settle=1
ok "it is there" hold_of $SUN "$D/b.mp4" killed
ok "the ledger verifies" custody_as $ADMIN ledger verify
unmount_store
