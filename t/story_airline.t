#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/airline.conf: a ladder that is climbed in
# calendar years, miles that expire, and refunds.

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

my $t = Loyalty::Story->new('airline', '2031-02-01 12:00');

# Fares as the booking system has them: in all, and the taxes of it.

sub flight {
    my ($number, $email, $total, $tax, %more) = @_;

    $t->order($number, email => $email, total => $total, total_tax => $tax,
        currency => 'EUR', refunds => [], %more);
}

sub flies {
    flight(@_);
    return $t->claim($_[0], $_[1]);
}

# 2031: explorer, then silver.

is_result($t->signup($ada), 201, 'signed_up', {points => 0,
    tier => 'explorer', tier_name => 'Explorer', tier_perks => '',
    next_tier => 'silver', next_tier_missing => 5000}, 'everybody explores');
is_fault($t->redeem('lounge', $ada), 409, 'reward_not_offered',
    'lounges are for others');

$t->now('2031-03-10 12:00');
is_result(flies('F1', $ada, '480.00', '80.00'), 200, 'claimed',
    {earned => 2000, tier => 'explorer', next_tier_missing => 3000},
    '(480 - 80) x 5 = 2000');

$t->now('2031-06-01 12:00');
is_result(flies('F2', $ada, '760.00', '160.00'), 200, 'claimed',
    {earned => 3000, points => 5000, tier => 'silver',
     tier_perks => 'Priority boarding', next_tier => 'gold',
     next_tier_missing => 10000},
    '600 x 5 = 3000: silver at once, without its quarter more');

# 1150.50 - 150.25 = 1000.25; the 1000 full euros are 5000, and 1250 more.

$t->now('2031-09-01 12:00');
is_result(flies('F3', $ada, '1150.50', '150.25'), 200, 'claimed',
    {earned => 6250, points => 11250, next_tier_missing => 3750},
    'the next flight has the quarter');
is(($t->rows("SELECT facts FROM claim WHERE number = 'F3'"))[0],
    'base=5000 tier.silver=1250', 'and the books say why');

is_result($t->redeem('lounge', $ada), 200, 'redeemed', {points => 8250},
    '11250 - 3000');
is_fault($t->redeem('upgrade', $ada), 409, 'reward_not_offered',
    'upgrades take gold');

# 2032: what is counted for the ladder begins anew, the tier is kept.

$t->now('2032-01-01 00:00');
is_result($t->balance($ada), 200, 'balance', {points => 8250,
    tier => 'silver', next_tier_missing => 15000},
    'a new year: silver, with all of gold ahead');
is($t->balance($ada)->field('message'), 'You have 8250 points. That is enough '
    . 'for any reward. 15000 points more make you Gold.',
    'as she reads: of those for her, that is');

$t->now('2032-02-01 12:00');
is_result(flies('F4', $ada, '2500.00', '100.00'), 200, 'claimed',
    {earned => 15000, points => 23250, tier => 'gold',
     next_tier => 'platinum', next_tier_missing => 25000},
    '2400 x 5 x 1.25 = 15000: gold, to the mile');

my $r = $t->redeem('upgrade', $ada);

is_result($r, 200, 'redeemed', {points => 14250}, '23250 - 9000');

$t->now('2032-04-01 12:00');
is_result($t->cancel($r->field('coupon'), $ada), 200, 'cancelled',
    {points => 23250}, 'the trip is off, the miles are back');

# 2033: gold by what was flown in 2032.  200 x 5 = 1000, and half of it more.

$t->now('2033-05-01 12:00');
is_result(flies('F5', $ada, '300.00', '100.00'), 200, 'claimed',
    {earned => 1500, points => 24750, tier => 'gold'}, 'still gold');

# 2034: 1500 miles in 2033 are no tier, but there are 59 days: 31 + 28.

$t->now('2034-02-28 23:59:59');
is($t->balance($ada)->field('tier'), 'gold', 'the last second of the grace');
$t->now('2034-03-01 00:00:00');
is_result($t->balance($ada), 200, 'balance', {tier => 'explorer',
    tier_perks => '', next_tier_missing => 5000, points => 24750},
    'then she falls, and has her miles');

# The lounge took 2000 of F1 and 1000 of F2, the oldest first; the upgrade has
# given back what it took.  So 2000 of F2 expire 1095 days after it: a day
# short of three years, as 2032 was a leap year.

$t->now('2034-05-31 11:59:59');
is($t->points($ada), 24750, 'three years after F2, less a second');
$t->now('2034-05-31 12:00:00');
is($t->points($ada), 22750, '24750 - 2000');

# A flight that is paid back in part, then as a whole: 5000 x 333.33 / 1000 =
# 1666.65, rounded down.

$t->now('2034-06-10 12:00');
is_result(flies('F6', $ada, '1000.00', '0.00'), 200, 'claimed',
    {earned => 5000, points => 27750, tier => 'silver'}, 'silver again');

flight('F6', $ada, '1000.00', '0.00', refunds => [{total => '-333.33'}]);
is_result($t->event('F6'), 200, 'noted', 'a third is paid back');
is_result($t->balance($ada), 200, 'balance', {points => 26084,
    tier => 'explorer', next_tier_missing => 1666}, '27750 - 1666');

flight('F6', $ada, '1000.00', '0.00',
    refunds => [{total => '-333.33'}, {total => '-666.67'}]);
$t->event('F6') for 1 .. 2;
is($t->points($ada), 22750, 'all of it: 27750 - 5000, told twice');

# Bob's flight is credited without a click, spent, and paid back.

$t->signup($bob);
flight('F7', $bob, '1000.99', '0.99');
is_result($t->event('F7'), 200, 'noted', {earned => 5000}, 'Bob has flown');
is_result($t->redeem('lounge', $bob), 200, 'redeemed', {points => 2000},
    'a day in the lounge');

flight('F7', $bob, '1000.99', '0.99', status => 'refunded');
$t->event('F7');
is_result($t->balance($bob), 200, 'balance', {points => -3000,
    tier => 'explorer'}, '2000 - 5000: he owes 3000');
is_fault($t->redeem('bag', $bob), 409, 'not_enough_points', 'no bag for him');

is_result(flies('F8', $bob, '900.00', '0.00'), 200, 'claimed',
    {earned => 4500, points => 1500}, '4500 - 3000');

# The refund of F7 was a mistake: 5000 are back.  1500 + 5000 = 6500.

$t->now('2034-06-11 12:00');
flight('F7', $bob, '1000.99', '0.99');
$t->event('F7');
is_result($t->balance($bob), 200, 'balance', {points => 6500,
    lifetime => 9500}, 'a refund that was cancelled gives back');

# Ada does not fly any more, and her miles go as they came: 22750 - 6250 of F3,
# - 15000 of F4, - 1500 of F5, which ends 1095 days after 2033-05-01.

$t->now('2034-08-31 12:00');
is($t->points($ada), 16500, 'F3 is three years ago');
$t->now('2035-01-31 12:00');
is($t->points($ada), 1500, 'so is F4');
$t->now('2036-04-30 12:00');
is($t->points($ada), 0, 'and F5');

###############################################################################

$t->told;

###############################################################################
