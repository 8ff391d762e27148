#!/usr/bin/perl

# (C) ngx_loyalty contributors

# What others do to the database, and recovery without a restart.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Database;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

plan(skip_all => Loyalty::Database->lacking) if Loyalty::Database->lacking;

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db timeout=200ms;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  10 "Sticker";
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%

        location = /plain { return 200 "plain"; }
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order($_, email => $ada) for 1 .. 20;
$store->start;

my $points = 50;
my $order = 0;
my $database = $t->database('db/shop.db');

# Writing fails in the right way, and the site goes on.

sub refused {
    my ($why) = @_;

    my $r = $t->claim(++$order, $ada);
    is_fault($r, 503, 'database_unavailable', "$why: claim");
    like($r->header('Retry-After'), qr/^\d+$/, "$why: Retry-After");

    is_fault($t->signup("new\@example.com"), 503, 'database_unavailable',
        "$why: sign-up");
    is($t->get('/plain')->body, 'plain', "$why: the site goes on");
}

# It works again, and what had been refused was not half done.

sub recovered {
    my ($why) = @_;

    is_result($t->claim($order, $ada), 200, 'claimed',
        {points => $points += 10, earned => 10}, "$why: over");
}

###############################################################################

is_result($t->signup($ada), 201, 'signed_up', 'all is well');

my $version = $database->version;
like($version, qr/^[1-9]\d*$/, 'the schema has a version');

# somebody else writes, for longer than we wait

my $lock = $database->lock;

refused('locked');
is_result($t->balance($ada), 200, 'balance', {points => $points},
    'locked: reading goes on');

$lock->release;
recovered('locked');

# somebody else writes for less than we wait

$lock = $database->lock;

my $c = $t->connection;
$c->send($t->message('POST', '/loyalty/claim',
    params => {email => $ada, order => ++$order}));
$t->wait_until('the look-up', sub { $store->calls($order) });
$lock->release;

is_result($c->response, 200, 'claimed', {points => $points += 10},
    'a short lock is waited for');
$c->close;

# a newer module has been here

$t->stop;
$database->set_version(9999);
$t->run;

refused('newer');
is_fault($t->balance($ada), 503, 'database_unavailable', 'newer: balance');
like($t->read_file('error.log'), qr/\[error\].*9999/,
    'newer: the log says why');
is($database->version, '9999', 'newer: left alone');

$database->set_version($version);
recovered('newer');

# the file cannot be written any more when the first request opens it

SKIP: {
    skip(Loyalty::Database->not_files, 7) if Loyalty::Database->not_files;

    $t->stop;
    $t->run;
    chmod 0444, $t->path('db/shop.db');

    refused('read-only');

    is_fault($t->balance($ada), 503, 'database_unavailable',
        'read-only: balance');

    my ($exit, $output) = $t->check_file($t->path('nginx.conf'));
    like($output, qr{\[emerg\].*db/shop\.db.*nginx\.conf:\d+},
        'read-only: refused by nginx -t');

    chmod 0644, $t->path('db/shop.db');
    recovered('read-only');
}

ok($database->sound, 'the database is sound');

###############################################################################

$t->done;

###############################################################################
