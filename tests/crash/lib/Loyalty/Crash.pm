package Loyalty::Crash;

# (C) ngx_loyalty contributors

# What the crash and fault tests share: a store that knows every order, a
# slow disk, and an auditor of the books, who can read those of PostgreSQL as
# well.

###############################################################################

use warnings;
use strict;

use Exporter 'import';
use File::Basename qw(basename);
use File::Path qw(make_path);

use Loyalty::Test;

our @EXPORT = qw(shop audit rows slow_disk finally undo);

# The number of an order says whose it is: 7-1 belongs to m7@example.com.

my %MACROS = (
    STORE_OF_ALL => <<'END',
        location ~ ^/orders/((\d+)-\S+)$ {
            default_type application/json;
            return 200 '{"number":"$1","status":"processing",
                         "currency":"USD","total":"10.00",
                         "billing":{"email":"m$2@example.com"}}';
        }
END
    RULES => <<'END',
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  10 "Sticker";
        reward        mug      20 "Mug" stock=40;
        reward        cap       5 "Cap" per_member=2;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
END
);

###############################################################################

# A Loyalty::Test that knows the macros above.

sub shop {
    my (%o) = @_;

    my $t = Loyalty::Test->new(level => 'info', %o);
    $t->macro($_ => $MACROS{$_}) for keys %MACROS;

    return $t;
}

###############################################################################

# Each finds rows that must not exist.

my @LAWS = (
    'a member\'s points are the sum of the ledger' =>
        'SELECT m.id, m.points, sum(l.points)
         FROM member AS m LEFT JOIN ledger AS l ON l.member = m.id
         GROUP BY m.id HAVING m.points <> coalesce(sum(l.points), 0)',

    'a member\'s points are what remains of the lots' =>
        'SELECT m.id, m.points, sum(o.remaining)
         FROM member AS m LEFT JOIN lot AS o ON o.member = m.id
         GROUP BY m.id HAVING m.points <> coalesce(sum(o.remaining), 0)',

    'a member\'s entries are a chain' =>
        'SELECT id, previous, before FROM
             (SELECT id, previous, lag(id, 1, 0) OVER
                  (PARTITION BY member ORDER BY id) AS before FROM ledger)
             AS entry
         WHERE previous <> before',

    'a member knows the end of the chain' =>
        'SELECT m.id, m.last_entry, max(l.id)
         FROM member AS m LEFT JOIN ledger AS l ON l.member = m.id
         GROUP BY m.id HAVING m.last_entry <> coalesce(max(l.id), 0)',

    'lots before a member\'s first one are spent' =>
        'SELECT m.id, o.id, o.remaining
         FROM member AS m JOIN lot AS o ON o.member = m.id
         WHERE o.id < m.first_open AND o.remaining > 0',

    'a member\'s lifetime is what the ledger gave' =>
        'SELECT m.id, m.lifetime, sum(l.earned)
         FROM member AS m LEFT JOIN ledger AS l ON l.member = m.id
         GROUP BY m.id HAVING m.lifetime <> coalesce(sum(l.earned), 0)',

    'no more is spent of a lot than there was' =>
        'SELECT id, remaining FROM lot WHERE remaining < 0',

    'the oldest lots are spent first' =>
        'SELECT o.id, n.id FROM lot AS o
             JOIN lot AS n ON n.member = o.member AND n.id > o.id
         WHERE o.remaining > 0 AND n.remaining < n.points',

    'every debit took its points from lots' =>
        'SELECT l.id, l.points, s.taken
         FROM ledger AS l LEFT JOIN
             (SELECT entry, sum(points) AS taken FROM spending
              GROUP BY entry) AS s ON s.entry = l.id
         WHERE coalesce(s.taken, 0) <>
             CASE WHEN l.points < 0 THEN -l.points ELSE 0 END',

    'nobody\'s points pay for somebody else' =>
        'SELECT s.entry, s.lot FROM spending AS s
             JOIN ledger AS l ON l.id = s.entry
             JOIN ledger AS o ON o.id = s.lot
         WHERE o.member <> l.member OR o.points < 0',

    'a claim is in the ledger' =>
        'SELECT c.number FROM claim AS c LEFT JOIN
             (SELECT reference, member, points FROM ledger
              WHERE kind = \'claim\') AS l ON l.reference = c.number
         WHERE (l.member, l.points) IS DISTINCT FROM (c.member, c.points)',

    'entries and claims are a member\'s' =>
        'SELECT member FROM ledger WHERE member NOT IN
             (SELECT id FROM member WHERE id IS NOT NULL)
         UNION ALL SELECT member FROM claim WHERE member NOT IN
             (SELECT id FROM member WHERE id IS NOT NULL)',

    'a member has a number' =>
        'SELECT email FROM member WHERE id IS NULL',

    'what the ledger gave for an order is a claim' =>
        'SELECT reference FROM ledger WHERE kind = \'claim\' AND
             reference NOT IN (SELECT number FROM claim)',

    'no order is credited twice' =>
        'SELECT reference FROM ledger WHERE kind = \'claim\'
         GROUP BY reference HAVING count(*) <> 1',

    'a member is welcomed once' =>
        'SELECT m.id, count(l.id) FROM member AS m
             LEFT JOIN ledger AS l ON l.member = m.id AND kind = \'signup\'
         GROUP BY m.id HAVING count(l.id) <> 1',

    'a redemption is in the ledger' =>
        'SELECT r.id FROM redemption AS r JOIN ledger AS l ON l.id = r.id
         WHERE (l.kind, l.member, l.reference, l.points)
             IS DISTINCT FROM
             (\'redemption\', r.member, r.reward, -r.cost)',

    'what was spent is a redemption' =>
        'SELECT id FROM ledger WHERE points < 0 AND
             id NOT IN (SELECT id FROM redemption)',

    'no coupon is given to two' =>
        'SELECT coupon FROM redemption GROUP BY coupon HAVING count(*) > 1',

    'the stock counts what was taken' =>
        'SELECT w.id, w.redeemed FROM reward AS w WHERE w.redeemed <>
             (SELECT count(*) FROM redemption WHERE reward = w.id)',

    'no more is taken than there was' =>
        'SELECT redeemed FROM reward WHERE id = \'mug\' AND redeemed > 40',

    'nobody takes more than allowed' =>
        'SELECT member, count(*) FROM redemption WHERE reward = \'cap\'
         GROUP BY member HAVING count(*) > 2',
);

# What is wrong with the books, as text; empty if they are in order.  The
# database is a Loyalty::Database, or its file's name.

sub audit {
    my ($t, $db) = @_;

    my @laws = @LAWS;
    my $wrong = database($t, $db)->sound ? '' : "not so: it is sound\n";

    while (my ($law, $sql) = splice @laws, 0, 2) {
        my @rows = rows($t, $db, $sql);
        $wrong .= "not so: $law\n    " . join("\n    ", @rows) . "\n"
            if @rows;
    }

    return $wrong;
}

sub rows {
    my ($t, $db, $sql) = @_;

    return database($t, $db)->rows($sql);
}

sub database {
    my ($t, $db) = @_;

    return ref $db ? $db : $t->database($db);
}

###############################################################################

# The environment for a program that shall find a slow disk: microseconds a
# sync and a write.

sub slow_disk {
    my ($sync, $write) = @_;

    return (LD_PRELOAD => join(' ', library('bench/slow_fsync'),
                                    library('crash/slow_write')),
            LOYALTY_FSYNC_US => $sync, LOYALTY_WRITE_US => $write || 0);
}

my %libraries;

sub library {
    my ($name) = @_;

    return $libraries{$name} ||= do {
        my $checkout = Loyalty::Test->checkout;
        my $dir = ($ENV{LOYALTY_BUILD} || "$checkout/build") . '/crash';
        my $target = "$dir/" . basename($name) . '.so';

        make_path($dir);

        system($ENV{CC} || 'gcc', '-shared', '-fPIC', '-O2', '-Wall',
               '-Wextra', '-o', "$target.$$", "$checkout/tests/$name.c",
               '-ldl') == 0
            && rename "$target.$$", $target
            or die "cannot build $target\n";

        $target;
    };
}

###############################################################################

# What must be undone even if the test dies; undo() does it before that.

my @finally;

sub finally {
    my ($code) = @_;

    my $entry = {code => $code, owner => $$};
    push @finally, $entry;
    return $entry;
}

sub undo {
    my ($entry) = @_;

    @finally = grep { $_ != $entry } @finally;
    $entry->{code}->();
}

END {
    my $status = $?;
    undo($_) for grep { $_->{owner} == $$ } reverse @finally;
    $? = $status;
}

###############################################################################

1;

###############################################################################
