#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The tests' own formation of pg_auto_failover: the primary is killed,
# another one takes over with all that was committed, and the killed one
# comes back as its standby.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib";

use Time::HiRes qw(time);

use Loyalty::PostgreSQL::AutoFailover;

plan(skip_all => Loyalty::PostgreSQL::AutoFailover->lacking)
    if Loyalty::PostgreSQL::AutoFailover->lacking;

###############################################################################

my $begin = time();
my $ha = Loyalty::PostgreSQL::AutoFailover->new;

note(sprintf 'the formation took %.1f s', time() - $begin);

is(join(' ', sort map { $_->{state} } values %{$ha->states}),
   'primary secondary secondary', 'a primary and two standbys');

my $first = $ha->primary;

is($ha->value('SHOW port'), $first->{port}, 'the URI leads to the primary');
is($ha->value('SELECT pg_is_in_recovery()'), 'f', 'which can be written to');
like($ha->value('SHOW synchronous_standby_names'), qr/^ANY 1 /,
     'a commit needs one standby');
is_deeply([map { $ha->value("SHOW $_") } qw(fsync synchronous_commit
                                            listen_addresses)],
          ['on', 'on', '127.0.0.1'], 'durable, and on loopback only');

$ha->create_role('shop');
$ha->create_database('loyalty', 'shop');

my @as = (user => 'shop', database => 'loyalty');

$ha->psql('CREATE TABLE kept (n integer); INSERT INTO kept VALUES (1)', @as);

###############################################################################

my $killed_at = time();
my $killed = $ha->kill9_primary;

is($killed, $first->{name}, 'the primary is killed');
is($ha->node($killed)->{pid}, 0, 'its server is gone');

$ha->wait_for('another primary', sub {
    $ha->psql('INSERT INTO kept VALUES (2)', @as, connect_timeout => 2);
    1;
});

note(sprintf 'the failover took %.1f s', time() - $killed_at);

my $second = $ha->primary;

isnt($second->{name}, $killed, 'another one is the primary');
is($ha->value('SHOW port'), $second->{port}, 'the same URI leads there');
is($ha->value('SELECT string_agg(n::text, \' \' ORDER BY n) FROM kept', @as),
   '1 2', 'all that was committed is there');

###############################################################################

my $revived_at = time();

$ha->revive($killed)->wait_healthy;

note(sprintf 'until the killed one was a standby: %.1f s',
             time() - $revived_at);

is($ha->states->{$killed}{state}, 'secondary', 'the killed one is a standby');
is($ha->primary->{name}, $second->{name}, 'the primary stays');

my $own = Loyalty::PostgreSQL::Host::make_uri(
    host => '127.0.0.1', port => $ha->node($killed)->{port}, @as);

$ha->wait_for('the standby has the rows', sub {
    $ha->value('SELECT count(*) FROM kept', uri => $own) == 2;
});

pass('it has what was written while it was away');

###############################################################################

my ($dir, @pids) = ($ha->dir, map { $ha->postmaster($_) } 'monitor',
                                  $ha->names);

is(scalar(grep { $_ } @pids), 4, 'four servers run');

undef $ha;

is(scalar(grep { Loyalty::PostgreSQL::Host->alive($_) } @pids), 0,
   'they go with their object');
ok(!-e $dir, 'and so does the folder');

done_testing();

###############################################################################
