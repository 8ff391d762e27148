package Loyalty::ChatFormat;

# (C) ngx_loyalty contributors

# What chat platforms take as an answer, written from what they publish:
#
#     ManyChat    manychat.github.io/dynamic_block_docs, for Messenger, and its
#                 page "channels" for Instagram, WhatsApp and Telegram
#     Chatfuel    docs.chatfuel.com, "JSON API"
#     Dialogflow  the WebhookResponse of ES (v2) and CX (v3)
#
# wrongs() says what is wrong with an answer, said() what it says, and
# is_chat() is a test of both.  Nothing is known here of how answers are made.

###############################################################################

use warnings;
use strict;

use B ();
use Exporter 'import';
use JSON::PP ();
use Test::More;

our @EXPORT = qw(is_chat);

# Of each channel of ManyChat: its "type", how long texts may be (characters
# as JavaScript counts them, or bytes), alone and with buttons, and which
# messages and buttons it has.  WhatsApp's own limit is one URL a message.

my %MANYCHAT = (
    'manychat' => {
        text => 2000, with_buttons => 640, quick_replies => 1,
        messages => 'text image video audio file cards',
        buttons => 'url call node flow buy dynamic_block_callback' },
    'manychat-instagram' => {
        type => 'instagram', bytes => 1000, with_buttons => 640,
        quick_replies => 1,
        messages => 'text image cards', buttons => 'url node flow buy' },
    'manychat-whatsapp' => {
        type => 'whatsapp', text => 4096, with_buttons => 1024,
        url_buttons => 1,
        messages => 'text', buttons => 'url node flow' },
    'manychat-telegram' => {
        type => 'telegram', text => 4096,
        messages => 'text image video audio file',
        buttons => 'url node flow buy' },
);

use constant {
    MESSAGES => 10, QUICK_REPLIES => 11, ACTIONS => 5,
    BUTTONS => 3, CAPTION => 20,
};

# The types of the fields that docs/chat.md has people make in ManyChat.

my %FIELDS = (
    loyalty_result => 'text', loyalty_points => 'number',
    loyalty_tier => 'text', loyalty_coupon => 'text',
);

my %CHECKS = (
    (map { my $name = $_; $name => sub { manychat($name, @_) } }
         keys %MANYCHAT),
    'chatfuel' => \&chatfuel,
    'dialogflow-es' => \&dialogflow_es,
    'dialogflow-cx' => \&dialogflow_cx,
);

###############################################################################

sub formats {
    return sort keys %CHECKS;
}

# What is wrong with the bytes of an answer: nothing, if all is well.

sub wrongs {
    my ($format, $bytes) = @_;

    my $answer = eval { JSON::PP->new->utf8->decode($bytes) };

    return 'is no JSON object' if ref $answer ne 'HASH';

    our @wrong = ();

    $CHECKS{$format}->($answer);

    return @wrong;
}

sub wrong {
    our @wrong;

    push @wrong, join '', @_;
}

# The texts for the shopper in one, and the facts by their names.

sub said {
    my ($format, $bytes) = @_;

    my $answer = JSON::PP->new->utf8->decode($bytes);

    return said_by_manychat($answer->{content}) if $format =~ /^manychat/;

    return (join(' ', map { exists $_->{text} ? $_->{text}
                            : $_->{attachment}{payload}{text} }
                          @{$answer->{messages}}),
            $answer->{set_attributes}) if $format eq 'chatfuel';

    return ($answer->{fulfillmentText},
            ($answer->{outputContexts} || [{}])->[0]{parameters} || {})
        if $format eq 'dialogflow-es';

    return ($answer->{fulfillment_response}{messages}[0]{text}{text}[0],
            $answer->{session_info}{parameters});
}

sub said_by_manychat {
    my ($content) = @_;

    my %facts;

    for my $action (@{$content->{actions} || []}) {
        my ($what, $name) = @{$action}{qw(action field_name)};

        $facts{$name} = $action->{value} if $what eq 'set_field_value';
        $facts{$name} = '' if $what eq 'unset_field_value';
        $facts{"tag $action->{tag_name}"} = 1 if $what eq 'add_tag';
    }

    return (join(' ', map { $_->{text} } @{$content->{messages}}), \%facts);
}

###############################################################################

# One answer over HTTP: its status, its type, its form, and what it says.
# Facts are those to look for, "text" among them is a pattern.

sub is_chat {
    my ($r, $format, $status, $result, @rest) = @_;

    my $name = pop @rest;
    my %want = %{shift @rest || {}};
    my $pattern = delete $want{text} || qr/\w/;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    # ES has no place for facts unless the request names its session

    $want{loyalty_result} = $result if defined $result;

    my @wrong = $r ? wrongs($format, $r->body) : 'no answer';
    my ($text, $facts) = @wrong ? ('', {}) : said($format, $r->body);

    push @wrong, 'status ' . $r->status . " instead of $status"
        if $r && $r->status != $status;
    push @wrong, 'type ' . $r->type
        if $r && $r->type ne 'application/json';

    for my $fact (sort keys %want) {
        my $got = $facts->{$fact};

        push @wrong, "$fact is " . (defined $got ? "\"$got\"" : 'missing')
            if !defined $got || $got ne $want{$fact};
    }

    push @wrong, "the text \"$text\" is not like $pattern"
        if $text !~ $pattern;

    my $ok = is(join("\n", @wrong), '', $name);

    diag($r->text) if !$ok && $r;
    return $ok;
}

###############################################################################

# Parts that several have.  Each complains by itself.

sub members {
    my ($where, $object, $must, $may) = @_;

    if (ref $object ne 'HASH') {
        wrong("$where is no object");
        return 0;
    }

    my %known = map { $_ => 1 } split ' ', "$must $may";
    my @missing = grep { !exists $object->{$_} } split ' ', $must;
    my @unknown = grep { !$known{$_} } sort keys %$object;

    wrong("$where lacks @missing") if @missing;
    wrong("$where has @unknown") if @unknown;

    return !@missing;
}

sub list {
    my ($where, $list, $min, $max) = @_;

    if (ref $list ne 'ARRAY') {
        wrong("$where is no list");
        return ();
    }

    wrong("$where has ", scalar @$list, ' entries')
        if @$list < $min || @$list > $max;

    return @$list;
}

sub is_number {
    my ($value) = @_;

    return 0 if !defined $value || ref $value;

    my $flags = B::svref_2object(\$value)->FLAGS;

    return $flags & (B::SVp_IOK | B::SVp_NOK) && !($flags & B::SVp_POK);
}

sub is_text {
    my ($value) = @_;

    return defined $value && !ref $value && !is_number($value);
}

# Characters beyond the Basic Multilingual Plane count twice.

sub units {
    my ($text) = @_;

    return length($text) + ($text =~ tr/\x{10000}-\x{10FFFF}//);
}

sub bytes {
    my ($text) = @_;

    utf8::encode($text);
    return length $text;
}

sub text {
    my ($where, $text, $max) = @_;

    if (!is_text($text)) {
        wrong("$where is no text");
        return 0;
    }

    wrong("$where is empty") if $text !~ /\S/;
    wrong("$where has blanks around it") if $text =~ /^\s|\s$/;
    wrong("$where has ", units($text), " of $max characters")
        if $max && units($text) > $max;
    wrong("$where has a brace, as if a variable were left: $text")
        if $text =~ /\{\w[\w.]*\}/;

    return 1;
}

sub url {
    my ($where, $url) = @_;

    wrong("$where is no address: ", defined $url ? $url : 'nothing')
        if !is_text($url) || $url !~ m{^https?://[^\s/]+/\S*$};
}

# Facts: their names, and that they are flat.

sub facts {
    my ($where, $facts, $texts) = @_;

    return if !members($where, $facts, 'loyalty_result',
                       join ' ', ref $facts eq 'HASH' ? keys %$facts : ());

    for my $name (sort keys %$facts) {
        my $value = $facts->{$name};

        wrong("$where has the name $name") if $name !~ /^loyalty_[a-z_]+$/;
        wrong("$where has $name, which is not flat")
            if !is_text($value) && (!is_number($value) || $texts);
    }

    wrong("$where has no code as its result")
        if $facts->{loyalty_result} !~ /^[a-z_]+$/;
}

###############################################################################

# ManyChat: Dynamic Block v2.

sub manychat {
    my ($format, $answer) = @_;

    my $channel = $MANYCHAT{$format};
    my ($type, $content) = ($channel->{type}, $answer->{content});

    members('the block', $answer, 'version content', '') or return;
    wrong('the version is not v2') if $answer->{version} ne 'v2';

    members('the content', $content,
            $type ? 'type messages' : 'messages',
            'actions' . ($channel->{quick_replies} ? ' quick_replies' : ''))
        or return;

    wrong("the type is not $type") if $type && $content->{type} ne $type;

    manychat_message($channel, $_)
        for list('messages', $content->{messages}, 1, MESSAGES);

    manychat_action($_)
        for list('actions', $content->{actions} || [], 0, ACTIONS);

    manychat_quick_reply($channel, $_)
        for list('quick_replies', $content->{quick_replies} || [], 0,
                 QUICK_REPLIES);

    my @fields = grep { defined } map { $_->{field_name} }
                                      @{$content->{actions} || []};

    wrong('loyalty_result is not told')
        if !grep { $_ eq 'loyalty_result' } @fields;
    wrong("a field is set twice: @fields")
        if keys %{{map { $_ => 1 } @fields}} != @fields;
}

# We send texts only.

sub manychat_message {
    my ($channel, $message) = @_;

    members('a message', $message, 'type text', 'buttons') or return;

    wrong('a message of a type that the channel lacks')
        if !grep { $_ eq $message->{type} } split ' ', $channel->{messages};

    text('a text', $message->{text}, $channel->{text}) or return;

    wrong('a text of ', bytes($message->{text}), ' bytes')
        if $channel->{bytes} && bytes($message->{text}) > $channel->{bytes};

    if (exists $message->{buttons}) {
        manychat_button($channel, $_)
            for list('buttons', $message->{buttons}, 1,
                     $channel->{url_buttons} || BUTTONS);

        text('a text with buttons', $message->{text},
             $channel->{with_buttons});
    }
}

sub manychat_button {
    my ($channel, $button) = @_;

    my $type = ref $button eq 'HASH' ? $button->{type} : undef;

    if (!defined $type
        || !grep { $_ eq $type } split ' ', $channel->{buttons})
    {
        wrong('a button that the channel lacks: ', $type || 'none');
        return;
    }

    return manychat_callback('a button', $button)
        if $type eq 'dynamic_block_callback';

    # the others need what only the owner of the bot has

    return wrong("a button of type $type") if $type ne 'url';

    members('a button', $button, 'type caption url', 'webview_size')
        or return;

    text('a caption', $button->{caption}, CAPTION);
    url('the url of a button', $button->{url});
}

sub manychat_callback {
    my ($where, $callback) = @_;

    members($where, $callback, 'type caption url method',
            'headers payload') or return;

    text("the caption of $where", $callback->{caption}, CAPTION);

    wrong("$where does not call by HTTPS: $callback->{url}")
        if $callback->{url} !~ m{^https://[^\s/]+/\S*$};
    wrong("$where does not post") if $callback->{method} ne 'post';

    my $payload = $callback->{payload};

    wrong("the payload of $where is not flat")
        if ref $payload ne 'HASH' || grep { ref } values %$payload;
}

sub manychat_quick_reply {
    my ($channel, $reply) = @_;

    # Messenger alone has callbacks

    return wrong('a quick reply that the channel lacks')
        if ref $reply ne 'HASH' || $channel->{type}
           || $reply->{type} ne 'dynamic_block_callback';

    manychat_callback('a quick reply', $reply);
}

sub manychat_action {
    my ($action) = @_;

    my $what = ref $action eq 'HASH' ? $action->{action} || '' : '';

    if ($what eq 'add_tag' || $what eq 'remove_tag') {
        members($what, $action, 'action tag_name', '') or return;
        text('a tag', $action->{tag_name});

    } elsif ($what eq 'unset_field_value') {
        members($what, $action, 'action field_name', '') or return;
        wrong("the field $action->{field_name} is not in docs/chat.md")
            if !$FIELDS{$action->{field_name}};

    } elsif ($what eq 'set_field_value') {
        members($what, $action, 'action field_name value', '') or return;
        manychat_field(@{$action}{qw(field_name value)});

    } else {
        wrong("an action \"$what\"");
    }
}

sub manychat_field {
    my ($name, $value) = @_;

    my $type = $FIELDS{$name} || 'not in docs/chat.md';

    return text("the field $name", $value) if $type eq 'text';

    wrong("the field $name is $type")
        if $type ne 'number' || !is_number($value);
}

###############################################################################

# Chatfuel: JSON API.

sub chatfuel {
    my ($answer) = @_;

    members('the answer', $answer, 'messages set_attributes', '') or return;

    for my $message (list('messages', $answer->{messages}, 1, MESSAGES)) {
        if (exists $message->{text}) {
            members('a message', $message, 'text', '') or next;
            text('a text', $message->{text}, 2000);

        } else {
            chatfuel_template($message);
        }
    }

    facts('set_attributes', $answer->{set_attributes}, 1);
}

# "attachment": a text with buttons.

sub chatfuel_template {
    my ($message) = @_;

    members('a message', $message, 'attachment', '') or return;

    my $attachment = $message->{attachment};

    members('an attachment', $attachment, 'type payload', '') or return;
    wrong('an attachment that is no template')
        if $attachment->{type} ne 'template';

    my $payload = $attachment->{payload};

    members('a payload', $payload, 'template_type text buttons', '')
        or return;
    wrong('a template that is no "button"')
        if $payload->{template_type} ne 'button';
    text('the text of a template', $payload->{text}, 640);

    for my $button (list('buttons', $payload->{buttons}, 1, BUTTONS)) {
        members('a button', $button, 'type title url', '') or next;
        wrong('a button that is no "web_url"')
            if $button->{type} ne 'web_url';
        text('a title', $button->{title}, CAPTION);
        url('the url of a button', $button->{url});
    }
}

###############################################################################

# Dialogflow: messages, and where the facts go.

sub dialogflow_messages {
    my ($where, $messages) = @_;

    for my $message (list($where, $messages, 1, 30)) {
        members('a message', $message, 'text', '') or next;
        members('a text', $message->{text}, 'text', '') or next;

        text('a text', $_, 30000)
            for list('a text', $message->{text}{text}, 1, 1);
    }
}

sub dialogflow_es {
    my ($answer) = @_;

    members('the answer', $answer, 'fulfillmentText fulfillmentMessages',
            'outputContexts') or return;

    text('fulfillmentText', $answer->{fulfillmentText});
    dialogflow_messages('fulfillmentMessages',
                        $answer->{fulfillmentMessages});

    for my $context (list('outputContexts', $answer->{outputContexts} || [],
                          0, 1))
    {
        members('a context', $context, 'name lifespanCount parameters', '')
            or next;

        wrong("a context of the name $context->{name}")
            if $context->{name} !~ m{^projects/\S+/sessions/[^\s/]+
                                     /contexts/[a-z][a-z0-9_-]*$}x;
        wrong('a lifespan that is no number')
            if !is_number($context->{lifespanCount});

        facts('the parameters', $context->{parameters});
    }
}

sub dialogflow_cx {
    my ($answer) = @_;

    members('the answer', $answer, 'fulfillment_response session_info', '')
        or return;

    if (members('fulfillment_response', $answer->{fulfillment_response},
                'messages', ''))
    {
        dialogflow_messages('messages',
                            $answer->{fulfillment_response}{messages});
    }

    if (members('session_info', $answer->{session_info}, 'parameters', '')) {
        facts('the parameters', $answer->{session_info}{parameters});
    }
}

###############################################################################

1;

###############################################################################
