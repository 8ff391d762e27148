#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the limits of rewards: stock, per member and points, under races.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes 2;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        rare    10 "Rare"   stock=5;
        reward        single  10 "Single" per_member=1;
        reward        pair    10 "Pair"   stock=3 per_member=2;
        reward        dear    20 "Dear";
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%% reuseport;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
    }
}
END

sub redeem_all {
    my ($reward, @emails) = @_;

    my @answers = $t->all(map { $t->message('POST', '/loyalty/redeem',
        params => {reward => $reward, email => $_}) } @emails);

    my %count;
    $count{$_ ? $_->outcome : 'none'}++ for @answers;

    return (\%count, map { $_->field('coupon') || () } grep { $_ } @answers);
}

sub distinct {
    my %seen = map { $_ => 1 } @_;
    return scalar keys %seen;
}

my @members = map { "member$_\@example.com" } 1 .. 30;

$t->all(map { $t->message('POST', '/loyalty/signup', params => {email => $_}) }
        @members);

###############################################################################

my ($count, @coupons) = redeem_all('rare', @members);

is_deeply($count, {redeemed => 5, out_of_stock => 25},
    'five in stock, thirty ask at once');
is(distinct(@coupons), 5, 'five coupons');

my $left = 0;
$left += $t->points($_) for @members;
is($left, 30 * 50 - 5 * 10, 'only those who got one have paid');

($count) = redeem_all('single', ('member1@example.com') x 20);
is_deeply($count, {redeemed => 1, reward_limit => 19},
    'one a member, asked for twenty times at once');

is_result($t->redeem('single', 'member2@example.com'), 200, 'redeemed',
    'the next member gets one');

$t->signup('rich@example.com');

($count, @coupons) = redeem_all('dear', ('rich@example.com') x 20);
is_deeply($count, {redeemed => 2, not_enough_points => 18},
    'points for two, asked for twenty times at once');
is(distinct(@coupons), 2, 'two coupons');
is($t->points('rich@example.com'), 10, 'the rest is left');

# both limits at once

is($t->redeem('pair', "member$$_[0]\@example.com")->outcome, $$_[1], $$_[2])
    for (
        [11, 'redeemed',     'the first of a member'],
        [11, 'redeemed',     'the second of a member'],
        [11, 'reward_limit', 'the third of a member'],
        [12, 'redeemed',     'the last in stock'],
        [12, 'out_of_stock', 'the stock is gone'],
        [13, 'out_of_stock', 'the stock is gone for others, too'],
    );

# what was taken stays taken

$t->stop->run;

is_fault($t->redeem('rare', 'member20@example.com'), 409, 'out_of_stock',
    'still out of stock after a restart');
is_fault($t->redeem('single', 'member1@example.com'), 409, 'reward_limit',
    'still one a member after a restart');

###############################################################################

$t->done;

###############################################################################
