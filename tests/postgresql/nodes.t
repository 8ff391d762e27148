#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Two nginx nodes on one PostgreSQL: whoever asks whichever node at the same
# time, what can happen once happens once, and everybody is told the truth.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib",
        "$FindBin::Bin/../crash/lib";

use List::Util qw(shuffle sum);
use Time::HiRes qw(time);

use Loyalty::Crash;
use Loyalty::Database;
use Loyalty::HTTP;
use Loyalty::Node;
use Loyalty::PostgreSQL;
use Loyalty::Test;

use constant {ROUNDS => 12, RACERS => 32, MIXED => 600};

plan(skip_all => Loyalty::Database->server_lacking)
    if Loyalty::Database->server_lacking;

###############################################################################

my $seed = $ENV{LOYALTY_SEED} || time() ^ $$;
srand $seed;
note("LOYALTY_SEED=$seed");

my $pg = server();
my $books = books($pg);

# Who waits for another one does so in vain only if nobody ever gets on: how
# long it takes is up to the machine.

my @nodes = map {
    node(shop_uri($pg), params => 'timeout=10s', rewards => join '', map {
        "reward last$_ 1 \"The last\" stock=1;\n"
        . "reward few$_ 1 \"A few\" stock=3;\n"
    } 1 .. ROUNDS)
} 1 .. 2;

# The same shop and the same rules, but nothing else in common.

isnt($nodes[0]->dir, $nodes[1]->dir, 'two prefixes');
is(join(' ', map { scalar $_->workers } @nodes), '2 2', 'two workers each');

sub email { "m$_[0]\@example.com" }

# Messages to both nodes, at once; the answers in order.

sub race {
    my (@messages) = @_;

    my $n = 0;

    return Loyalty::HTTP::exchange_each(
        map { [$nodes[$n++ % @nodes]->port(0), $_] } @messages);
}

sub outcomes {
    my %count;

    $count{$_ ? $_->status . ' ' . $_->outcome : 'nothing'}++ for @_;
    return \%count;
}

sub count {
    my ($table, $where) = @_;

    return $books->value("SELECT count(*) FROM $table WHERE $where");
}

# All have a value in common.

sub alike {
    my ($field, @r) = @_;

    my %values = map { ($field eq 'body' ? $_->body : $_->field($field)) => 1 }
                 @r;

    return scalar keys %values;
}

###############################################################################

# The first requests of all, with the tables still to be made.

my @r = race(map { post($nodes[0], 'signup', {email => email($_)}) }
             1 .. RACERS);

is_deeply(outcomes(@r), {'201 signed_up' => RACERS},
    'the first requests find a database without tables');
is($books->version, 1, 'which have a version now');

for my $round (1 .. ROUNDS) {
    my $new = "new$round\@example.com";

    @r = race(map { post($nodes[0], 'signup', {email => $new}) } 1 .. RACERS);

    is_deeply(outcomes(@r),
        {'201 signed_up' => 1, '200 already_member' => RACERS - 1},
        "round $round: one sign-up");
    is(alike('member', @r), 1, "round $round: under one name");

    @r = race(map { post($nodes[0], 'claim',
                         {order => "1-$round", email => email(1)}) }
              1 .. RACERS);

    is_deeply(outcomes(@r),
        {'200 claimed' => 1, '200 already_claimed' => RACERS - 1},
        "round $round: one claim of one member");
    is(sum(map { $_->field('earned') } @r), 10,
        "round $round: earned by one request");

    @r = race(map { post($nodes[0], 'claim',
                         {order => "any-$round", email => email($_)}) }
              1 .. RACERS);

    is_deeply(outcomes(@r),
        {'200 claimed' => 1, '409 order_already_claimed' => RACERS - 1},
        "round $round: one claim of many members");

    @r = race(map { post($nodes[0], 'redeem',
                         {reward => "last$round", email => email($_)}) }
              1 .. RACERS);

    is_deeply(outcomes(@r),
        {'200 redeemed' => 1, '409 out_of_stock' => RACERS - 1},
        "round $round: the last one in stock");

    @r = race(map { post($nodes[0], 'redeem',
                         {reward => "few$round", email => email($_)}) }
              1 .. RACERS);

    is_deeply(outcomes(@r),
        {'200 redeemed' => 3, '409 out_of_stock' => RACERS - 3},
        "round $round: three in stock");

    # one key: what the second one gets is the first one's answer

    @r = race(map { post($nodes[0], 'redeem', {
        reward => 'sticker', email => email(1)}, "redeem-$round") }
        1 .. RACERS);

    is_deeply(outcomes(@r), {'200 redeemed' => RACERS},
        "round $round: one key, all are answered");
    is(alike('body', @r), 1, "round $round: byte for byte alike");
    is(count('redemption', 'reward = \'sticker\''), $round,
        "round $round: one redemption");

    @r = race(map { post($nodes[0], 'claim', {
        order => "2-$round", email => email(2)}, "claim-$round") }
        1 .. RACERS);

    is_deeply(outcomes(@r), {'200 claimed' => RACERS},
        "round $round: a claim with one key");
    is(alike('body', @r), 1, "round $round: byte for byte alike");

    @r = race(map { post($nodes[0], 'signup',
                         {email => "key$round\@example.com"},
                         "signup-$round") } 1 .. RACERS);

    is_deeply(outcomes(@r), {'201 signed_up' => RACERS},
        "round $round: a sign-up with one key");

    # one key for two requests is a mistake of one of them

    @r = race(map { post($nodes[0], 'claim', {
        order => $_ % 2 + 3 . "-$round", email => email($_ % 2 + 3)},
        "both-$round") } 1 .. RACERS);

    is_deeply(outcomes(@r), {'200 claimed' => RACERS / 2,
                             '422 idempotency_key_reused' => RACERS / 2},
        "round $round: one key for two members");

    is(audit($nodes[0], $books), '', "round $round: the books are in order");
}

# What a member may take but twice.

@r = race(map { post($nodes[0], 'redeem', {reward => 'cap',
                                           email => email(1)}) } 1 .. RACERS);

is_deeply(outcomes(@r), {'200 redeemed' => 2,
                         '409 reward_limit' => RACERS - 2},
    'twice for each member');

###############################################################################

# All kinds at once, for few members: orders, rewards and members are locked
# in every order that there is.

my $spent = $books->value('SELECT sum(-points) FROM ledger WHERE points < 0');
my $given = $books->value('SELECT sum(points) FROM ledger WHERE points > 0');
my $began = time();

@r = ();

for my $part (1 .. MIXED / 100) {
    push @r, race(shuffle(
        (map { post($nodes[0], 'claim', {email => email($_ % 6 + 1),
                    order => $_ % 6 + 1 . "-mixed$part-" . int $_ / 12})
        } 1 .. 40),
        (map { post($nodes[0], 'redeem', {email => email($_ % 6 + 1),
                    reward => ('sticker', 'mug', 'cap')[$_ % 3]}) } 1 .. 40),
        (map { post($nodes[0], 'signup',
                    {email => email($part * 100 + int $_ / 4)}) } 1 .. 20)));
}

note(sprintf '%d mixed requests in %.1f s', scalar @r, time() - $began);

my $count = outcomes(@r);
note(join ', ', map { "$count->{$_} x $_" } sort keys %$count);

is_deeply([grep { !/^(?:201\ signed_up|200\ (?:already_member|claimed
                       |already_claimed|redeemed)
                    |409\ (?:not_enough_points|out_of_stock|reward_limit))$/x
                } keys %$count], [], 'mixed: everybody got a proper answer');

my @ok = grep { $_->status < 300 } @r;

is($books->value('SELECT sum(points) FROM ledger WHERE points > 0') - $given,
   sum(map { $_->field('earned') } @ok), 'mixed: earned what was answered');
is($books->value('SELECT sum(-points) FROM ledger WHERE points < 0') - $spent,
   sum(map { $_->field('spent') } @ok), 'mixed: spent what was answered');

is(audit($nodes[0], $books), '', 'mixed: the books are in order');

# Both tell the same.

is_deeply([map { $nodes[1]->balance(email($_))->body } 1 .. RACERS],
          [map { $nodes[0]->balance(email($_))->body } 1 .. RACERS],
    'both nodes tell the same of every member');

cmp_ok($books->value('SELECT count(*) FROM writer'), '>=', 4,
    'several connections have written');

###############################################################################

# An auditor who sees nothing is no auditor.

$pg->psql('ALTER TABLE member DISABLE TRIGGER USER;
           UPDATE member SET points = points + 1, lifetime = lifetime + 1
           WHERE id = 1',
          database => 'loyalty');

like(audit($nodes[0], $books), qr/points are the sum of the ledger/,
    'the auditor sees a point too many');

note(scalar(grep { /deadlock detected/ } split /\n/, $pg->log),
     ' deadlocks on the way');

is(join("\n", map { $_->read_file('error.log') =~ /(cannot be used: .*)/g }
              @nodes), '', 'the database could be used all the time');

$nodes[1]->stop;
is(join('', $nodes[1]->alarms, $nodes[1]->leaks, $nodes[1]->reports), '',
    'nothing alarming in the log of the second node');

$nodes[0]->done;

###############################################################################
