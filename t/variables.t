#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the variables, and for what gets into logs.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::CouponStore;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

$t->write_file('htpasswd', "ada:{PLAIN}pw\n");

# those of coupons, and how many they are

my @coupon = qw(coupon_code coupon_expires coupon_expires_unix reward
                reward_json reward_kind reward_value reward_product
                reward_product_json);

Loyalty::CouponStore->macros($t);
$t->macro(COUPON_VARIABLES => join '|', map { "\$loyalty_$_" } @coupon);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    log_format facts '$uri|$loyalty_result|$loyalty_member|$loyalty_points|'
                     '$loyalty_tier|$loyalty_order|$loyalty_email|$status';
    log_format uris  '$request|$request_uri|$uri';

    %%SHOP%%

    limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;

    map $loyalty_result $kind {
        claimed  credit;
        redeemed debit;
        default  other;
    }

    server {
        listen %%LISTEN_0%%;

        access_log %%TESTDIR%%/access.log;
        access_log %%TESTDIR%%/uris.log uris;
        access_log %%TESTDIR%%/facts.txt facts;

        add_header X-Result $loyalty_result always;
        add_header X-Points $loyalty_points always;
        add_header X-Kind $kind always;

        set $early "[$loyalty_result$loyalty_points$loyalty_email]";
        add_header X-Early $early always;

        %%LOCATIONS%%
        %%STORE%%

        location = /standing/signup  { loyalty_signup  standing; }
        location = /standing/balance { loyalty_balance standing; }
        location = /standing/action  { loyalty_action  standing; }
        location = /standing/redeem  {
            loyalty_redeem standing;
            add_header X-Coupon '%%COUPON_VARIABLES%%' always;
        }

        %%COUPON_STORE%%

        location = /plain { return 200 "[$loyalty_result$loyalty_points]"; }

        location = /escaped { loyalty_claim escaped; }

        # others refuse a request before the module sees it

        location = /denied  { loyalty_balance shop; deny all; }
        location = /limited { loyalty_balance shop; limit_req zone=one; }
        location = /large   { loyalty_signup shop; client_max_body_size 1; }
        location = /basic   {
            loyalty_balance shop;
            auth_basic "members";
            auth_basic_user_file %%TESTDIR%%/htpasswd;
        }

        location = /_store/escaped {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/1;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header X-Order $loyalty_order;
            proxy_set_header X-Email $loyalty_email;
            proxy_set_header X-Both
                '{"o":"$loyalty_order_json","e":"$loyalty_email_json"}';
        }
    }

    loyalty_program standing {
        database      sqlite:%%TESTDIR%%/db/standing.db;
        currency      USD;
        signup_bonus  100;
        tier          bronze 0 "Bronze";
        tier          silver 150 "Silver";
        action        review 50;
        reward        pin 10 "Pin";
        coupon_store  create=/_store/coupon made=/code
                      lookup=/_store/coupons list=/coupons code=/code;
        reward        mug 10 "Mug" coupon=store product=MUG;
        api_key       chatbot value:%%KEY%%;
    }

    loyalty_program escaped {
        database      sqlite:%%TESTDIR%%/db/escaped.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/escaped number=/number email=/billing/email
                      total=/total paid=any;
    }

    server {
        listen %%LISTEN_2%%;
        location = /escaped/signup { loyalty_signup escaped; }
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::CouponStore->new($t, $t->port(1));

$store->order(1, email => $ada);
$store->order(2, email => $ada);
$store->answers(3, [reply(500, $ada)]);
$store->answers(4, [json_reply("$ada and no JSON")]);
$store->start;

# the line of the log that a request has written at its end; what is not
# there is a dash in logs

my $seen = 0;

sub facts {
    my @lines;

    $t->wait_until('a line in the log', sub {
        @lines = split /\n/, $t->read_file('facts.txt');
        return @lines > $seen;
    });

    $seen++;
    return $lines[$seen - 1] =~ s/\|-(?=\|)/|/gr;
}

###############################################################################

my $r = $t->signup($ada);
my $member = $r->field('member');

is(facts(), "/loyalty/signup|signed_up|$member|50|||$ada|201", 'sign-up');

$r = $t->claim(2, $ada);
is(facts(), "/loyalty/claim|claimed|$member|60||2|$ada|200", 'claim');
is($r->header('X-Result') . ' ' . $r->header('X-Points') . ' '
   . $r->header('X-Kind'), 'claimed 60 credit', 'in headers and maps');

$r = $t->balance($ada);
is($r->header('X-Early'), '[]', 'empty before the module has answered');
is(facts(), "/loyalty/balance|balance|$member|60|||$ada|200", 'balance');

$r = $t->redeem('sticker', $ada);
is(facts(), "/loyalty/redeem|redeemed|$member|30|||$ada|200", 'redemption');
is($r->header('X-Kind'), 'debit', 'in a map');

$t->claim(9, $ada);
like(facts(), qr{^/loyalty/claim\|order_not_found\|[^|]*\|\d*\|
    \|9\|\Q$ada\E\|404$}x, 'a fault');

$t->signup('ada', key => 'wrong');
is(facts(), '/loyalty/signup|unauthorized||||||401', 'not let in');

is($t->get('/plain')->body, '[]', 'empty elsewhere');
is(facts(), '/plain|||||||200', 'empty elsewhere in the log');

# the tier that holds after the request

sub tier_of {
    my ($name, %params) = @_;

    $t->post("/standing/$name", {email => $ada, %params});
    return (split /\|/, facts())[4];
}

is(tier_of('signup'), 'bronze', 'the tier of a new member');
is(tier_of('action', action => 'review', ref => 1), 'silver',
    'the one that the request has reached');
is(tier_of('balance'), 'silver', 'and that holds');
is(tier_of('redeem', reward => 'car'), 'silver', 'also in a fault');
is(tier_of('balance', email => 'eve@example.com'), '', 'but of no stranger');

# of a coupon, only the locations of its store know

$r = $t->post('/standing/redeem', {email => $ada, reward => 'mug'});
facts();

is($r->header('X-Coupon'), '|' x (@coupon - 1),
    'nothing of a coupon outside of the locations of its store');
is_deeply([@{$store->coupon($r->field('coupon'))}{qw(reward product kind)}],
    [qw(mug MUG product)], 'where it is there');

$r = $t->post('/standing/redeem', {email => $ada, reward => 'pin'});
facts();

is($r->header('X-Coupon'), '|' x (@coupon - 1), 'nor of one made here');

# what the look-up location can use

my $odd = 'a+b%25{x}=&;$\'@example.com';

$t->post('/escaped/signup', {email => $odd}, port => $t->port(2));
$t->post('/escaped', {email => $odd, order => 'A#1.b'});

my %h = %{($store->calls(1))[-1]{headers}};

is($h{'x-order'}, 'A%231.b', 'the order, escaped for a URI');
is($h{'x-email'}, 'a%2Bb%2525%7Bx%7D%3D%26%3B%24%27%40example.com',
   'the address, escaped for a URI');
is_deeply(JSON::PP->new->decode($h{'x-both'}), {o => 'A#1.b', e => $odd},
   'both, for a JSON string');

# what must not be in a log: done() looks for it, so make it worth a look

my $email = 'ada%40example.com';

$t->get("/loyalty/balance?email=$email");
$t->get("/loyalty/balance?email=$ada");
$t->request('HEAD', "/loyalty/balance?email=$email&x=$ada");
$t->get("http://localhost/loyalty/balance?email=$email");
$t->get("/loyalty/balance?email=$email#$ada");
$t->get("/loyalty/../loyalty//balance?email=$email");
$t->request('POST', "/loyalty/signup?email=$email");
$t->request('POST', "/loyalty/claim?order=3&email=$email");
$t->request('POST', "/loyalty/claim?order=4&email=$email");
$t->get("/loyalty/signup?email=$email");
$t->get("/loyalty/balance?email=$email", key => undef);
$t->get("/loyalty/balance?email=$email,b");
$t->post("/loyalty/signup?email=$email", "email=$email", type => 'text/x');
$t->post("/loyalty/signup?email=$email", 'x' x 20_000,
    type => 'application/x-www-form-urlencoded');
$t->claim(4, $ada);
$store->stop;
$t->request('POST', "/loyalty/claim?order=5&email=$email");

$t->get("/denied?email=$email");
$t->get("/limited?email=$email") for 1 .. 2;
$t->post("/large?email=$email", 'xx', type => 'text/x');
$t->get("/basic?email=$email", key => undef,
    headers => [Authorization => 'Basic YWRhOng=']);

$t->stop;

unlike($t->read_file('access.log'), qr/example/, 'nobody in the access log');
unlike($t->read_file('uris.log'), qr/example/,
    'nobody in the variables of the request');
like($t->read_file('uris.log'), qr{^GET\ /loyalty/balance\ HTTP/1.1\|
    /loyalty/balance\|}mx, 'the rest of the request is there');

###############################################################################

$t->done;

###############################################################################
