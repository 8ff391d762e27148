#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_auth and api_key.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use MIME::Base64;

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my $file_key = $t->secret('key-kept-in-a-file');
my $other_key = $t->secret('key-of-another-program');

$t->write_file('file.key', "$file_key\n", 0600);
$t->write_file('htpasswd', "ada:{PLAIN}pw\n");

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        api_key       chatbot value:%%KEY%%;
        api_key       till    file:%%TESTDIR%%/file.key;
    }

    loyalty_program other {
        database      sqlite:%%TESTDIR%%/db/other.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:key-of-another-program;
    }

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /other/balance   { loyalty_balance other; }

        location /open/ {
            loyalty_auth off;

            location = /open/balance { loyalty_balance shop; }
            location = /open/key {
                loyalty_balance shop;
                loyalty_auth key;
            }
        }

        location = /basic {
            loyalty_balance       shop;
            loyalty_auth          off;
            auth_basic            "members";
            auth_basic_user_file  %%TESTDIR%%/htpasswd;
        }

        location = /denied {
            loyalty_balance shop;
            deny all;
        }
    }

    server {
        listen %%LISTEN_2%%;
        loyalty_auth off;

        location = /balance { loyalty_balance shop; }
    }
}
END

my $query = '?email=ada%40example.com';

sub balance {
    my ($authorization, $uri) = @_;

    return $t->get(($uri || '/loyalty/balance') . $query, key => undef,
        headers => [map { (Authorization => $_) } grep { defined }
                    $authorization]);
}

$t->signup('ada@example.com');

###############################################################################

my $key = KEY;

is(balance("Bearer $key")->status, 200, 'a key');
is(balance("Bearer $file_key")->status, 200, 'a key in a file');
is(balance("bearer $key")->status, 200, 'the scheme has no case');

my $r = balance();

is_fault($r, 401, 'unauthorized', 'no key');
like($r->header('WWW-Authenticate'), qr/^Bearer/, 'and the way to be let in');

is_fault(balance($$_[0]), 401, 'unauthorized', $$_[1]) for (
    ['Bearer',                   'no key behind the scheme'],
    ['Bearer ',                  'an empty key'],
    ['Bearer wrong',             'a wrong key'],
    ['Bearer ' . substr($key, 0, -1), 'a key cut short'],
    ["Bearer ${key}x",           'a key with more behind'],
    ['Bearer ' . uc $key,        'keys have their case'],
    ["Bearer $key $key",         'two keys'],
    ["Basic $key",               'another scheme'],
    [$key,                       'no scheme'],
    ['Basic ' . encode_base64("chatbot:$key", ''), 'basic authentication'],
    ['Bearer ' . 'x' x 4000,     'a very long key'],
);

is_fault(balance("Bearer $other_key"), 403, 'forbidden',
    'the key of another program');
is_fault(balance("Bearer $key", '/other/balance'), 403, 'forbidden',
    'and the other way round');

# who may not come in learns nothing

is_fault($t->get('/loyalty/balance?email=bad', key => 'wrong'), 401,
    'unauthorized', 'the key comes before the parameters');
is_fault($t->signup('bob@example.com', key => 'wrong'), 401, 'unauthorized',
    'sign-up without a key');
is_fault($t->balance('bob@example.com'), 404, 'not_a_member',
    'did nothing');

# other ways in

is(balance(undef, '/open/balance')->status, 200, 'off');
is(balance('Bearer wrong', '/open/balance')->status, 200,
    'off: no key is looked at');
is_fault(balance(undef, '/open/key'), 401, 'unauthorized',
    'key in a location within one that is off');
is($t->get("/balance$query", port => $t->port(2), key => undef)->status, 200,
    'off for a server');

is(balance(undef, '/basic')->status, 401, 'basic authentication asks');
is(balance('Basic ' . encode_base64('ada:pw', ''), '/basic')->status, 200,
    'basic authentication lets in');
is(balance("Bearer $key", '/denied')->status, 403, 'deny comes first');

###############################################################################

$t->done;

###############################################################################
