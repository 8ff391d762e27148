#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for signed links: site, link_secret, and loyalty_auth link.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my $new = $t->secret('the-newest-secret-of-the-links-of-rotated');
my $old = $t->secret('the-secret-before-it-0123456789-abcdefghij');
my $gone = $t->secret('a-secret-that-was-removed-0123456789-abc');

$t->secret(LINK_SECRET);
$t->write_file('link.key', "$new\n$old\n", 0600);

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
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        %%LOOKUP%%
    }

    loyalty_program rotated {
        database      sqlite:%%TESTDIR%%/db/rotated.db;
        currency      USD;
        earn          1 per 1.00;
        link_secret   file:%%TESTDIR%%/link.key;
        api_key       chatbot value:key-of-the-rotated-program;
    }

    server {
        listen %%LISTEN_0%%;

        loyalty_auth key link;

        %%LOCATIONS%%
        %%STORE%%

        location = /loyalty/history { loyalty_history shop; }
        location = /loyalty/cancel  { loyalty_cancel  shop; }

        location = /rotated/balance { loyalty_balance rotated; }

        location = /only/claim {
            loyalty_claim shop;
            loyalty_auth  link;
        }

        location = /open/claim {
            loyalty_claim shop;
            loyalty_auth  link off;
        }

        location = /key/claim {
            loyalty_claim shop;
            loyalty_auth  key;
        }
    }
}
END

my $ada = 'ada@example.com';
my $eve = 'eve@example.com';

my $store = Loyalty::Store->new($t, $t->port(1));

$store->order($_, email => $ada, total => '60.99') for 1001 .. 1020;
$store->order('#2001', email => $eve, total => '30.00');
$store->start;

$t->signup($_) for $ada, $eve;

# A request without a key.

sub get  { return $t->get($_[0], key => undef) }
sub post {
    my ($uri, $params, %o) = @_;

    return $t->post($uri, $params, key => undef, %o);
}

sub follow {
    my ($purpose, %o) = @_;

    my $query = link_query($purpose, %o);

    $t->secret($1) if $query =~ /sig=([^&]+)/;
    return get("/loyalty/$purpose?$query");
}

###############################################################################

# a link credits, once

my %link = link_params('claim', email => $ada, order => 1001);
my $uri = '/loyalty/claim?' . link_form(%link);

$t->secret($link{sig});

is_result(get($uri), 200, 'claimed', {earned => 60, points => 110},
    'a claim by a link');
is_result(get($uri), 200, 'already_claimed', {earned => 0, points => 110},
    'again, it earns nothing');

my $r = $t->request('HEAD', $uri, key => undef);

is($r->status, 200, 'HEAD');
is($r->body, '', 'has no body');

is_result(post('/loyalty/claim', {link_params('claim', email => $ada,
    order => 1002)}), 200, 'claimed', {points => 170}, 'a link by POST');
is_result(post('/loyalty/claim?' . link_query('claim', email => $ada,
    order => 1003), {}), 200, 'claimed', {points => 230},
    'in the query string of a POST');
is_result(get('/only/claim?' . link_query('claim', email => $ada,
    order => 1004)), 200, 'claimed', {points => 290},
    'where nothing else is taken');
is_result(get('/open/claim?' . link_query('claim', email => $ada,
    order => 1005)), 200, 'claimed', {points => 350},
    'where anything is taken');
is_result(follow('claim', email => $eve, order => '#2001'), 200, 'claimed',
    {points => 80}, 'an order number that must be escaped');

# an e-mail is signed in the one form it has

is_result(get('/loyalty/claim?' . link_form(
    link_params('claim', email => $ada, order => 1006),
    email => ' Ada@EXAMPLE.com ')), 200, 'claimed', {points => 410},
    'the case of an e-mail does not count');

# the other purposes

is_result(follow('balance', email => $ada), 200, 'balance', {points => 410},
    'a balance');
is_result(follow('history', email => $ada), 200, 'history', 'a history');

my %redeem = link_params('redeem', email => $ada, reward => 'sticker');

$r = post('/loyalty/redeem', {%redeem});

is_result($r, 200, 'redeemed', {points => 380}, 'a redemption');
is(post('/loyalty/redeem', {%redeem})->body, $r->body,
    'another tap shows the same coupon');
is($t->points($ada), 380, 'and costs nothing');
is(post('/loyalty/redeem', {%redeem}, headers =>
    ['Idempotency-Key' => 'another'])->body, $r->body,
    'nor with another key');
isnt(post('/loyalty/redeem', {link_params('redeem', email => $ada,
    reward => 'sticker', expires => time() + 99)})->field('coupon'),
    $r->field('coupon'), 'another link, another coupon');

my %hanky = link_params('redeem', email => $eve, reward => 'hanky');

is_fault(post('/loyalty/redeem', {%hanky}), 409, 'not_enough_points',
    'a redemption that comes too early');
$t->claim($_, $ada) for 1007;
$store->has(2002, email => $eve, total => '200.00');
$t->claim(2002, $eve);
is_result(post('/loyalty/redeem', {%hanky}), 200, 'redeemed',
    'is not refused for ever');

# what a link is not good for

my $points = $t->points($ada);
my %good = link_params('claim', email => $ada, order => 1008);

sub refused {
    my ($name, %change) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my %changed = (%good, %change);
    delete $changed{$_} for grep { !defined $changed{$_} } keys %changed;

    is_fault(get('/loyalty/claim?' . link_form(%changed)), 403, 'bad_link',
        $name);
}

refused('another order', order => 1009);
refused('another e-mail', email => $eve);
refused('another local part', email => 'ada+x@example.com');
refused('a look-alike e-mail', email => "\xd0\xb0da\@example.com");
refused('a dot in the e-mail', email => 'a.da@example.com');
refused('a later time', expires => $good{expires} + 1);
refused('a time with a zero in front', expires => "0$good{expires}");
refused('no time', expires => undef);
refused('a time that is none', expires => 'never');
refused('an empty signature but for a blank', sig => ' ');
refused('a signature cut short', sig => substr($good{sig}, 0, 42));
refused('a signature with more behind', sig => "$good{sig}=");
refused('a very long signature', sig => 'x' x 3000);
refused('a changed signature',
    sig => ($good{sig} =~ /^A/ ? 'B' : 'A') . substr $good{sig}, 1);
refused('no byte of it may change', sig => lc $good{sig});
refused('a signature by another secret', link_params('claim',
    email => $ada, order => 1008, secret => $new));
refused('a link of another program', link_params('claim',
    email => $ada, order => 1008, program => 'rotated'));
refused("a link for the purpose \"$_\"", link_params($_,
    email => $ada, order => 1008)) for qw(balance redeem history session),
                                       '', 'Claim';

is_fault(follow('claim', email => $ada, order => 1008,
    expires => time() - 1), 403, 'link_expired', 'a link that is too old');
like(get('/loyalty/claim?' . link_form(link_params('claim', email => $ada,
    order => 1008, expires => 1), locale => 'tr'))->field('message'),
    qr/^Bu ba\x{11f}lant\x{131}n\x{131}n /, 'and who has opened it is told so in Turkish');
is_fault(get('/loyalty/claim?' . link_form(%good, expires => 1,
    order => 1009)), 403, 'bad_link', 'a forged one is no old one');

is_fault(get('/loyalty/balance?' . link_form(%good)), 403, 'bad_link',
    'a claim link shows no balance');
is_fault(get('/loyalty/history?' . link_form(%good)), 403, 'bad_link',
    'and no history');
is_fault(post('/loyalty/redeem', {%good, reward => 'sticker'}), 403,
    'bad_link', 'and redeems nothing');
is_fault(post('/loyalty/redeem', {%redeem, reward => 'hanky'}), 403,
    'bad_link', 'a link for a reward is for no other');

is($t->points($ada), $points, 'none of them has changed anything');
is_result(get('/loyalty/claim?' . link_form(%good)), 200, 'claimed',
    'and the good one still works');

# what is not signed is free to be anything

is_result(get('/loyalty/claim?' . link_query('claim', email => $ada,
    order => 1010) . '&utm_source=mail&reward=hanky'), 200, 'claimed',
    'further parameters');
is_result(get('/loyalty/history?' . link_query('history', email => $ada)
    . '&limit=1'), 200, 'history', 'a page of a history');

# methods

is_fault(get('/loyalty/redeem?' . link_form(%redeem)), 405,
    'method_not_allowed', 'no redemption by GET');
is_fault(get('/key/claim?' . link_form(%good)), 405, 'method_not_allowed',
    'no claim by GET without links');
is($t->request('OPTIONS', '/loyalty/claim', key => undef)->header('Allow'),
    'GET, HEAD, POST, OPTIONS', 'methods with links');
is($t->request('OPTIONS', '/key/claim', key => undef)->header('Allow'),
    'POST, OPTIONS', 'methods without');

# who has neither key nor link

is_fault(get('/loyalty/claim?email=ada%40example.com&order=1011'), 401,
    'unauthorized', 'no signature');
is_fault(get('/loyalty/balance?email=bad'), 401, 'unauthorized',
    'learns nothing');
is_fault(get('/loyalty/balance'), 401, 'unauthorized', 'at all');
is_fault(post('/loyalty/redeem', {email => $ada, reward => 'sticker'}), 401,
    'unauthorized', 'and redeems nothing');
is_fault(post('/key/claim', {%good}), 401, 'unauthorized',
    'a link where only keys are taken');
is_fault(post('/loyalty/signup', {%good}), 401, 'unauthorized',
    'a link where there are none');
is_fault(post('/loyalty/cancel', {%good, coupon => 'x'}), 401,
    'unauthorized', 'nor here');

is_fault($t->get("/loyalty/claim?email=ada%40example.com&order=1011"), 401,
    'unauthorized', 'a key claims by POST only');
is_fault(get('/open/claim?email=ada%40example.com&order=1011'), 401,
    'unauthorized', 'as does anybody');
is_result(post('/open/claim', {email => $ada, order => 1011}), 200,
    'claimed', 'who then needs no link');
is_fault(post('/open/claim', {%good, order => 1012}), 403, 'bad_link',
    'but one that is there must be good');

is_result($t->claim(1012, $ada), 200, 'claimed', 'a key works as ever');
is_fault($t->balance($ada, key => 'wrong'), 401, 'unauthorized',
    'and a wrong one does not');

# rotation

is($t->post('/loyalty/signup', {email => $ada})->status, 200, 'a member');

sub rotated {
    my ($secret) = @_;

    return get('/rotated/balance?' . link_query('balance', email => $ada,
        program => 'rotated', secret => $secret));
}

is_fault(rotated($new), 404, 'not_a_member', 'the newest secret');
is_fault(rotated($old), 404, 'not_a_member', 'the one before it');
is_fault(rotated($gone), 403, 'bad_link', 'one that was removed');

$t->write_file('link.key', "$new\n", 0600);
$t->reload;

is_fault(rotated($new), 404, 'not_a_member', 'after the rotation');
is_fault(rotated($old), 403, 'bad_link', 'the old secret is gone');

# a mail scanner opens all there is, and does so again

my @links = map { "/loyalty/$$_[0]?" . link_query(@$_) } (
    ['claim', email => $ada, order => 1014],
    ['balance', email => $ada],
    ['history', email => $ada],
    ['redeem', email => $ada, reward => 'sticker'],
);

$points = $t->points($ada);

for my $method ('HEAD', 'GET', 'HEAD', 'GET', 'OPTIONS') {
    $t->request($method, $_, key => undef) for @links;
}

is($t->points($ada), $points + 60, 'a scanner claims, once, and no more');

# nobody learns who is a member

sub answer {
    my ($email, %change) = @_;

    my %params = link_params('balance', email => $email);
    my $r = get('/loyalty/balance?' . link_form(%params, %change));

    (my $text = $r->text) =~ s/^Date: .*?\r\n//m;
    return $text;
}

my $calls = $store->calls(1013);

is(answer($ada, sig => 'x' x 43), answer('nobody@example.com',
    sig => 'x' x 43), 'a bad link: the same for members and others');
is(answer($ada, expires => 1), answer('nobody@example.com', expires => 1),
    'whatever is bad');
is_fault(get('/loyalty/claim?' . link_form(%good, order => 1013)), 403,
    'bad_link', 'a bad link of an order that exists');
is($store->calls(1013), $calls, 'does not reach the store');

###############################################################################

$t->done;

###############################################################################
