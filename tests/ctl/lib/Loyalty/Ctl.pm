package Loyalty::Ctl;

# (C) ngx_loyalty contributors

# Runs loyaltyctl, and looks into databases of either engine.
#
#     my $ctl = Loyalty::Ctl->new($t, $pg);
#     is($ctl->copy('shop.db', 'shop')->{exit}, 0, 'copied');
#     is_deeply($ctl->dump('shop'), $ctl->dump('shop.db'), 'the same');
#
# A database is known by its name: one that ends in ".db" is a file in the
# folder of the test, any other a database of the PostgreSQL server, which is
# made when it is needed.
#
# In the environment: LOYALTY_CTL (another loyaltyctl than that in the build
# folder).

###############################################################################

use warnings;
use strict;

use Digest::MD5 qw(md5_hex);
use File::Copy ();
use JSON::PP ();
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep);

use Loyalty::Nginx;

use constant {COLUMN => "\x1f", ROW => "\x1e"};

###############################################################################

sub new {
    my ($class, $t, $pg) = @_;

    my $build = $ENV{LOYALTY_BUILD} || Loyalty::Nginx->checkout . '/build';
    my $program = $ENV{LOYALTY_CTL} || "$build/loyaltyctl";

    die "no $program: \"make ctl\" makes it\n" if !-x $program;

    return bless {t => $t, pg => $pg, program => $program, made => {}},
        $class;
}

# Whether it was built with sanitizers, which need much memory.

sub sanitized {
    my ($self) = @_;

    open my $fh, '<:raw', $self->{program} or die "$self->{program}: $!\n";
    local $/;

    return <$fh> =~ /__asan_init/;
}

###############################################################################

# What became of it: exit, signal, out, err.  Options: user (who runs it).

sub run {
    my ($self, @args) = @_;

    return $self->end($self->start(@args));
}

sub copy {
    my ($self, $from, $to, @options) = @_;

    return $self->run('copy', @options, $self->uri($from), $self->uri($to));
}

# A command on a database, and the object that it prints.

sub on {
    my ($self, $name, @args) = @_;

    return $self->run('-d', $self->uri($name), @args);
}

sub json {
    my ($self, $name, @args) = @_;

    my $r = $self->on($name, @args, '--json');

    return JSON::PP->new->utf8->decode($r->{out}) if $r->{out} ne '';
    die "loyaltyctl @args printed nothing: $r->{err}";
}

# Copies, and when it has said that it is at a step, stops it for as long as
# the code runs, which gets its pid.

sub at {
    my ($self, $step, $code, $from, $to) = @_;

    my $run = $self->start('copy', $self->uri($from), $self->uri($to));
    my $found;

    while (defined(my $line = readline $run->{err})) {
        $run->{said} .= $line;

        if ($line =~ /^\Q$step\E\b/) {
            kill STOP => $run->{pid};
            $code->($run->{pid});
            kill CONT => $run->{pid};

            $found = 1;
            last;
        }
    }

    my $r = $self->end($run);

    die "it never said \"$step\":\n$r->{err}" if !$found;
    return $r;
}

# Copies, and finds out how much memory it takes, in kilobytes.

sub peak {
    my ($self, $from, $to) = @_;

    my $run = $self->start('copy', '--quiet', $self->uri($from),
                           $self->uri($to));
    my $peak = 0;

    while (waitpid($run->{pid}, WNOHANG) == 0) {

        if (open my $fh, '<', "/proc/$run->{pid}/status") {
            local $/;
            my ($kb) = (<$fh> || '') =~ /^VmHWM:\s+(\d+)/m;
            $peak = $kb if $kb;
        }

        sleep 0.02;
    }

    die "it failed:\n" . do { local $/; readline $run->{err} } if $?;
    return $peak;
}

# With standard output and error at a terminal.

sub on_terminal {
    my ($self, $from, $to) = @_;

    my $command = join ' ', map { "'$_'" }
        $self->{program}, 'copy', $self->uri($from), $self->uri($to);

    open my $out, '-|', 'script', '-qec', $command, '/dev/null'
        or die "script: $!\n";

    my $text = do { local $/; readline $out };
    close $out;

    return {exit => $? >> 8, out => $text};
}

sub start {
    my ($self, @args) = @_;

    my %o = ref $args[0] ? %{shift @args} : ();
    my $program = $o{user} ? $self->program_for_others : $self->{program};

    pipe my $out, my $child_out or die "pipe: $!\n";
    pipe my $err, my $child_err or die "pipe: $!\n";

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>&', $child_out;
        open STDERR, '>&', $child_err;

        delete @ENV{grep { /^PG/ } keys %ENV};

        my $log = 'log_path=' . $self->{t}->path('sanitizer/loyaltyctl');
        $ENV{ASAN_OPTIONS} = $log;
        $ENV{UBSAN_OPTIONS} = "print_stacktrace=1:$log";

        if ($o{user}) {
            my ($uid, $gid) = (getpwnam $o{user})[2, 3];
            POSIX::setgid($gid);
            POSIX::setuid($uid);
        }

        exec { $program } 'loyaltyctl', @args or POSIX::_exit(127);
    }

    return {pid => $pid, out => $out, err => $err, said => ''};
}

# They may not be let into the folder where it was built.

sub program_for_others {
    my ($self) = @_;

    my $copy = $self->{t}->path('loyaltyctl');

    File::Copy::copy($self->{program}, $copy) or die "$copy: $!\n";
    chmod 0755, $copy;

    return $copy;
}

# What is written is little enough for the pipes to hold it.

sub end {
    my ($self, $run) = @_;

    my ($err, $out) = map { local $/; scalar readline $_ } @{$run}{qw(err out)};

    waitpid $run->{pid}, 0;

    return {exit => $? >> 8, signal => $? & 127,
            out => defined $out ? $out : '',
            err => $run->{said} . (defined $err ? $err : '')};
}

###############################################################################

# Databases

sub is_file { $_[0] =~ /\.db$/ }

sub sqlite {
    my ($self, $name) = @_;

    return 'sqlite:' . $self->{t}->path($name);
}

sub uri {
    my ($self, $name) = @_;

    return $self->sqlite($name) if is_file($name);

    $self->{pg}->create_database($name) if !$self->{made}{$name}++;
    return $self->{pg}->uri(database => $name);
}

# Starts nginx, once more if need be, with a program whose state is in this
# database and that has these rules; the locations are the usual ones and
# these.

sub serve {
    my ($self, $database, $rules, @locations) = @_;

    my $t = $self->{t};
    my $uri = $database =~ /:/ ? $database : $self->uri($database);
    my $more = join "\n        ",
               map { "location = /loyalty/$_ { loyalty_$_ shop; }" } @locations;

    $t->stop;
    $t->conf(<<"END")->run;
%%TEST_GLOBALS%%

worker_processes 2;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database        $uri timeout=10s;
        currency        USD;
        earn            1 per 1.00;
$rules
        api_key         chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        $more
        %%STORE%%
    }
}
END
}

# The text that SQLite's own program returns.

sub sqlite_sql {
    my ($self, $name, $sql) = @_;

    open my $out, '-|', 'sqlite3', '-batch', '-bail', '-ascii',
        $self->{t}->path($name), $sql or die "sqlite3: $!\n";

    my $text = do { local $/; readline $out };
    close $out or die "sqlite3 failed at $name\n";

    $text = '' if !defined $text;
    $text =~ s/${\ROW}\z//;
    return $text;
}

# The rows, as psql() of Loyalty::PostgreSQL has them.

sub pg_sql {
    my ($self, $name, $sql) = @_;

    $self->uri($name);
    return $self->{pg}->psql($sql, database => $name);
}

sub rows {
    my ($self, $name, $sql) = @_;

    return $self->pg_sql($name, $sql) if !is_file($name);

    return map { [split COLUMN, $_, -1] }
           split ROW, $self->sqlite_sql($name, $sql), -1;
}

# A program's tables and columns, as the database itself knows them, but for
# those that are made anew from the others.

sub tables {
    my ($self, $name) = @_;

    my %tables;

    push @{$tables{$_->[0]}}, $_->[1]
        for $self->rows($name, is_file($name) ? <<'SQLITE' : <<'POSTGRESQL');
SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
 WHERE t.type = 'table'
   AND t.name NOT IN ('leader', 'chore', 'census', 'source', 'day', 'fold',
                     'sqlite_sequence')
SQLITE
SELECT table_name, column_name FROM information_schema.columns
  JOIN information_schema.tables USING (table_schema, table_name)
 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
   AND table_name NOT IN ('leader', 'chore', 'census', 'source', 'day', 'fold',
                          'writer', 'loyalty_version')
POSTGRESQL

    $_ = [sort @$_] for values %tables;

    return \%tables;
}

# All rows of all tables: each a hash, sorted.

sub dump {
    my ($self, $name) = @_;

    my $tables = $self->tables($name);
    my %dump;

    for my $table (keys %$tables) {
        my @columns = @{$tables->{$table}};

        $dump{$table} = [map {
            my %row;
            @row{@columns} = split COLUMN, $_, -1;
            \%row;
        } $self->lines($name, $table, @columns)];
    }

    return \%dump;
}

# The same in short: how many, and a digest.

sub digest {
    my ($self, $name) = @_;

    my $tables = $self->tables($name);

    return {map {
        my @lines = $self->lines($name, $_, @{$tables->{$_}});
        $_ => @lines . ' ' . md5_hex(join "\n", @lines);
    } keys %$tables};
}

sub lines {
    my ($self, $name, $table, @columns) = @_;

    my $list = join ', ', @columns;

    return sort map { join COLUMN, @$_ }
           $self->rows($name, "SELECT $list FROM $table");
}

# What a copy that fails must leave as it is: a file to the byte; the rows of
# a PostgreSQL database.

sub content {
    my ($self, $name) = @_;

    if (!is_file($name)) {
        my $dump = $self->dump($name);
        return {map { $_ => $dump->{$_} } grep { @{$dump->{$_}} } keys %$dump};
    }

    open my $fh, '<:raw', $self->{t}->path($name) or return "$!";
    local $/;

    my $bytes = readline $fh;
    return defined $bytes ? $bytes : "$!";
}

sub schema {
    my ($self, $name) = @_;

    return $self->sqlite_sql($name, 'SELECT sql FROM sqlite_schema ORDER BY '
                             . 'type, name; PRAGMA user_version; '
                             . 'PRAGMA application_id; PRAGMA journal_mode');
}

# What is wrong with the balances and the lots: nothing, it should be.

sub unsound {
    my ($self, $name) = @_;

    return map { join ' ', @$_ } $self->rows($name, <<'END');
SELECT code, points, lifetime FROM member
 WHERE points <> coalesce((SELECT sum(points) FROM ledger
                            WHERE ledger.member = member.id), 0)
    OR lifetime <> coalesce((SELECT sum(earned) FROM ledger
                              WHERE ledger.member = member.id), 0)
    OR CASE WHEN points > 0 THEN points ELSE 0 END
       <> coalesce((SELECT sum(remaining) FROM lot
                     WHERE lot.member = member.id), 0)
END
}

# Fills an empty file with members who have signed up, claimed an order, and
# every fourth of them redeemed something.

sub fill {
    my ($self, $name, $n) = @_;

    $self->sqlite_sql($name, <<"END");
PRAGMA synchronous = OFF;
BEGIN;

CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $n)
INSERT INTO temp.n SELECT i FROM n;

INSERT INTO member (email, id, code, referral, source, locale, points,
                    lifetime, last_entry, first_open, orders, joined_at)
SELECT 'shopper' || (i * 7919 % 1000003) || '\@example.com', i,
       'm_' || lower(hex(randomblob(10))), printf('R%07d', i), 'chat', 'en',
       CASE i % 4 WHEN 0 THEN 10 ELSE 110 END, 110,
       CASE i % 4 WHEN 0 THEN 2 ELSE 1 END * $n + i,
       CASE i % 4 WHEN 0 THEN $n + i ELSE 0 END, 1, 1700000000 + i
  FROM temp.n;

INSERT INTO ledger SELECT i, i, 0, 'signup', '', '', 50, 50, 1700000000 + i,
                          0, 1700000000 + i FROM temp.n;
INSERT INTO ledger SELECT $n + i, i, i, 'claim', i, '', 60, 60,
                          1700000000 + i, 0, 1700000000 + i FROM temp.n;
INSERT INTO ledger SELECT 2 * $n + i, i, $n + i, 'redemption', 'hanky', '',
                          -100, 0, 0, 0, 1700000000 + i
  FROM temp.n WHERE i % 4 = 0;

INSERT INTO spending SELECT 2 * $n + i, i, 50 FROM temp.n WHERE i % 4 = 0;
INSERT INTO spending SELECT 2 * $n + i, $n + i, 50 FROM temp.n
 WHERE i % 4 = 0;

INSERT INTO claim SELECT 'default', i, i, 'USD', 1000000, 6000, 60,
                         '1 per 1.00', '', 1700000000 + i, 1000 * (1700000000 + i)
  FROM temp.n;
INSERT INTO redemption (id, member, reward, store, cost, source, coupon,
                        expires_at, redeemed_at, state, changed_at)
SELECT 2 * $n + i, i, 'hanky', '', 100, 'local', printf('C%d', i), 0,
       1700000000 + i, 'issued', 1700000000 + i FROM temp.n WHERE i % 4 = 0;
INSERT INTO reward VALUES ('hanky', $n / 4);
INSERT INTO answer (id, caller, key, request, status, result, body, at)
SELECT i, 'chatbot', 'key-' || i, '1', 200, 'claimed',
       '{"result":"claimed"}', 1700000000 + i FROM temp.n WHERE i % 2 = 0;

COMMIT;
END
}

###############################################################################

1;

###############################################################################
