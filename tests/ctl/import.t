#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl import: members with balances, once each, while nginx serves.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use JSON::PP ();
use POSIX ();

use Loyalty::Ctl;
use Loyalty::PostgreSQL;
use Loyalty::Test;

# here the test says where a program's database is

$ENV{LOYALTY_ENGINE} = 'sqlite';

plan(skip_all => Loyalty::PostgreSQL->lacking)
    if Loyalty::PostgreSQL->lacking;

###############################################################################

my $t = Loyalty::Test->new;
my $pg = Loyalty::PostgreSQL->new(conf => {shared_buffers => '64MB'});
my $ctl = Loyalty::Ctl->new($t, $pg);

my $csv = $t->path('members.csv');
my $skipped = "$csv.skipped.csv";

my ($db, $name);

sub serve {
    my ($rules) = @_;

    $ctl->serve($db, <<'END' . ($rules || ''));
        signup_bonus    50;
        tier            gold 100 "Gold";
        reward          sticker  30 "Sticker";
END
}

# Imports a text: what became of it, and the counts.

sub import_text {
    my ($text, @options) = @_;

    $t->write_file('members.csv', $text);
    return $ctl->on($db, 'import', $csv, @options);
}

sub counts_are {
    my ($r, $exit, $counts, $what) = @_;

    my $json = $r->{out} ne '' ? JSON::PP->new->decode($r->{out}) : {};

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($r->{exit}, $exit, "$name: $what") or diag($r->{err});
    is_deeply([@$json{qw(new credited unchanged skipped points)}], $counts,
        "$name: $what: counts") or diag($r->{out});
}

sub sound {
    my ($what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($ctl->on($db, 'verify', '--quiet')->{out}, '', "$name: sound $what");
}

for (['SQLite', 'shop/a.db'], ['PostgreSQL', 'one']) {
    ($name, $db) = @$_;

    serve();
    $t->signup('old@example.com');

    my $text = "\xEF\xBB\xBF" . <<'END' =~ s/\n/\r\n/gr;
email,points,joined,source,locale
 Ada@Example.com,120,2025-01-02,"tv, spring",en
bob@example.com,,2025-03-04T05:06:07Z,,

old@example.com,40,2001-01-01,other,
zero@example.com,0,,,
END

    counts_are(import_text($text, '--dry-run', '--json'), 0,
        [3, 1, 0, 0, 160], 'a dry run');
    is_fault($t->balance('ada@example.com'), 404, 'not_a_member',
        "$name: a dry run changes nothing");

    counts_are(import_text($text, '--json'), 0, [3, 1, 0, 0, 160],
        'members are taken in');

    is_result($t->balance('ada@example.com'), 200, 'balance',
        {points => 120, lifetime => 120, tier => 'gold'},
        "$name: with points that can be spent, and a tier");
    is_result($t->redeem('sticker', 'ada@example.com'), 200, 'redeemed',
        {points => 90}, "$name: and are");
    is($t->points('old@example.com'), 90,
        "$name: who was a member gets points, too");
    is_deeply([map { [@$_] } $ctl->rows($db, 'SELECT email, source, locale, '
        . 'joined_at FROM member WHERE id > 1 ORDER BY email')]->[0],
        ['ada@example.com', 'tv, spring', 'en', 1735776000],
        "$name: source, locale and time of joining");
    sound('after it');

    counts_are(import_text($text, '--json'), 0, [0, 0, 4, 0, 0],
        'nothing is credited twice');
    is($t->points('ada@example.com'), 90, "$name: nothing at all");

    counts_are(import_text("points,email\n5,bob\@example.com\n"
                           . "7,BOB\@example.com\n", '--json'), 0,
        [0, 1, 1, 0, 5], 'the first of two lines counts');

    # bad lines, by number

    my $bad = <<'END';
email,points,joined,source,locale
no-email,1,,,
fay@example.com,-1,,,
fay@example.com,1.5,,,
fay@example.com,99999999999999999999,,,
fay@example.com,1,2026-02-30,,
fay@example.com,1,2999-01-01,,
fay@example.com,1
fay@example.com,1,,,,
"fay@example.com,1,,,
fay@"example.com,1,,,
gus@example.com,7,,,
END
    $bad .= "fay\@example.com,1,,\x01,\nfay\@example.com,1,,\xff,\n"
            . 'fay@example.com,1,,' . 'x' x 65 . ",\n"
            . 'fay@example.com,1,,,' . 'x' x 36 . "\n"
            . 'fay@example.com,1,,' . 'x' x 5000 . ",\nhal\@example.com,8,,,";

    my $r = import_text($bad, '--json');
    counts_are($r, 1, [2, 0, 0, 15, 15], 'bad lines are skipped');

    my @told = $r->{err} =~ /^\Q$csv\E:(\d+): \S/mg;
    is_deeply(\@told, [2 .. 11, 13 .. 17], "$name: and told by number");
    unlike($r->{err}, qr/\@example/, "$name: without e-mails");

    my @lines = split /\r\n/, $t->read_file('members.csv.skipped.csv');
    is(shift @lines, 'email,points,joined,source,locale,reason',
        "$name: skipped lines have headings");
    is(scalar @lines, 15, "$name: skipped lines are kept");
    is($lines[0], 'no-email,1,,,,"line 2: the e-mail is not one"',
        "$name: as they were, and with the reason");
    is(sprintf('%o', (stat $skipped)[2] & 07777), '600',
        "$name: readable by their owner only");

    # put right, they can be imported

    my $right = join "\n", 'email,points,joined,source,locale,reason',
                'fay@example.com,1,,,,"line 3: what it was"';
    counts_are(import_text($right, '--json'), 0, [1, 0, 0, 0, 1],
        'put right');
    sound('after bad lines');

    # many, more than a transaction has, while nginx writes

    my $many = "email,points\n"
               . join '', map { "m$_\@example.com,$_\n" } 1 .. 2000;

    my $pid = fork;
    die "fork: $!" if !defined $pid;

    if ($pid == 0) {
        $t->signup("m$_\@example.com") for map { $_ * 10 } 1 .. 100;
        POSIX::_exit(0);
    }

    $r = import_text($many, '--json');
    waitpid $pid, 0;

    is($r->{exit}, 0, "$name: many, while nginx writes") or diag($r->{err});
    is_deeply([$ctl->rows($db, "SELECT count(*), sum(points) FROM ledger "
        . "WHERE kind = 'import' AND member IN (SELECT id FROM member "
        . "WHERE email LIKE 'm%')")], [[2000, 2001000]],
        "$name: all are credited once");
    is($t->points('m10@example.com'), 60, "$name: beside what they have");
    sound('after many');

    # rules of the program that matter

    import_text("email,points\nivy\@example.com,10\n", '--points-expire',
                '1d');
    import_text("email,points\njim\@example.com,10\n", '--points-expire',
                '1d', '--after', 'activity');
    is_deeply([$ctl->rows($db, "SELECT until_at - at FROM ledger WHERE member "
        . "= (SELECT id FROM member WHERE email = 'ivy\@example.com')")],
        [[86400]], "$name: points that expire");
    is_deeply([$ctl->rows($db, "SELECT due_at - active_at FROM member "
        . "WHERE email = 'jim\@example.com'")], [[86400]],
        "$name: points that expire if nothing happens");

    $r = import_text("email\nkim\@example.com\n", '--quiet');
    is("$r->{exit}$r->{out}$r->{err}", '0', "$name: --quiet");

    # a balance says nothing of when it was earned

    serve('tier_window 30d;');
    $t->signup('leo@example.com');
    $ctl->rows($db, 'UPDATE member SET joined_at = joined_at - 3456000, '
        . 'tier_at = tier_at - 3456000 WHERE tier_points = 50');

    import_text("email,points\nleo\@example.com,60\nmia\@example.com,120\n");
    is_result($t->balance("$_\@example.com"), 200, 'balance', {tier => ''},
        "$name: $_ has earned it in no window") for qw(leo mia);
    is_deeply([map { [@$_] } $ctl->rows($db, 'SELECT tier_points, tier_before '
        . "FROM member WHERE email = 'leo\@example.com'")], [[50, 0]],
        "$name: what was earned before stays where it was");
    sound('with windows');

    $t->stop;
}

###############################################################################

# Files that are none, and wrong usage

$db = 'shop/a.db';

for (['', qr/empty/], ["name,points\n", qr/column 1 /],
     ["email;points\n", qr/column 1 .*commas/],
     ["email,email\n", qr/twice/], ["points\n", qr/no column "email"/],
     ["\"email\n", qr/first line: .*not closed/])
{
    my ($text, $why) = @$_;

    my $r = import_text($text);
    is($r->{exit}, 1, "refused: $why");
    like($r->{err}, qr/^loyaltyctl import: \Q$csv\E: .*$why/,
        "says why: $why");
}

my $r = $ctl->on($db, 'import', $t->path('none.csv'));
is($r->{exit}, 1, 'no such file');
like($r->{err}, qr/No such file/, 'no such file: says so');

for ([], ['a', 'b'], [$csv, '--points-expire', 'never'],
     [$csv, '--after', 'activity'],
     [$csv, '--points-expire', '1d', '--after', 'lunch'])
{
    is($ctl->on($db, 'import', @$_)->{exit}, 2, "wrong usage: @$_");
}

$t->done;

###############################################################################
