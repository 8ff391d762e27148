#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for "locale" and "message" in loyalty_program: what is right is taken,
# a mistake is refused with file and line, and with what there is.

###############################################################################

use warnings;
use strict;
use utf8;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

sub program {
    my $lines = join "\n", @_;

    utf8::encode($lines);

    return <<"END";
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
loyalty_program shop {
database sqlite:%%TESTDIR%%/db/shop.db;
currency USD;
$lines
}
server {
    listen %%LISTEN_0%%;
}
}
END
}

sub right {
    my ($name, @lines) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $t->accepts($name, program(@lines));
}

sub wrong {
    my ($line, $why, @others) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $name = $line;
    utf8::encode($name);

    $t->refuses($name, $why, program(@others, "$line # HERE"));
}

###############################################################################

# the language of the program

right("locale $_", "locale $_;") for qw(en tr th);

wrong("locale $_;", "invalid value \"$_\" in \"locale\": write \"en\", "
      . '"tr" or "th"') for qw(de tr-TR english);
wrong('locale;', 'invalid number of arguments in "locale"');
wrong('locale tr;', '"locale" is duplicate', 'locale en;');

# a message of each kind

right('a success', 'message claimed "{order}: {earned}, {earned.number}";');
right('a fault', 'message order_not_paid "Not yet paid: {order}";');
right('a unit', 'message points "{number} stars";');
right('no variable', 'message signed_up "Hello!";');
right('other letters', 'message signed_up "สวัสดี!" locale=th;');
right('a brace', 'message balance "{{{points}}}";');
right('one for each language', 'message balance "{points}";',
      map { "message balance \"{points}\" locale=$_;" } qw(tr th));
right('the language stands below', 'message balance "{points}" locale=en;',
      'message balance "{points}";', 'locale tr;');

# what it is called

wrong('message balances "{points}";', 'unknown message "balances", '
      . 'there are signed_up, already_member, claimed, .*, points, '
      . 'bad_request, .*, store_timeout and database_unavailable');
wrong('message "" "{points}";', 'unknown message ""');

# what stands in it

wrong('message balance "";', 'invalid text of message "balance"');
wrong("message balance \"\x01\";", 'invalid text of message "balance"');
wrong('message balance "{point}";', 'unknown variable "\{point\}" in message '
      . '"balance", which takes \{points\} \{points\.number\} .*\{referral\} ');
wrong('message balance "{order}";', 'unknown variable "\{order\}" in message '
      . '"balance"');
wrong('message noted "{points}";', 'unknown variable "\{points\}" in message '
      . '"noted", which takes none');
wrong('message bad_email "{order}";', 'which takes none');
wrong('message balance "{}";', 'unknown variable "\{\}"');
wrong('message balance "You have {points";', 'a brace without its other in '
      . 'message "balance", at "\{points": write "\{points\}" for a variable, '
      . 'and "\{\{" or "\}\}" for a brace');
wrong('message balance "You have points}";', 'a brace without its other in '
      . 'message "balance", at "\}"');
wrong('message balance "' . '{points}' x 17 . '";',
      'message "balance" has too many variables and braces: it takes 15');

# in which language

wrong('message balance "{points}" locale=de;', 'invalid parameter '
      . '"locale=de".*write locale=en, locale=tr or locale=th');
wrong('message balance "{points}" language=tr;', 'unknown parameter '
      . '"language=tr" .*which takes locale=');
wrong('message balance "{points}" locale=tr locale=tr;',
      'invalid number of arguments in "message"');

# twice

wrong('message balance "{points}";', 'message "balance" is duplicate: a '
      . 'language has one', 'message balance "{points}!";');
wrong('message balance "{points}" locale=tr;', 'message "balance" is '
      . 'duplicate', 'locale tr;', 'message balance "{points}!";');

wrong('message balance;', 'invalid number of arguments in "message": write '
      . '"message ID "TEXT" \[locale=en\|tr\|th\];"');

# docs/messages.md tells them all

my $docs = do {
    open my $fh, '<', $t->checkout . '/docs/messages.md'
        or die "messages.md: $!\n";
    local $/;
    <$fh>;
};

my ($known) = ($t->check_conf(program('message x "x";')))[1]
    =~ /there are (.*) in /;

is(join(' ', $docs =~ /^\| `(\w+)` \|.* \|$/mg),
    join(' ', split /, | and /, $known), 'docs/messages.md tells all messages');

my @told = $docs =~ /^\| `\w+` \|(?:[^|]*\|)? ([^|]*) \|$/mg;
my $source = do {
    my $file = 'ngx_loyalty_module/answer/loyalty_text_en.c';

    open my $fh, '<', $t->checkout . "/$file" or die "$file: $!\n";
    local $/;
    <$fh>;
};

is_deeply(\@told, [map { join '', /"(.*)"/g } $source =~ /\] =\n(.*?)\n(?:\n|\})/sg],
    'as they are');

###############################################################################

$t->done;

###############################################################################
