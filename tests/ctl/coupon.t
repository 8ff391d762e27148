#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl coupon: codes for the pools of rewards.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use Loyalty::Ctl;
use Loyalty::PostgreSQL;
use Loyalty::Test;

# here the test says where a program's database is

$ENV{LOYALTY_ENGINE} = 'sqlite';

plan(skip_all => 'no sqlite3') if !Loyalty::Nginx->has_program('sqlite3');
plan(skip_all => Loyalty::PostgreSQL->lacking)
    if Loyalty::PostgreSQL->lacking;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');
my $pg = Loyalty::PostgreSQL->new(conf => {shared_buffers => '64MB'});
my $ctl = Loyalty::Ctl->new($t, $pg);

sub serve {
    $ctl->serve($_[0], <<'END');
        signup_bonus    100;
        reward          pin      10 "Pin" coupon=pool;
        reward          cap      20 "Cap" coupon=pool;
END
}

my ($db, $name);

sub coupon { $ctl->on($db, 'coupon', @_) }

sub import_codes {
    my ($reward, $text, @options) = @_;

    $t->write_file('codes', $text);
    return coupon('import', $reward, $t->path('codes'), @options);
}

sub left { my %left = map { $_->{reward} => $_->{left} }
               @{$ctl->json($db, 'coupon', 'left')}; return \%left }

sub fails {
    my ($exit, $why, $what, @args) = @_;

    my $r = coupon(@args);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($r->{exit}, $exit, "$name: $what");
    like($r->{err}, qr/^(?:usage: )?loyaltyctl coupon $args[0]\b.*$why/,
         "$name: $what: says why");
    is($r->{out}, '', "$name: $what: nothing on standard output");
}

###############################################################################

for (['SQLite', 'shop/a.db'], ['PostgreSQL', 'one']) {
    ($name, $db) = @$_;

    serve($db);
    $t->signup('ada@example.com');

    is_fault($t->redeem('pin', 'ada@example.com'), 409, 'out_of_stock',
             "$name: no codes");

    my $r = import_codes('pin', "\xef\xbb\xbfPIN-1\r\n\n  PIN-2  \nPIN-3",
                         '--json');
    is($r->{exit}, 0, "$name: imported");
    is_deeply(JSON::PP->new->decode($r->{out}),
              {command => 'coupon import', result => 'imported',
               reward => 'pin', lines => 4, imported => 3, known => 0,
               bad => 0}, "$name: how many");
    is_deeply(left(), {pin => 3}, "$name: three are left");

    my $code = $t->redeem('pin', 'ada@example.com')->field('coupon');
    like($code, qr/^PIN-[123]$/, "$name: nginx gives them away");
    is_deeply(left(), {pin => 2}, "$name: two are left");

    $r = import_codes('pin', "PIN-1\nPIN-2\nPIN-3\n");
    is($r->{exit}, 0, "$name: the same again");
    is_deeply(left(), {pin => 2}, "$name: nothing came of it");
    is(() = $r->{err} =~ /: line [123]: this code is in the pool already\n/g,
       3, "$name: told by lines");

    $r = import_codes('cap', join "\n", 'A', 'B C', 'x' x 65, 'y' x 1000, "t\te",
                      'A', "\xc3\xbc", 'D');
    is($r->{exit}, 1, "$name: some lines are bad");
    is_deeply([$r->{err} =~ /: line (\d+): this is no code/g],
              [2, 3, 4, 5, 7], "$name: told by lines");
    is_deeply([$r->{err} =~ /: line (\d+): this code is/g], [6],
              "$name: and the doubled one");
    like($r->{out}, qr/^Imported +2\nKnown +1\nBad +5$/m, "$name: in short");
    is_deeply(left(), {pin => 2, cap => 2}, "$name: the others are there");

    $r = import_codes('cap', join '', map { "CAP-$_\n" } 1 .. 2345);
    is($r->{exit}, 0, "$name: many codes");
    is_deeply(left(), {pin => 2, cap => 2347}, "$name: all of them");

    $r = import_codes('cap', join '', map { "CAP-$_\n" } 1 .. 2345);
    is(() = $r->{err} =~ /: line /g, 20, "$name: not all lines are told");
    like($r->{err}, qr/line 20: .*more of this kind are only counted/,
         "$name: but that");

    # how many are left

    is(coupon('left', '--warn', 2)->{exit}, 0, "$name: enough");
    $r = coupon('left', '--warn', 3);
    is($r->{exit}, 1, "$name: too few");
    is($r->{out}, "REWARD  LEFT  GIVEN  LOW\n"
                . "cap     2347      0  -\n"
                . "pin        2      1  low\n", "$name: which");
    is(coupon('left', 'cap', '--warn', 3)->{exit}, 0, "$name: of this one not");
    is(coupon('left', 'hat', '--warn', 1)->{exit}, 1,
       "$name: one that has never had any");

    fails(1, 'No such file', 'no file', 'import', 'pin', $t->path('none'));
    fails(2, 'cannot be a reward', 'no reward', 'import', 'p i n', '-');
    fails(2, 'REWARD FILE', 'nothing', 'import');
    fails(2, 'needs a number', 'no number', 'left', '--warn', 'few');

    # beside nginx: the two codes that there are, then nothing until the first
    # transaction with new ones has ended, then those

    my $job = $t->in_background(sub {
        return [map { my $r = $t->redeem('pin', 'ada@example.com');
                      [$r->outcome, $r->field('coupon')] } 1 .. 5];
    });

    $r = import_codes('pin', join '', map { "NEW-$_\n" } 1 .. 3000);
    is($r->{exit}, 0, "$name: beside nginx: imported");

    my @redemptions = @{$job->result};
    my @codes = grep { defined } $code, map { $_->[1] } @redemptions;
    my %given = map { $_ => 1 } @codes;

    like(join(' ', map { $_->[0] } @redemptions),
         qr/^redeemed redeemed(?: out_of_stock)*(?: redeemed)*$/,
         "$name: beside nginx: out of stock only while there is none");
    is(scalar(keys %given), scalar(@codes),
       "$name: beside nginx: each code is given once");
    is_deeply([grep { !/^(?:PIN-[123]|NEW-\d+)$/ } @codes], [],
              "$name: beside nginx: and is one of ours");
    is(left()->{pin}, 3 + 3000 - @codes,
       "$name: beside nginx: the others are left");
}

###############################################################################

$pg->end;
$t->done;

###############################################################################
