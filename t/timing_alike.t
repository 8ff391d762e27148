#!/usr/bin/perl

# (C) ngx_loyalty contributors

# An order of somebody else and one that does not exist are answered alike.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%SHOP%%

    server {
        listen %%LISTEN_0%%;

        add_header X-Result $loyalty_result always;
        add_header X-Points $loyalty_points always;

        %%LOCATIONS%%
        %%STORE%%
    }
}
END

my $ada = 'ada@example.com';
my $eve = 'eve@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

# numbers of one length: the number itself is no secret to who asks

$store->order('eve-paid',   email => $eve);
$store->order('eve-open',   email => $eve, status => 'pending');
$store->order('eve-euro',   email => $eve, currency => 'EUR');
$store->order('eve-poor',   email => $eve, total => \'null');
$store->order('eve-mine',   email => $eve);
$store->order('no-email',   email => '');
$store->answers('is-410--', [reply(410, '')]);
$store->start;

$t->signup($_) for $ada, $eve;
$t->claim('eve-mine', $eve);

sub answer {
    my ($number) = @_;

    my $r = $t->claim($number, $ada);

    (my $text = $r->text) =~ s/^Date: .*?\r\n//m;
    $text =~ s/\Q$number\E/NUMBER/g;
    return ($r, $text);
}

###############################################################################

my ($r, $unknown) = answer('unknown-');

is_fault($r, 404, 'order_not_found', 'no such order');
unlike($unknown, qr/example|eve/, 'nothing about anybody');

for my $number (qw(eve-paid eve-open eve-euro eve-poor eve-mine no-email
                   is-410--))
{
    my (undef, $text) = answer($number);
    is($text, $unknown, "$number: the same bytes");
    is(scalar $store->calls($number), $number eq 'eve-mine' ? 2 : 1,
        "$number: one look-up, as for any other");
}

# with an idempotency key, too

my @answers = map { (my $text = $t->claim($_, $ada,
    headers => ['Idempotency-Key' => "key-$_"])->text) =~ s/^Date: .*?\r\n//m;
    $text =~ s/\Q$_\E/NUMBER/gr } qw(unknown- eve-paid);

is($answers[1], $answers[0], 'with a key: the same bytes');

###############################################################################

$t->done;

###############################################################################
