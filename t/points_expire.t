#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for points_expire: by the age of each lot, or by that of what a member
# has done last.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Clock;
use Loyalty::Database;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $lacking = Loyalty::Clock->lacking || Loyalty::Database->lacking;
plan(skip_all => $lacking) if $lacking;

my $clock = Loyalty::Clock->new('2031-05-01 12:00:00', timers => 1);

# a thread that is at work while the clock is set seems to take long

my $t = Loyalty::Test->new($clock->options,
    allow => [qr/keeps a thread for more than 60 seconds/]);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program aged {
        database       sqlite:%%TESTDIR%%/db/aged.db;
        currency       USD;
        signup_bonus   10;
        points_expire  30d;
        action         walk 20;
        reward         pin 15 "Pin";
        coupon_expires off;
        api_key        chatbot value:%%KEY%%;
    }

    loyalty_program idle {
        database       sqlite:%%TESTDIR%%/db/idle.db;
        currency       USD;
        signup_bonus   10;
        points_expire  30d after=activity;
        action         walk 20;
        reward         pin 15 "Pin";
        api_key        chatbot value:%%KEY%%;
    }

    loyalty_program brief {
        database       sqlite:%%TESTDIR%%/db/brief.db;
        currency       USD;
        signup_bonus   10;
        pending        1d;
        earn           1 per 1.00;
        points_expire  2d;
        api_key        chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        location = /aged/signup   { loyalty_signup  aged; }
        location = /aged/balance  { loyalty_balance aged; }
        location = /aged/action   { loyalty_action  aged; }
        location = /aged/redeem   { loyalty_redeem  aged; }
        location = /aged/cancel   { loyalty_cancel  aged; }
        location = /aged/history  { loyalty_history aged; }

        location = /idle/signup   { loyalty_signup  idle; }
        location = /idle/balance  { loyalty_balance idle; }
        location = /idle/action   { loyalty_action  idle; }
        location = /idle/redeem   { loyalty_redeem  idle; }
        location = /idle/history  { loyalty_history idle; }

        location = /brief/signup  { loyalty_signup  brief; }
        location = /brief/claim   { loyalty_claim   brief; }
        location = /brief/balance { loyalty_balance brief; }
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $ref = 0;

sub signup {
    my ($program, $email) = @_;

    return $t->post("/$program/signup", {email => $email || $ada});
}

sub walks {
    my ($program, $email) = @_;

    return $t->post("/$program/action",
        {email => $email || $ada, action => 'walk', ref => ++$ref});
}

sub redeem {
    my ($program) = @_;

    return $t->post("/$program/redeem", {email => $ada, reward => 'pin'});
}

sub points {
    my ($program, $email) = @_;

    return $t->post("/$program/balance", {email => $email || $ada})
             ->field('points');
}

sub entries {
    my ($program) = @_;

    return map { "$_->{kind}:$_->{points}" }
           @{$t->post("/$program/history", {email => $ada})
               ->field('entries')};
}

# time goes on from an hour, minute by minute, until the database of a program
# says so

sub in_the_background {
    my ($from, $program, $sql) = @_;

    my $db = $t->database("db/$program.db");
    my $minute = 0;

    return $t->wait_until($sql, sub {
        $clock->set(sprintf '%s:%02d:00', $from, $minute++) if $minute < 60;
        $t->connection->close;
        return $db->value($sql);
    });
}

###############################################################################

# each lot by its own age

signup('aged');
$clock->set('2031-05-11 12:00:00');
walks('aged');
is(points('aged'), 30, 'two lots');

is($t->post('/aged/history', {email => $ada})->field('entries')->[0]
     {expires_at}, '2031-06-10T12:00:00Z', 'the history tells when one ends');

$clock->set('2031-05-31 11:59:59');
is(points('aged'), 30, '30 days less a second');
$clock->set('2031-05-31 12:00:00');
is(points('aged'), 20, 'the older one has expired');
is_result($t->post('/aged/balance', {email => $ada}), 200, 'balance',
    {points => 20, lifetime => 30, pending => 0}, 'what was earned, was');

# with an entry, as soon as the member does something

is(scalar grep({ /expiry/ } entries('aged')), 0, 'no entry yet');
walks('aged');
is(join(' ', (entries('aged'))[0, 1]), 'action:20 expiry:-10',
    'then there is one');
is(points('aged'), 40, 'and the points are as they were, and 20 more');

# the oldest are spent first, and are not there to expire

is(redeem('aged')->field('points'), 25, '15 of the older 20');
$clock->set('2031-06-10 12:00:00');
is(points('aged'), 20, 'its other 5 expire');

# what is given back goes to where it was taken from

my $coupon = redeem('aged')->field('coupon');

is(points('aged'), 5, 'spent');
$clock->set('2031-06-29 12:00:00');
walks('aged');
$t->post('/aged/cancel', {email => $ada, coupon => $coupon});
is(points('aged'), 40, 'given back in time');
$clock->set('2031-06-30 12:00:00');
is(points('aged'), 20, 'and expires when it would have');

$coupon = redeem('aged')->field('coupon');
$clock->set('2031-07-30 12:00:00');
is(points('aged'), 0, 'all is over');
is_result($t->post('/aged/cancel', {email => $ada, coupon => $coupon}), 200,
    'cancelled', {points => 0}, 'also what is given back after that');

# by what a member has done last

$clock->set('2031-08-01 12:00:00');
signup('idle');
$clock->set('2031-08-30 12:00:00');
walks('idle');
$clock->set('2031-09-29 11:59:59');
is(points('idle'), 30, 'earning keeps all of them');
redeem('idle');
$clock->set('2031-10-29 11:59:58');
is(points('idle'), 15, 'spending, too');
is(points('idle'), 15, 'but not to look at them');
$clock->set('2031-10-29 11:59:59');
is(points('idle'), 0, 'without either, all expire');
walks('idle');
is(points('idle'), 20, 'what comes after it, stays');
is((entries('idle'))[1], 'expiry:-15', 'with an entry');

# pending ones have as long, from when they were earned

$clock->set('2031-11-01 00:00:00');
signup('brief');
$store->has(1, email => $ada, total => '30.00');
$t->post('/brief/claim', {email => $ada, order => 1});

$clock->set('2031-11-02 00:00:00');

my $while_usable = points('brief');

is($while_usable, 40, 'both can be spent on the second day');
$clock->set('2031-11-05 00:00:00');
is(points('brief'), 0, 'and both are over in time');

# in the background, for those who do nothing

signup('brief', $bob);
in_the_background('2031-11-10 10', 'brief',
    'SELECT CASE WHEN count(*) = 2 THEN 1 ELSE 0 END
     FROM member WHERE points = 0');
pass('members whose points have expired: the database gets to know');
is(join(' ', $t->database('db/brief.db')->rows("SELECT sum(points), count(*)
    FROM ledger WHERE kind = 'expiry'")), '-50|2', 'by an entry of each');
is(points('brief', $bob), 0, 'and answers say the same');

###############################################################################

$t->done;

###############################################################################
