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

use Loyalty::CouponStore;
use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;
my $secret = $t->secret('secret-of-the-webhooks');

Loyalty::CouponStore->macros($t);
$t->macro(SECRET => $secret);
$t->macro(LINKS => $t->secret(LINK_SECRET));

$t->database('db/broken.db')->broken;
$t->give_to_workers('db', 'db/broken.db');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  10 "Sticker" per_member=1
                      url=https://shop.example/r/s?a=1&b=2;
        reward        rare     10 "Rare" stock=1;
        reward        car   50000 "A car";
        reward        voucher   1 "Voucher" coupon=store;
        reward        crown     1 "Crown" tier=gold;
        action        review    5 "A review" limit=1/1d;
        tier          silver   20 "Silver" "perks=Free tea";
        tier          gold  10000 "Gold";
        badge         fan "Fan" orders=1;
        membership    club "Club" sku=CLUB lasts=1y;
        coupon_store  create=/_store/coupon made=/code
                      lookup=/_store/coupons list=/coupons code=/code;
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/order number=/number status=/status
                      email=/billing/email total=/total currency=/currency
                      paid=processing,completed items=/items item_sku=/sku;
        order_event   woocommerce secret=value:%%SECRET%%;
    }

    loyalty_program brief {
        database        sqlite:%%TESTDIR%%/db/brief.db;
        currency        USD;
        signup_bonus    50;
        reward          pin 10 "Pin";
        coupon_expires  1s;
        api_key         brief value:key-of-the-brief-one;
        link_secret     value:%%LINKS%%;
    }

    loyalty_program broken {
        database      sqlite:%%TESTDIR%%/db/broken.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:key-of-the-broken-one;
    }

    loyalty_store_timeout 1s;

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        location = /loyalty/cancel      { loyalty_cancel      shop; }
        location = /loyalty/action      { loyalty_action      shop; }
        location = /loyalty/coupon      { loyalty_coupon      shop; }
        location = /loyalty/history     { loyalty_history     shop; }
        location = /loyalty/leaderboard { loyalty_leaderboard shop; }
        location = /loyalty/report { loyalty_report shop; }
        location = /loyalty/event       { loyalty_order_event shop; }
        %%STORE%%
        %%COUPON_STORE%%

        location = /late/claim { loyalty_claim shop; loyalty_postpone 3d; }

        location = /broken { loyalty_signup broken; }

        location = /brief/signup { loyalty_signup brief; }
        location = /brief/redeem { loyalty_redeem brief; }
        location = /brief/coupon { loyalty_coupon brief; }

        location = /brief/balance {
            loyalty_balance brief;
            loyalty_auth    link;
        }
    }
}
END

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';
my $store = Loyalty::CouponStore->new($t, $t->port(1));

$store->order(1, email => $ada, items => [{sku => 'CLUB'}]);
$store->order(2, email => $ada, status => 'pending', items => []);
$store->order(3, email => $ada, currency => 'EUR', items => []);
$store->answers(4, map { [json_reply(order_json(4, email => $_,
                                                items => []))] } $ada, $bob);
$store->answers(5, [json_reply('<html>')]);
$store->answers(6, [reply(500, '')]);
$store->answers(7, [hang()]);
$store->start;

my @keyed = (headers => ['Idempotency-Key' => 'key-1']);
my @text = (type => 'text/plain');
my @brief = (key => 'key-of-the-brief-one');

sub cancel {
    my ($code, $email) = @_;

    return $t->post('/loyalty/cancel', {coupon => $code, email => $email});
}

sub action {
    my ($action, $ref, $email) = @_;

    return $t->post('/loyalty/action',
        {action => $action, ref => $ref, email => $email});
}

sub coupon {
    my ($code, $order) = @_;

    return $t->get("/loyalty/coupon?coupon=$code") if !defined $order;
    return $t->post('/loyalty/coupon', {coupon => $code, order => $order});
}

sub by_link {
    return $t->get('/brief/balance?' . link_form(@_), key => undef);
}

# a redemption, with its code kept under a name

my %code;

sub redeem {
    my ($name, $reward, %does) = @_;

    $store->does(%does);

    my $r = $t->redeem($reward, $ada);

    $code{$name} = $r->field('coupon');
    return $r;
}

# a coupon of a second, as soon as it is over

sub expired {
    $t->post('/brief/signup', {email => $ada}, @brief);

    my $code = $t->post('/brief/redeem', {email => $ada, reward => 'pin'},
                        @brief)->field('coupon');
    my $r;

    $t->wait_until('the coupon expires', sub {
        $r = $t->get("/brief/coupon?coupon=$code", @brief);
        return $r->status != 200;
    });

    return $r;
}

###############################################################################

# in this order each finds what it needs

my @successes = (
    [201, signed_up       => sub { $t->signup($ada) }],
    [200, already_member  => sub { $t->signup($ada) }],
    [200, claimed         => sub { $t->claim(1, $ada) }],
    [200, already_claimed => sub { $t->claim(1, $ada) }],
    [202, claim_pending   => sub {
        $t->post('/late/claim', {order => 6, email => $ada}) }],
    [200, balance         => sub { $t->balance($ada) }],
    [200, redeemed        => sub { redeem(used => 'sticker') }],
    [200, coupon_good     => sub { coupon($code{used}) }],
    [200, coupon_used     => sub { coupon($code{used}, 'T-1') }],
    [201, signed_up       => sub { $t->signup($bob, @keyed) }],
    [200, claimed         => sub { $t->claim(4, $ada) }],
    [200, redeemed        => sub { redeem(gone => 'rare') }],
    [200, cancelled       => sub { cancel($code{gone}, $ada) }],
    [200, already_cancelled => sub { cancel($code{gone}, $ada) }],
    [200, redeemed        => sub { redeem(rare => 'rare') }],
    [200, redeemed        => sub { redeem(voucher => 'voucher') }],
    [202, redemption_pending => sub {
        redeem(open => 'voucher', create => 'fails', lookup => 'fails') }],
    [200, rewarded        => sub { action('review', 7, $ada) }],
    [200, already_rewarded => sub { action('review', 7, $ada) }],
    [200, history         => sub {
        $t->post('/loyalty/history', {email => $ada, limit => 5}) }],
    [200, noted           => sub { $t->order_event(4, $secret) }],
    [200, leaderboard     => sub {
        $t->get("/loyalty/leaderboard?email=$ada") }],
    [200, report          => sub { $t->get('/loyalty/report?days=2') }],
);

my @faults = (
    [400, bad_request     => sub {
        $t->post('/loyalty/signup', '{', type => 'application/json') }],
    [400, bad_email       => sub { $t->signup('ada') }],
    [400, bad_order       => sub { $t->claim('1 2', $ada) }],
    [400, bad_reward      => sub { $t->redeem('', $ada) }],
    [400, bad_action      => sub { action('review', '', $ada) }],
    [400, bad_coupon      => sub { coupon('', 1) }],
    [401, bad_signature   => sub { $t->order_event(1, 'another secret') }],
    [401, unauthorized    => sub { $t->balance($ada, key => 'x') }],
    [403, forbidden       => sub {
        $t->balance($ada, key => 'key-of-the-broken-one') }],
    [403, bad_link        => sub { by_link(email => $ada, sig => 'x') }],
    [403, link_expired    => sub { by_link(link_params('balance',
        program => 'brief', email => $ada, expires => 1)) }],
    [404, not_a_member    => sub { $t->balance('eve@example.com') }],
    [404, order_not_found => sub { $t->claim(9, $ada) }],
    [404, reward_not_found => sub { $t->redeem('x', $ada) }],
    [404, action_not_found => sub { action('x', 1, $ada) }],
    [404, coupon_not_found => sub { coupon('X') }],
    [405, method_not_allowed => sub { $t->get('/loyalty/claim') }],
    [409, not_enough_points => sub { $t->redeem('car', $ada) }],
    [409, out_of_stock    => sub { $t->redeem('rare', $bob) }],
    [409, reward_limit    => sub { $t->redeem('sticker', $ada) }],
    [409, reward_not_offered => sub { $t->redeem('crown', $ada) }],
    [409, coupon_refused  => sub {
        redeem(refused => 'voucher', create => 'refuses') }],
    [409, coupon_used_before => sub { coupon($code{used}, 'T-2') }],
    [409, coupon_expired  => \&expired],
    [409, coupon_cancelled => sub { coupon($code{gone}) }],
    [409, coupon_not_cancellable => sub { cancel($code{voucher}, $ada) }],
    [409, action_limit    => sub { action('review', 8, $ada) }],
    [409, action_already_rewarded => sub { action('review', 7, $bob) }],
    [409, order_not_paid  => sub { $t->claim(2, $ada) }],
    [409, order_already_claimed => sub { $t->claim(4, $bob) }],
    [413, too_large       => sub {
        $t->post('/loyalty/signup', {x => 'x' x 20_000}) }],
    [415, unsupported_media_type => sub {
        $t->post('/loyalty/signup', 'x', @text) }],
    [422, idempotency_key_reused => sub { $t->signup($ada, @keyed) }],
    [422, wrong_currency  => sub { $t->claim(3, $ada) }],
    [502, store_bad_answer => sub { $t->claim(5, $ada) }],
    [503, store_unavailable => sub { $t->claim(6, $ada) }],
    [503, database_unavailable => sub {
        $t->post('/broken', {email => $ada},
                 key => 'key-of-the-broken-one') }],
    [504, store_timeout   => sub { $t->claim(7, $ada) }],
);

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
                    until)],
        integer => [qw(members newcomers buyers repeat_buyers repeat_percent
                       outstanding owed issued spent expired taken_back
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

for (@successes) {
    my ($status, $result, $ask) = @$_;
    my $r = $ask->();
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

    is(scalar @{$json->{rewards}}, 5, "$result: all rewards")
        if $form == \%form;
}

is($t->balance($ada)->field('rewards')->[0]{id}, 'sticker',
    'rewards come in the order of the configuration');

for (@faults) {
    my ($status, $code, $ask) = @$_;
    my $r = $ask->();
    my $json = $r->json;

    is_fault($r, $status, $code, $code);
    is($r->header('Cache-Control'), 'no-store', "$code: not to be cached");

    like($json->{title}, qr/^[A-Z]/, "$code: a title");
    like($json->{detail}, qr/^[A-Z].*\.$/, "$code: a sentence");
    like($json->{message}, qr/^[A-Z].*[.!]$/, "$code: another, to the shopper");
    like($r->header('Retry-After') || '', $status > 502 ? qr/^\d+$/ : qr/^$/,
         "$code: Retry-After");
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

is(unique(map { "$_->[0] `$_->[1]`" } @successes),
   unique(@successes_told), 'every success that docs/api.md tells');

my @faults_told = map {
    my ($status, $codes) = /^\| (\d+) \| (.*?) \|/;
    map { "$status $_" } $codes =~ /`\w+`/g;
} $docs =~ /^(\| [45]\d\d \| `.*)$/mg;

is(unique(map { "$_->[0] `$_->[1]`" } @faults), unique(@faults_told),
   'every fault that docs/api.md tells');

###############################################################################

$t->done;

###############################################################################
