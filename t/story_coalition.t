#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/coalition.conf: points of three
# restaurants are spent at each of them.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Story;

###############################################################################

my $ada = 'ada@example.com';
my $t = Loyalty::Story->new('coalition', '2027-04-01 19:00');

my %from = (bakery => 1, tavern => 2, chalet => 3);
my %currency = (bakery => 'EUR', tavern => 'EUR', chalet => 'CHF');

sub eats {
    my ($store, $number, $total, %more) = @_;

    $t->order($number, from => $from{$store}, email => $ada, total => $total,
        currency => $currency{$store}, %more);
    return $t->post('/loyalty/claim',
        {order => $number, email => $ada, store => $store});
}

$t->signup($ada);

# Order 17 of each: 3 full tens of 34.50 are 15 points, 8 of 80.00 are 40; 100
# francs are 104 euros, 10 full tens, 50 points.

is_result(eats('bakery', 17, '34.50'), 200, 'claimed', {earned => 15,
    points => 15, order => '17'}, 'order 17 of the bakery');
is_result(eats('tavern', 17, '80.00'), 200, 'claimed', {earned => 40,
    points => 55}, 'that of the tavern is another one');
is_result(eats('chalet', 17, '100.00'), 200, 'claimed', {earned => 50,
    points => 105}, 'and that of the chalet, in francs');
is_result(eats('tavern', 17, '80.00'), 200, 'already_claimed',
    {points => 105}, 'the tavern\'s again');

is(($t->rows("SELECT total FROM claim WHERE store = 'chalet'"))[0], 10400,
    'what it was in euros is kept');

is_fault(eats('chalet', 18, '100.00', currency => 'EUR'), 422,
    'wrong_currency', 'euros at the chalet');
is_fault(eats('bakery', 18, '100.00', currency => 'CHF'), 422,
    'wrong_currency', 'francs at the bakery');

$t->order(19, from => 1, email => $ada, total => '50.00', currency => 'EUR');
is_fault($t->post('/loyalty/claim', {order => 19, email => $ada,
    store => 'tavern'}), 404, 'order_not_found',
    'an order of the bakery is none of the tavern');
is_fault($t->claim(19, $ada), 400, 'bad_request', 'whose it is must be said');
is_fault($t->post('/loyalty/claim', {order => 19, email => $ada,
    store => 'cinema'}), 400, 'bad_request', 'one that is not among them');

# In May the bakery gives double, in its own time: 22:00 is midnight there.

$t->now('2027-04-30 21:59:59');
is_result(eats('bakery', 20, '20.00'), 200, 'claimed', {earned => 10},
    'the last second of April');
$t->now('2027-04-30 22:00:00');
is_result(eats('bakery', 21, '20.00'), 200, 'claimed', {earned => 20,
    points => 135}, 'the first of May: 105 + 10 + 20');
is_result(eats('tavern', 21, '20.00'), 200, 'claimed', {earned => 10,
    points => 145}, 'the tavern goes on as before');
$t->now('2027-05-31 22:00:00');
is_result(eats('bakery', 22, '20.00'), 200, 'claimed', {earned => 10,
    points => 155}, 'and in June the bakery, too');

# A fondue for 90, honoured by the chalet: 15 of the bakery, 40 of the tavern
# and 35 of the chalet itself, the oldest first.

my $r = $t->redeem('fondue', $ada);

is_result($r, 200, 'redeemed', {points => 65}, '155 - 90');
is_result($t->use_coupon($r->field('coupon')), 200, 'coupon_used',
    {store => 'chalet'}, 'at the chalet');

my $owes = q(SELECT lot.store, sum(spending.points)
             FROM spending JOIN lot ON lot.id = spending.lot
                  JOIN redemption ON redemption.id = spending.entry
             WHERE redemption.store = '%s'
             GROUP BY lot.store ORDER BY lot.store);

is_deeply([$t->rows(sprintf $owes, 'chalet')],
    ['bakery|15', 'chalet|35', 'tavern|40'], 'who pays for the fondue');

# A carafe for 40 at the tavern, of what is left: 15 of the chalet, and of the
# bakery 10, and 15 of the 20 that it gave in May.

is_result($t->redeem('wine', $ada), 200, 'redeemed', {points => 25},
    '65 - 40');
is_deeply([$t->rows(sprintf $owes, 'tavern')], ['bakery|25', 'chalet|15'],
    'who pays for the wine');

# The bakery has given 15 to the chalet and 25 to the tavern; the tavern 40 to
# the chalet, which has given it 15 back.

is_deeply([$t->ctl('report', 'coalition', '--csv')], [
    'earned_at,spent_at,points,the_other_way,owed',
    'bakery,chalet,15,0,15', 'bakery,tavern,25,0,25',
    'chalet,chalet,35,35,0', 'chalet,tavern,15,40,0',
    'tavern,chalet,40,15,25'
], 'who owes whom');

###############################################################################

$t->told;

###############################################################################
