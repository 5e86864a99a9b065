#!/usr/bin/env bash
# What is still settling may be moved to another case's folder of its day, but not out from under what holds it (Q11): a hold.
. "$(dirname "$0")/../lib.sh"

new_store --test-clock=2023-03-14T18:30
mount_store settle=30 settle_max=60
people
custody_as $LI case open 汶市监立〔2023〕47号 --party 刘记 --cause 过期食品 --class evidence-30 >/dev/null
make_folder 2023-03-14
make_folder 2023-03-14 汶市监立〔2023〕47号
NO=$(folder_of 2023-03-14) CASE=$(folder_of 2023-03-14 汶市监立〔2023〕47号)
put() { printf '%s' "$1" >"$T/$1"; chmod 644 "$T/$1"; as $WANG cp "$T/$1" "$2/$1"; }

put a "$NO"
fails 0 "from no case into a case's folder: it is kept longer" as $WANG sys rename "$NO/a" "$CASE/a"
is "and has no end yet" open "$(attr_of $WANG "$CASE/a" retain-until)"
fails 0 "back again, while it settles" as $WANG sys rename "$CASE/a" "$NO/a"

put c "$NO"
ok "a hold on the folder of what has no case" as $LI setfattr -n user.custody.hold.petition -v 'ground=1' "$NO"
fails EPERM "what it covers does not go on to a folder where it does not stand" as $WANG sys rename "$NO/c" "$CASE/c"
is "that is the reason" held "$(custody_as $WANG why --json "$NO/c" | json 'd["reason"]')"
is "and nothing of it is on the ledger" 2 "$(events | json 'len([r for r in rows if r["event"]=="label.rename"])')"
ok "a hold on the day stands in all its folders" as $LI setfattr -n user.custody.hold.day -v 'ground=2' "${NO%/*}"
ok "the other is released" custody_as $CHEN hold release petition "$NO" --reason 已办结
fails 0 "so it may be moved" as $WANG sys rename "$NO/c" "$CASE/c"
unmount_store
ok "the catalog is the ledger's" fsck.custodyfs "$T/store"
