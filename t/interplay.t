#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the module amid nginx's other modules.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

plan(skip_all => 'nginx without auth_request')
    if !$t->has_module('http_auth_request');

my $addition = $t->has_module('http_addition');

$t->macro(ADDITION => !$addition ? '' : <<'END');
            addition_types application/json;
            add_before_body /store_error.html;
END

$t->macro(OTHER_SHOPS => join '', map { <<"END" } qw(static file));
    loyalty_program $_ {
        database      sqlite:%%TESTDIR%%/db/$_.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/$_ number=/n email=/e total=/t paid=any;
    }
END

$t->write_file('order.json', '{"n":"77","e":"ada@example.com","t":"7","x":"'
    . 'x' x 50_000 . '"}');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    %%OTHER_SHOPS%%

    limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;
    limit_req_zone $http_x_limit zone=two:1m rate=1r/m;

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%

        location = /_store/order {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/$loyalty_order;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_intercept_errors on;
            error_page 404 500 502 503 504 /store_error.html;
        }

        location = /store_error.html { return 200 "an error page"; }

        # error pages do not hide what the module says

        location = /pages/balance {
            loyalty_balance shop;
            error_page 401 404 =200 /store_error.html;
            error_page 405 = @elsewhere;
        }

        location @elsewhere { return 200 "elsewhere"; }

        # who may come in is decided by others

        location = /asked/balance {
            loyalty_balance shop;
            loyalty_auth off;
            auth_request /ask;
        }

        location = /ask {
            internal;
            if ($http_x_pass = yes) { return 204; }
            return 401;
        }

        # limits

        location = /limited/signup {
            loyalty_signup shop;
            limit_req zone=one;
            limit_req_status 429;
        }

        location = /delayed/signup {
            loyalty_signup shop;
            limit_req zone=two burst=5 nodelay;
            limit_rate 50k;
        }

        # copies

        location = /mirrored/claim {
            loyalty_claim shop;
            mirror /mirror;
            mirror_request_body on;
        }

        location = /mirror {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/mirror;
            proxy_read_timeout 2s;
        }

        # roads that lead to the module

        location = /rewritten { rewrite ^ /loyalty/balance last; }
        location = /to_claim  { rewrite ^ /loyalty/claim last; }
        location = /tried {
            try_files /nothing /loyalty/balance$is_args$args;
        }
        location = /named     { error_page 418 = @named; return 418; }
        location = /paged {
            error_page 418 = /loyalty/balance$is_args$args;
            return 418;
        }
        location @named       { loyalty_balance shop; }

        location = /accel {
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/accel;
        }

        # blocks that nginx makes locations of

        location = /conditional {
            loyalty_balance shop;
            if ($http_x_any) { set $any 1; }
        }

        location = /excepted {
            loyalty_balance shop;
            limit_except GET { allow 127.0.0.1; deny all; }
        }

        # stores that nginx plays itself

        location = /static/signup { loyalty_signup static; }
        location = /static/claim  { loyalty_claim static; }
        location = /file/signup   { loyalty_signup file; }
        location = /file/claim    { loyalty_claim file; }

        location = /_store/static {
            internal;
            return 200 '{"n":"$loyalty_order","e":"ada@example.com","t":"5"}';
        }

        location = /_store/file {
            internal;
            alias %%TESTDIR%%/order.json;
            sendfile on;
        }

        # pages made of parts, a request asked by another

        location /ssi/ {
            ssi on;
            default_type text/html;
            root %%TESTDIR%%;
        }

        location = /ssi/guarded {
            auth_request /loyalty/balance;
            root %%TESTDIR%%;
        }

        location = /ssi/copied {
            mirror /loyalty/balance;
            root %%TESTDIR%%;
        }

        # filters behind the module

        location = /zipped {
            loyalty_balance shop;
            gzip on;
            gzip_min_length 1;
            gzip_types application/json;
        }

        location = /added {
            loyalty_balance shop;
            %%ADDITION%%
        }
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order($_, email => $ada) for 1 .. 3;
$store->answers(500, [reply(500, '')]);
$store->answers('mirror', [pause(0.1), reply(200, 'x')]);
$store->answers('accel', [reply(200, '', 'X-Accel-Redirect' =>
    '/loyalty/balance?email=ada%40example.com')]);
$store->start;

my $query = '?email=ada%40example.com';

$t->write_file('ssi/page.html', 'a<!--# include virtual='
    . '"/loyalty/balance?email=ada%40example.com" -->b');
$t->write_file('ssi/store.html',
    'a<!--# include virtual="/store_error.html" -->b');

$t->write_file("ssi/$_", $_) for qw(guarded copied);

$t->signup($ada);

###############################################################################

is_fault($t->get('/pages/balance?email=bob%40example.com'), 404,
    'not_a_member', 'error_page leaves a fault alone');
is_fault($t->get("/pages/balance$query", key => undef), 401, 'unauthorized',
    'error_page leaves 401 alone');
is_fault($t->request('DELETE', "/pages/balance$query"), 405,
    'method_not_allowed', 'error_page leaves 405 alone');

# error pages in the look-up location

is_fault($t->claim(9, $ada), 404, 'order_not_found',
    'the look-up has an error page: 404');
is_fault($t->claim(500, $ada), 503, 'store_unavailable',
    'the look-up has an error page: 500');
is_result($t->claim(1, $ada), 200, 'claimed', {points => 60},
    'the look-up has an error page: a good order');

# access

is($t->get('/asked/balance', key => undef)->status, 401,
    'auth_request says no');
is_result($t->get("/asked/balance$query", key => undef,
    headers => ['X-Pass' => 'yes']), 200, 'balance', 'auth_request says yes');

is_result($t->post('/limited/signup', {email => $ada}), 200, 'already_member',
    'limit_req lets one in');
is($t->post('/limited/signup', {email => $ada})->status, 429,
    'limit_req refuses the next');
is_result($t->post('/delayed/signup', {email => $ada},
    headers => ['X-Limit' => 'a']), 200, 'already_member',
    'limit_req, limit_rate') for 1 .. 2;

# mirror

is_result($t->post('/mirrored/claim', {email => $ada, order => 2}), 200,
    'claimed', {points => 70}, 'a mirrored claim');
ok(eval { $t->wait_until('the copy', sub { $store->calls('mirror') }, 5) },
    'the copy arrives');
is_deeply([map { $_->{body} } $store->calls('mirror')],
    ['{"email":"ada@example.com","order":2}'], 'and has the body');

# roads

is_result($t->get("/$_$query"), 200, 'balance', {points => 70}, "by $_")
    for qw(rewritten tried paged named accel);

is_result($t->post('/to_claim', {email => $ada, order => 3}), 200, 'claimed',
    {points => 80}, 'a claim by a rewrite');

# blocks

is_result($t->get("/conditional$query", headers => ['X-Any' => 'y']), 200,
    'balance', 'a location with an if that is true');
is_result($t->get("/excepted$query"), 200, 'balance',
    'limit_except, a method it does not limit');
is_result($t->post('/excepted', {email => $ada}), 200, 'balance',
    'limit_except, a method it allows');

# stores

$t->post("/$_/signup", {email => $ada}) for qw(static file);

is_result($t->post('/static/claim', {email => $ada, order => 'any-1'}), 200,
    'claimed', {points => 5}, 'a store made of return');
is_result($t->post('/file/claim', {email => $ada, order => 77}), 200,
    'claimed', {points => 7}, 'a store made of a file');
is_fault($t->post('/file/claim', {email => $ada, order => 78}), 404,
    'order_not_found', 'that knows one order');

# The module works for whole requests only, and says so in the log.

is($t->get('/ssi/store.html')->body, 'aan error pageb',
    'a page of parts');
like($t->get('/ssi/page.html')->body, qr/^a.*b$/s, 'a part of a page');
is($t->get('/ssi/guarded')->status, 500, 'asked for permission');
is($t->get('/ssi/copied')->body, 'copied', 'a copy of another request');

sub errors {
    return scalar(() = $t->read_file('error.log')
                       =~ /loyalty locations do not serve subrequests/g);
}

# a copy may be served after the answer to what it is a copy of

eval { $t->wait_until('a line for each', sub { errors() >= 3 }, 5) };
is(errors(), 3, 'and the log says so');

# filters

my $r = $t->get("/zipped$query", headers => ['Accept-Encoding' => 'gzip']);
is($r->status . $r->header('Content-Encoding'), '200gzip', 'gzip');
is(substr($r->body, 0, 2), "\x1f\x8b", 'gzip: the body');

SKIP: {
    skip 'nginx without addition', 1 if !$addition;

    like($t->get("/added$query")->body,
        qr/^an error page\{"result":"balance"/, 'a body before the body');
}

is_result($t->balance($ada), 200, 'balance', {points => 80},
    'all is well afterwards');

###############################################################################

$t->done;

###############################################################################
