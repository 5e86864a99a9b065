#!/usr/bin/env bash
# ffmpeg writes an mp4 straight into the mount: it goes back to fill in the header; with faststart it opens its own file again and moves everything.
. "$(dirname "$0")/lib.sh"
client_begin in "ffmpeg writing mp4, plain and faststart" ffmpeg
ffmpeg -v error -f lavfi -i testsrc=size=640x360:rate=25:duration=8 -f lavfi -i sine=duration=8 -c:v mpeg4 -b:v 4M -c:a aac "$T/card/source.mp4"
chmod 644 "$T/card/source.mp4"
copy() { client ffmpeg -nostdin -v error -y -i "$T/card/source.mp4" -c copy "${MOV[@]}" "$D/$2"; }
# The same, elsewhere: what must come.
to_compare() { ffmpeg -nostdin -v error -y -i "$T/card/source.mp4" -c copy "${MOV[@]}" "$T/card/$1" && chmod 644 "$T/card/$1"; }
MOV=(-bitexact)
to_compare plain.mp4
ok "plain: ffmpeg exits 0" copy - plain.mp4
arrived "$T/card/plain.mp4" now
MOV=(-bitexact -movflags +faststart)
to_compare faststart.mp4
ok "faststart: ffmpeg exits 0" copy - faststart.mp4
arrived "$T/card/faststart.mp4" now
is "faststart: the index is in front" "ftyp moov" "$(head -c 40 "$(blob_of "$D/faststart.mp4")" | grep -aoE 'ftyp|moov' | xargs)"
alone 2
for_good

# Ended half way by a signal that it does not tidy up after, then by one for which it writes an index: that is a recording that was stopped, whole as it is.
cut_off() {
	client_start ffmpeg -nostdin -v error -y -re -i "$T/card/source.mp4" -c copy -movflags +frag_keyframe -flush_packets 1 "$D/$2"
	until_true reaches "$2" 300000
	kill -s "${SIGNAL:-KILL}" $CLIENT_PID
	wait $CLIENT_PID 2>/dev/null
}
refused "killed half way" cut_off - killed.mp4
eventually "killed half way: nothing partial is seen" gone "$D/killed.mp4"
ok "killed half way: the retry succeeds" copy - killed.mp4
SIGNAL=TERM cut_off - stopped.mp4
eventually "stopped half way: it is sealed" seals "$D/stopped.mp4"
is "stopped half way: it can be played" mpeg4 "$(ffprobe -v error -select_streams v -show_entries stream=codec_name -of csv=p=0 "$(blob_of "$D/stopped.mp4")")"
unmount_store
