package Loyalty::HTTP;

# (C) ngx_loyalty contributors

# An HTTP/1.x client on bare sockets, so that tests can also misbehave:
# split, pipeline, withhold and reset.

###############################################################################

use warnings;
use strict;

use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Time::HiRes qw(time);

our $PATIENCE = 30;

###############################################################################

# The bytes of a request.  Options: headers (list of name, value), body,
# keep (leave the connection open), version.

sub message {
    my ($method, $uri, %o) = @_;

    my @headers = @{$o{headers} || []};
    my %given = map { lc($headers[2 * $_]) => 1 } 0 .. @headers / 2 - 1;
    my $version = $o{version} || '1.1';

    unshift @headers, Host => 'localhost' unless $given{host};

    push @headers, Connection => 'close'
        unless $o{keep} || $given{connection};

    push @headers, 'Content-Length' => length $o{body}
        if defined $o{body} && !$given{'content-length'}
           && !$given{'transfer-encoding'};

    my $head = "$method $uri HTTP/$version\r\n";

    while (@headers) {
        my ($name, $value) = splice @headers, 0, 2;
        $head .= "$name: $value\r\n";
    }

    return $head . "\r\n" . (defined $o{body} ? $o{body} : '');
}

# Many messages at once, each on a connection of its own.  All connections
# are made before the first byte is sent; answers come in the order of the
# messages, undef for a connection that was closed without one.

sub exchange_all {
    my ($port, @messages) = @_;

    return exchange_each(map { [$port, $_] } @messages);
}

# The same with a port for each message.

sub exchange_each {
    my (@to) = @_;

    my @messages = map { $_->[1] } @to;
    my @c = map { Loyalty::HTTP::Connection->new($_->[0]) } @to;
    my $select = IO::Select->new(map { $_->{socket} } @c);
    my %index = map { fileno($c[$_]{socket}) => $_ } 0 .. $#c;
    my $until = time() + $PATIENCE;
    my @answers;

    $c[$_]->send($messages[$_]) for 0 .. $#c;

    while ($select->count) {
        die "no answer in $PATIENCE s\n" if time() > $until;

        for my $socket ($select->can_read(1)) {
            my $i = $index{fileno $socket};

            next if $c[$i]->fill;

            my $head_only = $messages[$i] =~ /^HEAD /;

            $answers[$i] = $c[$i]->parse($head_only, 1);
            $select->remove($socket);
        }
    }

    $#answers = $#messages;
    return @answers;
}

###############################################################################

package Loyalty::HTTP::Connection;

use Errno qw(EINTR ECONNRESET EPIPE);
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

sub new {
    my ($class, $port) = @_;

    my $socket = IO::Socket::INET->new(
        Proto => 'tcp', PeerAddr => "127.0.0.1:$port",
        Timeout => $Loyalty::HTTP::PATIENCE)
        or die "cannot connect to port $port: $@\n";

    return bless {socket => $socket, buffer => ''}, $class;
}

sub send {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';
    my $sent = 0;

    while ($sent < length $bytes) {
        my $n = syswrite $self->{socket}, $bytes, length($bytes) - $sent,
                         $sent;

        if (!defined $n) {
            next if $! == EINTR;
            return 0;
        }

        $sent += $n;
    }

    return 1;
}

# Reads what is there; false at the end of the stream.

sub fill {
    my ($self) = @_;

    my $n = sysread $self->{socket}, $self->{buffer}, 65536,
                    length $self->{buffer};

    return 1 if $n || (!defined $n && $! == EINTR);

    $self->{reset} = 1 if !defined $n && $! == ECONNRESET;
    return 0;
}

# The next response; undef if the server closed the connection instead.

sub response {
    my ($self, $head_only, $patience) = @_;

    my $until = time() + ($patience || $Loyalty::HTTP::PATIENCE);
    my $select = IO::Select->new($self->{socket});

    while (1) {
        my $r = $self->parse($head_only, 0);
        return $r if $r;

        my $left = $until - time();
        die "no answer in time\n" if $left <= 0;

        next if !$select->can_read($left);
        return $self->parse($head_only, 1) if !$self->fill;
    }
}

# True when the server has closed and nothing is left to read.

sub closed {
    my ($self, $patience) = @_;

    return 0 if length $self->{buffer};

    my $select = IO::Select->new($self->{socket});

    return 0 if !$select->can_read($patience || $Loyalty::HTTP::PATIENCE);
    return !$self->fill;
}

sub close {
    my ($self) = @_;

    CORE::close($self->{socket});
}

# Ends the connection by RST instead of FIN.

sub reset {
    my ($self) = @_;

    setsockopt $self->{socket}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0);
    CORE::close($self->{socket});
}

# Takes one response off the buffer, if it is whole.

sub parse {
    my ($self, $head_only, $eof) = @_;

    return scalar $self->take($head_only, $eof);
}

sub take {
    my ($self, $head_only, $eof) = @_;

    my @interim;
    my $pos = 0;
    my ($head, $status);

    while (1) {
        my $end = index $self->{buffer}, "\r\n\r\n", $pos;
        return if $end < 0;

        $head = substr $self->{buffer}, $pos, $end + 2 - $pos;
        $pos = $end + 4;

        ($status) = $head =~ m{^HTTP/1\.[01] (\d{3})}
            or die "not a response: $head\n";

        last if $status >= 200;
        push @interim, $status;
    }

    my $r = Loyalty::HTTP::Response->new($status, $head);
    $r->{interim} = \@interim;

    my ($body, $end) = $self->body($r, $pos, $head_only, $eof);
    return if !defined $end;

    $r->{body} = $body;
    substr $self->{buffer}, 0, $end, '';

    return $r;
}

sub body {
    my ($self, $r, $pos, $head_only, $eof) = @_;

    return ('', $pos) if $head_only || $r->status =~ /^(?:204|304)$/;

    my $length = $r->header('Content-Length');

    if (defined $length) {
        return if length($self->{buffer}) < $pos + $length;
        return (substr($self->{buffer}, $pos, $length), $pos + $length);
    }

    if (($r->header('Transfer-Encoding') || '') eq 'chunked') {
        my $body = '';
        pos($self->{buffer}) = $pos;

        while ($self->{buffer} =~ /\G([0-9a-fA-F]+)[^\r\n]*\r\n/gc) {
            my $size = hex $1;
            my $at = pos $self->{buffer};

            return if length($self->{buffer}) < $at + $size + 2;

            $body .= substr $self->{buffer}, $at, $size;
            return ($body, $at + 2) if $size == 0;

            pos($self->{buffer}) = $at + $size + 2;
        }

        return;
    }

    return if !$eof;
    return (substr($self->{buffer}, $pos), length $self->{buffer});
}

###############################################################################

package Loyalty::HTTP::Response;

sub new {
    my ($class, $status, $head) = @_;

    my %headers;

    for my $line (split /\r\n/, $head) {
        push @{$headers{lc $1}}, $2 if $line =~ /^([^\s:]+):\s*(.*?)\s*$/;
    }

    return bless {status => $status, head => $head, headers => \%headers},
                 $class;
}

sub status  { $_[0]{status} }
sub head    { $_[0]{head} }
sub body    { $_[0]{body} }
sub interim { @{$_[0]{interim}} }

# The value of a header; several of one name are joined as HTTP joins them.

sub header {
    my ($self, $name) = @_;

    my $values = $self->{headers}{lc $name};
    return $values ? join(', ', @$values) : undef;
}

sub type {
    my ($self) = @_;

    my $type = $self->header('Content-Type');
    return defined $type ? $type : '';
}

# The body as data; an empty object where it is no JSON object.

sub json {
    my ($self) = @_;

    $self->{json} ||= eval { JSON::PP->new->utf8->decode($self->{body}) }
                      || {};
    return ref $self->{json} eq 'HASH' ? $self->{json} : {};
}

# "claimed" of a success, "order_not_found" of a fault

sub outcome {
    my ($self) = @_;

    my $json = $self->json;
    return $json->{result} || $json->{code} || '';
}

sub field {
    my ($self, $name) = @_;

    return $self->json->{$name};
}

# What a failed test should show.

sub text {
    my ($self) = @_;

    return $self->{head} . "\r\n" . $self->{body};
}

###############################################################################

1;

###############################################################################
