#!/usr/bin/env bash
# The compliance clock cannot be cheated (promise 10): the system's date turned on ten years, a month off, turned back, moved while mounted; and two people may put
# right what lags.  libfaketime gives the daemon another date; the kernel's measure of elapsed time stays true.
. "$(dirname "$0")/../lib.sh"
[ -z "${SAN:-}" ] || { skip "the compliance clock under another date" "libfaketime and the sanitizers do not go together"; exit 0; }

new_store
mount_store settle=0
people
TODAY=$(TZ=UTC-8 date +%F)         # in the zone of the store
make_folder "$TODAY"
CLIP=$(folder_of "$TODAY")/clip.mp4
printf 'a patrol' >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
ok "a patrol's clip of today" as $WANG cp "$T/clip.mp4" "$CLIP"
clock() { custody_as $ADMIN clock --json | json "$1"; }
now() { clock 'd["clock"]'; }
# Days that the clock is on since an instant, to the nearest: midnight may come at any time.
days_since() { /usr/bin/python3 -c 'import sys, datetime as d; print(round((d.datetime.fromisoformat(sys.argv[2]) - d.datetime.fromisoformat(sys.argv[1])).total_seconds() / 86400))' "$1" "$(now)"; }
# Whether it has gone on by no more than the time that the test takes, and not back; if not, what it says.
stays() { local at; at=$(now); if [[ ! $at < $1 ]] && [ "$(days_since "$1")" = 0 ]; then echo yes; else echo "$at"; fi; }
BEGUN=$(now)
unmount_store

# believe OFFSET: a daemon started with this takes that for the date; mount_at OFFSET starts one so.
believe() { printf '%s\n' "$1" >"$T/faketime.new" && chmod 644 "$T/faketime.new" && mv "$T/faketime.new" "$T/faketime"; }
mount_at() {
	believe "$1"
	FAKETIME_TIMESTAMP_FILE=$T/faketime FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$FAKE custodyfs "$T/store" "$M" -f >>"$T/log" 2>&1 &
	DAEMON=$!
	until_true mounted_or_dead
	mountpoint -q "$M" || fail "mounts with the date $1" "$(tail -n 5 "$T/log")"
}
FAKE=$(ls /usr/lib/*/faketime/libfaketime.so.1 | head -n 1)

# --- ten years on -------------------------------------------------------------------------------------------------------------------------------------------
mount_at +3650d
is "ten years on: the clock follows by one step of 35 days, no more" 35 "$(days_since "$BEGUN")"
is "and the ledger says what was refused" yes "$(events --since 2020-01-01 | json '[r for r in rows if r["event"]=="clock.gap"][-1]["details"]["refused_ms"] > 3600*86400*1000 and "yes"')"
is "it says how far it is behind" yes "$(clock 'd["behind_ms"] > 3600*86400*1000 and "yes"')"
is "nothing has expired: the clip is kept for its term" retained "$(custody_as $LI why --json "$CLIP" --verb delete | json 'd["reason"]')"
fails EPERM "and not deleted" as $WANG sys unlink "$CLIP"
is "what was refused of the gap is a finding" yes "$(custody_as $ADMIN findings --json --rule clock | json 'len(d["rows"]) >= 1 and "yes"')"
AT=$(now)
unmount_store
mount_at +7300d
is "ten years on again: not another step in the same week" yes "$(stays "$AT")"
unmount_store

# --- back ---------------------------------------------------------------------------------------------------------------------------------------------------
mount_at -30d
is "turned back: the clock does not go back" yes "$(stays "$AT")"
unmount_store
mount_store
is "at the true date again: it stays where it was" yes "$(stays "$AT")"
unmount_store

# --- a month off --------------------------------------------------------------------------------------------------------------------------------------------
chattr -R -i "$T/store" 2>/dev/null; rm -rf "$T/store"
new_store
mount_store
people
BEGUN=$(now)
unmount_store
mount_at +31d
is "a month off: the clock follows by the month" 31 "$(days_since "$BEGUN")"

# --- moved while mounted ------------------------------------------------------------------------------------------------------------------------------------
AT=$(now)
believe +400d
jumped() { events | json '[r["details"]["jump_ms"] for r in rows if r["event"]=="clock.jump"][-1] > 360*86400*1000 and "yes"' | grep -q yes; }
eventually "moved while mounted: the ledger tells the jump" jumped
is "and the clock does not follow" yes "$(stays "$AT")"
is "the jump is a finding" yes "$(custody_as $ADMIN findings --json --rule clock --open | json 'max(abs(int(r["note"])) for r in d["rows"]) > 360*86400*1000 and "yes"')"

# --- two people put it right --------------------------------------------------------------------------------------------------------------------------------
TO=$(python3 -c 'import sys,datetime as d; print(d.date.fromisoformat(sys.argv[1])+d.timedelta(days=200))' "${AT%T*}")
follows() { is "$1" "EINVAL clock-follows" "$(custody_as $ADMIN clock "${@:2}" --json 2>/dev/null | json 'd["errno"] + " " + d["reason"]')"; }
follows "past the wall clock: refused" propose 2199-01-01 --reason x
follows "back: refused" propose "$TODAY" --reason x
refused "not an admin: refused" custody_as $ZHAO clock propose "$TO" --reason 停用
ok "an admin proposes" custody_as $ADMIN clock propose "$TO" --reason "机房停电，停用数月"
is "alone nothing moves" yes "$(stays "$AT")"
refused "the proposer does not agree" custody_as $ADMIN clock agree 1
refused "nor does an approver" custody_as $CHEN clock agree 1
ok "legal agrees" custody_as $ZHAO clock agree 1
is "and the clock is put forward" "$TO" "$(clock 'd["clock"][:10]')"
refused "once only" custody_as $ZHAO clock agree 1
ok "another proposal" custody_as $ADMIN clock propose "$(python3 -c 'import sys,datetime as d; print(d.date.fromisoformat(sys.argv[1])+d.timedelta(days=1))' "$TO")" --reason 再
ok "is refused" custody_as $ZHAO clock refuse 2 --reason 不必
is "who did what is told" "agreed refused" "$(clock '" ".join(m["state"] for m in reversed(d["moves"]))')"
is "in Chinese" yes "$(as $ADMIN env LC_ALL=zh_CN.UTF-8 custody -m "$M" log | grep -q 拨快 && echo yes)"
follows "no clock but a test store's is set" set 2030-01-01
kill_daemon
mount_at +400d
is "what was agreed holds after a crash" yes "$(FROM=${TO}T00:00:00+08:00; [ "$(days_since "$FROM")" -le 36 ] && [ "$(days_since "$FROM")" -ge 0 ] && echo yes || now)"
unmount_store
ok "the catalog is the ledger's" fsck.custodyfs "$T/store"
