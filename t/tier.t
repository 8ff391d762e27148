#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for tier and tier_window: up at once, down at the end of a window.

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

my $clock = Loyalty::Clock->new('2031-05-01 12:00:00');
my $t = Loyalty::Test->new($clock->options);

my %window = (ever => '', year => 'tier_window year grace=31d;',
              month => 'tier_window 30d;');

$t->conf($t->programs([qw(signup claim balance redeem action)],
    <<'END', %window))->run;
        currency      USD;
        earn          1 per 1.00;
        tier          silver 100 "Silver" multiplier=1.5 "perks=Free tea";
        tier          gold 300 "Gold" multiplier=2;
        RULES
        reward        pin 10 "Pin";
        reward        cup 10 "Cup" tier=silver;
        reward        vase 10 "Vase" tier=gold;
        action        review 100;
        %%LOOKUP%%
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $number = 0;

sub buys {
    my ($program, $total, $email) = @_;

    $email ||= $ada;
    $store->has(++$number, email => $email, total => $total);

    return $t->post("/$program/claim", {email => $email, order => $number});
}

sub balance {
    my ($program) = @_;

    return $t->post("/$program/balance", {email => $ada});
}

sub redeem {
    my ($program, $reward) = @_;

    return $t->post("/$program/redeem", {email => $ada, reward => $reward});
}

$t->post("/$_/signup", {email => $ada}) for sort keys %window;

###############################################################################

# up, with what is earned ever

is_result(balance('ever'), 200, 'balance', {tier => '', tier_name => '',
    tier_perks => '', next_tier => 'silver', next_tier_name => 'Silver',
    next_tier_missing => 100}, 'below all tiers');
like(balance('ever')->field('message'), qr/ 100 points more make you Silver\.$/,
    'as the member reads');

is_result(buys('ever', '99.99'), 200, 'claimed', {earned => 99, tier => '',
    next_tier_missing => 1}, 'a point short');
is_fault(redeem('ever', 'cup'), 409, 'reward_not_offered',
    'what is for a tier is not for all');

is_result(buys('ever', '1.00'), 200, 'claimed', {earned => 1,
    tier => 'silver', tier_name => 'Silver', tier_perks => 'Free tea',
    next_tier => 'gold', next_tier_missing => 200},
    'the order that reaches it: at once, but not by its multiplier');
is_result(buys('ever', '11.00'), 200, 'claimed', {earned => 16},
    'the next one by it, rounded down');

is_result(redeem('ever', 'cup'), 200, 'redeemed', {tier => 'silver'},
    'what is for the tier');
is_fault(redeem('ever', 'vase'), 409, 'reward_not_offered',
    'what is for a higher one is not');
is_deeply([map { "$_->{id}:$_->{affordable}:$_->{tier}" }
    @{balance('ever')->field('rewards')}],
    ['pin:1:', 'cup:1:silver', 'vase:0:gold'],
    'the list tells which tier they take');
is(balance('ever')->field('next_tier_missing'), 184,
    'spending does not count');

is_result(buys('ever', '200.00'), 200, 'claimed', {earned => 300,
    tier => 'gold', next_tier => '', next_tier_name => '',
    next_tier_missing => 0, tier_perks => ''}, 'the highest');
is_result(redeem('ever', 'vase'), 200, 'redeemed', 'has all of it');
is_result(redeem('ever', 'cup'), 200, 'redeemed', 'and of those below');
is_result(buys('ever', '10.00'), 200, 'claimed', {earned => 20},
    'and its own multiplier, not both');

$clock->set('2045-05-01 12:00:00');
is(balance('ever')->field('tier'), 'gold', 'for ever');

# two tiers at once, and by what is no order

$t->post('/ever/signup', {email => 'bob@example.com'});
is_result(buys('ever', '300.00', 'bob@example.com'), 200, 'claimed',
    {earned => 300, tier => 'gold'}, 'from none to the highest');

$t->post('/ever/signup', {email => 'cyd@example.com'});
is_result($t->post('/ever/action', {email => 'cyd@example.com',
    action => 'review', ref => 1}), 200, 'rewarded', {tier => 'silver'},
    'points of an action count, too');

# in calendar years

$clock->set('2031-05-01 12:00:00');
is_result(buys('year', '300.00'), 200, 'claimed', {tier => 'gold'},
    'gold in 2031');

$clock->set('2032-01-01 00:00:00');
is_result(balance('year'), 200, 'balance', {tier => 'gold', next_tier => '',
    points => 300}, 'and in 2032');
is_result(buys('year', '50.00'), 200, 'claimed', {earned => 100},
    'when 100 points are enough for silver');

$clock->set('2033-01-31 23:59:59');
is(balance('year')->field('tier'), 'gold', 'also in January 2033, by grace');
$clock->set('2033-02-01 00:00:00');
is_result(balance('year'), 200, 'balance', {tier => 'silver',
    next_tier => 'gold', points => 400}, 'then it is silver');
$clock->set('2034-02-01 00:00:00');
is_result(balance('year'), 200, 'balance', {tier => '', points => 400},
    'and a year after that, nothing');
is_fault(redeem('year', 'cup'), 409, 'reward_not_offered',
    'nor are its rewards');
is_result(buys('year', '10.00'), 200, 'claimed', {earned => 10},
    'nor its multiplier');

# in windows of one's own

$clock->set('2031-05-20 12:00:00');
is_result(buys('month', '100.00'), 200, 'claimed', {tier => 'silver'},
    'silver, 19 days after joining');
$clock->set('2031-06-29 23:59:59');
is(balance('month')->field('tier'), 'silver',
    'up to the end of the next 30 days');
$clock->set('2031-06-30 12:00:00');
is(balance('month')->field('tier'), '', 'and not after that');

###############################################################################

$t->done;

###############################################################################
