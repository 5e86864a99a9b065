#!/usr/bin/env bash
# Whatever a descriptor is read with, bytes are recorded for whom they went to and none is served past the end of its grant: what the kernel's page cache would serve
# (splice(2), sendfile(2), private mappings) is no way round it, nor is an item's leaving the case that was approved.
. "$(dirname "$0")/../lib.sh"
new_store
mount_store settle=1
people
make_folder 2026-11-23
D=$(folder_of 2026-11-23)
head -c 300001 /dev/urandom >"$T/clip"
chmod 644 "$T/clip"
for n in a b c d e; do as $WANG cp "$T/clip" "$D/$n"; done
eventually "settled" is_settled "$D/e"
granted() { ID=$(custody_as "$1" request --json "${@:2}" --purpose 核查 | json 'd["request"]["id"]') && custody_as $CHEN approve "$ID" >"$T/out" 2>&1 || fail "a grant for $2" "$(cat "$T/out")"; }
read_by() { events "$1" | json '[r["details"]["ranges"] for r in rows if r["event"] == "read.close" and r["subject"]["person"] == "'"$2"'"]'; }

# Revoked: the page that was spliced a moment ago is not spliced again.
granted $ZHANG "$D/a"
shell_as $ZHANG
is "a page is spliced" 0 "$(in_shell "exec 7<'$D/a'; sys splice 7 0; sys splice 7 0")"
custody_as $CHEN revoke "$ID" >"$T/out" || fail "revoked" "$(cat "$T/out")"
is "at once after the grant is taken back: no more" EACCES "$(in_shell "sys splice 7 0")"
is "nor by reading" EACCES "$(in_shell "sys pread 7 0 100")"
is "nor by a copy of the descriptor" EACCES "$(in_shell "exec 8<&7; sys splice 8 0")"
in_shell "exec 7<&- 8<&-" >/dev/null

# Two people at one item: what the one fetched is not the other's unseen.
granted $ZHANG "$D/b"
granted $SUN "$D/b"
is "one has it open" 0 "$(in_shell "exec 7<'$D/b'; sys splice 7 0")"
mkfifo "$T/go"
as $SUN bash -c "exec 6<'$D/b'; echo open; read -r; sys splice 6 8192" >"$T/sun" 2>&1 < <(cat "$T/go") &
sun=$!
eventually "so has another" grep -q open "$T/sun"
is "the one fetches a page" 0 "$(in_shell "sys splice 7 8192")"
echo >"$T/go"
wait $sun
is "the other takes it too" 0 "$(tail -n 1 "$T/sun")"
in_shell "exec 7<&-" >/dev/null
both_closed() { [ -n "$(read_by "$D/b" P043)" ] && [ -n "$(read_by "$D/b" 083031)" ]; }
eventually "both are closed on the record" both_closed
reads_page() { read_by "$D/b" "$1" | /usr/bin/python3 -c 'print(any(a <= 8192 and b >= 12288 for a, b in eval(input())))'; }
is "the one's is recorded" True "$(reads_page 083031)"
is "and the other's" True "$(reads_page P043)"

# However many descriptors that ended are held, mappings lose their pages.
granted $ZHANG "$D/c"
MAPPED=$ID
setpriv --reuid=$ZHANG --regid=$ZHANG --clear-groups -- sys map-watch "$D/c" >"$T/map" 2>&1 &
watch=$!
eventually "a mapping works" grep -q mapped "$T/map"
granted $ZHANG "$D/d"
is "a hundred others are open" 0 "$(in_shell "for i in {20..119}; do eval \"exec \$i<'$D/d'\" || break; done; sys pread 119 0 100")"
custody_as $CHEN revoke "$ID" >/dev/null
custody_as $CHEN revoke "$MAPPED" >/dev/null
wait $watch
is "the mapping's pages are gone" SIGBUS "$(tail -n 1 "$T/map")"
in_shell "for i in {20..119}; do eval \"exec \$i<&-\"; done" >/dev/null

# The last of a number of opens goes to one.
granted $ZHANG "$D/e" --opens 3
is "twelve open it at once: three do" "3" "$(as $ZHANG bash -c "for i in {1..12}; do sys open '$D/e' O_RDONLY & done; wait" | grep -cx 0)"
is "three are counted" 3 "$(custody_as $ZHANG requests --json | json 'd["rows"][-1]["used"]')"

# A case was approved, and the item is no part of it any more.
CASE=汶市监立〔2026〕47号
custody_as $LI case open $CASE --party 汶上县刘记百货店 --cause 经营超过保质期食品 >"$T/out" || fail "a case" "$(cat "$T/out")"
custody_as $LI case link $CASE "$D/a" "$D/b" >"$T/out" || fail "linked" "$(cat "$T/out")"
granted $ZHAO --case $CASE
end_shell
shell_as $ZHAO
is "an item of the case is read" 0 "$(in_shell "exec 7<'$D/a'; sys pread 7 0 100")"
custody_as $LI case unlink $CASE "$D/a" >"$T/out" || fail "unlinked" "$(cat "$T/out")"
is "unlinked from it, it is not any more" EACCES "$(in_shell "sys pread 7 0 100")"
fails EACCES "nor opened" as $ZHAO sys read "$D/a"
is "for it was not approved" grant-none "$(custody_as $ZHAO why --json "$D/a" --verb open-read | json 'd["reason"]')"
fails 0 "another of the case is" as $ZHAO sys read "$D/b"
end_shell
unmount_store
ok "the catalog is the ledger's" fsck.custodyfs "$T/store"
