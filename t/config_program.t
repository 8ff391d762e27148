#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for mistakes in loyalty_program: refused with file and line.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Database;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

# A configuration with one program.  Its directives are replaced by name;
# what does not replace anything is added.

sub program {
    my @changes = @_;

    my %lines = (
        database     => 'database sqlite:%%TESTDIR%%/db/shop.db;',
        currency     => 'currency USD;',
        earn         => 'earn 1 per 1.00;',
        api_key      => 'api_key chatbot value:%%KEY%%;',
        order_lookup => '%%LOOKUP%%',
    );
    my @more;

    for my $change (@changes) {
        my ($name, $line) = %$change;
        $lines{$name} = $line if exists $lines{$name};
        push @more, $line if !exists $lines{$name};
    }

    my $lines = join "\n", @lines{qw(database currency earn api_key
                                     order_lookup)}, @more;

    my $mark = $lines =~ /# HERE/ ? '' : '# HERE';

    return <<"END";
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
loyalty_program shop { $mark
$lines
} $mark
server {
    listen %%LISTEN_0%%;
    location / { loyalty_claim shop; }
    %%STORE%%
}
}
END
}

# the mistake in one line of its own

sub wrong {
    my ($line, $why, $name) = @_;

    my ($directive) = $line =~ /^(\w+)/;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->refuses($name || $line, $why, program({$directive => "$line # HERE"}));
}

# the mistake is that it stands there a second time

# of a parameter: what it is, which may be a secret, is not shown

sub name_of { $_[0] =~ s/=.*/=/r }

sub twice {
    my ($one, $two, $why) = @_;

    my ($directive) = $one =~ /^(\w+)/;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->refuses("twice: $two", $why,
        program({$directive => "$one\n$two # HERE"}));
}

###############################################################################

$t->accepts('a program', program());

# what must be there, be there once, and have its arguments

$t->refuses("no $_", $_, program({$_ => ''}))
    for qw(database currency);
$t->refuses('a claim earns nothing', 'earn',
    program({earn => ''}) =~ s/(location.*)/$1 # HERE/r);

twice('database sqlite:%%TESTDIR%%/db/a.db;',
      'database sqlite:%%TESTDIR%%/db/b.db;', 'duplicate');
twice('currency USD;', 'currency EUR;', 'duplicate');
twice('signup_bonus 1;', 'signup_bonus 2;', 'duplicate');
twice('coupon_expires 1d;', 'coupon_expires 2d;', 'duplicate');

wrong($_, 'number of arguments') for 'include;', 'database;', 'currency;',
    'currency USD EUR;', 'signup_bonus;', 'coupon_expires;', 'api_key bot;';

wrong('prize x 1 "X";', 'prize', 'an unknown directive');
wrong('listen 80;', 'listen', "another module's directive");

# parameters are there once

wrong("earn 1 per order $_;", name_of((split ' ')[1]) . '" is duplicate')
    for 'min=1.00 min=2.00', 'limit=1/1d limit=2/1d', 'min=1.00 min=1.00';
$t->accepts('several rules of earning', program(
    {earn => "earn 1 per 1.00;\nearn 5 per order;\nearn 5 per order;"}));
wrong("reward hanky 200 \"Free\" $_;",
      name_of((split ' ')[1]) . '" is duplicate')
    for 'stock=1 stock=2', 'per_member=1 per_member=2', 'product=A product=B',
        'url=https://a.example/ url=https://b.example/';
$t->accepts('a name with an equal sign', program({reward =>
    'reward hanky 200 "product=x" product=HANKY-1;'}));

# database

wrong('database /var/lib/loyalty.db;', 'sqlite:');
wrong('database sqlite:;', 'sqlite:');
wrong('database mysql:x;', 'sqlite:');
wrong('database sqlite:%%TESTDIR%%/db/shop.db timeout=x;', 'timeout');
wrong('database sqlite:%%TESTDIR%%/db/shop.db speed=1;', 'speed=1');

# currency

wrong("currency $_;", $_) for qw(XXQ DOLLAR US 840);

# earn: more of it is in config_rules.t

wrong('earn 1 per;', 'earn');
wrong('earn 99999999999999999999 per 1.00;', '99999999999999999999');

$t->refuses('an amount finer than the currency', '1\.50', program(
    {currency => 'currency JPY;'}, {earn => 'earn 1 per 1.50; # HERE'}));
$t->refuses('the currency comes after', '1\.50', program(
    {currency => ''}, {earn => "earn 1 per 1.50; # HERE\ncurrency JPY;"}));

$t->accepts('three digits', program(
    {currency => 'currency KWD;'}, {earn => 'earn 1 per 0.125;'}));

# sign-up bonus and coupons

wrong("signup_bonus $_;", $_) for qw(-1 x 1.5 99999999999999999999);
wrong('coupon_expires soon;', 'soon');
wrong('coupon_expires -1d;', '-1d');
$t->accepts('coupons that do not expire', program(
    {coupon_expires => 'coupon_expires off;'}));

# rewards

twice('reward hanky 200 "Free handkerchief";', 'reward hanky 300 "Another";',
      'hanky');

wrong('reward hanky 0 "Free";', '0');
wrong('reward hanky -5 "Free";', '-5');
wrong('reward hanky ten "Free";', 'ten');
wrong('reward hanky 1.5 "Free";', '1.5');
wrong('reward hanky 200 "";', 'name');
wrong('reward "" 200 "Free";', 'id');
wrong('reward "a b" 200 "Free";', 'a b');
wrong('reward hanky 200;', 'reward');
wrong("reward hanky 200 \"Free\" $_;", $_) for qw(stock=0 stock=-1 stock=x
    per_member=0 per_member=x size=XL);
wrong("reward hanky 200 \"\xff\";", 'UTF-8', 'a name that is not UTF-8');
wrong('reward ' . 'r' x 65 . ' 200 "Free";', 'r' x 65, 'a long id');

# order_lookup

my %pointers = (email => 'email=/e', total => 'total=/t',
                number => 'number=/n', paid => 'paid=any');

for my $left (sort keys %pointers) {
    my $rest = join ' ', map { $pointers{$_} }
                         grep { $_ ne $left } sort keys %pointers;

    wrong("order_lookup /_store/order $rest;", $left,
        "order_lookup without $left");
}

my $good = join ' ', map { $pointers{$_} } sort keys %pointers;

wrong("order_lookup /_store/order $good $_;", $_) for qw(currency=c
    currency=/a~2 list=x unit=cents colour=/c);
wrong("order_lookup /_store/order $good $_;", name_of((split ' ')[-1])
      . '" is duplicate') for 'number=/n', 'email=/e2', 'total=/t2', 'paid=any',
    map { "$_ $_" } qw(list=/l currency=/c status=/s unit=minor unit=major);
wrong("order_lookup /_store/order $good unit=minor unit=major;",
      'unit=" is duplicate');
wrong("order_lookup store $good;", 'store');
wrong("order_lookup $good;", 'order_lookup');
wrong('order_lookup /_store/order email=/e total=/t number=/n status=/s;',
      'paid', 'order_lookup with a status but nothing paid');
wrong('order_lookup /_store/order email=/e total=/t number=/n paid=done;',
      'status', 'order_lookup with paid but no status');
wrong('order_lookup /_store/order email=/e total=/t number=/n status=/s '
      . 'paid=;', 'paid', 'order_lookup with an empty paid');

$t->refuses('order_lookup twice', 'another "order_lookup"',
    program({order_lookup => "%%LOOKUP%%\n%%LOOKUP%% # HERE"}));
$t->accepts('order_lookup with everything', program({order_lookup =>
    "order_lookup /_store/order email=/a~1b/~0/0 total=/t number= currency=/c "
    . 'list=/list status=/s paid=1,true,PaymentSettled unit=minor;'}));

# site

wrong("site $_;", 'site') for 'shop.example', 'ftp://shop.example', 'https://',
    'https:///loyalty', 'https://shop.example/?a', 'https://shop.example/#a',
    '"https://shop.example/a b"', 'https://ada@shop.example',
    '"https://shop.example/\"x"';
twice('site https://a.example;', 'site https://b.example;', 'duplicate');
$t->accepts("site $_", program({site => "site $_;"}))
    for 'https://shop.example', 'http://127.0.0.1:8080/loyalty/';

# link_secret

my $secret = '0123456789abcdef' x 2;

$t->write_file('short.key', substr($secret, 1) . "\n", 0600);
$t->write_file('five.key', "$secret\n" x 5, 0600);
$t->write_file('four.key', "$secret\r\n\n" x 4, 0600);

wrong("link_secret $secret;", 'file:');
wrong('link_secret value:short;', 'less than 32 bytes');
wrong('link_secret value:;', 'empty');
wrong('link_secret file:%%TESTDIR%%/no.key;', 'no\.key');
wrong('link_secret file:%%TESTDIR%%/short.key;', 'less than 32 bytes');
wrong('link_secret file:%%TESTDIR%%/five.key;', 'more than 4 lines');
twice("link_secret value:$secret;", "link_secret value:x$secret;",
    'duplicate');
$t->accepts('four secrets',
    program({link_secret => 'link_secret file:%%TESTDIR%%/four.key;'}));

# session

my $signs = "link_secret value:$secret;";

wrong('session 30d;', 'link_secret');
$t->refuses("session $_", 'session|after=claim', program({
    link_secret => $signs}, {session => "session $_; # HERE"}))
    for 'soon', '0', '30d after=signup', '30d claim';
twice('session 30d;', 'session 1d;', 'duplicate');
$t->accepts("session $_", program({session => "session $_;"},
    {link_secret => $signs})) for '30d', '12h after=claim';

# api_key

$t->write_file('empty.key', '');
$t->write_file('blank.key', "\n", 0600);
$t->write_file('good.key', "some-key-that-is-long\n", 0600);
$t->write_file('open.key', "some-key-that-is-long\n", 0644);

wrong('api_key bot secret;', 'file:');
wrong('api_key bot value:;', 'empty');
wrong('api_key "" value:some-key-that-is-long;', 'name.*empty');
wrong('api_key bot file:%%TESTDIR%%/no.key;', 'no\.key');
wrong('api_key bot file:%%TESTDIR%%/empty.key;', 'empty\.key.*empty');
wrong('api_key bot file:%%TESTDIR%%/blank.key;', 'blank\.key.*empty');
twice('api_key bot value:one-key;', 'api_key bot value:another-key;', 'bot');
$t->accepts('a key in a file', program(
    {api_key => 'api_key bot file:%%TESTDIR%%/good.key;'}));

my ($exit, $output) = $t->check_conf(program(
    {api_key => 'api_key bot file:%%TESTDIR%%/open.key;'}));
is($exit, 0, 'a key that everybody can read is accepted');
like($output, qr{\[warn\].*open\.key.*check\.conf:\d+}, 'with a warning');

$t->write_file('short.key', "some-key\n", 0600);

for my $key ('file:%%TESTDIR%%/short.key', 'value:some-key') {
    my ($exit, $output) = $t->check_conf(program(
        {api_key => "api_key bot $key;"}));
    is($exit, 0, "a short key is accepted: $key");
    like($output, qr{\[warn\].*"api_key bot".*guessed.*check\.conf:\d+},
        'with a warning');
}

unlike($t->read_file('check.log') . $output, qr/some-key|one-key/,
    'no key is shown');

# include

sub included {
    my ($name, $text) = @_;

    $t->write_file($name, $t->expand($text));
    return "include %%TESTDIR%%/$name;";
}

# what is wrong in the included file is refused with its name and line

sub wrong_inside {
    my ($name, $why, $line, @changes) = @_;

    my ($exit, $output) = $t->check_conf(program(
        {include => included('inside.conf', "\n\n$line\n\n")}, @changes));

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    isnt($exit, 0, $name);
    like($output, qr{\[emerg\] .*$why.* in \S+/inside\.conf:3$}m,
        'with file and line');
}

$t->accepts('a program from several files', program(
    {include => included('rewards.conf', <<'END') . "\n"
reward hanky 200 "Free handkerchief";
reward apron 400 "Free apron";
END
                . included('earn.conf', 'earn 1 per 1.00;')},
    {earn => ''}));
$t->accepts('an included file that includes another', program(
    {include => included('outer.conf', included('signup.conf',
        'signup_bonus 10;'))}));
$t->accepts('a pattern that matches no file', program(
    {include => 'include %%TESTDIR%%/*.none;'}));

wrong('include %%TESTDIR%%/no.conf;', 'no\.conf');

wrong_inside('a mistake in an included file', '-1', 'signup_bonus -1;');
wrong_inside('an unknown directive in it', 'prize', 'prize x 1;');
wrong_inside('a mistake that waits for the currency', '1\.50',
    'earn 1 per 1.50;', {earn => ''}, {currency => 'currency JPY;'});

SKIP: {
    skip(Loyalty::Database->not_files, 2) if Loyalty::Database->not_files;

    wrong_inside('a database that cannot be made', 'no/such',
        'database sqlite:%%TESTDIR%%/no/such/shop.db;', {database => ''});
}

wrong_inside('a directive that is also outside', 'duplicate',
    'currency USD;');

###############################################################################

$t->done;

###############################################################################
