#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_claim: who gets points for which order.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1));

my @ada = (email => 'ada@example.com');

$store->order(1001, @ada, total => '60.99');
$store->order(1002, email => " Ada\@EXAMPLE.com\n", total => '10.00');
$store->order(1003, @ada, total => '0.99');
$store->order(1004, @ada, total => '0.00');
$store->order('A.b_#-9', @ada, number => 'A.b_#-9');
$store->order('N' x 64, @ada);
$store->order(1005, @ada, number => \'1005');
$store->order(1006, @ada, currency => 'usd');
$store->order(1007, @ada, status => 'completed');

$store->order(2001, email => 'eve@example.com');
$store->order(2002, @ada, status => 'pending');
$store->order(2003, @ada, currency => 'EUR');
$store->order(2004, @ada, number => '1001');
$store->order(2005, @ada, number => '02005');
$store->order('abc', @ada, number => 'ABC');
$store->order(2006, @ada, status => 'Processing');
$store->order(2007, email => 'eve@example.com', status => 'pending');
$store->order(2008, email => 'eve@example.com', currency => 'EUR');
$store->order(2009, email => '');

$store->answers(3001, [json_reply(order_json(3001, @ada))],
                [json_reply(order_json(3001, email => 'bob@example.com'))]);

$store->start;

$t->signup('ada@example.com');
$t->signup('bob@example.com');

###############################################################################

# good orders

my $r = $t->claim(1001, 'ada@example.com');

is_result($r, 200, 'claimed', {
    order => '1001', email => 'ada@example.com', points => 110, earned => 60,
    spent => 0, lifetime => 110, next_reward_missing => 90
}, 'claimed: a point a dollar, cents dropped');

is_result($t->claim(1001, 'ada@example.com'), 200, 'already_claimed',
    {order => '1001', points => 110, earned => 0, lifetime => 110},
    'the same again earns nothing');
is(scalar $store->calls(1001), 1, 'and does not ask the store');

is_result($t->claim(1002, 'ADA@example.com '), 200, 'claimed',
    {points => 120}, 'addresses are compared without case and blanks');
is_result($t->claim(1003, 'ada@example.com'), 200, 'claimed',
    {earned => 0, points => 120}, 'less than a dollar earns nothing');
is_result($t->claim(1004, 'ada@example.com'), 200, 'claimed',
    {earned => 0}, 'an order of nothing');
is_result($t->claim('A.b_#-9', 'ada@example.com'), 200, 'claimed',
    {order => 'A.b_#-9'}, 'every kind of character in a number');
is_result($t->claim('N' x 64, 'ada@example.com'), 200, 'claimed',
    'a number of 64 characters');
is_result($t->claim(1005, 'ada@example.com'), 200, 'claimed',
    'the store shows numbers as integers');
is_result($t->claim(1006, 'ada@example.com'), 200, 'claimed',
    'the store shows the currency in lower case');
is_result($t->claim(1007, 'ada@example.com'), 200, 'claimed',
    'the other paid status');

# what the store was asked

my ($call) = $store->calls(1001);

is("$call->{method} $call->{uri}", 'GET /orders/1001', 'the look-up is a GET');
is($call->{body}, '', 'the look-up has no body');
is_deeply([grep { !/^(?:host|connection)$/ } keys %{$call->{headers}}], [],
    'no header of the client reaches the store');

$t->claim('A.b_#-9', 'bob@example.com');
is(($store->calls('A.b_#-9'))[0]{uri}, '/orders/A.b_%23-9',
    'the number is escaped');

# bad orders

is_fault($t->claim(2001, 'ada@example.com'), 404, 'order_not_found',
    'an order of somebody else');
is_fault($t->claim(9999, 'ada@example.com'), 404, 'order_not_found',
    'no such order');
is_fault($t->claim(2002, 'ada@example.com'), 409, 'order_not_paid',
    'not paid');
is_fault($t->claim(2006, 'ada@example.com'), 409, 'order_not_paid',
    'a status is compared exactly');
is_fault($t->claim(2003, 'ada@example.com'), 422, 'wrong_currency',
    'another currency');
is_fault($t->claim($_, 'ada@example.com'), 404, 'order_not_found',
    "the store shows another order than $_") for (2004, 2005, 'abc');
is_fault($t->claim($_, 'ada@example.com'), 404, 'order_not_found',
    "nothing is told about the order of somebody else: $_") for (2007, 2008);
is_fault($t->claim(2009, 'ada@example.com'), 404, 'order_not_found',
    'an order without address');

# an order whose address changed in the store after it was claimed

$t->claim(3001, 'ada@example.com');
is_fault($t->claim(3001, 'bob@example.com'), 409, 'order_already_claimed',
    'claimed by somebody else');

is($t->points('ada@example.com'), 50 + 60 + 10 + 6 * 10,
    'only good orders were credited');
is($t->points('bob@example.com'), 50, 'nothing for the other');

# the store is not asked in vain

is_fault($t->claim(1001, 'stranger@example.com'), 404, 'not_a_member',
    'a stranger');
is(scalar $store->calls(1001), 1, 'no look-up for a stranger');

my $calls = $store->calls;

is_fault($t->claim($$_[0], 'ada@example.com'), 400, 'bad_order',
    "refused: $$_[1]") for (
    ['',           'empty number'],
    ['N' x 65,     '65 characters'],
    ['10 01',      'space'],
    ['1001/..',    'slash'],
    ['10%3101',    'percent sign'],
    ['1001?x=1',   'question mark'],
    ["1001\r\nX:", 'line break'],
    ["\x{661}",    'digit beyond ASCII'],
);

is_fault($t->post('/loyalty/claim', {email => 'ada@example.com'}), 400,
    'bad_order', 'no number');
is(scalar $store->calls, $calls, 'no look-up for a malformed number');

###############################################################################

$t->done;

###############################################################################
