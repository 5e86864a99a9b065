#!/usr/bin/env bash
# Runs unit tests that were built to count what they reach, and prints by folder how much of the lines and branches that is.  It is one fact, and holds where all of
# them pass and the folder of the rules is covered whole: every line and every branch of policy/.  Usage: BUILD=FOLDER tests/coverage.sh TEST…
set -u
cd "$(dirname "$0")/.." || exit 1
table=$(mktemp)
trap 'rm -f "$table"' EXIT
find "$BUILD" -name '*.gcda' -delete
# gcovr stops at what was compiled from a file that is gone.
find "$BUILD/obj" -name '*.gcno' -printf '%P\n' | while read -r note; do [ -e "${note%.gcno}.c" ] || rm "$BUILD/obj/$note"; done
failed() { printf 'coverage: %s\n0 passed, 1 failed, 0 skipped\n' "$1"; exit 1; }
MODEL_RUNS=${MODEL_RUNS:-2000} bash tests/run.sh "$@" || failed 'a test fails'
gcovr --csv --root . --filter 'policy/' --filter 'fs/store/' "$BUILD" >"$table" || failed 'gcovr cannot tell'

# Names of columns come first; where a file's own branches are not all taken, it is named.
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
{
	folder = $at["filename"]; sub(/\/[^\/]*$/, "", folder)
	if (!(folder in lines)) order[++n] = folder
	lines[folder] += $at["line_total"]; met[folder] += $at["line_covered"]
	branches[folder] += $at["branch_total"]; taken[folder] += $at["branch_covered"]
	if (folder == "policy" && ($at["line_total"] != $at["line_covered"] || $at["branch_total"] != $at["branch_covered"]))
		missing = missing sprintf("    %s: %d of %d lines, %d of %d branches\n", $at["filename"], $at["line_covered"], $at["line_total"],
			$at["branch_covered"], $at["branch_total"])
}
END {
	printf "%-20s %18s %18s\n", "coverage", "lines", "branches"
	for (i = 1; i <= n; i++) {
		f = order[i]
		if (lines[f] > 0)
			printf "%-20s %5d/%5d %5.1f%% %5d/%5d %5.1f%%\n", f, met[f], lines[f], 100 * met[f] / lines[f], taken[f], branches[f], 100 * taken[f] / branches[f]
	}
	if (lines["policy"] == 0 || branches["policy"] == 0 || missing != "") {
		printf "%s", missing
		exit 1
	}
}' "$table" || failed 'policy/ is not covered whole'
echo '1 passed, 0 failed, 0 skipped'
