#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/small-shop.conf: 50 points to begin with,
# one for each dollar, the first reward at 200.

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

my $t = Loyalty::Story->new('small-shop', '2031-03-01 09:00');

# Saturday: Ada joins on the thank-you page of her first order.

$t->order(1001, email => 'Ada@Example.com', total => '60.99');

my $r = $t->signup($ada);

is_result($r, 201, 'signed_up', {points => 50, earned => 50, lifetime => 50,
    next_reward => 'hanky', next_reward_missing => 150},
    'Ada begins with 50 points');
is($r->field('message'), 'Welcome! You have 50 points. Your next reward, Free '
    . 'handkerchief, is 150 points away.', 'and reads how far the first is');

$r = $t->claim(1001, $ada);

is_result($r, 200, 'claimed', {earned => 60, points => 110, lifetime => 110,
    next_reward_missing => 90}, '60.99 are 60 points');
is($r->field('message'), 'Thank you! Order 1001 earned you 60 points.',
    'as she reads');

$r = $t->claim(1001, $ada);

is_result($r, 200, 'already_claimed', {earned => 0, points => 110},
    'she presses the button again');
is($r->field('message'), 'You have already claimed order 1001. You have 110 '
    . 'points. Your next reward, Free handkerchief, is 90 points away.',
    'and is told so');

is_fault($t->redeem('hanky', $ada), 409, 'not_enough_points',
    '110 points are not 200');

# Bob tries her number.

$t->signup($bob);
is_fault($t->claim(1001, $bob), 404, 'order_not_found',
    'an order is its buyer\'s');
is($t->points($bob), 50, 'and Bob has what he began with');

# A week later: 110 + 89 + 1 = 200.

$t->now('2031-03-08 10:00');
$t->order(1002, email => $ada, total => '89.99', status => 'pending');

is_fault($t->claim(1002, $ada), 409, 'order_not_paid', 'not paid yet');

$t->order(1002, email => $ada, total => '89.99');

is_result($t->claim(1002, $ada), 200, 'claimed', {earned => 89, points => 199,
    next_reward_missing => 1}, 'paid: one point is missing');
is_fault($t->redeem('hanky', $ada), 409, 'not_enough_points',
    '199 are not 200 either');

$t->order(1003, email => $ada, total => '1.00');
is_result($t->claim(1003, $ada), 200, 'claimed', {points => 200,
    next_reward => 'apron', next_reward_missing => 200}, 'a dollar more');

$r = $t->redeem('hanky', $ada);
my $coupon = $r->field('coupon');

# 30 days from the 8th of March: 23 are left of March, and 7 of April.

is_result($r, 200, 'redeemed', {spent => 200, points => 0, lifetime => 200,
    coupon_expires => '2031-04-07T10:00:00Z',
    coupon_url => 'https://shop.example/rewards/hanky'}, 'the first reward');
is($r->field('message'), 'Enjoy your reward! Free handkerchief: your coupon '
    . "is $coupon. You have 0 points.", 'as she reads');

# The store asks whether the coupon is good, in its last second as well.

$t->now('2031-04-07 09:59:59');

is_result($t->look_at_coupon($coupon), 200, 'coupon_good',
    {reward => 'hanky', kind => 'product', product => 'HANKY-1'},
    'good until the last second');
is_result($t->use_coupon(lc $coupon, 1004), 200, 'coupon_used',
    {order => '1004'}, 'used');
is_result($t->use_coupon($coupon, 1004), 200, 'coupon_used',
    'asked again for the same order');
is_fault($t->use_coupon($coupon, 1005), 409, 'coupon_used_before',
    'for another one it is gone');
is_fault($t->cancel($coupon, $ada), 409, 'coupon_used_before',
    'and cannot be given back');

# May: 400 more, of which 200 are spent, given back, and spent on an apron.

$t->now('2031-05-01 12:00');
$t->order(1005, email => $ada, total => '400.00');
is($t->claim(1005, $ada)->field('points'), 400, '0 + 400');

$coupon = $t->redeem('hanky', $ada)->field('coupon');
is($t->points($ada), 200, '400 - 200');
is_result($t->cancel($coupon, $ada), 200, 'cancelled', {points => 400,
    lifetime => 600}, 'given back: nothing was earned by that');
is_fault($t->look_at_coupon($coupon), 409, 'coupon_cancelled',
    'its coupon is good no more');

is_result($t->redeem('apron', $ada), 200, 'redeemed', {points => 0},
    'an apron for 400');

$t->order(1006, email => $ada, total => '400.50');
$t->claim(1006, $ada);
is_fault($t->redeem('apron', $ada), 409, 'reward_limit',
    'one apron is enough for her');

$coupon = $t->redeem('hanky', $ada)->field('coupon');

# 30 days from the 1st of May.

$t->now('2031-05-31 11:59:59');
is_result($t->look_at_coupon($coupon), 200, 'coupon_good', 'still good');
$t->now('2031-05-31 12:00:00');
is_fault($t->use_coupon($coupon, 1007), 409, 'coupon_expired', 'too late');
is_fault($t->cancel($coupon, $ada), 409, 'coupon_expired',
    'also for giving it back');

# 50 + 60 + 89 + 1 + 400 + 400 = 1000 earned; 200 + 400 + 200 = 800 spent.

is_result($t->balance($ada), 200, 'balance', {points => 200, lifetime => 1000},
    'what she is left with');

is_deeply([$t->history($ada)], [
    'redemption hanky -200', 'claim 1006 400', 'redemption apron -400',
    'cancellation hanky 200', 'redemption hanky -200', 'claim 1005 400',
    'redemption hanky -200', 'claim 1003 1', 'claim 1002 89',
    'claim 1001 60', 'signup 50'
], 'her history');

###############################################################################

$t->told;

###############################################################################
