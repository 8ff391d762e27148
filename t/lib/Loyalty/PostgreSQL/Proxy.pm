package Loyalty::PostgreSQL::Proxy;

# (C) ngx_loyalty contributors

# What may happen to connections between PostgreSQL and its clients.
#
#     my $proxy = Loyalty::PostgreSQL::Proxy->new($pg);
#     $t->macro(DATABASE => $proxy->uri(user => 'shop'));
#
#     $proxy->delay(20);                     # ms, each way
#     $proxy->cut;                           # all connections, now
#     $proxy->refuse;                        # no new ones, until admit()
#     $proxy->hold;                          # nothing passes, until release()
#
#     $proxy->cut_when(simple_query('COMMIT'), 'after');
#     ...
#     $proxy->await_cut;                     # it is done, answer lost
#
# It is a process of its own.  A command comes back when it has taken effect.
# It knows messages of PostgreSQL's protocol (version 3, not encrypted), so
# that a pattern is matched with a whole message, whatever the chunks are that
# it came in: its type, four bytes of length, and what is in it.

###############################################################################

use warnings;
use strict;

use Errno qw(EAGAIN EWOULDBLOCK EINTR);
use Exporter 'import';
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP ();
use POSIX ();
use Scalar::Util qw(weaken);
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC IPPROTO_TCP TCP_NODELAY
              SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

use Loyalty::Nginx;

our @EXPORT = qw(simple_query bound_statement);

# A peer that sends more than the other one takes has to wait.

use constant {CHUNK => 65536, FULL => 16 * 1024 * 1024};

# Requests that take the place of the first message.

use constant {SSL_REQUEST => 80877103, GSS_REQUEST => 80877104};

my $JSON = JSON::PP->new->latin1->canonical;

my %running;

END {
    my $status = $?;
    $_->stop for grep { $_ && $_->{owner} == $$ } values %running;
    $? = $status;
}

###############################################################################

# Patterns: a simple query that begins with a text, and the use of a prepared
# statement with a name; the name may be a pattern.

sub simple_query {
    my ($text) = @_;

    return qr/^Q.{4}\s*\Q$text\E/is;
}

sub bound_statement {
    my ($name) = @_;

    $name = quotemeta $name if !ref $name;

    return qr/^B.{4}[^\0]*\0$name\0/s;
}

###############################################################################

# In front of a Loyalty::PostgreSQL, or of the socket or the port of another
# server.  Option: listen ("unix" or "tcp"; without it the same that the
# server has, if it has both tcp).

sub new {
    my ($class, $server, %o) = @_;

    my $self = bless {owner => $$, server => $server}, $class;

    if (ref $server) {
        $self->{to} = $server->{tcp} ? $server->port
                                     : socket_path($server);
        $self->{listen} = $o{listen} || ($server->{tcp} ? 'tcp' : 'unix');

    } else {
        $self->{to} = $server;
        $self->{listen} = 'tcp';
    }

    $self->{port} = Loyalty::Nginx::free_port($self);
    $self->{path} = socket_path($server, $self->{port})
        if $self->{listen} eq 'unix';

    $self->open_port;
    $self->run;

    weaken($running{$self} = $self);

    return $self;
}

sub socket_path {
    my ($server, $port) = @_;

    return $server->path('.s.PGSQL.' . ($port || $server->port));
}

sub port { $_[0]{port} }

# As those of the server, but by the proxy.

sub uri {
    my ($self, %o) = @_;

    return $self->{server}->uri($self->here, %o);
}

sub conninfo {
    my ($self, %o) = @_;

    return $self->{server}->conninfo($self->here, %o);
}

sub here {
    my ($self) = @_;

    die "a proxy for a port has no URI\n" if !ref $self->{server};

    return (host => $self->{path} ? $self->{server}->dir : '127.0.0.1',
            port => $self->{port});
}

sub run {
    my ($self) = @_;

    socketpair my $ours, my $its, AF_UNIX, SOCK_STREAM, PF_UNSPEC
        or die "socketpair: $!\n";

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        close $ours;
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
        $SIG{PIPE} = 'IGNORE';
        POSIX::setsid();

        $self->{control} = $its;

        eval { $self->serve };
        $self->reply(undef, error => $@) if $@;
        POSIX::_exit(0);
    }

    close $self->{listener};
    @{$self}{qw(pid control)} = ($pid, $ours);
}

sub stop {
    my ($self) = @_;

    return if $self->{owner} != $$ || !$self->{pid};

    kill KILL => $self->{pid};
    waitpid delete $self->{pid}, 0;
    unlink $self->{path} if $self->{path};
    delete $running{$self};
}

sub DESTROY {
    my ($self) = @_;

    local ($?, $!, $@);
    $self->stop;
}

###############################################################################

# Commands.  Directions are to_server and to_client; without one it is both.

# Milliseconds that everything takes on its way; the order stays.

sub delay {
    my ($self, @ms) = @_;

    return $self->command('delay', @ms == 1
        ? (to_server => $ms[0], to_client => $ms[0]) : @ms);
}

# Nothing passes, as if the network were dead; the connections stay.

sub hold    { $_[0]->command('hold', ways => both($_[1]), on => 1) }
sub release { $_[0]->command('hold', ways => both($_[1]), on => 0) }

# Cuts all connections, and says how many; reset => 1: not politely.

sub cut {
    my ($self, %o) = @_;

    return $self->command('cut', %o);
}

# New connections are refused, until they are admitted again.

sub refuse { $_[0]->command('refuse') }
sub admit  { $_[0]->command('admit') }

# Cuts a connection whose client sends a message that matches.  When:
#
#   before   the server gets what came before the message, not itself
#   after    the server gets the message and what belongs to it, up to the
#            end of the request, and answers; the client does not get that
#   late     the connection to the client is cut, but the server gets the
#            message some time later, with deliver()
#
# Options: nth (the first), times (1: how many connections are cut), reset.

sub cut_when {
    my ($self, $pattern, $when, %o) = @_;

    die "cut before, after or late, not $when\n"
        if $when !~ /^(?:before|after|late)$/;

    return $self->command('cut_when', pattern => "$pattern", when => $when,
                          %o);
}

# Comes back when it has happened as often as it shall.

sub await_cut { $_[0]->command('await_cut') }

# Hands over what was kept by "late", and comes back when the server has
# answered; says for how many connections.

sub deliver { $_[0]->command('deliver') }

sub connections { $_[0]->command('connections') }

sub both {
    my ($way) = @_;

    return $way ? [$way] : ['to_server', 'to_client'];
}

sub command {
    my ($self, $name, %o) = @_;

    die "the proxy has been stopped\n" if !$self->{pid};

    my $id = ++$self->{commands};
    my $line = $JSON->encode({%o, command => $name, id => $id}) . "\n";

    local $SIG{PIPE} = 'IGNORE';

    syswrite $self->{control}, $line;

    my $until = time() + $Loyalty::Nginx::PATIENCE;

    while (1) {
        if ($self->{replies} && $self->{replies} =~ s/^(.*)\n//) {
            my $reply = $JSON->decode($1);

            die "proxy: $reply->{error}" if $reply->{error};
            return $reply->{value} if $reply->{id} == $id;
            next;
        }

        my $left = $until - time();
        vec(my $set = '', fileno $self->{control}, 1) = 1;

        die "waited in vain: $name of the proxy\n"
            if $left <= 0 || select($set, undef, undef, $left) == 0;

        sysread($self->{control}, $self->{replies}, CHUNK,
                length($self->{replies} || ''))
            or die "the proxy has gone\n";
    }
}

###############################################################################

# The process: one loop over all sockets.

sub serve {
    my ($self) = @_;

    $self->{sides} = {};
    $self->{delay} = {to_server => 0, to_client => 0};
    $self->{held} = {};
    $self->{$_} = '' for qw(read write commands_in);

    $self->watch(read => $self->{control}, 1);
    $self->watch(read => $self->{listener}, 1);

    while (1) {
        my ($read, $write) = @{$self}{qw(read write)};
        my $n = select $read, $write, undef, $self->next_delivery;

        next if $n < 0 && $! == EINTR;
        die "select: $!\n" if $n < 0;

        $self->accept_all
            if $self->{listener} && vec($read, fileno $self->{listener}, 1);

        my @sides = values %{$self->{sides}};

        $self->receive($_) for grep { vec $read, $_->{fd}, 1 } @sides;
        $_->{blocked} = 0 for grep { vec $write, $_->{fd}, 1 } @sides;
        $self->send($_) for @sides;

        if (vec $read, fileno $self->{control}, 1) {
            $self->obey or return;
        }
    }
}

sub watch {
    my ($self, $set, $fh, $on) = @_;

    vec($self->{$set}, ref $fh ? fileno $fh : $fh, 1) = $on;
}

# Seconds until something is due; undef if only a peer can bring news.

sub next_delivery {
    my ($self) = @_;

    my $next;

    for my $side (values %{$self->{sides}}) {
        next if !@{$side->{queue}} || $side->{blocked}
                || $self->{held}{$side->{way}};

        my $due = $side->{queue}[0][0];
        $next = $due if !defined $next || $due < $next;
    }

    return if !defined $next;

    my $left = $next - time();
    return $left > 0 ? $left : 0;
}

###############################################################################

# Connections.  Each has two sides; a side has what is to be sent there, and
# what came from there but is not a whole message yet.

sub open_port {
    my ($self) = @_;

    unlink $self->{path} if $self->{path};

    $self->{listener} = $self->{path}
        ? IO::Socket::UNIX->new(Local => $self->{path}, Listen => 511)
        : IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 511,
                                LocalPort => $self->{port}, ReuseAddr => 1);

    die "the proxy cannot listen: $!\n" if !$self->{listener};

    chmod 0777, $self->{path} if $self->{path};
    $self->{listener}->blocking(0);
}

sub accept_all {
    my ($self) = @_;

    while ($self->{listener} and my $client = $self->{listener}->accept) {
        my $server = $self->{to} =~ m{^/}
            ? IO::Socket::UNIX->new(Peer => $self->{to})
            : IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                    PeerPort => $self->{to});

        # where nobody is, the client learns it

        if (!$server) {
            close $client;
            next;
        }

        my $connection = {starting => 1, requests => 0, answers => 0};

        $connection->{client} = $self->side($connection, $client,
                                            'to_client');
        $connection->{server} = $self->side($connection, $server,
                                            'to_server');
    }
}

sub side {
    my ($self, $connection, $socket, $way) = @_;

    $socket->blocking(0);
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1
        if $socket->isa('IO::Socket::INET');

    my $fd = fileno $socket;

    $self->watch(read => $fd, 1);

    return $self->{sides}{$fd} = {
        connection => $connection, socket => $socket, fd => $fd, way => $way,
        in => '', queue => [], queued => 0, blocked => 0
    };
}

sub close_side {
    my ($self, $side, $reset) = @_;

    return if !$side || !$side->{socket};

    $self->watch($_ => $side->{fd}, 0) for qw(read write);

    setsockopt $side->{socket}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)
        if $reset;

    close delete $side->{socket};
    delete $self->{sides}{$side->{fd}};
}

sub close_both {
    my ($self, $connection, $reset) = @_;

    $self->close_side($connection->{$_}, $reset) for qw(client server);
    delete @{$connection}{qw(client server)};
}

###############################################################################

# What comes in is parsed, and goes to the other side's queue.

sub receive {
    my ($self, $side) = @_;

    return if !$side->{socket};

    my $connection = $side->{connection};
    my $from_client = $side->{way} eq 'to_client';
    my $other = $connection->{$from_client ? 'server' : 'client'};
    my $n = sysread $side->{socket}, $side->{in}, CHUNK, length $side->{in};

    if (!defined $n) {
        return if $! == EAGAIN || $! == EWOULDBLOCK || $! == EINTR;
        $n = 0;
    }

    if ($n == 0) {
        $self->watch(read => $side->{fd}, 0);
        $side->{eof} = 1;

        my $cut = $connection->{cut};

        # the server has gone before it could answer: that is lost as well

        return $self->answered($connection)
            if $cut && $cut->{sent} && !$from_client;

        return $self->close_both($connection) if !$other;

        $self->put($other, $side->{in});
        $self->put($other, undef);

    } elsif ($from_client) {
        $self->from_client($connection);

    } else {
        $self->from_server($connection);
    }

    $self->send($other) if $other;
    $self->watch(read => $side->{fd}, 0)
        if $other && $other->{queued} > FULL;
}

# The length of the message that a buffer begins with, if all of it is there.

sub message {
    my ($buffer, $at, $untyped) = @_;

    my $type = $untyped ? 0 : 1;

    return if length($$buffer) < $at + $type + 4;

    my $length = $type + unpack 'N', substr $$buffer, $at + $type, 4;

    return length($$buffer) < $at + $length ? undef : $length;
}

sub from_client {
    my ($self, $connection) = @_;

    my $side = $connection->{client};
    my $at = 0;

    return if $connection->{starting} && !$self->startup($connection);

    while (my $length = message(\$side->{in}, $at)) {
        my $type = substr $side->{in}, $at, 1;

        if (my $trigger = $self->{trigger}) {
            my $message = substr $side->{in}, $at, $length;

            if (!$connection->{cut} && $message =~ $trigger->{pattern}
                && ++$trigger->{seen} >= $trigger->{nth}
                && $trigger->{left} > 0)
            {
                $trigger->{left}--;
                $connection->{cut} = {%$trigger, from => $at};
            }
        }

        $at += $length;

        my $cut = $connection->{cut};

        return $self->before($connection)
            if $cut && $cut->{when} eq 'before';

        # a request ends with a simple query, a function call or a Sync

        next if $type !~ /[QSF]/;

        $connection->{requests}++;

        return $self->cut_at($connection, $at) if $cut;
    }

    my $pass = $connection->{cut} ? $connection->{cut}{from} : $at;

    $self->put($connection->{server}, substr $side->{in}, 0, $pass, '');
    $connection->{cut}{from} = 0 if $connection->{cut};
}

# The first message has no type.  Without encryption we can read the others.

sub startup {
    my ($self, $connection) = @_;

    my $in = \$connection->{client}{in};

    while (my $length = message($in, 0, 1)) {
        my $first = substr $$in, 0, $length, '';
        my $code = unpack 'N', substr $first, 4, 4;

        if ($code == SSL_REQUEST || $code == GSS_REQUEST) {
            $self->put($connection->{client}, 'N');
            next;
        }

        $self->put($connection->{server}, $first);
        $connection->{starting} = 0;
        $connection->{requests} = 1;

        return 1;
    }

    $self->send($connection->{client});
    return 0;
}

sub from_server {
    my ($self, $connection) = @_;

    my $side = $connection->{server};
    my $cut = $connection->{cut};
    my ($at, $pass) = (0, 0);

    while (my $length = message(\$side->{in}, $at)) {
        my $ready = substr($side->{in}, $at, 1) eq 'Z';

        $at += $length;

        # answers to former requests are not lost

        $pass = $at
            if !$cut || !$cut->{sent}
               || $connection->{answers} < $connection->{requests} - 1;

        $connection->{answers}++ if $ready;

        return $self->answered($connection)
            if $cut && $cut->{sent}
               && $connection->{answers} == $connection->{requests};
    }

    my $passed = substr $side->{in}, 0, $at, '';

    $self->put($connection->{client}, substr $passed, 0, $pass)
        if $pass && $connection->{client};
}

# Time and bytes; undef in place of bytes is the end.

sub put {
    my ($self, $side, $bytes) = @_;

    return if !$side || !$side->{socket};
    return if defined $bytes && !length $bytes;

    push @{$side->{queue}},
         [time() + $self->{delay}{$side->{way}} / 1000, $bytes];

    $side->{queued} += length $bytes if defined $bytes;
}

sub send {
    my ($self, $side) = @_;

    return if !$side->{socket} || $side->{blocked} || !@{$side->{queue}};

    if ($self->{held}{$side->{way}}) {
        $self->watch(write => $side->{fd}, 0);
        return;
    }

    my $now = time();

    while (@{$side->{queue}} && $side->{queue}[0][0] <= $now) {
        my $bytes = \$side->{queue}[0][1];

        if (!defined $$bytes) {
            $self->close_both($side->{connection});
            return;
        }

        my $n = syswrite $side->{socket}, $$bytes;

        if (!defined $n) {
            if ($! != EAGAIN && $! != EWOULDBLOCK && $! != EINTR) {
                $self->close_both($side->{connection});
                return;
            }

            $side->{blocked} = 1;
            last;
        }

        $side->{queued} -= $n;
        substr $$bytes, 0, $n, '';
        shift @{$side->{queue}} if !length $$bytes;
    }

    $self->watch(write => $side->{fd}, $side->{blocked});

    my $connection = $side->{connection};
    my $other = $connection->{$side->{way} eq 'to_client' ? 'server'
                                                          : 'client'};

    $self->watch(read => $other->{fd}, 1)
        if $other && $other->{socket} && !$other->{eof}
           && $side->{queued} <= FULL;
}

###############################################################################

# Cuts at a message

sub before {
    my ($self, $connection) = @_;

    my $cut = $connection->{cut};
    my $in = substr $connection->{client}{in}, 0, $cut->{from};

    $self->put($connection->{server}, $in);
    $self->put($connection->{server}, undef);
    $self->close_side(delete $connection->{client}, $cut->{reset});
    $self->send($connection->{server});
    $self->count_cut;
}

# The end of the request that the message belongs to.

sub cut_at {
    my ($self, $connection, $end) = @_;

    my $cut = $connection->{cut};
    my $client = $connection->{client};
    my $in = substr $client->{in}, 0, $end;

    if ($cut->{when} eq 'late') {
        $self->put($connection->{server}, substr $in, 0, $cut->{from}, '');
        $cut->{kept} = $in;
        $self->close_side(delete $connection->{client}, $cut->{reset});
        $self->send($connection->{server});
        $self->count_cut;
        return;
    }

    # nothing of what comes now matters

    $self->watch(read => $client->{fd}, 0);
    $client->{eof} = 1;

    $self->put($connection->{server}, $in);
    $cut->{sent} = 1;
}

sub answered {
    my ($self, $connection) = @_;

    my $cut = $connection->{cut};

    # what the server had answered before is still on its way

    if ($connection->{client} && !$cut->{reset}) {
        $self->close_side(delete $connection->{server});
        $self->put($connection->{client}, undef);
        $self->send($connection->{client});

    } else {
        $self->close_both($connection, $cut->{reset});
    }

    if ($cut->{when} eq 'late') {
        $self->delivered if $cut->{sent};

    } else {
        $self->count_cut;
    }
}

sub count_cut {
    my ($self) = @_;

    $self->{trigger}{done}++;
    $self->tell_cut;
}

sub tell_cut {
    my ($self) = @_;

    my $trigger = $self->{trigger};

    return if !$self->{awaiting} || $trigger->{done} < $trigger->{times};

    $self->reply(delete $self->{awaiting}, value => $trigger->{done});
}

sub delivered {
    my ($self) = @_;

    return if --$self->{delivering}{left} > 0;

    my $delivering = delete $self->{delivering};

    $self->reply($delivering->{id}, value => $delivering->{count});
}

###############################################################################

# Commands, on the side of the process.

sub reply {
    my ($self, $id, %o) = @_;

    syswrite $self->{control}, $JSON->encode({%o, id => $id}) . "\n";
}

sub obey {
    my ($self) = @_;

    sysread $self->{control}, $self->{commands_in}, CHUNK,
            length $self->{commands_in} or return 0;

    while ($self->{commands_in} =~ s/^(.*)\n//) {
        my $o = $JSON->decode($1);
        my $obey = "obey_$o->{command}";
        my @value = eval { $self->$obey($o) };

        if ($@) {
            $self->reply($o->{id}, error => $@);

        } elsif (@value) {
            $self->reply($o->{id}, value => $value[0]);
        }
    }

    return 1;
}

sub obey_delay {
    my ($self, $o) = @_;

    for my $way (qw(to_server to_client)) {
        $self->{delay}{$way} = $o->{$way} if defined $o->{$way};
    }

    return 1;
}

sub obey_hold {
    my ($self, $o) = @_;

    $self->{held}{$_} = $o->{on} for @{$o->{ways}};

    my @sides = values %{$self->{sides}};

    $_->{blocked} = 0 for @sides;
    $self->send($_) for @sides;

    return 1;
}

sub obey_cut {
    my ($self, $o) = @_;

    $self->accept_all;

    my %connections = map { $_->{connection} => $_->{connection} }
                      values %{$self->{sides}};

    $self->close_both($_, $o->{reset}) for values %connections;

    return scalar keys %connections;
}

sub obey_refuse {
    my ($self) = @_;

    if ($self->{listener}) {
        $self->accept_all;
        $self->watch(read => $self->{listener}, 0);
        close delete $self->{listener};
    }

    return 1;
}

sub obey_admit {
    my ($self) = @_;

    if (!$self->{listener}) {
        $self->open_port;
        $self->watch(read => $self->{listener}, 1);
    }

    return 1;
}

sub obey_cut_when {
    my ($self, $o) = @_;

    my $times = $o->{times} || 1;

    $self->{trigger} = {
        when => $o->{when}, pattern => qr/$o->{pattern}/, reset => $o->{reset},
        nth => $o->{nth} || 1, times => $times, left => $times, seen => 0,
        done => 0
    };

    return 1;
}

sub obey_await_cut {
    my ($self, $o) = @_;

    die "nothing is to be cut\n" if !$self->{trigger};

    $self->{awaiting} = $o->{id};
    $self->tell_cut;
    return;
}

sub obey_deliver {
    my ($self, $o) = @_;

    my @late = grep { $_->{cut} && defined $_->{cut}{kept} }
               map { $_->{connection} }
               grep { $_->{way} eq 'to_server' } values %{$self->{sides}};

    return 0 if !@late;

    $self->{delivering} = {id => $o->{id}, count => scalar @late,
                           left => scalar @late};

    for my $connection (@late) {
        $connection->{cut}{sent} = 1;
        $self->put($connection->{server}, delete $connection->{cut}{kept});
        $self->send($connection->{server});
    }

    return;
}

sub obey_connections {
    my ($self) = @_;

    return scalar grep { $_->{way} eq 'to_client' } values %{$self->{sides}};
}

###############################################################################

1;

###############################################################################
