#!/usr/bin/env bash
# Stores: made, mounted and refused, each with a sentence that says what to do; keys kept elsewhere; reading without the mount; how a mount begins and ends.
# shellcheck disable=SC2086 # commands are kept as text, which is split into words
. "$(dirname "$0")/../lib.sh"
cleanup() {
	! mountpoint -q "$T/other" || umount -l "$T/other"
	chattr -R -i "$T" 2>/dev/null
}
status_of() { "$@" >"$T/out" 2>"$T/said"; echo $?; }
# Should it be mounted after all, it must not be waited for.
refused_mount() { timeout 120 custodyfs "$@"; }
said() { ok "it says what to do" grep -qE "$1" "$T/said"; }
# All of a folder: names, modes, times, content.
print_of() { (cd "$1" && find . -type f -exec sha256sum {} + | sort -k 2 && find . ! -type f -printf '%p %m\n' | sort && find . -type f -printf '%p %m %s %T@\n' | sort); }

# mkfs: a new or empty folder, or nothing happens.
mkdir "$T/full" && echo text >"$T/full/file"
print_of "$T/full" >"$T/before"
is "mkfs in a folder that holds something" 1 "$(status_of mkfs.custodyfs --admin $ADMIN "$T/full")"
said 'not an empty folder'
is "nothing is changed" "" "$(print_of "$T/full" | diff "$T/before" -)"
mkdir -m 755 "$T/empty" "$T/empty/lost+found"
is "an empty folder will do, and a new file system's" 0 "$(status_of mkfs.custodyfs --admin $ADMIN "$T/empty")"
is "it is closed to others" 700 "$(stat -c %a "$T/empty")"
is "an administrator's number is stored in the form that every number has (NFC)" "$(printf '\303\251-1')" "$(mkfs.custodyfs --admin $ADMIN --admin-number "$(printf 'e\314\201-1')" "$T/nfc" >"$T/out" &&
	custody --store "$T/nfc" list people --json | json '[p["number"] for r in rows for p in r["rows"]]')"
print_of "$T/empty" >"$T/before"
is "mkfs in a store" 1 "$(status_of mkfs.custodyfs --admin $ADMIN "$T/empty")"
is "nothing is changed in it" "" "$(print_of "$T/empty" | diff "$T/before" -)"
is "mkfs over a file" 1 "$(status_of mkfs.custodyfs --admin $ADMIN "$T/full/file")"
is "which stays" text "$(cat "$T/full/file")"
is "mkfs where there is no folder" 1 "$(status_of mkfs.custodyfs --admin $ADMIN "$T/none/store")"
is "with a key that cannot be kept there" 1 "$(status_of mkfs.custodyfs --key "$T/none/key" "$T/half")"
is "leaves nothing half made" no "$([ -e "$T/half" ] && echo yes || echo no)"
mkdir "$T/half"
is "also in a folder that was there" "1 0" "$(status_of mkfs.custodyfs --key "$T/none/key" "$T/half") $(find "$T/half" -mindepth 1 | wc -l)"
echo secret >"$T/mine"
mkdir "$T/tiny"
mount -t tmpfs -o nr_inodes=2 none "$T/tiny"
is "a key that was made elsewhere goes, too, where the rest fails" "1 gone" "$(status_of mkfs.custodyfs --key "$T/else" "$T/tiny") $([ -e "$T/else" ] || echo gone)"
umount "$T/tiny"
is "a key that is there is not written over" "1 secret" "$(status_of mkfs.custodyfs --key "$T/mine" "$T/half") $(cat "$T/mine")"
for wrong in "" "a b" "--bogus $T/x" "--admin nobody-at-all $T/x" "--utc-offset 25:00 $T/x" "--test-clock=soon $T/x" "--admin 4294967295 $T/x" "--admin -1 $T/x"; do
	is "mkfs.custodyfs ${wrong//$T/} is wrong usage" 2 "$(status_of mkfs.custodyfs $wrong)"
done
is "of all that nothing is left" no "$([ -e "$T/x" ] && echo yes || echo no)"

# What is not mounted.
is "what is no store" 1 "$(status_of refused_mount "$T/full" "$M" -f)"
said 'mkfs.custodyfs'
is "a folder that is not there" 1 "$(status_of refused_mount "$T/none" "$M" -f)"
said 'not a custodyfs store'
is "a mount point that is not there" 2 "$(status_of refused_mount "$T/empty" "$T/none" -f)"
said 'mkdir'
is "one that is a file" 2 "$(status_of refused_mount "$T/empty" "$T/full/file" -f)"
is "no mount point" 2 "$(status_of refused_mount "$T/empty" -f)"
is "no store" 2 "$(status_of custodyfs)"
is "an option that there is not" "no no" "$([ "$(status_of refused_mount "$T/empty" "$M" -f -o no_such_option)" = 0 ] && echo yes || echo no) $(mountpoint -q "$M" && echo yes || echo no)"
cp -a "$T/empty" "$T/newer"
sed -i 's/"format": 1/"format": 999/' "$T/newer/store.json"
print_of "$T/newer" >"$T/before"
for what in "refused_mount $T/newer $M -f:1" "custody -s $T/newer status:2" "custody -s $T/newer ledger verify:2" "fsck.custodyfs $T/newer:2" "fsck.custodyfs --rebuild $T/newer:2"; do
	is "a newer format: ${what//$T/}" "${what##*:}" "$(status_of ${what%:*})"
	said 'format 999.*newer version'
done
is "it is left alone" "" "$(print_of "$T/newer" | diff "$T/before" -)"
cp -a "$T/empty" "$T/damaged"
for content in '' '{' '[]' '{"format":1}' '{"format":"1"}' '{"format":0}'; do
	printf '%s' "$content" >"$T/damaged/store.json"
	is "a store.json that says '$content'" 1 "$(status_of refused_mount "$T/damaged" "$M" -f)"
	said 'store.json'
done

# Mounted once, and not twice.
new_store --test-clock=2023-03-14T18:30
mount_store settle=0
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
head -c 200000 /dev/urandom >"$T/clip"
chmod 644 "$T/clip"
as $WANG cp "$T/clip" "$D/clip"
mkdir "$T/other"
is "a store that is mounted is not mounted elsewhere" "1 no" "$(status_of refused_mount "$T/store" "$T/other" -f) $(mountpoint -q "$T/other" && echo yes || echo no)"
said 'in use.*mounted already'
is "nor in the background" 1 "$(status_of refused_mount "$T/store" "$T/other")"
said 'in use.*mounted already'
is "nor at the same place" 1 "$(status_of refused_mount "$T/store" "$M" -f)"
ln -s "$T/store" "$T/link"
is "nor by another path" 1 "$(status_of refused_mount "$T/link" "$T/other" -f)"
is "fsck checks beside the mount" 0 "$(status_of fsck.custodyfs "$T/store")"
is "but makes no catalog again" 2 "$(status_of fsck.custodyfs --rebuild "$T/store")"
is "nor is it made anew" 1 "$(status_of mkfs.custodyfs "$T/store")"
ok "the mount does not mind" custody_as $ADMIN verify --all
is "the mount says what it is" "fuse.custodyfs" "$(findmnt -no FSTYPE "$M")"
is "its beginning is on the ledger" "store.mount $(custodyfs --version | cut -d' ' -f2)" "$(events | json '[r["event"] + " " + r["details"]["version"] for r in rows if r["event"] == "store.mount"][-1]')"

# Without the mount nothing is changed.
digested() { [ "$(custody_as $ADMIN status --json | json 'd["digests_pending"]')" = 0 ]; }
until_true digested
still() { print_of "$T/store" | grep -vE "catalog.db-shm$BESIDE"; }    # SQLite's readers note themselves there
read_all() {
	local c
	for c in "list units" "list items" "show 1" "show ${D#"$M"/}" requests log "log 1" "verify --all" "verify 1" status "ledger verify" "ledger checkpoint" "ledger prove 1 -o $T/proof" \
		"ledger publish $T/published" "ledger checkpoint --against $T/head"; do
		is "$1: custody -s … ${c//$T/}" 0 "$(status_of custody -s "$T/store" $c)"
	done
}
custody_as $ADMIN ledger checkpoint >"$T/head"
BESIDE='|ledger/checkpoint'      # which the daemon signs each minute
still >"$T/before"
read_all "beside the mount"
is "beside the mount nothing was changed" "" "$(still | diff "$T/before" -)"
for c in "approve 1" "register unit 1 x" "request 1 --purpose x" "clock set 2024-01-01" "deposit $T/clip $T"; do
	is "custody -s … ${c//$T/} is not for this" 2 "$(status_of custody -s "$T/store" $c)"
	said 'only reads'
done
unmount_store
BESIDE=
still >"$T/before"
read_all "unmounted"
is "unmounted nothing was changed, no file left" "" "$(still | diff "$T/before" -)"
is "nor a file of SQLite's" "" "$(find "$T/store" -name 'catalog.db-*')"
mkdir "$T/read-only"
mount --bind "$T/store" "$T/read-only" && mount -o remount,bind,ro "$T/read-only"
is "a store on a medium that cannot be written is read: items, ledger, content" "0 0 0" \
	"$(status_of custody -s "$T/read-only" list items) $(status_of custody -s "$T/read-only" ledger verify) $(status_of custody -s "$T/read-only" verify --all)"
umount "$T/read-only"

# The key kept elsewhere.
mkdir "$T/safe"
mkfs.custodyfs --admin $ADMIN --key "$T/safe/key" "$T/keyed" >"$T/out"
mkfs.custodyfs --admin $ADMIN --key "$T/safe/wrong" "$T/keyed.other" >"$T/out"
is "the key is not in the store" 0 "$(find "$T/keyed" -mindepth 1 -name 'key*' | wc -l)"
is "and is its owner's alone" 600 "$(stat -c %a "$T/safe/key")"
keyed() { print_of "$T/keyed" | grep -vE 'lock|catalog.db-'; }
keyed >"$T/before"
is "mounting takes it" 1 "$(status_of refused_mount "$T/keyed" "$M" -f)"
said 'key=FILE'
is "a wrong one" 1 "$(status_of refused_mount "$T/keyed" "$M" -f -o key="$T/safe/wrong")"
said 'made with the store'
is "one that is none" 1 "$(status_of refused_mount "$T/keyed" "$M" -f -o key="$T/clip")"
is "none of that changed anything" "" "$(keyed | diff "$T/before" -)"
is "without it the ledger is verified, not signed" "0 False" "$(status_of custody -s "$T/keyed" ledger verify --json) $(json 'd["signed"]' <"$T/out")"
is "and no head comes of it" 2 "$(status_of custody -s "$T/keyed" ledger checkpoint)"
said 'signing key'
mv "$T/store" "$T/store.first" && mv "$T/keyed" "$T/store"
mount_store key="$T/safe/key"
is "with its key it is mounted, and signs" "0 custodyfs/$(custody_as $ADMIN status --json | json 'd["store"]["uuid"]')" "$(status_of custody_as $ADMIN ledger checkpoint) $(head -n 1 "$T/out")"
is "a store whose clock is real says so" "False False" "$(custody_as $ADMIN status --json | json '"%s %s" % (d["store"]["test_clock"], d["wall"] < "2024")')"
is "and is not set" "EINVAL" "$(custody_as $ADMIN clock set 2030-01-01 --json 2>"$T/said" | json 'd["errno"]')"
people
ok "today's recordings go into it" make_folder "$(TZ=UTC-8 date +%F)"
fails EINVAL "those of a day to come do not" as $WANG sys mkdir "$M/by-unit/中都所/WS00017/083017/$(TZ=UTC-8 date -d '+2 days' +%F)"
unmount_store
mv "$T/store" "$T/keyed" && mv "$T/store.first" "$T/store"

# How a mount begins and ends.
ended() { ! pgrep -f "custodyfs $T/store " >/dev/null; }
last_event() { custody -s "$T/store" log --json | tail -n 1 | json 'd["event"]'; }
is "in the background it is mounted when the command returns" "0 $WANG" "$(status_of custodyfs "$T/store" "$M") $(as $WANG stat -c %u "$D/clip")"
is "root's mount is everybody's" 1 "$(as $LI ls "$D" | wc -l)"
ok "its log is a file of the store's" test -f "$T/store/log"
fails EPERM "something is refused" as $WANG sys unlink "$D/clip"
eventually "and it is in it" grep -q 'refused: unlink' "$T/store/log"
is "the log is not for all" 600 "$(stat -c %a "$T/store/log")"
fusermount3 -u "$M"
eventually "unmounted, the daemon ends" ended
is "that is on the ledger" store.unmount "$(last_event)"
is "the log can go elsewhere" 0 "$(status_of custodyfs "$T/store" "$M" -o settle=0,log="$T/elsewhere")"
fails EPERM "something is refused" as $WANG sys unlink "$D/clip"
eventually "and it is there" grep -q 'refused: unlink' "$T/elsewhere"
umount "$M"
eventually "umount ends it as well" ended
# A signal to the daemon; its exit status, or "alive" where it does not end (and is killed).
over() { [ "$(ps -o stat= -p "$DAEMON" | cut -c1)" = Z ] || ! kill -0 "$DAEMON"; }
signalled() {
	kill "-$1" "$DAEMON"
	if until_true over; then
		wait "$DAEMON"
		ENDED=$?
	else
		ENDED=alive
		kill -9 "$DAEMON"
		wait "$DAEMON"
	fi
	DAEMON=
	if mountpoint -q "$M"; then
		ENDED="$ENDED, still mounted"
		umount -l "$M"
	fi
}
for signal in TERM HUP; do      # bash has what runs in the background ignore SIGINT
	mount_store
	is "the mount is there" 1 "$(as $WANG ls "$D" | wc -l)"
	signalled $signal
	is "SIG$signal ends it in order" "0 store.unmount" "$ENDED $(last_event)"
done
mount_store
mkfifo -m 644 "$T/slow"
exec {feed}<>"$T/slow"
setpriv --reuid=$WANG --regid=$WANG --clear-groups -- cp "$T/slow" "$D/slow" {feed}>&- 2>"$T/said" &
cp=$!
echo data >&$feed
arrived() { [ "$(as $WANG stat -c %s "$D/slow")" = 5 ]; }
until_true arrived
signalled TERM
is "SIGTERM under a deposit ends it, too" 0 "$ENDED"
exec {feed}>&-
copied=no
wait $cp && copied=yes
is "the copy fails" no $copied
mount_store
is "what arrived is incomplete" "slow unmounted" "$(custody_as $ADMIN list incomplete --json | json '"%(name)s %(reason)s" % d["rows"][0]')"
is "and not to be seen" clip "$(as $WANG ls "$D")"
unmount_store

# mount(8) and fstab.  Their helper finds programs in the system's folders alone, so in a namespace of its own ours are put there.
if [ -x /sbin/mount.fuse ] || [ -x /usr/sbin/mount.fuse ]; then
	echo "$T/store $M fuse.custodyfs noauto,nofail,noatime,_netdev,x-systemd.automount,settle=0,log=$T/elsewhere 0 0" >"$T/fstab"
	installed() { # COMMAND…: then lists what is there, and unmounts it
		unshare -m bash -c 'mount --bind "$1/bin" /usr/local/bin && "${@:2}" && setpriv --reuid='$WANG' --regid='$WANG' --clear-groups ls "$D" && findmnt -no FSTYPE "$M" && umount "$M" && echo gone' _ "$T" "$@" 2>&1
	}
	export D M
	is "mount -t fuse.custodyfs" "clip fuse.custodyfs gone" "$(installed mount -t fuse.custodyfs "$T/store" "$M" -o settle=0,log="$T/elsewhere" | xargs)"
	eventually "the daemon ends with it" ended
	is "by fstab, with the options of other people's" "clip fuse.custodyfs gone" "$(installed mount -T "$T/fstab" "$M" | xargs)"
	eventually "and with it" ended
	is "what cannot be mounted fails there, too" no "$(installed mount -t fuse.custodyfs "$T/full" "$M" >"$T/said" && echo yes || echo no)"
	said 'mkfs.custodyfs'
else
	skip "mount -t fuse.custodyfs" "mount.fuse is not installed (package fuse3)"
fi
is "after all of it the store is whole" 0 "$(status_of fsck.custodyfs --content "$T/store")"
