#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Every example configuration passes "nginx -t".

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use File::Find;
use File::Path qw(make_path);

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;
my $examples = $t->checkout . '/conf-examples';

# a folder as the examples want it, with all that they leave to the reader

sub prefix {
    my ($prefix) = @_;

    make_path(map { $t->path("$prefix/$_") } qw(modules logs temp));
    symlink $t->module, $t->path("$prefix/modules/ngx_http_loyalty_module.so")
        or die "symlink: $!\n";

    $t->write_file("$prefix/conf/loyalty/chatbot.key",
        "0123456789abcdef0123456789abcdef\n", 0600);
    $t->write_file("$prefix/conf/loyalty/store-credentials.conf",
        "proxy_set_header Authorization \"Basic eDp5\";\n", 0600);
    $t->write_file("$prefix/conf/loyalty/link.key",
        "00112233445566778899aabbccddeeff\n", 0600);
    $t->write_file("$prefix/conf/loyalty/webhook.secret",
        "fedcba9876543210fedcba9876543210\n", 0600);
}

# The folder of nginx's temporary files is there only with Debian's package.

sub example {
    my ($file) = @_;

    open my $fh, '<', $file or die "$file: $!\n";
    my $conf = do { local $/; <$fh> };

    my $paths = join '', map { "    ${_}_temp_path  temp/$_;\n" }
                             qw(client_body proxy fastcgi uwsgi scgi);

    $conf =~ s/^http \{\n\K/$paths/m if $conf !~ /_temp_path/;

    return $conf;
}

my @examples;
find({no_chdir => 1, wanted => sub {
    push @examples, $File::Find::name if /\.conf$/;
}}, $examples);

###############################################################################

cmp_ok(scalar @examples, '>=', 13, 'there are examples');

for my $file (sort @examples) {
    my $name = substr $file, length($examples) + 1;

    (my $prefix = $name) =~ tr{/.}{__};

    prefix($prefix);
    $t->write_file("$prefix/conf/nginx.conf", example($file));

    my ($exit, $output) = $t->check_file('conf/nginx.conf',
                                         $t->path("$prefix/"));

    # the one warning that depends on who runs the tests

    $output =~ s/^.*"user" directive makes sense only.*\n//m;

    ok($exit == 0 && $output !~ /\[(?:warn|emerg)\]/, $name)
        or diag($output);
}

###############################################################################

$t->done;

###############################################################################
