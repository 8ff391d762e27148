#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for Idempotency-Key.

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

my $till = $t->secret('key-of-the-till');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes 2;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  10 "Sticker";
        reward        car   50000 "A car";
        api_key       chatbot value:%%KEY%%;
        api_key       till    value:key-of-the-till;
        %%LOOKUP%%
    }

    loyalty_program other {
        database      sqlite:%%TESTDIR%%/db/other.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%% reuseport;

        %%LOCATIONS%%
        %%STORE%%

        location = /other/signup { loyalty_signup other; }
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order(1, email => $ada);
$store->answers(2, [reply(500, '')], [json_reply(order_json(2,
    email => $ada))]);
$store->answers(5, [json_reply('no JSON')], [json_reply(order_json(5,
    email => $ada))]);
$store->order(3, email => $ada, status => 'pending');
$store->order(4, email => $ada, currency => 'EUR');
$store->start;

sub key { (headers => ['Idempotency-Key' => $_[0]]) }

sub same {
    my ($one, $two, $name) = @_;

    is($two->status . $two->type . $two->body,
       $one->status . $one->type . $one->body, $name);
}

###############################################################################

# the first answer again

my $signup = $t->signup($ada, key('a'));

is_result($signup, 201, 'signed_up', 'sign-up');
same($signup, $t->signup($ada, key('a')), 'sign-up again: the same bytes');
is_result($t->signup($ada), 200, 'already_member', 'without the key');

my $claim = $t->claim(1, $ada, key('b'));

is_result($claim, 200, 'claimed', {points => 60}, 'claim');
same($claim, $t->claim(1, $ada, key('b')), 'claim again: the same bytes');
is(scalar $store->calls(1), 1, 'the store was asked once');

my $redeem = $t->redeem('sticker', $ada, key('c'));

is_result($redeem, 200, 'redeemed', {points => 50}, 'redemption');
same($redeem, $t->redeem('sticker', $ada, key('c')),
    'redemption again: the same coupon');
is($t->points($ada), 50, 'paid once');

same($signup, $t->post('/loyalty/signup', 'email=ADA%40example.com',
    type => 'application/x-www-form-urlencoded', key('a')),
    'what matters is what was asked, not how it was written');

# another request

is_fault($t->signup('bob@example.com', key('a')), 422,
    'idempotency_key_reused', 'another member');
is_fault($t->balance('bob@example.com'), 404, 'not_a_member',
    'and nothing was done');
is_fault($t->claim(2, $ada, key('b')), 422, 'idempotency_key_reused',
    'another order');
is(scalar $store->calls(2), 0, 'and the store was not asked');
is_fault($t->redeem('car', $ada, key('c')), 422, 'idempotency_key_reused',
    'another reward');
is_fault($t->claim(1, $ada, key('a')), 422, 'idempotency_key_reused',
    'another location');
same($signup, $t->signup($ada, key('a')), 'the first answer is still kept');

# faults that were decided are kept ...

my %kept = (
    'd1' => sub { $t->redeem('car', $ada, key('d1')) },
    'd2' => sub { $t->redeem('nothing', $ada, key('d2')) },
    'd3' => sub { $t->claim(3, $ada, key('d3')) },
    'd4' => sub { $t->claim(4, $ada, key('d4')) },
    'd5' => sub { $t->claim(9, $ada, key('d5')) },
    'd6' => sub { $t->redeem('sticker', 'late@example.com', key('d6')) },
);

for my $key (sort keys %kept) {
    my $first = $kept{$key}->();

    like($first->status, qr/^4/, $first->outcome);
    same($first, $kept{$key}->(), $first->outcome . ': kept');
}

is(scalar $store->calls(3), 1, 'the store was not asked again');

$t->signup('late@example.com');
is_fault($t->redeem('sticker', 'late@example.com', key('d6')), 404,
    'not_a_member', 'kept, although it would go well now');

# ... others are not

is_fault($t->claim(2, $ada, key('e1')), 503, 'store_unavailable',
    'the store is down');
is_result($t->claim(2, $ada, key('e1')), 200, 'claimed',
    'the same key, the store is up');
is_fault($t->claim(5, $ada, key('e4')), 502, 'store_bad_answer',
    'the store talks nonsense');
is_result($t->claim(5, $ada, key('e4')), 200, 'claimed',
    'the same key, the store is sober');
is_fault($t->signup('bob', key('e2')), 400, 'bad_email', 'a bad request');
is_result($t->signup('bob@example.com', key('e2')), 201, 'signed_up',
    'the same key, mended');
is_fault($t->signup('cleo@example.com', key => 'x', key('e3')), 401,
    'unauthorized', 'a wrong key of the caller');
is_result($t->signup('cleo@example.com', key('e3')), 201, 'signed_up',
    'the same key, let in');

# each caller and each program has keys of its own

is_result($t->signup('dora@example.com', key => $till, key('a')), 201,
    'signed_up', 'another caller');
is_result($t->post('/other/signup', {email => $ada}, key('a')), 201,
    'signed_up', 'another program');

# at the same time

my @answers = $t->all(($t->message('POST', '/loyalty/redeem',
    params => {reward => 'sticker', email => $ada}, key('f'))) x 20);

my %coupons = map { ($_ ? $_->field('coupon') || 'none' : 'none') => 1 }
              @answers;
is(scalar keys %coupons, 1, 'twenty at once: one coupon');
ok(!$coupons{none}, 'twenty at once: all have it');

@answers = $t->all(($t->message('POST', '/loyalty/redeem',
    params => {reward => 'sticker', email => $ada}, key('f'))) x 5,
    map { $t->message('POST', '/loyalty/redeem', key("g$_"),
    params => {reward => 'sticker', email => $ada}) } 1 .. 2);
is(join(' ', map { $_->outcome } @answers), join(' ', ('redeemed') x 7),
    'old keys and new ones at once');
is($t->points($ada), 40, 'three stickers were paid');

# the form of keys

is_result($t->signup($ada, key('k' x 128)), 200, 'already_member',
    '128 characters');
is_result($t->signup($ada, key('8e03978e-40d5-43dd-bc93-6894a57f9324')), 200,
    'already_member', 'a UUID');
is_result($t->signup($ada, key('"quoted!~"')), 200, 'already_member',
    'any printable characters');
is_fault($t->signup($ada, headers => [map { ('Idempotency-Key' => $_) } @$_]),
    400, 'bad_request', "refused: two of them, @$_") for [qw(a b)], [qw(a a)];
is_fault($t->signup($ada, key($$_[0])), 400, 'bad_request',
    "refused: $$_[1]") for (
    ['k' x 129, '129 characters'], ['', 'empty'], ["a\tb", 'a tab'],
    ["\xc3\xb6", 'beyond ASCII'],
);

# kept on disk

$t->stop->run;

same($redeem, $t->redeem('sticker', $ada, key('c')), 'after a restart');

###############################################################################

$t->done;

###############################################################################
