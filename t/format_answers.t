#!/usr/bin/perl

# (C) ngx_loyalty contributors

# What the API can answer, in every chat format: each is one that the platform
# takes, tells its code, and has a text in the language that was asked for.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::ChatFormat;
use Loyalty::EveryAnswer;
use Loyalty::Link;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;
my @formats = Loyalty::ChatFormat::formats();
my @locales = qw(en tr th);
my $every = Loyalty::EveryAnswer->new($t)->run(scalar @formats);

# How the platform sends a request, and where it finds a fact in the answer.

sub form_of_requests {
    my ($format, $locale) = @_;

    return (
        uri => sub {
            my ($what, %params) = @_;

            return "/loyalty/$what?" . link_form(%params, format => $format,
                                                 locale => $locale);
        },
        params => sub {
            my %params = (locale => $locale, %{$_[0]});

            return $format eq 'dialogflow-es'
                   ? {session => 'projects/p/agent/sessions/s',
                      queryResult => {parameters => \%params}}
                   : $format eq 'dialogflow-cx'
                   ? {sessionInfo => {parameters => \%params}} : \%params;
        },
        coupon => sub {
            my ($text, $facts) = Loyalty::ChatFormat::said($format,
                                                           $_[0]->body);
            return $facts->{loyalty_coupon};
        },
    );
}

###############################################################################

my %texts;

for my $n (0 .. $#formats) {
    my $format = $formats[$n];
    my $locale = $locales[$n % @locales];
    my @form = form_of_requests($format, $locale);
    my $es = $format eq 'dialogflow-es';

    for ($every->answers($n, @form)) {
        my ($status, $result, $ask) = @$_;
        my $r = $ask->();

        # by GET there is no session of ES

        is_chat($r, $format, 200,
                $es && $result eq 'coupon_good' ? undef : $result,
                "$format: $result");

        my ($text) = Loyalty::ChatFormat::said($format, $r->body);

        $text =~ s/\d//g;
        $texts{$result}{$locale} ||= $text;
    }

    # what keeps its status; without the body, ES does not know the session

    for ($every->mistakes(@form)) {
        my ($status, $result, $ask) = @$_;

        is_chat($ask->(), $format, $status, $es ? undef : $result,
                "$format: $result");
    }
}

for my $result (sort keys %texts) {
    my %seen = map { $_ => 1 } values %{$texts{$result}};

    is(scalar keys %seen, scalar @locales, "$result: each language its own");
}

###############################################################################

$t->done;

###############################################################################
