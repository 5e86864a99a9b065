#!/usr/bin/env bash
# What `why` says of a verb is what the verb then meets: the same errno, for every verb, in every state, by people with different roles.
# shellcheck disable=SC2086 # commands are kept as text, which is split into words
. "$(dirname "$0")/../lib.sh"
new_store --test-clock=2023-03-14T18:30
mount_store settle=600
people
make_folder 2023-03-14
make_folder 2023-03-13
D=$(folder_of 2023-03-14)
head -c 100000 /dev/urandom >"$T/clip"
chmod 644 "$T/clip"
put() { as $WANG cp "$T/clip" "$D/$1" || fail "$1 is copied in"; }

# A verb's name for `why`, and how it is done; P is the path, B a free name beside it, O another item's path, E a free name in another date's folder, N in the folder P.
# shellcheck disable=SC2034 # both are read by name
item_verbs=(
	"stat|stat P" "open-write|open P O_WRONLY" "write|write P O_WRONLY x" "truncate|truncate P 5" "fallocate|fallocate P O_RDWR 0 0 10" "rename-over|rename P O" "rename-away|rename P E"
	"link|link P B" "setxattr|setxattr P user.note x" "removexattr|removexattr P user.note" "open-read|read P" "utimens|utimens P 1000" "chmod|chmod P 600" "chown|chown P 12 12"
	"rename|rename P B" "unlink|unlink P"
)
# shellcheck disable=SC2034
folder_verbs=(
	"stat|stat P" "create|open P/new O_CREAT,O_WRONLY" "mkdir|mkdir P/N" "rename|rename P P-x" "utimens|utimens P 1000" "chmod|chmod P 700" "symlink|symlink x P/new" "mknod|mkfifo P/new"
	"setxattr|setxattr P user.note x" "rmdir|rmdir P" "delete|rmdir P"
)
# item|folder STATE PATH NAME USER…
agree() {
	local -n verbs=${1}_verbs
	local state=$2 path=$3 new=$4 row verb line who said got
	shift 4
	for who in "$@"; do
		for row in "${verbs[@]}"; do
			verb=${row%%|*} line=" ${row#*|} "
			[[ $path/$verb = $M/@(rename|rmdir|delete) ]] && continue        # the kernel does not ask us about where it is mounted
			line=${line// E / $E/free } line=${line// P/ $path} line=${line// B / ${path%/*}/free } line=${line// O / $D/other } line=${line//\/N /\/$new }
			said=$(custody_as "${!who}" why --json "$path" --verb $verb 2>/dev/null | json '"%s %s" % (d.get("errno") or "0", d["reason"] if d["allowed"] == (d["errno"] is None) else "?")')
			got=$(as "${!who}" sys $line 2>&1 | tail -n 1)
			is "$state, $who, $verb ($said)" "${said% *}" "$got"
			[ "$got" = 0 ] || continue
			case $verb in
			rename) as "${!who}" sys rename "${path%/*}/free" "$path" ;;
			create) as "${!who}" sys unlink "$path/new" ;;
			mkdir) as "${!who}" sys rmdir "$path/$new" ;;
			rmdir) as "${!who}" sys mkdir "$path" ;;
			esac >"$T/out" 2>&1
		done
	done
}
U=$M/by-unit/中都所
E=$(folder_of 2023-03-13)
V=$M/by-date/2023-03-14/中都所/WS00017/083017/未立案

put other
put viewed
agree item "settling, in a view" "$V/viewed" x LI WANG
put a
agree item settling "$D/a" x ZHANG LI CHEN ADMIN WANG
ok "what its depositor might remove is gone" test ! -e "$D/a"
put b
put c
custody_as $ADMIN clock set 2023-03-15 >"$T/out" || cat "$T/out"
eventually "settled" is_settled "$D/c"
agree item sealed "$D/b" x WANG LI CHEN ADMIN
agree item "sealed, in a view" "$V/b" x WANG LI
is "a hold" 0 "$(as $LI sys setxattr "$D/b" user.custody.hold.h 'ground=1; reason=x')"
agree item held "$D/b" x WANG LI CHEN
custody_as $ZHANG request "$D/b" --purpose 核对 >"$T/out" && custody_as $CHEN approve 1 >"$T/out" || cat "$T/out"
agree item granted "$D/b" x ZHANG
custody_as $ADMIN clock set 2023-10-01 >"$T/out" || cat "$T/out"
agree item "held, the term over" "$D/b" x WANG LI
agree item "the term over" "$D/c" x WANG LI CHEN ZHAO

make_folder 2023-09-30
N=$(folder_of 2023-09-30)
agree folder "the root" "$M" new WANG CHEN
agree folder "by-unit" "$M/by-unit" 新所 WANG ADMIN
agree folder "a unit" "$U" WS00099 WANG LI
agree folder "a device" "$U/WS00017" 083098 WANG LI
agree folder "an officer" "$U/WS00017/083017" 2023-09-29 WANG ZHANG LI CHEN
agree folder "a date, not empty" "${D%/*}" 没有 ZHANG CHEN
agree folder "a case folder, not empty" "$D" x WANG ZHANG LI CHEN
agree folder "a case folder, empty" "$N" x ZHANG CHEN WANG
agree folder "a date, empty" "${N%/*}" 未立案 ZHANG CHEN WANG
for f in by-case by-date/2023-03-14 by-officer/083017; do agree folder "a view, $f" "$M/$f" x WANG CHEN; done
is "of what is not there only its making is told" "not-found" "$(custody_as $WANG why --json "$D/none" --verb delete 2>/dev/null | json 'd["reason"]')"
is "to who may not" "not-yours" "$(custody_as $ZHANG why --json "$D/none" --verb create | json 'd["reason"]')"
is "who is nobody here is told so" "nobody nobody" "$(for f in "$D" "$D/b"; do custody_as $STRANGER why --json "$f" --verb delete | json 'd["reason"]'; done | xargs)"
unmount_store
