#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The proxy in front of PostgreSQL: a commit that was cut off before it got
# there did not happen, one whose answer was cut off did, and a late one
# happens when nobody expects it any more.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib";

use Time::HiRes qw(time);

use Loyalty::Job;
use Loyalty::PostgreSQL;
use Loyalty::PostgreSQL::Proxy;

plan(skip_all => Loyalty::PostgreSQL->lacking)
    if Loyalty::PostgreSQL->lacking;

my $CUT = qr/server closed the connection|connection to server was lost/;

use constant MB => 1024 * 1024;

###############################################################################

my $pg = Loyalty::PostgreSQL->new(tcp => 1);

$pg->create_role('shop', password => 'secret');
$pg->psql('CREATE TABLE credit (name text); GRANT ALL ON credit TO shop');

for my $listen ('unix', 'tcp') {
    my $proxy = Loyalty::PostgreSQL::Proxy->new($pg, listen => $listen);
    my @by = (uri => $proxy->uri(user => 'shop', password => 1));

    is($pg->value('SELECT current_user', @by), 'shop', "$listen: passes");

    commits($listen, $proxy, @by);
    statements($listen, $proxy);
    outages($listen, $proxy, @by);
    delays($listen, $proxy, @by);

    ok($pg->wait_until('the last client leaves', sub {
        $proxy->connections == 0;
    }), "$listen: nobody is left");

    $proxy->stop;
    ok(!eval { $pg->psql('SELECT 1', @by); 1 }, "$listen: stopped");
}

done_testing();

###############################################################################

# As libpq's simple queries: BEGIN, INSERT and COMMIT are three of them.

sub commits {
    my ($listen, $proxy, @by) = @_;

    $proxy->cut_when(simple_query('COMMIT'), 'before');

    ok(lost($listen, 'before', @by), "$listen: cut before a commit");
    is($proxy->await_cut, 1, "$listen: once");
    is(credits('before'), 0, "$listen: it did not happen");

    $proxy->cut_when(simple_query('commit'), 'after');

    ok(lost($listen, 'after', @by), "$listen: cut after a commit");
    $proxy->await_cut;
    is(credits('after'), 1, "$listen: it did happen");

    $proxy->cut_when(simple_query('COMMIT'), 'late', reset => 1);

    ok(lost($listen, 'late', @by), "$listen: a late commit");
    $proxy->await_cut;
    is(credits('late'), 0, "$listen: it has not happened yet");
    is($proxy->deliver, 1, "$listen: until it is delivered");
    is(credits('late'), 1, "$listen: it did happen");

    $proxy->cut_when(simple_query('COMMIT'), 'before', nth => 2, times => 2);

    is_deeply([map { lost($listen, 'nth', @by) } 1 .. 4], [0, 1, 1, 0],
              "$listen: the second and the third commit");
    is(credits('nth'), 2, "$listen: the others happened");

    $pg->psql('DELETE FROM credit');
}

# Whether the connection was cut, which is all that may go wrong.

sub lost {
    my ($listen, $name, @by) = @_;

    return 0 if eval {
        $pg->psql("BEGIN; INSERT INTO credit VALUES ('$name'); COMMIT", @by);
        1;
    };

    like($@, $CUT, "$listen: $name: the connection was cut");
    return 1;
}

sub credits {
    my ($name) = @_;

    return $pg->value("SELECT count(*) FROM credit WHERE name = '$name'");
}

###############################################################################

# Prepared statements, and a pipeline whose request ends with a Sync.

sub statements {
    my ($listen, $proxy) = @_;

    my $insert = 'INSERT INTO credit VALUES (\'%s\');';
    my $pipeline = "\\startpipeline\nBEGIN;\n$insert\nCOMMIT;\n\\endpipeline";
    my $commit = qr/^P.{4}\0COMMIT;?\0/s;

    my @cases = (
        ['prepared', 'before', bound_statement(qr/P\w*_0/), $insert, 0],
        ['prepared', 'after', bound_statement(qr/P\w*_0/), $insert, 1],
        ['extended', 'before', $commit, $pipeline, 0],
        ['extended', 'after', $commit, $pipeline, 1],
        ['extended', 'late', $commit, $pipeline, 0],
    );

    for my $case (@cases) {
        my ($mode, $when, $pattern, $script, $happened) = @$case;
        my $name = "$mode $when";

        $proxy->cut_when($pattern, $when);

        ok(!pgbench($proxy, $mode, sprintf $script, $name),
           "$listen: $name: cut");
        $proxy->await_cut;
        is(credits($name), $happened,
           "$listen: $name: " . ($happened ? 'happened' : 'did not happen'));

        next if $when ne 'late';

        $proxy->deliver;
        is(credits($name), 1, "$listen: $name: happened in the end");
    }

    $pg->psql('DELETE FROM credit');
}

sub pgbench {
    my ($proxy, $mode, $script) = @_;

    $pg->write_file('script.sql', "$script\n");

    return eval {
        $pg->run_program($pg->bindir . '/pgbench', '-n', '-t', 1, '-M', $mode,
                         '-f', $pg->path('script.sql'),
                         $proxy->conninfo(user => 'shop', password => 1));
        1;
    };
}

###############################################################################

sub outages {
    my ($listen, $proxy, @by) = @_;

    my @jobs = map { sleeper(@by) } 1 .. 3;

    await_sleepers(3);

    is($proxy->connections, 3, "$listen: three connections");
    is($proxy->cut, 3, "$listen: all are cut");
    is(scalar(grep { $_->result =~ $CUT } @jobs), 3, "$listen: they see it");

    # a server that is busy does not look whether its client is still there

    end_sleepers('terminate');

    $proxy->refuse;
    ok(!eval { $pg->psql('SELECT 1', @by); 1 }, "$listen: refused");
    like($@, qr/Connection refused/, "$listen: at once");

    $proxy->admit;
    is($pg->value('SELECT 1', @by), 1, "$listen: admitted again");

    # the server does it, the client does not get to know yet

    $proxy->hold('to_client');
    ok(!eval { $pg->psql('SELECT 1', uri => $proxy->uri(
           user => 'shop', password => 1, connect_timeout => 2)); 1 }
       && $@ =~ /timeout expired/, "$listen: held");
    $proxy->release;

    my $job = sleeper(@by);

    await_sleepers(1);
    $proxy->hold;
    end_sleepers('cancel');
    is($proxy->connections, 1, "$listen: connections stay while held");
    $proxy->release;
    like($job->result, qr/canceling statement due to user request/,
         "$listen: and go on afterwards");

    # a server that has gone is no reason for the proxy to go

    $job = sleeper(@by);
    await_sleepers(1);
    $pg->restart('immediate');
    like($job->result, $CUT, "$listen: a restart of the server is seen");
    is($pg->value('SELECT 1', @by), 1, "$listen: and the server after it");
}

sub sleeper {
    my (@by) = @_;

    return Loyalty::Job->new(sub {
        eval { $pg->psql('SELECT pg_sleep(600)', @by) };
        $@;
    });
}

sub end_sleepers {
    my ($how) = @_;

    $pg->psql("SELECT pg_${how}_backend(pid) FROM pg_stat_activity
               WHERE wait_event = 'PgSleep'");
    await_sleepers(0);
}

sub await_sleepers {
    my ($n) = @_;

    $pg->wait_until("$n queries run", sub {
        $n == $pg->value('SELECT count(*) FROM pg_stat_activity
                          WHERE wait_event = \'PgSleep\'');
    });
}

###############################################################################

sub delays {
    my ($listen, $proxy, @by) = @_;

    for my $delay ([1, 50], [20, 5]) {
        my ($ms, $n) = @$delay;

        $proxy->delay($ms);

        my $time = round_trips($n, @by);

        cmp_ok($time, '>=', 2 * $ms * $n / 1000,
               sprintf '%s: %d ms: %d round trips and a login take %.0f ms',
                       $listen, $ms, $n, $time * 1000);
    }

    # a delay is no limit: what is on its way does not wait for each other

    my $rows = 8 * 1024;
    my $begin = time();
    my @got = $pg->psql("SELECT n, repeat('x', 1024)
                         FROM generate_series(1, $rows) AS n", @by);
    my $time = time() - $begin;

    is(join(' ', map { $_->[0] } @got), join(' ', 1 .. $rows),
       "$listen: 20 ms: the order stays");
    cmp_ok($time, '<', 5,
           sprintf '%s: 20 ms: %.0f MB/s', $listen,
                   $rows * 1024 / MB / $time);

    $proxy->delay(0);
}

sub round_trips {
    my ($n, @by) = @_;

    my $begin = time();
    $pg->psql('SELECT 1;' x $n, @by);
    return time() - $begin;
}

###############################################################################
