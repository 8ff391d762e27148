#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The links that docs/api.md shows how to make are good.

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

$t->secret(LINK_SECRET);

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
        link_secret   value:c2lnbmVk-links-of-the-shop-0123456789;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        loyalty_auth key link;

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

my $email = 'ada+shop@example.com';

my $store = Loyalty::Store->new($t, $t->port(1));

$store->order("A-$_", email => $email) for qw(php python sh);
$store->start;
$t->signup($email);

# What comes before and after the lines that are shown, in each language.

my %languages = (
    php => ['php', sub { join '', "<?php\n", map { "\$$_[0]{$_}[0] = "
                . "'$_[0]{$_}[1]';\n" } sort keys %{$_[0]} },
            "\necho \$link;\n"],
    python => ['python3', sub { join '', "import base64, hmac, urllib.parse\n",
                map { "$_[0]{$_}[0] = '$_[0]{$_}[1]'\n" } sort keys %{$_[0]} },
               "\nprint(link, end='')\n"],
    sh => ['sh', sub { join '', map { "$_[0]{$_}[0]='$_[0]{$_}[1]'\n" }
                sort keys %{$_[0]} }, "\nprintf %s \"\$link\"\n"],
);

my $docs = do {
    open my $fh, '<', $t->checkout . '/docs/api.md' or die "api.md: $!\n";
    local $/;
    <$fh>;
};

my ($section) = $docs =~ /^## Signed links\n(.*?)^## /ms;

###############################################################################

for my $language (sort keys %languages) {
    my ($program, $before, $after) = @{$languages{$language}};
    my ($code) = $section =~ /^```$language\n(.*?)^```/ms;

    SKIP: {
        skip "no $program", 1 if !Loyalty::Nginx->has_program($program)
            || ($language eq 'sh' && !Loyalty::Nginx->has_program('jq'));

        my %values = (
            site => 'http://127.0.0.1/loyalty', secret => LINK_SECRET,
            email => $email, order => "A-$language",
            expires => time() + 3600,
        );

        $t->write_file("link.$language", $before->({map {
            ($_ => [$_, $values{$_}]) } keys %values}) . $code . $after);

        my $link = `$program @{[$t->path("link.$language")]}`;

        is_result($t->get($link =~ s{^http://[^/]*}{}r, key => undef), 200,
            'claimed', {order => "A-$language"}, $language);
    }
}

###############################################################################

$t->done;

###############################################################################
