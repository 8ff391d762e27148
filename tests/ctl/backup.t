#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl backup: whole, of one moment, and in place only when it is good.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use JSON::PP ();
use POSIX ();

use Loyalty::Coalition;
use Loyalty::Ctl;
use Loyalty::PostgreSQL;
use Loyalty::Test;

# here the test says where a program's database is

$ENV{LOYALTY_ENGINE} = 'sqlite';

plan(skip_all => 'no sqlite3') if !Loyalty::Nginx->has_program('sqlite3');

###############################################################################

my $t = Loyalty::Test->new;
my $ctl = Loyalty::Ctl->new($t);
my $coalition = Loyalty::Coalition->new($t, $ctl);

my $db = 'shop/a.db';

sub backup { $ctl->on($db, 'backup', @_) }

# What is in the folder of the test beside what belongs there.

sub files { map { s{.*/}{}r } glob $t->path('copy*') }

$coalition->serve($db);
$coalition->happen($db);

my $r = backup($t->path('copy.db'));
is($r->{exit}, 0, 'a backup') or diag($r->{err});
is_deeply($ctl->digest('copy.db'), $ctl->digest($db), 'it is the same');
is($ctl->sqlite_sql('copy.db', 'PRAGMA integrity_check'), 'ok', 'in order');
is(sprintf('%o', (stat $t->path('copy.db'))[2] & 07777), '600',
    'readable by its owner only');
is($ctl->on('copy.db', 'verify')->{exit}, 0, 'what always holds does in it');

# SQLite's program has left its own beside it

unlink map { $t->path("copy.db$_") } '-wal', '-shm';
is_deeply([files()], ['copy.db'], 'nothing else was left');

$t->signup('eve@example.com');
$r = backup($t->path('copy.db'), '--json');
my $json = JSON::PP->new->decode($r->{out});
is_deeply([@$json{qw(command result bytes)}],
    ['backup', 'copied', -s $t->path('copy.db')], '--json');
is_deeply($ctl->digest('copy.db'), $ctl->digest($db), 'it takes the place');

unlink map { $t->path("copy.db$_") } '-wal', '-shm';
is(join('', @{backup('--quiet', $t->path('copy.db'))}{qw(out err)}), '',
    '--quiet says nothing');

###############################################################################

# Members sign up meanwhile: the copy is of one moment, in which all agrees

my $pid = fork;
die "fork: $!" if !defined $pid;

if ($pid == 0) {
    my $n = 0;
    $t->signup('new' . $n++ . '@example.com') while getppid != 1 && $n < 5000;
    POSIX::_exit(0);
}

for (1 .. 5) {
    $r = backup('--quiet', $t->path("copy$_.db"));
    is($r->{exit}, 0, "while it is written to, $_");
    is($ctl->on("copy$_.db", 'verify', '-q')->{exit}, 0,
        "while it is written to, $_: what always holds does");
}

kill TERM => $pid;
waitpid $pid, 0;

my @members = map { ($ctl->rows("copy$_.db", 'SELECT count(*) FROM member'))
                    [0][0] } 1 .. 5;
is_deeply(\@members, [sort { $a <=> $b } @members], 'each is later');
cmp_ok($members[4], '>', $members[0], 'it was written to');

###############################################################################

# Refusals leave what is there

unlink glob $t->path('copy*');
$t->write_file('copy.db', 'an older backup');

sub refused {
    my ($exit, $why, $name, @args) = @_;

    my $r = $ctl->run(@args);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($r->{exit}, $exit, $name);
    like($r->{err}, $why, "$name: says why");
    is_deeply([files()], ['copy.db'], "$name: nothing was left");
    is($t->read_file('copy.db'), 'an older backup', "$name: nothing changed");
}

my $uri = $ctl->uri($db);
my $copy = $t->path('copy.db');

refused(1, qr/in use, not a backup/, 'into itself', '-d', $uri, 'backup',
        $t->path($db));
refused(1, qr/no such file/, 'no such database', '-d',
        $ctl->sqlite('none.db'), 'backup', $copy);
refused(1, qr/No such file/, 'no such folder', '-d', $uri, 'backup',
        $t->path('none/copy.db'));
refused(2, qr/usage/, 'no file', '-d', $uri, 'backup');

SKIP: {
    skip 'loyaltyctl was built without libpq', 4
        if $ctl->run('-d', 'postgresql:///x', 'backup', $copy)->{err}
           =~ /was built without/;

    refused(2, qr/pg_dump/, 'PostgreSQL', '-d', 'postgresql:///x', 'backup',
            $copy);
}

# a damaged database makes no backup

$t->stop;
$ctl->sqlite_sql($db, 'PRAGMA journal_mode=DELETE');

open my $fh, '+<:raw', $t->path($db) or die "$db: $!";
seek $fh, 4096 * 3, 0;
print $fh "\xff" x 8192;
close $fh;

refused(1, qr/damaged/, 'a damaged database', '-d', $uri, 'backup', $copy);

$t->done;

###############################################################################
