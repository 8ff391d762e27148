#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for rewards whose coupons were made elsewhere and lie in a pool.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Database;
use Loyalty::Test;

###############################################################################

plan(skip_all => Loyalty::Database->lacking) if Loyalty::Database->lacking;

my $t = Loyalty::Test->new(level => 'warn');

$t->conf(<<'END')->run;
worker_processes 2;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        signup_bonus  1000;
        reward        pin  10 "Pin" coupon=pool url=https://shop.example/pin;
        reward        cap  10 "Cap" coupon=pool stock=2;
        reward        hat  10 "Hat" coupon=pool;
        reward        mug  10 "Mug";
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
        location = /loyalty/coupon  { loyalty_coupon  shop; }
    }
}
END

my $ada = 'ada@example.com';

sub put_in {
    my ($reward, @codes) = @_;

    my $values = join ', ', map { "('$reward', '$_')" } @codes;

    $t->database('db/shop.db')->rows(
        "INSERT INTO pool (reward, coupon) VALUES $values");
}

# what the log says about a reward

sub warnings_of {
    my ($reward) = @_;

    return $t->read_file('error.log')
           =~ /\[warn\] .*"$reward" of program "shop": (\d+); import more/g;
}

$t->signup($ada);

###############################################################################

is_fault($t->redeem('pin', $ada), 409, 'out_of_stock', 'no codes yet');
is($t->points($ada), 1000, 'nothing was taken');

# each code once, as it was put in

put_in('pin', 'Spring-2031-a', 'SUMMER$1');

my $r = $t->redeem('pin', $ada);

is_result($r, 200, 'redeemed', {spent => 10, points => 990,
    coupon_url => 'https://shop.example/pin'}, 'redeemed');

my @codes = sort map { $_->field('coupon') } $r, $t->redeem('pin', $ada);

is("@codes", 'SUMMER$1 Spring-2031-a', 'both codes, in their own letters');
is_fault($t->redeem('pin', $ada), 409, 'out_of_stock', 'then there is none');
is($t->points($ada), 980, 'nothing was taken for that');

is_result($t->get('/loyalty/coupon?coupon=Spring-2031-a'), 200, 'coupon_good',
    {coupon => 'Spring-2031-a', reward => 'pin'}, 'a till may ask');
is_result($t->post('/loyalty/coupon', {coupon => 'SUMMER$1', order => 1}),
    200, 'coupon_used', 'and use it');

# that they are few is said

is((warnings_of('pin'))[-1], 0, 'the last one is told to the log');

$t->redeem('mug', $ada);
is(join(' ', warnings_of('mug')), '', 'of others there is nothing to say');

put_in('pin', 'AUTUMN');
is_result($t->redeem('pin', $ada), 200, 'redeemed', {coupon => 'AUTUMN'},
    'filled up again');

# a stock counts beside it

put_in('cap', map { "CAP-$_" } 1 .. 3);

is_result($t->redeem('cap', $ada), 200, 'redeemed', "cap $_") for 1, 2;
is_fault($t->redeem('cap', $ada), 409, 'out_of_stock',
    'no more than the stock, whatever is in the pool');

# many at once: each code goes to one of them

put_in('hat', map { "HAT-$_" } 1 .. 60);

my @messages = map {
    my $email = "m$_\@example.com";

    $t->signup($email);
    $t->message('POST', '/loyalty/redeem',
        params => {email => $email, reward => 'hat'});
} 1 .. 20;

my @answers = map { $t->all(@messages) } 1 .. 4;
my %seen;

$seen{$_->field('coupon')}++ for grep { $_->status == 200 } @answers;

is(scalar grep({ $_->status == 200 } @answers), 60, '60 of 80 have one');
is(scalar keys %seen, 60, 'each another');
is(scalar grep({ $_->outcome eq 'out_of_stock' } @answers), 20,
    'the others hear that there is none');

is(join(' ', $t->database('db/shop.db')->rows('SELECT sum(cost), count(*)
    FROM redemption WHERE reward = \'hat\'')), '600|60',
    'and 60 were paid for');

my @left = warnings_of('hat');

is($left[-1], 0, 'the last one is told');
cmp_ok(scalar @left, '<=', 3,
    'and the others not one by one, but by each worker once');
cmp_ok(scalar @left, '>=', 2, 'before there are none');
is(scalar(grep { $_ > 50 } @left), 0, 'nor while there are many');

###############################################################################

$t->done;

###############################################################################
