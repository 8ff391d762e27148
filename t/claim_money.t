#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_claim: totals become points exactly, in every currency.

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

# a point for each minor unit shows how the total was read

sub rules {
    my ($currency, $earn, $more) = @_;

    return <<"END";
currency      $currency;
        earn          $earn;
        order_lookup  /_store/order number=/number status=/status $more
                      email=/billing/email total=/total paid=processing;
END
}

my %programs = (
    usd   => rules('USD', '1 per 0.01', ''),
    jpy   => rules('JPY', '1 per 1', ''),
    kwd   => rules('KWD', '1 per 0.001', ''),
    minor => rules('USD', '1 per 0.01', 'unit=minor'),
    large => rules('USD', '1 per 1000.00', ''),
    three => rules('USD', '3 per 2.50', ''),
    card  => rules('USD', '7 per order min=5.00 limit=2/1d', ''),
);

$t->conf($t->programs([qw(signup claim)], '        RULES', %programs))->run;

###############################################################################

# program; total, a reference for a JSON number; points, or nothing where
# the total is refused

my @totals = (
    [usd => '60.99',     6099],
    [usd => \'60.99',    6099],
    [usd => \'120.5',   12050],
    [usd => \'60',       6000],
    [usd => '60',        6000],
    [usd => '0.29',        29],
    [usd => \'0.29',       29],
    [usd => \'0.57',       57],
    [usd => \'1.15',      115],
    [usd => \'8.41',      841],
    [usd => \'4.35',      435],
    [usd => \'19.99',    1999],
    [usd => \'1234567.89', 123456789],
    [usd => '0',            0],
    [usd => \'0.0',         0],
    [usd => '007.10',     710],
    [usd => '1.9900',     199],
    [usd => \'1.990',     199],

    [usd => '1.991'],
    [usd => \'1.991'],
    [usd => '0.001'],
    [usd => '-1.00'],
    [usd => \'-1.00'],
    [usd => \'-1'],
    [usd => '+1.00'],
    [usd => '1,00'],
    [usd => '1.000,00'],
    [usd => '1 000.00'],
    [usd => '$1.00'],
    [usd => '1e3'],
    [usd => '0x10'],
    [usd => '1.'],
    [usd => '.5'],
    [usd => '1.0.0'],
    [usd => '.'],
    [usd => ''],
    [usd => ' 1.00'],
    [usd => 'Infinity'],
    [usd => 'NaN'],
    [usd => \'1e300'],
    [usd => \'99999999999999999999'],
    [usd => "\x{661}"],

    [jpy => '1000',      1000],
    [jpy => \'1000',     1000],
    [jpy => '1000.00',   1000],
    [jpy => '1000.50'],
    [jpy => \'1000.5'],

    [kwd => '1.234',     1234],
    [kwd => \'1.234',    1234],
    [kwd => '1.2',       1200],
    [kwd => '1.2345'],

    [minor => \'6099',   6099],
    [minor => '6099',    6099],
    [minor => \'60.99'],
    [minor => '60.99'],
    [minor => \'-6099'],

    [large => '1234567890123456.78', 1234567890123],
    [large => '999999999999999999',  undef],
    [large => '0000000000000000000'],
    [large => '1234567890123456789'],

    [three => '2.49',       0],
    [three => '2.50',       3],
    [three => '7.49',       6],
);

my $store = Loyalty::Store->new($t, $t->port(1));

$store->order("T$_", email => 'ada@example.com', total => $totals[$_][1])
    for 0 .. $#totals;

$store->order("C$_->[0]", email => 'ada@example.com', total => $_->[1])
    for ([1, '4.99'], [2, '5.00'], [3, '1000.00'], [4, '5.00']);

$store->start;

$t->post("/$_/signup", {email => 'ada@example.com'}) for keys %programs;

for my $i (0 .. $#totals) {
    my ($program, $total, $points) = @{$totals[$i]};

    my $r = $t->post("/$program/claim",
                     {order => "T$i", email => 'ada@example.com'});
    my $name = "$program: " . (ref $total ? "$$total as a number"
                                          : "\"$total\"");

    if (defined $points) {
        is_result($r, 200, 'claimed', {earned => $points}, $name);

    } else {
        is_fault($r, 502, 'store_bad_answer', $name);
    }
}

# so many points an order, whatever it cost

sub card {
    my ($order) = @_;

    return $t->post('/card/claim',
                    {order => $order, email => 'ada@example.com'});
}

is_result(card('C1'), 200, 'claimed', {earned => 0}, 'below the minimum');
is_result(card('C2'), 200, 'claimed', {earned => 7}, 'the minimum');
is_result(card('C3'), 200, 'claimed', {earned => 7}, 'a large order');
is_result(card('C4'), 200, 'claimed', {earned => 0, points => 14},
    'a third order on one day');

###############################################################################

$t->done;

###############################################################################
