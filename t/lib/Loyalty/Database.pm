package Loyalty::Database;

# (C) ngx_loyalty contributors

# The database of a program, as a test sees it.  This file alone knows which
# engine the tests run on.
#
#     is($t->database('db/shop.db')->value('SELECT count(*) FROM member'), 1,
#        'one member');
#
# A test writes "database sqlite:%%TESTDIR%%/db/shop.db" in its configuration.
# With LOYALTY_ENGINE=postgresql that becomes the URI of a schema of that
# name, of a server that tests/with-postgresql has started for all tests, or,
# without it, of one that the first test of the process starts.

###############################################################################

use warnings;
use strict;

use File::Basename qw(basename);
use IO::Handle;

use Loyalty::Nginx;

###############################################################################

sub engine { $ENV{LOYALTY_ENGINE} || 'sqlite' }

# Why tests of files have nothing to test here; empty where they have.

sub not_files {
    return engine() eq 'sqlite' ? '' : 'about files, which this engine has not';
}

# Why a test cannot ask the database; empty where it can.

sub lacking {
    return server_lacking() if engine() eq 'postgresql';
    return Loyalty::Nginx->has_program('sqlite3') ? '' : 'no sqlite3';
}

# The same for tests that use a server whatever the engine is.

sub server_lacking {
    require Loyalty::PostgreSQL;

    return Loyalty::PostgreSQL->lacking
           || (module_knows_libpq() ? ''
               : 'the module was built without PostgreSQL');
}

sub module_knows_libpq {
    open my $file, '<:raw', Loyalty::Nginx::module_path() or return 0;
    local $/;
    return <$file> =~ /\0PQconnectdbParams\0/;
}

# Of a Loyalty::Nginx, by the name of the file in its folder.

sub of {
    my ($class, $t, $name) = @_;

    my %classes = (sqlite => 'Loyalty::Database::SQLite',
                   postgresql => 'Loyalty::Database::PostgreSQL');

    my $of_engine = $classes{+engine} or die 'no engine ' . engine() . "\n";

    return $of_engine->new(file => $t->path($name),
                           locked => $t->path(basename($name) . '.locked'));
}

###############################################################################

# What both have.  What each has for itself: arguments (of "database", with
# further parameters), rows (of a query, as "a|b"), version, set_version, sound, broken (makes it
# unusable), client (a program that reads SQL), and how it locks.

sub value {
    my ($self, $sql) = @_;

    return ($self->rows($sql))[0];
}

# Somebody else writes, until release() of what this gives.  Reading goes on.

sub lock {
    my ($self) = @_;

    unlink $self->{locked};

    my $in = $self->client;

    $in->autoflush(1);
    print $in $self->lock_script;

    Loyalty::Nginx->wait_until('the lock', sub { -s $self->{locked} });

    return bless {in => $in}, 'Loyalty::Database::Lock';
}

###############################################################################

package Loyalty::Database::Lock;

sub release {
    my ($self) = @_;

    my $in = delete $self->{in} or return;

    print $in "ROLLBACK;\n";
    close $in;
}

sub DESTROY { $_[0]->release }

###############################################################################

package Loyalty::Database::SQLite;

our @ISA = ('Loyalty::Database');

use File::Basename qw(dirname);
use File::Path qw(make_path);

sub new {
    my ($class, %o) = @_;

    return bless {%o}, $class;
}

sub arguments {
    my ($self, $params) = @_;

    return "sqlite:$self->{file}$params";
}

# It says in the end that it got there.

sub rows {
    my ($self, $sql) = @_;

    open my $out, '-|', 'sqlite3', '-batch', '-bail', '-cmd',
        '.timeout 5000', $self->{file}, "$sql; SELECT 'end of rows'"
        or die "sqlite3: $!\n";

    my @rows = <$out>;
    close $out;
    chomp @rows;

    die "sqlite3 failed: $sql\n"
        if !@rows || pop(@rows) ne 'end of rows';

    return @rows;
}

sub version { $_[0]->value('PRAGMA user_version') }

sub set_version {
    my ($self, $version) = @_;

    $self->rows("PRAGMA user_version = $version");
}

sub sound {
    my ($self) = @_;

    return $self->value('PRAGMA integrity_check') eq 'ok'
           && !$self->rows('PRAGMA foreign_key_check');
}

sub broken {
    my ($self) = @_;

    make_path(dirname($self->{file}));

    open my $file, '>', $self->{file} or die "$self->{file}: $!\n";
    print $file 'this is no database' x 500;
    close $file or die "$self->{file}: $!\n";

    unlink map { "$self->{file}-$_" } qw(wal shm);
}

sub client {
    my ($self) = @_;

    open my $in, '|-', 'sqlite3', '-batch', $self->{file}
        or die "sqlite3: $!\n";
    return $in;
}

sub lock_script {
    my ($self) = @_;

    return ".timeout 5000\n.output $self->{locked}\nBEGIN IMMEDIATE;\n"
           . "SELECT 'locked';\n.output stdout\n";
}

###############################################################################

package Loyalty::Database::PostgreSQL;

our @ISA = ('Loyalty::Database');

# A schema in a database named "loyalty" that a role of that name owns.

use constant {DATABASE => 'loyalty', ROLE => 'loyalty', NAME_MAX => 63};

# Of the shared server, for a file's name; or of a server that a test has for
# itself, with the options of its uri(): then the database has no other use.

sub new {
    my ($class, %o) = @_;

    return bless {%o, locked => $o{server}->path('locked')}, $class
        if $o{server};

    my ($dir, $name) = $o{file} =~ m{(loyalty-t-[^/]+)/(.+)$}
        or die "$o{file}: not in the folder of a test\n";

    my $schema = "$dir/$name";

    die "$schema: too long a name\n" if length $schema > NAME_MAX;

    return bless {
        %o, server => server(), schema => $schema,
        options => [database => DATABASE,
                    options => "-csearch_path=\"$schema\""]
    }, $class;
}

my $server;

sub server {
    require Loyalty::PostgreSQL;

    return $server ||= $ENV{LOYALTY_SERVER}
        ? Loyalty::PostgreSQL->attach(split ' ', $ENV{LOYALTY_SERVER})
        : shared_server();
}

# For many tests side by side, each with many programs.  What survives a power
# failure is not what they are about, and syncs cost them half of their time.

sub shared_server {
    my $pg = Loyalty::PostgreSQL->new(conf => {max_connections => 800,
                                               fsync => 'off'});

    $pg->create_role(ROLE);
    $pg->create_database(DATABASE, ROLE);
    $pg->psql('CREATE EXTENSION amcheck', database => DATABASE);

    return $pg;
}

# The schema is there before it is in a configuration, as with a sysadmin.  Many
# tests on two cores make the server slow, so a test that does not say how long
# it waits has patience.

sub arguments {
    my ($self, $params) = @_;

    $self->{server}->psql('CREATE SCHEMA IF NOT EXISTS ' . $self->quoted
                          . ' AUTHORIZATION ' . ROLE, database => DATABASE)
        if !$self->{made}++ && $self->{schema};

    $params .= ' timeout=10s' if $params !~ /timeout=/;

    return $self->{server}->uri(user => ROLE, connect_timeout => 10,
                                @{$self->{options}}) . $params;
}

sub quoted { Loyalty::PostgreSQL::Host::identifier($_[0]{schema}) }

sub rows {
    my ($self, $sql) = @_;

    return map {
        join '|', map { defined $_ ? $_ : '' } @$_;
    } $self->{server}->psql($sql, @{$self->{options}});
}

sub version { $_[0]->value('SELECT max(version) FROM loyalty_version') }

sub set_version {
    my ($self, $version) = @_;

    $self->rows("UPDATE loyalty_version SET version = $version");
}

# Every index has exactly the rows of its table; dies if one has not.

sub sound {
    my ($self) = @_;

    return $self->rows('SELECT public.bt_index_check(i.indexrelid, true)
                        FROM pg_index AS i
                            JOIN pg_class AS c ON c.oid = i.indrelid
                            JOIN pg_namespace AS n ON n.oid = c.relnamespace
                        WHERE n.nspname = current_schema()') > 0;
}

sub broken {
    my ($self) = @_;

    $self->{server}->psql('DROP SCHEMA IF EXISTS ' . $self->quoted
                          . ' CASCADE', database => DATABASE);
    $self->{made} = 1;
}

sub client {
    my ($self) = @_;

    return $self->{server}->psql_client(@{$self->{options}});
}

sub lock_script {
    my ($self) = @_;

    return "BEGIN; LOCK TABLE writer, member IN EXCLUSIVE MODE;\n"
           . "\\o $self->{locked}\nSELECT 'locked';\n\\o\n";
}

###############################################################################

1;

###############################################################################
