#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for methods: GET, HEAD, POST, OPTIONS and all others.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        reward        hanky 200 "Free handkerchief";
        action        review 5;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
        order_event   woocommerce secret=value:secret-of-the-webhooks;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        session       30d;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/cancel      { loyalty_cancel      shop; }
        location = /loyalty/action      { loyalty_action      shop; }
        location = /loyalty/history     { loyalty_history     shop; }
        location = /loyalty/coupon      { loyalty_coupon      shop; }
        location = /loyalty/leaderboard { loyalty_leaderboard shop; }
        location = /loyalty/report      { loyalty_report      shop; }
        location = /loyalty/event       { loyalty_order_event shop; }
        location = /loyalty/logout      { loyalty_logout      shop; }
        %%STORE%%
    }
}
END

my %allow = (
    (map { $_ => 'POST, OPTIONS' }
         qw(signup claim redeem cancel action event logout)),
    (map { $_ => 'GET, HEAD, POST, OPTIONS' }
         qw(balance history coupon leaderboard)),
    report => 'GET, HEAD, OPTIONS',
);

my $query = '?email=ada%40example.com&order=1&reward=hanky&action=review'
            . '&ref=1&coupon=CP6WD0707CYVPQ43';

###############################################################################

for my $name (sort keys %allow) {
    my $uri = "/loyalty/$name";
    my %allowed = map { $_ => 1 } split /, /, $allow{$name};

    my $r = $t->request('OPTIONS', $uri, key => undef);

    is($r->status, 204, "$name: OPTIONS");
    is($r->header('Allow'), $allow{$name}, "$name: OPTIONS says what is");
    is($r->body, '', "$name: OPTIONS has no body");

    for my $method (qw(GET HEAD POST PUT DELETE PATCH PROPFIND MKCOL PURGE)) {
        next if $allowed{$method};

        $r = $t->request($method, $uri . $query);

        is($r->status, 405, "$name: $method");
        is($r->header('Allow'), $allow{$name}, "$name: $method says what is");
        is($r->body, '', "$name: HEAD has no body") if $method eq 'HEAD';
        is_fault($r, 405, 'method_not_allowed', "$name: $method is a problem")
            if $method ne 'HEAD';
    }
}

is_fault($t->balance('ada@example.com'), 404, 'not_a_member',
    'none of them signed anybody up');

# what may be read is read by GET, HEAD and POST alike

for my $name (qw(balance history)) {
    my $uri = "/loyalty/$name$query";

    is($t->request($_, $uri)->status, 404, "$name: $_ is served")
        for qw(GET HEAD POST);
}

is($t->request($_, '/loyalty/leaderboard')->status, 200,
    "leaderboard: $_ is served") for qw(GET HEAD POST);
is($t->request('HEAD', '/loyalty/leaderboard')->body, '',
    'leaderboard: HEAD has no body');

# a refused method with a body leaves the connection usable

my $c = $t->connection;

$c->send($t->message('PUT', '/loyalty/signup', keep => 1,
                     params => {email => 'ada@example.com'}));
is_fault($c->response, 405, 'method_not_allowed', 'PUT with a body');

$c->send($t->message('OPTIONS', '/loyalty/signup', keep => 1, body => 'x'));
is($c->response->status, 204, 'OPTIONS with a body');

$c->send($t->message('GET', '/loyalty/balance?email=ada%40example.com',
                     body => 'GET / HTTP/1.1', keep => 1));
is_fault($c->response, 404, 'not_a_member', 'GET with a body');

$c->send($t->message('POST', '/loyalty/signup',
                     params => {email => 'ada@example.com'}));
is_result($c->response, 201, 'signed_up', 'and a POST on the same connection');
$c->close;

###############################################################################

$t->done;

###############################################################################
