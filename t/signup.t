#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_signup.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    loyalty_program plain {
        database  sqlite:%%TESTDIR%%/db/plain.db;
        currency  USD;
        earn      1 per 1.00;
        api_key   chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%

        location = /plain/signup { loyalty_signup plain; }

        %%STORE%%
    }
}
END

###############################################################################

my $r = $t->signup('ada@example.com');

is_result($r, 201, 'signed_up', {
    email => 'ada@example.com', points => 50, earned => 50, lifetime => 50,
    spent => 0, pending => 0, order => '', tier => '', coupon => '',
    next_reward => 'hanky', next_reward_name => 'Free handkerchief',
    next_reward_cost => 200, next_reward_missing => 150
}, 'signed up with the bonus');

my $member = $r->field('member');
like($member, qr/^m_[A-Za-z0-9]{22}$/, 'member id');

is_result($t->signup('ada@example.com'), 200, 'already_member',
    {member => $member, points => 50, earned => 0, lifetime => 50},
    'the bonus is given once');

is_result($t->signup(" \tADA\@Example.COM "), 200, 'already_member',
    {member => $member, email => 'ada@example.com'},
    'trimmed and in lower case it is the same address');

isnt($t->signup('bob@example.com')->field('member'), $member,
    'another member, another id');

# campaign and language are optional

is_result($t->post('/loyalty/signup', {email => 'cleo@example.com',
    source => 'spring-sale', locale => 'de-CH'}),
    201, 'signed_up', 'with source and locale');

is_fault($t->post('/loyalty/signup', {email => 'dora@example.com',
    source => 's' x 65}), 400, 'bad_request', 'source too long');
is_fault($t->post('/loyalty/signup', {email => 'dora@example.com',
    locale => 'l' x 36}), 400, 'bad_request', 'locale too long');
is_fault($t->balance('dora@example.com'), 404, 'not_a_member',
    'nothing was written for a refused request');

is_result($t->post('/plain/signup', {email => 'ada@example.com'}),
    201, 'signed_up', {points => 0, lifetime => 0, next_reward => '',
    next_reward_name => '', next_reward_cost => 0, next_reward_missing => 0,
    rewards => []}, 'a program without bonus and rewards');

# addresses

my $longest = 'l' x 242 . '@example.com';

is_result($t->signup($longest), 201, 'signed_up', {email => $longest},
    'address of 254 bytes');
is_result($t->signup('a@b'), 201, 'signed_up', 'address of 3 bytes');
is_result($t->signup('ada+shop@example.com'), 201, 'signed_up',
    {email => 'ada+shop@example.com'}, 'plus sign');
is_result($t->signup("\x{f6}kologe\@example.com"), 201, 'signed_up',
    {email => "\x{f6}kologe\@example.com"}, 'beyond ASCII');

is_fault($t->signup($$_[0]), 400, 'bad_email', "refused: $$_[1]") for (
    ['',                    'empty'],
    ['   ',                 'only spaces'],
    ['a@',                  'nothing after the @'],
    ['@b',                  'nothing before the @'],
    ['ada.example.com',     'no @'],
    ['ada@shop@example.com', 'two @'],
    ["l$longest",           '255 bytes'],
    ['ada lace@example.com', 'space inside'],
    ["ada\n\@example.com",  'line break inside'],
    ["ada\x7f\@example.com", 'control character'],
    ['"ada"@example.com',   'quotes'],
    ['ada\\@example.com',   'backslash'],
    ['<ada@example.com>',   'angle brackets'],
    ['ada@example.com,b',   'comma'],
);

is_fault($t->post('/loyalty/signup', {}), 400, 'bad_email', 'no address');

###############################################################################

$t->done;

###############################################################################
