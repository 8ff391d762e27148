#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for loyalty_require: locations for members, by their cookies.

###############################################################################

use warnings;
use strict;

use Test::More;
use Time::HiRes qw(time);

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->secret(LINK_SECRET);
$t->database('db/broken.db')->broken;
$t->give_to_workers('db', 'db/broken.db');

mkdir $t->path('html');
mkdir $t->path('html/lounge');
$t->write_file('html/lounge/index.html', 'the lounge');
$t->write_file('html/lounge/big', 'x' x 60000);
$t->write_file('html/login', 'who are you?');
$t->write_file('htpasswd', "ada:{PLAIN}pw\n");

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    log_format members '$uri $status [$loyalty_member] [$loyalty_tier] '
                       '[$loyalty_points] [$loyalty_result]';
    access_log %%TESTDIR%%/members.log members;

    map $loyalty_tier $rate {
        default  0;
        ""       20k;
    }

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        tier          silver  50 "Silver";
        tier          gold   100 "Gold";
        membership    plus "Plus" sku=PLUS lasts=1y;
        membership    club "Club" sku=CLUB lasts=1y;
        api_key       chatbot value:%%KEY%%;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        session       30d;
        order_lookup  /_store/order number=/number status=/status
                      email=/billing/email total=/total currency=/currency
                      paid=processing,completed items=/items item_sku=/sku;
    }

    loyalty_program other {
        database      sqlite:%%TESTDIR%%/db/other.db;
        currency      USD;
        signup_bonus  7;
        api_key       chatbot value:key-of-the-other-program;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        session       30d;
    }

    loyalty_program broken {
        database      sqlite:%%TESTDIR%%/db/broken.db;
        currency      USD;
        earn          1 per 1.00;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        session       30d;
    }

    server {
        listen %%LISTEN_0%%;

        root %%TESTDIR%%/html;

        %%LOCATIONS%%
        %%STORE%%

        add_header X-Member $loyalty_member;
        add_header X-Tier   $loyalty_tier;
        add_header X-Points $loyalty_points;

        location /lounge/ {
            loyalty_require shop;
            limit_rate      $rate;

            location /lounge/free/ {
                loyalty_require off;
                return 200 "free";
            }
        }

        location = /proxied {
            loyalty_require  shop tier=silver;
            proxy_pass       http://127.0.0.1:%%PORT_0%%/behind;
            proxy_set_header X-Seen "$loyalty_member $loyalty_tier";
        }

        location = /behind { return 200 "for $http_x_seen"; }

        location = /asks-itself {
            loyalty_require shop;
            proxy_pass      http://127.0.0.1:%%PORT_0%%/asking;
        }

        location = /asking {
            add_header WWW-Authenticate 'Digest realm="app"' always;
            return     401;
        }

        location = /silver { loyalty_require shop tier=silver; try_files /login =404; }
        location = /gold   { loyalty_require shop tier=gold;   try_files /login =404; }
        location = /either { loyalty_require shop tier=gold,silver;   try_files /login =404; }
        location = /plus   { loyalty_require shop membership=plus;    try_files /login =404; }
        location = /any    { loyalty_require shop membership=club,plus; try_files /login =404; }
        location = /both   { loyalty_require shop tier=gold membership=plus; try_files /login =404; }

        location = /broken { loyalty_require broken; try_files /login =404; }

        # what an internal redirect leads to may be for members of another

        location = /other/signup { loyalty_signup other; }
        location = /other        { loyalty_require other; try_files /login =404; }

        location = /to-other { loyalty_require shop;  try_files /none /other; }
        location = /to-shop  { loyalty_require other; try_files /none /silver; }
        location = /there-and-back { loyalty_require shop; try_files /none /to-shop; }

        location = /turned-away {
            loyalty_require shop;
            try_files       /none /for-members-of-other;
        }

        location = /for-members-of-other {
            loyalty_require other;
            error_page      401 /upgrade;
            try_files       /login =404;
        }

        location = /asks {
            loyalty_require shop tier=gold;
            error_page      401 = @login;
            error_page      403 = /upgrade;
            try_files       /login =404;
        }

        location @login   { return 302 /login?from=$uri; }
        location = /upgrade { return 200 "earn more, $loyalty_member"; }

        location = /password-or-member {
            satisfy              any;
            loyalty_require      shop tier=gold;
            auth_basic           "members";
            auth_basic_user_file %%TESTDIR%%/htpasswd;
            try_files            /login =404;
        }

        location = /address-and-member {
            deny            127.0.0.1;
            loyalty_require shop;
            try_files       /login =404;
        }

        location = /limited/balance {
            loyalty_require shop;
            loyalty_balance shop;
        }

        location = /subrequest {
            auth_request /check;
            try_files    /login =404;
        }

        location = /check {
            internal;
            loyalty_require shop tier=gold;
            try_files       /login =404;
        }
    }
}
END

my $store = Loyalty::Store->new($t, $t->port(1));

$store->order(1, email => 'silver@example.com', total => '60.00',
    items => []);
$store->order(2, email => 'gold@example.com', total => '150.00',
    items => []);
$store->order(3, email => 'plus@example.com', total => '10.00',
    items => [{sku => 'PLUS', quantity => 1}]);
$store->order(4, email => 'both@example.com', total => '150.00',
    items => [{sku => 'PLUS', quantity => 1}]);
$store->start;

my %code;

for (['new'], ['silver', 1], ['gold', 2], ['plus', 3], ['both', 4]) {
    my ($who, $order) = @$_;

    $code{$who} = $t->signup("$who\@example.com")->field('member');
    is_result($t->claim($order, "$who\@example.com"), 200, 'claimed', $who)
        if $order;
}

sub get {
    my ($uri, $who, %o) = @_;

    my @headers = @{$o{headers} || []};

    push @headers, Cookie => link_cookie($code{$who} || $who) if defined $who;
    return $t->get($uri, key => undef, %o, headers => \@headers);
}

###############################################################################

# members

my $r = get('/lounge/', 'new');

is($r->status, 200, 'a member is let in');
is($r->body, 'the lounge', 'and sees the index');
is($r->header('X-Member'), $code{new}, 'the member is known');
is($r->header('X-Points'), '0', 'with the points');
is($r->header('X-Tier'), undef, 'and no tier');

$r = get('/lounge/', 'gold');

is($r->header('X-Tier'), 'gold', 'the tier is known');
is($r->header('X-Points'), '150', 'with the points');

is(get('/lounge/')->status, 401, 'nobody is not let in');
is(get('/lounge/', 'm_0123456789012345678901')->status, 401, 'nor a stranger');
is($t->get('/lounge/')->status, 401, 'nor a key');

is(get('/lounge/', undef, headers => [Cookie =>
    link_cookie($code{new}, expires => int(time) - 1)])->status, 401,
    'nor who was known');
is(get('/lounge/', undef, headers => [Cookie =>
    link_cookie($code{new}, program => 'broken', name => 'shop')])->status,
    401, 'nor who is known elsewhere');
is(get('/lounge/free/x')->body, 'free', 'but where nobody need be');

is($t->request('HEAD', '/lounge/', key => undef, headers => [Cookie =>
    link_cookie($code{new})])->status, 200, 'HEAD');
is($t->post('/lounge/', 'x' x 40000, key => undef, headers => [Cookie =>
    link_cookie($code{new})])->status, 405, 'POST, which files do not take');
is($t->post('/lounge/', 'x' x 40000, key => undef)->status, 401,
    'POST of nobody');

# what a tier gets more

my $began = time;

is(length get('/lounge/big', 'new')->body, 60000, 'without a tier');
cmp_ok(my $slow = time - $began, '>', 1, 'it takes long');

$began = time;

is(length get('/lounge/big', 'gold')->body, 60000, 'with one');
cmp_ok(time - $began, '<', $slow, 'it does not');

# tiers and memberships

my %let_in = (
    '/silver' => [qw(silver gold both)],
    '/gold'   => [qw(gold both)],
    '/either' => [qw(silver gold both)],
    '/plus'   => [qw(plus both)],
    '/any'    => [qw(plus both)],
    '/both'   => [qw(both)],
);

for my $uri (sort keys %let_in) {
    my %in = map { $_ => 1 } @{$let_in{$uri}};

    is_deeply({map { $_ => get($uri, $_)->status } keys %code},
              {map { $_ => $in{$_} ? 200 : 403 } keys %code}, $uri);
    is(get($uri)->status, 401, "$uri: nobody");
}

# what comes with a 401

sub asks {
    my ($name, $r, @challenges) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_deeply([$r->head =~ /^WWW-Authenticate: ([^\r\n]+)/mig],
        \@challenges, $name);
}

my $ours = 'Bearer realm="shop"';
my $basic = 'Basic realm="members"';

asks('nobody is told how to be known', get('/silver'), $ours);
asks('so is a stranger', get('/silver',
    'm_0123456789012345678901'), $ours);
asks('who is known is not', get('/gold', 'silver'));
asks('nor who is let in', get('/gold', 'gold'));
asks('satisfy any: of each module', get('/password-or-member'), $ours, $basic);
asks('satisfy any: not with a password', get('/password-or-member', undef,
    headers => [Authorization => 'Basic YWRhOnB3']));
asks('satisfy any: nor as a member', get('/password-or-member', 'gold'));
asks('an application asks by itself', get('/asks-itself', 'gold'),
    'Digest realm="app"');

# with the rest of nginx

is(get('/proxied', 'gold')->body, "for $code{gold} gold",
    'an application is told who it is');
is(get('/proxied', 'new')->status, 403, 'if somebody gets there');

like(get('/asks')->header('Location'), qr{/login\?from=/asks$},
    'error_page with a name');
is(get('/asks', 'silver')->body, "earn more, $code{silver}",
    'error_page with a URI, which still knows the member');

is(get('/password-or-member', 'gold')->status, 200, 'satisfy any: a member');
is(get('/password-or-member', undef, headers =>
    [Authorization => 'Basic YWRhOnB3'])->status, 200, 'or a password');
is(get('/password-or-member', 'silver', headers =>
    [Authorization => 'Basic YWRhOnB3'])->status, 200,
    'or both, of which one is good');
is(get('/password-or-member', 'silver')->status, 401, 'but one of them');

is(get('/address-and-member', 'gold')->status, 403, 'satisfy all');

is_result($t->get('/limited/balance?email=gold%40example.com', headers =>
    [Cookie => link_cookie($code{new})]), 200, 'balance', {member => $code{gold}},
    'in front of a location of the module');

is(get('/subrequest')->status, 200, 'subrequests are not for it to judge');

# two programs

my %other = (program => 'other');
my $of_other = $t->post('/other/signup', {email => 'silver@example.com'},
    key => 'key-of-the-other-program')->field('member');

sub both {
    my ($uri, $member) = @_;

    return $t->get($uri, key => undef, headers => [Cookie =>
        link_cookie($code{silver}) . '; ' . link_cookie($member, %other)]);
}

for (['/to-other', $of_other, 7, 'the program of the location'],
     ['/to-shop', $code{silver}, 60, 'the other way round'],
     ['/there-and-back', $code{silver}, 60, 'also if it was the first'])
{
    my ($uri, $member, $points, $name) = @$_;

    my $r = both($uri, $of_other);

    is($r->status, 200, "two programs: $name");
    is($r->header('X-Member'), $member, "two programs: $name has the member");
    is($r->header('X-Points'), $points, "two programs: $name has the points");
}

is(both('/turned-away', 'm_0123456789012345678901')->body,
    "earn more, $code{silver}", 'two programs: whoever is known to one');

# a database that does not work

is(get('/broken', 'new')->status, 401, 'no cookie of that program');
is(get('/broken', undef, headers => [Cookie => link_cookie($code{new},
    program => 'broken')])->status, 503, 'a broken database');

# many at once, who come and go

my @all = $t->all(map { $t->message('GET', $_ % 2 ? '/gold' : '/silver',
    key => undef, headers => [Cookie => link_cookie($code{silver})]) } 1 .. 60);

is_deeply([map { $_->status } @all], [map { $_ % 2 ? 403 : 200 } 1 .. 60],
    'many at once');

for (1 .. 30) {
    my $c = $t->connection;

    $c->send($t->message('GET', '/lounge/big', key => undef, headers =>
        [Cookie => link_cookie($code{gold})]));
    $_ % 2 ? $c->reset : $c->close;
}

is(get('/lounge/', 'gold')->status, 200, 'after those who went away');

# variables

my $log = $t->read_file('members.log');

like($log, qr/^\/login 200 \[$code{gold}\] \[gold\] \[150\] \[\]$/m,
    'who was let in is logged');
like($log, qr/^\/gold 403 \[$code{silver}\] \[silver\] \[60\] \[\]$/m,
    'and who was not');
like($log, qr/^\/silver 401 \[-?\] \[-?\] \[-?\] \[-?\]$/m, 'and nobody');

###############################################################################

$t->done;

###############################################################################
