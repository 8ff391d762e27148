package Loyalty::Bench;

# (C) ngx_loyalty contributors

# What the benchmark and the profiler have in common: databases full of
# members, nginx with one worker on core 0, wrk and the store on core 1.
#
#     my $bench = Loyalty::Bench->new(members => 1000000);
#     my $nginx = $bench->nginx;
#     my $result = $bench->load($nginx, 'claim', seconds => 10);
#
# A result has requests, rate (a second), cpu (microseconds of the worker a
# request), p50 and p99 (microseconds), errors, rss (bytes of anonymous
# memory of the worker), and others (percent of both processors that went to
# processes which are not ours).

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use Digest::MD5;
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

use constant {
    KEY => 'c2VjcmV0-key-of-the-benchmark',
    CONNECTIONS => 64,
    GROUP => 50,
    WORKER_CORE => 0,
    LOAD_CORE => 1,
    FIRST_ORDER => 1000000000,
    ORDERS_A_RUN => 5000000,
    FIRST_MEMBER => 10000000,

    # a program with all kinds of rules, and what the look-up tells them

    DETAILS => 'tax=/tax shipping=/shipping refunds=/refunds refund=/total
                items=/items item_sku=/sku item_quantity=/quantity',

    RULES => 'earn         1 per 1.00 minus=tax,shipping,refunds;
        earn         5 per item sku=COFFEE-1,COFFEE-2;
        promotion    winter multiplier=1.5 min=10.00;
        promotion    welcome bonus=25 first_order;
        action       review 10 limit=1/1d;
        referral     100 friend=50;
        pending      14d;
        points_expire 365d;
        tier         silver 500 multiplier=1.25;
        tier         gold 2000 multiplier=1.5;
        tier_window  year grace=30d;
        membership   plus sku=PLUS-1 lasts=365d multiplier=2 discount=10;
        badge        regular "Regular" orders=10/90d;
        badge        weekly "Every week" streak=4/7d;',
};

my $CHECKOUT = abs_path(dirname(abs_path(__FILE__)) . '/../../../..');
my $BENCH = "$CHECKOUT/tests/bench";
my $MODULE = "$CHECKOUT/ngx_loyalty_module";

my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());

###############################################################################

# Whatever was started ends with us.

my %children;
my $owner = $$;

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);

END {
    my $status = $?;

    if ($$ == $owner) {
        end_child($_) for keys %children;
    }

    $? = $status;
}

sub new {
    my ($class, %o) = @_;

    my $build = abs_path($ENV{BUILD} || "$CHECKOUT/build")
        or die "there is no build folder: run \"make build lib\"\n";

    my $self = bless {
        %o, build => $build, dir => "$build/bench", orders => 0
    }, $class;

    $self->lock;

    make_path($self->{dir});

    $self->{work} = tempdir('run-XXXXXX', DIR => $self->{dir}, CLEANUP => 1);
    $self->{stride} = stride($self->{members});

    $self->check_machine;
    $self->compile;
    $self->preload($_) for $self->{members}, $self->{few} || ();

    return $self;
}

sub build { $_[0]{build} }
sub work  { $_[0]{work} }

# Two at a time would measure each other.

sub lock {
    my ($self) = @_;

    open($self->{lock}, '<', __FILE__) or die __FILE__ . ": $!\n";

    flock($self->{lock}, LOCK_EX | LOCK_NB)
        or die "another benchmark is running: wait until it has ended\n";
}

sub check_machine {
    my ($self) = @_;

    foreach my $program (qw(wrk taskset sqlite3)) {
        die "the benchmark needs \"$program\": apt-get install "
            . ($program eq 'taskset' ? 'util-linux' : $program) . "\n"
            unless grep { -x "$_/$program" } split /:/, $ENV{PATH};
    }

    die "the benchmark needs two processors\n"
        unless -d '/sys/devices/system/cpu/cpu1';

    for ("$self->{build}/nginx",
         "$self->{build}/ngx_http_loyalty_module.so",
         "$self->{build}/libloyalty.a")
    {
        die "$_ is missing: run \"make build lib\"\n" unless -e;
    }
}

sub compile {
    my ($self) = @_;

    $self->compile_program($_) for qw(members claim_loop);

    command(compiler(), qw(-fPIC -shared -o), "$self->{work}/slow_fsync.so",
            "$BENCH/slow_fsync.c", '-ldl');
}

sub compile_program {
    my ($self, $name) = @_;

    my @include = map { "-I$MODULE/$_" } qw(program db engine answer);

    command(compiler(), @include, '-o', "$self->{work}/$name",
            "$BENCH/$name.c", "$self->{build}/libloyalty.a",
            qw(-lsqlite3 -ljansson -lcrypto -lpthread),
            $self->knows_postgresql ? '-lpq' : ());
}

sub compiler {
    return ($ENV{CC} || 'gcc', qw(-O2 -g -Wall));
}

sub knows_postgresql {
    my ($self) = @_;

    return `ar t $self->{build}/libloyalty.a` =~ /postgresql/;
}

###############################################################################

# Databases.  One with many members takes a while to make and is kept; what
# is measured are copies.

sub preload {
    my ($self, $n) = @_;

    my $path = $self->members($n);

    return if -e $path;

    print STDERR "Making a database with $n members...\n";

    unlink glob "$self->{dir}/members-$n-*";
    command("$self->{work}/members", "sqlite:$self->{work}/new.db", $n);
    rename "$self->{work}/new.db", $path or die "$path: $!\n";
}

# Another schema, page size or way to sign up makes another database.

sub members {
    my ($self, $n) = @_;

    my $digest = Digest::MD5->new;

    foreach my $name ("$BENCH/members.c",
                      glob "$MODULE/{db,engine}/*.[ch]")
    {
        open(my $file, '<', $name) or die "$name: $!\n";
        $digest->addfile($file);
    }

    return "$self->{dir}/members-$n-" . substr($digest->hexdigest, 0, 8)
           . '.db';
}

sub copy {
    my ($self, $n) = @_;

    my $path = "$self->{work}/" . ++$self->{copies} . '.db';

    command('cp', $self->members($n), $path);

    # or it would be written out while we measure

    command('sync', $path);

    return $path;
}

# Some machines take idle pages away, and reading them again is no part of what
# is measured.

sub warm {
    my ($self, $path) = @_;

    foreach my $name ($path, "$path-wal") {
        open(my $file, '<', $name) or next;
        1 while sysread $file, my $block, 1024 * 1024;
    }
}

sub drop {
    my ($self, $path) = @_;

    unlink $path, "$path-wal", "$path-shm";
}

# What the tables hold, and whether they agree.

sub audit {
    my ($self, $database) = @_;

    my @n = $self->query($database,
                "SELECT (SELECT count(*) FROM claim),"
                . " (SELECT count(*) FROM ledger WHERE kind = 'claim'),"
                . " (SELECT sum(points) FROM member),"
                . " (SELECT sum(points) FROM ledger),"
                . " (SELECT sum(remaining) FROM lot)");

    return { claims => $n[0],
             agree => $n[0] == $n[1] && $n[2] == $n[3] && $n[2] == $n[4] };
}

# The columns of the first row.

sub query {
    my ($self, $path, $sql) = @_;

    open(my $out, '-|', 'sqlite3', $path, $sql) or die "sqlite3: $!\n";
    my @columns = split /\|/, <$out> || '';
    close $out or die "sqlite3 cannot read $path\n";
    chomp @columns;

    return @columns;
}

# What "database" says in nginx's configuration.

sub database_of {
    my ($self, $nginx) = @_;

    return "sqlite:$nginx->{database}";
}

# For the report.

sub describe {
    return 'SQLite ' . (`sqlite3 --version` =~ /^(\S+)/)[0];
}

###############################################################################

# nginx: one worker, and a second one with the store, on the other core.

# Options: database (a copy of the members otherwise), fsync (microseconds
# that each takes longer), connections (to PostgreSQL).

sub nginx {
    my ($self, %o) = @_;

    my $nginx = {
        port => free_port(), dir => "$self->{work}/nginx-"
                                    . ++$self->{instances},
        database => $o{database} || $self->copy($self->{members}),
        members => $o{members} || $self->{members},
        connections => $o{connections}, rules => $o{rules},
        orders => $o{orders} || 'orders',
        stride => stride($o{members} || $self->{members}),
    };

    $self->store unless $self->{store};

    make_path("$nginx->{dir}/logs", "$nginx->{dir}/temp");

    # first without an answer to return: the module has to tell it

    $self->start_worker($nginx, '', %o);
    my $answer = (split /\r\n\r\n/, $self->first_balance($nginx), 2)[1];
    $self->stop($nginx);

    $self->start_worker($nginx, $answer, %o);
    $self->check_answers($nginx);

    return $nginx;
}

sub start_worker {
    my ($self, $nginx, $answer, %o) = @_;

    my %env = $o{fsync} ? (LD_PRELOAD => "$self->{work}/slow_fsync.so",
                           LOYALTY_FSYNC_US => $o{fsync})
                        : ();

    write_file("$nginx->{dir}/nginx.conf", $self->conf($nginx, $answer));

    $nginx->{pid} = $self->start_nginx($nginx, %env);
    $nginx->{worker} = worker($nginx->{pid});
}

sub store {
    my ($self) = @_;

    my $store = { port => free_port(), dir => "$self->{work}/store" };

    make_path("$store->{dir}/logs", "$store->{dir}/temp");
    write_file("$store->{dir}/nginx.conf", $self->store_conf($store));

    $store->{pid} = $self->start_nginx($store);
    $store->{worker} = worker($store->{pid});
    $self->{store} = $store;
}

sub start_nginx {
    my ($self, $nginx, %env) = @_;

    local @ENV{keys %env} = values %env;

    my $pid = start_child("$self->{build}/nginx", '-p', "$nginx->{dir}/",
                          '-c', 'nginx.conf', '-e', 'logs/error.log');

    for (1 .. 500) {
        return $pid if IO::Socket::INET->new("127.0.0.1:$nginx->{port}");
        last if waitpid($pid, WNOHANG) == $pid;
        sleep 0.01;
    }

    die "nginx does not start, see its log:\n"
        . read_file("$nginx->{dir}/logs/error.log");
}

sub stop {
    my ($self, $nginx) = @_;

    end_child($nginx->{pid}, 'QUIT');
    $self->{failed} = 1 if complain("$nginx->{dir}/logs/error.log");
}

sub worker {
    my ($master) = @_;

    for (1 .. 500) {
        my @pids = split ' ', read_file("/proc/$master/task/$master/children");
        return $pids[0] if @pids == 1;
        sleep 0.01;
    }

    die "nginx has no worker\n";
}

sub common_conf {
    my ($core) = @_;

    my $user = $> == 0 ? "user root;\n" : '';
    my $mask = 1 << $core;

    return $user . sprintf("worker_cpu_affinity %b;\n", $mask) . <<'END';
worker_processes  1;
daemon            off;
pid               logs/nginx.pid;
error_log         logs/error.log warn;

events { worker_connections 1024; }
END
}

sub http_conf {
    return <<'END';
    access_log          off;
    keepalive_requests  1000000000;
    default_type        application/json;

    client_body_temp_path  temp/body;
    proxy_temp_path        temp/proxy;
    fastcgi_temp_path      temp/fastcgi;
    uwsgi_temp_path        temp/uwsgi;
    scgi_temp_path         temp/scgi;
END
}

sub conf {
    my ($self, $nginx, $answer) = @_;

    my $key = KEY;
    my $connections = CONNECTIONS;
    my $one = 'number=' . FIRST_ORDER . '&email=shopper' . FIRST_MEMBER
              . '%40example.com';

    return "load_module $self->{build}/ngx_http_loyalty_module.so;\n"
           . common_conf(WORKER_CORE) . <<"END";

http {
${\ http_conf()}
    upstream store {
        server              127.0.0.1:$self->{store}{port};
        keepalive           $connections;
        keepalive_requests  1000000000;
    }

    loyalty_program shop {
        database      ${\ $self->database_of($nginx)};
        currency      USD;
        signup_bonus  50;
        reward        hanky 200 "Free handkerchief"
                      url=https://shop.example/r/hanky product=HANKY-1;
        reward        apron 400 "Free apron" stock=100 per_member=1;
        api_key       chatbot value:$key;

        order_lookup  /_store/order number=/number email=/billing/email
                      total=/total currency=/currency status=/status
                      paid=processing,completed
                      ${\ ($nginx->{rules} ? DETAILS : '')};

        ${\ ($nginx->{rules} ? RULES : 'earn 1 per 1.00;')}
    }

    server {
        listen  127.0.0.1:$nginx->{port};

        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/claim   { loyalty_claim   shop; }

        location = /_store/order {
            internal;

            proxy_pass                  http://store/$nginx->{orders}?number=\$loyalty_order&email=\$loyalty_email;
            proxy_http_version          1.1;
            proxy_set_header            Connection "";
            proxy_pass_request_headers  off;
        }

        # the yardsticks: the bytes of a balance, and the store alone

        location = /returns/balance {
            add_header  Cache-Control no-store;
            return      200 '$answer';
        }

        location = /proxied/claim {
            proxy_pass                  http://store/orders?$one;
            proxy_method                GET;
            proxy_http_version          1.1;
            proxy_set_header            Connection "";
            proxy_set_header            Content-Length "";
            proxy_pass_request_headers  off;
            proxy_pass_request_body     off;
        }

        location = /requests { stub_status; }
    }
}
END
}

# Every order exists, is paid, and belongs to whoever asks for it.

sub store_conf {
    my ($self, $store) = @_;

    return common_conf(LOAD_CORE) . <<"END";

http {
${\ http_conf()}
    map \$arg_email \$email {
        "~^(?<name>[^%]+)%40(?<domain>.+)\$"  \$name\@\$domain;
    }

    server {
        listen  127.0.0.1:$store->{port};

        location = /orders {
            return 200 '{"number":"\$arg_number","status":"completed","currency":"USD","total":"60.99","billing":{"email":"\$email"}}';
        }

        location = /details {
            return 200 '{"number":"\$arg_number","status":"completed","currency":"USD","total":"60.99","tax":"5.00","shipping":"3.99","refunds":[],"items":[{"sku":"COFFEE-1","quantity":2},{"sku":"TEA-7","quantity":1}],"billing":{"email":"\$email"}}';
        }
    }
}
END
}

###############################################################################

# That what is measured is what it is said to be.

sub first_balance {
    my ($self, $nginx) = @_;

    return $self->ask($nginx, 'GET /loyalty/balance?email=shopper'
                              . FIRST_MEMBER . '@example.com');
}

sub check_answers {
    my ($self, $nginx) = @_;

    my $order = FIRST_ORDER - 1;
    my $member = FIRST_MEMBER + $nginx->{members} - 1;
    my $email = "shopper$member\@example.com";
    my $body = qq({"order":"$order","email":"$email"});

    my $balance = $self->first_balance($nginx);
    my $static = $self->ask($nginx, 'GET /returns/balance');
    my $proxied = $self->ask($nginx, 'POST /proxied/claim', $body);

    die "no balance:\n$balance" unless $balance =~ /"result":"balance"/;

    die "other bytes than a balance:\n$balance\n\n$static"
        unless header_set($balance) eq header_set($static);

    die "no order:\n$proxied"
        unless $proxied =~ /"total":"60\.99".*"shopper\d+\@example\.com"/;

    foreach my $result ('claimed', 'already_claimed') {
        my $answer = $self->ask($nginx, 'POST /loyalty/claim', $body);

        die "not $result:\n$answer" unless $answer =~ /"result":"$result"/;
    }

    @$nginx{'least', 'most'} = (1, 1);
}

sub header_set {
    my ($answer) = @_;

    $answer =~ s/^Date: .*\r\n//m;

    return join "\n", sort split /\r\n/, $answer;
}

sub ask {
    my ($self, $nginx, $line, $body) = @_;

    my $socket = IO::Socket::INET->new("127.0.0.1:$nginx->{port}")
        or die "cannot connect: $!\n";

    print $socket "$line HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                  . "Connection: close\r\nAuthorization: Bearer " . KEY
                  . "\r\n"
                  . (defined $body ? "Content-Type: application/json\r\n"
                                     . "Content-Length: " . length($body)
                                   : 'X: ')
                  . "\r\n\r\n" . (defined $body ? $body : '');

    local $/;
    return scalar <$socket>;
}

###############################################################################

# Load.  "seconds" is how long; "while" may be a function that is called four
# times a second.

sub load {
    my ($self, $nginx, $kind, %o) = @_;

    return ($self->loads($nginx, [$kind], %o))[0];
}

# Several kinds of load at once; a result for each.

sub loads {
    my ($self, $nginx, $kinds, %o) = @_;

    $self->warm($nginx->{database});
    $o{started}->() if $o{started};

    my $before = $self->usage($nginx->{worker});
    my $cpu = cpu($nginx->{worker});
    my @runs = map { $self->start_wrk($nginx, $_, %o) } @$kinds;

    if ($o{while}) {
        my $reads = IO::Select->new(map { $_->{out} } @runs);
        $o{while}->() until $reads->can_read(0.25);
    }

    my @results = map { wrk_result($_) } @runs;

    # those that wrk did not wait for

    $self->settle($nginx);

    $cpu = cpu($nginx->{worker}) - $cpu;
    my $others = others($before, $self->usage($nginx->{worker}));

    foreach my $i (0 .. $#results) {
        my $result = $results[$i];

        $result->{cpu} = $cpu / $result->{requests} if @results == 1;
        $result->{rss} = rss($nginx->{worker});
        $result->{others} = $others;

        $self->{failed} = 1 if $result->{errors};

        count_claims($nginx, $kinds->[$i], $result);
    }

    return @results;
}

# How many claims a run has made.  A mixed one asks for one in four requests.

sub count_claims {
    my ($nginx, $kind, $result) = @_;

    my $done = $result->{requests} - $result->{errors};

    if ($kind eq 'claim') {
        $nginx->{least} += $done;
        $nginx->{most} += $done + CONNECTIONS;
    }

    if ($kind eq 'mixed') {
        $nginx->{least} += int($done / 4) - CONNECTIONS;
        $nginx->{most} += int($done / 4) + CONNECTIONS;
    }
}

sub start_wrk {
    my ($self, $nginx, $kind, %o) = @_;

    my @command = ('taskset', '-c', LOAD_CORE, 'wrk', '-t1',
                   '-c' . ($o{connections} || CONNECTIONS),
                   "-d$o{seconds}s", '--timeout', '10s',
                   '-s', "$BENCH/load.lua",
                   "http://127.0.0.1:$nginx->{port}", '--', $kind, KEY,
                   $self->orders, $nginx->{members}, $nginx->{stride});

    my $pid = open(my $out, '-|', @command) or die "wrk: $!\n";

    return { pid => $pid, out => $out };
}

sub wrk_result {
    my ($run) = @_;

    my @lines = readline $run->{out};
    my ($line) = grep { /^result / } @lines;

    close $run->{out};

    die "wrk failed:\n@lines" unless $line;

    return result($line);
}

sub result {
    my ($line) = @_;

    my %r = $line =~ /(\w+)=(\d+)/g;

    $r{rate} = $r{requests} / $r{us} * 1e6;
    $r{errors} = ($r{status} || 0) + ($r{broken} || 0);

    return \%r;
}

# The numbers of the orders of one run of wrk, none of which was used before.

sub orders {
    my ($self) = @_;

    return FIRST_ORDER + ORDERS_A_RUN * $self->{orders}++;
}

# Waits until nginx serves nobody but us.

sub settle {
    my ($self, $nginx) = @_;

    my ($status, $end) = ('', time + 60);

    while (time < $end) {
        $status = $self->ask($nginx, 'GET /requests');
        return if $status =~ /Writing: 1 /;
        sleep 0.01;
    }

    die "nginx does not come to rest:\n$status";
}

sub requests {
    my ($self, $nginx) = @_;

    return ($self->ask($nginx, 'GET /requests') =~ /^ \d+ \d+ (\d+)/m)[0];
}

# Every claim that was answered is in the database.  In flight at the end of
# a run are some that wrk did not wait for: one a connection at most.

sub check_claims {
    my ($self, $nginx) = @_;

    my $audit = $self->audit($nginx->{database});
    my ($least, $most) = @$nginx{'least', 'most'};

    return if $audit->{agree} && $audit->{claims} >= $least
              && $audit->{claims} <= $most;

    $self->{failed} = 1;

    print STDERR "$least to $most claims were answered, the database has"
                 . " $audit->{claims}",
                 $audit->{agree} ? '' : ' and balances and ledger differ',
                 "\n";
}
sub failed { $_[0]{failed} }

###############################################################################

# The claim's statements in a loop of C, see claim_loop.c.

sub claim_loop {
    my ($self, $database, $seconds) = @_;

    $self->warm($database);

    my @command = ('taskset', '-c', WORKER_CORE, "$self->{work}/claim_loop",
                   $database, $seconds, GROUP, $self->orders,
                   $self->{members}, $self->{stride});

    my $before = $self->usage;

    open(my $out, '-|', @command) or die "claim_loop: $!\n";
    my $line = <$out> || '';
    close $out or die "claim_loop failed\n";

    my $result = result($line);

    $result->{cpu} /= $result->{requests};
    $result->{others} = others($before, $self->usage);

    return $result;
}

###############################################################################

# Members by turns: a step that leads through all of them, far apart.

sub stride {
    my ($n) = @_;

    my $step = int($n * 0.6180339887) || 1;

    $step++ while gcd($step, $n) != 1;

    return $step;
}

sub gcd {
    my ($m, $n) = @_;

    ($m, $n) = ($n, $m % $n) while $n;

    return $m;
}

# Whether the machine was ours: what both processors did, and what of it was the
# work of this worker, the store, wrk or claim_loop, and of this program.

sub usage {
    my ($self, @workers) = @_;

    my ($all, $own) = (0, 0);

    push @workers, $self->{store}{worker} if $self->{store};

    foreach my $core (WORKER_CORE, LOAD_CORE) {
        my ($user, $nice, $system, undef, undef, undef, undef, $steal) =
            read_file('/proc/stat') =~ /^cpu$core (.*)/m
            ? split ' ', $1 : die "no processor $core\n";

        $all += ($user + $nice + $system + $steal) / $TICKS;
    }

    $own += $_ for times;
    $own += cpu($_) / 1e6 for @workers;

    return { at => time, all => $all, own => $own };
}

sub others {
    my ($before, $after) = @_;

    my %d = map { ($_ => $after->{$_} - $before->{$_}) } qw(at all own);
    my $percent = ($d{all} - $d{own}) / $d{at} / 2 * 100;

    return $percent > 0 ? $percent : 0;
}

# Microseconds of processor time of all threads of a process, also of those
# that have ended.

sub cpu {
    my ($pid) = @_;

    my ($fields) = read_file("/proc/$pid/stat") =~ /.*\) (.*)/s;
    my @n = split ' ', $fields;

    return ($n[11] + $n[12]) / $TICKS * 1e6;
}

sub rss {
    my ($pid) = @_;

    return (read_file("/proc/$pid/status") =~ /^RssAnon:\s+(\d+)/m)[0] * 1024;
}

# Below those that the system gives to connections, of which there are many.

sub free_port {
    for (1 .. 500) {
        my $port = 12000 + int rand 18000;

        return $port
            if IO::Socket::INET->new(LocalAddr => "127.0.0.1:$port",
                                     Listen => 1);
    }

    die "no port is free\n";
}

sub complain {
    my ($log) = @_;

    my @lines = grep { /\[(?:warn|error|crit|alert|emerg)\]/ }
                split /^/, read_file($log);

    print STDERR "in nginx's error log:\n", @lines[0 .. min(9, $#lines)]
        if @lines;

    return scalar @lines;
}

sub min {
    return $_[0] < $_[1] ? $_[0] : $_[1];
}

sub start_child {
    my (@command) = @_;

    my $pid = fork;
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        exec { $command[0] } @command or POSIX::_exit(127);
    }

    $children{$pid} = 1;

    return $pid;
}

sub end_child {
    my ($pid, $signal) = @_;

    delete $children{$pid} or return;

    kill $signal || 'TERM', $pid;
    waitpid $pid, 0;
}

sub command {
    my (@command) = @_;

    system(@command) == 0 or die "failed: @command\n";
}

sub read_file {
    my ($name) = @_;

    open(my $file, '<', $name) or die "$name: $!\n";
    local $/;

    return scalar <$file>;
}

sub write_file {
    my ($name, $text) = @_;

    open(my $file, '>', $name) or die "$name: $!\n";
    print $file $text;
    close $file or die "$name: $!\n";
}

1;
