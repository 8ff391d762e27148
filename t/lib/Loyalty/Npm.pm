package Loyalty::Npm;

# (C) ngx_loyalty contributors

# Programs for Node with packages of npm, as a lock file has them.
#
#     my $npm = Loyalty::Npm->new('tests/pages');
#     my $lacking = $npm->lacking;                # why it cannot be, or ''
#     $npm->install;
#     open my $out, '-|', $npm->command('shopper.js');
#
# Everything of that folder is copied to one of the same name in the build
# folder, and the packages are installed there, anew only when the lock file
# has changed.

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use Digest::SHA;
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use POSIX ();

use constant NODE => 20;

my $CHECKOUT = abs_path(dirname(abs_path(__FILE__)) . '/../../..');

###############################################################################

sub new {
    my ($class, $source) = @_;

    my $build = $ENV{LOYALTY_BUILD} || "$CHECKOUT/build";

    return bless {
        source => "$CHECKOUT/$source",
        folder => "$build/" . basename($source),
    }, $class;
}

sub folder { $_[0]{folder} }

sub lacking {
    my ($version) = first_line('node', '--version') =~ /^v(\d+)\./;

    return 'Node ' . NODE . ' is needed, found none' if !$version;
    return 'Node ' . NODE . " is needed, found $version" if $version < NODE;
    return 'npm is needed, found none' if !first_line('npm', '--version');

    return '';
}

sub install {
    my ($self) = @_;

    make_path($self->{folder});

    for my $file (glob "$self->{source}/*.js $self->{source}/*.json") {
        copy($file, $self->{folder}) or die "$file: $!\n";
    }

    my $stamp = "$self->{folder}/installed";
    my $wanted = Digest::SHA->new(256)
        ->addfile("$self->{folder}/package-lock.json")->hexdigest;

    return if first_line('cat', $stamp) eq $wanted;

    unlink $stamp;
    $self->npm_ci;

    open my $fh, '>', $stamp or die "$stamp: $!\n";
    print $fh "$wanted\n";
    close $fh or die "$stamp: $!\n";
}

sub npm_ci {
    my ($self) = @_;

    my $log = "$self->{folder}/npm.log";

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        chdir $self->{folder} or POSIX::_exit(127);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec(qw(npm ci --ignore-scripts --no-audit --no-fund --no-progress
                --prefer-offline)) or POSIX::_exit(127);
    }

    waitpid $pid, 0;
    die "npm ci failed, see $log\n" if $?;
}

sub command {
    my ($self, $program, @args) = @_;

    return ('node', "$self->{folder}/$program", @args);
}

sub first_line {
    my @command = @_;

    my $pid = open my $out, '-|';
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        open STDERR, '>', '/dev/null';
        exec(@command) or POSIX::_exit(127);
    }

    my $line = <$out>;
    close $out;

    $line = '' if !defined $line;
    chomp $line;

    return $line;
}

###############################################################################

1;

###############################################################################
