#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Several programs in one nginx, each with its own rules and database.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my $eu_key = $t->secret('key-of-the-eu-shop');

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes 2;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    server {
        listen %%LISTEN_0%%;

        # programs may be defined after their use

        location = /us/signup  { loyalty_signup  us; }
        location = /us/claim   { loyalty_claim   us; }
        location = /us/balance { loyalty_balance us; }
        location = /us/redeem  { loyalty_redeem  us; }

        location = /eu/signup  { loyalty_signup  eu; }
        location = /eu/claim   { loyalty_claim   eu; }
        location = /eu/balance { loyalty_balance eu; }
        location = /eu/redeem  { loyalty_redeem  eu; }

        %%STORE%%

        location = /_store/eu {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_2%%/orders/$loyalty_order;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }

    loyalty_program us {
        database      sqlite:%%TESTDIR%%/us/loyalty.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        gift 60 "Gift" stock=1;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    loyalty_program eu {
        database      sqlite:%%TESTDIR%%/eu/loyalty.db;
        currency      EUR;
        earn          2 per 1.00;
        reward        gift 20 "Geschenk" stock=1;
        api_key       chatbot value:key-of-the-eu-shop;
        order_lookup  /_store/eu number=/number email=/billing/email
                      total=/total currency=/currency paid=any;
    }
}
END

my $ada = 'ada@example.com';

my $us = Loyalty::Store->new($t, $t->port(1));
$us->order(1, email => $ada, total => '10.00');
$us->order(2, email => $ada, total => '10.00', currency => 'EUR');
$us->start;

my $eu = Loyalty::Store->new($t, $t->port(2));
$eu->order(1, email => $ada, total => '10.00', currency => 'EUR');
$eu->order(2, email => $ada, total => '10.00', currency => 'USD');
$eu->start;

sub ask {
    my ($program, $what, %params) = @_;

    return $t->post("/$program/$what", {email => $ada, %params},
                    key => $program eq 'eu' ? $eu_key : KEY);
}

###############################################################################

my $r = ask(us => 'signup');
is_result($r, 201, 'signed_up', {points => 50}, 'one');
is_fault(ask(eu => 'balance'), 404, 'not_a_member', 'is not the other');

isnt(ask(eu => 'signup')->field('member'), $r->field('member'),
    'the same address is another member there');

is_result(ask(us => 'claim', order => 1), 200, 'claimed', {points => 60},
    'the rules of one');
is_result(ask(eu => 'claim', order => 1), 200, 'claimed', {points => 20},
    'the rules of the other, for an order of the same number');
is(scalar $us->calls . scalar $eu->calls, '11', 'each asked its own store');

is_fault(ask(us => 'claim', order => 2), 422, 'wrong_currency',
    'the currency of one');
is_fault(ask(eu => 'claim', order => 2), 422, 'wrong_currency',
    'the currency of the other');

$r = ask(us => 'redeem', reward => 'gift');
is_result($r, 200, 'redeemed', {points => 0}, 'the stock of one');
is($r->field('rewards')->[0]{name}, 'Gift', 'the rewards of one');

$r = ask(eu => 'redeem', reward => 'gift');
is_result($r, 200, 'redeemed', {points => 0}, 'the stock of the other');
is($r->field('rewards')->[0]{name}, 'Geschenk', 'the rewards of the other');

is_fault($t->post('/eu/balance', {email => $ada}), 403, 'forbidden',
    'the keys of one do not open the other');

# a broken one leaves the other alone

$t->stop;
$t->database('eu/loyalty.db')->broken;
$t->run;

is_fault(ask(eu => 'balance'), 503, 'database_unavailable', 'one is broken');
is_result(ask(us => 'balance'), 200, 'balance', {lifetime => 60},
    'the other works');

is($t->database('us/loyalty.db')->value('SELECT count(*) FROM member'), 1,
    'a database each');

###############################################################################

$t->done;

###############################################################################
