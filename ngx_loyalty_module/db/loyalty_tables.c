
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_tables.h>

#include <stdio.h>
#include <string.h>


#define loyalty_int(name)   { name, 0 }
#define loyalty_text(name)  { name, 1 }


const loyalty_table_t  loyalty_tables[LOYALTY_TABLES] = {

    { "member", "email", 1, 10, {
        loyalty_int("id"),
        loyalty_text("email"),
        loyalty_text("code"),
        loyalty_text("source"),
        loyalty_text("locale"),
        loyalty_int("points"),
        loyalty_int("lifetime"),
        loyalty_int("last_entry"),
        loyalty_int("first_lot"),
        loyalty_int("joined_at")
    } },

    { "ledger", "id", 1, 7, {
        loyalty_int("id"),
        loyalty_int("member"),
        loyalty_int("previous"),
        loyalty_text("kind"),
        loyalty_text("reference"),
        loyalty_int("points"),
        loyalty_int("at")
    } },

    { "spending", "debit, lot", 0, 3, {
        loyalty_int("debit"),
        loyalty_int("lot"),
        loyalty_int("points")
    } },

    { "claim", "store, number", 0, 10, {
        loyalty_text("store"),
        loyalty_text("number"),
        loyalty_int("member"),
        loyalty_text("currency"),
        loyalty_int("total"),
        loyalty_text("rule"),
        loyalty_int("rate"),
        loyalty_int("per"),
        loyalty_int("points"),
        loyalty_int("claimed_at")
    } },

    { "redemption", "id", 0, 7, {
        loyalty_int("id"),
        loyalty_int("member"),
        loyalty_text("reward"),
        loyalty_int("cost"),
        loyalty_text("coupon"),
        loyalty_int("expires_at"),
        loyalty_int("redeemed_at")
    } },

    { "reward", "id", 0, 2, {
        loyalty_text("id"),
        loyalty_int("redeemed")
    } },

    { "answer", "id", 1, 8, {
        loyalty_int("id"),
        loyalty_text("caller"),
        loyalty_text("key"),
        loyalty_text("request"),
        loyalty_int("status"),
        loyalty_text("result"),
        loyalty_text("body"),
        loyalty_int("at")
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
