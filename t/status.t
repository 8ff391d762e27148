#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_status: what has been done, in the text format of
# Prometheus.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Clock;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

plan(skip_all => Loyalty::Clock->lacking) if Loyalty::Clock->lacking;

my $clock = Loyalty::Clock->new('2031-05-01 12:00:00', timers => 1);

# a thread that is at work while the clock is set seems to take long

my $t = Loyalty::Test->new($clock->options,
    allow => [qr/keeps a thread for more than 60 seconds/]);

# of two workers, who count together

my $conf = <<'END';
worker_processes 2;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database       sqlite:%%TESTDIR%%/db/shop.db;
        currency       USD;
        earn           1 per 1.00;
        signup_bonus   50;
        point_value    5.00 per 100;
        points_expire  10d;
        reward         pin 100 "Pin";
        api_key        chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    loyalty_program other {
        database       sqlite:%%TESTDIR%%/db/other.db;
        currency       USD;
        signup_bonus   7;
        api_key        other value:another-key-of-32-characters-abc;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/status { loyalty_status shop; }
        location = /open/status {
            loyalty_status  shop;
            loyalty_auth    off;
        }
        location = /late/claim {
            loyalty_claim     shop;
            loyalty_postpone  1d;
        }
        location = /other/signup { loyalty_signup other; }
        location = /other/status {
            loyalty_status  other;
            loyalty_auth    off;
        }
        %%STORE%%
    }
}
END

$t->conf($conf)->run;

###############################################################################

sub email { "$_[0]\@example.com" }

my $store = Loyalty::Store->new($t, $t->port(1));

$store->answers(11, [reply(503, '')],
    [json_reply(order_json(11, email => email('ada'), total => '0.50'))]);
$store->answers(12, [reply(503, '')], [reply(404, '')]);
$store->answers(13, [reply(503, '')]);
$store->start;

# What is told, by name and labels.

sub metrics {
    my ($uri) = @_;

    return {$t->get($uri || '/open/status')->body =~ /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/mg};
}

# promtool, if there is one.

sub promtool {
    my ($text) = @_;

    my ($promtool) = grep { -x } "$ENV{LOYALTY_BUILD}/debian/usr/bin/promtool",
                                 '/usr/bin/promtool';

    return 'no promtool' unless $promtool;

    open my $pipe, '|-', "$promtool check metrics >" . $t->path('promtool')
                         . ' 2>&1'
        or die "promtool: $!\n";
    print $pipe $text;
    close $pipe;

    return join '', "exit $?\n", $t->read_file('promtool');
}

my %P = (claim => 'program="shop",location="claim"',
         signup => 'program="shop",location="signup"');

###############################################################################

# who may see it

is_fault($t->get('/loyalty/status', key => undef), 401, 'unauthorized',
    'nobody without a key');

my $r = $t->get('/loyalty/status');

is($r->status, 200, 'Prometheus with a key');
is($r->type, 'text/plain; version=0.0.4', 'in its text format');
is($r->header('Cache-Control'), 'no-store', 'not from a cache');

is($t->request('HEAD', '/open/status')->body, '', 'HEAD: no body');
is_fault($t->post('/loyalty/status'), 405, 'method_not_allowed', 'no POST');

# requests by result

$t->signup(email('ada'));
$t->signup(email('ada'));
$t->signup(email('bob'));
$t->signup('nobody');

$store->has($_, email => email('ada'), total => '60.00') for 1, 2;

$t->claim(1, email('ada'));
$t->claim(1, email('ada'));
$t->claim(2, email('ada'));
$t->claim(3, email('ada'));
$t->redeem('pin', email('ada'));

my $m = metrics();

is($m->{"loyalty_requests_total{$P{signup},result=\"signed_up\"}"}, 2,
   'two sign-ups');
is($m->{"loyalty_requests_total{$P{signup},result=\"already_member\"}"}, 1,
   'one who was a member');
is($m->{"loyalty_requests_total{$P{signup},result=\"bad_email\"}"}, 1,
   'one with a bad e-mail');
is($m->{"loyalty_requests_total{$P{claim},result=\"claimed\"}"}, 2,
   'two claims');
is($m->{"loyalty_requests_total{$P{claim},result=\"already_claimed\"}"}, 1,
   'one repeated');
is($m->{"loyalty_requests_total{$P{claim},result=\"order_not_found\"}"}, 1,
   'one of an unknown order');
is($m->{'loyalty_requests_total{program="shop",location="status",'
        . 'result="unauthorized"}'}, 1, 'and who may not see this');

# points

is($m->{'loyalty_points_credited_total{program="shop",kind="signup"}'}, 100,
   'points for sign-ups');
is($m->{'loyalty_points_credited_total{program="shop",kind="claim"}'}, 120,
   'points for orders');
is($m->{'loyalty_points_debited_total{program="shop",kind="redemption"}'},
   100, 'points spent');

# the store

is($m->{'loyalty_store_duration_seconds_count{program="shop",'
        . 'store="default"}'}, 3, 'the store was asked three times');
is($m->{'loyalty_store_duration_seconds_bucket{program="shop",'
        . 'store="default",le="+Inf"}'}, 3, 'all are in the last bucket');

# the database

cmp_ok($m->{'loyalty_batch_commands_count{program="shop",queue="writes"}'},
       '>=', 6, 'batches that write');
is($m->{'loyalty_batch_commands_sum{program="shop",queue="reads"}'}, 4,
   'commands that read');
is($m->{'loyalty_queue_commands{program="shop",queue="writes"}'}, 0,
   'nothing waits');
is($m->{'loyalty_database_failures_total{program="shop"}'}, 0, 'no failure');

# claims that wait for the store

sub claims {
    my ($order, $result) = @_;

    is($t->post('/late/claim', {email => email('ada'), order => $order})
        ->outcome, $result, "order $order: $result");
}

my %W = map { $_ => 'loyalty_claims_waited_total{program="shop",'
                    . "result=\"$_\"}" } qw(completed given_up);

claims($_, 'claim_pending') for 11 .. 13;
is(metrics()->{$W{completed}}, 0, 'no claim was completed yet');
claims(11, 'claimed');
claims(12, 'order_not_found');
$m = metrics();
is($m->{$W{completed}}, 1, 'one that waited was');
is($m->{$W{given_up}}, 1, 'and one given up');

# programs are told apart

is($m->{'loyalty_points_credited_total{program="other",kind="signup"}'},
   undef, 'nothing of another program');
is(metrics('/other/status')->{
       'loyalty_database_failures_total{program="other"}'}, 0,
   'which has a page of its own');

# what is outstanding, once members have been counted

is($m->{'loyalty_members{program="shop"}'}, undef, 'not counted yet');

my $minute = 0;

$t->wait_until('a count', sub {
    $clock->pass(60) if $minute++ < 30;
    $m = metrics();
    return $m->{'loyalty_members{program="shop"}'};
});

is($m->{'loyalty_members{program="shop"}'}, 2, 'members');
is($m->{'loyalty_points_outstanding{program="shop"}'}, 120,
   'points that they have');
is($m->{'loyalty_points_owed{program="shop"}'}, 0, 'nobody owes any');
is($m->{'loyalty_liability{program="shop",currency="USD"}'}, '6.00',
   'what they are worth');
cmp_ok($m->{'loyalty_count_timestamp_seconds{program="shop"}'}, '<=',
       $clock->now, 'when that was');
is($m->{'loyalty_claims_waiting{program="shop"}'}, 1, 'a claim waits');
like($m->{'loyalty_claims_waiting_oldest_seconds{program="shop"}'},
     qr/^[1-9]\d{1,3}$/, 'for minutes');

# in time

$clock->pass(11 * 86400);
$minute = 0;

$t->wait_until('the next count', sub {
    $clock->pass(60) if $minute++ < 60;
    $m = metrics();
    return $m->{'loyalty_points_outstanding{program="shop"}'} == 0;
});

is($m->{'loyalty_points_debited_total{program="shop",kind="expiry"}'}, 120,
   'points that have expired');
is($m->{'loyalty_liability{program="shop",currency="USD"}'}, '0.00',
   'nothing is owed any more');

$minute = 0;

$t->wait_until('no claim waits', sub {
    $clock->pass(60) if $minute++ < 60;
    $m = metrics();
    return $m->{'loyalty_claims_waiting{program="shop"}'} == 0;
});

is($m->{'loyalty_claims_waiting_oldest_seconds{program="shop"}'}, 0,
   'not even the oldest');
is($m->{$W{given_up}}, 2, 'its time was over');

# as Prometheus wants it

my $verdict = promtool($t->get('/loyalty/status')->body);

SKIP: {
    skip $verdict, 1 if $verdict eq 'no promtool';
    is($verdict, "exit 0\n", 'promtool finds nothing');
}

# a reload keeps what was counted

$t->reload;
is(metrics()->{"loyalty_requests_total{$P{claim},result=\"claimed\"}"}, 3,
   'the same after a reload');

# the value of a point

for (['point_value 0 per 100', 'invalid amount "0"'],
     ['point_value 5.001 per 100', 'invalid amount "5.001"'],
     ['point_value 5.00 for 100', '"for" where "per" belongs'],
     ['point_value 5.00 per 0', 'invalid points "0"'],
     ['point_value 5.00', 'point_value AMOUNT per POINTS'])
{
    my ($line, $why) = @$_;

    (my $bad = $conf) =~ s/point_value +5\.00 per 100;/$line; # HERE/;
    $t->refuses($line, $why, $bad);
}

###############################################################################

$t->done;

###############################################################################
