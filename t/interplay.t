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

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

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
        }

        # roads that lead to the module

        location = /rewritten { rewrite ^ /loyalty/balance last; }
        location = /tried     { try_files /nothing /loyalty/balance; }
        location = /named     { error_page 418 = @named; return 418; }
        location = /paged {
            error_page 418 = /loyalty/balance;
            return 418;
        }
        location @named       { loyalty_balance shop; }

        location = /accel {
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/accel;
        }

        # pages made of parts, a request asked by another

        location /ssi/ {
            ssi on;
            default_type text/html;
            root %%TESTDIR%%;
        }

        location = /guarded {
            auth_request /loyalty/balance;
            return 200 "guarded";
        }

        location = /copied {
            mirror /loyalty/balance?email=ada%40example.com;
            return 200 "copied";
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
            addition_types application/json;
            add_before_body /store_error.html;
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

is($t->get("/asked/balance$query", key => undef)->status, 401,
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
$t->wait_until('the copy', sub { $store->calls('mirror') });
is(($store->calls('mirror'))[0]{body}, '{"email":"ada@example.com",'
    . '"order":2}', 'the copy has the body');

# roads

is_result($t->get("/$_$query"), 200, 'balance', {points => 70}, "by $_")
    for qw(rewritten tried paged named accel);

# The module works for whole requests only, and says so in the log.

is($t->get('/ssi/store.html')->body, 'aan error pageb',
    'a page of parts');
like($t->get('/ssi/page.html')->body, qr/^a.*b$/s, 'a part of a page');
like($t->get("/guarded$query")->status, qr/^(?:200|403|500)$/,
    'asked for permission');
is($t->get('/copied')->body, 'copied', 'a copy');

# filters

my $r = $t->get("/zipped$query", headers => ['Accept-Encoding' => 'gzip']);
is($r->status . $r->header('Content-Encoding'), '200gzip', 'gzip');
is(substr($r->body, 0, 2), "\x1f\x8b", 'gzip: the body');

like($t->get("/added$query")->body, qr/^an error page\{"result":"balance"/,
    'a body before the body');

is_result($t->balance($ada), 200, 'balance', {points => 70},
    'all is well afterwards');

###############################################################################

$t->done;

###############################################################################
