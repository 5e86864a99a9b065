#!/usr/bin/env bash
# ffprobe and ffmpeg read a video under a grant, seek in it, and are on the ledger.
. "$(dirname "$0")/lib_open.sh"
client_begin open "ffprobe, ffmpeg" ffmpeg
video "$CLIP"
deposited "$CLIP"
refused "ffprobe without a grant" reader ffprobe -v error "$F"
granted "$F"
is "ffprobe tells what it is" mpeg4,640,360 "$(reader ffprobe -v error -select_streams v -show_entries stream=codec_name,width,height -of csv=p=0 "$F")"
is "ffmpeg decodes it to the end, to the same pictures" "$(ffmpeg -nostdin -v error -i "$CLIP" -f md5 -)" "$(reader ffmpeg -nostdin -v error -i "$F" -f md5 -)"
is "ffmpeg seeks in it, to the same picture" "$(ffmpeg -nostdin -v error -ss 6 -i "$CLIP" -frames:v 1 -an -f md5 -)" \
	"$(reader ffmpeg -nostdin -v error -ss 6 -i "$F" -frames:v 1 -an -f md5 -)"
opened ffprobe ffmpeg
intact "$CLIP"
unmount_store
