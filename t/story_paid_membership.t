#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/paid-membership.conf: bought as an item of
# the store, it doubles points and makes rewards cheaper, for its year.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Story;

###############################################################################

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';
my $eve = 'eve@example.com';

my $t = Loyalty::Story->new('paid-membership', '2031-01-10 10:00');

# An order: its total, the tax and the shipping in it, and its items.

sub order {
    my ($number, $email, $total, $tax, $shipping, $skus, %more) = @_;

    $t->order($number, email => $email, total => $total, total_tax => $tax,
        shipping_total => $shipping, refunds => [],
        line_items => [map { {sku => $_, quantity => 1} } @$skus], %more);
}

sub buys {
    order(@_);
    return $t->claim($_[0], $_[1]);
}

sub cost {
    my ($email, $reward) = @_;

    my ($found) = grep { $_->{id} eq $reward }
                       @{$t->balance($email)->field('rewards')};
    return $found->{cost};
}

$t->signup($_) for $ada, $bob, $eve;

is_result($t->balance($ada), 200, 'balance', {membership => '',
    membership_until => ''}, 'nobody is a member of Plus');

# 119.00 - 9.00 - 10.00 = 100; the order that buys it does not earn by it.

is_result(buys(1, $ada, '119.00', '9.00', '10.00', ['PLUS-1Y', 'SHIRT']), 200,
    'claimed', {earned => 100, points => 100, membership => 'plus',
    membership_name => 'Plus',
    membership_perks => 'Free returns, double points',
    membership_until => '2032-01-10T10:00:00Z'}, 'Ada buys Plus');

# 66.00 - 6.00 - 10.00 = 50, twice.

is_result(buys(2, $ada, '66.00', '6.00', '10.00', ['SHIRT']), 200, 'claimed',
    {earned => 100, points => 200}, 'and earns double');
is_result(buys(3, $bob, '216.00', '6.00', '10.00', ['SHIRT']), 200, 'claimed',
    {earned => 200, points => 200}, 'Bob does not');

is_deeply([map { cost($ada, $_) } qw(mug tenner freight)], [160, 400, 240],
    'a fifth off: 200, 500 and 300 are 160, 400 and 240');
is_deeply([map { cost($bob, $_) } qw(mug tenner)], [200, 500],
    'what they cost to Bob');

is_result($t->redeem('mug', $ada), 200, 'redeemed', {spent => 160,
    points => 40}, '200 - 160');
is_result($t->redeem('mug', $bob), 200, 'redeemed', {spent => 200,
    points => 0}, '200 - 200');

buys(4, $bob, '500.00', '0.00', '0.00', ['SHIRT']);
is_fault($t->redeem('freight', $bob), 409, 'reward_not_offered',
    'free shipping is for members');

# Renewed in December: 365 days from the end, which is in a leap year.

$t->now('2031-12-01 10:00');
is_result(buys(5, $ada, '49.00', '0.00', '0.00', ['PLUS-1Y']), 200, 'claimed',
    {earned => 98, points => 138, membership_until => '2033-01-09T10:00:00Z'},
    '40 + 2 x 49; a year on top of what is left');

$t->now('2033-01-09 09:59:59');
is_result(buys(6, $ada, '10.00', '0.00', '0.00', ['SHIRT']), 200, 'claimed',
    {earned => 20, points => 158, membership => 'plus'}, 'the last second');

$t->now('2033-01-09 10:00:00');
is_result(buys(7, $ada, '10.00', '0.00', '0.00', ['SHIRT']), 200, 'claimed',
    {earned => 10, points => 168, membership => '', membership_until => ''},
    'and it is over');
is(cost($ada, 'mug'), 200, 'mugs are 200 again');
is_fault($t->redeem('mug', $ada), 409, 'not_enough_points',
    'with 168 points that matters');

# Eve buys two years at once, and gives them back.

is_result(buys(8, $eve, '98.00', '0.00', '0.00', ['PLUS-1Y', 'PLUS-1Y']), 200,
    'claimed', {earned => 98, membership_until => '2035-01-09T10:00:00Z'},
    'two of them are two years');

order(8, $eve, '98.00', '0.00', '0.00', ['PLUS-1Y', 'PLUS-1Y'],
    status => 'refunded');
is_result($t->event(8), 200, 'noted', 'they are paid back');
is_result($t->balance($eve), 200, 'balance', {points => 0, membership => '',
    membership_until => ''}, 'with the time and the points');

###############################################################################

$t->told;

###############################################################################
