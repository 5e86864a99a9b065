#!/usr/bin/env bash
# custody-dockd started again: what was dealt with is not read again; what is new, changed, or of another store, or of an older state of this one, is offered to it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dockd_lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
DOCK=$T/dock
make_dock "$DOCK"
MEMORY=$T/state/memory
cleanup_more() { for s in "$T"/store.*; do [ ! -d "$s" ] || chattr -R -i "$s" 2>/dev/null; done; }

# What the tool is run for is written down, a line a file.
mv "$T/bin/custody" "$T/custody.real"
cat >"$T/bin/custody" <<C
#!/bin/sh
for a; do case \$a in $DOCK/*) echo "\${a##*/}" >>"$T/offered";; esac; done
exec "$T/custody.real" "\$@"
C
chmod 755 "$T/bin/custody"
: >"$T/offered"
chmod 666 "$T/offered"
offered() { sort -u "$T/offered" | sed 's/.*_//; s/\..*//' | xargs; }
name() { printf 'WS00017_083017_20230314%02d0000_%04d.mp4' "$1" "$1"; }
arrive() { head -c "${2:-5000}" /dev/urandom >"$DOCK/$(name "$1")"; }

# All that lies in the folder has been dealt with by this daemon.
dealt() { [ "$(report '(d["pid"], d["waiting"] + len(d["running"]), d["deposited"] + d["duplicates"] + d["remembered"] + len(d["trouble"]))')" = "($DOCKD, 0, $(find "$DOCK" -type f | wc -l))" ]; }
start() { : >"$T/offered"; dockd "$@" "$DOCK"; eventually "all there is has been dealt with" dealt; }
again() { end_dockd; start "$@"; }
away() { end_dockd; unmount_store; }

for n in 1 2 3; do arrive $n; done
head -c 100 /dev/urandom >"$DOCK/holiday.mp4"
start
is "at first all are offered" "0001 0002 0003 holiday" "$(offered)"
again
is "started again, none that was deposited is; what was refused is" "holiday 3" "$(offered) $(report 'd["remembered"]')"
rm "$DOCK/holiday.mp4"

# What is new, changed, renamed.
end_dockd
arrive 4
arrive 2
touch "$DOCK/$(name 3)"
mkdir -m 777 "$DOCK/sub"
mv "$DOCK/$(name 1)" "$DOCK/sub/"
start
is "new, rewritten, touched and moved ones are offered" "0001 0002 0003 0004" "$(offered)"
ok "the new one is deposited" stored "$(name 4)"
eventually "what was rewritten is refused, its name being taken" in_trouble "$(name 2)" name-taken
again
is "then only what was refused" "0002" "$(offered)"
rm "$DOCK/$(name 2)"

# What goes is forgotten.
again
ok "it knows a file" grep -q "$(name 4)" "$MEMORY"
mv "$DOCK/$(name 4)" "$T/aside"
forgotten() { ! grep -q "$(name 4)" "$MEMORY"; }
again
end_dockd
ok "one that went is forgotten" forgotten
mv "$T/aside" "$DOCK/$(name 4)"
start
is "and offered when it comes back" "0004" "$(offered)"

# A memory that cannot be believed.
end_dockd
sed -i 's/^done \([0-9]*\)/done 1\1/' "$MEMORY"
start
is "damaged: all are offered" "0001 0003 0004" "$(offered)"
ok "and said" grep -q 'memory is damaged' "$T/dockd.log"
end_dockd
rm "$MEMORY"
start
is "missing: all are offered" "0001 0003 0004" "$(offered)"
end_dockd
cp -p "$MEMORY" "$T/kept.memory"
chown 0 "$MEMORY"
chmod 644 "$MEMORY"
start
is "somebody else's: all are offered" "0001 0003 0004" "$(offered)"
again --case 未立案
is "deposited in another way than before: all are offered" "0001 0003 0004" "$(offered)"
again --case 未立案
is "in the same way: none" "" "$(offered)"
kill -KILL "$DOCKD"
wait "$DOCKD" 2>/dev/null
stop_listening
start --case 未立案
is "nor after a kill" "" "$(offered)"
again

# Another store, and an older state of this one that has grown since.
away
cp -a "$T/store" "$T/store.older"
mount_store
arrive 5
start
is "one more is deposited" "0005" "$(offered)"
again
is "and known" "" "$(offered)"
away
mv "$T/store" "$T/store.newer"
mv "$T/store.older" "$T/store"
mount_store
for n in $(seq 1 40); do custody_as $ADMIN register device "WS001$(printf %02d "$n")" --unit 中都所 >/dev/null; done
is "the older state lacks it" "" "$(sha_in_store "$(name 5)")"
ok "and has grown longer" test "$(custody_as $ADMIN status --json | json 'd["ledger"]["size"]')" -gt "$(awk '/^witness/ { print $3 }' "$MEMORY")"
start
is "an older state of the store: all are offered" "0001 0003 0004 0005" "$(offered)"
ok "and it has it now" stored "$(name 5)"
again
is "then none again" "" "$(offered)"
away
mv "$T/store" "$T/store.first"
new_store --test-clock=2023-03-14T18:30
mount_store
people
start
is "another store: all are offered" "0001 0003 0004 0005" "$(offered)"
is "and in it" 4 "$(items)"

# What is to be removed is removed, though it was dealt with before.
end_dockd
dockd --clear-source "$DOCK"
emptied() { [ -z "$(find "$DOCK" -type f)" ]; }
eventually "with --clear-source what was dealt with before is removed" emptied
end_dockd
is "it ended 0" 0 "$DOCKD_ENDED"
unmount_store
