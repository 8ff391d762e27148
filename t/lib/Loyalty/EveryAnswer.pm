package Loyalty::EveryAnswer;

# (C) ngx_loyalty contributors

# A shop in which everything happens that the API has an answer to, and what
# leads to each answer.
#
#     my $every = Loyalty::EveryAnswer->new($t)->run;
#
#     for ($every->answers(0, uri => ..., params => ..., coupon => ...)) {
#         my ($status, $code, $ask) = @$_;
#         my $r = $ask->();
#         ...
#
# They are to be asked one after the other: each finds what those before it
# have left.  Several parties may go through all of them, each with a number.

###############################################################################

use warnings;
use strict;

use Loyalty::CouponStore;
use Loyalty::Link;
use Loyalty::Store;

use constant WEBHOOK_SECRET => 'secret-of-the-webhooks';

my $OTHERS_KEY = 'key-of-the-broken-one';
my $BRIEF_KEY = 'key-of-the-brief-one';

my $CONF = <<'END';
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
        reward        pin      10 "Pin";
        reward        rare     10 "Rare" stock=1;
        reward        car   50000 "A \"car\"";
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
        site          https://shop.example/loyalty;
        link_secret   value:%%LINK_SECRET%%;
        order_lookup  /_store/order number=/number status=/status
                      email=/billing/email total=/total currency=/currency
                      paid=processing,completed items=/items item_sku=/sku;
        order_event   woocommerce secret=value:%%WEBHOOK_SECRET%%;
    }

    loyalty_program brief {
        database        sqlite:%%TESTDIR%%/db/brief.db;
        currency        USD;
        signup_bonus    50;
        reward          pin 10 "Pin";
        coupon_expires  1s;
        api_key         brief value:%%BRIEF_KEY%%;
        link_secret     value:%%LINK_SECRET%%;
    }

    loyalty_program broken {
        database      sqlite:%%TESTDIR%%/db/broken.db;
        currency      USD;
        api_key       chatbot value:%%OTHERS_KEY%%;
        link_secret   value:%%LINK_SECRET%%;
    }

    loyalty_format json request;

    server {
        listen %%LISTEN_0%%;

        loyalty_auth      key link;
        loyalty_postpone  off;

        %%LOCATIONS%%
        location = /loyalty/cancel      { loyalty_cancel      shop; }
        location = /loyalty/action      { loyalty_action      shop; }
        location = /loyalty/coupon      { loyalty_coupon      shop; }
        location = /loyalty/history     { loyalty_history     shop; }
        location = /loyalty/leaderboard { loyalty_leaderboard shop; }
        location = /loyalty/report      { loyalty_report      shop; }
        location = /loyalty/event       { loyalty_order_event shop; }

        location = /loyalty/late  { loyalty_claim shop; loyalty_postpone 3d; }
        location = /loyalty/hasty {
            loyalty_claim         shop;
            loyalty_store_timeout 100ms;
        }

        location = /loyalty/brief  { loyalty_coupon brief; }
        location = /brief/signup   { loyalty_signup brief; }
        location = /brief/redeem   { loyalty_redeem brief; }

        location = /loyalty/broken { loyalty_signup broken; }

        %%STORE%%
        %%COUPON_STORE%%
    }
}
END

###############################################################################

sub new {
    my ($class, $t) = @_;

    Loyalty::CouponStore->macros($t);

    $t->macro(LINK_SECRET => $t->secret(LINK_SECRET));
    $t->macro(WEBHOOK_SECRET => $t->secret(WEBHOOK_SECRET));
    $t->macro(BRIEF_KEY => $t->secret($BRIEF_KEY));
    $t->macro(OTHERS_KEY => $t->secret($OTHERS_KEY));

    $t->database('db/broken.db')->broken;
    $t->give_to_workers('db', 'db/broken.db');

    return bless {t => $t}, $class;
}

# With the orders of so many parties.

sub run {
    my ($self, $parties) = @_;

    my $t = $self->{t};

    $t->conf($CONF)->run;

    my $store = Loyalty::CouponStore->new($t, $t->port(1));

    for my $n (0 .. ($parties || 1) - 1) {
        my ($ada, $bob) = map { email($_, $n) } qw(ada bob);

        $store->order("$n-1", email => $ada, items => [{sku => 'CLUB'}]);
        $store->order("$n-2", email => $ada, status => 'pending', items => []);
        $store->order("$n-3", email => $ada, currency => 'EUR', items => []);
        $store->answers("$n-4", map { [json_reply(order_json("$n-4",
            email => $_, items => []))] } $ada, $bob);
        $store->answers("$n-5", [json_reply('<html>')]);
        $store->answers("$n-6", [reply(500, '')]);
        $store->answers("$n-7", [hang()]);
    }

    $self->{store} = $store->start;

    $t->signup('first@example.com');
    $t->redeem('rare', 'first@example.com');
    $self->{expired} = $self->expired_coupon;

    return $self;
}

sub email {
    my ($who, $n) = @_;

    return "$who-$n\@example.com";
}

# One that was good for a second, as soon as that is over.

sub expired_coupon {
    my ($self) = @_;

    my $t = $self->{t};
    my %first = (email => 'first@example.com');

    $t->post('/brief/signup', \%first, key => $BRIEF_KEY);

    my $coupon = $t->post('/brief/redeem', {%first, reward => 'pin'},
                          key => $BRIEF_KEY)->field('coupon');

    $t->wait_until('the coupon expires', sub {
        $t->get("/loyalty/brief?coupon=$coupon", key => $BRIEF_KEY)
          ->status != 200;
    });

    return $coupon;
}

###############################################################################

# What a party has to ask with: "uri" makes the address from what is asked,
# "params" puts parameters into the form that they are sent in, and "coupon"
# finds the code in an answer.

sub answers {
    my ($self, $n, %o) = @_;

    my ($t, $store) = @{$self}{qw(t store)};
    my %code;

    my $ask = sub {
        my ($what, $params, @more) = @_;

        return $t->post($o{uri}->($what), $o{params}->($params), @more);
    };

    my $by = sub {
        my ($who, $what, %params) = @_;

        return $ask->($what, {email => email($who, $n), %params});
    };

    my $claim = sub {
        my ($who, $order, $what) = @_;

        return $by->($who, $what || 'claim', order => "$n-$order");
    };

    my $redeem = sub {
        my ($name, $reward, %does) = @_;

        $store->does(%does);

        my $r = $by->(ada => 'redeem', reward => $reward);

        $code{$name} = $o{coupon}->($r);
        return $r;
    };

    my $use = sub {
        my ($name, $order) = @_;

        return $ask->(coupon => {coupon => $code{$name}, order => $order});
    };

    my $cancel = sub { $by->(ada => 'cancel', coupon => $_[0]) };

    my $action = sub {
        my ($who, $action, $ref) = @_;

        return $by->($who, 'action', action => $action, ref => $ref);
    };

    my @once = (headers => ['Idempotency-Key' => "once-$n"]);

    return (
        [201, signed_up => sub { $by->(ada => 'signup') }],
        [200, already_member => sub { $by->(ada => 'signup') }],
        [201, signed_up => sub {
            $ask->(signup => {email => email(bob => $n)}, @once) }],
        [422, idempotency_key_reused => sub {
            $ask->(signup => {email => email(ada => $n)}, @once) }],

        [200, claimed => sub { $claim->(ada => 1) }],
        [200, already_claimed => sub { $claim->(ada => 1) }],
        [409, order_not_paid => sub { $claim->(ada => 2) }],
        [422, wrong_currency => sub { $claim->(ada => 3) }],
        [200, claimed => sub { $claim->(ada => 4) }],
        [409, order_already_claimed => sub { $claim->(bob => 4) }],
        [502, store_bad_answer => sub { $claim->(ada => 5) }],
        [503, store_unavailable => sub { $claim->(ada => 6) }],
        [202, claim_pending => sub { $claim->(ada => 6, 'late') }],
        [504, store_timeout => sub { $claim->(ada => 7, 'hasty') }],
        [404, order_not_found => sub { $claim->(ada => 9) }],
        [400, bad_order => sub { $claim->(ada => '1 2') }],
        [404, not_a_member => sub { $claim->(eve => 1) }],

        [200, balance => sub { $by->(ada => 'balance') }],
        [400, bad_email => sub { $ask->(balance => {email => 'ada'}) }],
        [400, bad_request => sub { $by->(ada => 'history', limit => 'x') }],

        [200, redeemed => sub { $redeem->(used => 'sticker') }],
        [409, reward_limit => sub { $redeem->(none => 'sticker') }],
        [409, out_of_stock => sub { $redeem->(none => 'rare') }],
        [409, not_enough_points => sub { $redeem->(none => 'car') }],
        [409, reward_not_offered => sub { $redeem->(none => 'crown') }],
        [404, reward_not_found => sub { $redeem->(none => 'x') }],
        [400, bad_reward => sub { $redeem->(none => 'a b') }],
        [200, redeemed => sub { $redeem->(made => 'voucher') }],
        [409, coupon_refused => sub {
            $redeem->(none => 'voucher', create => 'refuses') }],
        [202, redemption_pending => sub {
            $redeem->(none => 'voucher', create => 'fails',
                                         lookup => 'fails') }],

        [200, coupon_good => sub {
            $t->get($o{uri}->('coupon', coupon => $code{used})) }],
        [200, coupon_used => sub { $use->(used => 'T-1') }],
        [409, coupon_used_before => sub { $use->(used => 'T-2') }],
        [409, coupon_expired => sub {
            $ask->(brief => {coupon => $self->{expired}, order => 'T-3'},
                   key => $BRIEF_KEY) }],

        [200, redeemed => sub { $redeem->(gone => 'pin') }],
        [200, cancelled => sub { $cancel->($code{gone}) }],
        [200, already_cancelled => sub { $cancel->($code{gone}) }],
        [409, coupon_cancelled => sub { $use->(gone => 'T-4') }],
        [409, coupon_not_cancellable => sub { $cancel->($code{made}) }],
        [404, coupon_not_found => sub { $cancel->('X') }],
        [400, bad_coupon => sub { $cancel->('') }],

        [200, rewarded => sub { $action->(ada => 'review', "$n-7") }],
        [200, already_rewarded => sub { $action->(ada => 'review', "$n-7") }],
        [409, action_limit => sub { $action->(ada => 'review', "$n-8") }],
        [409, action_already_rewarded => sub {
            $action->(bob => 'review', "$n-7") }],
        [404, action_not_found => sub { $action->(ada => 'x', 1) }],
        [400, bad_action => sub { $action->(ada => 'review', '') }],

        [200, history => sub { $by->(ada => 'history', limit => '5') }],
        [200, leaderboard => sub { $by->(ada => 'leaderboard') }],

        [403, bad_link => sub {
            $ask->(balance => {email => email(ada => $n), expires => '1',
                               sig => 'x'}, key => undef) }],
        [403, link_expired => sub {
            $ask->(balance => {link_params('balance',
                email => email(ada => $n), expires => '1')}, key => undef) }],
        [503, database_unavailable => sub {
            $ask->(broken => {email => email(ada => $n)},
                   key => $OTHERS_KEY) }],
    );
}

# What no shopper can cause.

sub mistakes {
    my ($self, %o) = @_;

    my $t = $self->{t};

    return (
        [401, unauthorized => sub {
            $t->post($o{uri}->('balance'), $o{params}->({}), key => 'x') }],
        [403, forbidden => sub {
            $t->post($o{uri}->('balance'), $o{params}->({}),
                     key => $OTHERS_KEY) }],
        [405, method_not_allowed => sub { $t->get($o{uri}->('redeem')) }],
        [413, too_large => sub {
            $t->post($o{uri}->('signup'), $o{params}->({x => 'x' x 70_000})) }],
        [415, unsupported_media_type => sub {
            $t->post($o{uri}->('signup'), 'x', type => 'text/plain') }],
    );
}

###############################################################################

1;

###############################################################################
