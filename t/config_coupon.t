#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the directives of coupons that a store makes: what is right is
# taken, a mistake is refused with file and line.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my %PARAMS = (create => '/_store/coupon', made => '/code',
              lookup => '/_store/coupons', code => '/code');

# "coupon_store" with all it needs, or with others, or undef to leave one out

sub coupon_store {
    my (%change) = @_;

    my %params = (%PARAMS, %change);

    return join ' ', 'coupon_store', map { "$_=$params{$_}" }
                     grep { defined $params{$_} } sort keys %params;
}

my $STORE = coupon_store() . ';';
my $REWARD = 'reward mug 30 "Mug" coupon=store;';
my $LOOKUP = 'order_lookup /_store/order number=/n email=/e total=/t paid=any';

sub conf {
    my ($server, @lines) = @_;

    my $lines = join "\n", @lines;

    return <<"END";
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
server {
    listen %%LISTEN_0%%;
$server
}
loyalty_program shop {
database sqlite:%%TESTDIR%%/db/shop.db;
currency USD;
api_key chatbot value:%%KEY%%;
$lines
}
}
END
}

my $REDEEM = 'location = /redeem { loyalty_redeem shop; }';

sub program { conf('', @_) }

sub right {
    my ($name, @lines) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->accepts($name, program(@lines));
}

sub wrong {
    my ($name, $why, @lines) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->refuses($name, $why, program(@lines));
}

###############################################################################

# coupon_store

right('a store that makes coupons', $STORE, $REWARD);
right('in whatever order', $REWARD, $STORE);
right('with a list', coupon_store(list => '/items') . ';', $REWARD);
right('with a list that is all of the answer', coupon_store(list => '') . ';',
    $REWARD);
right('without a reward', $STORE);

wrong('nothing', '"coupon_store" has no "create="', 'coupon_store; # HERE');

for my $name (sort keys %PARAMS) {
    wrong("no $name=", qq("coupon_store" has no "$name=": write all of ),
        coupon_store($name => undef) . '; # HERE');
    wrong("$name= twice", qq("$name=" is duplicate),
        coupon_store() . " $name=/x; # HERE");
}

for my $name (qw(create lookup)) {
    wrong("$name=$_", "invalid parameter \"\Q$name=$_\E\".*write the URI of "
          . 'an internal location',
        coupon_store($name => $_) . '; # HERE')
        for 'coupon', 'http://shop.example/', '/coupons?code=1', '@coupon';
}

for my $name (qw(made code list)) {
    wrong("$name=$_", "invalid parameter \"\Q$name=$_\E\".*write a JSON "
          . 'pointer', coupon_store($name => $_) . '; # HERE')
        for 'code', '/a~2', '/a~';
}

wrong('an unknown parameter', 'unknown parameter "made_by=/x".*which takes '
      . 'create=, made=, lookup=, list=, code= and store=',
    coupon_store(made_by => '/x') . '; # HERE');

wrong('two for all stores', '"coupon_store" is duplicate: when there are '
      . 'several, each says another store=ID', $STORE, "$STORE # HERE");

# stores

my @TWO = ("$LOOKUP store=north;", "$LOOKUP store=south;");

right('one for each store', @TWO, coupon_store(store => 'north') . ';',
    coupon_store(store => 'south', create => '/_south/coupon') . ';',
    'reward mug 30 "Mug" coupon=store store=north;',
    'reward cap 30 "Cap" coupon=store store=south;');

right('one for a store, one for the others', @TWO,
    coupon_store(store => 'north') . ';', $STORE,
    'reward cap 30 "Cap" coupon=store store=south;', $REWARD);

wrong('two for one store', '"coupon_store" is duplicate', @TWO,
    coupon_store(store => 'north') . ';',
    coupon_store(store => 'north') . '; # HERE');

wrong('an unknown store', 'invalid parameter "store=west".*write the id of a '
      . 'store', @TWO, coupon_store(store => 'west') . '; # HERE');

# rewards whose coupons nobody makes

wrong('coupon=store without a coupon_store',
    'nobody makes the coupons of the reward "mug": add a "coupon_store"',
    "$REWARD # HERE");

wrong('none for the store of the reward',
    'nobody makes the coupons of the reward "mug"', @TWO,
    coupon_store(store => 'north') . ';',
    'reward mug 30 "Mug" coupon=store store=south; # HERE');

wrong('none for a reward of all stores',
    'nobody makes the coupons of the reward "mug"', @TWO,
    coupon_store(store => 'north') . ';',
    coupon_store(store => 'south') . ';', "$REWARD # HERE");

# coupon_retry

right("coupon_retry $_", "coupon_retry $_;", $STORE, $REWARD)
    for qw(1s 2m 90 1h);

wrong("coupon_retry $_", "invalid time \"$_\" in \"coupon_retry\": write such "
      . 'as 2m, at most 1h', "coupon_retry $_; # HERE")
    for qw(0 x -1 off 61m 1d 100y);

wrong('coupon_retry twice', '"coupon_retry" is duplicate', 'coupon_retry 2m;',
    'coupon_retry 3m; # HERE');

sub retry {
    my ($retry, $timeout, $where) = @_;

    return conf("location = /redeem {\nloyalty_redeem shop; # HERE\n"
                . "loyalty_store_timeout $timeout;\n}",
                $STORE, $REWARD, "coupon_retry $retry;");
}

my $SHORT = '"loyalty_redeem" names the program "shop", whose "coupon_retry" '
            . 'is not longer than twice "loyalty_store_timeout": make it';

$t->accepts('a retry longer than two timeouts', retry('21s', '10s'));
$t->refuses('a retry as long as two timeouts', $SHORT, retry('20s', '10s'));
$t->refuses('a retry shorter than that', $SHORT, retry('1s', '600ms'));

$t->accepts('the defaults', conf($REDEEM, $STORE, $REWARD));
$t->refuses('a timeout too long for the default', $SHORT,
    conf("location = /redeem {\nloyalty_redeem shop; # HERE\n"
         . "loyalty_store_timeout 60s;\n}", $STORE, $REWARD));
$t->accepts('which matters only where a store makes coupons',
    conf("location = /redeem {\nloyalty_redeem shop;\n"
         . "loyalty_store_timeout 60s;\n}", 'reward mug 30 "Mug";'));

# locations within the one that serves rewards

$t->accepts('"if" and "limit_except"',
    conf("location = /redeem {\nloyalty_redeem shop;\n"
         . "if (\$arg_x) { set \$y 1; }\nlimit_except POST { deny all; }\n}",
         $STORE, $REWARD));

###############################################################################

$t->done;

###############################################################################
