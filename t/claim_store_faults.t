#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_claim: the store fails, lies or keeps silent.

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

    loyalty_store_timeout 400ms;

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1));

my @order = (email => 'ada@example.com', total => '10.00');
my $good = order_json('NNN', @order);

sub json { json_reply($_[0]) }

sub order_but { order_json('NNN', @order, @_) }

# what the store does; what the client gets

my @unavailable = (503, 'store_unavailable');
my @bad = (502, 'store_bad_answer');

my @faults = (
    ['reset at once',            [reset_by_peer()], @unavailable],
    ['closed at once',           [close_now()], @unavailable],
    ['500',                      [reply(500, $good)], @unavailable],
    ['502',                      [reply(502, 'oops')], @unavailable],
    ['503',                      [reply(503, '')], @unavailable],
    ['429',                      [reply(429, $good)], @unavailable],
    ['504',                      [reply(504, '')], 504, 'store_timeout'],
    ['no answer',                [hang()], 504, 'store_timeout'],
    ['head, then silence',       [raw("HTTP/1.1 200 OK\r\n"), hang()],
                                 504, 'store_timeout'],
    ['half a body, then silence', [raw("HTTP/1.1 200 OK\r\nContent-Length: "
                                  . length($good) . "\r\n\r\n{"), hang()],
                                 504, 'store_timeout'],

    ['404',                      [reply(404, $good)], 404, 'order_not_found'],
    ['410',                      [reply(410, '')], 404, 'order_not_found'],

    ['400',                      [reply(400, $good)], @bad],
    ['401',                      [reply(401, $good)], @bad],
    ['403',                      [reply(403, $good)], @bad],
    ['redirect',                 [reply(302, $good, Location => '/x')], @bad],
    ['redirected within nginx',  [reply(200, $good, 'X-Accel-Redirect' =>
                                  '/loyalty/balance')], @unavailable],
    ['204',                      [reply(204, '', 'Content-Length' => undef)],
                                 @bad],

    ['cut short',                [raw("HTTP/1.1 200 OK\r\nContent-Length: "
                                  . (length($good) + 9) . "\r\n\r\n$good"),
                                  close_now()], @bad],
    ['cut in a chunk',           [raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                                  . "chunked\r\n\r\n40\r\n{\"num"),
                                  close_now()], @bad],
    ['reset in the body',        [raw("HTTP/1.1 200 OK\r\nContent-Length: "
                                  . "999\r\n\r\n$good"), pause(0.1),
                                  reset_by_peer()], @bad],
    ['empty body',               [json('')], @bad],
    ['HTML',                     [json('<html>login</html>')], @bad],
    ['two objects',              [json("$good$good")], @bad],
    ['an array',                 [json("[$good]")], @bad],
    ['a string',                 [json('"NNN"')], @bad],
    ['null',                     [json('null')], @bad],
    ['half an object',           [json(substr $good, 0, -1)], @bad],
    ['nested too deep',          [json('[' x 100_000 . ']' x 100_000)], @bad],
    ['nested too deep inside',   [json(order_but(x => \('[' x 50_000
                                  . ']' x 50_000)))], @bad],
    ['invalid UTF-8',            [json(order_but(x => \"\"\xff\""))], @bad],
    ['duplicate key',            [json(order_but(x => \'1,"total":"99.00"'))],
                                 @bad],
    ['gzip unasked',             [reply(200, "\x1f\x8b\x08" . 'x' x 50,
                                  'Content-Encoding' => 'gzip')], @bad],

    ['too large',                [json(order_but(x => 'x' x 262_144))], @bad],
    ['too large by chunks',      [chunked_reply(order_but(
                                  x => 'x' x 262_144), 8000)], @bad],
    ['megabytes',                [json(order_but(x => 'x' x 5_000_000))],
                                 @bad],
    ['megabytes by chunks',      [chunked_reply(order_but(
                                  x => 'x' x 5_000_000), 60_000)], @bad],

    ['total is an object',       [json(order_but(total => \'{}'))], @bad],
    ['total is an array',        [json(order_but(total => \'["1"]'))], @bad],
    ['total is null',            [json(order_but(total => \'null'))], @bad],
    ['total is a boolean',       [json(order_but(total => \'true'))], @bad],
    ['total is missing',         [json(order_but(total => undef))], @bad],
    ['number is missing',        [json(order_but(number => undef))], @bad],
    ['number is an object',      [json(order_but(number => \'{}'))], @bad],
    ['email is a number',        [json(order_but(email => \'1'))], @bad],
    ['email is missing',         [json(order_but(email => undef))], @bad],
    ['status is an object',      [json(order_but(status => \'{}'))], @bad],
    ['currency is a number',     [json(order_but(currency => \'1'))], @bad],
);

# each fault has a number of its own, put where the table has NNN; at the
# second call the store is well again

sub number { sprintf '%s%02d', $_[1] || 'N', $_[0] }

sub define {
    my ($i, $number) = @_;

    my @steps = map {
        my ($kind, $value) = @$_;
        $value =~ s/NNN/$number/ if $kind eq 'send';
        [$kind, $value];
    } @{$faults[$i][1]};

    $store->answers($number, \@steps,
                    [json_reply(order_json($number, @order))]);
}

for my $i (0 .. $#faults) {
    define($i, number($i, $_)) for qw(N X);
}

$store->start;

$t->signup('ada@example.com');

###############################################################################

for my $i (0 .. $#faults) {
    my ($name, undef, $status, $code) = @{$faults[$i]};

    my $r = $t->claim(number($i), 'ada@example.com');

    is_fault($r, $status, $code, "the store: $name");

    like($r->header('Retry-After') || '', qr/^\d+$/, "and Retry-After")
        if $status == 503 || $status == 504;
}

is($t->points('ada@example.com'), 50, 'no fault was credited');

my @second = map { $t->claim(number($_), 'ada@example.com')->outcome }
             0 .. $#faults;
is_deeply(\@second, [('claimed') x @faults], 'a well store: all are claimed');

is($t->points('ada@example.com'), 50 + 10 * @faults, 'and credited once');

# faults that follow each other on one connection, in one piece

my $c = $t->connection;
$c->send(join '', map { $t->message('POST', '/loyalty/claim', keep => 1,
    params => {order => number($_, 'X'), email => 'ada@example.com'})
    } 0 .. $#faults);

my @all = map { $c->response->outcome } 0 .. $#faults;
is_deeply(\@all, [map { $_->[3] } @faults], 'all faults on one connection')
    or diag(explain(\@all));
$c->close;

# nobody listens

$store->stop;

is_fault($t->claim(1, 'ada@example.com'), 503, 'store_unavailable', 'refused');

my $warned = () = $t->read_file('error.log')
                  =~ /^[^\n]* \[(?:warn|error)\] [^\n]*loyalty[^\n]*store/mg;
cmp_ok($warned, '>=', scalar @faults - 2, 'each fault has a line in the log');

like($t->read_file('error.log'), qr/\[error\].*bad answer.*$_/, "such as: $_")
    for 'it is longer than loyalty_store_max_size', 'it was cut short',
        'it redirects, or a "return", "rewrite" or "if" of the server does',
        'its status is neither 200 nor 404';

###############################################################################

$t->done;

###############################################################################
