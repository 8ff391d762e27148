#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the cookie that a link gives a browser, and for where it leads.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->secret(LINK_SECRET);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    log_format all '$request $request_uri $status $loyalty_result '
                   '$http_referer';

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  30 "Sticker";
        action        review    5 "A review";
        api_key       chatbot value:%%KEY%%;
        site          https://shop.example/loyalty/;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        session       30d;
        %%LOOKUP%%
    }

    loyalty_program other {
        database      sqlite:%%TESTDIR%%/db/other.db;
        currency      USD;
        signup_bonus  50;
        earn          1 per 1.00;
        reward        sticker  30 "Sticker";
        api_key       chatbot value:key-of-the-other-program;
        site          http://other.example;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        session       1h after=claim;
        %%LOOKUP%%
    }

    loyalty_program plain {
        database      sqlite:%%TESTDIR%%/db/plain.db;
        currency      USD;
        signup_bonus  50;
        earn          1 per 1.00;
        api_key       chatbot value:key-of-the-plain-program;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        %%LOOKUP%%
    }

    access_log %%TESTDIR%%/links.log all;

    server {
        listen %%LISTEN_0%%;

        loyalty_auth key link;

        %%LOCATIONS%%
        %%STORE%%

        location = /loyalty/history     { loyalty_history     shop; }
        location = /loyalty/cancel      { loyalty_cancel      shop; }
        location = /loyalty/leaderboard { loyalty_leaderboard shop; }
        location = /loyalty/action      { loyalty_action      shop; }
        location = /loyalty/logout      { loyalty_logout      shop; }
        location = /loyalty/status      { loyalty_status      shop; }

        location = /keys/balance {
            loyalty_balance shop;
            loyalty_auth    key;
        }

        location = /other/logout  { loyalty_logout  other; }
        location = /other/signup  { loyalty_signup  other; }
        location = /other/balance { loyalty_balance other; }
        location = /other/join {
            loyalty_signup  other;
            loyalty_auth    off;
            loyalty_format  json request;
        }
        location = /other/claim {
            loyalty_claim other;
            loyalty_auth  link off;
        }

        location = /plain/signup  { loyalty_signup  plain; }
        location = /plain/claim   { loyalty_claim   plain; }
        location = /plain/balance { loyalty_balance plain; }
    }
}
END

my $ada = 'ada@example.com';
my $eve = 'eve@example.com';

my $store = Loyalty::Store->new($t, $t->port(1));

$store->order($_, email => $ada, total => '60.00') for 1001 .. 1009, '#7';
$store->order($_, email => $eve, total => '10.00') for 2001 .. 2009;
$store->start;

$t->signup($_) for $ada, $eve;
$t->post("/$$_[0]/signup", {email => $ada}, key => $$_[1])
    for ['other', 'key-of-the-other-program'],
        ['plain', 'key-of-the-plain-program'];

my @browser = (Accept => 'text/html,application/xhtml+xml,application/xml;'
                         . 'q=0.9,image/avif,*/*;q=0.8');

# Requests without a key, with a cookie.

sub get {
    my ($uri, $cookie, @headers) = @_;

    push @headers, Cookie => $cookie if defined $cookie;
    return $t->get($uri, key => undef, headers => \@headers);
}

sub post {
    my ($uri, $params, $cookie, %o) = @_;

    push @{$o{headers}}, Cookie => $cookie if defined $cookie;
    return $t->post($uri, $params, key => undef, %o);
}

sub open_link {
    my (%o) = @_;

    my $uri = delete $o{uri} || '/loyalty/claim';
    my $query = link_query('claim', email => $ada, %o);

    $t->secret($1) if $query =~ /sig=([^&]+)/;
    return get("$uri?$query", undef, @browser);
}

sub cookie_of {
    my ($r) = @_;

    my ($cookie) = ($r->header('Set-Cookie') || '') =~ /^([^;]+)/;

    $t->secret($1) if ($cookie || '') =~ /\.([^.]+)$/;
    return $cookie;
}

###############################################################################

# a browser that opens a link sees the page

my $r = open_link(order => 1001);

is($r->status, 303, 'a link sends a browser to the page');
is($r->header('Location'),
    'https://shop.example/loyalty/?result=claimed&order=1001&earned=60',
    'with what came of it');
is($r->header('Referrer-Policy'), 'no-referrer', 'which is not told the link');
is($r->header('Cache-Control'), 'no-store', 'nor is a cache');
is($r->body, '', 'no body');
like($r->header('Set-Cookie'), qr/^__Host-loyalty_shop=1\.\d+\.m_\w+\.[\w-]{43};
    \ Path=\/;\ Max-Age=2592000;\ HttpOnly;\ SameSite=Lax;\ Secure$/x,
    'and a cookie');
unlike($r->head, qr/ada|sig=|@|%40/, 'neither e-mail nor signature');

my $cookie = cookie_of($r);
my ($code) = $cookie =~ /(m_\w+)/;

is($t->balance($ada)->field('member'), $code, 'the cookie is the member\'s');

is(open_link(order => 1001)->header('Location'),
    'https://shop.example/loyalty/?result=already_claimed&order=1001',
    'again');
is(open_link(order => '#7')->header('Location'),
    'https://shop.example/loyalty/?result=claimed&order=%237&earned=60',
    'an order that must be escaped');

my $old = open_link(order => 1002, expires => 1);

is($old->header('Location'),
    'https://shop.example/loyalty/?result=link_expired&order=1002',
    'a link that is too old');
is($old->header('Set-Cookie'), undef, 'gives no cookie');

$r = open_link(order => 2001);

is($r->header('Location'),
    'https://shop.example/loyalty/?result=order_not_found&order=2001',
    'an order of somebody else');

for (['order=1002&email=ada%40example.com&expires=1&sig=x', 'a bad link'],
     ['order=1002&email=ada%40example.com', 'no signature'],
     ['order=1002', 'a link with an order and no more'])
{
    my ($query, $name) = @$_;

    $r = get("/loyalty/claim?$query", undef, @browser);

    is($r->status, 303, "$name: to the page");
    is($r->header('Location'), 'https://shop.example/loyalty/?order=1002',
        "$name: which asks for the e-mail");
    is($r->header('Set-Cookie'), undef, "$name: without a cookie");
}

is(get('/loyalty/claim?order=%2F%2Fevil.example%0d%0aX:', undef, @browser)
    ->header('Location'), 'https://shop.example/loyalty/',
    'what is no order number is not passed on');
is(get('/loyalty/claim?order=1002&store=%2F%2Fevil&site=http://evil.example',
    undef, @browser, Host => 'evil.example')->header('Location'),
    'https://shop.example/loyalty/?order=1002',
    'nothing leads anywhere else');

$r = $t->request('HEAD', '/loyalty/claim?order=1002', key => undef,
                 headers => \@browser);
is($r->status, 303, 'HEAD');

is($t->points($ada), 50 + 60 + 60, 'two orders were credited');

# whatever is no browser gets JSON

for (['*/*'], ['application/json'], ['application/json, text/html;q=0.5'],
     ['text/html;q=0, */*'])
{
    is_result($t->get('/loyalty/claim?' . link_query('claim', email => $ada,
        order => 1001), key => undef, headers => [Accept => $$_[0]]),
        200, 'already_claimed', "Accept: $$_[0]");
}

is_result(get('/plain/claim?' . link_query('claim', email => $ada,
    order => 1001, program => 'plain'), undef, @browser), 200, 'claimed',
    'without a site there is no page');
is_result(get('/loyalty/balance?' . link_query('balance', email => $ada),
    undef, @browser), 200, 'balance', 'a balance is what it is');

# the cookie stands in for the e-mail

is_result(get('/loyalty/balance', $cookie), 200, 'balance',
    {email => $ada, points => 170}, 'a balance');
is_result(get('/loyalty/history', $cookie), 200, 'history', 'a history');
is(get('/loyalty/leaderboard', $cookie)->status, 200, 'a leaderboard');
is_result(post('/loyalty/balance', {}, $cookie), 200, 'balance',
    {email => $ada}, 'by POST');
is_result(post('/loyalty/claim', {order => 1003}, $cookie), 200, 'claimed',
    {email => $ada, points => 230}, 'a claim');

my $coupon = post('/loyalty/redeem', {reward => 'sticker'}, $cookie);

is_result($coupon, 200, 'redeemed', {points => 200}, 'a redemption');
is_result(post('/loyalty/cancel', {coupon => $coupon->field('coupon')},
    $cookie), 200, 'cancelled', {points => 230}, 'and its end');

is_result(get('/loyalty/balance?email=Ada%40example.com', $cookie), 200,
    'balance', 'with the e-mail');
is_result(get('/loyalty/balance', "a=b; $cookie; loyalty_other=x"), 200,
    'balance', 'among others');
is_result(get('/loyalty/balance', '__Host-loyalty_shop=1.2.m_x.y', Cookie =>
    $cookie), 200, 'balance', 'beside one that is no good');
is_result($t->get('/loyalty/balance?email=eve%40example.com',
    headers => [Cookie => $cookie]), 200, 'balance', {email => $eve},
    'a key comes before a cookie');

my @keyed = (headers => ['Idempotency-Key' => 'one']);

is(post('/loyalty/redeem', {reward => 'sticker'}, $cookie, @keyed)->body,
   post('/loyalty/redeem', {reward => 'sticker'}, $cookie, @keyed)->body,
   'an Idempotency-Key');

# what it does not do

my $r1 = get('/loyalty/balance?email=eve%40example.com', $cookie);
my $r2 = get('/loyalty/balance?email=nobody%40example.com', $cookie);

is_fault($r1, 401, 'unauthorized', 'an e-mail of somebody else');
is($r1->body, $r2->body, 'or of nobody');
is_fault(post('/loyalty/redeem', {reward => 'sticker', email => $eve},
    $cookie), 401, 'unauthorized', 'no reward of theirs');

is_fault(get('/loyalty/balance'), 401, 'unauthorized', 'no cookie');
is_fault(get('/keys/balance', $cookie), 401, 'unauthorized',
    'where only keys are taken');
is_fault(post('/loyalty/action', {action => 'review', ref => 1}, $cookie),
    401, 'unauthorized', 'no points for what nobody has seen');
is_fault(post('/loyalty/signup', {email => $ada}, $cookie), 401,
    'unauthorized', 'no sign-up');
is_fault(get('/loyalty/claim?order=1004', $cookie), 401, 'unauthorized',
    'no claim by GET');

sub no_good {
    my ($name, $cookie) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_fault(get('/loyalty/balance', $cookie), 401, 'unauthorized', $name);
}

sub cookie { link_cookie(@_, secure => 1) }

is_result(get('/loyalty/balance', cookie($code)), 200, 'balance',
    'a cookie that the test has made');
no_good('one that has expired', cookie($code, expires => time() - 1));
no_good('one by another secret', cookie($code, secret => 'x' x 32));
no_good('one of another program', cookie($code, program => 'other',
                                         name => 'shop'));
no_good('one for another purpose', cookie($code, purpose => 'balance'));
no_good('one of another version', cookie($code, version => 2));
no_good('one of nobody', cookie(''));
no_good('one of a member who is none', cookie('m_0123456789012345678901'));
no_good('one of an e-mail', cookie($ada));
no_good('one under another name', cookie($code, name => 'Shop'));
no_good('one that a neighbour may have made', link_cookie($code));
no_good('one cut short', substr $cookie, 0, -1);
no_good('an empty one', '__Host-loyalty_shop=');
no_good('half of one', '__Host-loyalty_shop');
no_good('a link in place of one', '__Host-loyalty_shop='
    . {link_params('balance', email => $ada)}->{sig});

# other sites' forms

my @form = (type => 'application/x-www-form-urlencoded');

is_fault(post('/loyalty/redeem', 'reward=sticker', $cookie, @form), 401,
    'unauthorized', 'a form');
is_fault(post('/loyalty/redeem', 'reward=sticker', $cookie, @form, headers =>
    ['Sec-Fetch-Site' => 'cross-site']), 401, 'unauthorized',
    'a form of another site');
is_fault(post('/loyalty/redeem', 'reward=sticker', $cookie, @form, headers =>
    ['Sec-Fetch-Site' => 'same-site']), 401, 'unauthorized',
    'a form of a neighbour');
is_fault(post('/loyalty/redeem?reward=sticker', '', $cookie), 401,
    'unauthorized', 'no body and no type');
is_fault(post('/loyalty/redeem', '{"reward":"sticker"}', $cookie, type =>
    'text/plain'), 415, 'unsupported_media_type', 'JSON that does not say so');
is_result(post('/loyalty/redeem', 'reward=sticker', $cookie, @form, headers =>
    ['Sec-Fetch-Site' => 'same-origin']), 200, 'redeemed',
    'a form of the page');
is($t->request('OPTIONS', '/loyalty/redeem', key => undef, headers =>
    [Origin => 'https://evil.example',
     'Access-Control-Request-Headers' => 'content-type'])
    ->header('Access-Control-Allow-Origin'), undef,
    'another site may not ask for more');

# whom the cookie goes to

is($t->claim(1005, $ada)->header('Set-Cookie'), undef, 'not to a chatbot');
is(get('/plain/balance?' . link_query('balance', email => $ada,
    program => 'plain'))->header('Set-Cookie'), undef,
    'to nobody without sessions');
is(get('/loyalty/balance?' . link_query('balance', email => $ada))
    ->header('Set-Cookie'), undef, 'not with a link that shows a balance');
is(post('/loyalty/redeem', {link_params('redeem', email => $ada,
    reward => 'sticker')})->header('Set-Cookie'), undef,
    'nor with one that redeems');
is(open_link(order => 1009, email => 'nobody@example.com')
    ->header('Set-Cookie'), undef, 'not to who is no member');

# after=claim

$r = post('/other/claim', {email => $ada, order => 1006});

is_result($r, 200, 'claimed', 'a claim that is open to all');
like($r->header('Set-Cookie'), qr/^loyalty_other=\S+;\ Path=\/;\ Max-Age=3600;
    \ HttpOnly;\ SameSite=Lax$/x, 'gives a cookie, for http');
is(post('/other/claim', "email=$ada&order=1006", undef, @form, headers =>
    ['Sec-Fetch-Site' => 'cross-site'])->header('Set-Cookie'), undef,
    'but not to a form of another site');
is_result(get('/other/balance', cookie_of($r)), 200, 'balance',
    'which is good');
no_good('and is not for another program', cookie_of($r) =~
    s/^loyalty_other/__Host-loyalty_shop/r);
is(post('/other/claim', {email => $ada, order => 2002})
    ->header('Set-Cookie'), undef, 'a claim that fails gives none');
is_result(post('/other/claim', {order => 1007}, cookie_of($r)), 200,
    'claimed', {email => $ada}, 'it claims, too');
is_fault(post('/other/claim', {order => 1008}), 400, 'bad_email',
    'without it the e-mail is missing');

# the end of a session

sub ends {
    my ($r, $header, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, 204, $name);
    is($r->header('Set-Cookie'), $header, "$name: the browser forgets it");
}

my $end = '__Host-loyalty_shop=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; '
          . 'Secure';

$r = post('/loyalty/logout', {}, $cookie);

ends($r, $end, 'log-out');
is($r->body, '', 'log-out: there is nothing to be said');
is($r->header('Cache-Control'), 'no-store', 'log-out: nor to be kept');

ends(post('/loyalty/logout', {}), $end, 'log-out of nobody');
ends(post('/loyalty/logout', {}, cookie($code, expires => 1)), $end,
    'log-out of who is not known any more');
ends(post('/loyalty/logout', '', $cookie, headers =>
    ['Sec-Fetch-Site' => 'same-origin']), $end, 'log-out by a form');
ends(post('/loyalty/logout', '[' x 2000, $cookie, type => 'application/json'),
    $end, 'log-out, whatever is in the body');
ends(post('/other/logout', {}), 'loyalty_other=; Path=/; Max-Age=0; HttpOnly; '
    . 'SameSite=Lax', 'log-out by plain http');

for (['a form', @form], ['no type', type => undef],
     ['a form of another site', @form, headers =>
         ['Sec-Fetch-Site' => 'cross-site']],
     ['a form of a neighbour', @form, headers =>
         ['Sec-Fetch-Site' => 'same-site']])
{
    my ($name, @o) = @$_;

    $r = post('/loyalty/logout', 'a=b', $cookie, @o);

    is_fault($r, 401, 'unauthorized', "log-out by $name");
    is($r->header('Set-Cookie'), undef, "log-out by $name: does nothing");
}

$r = get('/loyalty/logout', $cookie);

is_fault($r, 405, 'method_not_allowed', 'log-out by GET');
is($r->header('Set-Cookie'), undef, 'log-out by GET: does nothing');
like($t->get('/loyalty/status')->body, qr/^loyalty_requests_total\{
    program="shop",location="logout",result="unauthorized"\}\ 4$/mx,
    'log-out: what is refused is counted');

is_result(get('/loyalty/balance', $cookie), 200, 'balance',
    'who has kept a copy of the cookie is still known');

# an open location tells nothing to who only knows an e-mail

$r = post('/other/join', {email => $ada});

is_result($r, 200, 'already_member', {email => $ada, member => '',
    points => 0, lifetime => 0, referral => '', message => 'Welcome back!'},
    'an open sign-up tells that somebody is a member, and no more');
unlike(post('/other/join?format=manychat', {email => $ada})->body,
    qr/redeem|sig"/, 'and gives no link that redeems');
is_result(post('/other/join', {email => 'new@example.com'}), 201,
    'signed_up', {points => 50}, 'who is new is told all');
is_result($t->post('/other/signup', {email => $ada},
    key => 'key-of-the-other-program'), 200, 'already_member',
    {points => 170}, 'and so is who has a key');

# nothing of it is in the logs

my $log = $t->read_file('links.log');

like($log, qr{^GET /loyalty/claim HTTP/1\.1 /loyalty/claim 303 claimed }m,
    'a redirect is logged');
unlike($log, qr/sig=|expires=|@|%40/, 'without its link');

###############################################################################

$t->done;

###############################################################################
