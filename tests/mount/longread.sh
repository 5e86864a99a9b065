#!/usr/bin/env bash
# A descriptor that stays open for long: what was read through it is on the ledger every half minute, and, when the mount ends under it, then too.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
make_folder 2023-03-14
F=$(folder_of 2023-03-14)/clip.mp4
head -c 300001 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
as $WANG cp "$T/clip.mp4" "$F"
custody_as $ZHANG request "$F" --purpose 核对 >/dev/null
custody_as $CHEN approve 1 >/dev/null
shell_as $ZHANG
BEGUN=$SECONDS
is "a reader opens it and reads a part" 70000 "$(in_shell "exec 7<'$F'; head -c 70000 <&7 | wc -c")"
recorded() { [ -n "$(ranges)" ]; }
ranges() { events | json '[r["details"]["ranges"] for r in rows if r["event"] == "read.ranges"]'; }
early() { [ -z "$(ranges)" ] || [ $((SECONDS - BEGUN)) -ge 29 ]; }
ok "at first the ledger has the opening alone" early
for _ in 1 2 3 4 5; do until_true recorded && break; done
is "within half a minute and a bit it has what was read" "[[0, 70000]]" "$(ranges | head -n 1 | sed -E 's/, (6|7)[0-9]{4,}\]\]$/, 70000]]/')"
is "it reads on" 1000 "$(in_shell "head -c 1000 <&7 | wc -c")"
kill -TERM "$DAEMON"
wait "$DAEMON"
is "the mount ends under it, cleanly" 0 $?
DAEMON=
closes() { custody -s "$T/store" --json log | json '[r["details"]["ranges"] for r in rows if r["event"] == "read.close"]'; }
ok "and what was read last is recorded" test -n "$(closes)"
end_shell
