
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _SCHEMA_FIXTURE_H_INCLUDED_
#define _SCHEMA_FIXTURE_H_INCLUDED_


#include <engine_fixture.h>

#include <stdio.h>


/* Ada has earned twice and spent once, Bob has signed up only. */

static inline int
with_data(void **state)
{
    shop_t             *shop;
    loyalty_command_t  *redeem;

    if (shop_open(state) != 0) {
        return -1;
    }

    shop = *state;

    shop_member(shop, ADA, 150);
    shop_member(shop, BOB, 10);
    shop_expect(shop, shop_claim(shop, ADA, "1001", 10000), LOYALTY_CLAIMED);

    redeem = with_key(shop_redeem(shop, ADA, "hanky"), "chatbot", "k");
    shop_expect(shop, redeem, LOYALTY_REDEEMED);

    return 0;
}


/* A new engine does not take the database as it is now. */

static inline void
expect_refusal(shop_t *shop, const char *words)
{
    shop_reload(shop);
    shop_expect(shop, shop_signup(shop, ADA), LOYALTY_DATABASE_UNAVAILABLE);

    if (strstr(loyalty_engine_error(shop->engine), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"",
                 loyalty_engine_error(shop->engine), words);
    }
}


/* What the engines say when the schema refuses something. */

typedef enum {
    CHECK = 0,
    REFERENCE,
    MEMBER_EMAIL,
    MEMBER_CODE,
    MEMBER_REFERRAL,
    CLAIM_ORDER,
    REVERSAL_STEP,
    EVENT,
    FRIEND,
    MAILBOX,
    POOL,
    COUPON,
    ANSWER_KEY,
    LEDGER_ID,
    NUMBER
} refusal_e;


static const struct {
    const char  *sqlite;
    const char  *postgresql;
} refusals[] = {
    [CHECK] = { "CHECK constraint failed", "violates check constraint" },
    [REFERENCE] = { "FOREIGN KEY constraint", "violates foreign key" },
    [MEMBER_EMAIL] = { "failed: member.email", "\"member_email_key\"" },
    [MEMBER_CODE] = { "failed: member.code", "\"member_code_key\"" },
    [MEMBER_REFERRAL] = { "failed: member.referral",
                          "\"member_referral_key\"" },
    [REVERSAL_STEP] = { "failed: reversal.store, reversal.number",
                        "\"reversal_pkey\"" },
    [EVENT] = { "failed: event.action, event.reference", "\"event_pkey\"" },
    [FRIEND] = { "failed: friend.member", "\"friend_pkey\"" },
    [MAILBOX] = { "failed: friend.mailbox", "\"friend_mailbox_key\"" },
    [POOL] = { "failed: pool.reward, pool.coupon", "\"pool_pkey\"" },
    [CLAIM_ORDER] = { "failed: claim.store, claim.number",
                      "\"claim_pkey\"" },
    [COUPON] = { "failed: redemption.coupon", "\"redemption_coupon_key\"" },
    [ANSWER_KEY] = { "failed: answer.caller, answer.key",
                     "\"answer_caller_key_key\"" },
    [LEDGER_ID] = { "the ledger is append-only", "\"ledger_pkey\"" },
    [NUMBER] = { "cannot store TEXT value in INTEGER column",
                 "invalid input syntax for type bigint" }
};


static inline const char *
says(refusal_e refusal)
{
    return on_postgresql() ? refusals[refusal].postgresql
                           : refusals[refusal].sqlite;
}


/* Replaces rows that are there already; "key" is what they have in common. */

static inline void
replacement_refused(shop_t *shop, const char *insert, const char *key,
    const char *words)
{
    char  sql[512];

    if (on_postgresql()) {
        (void) snprintf(sql, sizeof(sql), "INSERT %s ON CONFLICT (%s) "
                        "DO UPDATE SET points = excluded.points", insert, key);
    } else {
        (void) snprintf(sql, sizeof(sql), "INSERT OR REPLACE %s", insert);
    }

    shop_sql_refused(shop, sql, words);
}


/*
 * Tries to add a row that is like the first one of a table but for some
 * changes, so that only these can be what is refused.
 */

static inline void
forgery_refused(shop_t *shop, const char *table, const char *changes,
    const char *words)
{
    char  sql[512];

    (void) snprintf(sql, sizeof(sql),
                    "CREATE TEMP TABLE forged AS SELECT * FROM %s "
                    "ORDER BY 1 LIMIT 1;"
                    "UPDATE forged SET %s;"
                    "INSERT INTO %s SELECT * FROM forged",
                    table, changes, table);

    shop_sql_refused(shop, sql, words);
}


#define data_test(name)                                                       \
    cmocka_unit_test_setup_teardown(name, with_data, shop_close)


#endif /* _SCHEMA_FIXTURE_H_INCLUDED_ */
