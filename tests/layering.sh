#!/usr/bin/env bash
# Whether the code keeps to the plan of rooms, the table under "The rooms" in README.md: which room may include what of which other.
# Prints the arrows as found, then facts.
set -u
cd "$(dirname "$0")/.." || exit 1

# A README's table as lines "room<TAB>what it may use", names apart by spaces: {a,b} written out, backquotes and commas gone.
plan() { # FILE
	awk -F'|' '
	function spread(word,    from, to, parts, n, i, all) {
		from = index(word, "{"); to = index(word, "}")
		if (!from) return word
		n = split(substr(word, from + 1, to - from - 1), parts, ",")
		for (i = 1; i <= n; i++) all = all substr(word, 1, from - 1) parts[i] substr(word, to + 1) " "
		return all
	}
	/^## / { inside = /The rooms|目录结构/ }
	inside && /^\| `/ {
		gsub(/[` ]/, "", $2)
		gsub(/, /, " ", $4); gsub(/[`—]/, "", $4)
		n = split($4, words, " "); may = ""
		for (i = 1; i <= n; i++) may = may " " spread(words[i])
		print $2 "\t" may
	}' "$1"
}

# Every include, as "file " name" or "file < name".
includes() {
	find fs policy mkfs tools tests contrib -name '*.[ch]' | sort |
		xargs sed -nE -s 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*(["<])([^">]*)[">].*/\1 \2/;T;F;p' | paste -d' ' - -
}

{ plan README.md | sed 's/^/plan\t/'; plan README.zh_CN.md | sed 's/^/chinese\t/'; includes; } | awk '
function fact(bad, text) {
	print (bad == "" ? "ok - " : "not ok - ") text
	if (bad != "") printf "%s", bad
	failed += bad != ""
}
function room_of(file,    folder) {
	folder = file
	if (!sub(/\/[^\/]*$/, "", folder)) return ""
	return folder ~ /^(tests|contrib)\// ? substr(folder, 1, index(folder, "/") - 1) : folder
}
# The rooms on a way from `room` back to `goal`, or "".
function way_back(room, goal,    i, rest) {
	for (i = 1; i <= rooms; i++) {
		if (!((room, order[i]) in arrows)) continue
		if (order[i] == goal) return goal
		if (order[i] in visited) continue
		visited[order[i]] = 1
		rest = way_back(order[i], goal)
		if (rest != "") return order[i] " -> " rest
	}
	return ""
}
BEGIN {
	library["sqlite3.h"] = "SQLite"; library["gcrypt.h"] = "libgcrypt"; library["curl/curl.h"] = "libcurl"
}
$1 == "plan" || $1 == "chinese" {
	n = split($0, cell, "\t")
	m = split(cell[3], words, " ")
	tables[$1] = tables[$1] cell[2] ":" cell[3] "\n"
	if ($1 == "chinese") next
	for (i = 1; i <= m; i++) {
		may[cell[2], words[i]] = 1
		if (words[i] ~ /^[a-z]+(\/|$)/ && words[i] !~ /^lib/ && !(words[i] in place)) upward = upward "    " cell[2] " may use " words[i] "\n"
	}
	order[++rooms] = cell[2]; place[cell[2]] = rooms
	next
}
{
	from = room_of($1)
	if (from in place) inhabited[from] = 1
	else if (!(from in homeless)) { homeless[from] = 1; missing = missing "    " from "\n" }
}
$2 == "\"" && $3 ~ /\// {
	to = room_of($3)
	if (to == from) next
	arrows[from, to]++
	if (!((from, to) in may) && !((from, "*") in may)) against = against "    " $1 " includes " $3 "\n"
}
$2 == "<" && $3 ~ /^fuse/ && !((from, "FUSE") in may) { fuse = fuse "    " $1 "\n" }
$2 == "<" && $3 in library && from != "tests" {
	users[$3]++; who[$3] = who[$3] "    " $1 "\n"
	if (!((from, library[$3]) in may)) uninvited[$3] = 1
}
END {
	for (i = 1; i <= rooms; i++) {
		line = ""
		for (j = 1; j <= rooms; j++)
			if ((order[i], order[j]) in arrows) line = line (line == "" ? "" : ", ") order[j] " " arrows[order[i], order[j]]
		printf "# %-17s %s\n", order[i], line
		if (!(order[i] in inhabited) && order[i] != "contrib") empty = empty "    " order[i] "\n"
		split("", visited)
		way = (order[i] in on_circle) ? "" : way_back(order[i], order[i])
		if (way != "") circles = circles "    " order[i] " -> " way "\n"
		m = split(way, words, " -> ")
		for (j = 1; j <= m; j++) on_circle[words[j]] = 1
	}
	fact(rooms > 0 ? "" : "    no table\n", "the README has a table of the rooms")
	fact(missing, "every folder with code is a room of it")
	fact(empty, "every room of it has code")
	fact(upward, "in the table a room uses only rooms above it")
	fact(against, "every include is one that the table allows")
	fact(circles, "no rooms form a circle")
	fact(fuse, "FUSE is included only where the table says so")
	for (h in library)
		fact(users[h] > 1 || h in uninvited ? who[h] : "", "<" h "> is included by one file at most, and where the table says so")
	fact(tables["plan"] == tables["chinese"] ? "" : "    README.zh_CN.md differs\n", "the table in Chinese says the same")
	exit failed > 0
}'
