#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for requests of Dialogflow, which wrap their parameters.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Time::HiRes qw(time);

use Loyalty::ChatFormat;
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

    map $request_body $es_action {
        default                                   unknown;
        "~\"action\"\s*:\s*\"loyalty\.claim\""     claim;
        "~\"action\"\s*:\s*\"loyalty\.balance\""   balance;
    }

    server {
        listen %%LISTEN_2%%;

        location = /loyalty/es {
            client_max_body_size         64k;
            client_body_buffer_size      64k;
            client_body_in_single_buffer on;

            mirror                       /_read;

            proxy_pass           http://127.0.0.1:%%PORT_0%%/es/$es_action;
        }

        location = /_read {
            internal;
            return 204;
        }
    }

    server {
        listen %%LISTEN_0%%;

        %%STORE%%

        location /es/ {
            loyalty_format dialogflow-es;

            location = /es/signup  { loyalty_signup  shop; }
            location = /es/claim   { loyalty_claim   shop; }
            location = /es/balance { loyalty_balance shop; }
        }

        location /cx/ {
            loyalty_format dialogflow-cx;

            location = /cx/signup  { loyalty_signup  shop; }
            location = /cx/claim   { loyalty_claim   shop; }
            location = /cx/redeem  { loyalty_redeem  shop; }
        }

        location = /asked { loyalty_balance shop;
                            loyalty_format json request; }
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1));
$store->order(1001, email => 'ada@example.com', total => '60.00');
$store->order(1002, email => 'ada@example.com', total => '10.00');
$store->answers(1003, [hang()]);
$store->start;

use constant SESSION => 'projects/bot/agent/sessions/0a1b-2c';

# What the two send, of which we need little.

sub es {
    my ($what, $parameters, %more) = @_;

    return $t->post("/es/$what", {
        responseId => 'f00', session => SESSION,
        queryResult => {
            queryText => 'my order is 1001', parameters => $parameters,
            allRequiredParamsPresent => JSON::PP::true,
            intent => {name => 'projects/bot/agent/intents/1'},
            outputContexts => [{
                name => SESSION . '/contexts/loyalty', lifespanCount => 4,
                parameters => {email => 'eve@example.com'},
            }],
            intentDetectionConfidence => 0.87, languageCode => 'en',
        },
        originalDetectIntentRequest => {payload => {email => 'x'}}, %more,
    });
}

sub cx {
    my ($what, $parameters, %more) = @_;

    return $t->post("/cx/$what", {
        detectIntentResponseId => 'f00', languageCode => 'en',
        fulfillmentInfo => {tag => $what},
        sessionInfo => {session => SESSION, parameters => $parameters},
        text => 'my order is 1001', %more,
    });
}

# All intents of an agent of ES call one address: conf-examples/chat/ tells
# them apart.

sub es_action {
    my ($action, $text, $parameters) = @_;

    return $t->post('/loyalty/es', {session => SESSION, queryResult => {
        queryText => $text, action => $action, parameters => $parameters,
    }}, port => $t->port(2));
}

sub es_number {
    my ($order) = @_;

    my $body = '{"queryResult":{"parameters":{"email":"ada@example.com",'
               . qq("order":$order}}});

    return $t->post('/es/claim', $body, type => 'application/json');
}

###############################################################################

# ES

is_chat(es('signup', {email => 'ada@example.com'}), 'dialogflow-es', 200,
        'signed_up', {loyalty_points => 50}, 'ES: sign-up');
is_chat(es('claim', {email => 'ada@example.com', order => '1001'}),
        'dialogflow-es', 200, 'claimed',
        {loyalty_points => 110, loyalty_order => '1001', text => qr/1001/},
        'ES: claim');
is_chat(es('claim', {email => 'bob@example.com', order => '1001'}),
        'dialogflow-es', 200, 'not_a_member', 'ES: a fault');
is_chat(es('claim', {email => 'ada@example.com', order => ''}),
        'dialogflow-es', 200, 'bad_order', 'ES: a parameter left empty');

my $r = es('balance', {email => 'ada@example.com'});
is($r->json->{outputContexts}[0]{name}, SESSION . '/contexts/loyalty',
   'ES: the context is of the session');

like(es_number('1002')->json->{fulfillmentText}, qr/1002 earned you 10/,
     'ES: an order as a number');
like(es_number('1002.0')->json->{fulfillmentText}, qr/already claimed/,
     'ES: an order as a float');
like(es_number('1002.5')->json->{fulfillmentText}, qr/\w/,
     'ES: a broken number is refused');
like(es_number('[1002]')->json->{fulfillmentText}, qr/\w/,
     'ES: a list is refused');

is_chat(es('balance', {email => 'ada@example.com'}, session => undef),
        'dialogflow-es', 200, undef, 'ES: without a session');
is_chat($t->post('/es/balance', {email => 'ada@example.com'}),
        'dialogflow-es', 200, undef, {text => qr/e-mail/},
        'ES: what is not wrapped is not looked at');
is_chat($t->post('/es/balance', 'email=ada%40example.com',
                 type => 'application/x-www-form-urlencoded'),
        'dialogflow-es', 200, undef, {text => qr/120 points/}, 'ES: a form');

my $quote = 'she said "action":"loyalty.claim" and left';

is_chat(es_action('loyalty.balance', $quote, {email => 'ada@example.com'}),
        'dialogflow-es', 200, 'balance', {loyalty_points => 120},
        'ES: told apart by its action');
is_chat(es_action('loyalty.claim', 'x' x 30000,
                  {email => 'ada@example.com', order => 1001}),
        'dialogflow-es', 200, 'already_claimed', 'ES: in a long body');
is(es_action('input.welcome', $quote, {})->status, 404,
   'ES: an action of somebody else');

# CX

is_chat(cx('signup', {email => 'bob@example.com'}), 'dialogflow-cx', 200,
        'signed_up', {loyalty_points => 50}, 'CX: sign-up');
is_chat(cx('claim', {email => 'ada@example.com', order => 1001,
                     loyalty_points => 110, loyalty_order => '7'}),
        'dialogflow-cx', 200, 'already_claimed', {loyalty_order => '1001'},
        'CX: claim, with what the session remembers');
is_chat(cx('redeem', {email => 'bob@example.com', reward => 'sticker'}),
        'dialogflow-cx', 200, 'redeemed', {loyalty_points => 20},
        'CX: redeem');
is_chat(cx('redeem', {email => 'bob@example.com', reward => 'car'}),
        'dialogflow-cx', 200, 'reward_not_found', 'CX: a fault');
is_chat($t->post('/cx/signup', {}), 'dialogflow-cx', 200, 'bad_email',
        'CX: nothing in it');
is_chat($t->post('/cx/signup', '{', type => 'application/json'),
        'dialogflow-cx', 200, 'bad_request', 'CX: no JSON');
is_chat($t->post('/cx/signup',
                 '{"sessionInfo":{"parameters":{"email":"a@b.c",'
                 . '"email":"a@b.d"}}}', type => 'application/json'),
        'dialogflow-cx', 200, 'bad_request', 'CX: a name twice');

# both may be asked for

is_chat($t->post('/asked?format=dialogflow-cx', {sessionInfo =>
                 {parameters => {email => 'ada@example.com'}}}),
        'dialogflow-cx', 200, 'balance', {loyalty_points => 120},
        'asked for in the query string');

# platforms do not wait as long as we do elsewhere

my $asked = time();
is_chat(es('claim', {email => 'ada@example.com', order => 1003}),
        'dialogflow-es', 200, undef, 'a slow store');
cmp_ok(time() - $asked, '<', 4, 'is not waited for');

# contexts are large

is_chat(es('balance', {email => 'ada@example.com', fill => 'x' x 60000}),
        'dialogflow-es', 200, 'balance', 'a large body');
is_chat(es('balance', {email => 'ada@example.com', fill => 'x' x 70000}),
        'dialogflow-es', 413, undef, 'too large a body');

###############################################################################

$t->done;

###############################################################################
