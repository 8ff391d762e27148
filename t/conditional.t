#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Requests with conditions: answers have no versions, so none of them holds
# back what was done.

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

        location = /status { loyalty_status shop; loyalty_auth off; }
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order($_, email => $ada) for 1 .. 5;
$store->start;

$t->signup($ada);

###############################################################################

my $date = 'Sun, 22 Nov 2026 12:00:00 GMT';

my @conditions = (
    ['If-None-Match' => '*'],
    ['If-None-Match' => '"a"'],
    ['If-Match' => '"a"'],
    ['If-Modified-Since' => $date],
    ['If-Unmodified-Since' => $date],
);

my $order = 0;

for my $condition (@conditions) {
    my $name = join ': ', @$condition;
    my @with = (headers => $condition);

    is_result($t->claim(++$order, $ada, @with), 200, 'claimed', {earned => 10},
        "a claim with $name");
    is_result($t->balance($ada, @with), 200, 'balance', "a balance with $name");
    is($t->get('/status', @with)->status, 200, "figures with $name");
}

is_result($t->redeem('sticker', $ada, headers => ['If-Match' => '"a"']), 200,
    'redeemed', {spent => 30}, 'a redemption shows its coupon');

###############################################################################

$t->done;

###############################################################################
