package Loyalty::PostgreSQL;

# (C) ngx_loyalty contributors

# A PostgreSQL server of its own for a test, in a folder of its own.
#
#     my $pg = Loyalty::PostgreSQL->new;
#     $pg->create_role('shop', password => 'secret');
#     $pg->create_database('loyalty', 'shop');
#     $t->macro(DATABASE => $pg->uri(user => 'shop', database => 'loyalty'));
#     is($pg->value('SELECT count(*) FROM member',
#                   database => 'loyalty'), 1, 'one member');
#
# It listens at a Unix socket in its folder, at no address unless told, and
# has a port that is not PostgreSQL's usual one: a connection string that
# lost its host does not reach another server.

###############################################################################

use warnings;
use strict;

use parent qw(Loyalty::PostgreSQL::Host);

use constant {DATA => 'data', LOG => 'postgresql.log'};

my %SIGNALS = (smart => 'TERM', fast => 'INT', immediate => 'QUIT');

###############################################################################

# Options: tcp (listens at 127.0.0.1 as well, where passwords are needed),
# auth (how roles log in at the socket, such as scram-sha-256; without it
# anybody may be anyone), conf (a hash of settings), start (0: not yet), and
# those of Loyalty::PostgreSQL::Host.

sub new {
    my ($class, %o) = @_;

    my $self = $class->SUPER::new(auth => 'trust', start => 1, %o);

    $self->{port} = $self->free_port;

    $self->make_data(
        DATA,
        hba => $self->hba,
        conf => {
            listen_addresses => $self->{tcp} ? '127.0.0.1' : '',
            unix_socket_directories => $self->{dir},
            port => $self->{port},
            password_encryption => 'scram-sha-256',
            %{$self->{conf} || {}}
        });

    $self->start if $self->{start};

    return $self;
}

# A server that somebody else has started and will stop: its folder and port.

sub attach {
    my ($class, $dir, $port) = @_;

    return bless {dir => $dir, port => $port, owner => 0, passwords => {}},
                 $class;
}

sub port { $_[0]{port} }
sub data { $_[0]->path(DATA) }

# The superuser may always come in at the socket, for the test's own queries.

sub hba {
    my ($self) = @_;

    return join '', map { "$_\n" }
        'local  all  postgres                 trust',
        "local  all  all                      $self->{auth}",
        'host   all  all       127.0.0.1/32  scram-sha-256';
}

###############################################################################

sub start {
    my ($self) = @_;

    die "the server runs already\n" if $self->pid;

    my $pid = $self->spawn(LOG, $self->bindir . '/postgres',
                           '-D', $self->data);

    $self->{pid} = $pid;

    $self->wait_until('PostgreSQL starts', sub {
        die "PostgreSQL did not start:\n" . $self->log
            if !$self->child_runs($pid);

        # what pg_ctl -w looks at

        my @lines = split /\n/, $self->read_file(DATA . '/postmaster.pid');

        return @lines > 7 && $lines[0] == $pid && $lines[7] =~ /^ready/;
    });

    return $self;
}

# The pid of the postmaster; 0 when it does not run.

sub pid {
    my ($self) = @_;

    return $self->{pid} && $self->child_runs($self->{pid}) ? $self->{pid} : 0;
}

# Modes: smart (waits for the clients), fast (throws them out), immediate (as
# in a crash).

sub stop {
    my ($self, $mode) = @_;

    my $signal = $SIGNALS{$mode || 'fast'} or die "no such mode: $mode\n";
    my $pid = $self->pid or return $self;
    my @backends = $self->descendants($pid);

    kill $signal => $pid;

    $self->await_end($pid, @backends)
        or die "PostgreSQL did not leave by itself\n";

    return $self;
}

sub restart {
    my ($self, $mode) = @_;

    return $self->stop($mode)->start;
}

# Reads its configuration again, with these settings instead of the former
# ones of the same names.

sub reload {
    my ($self, %conf) = @_;

    for my $name (sort keys %conf) {
        my $value = Loyalty::PostgreSQL::Host::quoted($conf{$name});
        $self->psql("ALTER SYSTEM SET $name = $value");
    }

    my $loaded = $self->value('SELECT pg_conf_load_time()');

    kill HUP => $self->pid;

    $self->wait_until('the configuration is loaded', sub {
        $self->value('SELECT pg_conf_load_time()') ne $loaded;
    });
}

# kill -9 of the postmaster.  Its processes see that and leave; when all are
# gone, so that a start is possible, this comes back.

sub kill9 {
    my ($self) = @_;

    my $pid = $self->pid or die "the server does not run\n";
    my @backends = $self->descendants($pid);

    kill KILL => $pid;

    $self->await_end($pid, @backends);
    return $self;
}

sub log { $_[0]->read_file(LOG) }

sub end {
    my ($self) = @_;

    eval { $self->stop('immediate') };
    $self->free_memory(DATA);
}

###############################################################################

# What libpq needs to connect, for uri() and conninfo().  Options: user and
# database (both are postgres), tcp (by 127.0.0.1), password (1: the one that
# create_role() gave; or a text), passfile (1: a file with all passwords), and
# any other of libpq's own.

sub connection {
    my ($self, %o) = @_;

    my $tcp = delete $o{tcp};

    die "the server was made without tcp\n" if $tcp && !$self->{tcp};

    %o = (host => $tcp ? '127.0.0.1' : $self->{dir}, port => $self->{port},
          user => 'postgres', database => 'postgres', %o);

    $o{password} = $self->{passwords}{$o{user}}
        if ($o{password} || '') eq '1';

    $o{passfile} = $self->passfile if ($o{passfile} || '') eq '1';

    return map { $_ => $o{$_} } grep { defined $o{$_} } keys %o;
}

# A file with the passwords of all roles, whoever asks from wherever.  It is
# the workers' own, as libpq wants it; root can read it as well.

sub passfile {
    my ($self) = @_;

    my $passwords = $self->{passwords};

    my $path = $self->write_file('passwords', join('', map {
        join(':', '*', '*', '*', map { s/([\\:])/\\$1/gr }
                                     $_, $passwords->{$_}) . "\n"
    } sort keys %$passwords), 0600);

    $self->give_to_postgresql($path);

    return $path;
}

###############################################################################

1;

###############################################################################
