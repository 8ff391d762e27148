
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_text.h>


/*
 * In Thai a space ends a sentence.  Polite without the particles that depend
 * on who speaks.
 */

const char *const  loyalty_text_th[LOYALTY_TEXTS] = {

    [LOYALTY_TEXT_SIGNED_UP] =
        "ยินดีต้อนรับ!",

    [LOYALTY_TEXT_ALREADY_MEMBER] =
        "ยินดีต้อนรับกลับมา!",

    [LOYALTY_TEXT_CLAIMED] =
        "ขอบคุณที่อุดหนุน! คุณได้รับ {earned} จากคำสั่งซื้อ {order}",

    [LOYALTY_TEXT_CLAIMED_NOTHING] =
        "ขอบคุณที่อุดหนุน! เราบันทึกคำสั่งซื้อ {order} แล้ว "
        "แต่คำสั่งซื้อนี้ไม่ได้รับคะแนน",

    [LOYALTY_TEXT_CLAIMED_TOO_LOW] =
        "ขอบคุณที่อุดหนุน! เราบันทึกคำสั่งซื้อ {order} แล้ว "
        "แต่คำสั่งซื้อนี้ไม่ได้รับคะแนนเพราะยอดซื้อไม่ถึงเกณฑ์",

    [LOYALTY_TEXT_CLAIMED_LIMIT] =
        "ขอบคุณที่อุดหนุน! เราบันทึกคำสั่งซื้อ {order} แล้ว "
        "แต่คำสั่งซื้อนี้ไม่ได้รับคะแนนเพราะช่วงนี้คุณสะสมคะแนนจากคำสั่งซื้อ"
        "ครบจำนวนแล้ว",

    [LOYALTY_TEXT_CLAIMED_TOO_LOW_OR_LIMIT] =
        "ขอบคุณที่อุดหนุน! เราบันทึกคำสั่งซื้อ {order} แล้ว "
        "แต่คำสั่งซื้อนี้ไม่ได้รับคะแนนเพราะยอดซื้อไม่ถึงเกณฑ์ "
        "หรือช่วงนี้คุณสะสมคะแนนจากคำสั่งซื้อครบจำนวนแล้ว",

    [LOYALTY_TEXT_CLAIMED_REFUNDED] =
        "ขอบคุณที่อุดหนุน! เราบันทึกคำสั่งซื้อ {order} แล้ว "
        "แต่คำสั่งซื้อนี้ไม่ได้รับคะแนนเพราะยอดซื้อหลังหักเงินคืนไม่ถึงเกณฑ์",

    [LOYALTY_TEXT_CLAIMED_REFUNDED_OR_LIMIT] =
        "ขอบคุณที่อุดหนุน! เราบันทึกคำสั่งซื้อ {order} แล้ว "
        "แต่คำสั่งซื้อนี้ไม่ได้รับคะแนนเพราะยอดซื้อหลังหักเงินคืนไม่ถึงเกณฑ์"
        " หรือช่วงนี้คุณสะสมคะแนนจากคำสั่งซื้อครบจำนวนแล้ว",

    [LOYALTY_TEXT_ALREADY_CLAIMED] =
        "คุณรับคะแนนของคำสั่งซื้อ {order} ไปแล้ว",

    [LOYALTY_TEXT_CLAIM_PENDING] =
        "ขณะนี้ทางร้านยังไม่ตอบกลับ แต่เราบันทึกคำสั่งซื้อ {order} ไว้แล้ว "
        "คุณจะได้รับคะแนนโดยอัตโนมัติทันทีที่ทางร้านยืนยัน",

    [LOYALTY_TEXT_REWARDED] =
        "ขอบคุณ! คุณได้รับ {earned} จาก {action}",

    [LOYALTY_TEXT_REWARDED_UNNAMED] =
        "ขอบคุณ! คุณได้รับ {earned}",

    [LOYALTY_TEXT_ALREADY_REWARDED] =
        "คุณได้รับคะแนนจากรายการนี้ไปแล้ว",

    [LOYALTY_TEXT_NEW_BADGE] =
        "คุณได้รับเหรียญตราใหม่: {badge}",

    [LOYALTY_TEXT_REDEEMED] =
        "แลกของรางวัลสำเร็จ! รหัสคูปองสำหรับ {reward} คือ {coupon}",

    [LOYALTY_TEXT_REDEEMED_MANUAL] =
        "แลกของรางวัลสำเร็จ! โปรดแจ้งรหัสนี้ตอนรับ {reward}: {coupon}",

    [LOYALTY_TEXT_REDEEMED_UNNAMED] =
        "แลกของรางวัลสำเร็จ! รหัสคูปองของคุณคือ {coupon}",

    [LOYALTY_TEXT_REDEMPTION_PENDING] =
        "เรากำลังออกคูปองให้คุณ โปรดกลับมาดูที่นี่ในอีกไม่กี่นาที",

    [LOYALTY_TEXT_CANCELLED] =
        "ยกเลิกคูปอง {coupon} และคืนคะแนนให้คุณเรียบร้อยแล้ว",

    [LOYALTY_TEXT_ALREADY_CANCELLED] =
        "คูปอง {coupon} ถูกยกเลิกไปก่อนหน้านี้แล้ว",

    [LOYALTY_TEXT_NOTED] =
        "บันทึกแล้ว",

    [LOYALTY_TEXT_BALANCE] =
        "คุณมี {points}",

    [LOYALTY_TEXT_BALANCE_PENDING] =
        "คุณมี {points} และกำลังจะได้รับอีก {pending}",

    [LOYALTY_TEXT_NEXT_REWARD] =
        "สะสมอีก {missing} ก็แลก {reward} ได้แล้ว",

    [LOYALTY_TEXT_ANY_REWARD] =
        "คะแนนของคุณพอแลกของรางวัลได้ทุกรายการ",

    [LOYALTY_TEXT_NEXT_TIER] =
        "สะสมอีก {missing} ก็เลื่อนเป็นระดับ {tier}",

    [LOYALTY_TEXT_COUPON_GOOD] =
        "คูปองนี้ใช้ได้",

    [LOYALTY_TEXT_COUPON_USED] =
        "ใช้คูปองแล้ว",

    [LOYALTY_TEXT_COUPON_USED_FOR] =
        "ใช้คูปองกับคำสั่งซื้อ {order} แล้ว",

    [LOYALTY_TEXT_RANK] =
        "คุณอยู่ในอันดับที่ {rank}",

    [LOYALTY_TEXT_LEADERS] =
        "นี่คือสมาชิกที่มีอันดับสูงสุด",

    [LOYALTY_TEXT_NO_LEADERS] =
        "ยังไม่มีใครอยู่ในตารางอันดับ",

    [LOYALTY_TEXT_BUTTON_CLAIM] =
        "แจ้งคำสั่งซื้ออื่น",

    [LOYALTY_TEXT_BUTTON_REWARDS] =
        "ดูของรางวัล",

    [LOYALTY_TEXT_BUTTON_REDEEM] =
        "แลกของรางวัล",

    [LOYALTY_TEXT_POINT] =
        "{number} คะแนน",

    [LOYALTY_TEXT_POINTS] =
        "{number} คะแนน",

    [loyalty_text_of_fault(LOYALTY_BAD_REQUEST)] =
        "ขออภัย เราไม่เข้าใจคำขอนี้ โปรดลองอีกครั้ง",

    [loyalty_text_of_fault(LOYALTY_BAD_EMAIL)] =
        "อีเมลนี้ดูเหมือนจะไม่ถูกต้อง โปรดตรวจสอบแล้วลองอีกครั้ง",

    [loyalty_text_of_fault(LOYALTY_BAD_ORDER)] =
        "หมายเลขคำสั่งซื้อนี้ดูเหมือนจะไม่ถูกต้อง โปรดตรวจสอบแล้วลองอีกครั้ง",

    [loyalty_text_of_fault(LOYALTY_BAD_REWARD)] =
        "โปรดเลือกของรางวัลจากรายการ",

    [loyalty_text_of_fault(LOYALTY_BAD_ACTION)] =
        "ขออภัย เราไม่ทราบว่านี่คือกิจกรรมใด โปรดลองอีกครั้ง",

    [loyalty_text_of_fault(LOYALTY_BAD_COUPON)] =
        "รหัสคูปองนี้ดูเหมือนจะไม่ถูกต้อง โปรดตรวจสอบแล้วลองอีกครั้ง",

    [loyalty_text_of_fault(LOYALTY_BAD_SIGNATURE)] =
        "ขออภัย ขณะนี้ยังใช้งานส่วนนี้ไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_UNAUTHORIZED)] =
        "ขออภัย ขณะนี้ยังใช้งานส่วนนี้ไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_FORBIDDEN)] =
        "ขออภัย ขณะนี้ยังใช้งานส่วนนี้ไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_BAD_LINK)] =
        "ลิงก์นี้ใช้งานไม่ได้ โปรดเปิดลิงก์ที่ได้รับอีกครั้ง "
        "หรือขอลิงก์ใหม่จากทางร้าน",

    [loyalty_text_of_fault(LOYALTY_LINK_EXPIRED)] =
        "ลิงก์นี้หมดอายุแล้ว โปรดขอลิงก์ใหม่จากทางร้าน",

    [loyalty_text_of_fault(LOYALTY_NOT_A_MEMBER)] =
        "ยังไม่มีสมาชิกที่ใช้อีเมลนี้ โปรดสมัครสมาชิกก่อน",

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_FOUND)] =
        "เราไม่พบคำสั่งซื้อ {order} ที่ใช้อีเมลนี้ โปรดตรวจสอบหมายเลข "
        "และใช้อีเมลเดียวกับตอนสั่งซื้อ",

    [loyalty_text_of_fault(LOYALTY_REWARD_NOT_FOUND)] =
        "เราไม่พบของรางวัลนี้ โปรดเลือกรายการอื่น",

    [loyalty_text_of_fault(LOYALTY_ACTION_NOT_FOUND)] =
        "ขออภัย กิจกรรมนี้ไม่มีคะแนนให้สะสม",

    [loyalty_text_of_fault(LOYALTY_COUPON_NOT_FOUND)] =
        "เราไม่พบคูปองนี้ โปรดตรวจสอบรหัส",

    [loyalty_text_of_fault(LOYALTY_METHOD_NOT_ALLOWED)] =
        "ขออภัย ขณะนี้ยังใช้งานส่วนนี้ไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_TOO_LARGE)] =
        "ขออภัย ขณะนี้ยังใช้งานส่วนนี้ไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_UNSUPPORTED_MEDIA_TYPE)] =
        "ขออภัย ขณะนี้ยังใช้งานส่วนนี้ไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_NOT_ENOUGH_POINTS)] =
        "{reward} ใช้ {cost} ตอนนี้คุณมี {points} สะสมอีก {missing} "
        "ก็แลกได้แล้ว",

    [loyalty_text_of_fault(LOYALTY_OUT_OF_STOCK)] =
        "ขออภัย {reward} หมดแล้ว คะแนนของคุณยังอยู่ครบ "
        "โปรดเลือกของรางวัลอื่น",

    [loyalty_text_of_fault(LOYALTY_REWARD_LIMIT)] =
        "คุณแลก {reward} ครบจำนวนที่กำหนดแล้ว คะแนนของคุณยังอยู่ครบ "
        "โปรดเลือกของรางวัลอื่น",

    [loyalty_text_of_fault(LOYALTY_REWARD_NOT_OFFERED)] =
        "ขออภัย ขณะนี้คุณยังแลก {reward} ไม่ได้ คะแนนของคุณยังอยู่ครบ "
        "โปรดเลือกของรางวัลอื่น",

    [loyalty_text_of_fault(LOYALTY_ACTION_LIMIT)] =
        "ช่วงนี้คุณได้รับคะแนนจากกิจกรรมนี้ครบแล้ว ไว้กลับมาสะสมใหม่ภายหลัง!",

    [loyalty_text_of_fault(LOYALTY_ACTION_ALREADY_REWARDED)] =
        "สมาชิกท่านอื่นได้รับคะแนนจากรายการนี้ไปแล้ว",

    [loyalty_text_of_fault(LOYALTY_COUPON_USED)] =
        "คูปองนี้ใช้ไปแล้ว",

    [loyalty_text_of_fault(LOYALTY_COUPON_EXPIRED)] =
        "ขออภัย คูปองนี้หมดอายุแล้ว",

    [loyalty_text_of_fault(LOYALTY_COUPON_CANCELLED)] =
        "คูปองนี้ถูกยกเลิกและคืนคะแนนไปแล้ว",

    [loyalty_text_of_fault(LOYALTY_COUPON_REFUSED)] =
        "ขออภัย ทางร้านออกคูปองนี้ไม่ได้ เราคืนคะแนนให้คุณแล้ว "
        "โปรดเลือกของรางวัลอื่นหรือติดต่อทางร้าน",

    [loyalty_text_of_fault(LOYALTY_COUPON_NOT_OURS)] =
        "คูปองนี้ต้องให้ทางร้านเป็นผู้ยกเลิก โปรดติดต่อทางร้าน",

    [loyalty_text_of_fault(LOYALTY_ORDER_NOT_PAID)] =
        "คำสั่งซื้อ {order} ยังไม่ได้ชำระเงิน "
        "โปรดลองอีกครั้งหลังชำระเงินแล้ว",

    [loyalty_text_of_fault(LOYALTY_ORDER_ALREADY_CLAIMED)] =
        "สมาชิกท่านอื่นได้รับคะแนนของคำสั่งซื้อ {order} ไปแล้ว "
        "หากเป็นคำสั่งซื้อของคุณ โปรดติดต่อทางร้าน",

    [loyalty_text_of_fault(LOYALTY_IDEMPOTENCY_KEY_REUSED)] =
        "ขออภัย ขณะนี้ยังใช้งานส่วนนี้ไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_WRONG_CURRENCY)] =
        "ขออภัย สกุลเงินของคำสั่งซื้อ {order} ใช้สะสมคะแนนที่นี่ไม่ได้",

    [loyalty_text_of_fault(LOYALTY_STORE_BAD_ANSWER)] =
        "ขออภัย เราตรวจสอบคำสั่งซื้อของคุณกับทางร้านไม่ได้ โปรดแจ้งทางร้าน",

    [loyalty_text_of_fault(LOYALTY_STORE_UNAVAILABLE)] =
        "ขออภัย ขณะนี้เราติดต่อทางร้านไม่ได้ โปรดลองใหม่ในอีกไม่กี่นาที",

    [loyalty_text_of_fault(LOYALTY_STORE_TIMEOUT)] =
        "ขออภัย ทางร้านใช้เวลาตอบกลับนานเกินไป โปรดลองใหม่ในอีกไม่กี่นาที",

    [loyalty_text_of_fault(LOYALTY_DATABASE_UNAVAILABLE)] =
        "ขออภัย ขณะนี้เราเปิดดูคะแนนของคุณไม่ได้ โปรดลองใหม่ในอีกไม่กี่นาที"
};
