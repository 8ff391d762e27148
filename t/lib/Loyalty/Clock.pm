package Loyalty::Clock;

# (C) ngx_loyalty contributors

# The wall clock of a test's nginx, by libfaketime: it stands still until it
# is set.
#
#     my $clock = Loyalty::Clock->new('2031-03-01 08:00:00');
#     my $t = Loyalty::Test->new($clock->options);
#     ...
#     $clock->set('2031-03-31 08:00:00');
#
# All times are UTC.  Workers and their threads see the time that is set from
# the next look on; it may go by years, or back.  Timers, which go by the
# monotonic clock, take no notice, unless it is made with "timers => 1": then
# those that are due by the new time run when nginx wakes up next.
#
# The module waits for other writers by the wall clock.  Before today's date
# it waits for none, so stories are better set in the future.

###############################################################################

use warnings;
use strict;

use File::Temp qw(tempdir);
use Time::Local qw(timegm);

###############################################################################

my ($library) = grep { -e $_ } glob('/usr/lib/*/faketime/libfaketimeMT.so.1'),
                               '/usr/lib/faketime/libfaketimeMT.so.1';

# Why a test cannot have one; empty where it can.

sub lacking {
    return $library ? '' : 'no libfaketime';
}

sub new {
    my ($class, $time, %o) = @_;

    my $dir = tempdir('loyalty-clock-XXXXXX', TMPDIR => 1, CLEANUP => 1);

    # workers that run as nobody read it

    chmod 0755, $dir;

    my $self = bless {file => "$dir/now", timers => $o{timers}}, $class;

    $self->set($time);
    return $self;
}

# What Loyalty::Nginx is to be made with.

sub options {
    my ($self) = @_;

    return (preload => $library, environment => {
        FAKETIME_TIMESTAMP_FILE => $self->{file},
        FAKETIME_FMT => '%s',
        FAKETIME_NO_CACHE => 1,
        FAKETIME_DONT_FAKE_MONOTONIC => $self->{timers} ? 0 : 1,
    });
}

sub set {
    my ($self, $time) = @_;

    $self->write(seconds($time));
}

sub pass {
    my ($self, $seconds) = @_;

    $self->write($self->{now} + $seconds);
}

sub write {
    my ($self, $now) = @_;

    open my $fh, '>', "$self->{file}.new" or die "$self->{file}: $!\n";
    print $fh $now;
    close $fh or die "$self->{file}: $!\n";

    # who looks meanwhile sees one time or the other

    rename "$self->{file}.new", $self->{file} or die "$self->{file}: $!\n";

    $self->{now} = $now;
}

sub now { $_[0]{now} }

# "2031-03-01 08:00:00", also as RFC 3339 has it, as seconds since 1970.

sub seconds {
    my ($time) = @_;

    my ($y, $mon, $d, $h, $min, $s) = $time
        =~ /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)Z?)?$/
        or die "\"$time\" is no time\n";

    return timegm($s || 0, $min, $h, $d, $mon - 1, $y);
}

###############################################################################

1;

###############################################################################
