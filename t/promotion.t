#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for promotion: when orders earn more, and how it adds up.

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

# each program with one rule, or with many

my %rules = (
    double  => 'promotion p multiplier=2;',
    half    => 'promotion p multiplier=1.5;',
    little  => 'promotion p multiplier=1.001;',
    bonus   => 'promotion p bonus=10;',
    large   => 'promotion p multiplier=2 bonus=10 min=50.00;',
    first   => 'promotion p bonus=100 first_order;',
    tier    => 'promotion p multiplier=3 tier=silver; tier basic 0;'
               . ' tier silver 50; tier gold 100;',
    weekend => 'promotion p multiplier=2 from=2031-05-03T00:00:00+02:00'
               . ' until=2031-05-05T00:00:00+02:00;',
    several => 'promotion a multiplier=1.5; promotion b multiplier=2;'
               . ' promotion c bonus=7; promotion d bonus=3;',
);

$t->conf($t->programs([qw(signup claim)], <<'END', %rules))->run;
        currency      USD;
        earn          1 per 1.00;
        RULES
        %%LOOKUP%%
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $number = 0;

$t->post("/$_/signup", {email => $ada}) for sort keys %rules;

sub earns {
    my ($points, $total, $program, $name) = @_;

    $store->has(++$number, email => $ada, total => $total);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_result($t->post("/$program/claim", {email => $ada, order => $number}),
        200, 'claimed', {earned => $points}, $name);
}

###############################################################################

# what it gives

earns(120, '60.99', 'double', 'twice');
earns(90, '60.99', 'half', 'half as much again');
earns(91, '61.00', 'half', 'half a point is none');
earns(61, '61.00', 'little', 'a thousandth of 61');
earns(1001, '1000.00', 'little', 'and of 1000');
earns(70, '60.99', 'bonus', 'ten more');
earns(0, '0.99', 'bonus', 'an order that earns nothing has no bonus');

# what it asks for

earns(49, '49.99', 'large', 'below the minimum');
earns(110, '50.00', 'large', 'from it on');

earns(110, '10.00', 'first', 'a first order');
earns(10, '10.00', 'first', 'and a second');

earns(60, '60.00', 'tier', 'the order that reaches the tier');
earns(180, '60.00', 'tier', 'one of its members');
earns(180, '60.00', 'tier', 'one of a member of a higher tier');

# when

for (['2031-05-02 21:59:59', 10, 'the last second before'],
     ['2031-05-02 22:00:00', 20, 'the first second, in another time zone'],
     ['2031-05-04 21:59:59', 20, 'the last second'],
     ['2031-05-04 22:00:00', 10, 'the end is not in it'])
{
    $clock->set($$_[0]);
    earns($$_[1], '10.00', 'weekend', $$_[2]);
}

# together

earns(60 + 30 + 60 + 7 + 3, '60.99', 'several',
    'parts of the base, added and not multiplied');
earns(0, '0.50', 'several', 'of nothing comes nothing');

###############################################################################

$t->done;

###############################################################################
