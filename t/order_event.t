#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_order_event: what a store's webhooks do.

###############################################################################

use warnings;
use strict;

use Test::More;

use Digest::SHA qw(hmac_sha256_base64);
use FindBin;
use JSON::PP ();
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(encode_base64);

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my $new = $t->secret('wc-secret-of-this-year');
my $old = $t->secret('wc-secret-of-last-year');
my $shopify = $t->secret('shopify-client-secret');
my $standard = $t->secret('standard-secret-in-base64');

$t->macro(LOOKUP => 'order_lookup /_store/order number=/number status=/status'
    . ' email=/billing/email total=/total currency=/currency'
    . ' paid=processing,completed void=refunded,cancelled'
    . ' refunds=/refunds refund=/total;');

$t->macro(EVENT => "order_event woocommerce secret=value:$new"
    . " old_secret=value:$old;");

my $conf = <<'END';
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    log_format events '$request $status $loyalty_result "$loyalty_member"';
    access_log %%TESTDIR%%/access.log events;

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker 30 "Sticker";
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
        %%EVENT%%
    }

    loyalty_program chain {
        database      sqlite:%%TESTDIR%%/db/chain.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chain value:%%KEY%%-of-the-chain;
        order_lookup  /_store/order number=/number email=/billing/email
                      total=/total paid=any store=north;
        order_lookup  /_store/order number=/number email=/billing/email
                      total=/total paid=any store=south;
        order_event   shopify secret=value:%%SHOPIFY%% store=north;
        order_event   standard secret=value:whsec_%%STANDARD%% store=south
                      number=/data/id;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/event { loyalty_order_event shop; }
        location = /small/event {
            loyalty_order_event shop;
            loyalty_max_body_size 50;
        }
        location = /chain/event   { loyalty_order_event chain; }
        location = /chain/signup  { loyalty_signup  chain; }
        location = /chain/balance { loyalty_balance chain; }
        %%STORE%%
    }

    server {
        listen %%LISTEN_2%% %%H2_LISTEN%%;
        %%H2_ON%%

        location = /loyalty/event { loyalty_order_event shop; }
        %%STORE%%
    }
}
END

# "listen ... http2" became the directive "http2" in 1.25.1

my $http2 = $t->has_module('http_v2');
my $h2_directive = $t->version >= 1025001;

$t->macro(H2_LISTEN => $http2 && !$h2_directive ? 'http2' : '')
  ->macro(H2_ON => $http2 && $h2_directive ? 'http2 on;' : '');

$t->macro(SHOPIFY => $shopify);
$t->macro(STANDARD => encode_base64($standard, ''));

$t->conf($conf)->run;

my $store = Loyalty::Store->new($t, $t->port(1));
my $go = $t->path('go');

sub order {
    my ($number, %o) = @_;

    return json_reply(order_json($number, email => 'ada@example.com',
        total => '60.99', refunds => \'[]', %o));
}

sub refunded {
    my ($number, @amounts) = @_;

    return order($number, refunds => \('['
        . join(',', map { qq({"total":"-$_"}) } @amounts) . ']'));
}

$store->answers(1, [order(1)]);
$store->answers(2, [order(2, email => 'eve@example.com')]);
$store->answers(3, [order(3, status => 'pending')], [order(3)]);
$store->answers(4, [order(4)], [refunded(4, '30.00')],
                [refunded(4, '30.00')], [refunded(4, '30.00', '30.99')],
                [order(4)]);
$store->answers(5, [order(5)], [order(5, status => 'refunded')]);
$store->answers(6, [reply(500, '{}')], [order(6)]);
$store->answers(7, [await_file($go), order(7)]);
$store->answers(8, [order(8, currency => 'EUR')]);
$store->answers(9, [json_reply('{"number":"9"}')]);
$store->answers('#10', [order('#10')]);
$store->answers(11, [order(11)]);
$store->answers(12, [order(12)]);
$store->answers(13, [await_file("$go-on"), order(13)],
                [order(13, status => 'refunded')]);
$store->start;

###############################################################################

sub signature {
    my ($text, $secret) = @_;

    return hmac_sha256_base64($text, $secret) . '=';
}

sub body {
    my ($number, %o) = @_;

    return JSON::PP->new->utf8->canonical->encode({
        id => 42, number => "$number", total => '9999.00',
        billing => {email => 'ada@example.com'}, %o});
}

sub send_body {
    my ($body, $secret, %o) = @_;

    return $t->post($o{uri} || '/loyalty/event', $body, key => undef,
        type => 'application/json', headers => [
            'X-WC-Webhook-Topic' => 'order.updated',
            'X-WC-Webhook-Signature' => signature($body, $secret)]);
}

sub event {
    my ($number, %o) = @_;

    return send_body(body($number), $new, %o);
}

# As a platform does: again until it is taken.

sub event_taken {
    my ($number) = @_;

    return $t->wait_until("event of $number",
        sub { event($number)->status == 200 });
}

$t->signup('ada@example.com');

# orders of members are credited without a click

my $r = event(1);

is_result($r, 200, 'noted', {order => '1', earned => 60, member => '',
    email => '', points => 0}, 'noted: whose order it is, is not said');
unlike($r->text, qr/ada/, 'nor anywhere else in the answer');
is($t->points('ada@example.com'), 110, 'the member has what the store says');

is_result(event(1), 200, 'noted', {earned => 0}, 'the same again');
is_result($t->claim(1, 'ada@example.com'), 200, 'already_claimed',
    {points => 110}, 'nor does a click earn it twice');

is_result(send_body(body(12), $old), 200, 'noted', {earned => 60},
    'signed with the old secret');
is($t->points('ada@example.com'), 170, 'credited, too');

# what earns nothing

is_result(event(2), 200, 'noted', {earned => 0}, 'an order of a stranger');
is_result(event(3), 200, 'noted', {earned => 0}, 'an order not paid');
is_result(event(3), 200, 'noted', {earned => 60}, 'and when it is');
is_result(event(99), 200, 'noted', {earned => 0}, 'no such order');
is_result(event(8), 200, 'noted', {earned => 0}, 'in another currency');

$t->signup('eve@example.com');
is($t->points('eve@example.com'), 50, 'who joins later has to claim');

# refunds

my $points = $t->points('ada@example.com');

event(4);
is($t->points('ada@example.com'), $points + 60, 'before the refund');

is_result(event(4), 200, 'noted', {earned => 0}, 'refunded in part');
is($t->points('ada@example.com'), $points + 60 - 29, 'its share is gone');

event(4);
is($t->points('ada@example.com'), $points + 60 - 29, 'once');

event(4);
is($t->points('ada@example.com'), $points, 'the parts are the whole');

event_taken(4);
is($t->points('ada@example.com'), $points + 60, 'refunds were cancelled');

event(5);
event(5);
is($t->points('ada@example.com'), $points + 60, 'a void order');

# signatures

my $asked = $store->calls;

is_fault(send_body(body(11), 'another secret'), 401, 'bad_signature',
    'signed with another secret');
is_fault($t->post('/loyalty/event', body(11), key => undef,
    type => 'application/json'), 401, 'bad_signature', 'not signed');
is_fault($t->post('/loyalty/event', body(11), type => 'application/json'),
    401, 'bad_signature', 'an API key does not replace a signature');
is_fault($t->post('/loyalty/event', body(11), key => undef,
    type => 'application/json', headers => [
        ('X-WC-Webhook-Signature' => signature(body(11), $new)) x 2]),
    401, 'bad_signature', 'signed twice');
is_fault($t->post('/loyalty/event', body(11) . ' ', key => undef,
    type => 'application/json', headers => [
        'X-WC-Webhook-Signature' => signature(body(11), $new)]),
    401, 'bad_signature', 'a body with a byte more');
is_fault($t->post('/loyalty/event', '', key => undef), 401, 'bad_signature',
    'nothing at all');

is_result($t->post('/loyalty/event', 'webhook_id=7', key => undef,
    type => 'application/x-www-form-urlencoded'), 200, 'noted',
    'the store tries whether we are here');

is_result(send_body('{"id":42}', $new), 200, 'noted',
    'an event about something else than an order');
is_fault(send_body('not JSON', $new), 400, 'bad_request', 'no JSON');

is(scalar $store->calls, $asked, 'the store was asked about none of these');

# sizes

is_result(send_body(body(11, note => 'x' x 900_000), $new), 200, 'noted',
    {earned => 60}, 'a large order');
is_fault(send_body(body(11, note => 'x' x 1_100_000), $new), 413, 'too_large',
    'over the limit');
is_fault(event(11, uri => '/small/event'), 413, 'too_large',
    'over a limit that is configured');
is_result(send_body('{"number":"11"}', $new, uri => '/small/event'), 200,
    'noted', 'and within it');

# methods

$r = $t->get('/loyalty/event', key => undef);

is_fault($r, 405, 'method_not_allowed', 'GET');
is($r->header('allow'), 'POST, OPTIONS', 'what is allowed');

# a store that cannot be asked: the event is to be sent again

$r = event(6);

is_fault($r, 503, 'store_unavailable', 'the store is down');
ok($r->header('retry-after'), 'when to send it again');
is_result(event(6), 200, 'noted', {earned => 60}, 'sent again');
is_fault(event(9), 502, 'store_bad_answer', 'an answer that cannot be used');

# a platform that does not wait

$points = $t->points('ada@example.com');

my $c = $t->connection;
my $body = body(7);

$c->send($t->message('POST', '/loyalty/event', key => undef,
    type => 'application/json', body => $body, headers => [
        'X-WC-Webhook-Signature' => signature($body, $new)]));

$t->wait_until('the store is asked', sub { scalar $store->calls(7) });
undef $c;
$t->write_file('go', '');

$t->wait_until('the order is credited',
    sub { $t->points('ada@example.com') == $points + 60 });
pass('who does not wait for the answer has said it nevertheless');

# an order that is void while its claim waits for what the store said before

$c = $t->connection;
$c->send($t->message('POST', '/loyalty/claim',
                     params => {email => 'ada@example.com', order => 13}));

$t->wait_until('the store is asked', sub { scalar $store->calls(13) });

is_result(event(13), 200, 'noted', 'nobody has claimed it yet');
$t->write_file('go-on', '');

is_fault($c->response, 503, 'store_unavailable', 'the claim is to ask again');
is_fault($t->claim(13, 'ada@example.com'), 409, 'order_not_paid',
    'and then the store says so');

# over HTTP/2 what comes with the headers, and what comes later

SKIP: {
    skip 'no HTTP/2', 2 if !$http2 || !$t->has_program('curl')
                           || `curl --version` !~ /\bHTTP2\b/;

    for my $note ('', 'x' x 300_000) {
        $body = body(1, note => $note);
        my $file = $t->write_file('event.json', $body);

        open my $out, '-|', 'curl', '-sS', '--http2-prior-knowledge',
            '--max-time', 60, '--data-binary', "\@$file",
            '-H', 'Content-Type: application/json',
            '-H', 'X-WC-Webhook-Signature: ' . signature($body, $new),
            'http://127.0.0.1:' . $t->port(2) . '/loyalty/event'
            or die "curl: $!\n";

        like(do { local $/; <$out> }, qr/^\{"result":"noted"/,
             'over HTTP/2, ' . length($body) . ' bytes');
    }
}

# other formats, and several stores

my @chain = (key => KEY . '-of-the-chain');

$t->post('/chain/signup', {email => 'ada@example.com'}, @chain);

sub chain_points {
    return $t->get('/chain/balance?email=ada%40example.com', @chain)
             ->field('points');
}

$body = '{"id":7,"name":"#10","email":"ada@example.com"}';

is_result($t->post('/chain/event', $body, key => undef,
    type => 'application/json', headers => [
        'X-Shopify-Hmac-Sha256' => signature($body, $shopify)]), 200,
    'noted', {earned => 60, order => '#10'}, 'from Shopify');

$body = '{"type":"order.paid","data":{"id":"11"}}';

my $now = time;
my $signed = signature("msg_1.$now.$body", $standard);

is_result($t->post('/chain/event', $body, key => undef,
    type => 'application/json', headers => [
        'webhook-id' => 'msg_1', 'webhook-timestamp' => $now,
        'webhook-signature' => "v1,$signed"]), 200,
    'noted', {earned => 60, order => '11'}, 'by Standard Webhooks');

is_fault($t->post('/chain/event', $body, key => undef,
    type => 'application/json', headers => [
        'webhook-id' => 'msg_2', 'webhook-timestamp' => $now,
        'webhook-signature' => "v1,$signed"]), 401, 'bad_signature',
    'another message than the one that was signed');

is_fault($t->post('/chain/event', body(11), key => undef,
    type => 'application/json', headers => [
        'X-WC-Webhook-Signature' => signature(body(11), $new)]), 401,
    'bad_signature', 'the secret of another program');

is(chain_points(), 120, 'both were credited');

# logs

my $log = $t->read_file('error.log');

like($log, qr/\[error\].*an event for program "shop" is not followed up: /,
    'why an event was refused is told to the log');
like($log, qr/\[error\].*bad answer from the store of program "shop"/,
    'and a bad answer');
like($t->read_file('access.log'), qr{^POST /loyalty/event \S+ 200 noted ""$}m,
    'whose order it was, the access log does not know');

###############################################################################

# mistakes

my $program = <<'END';
    loyalty_program shop {
        database  sqlite:%%TESTDIR%%/db/check.db;
        currency  USD;
        EARN
        %%LOOKUP%%
        MORE
    }
END

sub checked {
    my ($locations, %o) = @_;

    my $text = "%%TEST_GLOBALS%%\nevents { }\nhttp {\n%%TEST_GLOBALS_HTTP%%\n"
               . $program . "server {\nlisten %%LISTEN_0%%;\n"
               . "$locations\n%%STORE%%\n}\n}\n";

    $text =~ s/EARN/exists $o{earn} ? $o{earn} : 'earn 1 per 1.00;'/e;
    $text =~ s/MORE/exists $o{event} ? $o{event} : '%%EVENT%%'/e;

    return $text;
}

$t->accepts('no API key is needed',
    checked('location / { loyalty_order_event shop; }'));
$t->refuses('no order_event', 'has no "order_event"',
    checked("location / {\nloyalty_order_event shop; # HERE\n}",
        event => ''));
$t->refuses('no earn', 'has no "earn"',
    checked("location / {\nloyalty_order_event shop; # HERE\n}",
        earn => ''));
$t->refuses('no such program', 'not defined',
    checked("location / {\nloyalty_order_event shoe; # HERE\n}"));
$t->refuses('no program', 'invalid number of arguments',
    checked("location / {\nloyalty_order_event; # HERE\n}"));
$t->refuses('two directives in a location', 'duplicate',
    checked("location / {\nloyalty_balance shop;\n"
        . "loyalty_order_event shop; # HERE\n}"));

$t->done;

###############################################################################
