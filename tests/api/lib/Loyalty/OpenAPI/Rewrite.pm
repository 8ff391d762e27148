package Loyalty::OpenAPI::Rewrite;

# (C) ngx_loyalty contributors

# Examples of answers in docs/openapi.yaml, as the server has answered.
#
#     my $rewrite = Loyalty::OpenAPI::Rewrite->new($file);
#     $rewrite->example('claimed', $body, \%stay);
#     $rewrite->save;
#
# The text around them stays as it is.  %stay are values that are others each
# time, with those that the document has for them.

###############################################################################

use warnings;
use strict;

use JSON::PP ();

use constant WIDTH => 79;

my $JSON = JSON::PP->new->utf8->allow_nonref;

###############################################################################

sub new {
    my ($class, $file) = @_;

    open my $fh, '<:raw', $file or die "$file: $!\n";
    my $text = do { local $/; <$fh> };

    my ($before, $examples) = $text =~ /^(.*^  examples:\n)(.*)$/ms
        or die "$file has no examples\n";

    return bless {file => $file, before => $before, examples => $examples},
                 $class;
}

sub save {
    my ($self) = @_;

    open my $fh, '>:raw', $self->{file} or die "$self->{file}: $!\n";
    print $fh $self->{before}, $self->{examples};
    close $fh or die "$self->{file}: $!\n";
}

# One that only refers to another is rewritten as that.

sub example {
    my ($self, $name, $body, $stay) = @_;

    my %stay = %$stay;

    # a time before the day that it begins with

    my $varying = join '|', map { quotemeta }
        sort { length $b <=> length $a } keys %stay;

    $body =~ s/($varying)/$stay{$1}/g if length $varying;

    my $value = $body =~ /"urn:loyalty:problem:/ ? block($body) : flow($body);

    $self->{examples} =~
        s/^    \Q$name\E:\n(?:      .*\n)*?      value:\K.*\n(?:       .*\n)*/$value/m;
}

# A problem, with a line for each member.

sub block {
    my ($body) = @_;

    my $value = "\n";

    while ($body =~ /("\w+"):("(?:[^"\\]|\\.)*"|\d+)/g) {
        my ($key, $member) = map { $JSON->decode($_) } $1, $2;

        $value .= "        $key:"
            . ($member =~ /^[\w][\w:. -]*$/ && $member !~ /: /
               && length("        $key: $member") <= WIDTH
                   ? " $member\n" : " >-\n" . lines(10, split / /, $member));
    }

    return $value;
}

# A success as JSON, which is YAML as well; that allows to fold texts.

sub flow {
    my ($body) = @_;

    my @pieces = ('');

    while ($body =~ /\G("(?:[^"\\]|\\.)*"|[^"])/g) {
        my ($first, @rest) = split / /, $1;

        $pieces[-1] .= $first eq ':' ? ': ' : $first;
        push @pieces, @rest;
        push @pieces, '' if $first eq ',';
    }

    return "\n" . lines(8, @pieces);
}

sub lines {
    my ($indent, @pieces) = @_;

    my @lines = (' ' x $indent . shift @pieces);

    for my $piece (@pieces) {
        if (length("$lines[-1] $piece") > WIDTH) {
            push @lines, ' ' x $indent . $piece;

        } else {
            $lines[-1] .= " $piece";
        }
    }

    return join '', map { "$_\n" } @lines;
}

###############################################################################

1;

###############################################################################
