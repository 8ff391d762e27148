#!/usr/bin/perl

# (C) ngx_loyalty contributors

# The first requests after a start: all workers open a new database at once.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

my @shops = map { "shop$_" } 1 .. 16;

$t->macro(PROGRAMS => join '', map { <<"END" } @shops);
    loyalty_program $_ {
        database      sqlite:%%TESTDIR%%/$_/loyalty.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        api_key       chatbot value:%%KEY%%;
    }
END

$t->macro(PROGRAM_LOCATIONS => join '', map { <<"END" } @shops);
        location = /$_/signup  { loyalty_signup $_; }
        location = /$_/balance { loyalty_balance $_; }
END

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes 4;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%PROGRAMS%%

    server {
        listen %%LISTEN_0%% reuseport;

        %%PROGRAM_LOCATIONS%%
    }
}
END

# Sign-ups and balances of ten members, all at once.

sub first_requests {
    my ($shop) = @_;

    my %count;

    $count{$_ ? $_->outcome : 'nothing'}++ for $t->all(
        map { my $n = $_ % 10;
              ($t->message('POST', "/$shop/signup",
                           params => {email => "member$n\@example.com"}),
               $t->message('POST', "/$shop/balance",
                           params => {email => "member$n\@example.com"}))
        } 1 .. 40);

    # who asks for the balance before the sign-up is no member yet

    my $asked = ($count{balance} || 0)
                + (delete $count{not_a_member} || 0);

    return {%count, balance => $asked};
}

###############################################################################

is_deeply(first_requests($_),
    {signed_up => 10, already_member => 30, balance => 40},
    "$_: a new database") for @shops;

$t->stop->run;

is_deeply(first_requests($_), {already_member => 40, balance => 40},
    "$_: after a restart") for @shops;

###############################################################################

$t->done;

###############################################################################
