#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Claims that the store does not answer: they are kept, and completed when it
# does, whatever has ended those who had asked.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Clock;
use Loyalty::Database;
use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $lacking = Loyalty::Clock->lacking || Loyalty::Database->lacking;
plan(skip_all => $lacking) if $lacking;

my $clock = Loyalty::Clock->new('2031-05-01 12:00:00', timers => 1);

# a thread that is at work while the clock is set seems to take long

my $t = Loyalty::Test->new($clock->options, level => 'info',
    allow => [qr/keeps a thread for more than/, qr/exited on signal 9/]);

my $CONF = <<'END';
%%TEST_GLOBALS%%

worker_processes %%WORKERS%%;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_store_timeout 1s;
    %%POSTPONE%%

    %%SHOP%%

    loyalty_program club {
        database      sqlite:%%TESTDIR%%/db/club.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:key-of-the-club-program;
        link_secret   value:%%LINK_SECRET%%;
        session       30d;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%

        location = /at_once { loyalty_claim shop; loyalty_postpone off; }
        location = /chat { loyalty_claim shop; loyalty_format manychat; }
        location = /open { loyalty_claim shop; loyalty_auth off; }

        location = /club/signup  { loyalty_signup  club; }
        location = /club/claim   { loyalty_claim   club; loyalty_auth link off; }
        location = /club/balance { loyalty_balance club; loyalty_auth link; }
        location = /stub_status { stub_status; }
    }
}
END

$t->secret(LINK_SECRET);
$t->macro(WORKERS => 1)->macro(POSTPONE => 'loyalty_postpone 3d;')
  ->macro(LINK_SECRET => LINK_SECRET);

###############################################################################

# what nginx -t says

sub postpones {
    my ($time) = @_;

    (my $conf = $CONF) =~ s/%%POSTPONE%%/loyalty_postpone $time; # HERE/;
    return $conf;
}

$t->refuses("loyalty_postpone $_", 'from one minute on', postpones($_))
    for qw(x 0 59s 500ms);
$t->refuses('loyalty_postpone twice', 'is duplicate',
    postpones('3d; loyalty_postpone off'));
$t->accepts("loyalty_postpone $_", postpones($_)) for qw(off 1m 30d);

###############################################################################

my $store = Loyalty::Store->new($t, $t->port(1));
my $gate = $t->path('gate');

sub order {
    my ($email) = @_;

    return json_reply(order_json($_, email => "$email\@example.com",
                                 total => '60.00'));
}

$store->answers($_, [hang()], [order('ada')]) for 1001;
$store->answers(1002, [hang()]);
$store->answers($_, [hang()], [await_file($gate), order('bob')]) for 1003;
$store->answers($_, [hang()], [order('bob')]) for 1009;
$store->answers($_, [await_file($gate), order('kim')], [order('kim')])
    for 1010;
$store->order($_, email => 'cat@example.com', total => '60.00')
    for 1004, 1005;
$store->order(1011, email => 'lee@example.com', total => '60.00');

my @many = map { 2000 + $_ } 1 .. 20;

$store->order($_, email => "m$_\@example.com", total => '60.00') for @many;

$t->conf($CONF)->run;
$store->start;

my $db = $t->database('db/shop.db');

sub email { "$_[0]\@example.com" }

sub member { $t->signup(email($_)) for @_ }

sub wake { $t->get('/stub_status', key => undef) }

sub keyed {
    my ($who, $order) = @_;

    return $t->claim($order, email($who),
        headers => ['Idempotency-Key' => "$who $order"]);
}

sub stands {
    my ($who, $points, $waiting, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_result($t->balance(email($who)), 200, 'balance',
        {points => $points, waiting => $waiting}, $name);
}

# A claim of which the store is silent until nginx gives it up.

sub in_silence {
    my ($order, $message) = @_;

    my $calls = $store->calls($order);
    my $c = $t->connection;

    $c->send($message);
    $t->wait_until('the store is asked', sub {
        return $store->calls($order) > $calls;
    });

    $clock->pass(2);
    wake();
    return $c;
}

sub unanswered {
    my ($who, $order, $uri, @headers) = @_;

    return in_silence($order, $t->message('POST', $uri || '/loyalty/claim',
        headers => \@headers,
        params => {order => $order, email => email($who)}))->response;
}

# Time goes on minute by minute, with time for what is under way to end.

sub comes {
    my ($name, $so, $step) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $looks = 0;

    ok($t->wait_until($name, sub {
        return 1 if $so->();
        $clock->pass($step || 61) if $looks++ % 10 == 0;
        wake();
        return 0;
    }), $name);
}

sub waiting {
    return $db->value('SELECT count(*) FROM postponed');
}

sub tries {
    my ($order) = @_;

    return $db->value("SELECT coalesce(max(tries), -1) FROM postponed
                       WHERE number = '$order'");
}

sub logged {
    my ($words) = @_;

    return $t->wait_until($words, sub {
        return $t->read_file('error.log') =~ /$words/;
    });
}

###############################################################################

# a slow store

member('ada', 'bob');

is_result(unanswered('ada', 1001, undef, 'Idempotency-Key' => 'ada 1001'),
    202, 'claim_pending',
    {order => '1001', points => 50, earned => 0, waiting => 1},
    'a store that is silent: the claim is kept');
stands('ada', 50, 1, 'and shown');

my $r = keyed('ada', 1001);

is_result($r, 202, 'claim_pending', 'the key gets the same answer');
is($store->calls(1001), 1, 'and the store is not asked');

is_fault(unanswered('ada', 1002, '/at_once'), 504, 'store_timeout',
    'where nothing is postponed');
stands('ada', 50, 1, 'nothing is kept');

comes('the claim is completed', sub { !waiting() });
stands('ada', 110, 0, 'the points are there');
is($store->calls(1001), 2, 'the store was asked once more');
ok(logged('order "1001" of program "shop" was completed: claimed'),
    'the log says so');

$r = keyed('ada', 1001);

is_result($r, 200, 'claimed', {earned => 60, points => 110, waiting => 0},
    'the key gets what it came to');
is_result($t->claim(1001, email('ada')), 200, 'already_claimed',
    'once and for all');

# in the background the store has more time

is_result(unanswered('bob', 1003), 202, 'claim_pending', 'a slow store');
comes('it is asked', sub { $store->calls(1003) == 2 });
$clock->pass(5);
wake();
$t->write_file('gate', '');
comes('it may take its time', sub { !waiting() }, 0.001);
stands('bob', 110, 0, 'the points are there');
is($store->calls(1003), 2, 'once is enough');
unlink $gate;

# a client that goes away

my $c = in_silence(1009, $t->message('POST', '/loyalty/claim',
    params => {order => 1009, email => email('bob')}));
$c->close;
comes('who has gone has it kept', sub { waiting() || $store->calls(1009) > 1 },
    2);
comes('and completed', sub { !waiting() && $t->points(email('bob')) == 170 });

###############################################################################

# a store that is down

member('cat');
$store->stop;

is_result($t->claim(1004, email('cat')), 202, 'claim_pending', {waiting => 1},
    'a store that is down');
is_result(keyed('cat', 1005), 202, 'claim_pending', {waiting => 2},
    'and another order');

comes('it is asked again', sub { tries(1004) > 0 && tries(1005) > 0 });
stands('cat', 50, 2, 'in vain');
is_result($t->claim(1004, email('cat')), 202, 'claim_pending',
    {waiting => 2}, 'asking by hand as well');

$store->start;

is_result($t->claim(1004, email('cat')), 200, 'claimed',
    {earned => 60, waiting => 1}, 'the store is back: at once by hand');
comes('the other one by itself', sub { !waiting() });
stands('cat', 170, 0, 'the points are there');
is_result(keyed('cat', 1005), 200, 'claimed', {points => 170},
    'as the key says');

###############################################################################

# what the store says in the end

member('dan', 'eve');
$store->stop;

is_result(keyed('dan', $_), 202, 'claim_pending', "order $_")
    for 1001, 1006, 1007;
is_result(keyed('eve', 1008), 202, 'claim_pending', 'order 1008');

$store->has(1007, email => email('dan'), total => '60.00',
            status => 'pending');
$store->has(1008, email => email('eve'), total => '60.00',
            currency => 'EUR');
$store->start;

comes('three of four come to an end', sub { waiting() == 1 });

stands('dan', 50, 1, 'there are no points');
stands('eve', 50, 0, 'nor here');

is_fault(keyed('dan', $_), 404, 'order_not_found', "order $_")
    for 1001, 1006;
is_fault(keyed('eve', 1008), 422, 'wrong_currency', 'order 1008');

ok(logged("\\[notice\\] .*order \"1006\" of program \"shop\" was given up: "
          . 'order_not_found'), 'one line of the log');

my $tries = tries(1007);

comes('an order may yet be paid', sub { tries(1007) > $tries });
stands('dan', 50, 1, 'until then it waits');
is_result(keyed('dan', 1007), 202, 'claim_pending', 'as the key says');
is_fault($t->claim(1007, email('dan')), 409, 'order_not_paid',
    'and why, by hand');
stands('dan', 50, 1, 'which does not end it');

$store->has(1007, email => email('dan'), total => '60.00');
comes('now it is paid', sub { !waiting() });
stands('dan', 110, 0, 'the points are there');

# nobody hears of it in time

$store->stop;

is_result(keyed('dan', 1012), 202, 'claim_pending', 'order 1012');
comes('its time is over', sub { !waiting() }, 43200);
stands('dan', 110, 0, 'it waits no more');
ok(logged('order "1012" of program "shop" was given up: store_unavailable'),
    'the log says so');
is_result(keyed('dan', 1012), 202, 'claim_pending', 'the key begins anew');

$store->start;
comes('which ends', sub { !waiting() });
is_fault(keyed('dan', 1012), 404, 'order_not_found', 'in what is so now');

###############################################################################

# kill -9

sub strike {
    my ($worker) = $t->workers;

    kill KILL => $worker;
    $t->wait_until('another worker', sub {
        my ($new) = $t->workers;
        return $new && $new != $worker;
    });
}

member('kim', 'lee');
$store->stop;

is_result($t->claim(1011, email('lee')), 202, 'claim_pending', 'it is kept');
strike();
stands('lee', 50, 1, 'killed: it still is');
$store->start;
comes('and completed', sub { !waiting() });
stands('lee', 110, 0, 'the points are there');

$store->stop;
is_result($t->claim(1010, email('kim')), 202, 'claim_pending', 'it is kept');
$store->start;

my $calls = $store->calls(1010);

comes('the store is asked', sub { $store->calls(1010) > $calls });
strike();
stands('kim', 50, 1, 'killed while it was asked');
comes('it is asked again', sub { !waiting() });
stands('kim', 110, 0, 'the points are there');
is($store->calls(1010), $calls + 2, 'twice was enough');

###############################################################################

# strangers, who know no more than an e-mail

sub by_anybody {
    my ($uri, $who, $order) = @_;

    return $t->post($uri, {order => $order, email => email($who)},
        key => undef);
}

$store->stop;
member('may');

is_result(by_anybody('/open', 'may', "X$_"), 202, 'claim_pending',
    "a stranger has claim $_ of somebody kept") for 1 .. 3;
is_fault(by_anybody('/open', 'may', 'X4'), 503, 'store_unavailable',
    'and no more');
is_result(by_anybody('/open', 'may', 'X3'), 202, 'claim_pending',
    'of what is kept he hears so');

is_result($t->claim($_, email('may')), 202, 'claim_pending',
    "who has the key has order $_ kept") for 1021 .. 1027;
is_fault($t->claim(1028, email('may')), 503, 'store_unavailable',
    'up to ten');
stands('may', 50, 10, 'which are shown');

$t->post('/club/signup', {email => email('may')}, key => 'key-of-the-club-program');

by_anybody('/club/claim', 'may', "X$_") for 1 .. 3;
is_fault(by_anybody('/club/claim', 'may', 1021), 503, 'store_unavailable',
    'also where links are taken');

my %link = link_params('claim', email => email('may'), order => 1021,
                       program => 'club', expires => 2_000_000_000);

$t->secret($link{sig});

my $linked = $t->post('/club/claim', \%link, key => undef);

is_result($linked, 202, 'claim_pending', 'but who has a link');

my ($cookie) = $linked->header('Set-Cookie') =~ /^([^;]+)/;

$t->secret($1) if $cookie =~ /\.([^.]+)$/;

is_result($t->post('/club/claim', {order => 1022}, key => undef,
    headers => [Cookie => $cookie]), 202, 'claim_pending', {waiting => 5},
    'or a session');

$store->start;
comes('the store knows none of them', sub { !waiting() });
stands('may', 50, 0, 'the places are free again');

###############################################################################

# rules that have changed meanwhile

$store->stop;
member('max');

is_result($t->claim(1013, email('max')), 202, 'claim_pending', 'it is kept');

$t->macro(POSTPONE => '');
$t->conf($CONF)->reload;

is_fault($t->claim(1014, email('max')), 503, 'store_unavailable',
    'nothing more is kept');
stands('max', 50, 1, 'what was kept is');

$r = $t->post('/chat', {order => 1015, email => email('max')});

is($r->status, 200, 'but what comes from a chat');
like($r->body, qr/"claim_pending"/, 'is kept unless told otherwise');
stands('max', 50, 2, 'in three days it would end');

$store->has(1013, email => email('max'), total => '60.00');
$store->start;
comes('and completed', sub { !waiting() });
stands('max', 110, 0, 'the points are there');

###############################################################################

# several workers, and many claims

$t->macro(WORKERS => 3)->macro(POSTPONE => 'loyalty_postpone 3d;');
$t->stop;
$store->stop;
$t->conf($CONF)->run;

member(map { "m$_" } @many);

my @kept = $t->all(map {
    $t->message('POST', '/loyalty/claim',
        params => {order => $_, email => email("m$_")})
} @many);

is_deeply([map { $_->status } @kept], [(202) x @many], 'all are kept');

$calls = $store->calls;
$store->start;

comes('all are completed', sub { !waiting() });

is_deeply([map { $t->points(email("m$_")) } @many], [(110) x @many],
    'several workers: each is credited once');
is($store->calls - $calls, scalar @many, 'and asked for once');

is($db->value('SELECT count(*) FROM member WHERE waiting <> 0'), 0,
    'nothing is left');
ok($db->sound, 'the database is sound');

$t->done;

###############################################################################
