#!/usr/bin/env bash
# S3 Case opened later: evidence that was deposited without a case is linked to one; it stays where it is, and is kept as long as the case says.
. "$(dirname "$0")/../lib.sh"
KASE=汶市监立〔2023〕47号 DECISION=汶市监处罚〔2023〕12号 PARTY=汶上县刘记百货店 CAUSE=经营超过保质期食品
NAME=WS00017_083017_20230314093012_0001.mp4 OTHER=WS00017_083017_20230314094500_0003.mp4
new_store --test-clock=2023-03-14T18:30
mount_store settle=0 settle_max=0
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
P=by-unit/中都所/WS00017/083017/2023-03-14/未立案
head -c 300000 /dev/urandom >"$T/clip.mp4"
chmod 644 "$T/clip.mp4"
as $WANG cp "$T/clip.mp4" "$D/$NAME"
as $WANG cp "$T/clip.mp4" "$D/$OTHER"
eventually "the clip has its digests" attr_of $WANG "$D/$NAME" sha256
fact() { custody_as $WANG show "$D/$NAME" --json | json "d['item']['$1']"; }
is "without a case it is kept for six months" 2023-09-15T00:00:00.000+08:00 "$(fact retain_until)"

# 2023-03-20
custody_as $ADMIN clock set 2023-03-20T10:00 >"$T/clock.log"
ok "the case is opened" custody_as $WANG case open "$KASE" --party "$PARTY" --cause "$CAUSE" --class evidence-30
is "with its party, cause and class" "$PARTY $CAUSE evidence-30 2023-03-20" "$(custody_as $ZHAO case show "$KASE" --json | json '"%(party)s %(cause)s %(class)s " % d["case"] + d["case"]["opened"][:10]')"
ino=$(as $WANG stat -c %i "$D/$NAME") label=$(as $WANG stat -c '%i %s %Y %a %u' "$D/$NAME")
ok "the clip is linked to it" custody_as $LI case link "$KASE" "$D/$NAME"
is "its term is the case's, which has no end while the case is open" "open case" "$(fact retain_until) $(fact retain_basis)"
is "so nobody removes it, and is told why" "unlink EPERM term-open" "$(custody_as $WANG why "$D/$NAME" --verb unlink --json | json '"%(verb)s %(errno)s %(reason)s" % d')"
is "its path is what it was" "$P/$NAME" "$(fact path)"
is "its digest" "$(sha_of "$T/clip.mp4")" "$(fact sha256)"
is "its inode, times and owner" "$label" "$(as $WANG stat -c '%i %s %Y %a %u' "$D/$NAME")"
is "it is in the case" "$NAME" "$(as $ZHANG ls "$M/by-case/$KASE")"
is "the same item" "$ino" "$(as $ZHANG stat -c %i "$M/by-case/$KASE/$NAME")"
is "also by party and by cause" 2 "$(as $ZHANG find "$M/by-case/by-party/$PARTY/$KASE" "$M/by-case/by-cause/$CAUSE/$KASE" -name "$NAME" -inum "$ino" | wc -l)"
fails EPERM "it is not renamed" as $WANG sys rename "$D/$NAME" "$D/x.mp4"
fails EPERM "nor in the case" as $WANG sys rename "$M/by-case/$KASE/$NAME" "$M/by-case/$KASE/x.mp4"

# the decision
ok "the decision's number is added" custody_as $ZHAO case alias "$KASE" "$DECISION"
is "it browses to the same items" "$NAME $ino" "$(as $ZHANG find "$M/by-case/$DECISION" -type f -printf '%f %i')"
is "a search for either number finds the case" "$KASE $DECISION" "$(as $ZHANG find "$M/by-case" -maxdepth 1 \( -name '*47号*' -o -name '*12号*' \) -printf '%f\n' | LC_ALL=C sort -r | paste -sd ' ')"
is "every name of it counts as a link" "$(as $ZHANG find "$M" -inum "$ino" | wc -l)" "$(as $ZHANG stat -c %h "$D/$NAME")"
is "the file system's own tools find them all" "$(as $ZHANG stat -c %h "$D/$NAME")" "$(as $ZHANG find "$M" -samefile "$M/by-case/$DECISION/$NAME" | wc -l)"

# unlinked, and closed
ok "the link is ended" custody_as $LI case unlink "$KASE" "$D/$NAME"
is "it is in no case any more" "" "$(as $ZHANG find "$M/by-case" -type f)"
is "and kept as long as before" "open case" "$(fact retain_until) $(fact retain_basis)"
ok "setfattr links it again" as $WANG setfattr -n user.custody.case -v "$DECISION" "$D/$NAME"
is "the item names its case" "$KASE" "$(attr_of $ZHANG "$D/$NAME" case)"
custody_as $ADMIN clock set 2023-06-30T10:00 >>"$T/clock.log"
ok "the case is closed" custody_as $WANG case close "$KASE" --on 2023-06-29
is "and thirty years begin" 2053-06-30T00:00:00.000+08:00 "$(fact retain_until)"
is "the other clip is kept as it was" 2023-09-15T00:00:00.000+08:00 "$(custody_as $WANG show "$D/$OTHER" --json | json 'd["item"]["retain_until"]')"
is "the trail tells all of it, in order" "case.link case.unlink case.link" "$(events "$D/$NAME" | json '" ".join(r["event"] for r in rows if r["event"].startswith("case."))')"
is "and the case's its own" "register.case case.alias case.close" "$(events --case "$DECISION" | json '" ".join(r["event"] for r in rows if r["event"] in ("register.case", "case.alias", "case.close"))')"
unmount_store
mount_store settle=0 settle_max=0
is "after a remount the case has it" "$NAME $ino" "$(as $ZHANG find "$M/by-case/$DECISION" -type f -printf '%f %i')"
