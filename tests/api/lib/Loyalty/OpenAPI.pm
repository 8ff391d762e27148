package Loyalty::OpenAPI;

# (C) ngx_loyalty contributors

# docs/openapi.yaml: what it says, and the requests that its examples are.
#
#     my $api = Loyalty::OpenAPI->new;
#     plan(skip_all => $api->lacking) if $api->lacking;
#     $api->load;
#
#     for my $case ($api->cases) {
#         $case->{name}               # "claim: order_not_paid by JSON"
#         $case->{request}            # method, path, query, headers, body
#         $case->{status}, $case->{want}, $case->{headers}
#     }
#
# A case is the example of an answer with the example of a request of the same
# name, or else with that named "usual", or the only one; x-request in it says
# what else is done to the request.  A success is asked for in each form that
# its operation takes.

###############################################################################

use warnings;
use strict;

use JSON::PP ();
use POSIX ();

use Loyalty::Nginx;
use Loyalty::Npm;

my $JSON = JSON::PP->new->utf8->canonical;

my $FORM = 'application/x-www-form-urlencoded';

my %FORMS = ('application/json' => 'JSON', $FORM => 'form', '' => 'query');

###############################################################################

sub new {
    my ($class) = @_;

    return bless {npm => Loyalty::Npm->new('api')}, $class;
}

sub file    { Loyalty::Nginx->checkout . '/docs/openapi.yaml' }

# Why it cannot be looked at, or ''.

sub lacking {
    my ($self) = @_;

    return $self->{npm}->lacking
           || ($self->{npm}->at_hand('@redocly/cli')
               ? '' : 'the npm registry is out of reach');
}

# A program of a package: what to execute.

sub program {
    my ($self, $name) = @_;

    return ('node', $self->{npm}->folder . "/node_modules/.bin/$name");
}

# Redocly's checks: its exit status and what it says.

sub lint {
    my ($self) = @_;

    return $self->redocly('lint', '--format=stylish', $self->file);
}

sub load {
    my ($self) = @_;

    $self->{npm}->install;
    $self->{bundle} = $self->{npm}->folder . '/openapi.json';

    my ($exit, $output) = $self->redocly('bundle', '--dereferenced',
        '--ext=json', "--output=$self->{bundle}", $self->file);

    die $output if $exit;

    open my $fh, '<', $self->{bundle} or die "$self->{bundle}: $!\n";
    $self->{document} = $JSON->decode(do { local $/; <$fh> });

    return $self;
}

# The document in one piece, without references.

sub bundle   { $_[0]{bundle} }
sub document { $_[0]{document} }

sub redocly {
    my ($self, @args) = @_;

    local $ENV{REDOCLY_TELEMETRY} = 'off';
    local $ENV{REDOCLY_SUPPRESS_UPDATE_NOTICE} = 'true';

    my $config = Loyalty::Nginx->checkout . '/tests/api/redocly.yaml';
    my $pid = open my $out, '-|';
    die "fork: $!\n" if !defined $pid;

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec $self->program('redocly'), @args, "--config=$config"
            or POSIX::_exit(127);
    }

    my $output = do { local $/; <$out> };
    close $out;

    return ($?, $output);
}

###############################################################################

# Each with its path and directive or format: "method" is in capitals.

sub operations {
    my ($self) = @_;

    my $paths = $self->{document}{paths};
    my @operations;

    for my $path (sort keys %$paths) {
        my $item = $paths->{$path};

        push @operations, map {
            {path => $path, directive => $item->{'x-directive'},
             format => $item->{'x-format'},
             method => uc $_, %{$item->{$_}}}
        } grep { ref $item->{$_} eq 'HASH' } sort keys %$item;
    }

    return @operations;
}

sub parameters {
    my ($operation, $in) = @_;

    return grep { $_->{in} eq $in } @{$operation->{parameters} || []};
}

# The schemas of an operation's body, by media type.

sub bodies {
    my ($operation) = @_;

    return %{$operation->{requestBody}{content} || {}};
}

# The examples of answers: each knows its operation, status and name; one that
# has no body says in a header what it has to say.

sub answers {
    my ($self, @methods) = @_;

    my %wanted = map { $_ => 1 } @methods;
    my @answers;

    for my $operation (grep { $wanted{$_->{method}} } $self->operations) {
        for my $status (sort keys %{$operation->{responses}}) {
            my $response = $operation->{responses}{$status};
            my $content = $response->{content} || {};
            my ($header) = grep { $response->{headers}{$_}{examples} }
                                sort keys %{$response->{headers} || {}};
            my $said = $header ? $response->{headers}{$header}{examples} : {};

            push @answers, map {
                {operation => $operation, status => $status, type => '',
                 example => $_, headers => $response->{headers},
                 header => $header, want => $said->{$_}{value},
                 change => $said->{$_}{'x-request'} || {}}
            } sort keys %$said;

            for my $type (sort keys %$content) {
                my $examples = $content->{$type}{examples} || {};

                push @answers, map {
                    {operation => $operation, status => $status,
                     type => $type, example => $_,
                     schema => $content->{$type}{schema},
                     headers => $response->{headers} || {},
                     want => $examples->{$_}{value},
                     change => $examples->{$_}{'x-request'} || {}}
                } sort keys %$examples;
            }
        }
    }

    return @answers;
}

sub cases {
    my ($self) = @_;

    my @cases;

    for my $answer ($self->answers(qw(GET POST))) {
        my @forms = forms_of($answer);

        # how a fault is asked for makes no difference

        @forms = $forms[0] if $answer->{status} >= 400;

        push @cases, map {
            {%$answer, form => $_, request => request($answer, $_),
             name => "$answer->{operation}{operationId}: $answer->{example}"
                     . " by $FORMS{$_}"}
        } @forms;
    }

    return @cases;
}

# The media types that an example can be sent with, "" for the query string.

sub forms_of {
    my ($answer) = @_;

    my ($operation, $name) = @{$answer}{qw(operation example)};
    my %bodies = bodies($operation);

    my %sources = map { $_ => $bodies{$_} } keys %bodies;

    $sources{''} = {examples => {
        map { %{$_->{examples} || {usual => {}}} }
            parameters($operation, 'query')
    }} if !%bodies || parameters($operation, 'query');

    my @all = sort { ($a eq '') <=> ($b eq '') || $a cmp $b } keys %sources;
    my @own = grep { exists $sources{$_}{examples}{$name} } @all;

    return @own if @own;
    return grep { exists $sources{$_}{examples}{usual} || $_ eq '' } @all;
}

sub request {
    my ($answer, $form) = @_;

    my ($operation, $name, $change) =
        @{$answer}{qw(operation example change)};

    my %given = $form eq '' ? given($operation, 'query', $name)
                            : example_of({bodies($operation)}->{$form}, $name);
    %given = (%given, %{$change->{with} || {}});
    delete @given{grep { !defined $given{$_} } keys %given};

    my %headers = ($given{sig} ? () : (Authorization => 'Bearer KEY'),
                   given($operation, 'header', $name));
    my %places = given($operation, 'path', $name);

    my $request = {method => $change->{method} || $operation->{method},
                   path => $operation->{path} =~ s/\{(\w+)\}/$places{$1}/gr};

    if ($form eq '') {
        my $query = encoded(%given);

        $query .= "&$query" if $change->{repeat};
        $request->{path} .= "?$query" if length $query;

    } else {
        $request->{body} = $form eq $FORM ? encoded(%given)
                                          : $JSON->encode(\%given);
        $headers{'Content-Type'} = $form;
    }

    $request->{body} = $change->{body} if defined $change->{body};
    $request->{body} .= ' ' x ($change->{size} - length $request->{body})
        if $change->{size};

    %headers = (%headers, %{$change->{headers} || {}});
    $request->{headers} = {map { $_ => $headers{$_} }
                           grep { defined $headers{$_} } keys %headers};

    return $request;
}

# Parameters of a query string, a path or headers, as far as there are examples.

sub given {
    my ($operation, $in, $name) = @_;

    my %given;

    for my $parameter (parameters($operation, $in)) {
        my $examples = $parameter->{examples};

        if (defined $parameter->{example}) {
            $given{$parameter->{name}} = $parameter->{example};

        } elsif (my $own = $examples->{$name} || $examples->{usual}) {
            $given{$parameter->{name}} = $own->{value};
        }
    }

    return %given;
}

sub example_of {
    my ($body, $name) = @_;

    my $example = $body->{examples}{$name} || $body->{examples}{usual};

    return %{$example->{value} || {}};
}

sub encoded {
    my (%values) = @_;

    return join '&', map {
        my $value = $values{$_};
        $value =~ s/([^A-Za-z0-9._-])/sprintf '%%%02X', ord $1/ge;
        "$_=$value";
    } sort keys %values;
}

###############################################################################

1;

###############################################################################
