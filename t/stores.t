#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for programs of several stores, also of other currencies.

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

my $lookup = 'number=/number email=/billing/email total=/total'
             . ' currency=/currency status=/status paid=processing';

$t->macro(MANY => $lookup);

$t->conf(<<'END')->run;
worker_processes 2;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    log_format stores '$loyalty_result|$loyalty_store|$loyalty_order';
    access_log %%TESTDIR%%/stores.log stores;

    loyalty_program town {
        database      sqlite:%%TESTDIR%%/db/town.db;
        currency      EUR;
        earn          1 per 1.00;
        promotion     bread multiplier=2 store=bakery;
        reward        cake 5 "Cake" store=bakery;
        reward        pin  5 "Pin";
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/bakery store=bakery %%MANY%%;
        order_lookup  /_store/tavern store=tavern %%MANY%%;
        order_lookup  /_store/chalet store=chalet accepts=CHF rate=1.04
                      %%MANY%%;
        order_lookup  /_store/tokyo store=tokyo accepts=JPY rate=0.006123
                      %%MANY%%;
        order_lookup  /_store/island store=island accepts=CHF rate=0.5
                      number=/number email=/billing/email total=/total
                      paid=any;
    }

    loyalty_program single {
        database      sqlite:%%TESTDIR%%/db/single.db;
        currency      EUR;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/bakery %%MANY%%;
    }

    loyalty_program named {
        database      sqlite:%%TESTDIR%%/db/named.db;
        currency      EUR;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/bakery store=bakery %%MANY%%;
    }

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  town; }
        location = /loyalty/claim   { loyalty_claim   town; }
        location = /loyalty/balance { loyalty_balance town; }
        location = /loyalty/redeem  { loyalty_redeem  town; }
        location = /loyalty/history { loyalty_history town; }
        location = /loyalty/coupon  { loyalty_coupon  town; }

        location = /single/signup   { loyalty_signup single; }
        location = /single/claim    { loyalty_claim  single; }
        location = /named/signup    { loyalty_signup named; }
        location = /named/claim     { loyalty_claim  named; }

        location = /_store/bakery {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/$loyalty_order;
            proxy_set_header X-Store $loyalty_store;
        }

        location = /_store/tavern {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_2%%/orders/$loyalty_order;
        }

        location = /_store/chalet {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_3%%/orders/$loyalty_order;
        }

        location = /_store/tokyo {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_3%%/orders/$loyalty_order;
        }

        location = /_store/island {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_3%%/orders/$loyalty_order;
        }
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';

my ($bakery, $tavern, $far) =
    map { Loyalty::Store->new($t, $t->port($_))->start } 1 .. 3;

sub claim {
    my ($store, $order, $email) = @_;

    return $t->post('/loyalty/claim', {
        store => $store, order => $order, email => $email || $ada});
}

sub has {
    my ($store, $number, $total, $currency, %o) = @_;

    $store->has($number, email => $ada, total => $total,
                currency => $currency, %o);
}

$t->signup($ada);
$t->signup($bob);

###############################################################################

# an order is one of its store

has($bakery, 17, '10.00', 'EUR');
has($tavern, 17, '30.00', 'EUR');

is_result(claim('tavern', 17), 200, 'claimed', {earned => 30, order => '17'},
    'order 17 of the one');
is(scalar $bakery->calls, 0, 'the other was not asked');

is_result(claim('bakery', 17), 200, 'claimed', {earned => 20, points => 50},
    'order 17 of the other, with its own promotion');
is(($bakery->calls(17))[0]{headers}{'x-store'}, 'bakery',
    'the look-up knows which store it is');

is_result(claim('tavern', 17), 200, 'already_claimed', {points => 50},
    'the one again');
is_result(claim('bakery', 17), 200, 'already_claimed', {points => 50},
    'the other again');
is(scalar $tavern->calls, 1, 'which was asked once');

has($bakery, 18, '10.00', 'EUR', email => $bob);
has($tavern, 18, '10.00', 'EUR');

is_fault(claim('bakery', 18), 404, 'order_not_found',
    'an order that is mine in the other store only');
is_result(claim('tavern', 18), 200, 'claimed', 'there it is');
is_result(claim('bakery', 18, $bob), 200, 'claimed',
    'and of him to whom it belongs');

# many at once, in two stores

for my $n (100 .. 105) {
    has($bakery, $n, '10.00', 'EUR');
    has($tavern, $n, '10.00', 'EUR');
}

my $points = $t->points($ada);

my @answers = $t->all(map {
    my $n = $_;

    map {
        $t->message('POST', '/loyalty/claim',
            params => {email => $ada, order => $n, store => $_})
    } qw(bakery tavern bakery tavern);
} 100 .. 105);

is(scalar grep({ $_->outcome eq 'claimed' } @answers), 12,
    'of 24 claims at once, those of 12 orders earn');
is($t->points($ada), $points + 6 * 20 + 6 * 10, 'each once');

# which store, has to be said

is_fault($t->claim(19, $ada), 400, 'bad_request', 'no store');
like($t->claim(19, $ada)->field('detail'),
    qr/several stores: the parameter "store" must say which/, 'says so');
is_fault(claim('', 19), 400, 'bad_request', 'an empty one');
is_fault(claim('cinema', 19), 400, 'bad_request', 'an unknown one');
like(claim('cinema', 19)->field('detail'),
    qr/The parameter "store" is not a store of this program/, 'says so');
is_fault(claim($_, 19), 400, 'bad_request', 'one much like it')
    for 'Bakery', 'bakery ', 'bakeryx', 'default', "bak\0ery";
is_fault($t->post('/loyalty/claim', {store => 7, order => 1, email => $ada}),
    400, 'bad_request', 'a number');

has($tavern, 20, '10.00', 'EUR');
is_result($t->request('POST', '/loyalty/claim?store=tavern&order=20'
    . '&email=ada%40example.com'), 200, 'claimed', 'in the query string');
has($tavern, 21, '10.00', 'EUR');
is_result($t->post('/loyalty/claim',
    'store=tavern&order=21&email=ada%40example.com',
    type => 'application/x-www-form-urlencoded'), 200, 'claimed', 'in a form');

# where there is one, it need not be

$t->post("/$_/signup", {email => $ada}) for qw(single named);

is_result($t->post('/single/claim', {order => 17, email => $ada}), 200,
    'claimed', 'the only store, without a name');
is_result($t->post('/single/claim', {order => 17, email => $ada,
    store => 'default'}), 200, 'already_claimed', 'which is its name');
is_result($t->post('/single/claim', {order => 17, email => $ada,
    store => 'Main Street'}), 200, 'already_claimed',
    'and "store" is a word of the caller');
is_fault($t->post('/named/claim', {order => 17, email => $ada,
    store => 'tavern'}), 400, 'bad_request', 'unless it has a name');
is_result($t->post('/named/claim', {order => 17, email => $ada}), 200,
    'claimed', 'the only store, which has a name');
is_result($t->post('/named/claim', {order => 17, email => $ada,
    store => 'bakery'}), 200, 'already_claimed', 'by its name');

# other currencies

has($far, 1, '100.00', 'CHF');
has($far, 2, '0.99', 'CHF');
has($far, 3, '100.00', 'EUR');
has($far, 4, '10000', 'JPY');
has($far, 5, '163', 'JPY');
has($far, 6, '164', 'JPY');
has($far, 7, '164.5', 'JPY');
has($far, 8, '3.00', undef);

is_result(claim('chalet', 1), 200, 'claimed', {earned => 104},
    '100 francs are 104.00');
is_result(claim('chalet', 2), 200, 'claimed', {earned => 1},
    '0.99 francs are 1.02');
is_fault(claim('chalet', 3), 422, 'wrong_currency',
    'the currency of the program is not that of the store');
is_fault(claim('tavern', 3), 404, 'order_not_found', 'nor is it elsewhere');
is_result(claim('tokyo', 4), 200, 'claimed', {earned => 61},
    '10000 yen are 61.23');
is_result(claim('tokyo', 5), 200, 'claimed', {earned => 0},
    '163 yen are 0.99');
is_result(claim('tokyo', 6), 200, 'claimed', {earned => 1},
    '164 yen are 1.00');
is_fault(claim('tokyo', 7), 502, 'store_bad_answer', 'half a yen is nothing');
is_fault(claim('tokyo', 1), 422, 'wrong_currency', 'francs are no yen');
is_result(claim('island', 8), 200, 'claimed', {earned => 1},
    '3 francs at 0.50, in a store that does not tell its currency');

# a store that is down keeps nobody from the others

has($tavern, 30, '10.00', 'EUR');
$bakery->stop;

is_fault(claim('bakery', 30), 503, 'store_unavailable', 'one store is down');
is_result(claim('tavern', 30), 200, 'claimed', 'and the other is not');

# what is kept

my %of;

for (@{$t->post('/loyalty/history', {email => $ada, limit => 100})
          ->field('entries')})
{
    $of{"$_->{kind} $_->{reference}"} .= " $_->{store}";
}

is($of{'claim 17'}, ' bakery tavern', 'the history tells the store of an order');

is_result($t->get('/loyalty/coupon?coupon='
    . $t->redeem('cake', $ada)->field('coupon')), 200, 'coupon_good',
    {store => 'bakery'}, 'a coupon tells who honours it');
is_result($t->get('/loyalty/coupon?coupon='
    . $t->redeem('pin', $ada)->field('coupon')), 200, 'coupon_good',
    {store => ''}, 'or that it does not matter');

my $cake = $t->redeem('cake', $ada)->field('coupon');
my $pin = $t->redeem('pin', $ada)->field('coupon');

is_fault($t->get("/loyalty/coupon?coupon=$cake&store=tavern"), 404,
    'coupon_not_found', 'another store does not honour it');
is_fault($t->post('/loyalty/coupon', {coupon => $cake, store => 'tavern'}),
    404, 'coupon_not_found', 'nor can it be used there');
is_fault($t->get("/loyalty/coupon?coupon=$cake&store=cinema"), 400,
    'bad_request', 'nor at one that is none');
is_result($t->post('/loyalty/coupon', {coupon => $cake, store => 'bakery'}),
    200, 'coupon_used', 'but where it belongs');
is_result($t->post('/loyalty/coupon', {coupon => $pin, store => 'tavern'}),
    200, 'coupon_used', 'one of no store, anywhere');

$t->stop;

my $log = $t->read_file('stores.log');

like($log, qr/^claimed\|tavern\|17$/m, 'the log knows the store');
like($log, qr/^bad_request\|-?\|/m, 'and none of a request that is refused');
like($log, qr/^balance\|-?\|/m, 'nor of one without');

###############################################################################

$t->done;

###############################################################################
