package Loyalty::Job;

# (C) ngx_loyalty contributors

# Code that runs in a child of its own, beside the test.

###############################################################################

use warnings;
use strict;

use JSON::PP ();
use POSIX ();

###############################################################################

sub new {
    my ($class, $code) = @_;

    pipe my $read, my $write or die "pipe: $!\n";

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        close $read;
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);

        my $value = eval { $code->() };
        my $answer = {value => $value, error => $@};

        syswrite $write, JSON::PP->new->utf8->encode($answer);
        POSIX::_exit(0);
    }

    close $write;
    return bless {pid => $pid, read => $read, owner => $$}, $class;
}

# What the code returned; its death is ours.

sub result {
    my ($self) = @_;

    my $fh = $self->{read};
    my $text = do { local $/; <$fh> };

    waitpid delete $self->{pid}, 0;

    my $answer = eval { JSON::PP->new->utf8->decode($text) }
        or die "a background job left no result\n";

    die $answer->{error} if $answer->{error};
    return $answer->{value};
}

sub kill {
    my ($self) = @_;

    return if $self->{owner} != $$ || !$self->{pid};

    CORE::kill('KILL', $self->{pid});
    waitpid delete $self->{pid}, 0;
}

###############################################################################

1;

###############################################################################
