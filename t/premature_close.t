#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A client that leaves before the store has answered: the claim is recorded.

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

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

# the store answers when the test says so

$store->answers($_, [await_file($t->path("go-$_")),
                     json_reply(order_json($_, email => $ada))]) for 1 .. 4;
$store->start;

$t->signup($ada);

###############################################################################

my %ways = (
    1 => ['closes',            sub { $_[0]->close }],
    2 => ['resets',            sub { $_[0]->reset }],
    3 => ['closes, keep-alive', sub { $_[0]->close }],
    4 => ['shuts its side down', sub { shutdown $_[0]{socket}, 1 }],
);

my $points = 50;

for my $order (sort keys %ways) {
    my ($name, $leave) = @{$ways{$order}};
    my $c = $t->connection;

    $c->send($t->message('POST', '/loyalty/claim', keep => $order == 3,
                         params => {email => $ada, order => $order}));

    $t->wait_until('the look-up', sub { $store->calls($order) });
    $leave->($c);

    is($t->points($ada), $points, "the client $name: nothing is credited yet");

    $t->write_file("go-$order", '');
    $points += 10;

    ok(eval {
        $t->wait_until('the credit', sub { $t->points($ada) == $points }, 10);
    }, "the client $name: the claim is recorded");

    is_result($t->claim($order, $ada), 200, 'already_claimed',
        "the client $name: and said to be claimed");
    is(scalar $store->calls($order), 1, "the client $name: one look-up");
}

###############################################################################

$t->done;

###############################################################################
