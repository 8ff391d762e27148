package Loyalty::Story;

# (C) ngx_loyalty contributors

# One of conf-examples/programs, with its members and stores, over the years.
#
#     my $t = Loyalty::Story->new('small-shop', '2031-03-01 08:00');
#     $t->order(1001, email => 'ada@example.com', total => '60.99');
#     $t->now('2031-03-31 08:00');
#     ...
#     $t->told;
#
# The file is used as it is: only where it listens, where the stores are, and
# where its files are, is the test's.  Orders are those of the first upstream
# unless told: from => 2.
#
# told() is done(), and adds up the books before.
#
# In the environment: LOYALTY_CTL (another loyaltyctl than that in the build
# folder).

###############################################################################

use warnings;
use strict;

use parent qw(Loyalty::Test);

use Exporter qw(import);
use Test::More;

use Loyalty::Clock;
use Loyalty::Database;
use Loyalty::Store;
use Loyalty::Test;

our @EXPORT = @Loyalty::Test::EXPORT;

use constant SECRET => 'the-secret-of-the-webhooks';

###############################################################################

# Options of its own: timers (see Loyalty::Clock).  Threads that are at work
# when the time is set have then been at it for longer than they may.

sub new {
    my ($class, $program, $time, %o) = @_;

    my $lacking = Loyalty::Clock->lacking || Loyalty::Database->lacking;
    plan(skip_all => $lacking) if $lacking;

    my $clock = Loyalty::Clock->new($time, timers => $o{timers});
    my $self = $class->SUPER::new($clock->options, allow => $o{timers}
        ? [qr/keeps a thread for more than 60 seconds/] : []);

    $self->{clock} = $clock;
    $self->secret(SECRET);

    # of the owner alone, as the comments in the examples have it

    $self->write_file('loyalty/chatbot.key', KEY . "\n", 0600);
    $self->write_file('loyalty/webhook.secret', SECRET . "\n", 0600);

    $self->conf($self->example($program))->run;

    $self->{stores} = [map {
        Loyalty::Store->new($self, $self->port($_))->start
    } 1 .. $self->{upstreams}];

    return $self;
}

sub example {
    my ($self, $program) = @_;

    my $file = $self->checkout . "/conf-examples/programs/$program.conf";

    open my $fh, '<', $file or die "$file: $!\n";
    my $text = do { local $/; <$fh> };

    $text =~ s/^(?:load_module|pid|error_log|\s+access_log)\s.*;\n//mg;
    $text =~ s/^events /%%TEST_GLOBALS%%\nevents /m;
    $text =~ s/^http \{\n\K/%%TEST_GLOBALS_HTTP%%\n/m;
    $text =~ s/\b127\.0\.0\.1:8080\b/%%LISTEN_0%%/g;
    $text =~ s/\b127\.0\.0\.1:300(\d)\b/'%%LISTEN_' . ($1 + 1) . '%%'/ge;
    $text =~ s{\bdatabase\s+sqlite:\K([^\s;]+)}{%%TESTDIR%%/$1};

    $self->{books} = $1;
    $self->{upstreams} = () = $text =~ /^\s*upstream\s/mg;

    return $text;
}

###############################################################################

# What happens in the world: time passes, and people buy.

sub now {
    my ($self, $time) = @_;

    $self->{clock}->set($time) if defined $time;
    return $self->{clock}->now;
}

# Timers that have become due run when nginx wakes up: somebody connects, and
# says nothing.  What takes several steps takes time, too.

sub wakes {
    my ($self, $what, $condition) = @_;

    $self->wait_until($what, sub {
        $self->{clock}->pass(20);
        $self->connection->close;
        return $condition->();
    });
}

sub order {
    my ($self, $number, %order) = @_;

    my $store = $self->{stores}[(delete $order{from} || 1) - 1];

    $store->has($number, %order);
}

# A webhook of the store about an order.

sub event {
    my ($self, $number) = @_;

    return $self->order_event($number, SECRET);
}

# What members, and those who serve them, do besides.

sub action {
    my ($self, $action, $ref, $email) = @_;

    return $self->post('/loyalty/action',
        {action => $action, ref => $ref, email => $email});
}

sub cancel {
    my ($self, $coupon, $email) = @_;

    return $self->post('/loyalty/cancel',
        {coupon => $coupon, email => $email});
}

sub look_at_coupon {
    my ($self, $coupon) = @_;

    return $self->get("/loyalty/coupon?coupon=$coupon");
}

sub use_coupon {
    my ($self, $coupon, $order) = @_;

    return $self->post('/loyalty/coupon',
        {coupon => $coupon, order => $order});
}

# A member's entries, the newest first, each as "kind reference points".

sub history {
    my ($self, $email) = @_;

    my $r = $self->post('/loyalty/history', {email => $email, limit => 100});

    return map {
        join ' ', grep { length } @{$_}{qw(kind reference points)}
    } @{$r->field('entries')};
}

###############################################################################

sub rows {
    my ($self, $sql) = @_;

    return $self->database($self->{books})->rows($sql);
}

# What loyaltyctl says of the program at this time of the story, and how it
# ended if that was not well.

sub ctl {
    my ($self, @args) = @_;

    my $build = $ENV{LOYALTY_BUILD} || $self->checkout . '/build';
    my $program = $ENV{LOYALTY_CTL} || "$build/loyaltyctl";

    die "no $program: \"make ctl\" makes it\n" if !-x $program;

    my ($uri) = split ' ',
        $self->database($self->{books})->arguments('');

    local @ENV{keys %{$self->{environment}}} =
        values %{$self->{environment}};
    local $ENV{LD_PRELOAD} = $self->{preload};

    open my $out, '-|', $program, '-d', $uri, @args or die "$program: $!\n";
    my @lines = map { s/\r?\n\z//r } <$out>;
    close $out;

    push @lines, "wait status $?" if $?;
    return @lines;
}

# Each statement finds what does not agree, by whoever adds it up.

my %BOOKS = (
    'a balance is the sum of its entries' =>
        'SELECT member.id, member.points, sum(ledger.points),
                member.lifetime, sum(ledger.earned)
         FROM member JOIN ledger ON ledger.member = member.id
         GROUP BY member.id, member.points, member.lifetime
         HAVING member.points <> sum(ledger.points)
                OR member.lifetime <> sum(ledger.earned)',
    'who has no entries has no points' =>
        'SELECT id, points FROM member WHERE (points <> 0 OR lifetime <> 0)
         AND NOT EXISTS (SELECT 1 FROM ledger
                         WHERE ledger.member = member.id)',
    'no lot is spent beyond what it had' =>
        'SELECT id, points, remaining FROM lot
         WHERE remaining < 0 OR remaining > points',
    'what is left of the lots is the balance, if there is one' =>
        'SELECT member.id, member.points, coalesce(sum(lot.remaining), 0)
         FROM member LEFT JOIN lot ON lot.member = member.id
         GROUP BY member.id, member.points
         HAVING coalesce(sum(lot.remaining), 0)
                <> CASE WHEN member.points > 0 THEN member.points
                        ELSE 0 END',
    'an order has earned what its claim says' =>
        'SELECT number, points FROM claim
         WHERE points <> coalesce((SELECT sum(ledger.points) FROM ledger
             WHERE ledger.member = claim.member
                   AND ledger.kind = \'claim\'
                   AND ledger.reference = claim.number
                   AND ledger.store = CASE claim.store WHEN \'default\'
                                      THEN \'\' ELSE claim.store END), 0)',
    'a redemption has cost what it says' =>
        'SELECT redemption.id, cost, points FROM redemption
         JOIN ledger ON ledger.id = redemption.id WHERE points <> -cost',
    'what was cancelled was given back' =>
        'SELECT id FROM member
         WHERE coalesce((SELECT sum(cost) FROM redemption
                         WHERE redemption.member = member.id
                               AND state = \'cancelled\'), 0)
             <> coalesce((SELECT sum(points) FROM ledger
                          WHERE ledger.member = member.id
                                AND kind = \'cancellation\'), 0)',
);

sub told {
    my ($self) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is(join("\n", $self->rows($BOOKS{$_})), '', "the books: $_")
        for sort keys %BOOKS;
    is(join("\n", $self->ctl('verify', '--quiet')), '',
        'the books: nor does loyaltyctl find anything');
    ok($self->database($self->{books})->sound, 'the database is sound');

    $self->done;
}

###############################################################################

1;

###############################################################################
