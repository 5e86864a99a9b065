#!/usr/bin/env bash
# Runs tests side by side, each by tests/alone.sh, and ends with the line "N passed, N failed, N skipped".
#   tests/run.sh TEST… [--then TEST…]     a test: a unit test's program, or a script of facts; those after --then begin when all before have ended
# JOBS: how many at once (default: one a processor).  TEST_LIMIT: the seconds after which a test is ended.  BUILD: where the programs are.
# A script's facts are its lines "ok - …", "not ok - …", "skip - …: why"; what it says besides, "# …", is shown.  A unit test's facts are what Check counts.
# The longest come first, by what they took the last time (remembered in $BUILD/durations).
set -u
TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=$(realpath "${BUILD:-$TESTS/../build}")
export BUILD
JOBS=${JOBS:-$(nproc)}
# No test takes so long, on a slow and busy machine either: one that does hangs.
LIMIT=${TEST_LIMIT:-1200}
export CK_DEFAULT_TIMEOUT=$LIMIT        # Check's own is four seconds
passed=0 failed=0 skipped=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/custodyfs-tests.XXXXXX") || exit 1
export ALONE_DIR=$scratch/alone
mkdir "$ALONE_DIR"
declare -A RUNNING=() BEGUN=()          # by the process: the test, and when it began
trap 'rm -rf "$scratch" 2>/dev/null || { chattr -R -i "$scratch" 2>/dev/null; rm -rf "$scratch"; }' EXIT
trap 'kill -TERM "${!RUNNING[@]}" 2>/dev/null; wait; exit 130' INT TERM

# For a test that has never run here.
known_seconds() {
	case $1 in
	*/test_rules_model) echo 200 ;;
	*/thunar_photos.sh) echo 90 ;;
	*/why_agrees.sh | */deposit_run.sh | */json_failures.sh | */test_io | */kill_daemon.sh) echo 60 ;;
	*/dockd_storm.sh | */long_folder.sh | */leaks.sh | */seek.sh | */test_hasher | */busy.sh) echo 40 ;;
	*/systemd.sh | */published.sh | */cases.sh | */kill_writer.sh | */languages.sh) echo 20 ;;
	*) echo 10 ;;
	esac
}

longest_first() {
	local test seconds
	for test in "$@"; do
		seconds=$(awk -v "t=${test#*/}" '$2 == t { print $1 }' "$BUILD/durations" 2>/dev/null)
		printf '%d %s\n' "${seconds:-$(known_seconds "$test")}" "$test"
	done | sort -s -k1,1nr | cut -d' ' -f2-
}

begin() {
	local command=("$1")
	[[ $1 != *.sh ]] || command=(bash "$1")
	# A shell's background jobs ignore SIGINT: a test must not.
	env --default-signal=INT,QUIT timeout -k 30 "$LIMIT" bash "$TESTS/alone.sh" "${command[@]}" </dev/null >"$scratch/${1//\//:}" 2>&1 &
	RUNNING[$!]=$1 BEGUN[$!]=$SECONDS
}

# Sets p, f and s from what a test said and its status.
count() {
	local test=$1 out=$2 status=$3 checks=0 failures=0 errors=0
	case $test in
	*.sh)
		p=$(grep -c '^ok - ' "$out") f=$(grep -c '^not ok - ' "$out") s=$(grep -c '^skip - ' "$out")
		[ $((p + f + s)) -gt 0 ] || f=1
		;;
	*)
		read -r checks failures errors < <(sed -nE 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' "$out" |
			awk '{c += $1; f += $2; e += $3} END {print c + 0, f + 0, e + 0}')
		f=$((failures + errors)) p=$((checks - failures - errors)) s=0
		[ "$checks" -gt 0 ] || f=1
		;;
	esac
	[ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
}

report() {
	local test=$1 status=$2 seconds=$3 out=$scratch/${1//\//:} p f s
	count "$test" "$out" "$status"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-44s %5d passed %3d failed %3d skipped  %3d s\n' "${test#*/}" "$p" "$f" "$s" "$seconds"
	if [ "$f" -gt 0 ]; then
		grep -vE '^(ok|skip) - ' "$out" | head -n 300 | sed 's/^/    /'
		[ "$status" -ne 124 ] && [ "$status" -ne 137 ] || printf '    it was ended after %d s; the last fact before: %s\n' "$LIMIT" "$(grep '^ok - ' "$out" | tail -n 1)"
	fi
	[ "$f" -gt 0 ] || sed -n 's/^# /    /p' "$out"
	grep '^skip - ' "$out" | sed 's/^/    /'
	echo "$seconds ${test#*/}" >>"$scratch/durations"
	rm -f "$out"
}

one_ends() {
	local pid status
	wait -n -p pid "${!RUNNING[@]}" 2>/dev/null    # bash tells of one that was killed
	status=$?
	report "${RUNNING[$pid]}" $status $((SECONDS - BEGUN[$pid]))
	unset "RUNNING[$pid]" "BEGUN[$pid]"
}

run_all() {
	local test
	while read -r test; do
		[ ${#RUNNING[@]} -lt "$JOBS" ] || one_ends
		begin "$test"
	done < <(longest_first "$@")
	while [ ${#RUNNING[@]} -gt 0 ]; do one_ends; done
}

remember() {
	touch "$BUILD/durations" "$scratch/durations"
	awk '!($2 in seen) { seen[$2] = 1; print }' "$scratch/durations" "$BUILD/durations" >"$scratch/remembered" && cp "$scratch/remembered" "$BUILD/durations"
}

first=() then=()
while [ $# -gt 0 ] && [ "$1" != --then ]; do first+=("$1"); shift; done
[ $# -eq 0 ] || then=("${@:2}")
run_all "${first[@]}"
[ ${#then[@]} -eq 0 ] || run_all "${then[@]}"
remember
printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
[ $failed -eq 0 ]
