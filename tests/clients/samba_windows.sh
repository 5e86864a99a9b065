#!/usr/bin/env bash
# Samba, as it is shipped, and the order in which Windows copies: create, set the size, write out of order, set times, streams, DOS attributes.
. "$(dirname "$0")/lib_samba.sh"
client_begin in "Samba (contrib/samba), in the order of Windows" samba
smbd_start
windows() { client /usr/bin/python3 "$T/windows.py" "$PORT" wangjianguo "$SMB_PATH/${1##*/}" "$@"; }
copy() { windows "$1" >"$T/said"; }
cut_off() { windows "$1" half; }
install -m 644 "$TOP/tests/clients/windows.py" "$T/windows.py"
ok "it is copied" copy "$CLIP"
is "time and attributes are as they were set" "time same attributes 0x23" "$(cat "$T/said")"
touch -d "$(stat -c %y "$CLIP" | sed -E 's/([.].{7})../\100/')" "$CLIP"       # Windows has units of 100 ns
arrived "$CLIP"
alone 1
is "its stream is kept" $'[ZoneTransfer]\r\nZoneId=3\r\n\\000' "$(as $WANG getfattr --absolute-names --only-values -n 'user.DosStream.Zone.Identifier:$DATA' "$D/${CLIP##*/}" | sed 's/\x00/\\000/')"
for_good
is "then attributes stay" NT_STATUS_NOT_SUPPORTED "$(smb "setmode ${CLIP##*/} -h" 2>&1 | grep -o 'NT_STATUS_[A-Z_]*' | head -n 1)"
broken_off cut full

# What only its owner may read by its mode bits is read under a grant like anything else.
make_clip "$T/card/private.mp4" 70001 2023-03-14T10:15:40+08:00
ok "a file of mode 0600 is copied in on the server" client sh -c 'umask 077 && cp "$1" "$2"' - "$T/card/private.mp4" "$D"
granted "$D/private.mp4"
ok "another gets it over Samba, under a grant" as $ZHANG smbclient "${SMB[@]}" -U zhangmingyuan%secret -c "get private.mp4 $T/reader/got"
is "the bytes are the source's" "$(sha_of "$T/card/private.mp4")" "$(sha_of "$T/reader/got")"
is "without a grant he does not" NT_STATUS_ACCESS_DENIED "$(as $ZHANG smbclient "${SMB[@]}" -U zhangmingyuan%secret -c "get full.mp4 $T/reader/other" 2>&1 | grep -o 'NT_STATUS_[A-Z_]*' | head -n 1)"
servers_end
unmount_store
