#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the rules of earning, standing and spending in loyalty_program:
# what is right is taken, a mistake is refused with file and line.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my $lookup = 'order_lookup /_store/order number=/n email=/e total=/t paid=any';
my $items = 'items=/items item_sku=/sku item_quantity=/quantity';

# a store that tells all that rules reckon with

my $teller = "$lookup $items item_category=/category tax=/tax "
             . 'shipping=/shipping refunds=/refunds;';

# a program of a currency, with these lines

sub program_in {
    my ($currency, @lines) = @_;

    my $lines = join "\n", @lines;

    return <<"END";
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
loyalty_program shop {
database sqlite:%%TESTDIR%%/db/shop.db;
$lines
currency $currency;
}
server {
    listen %%LISTEN_0%%;
}
}
END
}

sub program {
    return program_in('USD', @_);
}

# a line, with the others that it needs

sub right {
    my ($line, @others) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->accepts($line, program($line, @others));
}

# a line that is wrong after, or without, the others

sub wrong {
    my ($line, $why, @others) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->refuses($line, $why, program(@others, "$line # HERE"));
}

# what is wrong in a parameter is said with the parameter

sub wrong_params {
    my ($line, @params) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    for my $param (@params) {
        $t->refuses("$line $param", "invalid parameter \"\Q$param\E\".*write ",
            program("$line $param; # HERE"));
    }
}

# what the directive does not know, it says with what it knows

sub unknown {
    my ($line, $param, $known) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->refuses("$line $param",
        "unknown parameter \"\Q$param\E\".*which takes \Q$known\E",
        program("$line $param; # HERE"));
}

sub duplicate {
    my ($line, @params) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    for my $params (@params) {
        my ($name) = (split ' ', $params)[-1] =~ /^(.*?=)/;

        $t->refuses("$line $params", defined $name
            ? "\"\Q$name\E\" is duplicate" : 'a word of .* is duplicate',
            program("$line $params; # HERE"));
    }
}

###############################################################################

# what nobody knows, and how often directives are there

wrong('prize x 1;', 'unknown directive "prize".*which takes database, '
      . 'currency, earn, promotion, action, .* and include');

wrong("$_->[0] $_->[1];", "\"$_->[0]\" is duplicate", "$_->[0] $_->[2];")
    for [qw(referral 10 20)], [qw(pending 1d 2d)],
        [qw(points_expire 1d 2d)], [qw(negative on off)],
        [qw(tier_window year lifetime)];

wrong("$_;", 'number of arguments.*write') for 'promotion', 'action review',
    'referral', 'pending', 'pending 1d 2d', 'points_expire', 'negative',
    'negative on off', 'tier gold', 'tier_window', 'membership', 'badge fan';

# earn

right("earn $_;", $teller) for '1 per 1.00', '1 per 1', '2 per 0.01',
    '1 per 1.00 minus=tax', '1 per 1.00 minus=tax,shipping,refunds',
    '1 per 1.00 minus=refunds min=10.00', '5 per order',
    '5 per order min=0.01 limit=3/1d', '2 per item', '2 per item min=5',
    '2 per item sku=MUG-1', '2 per item sku=MUG-1,MUG-2 category=mugs,plates',
    '2 per item "category=Mugs & more,Tea"', '1000000000000000 per order';

wrong("earn $_ per order;", "invalid points \"$_\" in \"earn\"")
    for qw(0 -1 x 1.5 1000000000000001);
wrong("earn 1 $_ 1.00;", "has \"$_\" where \"per\" belongs") for qw(each PER);
wrong("earn 1 per $_;", "invalid amount \"$_\".*USD over zero.* 2 digits")
    for qw(0 0.00 -1 0.001 dollar orders);

wrong_params('earn 1 per 1.00', 'minus=x', 'minus=', 'minus=tax,',
             'minus=tax,gifts', 'min=x', 'min=0', 'min=-1');
wrong_params('earn 1 per order', qw(min=0.00 min=0.001 limit=0/1d limit=1
                                    limit=1/ limit=1/0 limit=/1d limit=1/x
                                    limit=x/1d limit=1/101y limit=1/1d/2));
wrong_params('earn 1 per item', 'sku=', 'sku=,A', 'sku=A,,B', 'category=',
             'min=x');
wrong("earn 1 per item \"category=$_\";", "invalid parameter \"category=$_\"")
    for 'mugs, tea', 'mugs ,tea', ' ';
wrong_params('earn 1 per item', "sku=\xff");

unknown('earn 1 per 1.00', 'limit=1/1d', 'minus= and min= here');
unknown('earn 1 per order', 'minus=tax', 'min= and limit= here');
unknown('earn 1 per order', 'sku=A', 'min= and limit= here');
unknown('earn 1 per item', 'limit=1/1d', 'sku=, category= and min= here');
unknown('earn 1 per order', 'often', 'min= and limit= here');

duplicate('earn 1 per 1.00', 'minus=tax minus=shipping');
duplicate('earn 1 per item', 'sku=A sku=B', 'category=A category=A',
          'min=1 sku=A min=2');

$t->accepts('16 earn', program(map { "earn $_ per order;" } 1 .. 16));
wrong('earn 17 per order;', 'at most 16 "earn"',
    map { "earn $_ per order;" } 1 .. 16);

$t->accepts('amounts of a currency without minor units', program_in('JPY',
    'earn 1 per 100 min=500;', 'promotion p bonus=1 min=100.00;'));
$t->refuses('an amount finer than the currency', 'JPY over zero.* 0 digits',
    program_in('JPY', 'earn 1 per 1.50; # HERE'));
$t->refuses('a minimum finer than the currency', 'min=1\.50',
    program_in('JPY', 'earn 1 per 100 min=1.50; # HERE'));

# what a rule reckons with, some store must tell

my %told = (
    'earn 1 per 1.00 minus=tax'          => 'tax=/tax',
    'earn 1 per 1.00 minus=shipping'     => 'shipping=/shipping',
    'earn 1 per 1.00 minus=refunds'      => 'refunds=/refunds',
    'earn 1 per item'                    => 'items=/items',
    'earn 1 per item category=mugs'      => 'item_category=/category',
    'earn 1 per item sku=A'              => 'item_sku=/sku',
    'membership club sku=CLUB lasts=1y'  => 'item_sku=/sku',
);

for my $rule (sort keys %told) {
    my ($param) = $told{$rule} =~ /^(\w+)/;
    my $most = join ' ', grep { !/^$param=/ }
                         split ' ', ($param =~ /^item_/ ? $items : '');

    $t->refuses("$rule, without a store",
        'needs what only a store tells: add an "order_lookup", with .* in '
        . ($rule =~ /minus=/ ? "\"$param=\"" : '"items="'),
        program("$rule; # HERE"));
    $t->refuses("$rule, which no store tells", "what no store tells.*$param=",
        program("$rule; # HERE", "$lookup $most;"))
        if $param ne 'item_sku';
    $t->accepts("$rule, which the store tells",
        program("$rule;", "$lookup $items "
                . ($items =~ /\b$param=/ ? '' : $told{$rule}) . ';'));
}

# promotion

my $from = '2026-12-05T00:00:00+01:00';
my $until = '2026-12-07T00:00:00Z';

right("promotion weekend $_;", 'tier gold 100;') for 'multiplier=2',
    'multiplier=1.5', 'multiplier=1000', 'bonus=100',
    'multiplier=1.125 bonus=5',
    "from=$from until=$until multiplier=2", "from=$from bonus=1",
    "until=$until bonus=1", 'bonus=1 first_order', 'bonus=1 min=10.00',
    "first_order tier=gold min=1 bonus=1 multiplier=3 until=$until from=$from";

wrong('promotion a/b bonus=1;', 'invalid promotion id "a/b"');
wrong('promotion weekend bonus=1;', 'promotion id "weekend" is used twice',
    'promotion weekend bonus=2;');
wrong("promotion weekend$_;", 'gives nothing.*multiplier=.*bonus=')
    for '', ' first_order', " until=$until";
wrong("promotion weekend bonus=1 from=$_->[0] until=$_->[1];",
      '"weekend" ends before it has begun')
    for [$until, $from], [$until, $until],
        ['2026-12-05T00:00:00+01:00', '2026-12-04T23:00:00Z'];

wrong_params('promotion weekend', qw(multiplier=1 multiplier=0.5 multiplier=x
    multiplier=1.2345 multiplier=1001 multiplier=-2 multiplier= bonus=0
    bonus=-1 bonus=x bonus=1.5 min=0 min=x from=tomorrow from=2026-12-05
    from=2026-12-05T00:00:00 from=2026-13-05T00:00:00Z
    from=1969-12-31T23:59:59Z until=1970-01-01T00:00:00Z until= tier=gold
    tier= store=west store=));
unknown('promotion weekend', 'often=1', 'from=, until=, multiplier=, bonus=, '
        . 'min=, first_order, tier= and store=');
unknown('promotion weekend', 'first_orders', 'from=');
duplicate('promotion weekend', 'bonus=1 bonus=2', 'bonus=1 tier=a tier=b',
          'first_order bonus=1 first_order');

wrong('promotion weekend bonus=1 tier=silver;', 'tier=silver.*"tier"',
    'tier gold 100;');

# action

right("action review $_;") for '10', '10 "A review"', '10 limit=1/1d',
    '10 "A review" limit=1/1d,3/7d,10/ever', '10 "Buy 1 = get 2"',
    '10 limit=1/1d,2/1w,3/30d,4/ever';

wrong('action a/b 10;', 'invalid action id "a/b"');
wrong('action review 10;', 'action id "review" is used twice',
    'action review 20;');
wrong("action review $_;", "invalid points \"$_\" in \"action\"")
    for qw(0 -1 x);
wrong('action review 10 "";', 'invalid name of the action "review"');
wrong("action review 10 \"\xff\";", 'invalid name.*UTF-8');
wrong_params('action review 10', 'limit=', 'limit=1', 'limit=0/1d',
    'limit=1/x', 'limit=1/0d', 'limit=1/1d,',
    'limit=1/1d,2/2d,3/3d,4/4d,5/ever');
unknown('action review 10', 'limits=1/1d', 'limit= here');
unknown('action review 10 "A review"', 'often', 'limit= here');
duplicate('action review 10', 'limit=1/1d limit=1/7d');

# sign-up bonus and referral

wrong("signup_bonus $_;", "invalid points \"$_\" in \"signup_bonus\"")
    for qw(0 x);

right("referral $_;") for '100', '100 friend=50', '100 on=order',
    '100 on=signup', '100 on=order min=20.00', '100 min=20.00',
    '100 cap=10', '100 cap=3/30d', '100 friend=50 on=order min=1 cap=10/1y';

wrong("referral $_;", "invalid points \"$_\" in \"referral\"") for qw(0 -1 x);
wrong_params('referral 100', qw(friend=0 friend=x on=never on= on=signups
    min=0 min=x cap=0 cap=x cap=3/ cap=3/x cap=/1d));
wrong('referral 100 on=signup min=20.00;', '"min=".*first order.*on=signup');
unknown('referral 100', 'limit=3/1d', 'friend=, on=, min= and cap=');
duplicate('referral 100', 'cap=1 cap=2', 'on=order on=signup');

# when points can be spent

right("pending $_;") for qw(14d 1s 100y);
wrong("pending $_;", "invalid time \"$_\" in \"pending\".*14d")
    for qw(0 soon -1d 101y off);

right("points_expire $_;") for '365d', '365d after=earning',
    '365d after=activity';
wrong("points_expire $_;", "invalid time \"$_\" in \"points_expire\"")
    for qw(0 soon -1d 101y never);
wrong_params('points_expire 365d', 'after=never', 'after=', 'activity');
right('points_expire 15d;', 'pending 14d;');
wrong('points_expire 14d;', 'before "pending" lets them', 'pending 14d;');

right("negative $_;") for qw(on off);
wrong("negative $_;", "invalid value \"$_\" in \"negative\".*\"on\"")
    for qw(yes 0 ON);

# tiers

right("tier gold $_;") for '100', '0', '100 "Gold"', '100 multiplier=1.5',
    '100 "Gold" multiplier=2 "perks=Free shipping, early access"',
    '100 perks=Tea';

wrong('tier a/b 100;', 'invalid tier id "a/b"');
wrong('tier gold 100;', 'tier id "gold" is used twice', 'tier gold 200;');
wrong("tier gold $_;", "invalid points \"$_\" in \"tier\"") for qw(-1 x 1.5);
wrong('tier gold 100 "";', 'invalid name of the tier "gold"');
wrong('tier gold 100;', 'tiers "silver" and "gold" both start at 100 points',
    'tier silver 100;', 'tier top 300;');
wrong('tier gold 200;', 'tiers "top" and "gold" both start at 200 points',
    'tier low 50;', 'tier top 200;', 'tier silver 100;');
$t->accepts('tiers in any order', program('tier gold 300;', 'tier member 0;',
    'tier silver 100;', 'tier top 1000;'));
wrong_params('tier gold 100', qw(multiplier=1 multiplier=x perks=));
wrong_params('tier gold 100', "perks=\xff");
wrong("tier gold 100 $_;", 'quotes inside of the parameter perks=.*"perks=')
    for 'perks="Tea"', 'perks="Free shipping"', "perks='Tea'", 'perks=""';
unknown('tier gold 100', 'perk=Tea', 'multiplier= and perks=');
unknown('tier gold 100 Gold', 'Tier', 'multiplier= and perks=');
duplicate('tier gold 100', 'multiplier=2 multiplier=3', 'perks=A perks=A');

right("tier_window $_;") for 'lifetime', 'year', '365d', 'year grace=30d',
    '90d grace=14d', '90d grace=90d';

wrong("tier_window $_;", "invalid window \"$_\".*\"lifetime\", \"year\"")
    for qw(never years 0 -1d 101y);
wrong('tier_window lifetime grace=30d;', '"grace=30d".*nobody falls');
wrong("tier_window $_;", 'longer than the window')
    for 'year grace=366d', '30d grace=31d';
wrong_params('tier_window year', qw(grace=0 grace=x grace=));
unknown('tier_window year', 'graces=1d', 'grace= here');

# memberships

right("membership club $_;", $teller) for 'sku=CLUB lasts=365d',
    '"The club" sku=CLUB lasts=1y', 'lasts=1y sku=CLUB discount=100',
    'sku=CLUB lasts=1y multiplier=2 discount=10 "perks=Free shipping"';

wrong('membership a/b sku=CLUB lasts=1y;', 'invalid membership id "a/b"');
wrong('membership club sku=CLUB-2 lasts=1y;',
    'membership id "club" is used twice',
    'membership club sku=CLUB lasts=1y;', $teller);
wrong('membership gold sku=CLUB lasts=1y;',
    'memberships "club" and "gold" have the same sku',
    'membership club sku=CLUB lasts=1y;', $teller);
wrong('membership club lasts=1y;', '"club" has no "sku="');
wrong('membership club sku=CLUB;', '"club" has no "lasts="');
wrong('membership club "" sku=CLUB lasts=1y;', 'invalid name');
wrong_params('membership club', qw(sku= lasts=0 lasts=x lasts=101y lasts=
    multiplier=1 discount=0 discount=101 discount=10% discount=x perks=));
unknown('membership club sku=CLUB', 'last=1y',
        'sku=, lasts=, multiplier=, discount= and perks=');
duplicate('membership club', 'sku=A lasts=1y sku=B');

my @clubs = map { "membership club$_ sku=CLUB$_ lasts=1y;" } 1 .. 32;

$t->accepts('32 memberships', program($teller, @clubs));
wrong('membership more sku=MORE lasts=1y;', 'at most 32 "membership"', $teller,
    @clubs);

# badges

right("badge fan \"A fan\" $_;", 'action review 10;') for 'orders=10',
    'orders=5/30d', 'actions=10', 'actions=5/30d bonus=100',
    'actions=3 action=review', 'streak=4/7d', 'bonus=10 streak=4/7d';

wrong('badge a/b "A fan" orders=1;', 'invalid badge id "a/b"');
wrong('badge fan "A fan" orders=1;', 'badge id "fan" is used twice',
    'badge fan "Fan" orders=2;');
wrong('badge fan "" orders=1;', 'invalid name of the badge "fan"');
wrong("badge fan \"A fan\"$_;", 'is for nothing.*orders=.*actions=.*streak=')
    for '', ' bonus=10';
wrong("badge fan \"A fan\" $_;", 'is for more than one thing')
    for 'orders=1 actions=1', 'orders=1 streak=1/7d',
        'orders=1 actions=1 streak=1/7d';
wrong("badge fan \"A fan\" $_ action=review;",
    '"action=review".*goes with "actions=', 'action review 10;')
    for 'orders=1', 'streak=1/7d';
wrong_params('badge fan "A fan"', qw(orders=0 orders=x orders= orders=1/
    orders=1/x actions=0 actions=1/0 streak=4 streak=4/0 streak=0/7d
    bonus=0 bonus=x action=review action=));
unknown('badge fan "A fan"', 'order=1',
        'orders=, actions=, streak=, action= and bonus=');
duplicate('badge fan "A fan"', 'orders=1 orders=2');

right('badge fan "A fan" streak=4/7d;', 'badge top "Top" streak=12/1w;');
wrong('badge top "Top" streak=4/30d;', 'another period.*604800s',
    'badge fan "A fan" streak=4/7d;');

# rewards

right("reward mug 200 \"A mug\" $_;", 'tier gold 100;', $teller,
      'membership club sku=CLUB lasts=1y;',
      'coupon_store create=/_c made=/code lookup=/_l code=/code;')
    for 'kind=product', 'kind=product product=MUG-1', 'kind=percentage value=1',
    'value=100 kind=percentage', 'kind=amount value=5.00',
    'value=0.01 kind=amount', 'kind=shipping', 'kind=manual', 'coupon=local',
    'coupon=pool', 'coupon=store', 'kind=shipping coupon=pool',
    "from=$from until=$until", "until=$until", 'tier=gold', 'membership=club',
    'url=https://shop.example/ stock=10 per_member=1 product=A kind=amount '
    . "value=5 coupon=store from=$from until=$until tier=gold membership=club";

wrong_params('reward mug 200 "A mug"', qw(kind=gift kind= coupon=none coupon=
    url=shop.example url=https:// stock=0 per_member=x product= from=x
    until=2026-12-05 tier=gold membership=club store=west store=));
wrong("reward mug 200 \"A mug\" $_;", '"value=.*kind=percentage.*kind=amount')
    for 'value=5', map { "$_ value=5" } qw(kind=product kind=shipping
                                           kind=manual);
wrong("reward mug 200 \"A mug\" kind=percentage value=$_;",
    "\"value=$_\".*1 to 100") for qw(0 101 1.5 10% x);
wrong("reward mug 200 \"A mug\" kind=amount value=$_;",
    "\"value=$_\".*over zero") for qw(0 0.00 0.001 x -1);
wrong("reward mug 200 \"A mug\" kind=$_->[0];", "worth.*value=$_->[1]\\b")
    for ['percentage', '10'], ['amount', '5\.00'];
wrong("reward mug 200 \"A mug\" kind=manual coupon=$_;", '"coupon="')
    for qw(local pool store);
wrong("reward mug 200 \"A mug\" from=$until until=$until;",
    'reward "mug" ends before it has begun');
unknown('reward mug 200 "A mug"', 'size=XL', 'kind=, value=, coupon=, url=');
duplicate('reward mug 200 "A mug"', 'kind=manual kind=product',
          'tier=a tier=b', 'kind=amount value=1 value=2');

wrong("reward mug 200 \"A mug\" $_;", $_, 'tier gold 100;', $teller,
    'membership club sku=CLUB lasts=1y;') for qw(tier=club membership=gold);

# what rules name may stand below them, and so may the currency

$t->accepts('rules before what they name', program(
    'reward mug 200 "A mug" tier=gold membership=club kind=amount value=5.00;',
    'badge fan "A fan" actions=3 action=review;',
    'promotion weekend bonus=10 tier=gold;',
    'action review 10;', 'membership club sku=CLUB lasts=1y;',
    'tier gold 100;', $teller));

# stores

my $west = "$lookup store=west;";

$t->accepts('rules that name a store', program(
    'promotion weekend bonus=10 store=west;', 'reward mug 1 "Mug" store=west;',
    $west));
wrong('promotion weekend bonus=10 store=east;', 'store=east.*"order_lookup"',
    $west);
wrong('reward mug 1 "Mug" store=east;', 'store=east.*"order_lookup"', $west);
$t->accepts('the store without a name', program(
    'reward mug 1 "Mug" store=default;', "$lookup;"));

###############################################################################

$t->done;

###############################################################################
