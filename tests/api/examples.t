#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Every example of docs/openapi.yaml is executed, in a shop of its own, and has
# to be answered as it says.  Prism stands in front of nginx and compares what
# goes through with the schemas: with requests that are not as documented
# refused, except for those that are wrong on purpose.
#
# In the environment: LOYALTY_REWRITE (write what was answered into the
# document, to be looked at with "git diff").

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use JSON::PP ();
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../../t/lib";

use Loyalty::Database;
use Loyalty::ExampleShops;
use Loyalty::OpenAPI;
use Loyalty::OpenAPI::Rewrite;
use Loyalty::Test;

my $JSON = JSON::PP->new->utf8->canonical;

my $api = Loyalty::OpenAPI->new;

plan(skip_all => $_) for grep { $_ } $api->lacking, Loyalty::Database->lacking;

$api->load;

###############################################################################

my $t = Loyalty::Test->new(level => 'info');

my @operations = $api->operations;
my @cases = $api->cases;

my $shops = Loyalty::ExampleShops->new($t, @operations);

$_->{shop} = $shops->add($_->{operation}{operationId}, $_->{example},
                         $_->{operation}{path}) for @cases;

$shops->start;

my %prism = (strict => $t->port(2), lenient => $t->port(3));

prism($prism{strict}, '--errors');
prism($prism{lenient});

# it reads for some seconds, and for a minute where two cores are busy

$t->wait_until('prism listens', sub {
    return 2 == grep { IO::Socket::INET->new("127.0.0.1:$_") } values %prism;
}, 120);

###############################################################################

my (%seen, %answered);

for my $case (@cases) {
    my $shop = $case->{shop};

    $shop->prepare;

    my $r = ask($case, $case->{request});
    my $code = $r->outcome || $case->{example};

    $seen{"$case->{operation}{operationId} $case->{status}"} = 1;
    $seen{"$case->{status} $code"} = 1;

    is_as_documented($r, $case);

    $answered{$case->{example}} ||= $r if $r->status == $case->{status};

    next if $case->{operation}{method} ne 'GET' || $case->{change}{method};

    my $head = ask($case, {%{$case->{request}}, method => 'HEAD'});

    is_deeply([$head->status, $head->body, $head->type],
              [$r->status, '', $r->type], "$case->{name}: HEAD");
}

for my $operation (grep { $_->{method} eq 'OPTIONS' } @operations) {
    my ($status) = keys %{$operation->{responses}};

    my $r = ask({shop => $cases[0]{shop}},
                {method => 'OPTIONS', path => $operation->{path}
                                              =~ s/\{\w+\}/1001/r});

    is($r->status, $status, "$operation->{operationId}: the status");
    is(headers($r, $operation->{responses}{$status}{headers}), '',
        "$operation->{operationId}: the headers");
    is(join(', ', sort map { $_->{method} }
            grep { $_->{path} eq $operation->{path} } @operations),
       join(', ', sort split /, /, $r->header('Allow')),
       "$operation->{operationId}: the methods are the documented ones");

    $seen{"$operation->{operationId} $status"} = 1;
}

# what the document has, and no example shows

is(join(', ', grep { !$seen{$_} } documented()), '',
    'every status of an operation, and every result and code, was seen');

rewrite() if $ENV{LOYALTY_REWRITE};



$t->done;

sub rewrite {
    my $rewrite = Loyalty::OpenAPI::Rewrite->new($api->file);

    for my $case (@cases) {
        my $r = delete $answered{$case->{example}} or next;


        next if $case->{type} !~ /json/ || $r->type !~ /json/;

        my %stay;

        kept($r->json, $case->{want}, $case->{schema}, \%stay);
        $stay{"\"$case->{shop}{id}\""} = '"shop"';
        $rewrite->example($case->{example}, $r->body, \%stay);
    }

    $rewrite->save;
}

# Of what varies, what the document has stays.

sub kept {
    my ($got, $want, $schema, $stay) = @_;

    if (ref $got eq 'HASH') {
        kept($got->{$_}, $want->{$_}, $schema->{properties}{$_}, $stay)
            for grep { ref $want eq 'HASH' } keys %$got;

    } elsif (ref $got eq 'ARRAY') {
        kept($got->[$_], $want->[$_], $schema->{items}, $stay)
            for grep { ref $want eq 'ARRAY' } 0 .. $#$got;

    } elsif (varies($schema) && length $got && length($want || '')) {
        $stay->{$got} = $want;
    }
}

###############################################################################

sub prism {
    my ($port, @options) = @_;

    my @command = ($api->program('prism'), 'proxy', '--cors=false',
                   '--host=127.0.0.1', "--port=$port", @options, $api->bundle,
                   'http://127.0.0.1:' . $t->port(0) . '/loyalty');

    $t->in_background(sub {
        open STDOUT, '>', $t->path("prism-$port.log");
        open STDERR, '>&', \*STDOUT;
        exec @command or die "prism: $!\n";
    });
}

# What is no request of the document gets through Prism only where that refuses
# nothing; so does a link in a body, which OpenAPI has no words for.  Other
# methods and bodies that are no JSON do not get through at all, nor do answers
# without a body; it writes bodies and queries anew, and goes by itself where an
# answer leads to.

sub ask {
    my ($case, $request) = @_;

    my $change = $case->{change} || {};

    my $past = $request->{method} eq 'HEAD' || $case->{header}
               || grep { defined $change->{$_} } qw(method body size repeat);
    my $odd = %$change || ($request->{body} || '') =~ /\bsig\b/;

    my $port = $past ? $t->port(0) : $prism{$odd ? 'lenient' : 'strict'};
    my $prefix = $past ? '/loyalty' : '';

    my %headers = %{$request->{headers} || {}};

    if (defined $headers{Authorization}) {
        my $key = KEY;
        $headers{Authorization} =~ s/\bKEY$/$key/;
    }

    return $t->request($request->{method},
        $case->{shop}->real("$prefix$request->{path}"),
        port => $port, key => undef,
        headers => [(map { $case->{shop}->real($_) } %headers),
                    'X-Shop' => $case->{shop}->id],
        defined $request->{body}
            ? (body => $case->{shop}->real($request->{body})) : ());
}

sub is_as_documented {
    my ($r, $case) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my %got = (status => $r->status, type => $r->type =~ s/;.*//r,
               headers => headers($r, $case->{headers}),
               violations => violations($r));
    my %want = (status => $case->{status}, type => $case->{type},
                headers => '', violations => '');

    if ($case->{type} =~ /json/) {
        $got{body} = alike(translated($r, $case), $case->{schema});
        $want{body} = alike($case->{want}, $case->{schema});

    } elsif ($case->{type} eq '') {
        @got{qw(type body)} = ('', $r->header($case->{header})
            =~ s/_$case->{shop}{id}=/_shop=/r);
        $want{body} = $case->{want};

    } else {
        my %lines = map { $_ => 1 } split /\r?\n/,
            $r->body =~ s/\b$case->{shop}{id}\b/shop/gr;

        $got{body} = [grep { $lines{$_} } split /\n/, $case->{want}];
        $want{body} = [split /\n/, $case->{want}];
    }

    is_deeply(\%got, \%want, $case->{name}) or diag($r->text);
}

# The answer with the document's values of what varies, wherever they are.

sub translated {
    my ($r, $case) = @_;

    my %stay;

    kept($r->json, $case->{want}, $case->{schema}, \%stay);

    my $body = $r->body;
    my $varying = join '|', map { quotemeta } keys %stay;

    $body =~ s/($varying)/$stay{$1}/g if length $varying;
    return $JSON->decode($body =~ s/"$case->{shop}{id}"/"shop"/r);
}

# What Prism found in the answer, though it let it through.

sub violations {
    my ($r) = @_;

    my $found = $r->header('sl-violations') or return '';

    return join '; ', map { $_->{message} }
        grep { $_->{location}[0] eq 'response' } @{$JSON->decode($found)};
}

# The headers that must be there are, and of those that matter there are none
# that are not documented.

sub headers {
    my ($r, $documented) = @_;

    my @wrong;

    for my $name (sort keys %$documented) {
        my $schema = $documented->{$name}{schema};
        my $value = $r->header($name);

        if (!defined $value) {
            push @wrong, "no $name" if $documented->{$name}{required};

        } elsif ($schema->{pattern} ? $value !~ /$schema->{pattern}/
                 : $schema->{enum} ? !grep { $_ eq $value } @{$schema->{enum}}
                 : $schema->{type} eq 'integer' && $value !~ /^\d+$/)
        {
            push @wrong, "$name: $value";
        }
    }

    push @wrong, map { "$_ is not documented" }
        grep { defined $r->header($_) && !$documented->{$_} }
            qw(Allow Cache-Control Location Retry-After Set-Cookie
               WWW-Authenticate);

    return join ', ', @wrong;
}

# A value in which what varies says only whether there is something.

sub alike {
    my ($value, $schema) = @_;

    if (ref $value eq 'HASH') {
        return {map {
            $_ => alike($value->{$_}, $schema->{properties}{$_})
        } keys %$value};
    }

    if (ref $value eq 'ARRAY') {
        return [map { alike($_, $schema->{items}) } @$value];
    }

    my $how = varies($schema) or return $value;

    return length $value || $how eq 'or-empty' ? '(varies)' : '';
}

sub varies {
    my ($schema) = @_;

    my ($how) = grep { $_ } $schema->{'x-varies'},
                            map { varies($_) } @{$schema->{allOf} || []};
    return $how;
}

# Each "OPERATION STATUS", and each "STATUS CODE" of the examples; and every
# word that a schema has for result and code.

sub documented {
    my %documented;

    for my $operation (grep { $_->{method} ne 'HEAD' } @operations) {
        $documented{"$operation->{operationId} $_"} = 1
            for grep { !/X/ } keys %{$operation->{responses}};
    }

    my %words = map { /^\d+ (.+)/ ? ($1 => 1) : () } keys %seen;

    for my $answer ($api->answers(qw(GET POST))) {
        my $properties = $answer->{schema}{properties} or next;

        for my $word (map { @{$_->{enum}} } grep { $_ }
                      @{$properties}{qw(result code)})
        {
            $documented{$word} = 1 if !$words{$word};
        }
    }

    return sort keys %documented;
}
