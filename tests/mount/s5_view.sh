#!/usr/bin/env bash
# Scenario S5: 张明远 wants to see S1's file.  He asks, 陈志强 approves from nine to twelve, and at noon it ends, for what is open, too.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
CLIP=$D/WS00017_083017_20230314093012_0001.mp4
SIBLING=$D/083017_WS00017_20230314101540_0002IMP.mp4
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
as $WANG cp "$T/clip.mp4" "$CLIP"
as $WANG cp "$T/clip.mp4" "$SIBLING"
clock() { ok "it is $1" custody_as $ADMIN clock set "$1"; }
clock 2023-04-02T16:00

fails EACCES "张明远 opens it without asking" as $ZHANG sys read "$CLIP"
ok "he asks, for one item from nine to twelve" custody_as $ZHANG request "$CLIP" --purpose 核对进货查验 --from 2023-04-03T09:00 --to 2023-04-03T12:00
fails EACCES "asking alone opens nothing" as $ZHANG sys read "$CLIP"
is "his request waits" "pending 083031 核对进货查验 2023-04-03T09:00:00 2023-04-03T12:00:00 1" \
	"$(custody_as $ZHANG requests --json | json '["%s %s %s %s %s %d" % (r["state"], r["applicant"], r["purpose"], r["from"][:19], r["to"][:19], len(r["items"])) for r in d["rows"]]')"
is "approving it himself is refused" "EACCES self-approval" "$(custody_as $ZHANG approve 1 --json 2>"$T/said" | json 'd["errno"] + " " + d["reason"]')"
ok "with a sentence" grep -q second "$T/said"
ok "陈志强 approves" custody_as $CHEN approve 1
fails EACCES "before nine nothing opens" as $ZHANG sys read "$CLIP"
is "the reason is that it has not begun" grant-early "$(custody_as $ZHANG why --json "$CLIP" | json 'd["reason"]')"

clock 2023-04-03T09:30
is "at half past nine he reads, and it is the source" "$(sha_of "$T/clip.mp4")" "$(as $ZHANG cat "$CLIP" | sha256sum | cut -d' ' -f1)"
fails EACCES "the sibling stays closed" as $ZHANG sys read "$SIBLING"
fails EACCES "and the item to everyone else: its depositor" as $WANG sys read "$CLIP"
fails EACCES "and the approver" as $CHEN sys read "$CLIP"
fails EACCES "and the administrator" as $ADMIN sys read "$CLIP"
refused "and root" cat "$CLIP"

clock 2023-04-03T11:50
shell_as $ZHANG
is "at ten to twelve he opens it again" 0 "$(in_shell "exec 7<'$CLIP'; sys pread 7 0 4096")"
is "and reads on from the middle" 0 "$(in_shell "sys pread 7 131072 65536")"
clock 2023-04-03T12:00:01
is "a second past twelve the next read is refused" EACCES "$(in_shell "sys pread 7 4096 4096")"
is "what was read already, too" EACCES "$(in_shell "sys pread 7 0 4096")"
fails EACCES "and a new open" as $ZHANG sys read "$CLIP"
is "the reason is that it is over" grant-over "$(custody_as $ZHANG why --json "$CLIP" --verb open-read | json 'd["reason"]')"
is "he closes it" 0 "$(in_shell "exec 7<&-; echo 0")"
end_shell

# The ledger's story, as the administrator reads it.
story() { events --person 083031 | json '[" ".join([r["event"], '"$1"']) for r in rows if r["event"][:4] == "read" or r["event"] in ("request", "refused")]'; }
closed_twice() { [ "$(story 'str(r["item"])' | grep -c read.close)" = 2 ]; }
eventually "both closings are recorded" closed_twice
is "ask, refusals, open and close are told in order, with the bytes" \
"refused open-read grant-none 1
request from nine
refused open-read grant-pending 1
refused command self-approval None
refused open-read grant-early 1
read.open grant 1
read.close [[0, 300001]] 300001
refused open-read grant-none 2
read.open grant 1
refused read grant-over 1
refused open-read grant-over 1
read.close [[0, 4096], [131072, 196608]] 69632" \
	"$(story '(lambda e: "%s %s %s" % (e["verb"], e["reason"], r["item"]) if "verb" in e else "%s %d" % (e["ranges"], e["bytes"]) if "bytes" in e else "grant %d" % e["grant"] if "grant" in e else "from nine" if "T09:00" in e["from"] else "?")(r["details"])')"
is "the approval is 陈志强's" "陈志强 1" "$(events | json '["%s %d" % (r["person_name"], r["details"]["id"]) for r in rows if r["event"] == "grant.approve"]')"
is "each entry names uid, process and program" True \
	"$(events --person 083031 | json 'all(r["subject"]["uid"] == 2031 and r["subject"]["pid"] > 0 and r["subject"]["program"][:1] == "/" for r in rows)')"
is "he sees his own story himself" "$(story '"x"' | wc -l)" \
	"$(custody_as $ZHANG log --json | json 'sum(r["event"][:4] == "read" or r["event"] in ("request", "refused") for r in rows)')"
ok "in words as well" grep -q '131072-196607' <(custody_as $ZHANG log "$CLIP")
is "the grant was used twice" 2 "$(custody_as $ZHANG requests --json | json 'd["rows"][0]["used"]')"
ok "the ledger verifies" custody_as $ADMIN ledger verify
unmount_store
