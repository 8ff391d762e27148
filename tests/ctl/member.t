#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl member: members are found, shown and changed while nginx serves
# them, on both engines.

###############################################################################

use warnings;
use strict;
use utf8;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use Encode qw(encode);

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
my $pg = Loyalty::PostgreSQL->new(conf => {shared_buffers => '64MB'});
my $ctl = Loyalty::Ctl->new($t, $pg);

my $store = Loyalty::Store->new($t, $t->port(1));

# number, whose it is, total

order(@$_) for [1001, 'ada', '210.00'], [1003, 'cyd', '100.00'],
               [1004, 'dee', '40.00'], [1005, 'cyd', '7.00'],
               map { [$_, 'zoe', '1.00'] } 2001 .. 2060;

# one that is paid, refunded in two parts, and not refunded after all

order($_, 'hal', '80.00', [], ['30.00'], ['30.00', '20.00'], [])
    for 3001, 3002;

# of friends, and refunded

order($_, 'kim', '80.00', [], ['80.00']) for 4001, 4003;
order($_, 'leo', '80.00', [], ['80.00']) for 4002, 4004;

$store->start;

sub order {
    my ($number, $who, $total, @refunds) = @_;

    $store->answers($number, map {
        my $refunds = join ',', map { qq({"total":"-$_"}) } @$_;
        [json_reply(order_json($number, email => "$who\@example.com",
                               total => $total, refunds => \"[$refunds]"))]
    } @refunds ? @refunds : []);
}

my $secret = $t->secret('the-secret-of-the-webhooks');

$t->macro(LOOKUP => 'order_lookup /_store/order number=/number status=/status'
    . ' email=/billing/email total=/total currency=/currency'
    . ' paid=processing refunds=/refunds refund=/total;'
    . " order_event woocommerce secret=value:$secret;");

sub serve {
    my ($database, $on) = @_;

    $ctl->serve($database, <<"END", 'order_event');
        signup_bonus    50;
        referral        30 friend=10 on=$on;
        pending         1d;
        points_expire   365d;
        tier            silver 100 "Silver";
        badge           first "First" orders=1;
        reward          sticker  30 "Sticker";
END
}

my ($db, $name);

sub member { $ctl->on($db, 'member', @_) }
sub member_json { $ctl->json($db, 'member', @_) }
sub code { member_json('show', $_[0])->{member} }

# Some fields of what a member has.

sub has {
    my ($who, $want, $what) = @_;

    my $got = member_json('show', $who);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_deeply({map { $_ => $got->{$_} } keys %$want}, $want, "$name: $what");
}

sub sound {
    my ($what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_deeply([$ctl->unsound($db)], [], "$name: sums are true $what");
}

sub verified {
    my ($what) = @_;

    my $r = $ctl->on($db, 'verify');

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($r->{exit}, 0, "$name: verified $what") || diag("$r->{out}$r->{err}");
}

sub fails {
    my ($exit, $why, $what, @args) = @_;

    my $r = member(@args);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($r->{exit}, $exit, "$name: $what");
    like($r->{err}, qr/^(?:usage: )?loyaltyctl member $args[0]\b.*$why/,
         "$name: $what: says why");
    is($r->{out}, '', "$name: $what: nothing on standard output");
}

###############################################################################

for (['SQLite', 'shop/a.db', 3001, 4001, 4002],
     ['PostgreSQL', 'one', 3002, 4003, 4004])
{
    ($name, $db, my ($order, @of_friends)) = @$_;

    serve($db, 'signup');

    $t->post('/loyalty/signup', {email => 'ada@example.com', source => 'tv',
                                 locale => 'de'},
             headers => ['Idempotency-Key' => 'ada']);
    $t->post('/loyalty/signup',
             {email => 'bob@example.com',
              referral => member_json('show', 'ada@example.com')->{referral}});
    $t->signup("$_\@example.com") for qw(cyd dee eve fay gus zoe);
    $t->claim(1001, 'ada@example.com');
    $t->claim(1003, 'cyd@example.com');
    $t->claim(1004, 'dee@example.com');

    finding();
    showing();
    adjusting();
    merging();
    refunding($order);
    changing();
    erasing();
    beside();
    verified('after all that');

    serve($db, 'order');

    two_friends(@of_friends);
}

###############################################################################

sub finding {
    my $ada = member_json('show', 'ada@example.com');

    for (['a part of an e-mail', 'ADA@ex'],
         ['a code', $ada->{member}],
         ['a code for friends', lc $ada->{referral}])
    {
        my ($what, $text) = @$_;
        my $found = member_json('find', $text);

        is_deeply([map { "$_->{email} $_->{member} $_->{points}" } @$found],
                  ["ada\@example.com $ada->{member} 50"],
                  "$name: found by $what");
    }

    is_deeply(member_json('find', '%'), [], "$name: % stands for itself");
    is_deeply(member_json('find', 'a_a'), [], "$name: _ stands for itself");

    my @lines = split /\n/, member('find', 'example.com')->{out};
    is(scalar @lines, 9, "$name: a table of all");
    like($lines[0], qr/^EMAIL +MEMBER +REFERRAL +POINTS +PENDING /,
         "$name: with headings");
    is_deeply([map { index $_, 'm_' } @lines[1 .. 8]],
              [(index $lines[0], 'MEMBER') x 8], "$name: aligned");

    like(member('find', 'ada', '--csv')->{out},
         qr/^email,member,.*\r\nada\@example\.com,m_\w+,.*\r\n\z/,
         "$name: CSV");
}

sub showing {
    has('ada@example.com',
        {command => 'member show', result => 'shown',
         email => 'ada@example.com', points => 50, pending => 240,
         lifetime => 290, orders => 1, source => 'tv', locale => 'de',
         friends => 1, rewarded_for => 1, referred_by => '',
         memberships => [], merged => []}, 'shown in JSON');

    my $ada = member_json('show', 'ada@example.com');

    is_deeply([map { "$_->{kind} $_->{reference} $_->{points} $_->{balance}" }
               @{$ada->{history}}],
              ['claim 1001 210 290', 'referral ' . code('bob@example.com')
               . ' 30 80', 'signup  50 50'],
              "$name: the history, the newest first");
    is_deeply([map { $_->{badge} } @{$ada->{badges}}], ['first'],
              "$name: the badges");
    is(member_json('show', $ada->{member})->{email}, 'ada@example.com',
       "$name: shown by code");
    is(scalar @{member_json('show', 'ada@example.com', '--limit', 1)
                ->{history}}, 1, "$name: --limit");
    is(member_json('show', 'bob@example.com')->{referred_by}, $ada->{member},
       "$name: by whom it came");

    my $r = member('show', ' Ada@Example.com');
    is($r->{exit}, 0, "$name: shown as text");
    like($r->{out}, qr/^Email\ +ada\@example\.com\n.*^Pending\ +240\n.*
                       ^ENTRY\ +AT\ .*claim\ +1001/msx,
         "$name: facts, then the history");

    is(() = member('show', 'ada@example.com', '--csv')->{out} =~ /\r\n/g, 4,
       "$name: CSV is the history");

    fails(1, 'is not a member; find', 'nobody', 'show', 'nobody@example.com');
    fails(1, 'is not a member; find', 'no code', 'show', 'm_nobody');
    fails(2, 'neither an e-mail nor', 'no e-mail', 'show', 'ada');
    fails(2, 'is no e-mail', 'half an e-mail', 'show', 'ada@');
    fails(2, 'EMAIL\|CODE', 'nobody named', 'show');
    fails(2, 'there is no option --all', 'an unknown option', 'show', '--all',
          'ada@example.com');

    my $json = member_json('show', 'nobody@example.com');
    is($json->{result}, 'failed', "$name: a failure in JSON");
    like($json->{reason}, qr/is not a member/, "$name: with its reason");
}

sub adjusting {
    my $why = 'Tut uns Leid: „Ente“';

    my $json = member_json('adjust', 'ada@example.com', 25, '--reason',
                           encode('UTF-8', $why), '--expires',
                           '2099-01-01T00:00:00+01:00');
    is_deeply($json, {command => 'member adjust', result => 'adjusted',
                      member => code('ada@example.com'), by => 25,
                      points => 75, pending => 240}, "$name: 25 points more");
    is_result($t->balance('ada@example.com'), 200, 'balance',
              {points => 75, pending => 240, lifetime => 290,
               tier => 'silver'}, "$name: nginx knows");

    my ($entry) = @{member_json('show', 'ada@example.com')->{history}};
    is_deeply([@{$entry}{qw(kind reference points balance expires_at)}],
              ['adjustment', $why, 25, 315, '2098-12-31T23:00:00Z'],
              "$name: why is in the history");

    is(member('adjust', 'ada@example.com', -60, '--reason=Mistake')->{exit},
       0, "$name: 60 points less");
    has('ada@example.com', {points => 15, pending => 240, lifetime => 290},
        'usable ones first');
    is_result($t->balance('ada@example.com'), 200, 'balance',
              {points => 15, pending => 240}, "$name: nginx knows that, too");

    fails(1, 'has 255 points, 1 are missing; nothing was changed',
          'below zero', 'adjust', 'ada@example.com', -256, '--reason', 'x');
    has('ada@example.com', {points => 15, pending => 240}, 'nothing changed');

    is(member('adjust', code('ada@example.com'), '--reason', 'x',
              '--allow-negative', -300)->{exit}, 0, "$name: below zero");
    is_result($t->balance('ada@example.com'), 200, 'balance',
              {points => -45, pending => 0, lifetime => 290},
              "$name: owed points");
    sound('with a debt');

    member('adjust', 'ada@example.com', 55, '--reason', 'Peace');
    is_result($t->balance('ada@example.com'), 200, 'balance',
              {points => 10, pending => 0}, "$name: paid with the next");
    sound('after adjustments');

    fails(1, 'is not a member', 'adjusting nobody', 'adjust',
          'nobody@example.com', 5, '--reason', 'x');
    fails(2, 'write why', 'no reason', 'adjust', 'ada@example.com', 5);
    fails(2, 'write why', 'an empty reason', 'adjust', 'ada@example.com', 5,
          '--reason', '');
    fails(2, 'no number of points', 'no points', 'adjust', 'ada@example.com',
          0, '--reason', 'x');
    fails(2, 'no number of points', 'half points', 'adjust',
          'ada@example.com', '1.5', '--reason', 'x');
    fails(2, 'has passed already', 'too late', 'adjust', 'ada@example.com',
          5, '--reason', 'x', '--expires', '2020-01-01T00:00:00Z');
    fails(2, 'needs a time such as', 'no time', 'adjust', 'ada@example.com',
          5, '--reason', 'x', '--expires', 'tomorrow');
    fails(2, 'do not expire', 'taking until', 'adjust', 'ada@example.com',
          -5, '--reason', 'x', '--expires', '2099-01-01T00:00:00Z');
    fails(1, 'points at most', 'too many', 'adjust', 'ada@example.com',
          1_000_000_000_000_000, '--reason', 'x');
}

# Claims that wait for the store, as if they had been postponed.

sub waiting {
    my ($email, @orders) = @_;

    my $of = "FROM member WHERE email = '$email'";

    $ctl->rows($db, "INSERT INTO postponed
        (store, number, member, email, at, until_at, next_at)
        SELECT 'default', '$_', id, email, 1, 9000000000, 9000000000 $of")
        for @orders;

    $ctl->rows($db, "UPDATE member SET waiting = " . @orders
                    . " WHERE email = '$email'");
}

sub merging {
    my $lots = 'SELECT remaining, usable_at, until_at FROM lot JOIN member '
               . 'ON member.id = lot.member WHERE remaining > 0 AND email IN '
               . "('cyd\@example.com', 'dee\@example.com')";
    my @before = sort map { "@$_" } $ctl->rows($db, $lots);
    my ($cyd, $dee) = map { code("$_\@example.com") } qw(cyd dee);

    waiting('cyd@example.com', 3001, 3002);
    waiting('dee@example.com', 3002, 3003, 3004);

    my $json = member_json('merge', 'cyd@example.com', $dee);
    is_deeply($json, {command => 'member merge', result => 'merged',
                      member => $dee, points => 100, pending => 140,
                      lifetime => 240}, "$name: merged");
    sound('after a merge');
    is_deeply([sort map { "@$_" } $ctl->rows($db, $lots)], \@before,
              "$name: the lots are the same");

    has('dee@example.com', {orders => 2, points => 100}, 'one member');
    is_result($t->balance('dee@example.com'), 200, 'balance', {waiting => 4},
              "$name: claims that wait for the store are its");
    is_deeply([map { "$_->{email} $_->{member}" }
               @{member_json('show', $dee)->{merged}}],
              ["cyd\@example.com $cyd"], "$name: who it was before");
    is(member_json('show', $cyd)->{member}, $dee,
       "$name: the old code shows the new member");

    is_result($t->balance('cyd@example.com'), 200, 'balance',
              {member => $dee, points => 100, pending => 140, tier => 'silver'},
              "$name: by the old e-mail");
    is_result($t->signup('cyd@example.com'), 200, 'already_member',
              {member => $dee}, "$name: no second sign-up");
    is_result($t->claim(1005, 'cyd@example.com'), 200, 'claimed',
              {member => $dee, earned => 7, pending => 147},
              "$name: a claim by the old e-mail");
    is_fault($t->claim(1003, 'cyd@example.com'), 409, 'order_already_claimed',
             "$name: an order of before is not credited again");
    is_result($t->redeem('sticker', 'cyd@example.com'), 200, 'redeemed',
              {points => 70}, "$name: points are spent");
    sound('after that');

    is(member_json('merge', 'cyd@example.com', $dee)->{result},
       'merged_before', "$name: merged once");

    # a debt, and all that was ever earned without a point left

    member('adjust', 'eve@example.com', -70, '--reason', 'x',
           '--allow-negative');
    member('merge', 'eve@example.com', 'fay@example.com');
    has('fay@example.com', {points => 30, lifetime => 100}, 'a debt is merged');

    member('adjust', 'gus@example.com', -50, '--reason', 'x');
    member('merge', 'gus@example.com', 'fay@example.com');
    has('fay@example.com', {points => 30, lifetime => 150},
        'no points, but a past');

    # whoever knows the rules has to look at what counts for the tier

    for (qw(pam pat)) {
        $t->signup("$_\@example.com");
        member('adjust', "$_\@example.com", -50, '--reason', 'x');
    }

    member('merge', 'pam@example.com', 'pat@example.com');
    is_deeply([$ctl->rows($db, 'SELECT count(*) FROM member '
                               . 'WHERE tier_at < 0 AND due_at = 0')], [[0]],
              "$name: also where there are no points");

    # all that was merged before goes along

    is(member('merge', 'fay@example.com', 'dee@example.com')->{exit}, 0,
       "$name: merged again");
    is(scalar @{member_json('show', $dee)->{merged}}, 4,
       "$name: all of them lead there");
    is_result($t->balance('gus@example.com'), 200, 'balance',
              {member => $dee, points => 100, lifetime => 397},
              "$name: also the first");
    sound('after many merges');

    # nobody is his own friend

    member('merge', 'bob@example.com', 'ada@example.com');
    has('ada@example.com', {friends => 0, referred_by => '', lifetime => 350},
        'friends of each other');
    sound('without friends');

    fails(1, '"nobody@example.com" is not a member', 'merging nobody',
          'merge', 'nobody@example.com', 'ada@example.com');
    fails(1, '"nobody@example.com" is not a member', 'merging into nobody',
          'merge', 'ada@example.com', 'nobody@example.com');
    has('ada@example.com', {lifetime => 350}, 'and nothing was changed');
}

# An order of before the merge is its member's after it.

sub refunding {
    my ($order) = @_;

    $t->signup("$_\@example.com") for qw(hal ida);
    $t->claim($order, 'hal@example.com');

    event($order);
    has('hal@example.com', {points => 50, pending => 50, lifetime => 100},
        'refunded in part');

    member('merge', 'hal@example.com', 'ida@example.com');
    has('ida@example.com', {points => 100, pending => 50, lifetime => 150},
        'merged after that');

    event($order);
    has('ida@example.com', {points => 100, pending => 30, lifetime => 130},
        'and refunded again');
    sound('after refunds');

    event($order);
    has('ida@example.com', {points => 100, pending => 80, lifetime => 180},
        'and not refunded after all');
    sound('without refunds');
}

# The orders of two friends who turn out to be the same person.

sub two_friends {
    my ($first, $second) = @_;

    $t->signup('jon@example.com');

    my $referral = member_json('show', 'jon@example.com')->{referral};

    for (['kim@example.com', $first], ['leo@example.com', $second]) {
        my ($email, $order) = @$_;

        $t->post('/loyalty/signup', {email => $email, referral => $referral});
        $t->claim($order, $email);
    }

    has('jon@example.com', {rewarded_for => 2, lifetime => 110},
        'friends have bought');

    member('merge', 'kim@example.com', 'leo@example.com');
    has('leo@example.com', {lifetime => 280}, 'they are one');

    event($first);
    has('leo@example.com', {lifetime => 200}, 'one order was refunded');
    has('jon@example.com', {lifetime => 110}, 'the other one stands');
    verified('after a refund of who is merged');

    event($second);
    has('leo@example.com', {lifetime => 110}, 'both were refunded');
    has('jon@example.com', {lifetime => 80}, 'the friend has bought nothing');
    verified('after a refund of both');
}

# Sent as platforms do: again until it is taken.

sub event {
    my ($order) = @_;

    $t->wait_until("event of $order",
        sub { $t->order_event($order, $secret,
            '/loyalty/order_event')->status == 200 });
}

sub changing {
    my $dee = code('dee@example.com');

    is_deeply(member_json('email', 'dee@example.com', 'Dee@Example.ORG'),
              {command => 'member email', result => 'changed', member => $dee,
               email => 'dee@example.org'}, "$name: another e-mail");
    is_result($t->balance('dee@example.org'), 200, 'balance',
              {member => $dee, points => 100}, "$name: by the new one");
    is_fault($t->balance('dee@example.com'), 404, 'not_a_member',
             "$name: the old one is free");
    is_result($t->balance('cyd@example.com'), 200, 'balance',
              {member => $dee}, "$name: those of before lead there");

    fails(1, 'is a member already', 'somebody else\'s', 'email', $dee,
          'ada@example.com');
    fails(1, 'is this member\'s already', 'its own', 'email', $dee,
          'cyd@example.com');
    fails(1, "was merged into the member $dee", 'of a merged one', 'email',
          'cyd@example.com', 'new@example.com');
    fails(1, 'is not a member', 'of nobody', 'email', 'nobody@example.com',
          'new@example.com');
    fails(2, 'is no e-mail', 'to none', 'email', $dee, 'm_new');
    sound('after changes');
}

sub erasing {
    waiting('ada@example.com', 3005);

    my ($ada, $before) = (code('ada@example.com'), $ctl->dump($db));

    ok(scalar(grep { $_->{body} =~ /ada\@example\.com/ } @{$before->{answer}}),
       "$name: an answer with the e-mail is kept");

    fails(2, 'add --yes', 'by accident', 'erase', $ada);

    is_deeply(member_json('erase', 'bob@example.com', '--yes'),
              {command => 'member erase', result => 'erased', member => $ada,
               answers => 1}, "$name: erased");

    my $after = $ctl->dump($db);
    my $text = join "\n", map { values %$_ } map { @$_ } values %$after;

    unlike($text, qr/(?:ada|bob)\@/, "$name: no e-mail is left");
    unlike($text, qr/^tv$/m, "$name: nor where it came from");
    is_deeply($after->{$_}, $before->{$_}, "$name: $_ is as it was")
        for qw(ledger spending claim);
    sound('after an erasure');

    has($ada, {source => '', locale => '', lifetime => 350},
        'what it has is left');
    like(member_json('show', $ada)->{email}, qr/^erased-\w{16}\@erased\./,
         "$name: in place of the e-mail");
    is_fault($t->balance('ada@example.com'), 404, 'not_a_member',
             "$name: nobody knows it");
    is_result($t->signup('ada@example.com'), 201, 'signed_up',
              "$name: it may come back");

    fails(1, 'is not a member', 'erasing nobody', 'erase',
          'nobody@example.com', '--yes');
}

# While nginx writes to the same member.

sub beside {
    my $job = $t->in_background(sub {
        my @r = $t->all(map { $t->message('POST', '/loyalty/claim',
            params => {order => $_, email => 'zoe@example.com'}) }
            2001 .. 2060);
        return scalar grep { $_->outcome eq 'claimed' } @r;
    });

    my @exits = map { member('adjust', 'zoe@example.com', $_, '--reason',
                             'beside')->{exit} } (3, -1) x 10;

    is($job->result, 60, "$name: all claims beside");
    is_deeply([grep { $_ } @exits], [], "$name: all adjustments beside");
    is_result($t->balance('zoe@example.com'), 200, 'balance',
              {points => 70, pending => 60, lifetime => 110},
              "$name: all of both");
    sound('of both');
}

###############################################################################

$pg->end;
$t->done;

###############################################################################
