#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for negative: refunds of orders whose points are spent already.

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
my $secret = $t->secret('secret-of-the-webhooks');

$t->macro(SECRET => $secret);

$t->conf($t->programs(
    [qw(signup claim balance redeem cancel action history order_event)],
    <<'END', on => 'on', off => 'off'))->run;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  10;
        negative      RULES;
        action        walk 30;
        reward        mug 100 "Mug";
        reward        pin 5 "Pin";
        order_lookup  /_store/order number=/number status=/status
                      email=/billing/email total=/total paid=processing
                      void=refunded refunds=/refunds refund=/total;
        order_event   woocommerce secret=value:%%SECRET%%;
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;

sub order {
    my ($number, %o) = @_;

    $store->has($number, email => $ada, total => '100.00', refunds => [],
                %o);
}

sub event {
    my ($program, $number) = @_;

    return $t->order_event($number, $secret, "/$program/order_event");
}

# as a store does: again until it is taken

sub event_taken {
    my ($program, $number) = @_;

    return $t->wait_until("event of $number",
        sub { event($program, $number)->status == 200 });
}

sub ask {
    my ($program, $what, %params) = @_;

    return $t->post("/$program/$what", {email => $ada, %params});
}

sub newest {
    my ($program) = @_;

    my ($entry) = @{ask($program, 'history')->field('entries')};

    return join ' ', @{$entry}{qw(kind reference points)};
}

my %coupon;

for my $program (qw(on off)) {
    order("$program-1");
    ask($program, 'signup');
    ask($program, 'claim', order => "$program-1");
    $coupon{$program} = ask($program, 'redeem', reward => 'mug')
                          ->field('coupon');
}

###############################################################################

# 10 are left, of which an order of 100 is paid back

order("$_-1", refunds => [{total => '-25.00'}]) for qw(on off);
event($_, "$_-1") for qw(on off);

is_result(ask('on', 'balance'), 200, 'balance', {points => -15,
    lifetime => 85}, 'on: what is missing is owed');
is_result(ask('off', 'balance'), 200, 'balance', {points => 0,
    lifetime => 85}, 'off: it is forgiven, but earned no more');
is(newest('on'), 'reversal on-1 -25', 'on: as the history has it');
is(newest('off'), 'reversal off-1 -10', 'off: no more than there was');

order("$_-1", status => 'refunded') for qw(on off);
event($_, "$_-1") for qw(on off);

is(ask('on', 'balance')->field('points'), -90, 'on: all of it');
is(ask('off', 'balance')->field('points'), 0, 'off: nothing more');

# what comes after it

is_result(ask('on', 'action', action => 'walk', ref => 1), 200, 'rewarded',
    {earned => 30, points => -60}, 'on: new points pay for it');
is_result(ask('off', 'action', action => 'walk', ref => 1), 200, 'rewarded',
    {earned => 30, points => 30}, 'off: new points are the member\'s');

my $r = ask('on', 'redeem', reward => 'pin');

is_fault($r, 409, 'not_enough_points', 'who owes points has none to spend');
is($r->field('detail'), 'The reward "pin" costs 5 points: the member has -60 '
    . 'and needs 65 more to redeem it. No points were spent.', 'says why');
is(ask('on', 'balance')->field('next_reward_missing'), 65,
    'and what is missing');

is_result(ask('on', 'cancel', coupon => $coupon{on}), 200, 'cancelled',
    {points => 40}, 'what is given back pays for it, too');
is_result(ask('on', 'redeem', reward => 'pin'), 200, 'redeemed',
    {points => 35}, 'and the rest can be spent');

# a refund that is cancelled gives back what was taken

order("$_-1") for qw(on off);
event_taken($_, "$_-1") for qw(on off);

is(ask('on', 'balance')->field('points'), 135, 'on: 100');
is(ask('off', 'balance')->field('points'), 40,
    'off: the 10 that were there');
is(newest('on'), 'restoration on-1 100', 'on: as the history has it');
is(newest('off'), 'restoration off-1 10', 'off: likewise');

###############################################################################

$t->done;

###############################################################################
