#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/bonus-weekend.conf: promotions begin and
# end to the second, and add up.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Story;

###############################################################################

my ($ada, $bob, $cyd) = map { "$_\@example.com" } qw(ada bob cyd);

my $t = Loyalty::Story->new('bonus-weekend', '2027-11-20 15:00');
my $order = 0;

sub buys {
    my ($email, $total) = @_;

    $t->order(++$order, email => $email, total => $total);
    return $t->claim($order, $email);
}

sub facts {
    return ($t->rows("SELECT facts FROM claim WHERE number = '$order'"))[0];
}

sub offered {
    my ($email) = @_;

    return join ' ', map { $_->{id} } @{$t->balance($email)->field('rewards')};
}

$t->signup($_) for $ada, $bob, $cyd;

# The Saturday before.

is_result(buys($ada, '40.00'), 200, 'claimed', {earned => 65, points => 65},
    '40 + 25, as it is her first');
is(facts(), 'base=40 promotion.welcome=25', 'and the books say why');

# Friday, midnight in New York, is 05:00 UTC.

$t->now('2027-11-26 04:59:59');
is_result(buys($ada, '120.00'), 200, 'claimed', {earned => 150,
    points => 215}, 'a second before: 120 + 30');
is_fault($t->redeem('scarf', $ada), 409, 'reward_not_offered',
    'no scarf yet');
is(offered($ada), 'hanky', 'nor is it shown');

$t->now('2027-11-26 05:00:00');
is_result(buys($ada, '120.00'), 200, 'claimed', {earned => 270,
    points => 485}, 'from then on: 120 + 120 + 30');
is(facts(), 'base=120 promotion.weekend=120 promotion.large=30',
    'each part for itself');
is(offered($ada), 'scarf hanky', 'and there are scarfs');

is_result(buys($ada, '99.99'), 200, 'claimed', {earned => 198,
    points => 683}, '99 + 99: a cent short of a large order');
is_result(buys($bob, '100.00'), 200, 'claimed', {earned => 255,
    points => 255}, 'all at once: 100 + 100 + 30 + 25');

# What earns nothing is not doubled, and was the first order all the same.

is_result(buys($cyd, '0.99'), 200, 'claimed', {earned => 0, points => 0},
    'less than a dollar');
is_result(buys($cyd, '10.00'), 200, 'claimed', {earned => 20, points => 20},
    '10 + 10');

# Two scarfs.

is_result($t->redeem('scarf', $ada), 200, 'redeemed', {points => 533},
    '683 - 150');
is_result($t->redeem('scarf', $bob), 200, 'redeemed', {points => 105},
    '255 - 150');
is_fault($t->redeem('scarf', $ada), 409, 'out_of_stock', 'there were two');

# Sunday, midnight in New York.

$t->now('2027-11-29 04:59:59');
is_result(buys($ada, '10.00'), 200, 'claimed', {earned => 20, points => 553},
    'the last second: 10 + 10');

$t->now('2027-11-29 05:00:00');
is_result(buys($ada, '10.00'), 200, 'claimed', {earned => 10, points => 563},
    'and it is over');
is_fault($t->redeem('scarf', $ada), 409, 'reward_not_offered',
    'also for scarfs');
is(offered($ada), 'hanky', 'which are not shown any more');

###############################################################################

$t->told;

###############################################################################
