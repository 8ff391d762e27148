#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The tests' own PostgreSQL server: it is what it says, survives what it is
# to survive, and leaves nothing behind.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib";

use IO::Handle;
use IO::Socket::INET;
use POSIX ();

use Loyalty::PostgreSQL;

plan(skip_all => Loyalty::PostgreSQL->lacking)
    if Loyalty::PostgreSQL->lacking;

###############################################################################

my $pg = Loyalty::PostgreSQL->new(tcp => 1, auth => 'scram-sha-256',
                                  conf => {work_mem => '1MB'});

is_deeply([$pg->psql('SELECT 1, NULL, \'\'; SELECT \'a b\', \'c|d\'')],
          [[1, undef, ''], ['a b', 'c|d']], 'rows of several statements');

is_deeply([$pg->psql('SELECT 1 WHERE false')], [], 'no rows');
is_deeply([$pg->psql('SELECT \'\'')], [['']], 'a row with nothing in it');

is_deeply([map { $pg->value("SHOW $_") }
           qw(fsync synchronous_commit full_page_writes server_encoding
              lc_collate max_connections work_mem)],
          ['on', 'on', 'on', 'UTF8', 'C', 100, '1MB'],
          'durable, UTF-8, locale C, and as the test wants it');

ok(!eval { $pg->psql('SELECT 1; SELECT * FROM nowhere'); 1 },
   'a statement that fails is an error');
like($@, qr/relation "nowhere" does not exist/, 'with the server\'s words');

isnt((stat $pg->data)[4], 0, 'the data is not root\'s');
isnt($pg->port, 5432, 'the port is not the usual one');

###############################################################################

# Names and passwords that have to be escaped.

my ($role, $database, $password) = ('o\'shop @1', 'a/b "c"', 'p:/@\\% \'"x');

$pg->create_role($role, password => $password);
$pg->create_database($database, $role);

my %as = (user => $role, database => $database);
my $who = 'SELECT current_user, current_database()';
my $are = [[$role, $database]];

is_deeply([$pg->psql($who, %as, password => 1)], $are, 'by URI');
is_deeply([$pg->psql($who, %as, passfile => 1)], $are, 'by a password file');
is_deeply([$pg->psql($who, %as, tcp => 1, password => 1)], $are, 'by TCP');
is_deeply([$pg->psql($who, uri => $pg->conninfo(%as, password => 1))], $are,
          'by keywords and values');

ok(!eval { $pg->psql($who, %as, password => 'wrong'); 1 }
   && $@ =~ /password authentication failed/, 'a wrong password');

$pg->create_role('nobody at home', login => 0);

ok(!eval { $pg->psql($who, user => 'nobody at home', password => 'x'); 1 },
   'a role without login');

like($pg->uri(%as),
     qr{^postgresql://o%27shop%20%401@/a%2Fb%20%22c%22\?host=%2F},
     'what the URI looks like');

###############################################################################

# Ends and new starts.

$pg->psql('CREATE TABLE kept (n integer); INSERT INTO kept VALUES (1)');

my $before = $pg->pid;
$pg->restart($_) for qw(fast immediate smart);

isnt($pg->pid, $before, 'another process after a restart');
is($pg->value('SELECT sum(n) FROM kept'), 1, 'with the same data');

my $sleeper = fork;
die "fork: $!\n" if !defined $sleeper;

if ($sleeper == 0) {
    open STDERR, '>', '/dev/null';
    eval { $pg->psql('SELECT pg_sleep(600)') };
    POSIX::_exit($@ ? 0 : 1);
}

$pg->wait_until('a query runs', sub {
    $pg->value('SELECT count(*) FROM pg_stat_activity
                WHERE query LIKE \'%pg_sleep%\' AND wait_event = \'PgSleep\'');
});

my $postmaster = $pg->pid;
my @family = ($postmaster, $pg->descendants($postmaster));

$pg->psql('INSERT INTO kept VALUES (2)');
$pg->kill9;
waitpid $sleeper, 0;

is($?, 0, 'clients of a killed server see it');
is_deeply([grep { $pg->alive($_) } @family], [], 'no process of it is left');
is($pg->pid, 0, 'it has no pid');
ok(!eval { $pg->psql('SELECT 1'); 1 }, 'nobody answers');

$pg->start;

is($pg->value('SELECT sum(n) FROM kept'), 3, 'what was committed is there');
like($pg->log, qr/automatic recovery|not properly shut down/,
     'the log tells of the crash');

$pg->reload(work_mem => '2MB');
is($pg->value('SHOW work_mem'), '2MB', 'reload');

###############################################################################

# By default nobody listens at an address.

my $other = Loyalty::PostgreSQL->new;

ok(!IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $other->port),
   'a socket only');
ok(!eval { $other->uri(tcp => 1); 1 }, 'and no URI pretends more');

my ($dir, $pid) = ($other->dir, $other->pid);
undef $other;

ok(!-e $dir && !kill(0, $pid), 'it goes with its object');

###############################################################################

# However a test ends, its server and its folder do not stay.  Killed, it
# cannot remove the folder any more.

for my $end ('die', 'exit', 'INT', 'TERM', 'KILL') {
    my ($dir, $pid) = test_that_ends($end);

    $pg->wait_until("the server of a test that ended by $end leaves", sub {
        !$pg->alive($pid);
    });

    ok(!$pg->alive($pid) && ($end eq 'KILL' || !-e $dir), "ended by $end");

    File::Path::remove_tree($dir) if $end eq 'KILL';
}

done_testing();

###############################################################################

sub test_that_ends {
    my ($end) = @_;

    my $script = <<'END';
        $| = 1;
        my $pg = Loyalty::PostgreSQL->new;
        print $pg->dir, ' ', $pg->pid, "\n";
        die if $ARGV[0] eq 'die';
        exit if $ARGV[0] eq 'exit';
        kill $ARGV[0] => $$;
        sleep 60;
END

    my $child = open my $out, '-|';
    die "fork: $!\n" if !defined $child;

    if ($child == 0) {
        # who is killed could not remove a copy of the programs

        $ENV{LOYALTY_PG_BINDIR} = $pg->bindir;

        open STDERR, '>', '/dev/null';
        exec $^X, "-I$FindBin::Bin/../../t/lib", '-MLoyalty::PostgreSQL', '-e',
             $script, $end or POSIX::_exit(127);
    }

    my ($dir, $pid) = split ' ', <$out>;

    close $out;
    return ($dir, $pid);
}

###############################################################################
