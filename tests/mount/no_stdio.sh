#!/usr/bin/env bash
# Started without standard descriptors, as some services and cron's children do: a file that is opened next must not become the place that messages are written to.
. "$(dirname "$0")/../lib.sh"
bare() { "$@" <&- >&- 2>&-; }
# What the daemon has as its standard descriptors.
standard() { for fd in 0 1 2; do readlink "/proc/$1/fd/$fd"; done | xargs; }
daemon() { pgrep -o -f "custodyfs $T/store "; }
ended() { ! daemon >/dev/null; }
ok "mkfs makes a store" bare mkfs.custodyfs --admin $ADMIN --admin-name 周琳 --admin-number A001 --test-clock=2023-03-14T18:30 "$T/store"
for closed in '2>&-' '>&- 2>&-' '<&- 2>&-' '<&- >&- 2>&-'; do
	eval "custodyfs '$T/store' '$M' -f $closed &"
	DAEMON=$!
	until_true mounted_or_dead
	is "in the foreground, $closed: messages go nowhere" /dev/null "$(standard $DAEMON | cut -d' ' -f3)"
	[ -e "$T/people.log" ] || people
	make_folder 2023-03-14
	fails ENOENT "something is refused" as $ZHANG sys unlink "$(folder_of 2023-03-14)/none.mp4"
	fails EPERM "and said" as $ZHANG sys mkdir "$(folder_of 2023-03-14)/none"
	unmount_store
	is "nothing is written to the lock" 0 "$(stat -c %s "$T/store/lock")"
done
is "in the background it says that it is mounted" 0 "$(bare custodyfs "$T/store" "$M"; echo $?)"
is "and logs to the store" "/dev/null /dev/null $T/store/log" "$(standard "$(daemon)")"
umount "$M"
eventually "(ended)" ended
is "and says that it is not, of a store that is none" 1 "$(bare custodyfs "$T" "$M"; echo $?)"
is "custody tells that it could not tell" 2 "$(bare custody -s "$T/store" status; echo $?)"
is "fsck checks it" 0 "$(bare fsck.custodyfs "$T/store"; echo $?)"
ok "it is whole" fsck.custodyfs "$T/store"
