package Loyalty::Node;

# (C) ngx_loyalty contributors

# What the tests with PostgreSQL share: a server with an empty database, the
# nginx nodes of a shop on it, and its books.
#
#     my $pg = server();
#     my @nodes = map { node(shop_uri($pg)) } 1 .. 2;
#     ...
#     is(audit($nodes[0], books($pg)), '', 'the books are in order');

###############################################################################

use warnings;
use strict;

use FindBin;
use lib "$FindBin::Bin/../crash/lib";

use Exporter 'import';

use Loyalty::Crash;
use Loyalty::Database;
use Loyalty::PostgreSQL;
use Loyalty::Test;

our @EXPORT = qw(server shop_role shop_uri books node post);

use constant {ROLE => 'shop', DATABASE => 'loyalty'};

my @AS = (user => ROLE, database => DATABASE);

###############################################################################

# Options: those of Loyalty::PostgreSQL, and password (of the role).

sub server {
    my (%o) = @_;

    my $password = delete $o{password};

    return shop_role(Loyalty::PostgreSQL->new(%o),
                     defined $password ? (password => $password) : ());
}

# The role, the database, and what books() needs to check it.

sub shop_role {
    my ($pg, %o) = @_;

    $pg->create_role(ROLE, %o);
    $pg->create_database(DATABASE, ROLE);
    $pg->psql('CREATE EXTENSION amcheck', database => DATABASE);

    return $pg;
}

# By a server, a proxy, or a formation.

sub shop_uri {
    my ($by, %o) = @_;

    return $by->uri(@AS, %o);
}

sub books {
    my ($pg) = @_;

    return Loyalty::Database::PostgreSQL->new(
        server => $pg, options => [database => DATABASE]);
}

# An nginx with the shop and its store.  Order 7-1 is of m7@example.com, and
# any-1 is of whoever asks.  Options: params (more of "database"), rewards,
# workers, and those of Loyalty::Test.

sub node {
    my ($uri, %o) = @_;

    my $params = exists $o{params} ? delete $o{params} : 'timeout=1s';
    my $rewards = delete $o{rewards} || '';
    my $workers = delete $o{workers} || 2;
    my $t = shop(%o);

    $t->macro(DATABASE => "\"$uri\" $params")->macro(REWARDS => $rewards)
      ->macro(WORKERS => $workers);

    return $t->conf(<<'END')->run;
%%TEST_GLOBALS%%

worker_processes %%WORKERS%%;

events { worker_connections 1024; }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database  %%DATABASE%%;
        %%RULES%%
        %%REWARDS%%
    }

    server {
        listen %%LISTEN_0%% reuseport;
        keepalive_requests 1000000;

        %%LOCATIONS%%

        location = /_store/order {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/$loyalty_order;
            proxy_set_header X-Email $loyalty_email_json;
        }

        location = /plain { return 200 "plain"; }
    }

    server {
        listen %%LISTEN_1%%;

        %%STORE_OF_ALL%%

        location ~ ^/orders/(any-\S+)$ {
            default_type application/json;
            return 200 '{"number":"$1","status":"processing",
                         "currency":"USD","total":"10.00",
                         "billing":{"email":"$http_x_email"}}';
        }
    }
}
END
}

# The bytes of what a chatbot sends; a key makes it repeatable.

sub post {
    my ($t, $what, $params, $key, %o) = @_;

    return $t->message('POST', "/loyalty/$what", params => $params, %o,
        headers => defined $key ? ['Idempotency-Key' => $key] : []);
}

###############################################################################

1;

###############################################################################
