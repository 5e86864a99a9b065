#!/usr/bin/env bash
# The register, and the control file by which it is kept: who may enter what, amendments, conflicts, bad values; and requests that are none.
# shellcheck disable=SC2086 # commands are kept as text, which is split into words
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
CTL=$M/.custody/ctl
CASE=汶市监立〔2023〕47号

# The answer in a word: "ok", or errno, reason and field.
word='"ok" if d["ok"] else " ".join(x for x in (d["errno"], d["reason"], d.get("field")) if x)'
ask() { as "$1" sys ctl "$CTL" "$2" | head -n 1; }
says() { is "$1" "$2" "$(ask "$3" "$4" | json "$word")"; }
is_now() { is "$1" "$2" "$(custody_as $ADMIN show "$3" "$4" --json | json "$5")"; }

# Who may enter what.
new_unit='{"do":"register.unit","code":"370830001009","name":"城关所"}'
new_device='{"do":"register.device","serial":"WS00031","unit":"中都所"}'
new_person='{"do":"register.person","number":"083077","name":"冯雪","uid":2077,"unit":"中都所","roles":"officer","formal":true,"certified_from":"2023-01-01","certified_to":"2025-12-31"}'
new_case="{\"do\":\"register.case\",\"number\":\"$CASE\",\"party\":\"汶上县刘记百货店\",\"cause\":\"经营超过保质期食品\",\"class\":\"evidence-10\"}"
for who in $WANG:officer $LI:custodian $CHEN:approver $ZHAO:legal $SUN:inspector; do
	says "the ${who#*:} registers no unit" "EACCES no-role" "${who%:*}" "$new_unit"
	says "no device" "EACCES no-role" "${who%:*}" "$new_device"
	says "no person" "EACCES no-role" "${who%:*}" "$new_person"
done
for who in $CHEN:approver $SUN:inspector $ADMIN:administrator; do
	says "the ${who#*:} registers no case" "EACCES no-role" "${who%:*}" "$new_case"
done
says "root is nobody" "EACCES nobody" 0 "$new_unit"
says "a stranger registers no case" "EACCES nobody" $STRANGER "$new_case"
says "the administrator registers a unit" ok $ADMIN "$new_unit"
says "a device" ok $ADMIN "$new_device"
says "a person" ok $ADMIN "$new_person"
for who in $WANG $LI $ZHAO; do
	says "$who registers a case" ok $who "${new_case/47号/47-$who号}"
done
is_now "the unit stands" "370830001009 城关所" unit 城关所 'd["unit"]["code"] + " " + d["unit"]["name"]'
is_now "the device" "WS00031 中都所" device WS00031 'd["device"]["serial"] + " " + d["device"]["unit_name"]'
is_now "the person" "冯雪 2077 中都所 officer True 2023-01-01 2025-12-31" person 083077 '"%(name)s %(uid)d %(unit_name)s %(roles)s %(formal)s %(certified_from)s %(certified_to)s" % d["person"]'
is "folders are there at once" "WS00017 WS00031 083017 083022 083077 083099" "$(as $WANG ls "$M/by-unit/中都所" "$M/by-unit/中都所/WS00031" | grep -v : | xargs)"
is "each is on the ledger, with who" "register.unit 周琳 register.device 周琳 register.person 周琳 register.case 王建国 register.case 李秀英 register.case 赵丽华" \
	"$(events | json '" ".join("%s %s" % (r["event"], r["person_name"]) for r in rows if r["event"][:8] == "register")' | grep -o 'register.unit 周琳 register.device 周琳 register.person 周琳 register.case.*')"

# Amending.
says "the unit's code again: another name" ok $ADMIN "${new_unit/城关所/城东所}"
is_now "it is the same unit" "3 城东所" unit 370830001009 '"%d %s" % (d["unit"]["id"], d["unit"]["name"])'
says "the device moves to it" ok $ADMIN "${new_device/中都所/城东所}"
is "it is below the other unit now" "WS00031" "$(as $WANG ls "$M/by-unit/城东所")"
fails ENOENT "and no longer below the first" as $WANG sys stat "$M/by-unit/中都所/WS00031"
ok "custody register person changes what is given" custody_as $ADMIN register person 083077 冯雪 --roles officer,custodian
is_now "and leaves the rest" "2077 中都所 officer,custodian True 2023-01-01 2025-12-31" person 083077 '"%(uid)d %(unit_name)s %(roles)s %(formal)s %(certified_from)s %(certified_to)s" % d["person"]'
ok "what is taken away is named none" custody_as $ADMIN register person 083077 冯雪 --uid none --unit none --roles none --certified none --auxiliary
is_now "and is gone" "None None  False None None" person 083077 '"%(uid)s %(unit)s %(roles)s %(formal)s %(certified_from)s %(certified_to)s" % d["person"]'
ok "a case's class is amended" custody_as $ZHAO register case "${CASE/47号/47-$WANG号}" --class permanent
is_now "and its party stays" "permanent 汶上县刘记百货店" case "${CASE/47号/47-$WANG号}" '"%(class)s %(party)s" % d["case"]'
ok "names are kept in their composed form" custody_as $ADMIN register unit 370830001010 $'Cafe\u0301'
is_now "that is NFC" $'Caf\u00e9' unit 370830001010 'd["unit"]["name"]'
is "(full-width signs stay as they are)" "（杭临）市监处罚〔2024〕131号" "$(custody_as $ZHAO register case '（杭临）市监处罚〔2024〕131号' --json | json 'd["case"]["number"]')"

# Conflicts.
says "another unit of the same name" "EEXIST conflict name" $ADMIN '{"do":"register.unit","code":"370830001011","name":"中都所"}'
says "another person with the same login" "EEXIST conflict uid" $ADMIN '{"do":"register.person","number":"083078","name":"x","uid":2017,"roles":"officer","formal":true}'
says "a unit named as another's code" "EEXIST conflict name" $ADMIN '{"do":"register.unit","code":"370830001012","name":"370830001003"}'
says "a device of a unit that there is not" "ENOENT not-found unit" $ADMIN '{"do":"register.device","serial":"WS00032","unit":"无此所"}'
says "a person of a unit that there is not" "ENOENT not-found unit" $ADMIN '{"do":"register.person","number":"083079","name":"x","unit":"无此所","roles":"","formal":true}'
is "nothing of that was entered" "ENOENT ENOENT ENOENT ENOENT" "$(for w in "unit 370830001011" "unit 370830001012" "device WS00032" "person 083079"; do custody_as $ADMIN show $w --json 2>"$T/said" | json 'd.get("errno")'; done | xargs)"

# Bad values.
p() { printf '{"do":"register.person","number":"083080","name":"x","roles":"officer","formal":true,%s}' "$1"; }
while IFS='|' read -r fact want request; do
	says "$fact" "$want" $ADMIN "$request"
done <<L
a unit without a name|EINVAL value-bad name|{"do":"register.unit","code":"1"}
with an empty one|EINVAL value-bad name|{"do":"register.unit","code":"1","name":""}
with a slash in it|EINVAL value-bad name|{"do":"register.unit","code":"1","name":"a/b"}
which is ..|EINVAL value-bad name|{"do":"register.unit","code":"1","name":".."}
with a control character|EINVAL value-bad name|{"do":"register.unit","code":"1","name":"a\\u0007"}
with a trailing dot|EINVAL value-bad name|{"do":"register.unit","code":"1","name":"a."}
with a name that programs give|EINVAL value-bad name|{"do":"register.unit","code":"1","name":".nomedia"}
which is no text|EINVAL value-bad name|{"do":"register.unit","code":"1","name":7}
of 86 Chinese characters|EINVAL value-bad name|{"do":"register.unit","code":"1","name":"$(printf '所%.0s' $(seq 86))"}
without a code|EINVAL value-bad code|{"do":"register.unit","name":"x"}
a device without a unit|EINVAL value-bad unit|{"do":"register.device","serial":"WS1"}
a device with a slash|EINVAL value-bad serial|{"do":"register.device","serial":"W/S","unit":"中都所"}
a role that there is not|EINVAL value-bad roles|{"do":"register.person","number":"083080","name":"x","roles":"officer,king","formal":true}
roles that are no text|EINVAL value-bad roles|{"do":"register.person","number":"083080","name":"x","roles":["officer"],"formal":true}
a uid that is text|EINVAL value-bad uid|$(p '"uid":"2080"')
below zero|EINVAL value-bad uid|$(p '"uid":-1')
too great|EINVAL value-bad uid|$(p '"uid":4294967295')
no day|EINVAL value-bad certified_from|$(p '"certified_from":"2023-02-29"')
a day that is a number|EINVAL value-bad certified_from|$(p '"certified_from":20230101')
an end before the beginning|EINVAL value-bad certified_to|$(p '"certified_from":"2023-01-01","certified_to":"2022-12-31"')
an end alone|EINVAL value-bad certified_to|$(p '"certified_to":"2022-12-31"')
formal that is neither|EINVAL value-bad formal|{"do":"register.person","number":"083080","name":"x","roles":"officer","formal":"yes"}
a person's number with a slash|EINVAL value-bad number|{"do":"register.person","number":"0/1","name":"x","roles":"","formal":true}
L
for c in '"number":"未立案"|number' '"number":"a/b"|number' '"number":"x","class":"forever"|class' '"number":"x","class":3|class' '"class":"permanent"|number' '"number":"x","party":"a\u0000b"|None'; do
	is "a case with ${c%|*}" "EINVAL" "$(ask $LI "{\"do\":\"register.case\",${c%|*}}" | json 'd["errno"]' 2>"$T/said" || ask $LI "{\"do\":\"register.case\",${c%|*}}")"
done
is "nothing of that was entered" "$(printf '083017\n083022\n083031\n083077\n083099\nA001\nP041\nP042\nP043')" "$(custody_as $ADMIN list people --json | json 'sorted(r["number"] for r in d["rows"])')"

# Who loses a role loses it at once.
fails 0 "周浩 sees the units" as $ZHOU sys stat "$M/by-unit/中都所"
custody_as $ADMIN register person 083099 周浩 --roles none >"$T/out"
fails ENOENT "without a role he sees none" as $ZHOU sys stat "$M/by-unit/中都所"
is "and lists none" "" "$(as $ZHOU ls "$M/by-unit")"
says "and asks for nothing" "EACCES no-role" $ZHOU '{"do":"list","what":"units"}'
custody_as $ADMIN register person A002 郑和 --uid 2002 --roles admin >"$T/out"
says "a second administrator" ok 2002 '{"do":"register.unit","code":"370830001013","name":"南站所"}'
custody_as 2002 register person A001 周琳 --roles none >"$T/out"
says "takes the first one's role" "EACCES no-role" $ADMIN '{"do":"register.unit","code":"370830001013","name":"南站所"}'
custody_as 2002 register person A001 周琳 --roles admin >"$T/out"

# What is no request.
while IFS='|' read -r fact want request; do
	fails "$want" "$fact" as $ADMIN sys ctl "$CTL" "$request"
done <<'L'
no JSON|EINVAL|hello
half of it|EINVAL|{"do":"status"
a list|EINVAL|["status"]
text after it|EINVAL|{"do":"status"} x
two of them|EINVAL|{"do":"status"}{"do":"status"}
a name twice|EINVAL|{"do":"status","do":"status"}
a number|EINVAL|7
L
fails EINVAL "text that is not UTF-8" as $ADMIN sys ctl "$CTL" $'{"do":"\xff"}'
fails EINVAL "a NUL in it" as $ADMIN sys ctl "$CTL" - < <(printf '{"do":"sta\0tus"}')
fails EINVAL "a hundred thousand brackets" as $ADMIN sys ctl "$CTL" - < <(printf '[%.0s' $(seq 100000))
says "no command" "EINVAL value-bad do" $ADMIN '{}'
says "one that there is not" "EINVAL value-bad do" $ADMIN '{"do":"dispose"}'
says "one that is no text" "EINVAL value-bad do" $ADMIN '{"do":7}'
says "a page of none" "EINVAL value-bad limit" $ADMIN '{"do":"list","what":"units","limit":0}'
says "of too many" "EINVAL value-bad limit" $ADMIN '{"do":"list","what":"units","limit":1001}'
says "from before the beginning" "EINVAL value-bad after" $ADMIN '{"do":"list","what":"units","after":-1}'
says "a list of nothing" "EINVAL value-bad what" $ADMIN '{"do":"list"}'
says "an item by text" "EINVAL value-bad item" $ADMIN '{"do":"show","item":"1"}'
padded() { printf '{"do":"status"%*s}' $(($1 - 15)) ''; }
is "a request of 128 KiB" True "$(padded 131072 | as $ADMIN sys ctl "$CTL" - | head -n 1 | json 'd["ok"]')"
fails EMSGSIZE "and a byte more" as $ADMIN sys ctl "$CTL" - < <(padded 131073)
fails EMSGSIZE "a megabyte and a half" as $ADMIN sys ctl "$CTL" - < <(padded 1500000)
says "after all that it answers" ok $ADMIN '{"do":"status"}'

# Who opened it writes to it, nobody else.
shell_as $ADMIN
is "the administrator's own descriptor" 0 "$(in_shell "exec 7<>'$CTL'; sys fd-write 7 '{\"do\":\"status\"}'")"
end_shell
exec {ctl}<>"$CTL"
fails EACCES "what root opened gives the administrator no say, nor root by him" as $ADMIN sys fd-write $ctl '{"do":"register.unit","code":"9","name":"九"}'
exec {ctl}>&-
shell_as $WANG
is "an officer's own" 0 "$(in_shell "exec 7<>'$CTL'; sys fd-write 7 '{\"do\":\"status\"}'")"
end_shell
is "the unit was not entered" ENOENT "$(custody_as 2002 show unit 九 --json 2>"$T/said" | json 'd["errno"]')"

# Two at once: each gets an answer of its own, and no number is given twice.
many() { local i; for i in $(seq 40); do as "$1" sys ctl "$CTL" "{\"do\":\"register.unit\",\"code\":\"$2$i\",\"name\":\"$2$i\"}" | head -n 1; done >"$T/many.$2"; }
many $ADMIN a &
one=$!
many 2002 b
wait $one
is "every answer is its own" "True True" "$(for w in a b; do json 'all(r["unit"]["name"] == "'$w'%d" % (i + 1) for i, r in enumerate(rows)) and len(rows) == 40' <"$T/many.$w"; done | xargs)"
is "eighty numbers" 80 "$(cat "$T/many.a" "$T/many.b" | json 'len({r["unit"]["id"] for r in rows})')"
as $ADMIN bash -c 'exec 7<>"$1"; for i in $(seq 50); do sys fd-write 7 "{\"do\":\"list\",\"what\":\"units\"}"; done & exec 8<>"$1"; for i in $(seq 50); do sys fd-write 7 "{\"do\":\"status\"}"; done; wait' _ "$CTL" >"$T/out" 2>&1
is "two processes on one descriptor" 100 "$(grep -c '^0$' "$T/out")"

# What a hostile client makes the daemon keep is bounded: descriptors of one user, and the bytes of an answer.
# shellcheck disable=SC2016
is "a user has at most 32 descriptors" "32 EMFILE" "$(as $ADMIN perl -MErrno -e 'my @h; while (@h < 100) { open(my $f, "+<", $ARGV[0]) or last; push @h, $f } print scalar(@h), " ", $!{EMFILE} ? "EMFILE" : $!' "$CTL")"
make_folder 2023-03-14
ok "many large events" as $WANG bash -c 'v=$(head -c 24000 /dev/zero | tr "\0" x); exec 3>"$1"; for i in $(seq 120); do setfattr -n user.big -v "$v" "$1" || exit 1; done' - "$(folder_of 2023-03-14)/big.txt"
# shellcheck disable=SC2016
ok "an answer ends after a megabyte or so, and goes on" as $ADMIN perl -e 'open(my $f, "+<", $ARGV[0]) or die; syswrite($f, "{\"do\":\"log\",\"limit\":1000}") or die; my ($all, $n) = ("", 1); sysseek($f, 0, 0);
	while ($n) { $n = sysread($f, my $part, 65536); $all .= $part } die length $all if length($all) > 2000000 || $all !~ /"next":\d/' "$CTL"
ok "the whole is read page by page" test "$(custody_as $ADMIN --json log | grep -c user.big)" = 120

# The file itself.
is "it is not listed" "" "$(as $ADMIN ls -A "$M" "$M/.custody" | grep -E 'custody$|ctl')"
fails EPERM "it is not deleted" as $ADMIN sys unlink "$CTL"
fails EPERM "nor its folder" as $ADMIN sys rmdir "$M/.custody"
ok "the ledger verifies" custody_as $ADMIN ledger verify
unmount_store
