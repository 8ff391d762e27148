#!/usr/bin/perl

# (C) ngx_loyalty contributors

# docs/openapi.yaml by itself, and beside the sources: it has every location
# with its methods and parameters, and every result and code, and no others.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../../t/lib";

use Loyalty::Nginx;
use Loyalty::OpenAPI;

my $api = Loyalty::OpenAPI->new;

plan(skip_all => $api->lacking) if $api->lacking;

$api->load;

###############################################################################

my ($exit, $output) = $api->lint;

is($exit, 0, 'lint has nothing to say') or diag($output);

my @operations = grep { !$_->{format} } $api->operations;

# locations

my %locations = locations();
my %documented = map { $_->{directive} => 1 } @operations;

is_deeply([sort keys %documented],
    [sort 'loyalty_require', keys %locations],
    'each location that answers has a path');

is(words(grep { $_ } map { $_->{format} } $api->operations),
   words(formats()), 'and each format of a chat has one');

for my $directive (sort grep { $documented{$_} } keys %locations) {
    my ($methods, $needs, $takes) = @{$locations{$directive}}{qw(methods needs
                                                                 takes)};
    my @own = grep { $_->{directive} eq $directive } @operations;

    is(join(' ', sort map { $_->{method} } @own),
       join(' ', sort split /, /, $methods), "$directive: methods");

    next if !@$needs && !@$takes;

    my @all = (@$needs, @$takes);

    # of a claim, either will do

    my @needed = grep { $_ ne 'order' || !grep { $_ eq 'ref' } @$takes }
                 @$needs;

    for my $operation (grep { $_->{method} =~ /GET|HEAD|POST/ } @own) {
        my $name = "$directive: $operation->{method}";
        my @query = Loyalty::OpenAPI::parameters($operation, 'query');
        my %bodies = Loyalty::OpenAPI::bodies($operation);

        is(words(map { $_->{name} } @query), words(@all),
            "$name: parameters of the query string");

        for my $type (sort keys %bodies) {
            my $schema = $bodies{$type}{schema};

            is(words(keys %{$schema->{properties}}), words(@all),
                "$name: parameters as $type");
            is(words(@{$schema->{required} || []}), words(@needed),
                "$name: those that it needs as $type");
        }

        next if %bodies;

        # a link is the only way to claim by GET

        my %link = map { $_ => 1 } $directive eq 'loyalty_claim'
                                   ? qw(expires sig) : ();

        is(words(map { $_->{name} } grep { $_->{required} } @query),
            words(@needed, keys %link), "$name: those that it needs");
    }
}

# what comes of requests

my %outcomes = outcomes();
my (%examples, %words);

for my $answer ($api->answers(qw(GET POST))) {
    my $word = word($answer->{want}) or next;
    my $properties = $answer->{schema}{properties};

    $examples{"$answer->{status} $word"} = 1;
    $words{$_} = 1 for map { @{$_->{enum}} } grep { $_ }
                       @{$properties}{qw(result code)};
}

is_deeply([sort keys %examples], [sort values %outcomes],
    'each result and each code has an example with its status');
is(words(keys %words), words(map { /(\w+)$/ } values %outcomes),
    'and is a word of the schemas');

# the other document

my $manual = slurp('docs/api.md');

is(words(grep { $manual !~ /`\Q$_\E`/ } keys %words), '',
    'api.md has them all as well');

my %paths = map { $_->{directive} => $_->{path} } @operations;

is_deeply({$manual =~ m{^\| `/loyalty(/\w+)` \| `(\w+)`}mg},
    {map { $paths{$_} => $_ } grep { @{$locations{$_}{takes}} }
         keys %locations},
    'and the same paths');

done_testing();

###############################################################################

sub words { join ' ', sort @_ }

sub word {
    my ($answer) = @_;

    return ref $answer ? $answer->{result} || $answer->{code} : '';
}

sub slurp {
    my ($name) = @_;

    my $file = Loyalty::Nginx->checkout . "/$name";

    open my $fh, '<', $file or die "$file: $!\n";
    return do { local $/; <$fh> };
}

# The directives of the locations that answer, each with its methods, the
# parameters that it needs, and those that it takes as well.

sub locations {
    my $http = 'ngx_loyalty_module/http/ngx_http_loyalty';
    my ($params, $table) = map { slurp("${http}_$_.c") } qw(param endpoint);
    my %parameters;

    while ($params =~ /\{ \s ngx_string\("(\w+)"\), \s+ \w+\([^)]+\),
                       \s+ \w+, \s+ (NGX_HTTP_LOYALTY_\w+),/gx)
    {
        push @{$parameters{$2}}, $1;
    }

    my %endpoints;

    while ($table =~ /(\w+)_endpoint \s = \s \{ \n (.*?) \n \};/gsx) {
        my ($name, $text) = ($1, $2);
        my ($methods) = $text =~ /\.allow = ngx_string\("([^"]+)"\)/;

        my %lists = map {
            my ($bits) = $text =~ /\.$_ = ([^,]+)/;

            $_ => [map { @{$parameters{$_} || die "no parameter $_\n"} }
                   defined $bits ? $bits =~ /\w+/g : ()];
        } qw(needs takes);

        $endpoints{$name} = {methods => $methods, %lists};
    }

    my %locations = slurp("${http}_module.c") =~
        /\{ \s ngx_string\("(\w+)"\), [^}]+ &(\w+)_endpoint \s \}/gx;

    die "no locations in the sources\n" if !%locations;

    # where links are taken, a location may have more methods

    return map {
        $_ => $endpoints{"$locations{$_}_link"} || $endpoints{$locations{$_}}
              || die "no $locations{$_}\n"
    } keys %locations;
}

# What "loyalty_format" takes besides our own.

sub formats {
    return grep { $_ ne 'json' }
        slurp('ngx_loyalty_module/answer/loyalty_format.c') =~
            /^      loyalty_string\("([\w-]+)"\), /mg;
}

# "STATUS WORD" of each outcome that somebody sees.

sub outcomes {
    my $source = slurp('ngx_loyalty_module/answer/loyalty_outcome.c');

    my %outcomes;

    while ($source =~ /\[(LOYALTY_\w+)\] \s = \s \{ \s+
                       (?:\.status \s = \s)? (\d+), \s+
                       (?:\.code \s = \s)? loyalty_string\("(\w+)"\)/gx)
    {
        $outcomes{$1} = "$2 $3";
    }

    delete $outcomes{LOYALTY_NOTHING_TO_DO};

    return %outcomes;
}

###############################################################################
