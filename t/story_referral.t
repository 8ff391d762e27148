#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/referral.conf: friends bring points to
# both sides, which can be spent two weeks later.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Story;

###############################################################################

# the timers of nginx follow the story

my $t = Loyalty::Story->new('referral', '2031-01-01 10:00', timers => 1);

my $ada = 'ada@example.com';
my $order = 0;

sub joins {
    my ($name, $code) = @_;

    return $t->post('/loyalty/signup',
        {email => "$name\@example.com", referral => $code});
}

sub buys {
    my ($name, $total) = @_;

    $t->order(++$order, email => "$name\@example.com", total => $total);
    return $t->claim($order, "$name\@example.com");
}

sub ada { $t->balance($ada) }

my $code = $t->signup($ada)->field('referral');

like($code, qr/^[0-9A-HJKMNP-TV-Z]{8}$/, 'Ada has a code to give away');

# Bob comes by it, and buys.

is_result(joins('bob', lc $code), 201, 'signed_up', {points => 0,
    pending => 0}, 'Bob joins with it: nobody has anything of that');
is_result(ada(), 200, 'balance', {points => 0, pending => 0}, 'nor Ada');

my $r = buys('bob', '25.00');

is_result($r, 200, 'claimed', {points => 0, pending => 75, lifetime => 75},
    'Bob: 25 for the order, 50 as a friend');
is_result(ada(), 200, 'balance', {points => 0, pending => 100,
    lifetime => 100}, 'Ada: 100');
is(ada()->field('message'), 'You have 0 points, and 100 more on their way. '
    . 'Your next reward, 5 dollars off, is 100 points away.', 'as she reads');
is_fault($t->redeem('voucher', $ada), 409, 'not_enough_points',
    'they cannot be spent yet');

buys('bob', '30.00');
is(ada()->field('pending'), 100, 'further orders bring Ada nothing');

# Two weeks later they can.

$t->now('2031-01-15 09:59:59');
is_result(ada(), 200, 'balance', {points => 0, pending => 100},
    '14 days less a second');
$t->now('2031-01-15 10:00:00');
is_result(ada(), 200, 'balance', {points => 100, pending => 0}, '14 days');

# Answers reckon with it at once; workers note it once a minute.  Bob's second
# order was on the same day.

sub noted { ($t->rows('SELECT sum(pending) FROM member'))[0] }

is(noted(), 205, '100 for Ada; 25 + 50 + 30 for Bob');
$t->now('2031-01-15 10:01:00');
$t->wakes('what can be spent is noted', sub { noted() == 0 });
pass('by a worker, without anybody having asked');

is_result($t->redeem('voucher', $ada), 200, 'redeemed', {points => 0},
    'a voucher');

# What does not count.

is_result($t->post('/loyalty/signup', {email => 'ada+shop@example.com',
    referral => $code}), 201, 'signed_up', 'Ada comes by herself');
$t->order('S1', email => 'ada+shop@example.com', total => '100.00');
is_result($t->claim('S1', 'ada+shop@example.com'), 200, 'claimed',
    {pending => 100}, 'and has what the order is worth, nothing more');

is_result($t->post('/loyalty/signup', {email => 'bob+2@example.com',
    referral => $code}), 201, 'signed_up', 'Bob comes once more');
$t->order('S2', email => 'bob+2@example.com', total => '100.00');
is_result($t->claim('S2', 'bob+2@example.com'), 200, 'claimed',
    {pending => 100}, 'a mailbox is a friend once');

is_result(joins('bob', $code), 200, 'already_member', 'after the fact');
is_result(joins('tom', 'NOTACODE'), 201, 'signed_up', 'a code of nobody');

joins('cyd', $code);
is_result(buys('cyd', '24.99'), 200, 'claimed', {pending => 24},
    'a first order below 25.00');
is_result(buys('cyd', '99.00'), 200, 'claimed', {pending => 123},
    'and the second is not the first');

is_result(ada(), 200, 'balance', {points => 0, pending => 0, lifetime => 100},
    'Ada has nothing of all that');

# Three friends a year: Bob was the first.

for my $friend (qw(dan eve)) {
    joins($friend, $code);
    buys($friend, '40.00');
}

is_result(ada(), 200, 'balance', {pending => 200, lifetime => 300},
    'Dan and Eve: 2 x 100');

joins('fay', $code);
is_result(buys('fay', '40.00'), 200, 'claimed', {pending => 90},
    'Fay is the fourth, and has her 40 + 50');
is(ada()->field('lifetime'), 300, 'Ada has none of her');

# A year after Bob's order, and Bob does not count any more.

$t->now('2032-01-01 10:00');
joins('gus', $code);
buys('gus', '40.00');
is_result(ada(), 200, 'balance', {points => 200, pending => 100,
    lifetime => 400}, 'Gus is the third of the last 365 days');

is(join(' ', $t->rows('SELECT count(*), sum(points) FROM friend '
    . 'WHERE rewarded_at > 0')), '5|400',
    'five friends have brought 4 x 100');

###############################################################################

$t->told;

###############################################################################
