#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A formation of pg_auto_failover whose primary is killed again and again while
# claims come in: nothing that was acknowledged is lost or credited twice, and
# the service is back by itself.  LOYALTY_FAILOVERS says how often.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib",
        "$FindBin::Bin/../crash/lib";

use Time::HiRes qw(sleep time);

use Loyalty::Crash;
use Loyalty::Database;
use Loyalty::Load;
use Loyalty::Node;
use Loyalty::PostgreSQL::AutoFailover;
use Loyalty::Test;

use constant {FAILOVERS => $ENV{LOYALTY_FAILOVERS} || 5, CLIENTS => 16};

# Seconds: the service must be back, and nginx must serve others meanwhile.

use constant {BACK => 60, AT_ONCE => 1};

my $lacking = Loyalty::PostgreSQL::AutoFailover->lacking
              || Loyalty::Database->server_lacking;

plan(skip_all => $lacking) if $lacking;

###############################################################################

my $began = time();
my $ha = shop_role(Loyalty::PostgreSQL::AutoFailover->new);
my $books = books($ha);

note(sprintf 'the formation took %.0f s', time() - $began);

my $t = node(shop_uri($ha));
my @workers = $t->workers;
my $load = Loyalty::Load->start($t, clients => CLIENTS);

my @kills;
my $longest = 0;

for my $n (1 .. FAILOVERS) {
    $load->await(20 * CLIENTS);

    my $primary = $ha->primary->{name};
    my $from = time();

    is($ha->kill9_primary, $primary, "failover $n: $primary is killed");

    # what nginx does meanwhile

    my $more = $load->acknowledged + CLIENTS;

    while ($load->acknowledged < $more) {
        my $asked = time();

        die "no service after " . BACK . " s\n" if $asked > $from + BACK;
        die "a plain page failed\n" if $t->get('/plain')->body ne 'plain';

        my $took = time() - $asked;
        $longest = $took if $took > $longest;
        sleep 0.05;
    }

    push @kills, [$from, time()];

    isnt($ha->primary->{name}, $primary, "failover $n: another one serves");

    $ha->revive($primary)->wait_healthy;
}

$load->await(20 * CLIENTS);

my $done = $load->stop;

###############################################################################

is($done->wrong, '', 'nobody saw more than 503 with Retry-After');
cmp_ok($done->refused, '>=', FAILOVERS, 'some saw that');
is($done->differs($books), '',
    'all that was acknowledged is there, and nothing else');
is(audit($t, $books), '', 'the books are in order');

my @members = $load->members;
my %points = map { $_ => $t->points("m$_\@example.com") } @members;
my %claims = map { $_ => 0 } @members;

/^(\d+)-/ && $claims{$1}++ for $books->rows('SELECT number FROM claim');

is_deeply(\%points, {map { $_ => 50 + 10 * $claims{$_} } @members},
    'every member has ten points for each of his orders');

is(join(' ', $t->workers), "@workers", 'the same workers, without a reload');
cmp_ok($longest, '<', AT_ONCE, sprintf
    'other pages were served meanwhile, in %.0f ms at most', 1000 * $longest);

my @outages = map { $done->outage(@$_) } @kills;

diag(sprintf '%d failovers: %s s without service', scalar @outages,
     join ', ', map { sprintf '%.1f', $_ } @outages);
diag(sprintf '%d claims, %d times told to come again, 503 within %.1f s; '
     . '%.0f s in all', $done->claimed, $done->refused, $done->longest,
     time() - $began);

$t->done;

###############################################################################
