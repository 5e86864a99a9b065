#!/usr/bin/env bash
# Views (Q15): the same items under by-case, by-officer, by-device and by-date; the same inodes, with link counts that add up, in order, after every mount; nothing is
# changed through them, and nobody sees more in them than under by-unit.
. "$(dirname "$0")/../lib.sh"
KASE=汶市监立〔2023〕47号 ALIAS=汶市监处罚〔2023〕12号 PARTY=汶上县刘记百货店 CAUSE='销售过期食品/无证.'
new_store --test-clock=2023-03-16T18:30
mount_store settle=0 settle_max=0
people
custody_as $WANG case open "$KASE" --party "$PARTY" --cause "$CAUSE" >"$T/more.log"
custody_as $WANG case alias "$KASE" "$ALIAS" >>"$T/more.log"
custody_as $ZHANG case open "空案" --party "$PARTY" >>"$T/more.log"
U=$M/by-unit/中都所/WS00017/083017 Z=$M/by-unit/稽查大队/WS00023/083031
as $WANG mkdir -p "$U/2023-03-14/未立案" "$U/2023-03-14/$KASE" "$U/2023-03-15/$ALIAS" "$U/2023-03-13/未立案"
as $ZHANG mkdir -p "$Z/2023-03-14/未立案" "$Z/2023-03-14/$KASE"
n=0
put() { n=$((n + 1)); printf 'bytes %d\n' $n >"$T/f"; chmod 644 "$T/f"; as "$1" cp "$T/f" "$2"; }
for name in b.mp4 a.mp4 证据.jpg 'z z.log'; do put $WANG "$U/2023-03-14/未立案/$name"; done
put $WANG "$U/2023-03-14/$KASE/x.mp4"
put $WANG "$U/2023-03-15/$ALIAS/x.mp4"
put $ZHANG "$Z/2023-03-14/$KASE/x.mp4"
put $ZHANG "$Z/2023-03-14/未立案/y.mp4"

files() { (cd "$M/$1" && as $CHEN find . -type f | sed 's#^\./##' | LC_ALL=C sort); }
every() { (cd "$M" && as $CHEN find . -mindepth 1 -printf "$1\n"); }

# --- what is where ----------------------------------------------------------------------------------------------------------------------------------------
rearranged() { files by-unit | awk -F/ -v OFS=/ "{ print $1 }" | LC_ALL=C sort; }
is "by-officer is by-unit in another order" "$(rearranged '$3,$4,$1,$2,$5,$6')" "$(files by-officer)"
is "by-device too" "$(rearranged '$2,$4,$1,$3,$5,$6')" "$(files by-device)"
is "by-date too" "$(rearranged '$4,$1,$2,$3,$5,$6')" "$(files by-date)"
is "folders in which nothing lies do not show" "2023-03-14
2023-03-15" "$(as $CHEN ls "$M/by-date")"
is "nor officers, nor devices" "083017 083031 WS00017 WS00023" "$( (as $CHEN ls "$M/by-officer" && as $CHEN ls "$M/by-device") | paste -sd ' ')"
fails ENOENT "they are not found by name either" as $CHEN sys stat "$M/by-date/2023-03-13"
fails ENOENT "nor an officer who has recorded nothing" as $CHEN sys stat "$M/by-officer/083022"
fails ENOENT "nor what is no date" as $CHEN sys stat "$M/by-date/2023-02-30"
FIRST=$(attr_of $CHEN "$U/2023-03-14/$KASE/x.mp4" id)
IN_CASE=$(printf 'x (%d).mp4\nx (%d).mp4\nx.mp4' $((FIRST + 1)) $((FIRST + 2)))
is "a case has what lies in its folders, by number or alias, each name once" "$IN_CASE" "$(as $CHEN ls "$M/by-case/$KASE")"
is "the first keeps its name" "$FIRST" "$(attr_of $CHEN "$M/by-case/$KASE/x.mp4" id)"
is "an alias browses to the same" "$IN_CASE" "$(as $CHEN ls "$M/by-case/$ALIAS")"
is "by party" "$IN_CASE" "$(as $CHEN ls "$M/by-case/by-party/$PARTY/$KASE")"
is "by cause, what a name cannot hold written full-width" "$IN_CASE" "$(as $CHEN ls "$M/by-case/by-cause/销售过期食品／无证．/$KASE")"
is "the cases of a party" "汶市监立〔2023〕47号 空案" "$(as $CHEN ls "$M/by-case/by-party/$PARTY" | paste -sd ' ')"
is "a case has its folder before anything is in it" "" "$(as $CHEN ls "$M/by-case/空案")"
fails ENOENT "what has no case is no case" as $CHEN sys stat "$M/by-case/未立案"
is "a search for a case number finds it in all places" "by-case by-date by-device by-officer by-unit" \
	"$(cd "$M" && as $CHEN find . -name '*47号*' | cut -d/ -f2 | sort -u | paste -sd ' ')"
is "ls -lR goes through all of it" 0 "$(as $CHEN ls -lR "$M" >"$T/lslr" 2>&1; echo $?)"

# --- inodes, links, order -----------------------------------------------------------------------------------------------------------------------------------
is "folders all have numbers of their own" "" "$(every '%y %i' | grep ^d | sort | uniq -d)"
is "an item has the same everywhere, and as many links as names" "" \
	"$(every '%y %i %n' | grep ^f | sort | uniq -c | awk '$1 != $4 { print }')"
is "with its own label everywhere" "$(every '%y %i %s %T@ %m %U' | grep ^f | sort -u | wc -l)" "$(files by-unit | wc -l)"
is "an item of no case: by-unit and three views" 4 "$(as $CHEN stat -c %h "$U/2023-03-14/未立案/a.mp4")"
is "one of a case with a party, a cause and an alias: four more" 8 "$(as $CHEN stat -c %h "$M/by-case/$ALIAS/x.mp4")"
unordered() {
	as $CHEN /usr/bin/python3 -c 'import os, sys
for top, folders, files in os.walk(os.fsencode(sys.argv[1])):
    names = os.listdir(top)
    if names != sorted(names): print(os.fsdecode(top))
    for e in os.scandir(top):
        if e.inode() != os.lstat(e.path).st_ino: print("inode", os.fsdecode(e.path))' "$M"
}
is "every folder is listed in order, with the inodes that stat tells" "" "$(unordered)"
is "the folder above" "$(as $CHEN stat -c %i "$M/by-officer")" "$(as $CHEN stat -c %i "$M/by-officer/083017/..")"
for d in by-case "by-case/$KASE" by-officer/083017 by-device/WS00017/2023-03-14 by-date/2023-03-14/中都所/WS00017/083017/未立案; do
	fails 0 "going back to a place in $d" as $CHEN sys seekdir "$M/$d"
done
before=$(every '%p %y %i %n %s %T@' | grep -v ' d .* ' | sort; every '%p %i' | sort)

# --- nothing is changed -----------------------------------------------------------------------------------------------------------------------------------
V=$M/by-officer/083017/2023-03-14/中都所/WS00017/未立案
for d in "$M/by-officer" "$M/by-date/2023-03-14" "$V" "$M/by-case" "$M/by-case/$KASE" "$M/by-case/by-party" "$M/by-case/by-party/$PARTY"; do
	w="in ${d#"$M/"}"
	fails EPERM "no file $w" as $WANG sys write "$d/new" O_WRONLY,O_CREAT x
	fails EPERM "no folder $w" as $WANG sys mkdir "$d/2023-03-16"
	fails EPERM "no symbolic link $w" as $WANG sys symlink x "$d/new"
	fails EPERM "no hard link $w" as $WANG sys link "$U/2023-03-14/未立案/a.mp4" "$d/new"
	fails EPERM "no device $w" as $WANG sys mknod "$d/new"
	fails EPERM "nothing is moved into it, $w" as $WANG sys rename "$U/2023-03-14/未立案/a.mp4" "$d/new"
	fails EPERM "its times and mode stay, $w" as $WANG sys chmod "$d" 0700
	fails EPERM "nobody may write $w" as $WANG sys access "$d" W_OK
	fails 0 "everybody may look $w" as $WANG sys access "$d" R_OK,X_OK
done
fails EPERM "nothing is removed" as $WANG sys unlink "$V/a.mp4"
fails EPERM "nor from a case" as $WANG sys unlink "$M/by-case/$KASE/x.mp4"
fails EPERM "no folder" as $WANG sys rmdir "$M/by-date/2023-03-14"
fails EPERM "no case" as $WANG sys rmdir "$M/by-case/空案"
fails EPERM "nothing is renamed" as $WANG sys rename "$V/a.mp4" "$V/c.mp4"
fails EPERM "no folder either" as $WANG sys rename "$M/by-case/$KASE" "$M/by-case/x"
fails EPERM "nothing is moved out" as $WANG sys rename "$V/a.mp4" "$U/2023-03-14/未立案/c.mp4"
fails EPERM "nor exchanged" as $WANG sys rename2 "$V/a.mp4" "$V/b.mp4" EXCHANGE
fails EPERM "nor over another" as $WANG sys rename "$V/a.mp4" "$V/b.mp4"
fails EPERM "content is sealed here too" as $WANG sys write "$V/a.mp4" O_WRONLY x
fails EPERM "and not truncated" as $WANG sys truncate "$M/by-case/$KASE/x.mp4" 0
fails ENOENT "root sees nothing that it could remove" sys unlink "$V/a.mp4"
is "custody why says where to go" view "$(custody_as $WANG why "$M/by-case/$KASE" --json | json 'd["reason"]')"
is "and the attribute" "$(custody_as $WANG why "$M/by-case/$KASE" --json | json 'd["text"]')" "$(attr_of $WANG "$M/by-case/$KASE" why)"
is "a folder's refusal is on the ledger with the view's path" "mkdir view by-case/$KASE/2023-03-16" \
	"$(events | json '["%(verb)s %(reason)s %(path)s" % r["details"] for r in rows if r["event"] == "refused" and r["details"]["path"].startswith("by-case/'"$KASE"'/2023")]')"
is "an item's with its own" "unlink view by-unit/中都所/WS00017/083017/2023-03-14/未立案/a.mp4" \
	"$(events | json '["%(verb)s %(reason)s %(path)s" % r["details"] for r in rows if r["event"] == "refused" and r["details"]["verb"] == "unlink" and "a.mp4" in r["details"]["path"]][:1]')"
is "all of it is as it was" "$before" "$(every '%p %y %i %n %s %T@' | grep -v ' d .* ' | sort; every '%p %i' | sort)"

# --- reading ------------------------------------------------------------------------------------------------------------------------------------------------
fails EACCES "no reading without approval" as $ZHANG sys read "$M/by-case/$KASE/x.mp4"
is "it is requested by a view's path" "by-unit/中都所/WS00017/083017/2023-03-14/$KASE/x.mp4" \
	"$(custody_as $ZHANG request "$M/by-case/$ALIAS/x.mp4" --purpose 核对进货查验 --json | json 'd["request"]["paths"][0]')"
custody_as $CHEN approve 1 >>"$T/more.log"
is "and read, through any view" "bytes 5" "$(as $ZHANG cat "$M/by-case/$KASE/x.mp4")"
is "as under by-unit" "bytes 5" "$(as $ZHANG cat "$U/2023-03-14/$KASE/x.mp4")"
fails EACCES "the other of its name is another item" as $ZHANG sys read "$M/by-case/$KASE/x ($((FIRST + 1))).mp4"
is "each opening is on the ledger" 2 "$(events "$M/by-case/$KASE/x.mp4" | json 'len([r for r in rows if r["event"] == "read.open"])')"
custody_as $ZHANG request "$M/by-case/$ALIAS" --purpose 核对进货查验 >>"$T/more.log"
custody_as $CHEN approve 2 >>"$T/more.log"
is "a case's folder is requested as the case" "bytes 6" "$(as $ZHANG cat "$M/by-case/$KASE/x ($((FIRST + 1))).mp4")"
fails EACCES "and nothing beside it is approved" as $ZHANG sys read "$V/a.mp4"
is "attributes are read through views" "$(attr_of $CHEN "$U/2023-03-14/未立案/a.mp4" id)" "$(attr_of $CHEN "$V/a.mp4" id)"

# --- questions ----------------------------------------------------------------------------------------------------------------------------------------------
is "custody show takes a view's path" "by-unit/中都所/WS00017/083017/2023-03-14/未立案/a.mp4" "$(custody_as $CHEN show "$V/a.mp4" --json | json 'd["item"]["path"]')"
is "of a case's folder it tells the case" "$KASE 3" "$(custody_as $CHEN show "$M/by-case/$ALIAS" --json | json '"%(case)s %(items)d" % d["folder"]')"
is "custody log of a view's folder tells of what lies in it" "4" "$(events "$V" | json 'len([r for r in rows if r["event"] == "deposit.seal"])')"
is "of a day" "7" "$(events "$M/by-date/2023-03-14" | json 'len([r for r in rows if r["event"] == "deposit.seal"])')"
is "of a party: its cases, and what is in them" "3 2" \
	"$(events "$M/by-case/by-party/$PARTY" | json '"%d %d" % (len([r for r in rows if r["event"] == "deposit.seal"]), len([r for r in rows if r["event"] == "register.case"]))')"
is "custody verify too" "3" "$(custody_as $LI verify "$M/by-case/$KASE" --json | json 'd["items"]')"
for p in by-officer by-officer/083017 "by-case/$KASE/x.mp4" "by-case/by-party/$PARTY/$KASE" by-device/WS00017/2023-03-14/中都所; do
	is "the same offline: log of $p" "$(events "$M/$p" | json '[r["seq"] for r in rows][:20]')" "$(custody -s "$T/store" log --json "$p" | json '[r["seq"] for r in rows][:20]')"
done

# --- who sees it --------------------------------------------------------------------------------------------------------------------------------------------
for uid in $STRANGER 0; do
	as $CHEN ls -lR "$M" >/dev/null
	for p in by-officer/083017 by-device/WS00017 by-date/2023-03-14 "by-case/$KASE" by-case/by-party "by-case/by-party/$PARTY/$KASE/x.mp4" "${V#"$M/"}/a.mp4"; do
		fails ENOENT "uid $uid has no $p" as "$uid" sys stat "$M/$p"
	done
	is "uid $uid sees nothing in by-case" "" "$(as "$uid" ls -A "$M/by-case")"
done
custody_as $ADMIN register person P041 陈志强 --uid $CHEN --roles none >>"$T/more.log"
for p in by-officer/083017 by-date/2023-03-14/中都所/WS00017/083017/未立案/a.mp4 "by-case/$KASE/x.mp4"; do
	fails ENOENT "who has lost the role is stopped: $p" as $CHEN sys stat "$M/$p"
done
custody_as $ADMIN register person P041 陈志强 --uid $CHEN --roles approver >>"$T/more.log"

# --- after another mount --------------------------------------------------------------------------------------------------------------------------------------
unmount_store
mount_store settle=600 settle_max=600
is "after a remount all is the same, inode numbers and all" "$before" "$(every '%p %y %i %n %s %T@' | grep -v ' d .* ' | sort; every '%p %i' | sort)"

# --- while it is received, and while it settles -------------------------------------------------------------------------------------------------------------
shell_as $WANG
in_shell "exec 5>'$U/2023-03-15/$ALIAS/late.mp4'" >/dev/null
is "what is being received is in no view, for its depositor either" "" "$(as $WANG find "$M"/by-[cdo]* -name late.mp4)"
in_shell "exec 5>&-" >/dev/null
in_all() { [ "$(as $WANG find "$M" -name late.mp4 | wc -l)" = 8 ]; }
eventually "it is in all of them once it is sealed" in_all
as $WANG mv "$U/2023-03-15/$ALIAS/late.mp4" "$U/2023-03-15/$ALIAS/later.mp4"
fails ENOENT "renamed while it settles, its old name is gone from the case" as $WANG sys stat "$M/by-case/$KASE/late.mp4"
fails ENOENT "and from the other views" as $WANG sys stat "$M/by-date/2023-03-15/中都所/WS00017/083017/$ALIAS/late.mp4"
is "and its new one is there" 8 "$(as $WANG find "$M" -name later.mp4 | wc -l)"
as $WANG mkdir "$U/2023-03-15/未立案"
as $WANG mv "$U/2023-03-15/$ALIAS/later.mp4" "$U/2023-03-15/未立案/x.mp4"
is "moved out of the case's folder it is out of the case" "$IN_CASE" "$(as $CHEN ls "$M/by-case/$KASE")"
is "with four names" 4 "$(as $CHEN stat -c %h "$U/2023-03-15/未立案/x.mp4")"
as $WANG rm "$U/2023-03-15/未立案/x.mp4"
is "withdrawn it is nowhere" "" "$(as $WANG find "$M/by-date/2023-03-15" "$M/by-officer/083017/2023-03-15" -name '未立案')"
as $WANG touch "$U/2023-03-15/$ALIAS/x (9).mp4" "$U/2023-03-15/$ALIAS/empty"
is "an empty one shows" 8 "$(as $CHEN stat -c %h "$M/by-case/$KASE/empty")"
printf 'no more\n' | as $WANG tee "$U/2023-03-15/$ALIAS/empty" >/dev/null
is "and once it is written" "8 8" "$(as $CHEN stat -c '%h %s' "$M/by-case/$KASE/empty")"
in_shell "exec 5>'$U/2023-03-15/$ALIAS/x (9).mp4'" >/dev/null
fails ENOENT "while it is opened again it is gone" as $CHEN sys stat "$M/by-case/$KASE/x (9).mp4"
in_shell "exec 5>&-" >/dev/null
eventually "and comes back" as $CHEN stat "$M/by-case/$KASE/x (9).mp4"
LONG=$(printf '长%.0s' $(seq 84))
for day in 14 15; do put $WANG "$U/2023-03-$day/$([ $day = 14 ] && echo "$KASE" || echo "$ALIAS")/$LONG.mp"; done
is "a long name is cut between characters where another has it" "255 255" \
	"$(as $CHEN ls "$M/by-case/$KASE" | grep ^长 | while read -r l; do printf %s "$l" | wc -c; done | sort -rn | awk '$1 <= 255 && $1 > 250 { print 255 }' | paste -sd ' ')"
is "and is still text" "" "$(as $CHEN ls "$M/by-case/$KASE" | iconv -f UTF-8 -t UTF-8 2>&1 >/dev/null)"
end_shell
unmount_store
ok "the catalog is what the ledger gives" fsck.custodyfs "$T/store"
