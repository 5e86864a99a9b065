#!/usr/bin/env bash
# Every refused attempt is on the ledger: who, with which process and program, what, where and why.  A storm of them is counted, and cannot flood it.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
HERE=by-unit/中都所/WS00017/083017/2023-03-14/未立案
head -c 100000 /dev/urandom >"$T/clip"
chmod 644 "$T/clip"
as $WANG cp "$T/clip" "$D/clip"
as $WANG cp "$T/clip" "$D/other"
ITEM=$(custody_as $ADMIN show --json "$D/clip" | json 'd["item"]["item"]')

# An attempt in the background, so that its process is known; the entry that it should leave goes to the list of expected ones.
: >"$T/want"
attempt() { # UID ERRNO WANTED(verb reason path item) VERB ARG…
	local uid=$1 errno=$2 wanted=$3 pid got
	shift 3
	setpriv --reuid="$uid" --regid="$uid" --clear-groups -- sys "$@" >"$T/got" 2>&1 &
	pid=$!
	wait $pid
	got=$(tail -n 1 "$T/got")
	is "$1 by $uid: $errno" "$errno" "$got"
	printf '%s %s %s %s sys %s\n' "$uid" "$uid" "$errno" "$pid" "$wanted" >>"$T/want"
}
attempt $ZHANG EACCES "open-read grant-none $HERE/clip $ITEM" read "$D/clip"
attempt $WANG EACCES "open-read grant-none $HERE/clip $ITEM" read "$D/clip"
attempt $SUN EACCES "open-read grant-none $HERE/clip $ITEM" read "$D/clip"
attempt $WANG EPERM "open-write sealed $HERE/clip $ITEM" open "$D/clip" O_WRONLY
attempt $CHEN EPERM "open-write sealed $HERE/clip $ITEM" open "$D/clip" O_RDWR
attempt $WANG EPERM "truncate sealed $HERE/clip $ITEM" truncate "$D/clip" 0
attempt $WANG EPERM "unlink retained $HERE/clip $ITEM" unlink "$D/clip"
attempt $ADMIN EPERM "unlink retained $HERE/clip $ITEM" unlink "$D/clip"
attempt $WANG EPERM "rename label-fixed $HERE/clip $ITEM" rename "$D/clip" "$D/clip2"
attempt $WANG EPERM "rename-over no-replace $HERE/clip $ITEM" rename "$D/clip" "$D/other"
attempt $WANG EPERM "chmod label-fixed $HERE/clip $ITEM" chmod "$D/clip" 600
attempt $WANG EPERM "chown label-fixed $HERE/clip $ITEM" chown "$D/clip" 1 1
attempt $WANG EPERM "utimens label-fixed $HERE/clip $ITEM" utimens "$D/clip" 1000
attempt $WANG EOPNOTSUPP "setxattr not-supported $HERE/clip $ITEM" setxattr "$D/clip" user.x y
attempt $WANG EPERM "link never-allowed $HERE/clip $ITEM" link "$D/clip" "$D/hard"
attempt $WANG EPERM "symlink never-allowed $HERE/soft None" symlink "$D/clip" "$D/soft"
attempt $WANG EPERM "mknod never-allowed $HERE/pipe None" mkfifo "$D/pipe"
attempt $WANG EPERM "mkdir subfolder $HERE/sub None" mkdir "$D/sub"
attempt $WANG EINVAL "create name-bad $HERE/a:b None" write "$D/a:b" O_WRONLY,O_CREAT x
attempt $WANG EINVAL "create path-short by-unit/中都所/WS00017/083017/2023-03-14/x None" write "${D%/*}/x" O_WRONLY,O_CREAT x
attempt $ZHANG EACCES "create not-yours $HERE/mine None" write "$D/mine" O_WRONLY,O_CREAT x
attempt $WANG EINVAL "mkdir date-bad by-unit/中都所/WS00017/083017/2023-02-30 None" mkdir "${D%/*/*}/2023-02-30"
attempt $WANG EINVAL "mkdir date-future by-unit/中都所/WS00017/083017/2023-03-15 None" mkdir "${D%/*/*}/2023-03-15"
attempt $WANG EACCES "mkdir device-unknown by-unit/中都所/WS00099 None" mkdir "$M/by-unit/中都所/WS00099"
attempt $WANG EACCES "mkdir unit-unknown by-unit/城关所 None" mkdir "$M/by-unit/城关所"
attempt $WANG EACCES "mkdir case-unknown by-unit/中都所/WS00017/083017/2023-03-14/无此案 None" mkdir "${D%/*}/无此案"
attempt $WANG EPERM "rmdir structure by-unit/中都所/WS00017 None" rmdir "$M/by-unit/中都所/WS00017"
attempt $WANG EPERM "rename structure by-unit/中都所/WS00017 None" rename "$M/by-unit/中都所/WS00017" "$M/by-unit/中都所/WS"
attempt $STRANGER EACCES "mkdir nobody by-unit/中都所 None" mkdir "$M/by-unit/中都所"
attempt 0 EACCES "mkdir nobody by-unit/中都所 None" mkdir "$M/by-unit/中都所"
custody_as $LI request "$D/clip" --purpose 核查 >"$T/out" 2>&1
custody_as $ZHANG register unit 1 x >>"$T/out" 2>&1
custody_as $ZHANG approve 1 >>"$T/out" 2>&1
events | json '["%s %s %s %d %s %s %s %s %s" % (r["subject"]["uid"], r["subject"]["gid"], r["details"]["errno"], r["subject"]["pid"], r["subject"]["program"].split("/")[-1],
	r["details"]["verb"], r["details"]["reason"], r["details"]["path"], r["item"]) for r in rows if r["event"] == "refused" and r["details"]["verb"] != "command"]' >"$T/have"
is "each of them is on the ledger, in order: who, errno, process, program, verb, reason, where, item" "" "$(diff "$T/want" "$T/have")"
is "and each command that was refused" "register.unit no-role
approve no-role" "$(events --person 083031 | json '[r["details"]["path"] + " " + r["details"]["reason"] for r in rows if r["event"] == "refused" and r["details"]["verb"] == "command"]')"
is "a person is named by number" "083017 083031 P041" "$(events | json '" ".join(sorted({r["subject"]["person"] for r in rows if r["event"] == "refused"} & {"083017", "083031", "P041"}))')"
is "who is no person has a uid alone" "None None" "$(events | json '" ".join({r["subject"]["uid"]: str(r["subject"]["person"]) for r in rows if r["event"] == "refused"}[u] for u in (0, 2999))')"
is "the daemon's log says each" "$(wc -l <"$T/want")" "$(grep 'refused:' "$T/log" | grep -vc 'refused: command')"
is "the sentence is in it" 1 "$(grep 'refused: symlink' "$T/log" | grep -c 'Links, device files')"

# A name that is no text must not break the record.
fails EINVAL "a name that is not UTF-8" as $WANG sys write "$D/"$'\xff\xfe' O_WRONLY,O_CREAT x
fails EINVAL "a name with a line break" as $WANG sys write "$D/a"$'\n'"refused: by uid 0" O_WRONLY,O_CREAT x
PROG=$T/$'x\ncustodyfs: forged'
cp "$(command -v sys)" "$PROG"
fails EACCES "a program with a line in its name" as $ZHANG "$PROG" read "$D/other"
is "writes no line of its own" 0 "$(grep -c '^custodyfs: forged' "$T/log")"
is "each is one line of the log" 2 "$(grep -c 'refused: create .* by uid 2017' "$T/log")"
ok "the ledger still verifies" custody_as $ADMIN ledger verify

# Faster than a clock of milliseconds: the last one is the last.
is "of refusals in one moment the last is told" 50 "$(as $WANG /usr/bin/python3 -c 'import os, sys
told = 0
for n in range(50):
    for name in ("2023-02-30", "2023-03-15") if n % 2 else ("2023-03-15", "2023-02-30"):
        try: os.mkdir(sys.argv[1] + "/" + name)
        except OSError: pass
    told += ("future" in os.getxattr(sys.argv[1], "user.custody.why").decode()) == (name == "2023-03-15")
print(told)' "${D%/*/*}")"

# Storms.
refused_now() { custody -s "$T/store" log --json | json "(lambda l: '%d %d' % (len(l), sum(l)))([r['details']['count'] for r in rows if r['event'] == 'refused' and r['details']['verb'] == '$1' and r['subject']['uid'] == $2])"; }
few() { # FACT TOTAL MOST "ENTRIES TOTAL"
	is "$1: all are counted" "$2" "${4#* }"
	if [ "${4% *}" -le "$3" ]; then pass "$1: ${4% *} entries are few"; else fail "$1: entries are few" "${4% *}, more than $3"; fi
}
fails EACCES "2000 times the same file" as $LI sys open-many "$D/other" 2000
fails EPERM "2000 times for writing" as $SUN /usr/bin/python3 - "$D/other" <<'P'
import errno, os, sys
for i in range(2000):
    try:
        os.open(sys.argv[1], os.O_WRONLY)
        last = 0
    except OSError as e:
        last = e.errno
print(errno.errorcode.get(last, last))
P
is "the first of a storm is recorded at once" 1 "$(events --person 083022 | json 'sum(r["event"] == "refused" and r["details"]["verb"] == "open-read" and r["details"]["count"] == 1 for r in rows)')"
mkdir "$T/many"
for i in $(seq 500); do printf '%s' "$i" >"$T/many/$i"; done
chmod -R a+rX "$T/many"
as $WANG cp "$T"/many/* "$D/"
fails EACCES "a walk over 500 files by one who may read none" as $ZHAO /usr/bin/python3 - "$D" <<'P'
import errno, os, sys
for d, _, names in os.walk(sys.argv[1]):
    for n in names:
        try:
            open(os.path.join(d, n))
            last = 0
        except OSError as e:
            last = e.errno
print(errno.errorcode.get(last, last))
P
fails EACCES "500 folders that are not there" as $ZHAO /usr/bin/python3 - "$M/by-unit/中都所" <<'P'
import errno, os, sys
for i in range(500):
    try:
        os.mkdir("%s/WS%05d" % (sys.argv[1], 50000 + i))
        last = 0
    except OSError as e:
        last = e.errno
print(errno.errorcode.get(last, last))
P
before=$(custody_as $ADMIN status --json | json 'd["ledger"]["size"]')
unmount_store
few "2000 opens of one file" 2000 4 "$(refused_now open-read $LI)"
few "2000 opens for writing" 2000 4 "$(refused_now open-write $SUN)"
few "a walk over 502 files" 502 64 "$(refused_now open-read $ZHAO)"
few "500 folders" 500 64 "$(refused_now mkdir $ZHAO)"
after=$(custody -s "$T/store" status --json | json 'd["ledger"]["size"]')
if [ $((after - before)) -lt 40 ]; then pass "unmounting adds few"; else fail "unmounting adds few" "$before, then $after"; fi
ok "the ledger verifies" custody -s "$T/store" ledger verify
