package Loyalty::Store;

# (C) ngx_loyalty contributors

# A store that can be made to do what a real one only does on bad days.
#
# It serves GET /orders/NUMBER.  What it does for a number is a list of
# steps, one list a call; the last one is used for all further calls:
#
#     my $store = Loyalty::Store->new($t, $t->port(1));
#     $store->order(1001, email => 'ada@example.com', total => '60.99');
#     $store->answers(1002, [reset_by_peer()], [json_reply('{"number":...')]);
#     $store->start;
#
#
# What a running store shall say from now on about an order, as it is placed,
# paid for, and paid back in the course of a story:
#
#     $store->has(1003, total => '20.00', line_items => [{sku => 'MUG-1'}]);
#
# Numbers that nobody defined are answered 404.  Every request is written to
# a file before it is answered, so that calls() can be asked right after.

###############################################################################

use warnings;
use strict;

use Errno qw(EAGAIN EWOULDBLOCK EINTR);
use Exporter 'import';
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

our @EXPORT = qw(order_json reply json_reply chunked_reply raw pause
                 await_file hang close_now reset_by_peer);

my $JSON = JSON::PP->new->utf8->canonical;

###############################################################################

# Steps, to be put into lists.

sub raw           { [send => $_[0]] }
sub pause         { [pause => $_[0]] }
sub await_file    { [await => $_[0]] }
sub hang          { [hang => 1] }
sub close_now     { [close => 1] }
sub reset_by_peer { [reset => 1] }

sub reply {
    my ($status, $body, %headers) = @_;

    $headers{'Content-Length'} = length $body
        unless exists $headers{'Content-Length'};

    my $head = "HTTP/1.1 $status Status\r\n";
    $head .= "$_: $headers{$_}\r\n"
        for grep { defined $headers{$_} } sort keys %headers;

    return raw($head . "\r\n" . $body);
}

sub json_reply {
    my ($body) = @_;

    return reply(200, $body, 'Content-Type' => 'application/json');
}

sub chunked_reply {
    my ($body, $size) = @_;

    my $chunks = join '', map { sprintf "%x\r\n%s\r\n", length, $_ }
                          unpack "(a$size)*", $body;

    return reply(200, $chunks . "0\r\n\r\n", 'Content-Length' => undef,
                 'Transfer-Encoding' => 'chunked',
                 'Content-Type' => 'application/json');
}

# An order as WooCommerce shows it.  A reference to a string is put in as it
# is, so that total => \'60.99' is a JSON number; undef leaves a member out,
# and lists become arrays.

sub order_json {
    my ($number, %o) = @_;

    my %order = (number => $number, status => 'processing', currency => 'USD',
                 total => '10.00', %o);

    my $email = json_value(delete $order{email});

    my @members = map { qq("$_":) . json_value($order{$_}) }
                  grep { defined $order{$_} } sort keys %order;

    push @members, qq("billing":{"first_name":"A","email":$email})
        if defined $email;

    return '{"id":42,' . join(',', @members) . '}';
}

sub json_value {
    my ($value) = @_;

    return if !defined $value;
    return $$value if ref $value eq 'SCALAR';
    return $JSON->encode($value) if ref $value;
    return JSON::PP->new->utf8->allow_nonref->encode("$value");
}

###############################################################################

sub new {
    my ($class, $t, $port) = @_;

    return bless {
        t => $t, port => $port, log => $t->path("store-$port.log"),
        shows => "store-$port",
        answers => {}, calls => {}
    }, $class;
}

sub order {
    my ($self, $number, %order) = @_;

    $self->answers($number, [json_reply(order_json($number, %order))]);
}

sub answers {
    my ($self, $number, @lists) = @_;

    $self->{answers}{$number} = \@lists;
}

sub has {
    my ($self, $number, %order) = @_;

    my $name = $self->shown($number);
    my $new = $self->{t}->write_file("$name.new",
                                     order_json($number, %order));

    # whoever is asking meanwhile sees the order before it, or this one

    rename $new, $self->{t}->path($name) or die "$name: $!\n";
}

sub shown {
    my ($self, $number) = @_;

    return "$self->{shows}/" . unpack 'H*', $number;
}

# Whatever number is asked for: a function of it that returns steps.

sub otherwise {
    my ($self, $code) = @_;

    $self->{otherwise} = $code;
}

sub start {
    my ($self) = @_;

    my $listen = IO::Socket::INET->new(
        Proto => 'tcp', LocalAddr => "127.0.0.1:$self->{port}",
        Listen => 511, ReuseAddr => 1)
        or die "the store cannot listen on port $self->{port}: $!\n";

    open my $log, '>>', $self->{log} or die "$self->{log}: $!\n";

    $self->{job} = $self->{t}->in_background(sub {
        $self->serve($listen, $log);
    });

    return $self;
}

# Takes the store off the net.

sub stop {
    my ($self) = @_;

    (delete $self->{job})->kill;
}

# The requests that came for an order, or all of them, the oldest first.

sub calls {
    my ($self, $number) = @_;

    open my $log, '<', $self->{log} or return;

    my @calls = map { $JSON->decode($_) } grep { /\n\z/ } <$log>;
    return @calls if !defined $number;
    return grep { $_->{number} eq $number } @calls;
}

###############################################################################

# The server: one loop, no blocking, so that a slow order holds up no other.

sub serve {
    my ($self, $listen, $log) = @_;

    local $SIG{PIPE} = 'IGNORE';

    my %clients;
    my $timeout = 0.02;

    $listen->blocking(0);

    while (1) {
        my $read = IO::Select->new($listen, map { $_->{socket} }
                                            values %clients);
        my $write = IO::Select->new(map { $_->{socket} }
                                    grep { length $_->{out} } values %clients);

        my $waiting = grep { $_->{steps} && !$_->{hanging} } values %clients;

        my ($r) = IO::Select->select($read, $write, undef,
                                     $waiting ? $timeout : undef);

        for my $socket (@{$r || []}) {
            if ($socket == $listen) {
                while (my $s = $listen->accept) {
                    $s->blocking(0);
                    $clients{fileno $s} =
                        {socket => $s, in => '', out => '', queue => []};
                }

                next;
            }

            my $client = $clients{fileno $socket} or next;
            my $n = sysread $socket, $client->{in}, 65536,
                            length $client->{in};

            if (defined $n ? $n == 0
                           : $! != EAGAIN && $! != EWOULDBLOCK && $! != EINTR)
            {
                delete $clients{fileno $socket};
                next;
            }
        }

        for my $fd (keys %clients) {
            my $client = $clients{$fd};

            $self->receive($client, $log);
            delete $clients{$fd} if !advance($client);
        }
    }
}

# Takes the next request, once the one before is answered.

sub receive {
    my ($self, $client, $log) = @_;

    return if $client->{steps} || length $client->{out};

    my $end = index $client->{in}, "\r\n\r\n";
    return if $end < 0;

    my ($line, @lines) = split /\r\n/, substr $client->{in}, 0, $end;
    my %headers = map { /^([^:]+):\s*(.*)$/ ? (lc $1 => $2) : () } @lines;
    my $length = $headers{'content-length'} || 0;

    return if length($client->{in}) < $end + 4 + $length;

    my $body = substr $client->{in}, $end + 4, $length;
    substr $client->{in}, 0, $end + 4 + $length, '';

    my ($method, $uri) = split / /, $line;
    my ($number) = $uri =~ m{^/orders/([^/?]*)};
    $number = '' if !defined $number;
    $number =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;

    my $request = {number => $number, method => $method, uri => $uri,
                   headers => \%headers, body => $body};

    syswrite $log, $JSON->encode($request) . "\n";

    my $close = lc($headers{connection} || '') eq 'close'
                || $line =~ m{HTTP/1\.0};

    $client->{steps} = [$self->respond($request),
                        $close ? close_now() : ()];
}

# What is asked for may be something else than an order.

sub respond {
    my ($self, $request) = @_;

    return $self->steps($request->{number});
}

sub steps {
    my ($self, $number) = @_;

    my $shown = $self->{t}->read_file($self->shown($number));
    return json_reply($shown) if length $shown;

    my $lists = $self->{answers}{$number};

    if (!$lists) {
        return $self->{otherwise}->($number) if $self->{otherwise};
        return reply(404, '{"code":"no_such_order"}');
    }

    my $call = $self->{calls}{$number}++;
    return @{$lists->[$call < @$lists ? $call : -1]};
}

# Goes on with the steps as far as possible; false when the connection is
# to be closed.

sub advance {
    my ($client) = @_;

    while (1) {
        if (length $client->{out}) {
            my $n = syswrite $client->{socket}, $client->{out};

            return $! == EAGAIN || $! == EWOULDBLOCK || $! == EINTR
                if !defined $n;

            substr $client->{out}, 0, $n, '';
            return 1 if length $client->{out};
        }

        return 1 if !$client->{steps};

        my $step = $client->{steps}[0];

        if (!$step) {
            delete $client->{steps};
            return 1;
        }

        my ($kind, $value) = @$step;

        if ($kind eq 'send') {
            $client->{out} = $value;

        } elsif ($kind eq 'pause') {
            $client->{until} ||= time() + $value;
            return 1 if time() < $client->{until};
            delete $client->{until};

        } elsif ($kind eq 'await') {
            return 1 if !-e $value;

        } elsif ($kind eq 'hang') {
            $client->{hanging} = 1;
            return 1;

        } elsif ($kind eq 'close') {
            return 0;

        } else {
            setsockopt $client->{socket}, SOL_SOCKET, SO_LINGER,
                       pack('ii', 1, 0);
            return 0;
        }

        shift @{$client->{steps}};
    }
}

###############################################################################

1;

###############################################################################
