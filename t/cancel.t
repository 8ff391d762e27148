#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_cancel: coupons that are given back, and their points.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Database;
use Loyalty::Test;

###############################################################################

plan(skip_all => Loyalty::Database->lacking) if Loyalty::Database->lacking;

my $t = Loyalty::Test->new;

$t->conf(<<'END')->run;
worker_processes 2;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        signup_bonus  100;
        action        review 50 "A review";
        reward        mug   30 "Mug" url=https://shop.example/mug;
        reward        rare  10 "Rare" stock=1;
        reward        once  10 "Once" per_member=1;
        reward        code  10 "Code" coupon=pool;
        reward        cake  10 "Cake" kind=manual;
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
        location = /loyalty/cancel  { loyalty_cancel  shop; }
        location = /loyalty/coupon  { loyalty_coupon  shop; }
        location = /loyalty/action  { loyalty_action  shop; }
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';

sub cancel {
    my ($code, $email, %o) = @_;

    return $t->post('/loyalty/cancel', {coupon => $code, email => $email},
                    %o);
}

sub coupon {
    my ($reward, $email) = @_;

    return $t->redeem($reward, $email || $ada)->field('coupon');
}

$t->signup($ada);
$t->signup($bob);

###############################################################################

# given back

my $redeemed = $t->redeem('mug', $ada);
my $code = $redeemed->field('coupon');

is($redeemed->field('points'), 70, 'redeemed');

my $r = cancel($code, $ada);

is_result($r, 200, 'cancelled', {
    points => 100, earned => 0, spent => 0, lifetime => 100, coupon => $code,
    coupon_expires => $redeemed->field('coupon_expires'), email => $ada
}, 'cancelled: the points are back, and none are earned');
is($r->field('message'), "Your coupon $code is cancelled, and its points are "
    . 'yours again. You have 100 points. That is enough for any reward.',
    'as the member reads');

$r = cancel($code, $ada);

is_result($r, 200, 'already_cancelled', {points => 100, coupon => $code},
    'once more: nothing changes');
like($r->field('message'), qr/^Your coupon $code was cancelled before\. /,
    'as the member reads');

is_fault($t->get("/loyalty/coupon?coupon=$code"), 409, 'coupon_cancelled',
    'the till refuses it');
is_fault($t->post('/loyalty/coupon', {coupon => $code, order => 1}), 409,
    'coupon_cancelled', 'and does not use it');

$code = coupon('mug');
is_result(cancel(" \L$code ", $ada), 200, 'cancelled', {coupon => $code},
    'in lower case, with blanks');

# the points go to where they came from

$code = coupon('mug');
$t->post('/loyalty/action', {action => 'review', ref => 1, email => $ada});

cancel($code, $ada);
is($t->points($ada), 150, 'beside what was earned meanwhile');

is(join(' ', $t->database('db/shop.db')->rows(
    "SELECT lot.points, lot.remaining FROM lot
     JOIN member ON member.id = lot.member
     WHERE member.email = '$ada' ORDER BY lot.points")), '50|50 100|100',
    'each lot is as it was');

# and may be spent again

for (1 .. 20) {
    $code = coupon('mug');
    cancel($code, $ada);
}

is_result($t->balance($ada), 200, 'balance', {points => 150, lifetime => 150},
    'nobody grows rich by that');

# what is counted is given back, too

$code = coupon('rare');

is_fault($t->redeem('rare', $bob), 409, 'out_of_stock', 'out of stock');
cancel($code, $ada);
is_result($t->redeem('rare', $bob), 200, 'redeemed', 'in stock again');

$code = coupon('once');

is_fault($t->redeem('once', $ada), 409, 'reward_limit', 'once for a member');
cancel($code, $ada);
is_result($t->redeem('once', $ada), 200, 'redeemed', 'and once again');

# what waits to be handed over

$code = coupon('cake');

is_result(cancel($code, $ada), 200, 'cancelled', 'before it is handed over');

$code = coupon('cake');
$t->post('/loyalty/coupon', {coupon => $code});

is_fault(cancel($code, $ada), 409, 'coupon_used_before',
    'and not after that');

# what cannot be cancelled

$code = coupon('mug');
$t->post('/loyalty/coupon', {coupon => $code, order => 2});

my $points = $t->points($ada);

is_fault(cancel($code, $ada), 409, 'coupon_used_before', 'used');
is($t->points($ada), $points, 'no points for that');

$t->database('db/shop.db')->rows(
    "INSERT INTO pool (reward, coupon) VALUES ('code', 'Spring\$1')");
$code = coupon('code');

is($code, 'Spring$1', 'a code that was made elsewhere');
is_fault(cancel($code, $ada), 409, 'coupon_not_cancellable',
    'of which only the shop knows whether it was used');
is($t->points($ada), $points - 10, 'no points for that, either');

# whose it is

$code = coupon('mug', $bob);

my $theirs = cancel($code, $ada);
my $nobodys = cancel('CP6WD0707CYVPQ43', $ada);

is_fault($theirs, 404, 'coupon_not_found', 'of somebody else');
is_fault($nobodys, 404, 'coupon_not_found', 'of nobody');
is($theirs->body, $nobodys->body, 'which are told apart by nothing');
is_fault(cancel($code, 'eve@example.com'), 404, 'not_a_member', 'a stranger');
is_result(cancel($code, $bob), 200, 'cancelled', 'by whom it belongs to');

# what is malformed

is_fault(cancel('', $ada), 400, 'bad_coupon', 'no code');
is_fault(cancel("C\nP", $ada), 400, 'bad_coupon', 'an odd one');
is_fault(cancel($code, 'ada'), 400, 'bad_email', 'no address');
is_fault(cancel($code, $bob, key => undef), 401, 'unauthorized', 'no key');

# twice at once, by two workers: the points come back once

for my $round (1 .. 5) {
    $points = $t->points($bob);
    $code = coupon('mug', $bob);

    my @answers = $t->all(map {
        $t->message('POST', '/loyalty/cancel',
            params => {coupon => $code, email => $bob})
    } 1 .. 8);

    is(join(' ', sort map { $_->outcome } @answers),
       join(' ', ('already_cancelled') x 7, 'cancelled'),
       "8 times at once, round $round");
    is($t->points($bob), $points, "the points are back, round $round");
}

# under a key

my @keyed = (headers => ['Idempotency-Key' => 'c-1']);

$code = coupon('mug', $bob);
$r = cancel($code, $bob, @keyed);

is_result($r, 200, 'cancelled', 'under a key');
is(cancel($code, $bob, @keyed)->body, $r->body, 'the same answer again');

###############################################################################

$t->done;

###############################################################################
