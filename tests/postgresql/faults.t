#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A PostgreSQL server that cannot be used, for all the reasons there are: the
# callers get 503 and come again, what was answered is true, nothing is half
# done or done twice, nginx serves others meanwhile, and nobody has to reload
# it afterwards.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/../../t/lib", "$FindBin::Bin/lib",
        "$FindBin::Bin/../crash/lib";

use File::Temp qw(tempdir);
use Time::HiRes qw(sleep time);

use Loyalty::Crash;
use Loyalty::Database;
use Loyalty::Load;
use Loyalty::Node;
use Loyalty::PostgreSQL;
use Loyalty::PostgreSQL::Proxy;
use Loyalty::Test;

use constant ADA => 'm1@example.com';

# Seconds that a request waits for the server ("timeout=1s"), and in which
# nginx must serve what has no need of it: less than those who have to wait.

use constant {TIMEOUT => 1, AT_ONCE => 0.8};

# Seconds in which a crowd knows that a server hangs: who finds no lane free
# waits for those before him as well.

use constant CROWD => 15;

plan(skip_all => Loyalty::Database->server_lacking)
    if Loyalty::Database->server_lacking;

###############################################################################

subtest 'a server that is restarted' => \&restarted;
subtest 'a connection that is cut amid a statement' => \&cut_statements;
subtest 'a commit that does not get there' => \&commit_before;
subtest 'a commit whose answer is lost' => \&commit_after;
subtest 'a commit that gets there late' => \&commit_late;
subtest 'a commit, and nobody to ask about it' => \&commit_unknown;
subtest 'a server that hangs' => \&hung;
subtest 'a server that hangs, and takes no one else' => \&hung_and_gone;
subtest 'a wrong password' => \&password;
subtest 'missing rights' => \&rights;
subtest 'a server that can only be read' => \&read_only;
subtest 'a full disk' => \&full_disk;
subtest 'a slow network' => \&slow;

done_testing();

###############################################################################

sub restarted {
    my $pg = server();
    my $t = node(shop_uri($pg));
    my @workers = $t->workers;
    my $load = Loyalty::Load->start($t);
    my @times;

    for my $how ('fast', 'immediate', 'kill -9') {
        $load->await(200);
        push @times, time();

        if ($how eq 'kill -9') {
            $pg->kill9;

        } else {
            $pg->stop($how);
        }

        # those who wait have learnt it, and others are served

        serves_others($t, $how, 0.3);
        is_fault($t->balance(ADA), 503, 'database_unavailable',
            "$how: reads fail");
        $pg->start;
    }

    $load->await(200);
    push @times, time();

    my $done = $load->stop;

    is($done->wrong, '', 'nobody saw more than 503 with Retry-After');
    cmp_ok($done->refused, '>', 0, 'some saw that');
    is($done->differs(books($pg)), '', 'what was answered is in the books');

    diag(sprintf 'restart %s: %.2f s without service', ('fast', 'immediate',
         'by kill -9')[$_], $done->outage(@times[$_, $_ + 1])) for 0 .. 2;

    is(join(' ', $t->workers), "@workers", 'the same workers');
    over($t, $pg, qr/cannot be used: /);
}

###############################################################################

# Each statement of each request, one after the other, until none is left.

sub cut_statements {
    my ($pg, $proxy, $t) = behind_proxy();
    my %cuts;

    for my $what ('signup', 'claim', 'redeem') {
        for my $when ('before', 'after') {
            for my $reset (0, 1) {
                my $nth = 0;

                do { } while cut_statement($t, $pg, $proxy, $what, $when,
                                           ++$nth, $reset);

                $cuts{$what} += $nth - 1;
            }
        }
    }

    cmp_ok($cuts{$_}, '>=', 12, "$_: cut at $cuts{$_} places")
        for sort keys %cuts;

    over($t, $pg, qr/cannot be used: /);
}

# False if there was no such statement.

my $asked = 0;

sub cut_statement {
    my ($t, $pg, $proxy, $what, $when, $nth, $reset) = @_;

    my $n = ++$asked;
    my @request = request($what, $n);
    my $name = "$what: $when statement $nth" . ($reset ? ' by a reset' : '');

    # a statement is prepared before its first use: then that is cut

    $proxy->cut_when(qr/^[BP].{4}(?:[^\0]*\0)?loyalty_\d+\0/s, $when,
                     nth => $nth, reset => $reset);

    my $r = $t->post(@request);

    if ($r->status < 300) {
        $proxy->cut_when(qr/^never$/, 'before');
        return 0;
    }

    $proxy->await_cut;

    is_fault($r, 503, 'database_unavailable', "$name: 503");
    is(recorded($pg, $what, $n), 0, "$name: nothing is recorded");
    is_result($t->post(@request), proper($what), "$name: works when repeated");
    is(recorded($pg, $what, $n), 1, "$name: and is recorded once");

    return 1;
}

# What a request asks for, what it gets if it is the first, and how often the
# books have it.

sub request {
    my ($what, $n, @more) = @_;

    my %params = (
        signup => {email => "guest$n\@example.com"},
        claim => {email => ADA, order => "1-$n"},
        redeem => {email => ADA, reward => 'sticker'},
    );

    return ("/loyalty/$what", $params{$what},
            headers => ['Idempotency-Key' => "key-$n"], @more);
}

sub proper {
    my ($what) = @_;

    return @{{signup => [201, 'signed_up'], claim => [200, 'claimed'],
              redeem => [200, 'redeemed']}->{$what}};
}

my $redemptions = 0;

sub recorded {
    my ($pg, $what, $n) = @_;

    my $books = books($pg);

    return $books->value("SELECT count(*) FROM member
                          WHERE email = 'guest$n\@example.com'")
        if $what eq 'signup';

    return $books->value("SELECT count(*) FROM claim WHERE number = '1-$n'")
        if $what eq 'claim';

    return $books->value("SELECT count(*) FROM answer WHERE key = 'key-$n'");
}

###############################################################################

sub commit_before {
    my ($pg, $proxy, $t) = behind_proxy();

    for my $what ('signup', 'claim', 'redeem') {
        my $n = ++$asked;

        $proxy->cut_when(simple_query('COMMIT'), 'before');

        is_fault($t->post(request($what, $n)), 503, 'database_unavailable',
            "$what: 503");
        $proxy->await_cut;
        is(recorded($pg, $what, $n), 0, "$what: nothing is recorded");

        is_result($t->post(request($what, $n)), proper($what),
            "$what: works when repeated");
        is(recorded($pg, $what, $n), 1, "$what: once");
    }

    over($t, $pg, qr/cannot be used: the connection was lost before a commit/);
}

sub commit_after {
    my ($pg, $proxy, $t) = behind_proxy();

    for my $reset (0, 1) {
        for my $what ('signup', 'claim', 'redeem') {
            my $n = ++$asked;

            $proxy->cut_when(simple_query('COMMIT'), 'after', reset => $reset);

            my $r = $t->post(request($what, $n));

            is_result($r, proper($what), "$what: the true result");
            $proxy->await_cut;
            is(recorded($pg, $what, $n), 1, "$what: is recorded");
            has_coupon($pg, $r) if $what eq 'redeem';

            is($t->post(request($what, $n))->body, $r->body,
                "$what: and again when repeated");
            is(recorded($pg, $what, $n), 1, "$what: once");
        }
    }

    # many requests in many transactions, of which some are cut

    $proxy->cut_when(simple_query('COMMIT'), 'after', nth => 2, times => 3);

    my @r = $t->all(map { $t->message('POST', '/loyalty/claim', params => {
        email => "m$_\@example.com", order => "$_-many"}) } 1 .. 24);

    $proxy->await_cut;
    is(scalar(grep { $_->outcome eq 'claimed' } @r), 24,
        'many: all know the truth');
    is(books($pg)->value('SELECT count(*) FROM claim
                          WHERE number LIKE \'%-many\''), 24,
        'many: and all is recorded');

    over($t, $pg);
}

sub has_coupon {
    my ($pg, $r) = @_;

    like($r->field('coupon'), qr/^\S+$/, 'there is a coupon');
    is(books($pg)->value("SELECT count(*) FROM redemption WHERE coupon = '"
                         . $r->field('coupon') . "'"), 1, 'which exists');
}

# The connection is gone, the transaction is not: nobody can tell yet.

sub commit_late {
    my ($pg, $proxy, $t) = behind_proxy();

    for my $what ('signup', 'claim', 'redeem') {

        # it gets there while we ask for it

        my $n = ++$asked;

        $proxy->cut_when(simple_query('COMMIT'), 'late');

        my $c = $t->connection;
        $c->send($t->message('POST', (request($what, $n))[0],
                             params => (request($what, $n))[1],
                             headers => ['Idempotency-Key' => "key-$n"]));
        $proxy->await_cut;
        sleep 0.2;
        $proxy->deliver;

        my $r = $c->response;
        is_result($r, proper($what), "$what, in time: the true result");
        has_coupon($pg, $r) if $what eq 'redeem';
        is($t->post(request($what, $n))->body, $r->body,
            "$what, in time: and again when repeated");
        is(recorded($pg, $what, $n), 1, "$what, in time: once");

        # it gets there when the client knows that nobody knows

        $n = ++$asked;
        $proxy->cut_when(simple_query('COMMIT'), 'late');
        is_fault($t->post(request($what, $n)), 503, 'database_unavailable',
            "$what, too late: 503");
        $proxy->await_cut;
        is(recorded($pg, $what, $n), 0, "$what, too late: not recorded yet");
        $proxy->deliver;
        is(recorded($pg, $what, $n), 1, "$what, too late: recorded now");

        is_result($t->post(request($what, $n)), proper($what),
            "$what, too late: the first answer when repeated");
        is(recorded($pg, $what, $n), 1, "$what, too late: once");

        # and while the same request is being repeated

        $n = ++$asked;
        $proxy->cut_when(simple_query('COMMIT'), 'late');
        is_fault($t->post(request($what, $n)), 503, 'database_unavailable',
            "$what, repeated too early: 503");
        $proxy->await_cut;

        my @c = map { $t->connection } 1 .. 4;

        $_->send($t->message('POST', (request($what, $n))[0],
                             params => (request($what, $n))[1],
                             headers => ['Idempotency-Key' => "key-$n"]))
            for @c;

        sleep 0.2;
        $proxy->deliver;

        my @r = map { $_->response } @c;
        my %known = map { $_->body => 1 } grep { $_->status < 300 } @r;

        is(scalar(grep { $_->status >= 300 && $_->status != 503 } @r), 0,
            "$what, repeated too early: 503 at most");
        $known{$t->post(request($what, $n))->body} = 1;
        is(scalar keys %known, 1, "$what, repeated too early: one answer");
        is(recorded($pg, $what, $n), 1, "$what, repeated too early: once");

        # never: the server gives up a client that says nothing

        $n = ++$asked;
        $proxy->cut_when(simple_query('COMMIT'), 'late');
        is_fault($t->post(request($what, $n)), 503, 'database_unavailable',
            "$what, never: 503");
        $proxy->await_cut;

        $t->wait_until('the server gives up the transaction', sub {
            is_proper($t->post(request($what, $n)), $what);
        });
        is(recorded($pg, $what, $n), 1, "$what, never: done when repeated");
        $proxy->deliver;
        is(recorded($pg, $what, $n), 1, "$what, never: once");
    }

    over($t, $pg, qr/cannot be used: /);
}

sub is_proper {
    my ($r, $what) = @_;

    my ($status, $result) = proper($what);

    return $r->status == $status && $r->outcome eq $result;
}

# The commit has happened, but there is no way to the server any more.

sub commit_unknown {
    my ($pg, $proxy, $t) = behind_proxy();

    for my $what ('signup', 'claim', 'redeem') {
        my $n = ++$asked;

        connected($t, $what);

        $proxy->refuse;
        $proxy->cut_when(simple_query('COMMIT'), 'after');

        my $began = time();

        is_fault($t->post(request($what, $n)), 503, 'database_unavailable',
            "$what: 503");
        cmp_ok(time() - $began, '<', 2 * TIMEOUT + 1, "$what: in time");

        $proxy->await_cut;
        $proxy->admit;
        is(recorded($pg, $what, $n), 1, "$what: it was recorded");

        # who has no key hears of it, too

        if ($what eq 'claim') {
            my (undef, $params) = request($what, $n);

            is_result($t->post('/loyalty/claim', $params), 200,
                'already_claimed', 'repeated without the key: claimed before');
        }

        is_result($t->post(request($what, $n)), proper($what),
            "$what: the first answer when repeated");
        is(recorded($pg, $what, $n), 1, "$what: once");
    }

    # what nginx looks for by itself, every minute, finds nobody either

    like($t->read_file('error.log'), qr/cannot be used: .*what became of/,
        'the log says that it cannot be found out');
    over($t, $pg,
         qr/cannot be used: .*(?:what became of|: Connection refused$)/);
}

###############################################################################

sub hung {
    my ($pg, $proxy, $t) = behind_proxy();

    for my $ways (['to_server', 'nothing gets there'],
                  ['to_client', 'nothing comes back'],
                  [undef, 'nothing passes'])
    {
        my ($way, $name) = @$ways;

        connected($t, $name);

        $proxy->hold($way ? $way : ());

        my $began = time();

        is_fault($t->balance(ADA), 503, 'database_unavailable',
            "$name: 503");
        cmp_ok(time() - $began, '>=', TIMEOUT - 0.1, "$name: after a while");
        cmp_ok(time() - $began, '<', TIMEOUT + AT_ONCE,
            "$name: which is the timeout");

        # more than there are connections, and some of them to be made: libpq
        # waits for that in whole seconds, two at least

        $began = time();
        my @first = map { $asked + $_ } 1 .. 24;
        my $job = $t->in_background(sub {
            my @r = $t->all(
                (map { $t->message('POST', '/loyalty/claim', params => {
                    order => "1-$_", email => ADA}) } @first),
                (map { $t->message('POST', '/loyalty/balance',
                                   params => {email => ADA}) } 1 .. 8));

            return {time => time() - $began,
                    answers => [map { $_->status . ' ' . $_->outcome
                                      . ($_->header('Retry-After')
                                         ? '' : ' ?') } @r]};
        });

        $asked += @first;

        serves_others($t, $name, TIMEOUT);

        my $result = $job->result;

        is_deeply([grep { $_ ne '503 database_unavailable' }
                   @{$result->{answers}}], [], "$name: all get 503");

        cmp_ok($result->{time}, '<', CROWD,
            sprintf '%s: within %.1f s', $name, $result->{time});

        $proxy->release;

        $t->wait_until('claims', sub {
            is_proper($t->post(request('claim', $first[0])), 'claim')
        });

        # what was on its way may have happened: then it was claimed before

        is(join(' ', grep { !/^(?:already_)?claimed$/ } map {
               $_->outcome } $t->all(map { $t->message('POST',
                   '/loyalty/claim', params => {order => "1-$_",
                                                email => ADA}) } @first)),
           '', "$name: all works afterwards");
    }

    over($t, $pg, qr/cannot be used: /);
}

###############################################################################

# Who comes when one connection hangs and another could not be made does not
# wait for the one that hangs.

sub hung_and_gone {
    my ($pg, $proxy, $t) = behind_proxy(params => 'timeout=6s connections=4');

    connected($t, 'before');

    $proxy->refuse;
    $proxy->hold;

    my @jobs = map { $t->in_background(sub { $t->balance(ADA)->status }) }
                   1, 2;

    $t->wait_until('one of the two is refused', sub {
        $t->read_file('error.log') =~ /cannot be used: /
    });

    my $began = time();

    is_fault($t->balance(ADA), 503, 'database_unavailable', 'the next one');
    cmp_ok(time() - $began, '<', 2 + AT_ONCE, 'need not wait for who hangs');
    is($_->result, 503, 'those before') for @jobs;

    $proxy->release;
    $proxy->admit;
    $t->wait_until('balance', sub { $t->balance(ADA)->status == 200 });

    over($t, $pg, qr/cannot be used: /);
}

###############################################################################

sub password {
    my ($right, $wrong) = ('right-of-the-shop', 'wrong-of-the-shop');
    my $pg = server(tcp => 1, auth => 'scram-sha-256', password => $right);

    for my $tcp (0, 1) {
        my $name = $tcp ? 'tcp' : 'socket';
        my $passfile = "passwords-$name";

        passfile($pg, $passfile, $wrong);

        my $t = node(shop_uri($pg, tcp => $tcp,
                              passfile => $pg->path($passfile)));

        $t->secret($_) for $right, $wrong;

        refused($t, "$name: wrong password",
                qr/password authentication failed for user "shop"/);

        passfile($pg, $passfile, $right);
        recovered($t, "$name: right password");

        over($t, $pg, qr/password authentication failed/);
    }

    # no password where one is wanted

    my $t = node(shop_uri($pg, passfile => $pg->path('nowhere')));

    refused($t, 'no password', qr/no password supplied/);
    passfile($pg, 'nowhere', $right);
    recovered($t, 'a password');

    # a role that has been shut out

    $pg->psql('ALTER ROLE shop NOLOGIN; SELECT pg_terminate_backend(pid, 10000)
               FROM pg_stat_activity WHERE usename = \'shop\'');
    refused($t, 'not permitted', qr/role "shop" is not permitted to log in/);
    $pg->psql('ALTER ROLE shop LOGIN');
    recovered($t, 'permitted');

    # a database that is not there

    my $lost = node(shop_uri($pg, passfile => $pg->path('nowhere'),
                             database => 'elsewhere'));

    refused($lost, 'no database', qr/database "elsewhere" does not exist/);
    $pg->create_database('elsewhere', 'shop');
    recovered($lost, 'a database');
    $lost->stop;

    over($t, $pg, qr/cannot be used: /);
}

# As libpq wants it: nobody but the workers' user may read it.

sub passfile {
    my ($pg, $name, $password) = @_;

    $pg->give_to_postgresql($pg->write_file($name, "*:*:*:shop:$password\n",
                                            0600));
}

sub rights {
    my $pg = Loyalty::PostgreSQL->new;

    # since version 15 only the owner of a database makes tables in it

    $pg->create_role('shop');
    $pg->create_database('loyalty');
    $pg->psql('REVOKE CREATE ON SCHEMA public FROM PUBLIC;
               CREATE EXTENSION amcheck', database => 'loyalty');

    my $t = node(shop_uri($pg));

    refused($t, 'no tables', qr/permission denied for schema public/);
    $pg->psql('GRANT CREATE ON SCHEMA public TO shop',
              database => 'loyalty');
    recovered($t, 'tables');

    # what a careless GRANT or REVOKE does later

    for my $right (['INSERT', 'ledger'], ['UPDATE', 'member'],
                   ['UPDATE', 'writer'])
    {
        my ($privilege, $table) = @$right;

        $pg->psql("ALTER TABLE $table OWNER TO postgres;
                   GRANT ALL ON $table TO shop;
                   REVOKE $privilege ON $table FROM shop",
                  database => 'loyalty');

        refused($t, "no $privilege on $table",
                qr/permission denied for table $table/, reads => 1);

        $pg->psql("GRANT $privilege ON $table TO shop",
                  database => 'loyalty');
        recovered($t, "$privilege on $table");
    }

    over($t, $pg, qr/permission denied/);
}

sub read_only {
    my $pg = server();
    my $t = node(shop_uri($pg));

    recovered($t, 'all is well');

    $pg->reload(default_transaction_read_only => 'on');
    refused($t, 'read-only', qr/read-only/, reads => 1);

    $pg->reload(default_transaction_read_only => 'off');
    recovered($t, 'no longer read-only');

    over($t, $pg, qr/read-only/);
}

###############################################################################

sub full_disk {
    plan(skip_all => 'only root can mount a small disk') if $> != 0;

    my $dir = tempdir('loyalty-disk-XXXXXX', TMPDIR => 1);

    chmod 0755, $dir;

    system('mount', '-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', $dir) == 0
        or plan(skip_all => 'a small disk cannot be mounted here');

    my $disk = finally(sub {
        system('umount', '-l', $dir);
        rmdir $dir;
    });

    {
        my $pg = server(under => $dir);
        my $t = node(shop_uri($pg));

        recovered($t, 'all is well');

        # some more claims until no table has a page left

        my $load = Loyalty::Load->start($t, clients => 4);
        my $filler = "$dir/filler";

        $load->await(50);
        fill($filler);

        $t->wait_until('the log of the server says so', sub {
            $pg->log =~ /No space left on device/;
        });

        serves_others($t, 'full', 0.3);
        is_fault($t->post(request('signup', ++$asked)), 503,
            'database_unavailable', 'full: 503');

        unlink $filler;

        # the server gives up if its own log finds no room

        $t->wait_until('the server works', sub {
            $pg->start if !$pg->pid;
            eval { $pg->psql('SELECT 1'); 1 };
        });

        $load->await(50);
        my $done = $load->stop;

        is($done->wrong, '', 'nobody saw more than 503 with Retry-After');
        cmp_ok($done->refused, '>', 0, 'some saw that');
        is($done->differs(books($pg)), '',
            'what was answered is in the books');

        recovered($t, 'space again');
        over($t, $pg, qr/cannot be used: /);
    }

    undo($disk);
}

sub fill {
    my ($path) = @_;

    open my $file, '>', $path or die "$path: $!\n";

    my $some = 'x' x 65536;
    1 while syswrite $file, $some;

    $some = 'x' x 512;
    1 while syswrite $file, $some;

    close $file;
}

###############################################################################

sub slow {
    my ($pg, $proxy, $t) = behind_proxy(params => 'timeout=2s');
    my @rates;

    for my $ms (undef, 0, 1, 20) {
        my $name = defined $ms ? "$ms ms" : 'no proxy';
        my $node = defined $ms ? $t
                   : node(shop_uri($pg), params => 'timeout=2s');

        $proxy->delay($ms) if $ms;

        my $load = Loyalty::Load->start($node, clients => 64, seconds => 3);
        my $done = $load->result;

        is($done->wrong, '', "$name: nothing went wrong");
        is($done->refused, 0, "$name: nobody was told to come again");
        is($done->differs(books($pg)), '',
            "$name: what was answered is in the books");
        cmp_ok($done->claimed, '>', 64, "$name: all were served");

        diag(sprintf '%s: 64 clients: %.0f claims/s, %.0f ms (median), '
                     . '%.0f ms (99 %%)', $name, $done->rate,
                     map { $done->percentile($_) } 50, 99);

        $node->stop if !defined $ms;
    }

    $proxy->delay(0);
    over($t, $pg);
}

###############################################################################

# A node behind a proxy, with some members, and enough points for all that
# follows.

sub behind_proxy {
    my (%o) = @_;

    my $pg = server();
    my $proxy = Loyalty::PostgreSQL::Proxy->new($pg);
    my $t = node(shop_uri($proxy), workers => 1, %o);

    $t->signup("m$_\@example.com") for 1 .. 24;
    $t->claim("1-rich$_", ADA) for 1 .. 60;

    return ($pg, $proxy, $t);
}

# There are connections for whoever comes next.  What has failed is left alone
# for the rest of the second; then the first connections are taken again.

sub connected {
    my ($t, $name) = @_;

    my $next = int(time()) + 1.1;

    sleep $next - time();

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_result($t->post(request('claim', ++$asked)), proper('claim'),
        "$name: there are connections");
}

# Others do not notice.

sub serves_others {
    my ($t, $name, $seconds) = @_;

    my $until = time() + $seconds;
    my ($longest, $n) = (0, 0);

    while (time() < $until) {
        my $began = time();

        die "a plain page failed\n" if $t->get('/plain')->body ne 'plain';

        my $took = time() - $began;
        $longest = $took if $took > $longest;
        $n++;
        sleep 0.01;
    }

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    cmp_ok($longest, '<', AT_ONCE, sprintf
           '%s: %d plain pages meanwhile, in %.0f ms at most', $name, $n,
           1000 * $longest);
}

# Writing gets 503, the log says why in one readable line, others are served.

sub refused {
    my ($t, $name, $why, %o) = @_;

    my $mark = length $t->read_file('error.log');
    my $n = ++$asked;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my @r = map { $t->signup("guest$n-$_\@example.com") } 1 .. 3;

    is_fault($_, 503, 'database_unavailable', "$name: 503") for @r;
    like($r[0]->header('Retry-After'), qr/^\d+$/, "$name: Retry-After");

    is_fault($t->balance(ADA), 503, 'database_unavailable',
        "$name: reads fail, too") if !$o{reads};

    is($t->get('/plain')->body, 'plain', "$name: others are served");

    my @said = grep { /\[(?:warn|error|crit|alert|emerg)\]/ }
               split /\n/, substr $t->read_file('error.log'), $mark;

    is(scalar(grep { !/cannot be used: .*$why/ } @said), 0,
        "$name: the log says why, and nothing else") or diag("@said");
}

# The same works now, without anybody telling nginx.

sub recovered {
    my ($t, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $n = ++$asked;

    is_result($t->signup("guest$n\@example.com"), 201, 'signed_up',
        "$name: works");
}

# The books, and the log of a node that goes.

sub over {
    my ($t, $pg, $allowed) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is(audit($t, books($pg)), '', 'the books are in order');

    $_->kill for @{$t->{jobs}};
    $t->stop;

    my @said = grep { /\[(?:error|crit|alert|emerg)\]/
                      && (!$allowed || $_ !~ $allowed) }
               split /\n/, $t->read_file('error.log');

    is(join("\n", @said), '', 'the log has nothing else');
    is(join("\n", @{$t->{trouble} || []}), '', 'nginx left by itself');
    is($t->reports, '', 'no sanitizer reports');
    is($t->leaks, '', 'no e-mail and no password in the logs');

    $t->cleanup;
}

###############################################################################
