#!/usr/bin/env bash
# Runs tests and ends with the line "N passed, N failed, N skipped".  Usage: tests/run.sh TEST…  (a unit test's program, or a script of facts)
# A script's facts are its lines "ok - …", "not ok - …", "skip - …: why"; a unit test's are what Check counts.
set -u
# No test takes so long, on a slow and busy machine either: one that does hangs.
limit=${TEST_LIMIT:-900}
export CK_DEFAULT_TIMEOUT=$limit        # Check's own is four seconds
passed=0 failed=0 skipped=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for test in "$@"; do
	start=$SECONDS
	case $test in
	*.sh) timeout -k 30 "$limit" bash "$test" >"$out" 2>&1 ;;
	*) timeout -k 30 "$limit" "$test" >"$out" 2>&1 ;;
	esac
	status=$?
	case $test in
	*.sh)
		p=$(grep -c '^ok - ' "$out") f=$(grep -c '^not ok - ' "$out") s=$(grep -c '^skip - ' "$out")
		[ $status -eq 0 ] || [ "$f" -gt 0 ] || f=1
		[ $((p + f + s)) -gt 0 ] || f=1
		;;
	*)
		read -r checks failures errors < <(sed -nE 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' "$out" |
			awk '{c += $1; f += $2; e += $3} END {print c + 0, f + 0, e + 0}')
		f=$((failures + errors)) p=$((checks - failures - errors)) s=0
		[ $status -eq 0 ] || [ "$f" -gt 0 ] || f=1
		[ "$checks" -gt 0 ] || f=1
		;;
	esac
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-44s %5d passed %3d failed %3d skipped  %3d s\n' "${test#*/}" "$p" "$f" "$s" $((SECONDS - start))
	if [ "$f" -gt 0 ]; then
		grep -vE '^(ok|skip) - ' "$out" | head -n 300 | sed 's/^/    /'
		[ $status -ne 124 ] && [ $status -ne 137 ] || printf '    it was ended after %d s; the last fact before: %s\n' "$limit" "$(grep '^ok - ' "$out" | tail -n 1)"
	fi
	grep '^skip - ' "$out" | sed 's/^/    /'
done
printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
[ $failed -eq 0 ]
