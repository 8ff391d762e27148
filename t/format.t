#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_format: which form answers have, where, and what of HTTP
# goes with it.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::ChatFormat;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->macro(SECRET => $t->secret('secret-of-the-webhooks'));

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%
    %%SHOP%%

    loyalty_program told {
        database     sqlite:%%TESTDIR%%/db/told.db;
        currency     USD;
        earn         1 per 1.00;
        api_key      till value:%%KEY%%-too;
        order_event  woocommerce secret=value:%%SECRET%%;
        %%LOOKUP%%
    }

    loyalty_format chatfuel;

    log_format result '$uri $loyalty_result $loyalty_points';
    access_log %%TESTDIR%%/result.log result;

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%

        location = /claim    { loyalty_claim shop; loyalty_postpone off; }
        location = /json     { loyalty_balance shop; loyalty_format json; }
        location = /telegram { loyalty_balance shop;
                               loyalty_format manychat telegram; }
        location = /asked    { loyalty_balance shop;
                               loyalty_format manychat request; }
        location = /asked/signup { loyalty_signup shop;
                               loyalty_format json request; }
        location = /small    { loyalty_signup shop;
                               loyalty_format manychat request;
                               loyalty_max_body_size 64; }
        location = /event    { loyalty_order_event told; }
        location = /status   { loyalty_status shop; }
        location = /if       { loyalty_balance shop;
                               loyalty_format dialogflow-cx;
                               if ($arg_x) { set $y 1; } }
    }

    server {
        listen %%LISTEN_2%%;

        loyalty_format manychat whatsapp;

        location = /balance  { loyalty_balance shop; }
        location = /json     { loyalty_balance shop; loyalty_format json; }
    }
}
END

my $ada = 'ada@example.com';
my $query = 'email=ada%40example.com';

sub balance {
    my ($uri, %o) = @_;

    return $t->get("$uri?$query", %o);
}

###############################################################################

# where it is written

is_chat($t->signup($ada), 'chatfuel', 200, 'signed_up',
        {loyalty_points => '50', loyalty_earned => '50'}, 'of http');
is_chat(balance('/balance', port => $t->port(2)), 'manychat-whatsapp', 200,
        'balance', {loyalty_points => 50}, 'of server');
is_chat(balance('/telegram'), 'manychat-telegram', 200, 'balance',
        {loyalty_points => 50, 'tag loyalty_member' => 1}, 'of location');
is_result(balance('/json'), 200, 'balance', 'json in a chatty server');
is_chat($t->get("/if?$query&x=1"), 'dialogflow-cx', 200, 'balance',
        {loyalty_points => 50}, 'an "if" in the location');

# faults: of shoppers 200, of developers what they are

is_chat($t->balance('bob@example.com'), 'chatfuel', 200, 'not_a_member',
        'a fault of a shopper');
is_chat($t->redeem('hanky', $ada), 'chatfuel', 200, 'not_enough_points',
        {loyalty_points => '50'}, 'too few points');
is_chat($t->signup('nobody'), 'chatfuel', 200, 'bad_email', 'no e-mail');
is_chat($t->post('/loyalty/signup', '[]', type => 'application/json'),
        'chatfuel', 200, 'bad_request', 'no JSON object');

my $r = $t->get('/telegram', key => undef);
is_chat($r, 'manychat-telegram', 401, 'unauthorized', 'without a key');
is($r->header('WWW-Authenticate'), 'Bearer realm="shop"',
    'says how to authenticate');

$r = $t->get('/loyalty/signup');
is_chat($r, 'chatfuel', 405, 'method_not_allowed', 'a wrong method');
is($r->header('Allow'), 'POST, OPTIONS', 'says which methods there are');

is_chat($t->post('/loyalty/signup', 'x', type => 'text/plain'), 'chatfuel',
        415, 'unsupported_media_type', 'a body of another type');
is_chat($t->post('/small', {email => 'x' x 80}), 'manychat', 413,
        'too_large', 'too long a body');

# nobody is to ask again: it is the platform that would

$r = $t->post('/claim', {order => 1, email => $ada});
is_chat($r, 'chatfuel', 200, 'store_unavailable', 'the store is away');
is($r->header('Retry-After'), undef, 'and nobody is told to come again');

$r = $t->request('OPTIONS', '/telegram');
is($r->status, 204, 'OPTIONS has no format');
is(balance('/telegram')->header('Cache-Control'), 'no-store', 'not cached');

$r = $t->request('HEAD', "/telegram?$query");
is($r->status . $r->type . $r->body, '200application/json', 'HEAD');

# "request"

is_chat(balance('/asked'), 'manychat', 200, 'balance', 'not asked for');

for my $format (Loyalty::ChatFormat::formats()) {
    # ES tells its facts to a session, which these requests do not name

    my $result = $format eq 'dialogflow-es' ? undef : 'balance';

    is_chat($t->get("/asked?$query&format=$format"), $format, 200, $result,
            "$format of a query string");
    is_chat($t->post('/asked', "format=$format&$query",
                     type => 'application/x-www-form-urlencoded'),
            $format, 200, $result, "$format of a form");

    next if $format =~ /dialogflow/;

    is_chat($t->post('/asked/signup', {email => $ada, format => $format}),
            $format, 200, 'already_member', "$format of JSON");
    is_chat($t->post('/asked/signup', {email => 7, format => $format}),
            $format, 200, 'bad_request', "a fault, $format of JSON");
    is_chat($t->get("/asked?$query&format=$format", key => undef), $format,
            401, 'unauthorized', "a fault before the body, $format");
}

is_result($t->post('/asked/signup', {email => $ada, format => undef}), 200,
          'already_member', 'null is not asked');
is_result($t->get("/asked?$query&format=json"), 200, 'balance', 'json');
is_fault($t->get('/asked?email=bob%40example.com&format=json'), 404,
         'not_a_member', 'a fault in json');

is_chat($t->get("/asked?$query&format=slack"), 'manychat', 200, 'bad_request',
        'an unknown format');
is_fault($t->post('/asked/signup', {email => $ada, format => 'slack'}), 400,
         'bad_request', 'an unknown format in JSON');
is_fault($t->post('/asked/signup', {email => $ada, format => 7}), 400,
         'bad_request', 'a number as a format');
is_fault($t->post('/asked/signup', "$query&format=",
                  type => 'application/x-www-form-urlencoded'), 400,
         'bad_request', 'an empty format');
is_chat($t->get("/loyalty/balance?$query&format=json"), 'chatfuel', 200,
        'balance', 'no request decides where it may not');

# who does not chat

is_fault($t->post('/event?format=chatfuel', {number => 1}), 401,
         'bad_signature', 'webhooks of a store');
is_fault($t->get('/status', key => undef), 401, 'unauthorized',
         'what Prometheus asks');

# idempotency

my @keyed = (headers => ['Idempotency-Key' => 'k1']);

my $first = $t->redeem('sticker', $ada, @keyed);
is_chat($first, 'chatfuel', 200, 'redeemed', {loyalty_points => '20'},
        'redeemed with a key');

my $again = $t->redeem('sticker', $ada, @keyed);
is($again->body, $first->body, 'answered again byte for byte');
is($again->type, 'application/json', 'of the same type');

$first = $t->redeem('hanky', $ada, headers => ['Idempotency-Key' => 'k2']);
$again = $t->redeem('hanky', $ada, headers => ['Idempotency-Key' => 'k2']);
is($again->status . $again->body, "200" . $first->body,
   'a refusal is answered again as it was');

@keyed = (headers => ['Idempotency-Key' => 'k3']);

$t->post('/asked/signup', {email => $ada}, @keyed);
is_chat($t->post('/asked/signup', {email => $ada, format => 'chatfuel'},
                 @keyed), 'chatfuel', 200, 'already_member',
        'another format makes no other request');

# the log

$t->wait_until('the log', sub { $t->read_file('result.log') =~ m{^/json }m });
like($t->read_file('result.log'), qr{^/telegram balance 50$}m,
     'variables are those of the answer');

###############################################################################

$t->done;

###############################################################################
