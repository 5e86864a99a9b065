#!/usr/bin/env bash
# Grants for folders (Q14): what lies in them, later arrivals too, until the grant ends; never what the approver deposited; and who sees what waits for a decision.
. "$(dirname "$0")/../lib.sh"

new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
custody_as $ADMIN register person 083022 李秀英 --uid $LI --unit 中都所 --roles officer,custodian,approver --formal --certified 2020-01-01 >/dev/null
put() { printf '%s' "$3" >"$T/$2"; chmod 644 "$T/$2"; as "$1" cp "$T/$2" "$4/$2"; }
make_folder 2023-03-14
make_folder 2023-03-13
D=$(folder_of 2023-03-14)
E=$(folder_of 2023-03-13)
DAY=${D%/*}
put $WANG one first "$D"
put $WANG other elsewhere "$E"

fails EACCES "without a grant" as $ZHANG sys read "$D/one"
ok "a folder is asked for" custody_as $ZHANG request "$DAY" --purpose 核对
is "the request names the folder" "by-unit/中都所/WS00017/083017/2023-03-14" "$(custody_as $ZHANG requests --json | json 'd["rows"][0]["folders"][0]')"
is "the approver sees that it waits" 1 "$(custody_as $CHEN requests --pending --json | json 'len(d["rows"])')"
is "somebody else does not" 0 "$(custody_as $WANG requests --pending --json | json 'len(d["rows"])')"
is "pending is said" grant-pending "$(custody_as $ZHANG why --json "$D/one" --verb open-read | json 'd["reason"]')"
refused "the applicant does not approve" custody_as $ZHANG approve 1
ok "it is approved" custody_as $CHEN approve 1
is "nothing waits any more" 0 "$(custody_as $CHEN requests --pending --json | json 'len(d["rows"])')"
is "what lies in it is read" first "$(as $ZHANG cat "$D/one")"
put $WANG two second "$D"
is "what came later, too" second "$(as $ZHANG cat "$D/two")"
fails EACCES "another day's is not" as $ZHANG sys read "$E/other"
fails EACCES "nor anybody else by it" as $SUN sys read "$D/one"

# what the approver deposited
ok "an officer's folder is asked for" custody_as $SUN request "${DAY%/*}" --purpose 抽查
ok "the custodian, an approver too, approves" custody_as $LI approve 2
is "what others deposited is read" first "$(as $SUN cat "$D/one")"
put $LI three third "$D"
fails EACCES "what the approver deposited is not" as $SUN sys read "$D/three"
is "and that is the reason" self-approval "$(custody_as $SUN why --json "$D/three" --verb open-read | json 'd["reason"]')"
ok "asked for again" custody_as $SUN request "$D" --purpose 抽查
ok "another approver approves" custody_as $CHEN approve 3
is "then it is read" third "$(as $SUN cat "$D/three")"

# number of opens, over the folder
ok "two opens" custody_as $ZHAO request "$D" --purpose 复核 --opens 2
ok "approved" custody_as $CHEN approve 4
is "the first" first "$(as $ZHAO cat "$D/one")"
is "the second, of another file" second "$(as $ZHAO cat "$D/two")"
fails EACCES "no third" as $ZHAO sys read "$D/one"

# revoked while a file is open: the next read is refused
shell_as $ZHANG
in_shell "exec 9<'$D/one'; sys pread 9 0 100" >"$T/out"
is "it is open and read" 0 "$(cat "$T/out")"
ok "it is revoked" custody_as $CHEN revoke 1
is "the next read is refused" "EACCES" "$(in_shell "sys pread 9 0 100")"
end_shell

refused "the root is not asked for" custody_as $ZHANG request "$M" --purpose 全部
refused "nor what is not there" custody_as $ZHANG request "$M/by-unit/没有" --purpose x
ok "what was asked for is in the log of the folder's items" test "$(events | json 'len([r for r in rows if r["event"]=="request"])')" = 4
unmount_store
ok "the catalog is the ledger's" fsck.custodyfs "$T/store"
