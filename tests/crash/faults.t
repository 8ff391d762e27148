#!/usr/bin/perl

# (C) ngx_loyalty contributors

# A database that cannot be used, for all the reasons there are: the callers
# are told to come again, the rest of nginx does not notice, nothing is half
# done, and it works again when the cause is gone, without a restart.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../../t/lib";

use IO::Handle;
use Time::HiRes qw(sleep time);

use Loyalty::Crash;
use Loyalty::HTTP;
use Loyalty::Test;

use constant {DB => 'db/shop.db', ADA => 'm1@example.com'};

# Seconds in which nginx must serve what has no need of the database.

use constant PROMPT => 0.8;

###############################################################################

plan(skip_all => 'no sqlite3') if !Loyalty::Test->has_program('sqlite3');

subtest 'a broken disk' => \&broken_disk;
subtest 'a disk that is broken from the start' => \&broken_from_the_start;
subtest 'a disk that breaks now and then' => \&flaky_disk;
subtest 'a commit that fails' => \&failed_commit;
subtest 'a worker killed after a commit that failed' => \&killed_after_failure;
subtest 'a full disk' => \&full_disk;
subtest 'a slow disk' => \&slow_one;
subtest 'somebody else writes' => \&locked;
subtest 'somebody else has it all to himself' => \&locked_exclusively;
subtest 'immutable files' => \&immutable;
subtest 'a read-only file' => \&read_only;
subtest 'read-only files' => \&all_read_only;
subtest 'something that is no database' => \&garbage;
subtest 'a damaged database' => \&damaged;
subtest 'a newer database' => \&newer;

done_testing();

###############################################################################

# Faults injected by libfiu

sub broken_disk {
    my $t = fiu_site() or return;

    welcome($t);

    for my $case (
        ['syncs fail', 'posix/io/sync/*', 5, qr/disk I\/O error/],
        ['syncs find no space', 'posix/io/sync/*', 28, qr/disk I\/O error/],
        ['writes fail', 'posix/io/rw/pwrite', 5, qr/disk I\/O error/],
        ['writes find no space', 'posix/io/rw/pwrite', 28, qr/disk is full/])
    {
        my ($why, $name, $errno, $log) = @$case;

        fault($t, "enable name=$name,failinfo=$errno");
        my $visit = refused($t, $why, $log, reads => 200);

        fault($t, "disable name=$name");
        recovered($t, $why, $visit);
    }

    # what is cached is still read, so somebody else has to change something

    fault($t, 'enable name=posix/io/rw/pread,failinfo=5');
    rows($t, DB, "UPDATE member SET locale = locale || '.'");

    is_fault($t->balance(ADA), 503, 'database_unavailable', 'reads fail');

    fault($t, 'disable name=posix/io/rw/pread');
    is_result($t->balance(ADA), 200, 'balance', 'reads fail: over');

    # less is written than was asked for, which is not even a fault

    fault($t, 'enable name=posix/io/rw/pwrite/reduce');
    done_as_asked($t, 'writes are short', visit());
    fault($t, 'disable name=posix/io/rw/pwrite/reduce');

    $t->done;
}

sub broken_from_the_start {
    my $t = fiu_site(fault => 'enable name=posix/io/sync/*,failinfo=5')
        or return;

    my $visit = refused($t, 'from the start', qr/disk I\/O error/,
        reads => 503, blind => 1);

    fault($t, 'disable name=posix/io/sync/*');
    welcome($t);
    recovered($t, 'from the start', $visit);

    $t->done;
}

# Each client repeats a request until it is not refused any more.

sub flaky_disk {
    my $t = fiu_site(workers => 2) or return;

    welcome($t);

    fault($t, 'enable_random name=posix/io/sync/*,failinfo=5,probability=.1',
              'enable_random name=posix/io/rw/pwrite,failinfo=28,'
              . 'probability=.02');

    my @jobs = map { my $n = $_; $t->in_background(sub {
        my ($refused, @outcomes);

        for my $i (1 .. 40) {
            my @q = (
                [signup => {email => "guest$n-$i\@example.com"}],
                [claim => {email => ADA, order => "1-$n-$i"}],
                [redeem => {email => ADA, reward => 'sticker'}, "$n-$i"]);

            for my $q (@q) {
                my $r;

                $t->wait_until('success', sub {
                    ($r) = $t->all(message($t, $q));
                    return $r->status == 503 ? !++$refused : 1;
                });

                push @outcomes, $r->outcome;
            }
        }

        return {refused => $refused, outcomes => \@outcomes};
    }) } 1 .. 4;

    my @results = map { $_->result } @jobs;

    fault($t, 'disable name=posix/io/sync/*',
              'disable name=posix/io/rw/pwrite');

    my $refused = 0;
    $refused += $_->{refused} || 0 for @results;
    cmp_ok($refused, '>', 10, 'some were refused');

    my %outcomes;
    $outcomes{$_}++ for map { @{$_->{outcomes}} } @results;

    is_deeply(\%outcomes, {signed_up => 160, claimed => 160, redeemed => 160},
        'all succeeded in the end');
    is_deeply(counts($t), {member => 161, claim => 160, redemption => 160,
                           ledger => 481}, 'each once');
    is($t->points(ADA), 50, 'points are right');
    is(audit($t, DB), '', 'the books are in order');

    $t->done;
}

# A new worker that has one connection only, and whose first commit fails in
# the very last step.

sub failed_commit {
    my $t = fiu_site() or return;

    welcome($t);
    is_result($t->claim('1-a', ADA), 200, 'claimed', 'points to spend');
    replace_worker($t);
    is_result($t->signup(ADA), 200, 'already_member', 'a new worker');

    my $before = counts($t);
    my @q = ([redeem => {email => ADA, reward => 'sticker'}],
             [signup => {email => 'guest@example.com'}]);

    fault($t, 'enable name=posix/io/sync/*,failinfo=5');

    my @r = map { $t->all(message($t, $_)) } @q;
    is_fault($_, 503, 'database_unavailable', 'the commit fails') for @r;

    fault($t, 'disable name=posix/io/sync/*');

    is_result($t->signup('other@example.com'), 201, 'signed_up', 'over');
    is_deeply(counts($t), {%$before, member => $before->{member} + 1,
                                     ledger => $before->{ledger} + 1},
        'what was refused did not happen');

    is(audit($t, DB), '', 'the books are in order');

    $t->done;
}

# Nobody can undo what a failed commit has left in the log when the disk is
# broken and the worker dies: it may have happened or not, but all of it, and
# what has a key happens once.

sub killed_after_failure {
    my $t = fiu_site() or return;

    welcome($t);

    my @q = ([claim => {email => ADA, order => '1-a'}],
             [signup => {email => 'guest@example.com'}],
             [redeem => {email => ADA, reward => 'sticker'}, 'key']);

    fault($t, 'enable name=posix/io/sync/*,failinfo=5');

    my @r = $t->all(map { message($t, $_) } @q);
    is_fault($_, 503, 'database_unavailable', 'the commit fails') for @r;

    replace_worker($t);

    @r = $t->all(map { message($t, $_) } @q);
    is(join(' ', grep { $_->status >= 400 } @r), '', 'all succeed');

    is_deeply(counts($t), {member => 2, claim => 1, redemption => 1,
                           ledger => 4}, 'each once');
    is(audit($t, DB), '', 'the books are in order');

    $t->done;
}

###############################################################################

# A file system of its own that somebody fills

sub full_disk {
    my $t = site(run => 0);
    my $dir = $t->path('db');

    mkdir $dir or die "$dir: $!\n";

    if (system("mount -t tmpfs -o size=2m,mode=0777 tmpfs $dir 2>/dev/null")) {
        $t->cleanup;
        plan(skip_all => 'mounting a file system is not allowed here');
    }

    my $mounted = finally(sub { system 'umount', '--lazy', $dir });

    $t->run;
    welcome($t);

    for my $why ('full', 'full again') {
        fill("$dir/filler");
        my $visit = refused($t, $why, qr/disk is full/, reads => 200);

        unlink "$dir/filler";
        recovered($t, $why, $visit);
    }

    # a new worker starts on a disk that is full

    fill("$dir/filler");
    replace_worker($t);
    my $visit = refused($t, 'full from the start', qr/full|I\/O error/);

    unlink "$dir/filler";
    recovered($t, 'full from the start', $visit);

    $t->stop;
    undo($mounted);
    $t->done;
}

sub fill {
    my ($file) = @_;

    open my $fh, '>:raw', $file or die "$file: $!\n";

    # the last bytes, too

    for my $size (65536, 4096, 1) {
        1 while syswrite $fh, "\0" x $size;
    }

    close $fh;
}

# A disk that takes a second to sync: only those wait who need it.

sub slow_one {
    my $t = site();

    welcome($t);
    $t->stop;

    {
        my %slow = slow_disk(1000000, 0);

        local @ENV{keys %slow} = values %slow;
        $t->run;
    }

    my $began = time();
    my $c = $t->connection;
    my $size = -s $t->path(DB . '-wal') || 0;

    $c->send(message($t, [claim => {email => ADA, order => '1-slow'}]));
    $t->wait_until('the commit begins', sub {
        ($size || 0) < (-s $t->path(DB . '-wal') || 0);
    });

    prompt($t, 'while the disk is busy');

    my $asked = time();
    is_result($t->balance(ADA), 200, 'balance', 'reading goes on');
    cmp_ok(time() - $asked, '<', PROMPT, 'reading is prompt');

    is_result($c->response, 200, 'claimed', 'the claim is done');
    cmp_ok(time() - $began, '>', 1, 'after the disk');

    $t->done;
}

###############################################################################

# A process of SQLite's own that holds a lock until it is told to go.

sub locked {
    my $t = site();

    welcome($t);

    my $locker = locker($t, 'BEGIN EXCLUSIVE;');
    my $visit = refused($t, 'locked', qr/database is locked/, reads => 200);

    unlock($locker);
    recovered($t, 'locked', $visit);

    $t->done;
}

sub locked_exclusively {
    my $t = site();

    # a worker that has looked at the database by itself would be in the way

    welcome($t);
    $t->stop;

    my $locker = locker($t, 'PRAGMA locking_mode = EXCLUSIVE;'
                            . 'BEGIN EXCLUSIVE;');
    $t->run;

    my $visit = refused($t, 'locked', qr/database is locked/, reads => 503,
                        blind => 1);

    unlock($locker);
    recovered($t, 'locked', $visit);

    $t->done;
}

sub locker {
    my ($t, $begin) = @_;

    my $file = $t->path('locked');
    unlink $file;

    open my $in, '|-', 'sqlite3', '-batch', '-cmd', '.timeout 5000',
        $t->path(DB) or die "sqlite3: $!\n";
    $in->autoflush(1);

    print $in ".output /dev/null\n$begin\n"
              . ".output $file\nSELECT 'locked';\n.output stdout\n";

    $t->wait_until('the lock', sub { -s $file });
    return $in;
}

sub unlock {
    my ($in) = @_;

    print $in "ROLLBACK;\n.quit\n";
    close $in;
}

###############################################################################

# Files that cannot be written

sub immutable {
    my $t = site();

    if (!can_be_immutable($t->write_file('try', ''))) {
        $t->cleanup;
        plan(skip_all => 'files cannot be made immutable here');
    }

    welcome($t);
    is($t->points(ADA), 50, 'somebody reads');

    my @files = map { $t->path(DB . $_) } '', '-wal';
    my $done = finally(sub { system 'chattr', '-i', @files });

    system('chattr', '+i', @files);
    my $visit = refused($t, 'immutable', qr/I\/O error|cannot be written/,
        reads => 200);

    undo($done);
    recovered($t, 'immutable', $visit);

    $t->done;
}

# A file system in memory lets those go on who have opened the file before.

sub can_be_immutable {
    my ($file) = @_;

    open my $fh, '>>:raw', $file or die "$file: $!\n";

    return 0 if system("chattr +i $file 2>/dev/null") != 0;

    my $written = syswrite $fh, 'x';

    system('chattr', '-i', $file);

    return !defined $written;
}

sub read_only {
    my $t = site();

    welcome($t);
    replace_worker($t);

    chmod 0444, $t->path(DB);
    my $visit = refused($t, 'read-only', qr/cannot be written/, blind => 1);

    chmod 0600, glob $t->path(DB . '*');
    recovered($t, 'read-only', $visit);

    $t->done;
}

# SQLite gives the mode of the database to the files that it makes beside it,
# so that these cannot be written either: here, the administrator's does.

sub all_read_only {
    my $t = site();

    welcome($t);
    replace_worker($t);

    chmod 0444, $t->path(DB);
    rows($t, DB, 'SELECT count(*) FROM member');
    chmod 0444, glob $t->path(DB . '*');

    my $visit = refused($t, 'all read-only', qr/cannot be written/,
        blind => 1);

    chmod 0600, glob $t->path(DB . '*');
    recovered($t, 'all read-only', $visit);

    $t->done;
}

###############################################################################

# Files that are not what they should be.  A new worker finds them: what an
# old one has read and locked nobody may exchange.

sub garbage {
    my $t = site();
    my $db = $t->path(DB);

    welcome($t);
    closed_by_all($t);
    my $before = $t->read_file(DB);

    overwrite($db, 'This is no database. ' x 1000);
    my $visit = refused($t, 'garbage', qr/file is not a database/,
        reads => 503, blind => 1);

    is($t->read_file(DB), 'This is no database. ' x 1000, 'left alone');

    overwrite($db, $before);
    recovered($t, 'garbage', $visit);

    $t->done;
}

sub damaged {
    my $t = site();
    my $db = $t->path(DB);

    welcome($t);
    closed_by_all($t);
    my $before = $t->read_file(DB);

    overwrite($db, substr($before, 0, 4096)
                   . "\xff" x (length($before) - 4096));
    my $visit = refused($t, 'damaged', qr/malformed/, reads => 503,
                        blind => 1);

    overwrite($db, $before);
    recovered($t, 'damaged', $visit);

    $t->done;
}

sub newer {
    my $t = site();

    welcome($t);
    closed_by_all($t);

    my ($version) = rows($t, DB, 'PRAGMA user_version');
    like($version, qr/^[1-9]\d*$/, 'the schema has a version');

    rows($t, DB, 'PRAGMA user_version = 9999');
    my $visit = refused($t, 'newer', qr/version 9999 .* newer module/,
        reads => 503);

    is(join(' ', rows($t, DB, 'PRAGMA user_version')), '9999', 'left alone');

    rows($t, DB, "PRAGMA user_version = $version");
    recovered($t, 'newer', $visit);

    $t->done;
}

# A new worker that has not opened the database yet, and no log beside it.

sub closed_by_all {
    my ($t) = @_;

    replace_worker($t);
    rows($t, DB, 'PRAGMA wal_checkpoint(TRUNCATE)');
    unlink map { $t->path(DB . $_) } '-wal', '-shm';
}

sub overwrite {
    my ($file, $content) = @_;

    open my $fh, '+<:raw', $file or die "$file: $!\n";
    print $fh $content;
    truncate $fh, length $content;
    close $fh or die "$file: $!\n";
}

###############################################################################

# nginx.  Options: workers, fiu, fault (from the start), run.

sub site {
    my (%o) = @_;

    local $ENV{LOYALTY_REAL_NGINX} = $ENV{LOYALTY_NGINX} || '/usr/sbin/nginx';
    local $ENV{LOYALTY_NGINX} = "$FindBin::Bin/nginx-under-fiu" if $o{fiu};

    my $t = shop(allow => [qr/exited on signal 9/]);

    # fiu-ctrl talks to workers of its own user only

    $t->macro(USER => $o{fiu} && $> == 0 ? 'user root;' : '');
    $t->macro(WORKERS => $o{workers} || 1);

    $t->conf(<<'END');
%%TEST_GLOBALS%%

%%USER%%

worker_processes %%WORKERS%%;

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database  sqlite:%%TESTDIR%%/db/shop.db timeout=300ms;
        %%RULES%%
    }

    server {
        listen %%LISTEN_0%% reuseport;

        %%LOCATIONS%%
        %%STORE%%

        location = /plain { return 200 "plain"; }
    }

    server {
        listen %%LISTEN_1%%;

        %%STORE_OF_ALL%%
    }
}
END

    local $ENV{LOYALTY_FIU} = $t->path('fiu');
    local $ENV{LOYALTY_FAULT} = $o{fault} || '';

    $t->run if !exists $o{run} || $o{run};
    return $t;
}

sub fiu_site {
    my (%o) = @_;

    return site(%o, fiu => 1) if Loyalty::Test->has_program('fiu-ctrl');

    plan(skip_all => 'no libfiu (Debian: fiu-utils)');
    return;
}

# Tells all workers what goes wrong from now on, or no longer.

sub fault {
    my ($t, @commands) = @_;

    for my $worker ($t->workers) {
        my $pipe = $t->path("fiu-$worker.out");

        $t->wait_until('libfiu in the worker', sub { -p $pipe });
    }

    system('timeout', '30', 'fiu-ctrl', '-f', $t->path('fiu'),
           (map { ('-c', $_) } @commands), $t->workers) == 0
        or die "fiu-ctrl failed\n";
}

# The only worker makes room for one that has no connection yet.

sub replace_worker {
    my ($t) = @_;

    my ($old) = $t->workers;

    kill KILL => $old;
    $t->wait_until('another worker', sub {
        return (grep { $_ != $old } $t->workers) && !$t->alive($old);
    });
}

###############################################################################

# Ada, who has enough points for all that follows.

sub welcome {
    my ($t) = @_;

    is_result($t->signup(ADA), 201, 'signed_up', 'all is well');
}

# Requests that write, some of each kind; none of them was made before.  They
# earn as much as they spend.

my $visits = 0;

sub visit {
    my $n = ++$visits;

    return [[signup => {email => "guest$n\@example.com"}],
            [claim => {email => ADA, order => "1-$n-a"}],
            [claim => {email => ADA, order => "1-$n-b"}, "b$n"],
            [redeem => {email => ADA, reward => 'sticker'}],
            [redeem => {email => ADA, reward => 'sticker'}, "k$n"]];
}

sub message {
    my ($t, $q) = @_;

    my ($op, $params, $key) = @$q;

    return $t->message('POST', "/loyalty/$op", params => $params,
        headers => defined $key ? ['Idempotency-Key' => $key] : []);
}

# Nothing of it is done.  Options: reads (the status of a balance), blind (we
# cannot look into the database either).

sub refused {
    my ($t, $why, $log, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $visit = visit();
    my $before = $o{blind} || counts($t);
    my $mark = -s $t->path('error.log');

    my @open;

    for my $time ('', ' again') {
        my @c = map { my $c = $t->connection; $c->send(message($t, $_)); $c }
                @$visit;

        prompt($t, "$why$time");

        my @r = map { $_->response } @c;

        is_fault($r[0], 503, 'database_unavailable', "$why: refused$time");
        is_deeply([map { $_->outcome } @r], [('database_unavailable') x @r],
            "$why: all of them refused$time");
        is_deeply([grep { ($_->header('Retry-After') || '') !~ /^\d+$/ } @r],
            [], "$why: all are told when to come again$time");

        push @open, scalar open_files($t);
    }

    cmp_ok($open[1], '<=', $open[0], "$why: no file is left open");

    is($t->balance(ADA)->status, $o{reads}, "$why: reading") if $o{reads};
    is_deeply(counts($t), $before, "$why: nothing is done") if !$o{blind};

    # one line for writing, one for reading, one for what nginx looks for by
    # itself, however many requests

    my @said = grep { /\[(?:warn|error|crit|alert|emerg)\]/
                      && !/exited on signal 9/ }
               split /\n/, substr $t->read_file('error.log'), $mark;
    my @right = grep { /loyalty: the database of program "shop", \S+, /
                       && /cannot be used: .*$log/ } @said;

    my $ok = ok(@right == @said && @said >= 1 && @said <= 3,
                "$why: the log says so, once");
    diag(@said ? join("\n", @said) : 'nothing') if !$ok;

    return $visit;
}

# The same requests again: each is done, once.

sub recovered {
    my ($t, $why, $visit) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    done_as_asked($t, "$why: over", $visit);
    like($t->read_file('error.log'),
        qr/\[notice\] .* the database of program "shop" works again/,
        "$why: the log says that it is over");
}

sub done_as_asked {
    my ($t, $why, $visit) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $before = counts($t);
    my @r = $t->all(map { message($t, $_) } @$visit);

    is_deeply([map { $_->outcome } @r],
        [qw(signed_up claimed claimed redeemed redeemed)], $why);

    my %more = (member => 1, claim => 2, redemption => 2, ledger => 5);

    is_deeply(counts($t), {map { $_ => $before->{$_} + $more{$_} } keys %more},
        "$why: each done once");

    my @again = $t->all(map { message($t, $_) } @{$visit}[0, 1, 2, 4]);

    is_deeply([map { $_->outcome } @again],
        [qw(already_member already_claimed claimed redeemed)],
        "$why: and not again");
    is($again[3]->body, $r[4]->body, "$why: the key knows its answer");

    is($t->points(ADA), 50, "$why: points are right");
    is(audit($t, DB), '', "$why: the books are in order");
}

# nginx serves others at once, whatever waits for the database.

sub prompt {
    my ($t, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $began = time();
    my $r = $t->get('/plain');
    my $took = time() - $began;

    ok($r && $r->body eq 'plain' && $took < PROMPT, "$why: others are served")
        or diag($r ? $r->body . " after $took s" : 'no answer');
}

# The files of the database that the workers have open.

sub open_files {
    my ($t) = @_;

    my $db = $t->path(DB);

    return grep { (readlink || '') =~ /^\Q$db\E/ }
           map { glob "/proc/$_/fd/*" } $t->workers;
}

sub counts {
    my ($t) = @_;

    return {map { split /\|/ } rows($t, DB, join ' UNION ALL ',
        map { "SELECT '$_', count(*) FROM $_" }
            qw(member claim redemption ledger))};
}

###############################################################################
