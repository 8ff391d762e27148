#!/usr/bin/perl

# (C) ngx_loyalty contributors

# loyaltyctl link: links that nginx takes.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib";

use JSON::PP ();

use Loyalty::Ctl;
use Loyalty::Link;
use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;
my $ctl = Loyalty::Ctl->new($t);

my $old = $t->secret('the-secret-before-it-0123456789-abcdefghij');

$t->secret(LINK_SECRET);
$t->write_file('link.key', LINK_SECRET . "\n$old\n", 0600);
$t->write_file('short.key', "short\n", 0600);

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
        api_key       chatbot value:%%KEY%%;
        link_secret   file:%%TESTDIR%%/link.key;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        loyalty_auth key link;

        %%LOCATIONS%%
        %%STORE%%

        location = /loyalty/history { loyalty_history shop; }
    }
}
END

my $email = 'ada+shop@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

$store->order('#1001', email => $email);
$store->start;
$t->signup($email);

my @program = ('--secret-file', $t->path('link.key'), '--program', 'shop',
               '--site', 'https://shop.example/loyalty/');

sub run_link { return $ctl->run('link', @_, @program) }

sub made {
    my $r = run_link(@_);

    return $r->{exit} ? diag($r->{err}) : $r->{out} =~ s/\n\z//r;
}

sub follow {
    my ($method, $url) = @_;

    $url =~ s{^https://shop\.example/}{/} or return;
    return $t->request($method, $url, key => undef);
}

sub wrong {
    my ($name, $why, @args) = @_;

    my $r = $ctl->run('link', @args);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($r->{exit}, 2, $name);
    like($r->{err}, qr/^(?:usage: )?loyaltyctl link\b.*$why/, "$name: why");
    is($r->{out}, '', "$name: no link");
}

###############################################################################

my $url = made('claim', '--email', ' Ada+Shop@Example.com', '--order', '#1001');

like($url, qr{^https://shop\.example/loyalty/claim\?email=ada%2Bshop%40example
              \.com&order=%231001&expires=\d+&sig=[\w-]{43}$}x, 'a link');
is_result(follow('GET', $url), 200, 'claimed', 'which claims');

cmp_ok(abs($url =~ s/.*expires=(\d+).*/$1/r - time - 30 * 86400), '<', 60,
    'for 30 days');

is_result(follow('GET', made('balance', '--email', $email)), 200, 'balance',
    'one for the balance');
is_result(follow('GET', made('history', '--email', $email)), 200, 'history',
    'one for the history');

$url = made('redeem', '--email', $email, '--reward', 'sticker');

is_result(follow('POST', $url), 200, 'redeemed', 'one for a reward');
cmp_ok(abs($url =~ s/.*expires=(\d+).*/$1/r - time - 86400), '<', 60,
    'for a day');

cmp_ok(abs(made('balance', '--email', $email, '--expires', '90m')
    =~ s/.*expires=(\d+).*/$1/r - time - 5400), '<', 60, 'for 90 minutes');
like(made('balance', '--email', $email, '--expires',
    '2090-01-01T00:00:00+01:00'), qr/expires=3786908400/, 'until a time');
like(made('claim', '--email', $email, '--order', 1, '--store', 'till'),
    qr/&order=1&store=till&/, 'of a store');

my $json = JSON::PP->new->decode(run_link('balance', '--email', $email,
    '--json')->{out});

is_deeply([@{$json}{qw(command result)}], ['link', 'made'], 'as JSON');
is_result(follow('GET', $json->{link}), 200, 'balance', 'a good one');
like($json->{expires}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'and its end');

# what cannot be

wrong('no purpose', 'see', @program);
wrong('another purpose', 'no links for "session"', 'session', '--email',
    $email, @program);
wrong('no e-mail', 'e-mail', 'balance', @program);
wrong('a bad e-mail', 'e-mail', 'balance', '--email', 'ada', @program);
wrong('a claim of nothing', '--order', 'claim', '--email', $email, @program);
wrong('a bad order', '--order', 'claim', '--email', $email, '--order', '1 2',
    @program);
wrong('a balance of an order', 'no --order', 'balance', '--email', $email,
    '--order', 1, @program);
wrong('a balance of a store', 'no --store', 'balance', '--email', $email,
    '--store', 'x', @program);
wrong('a redemption of nothing', '--reward', 'redeem', '--email', $email,
    @program);
wrong('a bad time', '--expires', 'balance', '--email', $email, '--expires',
    'soon', @program);
wrong('a time that is over', 'to come', 'balance', '--email', $email,
    '--expires', '2020-01-01T00:00:00Z', @program);
wrong('a redemption for long', '48h', 'redeem', '--email', $email, '--reward',
    'sticker', '--expires', '3d', @program);
wrong('no program', '--program', 'balance', '--email', $email,
    @program[0, 1, 4, 5]);
wrong('no site', '--site', 'balance', '--email', $email, @program[0 .. 3]);
wrong('no secret', '--secret-file', 'balance', '--email', $email,
    @program[2 .. 5]);
wrong('a database', 'no option -d', 'balance', '-d', 'sqlite:x', '--email',
    $email, @program);

for (['no.key', 'cannot be opened'], ['short.key', 'less than 32 bytes']) {
    my ($file, $why) = @$_;
    my $r = $ctl->run('link', 'balance', '--email', $email, '--secret-file',
        $t->path($file), @program[2 .. 5]);

    is($r->{exit}, 1, $file);
    like($r->{err}, qr/$why/, "$file: why");
    unlike($r->{err}, qr/"short\\?n?"/, "$file: not what is in it");
}

like($ctl->run('link', '--help')->{out}, qr/--secret-file/, 'help');
unlike($ctl->run('link', '--help')->{out}, qr/--database/, 'without -d');

###############################################################################

$t->done;

###############################################################################
