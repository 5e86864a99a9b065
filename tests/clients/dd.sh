#!/usr/bin/env bash
# dd: closes a duplicate of the descriptor before it writes.
. "$(dirname "$0")/lib.sh"
client_begin in "dd" coreutils
copy() { client env --default-signal=INT dd if="$1" of="$D/${1##*/}" bs=64k status=none; }
ok "dd exits 0" copy "$CLIP"
arrived "$CLIP" now
alone 1
for_good
# Stopped by its user it closes what it has tidily, and only then dies of the signal.
broken_off killed killed-INT killed-TERM full
# Where SIGINT is ignored it does not catch it; where it does, its clean close is one.
make_clip "$T/card/ignored.mp4" 200000 2023-03-14T10:15:40+08:00
ok "with SIGINT ignored it exits 0" client env --ignore-signal=INT dd if="$T/card/ignored.mp4" of="$D/ignored.mp4" bs=64k status=none
arrived "$T/card/ignored.mp4" now
ok "with SIGINT as it is by default, too" client env --default-signal=INT dd if="$T/card/ignored.mp4" of="$D/default.mp4" bs=64k status=none
arrived "$T/card/ignored.mp4" now default.mp4
unmount_store
