package Loyalty::Coalition;

# (C) ngx_loyalty contributors

# A program of two stores, served by nginx, with something of everything that
# loyaltyctl counts: members of several campaigns, orders, a refund, points
# earned at one store and spent at the other, a cancelled redemption, an
# action, pending points.
#
#     my $coalition = Loyalty::Coalition->new($t, $ctl);
#     $coalition->serve('shop/a.db');      # a name of Loyalty::Ctl
#     $coalition->happen;
#
# Afterwards members have, in points that can be spent:
#
#     ada   60   (50 + 210 at north - 200 at south - 30 at north + 30)
#     bob   40   (50 + 100 at south + 10 - 120 at north)
#     cyd   70   (50 + 40 at north - 20 refunded; 25 at south are pending)
#     dee   50

###############################################################################

use warnings;
use strict;

use Digest::SHA qw(hmac_sha256_base64);

use Loyalty::Store;

###############################################################################

sub new {
    my ($class, $t, $ctl) = @_;

    my $self = bless {t => $t, ctl => $ctl,
                      secret => $t->secret('shopify-secret-of-north')}, $class;

    my $store = Loyalty::Store->new($t, $t->port(1));

    my %orders = (1001 => ['ada', '210.00'], 1002 => ['bob', '100.00'],
                  1003 => ['cyd', '40.00'], 1004 => ['cyd', '25.00']);

    $store->answers($_, [order($_, @{$orders{$_}})]) for keys %orders;

    # the second time, half of it has been refunded

    $store->answers(1003, [order(1003, 'cyd', '40.00')],
                    [order(1003, 'cyd', '40.00',
                           refunds => \'[{"total":"-20.00"}]')]);
    $store->start;

    return $self;
}

sub order {
    my ($number, $who, $total, %o) = @_;

    return json_reply(order_json($number, email => "$who\@example.com",
                                 total => $total, refunds => \'[]', %o));
}

###############################################################################

# Options: rules, further lines of the program.

sub serve {
    my ($self, $name, %o) = @_;

    my $t = $self->{t};

    $t->stop;
    $t->macro(DATABASE => $self->{ctl}->uri($name))
      ->macro(SECRET => $self->{secret})->macro(RULES => $o{rules} || '')
      ->macro(FACTS => 'number=/number email=/billing/email total=/total'
                       . ' currency=/currency status=/status'
                       . ' paid=processing refunds=/refunds refund=/total');

    $t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database        %%DATABASE%% timeout=10s;
        currency        USD;
        earn            1 per 1.00;
        signup_bonus    50;
        action          review 10;
        badge           first "First" orders=1;
        reward          mug     200 "Mug" store=south stock=5;
        reward          pin     120 "Pin" store=north;
        reward          sticker  30 "Sticker" store=north;
        api_key         chatbot value:%%KEY%%;
        order_lookup    /_store/order store=north %%FACTS%%;
        order_lookup    /_store/order store=south %%FACTS%%;
        order_event     shopify secret=value:%%SECRET%% store=north;
        %%RULES%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%
        location = /loyalty/action { loyalty_action shop; }
        location = /loyalty/cancel { loyalty_cancel shop; }
        location = /loyalty/event  { loyalty_order_event shop; }
    }
}
END
}

sub happen {
    my ($self, $name) = @_;

    my %sources = (ada => 'tv', bob => 'tv', cyd => '', dee => 'flyer');

    $self->ask('signup', {email => "$_\@example.com", source => $sources{$_}})
        for sort keys %sources;

    $self->claim(1001, 'ada', 'north');
    $self->claim(1002, 'bob', 'south');
    $self->claim(1003, 'cyd', 'north');

    $self->ask('action', {email => 'bob@example.com', action => 'review',
                          ref => 'r1'});

    $self->redeem('mug', 'ada');
    $self->redeem('pin', 'bob');

    $self->ask('cancel', {email => 'ada@example.com',
                          coupon => $self->redeem('sticker', 'ada')
                                         ->field('coupon')});

    my $body = '{"id":1,"name":"1003","email":"cyd@example.com"}';
    my $signature = hmac_sha256_base64($body, $self->{secret}) . '=';

    $self->ask('event', $body, key => undef, type => 'application/json',
               headers => ['X-Shopify-Hmac-Sha256' => $signature]);

    # rules may change: from now on points are pending

    $self->serve($name, rules => 'pending 1d;');
    $self->claim(1004, 'cyd', 'south');
}

sub claim {
    my ($self, $order, $who, $store) = @_;

    return $self->ask('claim', {order => $order, store => $store,
                                email => "$who\@example.com"});
}

sub redeem {
    my ($self, $reward, $who) = @_;

    return $self->ask('redeem', {reward => $reward,
                                 email => "$who\@example.com"});
}

# Without it, the scene is another one.

sub ask {
    my ($self, $what, @rest) = @_;

    my $r = $self->{t}->post("/loyalty/$what", @rest);

    die "$what: " . $r->text . "\n" if $r->status >= 300;
    return $r;
}

###############################################################################

1;

###############################################################################
