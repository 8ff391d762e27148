package Loyalty::PostgreSQL::Host;

# (C) ngx_loyalty contributors

# A folder with PostgreSQL processes of a test in it, and how to talk to them.
# Loyalty::PostgreSQL (one server) and Loyalty::PostgreSQL::AutoFailover (a
# formation of several) are made of it.
#
# The programs are those of Debian's packages, unpacked into build/debian or
# installed, or those in $LOYALTY_PG_BINDIR.  PostgreSQL does not run as
# root: a test that does runs it as nobody, who is given a copy of build/debian
# where that is in a folder of root's own.  A cluster that the machine has for
# itself is never touched, there is nothing here that could find it.

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IPC::SysV qw(IPC_RMID);
use POSIX qw(WNOHANG);
use Scalar::Util qw(weaken);

use Loyalty::Nginx;

use constant {OLDEST => 14, FIELD => "\x1f", NULL => "\x1e"};

# Ports, patience and paths are those of the tests with nginx.

{
    no strict 'refs';

    *$_ = Loyalty::Nginx->can($_)
        for qw(free_port wait_until read_file write_file path dir);
}

my $CHECKOUT = Loyalty::Nginx->checkout;
my $BUILD = $ENV{LOYALTY_BUILD} || "$CHECKOUT/build";
my $THIS = abs_path(__FILE__);

my $unpacked = "$BUILD/debian";

###############################################################################

# Everything that runs is ended with the test, however it ends: by signals,
# see Loyalty::Nginx, and by the kernel if the test is killed itself.

my %running;

END {
    my $status = $?;
    $_->cleanup for grep { $_ && $_->{owner} == $$ } values %running;
    $? = $status;
}

# Options: under (where the folder is made, such as a small file system), env
# (for the processes, such as a LD_PRELOAD).

sub new {
    my ($class, %o) = @_;

    my $lacking = $class->lacking;
    die "$lacking\n" if $lacking;

    $class->copy_programs if !$class->in_reach;

    my $under = delete $o{under};
    my $dir = tempdir('loyalty-pg-XXXXXX',
                      $under ? (DIR => $under) : (TMPDIR => 1));

    # the name of a socket has 107 bytes at most

    die "$dir: too long a path for a socket\n" if length $dir > 80;

    my $self = bless {
        env => {}, %o, dir => $dir, owner => $$, children => {},
        passwords => {}
    }, $class;

    chmod 0755, $dir;
    $self->give_to_postgresql($dir);

    # an object that nobody has any more ends before the test

    weaken($running{$dir} = $self);

    return $self;
}

sub DESTROY {
    my ($self) = @_;

    local ($?, $!, $@);
    $self->cleanup if $self->{owner} == $$;
}

sub cleanup {
    my ($self) = @_;

    return if $self->{clean}++;

    $self->end;

    if ($ENV{LOYALTY_KEEP}) {
        print STDERR "# kept: $self->{dir}\n";

    } else {
        remove_tree($self->{dir});
    }

    delete $running{$self->{dir}};
}

###############################################################################

# The programs of the newest version that has all that is needed; what is
# lacking, as text, where there is none.

my %bindir;

sub bindir {
    my ($class) = @_;

    $class = ref $class || $class;

    return $bindir{$class} ||= do {
        my @dirs = $ENV{LOYALTY_PG_BINDIR} || sort {
            ($b =~ m{/(\d+)/bin$})[0] <=> ($a =~ m{/(\d+)/bin$})[0]
        } grep {
            m{/(\d+)/bin$} && $1 >= OLDEST
        } map { glob "$_/usr/lib/postgresql/*/bin" } $unpacked, '';

        my @needed = $class->needed;
        my ($found) = grep {
            my $dir = $_;
            !grep { !-e "$dir/$_" } @needed;
        } @dirs;

        $found;
    };
}

sub search_path {
    my ($class) = @_;

    return ($class->bindir, "$unpacked/usr/bin", '/usr/bin', '/bin');
}

sub needed { qw(initdb postgres psql) }

sub lacking {
    my ($class) = @_;

    return $class->bindir ? '' : 'no PostgreSQL ' . OLDEST . ' or later';
}

# Whether PostgreSQL's user can run what was unpacked, if that is what runs.

sub in_reach {
    my ($class) = @_;

    my $program = $class->bindir . '/postgres';

    return 1 if $> != 0 || index($program, "$unpacked/") != 0;
    return system(as_account(), 'test', '-x', $program) == 0;
}

# The copy goes with the process.

sub copy_programs {
    my ($class) = @_;

    my $copy = tempdir('loyalty-pg-programs-XXXXXX', TMPDIR => 1,
                       CLEANUP => 1);
    my @files = grep { -e "$unpacked/$_" }
                     map { "usr/$_" } qw(bin/pg_autoctl lib/postgresql
                                         share/postgresql);

    chmod 0755, $copy;

    system('sh', '-c', 'cd "$0" && exec cp -a --parents "$@"',
           $unpacked, @files, $copy) == 0
        or die "cannot copy $unpacked to $copy\n";

    $unpacked = $copy;
    %bindir = ();
}

# Whose processes they are.

sub account {
    return $> == 0 ? (getpwnam 'nobody')[2, 3] : ($>, $) + 0);
}

# What a command is begun with to be one of them.

sub as_account {
    return if $> != 0;

    my ($uid, $gid) = account();

    return ('setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups', '--');
}

sub give_to_postgresql {
    my ($self, @paths) = @_;

    chown account(), @paths if $> == 0;
}

###############################################################################

# Processes

# A child that goes on until it is told to stop, with a log in the folder.

sub spawn {
    my ($self, $log, @command) = @_;

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        eval {
            open STDIN, '<', '/dev/null' or die "/dev/null: $!\n";
            open STDOUT, '>>', $self->path($log) or die "$log: $!\n";
            open STDERR, '>&', \*STDOUT or die "stderr: $!\n";

            POSIX::setsid();
            $self->exec_as_postgresql(@command);
        };

        POSIX::_exit(127);
    }

    return $self->{children}{$pid} = $pid;
}

# A program that ends by itself: its output; dies if it fails.

sub run_program {
    my ($self, @command) = @_;

    my $pid = open my $out, '-|';
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        eval { $self->exec_as_postgresql(@command) };
        POSIX::_exit(127);
    }

    my $output = do { local $/; <$out> };
    $output = '' if !defined $output;

    close $out or die "@command failed: $output\n";

    return $output;
}

# A terminal's signals do not get there, and the caller's environment may be
# meant for another server; if the caller is killed, they are stopped.

sub exec_as_postgresql {
    my ($self, @command) = @_;

    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);

    delete @ENV{grep { /^PG/ } keys %ENV};
    $ENV{PATH} = join ':', $self->search_path;
    $ENV{HOME} = $self->{dir};
    $ENV{LC_ALL} = 'C';
    $ENV{$_} = $self->{env}{$_} for keys %{$self->{env}};

    chdir $self->{dir} or die "$self->{dir}: $!\n";

    exec as_account(), 'setpriv', '--pdeathsig', 'QUIT', '--', @command
        or die "setpriv: $!\n";
}

# Whether a child still runs; the status of one that does not is lost.

sub child_runs {
    my ($self, $pid) = @_;

    return 0 if !$self->{children}{$pid};
    return 1 if waitpid($pid, WNOHANG) == 0;

    delete $self->{children}{$pid};
    return 0;
}

# Whether any process still runs; a zombie does not.

sub alive {
    my ($self, $pid) = @_;

    open my $fh, '<', "/proc/$pid/stat" or return 0;
    my $stat = <$fh>;

    return defined $stat && $stat =~ /\) ([A-Z])/ && $1 !~ /[ZX]/;
}

# All that a process has started.

sub descendants {
    my ($self, $pid) = @_;

    open my $fh, '<', "/proc/$pid/task/$pid/children" or return;
    my @children = split ' ', do { local $/; <$fh> } || '';

    return map { ($_, $self->descendants($_)) } @children;
}

# Comes back when a child and those of its offspring that are named have
# left.  They get KILL if they do not.

sub await_end {
    my ($self, $pid, @offspring) = @_;

    my $gone = eval {
        $self->wait_until('PostgreSQL leaves', sub {
            !$self->child_runs($pid)
                && !grep { $self->alive($_) } @offspring;
        });
    };

    if (!$gone) {
        kill KILL => grep { $self->alive($_) } @offspring;
        waitpid $pid, 0 if kill KILL => $self->{children}{$pid} || ();
    }

    delete $self->{children}{$pid};
    return $gone;
}

# A server that was killed leaves a segment of shared memory behind, which
# only its next start would remove.

sub free_memory {
    my ($self, $data) = @_;

    my ($key, $id) = split ' ', (split /\n/,
                                 $self->read_file("$data/postmaster.pid"))[6]
                                || '';
    return if !$id;

    open my $segments, '<', '/proc/sysvipc/shm' or return;

    while (my $line = <$segments>) {
        my ($k, $i, $attached) = (split ' ', $line)[0, 1, 6];

        shmctl $id, IPC_RMID, 0
            if $i eq $id && $k eq $key && $attached == 0;
    }
}

###############################################################################

# Data folders

# Making one takes a second: it is done once, and the others are copies.

sub make_data {
    my ($self, $name, %o) = @_;

    my $data = $self->path($name);
    my $lock = $self->locked_template;

    system('cp', '-a', '--reflink=auto', $self->template, $data) == 0
        or die "cannot copy to $data\n";

    close $lock;

    $self->write_file("$name/postgresql.conf", conf_text(%{$o{conf}}));
    $self->write_file("$name/pg_hba.conf", $o{hba}) if $o{hba};
    $self->give_to_postgresql(map { "$data/$_" }
                                  qw(postgresql.conf pg_hba.conf));

    return $data;
}

sub template {
    my ($self) = @_;

    $self->{version} ||= do {
        my ($v) = $self->run_program($self->bindir . '/postgres', '-V')
                  =~ /([\d.]+)/;
        $v;
    };

    return "$BUILD/postgresql/data-$self->{version}-" . (account())[0];
}

# It stays as long as the lock.

sub locked_template {
    my ($self) = @_;

    my $template = $self->template;

    make_path(dirname($template));

    open my $lock, '>>', "$template.lock" or die "$template.lock: $!\n";
    flock $lock, LOCK_EX or die "$template.lock: $!\n";

    my $made = (stat "$template/PG_VERSION")[9];

    $self->make_template if !$made || $made < (stat $THIS)[9];

    flock $lock, LOCK_SH or die "$template.lock: $!\n";

    return $lock;
}

# In our own folder, because PostgreSQL's user may not reach the other one.

sub make_template {
    my ($self) = @_;

    my ($template, $first) = ($self->template, $self->path('template'));

    $self->run_program($self->bindir . '/initdb', '-D', $first,
                       '-U', 'postgres', '-E', 'UTF8', '--locale=C',
                       '--auth=trust', '--no-sync');

    remove_tree($template, "$template.new");

    system('cp', '-a', $first, "$template.new") == 0
        && rename "$template.new", $template
        or die "cannot make $template\n";

    remove_tree($first);
}

# A configuration as tests want it: durable, and small.  Shared memory is in
# files, so that nothing stays behind when a server is killed.

sub conf_text {
    my (%conf) = @_;

    %conf = (
        fsync => 'on',
        synchronous_commit => 'on',
        full_page_writes => 'on',
        shared_buffers => '16MB',
        max_connections => 100,
        dynamic_shared_memory_type => 'mmap',
        jit => 'off',
        timezone => 'UTC',
        log_timezone => 'UTC',
        log_line_prefix => '%m [%p] %q%u@%d ',
        %conf,
    );

    return join '', map { "$_ = " . quoted($conf{$_}) . "\n" }
                    sort keys %conf;
}

# A literal of SQL, and of a configuration.

sub quoted {
    my ($text) = @_;

    $text =~ s/'/''/g;
    return "'$text'";
}

sub identifier {
    my ($name) = @_;

    $name =~ s/"/""/g;
    return qq("$name");
}

###############################################################################

# Connection strings of libpq.  Options: host, port, user, database, password
# and any other that libpq knows; several hosts or ports are lists.

sub make_uri {
    my (%o) = @_;

    my ($user, $password, $database) = delete @o{qw(user password database)};

    my $uri = 'postgresql://';

    if (defined $user) {
        $uri .= escaped($user);
        $uri .= ':' . escaped($password) if defined $password;
        $uri .= '@';
    }

    my @hosts = ref $o{host} ? @{$o{host}} : $o{host};
    my @ports = ref $o{port} ? @{$o{port}} : $o{port};

    if (!grep { m{^/} } @hosts) {
        $uri .= join ',', map { "$hosts[$_]:$ports[$_]" } 0 .. $#hosts;
        delete @o{qw(host port)};
    }

    $uri .= '/' . escaped($database);
    $uri .= '?' . join '&', map { "$_=" . escaped($o{$_}) } sort keys %o
        if %o;

    return $uri;
}

sub escaped {
    my ($text) = @_;

    $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
    return $text;
}

sub make_conninfo {
    my (%o) = @_;

    $o{dbname} = delete $o{database};

    return join ' ', map {
        my $value = ref $o{$_} ? join ',', @{$o{$_}} : $o{$_};
        $value =~ s/([\\'])/\\$1/g;
        "$_='$value'";
    } grep { defined $o{$_} } sort keys %o;
}

sub uri      { make_uri($_[0]->connection(@_[1 .. $#_])) }
sub conninfo { make_conninfo($_[0]->connection(@_[1 .. $#_])) }

# The rows of all statements in the SQL, each a reference to a list; NULL is
# undef.  Dies with what psql says when one fails.  Statements are sent one by
# one, as simple queries.  Options: uri, or those of uri().

sub psql {
    my ($self, $sql, %o) = @_;

    my $uri = $o{uri} || $self->uri(%o);

    open my $in, '+>', undef or die "temporary file: $!\n";
    open my $errors, '+>', undef or die "temporary file: $!\n";

    print $in $sql;
    seek $in, 0, 0 or die "temporary file: $!\n";

    my $pid = open my $out, '-|';
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        open STDIN, '<&', $in;
        open STDERR, '>&', $errors;

        $self->exec_psql($uri, '-A', '-t', '-0', '-F', FIELD,
                         '-P', 'null=' . NULL);
    }

    my $text = do { local $/; <$out> };

    if (!close $out) {
        seek $errors, 0, 0;
        my $said = do { local $/; <$errors> };
        die defined $said && length $said ? $said : "psql failed\n";
    }

    my @rows = split /\0/, defined $text ? $text : '', -1;

    pop @rows;

    return map {
        [map { $_ eq NULL ? undef : $_ } length ? split FIELD, $_, -1 : '']
    } @rows;
}

# A psql that reads SQL from what this returns, until that is closed.

sub psql_client {
    my ($self, %o) = @_;

    my $uri = $self->uri(%o);
    my $pid = open my $in, '|-';
    die "fork: $!\n" if !defined $pid;

    $self->exec_psql($uri) if $pid == 0;

    return $in;
}

sub exec_psql {
    my ($self, $uri, @options) = @_;

    delete @ENV{grep { /^PG/ } keys %ENV};

    exec $self->bindir . '/psql', '-X', '-q', @options,
        '-v', 'ON_ERROR_STOP=1', '-d', $uri or POSIX::_exit(127);
}

# The first column of the first row.

sub value {
    my ($self, @query) = @_;

    my ($row) = $self->psql(@query);
    return $row && $row->[0];
}

# Options: password, login (0: it cannot).

sub create_role {
    my ($self, $name, %o) = @_;

    my $sql = 'CREATE ROLE ' . identifier($name);

    $sql .= ' LOGIN' if !defined $o{login} || $o{login};

    if (defined $o{password}) {
        $self->{passwords}{$name} = $o{password};
        $sql .= ' PASSWORD ' . quoted($o{password});
    }

    $self->psql($sql);
    return $self;
}

sub create_database {
    my ($self, $name, $owner) = @_;

    my ($database, $role) =
        map { identifier($_) } $name, defined $owner ? $owner : 'postgres';

    $self->psql("CREATE DATABASE $database OWNER $role");
    return $self;
}

###############################################################################

1;

###############################################################################
