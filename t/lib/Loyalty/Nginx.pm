package Loyalty::Nginx;

# (C) ngx_loyalty contributors

# An nginx of its own for a test: a folder, free ports, a configuration with
# %%MACROS%%, and the process with its workers.  See Loyalty::Test for how
# tests use it.

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use List::Util qw(max min);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

use Loyalty::Job;

# Sanitizers and two busy cores make everything slow, so patience costs
# nothing: it is only used up where a test fails.

our $PATIENCE = 30;

my $CHECKOUT = abs_path(dirname(abs_path(__FILE__)) . '/../../..');

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
# background), module (0: nginx without it), preload (a library), environment
# (further variables).

sub new {
    my ($class, %o) = @_;

    my $dir = tempdir('loyalty-t-XXXXXX', TMPDIR => 1);
    chmod 0755, $dir;

    # workers that run as nobody must be able to write reports

    mkdir "$dir/sanitizer" or die "$dir/sanitizer: $!\n";
    chmod 0777, "$dir/sanitizer";

    my $self = bless {
        level => 'debug', module => 1, %o, macros => {},
        dir => $dir, owner => $$, ports => [], jobs => []
    }, $class;

    $self->{nginx} = $ENV{LOYALTY_NGINX} || '/usr/sbin/nginx';
    $self->{so} = module_path();

    die "no module at $self->{so}: \"make build\" makes it\n"
        if $self->{module} && !-e $self->{so};

    return $running{$dir} = $self;
}

sub module_path {
    return $ENV{LOYALTY_MODULE}
           || "$CHECKOUT/build/ngx_http_loyalty_module.so";
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

# Whether nginx was built with a module, such as "http_v2".

sub has_module {
    my ($self, $name) = @_;

    return scalar `$self->{nginx} -V 2>&1` =~ /--with-${name}_module\b/;
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

    my %macros = (%{$self->{macros}}, TESTDIR => $self->{dir});

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

    # where the database is depends on the engine that the tests run on

    $text =~ s{\bdatabase\s+\Ksqlite:\Q$self->{dir}\E/([^\s;]+)([^;]*)}
              {$self->database($1)->arguments($2)}gex;

    return $text;
}

sub globals {
    my ($self) = @_;

    my @g = ("pid $self->{dir}/nginx.pid",
             "error_log $self->{dir}/error.log $self->{level}",
             'daemon ' . ($self->{daemon} ? 'on' : 'off'));

    push @g, "load_module $self->{so}" if $self->{module};

    # workers, and a new binary, inherit only what is named

    my %environment = $self->environment;

    push @g, map { "env $_" } sort keys %environment;

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

###############################################################################

# nginx as a process

# What it finds in the environment beside our own.  The sanitizers' runtime
# libraries insist on coming first; behind them libfaketime would ask for the
# time before they can tell it, and wait for ever.

sub environment {
    my ($self) = @_;

    my %environment = %{$self->{environment} || {}};
    my @preload = grep { $_ } $self->{preload}, $ENV{LOYALTY_PRELOAD};

    $environment{LD_PRELOAD} = join ' ', @preload if @preload;

    if ($ENV{LOYALTY_PRELOAD}) {
        my $log = "log_path=$self->{dir}/sanitizer/report";

        $environment{ASAN_OPTIONS} = "detect_leaks=0:$log"
            . ($self->{preload} ? ':verify_asan_link_order=0' : '');
        $environment{UBSAN_OPTIONS} = "print_stacktrace=1:$log";
    }

    return %environment;
}

sub exec_nginx {
    my ($self, @args) = @_;

    my %environment = $self->environment;

    @ENV{keys %environment} = values %environment;

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

# Waits for what a test needs to have happened.  A look may cost a process:
# what takes long is looked at less often.

sub wait_until {
    my ($self, $what, $condition, $patience) = @_;

    my $began = time();
    my $until = $began + ($patience || $PATIENCE);

    while (!$condition->()) {
        my $now = time();

        die "waited in vain: $what\n" if $now > $until;
        sleep max(0.01, min(0.1, ($now - $began) / 10));
    }

    return 1;
}

# Runs code in a child of its own; result() of the job is what it returns.

sub in_background {
    my ($self, $code) = @_;

    my $job = Loyalty::Job->new($code);
    push @{$self->{jobs}}, $job;
    return $job;
}

# A database of the configuration, by the name of its file.

sub database {
    my ($self, $name) = @_;

    require Loyalty::Database;

    return $self->{databases}{$name}
               ||= Loyalty::Database->of($self, $name);
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
        print STDERR "# kept: $self->{dir}\n";

    } else {
        remove_tree($self->{dir});
    }

    delete $running{$self->{dir}};
}

###############################################################################

1;

###############################################################################
