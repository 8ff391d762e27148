#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Workers that are told to leave at once, with requests in every state.

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

$t->conf(<<'END');
%%TEST_GLOBALS%%

worker_shutdown_timeout 300ms;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db timeout=1s;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  30 "Sticker";
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->answers('half', [raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
                         hang()]);
$store->otherwise(sub { hang() });
$store->start;

# Requests that wait for the store, for the database and for their body.

sub busy {
    my ($n) = @_;

    my @c = map { $t->connection } 1 .. 6;

    $c[0]->send($t->message('POST', '/loyalty/claim',
        params => {email => $ada, order => "hang$n"}));
    $c[1]->send($t->message('POST', '/loyalty/claim', keep => 1,
        params => {email => $ada, order => 'half'}));
    $c[2]->send($t->message('POST', '/loyalty/signup',
        type => 'application/json', headers => ['Content-Length' => 20],
        body => '{"email'));

    $t->wait_until('look-ups', sub {
        $store->calls("hang$n") && $store->calls('half') >= $n;
    });

    # the database is locked from outside from here on

    my $lock = $t->database('db/shop.db')->lock;

    $c[3]->send($t->message('POST', '/loyalty/signup',
        params => {email => "new$n\@example.com"}));
    $c[4]->send($t->message('POST', '/loyalty/redeem',
        params => {email => $ada, reward => 'sticker'}) x 3);
    $c[5]->send($t->message('GET', '/loyalty/balance?email=ada%40example.com',
        keep => 1));

    is_result($c[5]->response, 200, 'balance', "round $n: all are under way");

    return ($lock, @c);
}

###############################################################################

my $n = 0;

for my $signal (qw(TERM INT QUIT)) {
    $t->run;
    is($t->signup($ada)->status, $n ? 200 : 201, "$signal: serves");

    my ($lock, @c) = busy(++$n);

    $t->stop($signal);
    ok(!$t->master, "$signal: left");

    $lock->release;
}

# a reload, and workers that may not take their time

$t->run;

my ($lock, @c) = busy(++$n);
my @old = $t->workers;

$t->reload;
$t->wait_until('the old workers leave', sub {
    !grep { $t->alive($_) } @old;
});

$lock->release;

is_result($t->balance($ada), 200, 'balance', {points => 50},
    'nothing was half done');
ok($t->database('db/shop.db')->sound, 'the database is sound');

###############################################################################

$t->done;

###############################################################################
