#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_report: how a program does, for its owner.

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
    allow => [qr/keeps a thread for more than 60 seconds/])->conf(<<'END')->run;
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
        tier           silver 100 "Silver";
        point_value    5.00 per 100;
        reward         pin 100 "Pin" stock=2;
        reward         mug 400 "Mug";
        api_key        chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/report {
            loyalty_report shop;
            loyalty_format manychat;
        }
        location = /owner/report {
            loyalty_report        shop;
            loyalty_auth          off;
            auth_basic            "owner";
            auth_basic_user_file  %%TESTDIR%%/owner.htpasswd;
        }
        %%STORE%%
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1))->start;

# "owner" with the password "secret"

$t->write_file('owner.htpasswd', "owner:{PLAIN}secret\n");

###############################################################################

sub email { "$_[0]\@example.com" }

sub report { $t->get('/loyalty/report' . ($_[0] // '')) }

# Once a sweep that has begun at this time or later is through.

sub swept {
    my ($what) = @_;

    my $r;
    my $since = $clock->now;
    my $minute = 0;

    $t->wait_until($what, sub {
        $clock->pass(60) if $minute++ < 60;
        $r = report();
        return Loyalty::Clock::seconds($r->field('until')
                                       || '1970-01-01 00:00') >= $since
               && @{$r->field('customers')};
    });

    return $r;
}

sub day {
    my ($r, $day) = @_;

    return (grep { $_->{day} eq $day } @{$r->field('days')})[0];
}

###############################################################################

# who may see it

is_fault($t->get('/loyalty/report', key => undef), 401, 'unauthorized',
    'nobody without a key');
is($t->get('/owner/report', key => undef)->status, 401,
    'nor without a password, where nginx asks for one');
is($t->get('/owner/report', key => undef, headers => [
       Authorization => 'Basic b3duZXI6c2VjcmV0'])->status, 200,
    'who has it');

my $r = report();

is_result($r, 200, 'report', 'a report, whatever chats are answered in');
is($r->header('Cache-Control'), 'no-store', 'not from a cache');
is($r->field('program'), 'shop', 'of this program');
is($r->field('currency'), 'USD', 'in its currency');
is($t->request('HEAD', '/loyalty/report')->body, '', 'HEAD: no body');

# for so many days

is(scalar @{$r->field('days')}, 90, 'of 90 days');
is($r->field('days')->[-1]{day}, '2031-05-01', 'today is the last');
is(scalar @{report('?days=1')->field('days')}, 1, 'or of one');
is(scalar @{report('?days=730')->field('days')}, 730, 'or of 730');
is_fault(report("?days=$_"), 400, 'bad_request', "days=$_")
    for 0, 731, 'x', '-1', '9' x 18;
is_fault(report('?days=' . '9' x 19), 400, 'bad_request', 'days: too long');

# something happens

$t->post('/loyalty/signup', {email => email($_->[0]), source => $_->[1]})
    for ['ada', 'spring'], ['bob', 'spring'], ['cyd', ''];

$store->has($_->[0], email => email($_->[1]), total => $_->[2])
    for [1, 'ada', '60.00'], [2, 'ada', '40.00'], [3, 'bob', '10.00'];
$t->claim($_->[0], email($_->[1])) for [1, 'ada'], [2, 'ada'], [3, 'bob'];

is($t->redeem('pin', email('ada'))->field('result'), 'redeemed', 'redeemed');

$r = swept('all is counted');

is($r->field('members'), 3, 'members');
is($r->field('newcomers'), 3, 'all of them new');
is($r->field('buyers'), 2, 'with an order');
is($r->field('repeat_buyers'), 1, 'with two');
is($r->field('repeat_percent'), 33, 'of all members');
is($r->field('outstanding'), 3 * 50 + 110 - 100, 'points that they have');
is($r->field('liability'), '8.00', 'what they are worth');

is_deeply($r->field('sources'), [
    {source => 'spring', members => 2, newcomers => 2, buyers => 2,
     repeat_buyers => 1},
    {source => '', members => 1, newcomers => 1, buyers => 0,
     repeat_buyers => 0}], 'by campaign, the largest first');
is_deeply($r->field('other_sources'), {members => 0, newcomers => 0,
    buyers => 0, repeat_buyers => 0}, 'there are no others');

is_deeply(day($r, '2031-05-01'), {day => '2031-05-01', issued => 260,
    spent => 100, expired => 0, taken_back => 0, removed => 0},
    'points of the day');
is($r->field('issued'), 260, 'and of all days');
is($r->field('redemption_percent'), 38, 'what is spent of what is issued');

is(join(' ', map { "$_->{email}:$_->{points}:$_->{orders}:$_->{tier}" }
             @{$r->field('customers')}),
    'ada@example.com:150:2:silver bob@example.com:60:1: cyd@example.com:50:0:',
    'the best customers, by name');

is_deeply($r->field('rewards'), [
    {id => 'pin', name => 'Pin', cost => 100, redeemed => 1,
     limited => JSON::PP::true, left => 1, low => JSON::PP::false},
    {id => 'mug', name => 'Mug', cost => 400, redeemed => 0,
     limited => JSON::PP::false, left => 0, low => JSON::PP::false}],
    'rewards, in the order of the configuration');

# the next day

$clock->set('2031-05-02 12:00:00');
$t->signup(email('dan'));
$t->redeem('pin', email('bob'));
$t->redeem('pin', email('ada'));

$r = swept('the next day is added up');

is(day($r, '2031-05-01')->{issued}, 260, 'the first day is as it was');
is(day($r, '2031-05-02')->{issued}, 50, 'the second one is there');
is($r->field('members'), 4, 'the newcomer is counted');
is_deeply([@{$r->field('rewards')->[0]}{qw(left redeemed)}], [1, 1],
    'neither has enough for a pin');

# what was added up once is not added up again

$t->reload;
$clock->pass(3600);
$r = swept('after a reload');
is($r->field('issued'), 310, 'nothing is counted twice');

###############################################################################

$t->done;

###############################################################################
