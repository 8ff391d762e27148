#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for mistakes in "database postgresql:...": refused with file and line,
# and no password is ever shown.  No server is needed.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

use constant PASSWORD => 'hunter2-of-the-shop';

my $t = Loyalty::Test->new;

sub program {
    my ($name, $database, $mark) = @_;

    return "loyalty_program $name {\n    database $database;"
           . ($mark ? ' # HERE' : '')
           . "\n    currency USD;\n    earn 1 per 1.00;\n"
           . "    api_key chatbot value:%%KEY%%;\n}\n";
}

sub around {
    my (@programs) = @_;

    return "%%TEST_GLOBALS%%\nevents { }\nhttp {\n%%TEST_GLOBALS_HTTP%%\n"
           . join('', @programs) . "}\n";
}

sub right {
    my ($database) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->accepts($database, around(program('shop', $database)));
}

sub wrong {
    my ($database, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->refuses($database, $why, around(program('shop', $database, 1)));
}

# Refused without a trace of it, neither on the screen nor in a log.

sub shows_no_password {
    my ($name, $database) = @_;

    my ($exit, $output) = $t->check_conf(
        around(program('shop', $database, 1)));

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    isnt($exit, 0, "$name: refused");
    like($output, qr{\[emerg\] .*passfile=.* in \S+/check\.conf:\d+$}m,
         "$name: says where it belongs");
    unlike($output . $t->read_file('check.log') . $t->read_file('stderr.log'),
           qr/hunter2|of-the-shop/, "$name: is not shown");
}

my (undef, $output) = $t->check_conf(around(program('shop',
    'postgresql:///loyalty')));

plan(skip_all => 'the module was built without PostgreSQL')
    if $output =~ /was built without PostgreSQL/;

###############################################################################

right($_) for
    'postgresql:///loyalty',
    'postgres:///loyalty',
    'postgresql://shop@db1.example/loyalty',
    '"postgresql://shop@db1.example:5433,db2.example/loyalty'
        . '?target_session_attrs=read-write&sslmode=verify-full"',
    'postgresql://shop@%2Frun%2Fpostgresql/loyalty',
    'postgresql://shop@[::1]:5432/loyalty?connect_timeout=1',
    'postgresql://shop@db1/loyalty?options=-csearch_path%3Dshop',
    '"postgresql:host=db1,db2 dbname=loyalty user=shop"',
    "\"postgresql:host=db1 dbname='my loyalty'\"",
    'postgresql://shop@db1/loyalty?passfile=/etc/nginx/loyalty/pgpass',
    'postgresql://shop@db1/loyalty?passfile=/etc/nginx/passwords/loyalty',
    'postgresql://db1/loyalty timeout=500ms',
    'postgresql://db1/loyalty timeout=30s connections=2',
    'postgresql://db1/loyalty connections=64';

# what libpq does not understand, in its words

wrong('postgresql://db1/loyalty?speed=fast', 'speed');
wrong('postgresql://db1/loyalty?host', 'host');
wrong('postgresql://[::1/loyalty', 'IPv6|\]');
wrong('postgresql://db1/loyalty?user=%zz', '%zz|percent');
wrong('"postgresql:host=db1 speed=fast"', 'speed');
wrong('"postgresql:host=db1 dbname=\'loyalty"', 'quoted');
wrong('"postgresql:loyalty"', 'loyalty');

# as a slash in a password would have it, which must be escaped

wrong('postgresql://shop:a/word@db1/loyalty', 'a port is a number');

# our own parameters

for my $n ('', 0, 1, 65, 1000, -2, '2x', 'many', '2.5', '18446744073709551618')
{
    wrong("postgresql://db1/loyalty connections=$n", "connections=$n.*2 to 64");
}

wrong('postgresql://db1/loyalty timeout=x', 'timeout=x');
wrong('postgresql://db1/loyalty timeout=31s', 'timeout=31s');
wrong('postgresql://db1/loyalty timeout=0', 'timeout=0');
wrong('postgresql://db1/loyalty speed=1', 'speed=1.*connections=NUMBER');

$t->refuses('connections= of a file', 'connections.*SQLite', around(
    program('shop', 'sqlite:db/shop.db connections=4', 1)));

# other schemes

wrong($_, 'write .*postgresql://USER@HOST/NAME') for
    'mysql://db1/loyalty', 'postgresqlx://db1/loyalty', '//db1/loyalty';

###############################################################################

my %passwords = (
    'of a user' => 'postgresql://shop:%s@db1/loyalty',
    'of nobody' => 'postgresql://:%s@db1/loyalty',
    'before several hosts' => 'postgresql://shop:%s@db1,db2/loyalty',
    'in a socket\'s URI' => 'postgresql://shop:%s@/loyalty?host=/run',
    'by the short scheme' => 'postgres://shop:%s@db1/loyalty',
    'as a parameter' => 'postgresql://shop@db1/loyalty?password=%s',
    'as a later parameter' =>
        'postgresql://db1/loyalty?user=shop&password=%s&sslmode=require',
    'of the key' => 'postgresql://db1/loyalty?sslpassword=%s',
    'as a keyword' => '"postgresql:host=db1 password=%s"',
    'of the key, as a keyword' => '"postgresql:host=db1 sslpassword =%s"',
    'as a quoted keyword' => '"postgresql:host=db1 password = \'%s\'"',
    'with a mistake behind it' => 'postgresql://shop:%s@db1/loyalty?speed=1',
    'with a mistake before it' => '"postgresql:speed=1 password=%s"',
    'with parameters behind it' =>
        'postgresql://shop:%s@db1/loyalty connections=0',
    'in a host that has none' => 'postgresql://shop:%s@',
    'with an escaped name' => 'postgresql://db1/loyalty?p%%61ssword=%s',
    'in a broken URI' => 'postgresql://shop:%s@[db1/loyalty',
    'with a question mark in it' => 'postgresql://shop:a?%s@db1/loyalty',
    'with a question mark in it, in a broken URI' =>
        'postgresql://shop:a?%s@[db1/loyalty',
);

shows_no_password("a password $_", sprintf $passwords{$_}, PASSWORD)
    for sort keys %passwords;

###############################################################################

# two programs would mix their members

$t->refuses('one URI for two programs', 'that of loyalty_program "one"',
    around(program('one', 'postgresql://shop@db1/loyalty'),
           program('two', 'postgresql://shop@db1/loyalty', 1)));

$t->accepts('two databases of one server',
    around(program('one', 'postgresql://shop@db1/one'),
           program('two', 'postgresql://shop@db1/two')));

$t->accepts('two schemas of one database', around(map {
    program($_, "postgresql://db1/loyalty?options=-csearch_path%3D$_")
} 'one', 'two'));

$t->accepts('a server and a file',
    around(program('one', 'postgresql://shop@db1/one'),
           program('two', 'sqlite:%%TESTDIR%%/db/two.db')));

# nginx starts without a server, and says what is wrong when it is needed

my $nobody = $t->port(8);

$t->conf(around(program('shop', "postgresql://shop\@127.0.0.1:$nobody/loyalty"
                                . ' timeout=500ms'), <<'END'))->run;
    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup { loyalty_signup shop; }
        location = /plain { return 200 "plain"; }
    }
END

my $r = $t->signup('ada@example.com');

is_fault($r, 503, 'database_unavailable', 'no server: 503');
like($r->header('Retry-After'), qr/^\d+$/, 'no server: Retry-After');
is($t->get('/plain')->body, 'plain', 'no server: the site goes on');
like($t->read_file('error.log'), qr/\[error\].*program "shop".*refused/i,
     'no server: the log says why');

###############################################################################

$t->done;

###############################################################################
