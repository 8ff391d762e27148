
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_statements.h>


const loyalty_db_statement_t  loyalty_statements[LOYALTY_STATEMENTS] = {

    [LOYALTY_SQL_MEMBER_FIND] =
        { "SELECT id, code, points, lifetime, last_entry, first_lot "
          "FROM member WHERE email = $1", 0 },

    /* the same, for whoever will change it: until then nobody else may */

    [LOYALTY_SQL_MEMBER_TAKE] =
        { "SELECT id, code, points, lifetime, last_entry, first_lot "
          "FROM member WHERE email = $1", LOYALTY_DB_LOCKS },

    [LOYALTY_SQL_MEMBER_INSERT] =
        { "INSERT INTO member (code, email, source, locale, joined_at) "
          "VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (email) DO NOTHING", 0 },

    /* only if no other node was faster */

    [LOYALTY_SQL_MEMBER_CREDIT] =
        { "UPDATE member SET points = points + $1, lifetime = lifetime + $1, "
          "last_entry = $2 WHERE email = $3 AND last_entry = $4", 0 },

    [LOYALTY_SQL_MEMBER_DEBIT] =
        { "UPDATE member SET points = points - $1, last_entry = $2, "
          "first_lot = $3 WHERE email = $4 AND last_entry = $5", 0 },

    [LOYALTY_SQL_LEDGER_APPEND] =
        { "INSERT INTO ledger (member, previous, kind, reference, points, at) "
          "VALUES ($1, $2, $3, $4, $5, $6)", LOYALTY_DB_NUMBERS },

    /* the entries of a member since a time, from the last one back */

    [LOYALTY_SQL_LEDGER_COUNT] =
        { "WITH RECURSIVE entry (kind, at, previous) AS ("
          "SELECT kind, at, previous FROM ledger WHERE id = $1 "
          "UNION ALL "
          "SELECT ledger.kind, ledger.at, ledger.previous "
          "FROM entry JOIN ledger ON ledger.id = entry.previous "
          "WHERE entry.at > $2) "
          "SELECT count(*) FROM entry WHERE at > $2 AND kind = $3", 0 },

    /*
     * From the lots of a member, the oldest first, as much as is needed: the
     * entries from the debit back to the first lot that may have something
     * left, what is left up to each of them, and of those the ones that are
     * wanted.
     */

    [LOYALTY_SQL_SPENDING_INSERT] =
        { "INSERT INTO spending (lot, debit, points) "
          "WITH RECURSIVE entry (id, previous) AS ("
          "SELECT id, previous FROM ledger WHERE id = $1 "
          "UNION ALL "
          "SELECT ledger.id, ledger.previous "
          "FROM entry JOIN ledger ON ledger.id = entry.previous "
          "WHERE entry.id > $2), "
          "available (id, points, upto) AS ("
          "SELECT lot.id, lot.remaining, "
          "sum(lot.remaining) OVER (ORDER BY lot.id) "
          "FROM entry JOIN lot ON lot.id = entry.id WHERE lot.remaining > 0) "
          "SELECT id, $1, CASE WHEN upto <= $3 THEN points "
          "ELSE $3 - upto + points END "
          "FROM available WHERE upto - points < $3", 0 },

    [LOYALTY_SQL_SPENDING_SUM] =
        { "SELECT sum(points), max(lot) FROM spending WHERE debit = $1", 0 },

    [LOYALTY_SQL_CLAIM_FIND] =
        { "SELECT member FROM claim WHERE store = $1 AND number = $2", 0 },

    [LOYALTY_SQL_CLAIM_INSERT] =
        { "INSERT INTO claim (store, number, member, currency, total, "
          "rule, rate, per, points, claimed_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
          "ON CONFLICT (store, number) DO NOTHING", 0 },

    [LOYALTY_SQL_REWARD_TAKE] =
        { "INSERT INTO reward (id, redeemed) VALUES ($1, 1) "
          "ON CONFLICT (id) DO UPDATE SET redeemed = reward.redeemed + 1 "
          "WHERE reward.redeemed < $2", 0 },

    [LOYALTY_SQL_REDEMPTION_COUNT] =
        { "SELECT count(*) FROM redemption "
          "WHERE member = $1 AND reward = $2", 0 },

    [LOYALTY_SQL_REDEMPTION_INSERT] =
        { "INSERT INTO redemption (id, member, reward, cost, coupon, "
          "expires_at, redeemed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", 0 },

    [LOYALTY_SQL_ANSWER_FIND] =
        { "SELECT request, status, result, body FROM answer "
          "WHERE caller = $1 AND key = $2", 0 },

    [LOYALTY_SQL_ANSWER_INSERT] =
        { "INSERT INTO answer "
          "(caller, key, request, status, result, body, at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7)", 0 },

    [LOYALTY_SQL_ANSWER_PRUNE] =
        { "DELETE FROM answer WHERE id IN "
          "(SELECT id FROM answer WHERE at < $1 ORDER BY at LIMIT $2)", 0 }
};
