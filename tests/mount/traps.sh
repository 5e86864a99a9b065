#!/usr/bin/env bash
# What other write-once file systems fell into, one by one, with the programs that people use.
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=0 settle_max=0
people
make_folder 2023-03-14
D=$(folder_of 2023-03-14)
for name in clip other; do head -c 150000 /dev/urandom >"$T/$name.mp4"; done
chmod 644 "$T"/*.mp4
mkfifo -m 666 "$T/go"
mkdir -m 1777 "$T/tmp"
SHA=$(sha_of "$T/clip.mp4")

as_gone() { [ "$(as $WANG sys stat "$1")" = ENOENT ]; }
seals() { [[ $(state_of "$1") = sealed* ]]; }
has_size() { [ "$(as $WANG stat -c %s "$2")" = "$1" ]; }
id_of() { attr_of $WANG "$1" id; }
blob_of() { printf '%s/store/blob/000000/000/%012d' "$T" "$(id_of "$1")"; }
ledger_has() { events | grep -F '"event":"'"$1"'"' | grep -cF -- "$2"; }
listed() { custody_as $LI --json list "$1" | grep -o '"was_at":"[^"]*/'"$2"'"' | wc -l; }
unchanged() {           # FACT FILE
	is "$1: the bytes are the same" "$SHA" "$(sha_of "$(blob_of "$2")")"
	is "$1: the label is the same" "$LABEL" "$(as $WANG stat -c '%i %s %a %u %y %n' "$2")"
}

# A copy under way as a person's own process: it writes "begun", waits to be told, and writes " ended".
begin_copy() {          # FILE
	# shellcheck disable=SC2016
	as $WANG bash -c 'exec 3>"$1" && printf begun >&3 && read -r _ <"$2" && printf " ended" >&3' - "$1" "$T/go" &
	COPY=$!
	until_true has_size 5 "$1"
}
end_copy() {
	echo >"$T/go"
	wait $COPY
}

F=$D/clip.mp4
as $WANG cp -p "$T/clip.mp4" "$F"
as $WANG cp -p "$T/other.mp4" "$D/other.mp4"
until_true is_settled "$D/other.mp4"
LABEL=$(as $WANG stat -c '%i %s %a %u %y %n' "$F")

# --- rename over a retained file --------------------------------------------------------------------------------------------------------------------------
refused "cp over it" as $WANG cp "$T/other.mp4" "$F"
refused "cp of the same bytes over it" as $WANG cp "$T/clip.mp4" "$F"
refused "cp --remove-destination over it" as $WANG cp --remove-destination "$T/other.mp4" "$F"
refused "mv from outside over it" as $WANG bash -c 'cp "$1" "$2" && mv -f "$2" "$3"' - "$T/other.mp4" "$T/tmp/x.mp4" "$F"
refused "mv of another item over it" as $WANG mv -f "$D/other.mp4" "$F"
refused "mv of it over another" as $WANG mv -f "$F" "$D/other.mp4"
refused "install over it" as $WANG install "$T/other.mp4" "$F"
refused "rsync --inplace over it" as $WANG rsync -a --inplace --ignore-times "$T/other.mp4" "$F"
refused "ln -f over it" as $WANG ln -f "$D/other.mp4" "$F"
refused "dd over it" as $WANG dd if="$T/other.mp4" of="$F" conv=notrunc status=none
unchanged "replacing" "$F"
is "and the other is, too" "$(sha_of "$T/other.mp4")" "$(sha_of "$(blob_of "$D/other.mp4")")"
is "replacing is on the ledger" 1 "$(ledger_has refused '"verb":"rename-over","errno":"EPERM","reason":"no-replace","path":"'"${D#"$M/"}/other.mp4\"")"

# --- a refusal that still truncated, and every other way in -----------------------------------------------------------------------------------------------
for who in $WANG $LI $ADMIN; do
	# shellcheck disable=SC2016
	refused "> by uid $who" as "$who" bash -c ': >"$1"' - "$F"
	# shellcheck disable=SC2016
	refused ">> by uid $who" as "$who" bash -c 'echo x >>"$1"' - "$F"
	refused "truncate by uid $who" as "$who" truncate -s 0 "$F"
	refused "fallocate by uid $who" as "$who" fallocate -l 1M "$F"
	refused "punching holes by uid $who" as "$who" fallocate -p -o 0 -l 4096 "$F"
	refused "a reflink by uid $who" as "$who" cp --reflink=always "$T/other.mp4" "$F"
	refused "a hard link by uid $who" as "$who" ln "$F" "$D/link.mp4"
	refused "cp -l by uid $who" as "$who" cp -l "$F" "$D/link.mp4"
	fails EPERM "copy_file_range by uid $who" as "$who" sys open "$F" O_WRONLY
	fails EPERM "a writable mapping by uid $who" as "$who" sys mmap-write "$F"
	refused "rm -f by uid $who" as "$who" rm -f "$F"
	refused "chmod by uid $who" as "$who" chmod 0444 "$F"
	refused "sed -i by uid $who" as "$who" sed -i s/a/b/ "$F"
done
refused "> by root" bash -c ': >"$1"' - "$F"
refused "chattr by root" chattr -i "$F"
unchanged "breaking in" "$F"
is "nothing else is in the folder" "clip.mp4 other.mp4" "$(as $WANG ls -A "$D" | xargs)"

# --- a reader's descriptor, reached by root ---------------------------------------------------------------------------------------------------------------
ok "a reader asks for it" custody_as $ZHANG request "$F" --purpose 核对
ok "and is granted it" custody_as $CHEN approve 1
shell_as $ZHANG
is "the reader has it open" 0 "$(in_shell "exec 7<'$F'; sys pread 7 0 100")"
fails EACCES "root opens what the reader has open" sys open "/proc/$SHELL_PID/fd/7" O_RDONLY
fails EPERM "root opens it for writing" sys open "/proc/$SHELL_PID/fd/7" O_RDWR
fails EPERM "root truncates it at the open" sys open "/proc/$SHELL_PID/fd/7" O_RDONLY,O_TRUNC
fails EPERM "root truncates it" sys truncate "/proc/$SHELL_PID/fd/7" 0
is "the reader reads on" 0 "$(in_shell "sys pread 7 0 100")"
end_shell
unchanged "reaching in by another's descriptor" "$F"

# --- a zero-byte file sealed at create, before its data ---------------------------------------------------------------------------------------------------
begin_copy "$D/slow.txt"
is "a copy that has begun is not sealed" receiving "$(state_of "$D/slow.txt")"
end_copy
is "its end is written" 0 $?
eventually "then it is sealed" is_settled "$D/slow.txt"
is "with all that was written" "begun ended" "$(cat "$(blob_of "$D/slow.txt")")"
ok "dd closes a duplicate first, and its copy is taken whole" as $WANG dd if="$T/clip.mp4" of="$D/dd.mp4" bs=4096 conv=fsync status=none
is "all of it" "$SHA" "$(sha_of "$(blob_of "$D/dd.mp4")")"
# shellcheck disable=SC2016
ok "closing a duplicate and writing on" as $WANG bash -c 'exec 3>"$1" && exec 4>&3 && exec 4>&- && printf a >&3 && exec 4>&3 && exec 4>&- && printf b >&3' - "$D/dup.txt"
eventually "seals at the last close" is_settled "$D/dup.txt"
is "with both writes" ab "$(cat "$(blob_of "$D/dup.txt")")"
is "and once" 1 "$(ledger_has deposit.seal "\"item\":$(id_of "$D/dup.txt"),")"

# --- an earlier open descriptor stays writable ------------------------------------------------------------------------------------------------------------
# A child inherits the descriptor; its parent closes it and is gone.
# shellcheck disable=SC2016
as $WANG bash -c 'exec 3>"$1"; printf parent >&3; { read -r _ <"$2"; printf " child" >&3; } & exec 3>&-' - "$D/child.txt" "$T/go"
is "while a child holds the descriptor nothing is sealed" receiving "$(state_of "$D/child.txt")"
fails 0 "so that its depositor may still open it" as $WANG sys open "$D/child.txt" O_WRONLY,O_APPEND
is "and it still is not sealed" receiving "$(state_of "$D/child.txt")"
echo >"$T/go"
eventually "it is once the child is done" is_settled "$D/child.txt"
is "with what both wrote" "parent child" "$(cat "$(blob_of "$D/child.txt")")"
fails EPERM "and now nobody opens it" as $WANG sys open "$D/child.txt" O_WRONLY,O_APPEND

# A mapping outlives its descriptor: it keeps the item open, and bytes written through it are sealed with the rest.
shell_as $WANG
is "a file is begun" 0 "$(in_shell "exec 7<>'$D/mapped.bin'; printf %08192d 0 >&7; sys map-after-close '$D/mapped.bin'")"
is "it is closed" 0 "$(in_shell "exec 7>&-; echo 0")"
eventually "and sealed" is_settled "$D/mapped.bin"
is "with the byte that came through the mapping" x "$(head -c 1 "$(blob_of "$D/mapped.bin")")"
is "and with the others" 8192 "$(as $WANG stat -c %s "$D/mapped.bin")"

# A descriptor to read one's own unsealed content is no way round the approval once it is sealed.
is "one's own unsealed content can be read" 0 "$(in_shell "exec 7>'$D/own.bin'; printf %08192d 0 >&7; exec 8<'$D/own.bin'; sys pread 8 0 4096")"
is "the writer closes" 0 "$(in_shell "exec 7>&-; echo 0")"
eventually "and it is sealed, though still open for reading" is_settled "$D/own.bin"
is "then that descriptor reads no more" EACCES "$(in_shell "sys pread 8 0 4096")"
is "not by another name" EACCES "$(in_shell "sys open /proc/self/fd/8 O_RDONLY")"
is "nor can it be made one for writing" EPERM "$(in_shell "sys open /proc/self/fd/8 O_WRONLY")"
end_shell

# --- a failed upload leaves junk that can't be removed ----------------------------------------------------------------------------------------------------
for signal in KILL TERM INT; do
	# shellcheck disable=SC2016
	as $WANG bash -c 'trap - "$2"; exec 3>"$1" && printf begun >&3 && kill -"$2" $$' - "$D/killed.mp4" $signal 2>/dev/null
	eventually "SIG$signal during a copy: nothing partial is seen" as_gone "$D/killed.mp4"
done
is "all three are listed as incomplete" 3 "$(listed incomplete killed.mp4)"
is "and with them why" 3 "$(ledger_has deposit.incomplete '"reason":"killed"')"
ok "the name is free, and the retry succeeds" as $WANG cp -p "$T/clip.mp4" "$D/killed.mp4"
is "with the bytes of the source" "$SHA" "$(sha_of "$(blob_of "$D/killed.mp4")")"
begin_copy "$D/removed.mp4"
fails 0 "a copy under way can be removed by its depositor" as $WANG sys unlink "$D/removed.mp4"
fails ENOENT "it is gone" as $WANG sys stat "$D/removed.mp4"
ok "the name is free at once" as $WANG cp "$T/clip.mp4" "$D/removed.mp4"
end_copy
is "the removed copy's writer writes on and closes" 0 $?
is "what it wrote is not lost" 1 "$(listed incomplete removed.mp4)"
is "and did not get into the new one" "$SHA" "$(sha_of "$(blob_of "$D/removed.mp4")")"
# Who only inherited the descriptor and wrote nothing may die of a signal: shells do that to their children.
# shellcheck disable=SC2016
as $WANG bash -c 'exec 3>"$1"; tail -f /dev/null & printf whole >&3; kill -KILL $!; wait $!; printf " copy" >&3' - "$D/bystander.txt" 2>/dev/null
eventually "a bystander's death breaks nothing" is_settled "$D/bystander.txt"
is "the copy is whole" "whole copy" "$(cat "$(blob_of "$D/bystander.txt")")"
# A program that fails without a signal has closed its file: what it wrote is what it gave.
# shellcheck disable=SC2016
as $WANG bash -c 'exec 3>"$1"; printf "all I have" >&3; exit 1' - "$D/exit1.txt"
eventually "an exit with an error is a close" is_settled "$D/exit1.txt"

# --- mtime lost at release, and cp -p, which sets times before the close ----------------------------------------------------------------------------------
touch -d 2023-03-14T09:30:12.123456789+08:00 "$T/clip.mp4"
ok "cp -p" as $WANG cp -p "$T/clip.mp4" "$D/preserved.mp4"
eventually "which seals" is_settled "$D/preserved.mp4"
is "keeps the time, to the nanosecond" "$(stat -c %y "$T/clip.mp4")" "$(as $WANG stat -c %y "$D/preserved.mp4")"
ok "tar sets times on the descriptor, too" as $WANG bash -c 'tar c -H pax -C "${1%/*}" "${1##*/}" | tar xp -C "$2" --transform s/clip/tarred/' - "$T/clip.mp4" "$D"
is "and they are kept" "$(stat -c %y "$T/clip.mp4")" "$(as $WANG stat -c %y "$D/tarred.mp4")"
is "and on the record" 2 "$(ledger_has deposit.close "\"mtime\":$(date -d "$(stat -c %y "$T/clip.mp4")" +%s%N)")"
unmount_store

# --- with a settle window ---------------------------------------------------------------------------------------------------------------------------------
mount_store settle=60 settle_max=180
at() { custody_as $ADMIN clock set "2023-03-14T$1" >/dev/null; }
is "times are kept over a remount" "$(stat -c %y "$T/clip.mp4")" "$(as $WANG stat -c %y "$D/preserved.mp4")"

# Touch, then >: the file is sealed at its first close, but empty.
ok "touch makes an empty file" as $WANG touch "$D/touched.txt"
eventually "which settles" seals "$D/touched.txt"
# shellcheck disable=SC2016
ok "> fills it" as $WANG bash -c 'echo text >"$1"' - "$D/touched.txt"
eventually "it settles again" seals "$D/touched.txt"
is "with the text" text "$(cat "$(blob_of "$D/touched.txt")")"
# shellcheck disable=SC2016
refused "> again does not empty it" as $WANG bash -c ': >"$1"' - "$D/touched.txt"
is "it has the text still" text "$(cat "$(blob_of "$D/touched.txt")")"
fails 0 "Samba makes an empty base for a stream, opened for reading" as $WANG sys open "$D/base.doc" O_RDONLY,O_CREAT
fails 0 "then the stream" as $WANG sys setxattr "$D/base.doc" 'user.DosStream.x:$DATA' text
fails 0 "then the content" as $WANG sys write "$D/base.doc" O_RDWR content
eventually "which settles" seals "$D/base.doc"
is "with that" content "$(cat "$(blob_of "$D/base.doc")")"
is "and with the stream" text "$(as $WANG getfattr --absolute-names --only-values -n 'user.DosStream.x:$DATA' "$D/base.doc")"
ok "an empty file that stays empty" as $WANG touch "$D/empty.txt"
is "is no one else's to fill" EPERM "$(as $LI sys write "$D/empty.txt" O_WRONLY x)"

# Editors' temporary files are not frozen.
# shellcheck disable=SC2016
ok "an editor's swap file comes and goes" as $WANG bash -c 'cd "$1" && echo swap >.note.txt.swp && echo swap >.note.txt.swx && rm .note.txt.swx .note.txt.swp' - "$D"
# shellcheck disable=SC2016
ok "so does a test file" as $WANG bash -c 'cd "$1" && : >4913 && rm 4913' - "$D"
# shellcheck disable=SC2016
ok "a note is written under a temporary name and renamed" as $WANG bash -c 'cd "$1" && echo note >note.txt~ && mv -n note.txt~ note.txt' - "$D"
# shellcheck disable=SC2016
refused "but not over what is there" as $WANG bash -c 'cd "$1" && echo more >note.txt~ && mv -f note.txt~ note.txt' - "$D"
ok "and the temporary file can be removed" as $WANG rm "$D/note.txt~"
is "only the note is left" note.txt "$(as $WANG ls -A "$D" | grep -E 'note|4913' | xargs)"
is "as it was first" note "$(cat "$(blob_of "$D/note.txt")")"

# rsync's temporary file, where it can't take the other's place.
refused "rsync over an item" as $WANG rsync -a --ignore-times "$T/other.mp4" "$F"
unchanged "rsync" "$F"
is "nothing of it is left" 0 "$(as $WANG ls -A "$D" | grep -c '^\.clip')"

# Moving the time again and again does not renew the window for ever.
at 20:00:00
ok "a copy that is touched on and on" as $WANG cp "$T/clip.mp4" "$D/renewed.mp4"
eventually "settles" seals "$D/renewed.mp4"
for minute in 00:40 01:20 02:00 02:40; do
	at 20:$minute
	fails 0 "its time is moved after $minute" as $WANG sys utimens "$D/renewed.mp4" "10${minute/:/}"
done
at 20:03:20
fails EPERM "after three minutes that is over" as $WANG sys utimens "$D/renewed.mp4" 5000
is "and it is sealed for good" sealed "$(state_of "$D/renewed.mp4")"

ok "all content verifies" custody_as $ADMIN verify --all
ok "and the ledger" custody_as $ADMIN ledger verify
# --- a size that no disk holds: hashing its holes would keep the daemon busy for hours ----------------------------------------------------------------------
# shellcheck disable=SC2016
is "a file of eight exbibytes is refused" "ENOSPC ENOSPC 0" "$(as $WANG bash -c 'exec 7>"$1"; sys truncate "$1" 8000000000000000000 >&1; sys fallocate "$1" O_WRONLY 0 7000000000000000000 4096; sys truncate "$1" 5000000' - "$D/sparse.bin" | xargs)"

# --- unlinked and still open: a descriptor tells of it, no name does ----------------------------------------------------------------------------------------
is "fstat of what was unlinked" "4 0" "$(as $WANG perl -e 'open(my $f, ">", $ARGV[0]) or die; syswrite($f, "half"); unlink($ARGV[0]) or die; my @s = stat($f) or die "fstat: $!"; print "$s[7] $s[3]"' "$D/gone.txt" 2>&1)"
fails ENOENT "its name is free" as $WANG sys stat "$D/gone.txt"

unmount_store
