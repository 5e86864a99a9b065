#!/usr/bin/env bash
# Cases: opened, corrected, linked to items and unlinked, known by further numbers, closed, shown; by custody and by user.custody.case; and who may.
. "$(dirname "$0")/../lib.sh"
KASE=汶市监立〔2023〕47号 OTHER=汶市监立〔2023〕48号 ALIAS=汶市监处罚〔2023〕12号
new_store --test-clock=2023-03-20T09:00
mount_store settle=0 settle_max=0
people
D=$(folder_of 2023-03-14)
make_folder 2023-03-14
for n in 1 2 3; do echo $n | as $WANG tee "$D/000$n.mp4" >/dev/null; done
P=by-unit/中都所/WS00017/083017/2023-03-14/未立案

# ask UID JSON: the control file's answer; said UID JSON: "ok" or "ERRNO reason field".
ask() { as "$1" sys ctl "$M/.custody/ctl" "$2" | head -n 1; }
said() { ask "$1" "$2" | json '"ok" if d["ok"] else "%s %s %s" % (d["errno"], d["reason"], d.get("field"))'; }
case_is() { custody_as $WANG case show "$KASE" --json | json "$1"; }
linked() { case_is '[d["case"]["items"], d["case"]["linked"]]' | paste -sd ' '; }
term() { custody_as $WANG show "$D/$1" --json | json 'd["item"]["retain_until"]'; }
cases_of() { attr_of $WANG "$1" case; }

# --- opened -------------------------------------------------------------------------------------------------------------------------------------------------
ok "a case is opened" custody_as $WANG case open "$KASE" --party 刘记 --cause 销售过期食品
is "with the class that the policy has for cases" evidence-30 "$(case_is 'd["case"]["class"]')"
ok "its party is corrected" custody_as $LI case open "$KASE" --party 汶上县刘记百货店
is "and its cause stays" "汶上县刘记百货店 销售过期食品" "$(case_is '"%(party)s %(cause)s" % d["case"]')"
is "it is found by its new party only" "汶上县刘记百货店" "$(as $CHEN ls "$M/by-case/by-party")"
is "a shorter class is refused" "EPERM shortens class" "$(said $WANG "{\"do\":\"register.case\",\"number\":\"$KASE\",\"class\":\"evidence-10\"}")"
is "one that is no case's" "EINVAL class-unknown class" "$(said $WANG "{\"do\":\"register.case\",\"number\":\"$KASE\",\"class\":\"evidence\"}")"
is "nor one that ends before the case is closed" "EINVAL class-unknown class" "$(said $WANG '{"do":"register.case","number":"新案","class":"patrol"}')"
is "one that there is not" "EINVAL class-unknown class" "$(said $WANG "{\"do\":\"register.case\",\"number\":\"新案\",\"class\":\"forever\"}")"
is "of a refused one nothing is left" "EACCES case-unknown None" "$(said $WANG '{"do":"show","case":"新案"}' | sed 's/ENOENT not-found case/EACCES case-unknown None/')"
ok "a longer one is given" custody_as $ZHAO case open "$OTHER" --class evidence-10
ok "and then a longer one still" custody_as $ZHAO case open "$OTHER" --class permanent
is "and not the first again" "EPERM shortens class" "$(said $ZHAO "{\"do\":\"register.case\",\"number\":\"$OTHER\",\"class\":\"evidence-10\"}")"
for name in 未立案 by-party by-cause .nomedia; do
	is "no case is called $name" "EINVAL value-bad number" "$(said $WANG "{\"do\":\"register.case\",\"number\":\"$name\"}")"
	is "nor by an alias $name" "EINVAL value-bad alias" "$(said $WANG "{\"do\":\"case.alias\",\"case\":\"$KASE\",\"alias\":\"$name\"}")"
done

# --- further numbers ----------------------------------------------------------------------------------------------------------------------------------------
ok "a further number" custody_as $WANG case alias "$KASE" "$ALIAS"
ok "the same once more changes nothing" custody_as $WANG case alias "$KASE" "$ALIAS"
is "it is on the ledger once" 1 "$(events --case "$KASE" | json 'len([r for r in rows if r["event"] == "case.alias"])')"
is "the number of another case is taken" "EEXIST conflict alias" "$(said $WANG "{\"do\":\"case.alias\",\"case\":\"$OTHER\",\"alias\":\"$KASE\"}")"
is "and the alias of another" "EEXIST conflict alias" "$(said $WANG "{\"do\":\"case.alias\",\"case\":\"$OTHER\",\"alias\":\"$ALIAS\"}")"
is "no case is opened under an alias" "EEXIST conflict number" "$(said $WANG "{\"do\":\"register.case\",\"number\":\"$ALIAS\"}")"
is "a case is shown by either" "$KASE" "$(custody_as $WANG case show "$ALIAS" --json | json 'd["case"]["number"]')"
is "a name that can be none" "EINVAL value-bad alias" "$(said $WANG "{\"do\":\"case.alias\",\"case\":\"$KASE\",\"alias\":\"a/b\"}")"
is "a case that there is not" "ENOENT not-found case" "$(said $WANG '{"do":"case.alias","case":"无此案","alias":"x"}')"
ok "a case folder is made by an alias" as $WANG mkdir "${D%/*}/$ALIAS"
echo in | as $WANG tee "${D%/*}/$ALIAS/0009.mp4" >/dev/null
is "what lies in it belongs to the case" "1 0" "$(linked)"
is "and says so by the case's number" "$KASE" "$(cases_of "${D%/*}/$ALIAS/0009.mp4")"

# --- links ----------------------------------------------------------------------------------------------------------------------------------------------------
sum=$(custody_as $WANG show "$D/0001.mp4" --json | json 'd["item"]["content_root"]')
is "one item is linked" "1 0" "$(custody_as $WANG case link "$KASE" "$D/0001.mp4" --json | json '"%(changed)d %(unchanged)d" % d')"
is "its term has no end until the case is closed" "open term-open" "$(term 0001.mp4) $(custody_as $WANG why "$D/0001.mp4" --verb unlink --json | json 'd["reason"]')"
is "its path and its content are what they were" "$P/0001.mp4 $sum" "$(custody_as $WANG show "$D/0001.mp4" --json | json '"%(path)s %(content_root)s" % d["item"]')"
is "the item says so" "$KASE" "$(cases_of "$D/0001.mp4")"
is "one in no case has its folder's name" 未立案 "$(cases_of "$D/0002.mp4")"
is "by an alias and a relative path: that is so already" "0 1" "$(as $WANG bash -c "cd '$D' && custody case link '$ALIAS' 0001.mp4 --json" | json '"%(changed)d %(unchanged)d" % d')"
is "a folder: all that lies in it now" "2 1" "$(custody_as $WANG case link "$KASE" "$D" --json | json '"%(changed)d %(unchanged)d" % d')"
echo late | as $WANG tee "$D/0004.mp4" >/dev/null
is "and not what comes later" "4 3" "$(linked)"
is "what lies in the case's folder need not be linked" "0 1" "$(custody_as $WANG case link "$KASE" "${D%/*}/$ALIAS/0009.mp4" --json | json '"%(changed)d %(unchanged)d" % d')"
is "by numbers" "1 0" "$(custody_as $WANG case link "$OTHER" "$(attr_of $WANG "$D/0001.mp4" id)" --json | json '"%(changed)d %(unchanged)d" % d')"
is "an item of two cases" "$KASE,$OTHER" "$(cases_of "$D/0001.mp4")"
is "has a name in each" 2 "$(as $CHEN find "$M/by-case" -maxdepth 2 -name 0001.mp4 ! -path "*$ALIAS*" | wc -l)"
is "and as many links" "$(as $CHEN find "$M" -inum "$(as $CHEN stat -c %i "$D/0001.mp4")" | wc -l)" "$(as $CHEN stat -c %h "$D/0001.mp4")"
is "through a view" "1 0" "$(custody_as $WANG case link "$OTHER" "$M/by-case/$KASE/0002.mp4" --json | json '"%(changed)d %(unchanged)d" % d')"
is "a whole case" "2 2" "$(custody_as $WANG case link "$OTHER" "$M/by-case/$KASE" --json | json '"%(changed)d %(unchanged)d" % d')"
is "not the whole store" "EINVAL value-bad path" "$(said $WANG "{\"do\":\"case.link\",\"case\":\"$KASE\",\"path\":\"by-officer\"}")"
is "not what there is not" "ENOENT not-found path" "$(said $WANG "{\"do\":\"case.link\",\"case\":\"$KASE\",\"path\":\"$P/none.mp4\"}")"
is "nor an unknown number" "ENOENT not-found items" "$(said $WANG "{\"do\":\"case.link\",\"case\":\"$KASE\",\"items\":[999]}")"
is "nor to a case that there is not" "ENOENT not-found case" "$(said $WANG "{\"do\":\"case.link\",\"case\":\"无此案\",\"path\":\"$P/0001.mp4\"}")"
is "each link is on the ledger, with the item and the case" "$KASE 王建国" "$(events "$D/0002.mp4" | json '["%(case)s %(person_name)s" % r for r in rows if r["event"] == "case.link"][0]')"
fails EPERM "what is linked is not renamed" as $WANG sys rename "$D/0001.mp4" "$D/x.mp4"

before=$(term 0001.mp4)
# --- ending links -----------------------------------------------------------------------------------------------------------------------------------------------
as $CHEN cat "$M/by-case/$KASE/0001.mp4" 2>/dev/null; as $CHEN ls -l "$M/by-case/$KASE" "$M/by-case/$ALIAS" "$M/by-case/by-party/汶上县刘记百货店/$KASE" >/dev/null
is "a link is ended" "1 0" "$(custody_as $WANG case unlink "$KASE" "$D/0001.mp4" --json | json '"%(changed)d %(unchanged)d" % d')"
for p in "$KASE" "$ALIAS" "by-party/汶上县刘记百货店/$KASE" "by-cause/销售过期食品/$KASE"; do
	fails ENOENT "it is out of $p at once" as $CHEN sys stat "$M/by-case/$p/0001.mp4"
done
is "its links are counted anew" "$(as $CHEN find "$M" -inum "$(as $CHEN stat -c %i "$D/0001.mp4")" | wc -l)" "$(as $CHEN stat -c %h "$D/0001.mp4")"
is "it is kept as before" "$before" "$(term 0001.mp4)"
is "it still has the other case" "$OTHER" "$(cases_of "$D/0001.mp4")"
is "what lies in the case's folder is not unlinked" "EPERM in-case path" \
	"$(said $WANG "{\"do\":\"case.unlink\",\"case\":\"$KASE\",\"path\":\"by-unit/中都所/WS00017/083017/2023-03-14/$ALIAS/0009.mp4\"}")"
is "what is not linked is passed over" "0 1" "$(custody_as $WANG case unlink "$KASE" "$D/0004.mp4" --json | json '"%(changed)d %(unchanged)d" % d')"
is "a folder's links are ended" "2 2" "$(custody_as $WANG case unlink "$KASE" "$D" --json | json '"%(changed)d %(unchanged)d" % d')"
is "what lies in its own folder stays" "1 0" "$(linked)"
is "linked again it is there again" "1 0" "$(custody_as $WANG case link "$KASE" "$D/0001.mp4" --json | json '"%(changed)d %(unchanged)d" % d')"
ok "under its name" as $CHEN stat "$M/by-case/$KASE/0001.mp4"

# --- the attribute ------------------------------------------------------------------------------------------------------------------------------------------------
ok "setfattr links an item" as $WANG setfattr -n user.custody.case -v "$ALIAS" "$D/0004.mp4"
is "to the case that is called so" "$KASE" "$(cases_of "$D/0004.mp4")"
ok "a folder" as $LI setfattr -n user.custody.case -v "$KASE" "$D"
is "all that lies in it" "5 4" "$(linked)"
ok "a view's folder" as $LI setfattr -n user.custody.case -v "$OTHER" "$M/by-date/2023-03-14"
is "has all of its items" 5 "$(as $CHEN ls "$M/by-case/$OTHER" | wc -l)"
is "a case's folder has the case's number" "$KASE $KASE" "$(cases_of "$M/by-case/$ALIAS") $(cases_of "${D%/*}/$ALIAS")"
fails EACCES "a case that there is not" as $WANG sys setxattr "$D/0004.mp4" user.custody.case 无此案
fails EINVAL "a name that can be none" as $WANG sys setxattr "$D/0004.mp4" user.custody.case a/b
fails EOPNOTSUPP "not the whole store" as $WANG sys setxattr "$M/by-unit" user.custody.case "$KASE"
fails EACCES "who may not" as $CHEN sys setxattr "$D/0004.mp4" user.custody.case "$KASE"
is "the refusal is on the ledger" "setxattr no-role" "$(events "$D/0004.mp4" | json '["%(verb)s %(reason)s" % r["details"] for r in rows if r["event"] == "refused" and r["person_name"] == "陈志强"][0]')"
ok "setfattr -x ends its links" as $WANG setfattr -x user.custody.case "$D/0004.mp4"
is "all of them" 未立案 "$(cases_of "$D/0004.mp4")"
fails ENOENT "it is out of the case" as $CHEN sys stat "$M/by-case/$KASE/0004.mp4"
ok "a folder's" as $WANG setfattr -x user.custody.case "$D"
is "of all that lies in it" "1 0" "$(linked)"

# --- closed ------------------------------------------------------------------------------------------------------------------------------------------------------
for n in 5 6; do echo $n | as $WANG tee "$D/000$n.mp4" >/dev/null; done
custody_as $WANG case link "$KASE" "$D/0005.mp4" "$D/0006.mp4" >"$T/more.log"
custody_as $WANG case unlink "$KASE" "$D/0006.mp4" >>"$T/more.log"
is "not on a day to come" "EINVAL closed-future date" "$(said $WANG "{\"do\":\"case.close\",\"case\":\"$KASE\",\"date\":\"2023-03-21\"}")"
is "nor before it was opened" "EINVAL closed-early date" "$(said $WANG "{\"do\":\"case.close\",\"case\":\"$KASE\",\"date\":\"2023-03-19\"}")"
is "nor on no day" "EINVAL value-bad date" "$(said $WANG "{\"do\":\"case.close\",\"case\":\"$KASE\",\"date\":\"2023-02-30\"}")"
ok "the clock goes on" custody_as $ADMIN clock set 2023-06-01T09:00
ok "closed" custody_as $LI case close "$KASE" --on 2023-05-31
is "its items' terms begin" "2053-06-01T00:00:00+08:00" "$(term 0005.mp4 | sed 's/\.000//')"
is "that of what was linked once as well" "$(term 0005.mp4)" "$(term 0006.mp4)"
is "a later day lengthens" 2023-06-01 "$(custody_as $LI case close "$KASE" --json | json 'd["case"]["closed"]')"
is "an earlier one does not shorten" "EPERM shortens date" "$(said $LI "{\"do\":\"case.close\",\"case\":\"$KASE\",\"date\":\"2023-05-31\"}")"
is "the same day again is so already" 2 "$(custody_as $LI case close "$KASE" --on 2023-06-01 >"$T/more.log"; events --case "$KASE" | json 'len([r for r in rows if r["event"] == "case.close"])')"

# --- who may, and the messages -----------------------------------------------------------------------------------------------------------------------------------------
for who in $CHEN:approver $SUN:inspector $ADMIN:admin $STRANGER:stranger; do
	why=no-role
	[ "${who#*:}" != stranger ] || why=nobody
	for request in "\"case.link\",\"case\":\"$KASE\",\"items\":[1]" "\"case.unlink\",\"case\":\"$KASE\",\"items\":[1]" "\"case.alias\",\"case\":\"$KASE\",\"alias\":\"z\"" \
		"\"case.close\",\"case\":\"$KASE\"" '"register.case","number":"z"'; do
		is "the ${who#*:} does not: ${request%%,*}" "EACCES $why None" "$(said "${who%:*}" "{\"do\":$request}")"
	done
done
is "a list of a party's cases" "$KASE" "$(custody_as $CHEN case list --party 刘记 --json | json '[r["number"] for r in d["rows"]]')"
is "of a cause" "$KASE" "$(custody_as $CHEN case list --cause 过期 --json | json '[r["number"] for r in d["rows"]]')"
is "of both, where none is" "" "$(custody_as $CHEN case list --party 刘记 --cause 无证 --json | json '[r["number"] for r in d["rows"]]')"
is "of all" 2 "$(custody_as $CHEN case list --json | json 'len(d["rows"])')"
is "the items of a case" "$P/0005.mp4" "$(custody_as $CHEN case show "$KASE" | grep -o "$P.*")"
is "page by page" "$(as $CHEN ls "$M/by-case/$OTHER" | wc -l)" "$(ask $CHEN "{\"do\":\"case.items\",\"case\":\"$OTHER\",\"limit\":1000}" | json 'len(d["rows"])')"
is "the log of a case: its own events and its items'" "case.alias case.close case.link case.unlink deposit.seal register.case" \
	"$(events --case "$ALIAS" | json '" ".join(sorted({r["event"] for r in rows if r["event"] in ("case.alias","case.close","case.link","case.unlink","deposit.seal","register.case")}))')"
is "in Chinese" "将其关联到案件 $KASE" "$(LC_ALL=zh_CN.UTF-8 custody_as $ADMIN log "$D/0002.mp4" | grep -o "将其关联到案件 [^ ]*47号" | head -n 1)"

# --- many -----------------------------------------------------------------------------------------------------------------------------------------------------------
make_folder 2023-03-15
E=$(folder_of 2023-03-15)
as $WANG bash -c "cd '$E' && "'for ((i = 0; i < 1200; i++)); do : >"$i.mp4"; done'
all_there() { [ "$(as $CHEN ls "$E" | wc -l)" = 1200 ]; }
eventually "1,200 items" all_there
is "a folder of 1,200 is linked, page by page" "1200 0" "$(custody_as $WANG case link "$OTHER" "$E" --json | json '"%(changed)d %(unchanged)d" % d')"
is "and unlinked by their paths, batch by batch" "1200 0" "$(as $WANG bash -c "cd '$E' && custody case unlink '$OTHER' *.mp4 --json" | json '"%(changed)d %(unchanged)d" % d')"
state=$(custody_as $CHEN case show "$OTHER" --json; as $CHEN find "$M/by-case" -printf '%p %i %n\n')
unmount_store
ok "the catalog is what the ledger gives" fsck.custodyfs "$T/store"
ok "made anew" fsck.custodyfs --rebuild "$T/store"
mount_store settle=0 settle_max=0
is "it says the same" "$state" "$(custody_as $CHEN case show "$OTHER" --json; as $CHEN find "$M/by-case" -printf '%p %i %n\n')"
