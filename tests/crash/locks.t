#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Several workers write to one database: each gets its turn, nobody waits for
# long, and who is killed or hangs does not stop the others.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../../t/lib";

use IO::Select;
use List::Util qw(max min);
use Time::HiRes qw(sleep time);

use Loyalty::Crash;
use Loyalty::HTTP;
use Loyalty::Test;

use constant DB => 'db/shop.db';

# Seconds of load, and requests that are to be shared at least.

use constant {LOAD => 4, SHARED => 200};

###############################################################################

plan(skip_all => 'no sqlite3') if !Loyalty::Test->has_program('sqlite3');

subtest 'two workers, alike' => sub { fair(workers => 2, clients => [6, 6]) };
subtest 'two workers, one client against many' => sub {
    fair(workers => 2, clients => [1, 12]);
};
subtest 'four workers on a fast disk' => sub {
    fair(workers => 4, clients => [4, 4, 4, 4], sync => 0);
};
subtest 'groups' => sub {
    fair(workers => 2, clients => [16, 16], batch => 64);
};
subtest 'a worker is killed with the lock' => \&killed;
subtest 'a worker hangs with the lock' => \&hanging;

done_testing();

###############################################################################

# Clients that send the next request as soon as they have their answer.  In
# groups of one, as it is here, a request is a commit.

sub fair {
    my (%o) = @_;

    my $t = site(sync => 2000, batch => 1, %o);
    my %clients = clients($t, @{$o{clients}});
    my %waited = load($t, %clients);

    my (@done, @slow);

    for my $worker (sort { $a <=> $b } keys %clients) {
        my @w = sort { $a <=> $b } @{$waited{$worker}};
        my ($median, $longest) = ($w[@w / 2], $w[-1]);

        note(sprintf '%d clients: %d done, median %.1f ms, longest %.1f ms',
             scalar @{$clients{$worker}}, scalar @w, 1000 * $median,
             1000 * $longest);

        push @done, scalar @w;
        push @slow, $longest if $longest > 10 * $median + 0.3;
    }

    cmp_ok(max(@done), '<', 2 * min(@done),
        'no worker gets twice as much as another');
    is("@slow", '', 'nobody waits much longer than most do');

    is(audit($t, DB), '', 'the books are in order');

    $t->done;
}

# Seconds that requests waited, by worker.

sub load {
    my ($t, %clients) = @_;

    my (%waited, %c);
    my $n = 0;

    for my $worker (keys %clients) {
        $c{fileno $_->{socket}} = {connection => $_, worker => $worker}
            for @{$clients{$worker}};
    }

    my $select = IO::Select->new(map { $_->{connection}{socket} } values %c);
    my $next = sub {
        my ($c) = @_;

        $c->{asked} = time();
        $c->{connection}->send(signup($t, ++$n));
    };

    my $end = time() + LOAD;
    my $done = 0;

    $next->($_) for values %c;

    while ($select->count) {
        my @ready = $select->can_read($Loyalty::HTTP::PATIENCE)
            or die "no answer in time\n";

        for my $socket (@ready) {
            my $c = $c{fileno $socket};
            $c->{connection}->fill or die "nginx closed a connection\n";

            my $r = $c->{connection}->parse or next;
            die $r->text if $r->status != 201;

            push @{$waited{$c->{worker}}}, time() - $c->{asked};
            $done++;

            time() < $end || $done < SHARED ? $next->($c)
                                            : $select->remove($socket);
        }
    }

    return %waited;
}

###############################################################################

# The one who has the lock is in the midst of a commit.  The other one needs
# up to three syncs for its own, but does not wait for the timeout.

sub killed {
    my $t = site(workers => 2, sync => 400000, timeout => '20s');

    for my $round (1 .. 5) {
        my %clients = clients($t, 1, 1);
        my ($victim, $other) = keys %clients;

        holds_lock($t, $clients{$victim}[0], "victim$round");
        $clients{$other}[0]->send(signup($t, "other$round"));

        my $began = time();
        kill KILL => $victim;

        is_result($clients{$other}[0]->response, 201, 'signed_up',
            "round $round: the other goes on");
        cmp_ok(time() - $began, '<', 10, "round $round: at once");

        $t->wait_until('a new worker', sub { $t->workers == 2 });
    }

    is_result($t->signup('guest@example.com'), 201, 'signed_up', 'afterwards');
    is(audit($t, DB), '', 'the books are in order');

    $t->done;
}

# Who hangs is not dead, so the others cannot go on; but they say so.

sub hanging {
    my $t = site(workers => 2, sync => 1000000, timeout => '500ms');
    my %clients = clients($t, 1, 1);
    my ($victim, $other) = keys %clients;
    my $c = $clients{$other}[0];

    holds_lock($t, $clients{$victim}[0], 'victim');
    kill STOP => $victim;
    my $goes_on = finally(sub { kill CONT => $victim });

    my $began = time();
    $c->send(signup($t, 'other'));

    is_fault($c->response, 503, 'database_unavailable', 'no lock, no success');
    cmp_ok(time() - $began, '<', 2, 'known in time');

    $c->send($t->message('GET', '/loyalty/balance?email=old%40example.com',
        keep => 1));
    is_result($c->response, 200, 'balance', 'reading goes on');

    undo($goes_on);

    is_result($clients{$victim}[0]->response, 201, 'signed_up',
        'who went on is done');
    $c->send(signup($t, 'other'));
    is_result($c->response, 201, 'signed_up', 'the other, too');
    is(audit($t, DB), '', 'the books are in order');

    $t->done;
}

# Returns when the request has come as far as its fsync(): all that it writes
# is in the log then.

sub holds_lock {
    my ($t, $connection, $name) = @_;

    my $log = $t->path(DB . '-wal');
    my $before = -s $log || 0;

    $connection->send(signup($t, $name));
    $t->wait_until('a commit', sub { (-s $log || 0) > $before });
}

###############################################################################

# nginx.  Options: workers, sync (microseconds), batch, timeout.

sub site {
    my (%o) = @_;

    my $t = shop(allow => [qr/exited on signal 9/]);

    $t->macro(WORKERS => $o{workers})
      ->macro(BATCH => $o{batch} || 64)
      ->macro(TIMEOUT => $o{timeout} || '2s');

    $t->conf(<<'END');
%%TEST_GLOBALS%%

worker_processes %%WORKERS%%;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    keepalive_requests 1000000;

    loyalty_batch %%BATCH%%;

    loyalty_program shop {
        database  sqlite:%%TESTDIR%%/db/shop.db timeout=%%TIMEOUT%%;
        %%RULES%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%

        location = /pid { return 200 $pid; }
    }

    server {
        listen %%LISTEN_1%%;

        %%STORE_OF_ALL%%
    }
}
END

    # on the real disk the database is made, and each worker connects to it

    $t->run;
    is_result($t->signup('old@example.com'), 201, 'signed_up', 'all is well');
    $t->stop;

    my %slow = slow_disk($o{sync});
    local @ENV{keys %slow} = values %slow;

    $t->run;
    return $t;
}

# Connections to different workers, so many to each: by its pid.

sub clients {
    my ($t, @many) = @_;

    my (%clients, @idle);

    for (1 .. 1000) {
        last if @many == grep { @$_ >= max(@many) } values %clients;

        my $c = $t->connection;
        $c->send($t->message('GET', '/pid', keep => 1));
        push @{$clients{$c->response->body}}, $c;
    }

    my @workers = sort { @{$clients{$a}} <=> @{$clients{$b}} } keys %clients;
    die "not all workers took connections\n" if @workers != @many;

    for my $worker (@workers) {
        splice @{$clients{$worker}}, shift @many;

        # opens the database

        my $c = $clients{$worker}[0];
        $c->send($t->message('GET', '/loyalty/balance?email=old%40example.com',
            keep => 1));
        die "no balance\n" if $c->response->status != 200;
    }

    return %clients;
}

sub signup {
    my ($t, $name) = @_;

    return $t->message('POST', '/loyalty/signup', keep => 1,
        params => {email => "$name\@example.com"});
}

###############################################################################
