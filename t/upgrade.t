#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The binary is upgraded under load: no request fails, none is done twice.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

# nginx upgrades itself only if it is not the child of who started it

my $t = Loyalty::Test->new(level => 'info', daemon => 1);

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

$store->otherwise(sub {
    my ($number) = @_;
    my ($member, $n) = split /-/, $number;

    return ($n % 5 ? () : pause(0.05), json_reply(order_json($number,
        email => "member$member\@example.com", total => '10.00')));
});

$store->start;

$t->signup("member$_\@example.com") for 1 .. 4;

sub client {
    my ($member) = @_;

    my (%count, $n);

    while (!-e $t->path('enough')) {
        my $r = $t->claim("$member-" . ++$n, "member$member\@example.com");
        $count{$r ? $r->status . ' ' . $r->outcome : 'nothing'}++;
    }

    return \%count;
}

sub some_load {
    my $calls = $store->calls;

    $t->wait_until('some load', sub { $store->calls >= $calls + 30 });
}

###############################################################################

my @jobs = map { my $m = $_; $t->in_background(sub { client($m) }) } 1 .. 4;
my $old = $t->master;

some_load();
kill USR2 => $old;

$t->wait_until('a new master with workers', sub {
    my $new = $t->master;
    return $new && $new != $old && $t->workers($new) >= 2;
});

my $new = $t->master;
isnt($new, $old, 'a second master');

# both serve, and write to one database

some_load();
kill QUIT => $old;

$t->wait_until('the old one leaves', sub { !$t->alive($old) });
pass('the old master left');

some_load();
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

is($t->master, $new, 'the new master serves');

###############################################################################

$t->done;

###############################################################################
