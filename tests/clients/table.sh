#!/usr/bin/env bash
# The README's table of clients.  Every script here leaves its line in $BUILD/clients when it runs.
#   table.sh            states, as a test does, that the README has those clients with those results (versions may differ)
#   table.sh --write    writes the table into the README, between its two marker comments
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RECORDS=${BUILD:-$TOP/build}/clients
README=$TOP/README.md
BEGIN='<!-- clients: written by make client-table -->'
END='<!-- clients end -->'
ORDER=(cp cp_a cp_r_dcim mv install dd python rsync rsync_inplace rsync_partial rsync_delay tar unzip curl scp sftp gio_copy gio_move thunar smbclient samba_windows
	ffmpeg_write ffprobe ffmpeg mpv pdf gio_cat vim libreoffice seek)

# The scripts in the table's order, then those it does not know.
scripts() {
	local known=" ${ORDER[*]} lib table " s
	printf '%s\n' "${ORDER[@]}"
	for s in "$TOP"/tests/clients/*.sh; do
		s=$(basename "$s" .sh)
		[[ $known = *" $s "* ]] || printf '%s\n' "$s"
	done
}

rows() {                # in|open
	local s kind client version result remark
	for s in $(scripts); do
		[ -e "$RECORDS/$s.tsv" ] && [ -e "$TOP/tests/clients/$s.sh" ] || continue
		IFS=$'\x1f' read -r kind client version result remark < <(tr '\t' '\037' <"$RECORDS/$s.tsv")
		[ "$kind" = "$1" ] && printf '| %s | %s | %s |\n' "$client" "$version" "$result${remark:+; $remark}"
	done
	return 0
}

table() {
	printf '%s\n\n| copying in | version | |\n|---|---|---|\n' "$BEGIN"
	rows in
	printf '\n| opening | version | |\n|---|---|---|\n'
	rows open
	printf '\n%s\n' "$END"
}

if [ "${1:-}" = --write ]; then
	grep -qxF "$BEGIN" "$README" && grep -qxF "$END" "$README" || { echo "table.sh: the README has no place for the table" >&2; exit 1; }
	{ sed "/^$BEGIN\$/,\$d" "$README" && table && sed "1,/^$END\$/d" "$README"; } >"$README.new" && mv "$README.new" "$README"
	exit
fi

# Without the versions.
bare() { awk -F' [|] ' '/^[|] /{print $1 " | " $3}' | grep -vE '^[|] (copying in|opening) '; }
told=$(sed -n "/^$BEGIN\$/,/^$END\$/p" "$README" | bare)
status=0
seen=$( (rows in; rows open) | bare)
while IFS= read -r line; do
	if grep -qxF "$line" <<<"$told"; then echo "ok - the README says of it: $line"; else echo "not ok - the README does not say: $line"; status=1; fi
done <<<"$seen"
# Where all have run, the README may not know more.
ran=$(scripts | while read -r s; do ! grep -qs '^client_begin ' "$TOP/tests/clients/$s.sh" || [ -e "$RECORDS/$s.tsv" ] || echo "$s"; done)
[ -n "$ran" ] || while IFS= read -r line; do
	grep -qxF "$line" <<<"$seen" || { echo "not ok - the README says what no run said: $line"; status=1; }
done <<<"$told"
[ $status -eq 0 ] || echo "#   make client-table writes it anew"
exit $status
