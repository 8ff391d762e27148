#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for pending: points that can be spent later.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Clock;
use Loyalty::Database;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $lacking = Loyalty::Clock->lacking || Loyalty::Database->lacking;
plan(skip_all => $lacking) if $lacking;

my $clock = Loyalty::Clock->new('2031-05-01 12:00:00', timers => 1);

# a thread that is at work while the clock is set seems to take long

my $t = Loyalty::Test->new($clock->options,
    allow => [qr/keeps a thread for more than 60 seconds/]);
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
        signup_bonus  10;
        pending       14d;
        referral      100 friend=50;
        action        review 5;
        tier          silver 60 "Silver";
        reward        mug 60 "Mug";
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/order number=/number status=/status
                      email=/billing/email total=/total currency=/currency
                      paid=processing void=refunded refunds=/refunds
                      refund=/total;
        order_event   woocommerce secret=value:%%SECRET%%;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/action  { loyalty_action  shop; }
        location = /loyalty/cancel  { loyalty_cancel  shop; }
        location = /loyalty/history { loyalty_history shop; }
        location = /loyalty/event   { loyalty_order_event shop; }
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';
my $cyd = 'cyd@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;

sub has {
    my ($number, $email, $total, %o) = @_;

    $store->has($number, email => $email, total => $total, refunds => [],
                %o);
}

sub buys {
    my ($number, $email, $total) = @_;

    has($number, $email, $total);
    return $t->claim($number, $email);
}

# "10 60 70": to spend, pending and ever

sub stands {
    my ($email) = @_;

    return join ' ', @{$t->balance($email)->json}{qw(points pending lifetime)};
}

my $code = $t->signup($ada)->field('referral');

###############################################################################

is(stands($ada), '10 0 10', 'the bonus of a sign-up can be spent at once');

my $r = buys(1, $ada, '60.99');

is_result($r, 200, 'claimed', {earned => 60, points => 10, pending => 60,
    lifetime => 70, tier => 'silver'},
    'the points of an order cannot, but count for a tier');
is($t->balance($ada)->field('message'), 'You have 10 points, and 60 more on '
    . 'their way. Your next reward, Mug, is 50 points away.',
    'as the member reads');

$r = $t->redeem('mug', $ada);

is_fault($r, 409, 'not_enough_points', 'they buy nothing yet');
is($r->field('detail'), 'The reward "mug" costs 60 points: the member has 10 '
    . 'and needs 50 more to redeem it. No points were spent.', 'says why');

$t->post('/loyalty/action', {action => 'review', ref => 1, email => $ada});
is(stands($ada), '15 60 75', 'those of an action can be spent at once');

# when the time is over

$clock->set('2031-05-15 11:59:59');
is(stands($ada), '15 60 75', '14 days less a second');
$clock->set('2031-05-15 12:00:00');
is(stands($ada), '75 0 75', '14 days');
is($t->post('/loyalty/history', {email => $ada, limit => 100})
     ->field('entries')->[1]{usable_at}, '2031-05-15T12:00:00Z',
    'as the history has said');

# what is usable is spent, and what is not is left alone

buys(2, $ada, '100.00');
$r = $t->redeem('mug', $ada);

is_result($r, 200, 'redeemed', {points => 15, pending => 100},
    'of those that can be spent');
is_result($t->post('/loyalty/cancel', {email => $ada,
    coupon => $r->field('coupon')}), 200, 'cancelled', {points => 75,
    pending => 100}, 'and given back as such');

# referrals

$t->post('/loyalty/signup', {email => $bob, referral => $code});
is_result(buys(3, $bob, '5.00'), 200, 'claimed', {points => 10,
    pending => 55}, 'those of a friend are pending');
is(stands($ada), '75 200 275', 'and those of who has sent him');

# refunds take the very points that the order has earned

has(2, $ada, '100.00', refunds => [{total => '-40.00'}]);
$t->order_event(2, $secret);
is(stands($ada), '75 160 235', 'a refund takes pending ones');
has(2, $ada, '100.00', status => 'refunded');
$t->order_event(2, $secret);
is(stands($ada), '75 100 175', 'all of them');

# a refund of what is spent already takes others, pending ones as well

$t->redeem('mug', $ada);
is(stands($ada), '15 100 175', 'spent');

has(1, $ada, '60.99', status => 'refunded');
$t->order_event(1, $secret);

my ($points, $pending) = split ' ', stands($ada);

is($points + $pending, 55, '60 are taken from 115');
cmp_ok($points, '>=', 0, 'and nothing is owed');

# in the background, for who does nothing

$t->signup($cyd);
buys(4, $cyd, '30.00');

my $db = $t->database('db/shop.db');

sub kept { $db->value("SELECT pending FROM member WHERE email = '$cyd'") }

is(kept(), 30, 'in the database');

$clock->set('2031-05-29 12:00:00');
is(stands($cyd), '40 0 40', 'an answer knows at once');

my $minute = 0;

$t->wait_until('the database knows', sub {
    $clock->set(sprintf '2031-05-29 12:%02d:00', ++$minute) if $minute < 59;
    $t->connection->close;
    return kept() == 0;
});

is(stands($cyd), '40 0 40', 'and then says the same');

###############################################################################

$t->done;

###############################################################################
