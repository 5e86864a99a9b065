#!/usr/bin/env bash
# The settle window: after the close the depositor may still put the label right (name, times, mode, clients' attributes), for a quiet time with a hard end; nobody else may,
# and the content never changes.  The test clock makes the windows end.
. "$(dirname "$0")/../lib.sh"
KASE=汶市监立〔2023〕47号
new_store --test-clock=2023-03-14T18:30
mount_store settle=60 settle_max=180
people
custody_as $LI register case "$KASE" --party 汶上县刘记百货店 --cause 经营超过保质期食品 --class evidence-30 >"$T/more.log"
make_folder 2023-03-14
make_folder 2023-03-14 "$KASE"
D=$(folder_of 2023-03-14)
E=$(folder_of 2023-03-14 "$KASE")
head -c 150000 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
SHA=$(sha_of "$T/clip.mp4")

at() { custody_as $ADMIN clock set "2023-03-$1" >>"$T/more.log"; }
changes() { events | grep -F '"event":"'"$1" | grep -cF -- "${2:-event}"; }
copy_in() { as $WANG cp "$T/clip.mp4" "$1" && until_true seals "$1"; }
seals() { [[ $(state_of "$1") = sealed* ]]; }
blob_of() { printf '%s/store/blob/000000/000/%012d' "$T" "$(attr_of $WANG "$1" id)"; }
mtime_of() { as $WANG stat -c %Y "$1"; }

# --- what may be put right, and by whom -------------------------------------------------------------------------------------------------------------------

copy_in "$D/one.mp4"
is "after the close it settles" "sealed settling" "$(state_of "$D/one.mp4")"
fails EPERM "the content is fixed: writing" as $WANG sys write "$D/one.mp4" O_WRONLY x
fails EPERM "the content is fixed: truncating at the open" as $WANG sys open "$D/one.mp4" O_WRONLY,O_TRUNC
fails EPERM "the content is fixed: truncating" as $WANG sys truncate "$D/one.mp4" 0
fails EACCES "reading takes a grant, its depositor's too" as $WANG sys read "$D/one.mp4"
for who in $LI $ZHANG $CHEN $ADMIN; do
	fails EPERM "uid $who may not rename it" as "$who" sys rename "$D/one.mp4" "$D/uno.mp4"
	fails EPERM "uid $who may not set its times" as "$who" sys utimens "$D/one.mp4" 1000
	fails EPERM "uid $who may not change its mode" as "$who" sys chmod "$D/one.mp4" 0600
	fails EOPNOTSUPP "uid $who may not give it attributes" as "$who" sys setxattr "$D/one.mp4" user.note x
	fails EPERM "uid $who may not take it back" as "$who" sys unlink "$D/one.mp4"
done
is "nor did that put anything on its label" 0 "$(changes label. '"item":1,')"

fails 0 "its depositor renames it" as $WANG sys rename "$D/one.mp4" "$D/WS00017_083017_20230314101540_0002IMP.mp4"
F=$D/WS00017_083017_20230314101540_0002IMP.mp4
fails ENOENT "its old name is free" as $WANG sys stat "$D/one.mp4"
is "the name says important, and so does the item" yes "$(attr_of $WANG "$F" important)"
is "the rename is an event" 1 "$(changes label.rename '"item":1,')"
fails 0 "sets its time" as $WANG sys utimens "$F" 1678757412
is "which it has then" 1678757412 "$(mtime_of "$F")"
fails 0 "changes its mode" as $WANG sys chmod "$F" 0600
is "which it shows" 600 "$(as $WANG stat -c %a "$F")"
is "both are events" 2 "$(changes label.attr '"item":1,')"
fails 0 "changes its mode to what it is" as $WANG sys chmod "$F" 0600
is "which is none" 2 "$(changes label.attr '"item":1,')"
fails 0 "gives it an attribute" as $WANG sys setxattr "$F" user.DOSATTRIB 0x20
is "which it has then" 0x20 "$(as $WANG getfattr --absolute-names --only-values -n user.DOSATTRIB "$F")"
fails 0 "gives it a stream" as $WANG sys setxattr "$F" 'user.DosStream.Zone.Identifier:$DATA' 3
fails 0 "and takes it away" as $WANG sys removexattr "$F" 'user.DosStream.Zone.Identifier:$DATA'
fails ENODATA "so that it is gone" as $WANG sys getxattr "$F" 'user.DosStream.Zone.Identifier:$DATA'
is "each is an event" 3 "$(changes label.xattr '"item":1,')"
fails 0 "moves it to its case, same date" as $WANG sys rename "$F" "$E/0002IMP.mp4"
fails 0 "and back" as $WANG sys rename "$E/0002IMP.mp4" "$D/0002.mp4"
is "no longer important by its name" no "$(attr_of $WANG "$D/0002.mp4" important)"
is "the bytes are those that came" "$SHA" "$(sha_of "$(blob_of "$D/0002.mp4")")"

# --- the window's end -------------------------------------------------------------------------------------------------------------------------------------

at 14T19:00:00
copy_in "$D/quiet.mp4"
at 14T19:00:50
is "within the quiet time it settles" "sealed settling" "$(state_of "$D/quiet.mp4")"
at 14T19:02:00
is "left alone, it is sealed for good" sealed "$(state_of "$D/quiet.mp4")"
fails EPERM "then it keeps its name" as $WANG sys rename "$D/quiet.mp4" "$D/loud.mp4"
fails EPERM "its times" as $WANG sys utimens "$D/quiet.mp4" 1000
fails EPERM "its mode" as $WANG sys chmod "$D/quiet.mp4" 0600
fails EOPNOTSUPP "its attributes" as $WANG sys setxattr "$D/quiet.mp4" user.note x
fails EPERM "and its place" as $WANG sys unlink "$D/quiet.mp4"
fails 0 "a mode that stands may be set" as $WANG sys chmod "$D/quiet.mp4" "0$(as $WANG stat -c %a "$D/quiet.mp4")"
is "nothing of that is on its label" 0 "$(changes label. '"item":2,')"

# Each change begins the quiet time anew, but not the hard end.
at 14T20:00:00
copy_in "$D/busy.mp4"
for change in "20:00:50 utimens 1000" "20:01:40 chmod 0600" "20:02:30 utimens 2000"; do
	read -r time verb value <<<"$change"
	at "14T$time"
	fails 0 "$verb at $time is in time" as $WANG sys "$verb" "$D/busy.mp4" "$value"
done
at 14T20:02:40
is "it settles still" "sealed settling" "$(state_of "$D/busy.mp4")"
fails 0 "a change just before the hard end" as $WANG sys utimens "$D/busy.mp4" 3000
at 14T20:03:20      # within the quiet time of the last
is "the hard end has come, whatever was changed" sealed "$(state_of "$D/busy.mp4")"
fails EPERM "and one after it is too late" as $WANG sys utimens "$D/busy.mp4" 4000
is "the last time in time is kept" 3000 "$(mtime_of "$D/busy.mp4")"

# --- withdrawn in time -----------------------------------------------------------------------------------------------------------------------------------

at 14T21:00:00
copy_in "$D/wrong.mp4"
blob=$(blob_of "$D/wrong.mp4")
fails 0 "its depositor takes a copy back" as $WANG sys unlink "$D/wrong.mp4"
fails ENOENT "it is out of sight" as $WANG sys stat "$D/wrong.mp4"
is "and in no listing" 0 "$(as $WANG ls "$D" | grep -c wrong)"
is "nothing of it is lost" "$SHA" "$(sha_of "$blob")"
ok "the name is free" copy_in "$D/wrong.mp4"
fails 0 "which is taken back as well" as $WANG sys unlink "$D/wrong.mp4"
is "the custodian sees both listed" 2 "$(custody_as $LI --json list withdrawn | grep -o '"was_at":"[^"]*/wrong.mp4"' | wc -l)"
refused "an officer is not shown them" custody_as $ZHANG list withdrawn
ok "a third stays" copy_in "$D/wrong.mp4"
at 14T21:05:00
fails EPERM "and can't be taken back later" as $WANG sys unlink "$D/wrong.mp4"
is "both are on the ledger" 2 "$(changes deposit.withdraw)"
unmount_store

# --- what real clients do ---------------------------------------------------------------------------------------------------------------------------------

mount_store settle=3600 settle_max=7200
S=$T/card
mkdir "$S"
for n in 1 2 3; do
	head -c $((n * 70001)) /dev/urandom >"$S/083017_WS00017_2023031410154${n}_000$n.mp4"
	touch -d "2023-03-14T10:15:4$n.123456789+08:00" "$S/083017_WS00017_2023031410154${n}_000$n.mp4"
done
: >"$S/empty.log"
chmod 664 "$S"/*_0001.mp4
setfattr -n user.camera -v WS00017 "$S/083017_WS00017_20230314101542_0002.mp4" 2>/dev/null && CAMERA=WS00017
chmod a+rx "$S"
listing() { as $WANG bash -c 'cd "$1" && stat -c "%n %s %a %y" -- * | sort' - "$1"; }
to_do() { grep -v '^\.d..t'; }         # times of folders are what they are

day=9
for how in -a -aX "-a --inplace" "-aX --no-whole-file"; do
	day=$((day + 1))
	make_folder 2023-03-$day
	to=$(folder_of 2023-03-$day)
	read -ra flags <<<"$how"
	ok "rsync $how exits 0" as $WANG rsync "${flags[@]}" "$S/" "$to/"
	is "rsync $how: names, sizes, modes and times are the source's" "$(listing "$S")" "$(listing "$to")"
	is "rsync $how: nothing else is left" 4 "$(as $WANG ls -A "$to" | wc -l)"
	for file in "$S"/*; do
		is "rsync $how: the bytes of ${file##*/}" "$(sha_of "$file")" "$(sha_of "$(blob_of "$to/${file##*/}")")"
	done
	is "rsync $how again: nothing to do" "" "$(as $WANG rsync -n -i "${flags[@]}" "$S/" "$to/" 2>&1 | to_do)"
	ok "rsync $how again exits 0" as $WANG rsync "${flags[@]}" "$S/" "$to/"
done
if [ -n "${CAMERA:-}" ]; then
	is "rsync -aX brings attributes" WS00017 "$(as $WANG getfattr --absolute-names --only-values -n user.camera "$(folder_of 2023-03-11)/083017_WS00017_20230314101542_0002.mp4")"
else
	skip "rsync -aX brings attributes" "the source's file system keeps none"
fi

ok "cp, then touch as unzip does" as $WANG cp "$T/clip.mp4" "$D/unzipped.mp4"
fails 0 "the time set after the close" as $WANG sys utimens "$D/unzipped.mp4" 1678757412
is "is kept" 1678757412 "$(mtime_of "$D/unzipped.mp4")"
ok "install, which sets the mode after the close" as $WANG install -m 755 "$T/clip.mp4" "$D/installed"
is "its mode" 755 "$(as $WANG stat -c %a "$D/installed")"
ok "a file is made by touch" as $WANG touch "$D/later.txt"
ok "and filled by >" as $WANG bash -c 'echo filled >"$1"' - "$D/later.txt"
until_true seals "$D/later.txt"
is "with what was written" filled "$(cat "$(blob_of "$D/later.txt")")"
fails EPERM "once" as $WANG sys write "$D/later.txt" O_WRONLY,O_TRUNC x
unmount_store

# A client that sets everything before its close, or afterwards only what is so already, needs no window.
mount_store settle=0 settle_max=0
is "the time is kept over a remount" 1678757412 "$(mtime_of "$D/unzipped.mp4")"
install -d -m 1777 "$T/tmp"
ok "cp -p without a window" as $WANG cp -p "$S/083017_WS00017_20230314101543_0003.mp4" "$D/p.mp4"
is "keeps mode and time" "$(stat -c '%s %a %y' "$S/083017_WS00017_20230314101543_0003.mp4")" "$(as $WANG stat -c '%s %a %y' "$D/p.mp4")"
ok "cp -a without a window" as $WANG cp -a "$S/083017_WS00017_20230314101542_0002.mp4" "$D/a.mp4"
is "keeps mode and time, too" "$(stat -c '%s %a %y' "$S/083017_WS00017_20230314101542_0002.mp4")" "$(as $WANG stat -c '%s %a %y' "$D/a.mp4")"
ok "tar x without a window" as $WANG bash -c 'cd "$1" && tar c -H pax -- * | tar xp -C "$2"' - "$S" "$E"
is "keeps names, modes and times" "$(listing "$S")" "$(listing "$E")"
ok "install without a window, to the mode that it makes files with" as $WANG install -m 600 "$T/clip.mp4" "$D/installed.mp4"
ok "mv from another file system without a window" as $WANG bash -c 'cp -p "$1" "$2" && mv "$2" "$3"' - "$T/clip.mp4" "$T/tmp/moving.mp4" "$D/moved.mp4"
is "has the bytes" "$SHA" "$(sha_of "$(blob_of "$D/moved.mp4")")"
ok "all content verifies" custody_as $ADMIN verify --all
unmount_store
