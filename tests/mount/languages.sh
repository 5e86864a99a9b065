#!/usr/bin/env bash
# Languages: every message has its Chinese, help and errors come in it, and the manuals tell of every command and option.
# shellcheck disable=SC2086 # commands are kept as text, which is split into words
. "$(dirname "$0")/../lib.sh"
zh() { env -u LC_ALL -u LANGUAGE LANG=zh_CN.UTF-8 "$@" 2>&1; }
en() { env -u LANG -u LANGUAGE LC_ALL=C "$@" 2>&1; }

# The English in a Chinese text: words that are neither paths, options, commands nor names of things.
KNOWN='custody|custodyfs|fsck|mkfs|register|unit|device|person|case|list|show|deposit|request|requests|approve|deny|revoke|why|log|verify|ledger|checkpoint|prove|publish|status|clock|set|help
units|devices|people|cases|items|incomplete|withdrawn|none|officer|custodian|approver|legal|inspector|auditor|admin|patrol|evidence|permanent|root|json|JSON|tlog|tiles|hh|mm|umount
stat|open|read|write|create|rename|unlink|key|settle|max|allow|other|FILE|fusermount|store|lock|nothing|bogus|readers|UID|uid|mkdir|nobody|at|now|user|nonempty|handover'
# kinds of media, and a program that reads a manifest
KNOWN+='|bd|usb|tape|sha|sum'
# lists, and the rules of findings
KNOWN+='|custodians|late|gap|kind|mismatch|name|conflict|out|of|uncertified|no|custodian|offline|copy|refusal|storm|not|informed'
# and the commands' own names
KNOWN+=$(en custody help | grep -oE '^  [a-z]+( [a-z]+)?' | tr -s ' ' '\n' | sort -u | sed 's/^/|/' | tr -d '\n')
english() { sed -E 's#(/|\./)[A-Za-z0-9._/-]*##g; s/--?[a-z][a-z-]*//g; s/[A-Za-z]+\.custodyfs//g' | grep -oE '[A-Za-z]{2,}' | grep -vxE "$(tr '\n' '|' <<<"$KNOWN" | sed 's/|$//')" | sort -u | xargs; }
is "(the test knows English when it sees it)" "a such thing" "$(printf '没有 /a/b：such thing --json a.custodyfs ' | english | sed 's/^/a /')"

# The catalogue.
if command -v xgettext >/dev/null && command -v msgfmt >/dev/null; then
	ok "every message in the source has its translation" "$TOP/tools/po/check.sh"
	mkdir "$T/tree" && cp -r "$TOP/tools" "$TOP/fs" "$TOP/mkfs" "$TOP/policy" "$T/tree/"
	printf 'const char *one_more(void) { return _("a sentence that nobody translated"); }\n' >>"$T/tree/tools/text/words.c"
	refused "and one without is found" "$T/tree/tools/po/check.sh"
else
	skip "every message in the source has its translation" "gettext is not installed"
fi

# Help.
commands=$(en custody help | sed -n 's/^  \([a-z]\)/\1/p' | sed -E 's/ ?([A-Z[]|--|units\|).*//')
is "help in Chinese has as many lines as in English" "$(en custody help | grep -c '^ ')" "$(zh custody help | grep -c '^ ')"
is "each command is told of in Chinese" "" "$(zh custody help | grep '^      ' | grep -vP '[\x{4e00}-\x{9fff}]')"
is "no English is left in it" "" "$(zh custody help | english)"
is "nor Chinese in the English" "" "$(en custody help | grep -P '[^\x00-\x7f]')"
is "nor English in what help says of each" "" "$(while read -r c; do zh custody help $c | english; done <<<"$commands" | xargs)"
is "each option is explained in Chinese" "" "$(while read -r c; do zh custody help $c | grep '^  --' | grep -vP '[\x{4e00}-\x{9fff}]'; done <<<"$commands")"
for program in custodyfs mkfs.custodyfs fsck.custodyfs; do
	is "$program --help: no English in the Chinese" "" "$(zh $program --help | english)"
	is "no Chinese in the English" "" "$(en $program --help | grep -oP '[\x{4e00}-\x{9fff}]')"
	ok "and it is Chinese" grep -q 用法 <(zh $program --help)
done
for setting in LC_ALL=zh_CN.UTF-8 LC_MESSAGES=zh_CN.UTF-8 LANG=zh_CN.UTF-8 LANG=zh_CN.utf8 LANG=zh_CN; do
	ok "$setting asks for it" grep -q 用法 <(env -u LC_ALL -u LANG "$setting" custody help)
done
ok "LC_ALL goes before LANG" grep -q usage <(env LC_ALL=C.UTF-8 LANG=zh_CN.UTF-8 custody help)
ok "a language that is not there is English" grep -q usage <(env -u LC_ALL LANG=fr_FR.UTF-8 custody help)

# Errors, also where libc has no Chinese of its own to lend.
mkdir "$T/empty"
cat >"$T/errors" <<X
custody
custody nothing
custody --bogus
custody -m
custody -m $T/empty status
custody -m $T/none status
custody -m $T -s $T status
custody -s $T/empty status
custody -s $T/none status
custody -s $T/none approve 1
custody request
custody request a
custody approve x
custody list nothing
custody register unit 1
custody log a --person 1
custody verify
custodyfs
custodyfs $T/empty $T/none
custodyfs $T/empty $T/empty
custodyfs $T/none $T/empty
custodyfs a b c
mkfs.custodyfs
mkfs.custodyfs --bogus $T/x
mkfs.custodyfs $T
mkfs.custodyfs --admin
mkfs.custodyfs --admin nobody-at-all $T/x
mkfs.custodyfs --utc-offset 8 $T/x
mkfs.custodyfs --test-clock=now $T/x
mkfs.custodyfs $T/none/none
mkfs.custodyfs --key $T/none/key $T/x
fsck.custodyfs
fsck.custodyfs --bogus $T/empty
fsck.custodyfs $T/empty
fsck.custodyfs $T/none
X
errors() { local line; while read -r line; do printf '%s > ' "$line"; CUSTODYFS_MOUNT=$T/empty zh $line </dev/null | tr '\n' ' ' | sed "s#$T##g"; echo; done <"$T/errors"; }
lacking() { while IFS='>' read -r line said; do bad=$(english <<<"$said"); [ -z "$bad" ] && grep -qP '[\x{4e00}-\x{9fff}]' <<<"$said" || echo "$line: $said"; done; }
is "every error is Chinese" "" "$(errors | lacking)"
export -f errors lacking english zh
export KNOWN T
is "also where libc speaks English" "" "$(unshare -m bash -c 'mount -t tmpfs none /usr/share/locale && errors | lacking' 2>&1)"

# A mounted store, in Chinese.
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
head -c 1000 /dev/urandom >"$T/clip"
chmod 644 "$T/clip"
as $WANG cp "$T/clip" "$D/1"
as $WANG sys unlink "$D/1" >"$T/out"
custody_as $ZHANG request "$D/1" --purpose 核对 >"$T/out" && custody_as $CHEN approve 1 >"$T/out" || cat "$T/out"
as $ZHANG cat "$D/1" >"$T/out"
chinese() { zh setpriv --reuid="$1" --regid="$1" --clear-groups -- custody -m "$M" "${@:2}"; }
names() { sed -E 's/\b(WS[0-9]+|P0[0-9]+|A001|EPERM|EACCES|SHA|SM3|UUID|cat|cp|sys|bytes|KiB|MiB|GiB|TiB|by|NFC)\b//g; s/[0-9a-f-]{32,}//g'; }
for c in "show $D/1" log "log $D/1" "show unit 中都所" "show device WS00017" "show person 083017" "list units" "list devices" "list people" "list cases" "list items" "list incomplete" \
	"list withdrawn" requests status clock "why $D/1" "why $D/1 --verb unlink" "verify --all" "ledger verify" "ledger checkpoint --against $T/people.log" "register unit 9 九" "approve 1" "show 999"; do
	is "custody ${c//$T/} has no English" "" "$(chinese $ADMIN $c | sed "s#$T##g; s#by-unit/[^ ]*##g" | names | english)"
done
is "what is for programs is the same in any language" "$(custody_as $ADMIN log --json | head -n 20; custody_as $ADMIN show --json 1)" "$(chinese $ADMIN log --json | head -n 20; chinese $ADMIN show --json 1)"
is "a refusal for programs, too" "$(custody_as $ADMIN approve 1 --json 2>"$T/said")" "$(chinese $ADMIN approve 1 --json | head -n 1)"
unmount_store

# The manuals.
if ! command -v man >/dev/null; then
	skip "the manuals" "man-db is not installed"
	exit 0
fi
manual() { LC_ALL=C.UTF-8 MANWIDTH=200 man --warnings -E UTF-8 -l "$1" 2>"$T/warnings" | sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g'; }
options_of() { en "$@" | grep -v fusermount3 | grep -oE '(^|[[ ,])--?[a-z][a-z-]*' | tr -d '[ ,' | sort -u; }
mount_options() { en custodyfs --help | sed -nE 's/^ +-o ([a-z_]+=?).*/\1/p'; }
for language in . zh_CN; do
	for page in custody.1 custodyfs.8 mkfs.custodyfs.8 fsck.custodyfs.8; do
		file=$TOP/tools/man/$language/$page
		manual "$file" >"$T/page.$page"
		is "$language/$page renders without a warning" "" "$(cat "$T/warnings")"
		ok "and is not empty" test "$(wc -l <"$T/page.$page")" -gt 20
		program=${page%.[18]}
		is "it has every option that --help has" "" "$(for o in $(options_of $program --help); do grep -qE -- "(^|[^a-z-])$o([^a-z-]|$)" "$T/page.$page" || echo "$o"; done | xargs)"
	done
	manual "$TOP/tools/man/$language/custody-control.5" >"$T/page.custody-control.5"
	is "$language/custody-control.5 renders without a warning" "" "$(cat "$T/warnings")"
	is "$language/custodyfs.8 has every mount option" "" "$(for o in $(mount_options); do grep -qE "(^|[^a-z_])$o" "$T/page.custodyfs.8" || echo "$o"; done | xargs)"
	is "$language/custody.1 has every option of every command" "" \
		"$(while read -r c; do options_of custody help $c; done <<<"$commands" | sort -u | while read -r o; do grep -qF -- "$o" "$T/page.custody.1" || echo "$o"; done | xargs)"
	is "every command" "" "$(while read -r c; do grep -qE "(^|[^a-z-])${c/ / \\[?}([^a-z-]|$)" "$T/page.custody.1" || echo "$c"; done <<<"$commands" | xargs)"
	is "every verb" "" "$(sed -nE 's/^\t\{ ?"([a-z-]+)", N_\(.*/\1/p' <(sed -n '/struct word verbs/,/NULL/p' "$TOP/tools/text/words.c") | grep -vx command | while read -r v; do grep -qw -- "$v" "$T/page.custody.1" || echo "$v"; done | xargs)"
	is "every attribute" "" "$(sed -nE 's/^\t\{ "([a-z0-9-]+)", attr_.*/\1/p' "$TOP/fs/attr/attr_show.c" | while read -r a; do grep -qw -- "$a" "$T/page.custodyfs.8" || echo "$a"; done | xargs)"
done
ok "the Chinese manual is Chinese" grep -qP '[\x{4e00}-\x{9fff}]{10}' "$T/page.custody.1"
