
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_tables.h>

#include <stdio.h>
#include <string.h>


#define loyalty_int(name)   { name, 0 }
#define loyalty_text(name)  { name, 1 }


const loyalty_table_t  loyalty_tables[LOYALTY_TABLES] = {

    { "member", "email", 1, 25, {
        loyalty_int("id"),
        loyalty_text("email"),
        loyalty_text("code"),
        loyalty_text("referral"),
        loyalty_text("source"),
        loyalty_text("locale"),
        loyalty_int("points"),
        loyalty_int("pending"),
        loyalty_int("lifetime"),
        loyalty_int("last_entry"),
        loyalty_int("first_open"),
        loyalty_int("due_at"),
        loyalty_int("active_at"),
        loyalty_int("orders"),
        loyalty_int("tier_at"),
        loyalty_int("tier_points"),
        loyalty_int("tier_before"),
        loyalty_int("tier_earlier"),
        loyalty_int("streak_at"),
        loyalty_int("streak_length"),
        loyalty_int("perks_until"),
        loyalty_int("badges"),
        loyalty_int("waiting"),
        loyalty_int("merged_into"),
        loyalty_int("joined_at")
    } },

    { "ledger", "id", 1, 11, {
        loyalty_int("id"),
        loyalty_int("member"),
        loyalty_int("previous"),
        loyalty_text("kind"),
        loyalty_text("reference"),
        loyalty_text("store"),
        loyalty_int("points"),
        loyalty_int("earned"),
        loyalty_int("usable_at"),
        loyalty_int("until_at"),
        loyalty_int("at")
    } },

    { "spending", "entry, lot", 0, 3, {
        loyalty_int("entry"),
        loyalty_int("lot"),
        loyalty_int("points")
    } },

    { "moved", "lot, became", 0, 2, {
        loyalty_int("lot"),
        loyalty_int("became")
    } },

    { "claim", "store, number", 0, 11, {
        loyalty_text("store"),
        loyalty_text("number"),
        loyalty_int("member"),
        loyalty_text("currency"),
        loyalty_int("rate"),
        loyalty_int("total"),
        loyalty_int("points"),
        loyalty_text("facts"),
        loyalty_text("memberships"),
        loyalty_int("claimed_at"),
        loyalty_int("asked_at")
    } },

    { "postponed", "id", 1, 9, {
        loyalty_int("id"),
        loyalty_text("store"),
        loyalty_text("number"),
        loyalty_int("member"),
        loyalty_text("email"),
        loyalty_int("at"),
        loyalty_int("until_at"),
        loyalty_int("tries"),
        loyalty_int("next_at")
    } },

    { "reversal", "store, number, step", 0, 9, {
        loyalty_text("store"),
        loyalty_text("number"),
        loyalty_int("step"),
        loyalty_int("entry"),
        loyalty_int("refunded"),
        loyalty_int("points"),
        loyalty_int("taken"),
        loyalty_int("whole"),
        loyalty_int("asked_at")
    } },

    { "recall", "store, number", 0, 3, {
        loyalty_text("store"),
        loyalty_text("number"),
        loyalty_int("asked_at")
    } },

    { "event", "action, reference", 0, 5, {
        loyalty_text("action"),
        loyalty_text("reference"),
        loyalty_int("member"),
        loyalty_int("points"),
        loyalty_int("at")
    } },

    { "friend", "member", 0, 11, {
        loyalty_int("member"),
        loyalty_int("referrer"),
        loyalty_text("mailbox"),
        loyalty_int("points"),
        loyalty_int("rewarded_at"),
        loyalty_text("store"),
        loyalty_text("number"),
        loyalty_int("lot"),
        loyalty_int("own_lot"),
        loyalty_int("debit"),
        loyalty_int("own_debit")
    } },

    { "membership", "member, id", 0, 3, {
        loyalty_int("member"),
        loyalty_text("id"),
        loyalty_int("until_at")
    } },

    { "badge", "member, id", 0, 3, {
        loyalty_int("member"),
        loyalty_text("id"),
        loyalty_int("at")
    } },

    { "redemption", "id", 0, 14, {
        loyalty_int("id"),
        loyalty_int("member"),
        loyalty_text("reward"),
        loyalty_text("store"),
        loyalty_int("cost"),
        loyalty_text("source"),
        loyalty_text("coupon"),
        loyalty_int("expires_at"),
        loyalty_int("redeemed_at"),
        loyalty_text("state"),
        loyalty_text("used_for"),
        loyalty_int("changed_at"),
        loyalty_int("tries"),
        loyalty_int("next_at")
    } },

    { "reward", "id", 0, 2, {
        loyalty_text("id"),
        loyalty_int("redeemed")
    } },

    { "pool", "reward, coupon", 0, 3, {
        loyalty_text("reward"),
        loyalty_text("coupon"),
        loyalty_int("redemption")
    } },

    { "answer", "id", 1, 12, {
        loyalty_int("id"),
        loyalty_text("caller"),
        loyalty_text("key"),
        loyalty_text("request"),
        loyalty_int("status"),
        loyalty_text("result"),
        loyalty_text("body"),
        loyalty_int("at"),
        loyalty_int("awaits"),
        loyalty_text("locale"),
        loyalty_int("points"),
        loyalty_text("tier")
    } }
};


void
loyalty_table_list(const loyalty_table_t *table, char *list)
{
    size_t    len;
    unsigned  i;

    len = 0;
    list[0] = '\0';

    for (i = 0; i < table->ncolumns && len < LOYALTY_LIST_SIZE; i++) {
        len += (size_t) snprintf(list + len, LOYALTY_LIST_SIZE - len, "%s%s",
                                 (i != 0) ? ", " : "", table->columns[i].name);
    }
}
