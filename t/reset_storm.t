#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Hundreds of clients reset their connections at random moments.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Time::HiRes qw(sleep);

use Loyalty::Database;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes 2;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    loyalty_store_timeout 500ms;

    upstream store {
        server 127.0.0.1:%%PORT_1%%;
        keepalive 4;
    }

    server {
        listen %%LISTEN_0%% reuseport;

        %%LOCATIONS%%

        location = /_store/order {
            internal;
            proxy_pass http://store/orders/$loyalty_order;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

# every kind of store, as the number says

my @kinds = (
    sub { json_reply(order_json($_[0], email => $ada)) },
    sub { (pause(0.03), json_reply(order_json($_[0], email => $ada))) },
    sub { (raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"),
           pause(0.02), close_now()) },
    sub { json_reply(order_json($_[0], email => $ada, x => 'x' x 500_000)) },
    sub { reply(404, '') },
    sub { reset_by_peer() },
    sub { hang() },
);

$store->otherwise(sub {
    my ($number) = @_;

    return $kinds[substr($number, -1) % @kinds]->($number);
});

$store->start;
$t->signup($ada);

my @workers = $t->workers;

sub some_request {
    my ($i) = @_;

    my $kind = int rand 10;
    my @o = rand() < 0.3 ? (headers => ['Idempotency-Key' => "k$i"]) : ();

    return $t->message('POST', '/loyalty/balance', params => {email => $ada})
        if $kind == 0;
    return $t->message('POST', '/loyalty/signup', @o,
                       params => {email => "member$i\@example.com"})
        if $kind == 1;
    return $t->message('POST', '/loyalty/redeem', @o,
                       params => {email => $ada, reward => 'sticker'})
        if $kind == 2;
    return $t->message('PUT', '/loyalty/redeem', body => 'x' x 5000)
        if $kind == 3;

    return $t->message('POST', '/loyalty/claim', @o,
                       params => {email => $ada, order => "S$i"});
}

sub storm {
    my ($clients, $from) = @_;

    my @open;

    for my $i ($from .. $from + $clients - 1) {
        my $c = $t->connection;
        my $message = some_request($i);

        # one in three is reset while it still sends

        $message = substr $message, 0, rand length $message
            if rand() < 0.33;

        $c->send($message);
        push @open, $c;

        sleep rand 0.01 if rand() < 0.2;

        # one in four closes as one should, the others do not

        while (@open > 12) {
            my ($victim) = splice @open, rand @open, 1;
            rand() < 0.25 ? $victim->close : $victim->reset;
        }
    }

    sleep rand 0.1;
    $_->reset for @open;

    return 1;
}

###############################################################################

my @jobs = map { my $n = $_; $t->in_background(sub {
    srand $n;
    storm(200, $n * 1000);
}) } 1 .. 3;

ok($_->result, 'clients came and went') for @jobs;

is_result($t->signup('after@example.com'), 201, 'signed_up',
    'sign-up after the storm');
is_result($t->claim('A0', $ada), 200, 'claimed', 'claim after the storm');

my $r = $t->balance($ada);
is_result($r, 200, 'balance', 'balance after the storm');

is_deeply([$t->workers], \@workers, 'no worker had to be replaced');

# what was credited is what was claimed, each order once

SKIP: {
    skip(Loyalty::Database->lacking, 2) if Loyalty::Database->lacking;

    my $database = $t->database('db/shop.db');

    ok($database->sound, 'the database is sound');
    is($database->value('SELECT count(*) FROM member m WHERE points <>'
        . ' (SELECT coalesce(sum(points), 0) FROM ledger'
        . ' WHERE member = m.id)'), '0', 'balances equal the ledger');
}

###############################################################################

$t->done;

###############################################################################
