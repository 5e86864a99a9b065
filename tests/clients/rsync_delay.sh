#!/usr/bin/env bash
# rsync --delay-updates: each whole file into a folder aside, and out of it when all have come.  Where there is no such folder rsync throws away what came and exits 0.
. "$(dirname "$0")/lib.sh"
client_begin in "rsync -a --delay-updates" rsync
remark "with --partial-dir, by the names .rsync-partial and .rsync-tmp"
copy() { client rsync -a --delay-updates "$1" "$D/"; }
removals() { events | json '[r["details"]["reason"] for r in rows if r["event"] == "refused" and r["details"]["verb"] == "unlink"]' | sort -u | xargs; }
# It opens each file for reading to set its mode, which it then sets by name: one line for the folder.
REFUSED="open-read ${D#"$M/"}"
ok "rsync exits 0" copy "$CLIP"
arrived "$CLIP"
for name in .rsync-partial .rsync-tmp; do
	make_clip "$T/card/$name.mp4" 1000 2023-03-14T10:15:40+08:00
	ok "so it does with --partial-dir=$name" client rsync -a --delay-updates --partial-dir=$name "$T/card/$name.mp4" "$D/"
	arrived "$T/card/$name.mp4"
done
alone 3
# The last rename of a long run comes when the first file has settled.
mkdir "$T/long"
make_clip "$T/long/a.mp4" 200000 2023-03-14T10:15:40+08:00
make_clip "$T/long/b.mp4" $CLIP_SIZE 2023-03-14T10:15:41+08:00
client_start rsync -a --delay-updates --bwlimit=700 "$T/long/" "$D/"
eventually "the first of a long run is sealed" seals "$D/a.mp4"
kill -STOP $CLIENT_PID
custody_as $ADMIN clock set 2023-03-14T19:00 >/dev/null
is "it has settled before the run ends" "sealed running" "$(state_of "$D/a.mp4") $(kill -0 $CLIENT_PID && echo running)"
kill -CONT $CLIENT_PID
wait $CLIENT_PID
is "rsync exits 0 all the same" 0 $?
arrived "$T/long/a.mp4"
arrived "$T/long/b.mp4"
# Run again it would remove what it finds aside: what has just come as well.
ok "run again it exits 0" client rsync -a --delay-updates "$T/long/" "$D/"
arrived "$T/long/b.mp4"
is "and nothing was removed: that is refused" "view" "$(removals)"
is "nothing else is in the store" "5 0 0" "$(listed items) $(listed withdrawn) $(listed incomplete)"
# What the folder aside is to others.
is "the folder is in no listing" 0 "$(as $WANG ls -a "$D" | grep -cF '~tmp~')"
fails EPERM "nothing is made in it" as $WANG sys open "$D/.~tmp~/new.mp4" O_WRONLY,O_CREAT
fails EPERM "nor removed" as $WANG sys unlink "$D/.~tmp~/b.mp4"
fails EPERM "nor renamed out of it" as $WANG sys rename "$D/.~tmp~/b.mp4" "$D/c.mp4"
fails ENOTEMPTY "nor is it" as $WANG sys rmdir "$D/.~tmp~"
fails EACCES "what is in it is read with a grant alone" as $ZHANG sys open "$D/.~tmp~/b.mp4" O_RDONLY
fails ENOENT "who has no role finds none" as $STRANGER sys stat "$D/.~tmp~"
is "a file has one inode" "$(as $WANG stat -c %i "$D/b.mp4")" "$(as $WANG stat -c %i "$D/.~tmp~/b.mp4")"
ok "an officer's new file" client cp "$T/long/a.mp4" "$D/new.mp4"
fails EPERM "is not moved over another through it" as $WANG sys rename "$D/new.mp4" "$D/.~tmp~/b.mp4"
make_folder 2023-03-13
fails EPERM "nor onto another day" as $WANG sys rename "$D/new.mp4" "$(folder_of 2023-03-13)/.~tmp~/new.mp4"
# Interrupted: what was whole is in its place, what was not is no evidence.
mkdir "$T/stopped"
make_clip "$T/stopped/d.mp4" 200000 2023-03-14T10:15:42+08:00
make_clip "$T/stopped/e.mp4" $CLIP_SIZE 2023-03-14T10:15:43+08:00
first_alone() { [ "$(as $WANG ls -A "$D" | grep -F -e d.mp4 -e e.mp4 | xargs)" = d.mp4 ]; }
for signal in INT TERM; do
	client_start rsync -a --delay-updates --bwlimit=1500 "$T/stopped/" "$D/" 2>/dev/null
	arriving() { [ "$(as $WANG find "$D" -name ".e.mp4.*" -size +300k | wc -l)" = 1 ]; }
	eventually "SIG$signal: half of the second has come" arriving
	kill -s $signal $CLIENT_PID
	wait $CLIENT_PID
	is "SIG$signal: rsync says so" 20 $?
	eventually "SIG$signal: the first is there, and nothing of the second" first_alone
done
ok "run again it succeeds" client rsync -a --delay-updates "$T/stopped/" "$D/"
arrived "$T/stopped/d.mp4"
arrived "$T/stopped/e.mp4"
for_good
broken_off killed full
unmount_store
