#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the form of answers: every result and every code of docs/api.md,
# always in the same form.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::EveryAnswer;
use Loyalty::Link;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;
my $every = Loyalty::EveryAnswer->new($t)->run;
my $secret = Loyalty::EveryAnswer::WEBHOOK_SECRET;

my %form_of_requests = (
    uri => sub {
        my ($what, %params) = @_;

        return "/loyalty/$what" . (%params ? '?' . link_form(%params) : '');
    },
    params => sub { $_[0] },
    coupon => sub { $_[0]->json->{coupon} },
);

# besides, what never is in a chat

my @answers = (
    $every->answers(0, %form_of_requests),
    $every->mistakes(%form_of_requests),
    [200, noted => sub { $t->order_event('0-4', $secret) }],
    [401, bad_signature => sub { $t->order_event('0-1', 'another secret') }],
    [200, report => sub { $t->get('/loyalty/report?days=2') }],
);

###############################################################################

# what is in each of them

my %form = (
    text => [qw(result message member email order tier tier_name tier_perks
                next_tier next_tier_name membership membership_name
                membership_perks membership_until referral next_reward
                next_reward_name coupon coupon_expires coupon_url)],
    integer => [qw(points pending earned spent lifetime waiting
                   next_tier_missing streak next_reward_cost next_reward_missing)],
    list => [qw(badges rewards)],
);

my %coupon = (
    text => [qw(result message coupon coupon_expires order reward reward_name
                kind value currency product store)],
    integer => [],
    list => [],
);

my %other = (
    coupon_good => \%coupon,
    coupon_used => \%coupon,
    history     => {
        text => [qw(result message member email next)],
        integer => [qw(points pending lifetime)],
        list => [qw(entries)],
    },
    leaderboard => {
        text => [qw(result message by at)],
        integer => [],
        list => [qw(leaders)],
        object => [qw(you)],
    },
    report => {
        text => [qw(result message program currency now counted_at liability
                    waiting_since until)],
        integer => [qw(members newcomers buyers repeat_buyers repeat_percent
                       outstanding owed waiting issued spent expired taken_back
                       removed redemption_percent)],
        list => [qw(days sources customers rewards)],
        object => [qw(other_sources)],
        inside => {
            days => 'day expired issued removed spent taken_back',
            sources => 'buyers members newcomers repeat_buyers source',
            customers => 'email joined_at member orders points tier tier_name',
            rewards => 'cost id left limited low name redeemed',
        },
    },
);

my %inside = (
    badges  => 'id name new',
    rewards => 'affordable cost id membership missing name tier',
    entries => 'at coupon coupon_expires coupon_state expires_at id kind '
               . 'points reference store usable_at',
    leaders => 'badges member points rank tier tier_name',
);

sub is_success {
    my ($r, $status, $result) = @_;

    my $json = $r->json;
    my $form = $other{$result} || \%form;

    is_result($r, $status, $result, $result);
    is($r->type, 'application/json', "$result: type");
    is($r->header('Cache-Control'), 'no-store', "$result: not to be cached");

    is(join(' ', sort keys %$json),
       join(' ', sort(map { @$_ } grep { ref eq 'ARRAY' } values %$form)),
       "$result: every member is there, and no other");

    unlike($r->body, qr/null/, "$result: never null");
    like($r->body, qr/"$_":"/, "$result: $_ is a string") for @{$form->{text}};
    like($r->body, qr/"$_":-?\d+[,}]/, "$result: $_ is an integer")
        for @{$form->{integer}};

    for my $list (@{$form->{list}}) {
        is(ref $json->{$list}, 'ARRAY', "$result: $list is a list");
        is($_, $form->{inside}{$list} || $inside{$list},
           "$result: an element of $list")
            for map { join ' ', sort keys %$_ } @{$json->{$list}};
    }

    is(join(' ', sort keys %{$json->{you}}), $inside{leaders}, "$result: you")
        if $json->{you};

    like($json->{message}, qr/^[A-Z].*[.!]$/, "$result: a sentence");
    like($json->{coupon_expires} || '', $json->{coupon}
         ? qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ : qr/^$/,
         "$result: time");

    is(join(' ', map { $_->{id} } @{$json->{rewards}}),
        'sticker pin rare car voucher crown',
        "$result: all rewards, in the order of the configuration")
        if $form == \%form;
}

sub is_problem {
    my ($r, $status, $code) = @_;

    my $json = $r->json;

    is_fault($r, $status, $code, $code);
    is($r->header('Cache-Control'), 'no-store', "$code: not to be cached");

    like($json->{title}, qr/^[A-Z]/, "$code: a title");
    like($json->{detail}, qr/^[A-Z"].*\.$/, "$code: a sentence");
    like($json->{message}, qr/^[A-Z].*[.!]$/, "$code: another, to the shopper");
    like($r->header('Retry-After') || '', $status > 502 ? qr/^\d+$/ : qr/^$/,
         "$code: Retry-After");
}

###############################################################################

for (@answers) {
    my ($status, $code, $ask) = @$_;

    $status < 400 ? is_success($ask->(), $status, $code)
                  : is_problem($ask->(), $status, $code);
}

# that these are all of them

my $docs = do {
    open my $fh, '<', $t->checkout . '/docs/api.md' or die "api.md: $!\n";
    local $/;
    <$fh>;
};

sub unique {
    my %seen = map { ($_ => 1) } @_;

    return join "\n", sort keys %seen;
}

my @told = $docs =~ /\b(20[0-9]),\s+(`\w+`)/g;
my @successes_told = map { "$told[2 * $_] $told[2 * $_ + 1]" }
                         0 .. @told / 2 - 1;

is(unique(map { "$_->[0] `$_->[1]`" } grep { $_->[0] < 400 } @answers),
   unique(@successes_told), 'every success that docs/api.md tells');

my @faults_told = map {
    my ($status, $codes) = /^\| (\d+) \| (.*?) \|/;
    map { "$status $_" } $codes =~ /`\w+`/g;
} $docs =~ /^(\| [45]\d\d \| `.*)$/mg;

is(unique(map { "$_->[0] `$_->[1]`" } grep { $_->[0] >= 400 } @answers),
   unique(@faults_told), 'every fault that docs/api.md tells');

###############################################################################

$t->done;

###############################################################################
