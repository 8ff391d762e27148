#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl verify: finds whatever is wrong, where it is, and nothing where
# all is right; on both engines.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use File::Copy qw(copy);
use JSON::PP ();

use Loyalty::Coalition;
use Loyalty::Ctl;
use Loyalty::PostgreSQL;
use Loyalty::Test;

# here the test says where a program's database is

$ENV{LOYALTY_ENGINE} = 'sqlite';

plan(skip_all => 'no sqlite3') if !Loyalty::Nginx->has_program('sqlite3');
plan(skip_all => Loyalty::PostgreSQL->lacking)
    if Loyalty::PostgreSQL->lacking;

###############################################################################

my $t = Loyalty::Test->new;
my $pg = Loyalty::PostgreSQL->new(conf => {shared_buffers => '64MB'});
my $ctl = Loyalty::Ctl->new($t, $pg);
my $coalition = Loyalty::Coalition->new($t, $ctl);

# A copy of a database in which something is changed behind its back.

my $copies = 0;

sub damage {
    my ($db, $sql) = @_;

    if ($db =~ /\.db$/) {
        my $copy = 'damaged' . ++$copies . '.db';

        copy($t->path($db), $t->path($copy)) or die "$db: $!";

        my @triggers = map { "DROP TRIGGER $_->[0];" } $ctl->rows($copy,
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'");

        $ctl->sqlite_sql($copy, "@triggers PRAGMA ignore_check_constraints=1;"
                         . " $sql");
        return $copy;
    }

    my $copy = 'damaged' . ++$copies;

    $pg->psql("CREATE DATABASE $copy TEMPLATE $db");
    $ctl->{made}{$copy} = 1;
    $ctl->pg_sql($copy, "SET session_replication_role = replica; $sql");

    return $copy;
}

# Two rows of the scene that the changes are about.

my $ada = "(SELECT id FROM member WHERE email = 'ada\@example.com')";
my $mug = "(SELECT id FROM redemption WHERE reward = 'mug')";

# What is done, and the checks that must notice it.

my @damages = (
    ['a balance', "UPDATE member SET points = points + 1 WHERE id = $ada",
     'balance'],
    ['what was ever earned',
     "UPDATE member SET lifetime = lifetime - 1 WHERE id = $ada", 'balance'],
    ['the last entry',
     "UPDATE member SET last_entry = last_entry - 1 WHERE id = $ada",
     'balance'],
    ['a member who is gone', "DELETE FROM member WHERE id = $ada", 'balance',
     'counts'],
    ['an entry that is gone',
     "DELETE FROM ledger WHERE kind = 'action'", 'balance', 'chain', 'once'],
    ['a chain that leads elsewhere',
     "UPDATE ledger SET previous = 1 WHERE kind = 'restoration' "
     . "OR kind = 'reversal'", 'chain'],
    ['more spent than there is',
     "UPDATE spending SET points = points + 1000 WHERE entry = $mug",
     'first_open|lots', 'redemptions', 'spending'],
    ['spending that is gone', "DELETE FROM spending WHERE entry = $mug",
     'debts', 'first_open', 'redemptions'],
    ['spending that a lot has not seen',
     "INSERT INTO spending SELECT max(id), min(id), 1 FROM ledger",
     'owners', 'spending'],
    ['points of somebody else',
     "UPDATE ledger SET member = $ada WHERE kind = 'action'", 'owners|chain',
     'balance', 'once'],
    ['open lots that nobody looks at',
     "UPDATE member SET first_open = last_entry + 1 WHERE id = $ada",
     'first_open'],
    ['what is pending',
     "UPDATE member SET pending = pending + 1 WHERE pending <> 0",
     'pending'],
    ['an order that was not claimed',
     "DELETE FROM claim WHERE number = '1001'", 'claims', 'counts'],
    ['an order that was credited with more',
     "UPDATE claim SET points = points - 1 WHERE number = '1002'", 'claims'],
    ['how many claims are waiting',
     "UPDATE member SET waiting = waiting + 1 WHERE id = $ada", 'postponed'],
    ['a claim that nobody has',
     "INSERT INTO postponed (id, store, number, member, email, at, until_at, "
     . "next_at) VALUES (9, 'default', '1009', 999, 'x', 1, 2, 2)",
     'postponed'],
    ['a refund of more than was earned',
     "UPDATE reversal SET points = 999, taken = 20", 'refund_steps'],
    ['a refund of the whole order that was none',
     "UPDATE reversal SET whole = 1", 'refund_steps', 'counts'],
    ['a friend whose order was sent back', "INSERT INTO friend (member, "
     . "referrer, mailbox, points, rewarded_at, store, number) "
     . "SELECT $ada, 1 + $ada % 2, 'x', 0, 1, store, number FROM reversal "
     . "LIMIT 1; UPDATE reversal SET whole = 1", 'once', 'counts',
     'refund_steps'],
    ['a step that is missing', "UPDATE reversal SET step = 2",
     'refund_steps'],
    ['a refund that the ledger does not know',
     "UPDATE reversal SET taken = taken - 1", 'refunds'],
    ['a refund that still counts as earned',
     "UPDATE reversal SET points = points + 1", 'refunds'],
    ['a redemption that was not paid',
     "UPDATE redemption SET cost = cost - 1 WHERE reward = 'mug'",
     'redemptions'],
    ['a cancellation that gave nothing back',
     "UPDATE redemption SET state = 'cancelled' WHERE reward = 'mug'",
     'cancellations', 'counts'],
    ['a coupon from the pool that nobody has',
     "INSERT INTO pool (reward, coupon, redemption) "
     . "VALUES ('mug', 'X', 999)", 'coupons'],
    ['the stock', "UPDATE reward SET redeemed = redeemed + 1", 'counts'],
    ['the orders of a member',
     "UPDATE member SET orders = 0 WHERE id = $ada", 'counts'],
    ['the badges of a member',
     "UPDATE member SET badges = badges + 1 WHERE id = $ada", 'counts'],
    ['an event that earned more', "UPDATE event SET points = 11", 'once'],
    ['a friend of nobody', "INSERT INTO friend (member, referrer, mailbox, "
     . "points, rewarded_at) VALUES ($ada, 999, 'x', 0, 0)", 'once'],
    ['a membership that is not noted',
     "INSERT INTO membership (member, id, until_at) "
     . "VALUES ($ada, 'club', 2000000000)", 'once'],
    ['a day of which a report tells too much', "INSERT INTO day (day, kind, "
     . "credited, debited, entries) VALUES (1, 'claim', 1, 0, 1)", 'days'],
    ['a day of which a report tells nothing', "DELETE FROM fold; INSERT INTO "
     . "fold (id, entry, at, newest, newest_at) VALUES (1, 1, 0, 0, 0)",
     'days'],
    ['an answer from the future',
     "INSERT INTO answer (id, caller, key, request, status, result, body, at) "
     . "VALUES (999, '', 'k', '', 200, '', '', 4000000000)", 'answers']
);

for (['SQLite', 'shop/a.db'], ['PostgreSQL', 'one']) {
    my ($name, $db) = @$_;

    $coalition->serve($db);
    $t->balance('nobody@example.com');

    my $r = $ctl->on($db, 'verify');
    is($r->{exit}, 0, "$name: an empty program is right");

    $coalition->happen($db);

    $r = $ctl->on($db, 'verify');
    is($r->{exit}, 0, "$name: all is right") or diag($r->{out});
    like($r->{out}, qr/^All is right: 4 members, \d+ entries/,
        "$name: and says so");
    like($r->{err}, qr/^checking balance, rows: \d+$/m,
        "$name: says how far it is");

    $r = $ctl->on($db, 'verify', '--quiet');
    is("$r->{exit}$r->{out}$r->{err}", '0', "$name: --quiet");

    my $json = $ctl->json($db, 'verify');
    is_deeply([@$json{qw(command result members wrong findings)}],
        ['verify', 'right', 4, 0, []], "$name: --json");

    $r = $ctl->on($db, 'member', 'merge', 'bob@example.com',
                  'dee@example.com');
    is($r->{exit}, 0, "$name: two members are merged") or diag($r->{err});
    $r = $ctl->on($db, 'verify', '--quiet');
    is("$r->{exit}$r->{out}", '0', "$name: all is right after it");

    $t->stop;

    for (@damages) {
        my ($what, $sql, @checks) = @$_;

        my $damaged = damage($db, $sql);

        $r = $ctl->on($damaged, 'verify', '--json', '--quiet');
        is($r->{exit}, 1, "$name: $what: failed");

        $json = JSON::PP->new->decode($r->{out});
        is($json->{result}, 'wrong', "$name: $what: found");

        my %found = map { $_->{check} => 1 } @{$json->{findings}};

        for my $check (@checks) {
            ok((grep { /^(?:$check)$/ } keys %found),
                "$name: $what: by the check \"$check\"")
                or diag(join ' ', sort keys %found);
        }
    }

    # where it is, and no more of it than is asked for

    my $damaged = damage($db, 'UPDATE member SET points = points + 7');

    $r = $ctl->on($damaged, 'verify', '--quiet', '--limit', 3);
    my @lines = grep { /^balance: / } split /\n/, $r->{out};
    is(scalar @lines, 4, "$name: as many as asked for, and how many more");
    like($lines[0], qr/^balance: m_\w{22}: points: \d+ instead of \d+$/,
        "$name: with the member's code and the numbers");
    is($lines[3], 'balance: and 1 more', "$name: and more");
    unlike($r->{out}, qr/\@/, "$name: without e-mails");
}

###############################################################################

# A file that is damaged

my $file = damage('shop/a.db', 'PRAGMA journal_mode=DELETE');

$ctl->sqlite_sql($file, 'PRAGMA writable_schema=1; UPDATE sqlite_schema SET '
    . "rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'event') "
    . "WHERE name = 'answer_at'");

my $r = $ctl->on($file, 'verify', '--quiet');
is($r->{exit}, 1, 'a damaged file');
like("$r->{out}$r->{err}", qr/^file: |malformed/m, 'a damaged file: says so');

for (['verify', 'a'], ['verify', '--fast'], ['verify', '--limit', 'x']) {
    is($ctl->run('-d', $ctl->uri('shop/a.db'), @$_)->{exit}, 2,
        "wrong usage: @$_");
}

is($ctl->on('none.db', 'verify')->{exit}, 1, 'no such file');

$t->done;

###############################################################################
