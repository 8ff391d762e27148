#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the file of a database and its folder: made, given to the user of
# the workers, and refused where they cannot be.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Database;
use Loyalty::Test;

plan(skip_all => Loyalty::Database->not_files)
    if Loyalty::Database->not_files;

###############################################################################

my $t = Loyalty::Test->new;

sub around {
    my ($database, $more) = @_;

    $more ||= '';

    return <<"END";
%%TEST_GLOBALS%%
events { }
http {
    %%TEST_GLOBALS_HTTP%%
loyalty_program shop {
    database $database;
    currency USD;
    earn 1 per 1.00;
    api_key chatbot value:%%KEY%%;
}
$more
}
END
}

sub two_programs {
    my ($path) = @_;

    return around('sqlite:%%TESTDIR%%/db/shop.db',
        "loyalty_program shop2 { database sqlite:%%TESTDIR%%/$path;"
        . ' currency USD; earn 1 per 1.00;'
        . ' api_key bot value:a-long-key-for-it; } # HERE');
}

###############################################################################

sub database {
    my ($name, $why, $database) = @_;

    my $text = around($database);
    $text =~ s/^(    database .*)$/$1 # HERE/m;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->refuses($name, $why, $text);
}

$t->accepts('a folder is made', around('sqlite:%%TESTDIR%%/db/shop.db'));

$t->write_file('file', 'not a folder');
mkdir $t->path('db/folder.db') or die "db/folder.db: $!\n";

database('a folder that cannot be made', 'no/such',
         'sqlite:%%TESTDIR%%/no/such/folder/shop.db');
database('a file where the folder should be', 'file',
         'sqlite:%%TESTDIR%%/file/shop.db');
database('a folder where the file should be', 'folder\.db',
         'sqlite:%%TESTDIR%%/db/folder.db');

SKIP: {
    skip 'root may write everywhere', 1 if $> == 0;

    mkdir $t->path('closed');
    chmod 0500, $t->path('closed');

    database('a folder that cannot be written', 'closed',
             'sqlite:%%TESTDIR%%/closed/shop.db');
}

ok(!-e $t->path('db/shop.db'), 'checking makes no database');

# two programs on one file would mix their members

$t->refuses('one database for two programs', 'db/shop\.db',
            two_programs('db/shop.db'));

symlink $t->path('db'), $t->path('link');

$t->refuses("one database for two programs, as $_", $_, two_programs($_))
    for 'db/../db/shop.db', 'db//shop.db', 'link/shop.db';

# the user of the workers, wherever the configuration names him

SKIP: {
    skip 'only root gives folders away', 3 if $> != 0;

    my ($uid) = (getpwnam 'daemon')[2];

    $t->accepts('"user" after "http"',
                around('sqlite:%%TESTDIR%%/given/shop.db')
                . "user daemon;\n");
    is((stat $t->path('given'))[4], $uid, 'the folder is that user\'s');

    mkdir $t->path('closed');
    chmod 0700, $t->path('closed');

    $t->refuses('a folder that this user cannot write', '"daemon"',
        (around('sqlite:%%TESTDIR%%/closed/shop.db')
            =~ s/^(    database .*)$/$1 # HERE/mr) . "user daemon;\n");
}

###############################################################################

$t->done;

###############################################################################
