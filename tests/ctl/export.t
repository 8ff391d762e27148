#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl export: all rows, of one moment, in constant memory.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use JSON::PP ();

use Loyalty::Coalition;
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
my $coalition = Loyalty::Coalition->new($t, $ctl);

my $json = JSON::PP->new->utf8;

sub exported {
    my ($db, $what) = @_;

    my $r = $ctl->on($db, 'export', $what, '--json');
    die "export $what: $r->{err}" if $r->{exit} != 0;

    return map { $json->decode($_) } split /\n/, $r->{out};
}

for (['SQLite', 'shop/a.db'], ['PostgreSQL', 'one']) {
    my ($name, $db) = @$_;

    $coalition->serve($db);
    $t->balance("nobody\@example.com");
    is($ctl->on($db, 'export', 'members')->{out},
        "member,email,points,pending,lifetime,orders,badges,source,locale,"
        . "referral,joined,active\r\n", "$name: no members");
    is($ctl->on($db, 'export', 'members', '-j')->{out}, '',
        "$name: no members as JSON");

    $coalition->happen($db);

    my @members = exported($db, 'members');
    is_deeply([map { [@$_{qw(email points pending source badges)}] } @members],
        [['ada@example.com', 60, 0, 'tv', 1],
         ['bob@example.com', 40, 0, 'tv', 1],
         ['cyd@example.com', 70, 25, '', 1],
         ['dee@example.com', 50, 0, 'flyer', 0]], "$name: members");

    my %email = map { $_->{member} => $_->{email} =~ s/\@.*//r } @members;

    my @ledger = exported($db, 'ledger');
    is_deeply([map { "$_->{kind} $_->{points}" }
               grep { $email{$_->{member}} eq 'cyd' } @ledger],
        ['signup 50', 'claim 40', 'reversal -20', 'claim 25'],
        "$name: ledger");

    my %sums;
    $sums{$_->{member}} += $_->{points} for @ledger;
    is_deeply(\%sums, {map { $_->{member} => $_->{points} + $_->{pending} }
                       @members}, "$name: the ledger adds up");

    is_deeply([map { [$_->{order}, $_->{store}, $email{$_->{member}},
                      @$_{qw(total_minor refunded_minor points taken_back)}] }
               exported($db, 'claims')],
        [[1001, 'north', 'ada', 21000, 0, 210, 0],
         [1003, 'north', 'cyd', 4000, 2000, 40, 20],
         [1002, 'south', 'bob', 10000, 0, 100, 0],
         [1004, 'south', 'cyd', 2500, 0, 25, 0]], "$name: claims");

    is_deeply([map { "$_->{reward} $_->{cost} $_->{state}" }
               exported($db, 'redemptions')],
        ['mug 200 issued', 'pin 120 issued', 'sticker 30 cancelled'],
        "$name: redemptions");

    $ctl->rows($db, "INSERT INTO postponed
        (store, number, member, email, at, until_at, tries, next_at)
        SELECT 'north', '1009', id, email, 1, 9000000000, 3, 8000000000
        FROM member WHERE email = 'dee\@example.com'");

    is_deeply([map { [@$_{qw(store order at tries next until)},
                      $email{$_->{member}}] } exported($db, 'postponed')],
        [['north', '1009', '1970-01-01T00:00:01Z', 3, '2223-07-06T14:13:20Z',
          '2255-03-14T16:00:00Z', 'dee']], "$name: postponed claims");

    my $r = $ctl->on($db, 'export', 'claims');
    my @lines = split /\r\n/, $r->{out}, -1;
    is(@lines, 6, "$name: CSV by default, a line each and the headings");
    like($lines[1], qr/^north,1001,m_\w{22},[-0-9TZ:]{20},USD,21000,0,210,0,/,
        "$name: CSV");

    for my $what (qw(ledger claims postponed redemptions)) {
        unlike($ctl->on($db, 'export', $what)->{out}, qr/\@/,
            "$name: no e-mails in $what");
    }

    $t->stop;
}

###############################################################################

for ([], ['answers'], ['members', 'ledger'], ['members', '--all']) {
    my $r = $ctl->on('shop/a.db', 'export', @$_);
    is($r->{exit}, 2, "wrong usage: @$_");
    is($r->{out}, '', "wrong usage: @$_: nothing on standard output");
}

like($ctl->on('shop/a.db', 'export', 'answers')->{err},
    qr/members, ledger, claims, postponed or redemptions, not "answers"/,
    'wrong usage: says what there is');

my $r = $ctl->run('-d', $ctl->uri('shop/a.db'), 'export', 'members');
is($r->{exit}, 0, 'the database before the command');

# where the disk is full, or whoever reads goes away

system("$ctl->{program} -d " . $ctl->uri('shop/a.db')
       . ' export ledger > /dev/full 2> ' . $t->path('full.txt'));
is($? >> 8, 1, 'what cannot be written fails');
like($t->read_file('full.txt'), qr/cannot be written/, 'and says so');

$t->done;

###############################################################################
