package Loyalty::Link;

# (C) ngx_loyalty contributors

# Signed links, made as a store makes them, and the cookies that come of them.
#
#     my $uri = '/loyalty/claim?' . link_query('claim', email => ...,
#                                              order => 1001);

###############################################################################

use warnings;
use strict;

use Digest::SHA qw(hmac_sha256);
use Exporter 'import';
use MIME::Base64 qw(encode_base64url);

our @EXPORT = qw(link_params link_query link_form link_cookie LINK_SECRET);

use constant LINK_SECRET => 'c2lnbmVk-links-of-the-shop-0123456789';

###############################################################################

# The parameters with their signature: for an hour unless "expires" says
# otherwise, of the program "shop" unless "program" does, by LINK_SECRET
# unless "secret" does.

sub link_params {
    my ($purpose, %o) = @_;

    my $secret = delete $o{secret} || LINK_SECRET;
    my $program = delete $o{program} || 'shop';

    $o{expires} = time() + 3600 if !defined $o{expires};

    my $text = join "\n", 'loyalty-link-1', $purpose, $program, $o{expires},
                    map { defined $o{$_} ? $o{$_} : '' }
                    qw(email order store reward);

    return (%o, sig => encode_base64url(hmac_sha256($text, $secret)));
}

sub link_query {
    return link_form(link_params(@_));
}

# Any parameters, signed or not, as a query string.

sub link_form {
    my (%params) = @_;

    s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge for values %params;
    return join '&', map { "$_=$params{$_}" } sort keys %params;
}

# The cookie of a member's browser, as the module makes it: for TLS with
# "secure".

sub link_cookie {
    my ($member, %o) = @_;

    my $program = $o{program} || 'shop';
    my $expires = defined $o{expires} ? $o{expires} : time() + 3600;
    my $text = join "\n", 'loyalty-link-1', $o{purpose} || 'session',
                    $program, $expires, $member, '', '', '';
    my $sig = encode_base64url(hmac_sha256($text, $o{secret} || LINK_SECRET));

    return ($o{secure} ? '__Host-' : '')
        . 'loyalty_' . ($o{name} || $program) . '='
        . join '.', $o{version} || 1, $expires, $member, $sig;
}

###############################################################################

1;

###############################################################################
