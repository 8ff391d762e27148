#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Links of orders that open a chat, and claims with what they open it with.

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

my $PAGE = 'https://shop.example/loyalty/';

my $CONF = <<'END';
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    loyalty_program club {
        database  sqlite:%%TESTDIR%%/db/club.db;
        currency  USD;
        earn      1 per 1.00;
        api_key   chatbot value:%%KEY%%;
        site      https://shop.example/club/;
    }

    log_format refs '$uri|$loyalty_ref|$loyalty_order|$status';

    map $arg_chat $chat {
        default https://m.me/shop?ref=;
        broken  "https://m.me/\r\nSet-Cookie: a=b";
    }

    server {
        listen %%LISTEN_0%%;

        access_log %%TESTDIR%%/access.log;
        access_log %%TESTDIR%%/refs.log refs;

        location /m/ {
            loyalty_ref shop https://m.me/shop?ref=$loyalty_ref
                        otherwise=%%PAGE%%;
        }

        location /i/ {
            loyalty_ref shop https://ig.me/m/shop?ref=$loyalty_ref
                        otherwise=%%PAGE%%;
        }

        location ^~ /t/ {
            loyalty_ref shop https://t.me/shop_bot?start=${loyalty_ref}
                        otherwise=%%PAGE%%;
        }

        location /w/ {
            loyalty_ref shop https://wa.me/66812345678?text=claim%20$loyalty_ref
                        otherwise=%%PAGE%%?lang=en;
        }

        location /c/ {
            loyalty_ref club https://m.me/club?ref=$loyalty_ref;
        }

        location /map/ {
            loyalty_ref shop $chat$loyalty_ref otherwise=$arg_page;
        }

        location /r/ {
            loyalty_ref shop https://m.me/shop?ref=$loyalty_ref
                        otherwise=%%PAGE%%;
            limit_except GET { deny 192.0.2.1; }
        }

        location /rewritten/ {
            rewrite ^ /elsewhere break;
            loyalty_ref shop https://m.me/shop?ref=$loyalty_ref
                        otherwise=%%PAGE%%;
        }

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

$t->macro(PAGE => $PAGE);

###############################################################################

# what nginx -t says

sub location {
    my ($name, $args) = @_;

    (my $conf = $CONF) =~ s{location /m/ \{.*?\}}
                           {location $name { loyalty_ref $args; } # HERE}s;
    return $conf;
}

my $CHAT = 'https://m.me/shop?ref=$loyalty_ref';

$t->refuses('an exact location', 'needs a location that is a prefix',
    location('= /m', "shop $CHAT otherwise=$PAGE"));
$t->refuses('a regular expression', 'needs a location that is a prefix',
    location('~ ^/m/', "shop $CHAT otherwise=$PAGE"));
$t->refuses('a prefix without a slash', 'ends with "/"',
    location('/m', "shop $CHAT otherwise=$PAGE"));
$t->refuses('a URL without the order', 'has no \$loyalty_ref',
    location('/m/', "shop https://m.me/shop otherwise=$PAGE"));
$t->refuses('a URL with a blank', 'without blanks',
    location('/m/', "shop 'https://wa.me/6?text=a \$loyalty_ref'"));
$t->refuses('an empty URL', 'invalid URL',
    location('/m/', "shop '' otherwise=$PAGE"));
$t->refuses('a URL without its scheme', 'starts with https://',
    location('/m/', "shop m.me/shop?ref=\$loyalty_ref otherwise=$PAGE"));
$t->refuses('a URL that is a script', 'starts with https://',
    location('/m/', "shop javascript:a(\$loyalty_ref) otherwise=$PAGE"));
$t->refuses('a page without its scheme', 'starts with https://',
    location('/m/', "shop $CHAT otherwise=shop.example/loyalty/"));
$t->refuses('another parameter', 'write otherwise=URL',
    location('/m/', "shop $CHAT page=$PAGE"));
$t->refuses('an empty page', 'invalid URL "" in "loyalty_ref"',
    location('/m/', "shop $CHAT otherwise="));
$t->refuses('a page with a fragment', 'leave out the "#"',
    location('/m/', "shop $CHAT otherwise=${PAGE}#claim"));
$t->refuses('no page', 'there is no "otherwise="', location('/m/', "shop $CHAT"));
$t->refuses('an unknown program', 'which is not defined',
    location('/m/', "other $CHAT otherwise=$PAGE"));
$t->refuses('a second handler', 'one loyalty directive',
    location('/m/', "shop $CHAT otherwise=$PAGE; loyalty_balance shop"));

###############################################################################

$t->conf($CONF)->run;

my $store = Loyalty::Store->new($t, $t->port(1));

$store->order(1001, email => 'ada@example.com', total => '60.99');
$store->start;

# Where a link leads; anybody may follow it.

sub leads {
    my ($uri, $url, $name) = @_;

    my $r = $t->get($uri, key => undef);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply([$r->status, $r->header('Location'),
               $r->header('Cache-Control'), $r->header('Set-Cookie')],
              [302, $url, 'no-store', undef], $name);
}

# chats

leads('/m/1001', 'https://m.me/shop?ref=o-1001', 'm.me');
leads('/i/1001', 'https://ig.me/m/shop?ref=o-1001', 'ig.me');
leads('/t/1001', 'https://t.me/shop_bot?start=o-1001', 't.me');
leads('/w/1001', 'https://wa.me/66812345678?text=claim%20o-1001', 'wa.me');
leads('/map/1001', 'https://m.me/shop?ref=o-1001', 'a chat by a map');

leads('/m/%231001', 'https://m.me/shop?ref=o-_231001', 'a number with a #');
leads('/m/A-7.b_c', 'https://m.me/shop?ref=o-A-7_2eb_5fc',
    'a number with all the signs');
leads('/m/1001?utm_source=mail', 'https://m.me/shop?ref=o-1001',
    'other arguments do not matter');
leads('/m/' . '7' x 62, 'https://m.me/shop?ref=o-' . '7' x 62,
    'the longest number');

# the page

leads('/m/1001?web=1', "$PAGE?order=1001", 'the page on request');
leads('/m/%231001?web=1', "$PAGE?order=%231001", 'the page, with a #');
leads('/w/1001?web=1', "$PAGE?lang=en&order=1001",
    'the page, with arguments of its own');
leads('/c/1001', 'https://m.me/club?ref=o-1001', 'where there is a site');
leads('/c/1001?web=1', 'https://shop.example/club/?order=1001',
    'the page of the site');
leads('/c/1%202', 'https://shop.example/club/', 'the same without an order');
leads('/m/1001?web=0', 'https://m.me/shop?ref=o-1001', 'web=0');
leads('/m/' . '7' x 63, "$PAGE?order=" . '7' x 63,
    'a number too long for a chat');
leads('/m/' . '.' x 30, "$PAGE?order=" . '.' x 30,
    'a number whose signs are too long for a chat');
leads('/m/' . '7' x 65, $PAGE, 'a number too long');

leads("/m/$_", $PAGE, "no number: \"$_\"")
    for '', '10%2001', '1/2', '1001%0d%0aSet-Cookie:%20a=b', '1001%0aX',
        '%c3%a9', '<script>', '1001%22', '1001%3Fa';

leads('/rewritten/1001', $PAGE, 'a rewrite has taken the number away');

# what variables bring

leads('/map/1001?chat=broken&page=https://a.example/',
    'https://a.example/?order=1001', 'a chat that would end the header');

is($t->get('/map/1001?chat=broken', key => undef)->status, 500,
    'neither chat nor page');
# methods

my $r = $t->request('HEAD', '/m/1001', key => undef);
is_deeply([$r->status, $r->header('Location'), $r->body],
    [302, 'https://m.me/shop?ref=o-1001', ''], 'HEAD');

$r = $t->post('/m/1001', {order => 7}, key => undef);
is_fault($r, 405, 'method_not_allowed', 'POST');
is($r->header('Allow'), 'GET, HEAD, OPTIONS', 'POST: what there is');

$r = $t->request('OPTIONS', '/m/1001', key => undef);
is_deeply([$r->status, $r->header('Allow')], [204, 'GET, HEAD, OPTIONS'],
    'OPTIONS');

leads('/r/1001', 'https://m.me/shop?ref=o-1001', 'beside limit_except');
is_fault($t->post('/r/1001', {}, key => undef), 405, 'method_not_allowed',
    'within limit_except');

###############################################################################

# claims

sub claim {
    my ($email, %params) = @_;

    return $t->post('/loyalty/claim', {email => $email, %params});
}

$t->signup('ada@example.com');

is_result(claim('ada@example.com', ref => 'o-1001'), 200, 'claimed',
    {order => '1001', earned => 60}, 'by the ref');
is_result(claim('ada@example.com', order => '1001'), 200, 'already_claimed',
    {order => '1001'}, 'the same by the number');
is_result(claim('ada@example.com', order => '1001', ref => 'o-1001'), 200,
    'already_claimed', {order => '1001'}, 'by both');
is_result(claim('ada@example.com', order => 1001, ref => 'o-1001'), 200,
    'already_claimed', 'by both, the number as a number');
is_result(claim('ada@example.com', order => '1001', ref => ''), 200,
    'already_claimed', 'an empty ref is none');
is_result(claim('ada@example.com', order => '', ref => 'o-1001'), 200,
    'already_claimed', 'an empty number is none');
is_result($t->post('/loyalty/claim',
    'email=ada%40example.com&ref=o-1001',
    type => 'application/x-www-form-urlencoded'), 200, 'already_claimed',
    'by a form');

is_fault(claim('ada@example.com', order => '1002', ref => 'o-1001'), 400,
    'bad_request', 'both, but different');
is_fault(claim('ada@example.com', ref => '1001'), 400, 'bad_order',
    'a ref that is none');
is_fault(claim('ada@example.com', ref => 'o-_41'), 400, 'bad_order',
    'a ref with another escape');
is_fault(claim('ada@example.com', ref => "o-1\r\n"), 400, 'bad_order',
    'a ref with line ends');
is_fault(claim('ada@example.com', ref => 'o-' . '7' x 63), 400, 'bad_order',
    'a ref too long');
is_fault(claim('ada@example.com'), 400, 'bad_order', 'neither');

my @key = (headers => ['Idempotency-Key' => 'one']);

$t->post('/loyalty/claim', {email => 'ada@example.com', order => '1001'},
    @key);
is_result($t->post('/loyalty/claim',
    {email => 'ada@example.com', ref => 'o-1001'}, @key), 200,
    'already_claimed', 'by either, it is the same request');

$t->stop;

like($t->read_file('refs.log'), qr{^/m/1001\|o-1001\|1001\|302$}m,
    'the log knows which order');
like($t->read_file('refs.log'), qr{^/loyalty/claim\|o-1001\|1001\|200$}m,
    'and that of claims');

$t->done;

###############################################################################
