#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for earn: by amount, by order and by item, added up.

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

# programs by name, each with its lines; all ask the same store

my %earn = (
    amount    => 'earn 5 per 10.00;',
    min       => 'earn 1 per 1.00 min=20.00;',
    net       => 'earn 1 per 1.00 minus=tax,shipping,refunds;',
    untaxed   => 'earn 1 per 1.00 minus=tax;',
    card      => 'earn 7 per order;',
    card_min  => 'earn 7 per order min=10.00;',
    limited   => 'earn 7 per order limit=2/1h;',
    brief     => 'earn 7 per order limit=1/1s;',
    item      => 'earn 2 per item;',
    item_min  => 'earn 2 per item min=20.00;',
    sku       => 'earn 3 per item sku=MUG-1,MUG-2;',
    category  => 'earn 3 per item "category=Tea & more,cups";',
    both      => 'earn 3 per item sku=MUG-1 category=cups;',
    many      => 'earn 1 per 1.00; earn 10 per 25.00; earn 100 per order;'
                 . ' earn 1000 per item sku=TEA;'
                 . ' earn 10000 per order min=100.00;',
);

$t->conf($t->programs([qw(signup claim balance)], <<'END', %earn))->run;
        currency      USD;
        RULES
        order_lookup  /_store/order number=/number email=/billing/email
                      total=/total paid=any tax=/tax shipping=/shipping
                      refunds=/refunds refund=/total
                      items=/items item_sku=/sku item_quantity=/quantity
                      item_category=/categories;
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1))->start;
my $number = 0;

$t->post("/$_/signup", {email => $ada}) for sort keys %earn;

sub order {
    my (%o) = @_;

    $store->has(++$number, email => $ada, tax => '0.00', shipping => '0.00',
                refunds => [], items => [], %o);
    return $number;
}

# a new order, claimed in a program

sub claim {
    my ($program, %o) = @_;

    return $t->post("/$program/claim", {email => $ada, order => order(%o)});
}

sub earns {
    my ($points, $name, $program, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_result(claim($program, %o), 200, 'claimed', {earned => $points},
              "$program: $name");
}

sub item {
    my ($sku, $quantity, @categories) = @_;

    return {sku => $sku, quantity => $quantity, categories => [@categories]};
}

###############################################################################

# of the total

earns($$_[1], $$_[0], 'amount', total => $$_[0])
    for ['9.99', 0], ['10.00', 5], ['19.99', 5], ['20.00', 10],
        ['60.99', 30];

earns($$_[1], $$_[0], 'min', total => $$_[0])
    for ['19.99', 0], ['20.00', 20], ['20.99', 20];

# without what does not count

my %parts = (tax => '3.19', shipping => '4.95');

earns(60, 'nothing to take off', 'net', total => '60.99');
earns(52, 'tax and shipping', 'net', total => '60.99', %parts);
earns(43, 'a share of refunds, whatever their sign', 'net', total => '60.99', %parts,
    refunds => [{total => '-5.00'}, {total => '6.00'}]);
earns(0, 'paid back as a whole', 'net', total => '60.99',
    refunds => [{total => '-60.99'}]);
earns(0, 'more than there is', 'net', total => '5.00', tax => '2.00',
    shipping => '4.00');
earns(60, 'facts that the store does not have', 'net', total => '60.99',
    tax => \'null', shipping => \'null', refunds => \'null');
earns(53, 'tax alone, and the share of the refund', 'untaxed',
    total => '60.99', %parts, refunds => [{total => '-5.00'}]);

is_fault(claim('net', total => '60.99', tax => '-1.00'), 502,
    'store_bad_answer', 'a tax below zero');
is_fault(claim('net', total => '60.99', refunds => [{total => 'x'}]), 502,
    'store_bad_answer', 'a refund that is none');

# of each order

earns(7, 'an order of nothing', 'card', total => '0.00');
earns(7, 'and a large one', 'card', total => '9999.00');
earns($$_[1], $$_[0], 'card_min', total => $$_[0])
    for ['9.99', 0], ['10.00', 7];

earns(7, "order $_ of two an hour", 'limited') for 1, 2;
my $r = claim('limited');
is_result($r, 200, 'claimed', {earned => 0}, 'limited: the third earns nothing');
like($r->field('message'),
    qr/ is noted, but earned no points: you have reached the limit /,
    'and says why');
is_result($t->post('/limited/claim', {email => $ada, order => $number}), 200,
    'already_claimed', 'and was claimed');

$t->post('/limited/signup', {email => 'bob@example.com'});
$store->has('B', email => 'bob@example.com', tax => '0', shipping => '0',
            refunds => [], items => []);
is_result($t->post('/limited/claim', {email => 'bob@example.com',
    order => 'B'}), 200, 'claimed', {earned => 7}, 'another member has another');

earns(7, 'the first in a second', 'brief');
$t->wait_until('another one earns', sub { claim('brief')->field('earned') });
pass('brief: after that, another one earns');

# many claims at once do not get around it

$t->post('/limited/signup', {email => 'cyd@example.com'});

for my $n (1 .. 8) {
    $store->has("C$n", email => 'cyd@example.com', tax => '0',
                shipping => '0', refunds => [], items => []);
}

my @answers = $t->all(map {
    $t->message('POST', '/limited/claim',
        params => {email => 'cyd@example.com', order => "C$_"})
} 1 .. 8);

is(join(' ', sort map { $_->field('earned') } @answers), '0 0 0 0 0 0 7 7',
    'limited: 8 at once, two of them earn');

# of each piece

my @basket = (item('MUG-1', 2, 'cups'), item('MUG-2', 1), item('TEA', 3,
    'Tea & more', 'green'));

earns(12, 'every piece', 'item', items => [@basket]);
earns(0, 'an empty basket', 'item', items => []);
earns(0, 'no basket', 'item', items => \'null');
earns(2, 'a quantity that is not told is 1', 'item',
    items => [{sku => 'A', quantity => undef, categories => []}]);
earns(0, 'too little in all', 'item_min', items => [@basket],
    total => '19.99');
earns(12, 'enough in all', 'item_min', items => [@basket], total => '20.00');

earns(9, 'those with one of the SKUs', 'sku', items => [@basket]);
earns(0, 'SKUs have their case', 'sku', items => [item('mug-1', 5)]);
earns(0, 'a SKU that is null', 'sku',
    items => [{sku => undef, quantity => 1, categories => []}]);
earns(15, 'those in one of the categories', 'category', items => [@basket]);
earns(3, 'a category as a text', 'category',
    items => [{sku => 'X', quantity => 1, categories => 'cups'}]);
earns(6, 'by either, and once', 'both', items => [@basket]);

is_fault(claim('item', items => [item('A', -1)]), 502, 'store_bad_answer',
    'a quantity below zero');
is_fault(claim('item', items => 'mugs'), 502, 'store_bad_answer',
    'items that are no list');

# all together

earns(60 + 20 + 100 + 3000, 'all lines that hold', 'many', total => '60.99',
    items => [@basket]);
earns(100 + 40 + 100 + 10000, 'another order', 'many', total => '100.00');

is($t->get("/many/balance?email=ada%40example.com")->field('lifetime'),
    3180 + 10240, 'which is what the balance says');

###############################################################################

$t->done;

###############################################################################
