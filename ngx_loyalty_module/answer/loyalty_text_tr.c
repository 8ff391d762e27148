
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_text.h>


/*
 * In Turkish no ending is put to a variable: vowel harmony would want another
 * one for each value.  Members are addressed as "siz".
 */

const char *const  loyalty_text_tr[LOYALTY_TEXTS] = {

    [LOYALTY_TEXT_SIGNED_UP] =
        "Hoş geldiniz!",

    [LOYALTY_TEXT_ALREADY_MEMBER] =
        "Tekrar hoş geldiniz!",

    [LOYALTY_TEXT_CLAIMED] =
        "Teşekkürler! {order} numaralı siparişiniz size {earned} kazandırdı.",

    [LOYALTY_TEXT_CLAIMED_NOTHING] =
        "Teşekkürler! {order} numaralı siparişiniz kaydedildi, ancak puan "
        "kazandırmadı.",

    [LOYALTY_TEXT_CLAIMED_TOO_LOW] =
        "Teşekkürler! {order} numaralı siparişiniz kaydedildi, ancak tutarı "
        "puan kazandırmaya yetmedi.",

    [LOYALTY_TEXT_CLAIMED_LIMIT] =
        "Teşekkürler! {order} numaralı siparişiniz kaydedildi, ancak puan "
        "kazandırmadı: bu dönemde puan kazandıran sipariş sınırına "
        "ulaştınız.",

    [LOYALTY_TEXT_CLAIMED_TOO_LOW_OR_LIMIT] =
        "Teşekkürler! {order} numaralı siparişiniz kaydedildi, ancak puan "
        "kazandırmadı: ya tutarı yetmedi ya da bu dönemde puan kazandıran "
        "sipariş sınırına ulaştınız.",

    [LOYALTY_TEXT_CLAIMED_REFUNDED] =
        "Teşekkürler! {order} numaralı siparişiniz kaydedildi, ancak "
        "iadeler düşüldükten sonraki tutarı puan kazandırmaya yetmedi.",

    [LOYALTY_TEXT_CLAIMED_REFUNDED_OR_LIMIT] =
        "Teşekkürler! {order} numaralı siparişiniz kaydedildi, ancak puan "
        "kazandırmadı: ya iadeler düşüldükten sonraki tutarı yetmedi ya da "
        "bu dönemde puan kazandıran sipariş sınırına ulaştınız.",

    [LOYALTY_TEXT_ALREADY_CLAIMED] =
        "{order} numaralı siparişinizin puanlarını daha önce aldınız.",

    [LOYALTY_TEXT_CLAIM_PENDING] =
        "Mağaza şu anda yanıt vermiyor, ancak {order} numaralı siparişinizi "
        "kaydettik: mağaza onaylar onaylamaz puanlarınız kendiliğinden "
        "hesabınıza eklenecek.",

    [LOYALTY_TEXT_REWARDED] =
        "Teşekkürler! {action} size {earned} kazandırdı.",

    [LOYALTY_TEXT_REWARDED_UNNAMED] =
        "Teşekkürler! Bununla {earned} kazandınız.",

    [LOYALTY_TEXT_ALREADY_REWARDED] =
        "Bunun için daha önce puan aldınız.",

    [LOYALTY_TEXT_NEW_BADGE] =
        "Yeni bir rozet kazandınız: {badge}.",

    [LOYALTY_TEXT_REDEEMED] =
        "Ödülünüzün keyfini çıkarın! {reward} için kupon kodunuz: {coupon}.",

    [LOYALTY_TEXT_REDEEMED_MANUAL] =
        "Ödülünüzün keyfini çıkarın! {reward} teslim edilirken sizden şu "
        "kod istenecek: {coupon}.",

    [LOYALTY_TEXT_REDEEMED_UNNAMED] =
        "Ödülünüzün keyfini çıkarın! Kupon kodunuz: {coupon}.",

    [LOYALTY_TEXT_REDEMPTION_PENDING] =
        "Kuponunuz hazırlanıyor; birkaç dakika içinde burada görebilirsiniz.",

    [LOYALTY_TEXT_CANCELLED] =
        "{coupon} kodlu kuponunuz iptal edildi, puanlarınız hesabınıza geri "
        "yüklendi.",

    [LOYALTY_TEXT_ALREADY_CANCELLED] =
        "{coupon} kodlu kuponunuz daha önce iptal edilmişti.",

    [LOYALTY_TEXT_NOTED] =
        "Kaydedildi.",

    [LOYALTY_TEXT_BALANCE] =
        "Bakiyeniz: {points}.",

    [LOYALTY_TEXT_BALANCE_PENDING] =
        "Bakiyeniz: {points}; {pending} daha yolda.",

    [LOYALTY_TEXT_NEXT_REWARD] =
        "Sıradaki ödülünüze ({reward}) {missing} kaldı.",

    [LOYALTY_TEXT_ANY_REWARD] =
        "Bu puanla dilediğiniz ödülü alabilirsiniz.",

    [LOYALTY_TEXT_NEXT_TIER] =
        "{tier} seviyesine {missing} kaldı.",

    [LOYALTY_TEXT_COUPON_GOOD] =
        "Kupon geçerli.",

    [LOYALTY_TEXT_COUPON_USED] =
        "Kupon kullanıldı.",

    [LOYALTY_TEXT_COUPON_USED_FOR] =
        "Kupon {order} numaralı sipariş için kullanıldı.",

    [LOYALTY_TEXT_RANK] =
        "Sıralamadaki yeriniz: {rank}.",

    [LOYALTY_TEXT_LEADERS] =
        "İşte en iyiler.",

    [LOYALTY_TEXT_NO_LEADERS] =
        "Liderlik tablosunda henüz kimse yok.",

    [LOYALTY_TEXT_BUTTON_CLAIM] =
        "Başka sipariş ekle",

    [LOYALTY_TEXT_BUTTON_REWARDS] =
        "Ödülleri gör",

    [LOYALTY_TEXT_BUTTON_REDEEM] =
        "Ödülü al",

    [LOYALTY_TEXT_POINT] =
        "{number} puan",

    [LOYALTY_TEXT_POINTS] =
        "{number} puan",

    [loyalty_text_of_fault(LOYALTY_BAD_REQUEST)] =
        "Üzgünüz, bunu anlayamadık. Lütfen tekrar deneyin.",

    [loyalty_text_of_fault(LOYALTY_BAD_EMAIL)] =
        "Bu bir e-posta adresine benzemiyor. Lütfen kontrol edip tekrar "
        "deneyin.",

    [loyalty_text_of_fault(LOYALTY_BAD_ORDER)] =
        "Bu bir sipariş numarasına benzemiyor. Lütfen kontrol edip tekrar "
        "deneyin.",

    [loyalty_text_of_fault(LOYALTY_BAD_REWARD)] =
        "Lütfen ödüllerden birini seçin.",

    [loyalty_text_of_fault(LOYALTY_BAD_ACTION)] =
        "Üzgünüz, bunun ne için olduğunu anlayamadık. Lütfen tekrar deneyin.",

    [loyalty_text_of_fault(LOYALTY_BAD_COUPON)] =
        "Bu bir kupon koduna benzemiyor. Lütfen kontrol edip tekrar deneyin.",

    [loyalty_text_of_fault(LOYALTY_BAD_SIGNATURE)] =
        "Üzgünüz, bu şu anda çalışmıyor. Lütfen mağazaya bildirin.",

    [loyalty_text_of_fault(LOYALTY_UNAUTHORIZED)] =
        "Üzgünüz, bu şu anda çalışmıyor. Lütfen mağazaya bildirin.",

    [loyalty_text_of_fault(LOYALTY_FORBIDDEN)] =
        "Üzgünüz, bu şu anda çalışmıyor. Lütfen mağazaya bildirin.",

    [loyalty_text_of_fault(LOYALTY_BAD_LINK)] =
        "Bu bağlantı çalışmıyor. Lütfen size gönderilen bağlantıyı "
        "yeniden açın ya da mağazadan yenisini isteyin.",

    [loyalty_text_of_fault(LOYALTY_LINK_EXPIRED)] =
        "Bu bağlantının süresi dolmuş. Lütfen mağazadan yenisini isteyin.",

    [loyalty_text_of_fault(LOYALTY_NOT_A_MEMBER)] =
        "Bu e-posta adresiyle henüz üye olunmamış. Lütfen önce üye olun.",

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_FOUND)] =
        "{order} numaralı siparişi bu e-posta adresiyle bulamadık. Lütfen "
        "numarayı kontrol edin ve sipariş verirken kullandığınız adresi "
        "yazın.",

    [loyalty_text_of_fault(LOYALTY_REWARD_NOT_FOUND)] =
        "Bu ödülü bulamadık. Lütfen başka bir ödül seçin.",

    [loyalty_text_of_fault(LOYALTY_ACTION_NOT_FOUND)] =
        "Üzgünüz, bunun için puan verilmiyor.",

    [loyalty_text_of_fault(LOYALTY_COUPON_NOT_FOUND)] =
        "Bu kuponu bulamadık. Lütfen kodu kontrol edin.",

    [loyalty_text_of_fault(LOYALTY_METHOD_NOT_ALLOWED)] =
        "Üzgünüz, bu şu anda çalışmıyor. Lütfen mağazaya bildirin.",

    [loyalty_text_of_fault(LOYALTY_TOO_LARGE)] =
        "Üzgünüz, bu şu anda çalışmıyor. Lütfen mağazaya bildirin.",

    [loyalty_text_of_fault(LOYALTY_UNSUPPORTED_MEDIA_TYPE)] =
        "Üzgünüz, bu şu anda çalışmıyor. Lütfen mağazaya bildirin.",

    [loyalty_text_of_fault(LOYALTY_NOT_ENOUGH_POINTS)] =
        "{reward} için {cost} gerekiyor, bakiyeniz {points}: {missing} "
        "kaldı!",

    [loyalty_text_of_fault(LOYALTY_OUT_OF_STOCK)] =
        "Üzgünüz, {reward} tükendi. Puanlarınız harcanmadı; lütfen başka "
        "bir ödül seçin.",

    [loyalty_text_of_fault(LOYALTY_REWARD_LIMIT)] =
        "{reward} ödülünü alabileceğiniz kadar aldınız. Puanlarınız "
        "harcanmadı; lütfen başka bir ödül seçin.",

    [loyalty_text_of_fault(LOYALTY_REWARD_NOT_OFFERED)] =
        "Üzgünüz, {reward} şu anda alabileceğiniz ödüller arasında değil. "
        "Puanlarınız harcanmadı; lütfen başka bir ödül seçin.",

    [loyalty_text_of_fault(LOYALTY_ACTION_LIMIT)] =
        "Şimdilik bunun için alabileceğiniz tüm puanları aldınız. Daha "
        "sonra yine bekleriz!",

    [loyalty_text_of_fault(LOYALTY_ACTION_ALREADY_REWARDED)] =
        "Bunun için daha önce başka bir üye puan almış.",

    [loyalty_text_of_fault(LOYALTY_COUPON_USED)] =
        "Bu kupon daha önce kullanılmış.",

    [loyalty_text_of_fault(LOYALTY_COUPON_EXPIRED)] =
        "Üzgünüz, bu kuponun süresi dolmuş.",

    [loyalty_text_of_fault(LOYALTY_COUPON_CANCELLED)] =
        "Bu kupon iptal edilmiş ve puanları geri yüklenmiş.",

    [loyalty_text_of_fault(LOYALTY_COUPON_REFUSED)] =
        "Üzgünüz, mağaza bu kuponu oluşturamadı. Puanlarınız geri yüklendi; "
        "lütfen başka bir ödül seçin ya da mağazaya danışın.",

    [loyalty_text_of_fault(LOYALTY_COUPON_NOT_OURS)] =
        "Bu kuponu yalnızca mağaza iptal edebilir. Lütfen mağazaya danışın.",

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_PAID)] =
        "{order} numaralı siparişinizin ödemesi henüz tamamlanmamış. Ödeme "
        "tamamlanınca lütfen tekrar deneyin.",

    [loyalty_text_of_fault(LOYALTY_ORDER_ALREADY_CLAIMED)] =
        "{order} numaralı siparişin puanlarını daha önce başka bir üye "
        "almış. Sipariş size aitse lütfen mağazaya danışın.",

    [loyalty_text_of_fault(LOYALTY_IDEMPOTENCY_KEY_REUSED)] =
        "Üzgünüz, bu şu anda çalışmıyor. Lütfen mağazaya bildirin.",

    [loyalty_text_of_fault(LOYALTY_WRONG_CURRENCY)] =
        "Üzgünüz, {order} numaralı siparişinizin para birimi burada puan "
        "kazandırmıyor.",

    [loyalty_text_of_fault(LOYALTY_STORE_BAD_ANSWER)] =
        "Üzgünüz, siparişinizi mağazadan doğrulayamadık. Lütfen mağazaya "
        "bildirin.",

    [loyalty_text_of_fault(LOYALTY_STORE_UNAVAILABLE)] =
        "Üzgünüz, şu anda mağazaya ulaşamıyoruz. Lütfen birkaç dakika sonra "
        "tekrar deneyin.",

    [loyalty_text_of_fault(LOYALTY_STORE_TIMEOUT)] =
        "Üzgünüz, mağazadan yanıt gelmesi çok uzun sürdü. Lütfen birkaç "
        "dakika sonra tekrar deneyin.",

    [loyalty_text_of_fault(LOYALTY_DATABASE_UNAVAILABLE)] =
        "Üzgünüz, şu anda puanlarınıza ulaşamıyoruz. Lütfen birkaç dakika "
        "sonra tekrar deneyin."
};
