#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_leaderboard: the best members, without saying who they are.

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

$t->conf(<<'END')->run;
worker_processes 2;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        tier          silver 100 "Silver";
        tier          gold 500 "Gold";
        tier_window   year;
        badge         fan "Fan" orders=1;
        badge         big "Big fan" orders=2;
        reward        pin 10 "Pin";
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    loyalty_program ever {
        database      sqlite:%%TESTDIR%%/db/ever.db;
        currency      USD;
        signup_bonus  5;
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/leaderboard { loyalty_leaderboard shop; }
        location = /open/leaderboard {
            loyalty_leaderboard shop;
            loyalty_auth off;
        }

        location = /ever/signup      { loyalty_signup ever; }
        location = /ever/leaderboard { loyalty_leaderboard ever; }
        %%STORE%%
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $number = 0;
my %member;

sub email { "$_[0]\@example.com" }

sub joins {
    my ($who) = @_;

    $member{$who} = $t->signup(email($who))->field('member');
}

sub buys {
    my ($who, $total) = @_;

    $store->has(++$number, email => email($who), total => $total);
    $t->claim($number, email($who));
}

sub board {
    my (%params) = @_;

    $params{email} = email($params{email}) if $params{email};

    return $t->post('/loyalty/leaderboard', \%params);
}

# as it is after a look at an old one: made in the background

sub new_board {
    my (%params) = @_;

    my $r;
    my $now = $clock->now;

    $t->wait_until('the leaderboard is made', sub {
        $r = board(%params);
        return Loyalty::Clock::seconds($r->field('at') || '1970-01-01 00:00')
               >= $now;
    });

    return $r;
}

sub ranks {
    my ($r) = @_;

    my %who = reverse %member;

    return join ' ', map { "$_->{rank}:$who{$_->{member}}:$_->{points}" }
                     @{$r->field('leaders')};
}

###############################################################################

# before there is anything to see

my $r = board();

is_result($r, 200, 'leaderboard', {leaders => [], by => 'lifetime',
    message => 'Nobody is on the leaderboard yet.'}, 'nobody');

for my $who (qw(ada bob cyd dan eve)) {
    joins($who);
    $clock->set('2031-05-01 12:00:0' . keys %member);
}

buys(ada => '300.00');
buys(bob => '500.00');
buys(cyd => '100.00');
buys(cyd => '200.00');
buys(dan => '50.00');

# a minute later it is made, since somebody looks

$clock->set('2031-05-01 12:02:00');
$r = new_board();

is(ranks($r), '1:bob:500 2:ada:300 2:cyd:300 4:dan:50',
    'the best first; equals share a place, who has joined first before others;'
    . ' who has nothing has none');
is($r->field('message'), 'These are the best.', 'in a sentence');
is($r->field('at'), '2031-05-01T12:02:00Z', 'and when that was so');
is_deeply($r->field('leaders')->[0], {rank => 1, member => $member{bob},
    points => 500, tier => 'gold', tier_name => 'Gold', badges => 1},
    'what is told about a member');
is($r->field('leaders')->[2]{badges}, 2, 'with the number of badges');
is_deeply($r->field('you'), {rank => 0, member => '', points => 0, tier => '',
    tier_name => '', badges => 0}, 'nobody has asked');
unlike($r->text, qr/\@|example|ada|bob/, 'nobody is named');
is($r->header('Cache-Control'), 'no-store', 'not to be kept');

# oneself

$r = board(email => 'cyd');
is_deeply($r->field('you'), {rank => 2, member => $member{cyd},
    points => 300, tier => 'silver', tier_name => 'Silver', badges => 2},
    'the place of who asks');
is($r->field('message'), 'You are number 2.', 'in a sentence');
unlike($r->text, qr/\@|example/, 'also without an address');

$r = board(email => 'eve');
is($r->field('you')->{rank}, 0, 'who has no points has no place');
is($r->field('you')->{member}, $member{eve}, 'but is there');

is_fault(board(email => 'stranger'), 404, 'not_a_member', 'a stranger');
is_fault($t->post('/loyalty/leaderboard', {email => 'x'}), 400, 'bad_email',
    'no address');

# spending does not cost a place

$t->redeem('pin', email('bob'));
buys(dan => '1000.00');

is(ranks(board()), '1:bob:500 2:ada:300 2:cyd:300 4:dan:50',
    'for a minute it is as it was');
is(board(email => 'dan')->field('you')->{points}, 1050,
    'one\'s own points are those of now');
is(board(email => 'dan')->field('you')->{rank}, 1, 'and the place, too');

$clock->set('2031-05-01 12:04:00');
is(ranks(new_board()), '1:dan:1050 2:bob:500 3:ada:300 3:cyd:300',
    'then it is made anew');

# how many

is(ranks(board(limit => 1)), '1:dan:1050', 'one');
is(ranks(board(limit => '2')), '1:dan:1050 2:bob:500', 'two');
is_fault(board(limit => $_), 400, 'bad_request', "limit=$_")
    for 0, 101, -1, 'x', '9' x 18;

# by what

$clock->set('2032-03-01 12:00:00');
buys(ada => '40.00');
buys(eve => '20.00');
$clock->set('2032-03-01 12:02:00');

is(ranks(new_board(by => 'window')), '1:ada:40 2:eve:20',
    'those of this year');
is(board(by => 'window', email => 'eve')->field('you')->{rank}, 2,
    'and one\'s place among them');
is(board(by => 'window')->field('by'), 'window', 'it says by what');
is(ranks(board(by => 'lifetime')),
    '1:dan:1050 2:bob:500 3:ada:340 4:cyd:300 5:eve:20', 'those of all years');
is(ranks(board()), ranks(board(by => 'lifetime')), 'which is the default');
is(ranks($t->get('/loyalty/leaderboard?by=window&limit=1')), '1:ada:40',
    'by GET');

is_fault(board(by => $_), 400, 'bad_request', 'by ' . ($_ =~ s/\W/?/gr))
    for 'points', 'Window', "window\0", 'window ', 'x' x 100;
is_fault($t->post('/loyalty/leaderboard', {by => 1}), 400, 'bad_request',
    'by a number');
is_fault($t->post('/ever/leaderboard', {by => 'window'}), 400, 'bad_request',
    'by a window where there is none');
like($t->post('/ever/leaderboard', {by => 'window'})->field('detail'),
    qr/"by" is no good: send "lifetime"/, 'says so');
is($t->post('/ever/leaderboard', {by => ''})->field('by'), 'lifetime',
    'an empty one is none');

# who may see it

is_fault($t->get('/loyalty/leaderboard', key => undef), 401, 'unauthorized',
    'who has a key');
is($t->get('/open/leaderboard', key => undef)->status, 200,
    'or everybody, where none is asked for');

###############################################################################

$t->done;

###############################################################################
