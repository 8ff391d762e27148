#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the cookie of a session over TLS, where browsers let nobody else
# make it, and over plain http.  curl is the browser: it keeps cookies by the
# same rules.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Link;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

for my $program (qw(curl openssl)) {
    plan(skip_all => "$program is needed, found none")
        if !$t->has_program($program);
}

plan(skip_all => 'nginx without TLS') if !$t->has_module('http_ssl');

$t->secret(LINK_SECRET);

system('openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test '
       . "-keyout '${\$t->path('key')}' -out '${\$t->path('crt')}' 2>/dev/null")
    == 0 or die "openssl makes no certificate\n";

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        session       30d;
        %%LOOKUP%%
    }

    server {
        listen               %%LISTEN_0%%;
        listen               %%LISTEN_2%% ssl;
        ssl_certificate      %%TESTDIR%%/crt;
        ssl_certificate_key  %%TESTDIR%%/key;
        server_name          shop.example;
        root                 %%TESTDIR%%;

        loyalty_auth  key link;

        %%LOCATIONS%%
        %%STORE%%

        location = /loyalty/logout { loyalty_logout shop; }
        location = /lounge         { loyalty_require shop; }
    }

    # who has a page under the same domain

    server {
        listen               %%LISTEN_0%%;
        listen               %%LISTEN_2%% ssl;
        ssl_certificate      %%TESTDIR%%/crt;
        ssl_certificate_key  %%TESTDIR%%/key;
        server_name          blog.shop.example;

        location / {
            add_header  Set-Cookie $http_x_cookie;
            return      204;
        }
    }
}
END

$t->write_file('lounge', 'the lounge');

my ($ada, $eve) = map {
    my $email = "$_\@example.com";
    {email => $email, code => $t->signup($email)->field('member')}
} qw(ada eve);

my %port = (http => $t->port(0), https => $t->port(2));

# One request of a browser, which has its cookies in a file.

sub browse {
    my ($browser, $url, @args) = @_;

    my ($scheme, $host, $uri) = $url =~ m{^(https?)://([^/]+)(/.*)}
        or die "no address: $url\n";
    my $jar = $t->path($browser);

    open my $out, '-|', 'curl', '-sSik', '--max-time', 30,
        '--resolve', "$host:$port{$scheme}:127.0.0.1", '-b', $jar, '-c', $jar,
        @args, "$scheme://$host:$port{$scheme}$uri" or die "curl: $!\n";

    my ($head, $body) = split /\r\n\r\n/, do { local $/; <$out> }, 2;
    close $out;

    my ($status) = $head =~ m{^HTTP/1\.1 (\d+)} or die "no answer: $head\n";
    my $r = Loyalty::HTTP::Response->new($status, "$head\r\n");

    $t->secret($1) if ($r->header('Set-Cookie') || '') =~ /=[^;]*\.([^.;]+);/;
    $r->{body} = $body;
    return $r;
}

# By an order that is not there: what makes the session is the link.

sub open_link {
    my ($browser, $site, $who) = @_;

    my %link = link_params('claim', email => $$who{email}, order => 1);

    $t->secret($link{sig});
    return browse($browser, "$site/loyalty/claim?" . link_form(%link));
}

sub is_known {
    my ($browser, $site, $who, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $r = browse($browser, "$site/loyalty/balance");

    is($who ? $r->field('email') : $r->status, $who ? $$who{email} : 401,
        $name);
    is(browse($browser, "$site/lounge")->status, $who ? 200 : 401,
        "$name: also where members are let in");
}

# A page of a neighbour gives the browser a cookie.

sub tossed {
    my ($browser, $cookie) = @_;

    $t->secret($1) if $cookie =~ /=[^;]*\.([^.;]+);/;
    browse($browser, 'https://blog.shop.example/', '-H', "X-Cookie: $cookie");
}

###############################################################################

# over TLS

my $r = open_link('ada', 'https://shop.example', $ada);

like($r->header('Set-Cookie'), qr/^__Host-loyalty_shop=1[^;]+;\ Path=\/;
    \ Max-Age=2592000;\ HttpOnly;\ SameSite=Lax;\ Secure$/x,
    'TLS: the cookie is of this host alone');
is_known('ada', 'https://shop.example', $ada, 'TLS: a browser is known');
is_known('ada', 'http://shop.example', undef,
    'TLS: the cookie is not sent in the clear');

# a neighbour's cookie

my $of_eve = link_cookie($$eve{code});

tossed('bob', "$of_eve; Domain=shop.example; Path=/loyalty/; Secure");
like($t->read_file('bob'), qr/shop\.example.*loyalty_shop/,
    'a neighbour gives a browser a cookie');
is_known('bob', 'https://shop.example', undef, 'which does not count');

tossed('bob', "__Host-$of_eve; Domain=shop.example; Path=/; Secure");
unlike($t->read_file('bob'), qr/__Host-/,
    'one that would count is not taken from him');

tossed('ada', "$of_eve; Domain=shop.example; Path=/loyalty/; Secure");
is_known('ada', 'https://shop.example', $ada, 'nor does it beside a good one');

# by plain http, for a trial

$r = open_link('cat', 'http://shop.example', $eve);

like($r->header('Set-Cookie'), qr/^loyalty_shop=1[^;]+;\ Path=\/;
    \ Max-Age=2592000;\ HttpOnly;\ SameSite=Lax$/x,
    'http: the cookie has neither the name nor "Secure"');
is_known('cat', 'http://shop.example', $eve, 'http: a browser is known');
is_known('cat', 'https://shop.example', undef, 'http: but not over TLS');

# the end of it

for (['ada', 'https'], ['cat', 'http']) {
    my ($browser, $scheme) = @$_;

    is(browse($browser, "$scheme://shop.example/loyalty/logout", '-H',
        'Content-Type: application/json', '-d', '{}')->status, 204,
        "$scheme: log-out");
    is_known($browser, "$scheme://shop.example", undef,
        "$scheme: a browser is not known any more");
}

###############################################################################

$t->done;

###############################################################################
