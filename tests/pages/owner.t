#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The page for the owner, conf-examples/owner as it stands, with half a year of
# a shop's life behind it: a browser looks at it.
#
# In the environment: LOYALTY_SHOTS (a folder for pictures of the page).

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use Test::More;

my $CHECKOUT;

BEGIN { $CHECKOUT = abs_path(dirname(abs_path(__FILE__)) . '/../..'); }

use lib "$CHECKOUT/t/lib", "$CHECKOUT/tests/pages/lib";

use Loyalty::Clock;
use Loyalty::Npm;
use Loyalty::Pages;
use Loyalty::Store;
use Loyalty::Test;

my $PAGE = "$CHECKOUT/conf-examples/owner";

###############################################################################

my $npm = Loyalty::Npm->new('pages');

plan(skip_all => $npm->lacking) if $npm->lacking;
plan(skip_all => 'the npm registry is out of reach')
    if !$npm->at_hand('playwright-core');
plan(skip_all => Loyalty::Clock->lacking) if Loyalty::Clock->lacking;

my $clock = Loyalty::Clock->new('2031-01-05 12:00:00', timers => 1);

# a thread that is at work while the clock is set seems to take long

my $t = Loyalty::Test->new($clock->options,
    allow => [qr/keeps a thread for more than 60 seconds/]);

plan(skip_all => 'chromium is needed, found none')
    if !$t->has_program('chromium');

$npm->install;

copy_files($t, $PAGE, 'html/owner');
$t->write_file('conf/loyalty/owner.htpasswd', "ada:{PLAIN}secret\n");
chmod 0755, $t->path('conf'), $t->path('conf/loyalty');

$t->conf(example("$PAGE/owner.conf",
    ['api_key         chatbot file:loyalty/chatbot.key;', <<'END'],
api_key         chatbot value:%%KEY%%;
        tier            silver 300 "Silver";
        tier            gold 900 "Gold";
        reward          lamp 100 "Lamp <by hand> & shade" stock=4;
END
    ['auth_basic_user_file  loyalty/owner.htpasswd;',
     'auth_basic_user_file %%TESTDIR%%/conf/loyalty/owner.htpasswd;'],
    ['limit_req  zone=owner burst=30 nodelay;',
     'limit_req  zone=owner burst=1000 nodelay;']))->run;

my $store = Loyalty::Store->new($t, $t->port(1))->start;

# A day of the shop: who comes, who buys, who redeems.

my @campaigns = ('instagram', 'instagram', 'leaflet', '', 'newsletter',
                 'a campaign with quite a long name of its own');
my ($people, $orders) = (0, 0);

sub email { "customer-$_[0]\@example.com" }

sub day_of_the_shop {
    my ($day) = @_;

    $t->post('/loyalty/signup', {email => email(++$people),
        source => $campaigns[$people * 5 % 7] // ''});

    for my $who (grep { ($day + $_) % (3 + $_ % 11) == 0 } 1 .. $people / 2) {
        $store->has(++$orders, email => email($who),
                    total => 20 + ($day * 7 + $who * 13) % 60 . '.00');
        $t->claim($orders, email($who));
    }

    $t->redeem($day % 5 ? 'hanky' : 'lamp', email(1 + $day % 7));
}

for my $day (1 .. 60) {
    $clock->pass(3 * 86400);
    day_of_the_shop($day);
}

my $minute = 0;
my $now = $clock->now;

$t->wait_until('all is counted', sub {
    $clock->pass(60) if $minute++ < 60;

    my $r = report();
    my $until = $r->field('until') || '1970-01-01 00:00';

    return Loyalty::Clock::seconds($until) >= $now && @{$r->field('customers')};
});

###############################################################################

served();
story($npm, 'owner.js', LOYALTY_CHECKOUT => $CHECKOUT, HOME => $t->dir,
      LOYALTY_PAGE => 'http://127.0.0.1:' . $t->port(0) . '/owner/');

$t->done;

###############################################################################

sub file {
    my ($uri, @headers) = @_;

    return $t->get($uri, key => undef, headers => [
        Authorization => 'Basic YWRhOnNlY3JldA==', @headers]);
}

sub report { file('/owner/report?days=365') }

# What owner.conf says of the files.

sub served {
    is($t->get("/owner/$_", key => undef)->status, 401,
        "/owner/$_ wants the password") for '', 'owner.js', 'report';

    my $r = file('/owner/');

    is($r->status, 200, 'the page');
    like($r->header('Content-Security-Policy'), qr/^default-src 'none';/,
        'has a policy');
    unlike($r->header('Content-Security-Policy'), qr/unsafe|\*|http/,
        'without holes');
    is(file('/owner/uplot.js', 'Accept-Encoding' => 'gzip')
        ->header('Content-Encoding'), 'gzip', 'scripts are compressed');
    is($t->get('/owner', key => undef)->header('Location'), '/owner/',
        'the address without a slash leads to the page');
}

###############################################################################
