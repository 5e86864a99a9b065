# Sourced by every test on a real mount.  A test has its own store and mount in $T, states facts (one line each), and cleans up in an EXIT trap.
#
#   new_store [mkfs option…]      makes $T/store; administrator A001 is uid $ADMIN
#   mount_store [mount option…]   mounts it on $M, in the foreground, log in $T/log
#   unmount_store                 the daemon must exit 0
#   kill_daemon                   kill -9; the dead mount is taken away, as it must be by itself
#   as UID COMMAND…               runs it as that user
#   custody_as UID ARG…           `custody` on this mount
#   people                        registers the units, devices and people of the scenarios
#   ok FACT COMMAND…              the command must succeed
#   fails ERRNO FACT COMMAND…     `sys` must report that errno (see tests/sys.c)
#   is FACT WANT GOT              two words must be equal
#   eventually FACT COMMAND…      must come true within two minutes, however busy the machine is
#   skip FACT WHY
#   json EXPRESSION               a Python expression over JSON from standard input: d (the document) or rows (those of all lines)
#   attr_of UID PATH NAME         user.custody.NAME as that user reads it
#   events ARG…                   what the ledger says, as JSON lines, by `custody log` as the administrator
#   shell_as UID, in_shell LINE   a shell of that user that stays, for descriptors that stay open; the last line that LINE prints
set -u
export LC_ALL=C.UTF-8
unset CUSTODYFS_MOUNT LANGUAGE
umask 022
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export BUILD=${BUILD:-$TOP/build}
# A test that is run by hand gets the same surroundings as by tests/run.sh.  A script from elsewhere that uses this file does not: what it
# brought may lie in the /tmp that it would no longer see.
case $(realpath "$0") in
"$(realpath "$TOP")"/tests/*) [ -n "${CUSTODYFS_ALONE:-}" ] || exec bash "$TOP/tests/alone.sh" bash "$0" "$@" ;;
esac
T=$(mktemp -d /tmp/custodyfs-test.XXXXXX)
chmod 755 "$T"
M=$T/mnt
mkdir "$M" "$T/bin"
# The users of a test must be able to run the programs wherever they were built.
cp "$BUILD"/custody "$BUILD"/custodyfs "$BUILD"/mkfs.custodyfs "$BUILD"/fsck.custodyfs "$BUILD"/sys "$T/bin/"
[ -d "$BUILD/locale" ] && cp -r "$BUILD/locale" "$T/bin/"
PATH=$T/bin:$PATH
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0} TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=0} UBSAN_OPTIONS=print_stacktrace=1

# shellcheck disable=SC2034 # not every test needs all of them
ADMIN=2000 WANG=2017 LI=2022 ZHANG=2031 CHEN=2041 ZHAO=2042 SUN=2043 ZHOU=2099 STRANGER=2999
DAEMON='' FAILED=0 STILL=''

pass() { printf 'ok - %s\n' "$1"; }
fail() { printf 'not ok - %s\n#   after %d s\n' "$1" $SECONDS; FAILED=1; shift; [ $# -eq 0 ] || printf '#   %s\n' "$@"; }
skip() { printf 'skip - %s: %s\n' "$1" "$2"; }

ok() {
	local fact=$1 out
	shift
	if out=$("$@" 2>&1); then pass "$fact"; else fail "$fact" "command: $*" "status $?: $out"; fi
}

refused() {
	local fact=$1 out
	shift
	if out=$("$@" 2>&1); then fail "$fact" "succeeded: $*" "$out"; else pass "$fact"; fi
}

is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "wanted: $2" "got:    $3"; fi
}

# fails ERRNO FACT [as UID] sys VERB…: sys prints the errno's name, or 0.
fails() {
	local want=$1 fact=$2 got
	shift 2
	got=$("$@" 2>&1 | tail -n 1)
	is "$fact: $want" "$want" "$got"
}

# Waits a moment without a process: reads from a pipe that nobody writes to.
exec {IDLE}<> <(:)
moment() { read -rt 0.05 -u "$IDLE" _ || true; }
until_true() {
	local end=$((SECONDS + 120))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		moment
	done
}
eventually() {
	local fact=$1
	shift
	if until_true "$@"; then pass "$fact"; else fail "$fact" "never came true: $*" "$("$@" 2>&1 | tail -n 5)"; fi
}

as() {
	local uid=$1
	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups -- "$@"
}
custody_as() {
	local uid=$1
	shift
	as "$uid" custody -m "$M" "$@"
}

new_store() { mkfs.custodyfs --admin "$ADMIN" --admin-name 周琳 --admin-number A001 "$@" "$T/store" >"$T/mkfs.log" 2>&1 || { cat "$T/mkfs.log"; exit 1; }; }

mount_store() {
	local opt=()
	[ $# -eq 0 ] || opt=(-o "$(IFS=,; echo "$*")")
	custodyfs "$T/store" "$M" -f "${opt[@]}" >>"$T/log" 2>&1 &
	DAEMON=$!
	until_true mounted_or_dead
	mountpoint -q "$M" || { fail "the store mounts" "$(tail -n 20 "$T/log")"; return 1; }
}
mounted_or_dead() { mountpoint -q "$M" || ! kill -0 "$DAEMON" 2>/dev/null; }

unmount_store() {
	local status
	until_true fusermount3 -u "$M" || umount -l "$M"
	# One look decides: between two looks, a namespace that held the mount may end.
	STILL=
	until_true over_or_held || fail "the daemon ends when it is unmounted" "$(threads_of "$DAEMON")"
	[ -z "$STILL" ] || kill -TERM "$DAEMON" 2>/dev/null
	until_true over || { fail "the daemon ends" "$(threads_of "$DAEMON")"; kill -9 "$DAEMON"; }
	wait "$DAEMON"
	status=$?
	DAEMON=
	[ $status -eq 0 ] || fail "the daemon exits 0" "status $status" "$(tail -n 40 "$T/log")"
	sanitizer_clean
}

over() { ! kill -0 "$DAEMON" 2>/dev/null; }
# A mount namespace that was made while the store was mounted has a copy of the mount, which keeps the daemon running.
held() { grep -qs " $M " /proc/[0-9]*/mountinfo; }
over_or_held() { over || { held && STILL=held; }; }
threads_of() { for t in "/proc/$1/task/"*; do echo "${t##*/}: $(cat "$t/comm") $(cat "$t/wchan") $(tail -n 1 "$t/stack" 2>&1)"; done; }

kill_daemon() {
	kill -9 "$DAEMON"
	wait "$DAEMON" 2>/dev/null
	DAEMON=
	until_true unmounted || umount -l "$M"
}
unmounted() { ! mountpoint -q "$M"; }

sanitizer_clean() {
	if grep -qE 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$T/log"; then
		fail "the daemon is clean under the sanitizer" "$(grep -nE -A12 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$T/log" | head -n 60)"
		: >"$T/log"
	fi
}

# Where a fact failed: the ends of the programs' logs, since the reader may have nothing but this output.
LOGS=(log store/log out/log dockd.log sshd.log smb/log smb/out boot.log)
tell_logs() {
	local log
	for log in "${LOGS[@]}"; do
		[ ! -s "$T/$log" ] || { printf '#   --- the end of %s\n' "$log"; tail -n 25 "$T/$log" | cut -c1-300 | sed 's/^/#   /'; }
	done
	! declare -F tell_more >/dev/null || tell_more 2>&1 | sed 's/^/#   /'
}

finish() {
	local status=$?
	[ $status -eq 0 ] && [ $FAILED -eq 0 ] || tell_logs
	[ -z "$DAEMON" ] || unmount_store
	if mountpoint -q "$M"; then umount -l "$M"; fi
	[ -d "$T/store" ] && ! mountpoint -q "$T/store" && chattr -R -i "$T/store" 2>/dev/null
	declare -F cleanup >/dev/null && cleanup
	rm -rf "$T"
	[ $status -eq 0 ] || { printf 'not ok - %s ended early with status %d\n' "$(basename "$0")" "$status"; exit "$status"; }
	exit $FAILED
}
trap finish EXIT
trap 'exit 130' INT TERM

people() {
	local reg="custody_as $ADMIN register"
	{
		$reg unit 370830001003 中都所 && $reg unit 370830001001 稽查大队 && $reg device WS00017 --unit 中都所 && $reg device WS00023 --unit 稽查大队 &&
		$reg person 083017 王建国 --uid $WANG --unit 中都所 --roles officer --formal --certified 2020-01-01 &&
		$reg person 083022 李秀英 --uid $LI --unit 中都所 --roles officer,custodian --formal --certified 2020-01-01 &&
		$reg person 083031 张明远 --uid $ZHANG --unit 稽查大队 --roles officer --formal --certified 2020-01-01 &&
		$reg person P041 陈志强 --uid $CHEN --roles approver --formal && $reg person P042 赵丽华 --uid $ZHAO --roles legal --formal &&
		$reg person P043 孙海涛 --uid $SUN --roles inspector --formal &&
		$reg person 083099 周浩 --uid $ZHOU --unit 中都所 --roles officer --auxiliary &&
		custody_as $ADMIN findings      # so that all findings about this are on the ledger now
	} >"$T/people.log" 2>&1 || { cat "$T/people.log"; exit 1; }
}

# The folder of 王建国's recordings of a day, made by himself.
folder_of() { printf '%s/by-unit/中都所/WS00017/083017/%s/%s' "$M" "$1" "${2:-未立案}"; }
make_folder() { as $WANG mkdir -p "$(folder_of "$@")"; }
state_of() { as $WANG getfattr --only-values -n user.custody.state "$1" 2>/dev/null; }
is_settled() { [ "$(state_of "$1")" = sealed ]; }
sha_of() { sha256sum "$1" | cut -d' ' -f1; }

json() {
	/usr/bin/python3 -c 'import json, sys
text, at, rows = sys.stdin.read().strip(), 0, []
while at < len(text):
    row, at = json.JSONDecoder().raw_decode(text, at)
    rows.append(row)
    at += len(text[at:]) - len(text[at:].lstrip())
d = rows[0] if rows else None
out = eval(sys.argv[1])
print("\n".join(map(str, out)) if isinstance(out, list) else out)' "$1"
}
attr_of() { as "$1" getfattr --absolute-names --only-values -n "user.custody.$3" "$2" 2>/dev/null; }
events() { custody_as "$ADMIN" log --json "$@"; }

shell_as() {
	local to from
	mkfifo "$T/shell.in.$1" "$T/shell.out.$1"
	chmod 666 "$T/shell.in.$1" "$T/shell.out.$1"
	setpriv --reuid="$1" --regid="$1" --clear-groups -- bash -s <"$T/shell.in.$1" >"$T/shell.out.$1" 2>&1 &
	SHELL_PID=$!
	exec {to}>"$T/shell.in.$1" {from}<"$T/shell.out.$1"
	SHELL_TO=$to SHELL_FROM=$from
	# what it holds open would keep the mount busy
	trap 'status=$?; end_shell; (exit $status); finish' EXIT
}
end_shell() {
	[ -n "${SHELL_TO:-}" ] || return 0
	exec {SHELL_TO}>&- {SHELL_FROM}<&-
	SHELL_TO=
	wait "$SHELL_PID"
}
in_shell() {
	local line last=
	printf '{ %s\n} 2>&1; echo; echo "=== done"\n' "$1" >&"$SHELL_TO"
	while read -rt 120 -u "$SHELL_FROM" line && [ "$line" != "=== done" ]; do
		[ -z "$line" ] || last=$line
	done
	printf '%s\n' "$last"
}
