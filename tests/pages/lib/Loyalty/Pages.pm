package Loyalty::Pages;

# (C) ngx_loyalty contributors

# What the tests of the pages share: the examples as they stand, with only
# their addresses and paths replaced, and the programs that drive a browser.
#
#     copy_files($t, "$examples/page", 'html/loyalty');
#     my $conf = example("$examples/page/page.conf", ['from', 'to'], ...);
#     story($npm, 'page.js', LOYALTY_PAGE => $address);

###############################################################################

use warnings;
use strict;

use base qw(Exporter);

use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use Test::More;

our @EXPORT = qw(copy_files example story);

###############################################################################

# The files of a page as nginx's workers can read them.

sub copy_files {
    my ($t, $page, $folder) = @_;

    for my $file (glob "$page/*.* $page/*/*.*") {
        my $copy = $t->path("$folder/" . substr $file, length "$page/");

        make_path(dirname($copy));
        copy($file, $copy) or die "$file: $!\n";
    }
}

# A configuration with lines that begin otherwise: each of them is there.

sub example {
    my ($file, @replaced) = @_;

    my $name = basename($file);

    open my $fh, '<', $file or die "$file: $!\n";
    my $conf = do { local $/; <$fh> };

    for (['load_module  modules/ngx_http_loyalty_module.so;',
          '%%TEST_GLOBALS%%'],
         ['pid        logs/nginx.pid;', ''],
         ['error_log  logs/error.log;', ''],
         ['access_log  logs/access.log;', '%%TEST_GLOBALS_HTTP%%'],
         ['server             127.0.0.1:3000;', 'server 127.0.0.1:%%PORT_1%%;'],
         ['listen  127.0.0.1:8080;', 'listen %%LISTEN_0%%;'],
         ['database        sqlite:', 'database sqlite:%%TESTDIR%%/'],
         @replaced)
    {
        my ($from, $to) = @$_;

        $conf =~ s/^\h*\K\Q$from\E/$to/m
            or die "$name has no line \"$from\"\n";
    }

    return $conf;
}

# What a program finds: lines "ok - NAME" and "not ok - NAME", those that
# begin with a # explain, and the last one is "end".

sub story {
    my ($npm, $program, %environment) = @_;

    local %ENV = (%ENV, %environment);

    my $pid = open my $found, '-|', $npm->command($program)
        or die "$program: $!\n";

    my $ended;

    binmode $found, ':utf8';

    while (my $line = <$found>) {
        chomp $line;

        if    ($line =~ /^ok - (.*)/)     { pass($1) }
        elsif ($line =~ /^not ok - (.*)/) { fail($1) }
        elsif ($line eq 'end')            { $ended = 1 }
        else                              { diag($line) }
    }

    ok(close($found) && $ended, "$program came to its end");
}

###############################################################################

1;

###############################################################################
