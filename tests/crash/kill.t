#!/usr/bin/perl

# (C) ngx_loyalty contributors

# kill -9, again and again, while several clients sign up, claim and redeem.
# What was answered is in the database in the end, and nothing is twice.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../../t/lib";

use IO::Handle;
use List::Util qw(shuffle sum);
use Time::HiRes qw(sleep time);

use Loyalty::Crash;
use Loyalty::HTTP;
use Loyalty::Test;

use constant {WORKERS => 3, CLIENTS => 6, MEMBERS => 24,
              DB => 'db/shop.db'};

# One kind of kill a round.

my @KILLS = (('worker') x 40, ('workers') x 20, ('nginx') x 40);

# Microseconds a sync and a write, one pair after the other whenever nginx is
# started: the kills shall also come between the pages of a commit, and when
# all of it is written but not synced.

my @DISKS = ([8000, 0], [1000, 400], [0, 0], [2000, 1000]);

###############################################################################

my $seed = $ENV{LOYALTY_SEED} || time() ^ $$;
srand $seed;

my $t = shop(allow => [qr/exited on signal 9/, qr/sendmsg\(\) failed/]);

plan(skip_all => 'no sqlite3') if !$t->has_program('sqlite3');
note("LOYALTY_SEED=$seed");

# The store is never killed: an order is found whenever it is asked for.

my $store = shop();

$store->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    server {
        listen %%LISTEN_0%%;

        %%STORE_OF_ALL%%
    }
}
END

$t->macro(STORE_PORT => $store->port(0))->macro(WORKERS => WORKERS);

$t->conf(<<'END');
%%TEST_GLOBALS%%

worker_processes %%WORKERS%%;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database  sqlite:%%TESTDIR%%/db/shop.db timeout=5s;
        %%RULES%%
    }

    server {
        listen %%LISTEN_0%% reuseport;
        keepalive_requests 1000000;

        %%LOCATIONS%%

        location = /_store/order {
            internal;
            proxy_pass http://127.0.0.1:%%STORE_PORT%%/orders/$loyalty_order;
        }
    }
}
END

my $disk = 0;

start();

my @clients = map { my $n = $_; $t->in_background(sub { client($n) }) }
                  1 .. CLIENTS;

my %killed = (worker => 0, workers => 0, nginx => 0);
my $amid = 0;
my $began = time();

for my $kind (shuffle(@KILLS)) {
    $t->wait_until('all workers', sub { $t->workers == WORKERS });

    # there must be something to lose

    my $heard = heard();
    $t->wait_until('answers', sub { heard() > $heard + 4000 });

    my $checkpoint = rand() < 0.3 ? checkpoint() : undef;
    sleep rand 0.4;

    strike($kind);
    $killed{$kind}++;

    if ($checkpoint) {
        kill KILL => $checkpoint;
        waitpid $checkpoint, 0;
    }

    if ($kind eq 'nginx') {
        $amid++ if torn();
        start();
    }
}

$t->write_file('stop', '');
$_->result for @clients;

note(sprintf '%d kills in %.0f s', scalar @KILLS, time() - $began);

###############################################################################

is(sum(values %killed), @KILLS, "$killed{worker} times a worker was killed, "
   . "$killed{workers} times all, $killed{nginx} times nginx as a whole");

# An unfinished commit is in the log of the database.

cmp_ok($amid, '>', 0, 'some kills came amid a commit');

is(audit($t, DB), '', 'the books are in order');

my @answers = map { answers($_) } 1 .. CLIENTS;

cmp_ok(scalar @answers, '>', 50 * CLIENTS, 'there was something to lose');
cmp_ok(scalar(grep { $_->{unanswered} } @answers), '>', CLIENTS,
    'requests lost their answer, and were sent again');

# Those that are dead hold nothing that the others would have to wait for.

is(sum(map { $_->{refused} } @answers), 0, 'nobody was told to come again');

my %unexpected;
$unexpected{"$_->{op}: $_->{result}"}++ for grep {
    $_->{op} eq 'signup' ? $_->{result} !~ /^(?:signed_up|already_member)$/
    : $_->{op} eq 'claim' ? $_->{result} !~ /^(?:already_)?claimed$/
    : $_->{result} !~ /^(?:redeemed|not_enough_points|out_of_stock
                           |reward_limit)$/x
} @answers;

is_deeply(\%unexpected, {}, 'all answers are of the expected kind');

my %results;
$results{$_->{result}}++ for @answers;
note(join ', ', map { "$results{$_} $_" } sort keys %results);
note("$amid of $killed{nginx} kills of nginx came amid a commit");

# What was answered is there, and nothing else.

my @signups = grep { $_->{op} eq 'signup' } @answers;
my @claims = grep { $_->{op} eq 'claim' } @answers;
my @redemptions = grep { $_->{result} eq 'redeemed' } @answers;

is_deeply(
    {map { split /\|/ } rows($t, DB, 'SELECT email, code FROM member')},
    {map { $_->{email} => $_->{member} } @signups},
    'all sign-ups are there, each under the name that was answered');

is_deeply(
    {map { split /\|/ } rows($t, DB, 'SELECT c.number, m.code FROM claim AS c
                                      JOIN member AS m ON m.id = c.member')},
    {map { $_->{what} => $_->{member} } @claims},
    'all claims are there, each for the member that was answered');

my %coupons = map { my ($coupon, @rest) = split /\|/; $coupon => "@rest" }
    rows($t, DB, 'SELECT r.coupon, r.reward, m.code FROM redemption AS r
                  JOIN member AS m ON m.id = r.member');

is_deeply([grep { ($coupons{$_->{coupon}} || '')
                  ne "$_->{what} $_->{member}" } @redemptions], [],
    'all coupons are there, each of the member and reward of the answer');

is_deeply([twice(map { $_->{coupon} } @redemptions)], [],
    'no coupon was handed out twice');

# An answer without a key tells what that request did.

is_deeply([twice(map { $_->{what} }
                 grep { $_->{result} eq 'claimed' } @claims)], [],
    'no order was said to be claimed twice');
is_deeply([twice(map { $_->{email} }
                 grep { $_->{result} eq 'signed_up' } @signups)], [],
    'nobody was said to be signed up twice');

# Requests without a key may have been done without an answer; nothing else.

my $known = grep { $_->{key} } @redemptions;
my $open = keys(%coupons) - @redemptions;
my $lost = sum(0, map { $_->{unanswered} }
    grep { $_->{op} eq 'redeem' && !$_->{key} } @answers);

cmp_ok($known, '>', 0, 'redemptions with a key');
cmp_ok($open, '>=', 0, 'no redemption is missing');
cmp_ok($open, '<=', $lost, 'no redemption but those of lost answers is more');

is_deeply([map { decreases($_) } 1 .. CLIENTS], [],
    'what a client has seen earned was never less later');

# The keys of all that was answered are still known.

my @keyed = grep { $_->{key} } @answers;
my @forgotten;

while (my @some = splice @keyed, 0, 50) {
    my @again = $t->all(map { request($_) } @some);

    push @forgotten, grep { defined } map {
        my ($first, $now) = ($some[$_], $again[$_]);
        $now && $now->status == $first->{status}
            && $now->body eq $first->{body} ? undef
            : "first: $first->{body}\nnow: " . ($now ? $now->body : '')
    } 0 .. $#some;
}

is(scalar @forgotten, 0, 'a key gets the first answer, byte for byte')
    or diag($forgotten[0]);

$store->stop;
$t->done;

###############################################################################

# nginx

sub start {
    my ($sync, $write) = @{$DISKS[$disk++ % @DISKS]};
    my %slow = slow_disk($sync, $write);

    local @ENV{keys %slow} = values %slow;
    $t->run;
}

# A master that is stopped starts no new worker that would escape.

sub strike {
    my ($kind) = @_;

    my $master = $t->master;
    my @workers = $t->workers;

    if ($kind eq 'worker') {
        kill KILL => $workers[rand @workers];
        return;
    }

    kill STOP => $master;
    $t->wait_until('the master stops', sub { state($master) eq 'T' });
    @workers = shuffle($t->workers);

    kill KILL => @workers, $kind eq 'nginx' ? $master : ();
    kill CONT => $master;

    $t->wait_until('they are dead', sub {
        !grep { $t->alive($_) } @workers, $kind eq 'nginx' ? $master : ();
    });

    unlink $t->path('nginx.pid') if $kind eq 'nginx';
}

sub state {
    my ($pid) = @_;

    open my $fh, '<', "/proc/$pid/stat" or return '';
    return <$fh> =~ /\) ([A-Z])/ ? $1 : '';
}

# Somebody else's checkpoint, so that the log is also overwritten.

sub checkpoint {
    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        my %slow = slow_disk(1000, 1000);

        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        @ENV{keys %slow} = values %slow;

        exec 'sqlite3', '-batch', $t->path(DB), 'PRAGMA wal_checkpoint'
            or POSIX::_exit(127);
    }

    return $pid;
}

# Whether the log of the database ends in pages of a commit that is not
# there: https://www.sqlite.org/fileformat2.html#the_write_ahead_log

sub torn {
    open my $fh, '<:raw', $t->path(DB . '-wal') or return 0;

    read($fh, my $header, 32) == 32 or return 0;
    my ($magic, undef, $size, undef, @salt) = unpack 'N6', $header;
    my ($end, $sum) = (32, substr $header, 24, 8);

    # the last commit ...

    for (my $at = 32; ; $at += 24 + $size) {
        seek $fh, $at, 0;
        last if read($fh, my $frame, 24) != 24;

        my ($page, $commit, @own) = unpack 'N4', $frame;
        last if "@own" ne "@salt";

        ($end, $sum) = ($at + 24 + $size, substr $frame, 16, 8) if $commit;
    }

    # ... and whether what follows belongs there: it may be a leftover

    seek $fh, $end, 0;
    return 0 if read($fh, my $next, 24 + $size) != 24 + $size;

    return checksum($magic & 1, $sum, substr($next, 0, 8), substr $next, 24)
           eq substr $next, 16, 8;
}

sub checksum {
    my ($big, $before, @parts) = @_;

    my ($a, $b) = unpack 'N2', $before;
    my @x = unpack $big ? 'N*' : 'V*', join '', @parts;

    for (my $i = 0; $i < @x; $i += 2) {
        $a = ($a + $x[$i] + $b) & 0xffffffff;
        $b = ($b + $x[$i + 1] + $a) & 0xffffffff;
    }

    return pack 'N2', $a, $b;
}

###############################################################################

# Clients.  Two of them always claim the same orders, at about the same time.

sub client {
    my ($n) = @_;

    srand $seed + $n;

    open my $log, '>>', log_of($n) or die log_of($n) . ": $!\n";
    $log->autoflush(1);

    my $connection;
    my $order = 0;

    for my $i (1 .. MEMBERS) {
        answered($n, $log, \$connection,
            {op => 'signup', email => "m$i\@example.com"});
    }

    until (-e $t->path('stop')) {
        my $m = 1 + int rand MEMBERS;
        my $dice = rand;

        my $q = $dice < 0.15
            ? {op => 'signup', email => "new$order-" . int($n / 2)
                                        . '@example.com'}
            : $dice < 0.6
            ? {op => 'claim', what => join('-', 1 + ++$order % MEMBERS,
                                           int($n / 2), $order)}
            : {op => 'redeem', email => "m$m\@example.com",
               what => (qw(sticker sticker mug cap))[rand 4]};

        $q->{email} ||= 'm' . $q->{what} =~ s/-.*//r . '@example.com';
        $q->{key} = join '-', $n, $order, int rand 1e9 if rand() < 0.5;

        answered($n, $log, \$connection, $q);
    }

    return 1;
}

# Sends a request until there is an answer that says what became of it.

sub answered {
    my ($n, $log, $connection, $q) = @_;

    my $until = time() + $Loyalty::HTTP::PATIENCE;
    my ($unanswered, $refused) = (0, 0);
    my $r;

    while (1) {
        $r = undef;

        if (eval { $$connection ||= $t->connection }) {
            eval {
                $$connection->send(request($q, keep => 1));
                $r = $$connection->response;
            };

            last if $r && $r->status < 500;
            $r ? $refused++ : $unanswered++;
            $$connection = undef if !$r;
        }

        die "client $n got no answer in time\n" if time() > $until;
        sleep 0.005;
    }

    print $log join("\t", $q->{op}, $q->{email}, $q->{what} || '',
                    $q->{key} || '', $unanswered, $refused, $r->status,
                    $r->body), "\n";
}

sub request {
    my ($q, %o) = @_;

    my %params = (email => $q->{email});
    $params{order} = $q->{what} if $q->{op} eq 'claim';
    $params{reward} = $q->{what} if $q->{op} eq 'redeem';

    return $t->message('POST', "/loyalty/$q->{op}", %o, params => \%params,
        headers => $q->{key} ? ['Idempotency-Key' => $q->{key}] : []);
}

###############################################################################

# The logs of the clients

sub log_of { $t->path("client-$_[0].log") }

sub heard {
    return sum(0, map { -s log_of($_) || 0 } 1 .. CLIENTS);
}

sub answers {
    my ($n) = @_;

    open my $fh, '<', log_of($n) or die log_of($n) . ": $!\n";
    my @answers;

    while (my $line = <$fh>) {
        chomp $line;

        my %a;
        @a{qw(op email what key unanswered refused status body)} =
            split /\t/, $line, 8;
        ($a{result}) = $a{body} =~ /"(?:result|code)":"(\w+)"/;
        ($a{$_}) = $a{body} =~ /"$_":"?(\w+)/
            for qw(member coupon lifetime);

        push @answers, \%a;
    }

    return @answers;
}

# Members who had less than before, as one client saw it.  The answer to a
# request that was sent again may be an old one.

sub decreases {
    my ($n) = @_;

    my (%lifetime, @decreases);

    for my $a (grep { defined $_->{lifetime} && !($_->{key}
                      && $_->{unanswered}) } answers($n))
    {
        my $before = $lifetime{$a->{email}} || 0;

        push @decreases, "client $n: $a->{email} had $before, then "
            . "$a->{lifetime}" if $a->{lifetime} < $before;
        $lifetime{$a->{email}} = $a->{lifetime};
    }

    return @decreases;
}

sub twice {
    my (%count);

    $count{$_}++ for @_;
    return grep { $count{$_} > 1 } sort keys %count;
}

###############################################################################
