#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The README's first command: the tour runs, says what is wrong with a port,
# and leaves nothing behind.

use warnings;
use strict;

use Test::More;

use FindBin;
use IO::Socket::INET;

my $demo = "$FindBin::Bin/../../conf-examples/demo/run";

sub listener {
    return IO::Socket::INET->new(Proto => 'tcp', Listen => 1,
                                 LocalAddr => '127.0.0.1:0')
        || die "no free port: $!\n";
}

sub demo {
    my ($port, @args) = @_;

    local $ENV{PORT} = $port;

    my $output = qx{'$demo' @args 2>&1 </dev/null};
    return ($? >> 8, $output);
}

my $taken = listener();
my ($exit, $output) = demo($taken->sockport, '--once');

isnt($exit, 0, 'a port that is taken');
like($output, qr/is taken.*PORT=\d+/s, 'and what to do about it');

my $port = $taken->sockport;
close $taken;

($exit, $output) = demo($port, '--once');

is($exit, 0, 'the tour comes out as it should') or diag($output);
like($output, qr/"result": "$_"/, $_)
    for qw(signed_up claimed already_claimed balance redeemed);
like($output, qr/"coupon": "[0-9A-Z]{16}"/, 'a coupon');

ok(!IO::Socket::INET->new("127.0.0.1:$port"), 'nothing is left running');

done_testing();
