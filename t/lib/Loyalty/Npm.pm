package Loyalty::Npm;

# (C) ngx_loyalty contributors

# Programs for Node with packages of npm, as a lock file has them.
#
#     my $npm = Loyalty::Npm->new('pages');
#     my $lacking = $npm->lacking;                # why it cannot be, or ''
#     $npm->install;
#     open my $out, '-|', $npm->command('page.js');
#
# What is in tests/pages is copied to the folder "pages" of the build folder,
# and the packages are installed there, anew only when the lock file has
# changed.

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use Digest::SHA;
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use POSIX ();

use constant NODE => 20;

my $CHECKOUT = abs_path(dirname(abs_path(__FILE__)) . '/../../..');

# npm ends with the test

my $npm;

END {
    my $status = $?;
    kill TERM => $npm if $npm;
    $? = $status;
}

###############################################################################

sub new {
    my ($class, $name) = @_;

    my $build = $ENV{LOYALTY_BUILD} || "$CHECKOUT/build";

    return bless {
        source => "$CHECKOUT/tests/$name", folder => "$build/$name",
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

# Whether the packages are there, or the registry is.

sub at_hand {
    my ($self, $package) = @_;

    return $self->installed
           || first_line('npm', 'view', $package, 'version',
                         '--fetch-retries=0', '--fetch-timeout=20000') ne '';
}

sub installed {
    my ($self) = @_;

    return first_line('cat', "$self->{folder}/installed") eq $self->wanted;
}

sub wanted {
    my ($self) = @_;

    return Digest::SHA->new(256)
        ->addfile("$self->{source}/package-lock.json")->hexdigest;
}

sub install {
    my ($self) = @_;

    make_path($self->{folder});

    for my $file (glob "$self->{source}/*.js $self->{source}/*.json") {
        copy($file, $self->{folder}) or die "$file: $!\n";
    }

    return if $self->installed;

    my $stamp = "$self->{folder}/installed";

    unlink $stamp;
    $self->npm_ci;

    open my $fh, '>', $stamp or die "$stamp: $!\n";
    print $fh $self->wanted . "\n";
    close $fh or die "$stamp: $!\n";
}

sub npm_ci {
    my ($self) = @_;

    my $log = "$self->{folder}/npm.log";

    $npm = fork;
    die "fork: $!\n" if !defined $npm;

    if ($npm == 0) {
        chdir $self->{folder} or POSIX::_exit(127);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec(qw(npm ci --ignore-scripts --no-audit --no-fund --no-progress
                --prefer-offline)) or POSIX::_exit(127);
    }

    waitpid $npm, 0;
    undef $npm;
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
