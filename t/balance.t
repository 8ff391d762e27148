#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_balance.

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
$store->order(1, email => 'ada@example.com', total => '149.00');
$store->order(2, email => 'ada@example.com', total => '1.00');
$store->start;

my $member = $t->signup('ada@example.com')->field('member');

###############################################################################

my $r = $t->balance('ada@example.com');

is_result($r, 200, 'balance', {
    member => $member, email => 'ada@example.com', order => '',
    points => 50, pending => 0, earned => 0, spent => 0, lifetime => 50,
    next_reward => 'hanky', next_reward_name => 'Free handkerchief',
    next_reward_cost => 200, next_reward_missing => 150,
    coupon => '', coupon_expires => '', coupon_url => ''
}, 'balance');

my ($sticker, $hanky) = @{$r->field('rewards')};

is_deeply($sticker, {id => 'sticker', name => 'Sticker', cost => 30,
    affordable => JSON::PP::true, missing => 0, tier => '',
    membership => ''}, 'a reward within reach');
is_deeply($hanky, {id => 'hanky', name => 'Free handkerchief', cost => 200,
    affordable => JSON::PP::false, missing => 150, tier => '',
    membership => ''}, 'a reward to come');

my $body = $r->body;

is($t->post('/loyalty/balance', {email => 'ada@example.com'})->body, $body,
    'the same by POST');
is($t->balance(' ADA@example.com')->body, $body, 'case and blanks');

# HEAD is GET without the body

my $head = $t->request('HEAD', '/loyalty/balance?email=ada%40example.com');

is($head->status, 200, 'HEAD');
is($head->body, '', 'HEAD has no body');
is($head->header('Content-Length'), length $body, 'HEAD has the length');

$head = $t->request('HEAD', '/loyalty/balance?email=bob%40example.com');
is($head->status . $head->body, '404', 'HEAD of a stranger');

# progress

$t->claim(1, 'ada@example.com');

is_result($t->balance('ada@example.com'), 200, 'balance',
    {points => 199, lifetime => 199, next_reward_missing => 1},
    'a point is missing');

$t->claim(2, 'ada@example.com');

is_result($t->balance('ada@example.com'), 200, 'balance',
    {points => 200, next_reward => '', next_reward_name => '',
     next_reward_cost => 0, next_reward_missing => 0},
    'every reward is within reach');

$t->redeem('hanky', 'ada@example.com');

is_result($t->balance('ada@example.com'), 200, 'balance',
    {points => 0, lifetime => 200, spent => 0, next_reward => 'sticker',
     next_reward_missing => 30}, 'after a redemption');

# strangers

is_fault($t->balance('bob@example.com'), 404, 'not_a_member', 'a stranger');
is_fault($t->balance('bob'), 400, 'bad_email', 'no address');
is_fault($t->get('/loyalty/balance'), 400, 'bad_email', 'no parameters');
is_result($t->signup('bob@example.com'), 201, 'signed_up',
    'asking did not sign up');

###############################################################################

$t->done;

###############################################################################
