package Loyalty::Load;

# (C) ngx_loyalty contributors

# Clients that claim order after order, and come again with the same one when
# they are told to.
#
#     my $load = Loyalty::Load->start($t, clients => 16);
#     ... the server is killed ...
#     my $done = $load->stop;
#     is($done->wrong, '', 'nobody saw more than 503');
#     is($done->differs($books), '', 'what was answered is in the books');

###############################################################################

use warnings;
use strict;

use IO::Select;
use List::Util qw(max);
use Time::HiRes qw(time);

use Loyalty::HTTP;
use Loyalty::Node;

use constant PAUSE => 0.02;     # seconds, before one comes again

my $loads = 0;

###############################################################################

# Options: clients, seconds (without it, until stop()), first (number of the
# first member; each client has one).

sub start {
    my ($class, $t, %o) = @_;

    my $self = bless {clients => 16, first => 1, %o, t => $t,
                      name => ++$loads}, $class;

    $self->{stop} = $t->path("load$self->{name}.stop");
    $self->{count} = $t->path("load$self->{name}.count");

    for my $member ($self->members) {
        my $r = $t->signup("m$member\@example.com");
        die 'a sign-up failed: ' . $r->text . "\n" if $r->status >= 300;
    }

    $self->{job} = $t->in_background(sub { $self->run });

    return $self;
}

sub members {
    my ($self) = @_;

    return $self->{first} .. $self->{first} + $self->{clients} - 1;
}

# How many claims have been acknowledged up to now.

sub acknowledged { (-s $_[0]{count}) || 0 }

# Comes back when so many more have been, which is to say: it works.

sub await {
    my ($self, $more) = @_;

    my $until = $self->acknowledged + $more;

    $self->{t}->wait_until("$more more claims",
                           sub { $self->acknowledged >= $until }, 120);
}

sub stop {
    my ($self) = @_;

    $self->{t}->write_file("load$self->{name}.stop", '');

    return $self->result;
}

sub result {
    my ($self) = @_;

    return bless $self->{job}->result, 'Loyalty::Load::Result';
}

###############################################################################

# In the child: one loop over all connections, each with one request under way.

sub run {
    my ($self) = @_;

    open my $count, '>>', $self->{count} or die "$self->{count}: $!\n";

    my $done = {claimed => [], times => [], latencies => [], open => [],
                refused => 0, wrong => []};
    my @clients = map { {member => $_, order => 1} } $self->members;
    my $until = $self->{seconds} ? time() + $self->{seconds} : undef;
    my $over = 0;

    @{$self}{qw(done ack)} = ($done, $count);
    $self->ask($_) for @clients;

    while (my @busy = grep { $_->{c} || defined $_->{again} } @clients) {
        $over ||= $until ? time() > $until : -e $self->{stop};

        my %by_fd = map { fileno($_->{c}{socket}) => $_ }
                    grep { $_->{c} && !defined $_->{again} } @busy;
        my $select = IO::Select->new(map { $_->{c}{socket} } values %by_fd);

        for my $socket ($select->can_read(PAUSE)) {
            $self->answer($by_fd{fileno $socket}, $over);
        }

        for my $client (grep { defined $_->{again} } @busy) {
            if ($over) {
                $self->leave($client);

            } elsif ($client->{again} <= time()) {
                $self->ask($client);
            }
        }

        my ($late) = grep { $_->{asked} < time() - $Loyalty::HTTP::PATIENCE }
                     values %by_fd;

        die "no answer in $Loyalty::HTTP::PATIENCE s\n" if $late;
    }

    return $done;
}

sub order {
    my ($self, $client) = @_;

    return "$client->{member}-$self->{name}-$client->{order}";
}

sub ask {
    my ($self, $client) = @_;

    delete $client->{again};

    $client->{c} ||= $self->{t}->connection;
    $client->{asked} = time();

    $client->{c}->send(post($self->{t}, 'claim', {
        order => $self->order($client),
        email => "m$client->{member}\@example.com"}, undef, keep => 1));
}

sub answer {
    my ($self, $client, $over) = @_;

    my $more = $client->{c}->fill;
    my $r = $client->{c}->parse(0, !$more);
    my $done = $self->{done};

    return if !$r && $more;

    if (!$r) {
        push @{$done->{wrong}}, 'closed without an answer';
        $self->again($client, 1);

    } elsif ($r->status == 200 && $r->outcome =~ /^(?:already_)?claimed$/) {
        my $now = time();

        push @{$done->{claimed}}, $self->order($client);
        push @{$done->{times}}, $now;
        push @{$done->{latencies}}, $now - $client->{asked};
        syswrite $self->{ack}, '.';

        $client->{order}++;
        $over ? $self->leave($client, 1) : $self->ask($client);

    } elsif ($r->status == 503 && $r->outcome eq 'database_unavailable'
             && ($r->header('Retry-After') || '') =~ /^\d+$/)
    {
        $done->{refused}++;
        $done->{longest} = max($done->{longest} || 0,
                               time() - $client->{asked});
        $self->again($client);

    } else {
        push @{$done->{wrong}}, $r->text;
        $self->again($client);
    }
}

sub again {
    my ($self, $client, $closed) = @_;

    delete $client->{c} if $closed;
    $client->{again} = time() + PAUSE;
}

# An order that nobody was told about may have been claimed or not.

sub leave {
    my ($self, $client, $told) = @_;

    push @{$self->{done}{open}}, $self->order($client) if !$told;
    delete @{$client}{qw(c again)};
}

###############################################################################

package Loyalty::Load::Result;

use List::Util qw(max);

sub claimed { scalar @{$_[0]{claimed}} }
sub refused { $_[0]{refused} }

# Seconds that the slowest 503 took.

sub longest { $_[0]{longest} || 0 }

# What no client may see, as text.

sub wrong {
    my ($self) = @_;

    return join "\n", @{$self->{wrong}};
}

# The longest time in which nobody at all was served; with a start and an end,
# that which begins between them.

sub outage {
    my ($self, $from, $to) = @_;

    my @times = sort { $a <=> $b } @{$self->{times}};
    my $longest = 0;

    for my $n (1 .. $#times) {
        next if defined $from
                && ($times[$n] < $from || $times[$n - 1] > $to);
        $longest = max($longest, $times[$n] - $times[$n - 1]);
    }

    return $longest;
}

# Claims a second, while there were any.

sub rate {
    my ($self) = @_;

    my @times = sort { $a <=> $b } @{$self->{times}};

    return 0 if @times < 2 || $times[-1] == $times[0];
    return @times / ($times[-1] - $times[0]);
}

# Of the latencies of what was claimed, in milliseconds.

sub percentile {
    my ($self, $percent) = @_;

    my @sorted = sort { $a <=> $b } @{$self->{latencies}};

    return @sorted ? 1000 * $sorted[$#sorted * $percent / 100] : 0;
}

# What differs between the answers and the books, as text: claims that were
# acknowledged and are missing, and claims that nobody has asked for.

sub differs {
    my ($self, $books) = @_;

    my ($name) = map { /-(\d+)-/ } @{$self->{claimed}}, @{$self->{open}};
    my %books = map { $_ => 1 }
        $books->rows("SELECT number FROM claim WHERE number LIKE '%-$name-%'");
    my %known = map { $_ => 1 } @{$self->{claimed}}, @{$self->{open}};

    return join "\n",
        (map { "missing: $_" } grep { !$books{$_} } @{$self->{claimed}}),
        (map { "more: $_" } grep { !$known{$_} } sort keys %books);
}

###############################################################################

1;

###############################################################################
