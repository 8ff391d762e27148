package Loyalty::PostgreSQL::AutoFailover;

# (C) ngx_loyalty contributors

# A formation of pg_auto_failover for a test: a monitor and three PostgreSQL
# servers, one of them the primary; a commit needs one of the other two.
#
#     my $ha = Loyalty::PostgreSQL::AutoFailover->new;
#     $t->macro(DATABASE => $ha->uri);
#     ...
#     my $killed = $ha->kill9_primary;
#     ...
#     $ha->revive($killed);
#     $ha->wait_healthy;
#
# All of it listens at 127.0.0.1 only, where anybody may be anyone.

###############################################################################

use warnings;
use strict;

use File::Path qw(make_path);

use parent qw(Loyalty::PostgreSQL::Host);

use constant {NODES => 3, MONITOR => 'monitor', ADDRESS => '127.0.0.1'};

# Joining takes two base backups, one after the other on a slow disk.

our $PATIENCE = 120;

# A failover shall take seconds, not most of a minute.  The monitor gives up
# a server that it cannot reach and whose keeper is silent.

my %MONITOR_CONF = (
    'pgautofailover.health_check_period' => '500ms',
    'pgautofailover.health_check_timeout' => '2s',
    'pgautofailover.health_check_max_retries' => 1,
    'pgautofailover.health_check_retry_delay' => '500ms',
    'pgautofailover.node_considered_unhealthy_timeout' => '2s',
    'pgautofailover.primary_demote_timeout' => '1s',
    'pgautofailover.startup_grace_period' => '3s',
);

###############################################################################

# Options: conf (a hash of settings of the servers), monitor_conf, and those
# of Loyalty::PostgreSQL::Host.

sub new {
    my ($class, %o) = @_;

    my $self = $class->SUPER::new(conf => {}, monitor_conf => {}, %o);
    my %xdg = map { ("XDG_\U$_\E" => $self->path($_)) }
              qw(config_home data_home runtime_dir);

    make_path(values %xdg);
    $self->give_to_postgresql(values %xdg);

    # pg_autoctl shall not take a quarter of the machine's memory for each
    # server; it knows that of its own tests, by these two

    $self->{env} = {%{$self->{env}}, %xdg, PGHOST => $self->{dir},
                    PG_AUTOCTL_DEBUG => 1,
                    PG_REGRESS_SOCK_DIR => $self->{dir}};

    $self->start;
    return $self;
}

sub needed {
    my ($class) = @_;

    return ($class->SUPER::needed, qw(pg_basebackup pg_rewind),
            '../lib/pgautofailover.so');
}

sub lacking {
    my ($class) = @_;

    return $class->SUPER::lacking
           || (grep { -x "$_/pg_autoctl" } $class->search_path)
              ? '' : 'no pg_auto_failover';
}

# The first server has to be there before others can join it.

sub start {
    my ($self) = @_;

    my @names = map { "node$_" } 1 .. NODES;

    $self->{nodes}{$_} = {name => $_, port => $self->free_port}
        for MONITOR, @names;

    $self->make_data(MONITOR, conf => {%MONITOR_CONF,
                                       %{$self->{monitor_conf}}});
    $self->make_data($names[0], conf => $self->{conf});
    $self->add_superuser($_) for MONITOR, $names[0];

    $self->autoctl(MONITOR, 'create', 'monitor', '--listen', ADDRESS,
                   $self->create_options(MONITOR));

    $self->wait_for('the monitor starts', sub { $self->states; 1 });

    my @monitor = (uri => $self->monitor_uri('postgres'));

    for my $name (@names) {
        $self->autoctl($name, 'create', 'postgres', '--name', $name,
                       '--listen', ADDRESS, '--pghost', $self->{dir},
                       '--username', 'postgres', '--dbname', 'postgres',
                       '--monitor', $self->monitor_uri('autoctl_node'),
                       $self->create_options($name));

        $self->wait_for('the first server is there', sub {
            $self->value('SELECT 1 FROM pgautofailover.node
                          WHERE reportedstate = \'single\'', @monitor);
        }) if $name eq $names[0];
    }

    # a base backup takes its time for a checkpoint, unless others want one

    $self->wait_for('the others have copied the first', sub {
        $self->psql('CHECKPOINT');
        !$self->value('SELECT count(*) FROM pgautofailover.node
                       WHERE reportedstate = \'wait_standby\'', @monitor);
    });

    return $self->wait_healthy;
}

# pg_autoctl logs in under the name of the user that it runs as.

sub add_superuser {
    my ($self, $name) = @_;

    my $user = getpwuid(($self->account)[0]);
    return if $user eq 'postgres';

    my $sql = $self->write_file('superuser.sql', 'CREATE ROLE '
        . Loyalty::PostgreSQL::Host::identifier($user)
        . " SUPERUSER LOGIN\n");

    $self->run_program('sh', '-c', 'exec "$0" --single -D "$1" postgres <"$2"',
                       $self->bindir . '/postgres', $self->path($name), $sql);
}

sub create_options {
    my ($self, $name) = @_;

    return ('--pgdata', $self->path($name), '--hostname', ADDRESS,
            '--pgport', $self->{nodes}{$name}{port},
            '--auth', 'trust', '--no-ssl', '--run');
}

sub autoctl {
    my ($self, $name, @arguments) = @_;

    $self->{nodes}{$name}{keeper} =
        $self->spawn("$name.log", 'pg_autoctl', @arguments);
}

# As wait_until, but a few times a second, and an error is not the end, as
# nobody may be there yet.

sub wait_for {
    my ($self, $what, $condition) = @_;

    my $until = time() + $PATIENCE;
    my $error;

    while (1) {
        return 1 if eval { $condition->() };
        $error = $@ || $self->state_text;

        for my $name (sort keys %{$self->{nodes}}) {
            my $keeper = $self->{nodes}{$name}{keeper};

            die "pg_autoctl of $name has left:\n"
                . $self->read_file("$name.log")
                if $keeper && !$self->child_runs($keeper);
        }

        die "waited in vain: $what: $error\n" if time() > $until;

        select undef, undef, undef, 0.2;
    }
}

###############################################################################

# What the monitor knows of the servers: by name, {state, goal, healthy}.

sub states {
    my ($self) = @_;

    return {map { $_->[0] => {state => $_->[1], goal => $_->[2],
                              healthy => $_->[3] eq '1'} }
            $self->psql('SELECT nodename, reportedstate, goalstate, health
                         FROM pgautofailover.node ORDER BY nodename',
                        uri => $self->monitor_uri('postgres'))};
}

sub state_text {
    my ($self) = @_;

    my $states = eval { $self->states } or return "no monitor: $@";

    return join ', ', map {
        my $s = $states->{$_};
        "$_: $s->{state}" . ($s->{goal} ne $s->{state} && " to be $s->{goal}")
            . (!$s->{healthy} && ', not healthy')
    } sort keys %$states;
}

sub monitor_uri {
    my ($self, $user) = @_;

    return Loyalty::PostgreSQL::Host::make_uri(
        host => ADDRESS, port => $self->{nodes}{+MONITOR}{port},
        user => $user, database => 'pg_auto_failover');
}

# Comes back when one is the primary and the others are its standbys.

sub wait_healthy {
    my ($self) = @_;

    $self->wait_for('the formation is healthy', sub {
        my @states = values %{$self->states};

        return @states == NODES
               && !grep({ !$_->{healthy} || $_->{goal} ne $_->{state} }
                        @states)
               && grep({ $_->{state} eq 'primary' } @states) == 1
               && grep({ $_->{state} eq 'secondary' } @states) == NODES - 1;
    });

    return $self;
}

# The primary: {name, port, pid} of it; undef while there is none.  It is the
# one that the monitor wants, which may be dead without the monitor knowing.
# pid is the postmaster's, 0 if it does not run.

sub primary {
    my ($self) = @_;

    my $states = $self->states;
    my ($name) = grep {
        $states->{$_}{goal} =~ /^(?:single|(?:wait_|join_)?primary
                                  |apply_settings)$/x
    } sort keys %$states;

    return $name && $self->node($name);
}

sub node {
    my ($self, $name) = @_;

    my $node = $self->{nodes}{$name} or die "there is no $name\n";

    return {name => $name, port => $node->{port},
            pid => $self->postmaster($name)};
}

sub names {
    my ($self) = @_;

    return grep { $_ ne MONITOR } sort keys %{$self->{nodes}};
}

sub postmaster {
    my ($self, $name) = @_;

    my ($pid) = $self->read_file("$name/postmaster.pid") =~ /^(\d+)$/m;

    return $pid && $self->alive($pid) ? $pid : 0;
}

# What pg_autoctl, and PostgreSQL at its start, had to say.

sub log {
    my ($self, $name) = @_;

    return join '', map { $self->read_file($_) } "$name.log",
                    map { s{^\Q$self->{dir}\E/}{}r }
                        glob $self->path("$name/log/*.log");
}

###############################################################################

# A machine that dies: the server and its keeper, all at once.  Gives the
# name of the node.

sub kill9_primary {
    my ($self) = @_;

    my $primary = $self->primary or die "there is no primary\n";

    return $self->kill9($primary->{name});
}

sub kill9 {
    my ($self, $name) = @_;

    my $keeper = delete $self->{nodes}{$name}{keeper}
        or die "$name does not run\n";
    my @offspring = $self->descendants($keeper);

    kill KILL => $keeper, @offspring;

    $self->await_end($keeper, @offspring);
    return $name;
}

# The machine is back, and the node joins the others again by itself.

sub revive {
    my ($self, $name) = @_;

    die "$name runs already\n" if $self->{nodes}{$name}{keeper};

    $self->autoctl($name, 'run', '--pgdata', $self->path($name));
    return $self;
}

# The keepers would start a server that leaves, so they go first.

sub end {
    my ($self) = @_;

    my @keepers = grep { $_ } map { delete $_->{keeper} }
                              values %{$self->{nodes}};
    my @offspring = map { $self->descendants($_) } @keepers;
    my @postmasters = grep { $_ } map { $self->postmaster($_) }
                                  keys %{$self->{nodes}};

    # what a postmaster has started leaves with it

    my %server = map { ($_ => 1) } map { ($_, $self->descendants($_)) }
                                   @postmasters;

    kill KILL => @keepers, grep { !$server{$_} } @offspring;
    kill QUIT => @postmasters;

    $self->await_end($_, @offspring) for @keepers;
    $self->free_memory($_) for keys %{$self->{nodes}};
}

###############################################################################

# What libpq needs to find the primary, for uri() and conninfo().

sub connection {
    my ($self, %o) = @_;

    my @names = $self->names;

    return (host => [(ADDRESS) x @names],
            port => [map { $self->{nodes}{$_}{port} } @names],
            user => 'postgres', database => 'postgres',
            target_session_attrs => 'read-write', %o);
}

###############################################################################

1;

###############################################################################
