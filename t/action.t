#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_action: points for what is no purchase.

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
        signup_bonus  10;
        pending       1d;
        action        review   50 "Your review";
        action        share    20;
        action        walk      5 "Your walk" limit=2/1h;
        action        birthday 99 "Your birthday" limit=5/1d,1/1h;
        action        tap       1 "A tap" limit=1/1s;
        action        once      7 "This one" limit=1/ever;
        badge         writer "Writer" actions=2 action=review bonus=30;
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/action  { loyalty_action  shop; }
        location = /loyalty/history { loyalty_history shop; }
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';

sub action {
    my ($action, $ref, $email, %o) = @_;

    return $t->post('/loyalty/action',
        {action => $action, ref => $ref, email => $email || $ada}, %o);
}

$t->signup($_) for $ada, $bob;

###############################################################################

# points for an event

my $r = action('review', 'r-1');

is_result($r, 200, 'rewarded', {earned => 50, points => 60, lifetime => 60,
    spent => 0, pending => 0, order => '', email => $ada},
    'points, that can be spent at once');
is($r->field('message'), 'Thank you! Your review earned you 50 points.',
    'as the member reads');
is(action('share', 's-1')->field('message'),
    'Thank you! share earned you 20 points.', 'by its id, without a name');

# an event counts once

$r = action('review', 'r-1');

is_result($r, 200, 'already_rewarded', {earned => 0, points => 80},
    'the same event again');
is(action('review', 'r-1', 'ADA@example.com')->outcome, 'already_rewarded',
    'by whatever letters of the address');
is_fault(action('review', 'r-1', $bob), 409, 'action_already_rewarded',
    'by another member');
is_result(action('share', 'r-1'), 200, 'rewarded', {earned => 20},
    'a ref is one of its action');
is_result(action('review', 'R-1'), 200, 'rewarded',
    {earned => 80, points => 180}, 'refs have their case');
is_result(action('share', 12), 200, 'rewarded', 'a ref that is a number');
is_result(action('share', '12'), 200, 'already_rewarded',
    'is the same as a text');

# limits

is_result(action('walk', "w-$_"), 200, 'rewarded', "$_ of two an hour")
    for 1, 2;

my $points = $t->points($ada);

is_fault(action('walk', 'w-3'), 409, 'action_limit', 'no third one');
is($t->points($ada), $points, 'no points for it');
is_result(action('walk', 'w-2'), 200, 'already_rewarded',
    'what has counted is told so, whatever the limit');
is_result(action('walk', 'w-3', $bob), 200, 'rewarded',
    'another member has limits of his own, and a refused ref is free');

is_result(action('birthday', 2031), 200, 'rewarded', 'the first of several');
is_fault(action('birthday', 2032), 409, 'action_limit',
    'the narrowest limit counts');

is_result(action('once', 1), 200, 'rewarded', 'once');
is_fault(action('once', 2), 409, 'action_limit', 'and never again');

my $n = 0;

action('tap', 't-0');
$t->wait_until('a second has passed',
    sub { action('tap', 't-' . ++$n)->outcome eq 'rewarded' });
pass('a limit of a second is over after it');

# many at once, by two workers

my @answers = $t->all(map {
    $t->message('POST', '/loyalty/action', params => {
        action => 'walk', ref => "b-$_", email => $bob})
} 1 .. 10);

is(join(' ', sort map { $_->outcome } @answers),
    join(' ', ('action_limit') x 9, 'rewarded'),
    '10 events at once, of which one is within the limit');

@answers = $t->all(map {
    $t->message('POST', '/loyalty/action', params => {
        action => 'review', ref => 'same', email => $bob})
} 1 .. 10);

is(join(' ', sort map { $_->outcome } @answers),
    join(' ', ('already_rewarded') x 9, 'rewarded'),
    'one event 10 times at once');

my @members = map { "m$_\@example.com" } 1 .. 8;

$t->signup($_) for @members;

@answers = $t->all(map {
    $t->message('POST', '/loyalty/action', params => {
        action => 'review', ref => 'whose', email => $_})
} @members);

is(join(' ', sort map { $_->outcome } @answers),
    join(' ', ('action_already_rewarded') x 7, 'rewarded'),
    'one event by 8 members at once: one has it');

# what is wrong

is_fault(action('dance', 1), 404, 'action_not_found', 'no such action');
is_fault(action('Review', 9), 404, 'action_not_found', 'ids have their case');
is_fault(action('review', 1, 'eve@example.com'), 404, 'not_a_member',
    'a stranger');
is_fault(action($$_[0], $$_[1]), 400, 'bad_action', $$_[2]) for (
    ['', 1, 'no action'],
    ['review', '', 'no ref'],
    ['review', '1 2', 'a blank in a ref'],
    ['re/view', 1, 'a slash in an action'],
    ['review', 'r' x 65, 'a ref of 65 characters'],
    ['review', "r\n1", 'a line break'],
    ['review', '..', 'two dots'],
);
is_fault($t->post('/loyalty/action', {email => $ada}), 400, 'bad_action',
    'neither');
is_fault($t->post('/loyalty/action',
    {action => 'review', ref => 1.5, email => $ada}), 400, 'bad_request',
    'half a ref');
is_fault(action('review', 1, 'ada'), 400, 'bad_email', 'no address');
is_fault(action('review', 1, $ada, key => undef), 401, 'unauthorized',
    'no key');

# in the history

is(join(' ', map { "$_->{reference}:$_->{points}" }
    reverse @{$t->post('/loyalty/history', {email => $bob})
                ->field('entries')}),
    ':10 walk:5 walk:5 review:50', 'by its id');

###############################################################################

$t->done;

###############################################################################
