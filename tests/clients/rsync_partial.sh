#!/usr/bin/env bash
# rsync --partial, interrupted: it gives what came the file's own name.  That is no evidence, and must not keep the name from the whole file.
. "$(dirname "$0")/lib.sh"
client_begin in "rsync -a --partial, interrupted and run again" rsync
# It opens each file for reading to set its mode, which it then sets by name: one line for the folder.
REFUSED="open-read ${D#"$M/"}"
for signal in INT TERM HUP; do
	file=$T/card/$signal.mp4
	make_clip "$file" $CLIP_SIZE 2023-03-14T10:15:40+08:00
	client_start rsync -a --partial --bwlimit=1000 "$file" "$D/" 2>/dev/null
	arriving() { [ "$(as $WANG find "$D" -name ".$signal.mp4.*" -size +1000k | wc -l)" = 1 ]; }
	eventually "SIG$signal: half of it has come" arriving
	kill -s $signal $CLIENT_PID
	wait $CLIENT_PID
	is "SIG$signal: rsync says so" 20 $?
	eventually "SIG$signal: nothing partial is seen" gone "$D/$signal.mp4"
	is "SIG$signal: nor anything else" 0 "$(as $WANG ls -A "$D" | grep -c $signal)"
	ok "SIG$signal: run again it succeeds" client rsync -a --partial "$file" "$D/"
	arrived "$file"
done
alone 3 0 3
for_good
unmount_store
