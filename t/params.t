#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the parameters of requests: query, form, JSON, and their limits.

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

        location = /slow   { loyalty_signup shop; client_body_timeout 300ms; }
        location = /small  { loyalty_signup shop; loyalty_max_body_size 100; }
        location = /buffer { loyalty_signup shop; client_body_buffer_size 1k; }
        location = /file {
            loyalty_signup shop;
            client_body_in_file_only on;
        }
        location = /large  {
            loyalty_signup         shop;
            loyalty_max_body_size  64k;
        }
        location = /nginx  { loyalty_signup shop; client_max_body_size 100; }

        %%STORE%%
    }
}
END

my $form = 'application/x-www-form-urlencoded';
my $json = 'application/json';
my $n = 0;

sub member { 'member' . ++$n . '@example.com' }

sub signup {
    my ($body, $type, %o) = @_;

    return $t->post($o{uri} || '/loyalty/signup', $body, type => $type, %o);
}

###############################################################################

# the three ways

my $email = 'ada@example.com';

is_result(signup("{\"email\":\"$email\"}", $json), 201, 'signed_up', 'JSON');

is_result(signup('email=ada%40example.com', $form), 200, 'already_member',
    'form');
is_result(signup('x=1&&a&email=ada@example.com&y=&=z', $form), 200,
    'already_member', 'form with other things in it');
is_result(signup('%65m%61il=%20ADA%40example.com+', $form), 200,
    'already_member', 'form with escaped name and plus signs');
is_result(signup('', $form, uri => '/loyalty/signup?email=ada%40example.com'),
    200, 'already_member', 'query, an empty body');
is_result($t->request('POST', '/loyalty/signup?x=1&email=ada@example.com'),
    200, 'already_member', 'query, no body');
is_result(signup('email=ada%40example.com', "$form; charset=UTF-8"), 200,
    'already_member', 'a type with a parameter');
is_result(signup("{\"email\":\"$email\"}", 'Application/JSON;charset=utf-8'),
    200, 'already_member', 'a type in other letters');
is_result(signup(qq( \n{"email" : "\\u0061da\@example.com"}\r\n), $json), 200,
    'already_member', 'JSON with blanks and escapes');

is_result(signup('{"email":"' . ' ' x 400 . "$email\\n" . ' ' x 100 . '"}',
    $json), 200, 'already_member', 'JSON with many blanks around the e-mail');
is_result(signup('email=' . '+' x 400 . 'ada%40example.com' . '%20' x 100,
    $form), 200, 'already_member', 'form with many blanks around it');
is_fault(signup('{"email":"' . 'e' x 242 . '@example.com x"}', $json), 400,
    'bad_email', 'the longest e-mail, a blank and more');

# the body wins

is_result(signup("{\"email\":\"$email\"}", $json,
    uri => '/loyalty/signup?email=eve%40example.com'), 200, 'already_member',
    {email => $email}, 'JSON before query');
is_result(signup('email=ada%40example.com', $form,
    uri => '/loyalty/signup?email=eve%40example.com'), 200, 'already_member',
    {email => $email}, 'form before query');
is_result(signup('{"source":"x"}', $json,
    uri => '/loyalty/signup?email=ada%40example.com'), 200, 'already_member',
    {email => $email}, 'what the body has not comes from the query');

# JSON

is_result(signup(qq({"email":"$email","source":null,"x":{"y":[1,{}]},"z":1.5}),
    $json), 200, 'already_member', 'null is absent, unknown members ignored');
is_fault($t->post('/loyalty/claim', qq({"email":"$email","order":1001}),
    type => $json), 503, 'store_unavailable', 'the order as an integer');

is_fault(signup($$_[0], $json), 400, 'bad_request', "refused: $$_[1]") for (
    ['{',                              'half an object'],
    ['[]',                             'an array'],
    ['"ada@example.com"',              'a string'],
    ['null',                           'null'],
    ["{\"email\":\"$email\"}x",        'something behind'],
    ["{\"email\":\"$email\",}",        'a comma too much'],
    ['{"email":"a@example.com","email":"b@example.com"}', 'a member twice'],
    ["{\"email\":\"$email\",\"x\":1,\"x\":2}", 'an unknown member twice'],
    ['{"email":1}',                    'a number for an address'],
    ['{"email":["ada@example.com"]}',  'an array for an address'],
    ['{"email":{}}',                   'an object for an address'],
    ['{"email":true}',                 'a boolean for an address'],
    ["{\"email\":\"$email\",\"source\":5}", 'a number for text'],
    ["{\"email\":\"\xff\@example.com\"}", 'not UTF-8'],
    ["{\"email\":\"\xed\xa0\x80\@example.com\"}", 'a surrogate'],
    ['{"email":"\\ud800@example.com"}', 'half a surrogate pair'],
    ['{"x":' . '[' x 5000 . ']' x 5000 . '}', 'nested too deep'],
);

is_fault($t->post('/loyalty/claim', qq({"email":"$email","order":$$_[0]}),
    type => $json), 400, $$_[1], "refused: the order as $$_[0]") for (
    ['1.5', 'bad_request'], ['true', 'bad_request'], ['[1]', 'bad_request'],
    ['99999999999999999999', 'bad_request'],
);

# escapes and bytes in forms and queries

is(signup("email=$$_[0]\@example.com", $form)->status, 400,
    "refused: $$_[1]") for (
    ['%ff',       'not UTF-8'],
    ['%c0%af',    'an overlong form'],
    ['ada%00',    'NUL'],
    ['ada%0a',    'line break'],
    ['ada%2',     'half an escape'],
    ['ada%zz',    'no escape'],
);

is($t->request('POST', "/loyalty/signup?email=$_\@example.com")->status, 400,
    "refused in a query: $_") for ('%ff', '%00', '%0d%0a', "\xff");

# types

is_fault(signup('email=ada%40example.com', $_), 415, 'unsupported_media_type',
    "type $_") for ('text/plain', 'multipart/form-data; boundary=x',
                    'application/xml', 'application/jsonx', 'json');

# sizes

my $big = qq({"email":"%s","x":"%s"});

is_result(signup(sprintf($big, member(), 'x' x 16_000), $json), 201,
    'signed_up', 'a body below the limit');
is_fault(signup(sprintf($big, member(), 'x' x 17_000), $json), 413,
    'too_large', 'a body above the limit');
is_fault(signup('x' x 100_000, $form), 413, 'too_large', 'a large form');
is_fault(signup(sprintf($big, member(), 'x' x 100), $json, uri => '/small'),
    413, 'too_large', 'above a smaller limit');
is_result(signup(sprintf($big, member(), 'x' x 60_000), $json,
    uri => '/large'), 201, 'signed_up', 'below a larger limit');
is_result(signup(sprintf($big, member(), 'x' x 10_000), $json,
    uri => '/buffer'), 201, 'signed_up', 'larger than the buffer');
is_fault(signup(sprintf($big, member(), 'x' x 100), $json, uri => '/nginx'),
    413, 'too_large', "above nginx's own limit");
is_result(signup(sprintf('{"email":"%s"}', member()), $json, uri => '/file'),
    201, 'signed_up', 'a body that nginx puts into a file');

# chunked bodies

sub chunked {
    my ($body, $size) = @_;

    return join('', map { sprintf "%x\r\n%s\r\n", length, $_ }
                    unpack "(a$size)*", $body) . "0\r\n\r\n";
}

my @chunked = (type => $json, headers => ['Transfer-Encoding' => 'chunked']);

is_result($t->post('/loyalty/signup', chunked(qq({"email":"${\member()}"}), 1),
    @chunked), 201, 'signed_up', 'chunks of one byte');
is_fault($t->post('/loyalty/signup', chunked(sprintf($big, member(),
    'x' x 17_000), 1000), @chunked), 413, 'too_large',
    'chunks above the limit');

# a body that comes byte by byte

my $c = $t->connection;

for my $byte (split //, $t->message('POST', '/loyalty/signup',
                                    params => {email => member()}))
{
    $c->send($byte);
}

is_result($c->response, 201, 'signed_up', 'byte by byte');

# Expect: 100-continue

$c = $t->connection;
my $message = $t->message('POST', '/loyalty/signup',
    params => {email => member()}, headers => [Expect => '100-continue']);
my ($head, $body) = $message =~ /^(.*\r\n\r\n)(.*)$/s;

$c->send($head);
$t->wait_until('100 Continue', sub {
    $c->fill; $c->{buffer} =~ m{^HTTP/1.1 100 .*\r\n\r\n$}s;
});
$c->send($body);

my $r = $c->response;
is_result($r, 201, 'signed_up', 'after 100 Continue');
is_deeply([$r->interim], [100], 'one interim answer');

$c = $t->connection;
$c->send($t->message('POST', '/loyalty/signup', key => 'wrong', type => $json,
    headers => [Expect => '100-continue', 'Content-Length' => 20]));
$r = $c->response;
is_fault($r, 401, 'unauthorized', 'refused before the body is sent');
is_deeply([$r->interim], [], 'which nobody asks for then');

$c = $t->connection;
$c->send($t->message('POST', '/loyalty/signup', type => $json,
    headers => [Expect => '100-continue', 'Content-Length' => 20_000]));
$r = $c->response;
is_fault($r, 413, 'too_large', 'too large, said before the body is sent');
is_deeply([$r->interim], [], 'which nobody asks for, either');

# a client that stops amid its body

$c = $t->connection;
$c->send($t->message('POST', '/slow', type => $json, body => '{"email":',
                     headers => ['Content-Length' => 50]));
$r = $c->response;
is($r ? $r->status : 408, 408, 'waited for the rest of the body');

# a client that sends less than it announced

$c = $t->connection;
$c->send($t->message('POST', '/loyalty/signup', type => $json,
    body => '{"email":', headers => ['Content-Length' => 50]));
$c->close;

is_fault($t->balance('member999@example.com'), 404, 'not_a_member',
    'all is well after a body cut short');

###############################################################################

$t->done;

###############################################################################
