#!/usr/bin/env bash
# Thumbnailers and indexers get no content, whatever was approved, and do not flood the ledger; folders ask them to stay away; what desktops make by themselves is not kept.
. "$(dirname "$0")/../lib.sh"
KASE=汶市监立〔2023〕47号
HERE=by-unit/中都所/WS00017/083017/2023-03-14/$KASE
new_store --test-clock=2023-03-14T18:30
# A list of the office's own, beside the one built in.
printf '# ours\n\n  office-crawler \n!ffmpegthumbs # wanted\n*-preview\r\n' >"$T/readers"
mount_store readers="$T/readers"
people
custody_as $LI register case "$KASE" --party 汶上县刘记百货店 --cause 经营超过保质期食品 --class evidence-30 >"$T/out"
make_folder 2023-03-14 "$KASE"
make_folder 2023-03-14
D=$(folder_of 2023-03-14 "$KASE")
E=$(folder_of 2023-03-14)
# shellcheck disable=SC2016
as $WANG bash -c 'cd "$1" && for i in $(seq 60); do printf "photo %d" $i >"$(printf %04d.jpg $i)"; done' - "$D"
printf other | as $WANG tee "$E/other.jpg" >/dev/null
custody_as $ZHANG request --case "$KASE" --purpose 核查 >>"$T/out"
custody_as $ZHANG request "$E/other.jpg" --purpose 核查 --opens 1 >>"$T/out"
custody_as $ZHAO request --case "$KASE" --purpose 核查 >>"$T/out"
custody_as $CHEN approve 3 >>"$T/out"
custody_as $CHEN approve 1 >>"$T/out"
custody_as $CHEN approve 2 >>"$T/out"

# Programs under other names: `sys` for one call, a shell for as many as wanted.
for name in tumblerd ffmpegthumbnailer ffmpegthumbs office-crawler cloud-preview viewer; do cp "$BUILD/sys" "$T/bin/$name"; done
mkdir "$T/sh"
cp /bin/bash "$T/sh/tumblerd"
cp /bin/bash "$T/sh/tracker-extract-3"
printf '#!/bin/bash\n: <"$1"\n' >"$T/sh/gnome-epub-thumbnailer"
mkdir "$T/sh/gone"
cp /bin/bash "$T/sh/gone/tumblerd"
chmod -R a+rx "$T/sh"
chmod 777 "$T/sh/gone"
refusals() { events "$@" | json '[" ".join([r["details"]["verb"], r["details"]["errno"], r["details"]["reason"]]) for r in rows if r["event"] == "refused"]'; }
opens() { events "$@" | json 'sum(r["event"] == "read.open" for r in rows)'; }

# --- who is refused ---------------------------------------------------------------------------------------------------------------------------------------
fails EACCES "a thumbnailer of one who has an approval" as $ZHANG tumblerd read "$D/0001.jpg"
fails EACCES "one whose name is one of many" as $ZHANG ffmpegthumbnailer read "$D/0001.jpg"
fails EACCES "one of the office's list" as $ZHANG office-crawler read "$D/0001.jpg"
fails EACCES "and of its patterns" as $ZHANG cloud-preview read "$D/0001.jpg"
fails EACCES "may it read: no" as $ZHANG tumblerd access "$D/0001.jpg" R_OK
fails 0 "is it there: yes" as $ZHANG tumblerd access "$D/0001.jpg" F_OK
fails 0 "it may be told of" as $ZHANG tumblerd stat "$D/0001.jpg"
fails EACCES "one that has no approval either" as $LI tumblerd read "$D/0001.jpg"
is "for the same reason" uninvited "$(custody_as $LI why --json "$D/0001.jpg" | json 'd["reason"]')"
fails 0 "one that the office invited" as $ZHANG ffmpegthumbs read "$D/0002.jpg"
fails 0 "a viewer" as $ZHANG viewer read "$D/0001.jpg"
refused "a script that is a thumbnailer" as $ZHANG "$T/sh/gnome-epub-thumbnailer" "$D/0001.jpg"
# shellcheck disable=SC2016
fails EACCES "a general tool started by a thumbnailer" as $ZHANG "$T/sh/tumblerd" -c 'sys read "$1"; true' - "$D/0001.jpg"
# shellcheck disable=SC2016
fails EACCES "through a shell between them" as $ZHANG "$T/sh/tumblerd" -c 'sh -c "sys read \"\$1\"; true" - "$1"; true' - "$D/0001.jpg"
# shellcheck disable=SC2016
fails EACCES "one whose executable was replaced meanwhile" as $ZHANG "$T/sh/gone/tumblerd" -c 'rm "$2"; { : <"$1"; } 2>/dev/null && echo 0 || echo EACCES' - "$D/0001.jpg" "$T/sh/gone/tumblerd"

# An approval of one open is not used up by it.
fails EACCES "with an approval of one open" as $ZHANG tumblerd read "$E/other.jpg"
fails EACCES "again" as $ZHANG tumblerd read "$E/other.jpg"
is "nothing of the approval is used" 0 "$(custody_as $ZHANG requests --json | json '[r["used"] for r in d["rows"] if r["opens"] == 1][0]')"
fails 0 "the person opens it" as $ZHANG viewer read "$E/other.jpg"
fails EACCES "once" as $ZHANG viewer read "$E/other.jpg"
is "and that is another reason" grant-used "$(custody_as $ZHANG why --json "$E/other.jpg" | json 'd["reason"]')"
is "what was opened is what people opened" 3 "$(opens --person 083031)"

# --- coalescing -------------------------------------------------------------------------------------------------------------------------------------------
# One shell that opens all of a folder, as a thumbnailer does, and counts what it was let.
cat >"$T/all" <<'S'
let=0
for round in 1 2; do for f in "$1"/*; do { : <"$f"; } 2>/dev/null && let=$((let + 1)); done; done
echo $let
S
# What the ledger has, but for what follows by itself on what was done before.
told() { events | json 'sum(r["event"] not in ("digest", "read.close") for r in rows)'; }
before=$(told)
is "an indexer that opens 60 photos twice: none is opened" 0 "$(as $ZHAO "$T/sh/tracker-extract-3" "$T/all" "$D")"
is "one entry says so at once, with the folder" "open-read EACCES uninvited 1 1 tracker-extract* $HERE" "$(events --person P042 | json '["{verb} {errno} {reason} {count} {files} {rule} {path}".format(**r["details"]) for r in rows if r["event"] == "refused" and r["details"].get("rule") == "tracker-extract*"]')"
is "and the ledger grew by no more" $((before + 1)) "$(told)"
is "the last photo knows why it has no preview" "uninvited EACCES True" "$(custody_as $ZHAO why --json "$D/0060.jpg" | json '" ".join(map(str, (d["reason"], d["errno"], d["recent"])))')"
is "so does the folder" uninvited "$(custody_as $ZHAO why --json "$D" | json 'd["reason"]')"
is "and it may be opened all the same" True "$(custody_as $ZHAO why --json --verb open-read "$D/0060.jpg" | json 'd["allowed"]')"
is "someone else's question is not answered with it" grant-none "$(custody_as $WANG why --json "$D/0060.jpg" | json 'd["reason"]')"
ok "the attribute says it in words" grep -q 'preview' <(attr_of $ZHAO "$D/0060.jpg" why)

# --- markers ----------------------------------------------------------------------------------------------------------------------------------------------
for f in "$M" "$M/by-unit" "$M/by-case" "$M/by-case/$KASE" "$M/by-unit/中都所" "${D%/*/*/*}" "${D%/*/*}" "${D%/*}" "$D"; do
	for n in .nomedia .trackerignore .metadata_never_index; do
		is "$n is in ${f#"$M"}/, empty" "regular empty file 444" "$(as $ZHANG stat -c '%F %a' "$f/$n")"
	done
	is "and no person sees it in a listing" "" "$(as $ZHANG ls -A "$f" | grep -F .nomedia)"
done
is "an indexer does, before the rest" ".nomedia .trackerignore .metadata_never_index by-" "$(as $ZHANG "$T/sh/tracker-extract-3" -c '/bin/ls -U -A "$1" | head -n 4 | sed "s/^by-.*/by-/" | xargs' - "$M")"
is "with all the rest of a folder, each once" 63 "$(as $ZHANG "$T/sh/tracker-extract-3" -c '/bin/ls -U -A "$1" | sort -u | wc -l' - "$D")"
fails 0 "going back to a place in such a listing finds the same" as $ZHANG "$T/sh/tracker-extract-3" -c 'sys seekdir "$1"; true' - "$D"
is "reading one gives nothing" "" "$(as $ZHANG cat "$D/.nomedia" 2>&1)"
fails EPERM "nobody writes one" as $WANG sys open "$D/.nomedia" O_WRONLY
fails EPERM "nor truncates it" as $WANG sys truncate "$D/.nomedia" 0
fails EPERM "nor unlinks it" as $WANG sys unlink "$D/.nomedia"
fails EPERM "nor renames it" as $WANG sys rename "$D/.nomedia" "$D/x"
fails EPERM "nor links it" as $WANG sys link "$D/.nomedia" "$D/x"
fails EPERM "nor changes its mode" as $WANG sys chmod "$D/.nomedia" 600
fails EPERM "nor renames something to it" as $WANG sys rename "$D/0001.jpg" "$D/.nomedia"
fails EEXIST "nor makes a folder of it" as $WANG sys mkdir "$D/.nomedia"
fails ENOENT "there is none where there is no role" as $STRANGER sys stat "$M/by-unit/中都所/.nomedia"
fails 0 "an empty folder stays empty to rmdir" as $WANG bash -c 'mkdir "$1" && sys rmdir "$1"' - "${D%/*/*}/2023-03-13"

# --- what desktops make -----------------------------------------------------------------------------------------------------------------------------------
before=$(told)
for n in .hidden autorun.inf desktop.ini Thumbs.db .DS_Store ._0001.jpg .Trash-1000 .thumbnails; do
	fails ENOENT "looking for $n" as $ZHANG sys stat "$D/$n"
	fails ENOENT "opening $n" as $ZHANG sys open "$M/$n" O_RDONLY
	fails ENOENT "may $n be read" as $WANG sys access "$D/$n" R_OK
done
is "is no attempt on anything" "$before" "$(told)"
for n in desktop.ini Thumbs.db .DS_Store ._0001.jpg '~$笔录.docx' '.~lock.笔录.odt#'; do
	fails EPERM "$n is not kept, not of the officer" as $WANG sys write "$D/$n" O_WRONLY,O_CREAT x
	fails EPERM "nor of a reader" as $ZHANG sys write "$D/$n" O_WRONLY,O_CREAT,O_EXCL x
done
fails EPERM "a recycle bin at the top" as $ZHANG sys mkdir "$M/.Trash-$ZHANG"
fails EPERM "or in a case folder" as $WANG sys mkdir "$D/.Trash-$WANG"
is "nothing of it came to be" 61 "$(as $ZHANG find "$M/by-unit" -type f | wc -l)"
mkdir -m 755 "$T/card"
printf a >"$T/card/2001.jpg"; printf b >"$T/card/2002.jpg"; printf c >"$T/card/Thumbs.db"; printf d >"$T/card/._2001.jpg"
printf e >"$T/card/_MG_0001.JPG"
refused "cp of a folder with such files in it says so" as $WANG cp -r "$T/card/." "$E/"
is "and copies the others" "2001.jpg 2002.jpg _MG_0001.JPG other.jpg" "$(as $WANG ls -A "$E" | xargs)"
refused "so does rsync" as $WANG rsync -a --exclude=2001.jpg --exclude=2002.jpg "$T/card/" "$E/"
is "which leaves none of its temporary files" "2001.jpg 2002.jpg _MG_0001.JPG other.jpg" "$(as $WANG ls -A "$E" | xargs)"
fails EPERM "Thumbs.db once more" as $WANG sys write "$E/Thumbs.db" O_WRONLY,O_CREAT x
is "why" "desktop-file EPERM" "$(custody_as $WANG why --json "$E" | json 'd["reason"] + " " + d["errno"]')"
# More names than are kept apart.
is "a copy of 5000 of them" 5000 "$(as $LI /usr/bin/python3 -c 'import os, sys
no = 0
for i in range(5000):
    try:
        os.open("%s/._%d" % (sys.argv[1], i), os.O_WRONLY | os.O_CREAT)
    except PermissionError:
        no += 1
print(no)' "$E")"
# Rules that fit many names let nobody fill the ledger.

# --- the policy -------------------------------------------------------------------------------------------------------------------------------------------
# The office's policy names one more, and invites one that is built in; it holds from when it is in force, on the mount as it is.
custody_as $ADMIN policy show >"$T/policy"
printf '[readers]\nprogram = cloud-sync\nprogram = *-sync\nprogram = !good-sync\nprogram = !gst-video-thumbnailer\n' >>"$T/policy"
for name in cloud-sync good-sync gst-video-thumbnailer; do cp "$BUILD/sys" "$T/bin/$name"; done
fails 0 "a program that no list names reads" as $ZHANG cloud-sync read "$D/0003.jpg"
fails EACCES "one that is built in does not" as $ZHANG gst-video-thumbnailer read "$D/0003.jpg"
ok "a policy is proposed" custody_as $ADMIN policy load "$T/policy"
fails 0 "a proposal changes nothing" as $ZHANG cloud-sync read "$D/0003.jpg"
ok "and put in force by a second person" custody_as $ZHAO policy agree 1
fails EACCES "the program that it names is refused" as $ZHANG cloud-sync read "$D/0003.jpg"
fails 0 "the one that it excepts from a pattern reads" as $ZHANG good-sync read "$D/0003.jpg"
fails 0 "and the one that it invites of those built in" as $ZHANG gst-video-thumbnailer read "$D/0003.jpg"
fails EACCES "what else is built in is refused as before" as $ZHANG tumblerd read "$D/0003.jpg"
fails EACCES "so is the mount's own list" as $ZHANG office-crawler read "$D/0003.jpg"

for i in $(seq 12); do cp "$T/sh/tumblerd" "$T/sh/crawl-$i-preview"; done
for i in $(seq 12); do as $SUN "$T/sh/crawl-$i-preview" "$T/all" "$D" >/dev/null; done
unmount_store

of() { custody -s "$T/store" log --json | json "[r['details'] for r in rows if r['event'] == 'refused' and r['subject']['uid'] == $1 and r['details']['reason'] == '$2']" | grep -F "'$3'"; }
sum() { json "str(len(rows)) + ' ' + str(sum(r['count'] for r in rows))" < <(tr "'" '"' | sed 's/True/true/g'); }
is "the rest of the 120 opens is in one entry more: how many, and of how many photos" "2 120" "$(of $ZHAO uninvited 'tracker-extract*' | sum)"
is "60 of them" 60 "$(of $ZHAO uninvited 'tracker-extract*' | tr "'" '"' | json 'rows[1]["files"]')"
is "twelve names under one pattern are one reader" "2 1440" "$(of $SUN uninvited '*-preview' | sum)"
is "the 5000: two entries, all counted" "2 5000" "$(of $LI desktop-file create | sum)"
is "and that there were more than are told apart" "4096 True" "$(of $LI desktop-file create | tr "'" '"' | sed 's/True/true/g' | json 'str(rows[1]["files"]) + " " + str(rows[1]["more"])')"
ok "custody log says it, with the folder" grep -qE "119 times, 60 files +$HERE\$" <(custody -s "$T/store" log --person P042)
ok "the ledger verifies" custody -s "$T/store" ledger verify

# --- the list ---------------------------------------------------------------------------------------------------------------------------------------------
wrong() { # FACT LINE…
	printf '%s\n' "${@:2}" >"$T/readers"
	refused "$1: it is not mounted" timeout 120 custodyfs "$T/store" "$M" -f -o readers="$T/readers"
}
wrong "a path in the list" /usr/bin/tumblerd
ok "the line is named" grep -q 'line 2: "a\*b"' <(printf 'x\na*b\n' >"$T/readers"; custodyfs "$T/store" "$M" -f -o readers="$T/readers" 2>&1)
wrong "everything in the list" '*'
wrong "too many" $(seq 300)
refused "a list that is not there" timeout 120 custodyfs "$T/store" "$M" -f -o readers="$T/nothing"
printf '!*\n' >"$T/readers"
mount_store readers="$T/readers"
fails 0 "with every program invited, none is refused" as $ZHANG tumblerd read "$D/0001.jpg"
unmount_store
