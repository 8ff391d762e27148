#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl report: segments of members, and sums of a program, on both
# engines while nginx serves them.

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

my ($db, $name);

sub reported { $ctl->json($db, "report", @_) }

# Some columns of the rows, the e-mails without their domain.

sub rows_are {
    my ($what, $columns, $want, @args) = @_;

    my @rows = map { my $row = $_;
                     [map { $row->{$_} =~ s/\@example\.com\z//r } @$columns] }
               @{reported(@args)};

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_deeply(\@rows, $want, "$name: $what")
        or diag(JSON::PP->new->encode(\@rows));
}

for (['SQLite', 'shop/a.db'], ['PostgreSQL', 'one']) {
    ($name, $db) = @$_;

    $coalition->serve($db);
    $t->balance("nobody\@example.com");
    rows_are('top of an empty program', ['email'], [], 'top');

    $coalition->happen($db);

    rows_are('top by points', [qw(email points pending lifetime)],
        [['cyd', 70, 25, 95], ['ada', 60, 0, 260], ['dee', 50, 0, 50],
         ['bob', 40, 0, 160]], 'top');
    rows_are('top by lifetime', ['email'], [['ada'], ['bob']],
        'top', '--by', 'lifetime', '--limit', 2);
    rows_are('top by orders', [qw(email orders)], [['cyd', 2], ['ada', 1]],
        'top', '--by', 'orders', '--limit', 2);
    rows_are('top by spend, less refunds', [qw(email amount currency orders)],
        [['ada', '210.00', 'USD', 1], ['bob', '100.00', 'USD', 1],
         ['cyd', '45.00', 'USD', 2]], 'top', '--by', 'spend');

    rows_are('nobody is inactive', ['email'], [],
        'inactive', '--since', '1d');
    is(scalar @{reported('inactive', '--since', '2999-01-01')}, 4,
        "$name: all will have been by then");

    rows_are('near, without what is pending', [qw(email points missing)],
        [['cyd', 70, 10], ['ada', 60, 20]],
        'near', '--points', 80, '--within', 20);
    rows_are('who has enough is not near', ['email'],
        [['ada'], ['dee'], ['bob']], 'near', '--points', 70);

    rows_are('tiers', [qw(at email points)],
        [[200, 'ada', 260], [100, 'bob', 160]],
        'tier', '--at', '100,200');
    rows_are('tiers, counted', [qw(at members)],
        [[0, 2], [100, 1], [200, 1]], 'tier', '--at', '200,100', '--count');
    rows_are('tiers of the current window', ['email'], [['ada']],
        'tier', '--at', 200, '--window', 'current');

    rows_are('campaigns',
        [qw(source members buyers issued spent orders amount)],
        [['', 1, 1, 115, 0, 2, '65.00'], ['flyer', 1, 0, 50, 0, 0, ''],
         ['tv', 2, 2, 420, 320, 2, '310.00']], 'campaign');

    rows_are('members of a campaign', [qw(email points orders)],
        [['ada', 60, 1], ['bob', 40, 1]], 'campaign', '--source', 'tv');
    rows_are('some of them', ['email'], [['ada']],
        'campaign', '--source', 'tv', '--limit', 1);
    rows_are('members of no campaign', ['email'], [['cyd']],
        'campaign', '--source', '');
    rows_are('nobody came by it', [], [], 'campaign', '--source', "o'%s\\");

    rows_are('who owes whom', [qw(earned_at spent_at points owed)],
        [['', 'north', 50, 50], ['', 'south', 50, 50],
         ['north', 'south', 150, 80], ['south', 'north', 70, 0]],
        'coalition');

    rows_are('the program', [qw(figure of number amount)],
        [['members', 'all', 4, ''], ['members', 'active', 4, ''],
         ['members', 'with orders', 3, ''],
         ['orders', 'claimed', 4, '375.00'],
         ['points', 'issued', 585, ''], ['points', 'spent', 320, ''],
         ['points', 'expired', 0, ''], ['points', 'taken back', 20, ''],
         ['points', 'removed', 0, ''], ['points', 'outstanding', 245, ''],
         ['points', 'of them pending', 25, ''],
         ['points', 'owed by members', 0, ''],
         ['redemptions', 'mug, issued', 1, ''],
         ['redemptions', 'pin, issued', 1, ''],
         ['redemptions', 'sticker, cancelled', 1, '']], 'program');

    my $r = $ctl->on($db, 'report', 'top', '--limit', 1, '--csv');
    like($r->{out}, qr/^member,email,points,[^\n]*\r\n
                       m_\w{22},cyd\@example\.com,70,25,95,2,[^\n]*\r\n\z/x,
        "$name: as CSV");

    $r = $ctl->on($db, 'report', 'near', '--points', 80, '--limit', 1);
    like($r->{out}, qr/^MEMBER\ +EMAIL\ +POINTS\ +MISSING\ +ACTIVE\ *\n
                       m_\w{22}\ +cyd\@example\.com\ +70\ +10\ +\S+\n\z/x,
        "$name: as a table");
    is($r->{exit}, 0, "$name: done");

    # what is not settled yet counts as what it is

    $ctl->rows($db, $_) for
        'UPDATE member SET due_at = 1000000000 WHERE pending <> 0';
    rows_are('what is due is reckoned with', [qw(email points)],
        [['cyd', 70]], 'near', '--points', 80, '--within', 10);

    # what was one's before a merge is the other's

    $ctl->on($db, 'member', 'merge', "ada\@example.com", "dee\@example.com");

    rows_are('campaigns after a merge',
        [qw(source members buyers issued spent orders amount)],
        [['', 1, 1, 115, 0, 2, '65.00'],
         ['flyer', 1, 1, 310, 200, 1, '210.00'],
         ['tv', 1, 1, 160, 120, 1, '100.00']], 'campaign');
    rows_are('members of a campaign after a merge', [qw(email orders)],
        [['bob', 1]], 'campaign', '--source', 'tv');
    rows_are('top by spend after a merge', [qw(email amount orders)],
        [['dee', '210.00', 1], ['bob', '100.00', 1], ['cyd', '45.00', 2]],
        'top', '--by', 'spend');

    # what comes back, and pays a debt at once, was spent nowhere

    my ($coupon) = $ctl->rows($db, "SELECT coupon FROM redemption "
                                   . "WHERE reward = 'pin'");

    $ctl->on($db, 'member', 'adjust', 'bob@example.com', -45,
             '--reason', 'a debt', '--allow-negative');
    $coalition->ask('cancel', {email => 'bob@example.com',
                               coupon => $coupon->[0]});

    rows_are('who owes whom after it', [qw(earned_at spent_at points owed)],
        [['', 'south', 50, 50], ['north', 'south', 150, 150]], 'coalition');

    $t->stop;
}

###############################################################################

# Wrong usage

for (['top', '--by', 'luck'], ['inactive'], ['inactive', '--since', 'ago'],
     ['inactive', '--since', '90'], ['inactive', '--since', '2026-02-30'],
     ['near'], ['near', '--points', 0], ['near', '--points', 'many'],
     ['tier'], ['tier', '--at', '1,,2'], ['tier', '--at', '-5'],
     ['tier', '--at', 5, '--window', 'year'],
     ['tier', '--at', join(',', 1 .. 17)], ['campaign', 'tv'],
     ['campaign', '--source', 'x' x 65], ['campaign', '--limit', 1],
     ['program', '--since', 'x'])
{
    my $r = $ctl->on('shop/a.db', 'report', @$_);
    is($r->{exit}, 2, "wrong usage: @$_");
    is($r->{out}, '', "wrong usage: @$_: nothing on standard output");
    like($r->{err}, qr/^(?:usage: )?loyaltyctl report $_->[0]\b/,
        "wrong usage: @$_: says so");
}

my $r = $ctl->on('shop/none.db', 'report', 'top', '--json');
is($r->{exit}, 1, 'no such file: failed');
is(JSON::PP->new->decode($r->{out})->{result}, 'failed',
    'no such file: says so in JSON');

$t->done;

###############################################################################
