# Sourced after lib.sh by the tests of custody-dockd.
#
#   make_dock FOLDER        a folder that everyone may write to
#   dockd [OPTION…] FOLDER… starts it as 李秀英, the unit's custodian, who may ask for leases; log in $T/dockd.log, state in $T/state
#   end_dockd               SIGTERM; its status is $DOCKD_ENDED
#   dockd_status            `custody-dockd --status` of it
#   report EXPRESSION       over d, the report
#   items                   how many items the store has
#   stored NAME             the store has an item of that name, sealed and digested
#   in_trouble PATH REASON  the report says so of that file below $DOCK
#   quiet_passes            a file that arrived after the others has been deposited, so whatever had settled before it has been looked at
DOCKD='' DOCKD_ENDED='' NOTIFIED=''
cp "$BUILD/custody-dockd" "$T/bin/"
mkdir "$T/state"
chown "$LI:$LI" "$T/state"

make_dock() {
	mkdir "$1"
	chmod 1777 "$1"
	chown "$LI:$LI" "$1"
}

dockd() {
	listen
	NOTIFY_SOCKET=$T/notify.socket setpriv --reuid="$LI" --regid="$LI" --clear-groups --inh-caps=+lease --ambient-caps=+lease -- \
		custody-dockd -m "$M" --state "$T/state" --quiet 0.3 --retry 0.3 "${DOCKD_OPTIONS[@]}" "$@" 2>>"$T/dockd.log" &
	DOCKD=$!
}
DOCKD_OPTIONS=()

# What it tells the service manager, line by line in $T/notify.
listen() {
	rm -f "$T/notify.socket" "$T/notify"
	/usr/bin/python3 -c 'import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
with open(sys.argv[2], "wb", buffering=0) as out:
    while True:
        out.write(s.recv(4096) + b"\n")' "$T/notify.socket" "$T/notify" &
	NOTIFIED=$!
	until_true test -f "$T/notify"
}

end_dockd() {
	[ -n "$DOCKD" ] || return 0
	kill -TERM "$DOCKD" 2>/dev/null || true     # it may have been told before
	wait "$DOCKD"
	# shellcheck disable=SC2034 # for the tests
	DOCKD_ENDED=$?
	DOCKD=
	stop_listening
	if grep -qE 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$T/dockd.log"; then
		fail "custody-dockd is clean under the sanitizer" "$(grep -nE -A14 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$T/dockd.log" | head -n 60)"
	fi
}
stop_listening() {
	[ -z "$NOTIFIED" ] || kill "$NOTIFIED"
	[ -z "$NOTIFIED" ] || wait "$NOTIFIED" 2>/dev/null
	NOTIFIED=
}

tell_more() { echo '--- the report'; cat "$T/state/report.json"; }
# A test that ends early takes it along.
cleanup() {
	[ -z "$DOCKD" ] || kill -KILL "$DOCKD"
	stop_listening
	declare -F cleanup_more >/dev/null && cleanup_more
	true
}

dockd_status() { as "$LI" custody-dockd --state "$T/state" --status "$@"; }
report() { dockd_status --json | json "$1"; }
rows_of() { custody_as "$ADMIN" list items --json | json "[r['sha256'] for r in (i for p in rows for i in p['rows']) if r['name'] == '$1' and r['sha256']]"; }
items() { custody_as "$ADMIN" list items --json | json 'sum(len(p["rows"]) for p in rows)'; }
stored() { [ -n "$(rows_of "$1")" ]; }
sha_in_store() { rows_of "$1"; }
# shellcheck disable=SC2153 # DOCK is the test's
in_trouble() { [ "$(report "[r['reason'] for r in d['trouble'] if r['path'] == '$DOCK/$1']")" = "$2" ]; }
quiet_passes() {
	local name
	name=WS00017_083017_20230314235959_$(printf %04d "$((LAST += 1))").log
	echo "$name" >"$DOCK/$name"
	until_true stored "$name"
}
LAST=9000
