#!/bin/sh
# Fails, naming each, where a message in the source has no Chinese translation, or only a fuzzy one, or one whose form does not fit.
# Usage: check.sh [POT]   Leaves the extracted template in POT if given.
set -eu
cd "$(dirname "$0")/../.."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

find policy fs mkfs tools -name '*.c' | LC_ALL=C sort > "$tmp/files"
xgettext --from-code=UTF-8 --language=C --keyword --keyword=_ --keyword=N_ --keyword=ngettext:1,2 --keyword=gettext \
	--no-wrap --package-name=custodyfs --files-from="$tmp/files" --output="$tmp/custodyfs.pot"
if [ $# -gt 0 ]; then
	cp "$tmp/custodyfs.pot" "$1"
fi

for po in tools/po/*zh_CN.po; do
	msgfmt -c --output-file=/dev/null "$po" || failed=1
done
# a message has one translation, whichever file it is in: of two, the first would be taken everywhere
msgcat --no-location --no-wrap --output-file="$tmp/twice.po" tools/po/*zh_CN.po
if sed '1,/^$/d' "$tmp/twice.po" | grep -B 3 '^"#-#-#-#-#' | grep '^msgid'; then
	echo "check.sh: translated differently in two files" >&2
	failed=1
fi
msgcat --use-first --no-wrap --output-file="$tmp/all.po" tools/po/*zh_CN.po
msgmerge --quiet --no-fuzzy-matching --no-wrap --output-file="$tmp/zh_CN.po" "$tmp/all.po" "$tmp/custodyfs.pot"
msgfmt -c --output-file=/dev/null "$tmp/zh_CN.po" || failed=1

# names what msgattrib selects: where it stands in the source, and the msgid
name() {
	msgattrib --no-obsolete --no-wrap "$2" "$tmp/zh_CN.po" > "$tmp/selected.po"
	awk -v why="$1" '
		/^#: / { place = substr($0, 4) }
		/^msgid / { text = substr($0, 8, length($0) - 8); on = 1; next }
		on && /^"/ { text = text substr($0, 2, length($0) - 2); next }
		on { on = 0; if (text != "") { print place ": " why ": " text; found = 1 } }
		END { exit found ? 1 : 0 }' "$tmp/selected.po" || failed=1
}
name "not translated" --untranslated
name "fuzzy" --only-fuzzy

if [ $failed -ne 0 ]; then
	echo "check.sh: translations are missing or wrong" >&2
	exit 1
fi
echo "check.sh: $(grep -c '^msgid ' "$tmp/custodyfs.pot") messages, all translated"
