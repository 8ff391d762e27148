#!/usr/bin/perl

# (C) ngx_loyalty contributors

# More requests than the queues hold: refused with 503, the others served.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Database;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

plan(skip_all => Loyalty::Database->lacking) if Loyalty::Database->lacking;

my @shops = map { "shop$_" } 1 .. 4;

$t->macro(PROGRAMS => join '', map { <<"END" } @shops);
    loyalty_program $_ {
        database      sqlite:%%TESTDIR%%/db/$_.db timeout=1500ms;
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

thread_pool narrow threads=1 max_queue=1;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_thread_pool narrow;
    loyalty_batch 2;
    loyalty_queue 5;

    %%PROGRAMS%%

    server {
        listen %%LISTEN_0%%;

        %%PROGRAM_LOCATIONS%%

        location = /plain { return 200 "plain"; }
    }
}
END

sub signup {
    my ($shop, $n) = @_;

    return $t->message('POST', "/$shop/signup",
                       params => {email => "member$n\@example.com"});
}

sub outcomes {
    my %count;

    $count{$_ ? $_->outcome : 'nothing'}++ for @_;
    return \%count;
}

###############################################################################

my $r = $t->post('/shop1/signup', {email => 'ada@example.com'});
is_result($r, 201, 'signed_up', 'all is well');

# somebody else holds the database while a hundred want to write

my $lock = $t->database('db/shop1.db')->lock;

my $job = $t->in_background(sub {
    outcomes($t->all(map { signup('shop1', $_) } 1 .. 100));
});

$t->wait_until('the queue is full', sub {
    $t->read_file('error.log') =~ /requests wait/;
});

is($t->get('/plain')->body, 'plain', 'the site goes on');

$lock->release;

my $count = $job->result;

is(join(' ', sort keys %$count), 'database_unavailable signed_up',
    'some are served, some refused') or diag(explain($count));
cmp_ok($count->{signed_up} || 0, '>=', 5, 'those in the queue are served');

my @all = map { $_->outcome } $t->all(
    map { $t->message('GET', "/shop1/balance?email=member$_%40example.com") }
    1 .. 4);
is(scalar(grep { /^(?:balance|not_a_member)$/ } @all), 4,
    'the queue is empty again');

# more programs than the pool takes tasks

$count = outcomes($t->all(map { my $n = $_; map { signup("shop$_", $n) }
                                            2 .. 4 } 1 .. 30));

is(join(' ', grep { !/^(?:database_unavailable|signed_up)$/ } keys %$count),
    '', 'a thread and a place for four programs');

is_result($t->post("/$_/signup", {email => 'late@example.com'}), 201,
    'signed_up', "$_ works afterwards") for @shops;

###############################################################################

$t->done;

###############################################################################
