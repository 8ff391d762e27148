#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl reward: what waits to be handed over, and that it was.

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
    $ctl->serve($_[0], <<'END', 'cancel');
        signup_bonus    100;
        reward          mug      40 "Mug" kind=manual;
        reward          sticker  10 "Sticker";
END
}

my ($db, $name);

sub reward { $ctl->on($db, 'reward', @_) }
sub waiting { [map { $_->{coupon} } @{$ctl->json($db, 'reward', 'waiting')}] }

sub fails {
    my ($exit, $why, $what, @args) = @_;

    my $r = reward(@args);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($r->{exit}, $exit, "$name: $what");
    like($r->{err}, qr/^(?:usage: )?loyaltyctl reward $args[0]\b.*$why/,
         "$name: $what: says why");
    is($r->{out}, '', "$name: $what: nothing on standard output");
}

###############################################################################

for (['SQLite', 'shop/a.db'], ['PostgreSQL', 'one']) {
    ($name, $db) = @$_;

    serve($db);
    $t->signup("$_\@example.com") for qw(ada bob);

    is_deeply(waiting(), [], "$name: nothing waits");

    my $ada = $t->redeem('mug', 'ada@example.com')->field('coupon');
    my $bob = $t->redeem('mug', 'bob@example.com')->field('coupon');
    my $sticker = $t->redeem('sticker', 'bob@example.com')->field('coupon');

    is_deeply([sort @{waiting()}], [sort $ada, $bob], "$name: two mugs wait");

    my $code = $ctl->json($db, 'member', 'show', 'ada@example.com')->{member};
    my ($mug) = grep { $_->{coupon} eq $ada }
                     @{$ctl->json($db, 'reward', 'waiting')};

    is_deeply([@{$mug}{qw(reward store cost member)}],
              ['mug', '', 40, $code], "$name: whose it is");

    my $r = reward('waiting');
    is($r->{exit}, 0, "$name: a table");
    like($r->{out}, qr/^COUPON +REWARD .*\n(?:\w{16} +mug .*\n){2}\z/,
         "$name: with headings");
    unlike($r->{out}, qr/@/, "$name: without e-mails");

    is_deeply($ctl->json($db, 'reward', 'done', lc $ada),
              {command => 'reward done', result => 'done', coupon => $ada,
               reward => 'mug'}, "$name: handed over");
    is_deeply(waiting(), [$bob], "$name: one mug waits");
    is($ctl->json($db, 'reward', 'done', $ada)->{result}, 'done_before',
       "$name: handed over once");

    is_result($t->post('/loyalty/cancel', {email => 'bob@example.com',
                                           coupon => $bob}),
              200, 'cancelled', "$name: not wanted any more");
    is_deeply(waiting(), [], "$name: and does not wait");

    fails(1, 'was cancelled', 'a cancelled one', 'done', $bob);
    fails(1, 'is a coupon, and no reward that waits', 'a coupon', 'done',
          $sticker);
    fails(1, 'there is no redemption', 'any text', 'done', 'NOTHING');
    fails(2, 'COUPON', 'none', 'done');
    fails(2, 'reward waiting', 'too much', 'waiting', 'mug');

    is_deeply([$ctl->unsound($db)], [], "$name: sums are true");
}

###############################################################################

$pg->end;
$t->done;

###############################################################################
