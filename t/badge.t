#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for badge: for orders, actions and streaks, each once.

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

# a Monday

my $clock = Loyalty::Clock->new('2031-05-05 12:00:00');
my $t = Loyalty::Test->new($clock->options);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program orders {
        database      sqlite:%%TESTDIR%%/db/orders.db;
        currency      USD;
        earn          1 per 1.00;
        pending       1d;
        badge         starter "First order" orders=1;
        badge         fan "Fan" orders=3 bonus=25;
        badge         busy "Busy" orders=2/1h bonus=5;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    loyalty_program actions {
        database      sqlite:%%TESTDIR%%/db/actions.db;
        currency      USD;
        action        review 10;
        action        share 1;
        badge         any "Any" actions=3;
        badge         critic "Critic" actions=2 action=review bonus=7;
        badge         star "Star" actions=2/1h action=share;
        api_key       chatbot value:%%KEY%%;
    }

    loyalty_program streaks {
        database      sqlite:%%TESTDIR%%/db/streaks.db;
        currency      USD;
        earn          1 per 1.00;
        badge         two "Two weeks" streak=2/1w;
        badge         three "Three weeks" streak=3/1w bonus=100;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        location = /orders/signup   { loyalty_signup  orders; }
        location = /orders/claim    { loyalty_claim   orders; }
        location = /orders/balance  { loyalty_balance orders; }
        location = /orders/history  { loyalty_history orders; }

        location = /actions/signup  { loyalty_signup  actions; }
        location = /actions/action  { loyalty_action  actions; }

        location = /streaks/signup  { loyalty_signup  streaks; }
        location = /streaks/claim   { loyalty_claim   streaks; }
        location = /streaks/balance { loyalty_balance streaks; }
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $number = 0;

sub buys {
    my ($program, $total) = @_;

    $store->has(++$number, email => $ada, total => $total || '10.00');

    return $t->post("/$program/claim", {email => $ada, order => $number});
}

sub acts {
    my ($action, $ref) = @_;

    return $t->post('/actions/action',
        {email => $ada, action => $action, ref => $ref || ++$number});
}

sub balance {
    my ($program) = @_;

    return $t->post("/$program/balance", {email => $ada});
}

# "fan" is held, "fan!" is new

sub badges {
    my ($r) = @_;

    return join ' ', map { $_->{id} . ($_->{new} ? '!' : '') }
                     @{$r->field('badges')};
}

$t->post("/$_/signup", {email => $ada}) for qw(orders actions streaks);

###############################################################################

# orders

is(badges(balance('orders')), '', 'none');

my $r = buys('orders');

is(badges($r), 'starter!', 'the first order');
is($r->field('badges')->[0]{name}, 'First order', 'with its name');
is($r->field('message'), 'Thank you! Order 1 earned you 10 points. You have a '
    . 'new badge: First order.', 'as the member reads');
is(badges(balance('orders')), 'starter', 'new once');
is(badges($t->post('/orders/claim', {email => $ada, order => 1})), 'starter',
    'and not new again by the same order');

$clock->set('2031-05-05 14:00:00');
is(badges(buys('orders')), 'starter', 'two orders, but not in an hour');
$clock->set('2031-05-05 14:30:00');

$r = buys('orders');
is(badges($r), 'starter fan! busy!', 'a third one, and two in an hour');
is_result($r, 200, 'claimed', {earned => 40, points => 30, pending => 30},
    'their points come with it, and can be spent at once');

is_deeply([map { [@{$_}{qw(kind reference points)}] }
    @{$t->post('/orders/history', {email => $ada, limit => 3})
        ->field('entries')}],
    [['badge', 'busy', 5], ['badge', 'fan', 25], ['claim', 3, 10]],
    'entries of their own');

is_result(buys('orders'), 200, 'claimed', {earned => 10},
    'no badge comes twice');

$t->post('/orders/signup', {email => 'bob@example.com'});
$store->has('B', email => 'bob@example.com', total => '0.10');
$r = $t->post('/orders/claim', {email => 'bob@example.com', order => 'B'});
is(badges($r), 'starter!', 'an order that earns nothing is an order');

# actions

is(badges(acts('review')), '', 'one action');
$r = acts('review');
is(badges($r), 'critic!', 'two of a kind');
is($r->field('earned'), 17, 'with the points of the badge');
is($r->field('message'), 'Thank you! review earned you 17 points. You have a '
    . 'new badge: Critic.', 'as the member reads');
is(badges(acts('share')), 'any! critic', 'three of any kind');

$clock->set('2031-05-05 16:00:00');
is(badges(acts('share', 's-1')), 'any critic', 'two, but not in an hour');
is(badges(acts('share', 's-1')), 'any critic', 'the same event does not count');
is(badges(acts('share', 's-2')), 'any critic star!', 'two in an hour');

# streaks: weeks begin on Mondays

$clock->set('2031-05-05 00:00:00');
is_result(buys('streaks'), 200, 'claimed', {streak => 1, badges => []},
    'Monday: a week');
$clock->set('2031-05-11 23:59:59');
is_result(buys('streaks'), 200, 'claimed', {streak => 1}, 'Sunday: the same');
$clock->set('2031-05-12 00:00:00');
$r = buys('streaks');
is($r->field('streak'), 2, 'Monday: the next');
is(badges($r), 'two!', 'which is a badge');

$clock->set('2031-05-25 23:59:59');
is(balance('streaks')->field('streak'), 2,
    'kept up to the end of the week after it');
$clock->set('2031-05-26 00:00:00');
is(balance('streaks')->field('streak'), 0, 'and lost with it');

is(badges(balance('streaks')), 'two', 'the badge is not');

for (['2031-05-28', 1, 'two'], ['2031-06-03', 2, 'two'],
     ['2031-06-09', 3, 'two three!'], ['2031-06-16', 4, 'two three'])
{
    my ($day, $streak, $badges) = @$_;

    $clock->set("$day 12:00:00");
    $r = buys('streaks');
    is($r->field('streak') . ' ' . badges($r), "$streak $badges",
        "$day: a streak of $streak");
}

###############################################################################

$t->done;

###############################################################################
