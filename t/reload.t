#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Reloads under load: no request fails, none is done twice.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info', allow => [qr{/no/such/}]);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes 2;

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

my $store = Loyalty::Store->new($t, $t->port(1));

# orders of member1: 1-1, 1-2, ...; some take their time

$store->otherwise(sub {
    my ($number) = @_;
    my ($member, $n) = split /-/, $number;

    return ($n % 5 ? () : pause(0.05), json_reply(order_json($number,
        email => "member$member\@example.com", total => '10.00')));
});

$store->answers('last', [await_file($t->path('go')),
    json_reply(order_json('last', email => 'member1@example.com'))]);

$store->start;

$t->signup("member$_\@example.com") for 1 .. 4;

# Claims one order after the other until told to stop, each on a connection of
# its own, and counts what came back.

sub client {
    my ($member) = @_;

    my (%count, $n);

    while (!-e $t->path('enough')) {
        my $r = $t->claim("$member-" . ++$n, "member$member\@example.com");
        $count{$r ? $r->status . ' ' . $r->outcome : 'nothing'}++;
    }

    return \%count;
}

###############################################################################

my @jobs = map { my $m = $_; $t->in_background(sub { client($m) }) } 1 .. 4;
my $calls = 0;

for (1 .. 4) {
    $t->wait_until('some load', sub { $store->calls >= $calls + 20 });
    $t->reload;
    $calls = $store->calls;
}

# a claim that is under way while its worker is told to leave

my $slow = $t->connection;
$slow->send($t->message('POST', '/loyalty/claim',
    params => {order => 'last', email => 'member1@example.com'}));
$t->wait_until('the look-up', sub { $store->calls('last') });

my %old = map { $_ => 1 } $t->workers;
$t->reload;

$t->write_file('enough', '');
my @counts = map { $_->result } @jobs;

for my $member (1 .. 4) {
    my $count = $counts[$member - 1];

    is(join(', ', keys %$count), '200 claimed', "client $member: all is well")
        or diag(explain($count));

    my $points = 50 + 10 * ($count->{'200 claimed'} || 0);
    is($t->points("member$member\@example.com"), $points,
        "client $member: credited once each");
}

ok((grep { $old{$_} } $t->workers), 'the old worker waits for the store');

$t->write_file('go', '');
is_result($slow->response, 200, 'claimed', 'the slow claim is answered');
$slow->close;

$t->wait_until('the old workers leave', sub {
    !grep { $old{$_} } $t->workers;
});

is_result($t->claim('last', 'member1@example.com'), 200, 'already_claimed',
    'the new worker knows of it');

# a configuration that is found wrong at its very end

my @workers = $t->workers;
my $dir = $t->dir;

$t->write_file('nginx.conf', $t->read_file('nginx.conf')
    =~ s{(database\s+)[^\s;]+}{$1sqlite:$dir/no/such/shop.db}r);
kill HUP => $t->master;

$t->wait_until('the reload is refused', sub {
    $t->read_file('error.log') =~ m{\[emerg\] .*/no/such/};
});

is_result($t->balance('member1@example.com'), 200, 'balance',
    'a reload with a wrong database leaves nginx as it is');
is_deeply([$t->workers], \@workers, 'with its workers');

###############################################################################

$t->done;

###############################################################################
