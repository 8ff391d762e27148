#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for the tests of chat formats: an answer with one thing wrong in it is
# found, whatever it is.

###############################################################################

use warnings;
use strict;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use JSON::PP ();

use Loyalty::ChatFormat;

###############################################################################

my $JSON = JSON::PP->new->utf8;

# good ones, as the platforms have them in their documents

my %good = (
    'manychat' => {version => 'v2', content => {
        messages => [{type => 'text', text => 'Hello',
            buttons => [{type => 'url', caption => 'Go',
                         url => 'https://a.example/b'}]}],
        actions => [
            {action => 'set_field_value', field_name => 'loyalty_result',
             value => 'balance'},
            {action => 'set_field_value', field_name => 'loyalty_points',
             value => 5},
            {action => 'add_tag', tag_name => 'loyalty_member'}],
        quick_replies => [{type => 'dynamic_block_callback', caption => 'Go',
            url => 'https://a.example/b', method => 'post',
            payload => {a => 'b'}}],
    }},
    'manychat-whatsapp' => {version => 'v2', content => {
        type => 'whatsapp', messages => [{type => 'text', text => 'Hello'}],
        actions => [{action => 'set_field_value',
                     field_name => 'loyalty_result', value => 'balance'}],
    }},
    'manychat-instagram' => {version => 'v2', content => {
        type => 'instagram', messages => [{type => 'text', text => 'Hello'}],
        actions => [{action => 'set_field_value',
                     field_name => 'loyalty_result', value => 'balance'}],
    }},
    'chatfuel' => {
        messages => [{text => 'Hello'}, {attachment => {type => 'template',
            payload => {template_type => 'button', text => 'Hello',
                buttons => [{type => 'web_url', title => 'Go',
                             url => 'https://a.example/b'}]}}}],
        set_attributes => {loyalty_result => 'balance',
                           loyalty_points => '5'},
    },
    'dialogflow-es' => {
        fulfillmentText => 'Hello',
        fulfillmentMessages => [{text => {text => ['Hello']}}],
        outputContexts => [{
            name => 'projects/p/agent/sessions/s/contexts/loyalty',
            lifespanCount => 5,
            parameters => {loyalty_result => 'balance'}}],
    },
    'dialogflow-cx' => {
        fulfillment_response => {
            messages => [{text => {text => ['Hello']}}]},
        session_info => {parameters => {loyalty_result => 'balance',
                                        loyalty_points => 5}},
    },
);

my $text = sub { $_[0]{content}{messages}[0] };

# what may be wrong: the format, what it is, and how to make it so

my @wrong = (
    (map {
        my $format = $_;
        ([$format, 'another member', sub { $_[0]{x} = 1 }],
         [$format, 'no text', sub { %{$_[0]} = () }]);
    } sort keys %good),

    ['manychat', 'version 1', sub { $_[0]{version} = 'v1' }],
    ['manychat', 'a type', sub { $_[0]{content}{type} = 'messenger' }],
    ['manychat', 'no message', sub { $_[0]{content}{messages} = [] }],
    ['manychat', 'eleven messages', sub {
        $_[0]{content}{messages} = [map { {type => 'text', text => $_} }
                                        1 .. 11] }],
    ['manychat', 'six actions', sub {
        push @{$_[0]{content}{actions}},
             map { {action => 'add_tag', tag_name => "t$_"} } 1 .. 3 }],
    ['manychat', 'twelve quick replies', sub {
        my $replies = $_[0]{content}{quick_replies};
        push @$replies, ($replies->[0]) x 11 }],
    ['manychat', 'four buttons', sub {
        my $buttons = $text->($_[0])->{buttons};
        push @$buttons, ($buttons->[0]) x 3 }],
    ['manychat', 'a caption of 21', sub {
        $text->($_[0])->{buttons}[0]{caption} = 'x' x 21 }],
    ['manychat', 'no address', sub {
        $text->($_[0])->{buttons}[0]{url} = '/b' }],
    ['manychat', 'a text of 641 with a button', sub {
        $text->($_[0])->{text} = 'x' x 641 }],
    ['manychat', 'a text of 2001', sub {
        delete $text->($_[0])->{buttons};
        $text->($_[0])->{text} = 'x' x 2001 }],
    ['manychat', 'a text of 1001 pictures', sub {
        delete $text->($_[0])->{buttons};
        $text->($_[0])->{text} = "\x{1F389}" x 1001 }],
    ['manychat', 'an empty text', sub { $text->($_[0])->{text} = ' ' }],
    ['manychat', 'a variable left', sub {
        $text->($_[0])->{text} = 'You have {points}.' }],
    ['manychat', 'a number in quotes', sub {
        $_[0]{content}{actions}[1]{value} = '5' }],
    ['manychat', 'a text without', sub {
        $_[0]{content}{actions}[0]{value} = 5 }],
    ['manychat', 'an empty value', sub {
        $_[0]{content}{actions}[0]{value} = '' }],
    ['manychat', 'a field that nobody made', sub {
        $_[0]{content}{actions}[1]{field_name} = 'loyalty_x' }],
    ['manychat', 'an unknown action', sub {
        $_[0]{content}{actions}[2]{action} = 'tag' }],
    ['manychat', 'a call without TLS', sub {
        $_[0]{content}{quick_replies}[0]{url} =~ s/https/http/ }],
    ['manychat', 'a result that is not told', sub {
        shift @{$_[0]{content}{actions}} }],
    ['manychat-whatsapp', 'no type', sub { delete $_[0]{content}{type} }],
    ['manychat-whatsapp', 'another type', sub {
        $_[0]{content}{type} = 'telegram' }],
    ['manychat-whatsapp', 'quick replies', sub {
        $_[0]{content}{quick_replies} = [] }],
    ['manychat-whatsapp', 'a picture', sub {
        $text->($_[0])->{type} = 'image' }],
    ['manychat-whatsapp', 'two buttons', sub {
        $text->($_[0])->{buttons} = [map { {type => 'url', caption => 'Go',
            url => 'https://a.example/b'} } 1, 2] }],
    ['manychat-instagram', '1001 bytes', sub {
        $text->($_[0])->{text} = "\x{E44}" x 334 }],
    ['manychat-instagram', 'a button that calls', sub {
        $text->($_[0])->{buttons} = [{type => 'dynamic_block_callback',
            caption => 'Go', url => 'https://a.example/b',
            method => 'post'}] }],

    ['chatfuel', 'a number', sub {
        $_[0]{set_attributes}{loyalty_points} = 5 }],
    ['chatfuel', 'a list', sub {
        $_[0]{set_attributes}{loyalty_badges} = [] }],
    ['chatfuel', 'a name of somebody else', sub {
        $_[0]{set_attributes}{points} = '5' }],
    ['chatfuel', 'a long text with buttons', sub {
        $_[0]{messages}[1]{attachment}{payload}{text} = 'x' x 641 }],
    ['chatfuel', 'a button of ManyChat', sub {
        $_[0]{messages}[1]{attachment}{payload}{buttons}[0]{type} = 'url' }],

    ['dialogflow-es', 'a context of no session', sub {
        $_[0]{outputContexts}[0]{name} = 'loyalty' }],
    ['dialogflow-es', 'an empty text', sub {
        $_[0]{fulfillmentText} = '' }],
    ['dialogflow-es', 'a text that is no list', sub {
        $_[0]{fulfillmentMessages}[0]{text}{text} = 'Hello' }],
    ['dialogflow-cx', 'a fact that is no fact', sub {
        $_[0]{session_info}{parameters}{loyalty_rewards} = [] }],
    ['dialogflow-cx', 'no result', sub {
        delete $_[0]{session_info}{parameters}{loyalty_result} }],
);

###############################################################################

for my $format (sort keys %good) {
    is(join("\n", Loyalty::ChatFormat::wrongs($format,
                  $JSON->encode($good{$format}))), '', "$format: a good one");
    isnt(join("\n", Loyalty::ChatFormat::wrongs($format, '{')), '',
         "$format: no JSON");
}

for (@wrong) {
    my ($format, $what, $change) = @$_;
    my $answer = $JSON->decode($JSON->encode($good{$format}));

    $change->($answer);

    isnt(join("\n", Loyalty::ChatFormat::wrongs($format,
                    $JSON->encode($answer))), '', "$format: $what");
}

done_testing();

###############################################################################
