#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_coupon: what a store or a till is told about a coupon, and
# that it is used once.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my $till = $t->secret('key-of-the-till-in-the-shop');

$t->macro(TILL => $till);

$t->conf(<<'END')->run;
worker_processes 2;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      EUR;
        signup_bonus  500;
        reward        mug   10 "A mug" product=MUG-1
                      url=https://shop.example/mug;
        reward        tenth 10 "Tenth off" kind=percentage value=10;
        reward        five  10 "Five off" kind=amount value=5;
        reward        post  10 "Free delivery" kind=shipping;
        api_key       chatbot value:%%KEY%%;
        api_key       till value:%%TILL%%;
    }

    loyalty_program brief {
        database        sqlite:%%TESTDIR%%/db/brief.db;
        currency        EUR;
        signup_bonus    100;
        reward          mug 10 "A mug";
        coupon_expires  1s;
        api_key         chatbot value:%%KEY%%;
    }

    loyalty_program eternal {
        database        sqlite:%%TESTDIR%%/db/eternal.db;
        currency        EUR;
        signup_bonus    100;
        reward          mug 10 "A mug";
        coupon_expires  off;
        api_key         other value:key-of-the-eternal-program;
    }

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
        location = /loyalty/cancel  { loyalty_cancel  shop; }
        location = /loyalty/coupon  { loyalty_coupon  shop; }

        location = /open/coupon     { loyalty_coupon shop; loyalty_auth off; }

        location = /brief/signup    { loyalty_signup brief; }
        location = /brief/redeem    { loyalty_redeem brief; }
        location = /brief/coupon    { loyalty_coupon brief; }
        location = /brief/cancel    { loyalty_cancel brief; }

        location = /eternal/signup  { loyalty_signup eternal; }
        location = /eternal/redeem  { loyalty_redeem eternal; }
        location = /eternal/coupon  { loyalty_coupon eternal; }
    }
}
END

my $ada = 'ada@example.com';
my $coupon = '/loyalty/coupon';

sub new_coupon {
    my ($reward) = @_;

    return $t->redeem($reward || 'mug', $ada)->field('coupon');
}

sub look {
    my ($code, %o) = @_;

    return $t->get("$coupon?coupon=$code", %o);
}

sub use_up {
    my ($code, $order, %o) = @_;

    return $t->post($coupon, {coupon => $code, order => $order}, %o);
}

$t->signup($ada);

###############################################################################

# what the till is told

my $redeemed = $t->redeem('mug', $ada);
my $code = $redeemed->field('coupon');
my $r = look($code);

is_result($r, 200, 'coupon_good', {
    message => 'The coupon is good.', coupon => $code, order => '',
    coupon_expires => $redeemed->field('coupon_expires'), reward => 'mug',
    reward_name => 'A mug', kind => 'product', value => '', currency => 'EUR',
    product => 'MUG-1', store => ''
}, 'good');

my @form = qw(coupon coupon_expires currency kind message order product result
              reward reward_name store value);

is(join(' ', sort keys %{$r->json}), join(' ', @form), 'in this form');
unlike($r->text, qr/ada|m_/, 'whose it is, is not said');
is($r->header('Cache-Control'), 'no-store', 'not to be kept');

for (['tenth', 'percentage', '10'], ['five', 'amount', '5.00'],
     ['post', 'shipping', ''])
{
    my ($reward, $kind, $value) = @$_;

    is_result(look(new_coupon($reward)), 200, 'coupon_good',
        {reward => $reward, kind => $kind, value => $value}, "worth: $kind");
}

# looking does not use it

is_result(look($code), 200, 'coupon_good', 'good after it was looked at');

$r = $t->request('HEAD', "$coupon?coupon=$code");

is($r->status, 200, 'HEAD of a good coupon');
is($r->type, 'application/json', 'HEAD has the headers');
is($t->request('HEAD', "$coupon?coupon=CP6WD0707CYVPQ43")->status, 404,
    'HEAD of no coupon');
is_result($t->get("$coupon?coupon=$code&order=7"), 200, 'coupon_good',
    'good for an order');

# in the letters of whoever has typed it

is_result(look(lc $code), 200, 'coupon_good', {coupon => $code},
    'in lower case');
is_result(look("+$code%09"), 200, 'coupon_good', {coupon => $code},
    'with white space around it');
is_result($t->post($coupon, {coupon => " \l\L$code\r\n", order => 'L-1'}), 200,
    'coupon_used', {coupon => $code}, 'used in lower case, with a line end');

my $blanks = ' ' x 100;

is_result($t->post($coupon, {coupon => "$blanks$code", order => 'L-1'}), 200,
    'coupon_used', {coupon => $code}, 'behind many blanks');
is_result($t->post($coupon, {coupon => "$code$blanks", order => 'L-1'}), 200,
    'coupon_used', {coupon => $code}, 'before many blanks');

# used once

is_fault(look($code), 409, 'coupon_used_before', 'used up');
is_fault(use_up($code, 'L-2'), 409, 'coupon_used_before', 'for another order');

$code = new_coupon();
$r = use_up($code, '17');

is_result($r, 200, 'coupon_used', {coupon => $code, order => '17',
    reward => 'mug', message => 'The coupon is used for order 17.'}, 'used');
is(join(' ', sort keys %{$r->json}), join(' ', @form), 'in the same form');

is(use_up($code, '17')->body, $r->body, 'the same order gets the same answer');
is_result($t->get("$coupon?coupon=$code&order=17"), 200, 'coupon_good',
    'good for the order that has used it');
is_fault($t->get("$coupon?coupon=$code&order=18"), 409, 'coupon_used_before',
    'but for no other');
is_fault(look($code), 409, 'coupon_used_before', 'nor for none');
is_fault($t->post($coupon, {coupon => $code}), 409, 'coupon_used_before',
    'nor used for none');

$code = new_coupon();

is_result($t->post($coupon, {coupon => $code}), 200, 'coupon_used',
    {order => '', message => 'The coupon is used.'}, 'used without an order');
is_fault($t->post($coupon, {coupon => $code}), 409, 'coupon_used_before',
    'once');
is_fault(use_up($code, '19'), 409, 'coupon_used_before', 'for an order, too');

is_result($t->post("$coupon?coupon=" . new_coupon(), 'order=20',
    type => 'application/x-www-form-urlencoded'), 200, 'coupon_used',
    {order => '20'}, 'used by query string and form');

# with an Idempotency-Key the answer is the first one

$code = new_coupon();

my @keyed = (headers => ['Idempotency-Key' => 'till-1']);

$r = $t->post($coupon, {coupon => $code}, @keyed);

is_result($r, 200, 'coupon_used', 'used under a key');
is($t->post($coupon, {coupon => $code}, @keyed)->body, $r->body,
    'sent again under it');
is_fault($t->post($coupon, {coupon => new_coupon()}, @keyed), 422,
    'idempotency_key_reused', 'another coupon under it');

# many tills at once, on connections of their own, with two workers

for my $round (1 .. 5) {
    $code = new_coupon();

    my @answers = $t->all(map {
        $t->message('POST', $coupon,
            params => {coupon => $code, order => "R$round-$_"})
    } 1 .. 12);

    is(join(' ', sort map { $_->outcome } @answers),
       join(' ', 'coupon_used', ('coupon_used_before') x 11),
       "12 orders at once, round $round: one has it");

    my ($first) = grep { $_->status == 200 } @answers;

    is_result($t->get("$coupon?coupon=$code&order="
        . $first->field('order')), 200, 'coupon_good',
        "and it is the one that was told so, round $round");
}

$code = new_coupon();

my @answers = $t->all(map {
    $t->message('POST', $coupon, params => {coupon => $code, order => 'S'})
} 1 .. 12);

is(join(' ', map { $_->outcome } @answers), join(' ', ('coupon_used') x 12),
    'one order 12 times at once: used, all of them hear');

# either used or cancelled

for my $round (1 .. 5) {
    $code = new_coupon();

    my $before = $t->points($ada);

    @answers = $t->all(map {
        ($t->message('POST', $coupon,
             params => {coupon => $code, order => $_}),
         $t->message('POST', '/loyalty/cancel',
             params => {coupon => $code, email => $ada}))
    } 1 .. 4);

    my %count;

    $count{$_->outcome}++ for @answers;

    if ($count{coupon_used}) {
        is_deeply([\%count, $t->points($ada)],
            [{coupon_used => 1, coupon_used_before => 7}, $before],
            "used, and not cancelled, round $round");

    } else {
        is_deeply([\%count, $t->points($ada)],
            [{cancelled => 1, already_cancelled => 3, coupon_cancelled => 4},
             $before + 10], "cancelled, and not used, round $round");
    }
}

# what is no coupon

is_fault(look('CP6WD0707CYVPQ43'), 404, 'coupon_not_found', 'no such coupon');
is_fault(use_up('CP6WD0707CYVPQ43', 1), 404, 'coupon_not_found',
    'nor can it be used');
is_fault($t->post($coupon, {coupon => 'SAVE-10%!'}), 404, 'coupon_not_found',
    'nor one in characters that others use');

is_fault($t->post($coupon, {coupon => $$_[0]}), 400, 'bad_coupon',
    "refused: $$_[1]") for (
    ['',             'empty'],
    ['  ',           'white space'],
    ['C' x 65,       '65 characters'],
    ["CP6W\nD0707",  'a line break inside'],
    ["CP6WD0707\0",  'a NUL'],
    ["CP6W D0707",   'a blank inside'],
    ["CP\x{c9}",     'a letter beyond ASCII'],
);

is_fault($t->get($coupon), 400, 'bad_coupon', 'none');
is_fault($t->post($coupon, {coupon => new_coupon(), order => '1 2'}), 400,
    'bad_order', 'an order that is none');

# who may ask

$code = new_coupon();

is_result(look($code, key => $till), 200, 'coupon_good', 'by the key of a till');
is_fault(look($code, key => undef), 401, 'unauthorized', 'without a key');
is_fault(look($code, key => 'x'), 401, 'unauthorized', 'with an unknown one');
is_fault(use_up($code, 1, key => 'key-of-the-eternal-program'), 403,
    'forbidden', 'with the key of another program');
is_result($t->get("/open/coupon?coupon=$code", key => undef), 200,
    'coupon_good', 'without a key where none is asked for');

# how long

my @eternal = (key => 'key-of-the-eternal-program');

$t->post('/eternal/signup', {email => $ada}, @eternal);
$code = $t->post('/eternal/redeem', {email => $ada, reward => 'mug'},
    @eternal)->field('coupon');

is_result($t->get("/eternal/coupon?coupon=$code", @eternal), 200,
    'coupon_good', {coupon_expires => ''}, 'one that does not expire');
is_fault(look($code), 404, 'coupon_not_found', 'is nothing in another program');

$t->post('/brief/signup', {email => $ada});
$code = $t->post('/brief/redeem', {email => $ada, reward => 'mug'})
          ->field('coupon');

$t->wait_until('the coupon expires', sub {
    $t->get("/brief/coupon?coupon=$code")->outcome ne 'coupon_good';
});

is_fault($t->get("/brief/coupon?coupon=$code"), 409, 'coupon_expired',
    'one of a second has expired');
is_fault($t->post('/brief/coupon', {coupon => $code, order => 1}), 409,
    'coupon_expired', 'and cannot be used');
is_fault($t->post('/brief/cancel', {coupon => $code, email => $ada}), 409,
    'coupon_expired', 'nor cancelled');

###############################################################################

$t->done;

###############################################################################
