#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Coupons that were left with the store: workers look for them, whatever has
# ended those who had asked for them.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::CouponStore;
use Loyalty::Database;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(allow => [qr/exited on signal 9/]);

plan(skip_all => Loyalty::Database->lacking) if Loyalty::Database->lacking;

Loyalty::CouponStore->macros($t);

# a second create within a minute waits, which gives time to kill nginx, or
# one within a quarter of a second

my $LATER = 'limit_req zone=later burst=9;';
my $SOON = 'limit_req zone=soon burst=9;';

my $CONF = <<'END';
%%TEST_GLOBALS%%

worker_processes %%WORKERS%%;
%%SHUTDOWN%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    limit_req_zone $uri zone=later:32k rate=1r/m;
    limit_req_zone $uri zone=soon:32k rate=4r/s;

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db timeout=20s;
        coupon_retry  %%RETRY%%;
        %%COUPONS%%
    }

    loyalty_store_timeout %%STORE_TIMEOUT%%;

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
        location = /stub_status     { stub_status; }

        %%COUPON_STORE%%
    }
}
END

$t->macro(WORKERS => 1)->macro(STORE_TIMEOUT => '400ms')
  ->macro(SHUTDOWN => '')->macro(RETRY => '2s');
$t->conf($CONF)->run;

my $store = Loyalty::CouponStore->new($t, $t->port(1))->start;
my $db = $t->database('db/shop.db');
my $members = 0;

sub member {
    my $email = 'm' . ++$members . '@example.com';

    $t->signup($email);
    return $email;
}

sub redemption {
    my ($email) = @_;

    my %r;
    @r{qw(state coupon tries)} = split /\|/, ($db->rows(
        "SELECT r.state, r.coupon, r.tries FROM redemption AS r
         JOIN member AS m ON m.id = r.member WHERE m.email = '$email'
         ORDER BY r.id DESC LIMIT 1"))[0] || '';
    return \%r;
}

sub state_of { redemption($_[0])->{state} || '' }

sub becomes {
    my ($email, $state, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok($t->wait_until($name, sub { state_of($email) eq $state }), $name);
}

sub in_store {
    my ($email) = @_;

    my $code = redemption($email)->{coupon};

    return scalar grep { $_ eq $code } $store->coupons;
}

# How many the workers have, of the kind that errands have for connections.

sub unix_sockets {
    open my $fh, '<', '/proc/net/unix' or die "/proc/net/unix: $!\n";
    my %unix = map { (split)[6] => 1 } <$fh>;

    return scalar grep { /^socket:\[(\d+)\]$/ && $unix{$1} }
           map { readlink || '' } map { glob "/proc/$_/fd/*" } $t->workers;
}

# A redemption of which nobody hears the end.

sub begin {
    my ($email, @headers) = @_;

    my $c = $t->connection;

    $c->send($t->message('POST', '/loyalty/redeem', headers => \@headers,
        params => {email => $email, reward => 'mug'}));
    return $c;
}

sub keyed {
    my ($email) = @_;

    return $t->redeem('mug', $email,
        headers => ['Idempotency-Key' => "key of $email"]);
}

###############################################################################

# the store was down, and comes back

my $ada = member();

$store->does(create => 'fails', lookup => 'fails');

is_result(keyed($ada), 202, 'redemption_pending', {points => 70},
    'a store that fails');

$t->wait_until('an errand', sub { redemption($ada)->{tries} > 0 });
is(state_of($ada), 'held', 'it is asked again, and still fails');
is($store->creates, 1, 'it is not told again to make what may be there');
is_result(keyed($ada), 202, 'redemption_pending', {points => 70},
    'still pending');

$store->does;
becomes($ada, 'issued', 'the store is back: the coupon is issued');

my $r = keyed($ada);

is_result($r, 200, 'redeemed', {spent => 30, points => 70,
    coupon => redemption($ada)->{coupon},
    coupon_url => 'https://shop.example/mug'},
    'the key of the first request now gets the coupon');
is(in_store($ada), 1, 'which is in the store');
is($store->coupon($r->field('coupon'))->{email}, $ada,
    'made with what the request would have told');
is(keyed($ada)->body, $r->body, 'and the same from then on');
is($store->creates, 2, 'it was made by the second time');

# made before the answer was lost, and the look-up as well

my $bob = member();

$store->does(create => 'hangs_after', lookup => 'hangs');
is_result(keyed($bob), 202, 'redemption_pending', 'silence');
$store->does;
becomes($bob, 'issued', 'it is found');
is(in_store($bob), 1, 'there is one');
is(keyed($bob)->field('coupon'), redemption($bob)->{coupon}, 'and shown');

# the store says no in the end

my $cat = member();

$store->does(create => 'hangs', lookup => 'works');
is_result(keyed($cat), 202, 'redemption_pending', {points => 70}, 'silence');
$store->does(create => 'refuses');
becomes($cat, 'refused', 'it is refused');
is_fault(keyed($cat), 409, 'coupon_refused', 'which the key says');
is($t->points($cat), 100, 'the points are back');
is(in_store($cat), 0, 'there is none');

$store->does;
is_result($t->redeem('mug', $cat), 200, 'redeemed', {points => 70},
    'another one is made');

# a coupon that has come to its end before the store knew it

my $dan = member();

$store->does(create => 'hangs', lookup => 'hangs');
is_result(keyed($dan), 202, 'redemption_pending', 'silence');
$db->rows("UPDATE redemption SET expires_at = redeemed_at
           WHERE state = 'held'");

my $creates = $store->creates;

$store->does;
becomes($dan, 'refused', 'nobody can use it any more');
is($t->points($dan), 100, 'the points are back');
is($store->creates, $creates, 'and it is not made');

# too many tries

my $eve = member();

$store->does(create => 'hangs', lookup => 'fails');
is_result(keyed($eve), 202, 'redemption_pending', 'silence');
$db->rows("UPDATE redemption SET tries = 11 WHERE state = 'held'");
becomes($eve, 'refused', 'after the twelfth time it is given up');
is($t->points($eve), 100, 'the points are back');

$store->does;

###############################################################################

# kill -9 between any two steps

sub strike {
    my ($worker) = $t->workers;

    kill KILL => $worker;
    $t->wait_until('another worker', sub {
        my ($new) = $t->workers;
        return $new && $new != $worker;
    });
}

# the redemption is written, the store has not been asked

$t->macro(BEFORE_COUPON => $LATER)
  ->macro(STORE_TIMEOUT => '900ms');
$t->conf($CONF)->reload;

is_result($t->redeem('mug', member()), 200, 'redeemed', 'the first in time');

my $fay = member();

$creates = $store->creates;

my $c = begin($fay, 'Idempotency-Key' => "key of $fay");

$t->wait_until('it is held', sub { state_of($fay) eq 'held' });
strike();
is($store->creates, $creates, 'killed before the store was asked');
is(state_of($fay), 'held', 'it is held');
is_result(keyed($fay), 202, 'redemption_pending', {points => 70},
    'the key says so');

$t->macro(BEFORE_COUPON => '')->macro(STORE_TIMEOUT => '400ms');
$t->conf($CONF)->reload;

becomes($fay, 'issued', 'it is made');
is(in_store($fay), 1, 'once');
is($t->points($fay), 70, 'for its points');
is_result(keyed($fay), 200, 'redeemed',
    {coupon => redemption($fay)->{coupon}}, 'the key gets it');

# the store has not made it, or has made it, and has not answered

for my $mode (qw(waits waits_after)) {
    my $gus = member();

    $store->does(create => $mode);
    $creates = $store->creates;
    $c = begin($gus, 'Idempotency-Key' => "key of $gus");
    $t->wait_until('the store is asked', sub { $store->creates > $creates });
    strike();
    is(state_of($gus), 'held', "$mode, killed: it is held");
    $store->does;

    becomes($gus, 'issued', 'it is settled');
    is(in_store($gus), 1, 'there is one');
    is($t->points($gus), 70, 'for its points');
    is_result(keyed($gus), 200, 'redeemed',
        {coupon => redemption($gus)->{coupon}}, 'the key gets it');
    is($store->creates - $creates, $mode eq 'waits' ? 2 : 1,
        'it was told to make it as often as needed');
}

# the store has answered, which is not written yet

my $hal = member();

$store->does(create => 'waits_after');
$creates = $store->creates;
$c = begin($hal, 'Idempotency-Key' => "key of $hal");
$t->wait_until('the store is asked', sub { $store->creates > $creates });

my $lock = $db->lock;

$store->open_gate;
$t->wait_until('the answer', sub {
    return $t->read_file('error.log')
           =~ /loyalty coupon verdict:0(?!.*loyalty answer)/s;
});
strike();
$lock->release;

is(state_of($hal), 'held', 'killed with the answer in its hands');
$store->does;
becomes($hal, 'issued', 'it is settled');
is(in_store($hal), 1, 'there is one');
is($t->points($hal), 70, 'for its points');

# who was kept waiting until an errand may come does not ask as well

my $mia = member();

$store->does;
$creates = $store->creates;
$lock = $db->lock;
$c = begin($mia);

my $over = time() + 3;

$t->wait_until('the lease is over', sub { time() >= $over });
$lock->release;

is_result($c->response, 202, 'redemption_pending', {points => 70},
    'a database that was slow for too long');
becomes($mia, 'issued', 'it is settled');
is($store->creates - $creates, 1, 'by one alone');

# the errand itself is killed, in the same places

for my $mode (qw(waits waits_after)) {
    my $ida = member();

    $store->does(create => 'hangs');
    $t->redeem('mug', $ida);
    $store->does(create => $mode);
    $creates = $store->creates;
    $t->wait_until('an errand', sub { $store->creates > $creates });
    strike();
    is(state_of($ida), 'held', "an errand, $mode, killed: it is held");
    $store->does;

    becomes($ida, 'issued', 'the next one settles it');
    is(in_store($ida), 1, 'there is one');
}

###############################################################################

# reload and shutdown while an errand is on its way

my $log = sub {
    return scalar(() = $t->read_file('error.log') =~ /$_[0]/g);
};

for my $how (qw(reload QUIT)) {
    my $jim = member();

    $store->does(create => 'hangs');
    $t->redeem('mug', $jim);

    $store->does(create => 'waits_after');
    $creates = $store->creates;
    $t->wait_until('an errand', sub { $store->creates > $creates });

    my @old = $t->workers;

    $how eq 'QUIT' ? kill(QUIT => $t->master) : $t->reload;
    $t->wait_until('the worker is told', sub {
        return $t->read_file('error.log')
               =~ / $old[0]#\d+: gracefully shutting down/;
    });

    $store->open_gate;
    $t->wait_until('it leaves', sub { !grep { $t->alive($_) } @old });

    is($log->(qr/$old[0]#\d+: \*\d+ open socket/), 0,
        "$how: the worker has closed all it had");

    $t->stop, $t->run if $how eq 'QUIT';

    $store->does;
    becomes($jim, 'issued', 'the coupon is issued');
    is(in_store($jim), 1, 'there is one');
}

# a worker that may not take its time

$t->macro(STORE_TIMEOUT => '3s')->macro(RETRY => '7s')
  ->macro(SHUTDOWN => 'worker_shutdown_timeout 100ms;');
$t->conf($CONF)->reload;

my $kim = member();

$store->does(create => 'fails', lookup => 'fails');
$t->redeem('mug', $kim);
$store->does(lookup => 'hangs');

my $lookups = $store->lookups;

$t->wait_until('an errand', sub { $store->lookups > $lookups });

my @old = $t->workers;

$t->macro(STORE_TIMEOUT => '400ms')->macro(SHUTDOWN => '')
  ->macro(RETRY => '2s');
$t->conf($CONF)->reload;
$t->wait_until('the worker leaves', sub { !grep { $t->alive($_) } @old });
unlike($t->read_file('error.log'),
    qr/ $old[0]#\d+: gracefully shutting down.* $old[0]#[^\n]* was left,/s,
    'a worker that may not take its time does not wait for the store');
is(state_of($kim), 'held', 'an errand that had no time: it is held');

$store->does;
becomes($kim, 'issued', 'the next one settles it');

# a location that makes errands wait

$t->macro(BEFORE_COUPON => $SOON);
$t->conf($CONF)->reload;

my @slow = map { member() } 1 .. 3;

$store->does(create => 'fails', lookup => 'fails');
$t->redeem('mug', $_) for @slow;
$store->does;

becomes($_, 'issued', 'an errand that was delayed') for @slow;

is_deeply([map { redemption($_)->{tries} } @slow], [1, 1, 1],
    'goes on when it may');
like($t->read_file('error.log'),
    qr/delaying request.* for a coupon that was left, server: /,
    'which the log says');

# and longer than it may

my $lou = member();

$t->macro(BEFORE_COUPON => $LATER);
$t->conf($CONF)->reload;

$store->does(create => 'fails', lookup => 'fails');
$t->redeem('mug', $lou);
$store->does;
$creates = $store->creates;
$t->wait_until('an errand', sub { redemption($lou)->{tries} > 0 });
$t->wait_until('it is over', sub {
    return $t->read_file('error.log')
           =~ /was left, and is now: redemption_pending(?!.*shutting down)/s;
});
is(state_of($lou), 'held', 'an errand that was delayed for too long');
is($store->creates, $creates, 'the store was not asked');

$t->macro(BEFORE_COUPON => '');
$t->conf($CONF)->reload;
becomes($lou, 'issued', 'until it may');
is(in_store($lou), 1, 'there is one');

###############################################################################

# several workers, and many coupons that were left

$t->macro(WORKERS => 3);
$t->stop;
$t->conf($CONF)->run;

my @many = map { member() } 1 .. 12;

$store->does(create => 'fails', lookup => 'fails');
$creates = $store->creates;

my @pending = $t->all(map {
    $t->message('POST', '/loyalty/redeem',
        params => {email => $_, reward => 'mug'})
} @many);

is_deeply([map { $_->status } @pending], [(202) x @many], 'all are held');

my $sockets = unix_sockets();

$store->does;
$t->wait_until('all are issued', sub {
    return @many == grep { state_of($_) eq 'issued' } @many;
});

is_deeply([map { in_store($_) } @many], [(1) x @many],
    'several workers: each is in the store once');
is_deeply([map { $t->points($_) } @many], [(70) x @many],
    'and has cost its points');
is($store->creates - $creates, 2 * @many, 'each was made by one errand');

# The database may be asked over such sockets, too.

SKIP: {
    skip('counted without a server', 1)
        if Loyalty::Database::engine() ne 'sqlite';

    ok($t->wait_until('sockets are closed', sub {
        return unix_sockets() <= $sockets;
    }), 'errands leave no socket open');
}

# what the connections of errands leave in the statistics

my $status;

$t->wait_until('no errand is on its way', sub {
    $status = $t->get('/stub_status')->body;
    return $status =~ /Reading: 0 Writing: 1 /;
});

like($status, qr/^Active connections: [1-9] $/m, 'the statistics are sane');
like($status, qr/Waiting: [0-9] $/m, 'all of them');

is($db->value("SELECT count(*) FROM redemption WHERE state = 'held'"), 0,
    'nothing is left');
ok($db->sound, 'the database is sound');

###############################################################################

$t->done;

###############################################################################
