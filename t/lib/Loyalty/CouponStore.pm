package Loyalty::CouponStore;

# (C) ngx_loyalty contributors

# A store that makes coupons and keeps them, and can be made to fail before or
# after it has done so.
#
#     my $store = Loyalty::CouponStore->new($t, $t->port(1))->start;
#     $store->does(create => 'hangs_after', lookup => 'works');
#     ...
#     is_deeply([$store->coupons], [$code], 'there is one');
#
# POST /coupons makes the coupon that its JSON body describes, and answers with
# it, 201; GET /coupons?code=CODE answers with a list of those with this code.
# As some real ones do, it makes a coupon as often as it is asked to.
#
# Orders are those of Loyalty::Store.  macros() defines %%COUPONS%%, the rules of
# a program whose coupons it makes, and %%COUPON_STORE%%, the locations that ask
# it, at port 1.

###############################################################################

use warnings;
use strict;

use parent qw(Loyalty::Store);

use JSON::PP ();

use Loyalty::Store;

my $JSON = JSON::PP->new->utf8->canonical;

my %MACROS = (
    COUPONS => <<'END',
        currency      USD;
        signup_bonus  100;
        coupon_store  create=/_store/coupon made=/code
                      lookup=/_store/coupons list=/coupons code=/code;
        reward        mug  30 "Mug" coupon=store "product=M\"UG"
                      url=https://shop.example/mug;
        reward        five 20 "Five off" kind=amount value=5.00 coupon=store;
        reward        ten  20 "Tenth off" kind=percentage value=10
                      coupon=store;
        reward        pin  10 "Pin";
        reward        pin#2 10 "Pin" coupon=store;
        api_key       chatbot value:%%KEY%%;
END
    COUPON_BODY => '{' . join(',', map { qq("$_->[0]":"\$loyalty_$_->[1]") }
        [code => 'coupon_code'], [expires => 'coupon_expires'],
        [unix => 'coupon_expires_unix'], [reward => 'reward_json'],
        [escaped => 'reward'],
        [product => 'reward_product_json'], [kind => 'reward_kind'],
        [value => 'reward_value'], [email => 'email_json']) . '}',
    COUPON_STORE => <<'END',
        location = /_store/coupon {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/coupons;
            proxy_method POST;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Content-Type application/json;
            proxy_set_body '%%COUPON_BODY%%';
            %%BEFORE_COUPON%%
        }

        location = /_store/coupons {
            internal;
            proxy_pass http://127.0.0.1:%%PORT_1%%/coupons?code=$loyalty_coupon_code;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
END
    BEFORE_COUPON => '',
);

sub macros {
    my ($class, $t) = @_;

    $t->macro($_ => $MACROS{$_}) for keys %MACROS;
}

###############################################################################

sub new {
    my ($class, $t, $port) = @_;

    my $self = $class->SUPER::new($t, $port);

    $self->{kept} = $t->path("coupons-$port");
    $self->{mode} = $t->path("mode-$port");
    $self->{gate} = $t->path("gate-$port");
    $self->does;

    return $self;
}

# How it works from now on: a word each for "create" and "lookup".
#
#   works         as it should
#   refuses       400, as for a product that is gone
#   errors        200 with "errors", as GraphQL
#   unauthorized  401
#   forbids       200 with "errors" and data that is null
#   html          a page, 200
#   moved         302
#   busy          429
#   fails         500
#   resets        the connection
#   cuts          the answer short
#   hangs         no answer
#   waits         with the answer until open_gate()
#
# With "_after", it makes the coupon before it fails.

sub does {
    my ($self, %mode) = @_;

    my $new = "$self->{mode}.new";

    open my $fh, '>', $new or die "$new: $!\n";
    print $fh $JSON->encode({create => 'works', lookup => 'works', %mode});
    close $fh or die "$new: $!\n";
    rename $new, $self->{mode} or die "$new: $!\n";

    unlink $self->{gate};
}

sub open_gate {
    my ($self) = @_;

    open my $fh, '>', $self->{gate} or die "$self->{gate}: $!\n";
}

# The codes of the coupons that there are, the oldest first; or one of them,
# with all that it was made with.

sub coupons {
    my ($self) = @_;

    return map { $_->{code} } $self->kept;
}

sub coupon {
    my ($self, $code) = @_;

    return (grep { $_->{code} eq $code } $self->kept)[0];
}

sub kept {
    my ($self) = @_;

    open my $fh, '<', $self->{kept} or return;
    return map { $JSON->decode($_) } <$fh>;
}

# How often it was asked to make one, and for one.

sub creates { scalar grep { $_->{method} eq 'POST' } $_[0]->calls }

sub lookups {
    return scalar grep { $_->{method} eq 'GET'
                         && $_->{uri} =~ m{^/coupons} } $_[0]->calls;
}

###############################################################################

sub respond {
    my ($self, $request) = @_;

    return $self->SUPER::respond($request)
        if $request->{uri} !~ m{^/coupons(?:\?code=(\w*))?$};

    open my $fh, '<', $self->{mode} or die "$self->{mode}: $!\n";
    my $mode = $JSON->decode(do { local $/; <$fh> });

    return $request->{method} eq 'POST'
        ? $self->create($mode->{create}, $request->{body})
        : $self->lookup($mode->{lookup}, $1);
}

sub create {
    my ($self, $mode, $body) = @_;

    my $coupon = eval { $JSON->decode($body) } or return reply(400, '{}');
    my $after = $mode =~ s/_after$//;

    $self->keep($coupon) if $after || $mode eq 'works';

    return $self->answer($mode, 201, $JSON->encode($coupon));
}

sub keep {
    my ($self, $coupon) = @_;

    open my $fh, '>>', $self->{kept} or die "$self->{kept}: $!\n";
    print $fh $JSON->encode($coupon), "\n";
    close $fh or die "$self->{kept}: $!\n";
}

sub lookup {
    my ($self, $mode, $code) = @_;

    my @found = grep { $_->{code} eq $code } $self->kept;

    # it searches as it likes

    return $self->answer($mode, 200, $JSON->encode(
        {coupons => [{code => 'ANOTHER', id => 1}, @found]}));
}

sub answer {
    my ($self, $mode, $status, $json) = @_;

    my @type = ('Content-Type' => 'application/json');
    my $good = reply($status, $json, @type);

    my %answers = (
        works        => [$good],
        refuses      => [reply(400, '{"code":"no_such_product"}', @type)],
        errors       => [json_reply('{"errors":[{"message":"no"}],'
                                    . '"coupons":null,"code":null}')],
        unauthorized => [reply(401, '{"code":"bad_key"}', @type)],
        forbids      => [json_reply('{"errors":[{"message":"FORBIDDEN"}],'
                                    . '"data":null}')],
        html         => [reply(200, '<html>login</html>')],
        moved        => [reply(302, '', Location => '/x')],
        busy         => [reply(429, '')],
        fails        => [reply(500, 'oops')],
        resets       => [reset_by_peer()],
        cuts         => [raw("HTTP/1.1 $status OK\r\nContent-Length: "
                             . (length($json) + 9) . "\r\n\r\n$json"),
                         close_now()],
        hangs        => [hang()],
        waits        => [await_file($self->{gate}), $good],
    );

    return @{$answers{$mode} || die "no mode $mode\n"};
}

###############################################################################

1;

###############################################################################
