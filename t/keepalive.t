#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for several requests on one connection: keep-alive and pipelining.

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
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order($_, email => $ada) for 1 .. 20;
$store->answers(21, [pause(0.2), json_reply(order_json(21, email => $ada))]);
$store->start;

my @keep = (keep => 1);

sub post_of {
    my ($name, $params, @more) = @_;

    return $t->message('POST', "/loyalty/$name", params => $params, @more);
}

my $balance = '/loyalty/balance?email=ada%40example.com';

###############################################################################

# one after the other

my $c = $t->connection;

$c->send(post_of(signup => {email => $ada}, @keep));
is_result($c->response, 201, 'signed_up', 'first request');

for my $order (1 .. 5) {
    $c->send(post_of(claim => {email => $ada, order => $order}, @keep));
    is_result($c->response, 200, 'claimed', {points => 50 + $order * 10},
        "claim $order on the same connection");
}

$c->send($t->message('HEAD', $balance, @keep));
is($c->response(1)->status, 200, 'HEAD');

$c->send(post_of(claim => {email => $ada, order => 'a b'}, @keep));
is_fault($c->response, 400, 'bad_order', 'a fault');

$c->send($t->message('GET', $balance, key => undef, @keep));
is_fault($c->response, 401, 'unauthorized', 'not let in');

$c->send($t->message('GET', $balance));
is_result($c->response, 200, 'balance', {points => 100}, 'last request');
ok($c->closed, 'closed when the client says so');

# all in one piece

$c = $t->connection;
$c->send(join '',
    post_of(claim => {email => $ada, order => 21}, @keep),
    $t->message('HEAD', $balance, @keep),
    $t->message('GET', $balance, @keep),
    post_of(redeem => {email => $ada, reward => 'sticker'}, @keep),
    post_of(signup => {email => 'bob@example.com'}, @keep),
    post_of(claim => {email => $ada, order => 6}, @keep),
    $t->message('PUT', '/loyalty/claim', body => 'x' x 100, @keep),
    $t->message('GET', '/loyalty/balance?email=bob%40example.com'));

is_result($c->response, 200, 'claimed', {points => 110},
    'pipelined: a slow claim');
is($c->response(1)->status, 200, 'pipelined: HEAD');
is_result($c->response, 200, 'balance', {points => 110},
    'pipelined: balance');
is_result($c->response, 200, 'redeemed', {points => 80},
    'pipelined: redemption');
is_result($c->response, 201, 'signed_up', 'pipelined: sign-up');
is_result($c->response, 200, 'claimed', {points => 90},
    'pipelined: another claim');
is_fault($c->response, 405, 'method_not_allowed', 'pipelined: a fault');
is_result($c->response, 200, 'balance', {points => 50}, 'pipelined: the end');
ok($c->closed, 'and closed');

# many

$c = $t->connection;
$c->send(join '', map { post_of(claim => {email => $ada, order => $_}, @keep) }
                  7 .. 20, 1 .. 20);
is(join(' ', map { $c->response->outcome } 1 .. 34),
   join(' ', ('claimed') x 14, ('already_claimed') x 20),
   'many claims, pipelined');
$c->close;

# HTTP/1.0

my $r = $t->get($balance, version => '1.0');
is_result($r, 200, 'balance', {points => 230}, 'HTTP/1.0');
is($r->header('Content-Length'), length $r->body, 'HTTP/1.0: length');

$c = $t->connection;
$c->send($t->message('GET', $balance, version => '1.0',
                     headers => [Connection => 'keep-alive']) x 2);
is_result($c->response, 200, 'balance', "HTTP/1.0, keep-alive: $_") for 1, 2;
$c->close;

###############################################################################

$t->done;

###############################################################################
