#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl copy: programs move between SQLite and PostgreSQL, whole or not
# at all.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use File::Basename qw(dirname);
use JSON::PP ();

use Loyalty::Ctl;
use Loyalty::PostgreSQL;
use Loyalty::Store;
use Loyalty::Test;

# here the test says where a program's database is

$ENV{LOYALTY_ENGINE} = 'sqlite';

plan(skip_all => 'no sqlite3') if !Loyalty::Nginx->has_program('sqlite3');
plan(skip_all => Loyalty::PostgreSQL->lacking)
    if Loyalty::PostgreSQL->lacking;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

plan(skip_all => 'loyaltyctl was built without libpq')
    if Loyalty::Ctl->new($t)->run('copy', 'postgresql://[', 'sqlite:x')->{err}
       =~ /was built without/;

my $pg = Loyalty::PostgreSQL->new(conf => {shared_buffers => '64MB'});
my $ctl = Loyalty::Ctl->new($t, $pg);

my @tables = qw(answer badge claim event friend ledger member membership moved
                pool postponed recall redemption reversal reward spending);

###############################################################################

# Help and usage

my $r = $ctl->run('--help');
is($r->{exit}, 0, '--help');
like($r->{out}, qr/^usage: loyaltyctl .*\n  copy  .*Exit status: 0/s,
    '--help has the commands');

$r = $ctl->run('copy', '--help');
is($r->{exit}, 0, 'copy --help');
like($r->{out}, qr/^usage: loyaltyctl copy .*stop every nginx.*Exit status/s,
    'copy --help says what to do before');
is($r->{err}, '', 'help goes to standard output');

for (['no command'], ['an unknown command', 'move'],
     ['no databases', 'copy'], ['one database', 'copy', 'sqlite:a'],
     ['three databases', 'copy', 'sqlite:a', 'sqlite:b', 'sqlite:c'],
     ['an unknown option', 'copy', '--fast', 'sqlite:a', 'sqlite:b'],
     ['another kind of database', 'copy', 'sqlite:a', 'mysql://b'],
     ['no path', 'copy', 'sqlite:', 'sqlite:b'],
     ['a URI that cannot be read', 'copy', 'postgresql://[', 'sqlite:b'],
     ['a password', 'copy', 'sqlite:a', 'postgresql://u:secret@h/d'])
{
    my ($name, @args) = @$_;

    $r = $ctl->run(@args);
    is($r->{exit}, 2, "$name: wrong usage");
    like($r->{err}, qr/^(?:usage|loyaltyctl)/, "$name: it says so");
    is($r->{out}, '', "$name: nothing on standard output");
    unlike($r->{err}, qr/secret/, "$name: no password");
}

###############################################################################

# A program as nginx leaves it, with some things that it would not write: all
# that a text can hold, and numbers as large as they get.

my $store = Loyalty::Store->new($t, $t->port(1));
$store->order($_, email => 'ada@example.com', total => '210.00')
    for 1001 .. 1004;
$store->order(2001, email => 'bob@example.com', total => '210.00');
$store->start;

sub serve {
    $ctl->serve($_[0], <<'END', 'cancel');
        signup_bonus    50;
        reward          sticker  30 "Sticker" stock=2;
        reward          hanky   200 "Free handkerchief";
        coupon_expires  30d;
END
}

my @idempotent = (params => {email => 'ada@example.com', reward => 'sticker'},
                  headers => ['Idempotency-Key' => 'first']);

sub redeem_again { $t->request('POST', '/loyalty/redeem', @idempotent) }

serve($ctl->sqlite('shop/a.db'));

$t->signup($_) for qw(bob@example.com ada@example.com);
$t->claim($_, 'ada@example.com') for qw(1001 1002);
my $answer = redeem_again();
is_result($answer, 200, 'redeemed', {points => 440}, 'a redemption');
is_result($t->redeem('hanky', 'ada@example.com'), 200, 'redeemed',
    {points => 240}, 'a redemption that takes from two lots');

# points that were given back are not earned once more

$t->claim(2001, 'bob@example.com');
is_result($t->post('/loyalty/cancel', {email => 'bob@example.com',
    coupon => $t->redeem('hanky', 'bob@example.com')->field('coupon')}),
    200, 'cancelled', {points => 260, lifetime => 260}, 'a cancellation');

$t->stop;

$ctl->sqlite_sql('shop/a.db', <<'END');
INSERT INTO answer (id, caller, key, request, status, result, body, at) VALUES
    (4611686018427387904, '', '\N', '\.', 200, '', 'tab' || char(9) || ' cr' || char(13)
     || ' lf' || char(10) || ' \\ \t \x41 "''% ü € 😀' || char(127), -1),
    (7, 'it', '', char(9), 9223372036854775807, ' ',
     replace(hex(zeroblob(100000)), '00', 'body'), -9223372036854775808);
INSERT INTO claim VALUES
    ('\', 'NULL', 999, 'USD', 1, 0, 0, 'nothing', '', 0, 0),
    ('\', 'null', 999, 'USD', 1, 0, 0, 'nothing', '', 0, 0);
INSERT INTO moved VALUES (1, 2), (1, 3);
INSERT INTO postponed VALUES
    (7, 'default', '1', 1, 'ada@example.com', 1, 2, 3, 4);
INSERT INTO reversal VALUES ('\', 'NULL', 1, 0, 5, 0, 0, 1, 0);
INSERT INTO recall VALUES ('\', 'NULL', 5);
INSERT INTO event VALUES ('review', '', 1, 0, 0), ('review', '\N', 1, 5, 1);
INSERT INTO friend VALUES
    (1, 2, 'bob@example.com', 0, 0, '\', 'NULL', 1, 2, 3, 4);
INSERT INTO membership VALUES (1, 'club', 4611686018427387904);
INSERT INTO badge VALUES (2, 'first', 1);
INSERT INTO pool VALUES ('pin', 'P-1', 0), ('pin', 'P-2', 9);
END

my $state = $ctl->dump('shop/a.db');

is_deeply([sort keys %$state], \@tables, 'the tables of a program');
is_deeply([grep { !@{$state->{$_}} } @tables], [], 'none is empty');

###############################################################################

# There and back, and within an engine

sub copied {
    my ($from, $to, $name, @options) = @_;

    my $r = $ctl->copy($from, $to, @options);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $ok = is($r->{exit}, 0, "$name: copied");
    diag($r->{err}) if !$ok;

    return $r;
}

copied('shop/a.db', 'one', 'SQLite to PostgreSQL');
is_deeply($ctl->dump('one'), $state, 'SQLite to PostgreSQL: the same');

copied('one', 'back.db', 'PostgreSQL to SQLite');
is_deeply($ctl->dump('back.db'), $state, 'PostgreSQL to SQLite: the same');
is($ctl->schema('back.db'), $ctl->schema('shop/a.db'),
    'PostgreSQL to SQLite: with the same schema');
is($ctl->sqlite_sql('back.db', 'PRAGMA integrity_check'), 'ok',
    'PostgreSQL to SQLite: in order');
is(sprintf('%o', (stat $t->path('back.db'))[2] & 07777), '600',
    'PostgreSQL to SQLite: readable by its owner only');

$r = copied('shop/a.db', 'sqlite.db', 'SQLite to SQLite', '--quiet');
is("$r->{out}$r->{err}", '', '--quiet says nothing');
is_deeply($ctl->dump('sqlite.db'), $state, 'SQLite to SQLite: the same');

$r = copied('one', 'two', 'PostgreSQL to PostgreSQL', '--json');
is_deeply($ctl->dump('two'), $state, 'PostgreSQL to PostgreSQL: the same');
is_deeply($ctl->dump('shop/a.db'), $state, 'a source is as it was');

my $json = JSON::PP->new->decode($r->{out});
like(delete $json->{milliseconds}, qr/^\d+$/, '--json: the time');

my %rows = map { $_ => scalar @{$state->{$_}} } @tables;
my $all = 0;
$all += $_ for values %rows;

is_deeply($json, {command => 'copy', result => 'copied', rows => $all,
                  tables => \%rows}, '--json: one object, with the counts');

# an empty program is one, too, and its copy is empty

serve($ctl->sqlite('shop/none.db'));
is_fault($t->balance('ada@example.com'), 404, 'not_a_member',
    'an empty program');
$t->stop;

copied('shop/none.db', 'three', 'an empty program');
copied('shop/a.db', 'three', 'into a copy of an empty program');
is_deeply($ctl->dump('three'), $state, 'the same again');

###############################################################################

# The program goes on where it is now

sub goes_on {
    my ($name, $uri, $order, %now) = @_;

    serve($uri);

    my $again = redeem_again();
    is($again->body, $answer->body, "$name: an answer is replayed");

    is_result($t->claim(1001, 'ada@example.com'), 200, 'already_claimed',
        {points => $now{points}}, "$name: what was claimed is");
    is_result($t->claim($order, 'ada@example.com'), 200, 'claimed',
        {points => $now{points} + 210}, "$name: a new claim");
    is_result($t->redeem('hanky', 'ada@example.com'), 200, 'redeemed',
        {points => $now{points} + 10}, "$name: a redemption");
    is_result($t->signup('bob@example.com'), 200, 'already_member',
        "$name: a member");
    is_result($t->signup($now{member}), 201, 'signed_up', "$name: a sign-up");

    my $sticker = $t->redeem('sticker', $now{shopper});
    is($sticker->outcome, $now{sticker}, "$name: the stock counts on");

    $t->stop;
}

sub unique_ids {
    my ($name, $dump) = @_;

    for my $table (qw(member ledger answer)) {
        my %seen;
        $seen{$_->{id}}++ for @{$dump->{$table}};
        is_deeply([grep { $seen{$_} > 1 } keys %seen], [],
            "$name: ids of $table");
    }
}

goes_on('PostgreSQL', $ctl->uri('one'), 1003, points => 240,
        member => 'cyd@example.com', shopper => 'bob@example.com',
        sticker => 'redeemed');

my $later = $ctl->dump('one');
unique_ids('PostgreSQL', $later);
is_deeply([map { $_->{id} } grep { $_->{email} eq 'cyd@example.com' }
           @{$later->{member}}], [3], 'the ids of members go on');

copied('one', 'shop/b.db', 'back to SQLite');
is_deeply($ctl->dump('shop/b.db'), $later, 'back to SQLite: the same');
$t->give_to_workers('shop/b.db');

goes_on('SQLite', $ctl->sqlite('shop/b.db'), 1004, points => 250,
        member => 'dee@example.com', shopper => 'ada@example.com',
        sticker => 'out_of_stock');
unique_ids('SQLite', $ctl->dump('shop/b.db'));

###############################################################################

# Refusals: the sentence, and a target that is as it was

sub refused {
    my ($from, $to, $why, $name) = @_;

    my $before = $ctl->content($to);
    my $r = $ctl->copy($from, $to, '--json');

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->{exit}, 1, "$name: failed");
    like($r->{err}, qr/^loyaltyctl copy: $why[^\n]*; [^\n]*TO [^\n]*$/m,
        "$name: says why");

    my $json = eval { JSON::PP->new->decode($r->{out}) } || {};
    is($json->{result}, 'failed', "$name: --json has it");
    like($json->{reason}, qr/^$why/, "$name: --json has the reason");

    is_deeply($ctl->content($to), $before, "$name: TO is as it was");
    return $r;
}

my $full = qr/TO is not empty, its table "member" has rows/;

refused('shop/a.db', 'one', $full, 'PostgreSQL is not empty');
refused('one', 'back.db', $full, 'SQLite is not empty');
refused('back.db', 'back.db', $full, 'into itself');

copied('shop/none.db', "some_$_", "an empty $_") for qw(reward answer);
copied('shop/none.db', 'some.db', 'an empty file');

$ctl->pg_sql('some_reward', q{INSERT INTO reward VALUES ('pin', 1)});
$ctl->pg_sql('some_answer', q{INSERT INTO answer (id, caller, key,
    request, status, result, body, at) VALUES (1, '', '', '', 200, '', '', 0)});
$ctl->sqlite_sql('some.db', q{INSERT INTO reward VALUES ('pin', 1)});

refused('shop/a.db', "some_$_", qr/TO is not empty, its table "$_" has rows/,
        "one row in $_") for qw(reward answer);
refused('shop/a.db', 'some.db', qr/TO is not empty, its table "reward"/,
        'one row in a file');

# sources that are none

$t->write_file('text.db', "This is a text.\n" x 1000);
$t->write_file('nothing.db', '');
mkdir $t->path('folder.db');
$ctl->sqlite_sql('other.db', 'CREATE TABLE member (name); '
                             . 'PRAGMA user_version=1');

refused($_->[0], 'new.db', $_->[1], $_->[0])
    for ['absent.db', qr/the file of FROM does not exist/],
        ['text.db', qr/FROM: file is not a database/],
        ['folder.db', qr/FROM: unable to open database file/],
        ['nothing.db', qr/FROM has no loyalty program in it/],
        ['other.db', qr/FROM: the file is a database of some other program/],
        ['empty', qr/FROM has no loyalty program in it/];

refused('shop/a.db', $_->[0], $_->[1], "to $_->[0]")
    for ['text.db', qr/TO: file is not a database/],
        ['other.db', qr/TO: the file is a database of some other program/],
        ['absent/a.db', qr/TO: the file cannot be made: No such file/];

is((-e $t->path('new.db')) || 0, 0, 'no file was made for nothing');
is((-e $t->path('absent.db')) || 0, 0, 'nor for a source that is not there');

$r = $ctl->run('copy', $ctl->sqlite('shop/a.db'),
               $pg->uri(database => 'nowhere'));
is($r->{exit}, 1, 'no such database in PostgreSQL');
like($r->{err}, qr/^loyaltyctl copy: TO: .*"nowhere" does not exist.*as it was$/,
    'no such database: says so');

$r = $ctl->run('copy', 'postgresql://127.0.0.1:' . $t->port(7) . '/x',
               $ctl->sqlite('new.db'));
is($r->{exit}, 1, 'no such server');
like($r->{err}, qr/^loyaltyctl copy: FROM: .*Connection refused/,
    'no such server: says so');

$pg->create_role('guest');
$ctl->pg_sql('one', 'GRANT SELECT ON loyalty_version, member TO guest');
$r = $ctl->run('copy', $pg->uri(database => 'one', user => 'guest'),
               $ctl->sqlite('new.db'));
is($r->{exit}, 1, 'a role without rights');
like($r->{err}, qr/^loyaltyctl copy: FROM: permission denied/,
    'a role without rights: says so');

SKIP: {
    skip 'this needs root', 2 if $> != 0;

    $r = $ctl->run({user => 'nobody'}, 'copy', $ctl->sqlite('sqlite.db'),
                   $ctl->sqlite('new.db'));
    is($r->{exit}, 1, 'somebody else\'s file');
    like($r->{err}, qr/^loyaltyctl copy: FROM: unable to open database file/,
        'somebody else\'s file: says so');
}

# versions

copied('shop/a.db', 'newer.db', 'a file to make newer');
copied('shop/none.db', 'newer', 'a database to make newer');
$ctl->sqlite_sql('newer.db', 'PRAGMA user_version=99');
$ctl->pg_sql('newer', 'INSERT INTO loyalty_version VALUES (99)');

refused('newer.db', 'new.db', qr/FROM has version 99 .* copies version \d+: use/,
        'a newer file');
refused('newer', 'new.db', qr/FROM has version 99 /, 'a newer database');
refused('shop/a.db', 'newer.db', qr/TO has version 99 /, 'to a newer file');
refused('shop/a.db', 'newer', qr/TO has version 99 /, 'to a newer database');

# a ledger and balances that do not agree

my $member = 'INSERT INTO member (email, id, code, referral, source, locale, '
             . 'points, lifetime, joined_at) VALUES ';
my $ledger = 'INSERT INTO ledger VALUES ';

for (['points', "$member ('eve\@example.com', 9, 'm_e', 'E', '', '', 5, 5, 0)"],
     ['entries', "$ledger (99, 1, 1, '', '', '', 5, 5, 0, 0, 0)"],
     ['members', "$ledger (99, 9, 0, '', '', '', 5, 5, 0, 0, 0)"])
{
    my ($name, $sql) = @$_;

    copied('shop/a.db', "$name.db", "a file to damage: $name");
    $ctl->sqlite_sql("$name.db", $sql);

    refused("$name.db", "damaged_$name",
            qr/FROM is damaged: the balances of 1 members are not what /,
            "damaged: $name");
}

###############################################################################

# A program that is large enough to stop the copying in the middle of it

copied('shop/none.db', 'large.db', 'a file to fill');
$ctl->fill('large.db', 10_000);

my $large = $ctl->digest('large.db');
my @steps = ('copying member', 'comparing ledger', 'checking TO',
             'committing');

copied('large.db', 'large', 'a large program');

for my $to (qw(killed killed.db)) {
    my $n = 0;

    for my $step (@steps) {
        my $target = $to =~ s/^killed/$& . ++$n/er;

        my $r = $ctl->at($step, sub { kill KILL => $_[0] }, 'large.db',
                         $target);
        is($r->{signal}, 9, "$to, $step: killed");

        # which is refused, or empty

        $r = $ctl->copy('large.db', $target);

        if ($r->{exit} == 0) {
            pass("$to, $step: left empty");

        } else {
            is($step, 'committing', "$to, $step: left whole");
            like($r->{err}, $full, "$to, $step: refused then");
        }

        is_deeply($ctl->digest($target), $large, "$to, $step: all is there");
    }
}

# what is written to the source meanwhile is noticed

for my $from (qw(large.db large)) {
    my $r = $ctl->at('copying ledger', sub {
        my $sql = 'INSERT INTO reward VALUES (\'late\', 1)';

        $from eq 'large' ? $ctl->pg_sql($from, $sql)
                         : $ctl->sqlite_sql($from, $sql);
    }, $from, "late_$from");

    is($r->{exit}, 1, "$from, written to meanwhile: failed");
    like($r->{err}, qr/FROM was written to meanwhile, its table "reward" has 2 rows now and had 1: .*; nothing was copied, TO has empty tables/,
        "$from, written to meanwhile: says so");
    is_deeply([map { @$_ } values %{$ctl->dump("late_$from")}], [],
        "$from, written to meanwhile: TO is empty");
}

# a connection that is lost

for (['large', 'lost.db', 'FROM'], ['large.db', 'lost', 'TO']) {
    my ($from, $to, $which) = @$_;

    my $r = $ctl->at('copying member', sub {
        $pg->psql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                  . 'WHERE application_name = \'ngx_loyalty\'');
    }, $from, $to);

    is($r->{exit}, 1, "$which, connection lost: failed");
    like($r->{err}, qr/^loyaltyctl copy: $which: .*; nothing was copied, TO /m,
        "$which, connection lost: says so");
    is_deeply([map { @$_ } values %{$ctl->dump($to)}], [],
        "$which, connection lost: TO is empty");
}

# nobody writes to the target meanwhile

$r = $ctl->at('copying claim', sub {
    ok(!eval { $ctl->pg_sql('alone', 'SET lock_timeout = 1; INSERT INTO '
                                     . 'reward VALUES (\'pin\', 1)'); 1 }
       && $@ =~ /lock timeout/, 'others cannot write to TO meanwhile');
}, 'large.db', 'alone');

is($r->{exit}, 0, 'the copy knows nothing of that');

###############################################################################

# A terminal has a bar

SKIP: {
    skip 'no script(1)', 3 if !Loyalty::Nginx->has_program('script');

    my $r = $ctl->on_terminal('large.db', 'bar.db');

    is($r->{exit}, 0, 'on a terminal');
    like($r->{out}, qr/\r\[#+\.+\]  *\d+ %  copying \w+, \d+:\d\d left/,
        'a bar, and the time left');
    like($r->{out}, qr/\e\[KCopied and compared: 10000 members/,
        'the bar goes away');
}

###############################################################################

# Memory does not grow with the program

SKIP: {
    skip 'sanitizers need memory', 3 if $ctl->sanitized;

    copied('shop/none.db', 'huge.db', 'a file to fill with more');
    $ctl->fill('huge.db', 200_000);

    for (['huge.db', 'huge'], ['huge', 'again.db']) {
        my ($from, $to) = @$_;
        my $peak = $ctl->peak($from, $to);

        cmp_ok($peak, '<', 40 * 1024, "$from to $to: 200000 members in 40 MB");
        note(sprintf '%.1f MB', $peak / 1024);
    }
}

###############################################################################

$t->done;

###############################################################################
