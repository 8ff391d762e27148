#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Several workers at once: each order is credited once, each member made once.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use List::Util qw(shuffle);

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes 4;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    # small groups, so that there are many of them

    loyalty_batch 3;

    server {
        listen %%LISTEN_0%% reuseport;

        %%LOCATIONS%%
        %%STORE%%

        location = /pid { return 200 $pid; }
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1));

# order 1 to 20 belong to four members

sub owner { 'member' . $_[0] % 4 . '@example.com' }

$store->order($_, email => owner($_), total => '10.00') for 1 .. 20;
$store->start;

sub count {
    my %count;

    $count{$_ ? $_->outcome : 'nothing'}++ for @_;
    return \%count;
}

###############################################################################

my %pids = map { $_->body => 1 } $t->all(($t->message('GET', '/pid')) x 200);
cmp_ok(scalar keys %pids, '>', 1, 'several workers take part');

srand 1;

my @signups = shuffle(map { owner($_) } 1 .. 160);

is_deeply(count($t->all(map { $t->message('POST', '/loyalty/signup',
    params => {email => $_}) } @signups)),
    {signed_up => 4, already_member => 156},
    'four sign up, forty times each at once');

my @orders = shuffle(map { ($_) x 10 } 1 .. 20);

is_deeply(count($t->all(map { $t->message('POST', '/loyalty/claim',
    params => {email => owner($_), order => $_}) } @orders)),
    {claimed => 20, already_claimed => 180},
    'twenty orders, ten times each at once');

is($t->points(owner($_)), 50 + 5 * 10, owner($_) . ' has all of it, once')
    for 1 .. 4;

# claims and redemptions and sign-ups, all mixed

my @mixed = shuffle(
    (map { my $n = $_; $t->message('POST', '/loyalty/redeem',
        params => {email => owner($n), reward => 'sticker'}) } 1 .. 40),
    (map { $t->message('POST', '/loyalty/claim',
        params => {email => owner($_), order => $_}) } 1 .. 20),
    (map { $t->message('POST', '/loyalty/signup',
        params => {email => "new$_\@example.com"}) } 1 .. 20),
    (map { $t->message('GET', "/loyalty/balance?email=${\owner($_)}") }
        1 .. 40));

is_deeply(count($t->all(@mixed)), {redeemed => 12, not_enough_points => 28,
    already_claimed => 20, signed_up => 20, balance => 40},
    'everything at once');

is($t->points(owner($_)), 10, owner($_) . ' has spent what there was')
    for 1 .. 4;

###############################################################################

$t->done;

###############################################################################
