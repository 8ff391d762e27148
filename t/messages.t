#!/usr/bin/perl

# (C) ngx_loyalty contributors

# Tests for what shoppers are told: in which language, and in whose words.

###############################################################################

use warnings;
use strict;
use utf8;

use Test::More;

use FindBin;
use lib "$FindBin::Bin/lib";

use Loyalty::Store;
use Loyalty::Test;

###############################################################################

my $t = Loyalty::Test->new;

my $conf = <<'END';
%%TEST_GLOBALS%%

events { }

http {
    %%TEST_GLOBALS_HTTP%%

    loyalty_program shop {
        database      sqlite:%%TESTDIR%%/db/shop.db;
        currency      USD;
        earn          1 per 1.00;
        signup_bonus  50;
        action        review 10 "Your review" limit=1/ever;
        reward        hanky 200 "Handkerchief";
        reward        pin 20 "Pin" per_member=1;
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    loyalty_program stars {
        database      sqlite:%%TESTDIR%%/db/stars.db;
        currency      TRY;
        locale        tr;
        earn          1 per 1.00;
        message       points "{number} yıldız";
        message       signed_up "Aramıza hoş geldiniz! Kodunuz: {referral}.";
        message       balance "{{{points}}}" locale=en;
        message       not_a_member "Önce üye olun.";
        api_key       chatbot value:%%KEY%%;
        %%LOOKUP%%
    }

    server {
        listen %%LISTEN_0%%;

        %%LOCATIONS%%
        %%STORE%%

        location = /loyalty/history { loyalty_history shop; }
        location = /loyalty/cancel  { loyalty_cancel shop; }
        location = /loyalty/action  { loyalty_action shop; }
        location = /loyalty/coupon  { loyalty_coupon shop; }
        location = /loyalty/leaderboard { loyalty_leaderboard shop; }

        location = /stars/signup    { loyalty_signup stars; }
        location = /stars/balance   { loyalty_balance stars; }
    }
}
END

utf8::encode($conf);

$t->conf($conf)->run;

my $store = Loyalty::Store->new($t, $t->port(1));
$store->order(1, email => 'ada@example.com', total => '60.99');
$store->order(2, email => 'ada@example.com', total => '9.00',
              status => 'pending');
$store->start;

my $ada = 'ada@example.com';
my $bob = 'bob@example.com';

binmode(Test::More->builder->$_, ':utf8') for qw(output failure_output);

sub says {
    my ($r, $message, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->json->{message}, $message, $name || $message);
}

sub ask {
    my ($location, %params) = @_;

    return $t->post("/loyalty/$location", {email => $ada, %params});
}

###############################################################################

# what was said at the sign-up holds until a request says something else

says(ask('signup', locale => 'tr-TR'),
    'Hoş geldiniz! Bakiyeniz: 50 puan. Sıradaki ödülünüze (Handkerchief) '
    . '150 puan kaldı.', 'a sign-up in Turkish');

my $turkish = 'Bakiyeniz: 50 puan. Sıradaki ödülünüze (Handkerchief) 150 puan '
              . 'kaldı.';
my $english = 'You have 50 points. Your next reward, Handkerchief, is 150 '
              . 'points away.';
my $thai = 'คุณมี 50 คะแนน สะสมอีก 150 คะแนน ก็แลก Handkerchief ได้แล้ว';

says(ask('balance'), $turkish, 'a balance, later');
says(ask('balance', locale => $_), $english, "and in $_")
    for qw(en en-GB EN);
says(ask('balance', locale => $_), $thai, "and in $_") for qw(th th_TH);
says(ask('balance', locale => $_), $turkish, "which \"$_\" does not change")
    for 'de', '', 'turkish';
says($t->get('/loyalty/balance?email=ada%40example.com&locale=th'), $thai,
    'as a query string');
says(ask('balance'), $turkish, 'a wish holds for one answer');

says(ask('signup', locale => 'th'), "ยินดีต้อนรับกลับมา! $thai",
    'a second sign-up is answered in the language that it wants');
says(ask('balance'), $turkish, 'and changes nothing');

says($t->signup($bob), "Welcome! $english", 'somebody without a wish');
says($t->post('/loyalty/balance', {email => $bob}), $english,
    'has the language of the program');

# every location

my %thai = (
    claim       => [{order => 1}, 'ขอบคุณที่อุดหนุน! คุณได้รับ 60 คะแนน จากคำสั่งซื้อ 1'],
    history     => [{}, 'คุณมี 110 คะแนน สะสมอีก 90 คะแนน ก็แลก Handkerchief '
                        . 'ได้แล้ว'],
    action      => [{action => 'review', ref => 1},
                    'ขอบคุณ! คุณได้รับ 10 คะแนน จาก Your review'],
    leaderboard => [{}, 'คุณอยู่ในอันดับที่ 1'],
);

for (qw(claim history action leaderboard)) {
    my ($params, $message) = @{$thai{$_}};

    says(ask($_, %$params, locale => 'th'), $message, "$_ in Thai");
}

my $r = ask('redeem', reward => 'pin', locale => 'th');
my $code = $r->field('coupon');

says($r, "แลกของรางวัลสำเร็จ! รหัสคูปองสำหรับ Pin คือ $code คุณมี 100 คะแนน",
    'redeem in Thai');
says($t->get("/loyalty/coupon?coupon=$code&locale=th"), 'คูปองนี้ใช้ได้',
    'coupon in Thai');
like(ask('cancel', coupon => $code, locale => 'th')->field('message'),
    qr/^ยกเลิกคูปอง $code และคืนคะแนนให้คุณเรียบร้อยแล้ว คุณมี 120 คะแนน /,
    'cancel in Thai');

# faults: the developer reads English, the shopper what he understands

$r = ask('redeem', reward => 'hanky');

is_fault($r, 409, 'not_enough_points', 'too few points');
is($r->field('title'), 'Not enough points', 'the title is English');
like($r->field('detail'), qr/^The reward "hanky" costs 200 points: /,
    'so is the detail');
says($r, 'Handkerchief için 200 puan gerekiyor, bakiyeniz 120 puan: 80 puan '
    . 'kaldı!', 'the message is not');

says(ask('claim', order => 2), '2 numaralı siparişinizin ödemesi henüz '
    . 'tamamlanmamış. Ödeme tamamlanınca lütfen tekrar deneyin.',
    'what the store says');
says(ask('claim', order => 9), '9 numaralı siparişi bu e-posta adresiyle '
    . 'bulamadık. Lütfen numarayı kontrol edin ve sipariş verirken '
    . 'kullandığınız adresi yazın.', 'and what it does not');
says(ask('claim', order => 'a b', locale => 'th'),
    'หมายเลขคำสั่งซื้อนี้ดูเหมือนจะไม่ถูกต้อง โปรดตรวจสอบแล้วลองอีกครั้ง',
    'before the member is looked up, a request may say so');
says(ask('claim', order => 'a b'), 'That does not look like an order number. '
    . 'Please check it and try again.', 'or else it is the program\'s');
says($t->post('/loyalty/balance', {email => 'eve@example.com',
                                   locale => 'tr'}),
    'Bu e-posta adresiyle henüz üye olunmamış. Lütfen önce üye olun.',
    'who is no member');
says($t->post('/loyalty/balance', '{"locale":"tr"', type => 'application/json'),
    'Sorry, we did not understand that. Please try again.',
    'what nobody could read');

is_fault(ask('balance', locale => 'l' x 36), 400, 'bad_request',
    'a wish that is too long');

# an answer that was kept stays as it is

my @key = (headers => ['Idempotency-Key' => 'k-1']);

$r = $t->post('/loyalty/balance', {email => $ada}, @key);

is($t->post('/loyalty/balance', {email => $ada}, @key)->body, $r->body,
    'a replay is in the same language');
is($t->post('/loyalty/balance', {email => $ada, locale => 'en'}, @key)->body,
    $r->body, 'whichever is asked for by then');

# a program in other words

$r = $t->post('/stars/signup', {email => $ada});

says($r, 'Aramıza hoş geldiniz! Kodunuz: ' . $r->field('referral')
    . '. Bakiyeniz: 0 yıldız.', 'its own texts, in its language');
says($t->post('/stars/balance', {email => $ada, locale => 'en'}),
    '{0 points}', 'of another language it has one');
says($t->post('/stars/balance', {email => $ada, locale => 'th'}),
    'คุณมี 0 คะแนน', 'and of the third none');
says($t->post('/stars/balance', {email => $bob}), 'Önce üye olun.',
    'a fault of its own');
says($t->post('/loyalty/balance', {email => $bob}), $english,
    'the other program has nothing of it');

###############################################################################

$t->done;

###############################################################################
