#!/usr/bin/env bash
# cp -r of a camera's files: the folder of the camera's day, with a name for each kind of file it writes.
. "$(dirname "$0")/lib.sh"
client_begin in "cp -r, a camera's DCIM folder" coreutils
camera=$T/card/DCIM/100WS000/WS00017/083017/2023-03-14
mkdir -p "$camera/未立案"
for name in WS00017_083017_20230314101001_0002.mp4 083017_WS00017_20230314101540_0003IMP.mp4 101633_0004.jpg WS00017_083017_20230314102000_0005.wav WS00017.log; do
	make_clip "$camera/未立案/$name" 70001 2023-03-14T10:20:00+08:00
done
: >"$camera/未立案/empty.log"
chmod 644 "$camera/未立案/empty.log"
copy() { client cp -r "$camera" "${D%/*/*}"; }
ok "cp -r exits 0" copy
for file in "$camera/未立案"/*; do
	arrived "$file" now
done
alone 6
is "folder and names are the camera's" "$(ls -A "$camera/未立案" | xargs)" "$(names_in "$D")"
for_good
unmount_store
