#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A story of conf-examples/programs/pharmacy.conf: what is good for people
# earns points, not what they spend.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Story;

###############################################################################

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';

# a Monday

my $t = Loyalty::Story->new('pharmacy', '2031-06-02 09:00');
my ($order, $walk) = (0, 0);

sub buys {
    my ($email, @items) = @_;

    $t->order(++$order, email => $email, total => '30.00', currency => 'EUR',
        line_items => [map {
            {sku => $_->[0], quantity => $_->[1], categories => $_->[2] || []}
        } @items]);

    return $t->claim($order, $email);
}

sub walks { $t->action('walk', 'w' . ++$walk, $_[0]) }

$t->signup($_) for $ada, $bob;

# Two of vitamins and three of sun cream: 2 x 5 + 3 x 2 = 16.  Of something in
# two of the categories each piece counts once.

is_result(buys($ada, ['VIT-C', 2, ['vitamins']], ['SUN-50', 3]), 200,
    'claimed', {earned => 16, points => 16, streak => 1}, 'what counts');
is_result(buys($ada, ['ALOE', 1, ['skin-care', 'vitamins']]), 200,
    'claimed', {earned => 5, points => 21}, 'a piece is a piece');

my $r = buys($ada, ['RX-1', 4, ['prescription']]);

is_result($r, 200, 'claimed', {earned => 0, points => 21}, 'what does not');
is($r->field('message'), "Thank you! Order $order is noted, but earned no "
    . 'points.', 'as she reads');

# The questionnaire counts once, also when it is sent twice.

$r = $t->action('form', 'f-ada', $ada);

is_result($r, 200, 'rewarded', {earned => 20, points => 41}, 'a form');
is($r->field('message'), 'Thank you! The questionnaire earned you 20 points.',
    'as she reads');
is_result($t->action('form', 'f-ada', $ada), 200, 'already_rewarded',
    {earned => 0, points => 41}, 'the same form');
is_fault($t->action('form', 'f-ada', $bob), 409, 'action_already_rewarded',
    'her form is not Bob\'s');
is_fault($t->action('form', 'f-ada-2', $ada), 409, 'action_limit',
    'another form');
is_fault($t->action('nap', 'n1', $ada), 404, 'action_not_found',
    'sleeping is not in the program');

# Walks: one a day, five a week.  41 + 5 x 5 = 66.

is_result(walks($ada), 200, 'rewarded', {earned => 5}, 'Monday\'s walk');
is_fault(walks($ada), 409, 'action_limit', 'once a day');

for my $day (3 .. 6) {
    $t->now("2031-06-0$day 09:00");
    is_result(walks($ada), 200, 'rewarded', {earned => 5},
        "the walk of the ${day}rd or ${day}th");
}

is($t->points($ada), 66, '41 + 5 x 5');

$t->now('2031-06-07 09:00');
is_fault(walks($ada), 409, 'action_limit', 'five in seven days');
$t->now('2031-06-09 08:59:59');
is_fault(walks($ada), 409, 'action_limit', 'until Monday\'s is 7 days old');

# The second week: five more, and the tenth brings the badge.

for my $day (9, 10, 11, 12, 13) {
    $t->now(sprintf '2031-06-%02d 09:00', $day);
    $r = walks($ada);
}

is_result($r, 200, 'rewarded', {points => 116},
    '66 + 5 x 5 + 25: the tenth walk');
is($r->field('message'), 'Thank you! Your walk earned you 30 points. You '
    . 'have a new badge: Walker.', 'as she reads');
is_deeply([map { "$_->{id} $_->{new}" } @{$r->field('badges')}], ['walker 1'],
    'the badge is new');

# A check is good twice in 365 days.

is_result($t->action('check', 'c1', $ada), 200, 'rewarded',
    {points => 166}, '116 + 50');
is_result($t->action('check', 'c2', $ada), 200, 'rewarded',
    {points => 216}, '166 + 50');
is_fault($t->action('check', 'c3', $ada), 409, 'action_limit', 'not thrice');

# Rewards are handed over.

$r = $t->redeem('cream', $ada);
is_result($r, 200, 'redeemed', {points => 156}, '216 - 60');
is($r->field('message'), 'Enjoy your reward! A hand cream: whoever hands it '
    . 'over asks for this code: ' . $r->field('coupon')
    . '. You have 156 points.', 'as she reads');
my $coupon = $r->field('coupon');

like(join("\n", $t->ctl('reward', 'waiting', '--csv')),
    qr/^coupon,.*\n$coupon,cream,[^\n]*\z/, 'and waits for her');
$t->ctl('reward', 'done', $coupon);
is(scalar(() = $t->ctl('reward', 'waiting', '--csv')), 1,
    'until she has it');
is_fault($t->cancel($coupon, $ada), 409, 'coupon_used_before',
    'then it cannot be given back');

# Four weeks in a row: the first was that of the 2nd of June.  Sunday, Monday
# and Sunday are in three weeks, whatever is between them.

$t->now('2031-06-15 23:59');
is_result(buys($ada, ['RX-1', 1]), 200, 'claimed', {streak => 2},
    'the second week, on its Sunday');
$t->now('2031-06-16 00:00');
is_result(buys($ada, ['RX-1', 1]), 200, 'claimed', {streak => 3},
    'the third, on its Monday');
$t->now('2031-06-29 20:00');
$r = buys($ada, ['VIT-C', 1, ['vitamins']]);
is_result($r, 200, 'claimed', {streak => 4, points => 191},
    'the fourth: 156 + 5 + 30');
is($r->field('message'), "Thank you! Order $order earned you 35 points. You "
    . 'have a new badge: Regular.', 'as she reads');

$t->now('2031-07-14 00:00');
is($t->balance($ada)->field('streak'), 0, 'a week without, and it is over');
is_deeply([sort map { $_->{id} } @{$t->balance($ada)->field('badges')}],
    [qw(regular walker)], 'badges stay');

# Bob is second.

$t->action('check', 'c-bob', $bob);

my $board;

$t->wait_until('the leaderboard is made', sub {
    $board = $t->get('/loyalty/leaderboard?email=bob%40example.com');
    return $board->field('at');
});

is_result($board, 200, 'leaderboard', 'the leaderboard');
unlike($board->text, qr/ada|bob/, 'without anybody\'s e-mail');
is_deeply([map { "$_->{rank} $_->{points}" } @{$board->field('leaders')}],
    ['1 251', '2 50'], 'by all that was ever earned: 191 + 60 and 50');
is($board->field('you')->{rank}, 2, 'and Bob is second');

###############################################################################

$t->told;

###############################################################################
