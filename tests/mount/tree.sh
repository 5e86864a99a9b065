#!/usr/bin/env bash
# The tree as file managers and command-line tools see it: stable inode numbers, whole and ordered listings, stat and statfs that add up, answers of access(2), and who sees what.
. "$(dirname "$0")/../lib.sh"
KASE=汶市监立〔2023〕47号
MANY=3000
new_store --test-clock=2023-03-14T18:30
mount_store settle=0 settle_max=0
people
custody_as $LI register case "$KASE" --party 汶上县刘记百货店 --cause 经营超过保质期食品 --class evidence-30 >"$T/more.log"
make_folder 2023-03-14
make_folder 2023-03-14 "$KASE"
make_folder 2023-03-13
D=$(folder_of 2023-03-14)
E=$(folder_of 2023-03-14 "$KASE")
mkfifo -m 666 "$T/go"

mkdir -m 755 "$T/card"
head -c 150001 /dev/urandom >"$T/card/0001.mp4"
head -c 4096 /dev/urandom >"$T/card/0002.jpg"
: >"$T/card/0003.log"
printf x >"$T/card/证据.txt"
touch -d 2023-03-14T09:30:12.5+08:00 "$T/card"/*
chmod 644 "$T/card"/*
as $WANG cp -p "$T/card/"* "$D/"
as $WANG cp -p "$T/card/0001.mp4" "$E/"

below() { (cd "$M" && as "$1" find by-unit -printf "$2\n" | sort); }

# --- what is there ----------------------------------------------------------------------------------------------------------------------------------------
is "the top" "by-case by-date by-device by-officer by-unit" "$(ls -A "$M" | paste -sd " ")"
is "the tree" "by-unit
by-unit/中都所
by-unit/中都所/WS00017
by-unit/中都所/WS00017/083017
by-unit/中都所/WS00017/083017/2023-03-13
by-unit/中都所/WS00017/083017/2023-03-13/未立案
by-unit/中都所/WS00017/083017/2023-03-14
by-unit/中都所/WS00017/083017/2023-03-14/未立案
by-unit/中都所/WS00017/083017/2023-03-14/未立案/0001.mp4
by-unit/中都所/WS00017/083017/2023-03-14/未立案/0002.jpg
by-unit/中都所/WS00017/083017/2023-03-14/未立案/0003.log
by-unit/中都所/WS00017/083017/2023-03-14/未立案/证据.txt
by-unit/中都所/WS00017/083017/2023-03-14/$KASE
by-unit/中都所/WS00017/083017/2023-03-14/$KASE/0001.mp4
by-unit/中都所/WS00017/083022
by-unit/中都所/WS00017/083099
by-unit/稽查大队
by-unit/稽查大队/WS00023
by-unit/稽查大队/WS00023/083031" "$(below $ZHANG %p | LC_ALL=C.UTF-8 sort)"
fails 0 "the control file is there, and not listed" as $STRANGER sys stat "$M/.custody/ctl"
fails ENOENT "a name that is not there" as $WANG sys stat "$D/0009.mp4"
fails ENOENT "a case folder that is not there" as $WANG sys stat "$M/by-unit/中都所/WS00017/083017/2023-03-12"
fails ENOTDIR "a file is no folder" as $WANG sys stat "$D/0001.mp4/x"

# --- stat -------------------------------------------------------------------------------------------------------------------------------------------------
is "an item: type, links, size, blocks, owner" "regular file 4 150001 293 $WANG $WANG" "$(as $ZHANG stat -c '%F %h %s %b %u %g' "$D/0001.mp4")"
is "what cp copies at once" 1048576 "$(as $ZHANG stat -c %o "$D/0001.mp4")"
is "its time is the source's" "$(stat -c %y "$T/card/0001.mp4")" "$(as $ZHANG stat -c %y "$D/0001.mp4")"
is "an empty item" "regular empty file 0 0" "$(as $ZHANG stat -c '%F %s %b' "$D/0003.log")"
is "a folder" "directory 755" "$(as $ZHANG stat -c '%F %a' "$D")"
is "inode numbers are all different" "" "$(below $ZHANG %i | uniq -d)"
is "du sums up what is there" $((2 * 150001 + 4096 + 1)) "$(as $ZHANG du -sb --apparent-size "$M/by-unit" | cut -f1)"
is "find by size, type and time" "$D/0002.jpg" "$(as $ZHANG find "$M/by-unit" -type f -size -5k -size +2k ! -newermt 2023-03-14T10:00+08:00)"
is "find goes no deeper than there is (leaf optimisation)" 2 "$(as $ZHANG find "$M/by-unit" -name 0001.mp4 | wc -l)"
is "a folder is its own parent's child" "$(as $ZHANG stat -c %i "$D/..")" "$(as $ZHANG stat -c %i "${D%/*}")"
is "device numbers are all the same" 1 "$(below $ZHANG %D | uniq | wc -l)"
is "statfs: longest name" 255 "$(stat -f -c %l "$M")"
is "statfs: the backing file system's size" "$(stat -f -c '%b %S' "$T/store")" "$(stat -f -c '%b %S' "$M")"
is "statfs: what is free is less than all" yes "$([ "$(stat -f -c %a "$M")" -gt 0 ] && [ "$(stat -f -c %a "$M")" -le "$(stat -f -c %b "$M")" ] && echo yes)"
ok "df" as $ZHANG df "$M"

# --- access ---------------------------------------------------------------------------------------------------------------------------------------------
custody_as $ZHANG request "$D/0001.mp4" --purpose 核对 >>"$T/more.log"
fails EACCES "before approval: may it be read" as $ZHANG sys access "$D/0001.mp4" R_OK
custody_as $CHEN approve 1 >>"$T/more.log"
fails 0 "with approval: may it be read" as $ZHANG sys access "$D/0001.mp4" R_OK
fails EACCES "the other file" as $ZHANG sys access "$D/0002.jpg" R_OK
fails EACCES "by its depositor" as $WANG sys access "$D/0001.mp4" R_OK
fails 0 "is it there" as $WANG sys access "$D/0001.mp4" F_OK
fails EPERM "may it be written" as $WANG sys access "$D/0001.mp4" W_OK
fails EPERM "may it be written by an approved reader" as $ZHANG sys access "$D/0001.mp4" R_OK,W_OK
fails EACCES "may it be run" as $ZHANG sys access "$D/0001.mp4" X_OK
fails 0 "may the folder be searched" as $ZHANG sys access "$D" R_OK,X_OK
fails 0 "may its officer put something in" as $WANG sys access "$D" W_OK,X_OK
fails 0 "may the custodian" as $LI sys access "$D" W_OK,X_OK
fails EACCES "may another officer" as $ZHANG sys access "$D" W_OK
fails EACCES "may an approver" as $CHEN sys access "$D" W_OK
is "asking is no attempt" 0 "$(events | grep -F '"event":"refused"' | grep -cE '"verb":"(open-read|open-write|create)"')"

# --- out again under an approval --------------------------------------------------------------------------------------------------------------------------
custody_as $ZHANG request "$D/0001.mp4" "$D/0002.jpg" "$D/0003.log" "$D/证据.txt" --purpose 核对 >>"$T/more.log"
custody_as $ZHANG request "$E/0001.mp4" --purpose 核对 >>"$T/more.log"
custody_as $CHEN approve 2 >>"$T/more.log"
custody_as $CHEN approve 3 >>"$T/more.log"
mkdir -m 777 "$T/out"
ok "cp -a out of the mount" as $ZHANG cp -a --no-preserve=ownership "$M/by-unit/中都所/WS00017/083017/2023-03-14" "$T/out/"
is "names, sizes, modes and times are the card's" "$(cd "$T/card" && stat -c '%n %s %a %y' -- *)" "$(cd "$T/out/2023-03-14/未立案" && stat -c '%n %s %a %y' -- *)"
ok "and the bytes" diff -r "$T/card" "$T/out/2023-03-14/未立案"
is "rsync -n afterwards has nothing to do" "" "$(as $ZHANG rsync -a -n -i --no-owner --no-group "$D/" "$T/out/2023-03-14/未立案/" 2>&1 | grep -v '^\.d..t')"
is "rsync -n --checksum neither" "" "$(as $ZHANG rsync -a -n -i -c --no-owner --no-group "$D/" "$T/out/2023-03-14/未立案/" 2>&1 | grep -v '^\.d..t')"
is "rsync -n the other way neither" "" "$(as $WANG rsync -a -n -i "$T/card/" "$D/" 2>&1 | grep -v '^\.d..t')"
ok "a tar of it" as $ZHANG tar cf "$T/out/all.tar" -C "$M/by-unit" .
ok "grep -r" as $ZHANG grep -rq x "$D/证据.txt"
is "cp without an approval copies nothing" EACCES "$(as $LI sys read "$D/0001.mp4")"

# --- who sees what ----------------------------------------------------------------------------------------------------------------------------------------
for uid in $STRANGER 0; do
	# Others have just been here: the kernel has all of it in its cache.
	as $ZHANG ls -lR "$M/by-unit" >/dev/null
	is "uid $uid sees the top folders and nothing in them" "by-case by-date by-device by-officer by-unit" "$(as "$uid" find "$M" -mindepth 1 -printf '%P\n' | paste -sd ' ')"
	for path in "$D/0001.mp4" "$D" "$(dirname "$D")" "$M/by-unit/中都所/WS00017/083017" "$M/by-unit/中都所/WS00017" "$M/by-unit/中都所"; do
		as $ZHANG stat "$path" >/dev/null
		fails ENOENT "uid $uid has no ${path#"$M/"}" as "$uid" sys stat "$path"
	done
	as $ZHANG cat "$D/证据.txt" >/dev/null
	fails ENOENT "uid $uid reads nothing" as "$uid" sys read "$D/证据.txt"
	fails ENOENT "uid $uid asks for no attributes" as "$uid" sys getxattr "$D/证据.txt" user.custody.id
	fails ENOENT "uid $uid learns no rights" as "$uid" sys access "$D/证据.txt" F_OK
	fails 0 "uid $uid may look at the top" as "$uid" sys access "$M/by-unit" R_OK,X_OK
done
# A process whose working folder is in the tree keeps no access when its user's role ends.
shell_as $ZHANG
is "somebody stands in a folder" 0 "$(in_shell "cd '$D' && sys stat 证据.txt")"
custody_as $ADMIN register person 083031 张明远 --roles none >>"$T/more.log"
is "and loses the role: nothing is there any more" "" "$(in_shell "ls -A . 2>/dev/null")"
is "not by name" ENOENT "$(in_shell "sys getxattr 证据.txt user.custody.id")"
is "nor to be read, though it was approved" yes "$(in_shell "sys open 证据.txt O_RDONLY" | grep -qE '^(EACCES|ENOENT)$' && echo yes)"
fails ENOENT "nor from the top" as $ZHANG sys stat "$D/证据.txt"
end_shell
custody_as $ADMIN register person 083031 张明远 --roles officer >>"$T/more.log"
fails 0 "with the role again it is" as $ZHANG sys stat "$D/证据.txt"

# A copy under way is its depositor's alone.
# shellcheck disable=SC2016
as $WANG bash -c 'exec 3>"$1" && printf begun >&3 && read -r _ <"$2"' - "$D/arriving.mp4" "$T/go" &
until_true as $WANG stat "$D/arriving.mp4"
is "its depositor sees it arrive" 1 "$(as $WANG ls "$D" | grep -c arriving)"
for uid in $LI $ZHANG $CHEN $ADMIN; do
	as $WANG stat "$D/arriving.mp4" >/dev/null
	fails ENOENT "uid $uid does not" as "$uid" sys stat "$D/arriving.mp4"
	is "uid $uid: nor in a listing" 0 "$(as "$uid" ls "$D" | grep -c arriving)"
done
echo >"$T/go"
wait $!
eventually "once it is sealed all do" as $CHEN stat "$D/arriving.mp4"

# --- a large folder ---------------------------------------------------------------------------------------------------------------------------------------
L=$(folder_of 2023-03-13)
many() {                # by four at once, none of them in order
	# shellcheck disable=SC2016
	as $WANG bash -c 'cd "$1" || exit 1
		for k in 0 1 2 3; do for ((n = k; n < $2; n += 4)); do printf -v name "%04d.log" $((n * 7919 % $2)); : >"$name" || echo "$name"; done & done
		wait' - "$L" $MANY
}
is "$MANY items" "" "$(many 2>&1)"
is "are all listed, in order" "$(seq -f %04g.log 0 $((MANY - 1)) | sha_of -)" "$(as $CHEN ls -U "$L" | sha_of -)"
is "with find, each once" $MANY "$(as $CHEN find "$L" -type f | sort -u | wc -l)"
fails 0 "going back to a place in the listing finds the same" as $CHEN sys seekdir "$L"
# What the asker does not see is not counted either.
# shellcheck disable=SC2016
as $WANG bash -c 'exec 3>"$1" && printf begun >&3 && read -r _ <"$2"' - "$L/0000.arriving" "$T/go" &
until_true as $WANG stat "$L/0000.arriving"
fails 0 "also while another's copy is arriving, unseen" as $CHEN sys seekdir "$L"
is "which is not in the listing" "$(seq -f %04g.log 0 $((MANY - 1)) | sha_of -)" "$(as $CHEN ls -U "$L" | sha_of -)"
echo >"$T/go"
wait $!
is "ls -l of all of them" $MANY "$(as $CHEN ls -l "$L" | grep -c '\.log$')"
state() { below $CHEN '%i %y %p' && as $CHEN find "$M/by-unit" -type f -printf '%P %s %m %T@ %C@\n' | sort; }
before=$(state)
unmount_store

mount_store settle=0 settle_max=0
is "after a remount all is the same, inode numbers and all" "$before" "$(state)"
ok "all content verifies" custody_as $ADMIN verify --all
unmount_store
