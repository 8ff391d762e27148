#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for referral: who brings whom, and what both have of it.

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

my %referral = (
    shop   => 'referral 100 friend=50 min=20.00;',
    joined => 'referral 100 friend=50 on=signup;',
    capped => 'referral 100 friend=50 on=signup cap=2;',
    brief  => 'referral 100 on=signup cap=1/1s;',
    alone  => 'referral 100;',
    none   => '',
);

$t->conf("worker_processes 2;\n"
    . $t->programs([qw(signup claim balance history)],
    <<'END', %referral))->run;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  10;
        RULES
        %%LOOKUP%%
END

my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $number = 0;

sub email { $_[0] =~ /\@/ ? $_[0] : "$_[0]\@example.com" }

sub signup {
    my ($program, $who, $code) = @_;

    return $t->post("/$program/signup",
        {email => email($who), referral => $code});
}

sub buys {
    my ($program, $who, $total) = @_;

    $store->has(++$number, email => email($who), total => $total);
    return $t->post("/$program/claim",
        {email => email($who), order => $number});
}

sub lifetime {
    my ($program, $who) = @_;

    return $t->post("/$program/balance", {email => email($who)})
             ->field('lifetime');
}

my %code = map { $_ => signup($_, 'ada')->field('referral') }
               sort keys %referral;

###############################################################################

# the code

like($code{shop}, qr/^[0-9A-HJKMNP-TV-Z]{8}$/, 'each member has a code');
is($t->post('/shop/balance', {email => email('ada')})->field('referral'),
    $code{shop}, 'which stays the same');

# on the first order

my $r = signup('shop', 'bob', $code{shop});

is_result($r, 201, 'signed_up', {earned => 10, points => 10},
    'a friend joins: the bonus of all');
isnt($r->field('referral'), $code{shop}, 'and has a code of his own');
is(lifetime('shop', 'ada'), 10, 'nothing yet for who has sent him');

is_result(buys('shop', 'bob', '20.00'), 200, 'claimed',
    {earned => 70, lifetime => 80}, 'his first order: 20, and 50 as a friend');
is(lifetime('shop', 'ada'), 110, 'and 100 for who has sent him');

is_result(buys('shop', 'bob', '20.00'), 200, 'claimed', {earned => 20},
    'his second one is an order like others');
is(lifetime('shop', 'ada'), 110, 'and brings nobody else anything');

my ($entry) = @{$t->post('/shop/history', {email => email('ada')})
                  ->field('entries')};

is_deeply([@{$entry}{qw(kind reference points)}],
    ['referral', $r->field('member'), 100],
    'the history tells it by the id of the friend');

# as people type it

signup('shop', 'cyd', lc $code{shop});
is_result(buys('shop', 'cyd', '20.00'), 200, 'claimed', {earned => 70},
    'a code in lower case');

# of which min

signup('shop', 'dan', $code{shop});
is_result(buys('shop', 'dan', '19.99'), 200, 'claimed', {earned => 19},
    'a first order that is too small');
is_result(buys('shop', 'dan', '99.00'), 200, 'claimed', {earned => 99},
    'the second is not the first');
is(lifetime('shop', 'ada'), 210, 'nothing for that');

# what brings nothing, and keeps nobody out

for (['NOTACODE', 'a code of nobody'], ['x', 'no code at all'],
     [$code{joined}, 'a code of another program'])
{
    my $who = 'nobody' . $number;

    is_result(signup('shop', $who, $$_[0]), 201, 'signed_up', $$_[1]);
    is_result(buys('shop', $who, '20.00'), 200, 'claimed', {earned => 20},
        "$$_[1] brings nothing");
}

is_fault(signup('shop', 'odd', 'x' x 65), 400, 'bad_request', 'far too long');
is_fault(signup('shop', 'odd', "a\nb"), 400, 'bad_request', 'a line break');

is_result(signup('shop', 'bob', $code{shop}), 200, 'already_member',
    'after the fact it is too late');

signup('shop', 'eve', '');
signup('shop', 'eve', $code{shop});
is_result(buys('shop', 'eve', '20.00'), 200, 'claimed', {earned => 20},
    'also for who has not bought anything');

# oneself

my $gmail = signup('shop', 'ada.l@gmail.com')->field('referral');

for (['ada+shop@example.com', $code{shop}],
     ['adal@gmail.com', $gmail], ['a.d.a.l+2@gmail.com', $gmail],
     ['ada.l+x@googlemail.com', $gmail])
{
    my ($alias, $code) = @$_;

    is_result(signup('shop', $alias, $code), 201, 'signed_up',
        "$alias may join");
    is_result(buys('shop', $alias, '20.00'), 200, 'claimed', {earned => 20},
        "and $alias is no friend");
}

is(lifetime('shop', 'ada'), 210, 'nor has anybody anything of it');

# a friend is one once

signup('shop', 'bob+again', $code{shop});
is_result(buys('shop', 'bob+again', '20.00'), 200, 'claimed', {earned => 20},
    'a friend by another alias');

# on signup

is_result(signup('joined', 'bob', $code{joined}), 201, 'signed_up',
    {earned => 60, points => 60}, 'on=signup: at once');
is(lifetime('joined', 'ada'), 110, 'for both');
is_result(buys('joined', 'bob', '20.00'), 200, 'claimed', {earned => 20},
    'then an order is an order');

# cap

signup('capped', "friend$_", $code{capped}) for 1, 2;
is(lifetime('capped', 'ada'), 210, 'two of two friends');
is_result(signup('capped', 'friend3', $code{capped}), 201, 'signed_up',
    {earned => 60}, 'the third has his points');
is(lifetime('capped', 'ada'), 210, 'who has sent him has not');

signup('brief', 'friend1', $code{brief});

$number = 1;

$t->wait_until('the cap is over', sub {
    signup('brief', 'friend' . ++$number, $code{brief});
    return lifetime('brief', 'ada') == 210;
});
pass('a cap of a time is over after that');

# many friends at once

my $bob = signup('capped', 'bob')->field('referral');

my @answers = $t->all(map {
    $t->message('POST', '/capped/signup',
        params => {email => "many$_\@example.com", referral => $bob})
} 1 .. 8);

is(join(' ', map { $_->field('earned') } @answers),
    join(' ', (60) x 8), '8 friends at once have theirs');
is(lifetime('capped', 'bob'), 210, 'who has sent them, of two');

# friends that refer each other, at once

my @round = map { signup('joined', "r$_")->field('referral') } 1 .. 4;

@answers = $t->all(map {
    $t->message('POST', '/joined/signup', params => {
        email => "s$_\@example.com", referral => $round[$_ % 4]})
} 1 .. 12);

is(scalar grep({ $_->status == 201 } @answers), 12,
    '12 friends of 4 members at once');
is(join(' ', map { lifetime('joined', "r$_") } 1 .. 4), '310 310 310 310',
    'three of each');

# without what is not configured

signup('alone', 'bob', $code{alone});
is_result(buys('alone', 'bob', '1.00'), 200, 'claimed', {earned => 1},
    'no points for friends');
is(lifetime('alone', 'ada'), 110, 'but for who sends them');

signup('none', 'bob', $code{none});
is_result(buys('none', 'bob', '1.00'), 200, 'claimed', {earned => 1},
    'no referral at all');
is(lifetime('none', 'ada'), 10, 'then a code is worth nothing');

###############################################################################

$t->done;

###############################################################################
