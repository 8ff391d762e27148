package Loyalty::Bench::PostgreSQL;

# (C) ngx_loyalty contributors

# The benchmark on a PostgreSQL server of its own, with the same functions as
# Loyalty::Bench.  A database is a name here, and a copy of one is what CREATE
# DATABASE makes of a template.
#
# The server's processes run where the kernel puts them, whoever its client
# is: the worker of nginx or pgbench, both of which have core 0.  A result has
# also server: microseconds of the server's processes a request.

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use Digest::MD5;
use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use Time::HiRes qw(sleep);

use parent qw(Loyalty::Bench);

my $CHECKOUT = abs_path(dirname(abs_path(__FILE__)) . '/../../../../..');
my $BENCH = "$CHECKOUT/tests/bench";
my $MODULE = "$CHECKOUT/ngx_loyalty_module";

# Durable as it is by default; the members fit into its memory.

my %CONF = (shared_buffers => '512MB');

###############################################################################

# Options: members, few, connections (that nginx has, half of them to write).

sub new {
    my ($class, %o) = @_;

    my $build = abs_path($ENV{BUILD} || "$CHECKOUT/build");

    # for the server of the tests, which has no other use for them

    local $ENV{LOYALTY_BUILD} = $build if $build;
    unshift @INC, "$CHECKOUT/t/lib";
    require Loyalty::PostgreSQL;

    return $class->SUPER::new(connections => 8,
                              few => int($o{members} / 100), %o);
}

sub connections { $_[0]{connections} }

sub check_machine {
    my ($self) = @_;

    $self->SUPER::check_machine;

    my $lacking = Loyalty::PostgreSQL->lacking;
    die "the benchmark needs PostgreSQL: $lacking\n" if $lacking;

    die "the benchmark needs pgbench: apt-get install postgresql\n"
        unless -x $self->program('pgbench');

    die "$self->{build}/libloyalty.a knows no PostgreSQL: install libpq-dev"
        . " and run \"make build lib\"\n"
        unless $self->knows_postgresql;
}

sub program {
    my ($self, $name) = @_;

    return Loyalty::PostgreSQL->bindir . "/$name";
}

sub compile {
    my ($self) = @_;

    $self->SUPER::compile;
    $self->compile_program('pgbench_script');

    foreach my $kind ('balance', 'claim') {
        my $statements = `$self->{work}/pgbench_script $kind`;

        die "no statements for pgbench\n" if $? != 0;

        Loyalty::Bench::write_file("$self->{work}/$kind.pgbench", $statements);
    }
}

###############################################################################

# A data folder with the templates is kept, and a server on a copy of it runs
# as long as we do.

sub preload {
    my ($self) = @_;

    $self->make_kept unless -e $self->kept;

    $self->{server} ||= Loyalty::Bench::PostgreSQL::Server->new(
        under => folder(), conf => \%CONF, kept => $self->kept);
}

sub kept {
    my ($self) = @_;

    return $self->{kept} ||= do {
        my $digest = Digest::MD5->new;

        foreach my $name ("$BENCH/members.c", abs_path(__FILE__),
                          glob "$MODULE/db/*schema_postgresql.c")
        {
            open(my $file, '<', $name) or die "$name: $!\n";
            $digest->addfile($file);
        }

        "$self->{dir}/postgresql-$self->{members}-$self->{few}-"
            . substr($digest->hexdigest, 0, 8);
    };
}

# The server does not run as root, so that the build folder may be out of its
# reach.

sub folder {
    return $ENV{TMPDIR} || '/var/tmp';
}

sub make_kept {
    my ($self) = @_;

    my $kept = $self->kept;

    my $server = Loyalty::PostgreSQL->new(
        under => folder(), conf => { %CONF, max_wal_size => '8GB' });

    foreach my $n ($self->{members}, $self->{few}) {
        print STDERR "Making a database with $n members...\n";
        $self->make_members($server, $n);
    }

    $server->stop;

    remove_tree(glob "$self->{dir}/postgresql-*");
    Loyalty::Bench::command('cp', '-a', $server->data, "$kept.new");
    rename "$kept.new", $kept or die "$kept: $!\n";
}

# The first signs up as everybody does, the others are like it: to sign up a
# million by themselves would take minutes.

sub make_members {
    my ($self, $server, $n) = @_;

    my $name = "members_$n";

    $server->create_database($name);

    Loyalty::Bench::command("$self->{work}/members",
                            $server->uri(database => $name), 1);

    $server->psql(members_sql($n), database => $name);
}

# In random order, see members.c; "shuffled" is the number in the e-mail.

sub members_sql {
    my ($n) = @_;

    my $first = Loyalty::Bench::FIRST_MEMBER;
    my $year = 365 * 24 * 3600;

    return <<"END";
SELECT setseed(0.5);

CREATE TEMPORARY TABLE other AS
    SELECT row_number() OVER (ORDER BY random()) + 1 AS id, shuffled
    FROM generate_series(1, $n - 1) AS shuffled;

INSERT INTO ledger (id, member, previous, kind, reference, store, points,
                    earned, usable_at, until_at, at)
    SELECT other.id, other.id, 0, kind, reference, store, points, earned,
           at - $year + $year * other.id / $n, 0,
           at - $year + $year * other.id / $n
    FROM other, ledger ORDER BY other.id;

INSERT INTO member (id, email, code, referral, source, locale, points,
                    lifetime, last_entry, first_open, joined_at)
    SELECT other.id, 'shopper' || $first + shuffled || '\@example.com',
           'm_' || substr(md5(random()::text), 1, length(code) - 2),
           'R' || other.id, source, locale, points, lifetime, other.id,
           first_open,
           joined_at - $year + $year * other.id / $n
    FROM other, member ORDER BY other.id;

SELECT setval(pg_get_serial_sequence('ledger', 'id'), $n),
       setval(pg_get_serial_sequence('member', 'id'), $n);

CREATE EXTENSION pg_prewarm;
VACUUM FREEZE ANALYZE;
END
}

sub copy {
    my ($self, $n) = @_;

    my $name = 'run_' . ++$self->{copies};

    $self->{server}->psql("CREATE DATABASE $name TEMPLATE members_$n"
                          . ($self->version >= 150000
                             ? ' STRATEGY file_copy' : ''));

    return $name;
}

sub version {
    my ($self) = @_;

    return $self->{version} ||=
        $self->{server}->value('SHOW server_version_num');
}

sub database_of {
    my ($self, $nginx) = @_;

    my $connections = $nginx->{connections} || $self->{connections};

    return $self->{server}->uri(database => $nginx->{database})
           . " connections=$connections";
}

# Every run begins right after a checkpoint, with the members in memory.

sub warm {
    my ($self, $name) = @_;

    my $server = $self->{server};

    $server->psql("CHECKPOINT; SELECT pg_prewarm(name) FROM unnest(ARRAY["
                  . "'member', 'member_email_key']) AS name",
                  database => $name);
    Loyalty::Bench::command('sync', '-f', $server->data);
}

sub drop {
    my ($self, $name) = @_;

    $self->{server}->psql("DROP DATABASE $name WITH (FORCE)");
}

sub query {
    my ($self, $name, $sql) = @_;

    return @{($self->{server}->psql($sql, database => $name))[0]};
}

sub describe {
    my ($self) = @_;

    return 'PostgreSQL ' . ($self->{server}->value('SHOW server_version')
                            =~ /^(\S+)/)[0];
}

###############################################################################

# Load

sub loads {
    my ($self, $nginx, $kinds, %o) = @_;

    my $before = $self->server_cpu;

    # what warming up needs is no part of it

    $o{started} = sub { $before = $self->server_cpu };

    my @results = $self->SUPER::loads($nginx, $kinds, %o);

    $results[0]{server} = ($self->server_cpu - $before)
                          / $results[0]{requests} if @results == 1;

    return @results;
}

# The statements alone: pgbench in place of nginx, in the same core.  Each
# transaction is one claim, or one balance.

sub pgbench {
    my ($self, $name, $kind, $clients, $seconds) = @_;

    $self->warm($name);

    my %variables = (
        n => 0, first => $self->orders, clients => $clients,
        members => $self->{members}, stride => $self->{stride}, now => time
    );

    my @command = ('taskset', '-c', Loyalty::Bench::WORKER_CORE,
                   $self->program('pgbench'), '--no-vacuum',
                   '-M', 'prepared', '-c', $clients, '-j', 1,
                   '-T', $seconds, '-f', "$self->{work}/$kind.pgbench",
                   (map { "-D$_=$variables{$_}" } sort keys %variables),
                   $self->{server}->uri(database => $name));

    my $backends = $self->backends;
    my $before = $self->usage;
    my $server = $self->server_cpu;
    my $client = children_cpu();

    open(my $out, '-|', @command) or die "pgbench: $!\n";
    my $text = do { local $/; <$out> };
    close $out or die "pgbench failed\n";

    # what they have used is known when they have ended

    for (1 .. 500) {
        last if $self->backends <= $backends;
        sleep 0.01;
    }

    my $others = Loyalty::Bench::others($before, $self->usage);

    my ($done) = $text =~ /transactions actually processed: (\d+)/;
    my ($rate) = $text =~ /^tps = ([\d.]+)/m;
    my ($failed) = $text =~ /failed transactions: (\d+)/;

    die "pgbench says something else:\n$text" unless $done && $rate;

    return {
        requests => $done, rate => $rate, errors => $failed || 0,
        cpu => (children_cpu() - $client) / $done,
        server => ($self->server_cpu - $server) / $done,
        others => $others
    };
}

sub backends {
    my ($self) = @_;

    return scalar(() = $self->{server}->descendants($self->{server}->pid));
}

sub children_cpu {
    my (undef, undef, $user, $system) = times;

    return ($user + $system) * 1e6;
}

# Of all processes of the server, also those that have ended.

sub server_cpu {
    my ($self) = @_;

    my $server = $self->{server} or return 0;
    my $pid = $server->pid;
    my ($fields) = Loyalty::Bench::read_file("/proc/$pid/stat")
                   =~ /.*\) (.*)/s;
    my @n = split ' ', $fields;

    my $cpu = ($n[13] + $n[14]) / POSIX::sysconf(POSIX::_SC_CLK_TCK()) * 1e6;

    foreach my $process ($pid, $server->descendants($pid)) {
        $cpu += eval { Loyalty::Bench::cpu($process) } || 0;
    }

    return $cpu;
}

sub usage {
    my ($self, @workers) = @_;

    my $usage = $self->SUPER::usage(@workers);

    $usage->{own} += $self->server_cpu / 1e6;

    return $usage;
}

###############################################################################

# A server of the tests on a copy of the kept folder.

package Loyalty::Bench::PostgreSQL::Server;

our @ISA = ('Loyalty::PostgreSQL');

sub template { $_[0]{kept} }

# One benchmark runs at a time, see Loyalty::Bench: nobody else makes it.

sub locked_template {
    my ($self) = @_;

    open(my $lock, '<', "$self->{kept}/PG_VERSION")
        or die "$self->{kept}: $!\n";

    return $lock;
}

1;
