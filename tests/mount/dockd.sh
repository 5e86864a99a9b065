#!/usr/bin/env bash
# custody-dockd: real copies arrive in a docking station's folder while it runs, whole ones go into the store, and those that can't are reported.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dockd_lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store
people
DOCK=$T/dock
make_dock "$DOCK"
camera() { head -c "$2" /dev/urandom >"$T/camera/$1" && touch -d '2023-03-14 09:30:12' "$T/camera/$1"; }
mkdir "$T/camera"
camera WS00017_083017_20230314093012_0001.mp4 300001
camera 083017_WS00017_20230314101540_0002IMP.mp4 65536
camera WS00017_083017_20230314111233_0003.mp4 1000000
camera WS00017_083017_20230314120000_0004.mp4 4096
camera WS00099_083017_20230314093012_0001.mp4 5000

# Copies that arrive.
cp "$T/camera/WS00017_083017_20230314093012_0001.mp4" "$DOCK"
dockd "$DOCK"
ok "it says when it is ready" until_true grep -q READY=1 "$T/notify"
eventually "what lay there already is deposited" stored WS00017_083017_20230314093012_0001.mp4
mkdir -p "$DOCK/DCIM/100MEDIA"
cp -p "$T/camera/083017_WS00017_20230314101540_0002IMP.mp4" "$DOCK/DCIM/100MEDIA/"
eventually "so is what is copied into a folder that appeared later" stored 083017_WS00017_20230314101540_0002IMP.mp4
is "with the bytes it had" "$(sha_of "$T/camera/083017_WS00017_20230314101540_0002IMP.mp4")" "$(sha_in_store 083017_WS00017_20230314101540_0002IMP.mp4)"
is "it stays in the folder" yes "$([ -f "$DOCK/DCIM/100MEDIA/083017_WS00017_20230314101540_0002IMP.mp4" ] && echo yes)"

# A copy that is under way.
HALF=WS00017_083017_20230314111233_0003.mp4
exec {half}>"$DOCK/$HALF"
head -c 400000 "$T/camera/$HALF" >&$half
cp "$T/camera/WS00017_083017_20230314120000_0004.mp4" "$DOCK/.WS00017_083017_20230314120000_0004.mp4.Xy12"
cp "$T/camera/WS00017_083017_20230314120000_0004.mp4" "$DOCK/WS00017_083017_20230314120000_0004.mp4.part"
camera WS00017_083017_20230314130000_0005.mp4 777
cp "$T/camera/WS00017_083017_20230314130000_0005.mp4" "$DOCK/"
eventually "a later one overtakes it" stored WS00017_083017_20230314130000_0005.mp4
quiet_passes
refused "a file that its writer holds open waits" stored "$HALF"
refused "so does one with the name of an unfinished copy" stored WS00017_083017_20230314120000_0004.mp4
unfinished() { [ "$(report 'd["unfinished"][0]')" = "$DOCK/WS00017_083017_20230314120000_0004.mp4.part" ]; }
eventually "the report names the unfinished one" unfinished
tail -c +400001 "$T/camera/$HALF" >&$half
exec {half}>&-
mv "$DOCK/WS00017_083017_20230314120000_0004.mp4.part" "$DOCK/WS00017_083017_20230314120000_0004.mp4"
eventually "when the writer has closed it, it is deposited" stored "$HALF"
is "whole" "$(sha_of "$T/camera/$HALF")" "$(sha_in_store "$HALF")"
eventually "and the other when it has its name" stored WS00017_083017_20230314120000_0004.mp4
is "nothing was deposited in part" "0 0" "$(custody_as $ADMIN list incomplete --json | json 'len(d["rows"])') $(custody_as $ADMIN list withdrawn --json | json 'len(d["rows"])')"

# A folder whose name is hard to print.
ODD=$DOCK/$'two\nlines\tand\x1b[31m'
mkdir "$ODD"
camera WS00017_083017_20230314133000_0007.mp4 555
cp "$T/camera/WS00017_083017_20230314133000_0007.mp4" "$ODD/"
eventually "what lies in a folder with a line break in its name is deposited" stored WS00017_083017_20230314133000_0007.mp4
counted() { [ "$(report 'd["deposited"]')" = 7 ]; }
eventually "and known to be" counted
is "it is no trouble" "[]" "$(report 'str(d["trouble"])')"

# What can't be deposited.
cp "$T/camera/WS00099_083017_20230314093012_0001.mp4" "$DOCK/"
eventually "an unregistered device's file is in the report" in_trouble WS00099_083017_20230314093012_0001.mp4 device-unknown
head -c 888 /dev/urandom >"$DOCK/holiday.mp4"
eventually "so is one that says nothing of where it belongs" in_trouble holiday.mp4 no-device
head -c 99 /dev/urandom >"$DOCK/DCIM/WS00017_083017_20230314120000_0004.mp4"
eventually "so is another content of a name that is taken" in_trouble DCIM/WS00017_083017_20230314120000_0004.mp4 name-taken
retried() { [ "$(report "[r['tries'] for r in d['trouble'] if r['path'].endswith('holiday.mp4')][0]")" -ge 3 ]; }
eventually "they are tried again" retried
is "but told once" "1 1" "$(grep -c 'WS00099.*refused' "$T/dockd.log") $(grep -c 'holiday.mp4: ' "$T/dockd.log")"
is "--status ends with 1" 1 "$(dockd_status >/dev/null; echo $?)"
ok "it names the file for people" grep -q holiday.mp4 <(dockd_status)
ok "in Chinese, too" grep -q 需要 <(LANGUAGE=zh_CN dockd_status)
custody_as $ADMIN register device WS00099 --unit 中都所 >/dev/null
kill -HUP "$DOCKD"
eventually "once the device is registered its file is deposited" stored WS00099_083017_20230314093012_0001.mp4
mv "$DOCK/holiday.mp4" "$DOCK/WS00017_083017_20230314140000_0006.mp4"
rm "$DOCK/DCIM/WS00017_083017_20230314120000_0004.mp4"
eventually "and what has got a proper name" stored WS00017_083017_20230314140000_0006.mp4
eventually "nothing is left to be done" dockd_status

# Its end, and another's beginning.
refused "a second one with the same state folder does not start" as $LI custody-dockd -m "$M" --state "$T/state" "$DOCK"
end_dockd
is "it ended 0" 0 "$DOCKD_ENDED"
is "--status says that it does not run" 1 "$(dockd_status >/dev/null; echo $?)"
before=$(items)
dockd "$DOCK"
known() { [ "$(report 'd["remembered"]')" = 9 ]; }
eventually "started again it knows that all of it is in the store" known
is "and makes no second items" "$before" "$(items)"
end_dockd
unmount_store
