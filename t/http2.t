#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests over HTTP/2.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Time::HiRes qw(sleep);

use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

plan(skip_all => 'no curl with HTTP/2, or no h2load')
    if !$t->has_program('h2load') || !$t->has_program('curl')
       || `curl --version` !~ /\bHTTP2\b/;

plan(skip_all => 'nginx without HTTP/2') if !$t->has_module('http_v2');

# "listen ... http2" became the directive "http2" in 1.25.1

my $new = $t->version >= 1025001;

$t->macro(H2_LISTEN => $new ? '' : 'http2')
  ->macro(H2_ON => $new ? 'http2 on;' : '');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    loyalty_program club {
        database     sqlite:%%TESTDIR%%/db/club.db;
        currency     USD;
        earn         1 per 1.00;
        link_secret  value:c2lnbmVk-links-of-the-shop-0123456789;
        session      1d;
    }

    server {
        listen %%LISTEN_0%% %%H2_LISTEN%%;
        %%H2_ON%%

        %%LOCATIONS%%
        %%STORE%%

        location = /club/signup {
            loyalty_signup club;
            loyalty_auth   off;
        }

        location = /club/balance {
            loyalty_balance club;
            loyalty_auth    link;
        }

        location = /lounge {
            loyalty_require club;
            root            %%TESTDIR%%;
        }
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order($_, email => $ada) for 1 .. 40;
$store->answers(99, [pause(0.2), json_reply(order_json(99, email => $ada))]);
$store->start;

my @curl = ('curl', '-sS', '--http2-prior-knowledge', '--max-time', 60);
my @key = ('-H', 'Authorization: Bearer ' . KEY);

sub url { "http://127.0.0.1:${\$t->port(0)}$_[0]" }

sub output {
    open my $out, '-|', @_ or die "curl: $!\n";
    binmode $out;

    my $text = do { local $/; <$out> };
    close $out;

    return defined $text ? $text : '';
}

# One request; the response as the other tests have it.

sub curl {
    my ($uri, @args) = @_;

    my ($head, $body) = split /\r\n\r\n/, output(@curl, '-i',
        (grep { /^Authorization/ } @args) ? () : @key, @args, url($uri)), 2;
    my ($status) = $head =~ m{^HTTP/2 (\d+)} or die "not HTTP/2: $head\n";

    my $r = Loyalty::HTTP::Response->new($status, "$head\r\n");
    $r->{body} = $body;
    return $r;
}

sub json { ('-H', 'Content-Type: application/json', '--data-binary', $_[0]) }

my $balance = '/loyalty/balance?email=ada%40example.com';

###############################################################################

my $r = curl('/loyalty/signup', json("{\"email\":\"$ada\"}"));

is_result($r, 201, 'signed_up', 'sign-up');
like($r->head, qr{^HTTP/2 }, 'by HTTP/2');

is_result(curl('/loyalty/claim', '-d', "email=$ada", '-d', 'order=1'),
    200, 'claimed', {points => 60}, 'claim');
is_result(curl('/loyalty/claim', '-d', "email=$ada", '-d', 'order=99'),
    200, 'claimed', {points => 70}, 'a slow claim');
is_result(curl($balance), 200, 'balance', {points => 70}, 'balance');
is_result(curl('/loyalty/redeem', json(
    "{\"email\":\"$ada\",\"reward\":\"sticker\"}")), 200, 'redeemed',
    {points => 40}, 'redemption');

$r = curl($balance, '--head');
is($r->status . $r->body, '200', 'HEAD');

is_fault(curl('/loyalty/claim', '-d', "email=$ada", '-d', 'order=404'),
    404, 'order_not_found', 'a fault');
is_fault(curl($balance, '-X', 'DELETE'), 405, 'method_not_allowed',
    'another method');
is_fault(curl($balance, '-H', 'Authorization: Bearer x'), 401,
    'unauthorized', 'a wrong key');

# cookies, which HTTP/2 sends one by one

$t->write_file('lounge', 'the lounge');
$t->secret(LINK_SECRET);

my @cookies = ('-H', 'Cookie: a=b', '-H', 'Cookie: ' . link_cookie(
    curl('/club/signup', json("{\"email\":\"$ada\"}"))->field('member'),
    program => 'club'), '-H', 'Cookie: c=d');

is_result(curl('/club/balance', @cookies), 200, 'balance', {email => $ada},
    'a session');
is(curl('/lounge', @cookies)->body, 'the lounge', 'a place for members');
is(curl('/lounge')->status, 401, 'and for nobody else');

# a body without a length

my $file = $t->write_file('body', '{"email":"bob@example.com"}');

is_result(curl('/loyalty/signup', '-T', $file, '-X', 'POST',
    '-H', 'Content-Type: application/json', '-H', 'Content-Length:'),
    201, 'signed_up', 'a body without a length');

# streams at once on one connection

my @claims = map { "/loyalty/claim?order=$_&email=ada%40example.com" } 2 .. 40;

like(output('h2load', '-n', 39, '-c', 1, '-m', 20, '-H', ':method: POST',
            @key, map { url($_) } @claims),
     qr/39 succeeded, 0 failed.*status codes: 39 2xx/s, 'streams at once');
is(curl($balance)->field('points'), 40 + 390, 'each credited once');

# bodies that are refused before they have come

$t->write_file('large', 'x' x 100_000);

like(output('h2load', '-n', 20, '-c', 1, '-m', 4, '-d', $t->path('large'),
            '-H', 'Content-Type: application/json', @key,
            url('/loyalty/signup')),
     qr/20 done.*status codes: 0 2xx, 0 3xx, 20 4xx/s, 'large bodies');

# connections that end amid their streams

for my $i (1 .. 10) {
    my $pid = open my $out, '-|', 'h2load', '-n', 1000, '-c', 2, '-m', 20,
        '-H', ':method: POST', @key,
        url('/loyalty/claim?order=99&email=ada%40example.com')
        or die "h2load: $!\n";

    sleep 0.02 * $i;
    kill KILL => $pid;
    close $out;
}

is_result(curl($balance), 200, 'balance', {points => 430},
    'all is well after clients that went away');

###############################################################################

$t->done;

###############################################################################
