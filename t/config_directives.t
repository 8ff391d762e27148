#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the directives around programs, and for several of them.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

# A configuration with a program, things in http, and things in server.

sub around {
    my ($http, $server) = @_;

    return <<"END";
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
$http
server {
    listen %%LISTEN_0%%;
    %%STORE%%
$server
}
loyalty_program shop {
    database sqlite:%%TESTDIR%%/db/shop.db;
    currency USD;
    earn 1 per 1.00;
    api_key chatbot value:%%KEY%%;
    reward hanky 200 "Free handkerchief";
    %%LOOKUP%%
}
}
END
}

sub program {
    my ($name, $more) = @_;

    return "loyalty_program $name { database sqlite:%%TESTDIR%%/db/$name.db; "
           . 'currency USD; earn 1 per 1.00; '
           . 'api_key bot value:a-long-key-for-it; ' . ($more || '') . '}';
}

sub in_http {
    my ($line, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->refuses($line, $why, around("$line # HERE", ''));
}

sub in_server {
    my ($line, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->refuses($line, $why, around('', "$line # HERE"));
}

###############################################################################

# programs

$t->accepts('a program defined after its use', around('', '%%LOCATIONS%%'));
$t->accepts('another program', around(program('other'), '%%LOCATIONS%%'
    . ' location /other { loyalty_balance other; }'));
$t->accepts('a program nobody uses', around('', ''));

in_http('loyalty_program { }', 'number of arguments');
in_http('loyalty_program a b { }', 'number of arguments');
in_http(program('""') =~ s/""\.db/x.db/r, 'name|""');
in_server('loyalty_program x { }', 'not allowed here');

$t->refuses('two programs of one name', 'shop',
    around('', '') =~ s/\}\n$/program('shop') . " # HERE\n}\n"/er);

# locations

for my $name (qw(signup claim balance redeem)) {
    in_server("location /x { loyalty_$name nobody; }", 'nobody');
    in_server("location /x { loyalty_$name; }", 'number of arguments');
    in_server("location /x { loyalty_$name shop shop; }",
              'number of arguments');
    in_server("loyalty_$name shop;", 'not allowed here');
    in_server("location /x { loyalty_$name shop; loyalty_$name shop; }",
              'duplicate');
}

in_server('location /x { loyalty_claim shop; loyalty_balance shop; }',
          'loyalty_balance|duplicate');
in_server('location /x { proxy_pass http://127.0.0.1; loyalty_claim shop; }',
          'loyalty_claim');

$t->refuses('a claim without a look-up', 'order_lookup',
    around(program('poor'), 'location /x { loyalty_claim poor; } # HERE'));
$t->refuses('a location for actions without one',
    '"loyalty_action" names the program "poor", which has no "action": add ',
    around(program('poor'), 'location /x { loyalty_action poor; } # HERE'));
$t->accepts('a location for actions', around(program('rich',
    'action review 10;'), 'location /x { loyalty_action rich; }'));
$t->accepts('a balance without a look-up', around(program('poor'),
    'location /x { loyalty_balance poor; }'));

# who may come in

in_server('loyalty_auth;', 'number of arguments');
in_server('loyalty_auth on;', '"on".* takes "key", "link" and "off"');
in_server('loyalty_auth key off;', 'off');
in_server('loyalty_auth link key off;', 'off');
in_server('loyalty_auth off; loyalty_auth key;', 'duplicate');
in_server('location /x { loyalty_auth link; loyalty_balance shop; }',
    'link_secret');
$t->accepts("loyalty_auth $_", around("loyalty_auth $_;", "loyalty_auth $_;"
    . " location /x { loyalty_auth $_; loyalty_balance shop; }"))
    for qw(key off);

my $links = program('links', 'link_secret value:' . '0123456789abcdef' x 2
                            . ';');

$t->accepts("loyalty_auth $_", around($links, "location /x { loyalty_auth $_;"
    . ' loyalty_balance links; }'))
    for 'link', 'key link', 'link off';
$t->accepts('links where there are none', around($links, 'loyalty_auth key'
    . ' link; location /x { loyalty_signup links; }'));
$t->refuses('nothing but links where there are none', 'no links',
    around($links, 'location /x { loyalty_auth link; loyalty_signup links; }'
                   . ' # HERE'));

# who is let in elsewhere

my $known = program('known', 'link_secret value:' . '0123456789abcdef' x 2
                    . '; session 1d; tier gold 100 "Gold"; ');

in_server('location /x { loyalty_logout; }', 'number of arguments');
in_server('location /x { loyalty_logout nobody; }', 'nobody');
$t->refuses('a log-out where nobody is known', 'has no "session"',
    around($links, 'location /x { loyalty_logout links; } # HERE'));
$t->accepts('a log-out, without a key', around($known,
    'location /x { loyalty_auth key; loyalty_logout known; }'));

in_server('loyalty_require;', 'number of arguments');
in_server('loyalty_require a b c d;', 'number of arguments');
in_server('loyalty_require nobody;', 'nobody');
in_server('loyalty_require shop;', 'session');
in_server('loyalty_require off; loyalty_require off;', 'duplicate');
$t->refuses("loyalty_require known $$_[0]", $$_[1], around($known,
    "loyalty_require known $$_[0]; # HERE")) for
    ['tier=', 'tier='],
    ['tier=silver', 'silver'],
    ['tier=gold,silver', 'silver'],
    ['membership=plus', 'plus'],
    ['tier=gold tier=gold', 'each once'],
    ['gold', 'tier=ID'];
$t->accepts("loyalty_require $_", around($known, "loyalty_require $_;"
    . ' location /x { loyalty_require off; }'))
    for 'known', 'known tier=gold', 'off';

# limits

for my $name (qw(loyalty_max_body_size loyalty_store_max_size
                 loyalty_store_timeout))
{
    in_server("$name $_;", "\"$name\".*: write .* such as \\d") for qw(x 0 -1);
    in_server("$name 1; $name 2;", 'duplicate');
    $t->accepts($name,
        around("$name 1;", "$name 2; location /x { $name 3; }"));
}

for my $name (qw(loyalty_batch loyalty_queue)) {
    in_http("$name $_;", "\"$name\".*: write .* such as \\d")
        for qw(0 x -1 1000001);
    in_http("$name 1; $name 2;", 'duplicate');
    in_server("$name 1;", 'not allowed here');
    $t->accepts($name, around("$name 100;", ''));
}

in_http('loyalty_thread_pool a; loyalty_thread_pool b;', 'duplicate');

$t->refuses('a thread pool that is not there', 'unknown thread pool "no_such"',
    around('loyalty_thread_pool no_such; # HERE', '%%LOCATIONS%%'));

$t->accepts('a thread pool', 'thread_pool loyal threads=4; '
    . around('loyalty_thread_pool loyal;', '%%LOCATIONS%%'));

$t->accepts('databases side by side', around('', '')
    =~ s/\}\n$/program('shop2') . "\n}\n"/er);

# the module without anything to do

$t->accepts('without http', "%%TEST_GLOBALS%%\nevents { }\n");
$t->accepts('without programs', "%%TEST_GLOBALS%%\nevents { }\nhttp { }\n");

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%
    server { listen %%LISTEN_0%%; location / { return 200 "plain"; } }
}
END

is($t->get('/')->body, 'plain', 'a site without programs');

# the form of answers

for my $format ('json', 'manychat', 'manychat instagram', 'manychat whatsapp',
                'manychat telegram', 'chatfuel', 'dialogflow-es',
                'dialogflow-cx')
{
    $t->accepts("loyalty_format $format", around(
        "loyalty_format $format;",
        "location /x { loyalty_claim shop; loyalty_format $format request; }"
    ));
}

for my $format ('slack', 'manychat-instagram', 'manychat messenger',
                'instagram', 'request', 'chatfuel telegram',
                'manychat request telegram', 'manychat telegram whatsapp',
                'json json', 'chatfuel requests', '""')
{
    in_http("loyalty_format $format;", 'is none of: json, manychat,');
}

in_http('loyalty_format;', 'number of arguments');
in_http('loyalty_format manychat telegram request x;', 'number of arguments');
in_server('loyalty_format json; loyalty_format json;', 'duplicate');
in_server('location /x { loyalty_claim shop; if ($arg_x) '
          . '{ loyalty_format json; } }', 'not allowed here');

###############################################################################

$t->done;

###############################################################################
