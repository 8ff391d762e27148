
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fold.h>
#include <loyalty_statements.h>
#include <loyalty_store.h>


/* a member's columns, in the order in which loyalty_member.c reads them */

#define LOYALTY_MEMBER_COLUMNS                                                \
    "id, code, referral, points, pending, lifetime, last_entry, first_open, " \
    "due_at, active_at, orders, tier_at, tier_points, tier_before, "          \
    "tier_earlier, streak_at, streak_length, perks_until, badges, "           \
    "waiting, merged_into, joined_at, locale"

/* what leaderboards want of it, likewise for loyalty_leaders.c */

#define LOYALTY_LEADER_COLUMNS                                                \
    "email, id, code, lifetime, joined_at, tier_at, tier_points, "            \
    "tier_before, tier_earlier, badges"

/* what the sweep wants of it, likewise for loyalty_sweep.c */

#define LOYALTY_SWEEP_COLUMNS                                                 \
    "email, id, due_at, points, merged_into, joined_at, orders, source, "     \
    "active_at"

/* the columns of a redemption, likewise for loyalty_redemption.c */

#define LOYALTY_REDEMPTION_COLUMNS                                            \
    "id, member, expires_at, reward, store, source, state, used_for, "        \
    "coupon, cost, tries"

/* what neither is of a reward, an expiry or a refund, nor moves points only */

#define LOYALTY_DAY_IS_OTHER                                                  \
    "kind NOT IN ('redemption', 'cancellation', 'expiry', 'reversal', "       \
    "'restoration', 'merge')"

/* what is not taken back, and so counts for limits */

#define LOYALTY_REDEMPTION_STANDS  "state NOT IN ('cancelled', 'refused')"

/* of them, what the ledger has nothing to do with */

#define LOYALTY_MEMBER_NOTED                                                  \
    "pending = $1, first_open = $2, active_at = $3, orders = $4, "            \
    "tier_at = $5, tier_points = $6, tier_before = $7, tier_earlier = $8, "   \
    "streak_at = $9, streak_length = $10, perks_until = $11, "                \
    "badges = $12, waiting = $13, due_at = $14"

/* the entries of a member from one of them back to another */

#define LOYALTY_ENTRIES                                                       \
    "WITH RECURSIVE entry (id, previous) AS ("                                \
    "SELECT id, previous FROM ledger WHERE id = $1 "                          \
    "UNION ALL "                                                              \
    "SELECT ledger.id, ledger.previous "                                      \
    "FROM entry JOIN ledger ON ledger.id = entry.previous "                   \
    "WHERE entry.id > $2) "

/* all of a member, and of those who were merged into it */

#define LOYALTY_ENTRIES_OF_ALL                                                \
    "WITH RECURSIVE entry (id, previous) AS ("                                \
    "SELECT ledger.id, ledger.previous FROM ("                                \
    "SELECT last_entry FROM member WHERE id = $1 "                            \
    "UNION ALL SELECT last_entry FROM member "                                \
    "WHERE merged_into = $1 AND merged_into <> 0) AS last "                   \
    "JOIN ledger ON ledger.id = last.last_entry "                             \
    "UNION ALL "                                                              \
    "SELECT ledger.id, ledger.previous "                                      \
    "FROM entry JOIN ledger ON ledger.id = entry.previous)"

/* a lot, and those that have taken its place when members were merged */

#define LOYALTY_LOTS_OF(lot)                                                  \
    "same (lot, id) AS (" lot " UNION ALL "                                   \
    "SELECT same.lot, moved.became "                                          \
    "FROM same JOIN moved ON moved.lot = same.id) "

/* how many points of them have expired */

#define LOYALTY_EXPIRED                                                       \
    "CAST(coalesce(sum((SELECT sum(spending.points) "                         \
    "FROM spending JOIN ledger AS expiry "                                    \
    "ON expiry.id = spending.entry AND expiry.kind = 'expiry' "               \
    "WHERE spending.lot = same.id)), 0) AS BIGINT) "

/* whether an order was refunded as a whole, and still is */

#define LOYALTY_REFUNDED(order, store)                                        \
    "EXISTS (SELECT 1 FROM reversal WHERE reversal.number = " order " "       \
    "AND reversal.store = " store " AND reversal.whole = 1 "                  \
    "AND NOT EXISTS (SELECT 1 FROM reversal AS later "                        \
    "WHERE later.number = reversal.number "                                   \
    "AND later.store = reversal.store AND later.step > reversal.step))"

/* the store of an entry as claims have it */

#define LOYALTY_ENTRY_STORE(entry)                                            \
    "CASE " entry ".store WHEN '' THEN '" LOYALTY_STORE_ALONE "' "            \
    "ELSE " entry ".store END"


const loyalty_db_statement_t  loyalty_statements[LOYALTY_STATEMENTS] = {

    [LOYALTY_SQL_MEMBER_FIND] =
        { "SELECT " LOYALTY_MEMBER_COLUMNS " FROM member WHERE email = $1",
          0 },

    /* where others write, for whoever will change it: nobody else may then */

    [LOYALTY_SQL_MEMBER_TAKE] =
        { "SELECT " LOYALTY_MEMBER_COLUMNS " FROM member "
          "WHERE email = $1 AND merged_into = 0", LOYALTY_DB_LOCKS },

    [LOYALTY_SQL_MEMBER_EMAIL] =
        { "SELECT email, merged_into FROM member WHERE id = $1", 0 },

    [LOYALTY_SQL_MEMBER_CODE] =
        { "SELECT email FROM member WHERE code = $1", 0 },

    /* whose code it is, and the e-mail that it was given to */

    [LOYALTY_SQL_MEMBER_REFERRER] =
        { "SELECT CASE merged_into WHEN 0 THEN id ELSE merged_into END, "
          "email FROM member WHERE referral = $1", 0 },

    /* what those who were merged into a member have earned for its tier */

    [LOYALTY_SQL_MEMBER_MERGED] =
        { "SELECT joined_at, tier_at, tier_points, tier_before, "
          "tier_earlier FROM member "
          "WHERE merged_into = $1 AND merged_into <> 0 AND tier_at <> 0", 0 },

    [LOYALTY_SQL_MEMBER_COUNTED] =
        { "UPDATE member SET tier_at = 0, tier_points = 0, tier_before = 0, "
          "tier_earlier = 0 "
          "WHERE merged_into = $1 AND merged_into <> 0 AND tier_at <> 0", 0 },

    [LOYALTY_SQL_MEMBER_INSERT] =
        { "INSERT INTO member "
          "(code, referral, email, source, locale, joined_at) "
          "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", 0 },

    [LOYALTY_SQL_MEMBER_NOTE] =
        { "UPDATE member SET " LOYALTY_MEMBER_NOTED " "
          "WHERE email = $15 AND last_entry = $16", 0 },

    /* all of it, only if no other node was faster */

    [LOYALTY_SQL_MEMBER_MOVE] =
        { "UPDATE member SET " LOYALTY_MEMBER_NOTED ", "
          "points = $15, lifetime = $16, last_entry = $17 "
          "WHERE email = $18 AND last_entry = $19", 0 },

    [LOYALTY_SQL_LEDGER_APPEND] =
        { "INSERT INTO ledger (member, previous, kind, reference, store, "
          "points, earned, usable_at, until_at, at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          LOYALTY_DB_NUMBERS },

    /* how many entries of a kind a member has since a time */

    [LOYALTY_SQL_LEDGER_COUNT] =
        { "WITH RECURSIVE entry (kind, at, previous) AS ("
          "SELECT kind, at, previous FROM ledger WHERE id = $1 "
          "UNION ALL "
          "SELECT ledger.kind, ledger.at, ledger.previous "
          "FROM entry JOIN ledger ON ledger.id = entry.previous "
          "WHERE entry.at > $2) "
          "SELECT count(*) FROM entry WHERE at > $2 AND kind = $3", 0 },

    /* how many orders of a member have earned something since a time */

    [LOYALTY_SQL_LEDGER_ORDERS] =
        { "WITH RECURSIVE entry (kind, reference, store, at, previous) AS ("
          "SELECT kind, reference, store, at, previous "
          "FROM ledger WHERE id = $1 "
          "UNION ALL "
          "SELECT ledger.kind, ledger.reference, ledger.store, ledger.at, "
          "ledger.previous "
          "FROM entry JOIN ledger ON ledger.id = entry.previous "
          "WHERE entry.at > $2) "
          "SELECT count(*) FROM entry WHERE at > $2 AND kind = $3 "
          "AND NOT " LOYALTY_REFUNDED("entry.reference",
                                      LOYALTY_ENTRY_STORE("entry")), 0 },

    /* when a lot was earned, its points, and how many of them have expired */

    [LOYALTY_SQL_LEDGER_LOT] =
        { "WITH RECURSIVE "
          LOYALTY_LOTS_OF("SELECT id, id FROM ledger WHERE id = $1")
          "SELECT ledger.at, ledger.points, " LOYALTY_EXPIRED
          "FROM same JOIN ledger ON ledger.id = same.lot "
          "GROUP BY ledger.id, ledger.at, ledger.points", 0 },

    /* what a debit took, and made count no more */

    [LOYALTY_SQL_LEDGER_DEBIT] =
        { "SELECT -points, -earned FROM ledger WHERE id = $1", 0 },

    /* the lots that it took from: the member's own, the newest first */

    [LOYALTY_SQL_LEDGER_LOTS] =
        { "SELECT spending.lot, spending.points, ledger.usable_at, "
          "ledger.until_at, ledger.member "
          "FROM spending JOIN ledger ON ledger.id = spending.lot "
          "WHERE spending.entry = $1 "
          "ORDER BY CASE ledger.member WHEN $2 THEN 0 ELSE 1 END, "
          "spending.lot DESC", 0 },

    /* the entry that an order has earned, and how much of it has expired */

    [LOYALTY_SQL_LEDGER_AWARD] =
        { LOYALTY_ENTRIES_OF_ALL ", "
          LOYALTY_LOTS_OF("SELECT ledger.id, ledger.id "
                          "FROM entry JOIN ledger ON ledger.id = entry.id "
                          "WHERE ledger.kind = $2 AND ledger.reference = $3 "
                          "AND ledger.store = $4")
          "SELECT same.lot, " LOYALTY_EXPIRED "FROM same GROUP BY same.lot",
          0 },

    [LOYALTY_SQL_LEDGER_PREVIOUS] =
        { "SELECT previous FROM ledger WHERE id = $1 AND member = $2", 0 },

    /*
     * So many entries of a member from one of them on, the newest first; with
     * coupons, but for those that the store has not agreed to.
     */

    [LOYALTY_SQL_LEDGER_PAGE] =
        { "WITH RECURSIVE entry (id, previous, place) AS ("
          "SELECT id, previous, 1 FROM ledger WHERE id = $1 "
          "UNION ALL "
          "SELECT ledger.id, ledger.previous, entry.place + 1 "
          "FROM entry JOIN ledger ON ledger.id = entry.previous "
          "WHERE entry.place < $2) "
          "SELECT ledger.id, ledger.previous, ledger.points, "
          "ledger.usable_at, ledger.until_at, ledger.at, "
          "coalesce(redemption.expires_at, 0), "
          "ledger.kind, ledger.reference, ledger.store, "
          "CASE WHEN redemption.state NOT IN ('held', 'refused') "
          "THEN redemption.coupon ELSE '' END, "
          "coalesce(redemption.state, '') "
          "FROM entry JOIN ledger ON ledger.id = entry.id "
          "LEFT JOIN redemption ON redemption.id = entry.id "
          "ORDER BY ledger.id DESC", 0 },

    /* the lots that have something left, the oldest first */

    [LOYALTY_SQL_LOTS] =
        { LOYALTY_ENTRIES
          "SELECT lot.id, lot.remaining, lot.usable_at, lot.until_at, "
          "lot.member "
          "FROM entry JOIN lot ON lot.id = entry.id "
          "WHERE lot.remaining > 0 ORDER BY lot.id", 0 },

    /* the debits that no lots have covered, likewise */

    [LOYALTY_SQL_DEBTS] =
        { LOYALTY_ENTRIES
          ", debt (id, points) AS ("
          "SELECT ledger.id, -ledger.points - coalesce("
          "(SELECT sum(spending.points) FROM spending "
          "WHERE spending.entry = ledger.id), 0) "
          "FROM entry JOIN ledger ON ledger.id = entry.id "
          "WHERE ledger.points < 0) "
          "SELECT id, points, 0, 0, 0 FROM debt WHERE points > 0 "
          "ORDER BY id", 0 },

    [LOYALTY_SQL_LOTS_OF] =
        { "WITH RECURSIVE "
          LOYALTY_LOTS_OF("SELECT id, id FROM ledger WHERE id = $1")
          "SELECT id FROM same ORDER BY id", 0 },

    [LOYALTY_SQL_SPENDING_INSERT] =
        { "INSERT INTO spending (entry, lot, points) VALUES ($1, $2, $3)",
          0 },

    [LOYALTY_SQL_MOVED_INSERT] =
        { "INSERT INTO moved (lot, became) VALUES ($1, $2)", 0 },

    [LOYALTY_SQL_CLAIM_FIND] =
        { "SELECT member FROM claim WHERE store = $1 AND number = $2", 0 },

    [LOYALTY_SQL_CLAIM_READ] =
        { "SELECT member, rate, total, points, claimed_at, asked_at, "
          "memberships FROM claim WHERE store = $1 AND number = $2", 0 },

    [LOYALTY_SQL_CLAIM_INSERT] =
        { "INSERT INTO claim (store, number, member, currency, rate, total, "
          "points, facts, memberships, claimed_at, asked_at) "
          "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 "
          "WHERE NOT EXISTS (SELECT 1 FROM recall "
          "WHERE store = $1 AND number = $2 AND asked_at >= $11) "
          "ON CONFLICT (store, number) DO NOTHING", 0 },

    [LOYALTY_SQL_RECALL_INSERT] =
        { "INSERT INTO recall (store, number, asked_at) VALUES ($1, $2, $3) "
          "ON CONFLICT (store, number) DO UPDATE "
          "SET asked_at = excluded.asked_at "
          "WHERE recall.asked_at < excluded.asked_at", 0 },

    [LOYALTY_SQL_RECALL_FIND] =
        { "SELECT asked_at FROM recall WHERE store = $1 AND number = $2", 0 },

    [LOYALTY_SQL_RECALL_PRUNE] =
        { "DELETE FROM recall WHERE asked_at < $1", 0 },

    [LOYALTY_SQL_POSTPONED_FIND] =
        { "SELECT id FROM postponed "
          "WHERE member = $1 AND store = $2 AND number = $3", 0 },

    [LOYALTY_SQL_POSTPONED_READ] =
        { "SELECT member, until_at, store, number, email FROM postponed "
          "WHERE id = $1", 0 },

    [LOYALTY_SQL_POSTPONED_INSERT] =
        { "INSERT INTO postponed "
          "(store, number, member, email, at, until_at, next_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7)", LOYALTY_DB_NUMBERS },

    /* claims that nobody is just asking the store about */

    [LOYALTY_SQL_POSTPONED_DUE] =
        { "SELECT id, tries, until_at FROM postponed "
          "WHERE next_at <= $1 ORDER BY next_at LIMIT 1", 0 },

    [LOYALTY_SQL_POSTPONED_LEASE] =
        { "UPDATE postponed SET next_at = $1, tries = tries + 1 "
          "WHERE id = $2 AND next_at <= $3", 0 },

    [LOYALTY_SQL_POSTPONED_DELETE] =
        { "DELETE FROM postponed WHERE id = $1", 0 },

    [LOYALTY_SQL_POSTPONED_COUNT] =
        { "SELECT count(*), coalesce(min(at), 0) FROM postponed", 0 },

    [LOYALTY_SQL_REVERSAL_LAST] =
        { "SELECT step, refunded, points, taken, whole, asked_at "
          "FROM reversal WHERE store = $1 AND number = $2 "
          "ORDER BY step DESC LIMIT 1", 0 },

    /*
     * The lots that an order's steps took points from and did not give them
     * back to: the member's own first, and then those of others that were
     * merged into it; the newest first.  Lots that came of giving back were
     * used up by debts at once: they come last, for what the others lack.
     */

    [LOYALTY_SQL_REVERSAL_LOTS] =
        { "SELECT spending.lot, sum(spending.points), ledger.usable_at, "
          "ledger.until_at, ledger.member FROM reversal "
          "JOIN spending ON spending.entry = reversal.entry "
          "JOIN ledger ON ledger.id = spending.lot "
          "WHERE reversal.store = $1 AND reversal.number = $2 "
          "GROUP BY spending.lot, ledger.kind, ledger.usable_at, "
          "ledger.until_at, ledger.member HAVING sum(spending.points) > 0 "
          "ORDER BY CASE ledger.member WHEN $3 THEN 0 ELSE 1 END, "
          "CASE WHEN ledger.kind = 'restoration' THEN 1 ELSE 0 END, "
          "spending.lot DESC", 0 },

    [LOYALTY_SQL_REVERSAL_INSERT] =
        { "INSERT INTO reversal (store, number, step, entry, refunded, "
          "points, taken, whole, asked_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 0 },

    [LOYALTY_SQL_EVENT_FIND] =
        { "SELECT member FROM event WHERE action = $1 AND reference = $2",
          0 },

    /* a member's events since a time, of one action and of all */

    [LOYALTY_SQL_EVENT_COUNT] =
        { "SELECT count(*) FROM event "
          "WHERE member = $1 AND at > $2 AND action = $3", 0 },

    [LOYALTY_SQL_EVENT_COUNT_ALL] =
        { "SELECT count(*) FROM event WHERE member = $1 AND at > $2", 0 },

    [LOYALTY_SQL_EVENT_INSERT] =
        { "INSERT INTO event (action, reference, member, points, at) "
          "VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (action, reference) DO NOTHING", 0 },

    [LOYALTY_SQL_FRIEND_INSERT] =
        { "INSERT INTO friend "
          "(member, referrer, mailbox, points, rewarded_at) "
          "VALUES ($1, $2, $3, 0, 0) ON CONFLICT DO NOTHING", 0 },

    [LOYALTY_SQL_FRIEND_FIND] =
        { "SELECT referrer, rewarded_at, lot, own_lot, debit, own_debit, "
          "CASE number WHEN '' THEN 0 ELSE 1 END, "
          "CASE WHEN store = $1 AND number = $2 THEN 1 ELSE 0 END "
          "FROM friend WHERE member = $3", 0 },

    [LOYALTY_SQL_FRIEND_COUNT] =
        { "SELECT count(*) FROM friend "
          "WHERE referrer = $1 AND rewarded_at > $2 AND points > 0", 0 },

    [LOYALTY_SQL_FRIEND_REWARD] =
        { "UPDATE friend SET points = points + $1, rewarded_at = $2, "
          "store = $3, number = $4, lot = $5, own_lot = $6, "
          "debit = $7, own_debit = $8 WHERE member = $9", 0 },

    /* the oldest order of a friend that has earned, of so much at least */

    [LOYALTY_SQL_FRIEND_OTHER] =
        { LOYALTY_ENTRIES_OF_ALL " "
          "SELECT ledger.id "
          "FROM entry JOIN ledger ON ledger.id = entry.id "
          "JOIN claim ON claim.number = ledger.reference "
          "AND claim.store = " LOYALTY_ENTRY_STORE("ledger") " "
          "WHERE ledger.kind = $2 AND claim.total >= $3 "
          "AND NOT " LOYALTY_REFUNDED("claim.number", "claim.store") " "
          "ORDER BY ledger.id LIMIT 1", 0 },

    [LOYALTY_SQL_FRIEND_PASS] =
        { "UPDATE friend SET store = (SELECT "
          LOYALTY_ENTRY_STORE("ledger") " FROM ledger WHERE id = $1), "
          "number = (SELECT reference FROM ledger WHERE id = $2) "
          "WHERE member = $3", 0 },

    [LOYALTY_SQL_MEMBERSHIPS] =
        { "SELECT id, until_at FROM membership "
          "WHERE member = $1 AND until_at > $2", 0 },

    [LOYALTY_SQL_MEMBERSHIP_FIND] =
        { "SELECT until_at FROM membership WHERE member = $1 AND id = $2",
          0 },

    [LOYALTY_SQL_MEMBERSHIP_EXTEND] =
        { "INSERT INTO membership (member, id, until_at) "
          "VALUES ($1, $2, CAST($3 AS BIGINT) + $4) "
          "ON CONFLICT (member, id) DO UPDATE SET until_at = "
          "CASE WHEN membership.until_at > $3 "
          "THEN membership.until_at + $4 ELSE excluded.until_at END", 0 },

    [LOYALTY_SQL_MEMBERSHIP_SHIFT] =
        { "UPDATE membership SET until_at = until_at + $1 "
          "WHERE member = $2 AND id = $3", 0 },

    [LOYALTY_SQL_BADGES] =
        { "SELECT id FROM badge WHERE member = $1", 0 },

    [LOYALTY_SQL_BADGE_INSERT] =
        { "INSERT INTO badge (member, id, at) VALUES ($1, $2, $3) "
          "ON CONFLICT (member, id) DO NOTHING", 0 },

    [LOYALTY_SQL_REWARD_TAKE] =
        { "INSERT INTO reward (id, redeemed) VALUES ($1, 1) "
          "ON CONFLICT (id) DO UPDATE SET redeemed = reward.redeemed + 1 "
          "WHERE reward.redeemed < $2", 0 },

    [LOYALTY_SQL_REWARD_RETURN] =
        { "UPDATE reward SET redeemed = redeemed - 1 "
          "WHERE id = $1 AND redeemed > 0", 0 },

    [LOYALTY_SQL_REDEMPTION_COUNT] =
        { "SELECT count(*) FROM redemption "
          "WHERE member = $1 AND reward = $2 AND " LOYALTY_REDEMPTION_STANDS,
          0 },

    [LOYALTY_SQL_REDEMPTION_INSERT] =
        { "INSERT INTO redemption (id, member, reward, store, cost, source, "
          "coupon, expires_at, redeemed_at, state, next_at, changed_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $9)", 0 },

    [LOYALTY_SQL_REDEMPTION_FIND] =
        { "SELECT " LOYALTY_REDEMPTION_COLUMNS " FROM redemption "
          "WHERE coupon = $1", 0 },

    /* the same, for whoever will change its state */

    [LOYALTY_SQL_REDEMPTION_TAKE] =
        { "SELECT " LOYALTY_REDEMPTION_COLUMNS " FROM redemption "
          "WHERE coupon = $1", LOYALTY_DB_LOCKS },

    [LOYALTY_SQL_REDEMPTION_TAKE_ID] =
        { "SELECT " LOYALTY_REDEMPTION_COLUMNS " FROM redemption "
          "WHERE id = $1", LOYALTY_DB_LOCKS },

    /* coupons that nobody is just asking the store for */

    [LOYALTY_SQL_REDEMPTION_DUE] =
        { "SELECT id, tries, 0 FROM redemption "
          "WHERE state = 'held' AND next_at <= $1 "
          "ORDER BY next_at LIMIT 1", 0 },

    [LOYALTY_SQL_REDEMPTION_LEASE] =
        { "UPDATE redemption SET next_at = $1, tries = tries + 1 "
          "WHERE id = $2 AND next_at <= $3 AND state = 'held'", 0 },

    [LOYALTY_SQL_REDEMPTION_MEMBER] =
        { "SELECT member FROM redemption WHERE id = $1", 0 },

    [LOYALTY_SQL_REDEMPTION_CHANGE] =
        { "UPDATE redemption SET state = $1, used_for = $2, changed_at = $3 "
          "WHERE id = $4", 0 },

    /* the lots that have paid it */

    [LOYALTY_SQL_REDEMPTION_LOTS] =
        { "SELECT spending.lot, spending.points, ledger.usable_at, "
          "ledger.until_at, ledger.member "
          "FROM spending JOIN ledger ON ledger.id = spending.lot "
          "WHERE spending.entry = $1 ORDER BY spending.lot", 0 },

    /*
     * Whoever asks for the next code holds the row of the reward, so nobody
     * else gets the same.
     */

    [LOYALTY_SQL_POOL_NEXT] =
        { "SELECT coupon FROM pool WHERE reward = $1 AND redemption = 0 "
          "AND NOT EXISTS (SELECT 1 FROM redemption "
          "WHERE redemption.coupon = pool.coupon) "
          "ORDER BY coupon LIMIT 1", 0 },

    [LOYALTY_SQL_POOL_GIVE] =
        { "UPDATE pool SET redemption = $1 "
          "WHERE reward = $2 AND coupon = $3 AND redemption = 0", 0 },

    /* how many there are, as long as they are few */

    [LOYALTY_SQL_POOL_LEFT] =
        { "SELECT count(*) FROM (SELECT 1 FROM pool "
          "WHERE reward = $1 AND redemption = 0 LIMIT $2) AS few", 0 },

    [LOYALTY_SQL_LEADERS] =
        { "SELECT place, points, badges, tier, code FROM leader "
          "WHERE board = $1 AND place <= $2 ORDER BY place", 0 },

    /* the first place that has not more points, or behind all of them */

    [LOYALTY_SQL_LEADERS_RANK] =
        { "SELECT coalesce("
          "(SELECT min(place) FROM leader WHERE board = $1 AND points <= $2), "
          "(SELECT max(place) + 1 FROM leader WHERE board = $1), 1)", 0 },

    /* see loyalty_walk.h */

    [LOYALTY_SQL_LEADERS_READ] =
        { "SELECT " LOYALTY_LEADER_COLUMNS " FROM member "
          "WHERE email > $1 AND merged_into = 0 ORDER BY email LIMIT $2",
          0 },

    [LOYALTY_SQL_LEADERS_READ_SHARED] =
        { "SELECT " LOYALTY_LEADER_COLUMNS " FROM member "
          "WHERE id > $1 AND merged_into = 0 ORDER BY id LIMIT $2", 0 },

    [LOYALTY_SQL_LEADERS_CLEAR] =
        { "DELETE FROM leader", 0 },

    [LOYALTY_SQL_LEADERS_INSERT] =
        { "INSERT INTO leader (board, place, points, code, tier, badges) "
          "VALUES ($1, $2, $3, $4, $5, $6)", 0 },

    [LOYALTY_SQL_SWEEP_READ] =
        { "SELECT " LOYALTY_SWEEP_COLUMNS " FROM member "
          "WHERE email > $1 ORDER BY email LIMIT $2", 0 },

    [LOYALTY_SQL_SWEEP_READ_SHARED] =
        { "SELECT " LOYALTY_SWEEP_COLUMNS " FROM member "
          "WHERE id > $1 ORDER BY id LIMIT $2", 0 },

    [LOYALTY_SQL_CENSUS_READ] =
        { "SELECT at, members, newcomers, buyers, repeat_buyers, points, "
          "owed, waiting, waiting_since FROM census WHERE id = 1", 0 },

    [LOYALTY_SQL_CENSUS_WRITE] =
        { "INSERT INTO census (id, at, members, newcomers, buyers, "
          "repeat_buyers, points, owed, waiting, waiting_since) "
          "VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9) "
          "ON CONFLICT (id) DO UPDATE SET at = $1, members = $2, "
          "newcomers = $3, buyers = $4, repeat_buyers = $5, points = $6, "
          "owed = $7, waiting = $8, waiting_since = $9", 0 },

    [LOYALTY_SQL_SOURCES_CLEAR] =
        { "DELETE FROM source", 0 },

    [LOYALTY_SQL_SOURCES_INSERT] =
        { "INSERT INTO source (source, members, newcomers, buyers, "
          "repeat_buyers) VALUES ($1, $2, $3, $4, $5)", 0 },

    [LOYALTY_SQL_FOLD_READ] =
        { "SELECT entry, at, newest, newest_at FROM fold WHERE id = 1", 0 },

    [LOYALTY_SQL_FOLD_NEXT] =
        { "SELECT coalesce(max(id), 0), count(*) FROM (SELECT id FROM ledger "
          "WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3) AS step", 0 },

    [LOYALTY_SQL_FOLD_ADD] =
        { "INSERT INTO day (day, kind, credited, debited, entries) "
          "SELECT " LOYALTY_FOLD_DAY ", " LOYALTY_FOLD_KIND ", "
          "CAST(sum(CASE WHEN points > 0 THEN points ELSE 0 END) AS BIGINT), "
          "CAST(sum(CASE WHEN points < 0 THEN -points ELSE 0 END) AS BIGINT), "
          "count(*) FROM ledger WHERE id > $1 AND id <= $2 GROUP BY 1, 2 "
          "ON CONFLICT (day, kind) DO UPDATE SET "
          "credited = day.credited + excluded.credited, "
          "debited = day.debited + excluded.debited, "
          "entries = day.entries + excluded.entries", 0 },

    [LOYALTY_SQL_FOLD_NEWEST] =
        { "SELECT coalesce(max(id), 0) FROM ledger", 0 },

    [LOYALTY_SQL_FOLD_WRITE] =
        { "INSERT INTO fold (id, entry, at, newest, newest_at) "
          "VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET "
          "entry = $1, at = $2, newest = $3, newest_at = $4", 0 },

    /* as "loyaltyctl report program" counts them */

    [LOYALTY_SQL_REPORT_DAYS] =
        { "SELECT day, "
          "CAST(sum(CASE WHEN " LOYALTY_DAY_IS_OTHER
          " THEN credited ELSE 0 END) AS BIGINT), "
          "CAST(sum(CASE WHEN kind IN ('redemption', 'cancellation') "
          "THEN debited - credited ELSE 0 END) AS BIGINT), "
          "CAST(sum(CASE WHEN kind = 'expiry' "
          "THEN debited - credited ELSE 0 END) AS BIGINT), "
          "CAST(sum(CASE WHEN kind IN ('reversal', 'restoration') "
          "THEN debited - credited ELSE 0 END) AS BIGINT), "
          "CAST(sum(CASE WHEN " LOYALTY_DAY_IS_OTHER
          " THEN debited ELSE 0 END) AS BIGINT) "
          "FROM day WHERE day > $1 AND day <= $2 GROUP BY day", 0 },

    [LOYALTY_SQL_REPORT_SOURCES] =
        { "SELECT source, members, newcomers, buyers, repeat_buyers "
          "FROM source ORDER BY members DESC, source LIMIT $1", 0 },

    [LOYALTY_SQL_REPORT_CUSTOMERS] =
        { "SELECT member.code, member.email, leader.points, leader.tier, "
          "member.orders, member.joined_at "
          "FROM leader JOIN member ON member.code = leader.code "
          "WHERE leader.board = $1 AND leader.place <= $2 "
          "ORDER BY leader.place", 0 },

    [LOYALTY_SQL_REPORT_REWARDS] =
        { "SELECT id, redeemed FROM reward", 0 },

    [LOYALTY_SQL_CHORE_FIND] =
        { "SELECT done_at FROM chore WHERE name = $1", 0 },

    /* of those who come at the same time, one; also if a clock was wrong */

    [LOYALTY_SQL_CHORE_BEGIN] =
        { "INSERT INTO chore (name, begun_at, done_at) VALUES ($1, $2, 0) "
          "ON CONFLICT (name) DO UPDATE SET begun_at = $2 "
          "WHERE chore.begun_at > $2 OR (chore.done_at <= $3 "
          "AND (chore.begun_at <= chore.done_at "
          "OR chore.begun_at <= $4))", 0 },

    /* whoever is at it still is, and nobody else has begun meanwhile */

    [LOYALTY_SQL_CHORE_SIGN] =
        { "UPDATE chore SET begun_at = $1 WHERE name = $2 AND begun_at = $3",
          0 },

    [LOYALTY_SQL_CHORE_DONE] =
        { "UPDATE chore SET done_at = $1 WHERE name = $2", 0 },

    [LOYALTY_SQL_ANSWER_FIND] =
        { "SELECT request, status, result, body, at, locale, points, tier "
          "FROM answer WHERE caller = $1 AND key = $2", 0 },

    [LOYALTY_SQL_ANSWER_INSERT] =
        { "INSERT INTO answer "
          "(caller, key, request, status, result, body, awaits, at, locale, "
          "points, tier) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 0 },

    /*
     * those that were given while it was open how it ends; once: whoever
     * repeats the request may have got the new one already
     */

    [LOYALTY_SQL_ANSWER_REPLACE] =
        { "UPDATE answer SET status = $1, result = $2, body = $3, at = $4, "
          "locale = $5, points = $6, tier = $7 "
          "WHERE awaits = $8 AND awaits <> 0 AND result = $9", 0 },

    [LOYALTY_SQL_ANSWER_FORGET] =
        { "DELETE FROM answer "
          "WHERE awaits = $1 AND awaits <> 0 AND result = $2", 0 },

    [LOYALTY_SQL_ANSWER_PRUNE] =
        { "DELETE FROM answer WHERE id IN "
          "(SELECT id FROM answer WHERE at < $1 ORDER BY at LIMIT $2)", 0 }
};
