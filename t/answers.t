#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the form of answers: every result and every code, always flat.

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

$t->database('db/broken.db')->broken;
$t->give_to_workers('db', 'db/broken.db');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  10 "Sticker" per_member=1
                      url=https://shop.example/r/s?a=1&b=2;
        reward        rare     10 "Rare" stock=1;
        reward        car   50000 "A car";
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    loyalty_program broken {
        database      sqlite:%%TESTDIR%%/db/broken.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:key-of-the-broken-one;
    }

    loyalty_store_timeout 300ms;

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%

        location = /broken { loyalty_signup broken; }
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order(1, email => $ada);
$store->order(2, email => $ada, status => 'pending');
$store->order(3, email => $ada, currency => 'EUR');
$store->answers(4, [json_reply(order_json(4, email => $ada))],
                [json_reply(order_json(4, email => $bob))]);
$store->answers(5, [json_reply('<html>')]);
$store->answers(6, [reply(500, '')]);
$store->answers(7, [hang()]);
$store->start;

my @keyed = (headers => ['Idempotency-Key' => 'key-1']);
my @text = (type => 'text/plain');

###############################################################################

# in this order each finds what it needs

my @successes = (
    [201, signed_up       => sub { $t->signup($ada) }],
    [200, already_member  => sub { $t->signup($ada) }],
    [200, claimed         => sub { $t->claim(1, $ada) }],
    [200, already_claimed => sub { $t->claim(1, $ada) }],
    [200, balance         => sub { $t->balance($ada) }],
    [200, redeemed        => sub { $t->redeem('sticker', $ada) }],
    [201, signed_up       => sub { $t->signup($bob, @keyed) }],
    [200, claimed         => sub { $t->claim(4, $ada) }],
    [200, redeemed        => sub { $t->redeem('rare', $ada) }],
);

my @faults = (
    [400, bad_request     => sub {
        $t->post('/loyalty/signup', '{', type => 'application/json') }],
    [400, bad_email       => sub { $t->signup('ada') }],
    [400, bad_order       => sub { $t->claim('1 2', $ada) }],
    [400, bad_reward      => sub { $t->redeem('', $ada) }],
    [401, unauthorized    => sub { $t->balance($ada, key => 'x') }],
    [403, forbidden       => sub {
        $t->balance($ada, key => 'key-of-the-broken-one') }],
    [404, not_a_member    => sub { $t->balance('eve@example.com') }],
    [404, order_not_found => sub { $t->claim(9, $ada) }],
    [404, reward_not_found => sub { $t->redeem('x', $ada) }],
    [405, method_not_allowed => sub { $t->get('/loyalty/claim') }],
    [409, not_enough_points => sub { $t->redeem('car', $ada) }],
    [409, out_of_stock    => sub { $t->redeem('rare', $bob) }],
    [409, reward_limit    => sub { $t->redeem('sticker', $ada) }],
    [409, order_not_paid  => sub { $t->claim(2, $ada) }],
    [409, order_already_claimed => sub { $t->claim(4, $bob) }],
    [413, too_large       => sub {
        $t->post('/loyalty/signup', {x => 'x' x 20_000}) }],
    [415, unsupported_media_type => sub {
        $t->post('/loyalty/signup', 'x', @text) }],
    [422, idempotency_key_reused => sub { $t->signup($ada, @keyed) }],
    [422, wrong_currency  => sub { $t->claim(3, $ada) }],
    [502, store_bad_answer => sub { $t->claim(5, $ada) }],
    [503, store_unavailable => sub { $t->claim(6, $ada) }],
    [503, database_unavailable => sub {
        $t->post('/broken', {email => $ada},
                 key => 'key-of-the-broken-one') }],
    [504, store_timeout   => sub { $t->claim(7, $ada) }],
);

my %form = (
    text => [qw(result message member email order tier tier_name tier_perks
                next_tier next_tier_name membership membership_name
                membership_perks membership_until referral next_reward
                next_reward_name coupon coupon_expires coupon_url)],
    integer => [qw(points pending earned spent lifetime next_tier_missing
                   streak next_reward_cost next_reward_missing)],
    list => [qw(badges rewards)],
);

for (@successes) {
    my ($status, $result, $ask) = @$_;
    my $r = $ask->();
    my $json = $r->json;

    is_result($r, $status, $result, $result);
    is($r->type, 'application/json', "$result: type");
    is($r->header('Cache-Control'), 'no-store', "$result: not to be cached");

    is(join(' ', sort keys %$json),
       join(' ', sort(map { @$_ } values %form)),
       "$result: every member is there, and no other");

    unlike($r->body, qr/null/, "$result: never null");
    like($r->body, qr/"$_":"/, "$result: $_ is a string") for @{$form{text}};
    like($r->body, qr/"$_":-?\d+[,}]/, "$result: $_ is an integer")
        for @{$form{integer}};

    is(ref $json->{$_}, 'ARRAY', "$result: $_ is a list") for @{$form{list}};

    like($json->{message}, qr/^[A-Z].*[.!]$/, "$result: a sentence");
    like($json->{coupon_expires}, $json->{coupon}
         ? qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ : qr/^$/,
         "$result: time");

    is_deeply([map { join ' ', sort keys %$_ } @{$json->{rewards}}],
              [('affordable cost id membership missing name tier') x 3],
              "$result: rewards");
}

is($t->balance($ada)->field('rewards')->[0]{id}, 'sticker',
    'rewards come in the order of the configuration');

for (@faults) {
    my ($status, $code, $ask) = @$_;
    my $r = $ask->();
    my $json = $r->json;

    is_fault($r, $status, $code, $code);
    is($r->header('Cache-Control'), 'no-store', "$code: not to be cached");

    like($json->{title}, qr/^[A-Z]/, "$code: a title");
    like($json->{detail}, qr/^[A-Z].*\.$/, "$code: a sentence");
    like($r->header('Retry-After') || '', $status > 502 ? qr/^\d+$/ : qr/^$/,
         "$code: Retry-After");
}

###############################################################################

$t->done;

###############################################################################
