#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Chats while the store is slow: people who chat are answered within three
# seconds, whether the location or the request says that it is a chat.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Time::HiRes qw(time);

use Loyalty::ChatFormat;
use Loyalty::CouponStore;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

Loyalty::CouponStore->macros($t);

my $CONF = <<'END';
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database  sqlite:%%TESTDIR%%/db/shop.db;
        earn      1 per 1.00;
        %%COUPONS%%
        %%LOOKUP%%
        %%RETRY%%
    }

    server {
        listen %%LISTEN_0%%;

        location /chat/ {
            loyalty_format manychat;

            location = /chat/claim  { loyalty_claim  shop; }
            location = /chat/redeem { loyalty_redeem shop; }
        }

        location /asked/ {
            loyalty_format json request;

            location = /asked/claim  { loyalty_claim  shop; }
            location = /asked/redeem { loyalty_redeem shop; }
        }

        location /outer {
            loyalty_balance shop;

            location = /outer/claim { loyalty_claim  shop;
                                      loyalty_format manychat; }
        }

        location = /own {
            loyalty_claim          shop;
            loyalty_format         json request;
            loyalty_store_timeout  300ms;
            loyalty_postpone       off;
        }

        location = /loyalty/signup { loyalty_signup  shop; }
        location = /large          { loyalty_signup  shop;
                                     loyalty_format  json request; }

        %%STORE%%
        %%COUPON_STORE%%
    }
}
END

###############################################################################

# what nginx -t says: a worker asks again with the patience of a JSON location

$t->macro(RETRY => 'coupon_retry 16s;');
$t->refuses('coupon_retry is not longer than twice the time',
    'is not longer than twice "loyalty_store_timeout"',
    $CONF =~ s{(/chat/redeem.*)}{$1 # HERE}r);

$t->macro(RETRY => 'coupon_retry 17s;');
$t->accepts('but it is', $CONF);

###############################################################################

$t->conf($CONF)->run;

my $ada = 'ada@example.com';
my $store = Loyalty::CouponStore->new($t, $t->port(1));

$store->answers($_, [Loyalty::Store::hang()]) for 1 .. 9;
$store->does(create => 'hangs', lookup => 'hangs');
$store->start;

$t->signup($ada);

sub seconds {
    my ($code) = @_;

    my $started = time;
    my $r = $code->();

    return ($r, time - $started);
}

sub claim {
    my ($order, $uri) = @_;

    return seconds(sub { $t->post($uri, {order => $order, email => $ada}) });
}

sub redeem {
    my ($uri) = @_;

    return seconds(sub { $t->post($uri, {reward => 'mug', email => $ada}) });
}

# a busy machine is given a second more

sub in_time { cmp_ok($_[0], '<', 4, "$_[1], in time") }

my $order = 0;

for my $uri ('/chat/claim', '/asked/claim?format=manychat', '/outer/claim') {
    my ($r, $took) = claim(++$order, $uri);

    is_chat($r, 'manychat', 200, 'claim_pending', "$uri: kept");
    in_time($took, $uri);
}

for my $uri ('/chat/redeem', '/asked/redeem?format=manychat') {
    my ($r, $took) = redeem($uri);

    is_chat($r, 'manychat', 200, 'redemption_pending', "$uri: held");
    in_time($took, $uri);
}

# the first question leaves time for the second

$store->does(create => 'hangs_after', lookup => 'works');

my ($r, $took) = redeem('/chat/redeem');

is_chat($r, 'manychat', 200, 'redeemed', 'a coupon that is made in silence');
in_time($took, 'which is found');

# what is written holds for all

($r) = claim(++$order, '/own?format=manychat');
is_chat($r, 'manychat', 200, 'store_timeout', 'not kept, as the location says');

($r) = claim(++$order, '/own');
is_fault($r, 504, 'store_timeout', 'nor in JSON');

# room for what a platform wraps around the parameters

is_result($t->post('/large', {email => $ada, x => 'x' x 30_000}), 200,
    'already_member', 'where a request may choose, a body may be large');

###############################################################################

$t->done;

###############################################################################
