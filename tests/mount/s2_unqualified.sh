#!/usr/bin/env bash
# Scenario S2: someone who is not qualified, and a device that nobody registered.  The daemon speaks Chinese here, as an office's would.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
unset LC_ALL
LANG=zh_CN.UTF-8 mount_store
people
UNIT=$M/by-unit/中都所
chinese() { as "$1" env LANG=zh_CN.UTF-8 custody -m "$M" "${@:2}" 2>&1; }
head -c 1000 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"

fails EACCES "周浩, auxiliary and not certified, cannot make his day's folder" as $ZHOU sys mkdir "$UNIT/WS00017/083099/2023-03-14"
fails EACCES "a device that nobody registered has no folder" as $WANG sys mkdir "$UNIT/WS00099"

# The reason can be read, in Chinese, where it happened.
is "custody why tells 周浩 in one sentence about formal staff" 1 "$(chinese $ZHOU why "$UNIT/WS00017/083099" | grep -c '未登记为正式在编人员')"
is "with no English word beside the errno" "" "$(chinese $ZHOU why "$UNIT/WS00017/083099" | tr -d '0-9:.' | grep -oE '[A-Za-z]{2,}' | grep -vE '^(EACCES|WS|by|unit)$')"
is "custody why tells 王建国 about the device" 1 "$(chinese $WANG why "$UNIT" | grep -c '该设备未登记')"
is "also by the path that he tried" 1 "$(chinese $WANG why "$UNIT/WS00099" | grep -c '该设备未登记')"
is "also by the whole of it" 1 "$(chinese $WANG why "$UNIT/WS00099/083017/2023-03-14/未立案" | grep -c '该设备未登记')"
is "the attribute on the folder says it to 周浩" 1 "$(attr_of $ZHOU "$UNIT/WS00017/083099" why | grep -c '未登记为正式在编人员')"
is "and to 王建国" 1 "$(attr_of $WANG "$UNIT" why | grep -c '该设备未登记')"
is "each is told his own reason" 0 "$(attr_of $WANG "$UNIT/WS00017/083099" why | grep -c '正式在编')"
is "the daemon's log has both" "1 1" "$(grep -c '未登记为正式在编人员' "$T/log") $(grep -c '该设备未登记' "$T/log")"
is "custody why --json is for machines" "mkdir EACCES not-formal True" \
	"$(custody_as $ZHOU why --json "$UNIT/WS00017/083099" | json '"%s %s %s %s" % (d["verb"], d["errno"], d["reason"], d["recent"])')"

# Two refusals, no file.
is "two refusals are on the ledger" "周浩 mkdir not-formal by-unit/中都所/WS00017/083099/2023-03-14
王建国 mkdir device-unknown by-unit/中都所/WS00099" \
	"$(events | json '["%s %s %s %s" % (r["person_name"], r["details"]["verb"], r["details"]["reason"], r["details"]["path"]) for r in rows if r["event"] == "refused"]')"
is "there is no item" 0 "$(custody_as $ADMIN list items --json | json 'len(d["rows"])')"
is "and no file or folder below 周浩's" "" "$(as $LI ls -A "$UNIT/WS00017/083099")"
fails ENOENT "nor of the device" as $LI sys stat "$UNIT/WS00099"

# Nor does it help that someone else made the folder, or that it is tried with a tool.
refused "custody deposit is refused as well" chinese $ZHOU deposit "$T/clip.mp4" "$UNIT/WS00017/083099"
fails EACCES "the custodian cannot make 周浩's folder either" as $LI sys mkdir "$UNIT/WS00017/083099/2023-03-14"
make_folder 2023-03-14
fails EACCES "周浩 cannot use 王建国's" as $ZHOU sys write "$(folder_of 2023-03-14)/clip.mp4" O_WRONLY,O_CREAT x
is "the reason is Article 8's" 1 "$(chinese $ZHOU why "$(folder_of 2023-03-14)" | grep -c '第八条')"
is "there is still no item" 0 "$(custody_as $ADMIN list items --json | json 'len(d["rows"])')"
is "nor anything incomplete" 0 "$(custody_as $ADMIN list incomplete --json | json 'len(d["rows"])')"
unmount_store
