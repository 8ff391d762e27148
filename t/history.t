#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_history: what came and went, page by page.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        signup_bonus  50;
        earn          1 per 1.00;
        action        tap 1;
        pending       1d;
        points_expire 30d;
        reward        mug 10 "Mug";
        reward        cake 10 "Cake" kind=manual;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    loyalty_program quiet {
        database      sqlite:%%TESTDIR%%/db/quiet.db;
        currency      USD;
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/history { loyalty_history shop; }
        location = /loyalty/action  { loyalty_action  shop; }
        location = /loyalty/coupon  { loyalty_coupon  shop; }
        location = /loyalty/cancel  { loyalty_cancel  shop; }
        location = /quiet/signup    { loyalty_signup  quiet; }
        location = /quiet/history   { loyalty_history quiet; }
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order(17, email => $ada, total => '60.99');
$store->order(18, email => $ada, total => '0.50');
$store->start;

sub history {
    my ($email, %params) = @_;

    return $t->post('/loyalty/history', {email => $email, %params});
}

sub entries { @{history(@_)->field('entries')} }

sub newest { (entries(@_))[0] }

###############################################################################

# of each kind

my $r = $t->signup($ada);
my $time = qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

$r = history($ada);

is_result($r, 200, 'history', {member => $r->field('member'), email => $ada,
    points => 50, pending => 0, lifetime => 50, next => ''}, 'a new member');
is(scalar @{$r->field('entries')}, 1, 'has one entry');

my $entry = newest($ada);

like($entry->{id}, qr/^\d+$/, 'with a number');
like($entry->{$_}, $time, "$_ is a time") for qw(at usable_at expires_at);
is_deeply({map { $_ => $entry->{$_} } qw(kind reference store points coupon
    coupon_state coupon_expires)}, {kind => 'signup', reference => '',
    store => '', points => 50, coupon => '', coupon_state => '',
    coupon_expires => ''}, 'which is the sign-up');
is($entry->{usable_at}, $entry->{at}, 'and can be spent at once');

$t->claim(17, $ada);
$entry = newest($ada);

is_deeply([@{$entry}{qw(kind reference points)}], ['claim', '17', 60],
    'an order');
cmp_ok($entry->{usable_at}, 'gt', $entry->{at}, 'pending for a time');
is(history($ada)->field('pending'), 60, 'as the balance has it');

$t->claim(18, $ada);
is(newest($ada)->{reference}, '17', 'one that earns nothing is no entry');

my $code = $t->redeem('mug', $ada)->field('coupon');

$entry = newest($ada);

is_deeply([@{$entry}{qw(kind reference points coupon coupon_state usable_at
    expires_at)}], ['redemption', 'mug', -10, $code, 'issued', '', ''],
    'a redemption');
like($entry->{coupon_expires}, $time, 'and until when its coupon is good');

$t->post('/loyalty/coupon', {coupon => $code, order => 1});
is(newest($ada)->{coupon_state}, 'used', 'its coupon is used');

$code = $t->redeem('mug', $ada)->field('coupon');
$t->post('/loyalty/cancel', {coupon => $code, email => $ada});

my @entries = entries($ada);

is_deeply([map { [@{$_}{qw(kind reference points coupon_state)}] }
    @entries[0, 1]], [['cancellation', 'mug', 10, ''],
    ['redemption', 'mug', -10, 'cancelled']], 'a cancellation is an entry');

$code = $t->redeem('cake', $ada)->field('coupon');
is(newest($ada)->{coupon_state}, 'waiting', 'what is to be handed over');
$t->post('/loyalty/coupon', {coupon => $code});
is(newest($ada)->{coupon_state}, 'done', 'and is');

my $sum = 0;

$sum += $_->{points} for entries($ada, limit => 100);
$r = history($ada);
is($sum, $r->field('points') + $r->field('pending'),
    'the balance is the sum of all entries');

# page by page

$t->signup($bob);

for my $n (1 .. 45) {
    $t->post('/loyalty/action', {action => 'tap', ref => $n, email => $bob});
    $t->post('/loyalty/action', {action => 'tap', ref => "a$n",
                                 email => $ada}) if $n % 3 == 0;
}

my @all = entries($bob, limit => 100);

is(scalar @all, 46, 'all on a page of 100');
is(scalar entries($bob), 20, 'a page has 20, unless told');

for my $limit (1, 7, 20, 23, 45, 46, 47, 100) {
    my ($next, $pages, @ids) = ('', 0);

    do {
        $r = history($bob, limit => $limit,
                     length $next ? (before => $next) : ());
        push @ids, map { $_->{id} } @{$r->field('entries')};
        $next = $r->field('next');
        $pages++;
    } while (length $next && $pages < 100);

    is("@ids", join(' ', map { $_->{id} } @all),
        "pages of $limit: every entry, once, the newest first");
    is($pages, int(45 / $limit) + 1, "pages of $limit: as many as it takes");
}

# what comes meanwhile does not move the pages

$r = history($bob, limit => 20);
$t->post('/loyalty/action', {action => 'tap', ref => 'new', email => $bob});

is(join(' ', map { $_->{id} } entries($bob, limit => 20,
    before => $r->field('next'))),
    join(' ', map { $_->{id} } @all[20 .. 39]),
    'the next page is the same after a new entry');

# how it may be asked

is($t->get('/loyalty/history?email=bob%40example.com&limit=2&before='
    . $all[10]{id})->field('entries')->[0]{id}, $all[11]{id}, 'by GET');
is(history($bob, limit => 3, before => $all[10]{id} + 0)
    ->field('entries')->[0]{id}, $all[11]{id}, 'numbers in JSON');

is_fault(history($bob, limit => $_), 400, 'bad_request', "limit=$_")
    for 0, 101, '9' x 18, '9' x 30, -1, '1.5', 'x', '1 ';
like(history($bob, limit => 101)->field('detail'), qr/1 to 100/, 'says why');

is(scalar entries($bob, limit => ''), 20, 'an empty limit is none');

is_fault(history($bob, before => $_), 400, 'bad_request', "before=$_")
    for 0, 'x', -1, '9' x 18, '9' x 30, ' 1';

is_fault(history($bob, before => (entries($ada))[0]{id}), 400, 'bad_request',
    'before the entry of another member');
like(history($bob, before => (entries($ada))[0]{id})->field('detail'),
    qr/"before" is no good: send what "next" was/, 'says why');

is(scalar entries($bob, before => $all[-1]{id}), 0,
    'before the first one there is none');

is_fault(history('eve@example.com'), 404, 'not_a_member', 'a stranger');
is_fault(history('eve'), 400, 'bad_email', 'no address');

# nothing has happened

$t->post('/quiet/signup', {email => $ada});
$r = $t->post('/quiet/history', {email => $ada});

is_result($r, 200, 'history', {entries => [], next => '', points => 0},
    'a member without any entry');

###############################################################################

$t->done;

###############################################################################
