package Loyalty::ExampleShops;

# (C) ngx_loyalty contributors

# A shop for each example of docs/openapi.yaml: the same program, with a
# database of its own, in which has happened what the example starts from.
#
#     my $shops = Loyalty::ExampleShops->new($t, $api->operations);
#     my $shop = $shops->add('claim', 'already_claimed');
#     ...
#     $shops->start;
#     $shop->prepare;
#     $t->request('POST', $shop->path('/claim'), ...);
#
# Ada is a member, and order 1001 of 60.99 is hers, unless an example starts
# from something else: see %SHOPS.

###############################################################################

use warnings;
use strict;

use Loyalty::CouponStore;
use Loyalty::Link;
use Loyalty::Store;

use constant SECRET => 'secret-of-the-webhooks';

# The links of the examples, and how long they are good.

use constant {GOOD => 4102444800, EXPIRED => 1000000000};

my %LINKS = (claim => {order => 1001}, balance => {}, history => {},
             redeem => {reward => 'hanky'});

# What is different in the shop of an example, by "OPERATION EXAMPLE" or by
# EXAMPLE alone, in a chat without the chat's name in front:
#
#   hanky     further parameters of the reward
#   lookup    another location that is asked for orders
#   timeout   how long the store may take
#   postpone  how long a claim is kept that the store does not answer
#   members   who is let in
#   rules     further ones
#   broken    the database cannot be used
#   nobody    has joined
#   before    what happens besides

my %SHOPS = (
    signed_up => {nobody => 1},
    signed_up_by_referral => {nobody => 1, before => sub {
        $_[0]->stands_for(MVGNX0EK => $_[0]->joins('bob')->field('referral'));
    }},
    not_a_member => {nobody => 1},
    report => {nobody => 1},

    already_claimed => {before => sub { $_[0]->buys }},
    claim_pending => {lookup => '/_store/off', postpone => '3d'},
    balance => {before => sub { $_[0]->buys }},
    balance_by_link => {before => sub { $_[0]->buys }},
    balance_by_session => {before => sub {
        $_[0]->buys;
        $_[0]->has_session;
    }},
    balance_in_turkish => {before => sub { $_[0]->buys }},
    history => {before => sub { $_[0]->redeems }},
    history_by_link => {before => sub { $_[0]->redeems }},
    history_older => {before => sub { $_[0]->redeems }},

    order_not_found => {before => sub { $_[0]->order(1001, 'bob') }},
    order_not_paid => {before => sub {
        $_[0]->order(1001, 'ada', status => 'pending');
    }},
    order_already_claimed => {before => sub {
        $_[0]->joins('bob');
        $_[0]->buys('bob', 1001);
        $_[0]->order(1001, 'ada');
    }},
    wrong_currency => {before => sub {
        $_[0]->order(1001, 'ada', currency => 'EUR');
    }},
    store_bad_answer => {lookup => '/_store/page'},
    store_unavailable => {lookup => '/_store/off'},
    store_timeout => {lookup => '/_store/hangs', timeout => '200ms'},
    database_unavailable => {nobody => 1, broken => 1},

    let_in => {members => 'tier=silver', before => sub {
        $_[0]->has_session;
    }},
    turned_away => {before => sub { $_[0]->has_session }},
    no_database => {nobody => 1, broken => 1, before => sub {
        $_[0]->has_cookie;
    }},

    # in a chat the code stands among others, where it must be the same

    'chat redeemed' => {hanky => 'coupon=pool', before => sub {
        $_[0]->buys;
        $_[0]->has_code;
    }},
    redeemed => {before => sub { $_[0]->buys }},
    redeemed_by_link => {before => sub { $_[0]->buys }},
    redemption_pending => {hanky => 'coupon=store', before => sub {
        $_[0]->buys;
        $_[0]->store->does(create => 'fails', lookup => 'fails');
    }},
    coupon_refused => {hanky => 'coupon=store', before => sub {
        $_[0]->buys;
        $_[0]->store->does(create => 'refuses');
    }},
    out_of_stock => {hanky => 'stock=1', before => sub {
        $_[0]->buys;
        $_[0]->joins('bob');
        $_[0]->redeems('bob', 1002);
    }},
    reward_limit => {hanky => 'per_member=1', before => sub {
        $_[0]->redeems;
        $_[0]->buys('ada', 1003);
    }},
    reward_not_offered => {hanky => 'tier=gold', before => sub {
        $_[0]->buys;
    }},

    cancelled => {before => sub { $_[0]->redeems }},
    already_cancelled => {before => sub { $_[0]->redeems; $_[0]->cancels }},
    coupon_good => {before => sub { $_[0]->redeems }},
    coupon_used => {before => sub { $_[0]->redeems }},
    coupon_used_before => {before => sub {
        $_[0]->redeems;
        $_[0]->uses(2000);
    }},
    coupon_expired => {before => sub {
        $_[0]->redeems;
        $_[0]->database->rows('UPDATE redemption SET expires_at = 1');
    }},
    coupon_cancelled => {before => sub { $_[0]->redeems; $_[0]->cancels }},
    coupon_not_cancellable => {hanky => 'coupon=pool', before => sub {
        $_[0]->buys;
        $_[0]->has_code;
        $_[0]->redeems;
    }},

    already_rewarded => {before => sub { $_[0]->reviews('ada', 4711) }},
    action_limit => {before => sub { $_[0]->reviews('ada', 4710) }},
    action_already_rewarded => {before => sub {
        $_[0]->joins('bob');
        $_[0]->reviews('bob', 4711);
    }},

    leaderboard => {before => sub { $_[0]->has_leaders }},
    leaderboard_with_you => {before => sub { $_[0]->has_leaders }},

    # whatever is asked for with the key in the example, this was something
    # else

    idempotency_key_reused => {before => sub {
        $_[0]->post($_[0]{asks}, {email => 'bob@example.com', order => 77,
            reward => 'mug', coupon => 'C77', action => 'walk', ref => 'o-77',
            limit => 7}, headers => [
                'Idempotency-Key' => '7d6c0a52-redeem-hanky']);
    }},
);

my %TOTALS = (1001 => '60.99', 1002 => '145.50', 1003 => '60.00');

###############################################################################

sub new {
    my ($class, $t, @operations) = @_;

    Loyalty::CouponStore->macros($t);

    return bless {t => $t, paths => {map { $_->{path} => $_ } @operations},
                  shops => []}, $class;
}

sub add {
    my ($self, $operation, $example, $path) = @_;

    my ($chat) = $example =~ /^\Q$operation\E_(\w+)/;
    my ($differs) = grep { $_ } @SHOPS{"$operation $example", $example},
        defined $chat ? @SHOPS{"chat $chat", $chat} : (), {};

    my $shop = bless {
        %$differs, shops => $self, t => $self->{t}, asks => $path,
        id => 'w' . scalar @{$self->{shops}}
    }, 'Loyalty::ExampleShop';

    push @{$self->{shops}}, $shop;
    return $shop;
}

sub start {
    my ($self) = @_;

    my $t = $self->{t};

    $t->secret($_) for SECRET, LINK_SECRET, 'key-of-another-program';

    $self->{store} = Loyalty::CouponStore->new($t, $t->port(1));
    $self->{store}->answers(504, [hang()]);
    $self->{store}->start;

    for my $shop (grep { $_->{broken} } @{$self->{shops}}) {
        $shop->database->broken;
        $t->give_to_workers('db', "db/$shop->{id}.db");
    }

    $t->write_file('html/early-sale.html', "<h1>The early sale</h1>\n");
    $t->conf($self->conf)->run;
}

# A request says by a header which shop it is for.

sub conf {
    my ($self) = @_;

    my $programs = join '', map { $_->program } @{$self->{shops}};
    my $locations = join '', map { $_->locations } @{$self->{shops}};

    return <<"END";
%%TEST_GLOBALS%%

worker_rlimit_nofile 4096;

events {
    worker_connections 1024;
}

http {
    %%TEST_GLOBALS_HTTP%%

$programs
    loyalty_program another {
        database      sqlite:%%TESTDIR%%/db/another.db;
        currency      USD;
        signup_bonus  1;
        api_key       chatbot value:key-of-another-program;
    }

    server {
        listen %%LISTEN_0%%;

        loyalty_auth key link;

        location /loyalty/ {
            rewrite ^/loyalty/(.*)\$ /\$http_x_shop/\$1 last;
        }

        location = /another/balance {
            loyalty_balance another;
            loyalty_auth    key;
        }

$locations
        %%STORE%%
        %%COUPON_STORE%%

        location = /_store/page {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_0%%/page;
        }

        location = /page { return 200 "<html>a page</html>"; }

        location = /_store/off {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_9%%;
        }

        location = /_store/hangs {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/504;
        }
    }
}
END
}

###############################################################################

package Loyalty::ExampleShop;

use constant {GOOD => Loyalty::ExampleShops::GOOD,
              EXPIRED => Loyalty::ExampleShops::EXPIRED};

sub program {
    my ($self) = @_;

    my %own = (hanky => '', lookup => '/_store/order', %$self);

    return <<"END";
    loyalty_program $self->{id} {
        database        sqlite:%%TESTDIR%%/db/$self->{id}.db;
        currency        USD;
        earn            1 per 1.00;
        signup_bonus    50;
        action          review 20 "Your review" limit=1/1d;
        tier            silver 100 "Silver" "perks=Free tea";
        tier            gold 1000 "Gold";
        badge           starter "First order" orders=1;
        reward          hanky 100 "Free handkerchief" product=HANKY-1
                        url=https://shop.example/hanky $own{hanky};
        api_key         chatbot value:%%KEY%%;
        site            https://shop.example/loyalty;
        session         30d;
        link_secret     value:${\ Loyalty::Link::LINK_SECRET};
        order_lookup    $own{lookup} number=/number status=/status
                        email=/billing/email total=/total currency=/currency
                        paid=processing,completed;
        order_event     woocommerce
                        secret=value:${\ Loyalty::ExampleShops::SECRET};
        coupon_store    create=/_store/coupon made=/code
                        lookup=/_store/coupons list=/coupons code=/code;
    }

END
}

sub locations {
    my ($self) = @_;

    my $paths = $self->{shops}{paths};

    return join '', map {
        $paths->{$_}{format} ? $self->chat($paths->{$_})
                             : $self->location($_, $paths->{$_}{directive})
    } sort keys %$paths;
}

# What one can do in a chat.

sub chat {
    my ($self, $operation) = @_;

    my ($steps) = map { $_->{schema}{enum} }
                  grep { $_->{name} eq 'step' } @{$operation->{parameters}};
    my ($format, $channel) = split /(?<=manychat)-/, $operation->{format};

    return join '', map {
        $self->location($operation->{path} =~ s/\{step\}/$_/r, "loyalty_$_",
            "loyalty_format $format " . ($channel || '') . ';')
    } @$steps;
}

# One that has a parameter in its path is a prefix.

sub location {
    my ($self, $path, $directive, $format) = @_;

    return $self->members_only($path) if $directive eq 'loyalty_require';

    my $timeout = $self->{timeout} || '8s';
    my $postpone = $self->{postpone} || 'off';
    my $place = $path =~ s/\{\w+\}$// ? "/$self->{id}$path"
                                       : "= /$self->{id}$path";
    my $more = $directive eq 'loyalty_ref'
        ? 'https://m.me/PAGE?ref=$loyalty_ref'
          . ' otherwise=https://shop.example/loyalty/' : '';

    return <<"END";
        location $place {
            $directive $self->{id} $more;
            loyalty_store_timeout $timeout;
            loyalty_postpone $postpone;
            loyalty_max_body_size 16k;
            ${\($format || '')}
        }

END
}

sub members_only {
    my ($self, $path) = @_;

    my $members = $self->{members} || 'tier=gold';

    return <<"END";
        location = /$self->{id}$path {
            loyalty_require $self->{id} $members;
            default_type text/html;
            try_files /early-sale.html =404;
        }

END
}

###############################################################################

sub prepare {
    my ($self) = @_;

    $self->store->does;
    $self->order($_, 'ada') for sort keys %TOTALS;
    $self->has_links;

    $self->joins('ada') if !$self->{nobody};
    $self->{before}->($self) if $self->{before};
}

# What the document writes for a value that is another one each time.

sub stands_for {
    my ($self, $written, $real) = @_;

    $self->{real}{$written} = $real;
}

sub real {
    my ($self, $text) = @_;

    my $real = $self->{real} || {};

    $text =~ s/\Q$_\E/$real->{$_}/g for keys %$real;
    return $text;
}

# A signature is of a program, whose name in the document is "shop".

sub has_links {
    my ($self) = @_;

    $self->stands_for(signature($_, GOOD, 'shop')
                          => signature($_, GOOD, $self->{id}))
        for keys %LINKS;

    my ($purpose) = $self->{asks} =~ m{^/(\w+)$};

    $self->stands_for(signature('claim', EXPIRED, 'shop')
                          => signature($purpose, EXPIRED, $self->{id}))
        if $purpose && $LINKS{$purpose};
}

sub signature {
    my ($purpose, $expires, $program) = @_;

    my %link = Loyalty::Link::link_params($purpose, email => email('ada'),
        %{$LINKS{$purpose}}, expires => $expires, program => $program);

    return $link{sig};
}

# A coupon in the pool.

sub has_code {
    my ($self) = @_;

    $self->database->rows("INSERT INTO pool (reward, coupon)
                           VALUES ('hanky', 'CP6WD0707CYVPQ43')");
}

# The cookie of a program has its name.

sub has_session {
    my ($self) = @_;

    my $r = $self->{t}->get("/$self->{id}/claim?" . Loyalty::Link::link_query(
        'claim', email => email('ada'), order => 1001, program => $self->{id}),
        key => undef);
    my ($name, $value) = $r->header('Set-Cookie') =~ /^([\w-]+)=([^;]+)/;

    $self->knows($name, $value);
}

# One that the program would have made before its database broke.

sub has_cookie {
    my ($self) = @_;

    $self->knows(split /=/, Loyalty::Link::link_cookie(
        'm_0123456789012345678901', program => $self->{id}, secure => 1));
}

sub knows {
    my ($self, $name, $value) = @_;

    $self->{t}->secret($value);
    $self->stands_for('__Host-loyalty_shop' => $name);
    $self->stands_for(AX4JjG6nkR0 => $value);
}

sub id       { $_[0]{id} }
sub store    { $_[0]{shops}{store} }
sub database { $_[0]{t}->database("db/$_[0]{id}.db") }

sub post {
    my ($self, $path, $params, @o) = @_;

    return $self->{t}->post("/$self->{id}$path", $params, @o);
}

# As it must be for the example to make sense.

sub well {
    my ($self, $path, $params) = @_;

    my $r = $self->post($path, $params);

    die "$path: " . $r->text . "\n" if $r->status >= 300;
    return $r;
}

sub email { "$_[0]\@example.com" }

sub order {
    my ($self, $number, $who, %order) = @_;

    $self->store->has($number, email => email($who),
                      total => $TOTALS{$number}, %order);
}

sub joins {
    my ($self, $who) = @_;

    return $self->well('/signup', {email => email($who)});
}

sub buys {
    my ($self, $who, $number) = @_;

    $who ||= 'ada';
    $number ||= 1001;

    $self->order($number, $who);
    $self->well('/claim', {email => email($who), order => $number});
}

sub redeems {
    my ($self, $who, $number) = @_;

    $self->buys($who, $number);

    my $r = $self->well('/redeem', {email => email($who || 'ada'),
                                    reward => 'hanky'});

    $self->stands_for(CP6WD0707CYVPQ43 => $r->field('coupon'));
}

sub cancels {
    my ($self) = @_;

    $self->well('/cancel', {email => email('ada'),
                            coupon => $self->{real}{CP6WD0707CYVPQ43}});
}

sub uses {
    my ($self, $order) = @_;

    $self->well('/coupon', {coupon => $self->{real}{CP6WD0707CYVPQ43},
                            order => $order});
}

sub reviews {
    my ($self, $who, $ref) = @_;

    $self->well('/action', {email => email($who), action => 'review',
                            ref => $ref});
}

# The first look at them has them made.

sub has_leaders {
    my ($self) = @_;

    $self->joins($_) for qw(bob cyd);
    $self->buys(@$_) for ['ada', 1001], ['bob', 1002], ['cyd', 1003];

    $self->{t}->wait_until('the leaderboard is made', sub {
        return @{$self->well('/leaderboard', {})->field('leaders')};
    });
}

###############################################################################

1;

###############################################################################
