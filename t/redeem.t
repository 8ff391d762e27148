#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_redeem.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Time::Local qw(timegm);

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

    loyalty_program eternal {
        database        sqlite:%%TESTDIR%%/db/eternal.db;
        currency        USD;
        earn            1 per 1.00;
        signup_bonus    100;
        reward          pin 10 "A pin";
        coupon_expires  off;
        api_key         chatbot value:%%KEY%%;
    }

    loyalty_program brief {
        database        sqlite:%%TESTDIR%%/db/brief.db;
        currency        USD;
        earn            1 per 1.00;
        signup_bonus    100;
        reward          pin 10 "A \"pin\" \\ ö";
        coupon_expires  1h;
        api_key         chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%

        location = /eternal/signup { loyalty_signup eternal; }
        location = /eternal/redeem { loyalty_redeem eternal; }
        location = /brief/signup   { loyalty_signup brief; }
        location = /brief/redeem   { loyalty_redeem brief; }

        %%STORE%%
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1));
$store->order(1, email => 'ada@example.com', total => '210.00');
$store->start;

my $coupon = qr/^[0-9A-HJKMNP-TV-Z]{16}$/;

# the time that a coupon has left, to the day or hour

sub left {
    my ($r, $unit) = @_;

    my ($y, $mon, $d, $h, $min, $s) = $r->field('coupon_expires')
        =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/ or return;

    return sprintf '%.0f',
        (timegm($s, $min, $h, $d, $mon - 1, $y) - time()) / $unit;
}

###############################################################################

$t->signup('ada@example.com');
$t->claim(1, 'ada@example.com');

my $r = $t->redeem('hanky', 'ada@example.com');

is_result($r, 200, 'redeemed', {
    points => 60, spent => 200, earned => 0, lifetime => 260,
    next_reward => 'hanky', next_reward_missing => 140,
    coupon_url => 'https://shop.example/r/hanky'
}, 'redeemed');

like($r->field('coupon'), $coupon, 'a coupon without look-alikes');
is(left($r, 86400), 30, 'valid for 30 days by default');

is_fault($t->redeem('hanky', 'ada@example.com'), 409, 'not_enough_points',
    'not enough points');
is($t->points('ada@example.com'), 60, 'nothing was taken');

my $one = $t->redeem('sticker', 'ada@example.com');
my $two = $t->redeem('sticker', 'ada@example.com');

is_result($one, 200, 'redeemed', {points => 30, coupon_url => ''},
    'a reward without a page');
is_result($two, 200, 'redeemed', {points => 0}, 'down to the last point');
isnt($one->field('coupon'), $two->field('coupon'), 'each coupon differs');

# faults

is_fault($t->redeem('sticker', 'bob@example.com'), 404, 'not_a_member',
    'a stranger');
is_fault($t->redeem('car', 'ada@example.com'), 404, 'reward_not_found',
    'no such reward');
is_fault($t->redeem('HANKY', 'ada@example.com'), 404, 'reward_not_found',
    'reward ids have their case');
is_fault($t->redeem('', 'ada@example.com'), 400, 'bad_reward', 'empty id');
is_fault($t->redeem('r' x 65, 'ada@example.com'), 400, 'bad_reward',
    'id too long');
is_fault($t->redeem("han\nky", 'ada@example.com'), 400, 'bad_reward',
    'id with a line break');
is_fault($t->post('/loyalty/redeem', {email => 'ada@example.com'}), 400,
    'bad_reward', 'no id');
is_fault($t->redeem('sticker', 'ada'), 400, 'bad_email', 'no address');

# expiry

$t->post("/$_/signup", {email => 'ada@example.com'}) for qw(eternal brief);

$r = $t->post('/eternal/redeem',
    {reward => 'pin', email => 'ada@example.com'});
is_result($r, 200, 'redeemed', {coupon_expires => ''}, 'never expires');
like($r->field('coupon'), $coupon, 'and is a coupon');

$r = $t->post('/brief/redeem', {reward => 'pin', email => 'ada@example.com'});
is(left($r, 3600), 1, 'expires in an hour');
is($r->field('rewards')->[0]{name}, "A \"pin\" \\ \x{f6}",
    'a name with quotes and more');

###############################################################################

$t->done;

###############################################################################
