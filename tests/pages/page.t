#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The page for shoppers, conf-examples/page as it stands: its files, and a
# browser's way through it.  Debian's Chromium is driven by programs of this
# folder, which say what they have found; their packages are installed once.
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

use Loyalty::Link;
use Loyalty::Npm;
use Loyalty::Pages;
use Loyalty::Store;
use Loyalty::Test;

my $PAGE = "$CHECKOUT/conf-examples/page";

###############################################################################

my $npm = Loyalty::Npm->new('pages');

plan(skip_all => $npm->lacking) if $npm->lacking;
plan(skip_all => 'the npm registry is out of reach')
    if !$npm->at_hand('playwright-core');

my $t = Loyalty::Test->new(level => 'notice');

plan(skip_all => 'chromium is needed, found none')
    if !$t->has_program('chromium');

$npm->install;

copy_files($t, $PAGE, 'html/loyalty');

$t->secret(LINK_SECRET);
$t->write_file('loyalty/link.key', LINK_SECRET . "\n", 0600);
$t->conf(page_conf())->run;

# Each shopper of a story has orders of their own, by their number.

my $store = Loyalty::Store->new($t, $t->port(1));

for my $n (1 .. 14) {
    my $who = "shopper-$n\@example.com";

    $store->order("$n-1001", email => $who, total => '60.99');
    $store->order("$n-1002", email => $who, total => '145.50');
    $store->order("$n-1003", email => $who, total => '5.00',
                  status => 'pending');
    $store->order("$n-1004.A", email => $who, total => '3.00');
    $store->answers("$n-1005", [reset_by_peer()]);
}

$store->start;

###############################################################################

my ($page, $open) = map { 'http://127.0.0.1:' . $t->port($_) . '/loyalty/' }
                    0, 2;

my %link = link_params('claim', email => 'shopper-13@example.com',
                       order => '13-1001');

$t->post('/loyalty/signup', {email => $link{email}}, key => undef);

my %environment = (
    LOYALTY_CHECKOUT => $CHECKOUT,
    LOYALTY_PAGE => $page,
    LOYALTY_OPEN_PAGE => $open,
    LOYALTY_LINKS => join(' ', map { "${page}claim?" . link_form(%$_) }
                               \%link, {%link, order => '13-1001',
                                         expires => $link{expires} + 1}),
    HOME => $t->dir,
);

served();
story($npm, 'page.js', %environment);

$t->done;

###############################################################################

# The example, with more to win, and room for shoppers who are faster than
# people; and a second server, where an e-mail is enough.

sub page_conf {
    my $conf = example("$PAGE/page.conf",
        ['site            https://shop.example/loyalty;',
         'site http://127.0.0.1:%%PORT_0%%/loyalty;'],
        ['coupon_expires  30d;', <<'END']);
        coupon_expires 30d;
        reward         lounge 100 "An evening in the lounge" tier=gold;
        tier           friend 0 "Friend";
        tier           gold 1000 "Gold" "perks=Free delivery";
        badge          first "First order" orders=1;
END

    $conf =~ s/\brate=\d+r\/[sm];/rate=100r\/s;/g == 2
        or die "page.conf has other limits\n";

    # the other way that README.md tells of, with the types of older mime.types

    my ($types) = $conf =~ /^(    types \{\n.*?^    \}\n)/ms
        or die "page.conf has no types\n";

    $types =~ s{text/javascript }{application/javascript };

    my ($server) = $conf =~ /^(    server \{\n        listen .*^    \}\n)/ms
        or die "page.conf has no server\n";

    $server =~ s/%%LISTEN_0%%/%%LISTEN_2%%/;
    $server =~ s/\bloyalty_auth\s+link\b[^;]*;/loyalty_auth off;/g == 2
        or die "page.conf asks others for links\n";
    $server =~ s/\{\n\K/$types/;
    $conf =~ s/^\}\n\z/$server}\n/m;

    return $conf;
}

# What page.conf says of the files.

sub served {
    my $r = file('/loyalty?order=1');

    is($r->status . ' ' . $r->header('Location'), '301 /loyalty/?order=1',
        'the address without a slash leads to the page');

    $r = file('/loyalty/?order=1', 'Accept-Encoding' => 'gzip');

    is($r->status, 200, 'the page');
    is($r->header('Content-Encoding'), 'gzip', 'is compressed');
    is($r->header('Cache-Control'), 'no-cache', 'is asked for again');
    is(file('/loyalty/', 'If-Modified-Since' => $r->header('Last-Modified'))
        ->status, 304, 'and is not sent again');

    for my $n (0, 2) {
        $r = file('/loyalty/loyalty.js', 'Accept-Encoding' => 'gzip',
                  {port => $t->port($n)});

        is($r->header('Content-Encoding'), 'gzip',
            'scripts are compressed as ' . $r->type);
    }

    for my $name ('', 'loyalty.js', 'texts/th.json', 'pictures/hanky',
                  'no-such-file')
    {
        $r = file("/loyalty/$name");

        like($r->header('Content-Security-Policy'),
            qr/^default-src 'none';/, "/$name has a policy");
        is($r->header('X-Content-Type-Options'), 'nosniff',
            "/$name is what its type says");
    }

    unlike(file('/loyalty/')->header('Content-Security-Policy'),
        qr/unsafe|\*|http/, 'the policy has no holes');

    is(file('/loyalty/pictures/hanky')->type, 'image/svg+xml',
        'a picture is found by the id of its reward');
    is(file('/loyalty/pictures/none')->status, 404, 'if there is one');
}

sub file {
    my ($uri, @headers) = @_;

    my %o = ref $headers[-1] ? %{pop @headers} : ();

    return $t->get($uri, key => undef, headers => \@headers, %o);
}

###############################################################################
