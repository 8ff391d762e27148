#!/usr/bin/perl

# (C) ngx_loyalty contributors

# What the API can answer, in every chat format: each is one that the platform
# takes, tells its code, and has a text in the language that was asked for.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::ChatFormat;
use Loyalty::CouponStore;
use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

Loyalty::CouponStore->macros($t);
$t->secret(LINK_SECRET);
$t->macro(SECRET => LINK_SECRET);

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
        reward        car   50000 "A \"car\"";
        reward        voucher   1 "Voucher" coupon=store;
        reward        crown     1 "Crown" tier=gold;
        action        review    5 "A review" limit=1/1d;
        tier          silver   20 "Silver" "perks=Free tea";
        tier          gold  10000 "Gold";
        badge         fan "Fan" orders=1;
        coupon_store  create=/_store/coupon made=/code
                      lookup=/_store/coupons list=/coupons code=/code;
        api_key       chatbot value:%%KEY%%;
        site          https://shop.example/loyalty;
        link_secret   value:%%SECRET%%;
        order_lookup  /_store/order number=/number status=/status
                      email=/billing/email total=/total currency=/currency
                      paid=processing,completed;
    }

    loyalty_program broken {
        database      sqlite:%%TESTDIR%%/db/broken.db;
        currency      USD;
        api_key       chatbot value:key-of-the-broken-one;
    }

    loyalty_format json request;

    server {
        listen %%LISTEN_0%%;

        loyalty_auth key link;

        location = /signup      { loyalty_signup      shop; }
        location = /claim       { loyalty_claim       shop;
                                  loyalty_store_timeout 300ms;
                                  loyalty_postpone    off; }
        location = /late        { loyalty_claim       shop;
                                  loyalty_postpone    3d; }
        location = /balance     { loyalty_balance     shop; }
        location = /redeem      { loyalty_redeem      shop; }
        location = /cancel      { loyalty_cancel      shop; }
        location = /action      { loyalty_action      shop; }
        location = /coupon      { loyalty_coupon      shop; }
        location = /history     { loyalty_history     shop; }
        location = /leaderboard { loyalty_leaderboard shop; }

        %%STORE%%
        %%COUPON_STORE%%

        location = /broken { loyalty_signup broken; loyalty_auth key; }
    }
}
END

my $store = Loyalty::CouponStore->new($t, $t->port(1));
my @formats = Loyalty::ChatFormat::formats();
my @locales = qw(en tr th);

# people and orders of each format: what one does is not to meet the others

my %people = map {
    my $n = $_;
    $formats[$n] => {map { $_ => "$_-$n\@example.com" } qw(ada bob eve)};
} 0 .. $#formats;

for my $n (0 .. $#formats) {
    my ($ada, $bob) = @{$people{$formats[$n]}}{qw(ada bob)};

    $store->order("$n-1", email => $ada);
    $store->order("$n-2", email => $ada, status => 'pending');
    $store->order("$n-3", email => $ada, currency => 'EUR');
    $store->answers("$n-4",
                    map { [json_reply(order_json("$n-4", email => $_))] }
                    $ada, $bob);
    $store->answers("$n-5", [json_reply('<html>')]);
    $store->answers("$n-6", [reply(500, '')]);
    $store->answers("$n-7", [hang()]);
}

$store->start;

$t->post('/signup', {email => 'first@example.com'});
$t->post('/redeem', {email => 'first@example.com', reward => 'rare'});

# of what is going on: its format, its number, and what it was given

my ($format, $n, %code);

sub email {
    my ($who) = @_;

    return $people{$format}{$who};
}

# A request as the platform sends it.

sub ask {
    my ($what, $params, %o) = @_;

    my %params = (locale => $locales[$n % @locales], %$params);

    $params = $format eq 'dialogflow-es'
              ? {session => 'projects/p/agent/sessions/s',
                 queryResult => {parameters => \%params}}
              : $format eq 'dialogflow-cx'
              ? {sessionInfo => {parameters => \%params}} : \%params;

    return $t->post("/$what?format=$format", $params, %o);
}

sub fact {
    my ($r, $name) = @_;

    my ($text, $facts) = Loyalty::ChatFormat::said($format, $r->body);

    return $facts->{$name};
}

sub by {
    my ($who, $what, %params) = @_;

    return ask($what, {email => email($who), %params});
}

sub redeem {
    my ($name, $reward, %does) = @_;

    $store->does(%does);

    my $r = by(ada => 'redeem', reward => $reward);

    $code{$name} = fact($r, 'loyalty_coupon');
    return $r;
}

my @answers = (
    [signed_up       => sub { by(ada => 'signup') }],
    [already_member  => sub { by(ada => 'signup') }],
    [signed_up       => sub { ask('signup', {email => email('bob')},
        headers => ['Idempotency-Key' => "once-$n"]) }],
    [idempotency_key_reused => sub { ask('signup', {email => email('ada')},
        headers => ['Idempotency-Key' => "once-$n"]) }],
    [claimed         => sub { by(ada => 'claim', order => "$n-1") }],
    [already_claimed => sub { by(ada => 'claim', order => "$n-1") }],
    [order_not_paid  => sub { by(ada => 'claim', order => "$n-2") }],
    [wrong_currency  => sub { by(ada => 'claim', order => "$n-3") }],
    [claimed         => sub { by(ada => 'claim', order => "$n-4") }],
    [order_already_claimed => sub { by(bob => 'claim', order => "$n-4") }],
    [store_bad_answer => sub { by(ada => 'claim', order => "$n-5") }],
    [store_unavailable => sub { by(ada => 'claim', order => "$n-6") }],
    [claim_pending   => sub { by(ada => 'late', order => "$n-6") }],
    [store_timeout   => sub { by(ada => 'claim', order => "$n-7") }],
    [order_not_found => sub { by(ada => 'claim', order => "$n-9") }],
    [bad_order       => sub { by(ada => 'claim', order => '1 2') }],
    [not_a_member    => sub { by(eve => 'claim', order => "$n-1") }],
    [balance         => sub { by(ada => 'balance') }],
    [bad_email       => sub { ask('balance', {email => 'ada'}) }],
    [bad_request     => sub { by(ada => 'history', limit => 'x') }],
    [redeemed        => sub { redeem(used => 'sticker') }],
    [reward_limit    => sub { redeem(no => 'sticker') }],
    [out_of_stock    => sub { redeem(no => 'rare') }],
    [not_enough_points => sub { redeem(no => 'car') }],
    [reward_not_offered => sub { redeem(no => 'crown') }],
    [reward_not_found => sub { redeem(no => 'x') }],
    [bad_reward      => sub { redeem(no => 'a b') }],
    [redeemed        => sub { redeem(made => 'voucher') }],
    [coupon_refused  => sub {
        redeem(no => 'voucher', create => 'refuses') }],
    [redemption_pending => sub {
        redeem(no => 'voucher', create => 'fails', lookup => 'fails') }],
    [coupon_good     => sub {
        $t->get("/coupon?format=$format&coupon=$code{used}&locale="
                . $locales[$n % @locales]) }],
    [coupon_used     => sub {
        ask('coupon', {coupon => $code{used}, order => 'T-1'}) }],
    [coupon_used_before => sub {
        ask('coupon', {coupon => $code{used}, order => 'T-2'}) }],
    [coupon_not_found => sub { by(ada => 'cancel', coupon => 'X') }],
    [bad_coupon      => sub { by(ada => 'cancel', coupon => '') }],
    [coupon_not_cancellable => sub {
        by(ada => 'cancel', coupon => $code{made}) }],
    [rewarded        => sub {
        by(ada => 'action', action => 'review', ref => "$n-7") }],
    [already_rewarded => sub {
        by(ada => 'action', action => 'review', ref => "$n-7") }],
    [action_limit    => sub {
        by(ada => 'action', action => 'review', ref => "$n-8") }],
    [action_already_rewarded => sub {
        by(bob => 'action', action => 'review', ref => "$n-7") }],
    [action_not_found => sub {
        by(ada => 'action', action => 'x', ref => 1) }],
    [bad_action      => sub { by(ada => 'action', action => 'review') }],
    [history         => sub { by(ada => 'history', limit => '5') }],
    [leaderboard     => sub { by(ada => 'leaderboard') }],
    [bad_link        => sub { ask('balance', {email => email('ada'),
        expires => '1', sig => 'x'}, key => undef) }],
    [link_expired    => sub { ask('balance', {link_params('balance',
        email => email('ada'), expires => '1')}, key => undef) }],
    [database_unavailable => sub { ask('broken', {email => email('ada')},
        key => 'key-of-the-broken-one') }],
);

# and what keeps its status; without the body, ES does not know the session

my @mistakes = (
    [401, unauthorized => sub { ask('balance', {}, key => 'x') }],
    [403, forbidden    => sub {
        ask('balance', {}, key => 'key-of-the-broken-one') }],
    [405, method_not_allowed => sub { $t->get("/redeem?format=$format") }],
    [413, too_large    => sub {
        ask('signup', {x => 'x' x 70_000}) }],
    [415, unsupported_media_type => sub {
        $t->post("/signup?format=$format", 'x', type => 'text/plain') }],
);

my %texts;

for my $i (0 .. $#formats) {
    ($format, $n) = ($formats[$i], $i);

    for (@answers) {
        my ($result, $request) = @$_;
        my $r = $request->();

        # by GET there is no session of ES

        my $code = $result eq 'coupon_good' && $format eq 'dialogflow-es'
                   ? undef : $result;

        is_chat($r, $format, 200, $code, "$format: $result");

        my ($text) = Loyalty::ChatFormat::said($format, $r->body);

        $text =~ s/\d//g;
        $texts{$result}{$locales[$n % @locales]} ||= $text;
    }

    for (@mistakes) {
        my ($status, $result, $request) = @$_;

        is_chat($request->(), $format, $status,
                $format eq 'dialogflow-es' ? undef : $result,
                "$format: $result");
    }
}

for my $result (sort keys %texts) {
    my %seen = map { $_ => 1 } values %{$texts{$result}};

    is(scalar keys %seen, scalar @locales, "$result: each language its own");
}

###############################################################################

$t->done;

###############################################################################
