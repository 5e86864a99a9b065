#!/usr/bin/env bash
# What is still settling may be moved to another case's folder of its day, but not out from under what holds it (Q11), nor taken back from it: a hold, or a floor that people set.
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
ok "a hold on the day covers all its folders" as $LI setfattr -n user.custody.hold.day -v 'ground=2' "${NO%/*}"
ok "the other is released" custody_as $CHEN hold release petition "$NO" --reason 已办结
fails 0 "so it may be moved" as $WANG sys rename "$NO/c" "$CASE/c"

fails EPERM "its depositor does not take back what is held either" as $WANG sys unlink "$CASE/c"
is "why says so" held "$(custody_as $WANG why --json "$CASE/c" --verb delete | json 'd["reason"]')"
ok "it is there" as $WANG stat "$CASE/c"
fails 0 "an empty file, which clients make and take away again, is nobody's evidence" as $WANG sh -c ': >"$1" && sys unlink "$1"' - "$CASE/empty"
ok "the day's is released" custody_as $CHEN hold release day "${NO%/*}" --reason 已办结
put d "$NO"
ok "a hold on an item itself" as $LI setfattr -n user.custody.hold.own -v 'ground=1' "$NO/d"
fails 0 "goes with it" as $WANG sys rename "$NO/d" "$CASE/d"
is "and stands" own "$(attr_of $LI "$CASE/d" holds)"
fails EPERM "where its depositor does not take it back" as $WANG sys unlink "$CASE/d"
ok "it is released" custody_as $CHEN hold release own "$CASE/d" --reason 已办结
fails 0 "then he may" as $WANG sys unlink "$CASE/d"

put e "$CASE"
ok "a date on the case's folder, for all in it" as $LI setfattr -n user.custody.retain-until -v 2060-01-01 "$CASE"
fails EPERM "what it keeps does not go where it would be kept for less long" as $WANG sys rename "$CASE/e" "$NO/e"
is "that is the reason" shortens "$(custody_as $WANG why --json "$CASE/e" | json 'd["reason"]')"
ok "the other folder keeps for good" as $LI setfattr -n user.custody.class -v long-term "$NO"
fails 0 "it takes it" as $WANG sys rename "$CASE/e" "$NO/e"
fails EPERM "and does not let it go" as $WANG sys rename "$NO/e" "$CASE/e"
is "for it is kept there" "long-term never folder" "$(attr_of $LI "$NO/e" class) $(attr_of $LI "$NO/e" retain-until) $(attr_of $LI "$NO/e" retain-basis)"

# Nor can a depositor withdraw an item on which others set a term.
put f "$CASE" && put g "$CASE" && put h "$NO" && put i "$CASE"
ok "a class on an item" as $LI setfattr -n user.custody.class -v permanent "$CASE/f"
fails EPERM "its depositor does not take it back" as $WANG sys unlink "$CASE/f"
is "for it is kept for good" term-permanent "$(custody_as $WANG why --json "$CASE/f" --verb delete | json 'd["reason"]')"
ok "a date on another" as $LI setfattr -n user.custody.retain-until -v 2070-01-01 "$CASE/g"
fails EPERM "nor that" as $WANG sys unlink "$CASE/g"
ok "a third is evidence of a case" custody_as $LI case link 汶市监立〔2023〕47号 "$NO/h"
fails EPERM "nor that" as $WANG sys unlink "$NO/h"
fails 0 "the one beside them may go" as $WANG sys unlink "$CASE/i"
unmount_store
ok "the catalog is the ledger's" fsck.custodyfs "$T/store"
