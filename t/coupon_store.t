#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for rewards whose coupons the store makes, and for a store that fails,
# lies or keeps silent about it.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::CouponStore;
use Loyalty::Database;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

plan(skip_all => Loyalty::Database->lacking) if Loyalty::Database->lacking;

Loyalty::CouponStore->macros($t);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database       sqlite:%%TESTDIR%%/db/shop.db;
        coupon_retry   1h;
        %%COUPONS%%
    }

    loyalty_program open {
        database       sqlite:%%TESTDIR%%/db/open.db;
        coupon_expires off;
        currency       USD;
        signup_bonus   100;
        coupon_store   create=/_open/coupon made=/code
                       lookup=/_open/coupons list=/coupons code=/code;
        reward         mug 30 "Mug" coupon=store;
        api_key        chatbot value:%%KEY%%;
    }

    log_format coupon '$loyalty_result [$loyalty_coupon_code]';

    loyalty_store_timeout 400ms;

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/coupon  { loyalty_coupon  shop; }
        location = /loyalty/cancel  { loyalty_cancel  shop; }

        location = /loyalty/redeem {
            loyalty_redeem shop;
            access_log %%TESTDIR%%/redeem.log coupon;
        }

        location = /open/signup { loyalty_signup open; }
        location = /open/redeem { loyalty_redeem open; }

        %%COUPON_STORE%%

        location = /_open/coupon  { return 200 '{"code":"$loyalty_coupon_code"}'; }
        location = /_open/coupons { return 200 '{"coupons":[]}'; }
    }
}
END

my $store = Loyalty::CouponStore->new($t, $t->port(1))->start;
my $db = $t->database('db/shop.db');

my $ada = 'ada@example.com';

sub states {
    my ($email) = @_;

    return join ' ', $db->rows("SELECT r.state FROM redemption AS r
        JOIN member AS m ON m.id = r.member WHERE m.email = '$email'
        ORDER BY r.id");
}

my $members = 0;

sub member {
    my $email = 'm' . ++$members . '@example.com';

    $t->signup($email);
    return $email;
}

###############################################################################

# a coupon that the store makes

$t->signup($ada);

my $r = $t->redeem('mug', $ada);

is_result($r, 200, 'redeemed', {spent => 30, points => 70,
    coupon_url => 'https://shop.example/mug'}, 'redeemed');

my $code = $r->field('coupon');

like($code, qr/^[0-9A-HJKMNP-TV-Z]{16}$/, 'with a code');
is_deeply([$store->coupons], [$code], 'that the store has');
is($store->lookups, 0, 'and was not asked for again');

my $made = $store->coupon($code);

is($made->{reward}, 'mug', 'the store knows what for');
is($made->{product}, 'M"UG', 'which product');
is($made->{kind}, 'product', 'of which kind');
is($made->{email}, $ada, 'who for');
is($made->{expires}, $r->field('coupon_expires'), 'and until when');
like($made->{unix}, qr/^1\d{9}$/, 'also in seconds');

$r = $t->redeem('five', $ada);
$made = $store->coupon($r->field('coupon'));

is("$made->{kind} $made->{value}", 'amount 5.00', 'an amount off');

$r = $t->redeem('pin#2', member());
$made = $store->coupon($r->field('coupon'));

is($made->{reward}, 'pin#2', "a reward's id in JSON");
is($made->{escaped}, 'pin%232', 'and in a URI');

$r = $t->redeem('ten', $ada);
$made = $store->coupon($r->field('coupon'));

is("$made->{kind} $made->{value}", 'percentage 10', 'a percentage off');

my $calls = $store->calls;

is_result($t->redeem('pin', $ada), 200, 'redeemed', {points => 20},
    'a coupon of our own');
is($store->calls, $calls, 'is none of the business of the store');

is(states($ada), 'issued issued issued issued', 'all are issued');

like($t->read_file('redeem.log'), qr/\Aredeemed \[\]$/m,
    'the access log is not told the code');

# what the store says, before and after it has made the coupon

my $REFUSED = 'refused';
my $HELD = 'held';
my $ISSUED = 'issued';

my @answers = (
    # create, look-up; what becomes of it; coupons in the store

    ['refuses',            'works',        $REFUSED, 0],
    ['errors',             'works',        $REFUSED, 0],
    ['unauthorized',       'works',        $REFUSED, 0],
    ['refuses_after',      'works',        $ISSUED,  1],
    ['errors_after',       'works',        $ISSUED,  1],

    ['hangs',              'works',        $HELD,    0],
    ['hangs_after',        'works',        $ISSUED,  1],
    ['fails',              'works',        $HELD,    0],
    ['fails_after',        'works',        $ISSUED,  1],
    ['resets',             'works',        $HELD,    0],
    ['resets_after',       'works',        $ISSUED,  1],
    ['cuts',               'works',        $HELD,    0],
    ['cuts_after',         'works',        $ISSUED,  1],
    ['html',               'works',        $HELD,    0],
    ['html_after',         'works',        $ISSUED,  1],
    ['busy',               'works',        $HELD,    0],
    ['moved',              'works',        $HELD,    0],

    ['refuses',            'fails',        $HELD,    0],
    ['refuses',            'errors',       $HELD,    0],
    ['unauthorized',       'unauthorized', $HELD,    0],
    ['forbids',            'forbids',      $HELD,    0],
    ['refuses',            'html',         $HELD,    0],
    ['refuses',            'hangs',        $HELD,    0],
    ['refuses',            'cuts',         $HELD,    0],
    ['refuses',            'resets',       $HELD,    0],
    ['refuses',            'moved',        $HELD,    0],
    ['hangs_after',        'hangs',        $HELD,    1],
    ['fails_after',        'fails',        $HELD,    1],
);

for my $answer (@answers) {
    my ($create, $lookup, $state, $n) = @$answer;
    my $email = member();
    my $before = $store->coupons;
    my $name = "creating $create, look-up $lookup: $state";

    $store->does(create => $create, lookup => $lookup);

    my ($creates, $lookups) = ($store->creates, $store->lookups);
    my @key = (headers => ['Idempotency-Key' => "$create-$lookup"]);

    my $r = $t->redeem('mug', $email, @key);

    if ($state eq $ISSUED) {
        is_result($r, 200, 'redeemed', {points => 70}, $name);
        is_deeply([($store->coupons)[-1]], [$r->field('coupon')],
            'the store has it');

    } elsif ($state eq $REFUSED) {
        is_fault($r, 409, 'coupon_refused', $name);

    } else {
        is_result($r, 202, 'redemption_pending', {points => 70, coupon => '',
            coupon_url => ''}, $name);
    }

    is(states($email), $state, 'so it is written');
    is($t->points($email), $state eq $REFUSED ? 100 : 70, 'so are its points');
    is($store->coupons - $before, $n, "the store has made $n");

    is($t->redeem('mug', $email, @key)->body, $r->body,
        'again with its key: the same answer');
    is($store->creates - $creates, 1, 'the store was told once to make it');
    is($store->lookups - $lookups, 1, 'and was asked for it once');
}

# a code that nobody may know

$store->does(create => 'hangs', lookup => 'hangs');

my $bob = member();

$t->redeem('mug', $bob);

my $hidden = $db->value("SELECT r.coupon FROM redemption AS r JOIN member AS m
                         ON m.id = r.member WHERE m.email = '$bob'");

is_fault($t->get("/loyalty/coupon?coupon=$hidden"), 404, 'coupon_not_found',
    'a coupon that is held is not shown');
is_fault($t->post('/loyalty/cancel', {email => $bob, coupon => $hidden}), 404,
    'coupon_not_found', 'nor cancelled');
is(states($bob), 'held', 'it is still held');

$store->does;

# the store is off the net

$store->stop;

my $eve = member();

is_result($t->redeem('mug', $eve), 202, 'redemption_pending', {points => 70},
    'a store that is off');

$store->start;

# locations that anybody could call

$t->post('/open/signup', {email => $ada});

is_result($t->post('/open/redeem', {email => $ada, reward => 'mug'}), 202,
    'redemption_pending', {coupon => ''},
    'locations that are not internal are not trusted');
like($t->read_file('error.log'),
    qr/\[error\].* about a coupon: its URI has no location that is "internal"/,
    'which the log says');

# the client does not wait

$store->does(create => 'waits_after');

my $gone = member();
my $creates = $store->creates;
my $c = $t->connection;

$c->send($t->message('POST', '/loyalty/redeem',
    params => {email => $gone, reward => 'mug'}));
$t->wait_until('the store is asked', sub { $store->creates > $creates });
$c->close;
$store->open_gate;

$t->wait_until('the coupon', sub { states($gone) eq 'issued' });

is($t->points($gone), 70, 'a client that went away: the coupon is issued');

# one after the other on one connection

my $lea = member();

$store->does(create => 'fails_after');

my $kept = $t->connection;

$kept->send(join '', map {
    $t->message('POST', '/loyalty/redeem', keep => 1,
        params => {email => $lea, reward => $_})
} qw(mug five pin));

is_deeply([map { $kept->response->field('points') } 1 .. 3], [70, 50, 40],
    'several on one connection');
$kept->close;
is(states($lea), 'issued issued issued', 'all are issued');

# no database when the store has answered: nobody is told to try again

my $kim = member();

$store->does(create => 'waits_after');
$creates = $store->creates;

my $job = $t->in_background(sub {
    my $r = $t->redeem('mug', $kim, headers => ['Idempotency-Key' => 'kim']);
    return [$r->status, $r->field('result'), $r->body];
});

$t->wait_until('the store is asked', sub { $store->creates > $creates });

my $lock = $t->database('db/shop.db')->lock;

$store->open_gate;

my $answer = $job->result;
$lock->release;

is("$answer->[0] $answer->[1]", '202 redemption_pending',
    'the database is away afterwards');
is(states($kim), 'held', 'it is held');
is($t->redeem('mug', $kim, headers => ['Idempotency-Key' => 'kim'])->body,
    $answer->[2], 'which the key says as well');

# never the same twice, and what was shown is there

my %times;
$times{$_}++ for $store->coupons;

is_deeply([grep { $times{$_} > 1 } keys %times], [],
    'no coupon is in the store twice');
is($db->value("SELECT count(*) FROM redemption
               WHERE state = 'issued' AND source = 'store'
               AND coupon NOT IN ('" . join("','", keys %times) . "')"), 0,
    'no coupon is issued that is not in the store');

###############################################################################

$t->done;

###############################################################################
