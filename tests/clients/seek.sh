#!/usr/bin/env bash
# Jumping in a video of 2 GiB and more: players read what they show, not what lies before it.
STORE_SIZE=3g
. "$(dirname "$0")/lib_open.sh"
client_begin open "seeking in a video of 2 GiB: ffmpeg, mpv" mpv
FILM=$T/card/WS00017_083017_20230314110000_0009.mov
# Some seconds of raw pictures, again and again, the index at the end.
ffmpeg -nostdin -v error -f lavfi -i testsrc2=size=1280x720:rate=10:duration=20 -pix_fmt uyvy422 -c:v rawvideo "$T/card/part.mov"
times=$(((2 << 30) / $(stat -c %s "$T/card/part.mov") + 1))
for _ in $(seq $times); do echo "file '$T/card/part.mov'"; done >"$T/card/list"
ffmpeg -nostdin -v error -f concat -safe 0 -i "$T/card/list" -c copy "$FILM"
rm "$T/card/part.mov"
chmod 644 "$FILM"
deposited "$FILM"
ok "it is that long" test "$(as $WANG stat -c %s "$F")" -gt $((2 << 30))
granted "$F"
length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$FILM" | cut -d. -f1)
picture() { "$1" ffmpeg -nostdin -v error -ss "$3" -i "$2" -frames:v 1 -f md5 -; }
here() { "$@"; }
for at in $((length - 30)) 17 $((length / 2)); do
	is "ffmpeg shows the picture at ${at} s" "$(picture here "$FILM" $at)" "$(picture reader "$F" $at)"
done
ok "mpv plays a moment of its end" reader mpv --no-config --vo=null --no-audio --untimed --no-terminal --start=-20 --length=1 "$F"
read_of() { events "$F" | json "max(sum(b - a for a, b in r['details']['ranges']) for r in rows if r['event'] == 'read.close')"; }
ok "none read more than a tenth of it" test "$(read_of)" -lt $(($(stat -c %s "$FILM") / 10))
opened ffmpeg mpv
ok "its content verifies" custody_as $ADMIN verify "$F"
unmount_store
