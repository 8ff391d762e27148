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

    %%SHOP%%

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

my %allow = (signup => 'POST, OPTIONS', claim => 'POST, OPTIONS',
             redeem => 'POST, OPTIONS',
             balance => 'GET, HEAD, POST, OPTIONS');

my $query = '?email=ada%40example.com&order=1&reward=hanky';

###############################################################################

for my $name (sort keys %allow) {
    my $uri = "/loyalty/$name";
    my %allowed = map { $_ => 1 } split /, /, $allow{$name};

    my $r = $t->request('OPTIONS', $uri, key => undef);

    is($r->status, 204, "$name: OPTIONS");
    is($r->header('Allow'), $allow{$name}, "$name: OPTIONS says what is");
    is($r->body, '', "$name: OPTIONS has no body");

    for my $method (qw(GET HEAD PUT DELETE PATCH PROPFIND MKCOL PURGE)) {
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
