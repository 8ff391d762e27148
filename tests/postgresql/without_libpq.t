#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The module as it is built where libpq is not: SQLite works, and whoever asks
# for PostgreSQL is told what is missing.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib";

use Loyalty::Test;

###############################################################################

my $checkout = Loyalty::Test->checkout;
my $build = $ENV{LOYALTY_BUILD} || "$checkout/build";
my $dir = "$build/without-libpq";
my ($sources) = grep { -d } '/usr/share/nginx/src',
                            "$build/debian/usr/share/nginx/src";

plan(skip_all => 'no headers of nginx') if !$sources;

# in a folder of its own, so that it is built once

delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

my @make = ('make', '-s', '--no-print-directory', '-C', $checkout,
            "NGINX_SRC=$sources");

system(@make, 'build', "BUILD=$dir", 'LOYALTY_POSTGRESQL=no') == 0
    or die "the module could not be built without libpq\n";

$ENV{LOYALTY_MODULE} = "$dir/ngx_http_loyalty_module.so";
$ENV{LOYALTY_ENGINE} = 'sqlite';

my $t = Loyalty::Test->new;

sub with_database {
    my ($database) = @_;

    return <<"END";
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
    loyalty_program shop {
        database      $database; # HERE
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        api_key       chatbot value:%%KEY%%;
    }

    server {
        listen %%LISTEN_0%%;
        location = /loyalty/signup { loyalty_signup shop; }
    }
}
END
}

# What the configured module is as good as.

sub settings {
    my ($postgresql) = @_;

    my @build = ('BUILD=' . $t->path('build'),
                 "LOYALTY_POSTGRESQL=$postgresql");
    my ($file) = map { "$_/settings" } output(@build,
        '--eval=folder:;@echo $(OUT)', 'folder');

    output(@build, $file);

    open my $fh, '<', $file or die "$file: $!\n";
    local $/;
    return <$fh>;
}

sub output {
    open my $out, '-|', @make, @_ or die "make: $!\n";
    my @lines = <$out>;
    close $out or die "make failed\n";
    chomp @lines;

    return @lines;
}

###############################################################################

unlike(scalar `ldd "$ENV{LOYALTY_MODULE}"`, qr/libpq/,
    'the module wants no libpq');

$t->refuses("$_: refused", 'built without PostgreSQL: install libpq-dev',
            with_database($_))
    for 'postgresql://shop@db1/loyalty', 'postgres://shop@db1/loyalty',
        '"postgresql:host=db1 dbname=loyalty"';

my ($exit, $output) = $t->check_conf(
    with_database('postgresql://shop:hunter2@db1/loyalty'));

isnt($exit, 0, 'a password is refused as well');
unlike($output, qr/hunter2/, 'and not shown');

$t->conf(with_database('sqlite:%%TESTDIR%%/db/shop.db'))->run;

is_result($t->signup('ada@example.com'), 201, 'signed_up', {points => 50},
    'SQLite works');

SKIP: {
    skip 'no libpq', 1 if !-e '/usr/include/postgresql/libpq-fe.h';

    isnt(settings('no'), settings('yes'),
        'when libpq comes, the module is configured anew');
}

###############################################################################

$t->done;

###############################################################################
