#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for membership: bought in the store, extended, and given back.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";


use Loyalty::Clock;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

plan(skip_all => Loyalty::Clock->lacking) if Loyalty::Clock->lacking;

my $clock = Loyalty::Clock->new('2031-05-01 12:00:00');
my $t = Loyalty::Test->new($clock->options);
my $secret = $t->secret('secret-of-the-webhooks');

$t->macro(SECRET => $secret);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  1000;
        membership    plus "Plus" sku=PLUS lasts=10d multiplier=1.5
                      discount=20 "perks=Free returns";
        membership    vip "VIP" sku=VIP lasts=5d multiplier=3 discount=10;
        membership    club "Club" sku=CLUB lasts=1d;
        reward        pin 1 "Pin";
        reward        mug 99 "Mug";
        reward        vase 100 "Vase" membership=plus;
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/order number=/number status=/status
                      email=/billing/email total=/total currency=/currency
                      paid=processing void=refunded refunds=/refunds
                      refund=/total items=/items item_sku=/sku
                      item_quantity=/quantity;
        order_event   woocommerce secret=value:%%SECRET%%;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/event { loyalty_order_event shop; }
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $number = 0;

# an order, with SKUs and how many of each

sub order {
    my ($number, $email, $total, $items, %o) = @_;

    $store->has($number, email => $email, total => $total, refunds => [], %o,
        items => [map { {sku => $_, quantity => $items->{$_}} }
                  sort keys %$items]);
}

sub buys {
    my ($email, $total, %items) = @_;

    order(++$number, $email, $total, \%items);
    return $t->claim($number, $email);
}

sub costs {
    my ($email) = @_;

    return join ' ', map { "$_->{id}:$_->{cost}:$_->{membership}" }
                     @{$t->balance($email)->field('rewards')};
}

$t->signup($_) for $ada, $bob;

###############################################################################

# without one

is_result($t->balance($ada), 200, 'balance', {membership => '',
    membership_name => '', membership_perks => '', membership_until => ''},
    'none');
is(costs($ada), 'pin:1: mug:99: vase:100:plus', 'what rewards cost');
is_fault($t->redeem('vase', $ada), 409, 'reward_not_offered',
    'what is for members only');

# bought

is_result(buys($ada, '60.00', PLUS => 1, SHIRT => 2), 200, 'claimed', {
    earned => 60, membership => 'plus', membership_name => 'Plus',
    membership_perks => 'Free returns',
    membership_until => '2031-05-11T12:00:00Z'
}, 'bought: at once, but the order does not earn by it');
is_result(buys($ada, '61.00', SHIRT => 1), 200, 'claimed', {earned => 91},
    'the next one does, rounded down');

is(costs($ada), 'pin:1: mug:80: vase:80:plus',
    'a fifth off: 79.2 is 80, and 0.8 a point');
is_result($t->redeem('mug', $ada), 200, 'redeemed', {spent => 80},
    'which is what they cost');
is_result($t->redeem('vase', $ada), 200, 'redeemed', {spent => 80},
    'also what is for members only');
is_fault($t->redeem('vase', $bob), 409, 'reward_not_offered',
    'but not to others');

is_result(buys($bob, '10.00', plus => 1), 200, 'claimed',
    {membership => ''}, 'a SKU has its case');

# extended

$clock->set('2031-05-10 12:00:00');
is_result(buys($ada, '1.00', PLUS => 1), 200, 'claimed',
    {membership_until => '2031-05-21T12:00:00Z'},
    'what is left is not lost');
is_result(buys($ada, '1.00', PLUS => 3), 200, 'claimed',
    {membership_until => '2031-06-20T12:00:00Z'}, 'three are three times');
$t->claim($number, $ada);
is($t->balance($ada)->field('membership_until'), '2031-06-20T12:00:00Z',
    'a claim that is repeated extends nothing');

$clock->set('2031-06-20 11:59:59');
is($t->balance($ada)->field('membership'), 'plus', 'the last second');
$clock->set('2031-06-20 12:00:00');
is_result($t->balance($ada), 200, 'balance', {membership => '',
    membership_until => ''}, 'the end');
is(costs($ada), 'pin:1: mug:99: vase:100:plus', 'rewards cost what they did');
is_result(buys($ada, '10.00'), 200, 'claimed', {earned => 10},
    'and orders earn what they did');

$clock->set('2031-07-01 00:00:00');
is_result(buys($ada, '1.00', PLUS => 1), 200, 'claimed',
    {membership_until => '2031-07-11T00:00:00Z'}, 'begun anew');

# several

is_result(buys($ada, '1.00', VIP => 1, CLUB => 1), 200, 'claimed',
    {membership => 'plus', membership_until => '2031-07-11T00:00:00Z'},
    'several: the first is shown, and the latest end');
is_result(buys($ada, '10.00'), 200, 'claimed', {earned => 30},
    'the best multiplier, not all of them');
is(costs($ada), 'pin:1: mug:80: vase:80:plus', 'and the best discount');

$clock->set('2031-07-06 00:00:00');
is_result(buys($ada, '10.00'), 200, 'claimed', {earned => 15},
    'when the better one is over, the other counts');

# given back

buys($bob, '20.00', PLUS => 2);

my $first = $number;

is_result(buys($bob, '10.00', PLUS => 1), 200, 'claimed',
    {membership_until => '2031-08-05T00:00:00Z'}, '30 days of two orders');

order($first, $bob, '20.00', {PLUS => 2}, refunds => [{total => '-5.00'}]);
$t->order_event($first, $secret);
is($t->balance($bob)->field('membership_until'), '2031-08-05T00:00:00Z',
    'paid back in part: nothing is taken off');

order($first, $bob, '20.00', {PLUS => 2}, status => 'refunded');
$t->order_event($first, $secret) for 1, 2;
is($t->balance($bob)->field('membership_until'), '2031-07-16T00:00:00Z',
    'paid back as a whole: the 20 days it gave, once');

order($number, $bob, '10.00', {PLUS => 1}, status => 'refunded');
$t->order_event($number, $secret);
is_result($t->balance($bob), 200, 'balance', {membership => '',
    membership_until => ''}, 'and the other one');

###############################################################################

$t->done;

###############################################################################
