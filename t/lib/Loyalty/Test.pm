package Loyalty::Test;

# (C) ngx_loyalty contributors

# Runs nginx with the module, in a folder of its own and on free ports, in
# the manner of nginx's own Test::Nginx.
#
#     my $t = Loyalty::Test->new;
#     $t->conf(<<'EOF')->run;
#     %%TEST_GLOBALS%%
#     http { %%TEST_GLOBALS_HTTP%% %%SHOP%% server { listen %%LISTEN_0%%; ...
#     EOF
#     is_result($t->signup('ada@example.com'), 201, 'signed_up', 'name');
#     $t->done;
#
# done() stops nginx and adds three tests: nginx left nothing alarming in its
# log, no sanitizer complained, and no e-mail or key was logged.
#
# In the environment: LOYALTY_NGINX, LOYALTY_MODULE, LOYALTY_PRELOAD (runtime
# libraries of the sanitizers), LOYALTY_KEEP (leave the folder for a look).

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP ();
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep time);

use Loyalty::HTTP;

our @EXPORT = qw(is_result is_fault KEY);

use constant KEY => 'c2VjcmV0-key-of-the-chatbot';

my $CHECKOUT = abs_path(dirname(abs_path(__FILE__)) . '/../../..');

our %MACROS = (
    SHOP => <<'END',
    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  30 "Sticker";
        reward        hanky   200 "Free handkerchief"
                      url=https://shop.example/r/hanky product=HANKY-1;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }
END
    LOOKUP => 'order_lookup /_store/order number=/number status=/status'
              . ' email=/billing/email total=/total currency=/currency'
              . ' paid=processing,completed;',
    LOCATIONS => <<'END',
        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/claim   { loyalty_claim   shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
END
    STORE => <<'END',
        location = /_store/order {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/$loyalty_order;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
END
    KEY => KEY,
);

###############################################################################

# Everything that runs is ended with the test, however it ends.

my %running;

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP PIPE);

END {
    my $status = $?;
    $_->cleanup for grep { $_->{owner} == $$ } values %running;
    $? = $status;
}

# Options: level (of the error log; "debug"), daemon (nginx goes to the
# background), module (0: nginx without it), allow (patterns of alarming lines
# that belong to the test), personal (0: the test logs e-mails on purpose).

sub new {
    my ($class, %o) = @_;

    my $dir = tempdir('loyalty-t-XXXXXX', TMPDIR => 1);
    chmod 0755, $dir;

    # workers that run as nobody must be able to write reports

    mkdir "$dir/sanitizer" or die "$dir/sanitizer: $!\n";
    chmod 0777, "$dir/sanitizer";

    my $self = bless {
        level => 'debug', module => 1, personal => 1, allow => [], %o,
        dir => $dir, owner => $$, ports => [], jobs => [], secrets => [KEY]
    }, $class;

    $self->{nginx} = $ENV{LOYALTY_NGINX} || '/usr/sbin/nginx';
    $self->{so} = $ENV{LOYALTY_MODULE}
                  || "$CHECKOUT/build/ngx_http_loyalty_module.so";

    die "no module at $self->{so}: \"make build\" makes it\n"
        if $self->{module} && !-e $self->{so};

    return $running{$dir} = $self;
}

sub checkout { $CHECKOUT }
sub dir      { $_[0]{dir} }
sub path     { "$_[0]{dir}/$_[1]" }
sub module   { $_[0]{so} }

# nginx's version as a number that compares: 1.22.1 is 1022001.

sub version {
    my ($self) = @_;

    my ($v) = `$self->{nginx} -v 2>&1` =~ m{nginx/([\d.]+)}
        or die "cannot run $self->{nginx}\n";
    my @v = split /\./, $v;

    return $v[0] * 1000000 + $v[1] * 1000 + $v[2];
}

sub has_program {
    my ($self, $name) = @_;

    return scalar grep { -x "$_/$name" } split /:/, $ENV{PATH};
}

###############################################################################

# Ports below those that the system hands out by itself.  A UDP socket on the
# same number marks a port as taken for test files that run in parallel.

sub port {
    my ($self, $n) = @_;

    $self->{ports}[$n] ||= $self->free_port;
    return $self->{ports}[$n];
}

sub free_port {
    my ($self) = @_;

    for (1 .. 500) {
        my $port = 12000 + int rand 18000;

        my $lock = IO::Socket::INET->new(
            Proto => 'udp', LocalAddr => "127.0.0.1:$port") or next;
        my $probe = IO::Socket::INET->new(
            Proto => 'tcp', LocalAddr => "127.0.0.1:$port", Listen => 1)
            or next;

        push @{$self->{locks}}, $lock;
        return $port;
    }

    die "no free port found\n";
}

###############################################################################

# Configuration: %%NAME%% is replaced, again and again until nothing is left.

sub expand {
    my ($self, $text) = @_;

    my %macros = (%MACROS, TESTDIR => $self->{dir}, %{$self->{macros} || {}});

    $macros{TEST_GLOBALS} = $self->globals;
    $macros{TEST_GLOBALS_HTTP} = join '', map { "$_;\n" }
        (map { "    ${_}_temp_path $self->{dir}/${_}_temp" }
             qw(client_body proxy fastcgi uwsgi scgi)),
        "    access_log $self->{dir}/access.log";

    for (1 .. 5) {
        $text =~ s/%%PORT_(\d)%%/$self->port($1)/ge;
        $text =~ s/%%LISTEN_(\d)%%/'127.0.0.1:' . $self->port($1)/ge;
        $text =~ s/%%([A-Z0-9_]+)%%/
            defined $macros{$1} ? $macros{$1} : die "no macro $1\n"/gex;
    }

    return $text;
}

sub globals {
    my ($self) = @_;

    my @g = ("pid $self->{dir}/nginx.pid",
             "error_log $self->{dir}/error.log $self->{level}",
             'daemon ' . ($self->{daemon} ? 'on' : 'off'));

    push @g, "load_module $self->{so}" if $self->{module};

    # a new binary inherits only what is named

    push @g, 'env LD_PRELOAD', 'env ASAN_OPTIONS', 'env UBSAN_OPTIONS'
        if $ENV{LOYALTY_PRELOAD};

    return join '', map { "$_;\n" } @g;
}

# Defines a macro for what follows.

sub macro {
    my ($self, $name, $value) = @_;

    $self->{macros}{$name} = $value;
    return $self;
}

sub conf {
    my ($self, $text) = @_;

    $text = $self->expand($text);
    $self->{listen} = [$text =~ /^\s*listen\s+127\.0\.0\.1:(\d+)/mg];
    $self->{processes} = $text =~ /^worker_processes\s+(\d+)/m ? $1 : 1;
    $self->write_file('nginx.conf', $text);

    return $self;
}

sub write_file {
    my ($self, $name, $content, $mode) = @_;

    my $path = $self->path($name);
    make_path(dirname($path));

    open my $fh, '>:raw', $path or die "$path: $!\n";
    print $fh $content;
    close $fh or die "$path: $!\n";

    chmod $mode, $path if defined $mode;
    return $path;
}

sub read_file {
    my ($self, $name) = @_;

    open my $fh, '<:raw', $self->path($name) or return '';
    local $/;
    return <$fh>;
}

# Files that root has made become those of the workers.

sub give_to_workers {
    my ($self, @names) = @_;

    return if $> != 0;

    my ($uid, $gid) = (getpwnam 'nobody')[2, 3];

    chown $uid, $gid, map { $self->path($_) } @names;
}

# A secret that must not be found in any log.

sub secret {
    my ($self, $secret) = @_;

    push @{$self->{secrets}}, $secret;
    return $secret;
}

# What "nginx -t" says to a configuration: exit code and output.

sub check_conf {
    my ($self, $text) = @_;

    $text = $self->expand($text);
    $text =~ s{\Q$self->{dir}\E/error\.log}{$self->{dir}/check.log}g;

    my $file = $self->write_file('check.conf', $text);

    return $self->check_file($file);
}

sub check_file {
    my ($self, $file, $prefix) = @_;

    my $pid = open my $out, '-|';
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        $self->exec_nginx('-t', '-c', $file, '-e', $self->path('check.log'),
                          $prefix ? ('-p', $prefix) : ());
    }

    my $output = do { local $/; <$out> };
    close $out;

    return ($? >> 8 || $? & 127, defined $output ? $output : '');
}

# What "nginx -t" must do: refuse, with a reason that matches, in one of the
# lines that end in # HERE; or accept without a word.

sub refuses {
    my ($self, $name, $why, $text) = @_;

    my ($exit, $output) = $self->check_conf($text);

    my @lines = split /\n/, $self->read_file('check.conf');
    my @here = grep { $lines[$_ - 1] =~ /# HERE$/ } 1 .. @lines;
    my ($line) = $output =~ m{\[emerg\] .* in \S+/check\.conf:(\d+)$}m;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $ok = ok($exit != 0 && $output =~ /\[emerg\] .*$why/
                && $line && (grep { $_ == $line } @here), $name);

    diag("expected $why in line @here\n$output") if !$ok;
    return $ok;
}

sub accepts {
    my ($self, $name, $text) = @_;

    my ($exit, $output) = $self->check_conf($text);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $ok = ok($exit == 0 && $output !~ /\[(?:warn|emerg)\]/, $name);

    diag($output) if !$ok;
    return $ok;
}

###############################################################################

# nginx as a process

sub exec_nginx {
    my ($self, @args) = @_;

    if ($ENV{LOYALTY_PRELOAD}) {
        my $log = "log_path=$self->{dir}/sanitizer/report";

        $ENV{LD_PRELOAD} = $ENV{LOYALTY_PRELOAD};
        $ENV{ASAN_OPTIONS} = "detect_leaks=0:$log";
        $ENV{UBSAN_OPTIONS} = "print_stacktrace=1:$log";
    }

    exec { $self->{nginx} } $self->{nginx}, '-p', "$self->{dir}/", @args
        or POSIX::_exit(127);
}

sub run {
    my ($self) = @_;

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        open STDERR, '>>', $self->path('stderr.log');
        $self->exec_nginx('-c', $self->path('nginx.conf'),
                          '-e', $self->path('error.log'));
    }

    $self->{child} = $pid;

    $self->wait_until('nginx starts', sub {
        if ($self->{child} && waitpid($pid, WNOHANG) == $pid) {
            delete $self->{child};

            die 'nginx did not start: ' . $self->read_file('stderr.log')
                if $? || !$self->{daemon};
        }

        return $self->master && $self->reachable
               && $self->workers >= $self->{processes};
    });

    return $self;
}

# The master's pid, once it has written it; amid an upgrade there is an old
# one, too.

sub master {
    my ($self, $old) = @_;

    return $self->read_file($old ? 'nginx.pid.oldbin' : 'nginx.pid')
           =~ /^(\d+)\n/ ? $1 : 0;
}

sub reachable {
    my ($self) = @_;

    for my $port (@{$self->{listen}}) {
        return 0 if !IO::Socket::INET->new(
            Proto => 'tcp', PeerAddr => "127.0.0.1:$port");
    }

    return 1;
}

# The pids of the workers of a master, also of those that are leaving.

sub workers {
    my ($self, $master) = @_;

    $master ||= $self->master;

    open my $fh, '<', "/proc/$master/task/$master/children" or return;
    my @pids = sort { $a <=> $b } split ' ', do { local $/; <$fh> } || '';

    return @pids;
}

# Comes back when new workers are there and all the old ones know that they
# are to leave; they may still have connections of their own.

sub reload {
    my ($self) = @_;

    my @old = $self->workers;

    kill HUP => $self->master;

    $self->wait_until('the old workers are told to leave', sub {
        my $log = $self->read_file('error.log');

        return !grep {
            $self->alive($_) && $log !~ / $_#\d+: gracefully shutting down/
        } @old;
    });
}

# Asks nginx to finish its work and leave.

sub stop {
    my ($self, $signal) = @_;

    my @masters = grep { $_ && $self->alive($_) } map { $self->master($_) }
                                                  0, 1;
    my @family = (@masters, map { $self->workers($_) } @masters);

    return $self if !@masters;

    kill $signal || 'QUIT', @masters;

    my $gone = eval {
        $self->wait_until('nginx leaves', sub {
            !grep { $self->alive($_) } @family;
        }, 30);
    };

    if (!$gone) {
        kill KILL => grep { $self->alive($_) } @family;
        waitpid $self->{child}, 0 if $self->{child};
        push @{$self->{trouble}}, 'nginx did not leave by itself';
    }

    delete $self->{child};
    unlink $self->path('nginx.pid'), $self->path('nginx.pid.oldbin');

    return $self;
}

# Whether a process of nginx still runs; a zombie does not.

sub alive {
    my ($self, $pid) = @_;

    waitpid $pid, WNOHANG if $self->{child} && $pid == $self->{child};

    open my $fh, '<', "/proc/$pid/stat" or return 0;
    my $stat = <$fh>;

    return defined $stat && $stat =~ /\(nginx[^)]*\) ([A-Z])/ && $1 ne 'Z';
}

# Waits for what a test needs to have happened.

sub wait_until {
    my ($self, $what, $condition, $patience) = @_;

    my $until = time() + ($patience || $Loyalty::HTTP::PATIENCE);

    while (!$condition->()) {
        die "waited in vain: $what\n" if time() > $until;
        sleep 0.01;
    }

    return 1;
}

# Runs code in a child of its own; result() of the job is what it returns.

sub in_background {
    my ($self, $code) = @_;

    my $job = Loyalty::Test::Job->new($code);
    push @{$self->{jobs}}, $job;
    return $job;
}

# A query to a database with SQLite's own program.

sub sqlite {
    my ($self, $db, $sql) = @_;

    open my $out, '-|', 'sqlite3', '-batch', $self->path($db), $sql
        or die "sqlite3: $!\n";

    my $text = do { local $/; <$out> };
    close $out;

    chomp $text if defined $text;
    return $text;
}

###############################################################################

# Requests, to port 0 unless told.  The key goes along unless key => undef;
# further options are those of Loyalty::HTTP::message().  Parameters are a
# hash, sent as JSON, or the body itself with its type.

sub request {
    my ($self, $method, $uri, %o) = @_;

    my ($port, $bytes) = $self->prepare($method, $uri, %o);

    my $c = Loyalty::HTTP::Connection->new($port);
    $c->send($bytes);
    return $c->response($method eq 'HEAD');
}

sub prepare {
    my ($self, $method, $uri, %o) = @_;

    my $key = exists $o{key} ? delete $o{key} : KEY;
    my $port = delete $o{port} || $self->port(0);
    my $type = delete $o{type};
    my @headers = @{delete $o{headers} || []};

    if (my $params = delete $o{params}) {
        $o{body} = JSON::PP->new->utf8->canonical->encode($params);
        $type ||= 'application/json';
    }

    unshift @headers, 'Content-Type' => $type if defined $type;
    unshift @headers, Authorization => "Bearer $key" if defined $key;

    return ($port,
            Loyalty::HTTP::message($method, $uri, %o, headers => \@headers));
}

# The bytes of a request, for those who send them in their own way.

sub message {
    my ($self, @args) = @_;

    return ($self->prepare(@args))[1];
}

sub get {
    my ($self, $uri, %o) = @_;

    return $self->request('GET', $uri, %o);
}

sub post {
    my ($self, $uri, $params, %o) = @_;

    return $self->request('POST', $uri, %o,
        ref $params ? (params => $params) : (body => $params));
}

sub connection {
    my ($self, $port) = @_;

    return Loyalty::HTTP::Connection->new($port || $self->port(0));
}

# Many at once: the answers to a list of messages.

sub all {
    my ($self, @messages) = @_;

    return Loyalty::HTTP::exchange_all($self->port(0), @messages);
}

# What a chatbot does, in one line.

sub signup {
    my ($self, $email, %o) = @_;

    return $self->post('/loyalty/signup', {email => $email}, %o);
}

sub claim {
    my ($self, $order, $email, %o) = @_;

    return $self->post('/loyalty/claim',
        {order => $order, email => $email}, %o);
}

sub balance {
    my ($self, $email, %o) = @_;

    $email =~ s/([^A-Za-z0-9._-])/sprintf '%%%02X', ord $1/ge;
    return $self->get("/loyalty/balance?email=$email", %o);
}

sub redeem {
    my ($self, $reward, $email, %o) = @_;

    return $self->post('/loyalty/redeem',
        {reward => $reward, email => $email}, %o);
}

sub points {
    my ($self, $email) = @_;

    return $self->balance($email)->field('points');
}

###############################################################################

# One success: its status, its word and, where given, its fields.

sub is_result {
    my ($r, $status, $result, @rest) = @_;

    my $name = pop @rest;
    my $fields = shift @rest || {};

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my %want = (result => $result, %$fields);
    my %got = map { $_ => $r ? $r->json->{$_} : undef } keys %want;

    my $ok = is_deeply({status => $r && $r->status, %got},
                       {status => $status, %want}, $name);

    diag($r ? $r->text : 'no answer') if !$ok;
    return $ok;
}

# One fault, in the form that all have.

sub is_fault {
    my ($r, $status, $code, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $json = $r ? $r->json : {};

    my $ok = is_deeply(
        [$r && $r->status, $r && $r->type, @{$json}{qw(code status type)},
         join(' ', sort keys %$json)],
        [$status, 'application/problem+json', $code, $status,
         "urn:loyalty:problem:$code", 'code detail status title type'],
        $name);

    diag($r ? $r->text : 'no answer') if !$ok;
    return $ok;
}

###############################################################################

# The end of every file.

sub done {
    my ($self) = @_;

    $_->kill for @{$self->{jobs}};
    $self->stop;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is(join("\n", @{$self->{trouble} || []}, $self->alarms), '', 'no alarms');
    is($self->reports, '', 'no sanitizer reports');

    is($self->leaks, '', 'no e-mail and no key in the logs')
        if $self->{personal};

    done_testing();
    $self->cleanup;
}

# Lines of the error log at "crit" and above that were not expected, and
# workers that failed.

sub alarms {
    my ($self) = @_;

    return grep {
        my $line = $_;
        $line =~ /\[(?:crit|alert|emerg)\]|exited with code [1-9]/
            && !grep { $line =~ $_ } @{$self->{allow}}
    } split /\n/, $self->read_file('error.log');
}

sub reports {
    my ($self) = @_;

    my @found;

    for my $file (glob("$self->{dir}/sanitizer/* $self->{dir}/*.log")) {
        open my $fh, '<', $file or next;

        while (my $line = <$fh>) {
            push @found, $line if $line =~ /Sanitizer|runtime error:/;
        }
    }

    return join '', @found;
}

# Only the log at level "debug" may show whom it was about.

sub leaks {
    my ($self) = @_;

    my $secrets = join '|', map { quotemeta } @{$self->{secrets}};
    my @found;

    # a message at level "debug" may have several lines

    for my $name (qw(error.log access.log stderr.log)) {
        my $debug = 0;

        for my $line (split /\n/, $self->read_file($name)) {
            $debug = $1 eq 'debug' if $line =~ /^[\d\/: ]{19} \[(\w+)\] /;
            push @found, $line if !$debug && $line =~ /\@|%40|$secrets/i;
        }
    }

    return join "\n", @found;
}

sub cleanup {
    my ($self) = @_;

    return if $self->{clean}++;

    $_->kill for @{$self->{jobs}};
    $self->stop('TERM');

    if (my $pid = $self->{child}) {
        kill KILL => $pid;
        waitpid $pid, 0;
    }

    if ($ENV{LOYALTY_KEEP}) {
        diag("kept: $self->{dir}");

    } else {
        remove_tree($self->{dir});
    }

    delete $running{$self->{dir}};
}

###############################################################################

package Loyalty::Test::Job;

sub new {
    my ($class, $code) = @_;

    pipe my $read, my $write or die "pipe: $!\n";

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        close $read;
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);

        my $value = eval { $code->() };
        my $answer = {value => $value, error => $@};

        syswrite $write, JSON::PP->new->utf8->encode($answer);
        POSIX::_exit(0);
    }

    close $write;
    return bless {pid => $pid, read => $read, owner => $$}, $class;
}

# What the code returned; its death is ours.

sub result {
    my ($self) = @_;

    my $fh = $self->{read};
    my $text = do { local $/; <$fh> };

    waitpid delete $self->{pid}, 0;

    my $answer = eval { JSON::PP->new->utf8->decode($text) }
        or die "a background job left no result\n";

    die $answer->{error} if $answer->{error};
    return $answer->{value};
}

sub kill {
    my ($self) = @_;

    return if $self->{owner} != $$ || !$self->{pid};

    CORE::kill('KILL', $self->{pid});
    waitpid delete $self->{pid}, 0;
}

###############################################################################

1;

###############################################################################
