#!/usr/bin/env bash
# Python: shutil, as office scripts use it.  It asks of every file that it opens whether that is a terminal.
. "$(dirname "$0")/lib.sh"
client_begin in "Python, shutil.copy2 and copytree" python3
copy() { client /usr/bin/python3 -c 'import shutil, sys; shutil.copy2(*sys.argv[1:])' "$1" "$D/"; }
ok "shutil.copy2 succeeds" copy "$CLIP"
arrived "$CLIP"
alone 1
mkdir "$T/more"
for n in $(seq 40); do make_clip "$T/more/many-$n.mp4" 1000 2023-03-14T10:15:40+08:00; done
ok "shutil.copytree of forty more" client /usr/bin/python3 -c 'import shutil, sys; shutil.copytree(*sys.argv[1:], dirs_exist_ok=True)' "$T/more" "$D"
arrived "$T/more/many-40.mp4"
alone 41
for_good
broken_off full
granted "$D/${CLIP##*/}"
is "and read again, by who may" "$CLIP_SIZE" "$(reader /usr/bin/python3 -c 'import sys; print(len(open(sys.argv[1], "rb").read()))' "$D/${CLIP##*/}")"
is "nothing was refused of it" 0 "$(events --person 083031 | json 'len([r for r in rows if r["event"] == "refused"])')"
unmount_store
