#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the size of the store's answers, whatever nginx's buffer allows.

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

# a program each, since the look-up location belongs to it

my %stores = (
    plain   => '',
    tiny    => 'subrequest_output_buffer_size 1;',
    small   => 'subrequest_output_buffer_size 1k; proxy_buffering off;',
    huge    => 'subrequest_output_buffer_size 8m;',
    buffers => 'proxy_buffer_size 1k; proxy_buffers 2 1k; '
               . 'proxy_busy_buffers_size 1k;',
    old     => 'proxy_http_version 1.0;',
);

$t->macro(PROGRAMS => join "\n", map { <<"END" } sort keys %stores);
    loyalty_program $_ {
        database      sqlite:%%TESTDIR%%/db/$_.db;
        currency      USD;
        earn          1 per 1.00;
        api_key       chatbot value:%%KEY%%;
        order_lookup  /_store/$_ number=/number email=/billing/email
                      total=/total paid=any;
    }
END

$t->macro(PROGRAM_LOCATIONS => join "\n", map { <<"END" } sort keys %stores);
        location = /$_/signup { loyalty_signup $_; }
        location = /$_/claim  { loyalty_claim $_; }
        location = /$_/narrow {
            loyalty_claim           $_;
            loyalty_store_max_size  1k;
        }
        location = /$_/wide {
            loyalty_claim           $_;
            loyalty_store_max_size  3m;
        }
        location = /_store/$_ {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/\$loyalty_order;
            proxy_set_header Connection "";
            $stores{$_}
        }
END

$t->conf(<<'END')->run;
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    %%PROGRAMS%%

    server {
        listen %%LISTEN_0%%;

        %%PROGRAM_LOCATIONS%%
    }
}
END

my $ada = 'ada@example.com';
my $store = Loyalty::Store->new($t, $t->port(1));

# an answer of so many bytes: with a length, in chunks, or to the end

sub sized {
    my ($number, $size) = @_;

    my $body = order_json($number, email => $ada, x => '');
    my $pad = 'x' x ($size - length $body);

    return order_json($number, email => $ada, x => $pad);
}

my %sizes = (small => 900, page => 4096, some => 5000, large => 100_000,
             limit => 262_144, over => 262_145, far => 3_000_000);

for my $name (keys %sizes) {
    $store->answers($name, [json_reply(sized($name, $sizes{$name}))]);
    $store->answers("$name.e", [raw("HTTP/1.1 200 OK\r\n\r\n"
        . sized("$name.e", $sizes{$name})), close_now()]);
    $store->answers("$name.c", [chunked_reply(sized("$name.c", $sizes{$name}),
                                              3000)]);
}

$store->start;

###############################################################################

for my $program (sort keys %stores) {
    $t->post("/$program/signup", {email => $ada});

    my %got;

    for my $name (sort keys %sizes) {
        $got{"$name$_"} = $t->post("/$program/claim",
            {order => "$name$_", email => $ada})->outcome for '', '.c', '.e';
    }

    my %want = map {
        my $outcome = /over|far/ ? 'store_bad_answer' : 'claimed';
        map { $_ => $outcome } $_, "$_.c", "$_.e";
    } keys %sizes;

    is_deeply(\%got, \%want, "$program: what fits is read, the rest is a 502")
        or diag(explain(\%got));

    # a limit of its own

    is_fault($t->post("/$program/narrow", {order => 'over', email => $ada}),
        502, 'store_bad_answer', "$program: a smaller limit");
    is_result($t->post("/$program/wide", {order => $_, email => $ada}),
        200, 'claimed', "$program: a larger limit, $_") for qw(far far.c);
    is_result($t->post("/$program/claim", {order => 'small', email => $ada}),
        200, 'already_claimed', "$program: and goes on");
}

# the connection of the client survives a store's answer that is too large

my $c = $t->connection;

for my $name (qw(over over.c over.e)) {
    $c->send($t->message('POST', '/plain/claim', keep => 1,
                         params => {order => $name, email => $ada}));
    is_fault($c->response, 502, 'store_bad_answer', "$name, on keep-alive");
}

###############################################################################

$t->done;

###############################################################################
