#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/punch-card.conf: the tenth coffee is free,
# and two bills for two coffees are one point.

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

# the timers of nginx follow the story

my $t = Loyalty::Story->new('punch-card', '2031-03-03 08:30', timers => 1);
my $bill = 0;

sub coffee {
    my ($email, $total) = @_;

    $t->order(++$bill, email => $email, total => $total, currency => 'EUR');
    return $t->claim($bill, $email);
}

# Monday, half past eight.

my $r = $t->signup($ada);

is_result($r, 201, 'signed_up', {points => 0, earned => 0,
    next_reward => 'coffee', next_reward_missing => 9}, 'an empty card');

is_result(coffee($ada, '3.20'), 200, 'claimed', {earned => 1, points => 1,
    next_reward_missing => 8}, 'the first coffee');

$r = coffee($ada, '3.20');

is_result($r, 200, 'claimed', {earned => 0, points => 1},
    'a second one on another bill earns nothing');
is($r->field('message'), 'Thank you! One stamp from 3.00 on, one in 12 hours.',
    'as she reads');

# Tuesday, a quarter past eight: less than 24 hours, but another day.

$t->now('2031-03-04 08:15');
is_result(coffee($ada, '2.99'), 200, 'claimed', {earned => 0}, 'a bun only');
is_result(coffee($ada, '60.00'), 200, 'claimed', {earned => 1, points => 2},
    'a round for the office is one point, and the bun is not in its way');

$t->now('2031-03-04 20:14:59');
is_result(coffee($ada, '3.20'), 200, 'claimed', {earned => 0, points => 2},
    'a second before the 12 hours are over');
$t->now('2031-03-04 20:15:00');
is_result(coffee($ada, '3.20'), 200, 'claimed', {earned => 1, points => 3},
    'and when they are');

# Wednesday to Monday: six more.

for my $day (5 .. 10) {
    $t->now(sprintf '2031-03-%02d 09:00', $day);
    coffee($ada, '3.00');
}

is_result($t->balance($ada), 200, 'balance', {points => 9, next_reward => ''},
    '3 + 6 = 9: the card is full');
is($t->balance($ada)->field('message'), 'You have 9 stamps. That is enough '
    . 'for any reward.', 'as she reads');

$r = $t->redeem('coffee', $ada);

is_result($r, 200, 'redeemed', {spent => 9, points => 0, lifetime => 9},
    'the tenth is free');
is_result($t->use_coupon($r->field('coupon')), 200, 'coupon_used',
    'at the till');

# A year later: cards that nobody has used are empty, of whoever asks for it.

$t->now('2031-04-01 09:00');
coffee($ada, '3.00');
$t->signup($bob);
coffee($bob, '3.00');
$t->now('2031-04-02 09:00');
coffee($bob, '3.00');

is($t->points($_->[0]), $_->[1], "$_->[1] on the card")
    for [$ada, 1], [$bob, 2];

# Ada's ends on 2032-03-31: 365 days from the 1st of April, as 2032 is a leap
# year.  What has expired is not shown any more at once; the entry is made when
# a worker looks, which one of them does every ten minutes.

sub expired {
    return join ' ',
        $t->rows("SELECT points FROM ledger WHERE kind = 'expiry'");
}

$t->now('2032-03-31 08:59:59');
is($t->points($ada), 1, 'the last second of the card');
$t->now('2032-03-31 09:00:00');
is($t->points($ada), 0, 'and it is empty');
is(expired(), '', 'which nobody has written down yet');

$t->now('2032-03-31 09:01:00');
$t->wakes('what has expired is written down', sub { expired() eq '-1' });
pass('without anybody having asked');

# Bob's last coffee was a day later.

is($t->points($bob), 2, 'Bob has a day more');
$t->now('2032-04-01 09:00:00');
is($t->points($bob), 0, 'then his is empty, too');

# 1 new one, on an empty card

is_result(coffee($bob, '3.00'), 200, 'claimed', {earned => 1, points => 1,
    lifetime => 3}, 'he begins anew');

###############################################################################

$t->told;

###############################################################################
