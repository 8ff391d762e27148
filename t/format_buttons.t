#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the buttons of chats: a tap on one does what it says, without a
# key.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::ChatFormat;
use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->secret(LINK_SECRET);
$t->macro(SECRET => LINK_SECRET);

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
        reward        sticker  30 "Sticker";
        reward        hanky   200 "Free handkerchief";
        api_key       chatbot value:%%KEY%%;
        site          https://shop.example/loyalty/;
        link_secret   value:%%SECRET%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        %%STORE%%

        location /chat/ {
            loyalty_format manychat;

            location = /chat/signup  { loyalty_signup  shop; }
            location = /chat/balance { loyalty_balance shop; }
        }

        location = /loyalty/redeem {
            loyalty_redeem shop;
            loyalty_auth   key link;
            loyalty_format json request;
        }
    }
}
END

my $ada = 'ada@example.com';

sub content {
    my ($r) = @_;

    return $r->json->{content};
}

# What the platform does when somebody taps: the host is ours.

sub tap {
    my ($reply, %change) = @_;

    my ($uri) = $reply->{url} =~ m{^https://shop\.example(/.*)$};

    return $t->post($uri, {%{$reply->{payload}}, %change}, key => undef);
}

###############################################################################

my $r = $t->post('/chat/signup', {email => $ada});
is_chat($r, 'manychat', 200, 'signed_up', {loyalty_points => 50}, 'sign-up');

is_deeply([map { $_->{url} } @{content($r)->{messages}[0]{buttons}}],
          ['https://shop.example/loyalty/#rewards',
           'https://shop.example/loyalty/'], 'buttons to the pages');

my @replies = @{content($r)->{quick_replies}};
is(scalar @replies, 1, 'one reward is within reach');
is($replies[0]{caption}, 'Redeem', 'its caption');

is_chat(tap($replies[0], reward => 'hanky'), 'manychat', 200, 'bad_link',
        'another reward');
is_chat(tap($replies[0], email => 'bob@example.com'), 'manychat', 200,
        'bad_link', 'another member');
is_chat(tap($replies[0], expires => $replies[0]{payload}{expires} + 1),
        'manychat', 200, 'bad_link', 'another time');

my $first = tap($replies[0]);
is_chat($first, 'manychat', 200, 'redeemed', {loyalty_points => 20},
        'a tap fetches the reward');

is(tap($replies[0])->body, $first->body, 'a second tap costs nothing');

my $plain = $t->post('/loyalty/redeem', $replies[0]{payload}, key => undef);
is_result($plain, 200, 'redeemed', {points => 20, spent => 30},
          'the same link, asked for in JSON');
like($first->body, qr/"value":"${\$plain->field('coupon')}"/,
     'has the same coupon');

$r = $t->post('/chat/balance', {email => $ada});
is_chat($r, 'manychat', 200, 'balance', {loyalty_points => 20}, 'balance');
is(content($r)->{quick_replies}, undef, 'nothing is within reach any more');

$r = $t->post('/chat/signup', {email => 'bob@example.com', locale => 'tr'});
my $late = content($r)->{quick_replies}[0];
isnt($late->{caption}, 'Redeem', 'captions are in the language of the member');

my %old = link_params('redeem', email => 'bob@example.com',
                      reward => 'sticker', expires => time() - 1);
is_chat(tap($late, %old), 'manychat', 200, 'link_expired',
        'a tap that comes late is told so');

$plain = $t->post('/loyalty/redeem', $late->{payload}, key => undef);
is_result($plain, 200, 'redeemed', 'one in time does it, in JSON');
$r = tap($late);
is_chat($r, 'manychat', 200, 'redeemed', {loyalty_points => 20},
        'and is answered in the chat as well');
like($r->body, qr/"value":"${\$plain->field('coupon')}"/,
     'with the same coupon');

###############################################################################

$t->done;

###############################################################################
