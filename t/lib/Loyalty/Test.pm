package Loyalty::Test;

# (C) ngx_loyalty contributors

# Runs nginx with the module, in a folder of its own and on free ports, in
# the manner of nginx's own Test::Nginx.
#
#     my $t = Loyalty::Test->new;
#     $t->conf(<<'EOF')->run;
#     %%TEST_GLOBALS%%
#     http { %%TEST_GLOBALS_HTTP%% %%SHOP%% server { listen %%LISTEN_0%%; ...
#     EOF
#     is_result($t->signup('ada@example.com'), 201, 'signed_up', 'name');
#     $t->done;
#
# done() stops nginx and adds three tests: nginx left nothing alarming in its
# log, no sanitizer complained, and no e-mail or key was logged.
#
# In the environment: LOYALTY_NGINX, LOYALTY_MODULE, LOYALTY_PRELOAD (runtime
# libraries of the sanitizers), LOYALTY_KEEP (leave the folder for a look).

###############################################################################

use warnings;
use strict;

use parent qw(Loyalty::Nginx);

use Digest::SHA qw(hmac_sha256_base64);
use Exporter 'import';
use JSON::PP ();
use Test::More;

use Loyalty::HTTP;

# what tests are called may be beyond ASCII

binmode $_, ':utf8' for map { Test::More->builder->$_ }
                        qw(output failure_output todo_output);

our @EXPORT = qw(is_result is_fault KEY);

use constant KEY => 'c2VjcmV0-key-of-the-chatbot';

# A program, the locations that serve it, and a store at port 1; conf() puts
# them where %%SHOP%%, %%LOCATIONS%% and %%STORE%% are.

my %MACROS = (
    SHOP => <<'END',
    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        reward        sticker  30 "Sticker";
        reward        hanky   200 "Free handkerchief"
                      url=https://shop.example/r/hanky product=HANKY-1;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }
END
    LOOKUP => 'order_lookup /_store/order number=/number status=/status'
              . ' email=/billing/email total=/total currency=/currency'
              . ' paid=processing,completed;',
    LOCATIONS => <<'END',
        location = /loyalty/signup  { loyalty_signup  shop; }
        location = /loyalty/claim   { loyalty_claim   shop; }
        location = /loyalty/balance { loyalty_balance shop; }
        location = /loyalty/redeem  { loyalty_redeem  shop; }
END
    STORE => <<'END',
        location = /_store/order {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/orders/$loyalty_order;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
END
    KEY => KEY,
);

###############################################################################

# Options of its own: allow (patterns of alarming lines that belong to the
# test), personal (0: the test logs e-mails on purpose).

sub new {
    my ($class, %o) = @_;

    my $self = $class->SUPER::new(
        allow => [], personal => 1, %o, secrets => [KEY]);

    $self->macro($_ => $MACROS{$_}) for keys %MACROS;

    return $self;
}

# A whole nginx.conf for several programs, each with rules of its own in the
# place of RULES among those that all of them have. The locations that serve one
# are /NAME/LOCATION, and there is a store.
#
#     $t->conf($t->programs([qw(signup claim)], <<'EOF',
#             currency      USD;
#             earn          1 per 1.00;
#             RULES
#     EOF
#         double => 'promotion p multiplier=2;', none => ''))->run;

sub programs {
    my ($self, $locations, $all, %rules) = @_;

    my ($programs, $served) = ('', '');

    for my $name (sort keys %rules) {
        (my $lines = $all) =~ s/\bRULES\b/$rules{$name}/;

        $programs .= <<"END";
    loyalty_program $name {
        database      sqlite:%%TESTDIR%%/db/$name.db;
$lines
        api_key       chatbot value:%%KEY%%;
    }

END

        $served .= "        location = /$name/$_ { loyalty_$_ $name; }\n"
            for @$locations;
    }

    return <<"END";
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

$programs
    server {
        listen %%LISTEN_0%%;

$served
        %%STORE%%
    }
}
END
}

# A secret that must not be found in any log.

sub secret {
    my ($self, $secret) = @_;

    push @{$self->{secrets}}, $secret;
    return $secret;
}

###############################################################################

# Requests, to port 0 unless told.  The key goes along unless key => undef;
# further options are those of Loyalty::HTTP::message().  Parameters are a
# hash, sent as JSON, or the body itself with its type.

sub request {
    my ($self, $method, $uri, %o) = @_;

    my ($port, $bytes) = $self->prepare($method, $uri, %o);

    my $c = Loyalty::HTTP::Connection->new($port);
    $c->send($bytes);
    return $c->response($method eq 'HEAD');
}

sub prepare {
    my ($self, $method, $uri, %o) = @_;

    my $key = exists $o{key} ? delete $o{key} : KEY;
    my $port = delete $o{port} || $self->port(0);
    my $type = delete $o{type};
    my @headers = @{delete $o{headers} || []};

    if (my $params = delete $o{params}) {
        $o{body} = JSON::PP->new->utf8->canonical->encode($params);
        $type ||= 'application/json';
    }

    unshift @headers, 'Content-Type' => $type if defined $type;
    unshift @headers, Authorization => "Bearer $key" if defined $key;

    return ($port,
            Loyalty::HTTP::message($method, $uri, %o, headers => \@headers));
}

# The bytes of a request, for those who send them in their own way.

sub message {
    my ($self, @args) = @_;

    return ($self->prepare(@args))[1];
}

sub get {
    my ($self, $uri, %o) = @_;

    return $self->request('GET', $uri, %o);
}

sub post {
    my ($self, $uri, $params, %o) = @_;

    return $self->request('POST', $uri, %o,
        ref $params ? (params => $params) : (body => $params));
}

sub connection {
    my ($self, $port) = @_;

    return Loyalty::HTTP::Connection->new($port || $self->port(0));
}

# Many at once: the answers to a list of messages.

sub all {
    my ($self, @messages) = @_;

    return Loyalty::HTTP::exchange_all($self->port(0), @messages);
}

# What a chatbot does, in one line.

sub signup {
    my ($self, $email, %o) = @_;

    return $self->post('/loyalty/signup', {email => $email}, %o);
}

sub claim {
    my ($self, $order, $email, %o) = @_;

    return $self->post('/loyalty/claim',
        {order => $order, email => $email}, %o);
}

sub balance {
    my ($self, $email, %o) = @_;

    $email =~ s/([^A-Za-z0-9._-])/sprintf '%%%02X', ord $1/ge;
    return $self->get("/loyalty/balance?email=$email", %o);
}

sub redeem {
    my ($self, $reward, $email, %o) = @_;

    return $self->post('/loyalty/redeem',
        {reward => $reward, email => $email}, %o);
}

sub points {
    my ($self, $email) = @_;

    return $self->balance($email)->field('points');
}

# What a store does: a webhook about an order, as WooCommerce signs it.

sub order_event {
    my ($self, $number, $secret, $uri) = @_;

    my $body = qq({"number":"$number"});

    return $self->post($uri || '/loyalty/event', $body, key => undef,
        type => 'application/json', headers => ['X-WC-Webhook-Signature' =>
            hmac_sha256_base64($body, $secret) . '=']);
}

###############################################################################

# One success: its status, its word and, where given, its fields.

sub is_result {
    my ($r, $status, $result, @rest) = @_;

    my $name = pop @rest;
    my $fields = shift @rest || {};

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my %want = (result => $result, %$fields);
    my %got = map { $_ => $r ? $r->json->{$_} : undef } keys %want;

    my $ok = is_deeply({status => $r && $r->status, %got},
                       {status => $status, %want}, $name);

    diag($r ? $r->text : 'no answer') if !$ok;
    return $ok;
}

# One fault, in the form that all have.

sub is_fault {
    my ($r, $status, $code, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $json = $r ? $r->json : {};

    my $ok = is_deeply(
        [$r && $r->status, $r && $r->type, @{$json}{qw(code status type)},
         join(' ', sort keys %$json)],
        [$status, 'application/problem+json', $code, $status,
         "urn:loyalty:problem:$code", 'code detail message status title type'],
        $name);

    diag($r ? $r->text : 'no answer') if !$ok;
    return $ok;
}

# What "nginx -t" must do: refuse, with a reason that matches, in one of the
# lines that end in # HERE; or accept without a word.

sub refuses {
    my ($self, $name, $why, $text) = @_;

    my ($exit, $output) = $self->check_conf($text);

    my @lines = split /\n/, $self->read_file('check.conf');
    my @here = grep { $lines[$_ - 1] =~ /# HERE$/ } 1 .. @lines;
    my ($line) = $output =~ m{\[emerg\] .* in \S+/check\.conf:(\d+)$}m;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $ok = ok($exit != 0 && $output =~ /\[emerg\] .*$why/
                && $line && (grep { $_ == $line } @here), $name);

    diag("expected $why in line @here\n$output") if !$ok;
    return $ok;
}

sub accepts {
    my ($self, $name, $text) = @_;

    my ($exit, $output) = $self->check_conf($text);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $ok = ok($exit == 0 && $output !~ /\[(?:warn|emerg)\]/, $name);

    diag($output) if !$ok;
    return $ok;
}

###############################################################################

# The end of every file.

sub done {
    my ($self) = @_;

    $_->kill for @{$self->{jobs}};
    $self->stop;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is(join("\n", @{$self->{trouble} || []}, $self->alarms), '', 'no alarms');
    is($self->reports, '', 'no sanitizer reports');

    is($self->leaks, '', 'no e-mail and no key in the logs')
        if $self->{personal};

    done_testing();
    $self->cleanup;
}

# Lines of the error log at "crit" and above that were not expected, and
# workers that failed.

sub alarms {
    my ($self) = @_;

    return grep {
        my $line = $_;
        $line =~ /\[(?:crit|alert|emerg)\]|exited with code [1-9]/
            && !grep { $line =~ $_ } @{$self->{allow}}
    } split /\n/, $self->read_file('error.log');
}

sub reports {
    my ($self) = @_;

    my @found;

    for my $file (glob("$self->{dir}/sanitizer/* $self->{dir}/*.log")) {
        open my $fh, '<', $file or next;

        while (my $line = <$fh>) {
            push @found, $line if $line =~ /Sanitizer|runtime error:/;
        }
    }

    return join '', @found;
}

# Only the log at level "debug" may show whom it was about.

sub leaks {
    my ($self) = @_;

    my $secrets = join '|', map { quotemeta } @{$self->{secrets}};
    my @found;

    # a message at level "debug" may have several lines

    for my $name (qw(error.log access.log stderr.log)) {
        my $debug = 0;

        for my $line (split /\n/, $self->read_file($name)) {
            $debug = $1 eq 'debug' if $line =~ /^[\d\/: ]{19} \[(\w+)\] /;

            # whom the database knows us as

            $line =~ s{\bpostgresql://\w+@}{}g;

            push @found, $line if !$debug && $line =~ /\@|%40|$secrets/i;
        }
    }

    return join "\n", @found;
}

###############################################################################

1;

###############################################################################
