#!/usr/bin/env bash
# A still empty item that is opened again while a reader holds its first deposit: two lives of one item, and the daemon keeps them apart.
. "$(dirname "$0")/../lib.sh"
new_store
mount_store settle=3600 settle_max=7200
people
DAY=$(TZ=UTC-8 date +%F)
D=$(folder_of "$DAY")
make_folder "$DAY"

# Writer, reader, the writer goes, another writer comes, the reader goes; then enough deposits to meet every place of the table again.
twice() {
	as $WANG perl -e '
		use Fcntl;
		my ($d) = @ARGV;
		for my $n (1 .. 20) {
			my $f = "$d/two-$n.txt";
			sysopen(my $w, $f, O_CREAT | O_WRONLY) or die "create: $!";
			sysopen(my $r, $f, O_RDONLY) or die "read: $!";
			close($w) or die "close: $!";
			sysopen(my $again, $f, O_WRONLY) or die "again: $!";
			close($r);
			syswrite($again, "hello") == 5 or die "write: $!";
			(stat $f)[7] == 5 or die "its size is " . (stat $f)[7];
			close($again) or die "close again: $!";
		}
		for my $n (1 .. 1100) {
			open(my $w, ">", "$d/more-$n") or die "more: $!";
			close($w) or die "more, close: $!";
		}' "$D"
}
ok "it is opened again and written" twice
ok "the daemon lives" kill -0 "$DAEMON"
is "all are there" 1120 "$(as $WANG ls "$D" | wc -l)"
is "and what was written is sealed" "5 sealed settling" "$(as $WANG stat -c %s "$D/two-7.txt") $(state_of "$D/two-7.txt")"
ok "everything verifies" custody_as $ADMIN verify --all
unmount_store
