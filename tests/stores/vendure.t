#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Claims of real orders in a real store: Vendure from npm, asked through
# conf-examples/stores/vendure.conf as it stands.  The store's packages are
# installed once into build/stores/vendure.

###############################################################################

use warnings;
use strict;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use JSON::PP ();
use POSIX ();
use Test::More;

my ($CHECKOUT, $STORE);

BEGIN {
    my $here = dirname(abs_path(__FILE__));

    $CHECKOUT = abs_path("$here/../..");
    $STORE = "$here/vendure";
}

use lib "$CHECKOUT/t/lib";

use Loyalty::Npm;
use Loyalty::Test;

my $NPM = Loyalty::Npm->new('stores/vendure');

my ($vendure, $child);

# before the harness removes the store's folder

END {
    my $status = $?;
    kill TERM => $child if $child;
    undef $vendure;
    $? = $status;
}

###############################################################################

plan(skip_all => $NPM->lacking) if $NPM->lacking;
plan(skip_all => 'the npm registry is out of reach')
    if !$NPM->at_hand('@vendure/core');

$NPM->install;

my $t = Loyalty::Test->new;
$vendure = Vendure->start($t);

my $order = $vendure->shop;

my $ADA = 'ada@example.com';

$t->secret($vendure->key);
$t->write_file('loyalty/chatbot.key', KEY . "\n", 0600);
write_credentials($vendure->key);

$t->conf(example())->run;

###############################################################################

is_result($t->signup($ADA), 201, 'signed_up', {points => 50},
    'a shopper signs up');

# every way of not being one's own order looks the same, but for the number
# that was asked for, which the answer repeats

my $missing = $t->claim('NOSUCHORDER00000', $ADA);

is_fault($missing, 404, 'order_not_found', 'a made-up number');

for (['foreign', "another shopper's order"],
     ['foreignUnpaid', "another shopper's unpaid order"],
     ['cart', 'a cart that nobody checked out'])
{
    my ($name, $what) = @$_;

    my $code = $order->{$name}{code};

    is(timeless($t->claim($code, $ADA)) =~ s/\Q$code\E/NOSUCHORDER00000/gr,
        timeless($missing), "$what is not found, byte for byte");
}

is_fault($t->claim(lc $order->{paid}{code}, $ADA), 404, 'order_not_found',
    'an order number in lower case');

is($order->{unpaid}{state}, 'PaymentAuthorized',
    'the store has only authorized a payment');
is_fault($t->claim($order->{unpaid}{code}, $ADA), 409, 'order_not_paid',
    'which is not paid');

is($order->{euro}{currencyCode}, 'EUR', 'the store has sold in euros');
is_fault($t->claim($order->{euro}{code}, $ADA), 422, 'wrong_currency',
    'which the program does not count');

is($t->points($ADA), 50, 'nothing of this earned a point');

# paid orders: one point for each whole dollar

my $paid = $order->{paid};
my $earned = dollars($paid);

is($paid->{state}, 'PaymentSettled', 'the store has settled a payment');
isnt($paid->{totalWithTax} % 100, 0, 'of dollars and cents');

is_result($t->claim($paid->{code}, $ADA), 200, 'claimed',
    {order => $paid->{code}, earned => $earned, points => 50 + $earned},
    'a paid order');

is_result($t->claim($paid->{code}, $ADA), 200, 'already_claimed',
    {earned => 0, points => 50 + $earned}, 'is claimed once');

# what the store says to a wrong key has status 200, too

my $later = $order->{later};

change_credentials('0123456789abcdef:' . 'f' x 64);

is_fault($t->claim($later->{code}, $ADA), 502, 'store_bad_answer',
    'the store refuses our key');

change_credentials($vendure->key);

# a store that is off, and comes back

$vendure->stop;

my $r = $t->claim($later->{code}, $ADA);

is_fault($r, 503, 'store_unavailable', 'the store is off');
ok($r->header('Retry-After'), 'and the claim may be repeated');
is($t->points($ADA), 50 + $earned, 'points are there without the store');

$vendure = Vendure->start($t);
$earned += dollars($later);

is_result($t->claim($later->{code}, $ADA), 200, 'claimed',
    {earned => dollars($later), points => 50 + $earned},
    'the store is back, and so is the claim');

# coupons that the store makes: more of them than such orders pay, and times
# that a test can wait for

$t->conf(with('reward          hanky 200' => 'reward hanky 20',
              'coupon_expires  30d;' =>
                  'coupon_expires 30d; coupon_retry 15s;',
              'listen %%LISTEN_0%%;' =>
                  'listen %%LISTEN_0%%; loyalty_store_timeout 6s;'))->reload;

$r = $t->redeem('hanky', $ADA);

is_result($r, 200, 'redeemed', {spent => 20}, 'a coupon that the store makes');

my $coupon = $r->field('coupon');
my @promotions = $vendure->promotions($coupon);

is(scalar @promotions, 1, 'there is one promotion with its code');
is($promotions[0]{usageLimit}, 1, 'to be used once');
is($promotions[0]{endsAt} =~ s/\.000Z$/Z/r, $r->field('coupon_expires'),
    'until it expires');

my $bought = $vendure->buy(lc $coupon, $ADA, 'card');

is($bought->{before}{totalWithTax}, 5459, 'without the coupon it costs');
is($bought->{after}{totalWithTax}, 0, 'with the coupon it is free');
is($bought->{order}{state}, 'PaymentSettled', 'and is ordered');

like($vendure->buy($coupon, $ADA)->{error}, qr/COUPON_CODE_LIMIT_ERROR/,
    'the coupon is used once');
like($vendure->buy('NOSUCHCOUPON0000', $ADA)->{error},
    qr/COUPON_CODE_INVALID_ERROR/, 'a made-up one is refused');

# one that has no time left

$t->conf(with('reward          hanky 200' => 'reward hanky 20',
              'coupon_expires  30d;' => 'coupon_expires 5s;'))->reload;

$coupon = $t->redeem('hanky', $ADA)->field('coupon');

is($vendure->buy($coupon, $ADA)->{after}{totalWithTax}, 0,
    'a coupon for five seconds is honoured');
ok($t->wait_until('it expires', sub {
    return ($vendure->buy($coupon, $ADA)->{error} || '')
           =~ /COUPON_CODE_EXPIRED_ERROR/;
}), 'and refused when they are over');

# a store that is not allowed to make it, or is wrongly asked

my $points = $t->points($ADA);

$t->conf(with('product=1;' => 'product=x;',
              'reward          hanky 200' => 'reward hanky 20'))->reload;
is_fault($t->redeem('hanky', $ADA), 409, 'coupon_refused',
    'the store refuses a product that is none');
is($t->points($ADA), $points, 'and the points are back');

# A store that answers too late has made it nevertheless.

$t->conf(with('reward          hanky 200' => 'reward hanky 20',
              'coupon_expires  30d;' =>
                  'coupon_expires 30d; coupon_retry 5s;',
              'listen %%LISTEN_0%%;' =>
                  'listen %%LISTEN_0%%; loyalty_store_timeout 2s;'))->reload;

my @key = (headers => ['Idempotency-Key' => 'late']);

$vendure->freeze;
is_result($t->redeem('hanky', $ADA, @key), 202, 'redemption_pending',
    {coupon => ''}, 'a store that does not answer');
$vendure->thaw;

ok($t->wait_until('an errand', sub {
    $r = $t->redeem('hanky', $ADA, @key);
    return $r->status == 200;
}, 60), 'the coupon is there when it is looked for');

$coupon = $r->field('coupon');

is(scalar(() = $vendure->promotions($coupon)), 1,
    'one promotion has its code');
is($vendure->buy($coupon, $ADA, 'card')->{order}{state}, 'PaymentSettled',
    'and is honoured');
is($t->points($ADA), $points - 20, 'it has cost its points once');

$vendure->stop;
$t->done;

###############################################################################

# The example, with only its addresses and its paths replaced.

sub example {
    open my $fh, '<', "$CHECKOUT/conf-examples/stores/vendure.conf"
        or die "vendure.conf: $!\n";
    my $conf = do { local $/; <$fh> };

    my $port = $vendure->port;

    for (['load_module  modules/ngx_http_loyalty_module.so;',
          '%%TEST_GLOBALS%%'],
         ['pid        logs/nginx.pid;', ''],
         ['error_log  logs/error.log;', ''],
         ['access_log  logs/access.log;', '%%TEST_GLOBALS_HTTP%%'],
         ['server             127.0.0.1:3000;', "server 127.0.0.1:$port;"],
         ['listen  127.0.0.1:8080;', 'listen %%LISTEN_0%%;'])
    {
        my ($from, $to) = @$_;

        $conf =~ s/^\h*\K\Q$from\E/$to/m
            or die "vendure.conf has no line \"$from\"\n";
    }

    return $conf;
}

# The same, with more that is replaced.

sub with {
    my (%change) = @_;

    my $conf = example();

    for my $from (sort keys %change) {
        $conf =~ s/\Q$from\E/$change{$from}/
            or die "vendure.conf has no \"$from\"\n";
    }

    return $conf;
}

sub write_credentials {
    my ($key) = @_;

    $t->write_file('loyalty/store-credentials.conf',
        "proxy_set_header vendure-api-key \"$key\";\n", 0600);
}

# Comes back when the last worker that knew the old key is gone.

sub change_credentials {
    my ($key) = @_;

    write_credentials($key);

    my %old = map { $_ => 1 } $t->workers;
    kill HUP => $t->master;

    $t->wait_until('the workers are new ones', sub {
        my @workers = $t->workers;
        return @workers && !grep { $old{$_} } @workers;
    });
}

sub dollars {
    my ($o) = @_;

    return ($o->{totalWithTax} - $o->{totalWithTax} % 100) / 100;
}

# An answer without its time.

sub timeless {
    my ($answer) = @_;

    return $answer->text =~ s/^Date: .*\r\n//mr;
}

###############################################################################

sub run_in {
    my ($dir, $log, @command) = @_;

    my $pid = fork;
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        chdir $dir or POSIX::_exit(127);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec(@command) or POSIX::_exit(127);
    }

    $child = $pid;
    waitpid $pid, 0;
    undef $child;

    return $?;
}

sub slurp {
    my ($file) = @_;

    open my $fh, '<', $file or return '';
    local $/;
    return <$fh>;
}

###############################################################################

package Vendure;

# The store as a process.  It lives as long as the pipe to its standard
# input is open, and keeps its orders from one start to the next.

sub start {
    my ($class, $t) = @_;

    my $dir = $t->path('vendure');
    mkdir $dir;
    unlink "$dir/ready";

    pipe my $read, my $alive or die "pipe: $!\n";

    my $self = bless {
        t => $t, dir => $dir, port => $t->port(1), alive => $alive
    }, $class;

    $self->{pid} = fork;
    die "fork: $!\n" if !defined $self->{pid};

    if ($self->{pid} == 0) {
        $self->environment;
        open STDIN, '<&', $read;
        open STDOUT, '>>', "$dir/log";
        open STDERR, '>&', \*STDOUT;
        exec('node', "$STORE/store.js") or POSIX::_exit(127);
    }

    $t->wait_until('Vendure serves', sub {
        die "Vendure did not start:\n" . main::slurp("$dir/log")
            if $self->ended;

        return -e "$dir/ready";
    }, 180);

    return $self;
}

sub environment {
    my ($self) = @_;

    $ENV{NODE_PATH} = $NPM->folder . '/node_modules';
    $ENV{STORE_DIR} = $self->{dir};
    $ENV{STORE_PORT} = $self->port;
}

sub port { $_[0]{port} }
sub key  { main::slurp("$_[0]{dir}/api.key") }

# Places orders as shoppers do.

sub shop {
    my ($self, @args) = @_;

    my $log = "$self->{dir}/orders";

    local %ENV = %ENV;
    $self->environment;

    main::run_in($self->{dir}, $log, 'node', "$STORE/shop.js", @args) == 0
        or die "the orders failed:\n" . main::slurp($log);

    return JSON::PP->new->utf8->decode(main::slurp($log));
}

# The same with a coupon, of which it is told how much it takes off.

sub buy {
    my ($self, $coupon, $email, $method) = @_;

    return $self->shop($coupon, $email, $method || ());
}

# What the store has with this coupon code.

sub promotions {
    my ($self, $code) = @_;

    my $answer = $self->{t}->post('/admin-api', {
        query => '{ promotions(options: { filter: { couponCode: { eq: "'
                 . $code . '" } } }) { items { usageLimit endsAt } } }'
    }, port => $self->port, key => undef,
       headers => ['vendure-api-key' => $self->key]);

    return @{$answer->json->{data}{promotions}{items}};
}

# It takes connections, but does nothing until it goes on.

sub freeze { kill STOP => $_[0]{pid} }
sub thaw   { kill CONT => $_[0]{pid} }

sub ended {
    my ($self) = @_;

    delete $self->{pid}
        if $self->{pid} && waitpid($self->{pid}, POSIX::WNOHANG) != 0;

    return !$self->{pid};
}

sub stop {
    my ($self) = @_;

    return if $self->ended;

    close $self->{alive};

    if (!eval { $self->{t}->wait_until('Vendure ends', sub { $self->ended }) })
    {
        kill KILL => $self->{pid};
        waitpid delete $self->{pid}, 0;
    }
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?);
    $self->stop;
}
