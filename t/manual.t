#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for rewards that somebody hands over, in shops without coupons.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

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
        reward        cake 10 "A piece of cake" kind=manual
                      product=CAKE-1 stock=3 per_member=2;
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
        location = /loyalty/cancel  { loyalty_cancel  shop; }
        location = /loyalty/coupon  { loyalty_coupon  shop; }
        location = /loyalty/history { loyalty_history shop; }
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';

sub state_of {
    my ($code, $email) = @_;

    my ($entry) = grep { $_->{coupon} eq $code }
        @{$t->post('/loyalty/history', {email => $email})->field('entries')};

    return $entry->{coupon_state};
}

$t->signup($_) for $ada, $bob;

###############################################################################

# redeemed, and waiting

my $r = $t->redeem('cake', $ada);
my $code = $r->field('coupon');

is_result($r, 200, 'redeemed', {spent => 10, points => 90}, 'redeemed');
like($code, qr/^[0-9A-HJKMNP-TV-Z]{16}$/, 'with a code to show');
is($r->field('message'), 'Enjoy your reward! A piece of cake: whoever hands it '
    . "over asks for this code: $code. You have 90 points.",
    'as the member reads');
is(state_of($code, $ada), 'waiting', 'it waits');

# handed over

is_result($t->get("/loyalty/coupon?coupon=$code"), 200, 'coupon_good',
    {kind => 'manual', reward => 'cake', reward_name => 'A piece of cake',
     product => 'CAKE-1', value => ''}, 'who hands it over asks what it is');
is_result($t->post('/loyalty/coupon', {coupon => $code, order => 'T-1'}), 200,
    'coupon_used', {order => 'T-1'}, 'and says that it is done');
is(state_of($code, $ada), 'done', 'done');
is_fault($t->post('/loyalty/coupon', {coupon => $code, order => 'T-2'}), 409,
    'coupon_used_before', 'once');
is_fault($t->post('/loyalty/cancel', {coupon => $code, email => $ada}), 409,
    'coupon_used_before', 'after that it cannot be cancelled');

# cancelled

$code = $t->redeem('cake', $ada)->field('coupon');

is_fault($t->redeem('cake', $ada), 409, 'reward_limit', 'two for a member');
is_result($t->post('/loyalty/cancel', {coupon => $code, email => $ada}), 200,
    'cancelled', {points => 90}, 'what waits can be cancelled');
is(state_of($code, $ada), 'cancelled', 'cancelled');
is_fault($t->post('/loyalty/coupon', {coupon => $code}), 409,
    'coupon_cancelled', 'and is not handed over');

# many at once

my @answers = $t->all(map {
    my $email = $_;

    map { $t->message('POST', '/loyalty/redeem',
              params => {email => $email, reward => 'cake'}) } 1 .. 4;
} $ada, $bob);

is(scalar grep({ $_->status == 200 } @answers), 2,
    '8 at once: the two that are left of three');

###############################################################################

$t->done;

###############################################################################
