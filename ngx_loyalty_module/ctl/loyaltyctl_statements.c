
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyaltyctl_statements.h>


#define loyaltyctl_sql(name)  [LOYALTYCTL_SQL_##name - LOYALTY_STATEMENTS]


/* In the same dialect: see loyalty_statements.h. */

const loyalty_db_statement_t  loyaltyctl_statements[LOYALTYCTL_STATEMENTS] = {

    loyaltyctl_sql(FIND) =
        { "SELECT member.email, member.code, member.referral, "
          "member.points - member.pending, member.pending, member.lifetime, "
          "member.joined_at, coalesce(other.code, '') "
          "FROM member LEFT JOIN member AS other "
          "ON other.id = member.merged_into AND member.merged_into <> 0 "
          "WHERE member.email LIKE $1 ESCAPE '\\' OR member.code = $2 "
          "OR member.referral = $3 ORDER BY member.email LIMIT $4", 0 },

    loyaltyctl_sql(CODE) =
        { "SELECT email FROM member WHERE code = $1", 0 },

    loyaltyctl_sql(FACTS) =
        { "SELECT points, source, locale FROM member WHERE id = $1", 0 },

    loyaltyctl_sql(REFERRER) =
        { "SELECT member.code, friend.rewarded_at FROM friend "
          "JOIN member ON member.id = friend.referrer "
          "WHERE friend.member = $1", 0 },

    loyaltyctl_sql(FRIENDS) =
        { "SELECT count(*), coalesce(sum(CASE WHEN rewarded_at <> 0 "
          "THEN 1 ELSE 0 END), 0) FROM friend WHERE referrer = $1", 0 },

    /* those that were merged into a member, one after the other */

    loyaltyctl_sql(MERGED) =
        { "SELECT email, code, id FROM member "
          "WHERE merged_into = $1 AND merged_into <> 0 AND id > $2 "
          "ORDER BY id", 0 },

    loyaltyctl_sql(MEMBERSHIPS) =
        { "SELECT id, until_at FROM membership WHERE member = $1 "
          "ORDER BY id", 0 },

    loyaltyctl_sql(BADGES) =
        { "SELECT id, at FROM badge WHERE member = $1 ORDER BY at, id", 0 },

    loyaltyctl_sql(HISTORY) =
        { "WITH RECURSIVE entry (id, previous, place) AS ("
          "SELECT id, previous, 1 FROM ledger WHERE id = $1 "
          "UNION ALL "
          "SELECT ledger.id, ledger.previous, entry.place + 1 "
          "FROM entry JOIN ledger ON ledger.id = entry.previous "
          "WHERE entry.place < $2) "
          "SELECT ledger.id, ledger.at, ledger.kind, ledger.reference, "
          "ledger.store, ledger.points, ledger.until_at, "
          "coalesce(redemption.coupon, ''), coalesce(redemption.state, '') "
          "FROM entry JOIN ledger ON ledger.id = entry.id "
          "LEFT JOIN redemption ON redemption.id = ledger.id "
          "ORDER BY ledger.id DESC", 0 },

    loyaltyctl_sql(EMAIL) =
        { "UPDATE member SET email = $1 WHERE id = $2", 0 },

    loyaltyctl_sql(ERASE) =
        { "UPDATE member SET email = $1, referral = $2, source = '', "
          "locale = '', waiting = 0 WHERE id = $3", 0 },

    loyaltyctl_sql(ERASE_FRIEND) =
        { "UPDATE friend SET mailbox = $1 WHERE member = $2", 0 },

    loyaltyctl_sql(ERASE_ANSWERS) =
        { "DELETE FROM answer WHERE id > $1 AND id <= $2 "
          "AND (request LIKE $3 ESCAPE '\\' OR body LIKE $4 ESCAPE '\\')",
          0 },

    loyaltyctl_sql(LAST_ANSWER) =
        { "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM answer",
          0 },

    loyaltyctl_sql(HELD) =
        { "SELECT count(*) FROM redemption "
          "WHERE member = $1 AND state = 'held'", 0 },

    loyaltyctl_sql(LOT_STORE) =
        { "SELECT store FROM ledger WHERE id = $1", 0 },

    loyaltyctl_sql(MERGE) =
        { "UPDATE member SET merged_into = $1 WHERE id = $2", 0 },

    /* and whatever was merged into it before */

    loyaltyctl_sql(MERGE_MERGED) =
        { "UPDATE member SET merged_into = $1 "
          "WHERE merged_into = $2 AND merged_into <> 0", 0 },

    loyaltyctl_sql(MERGE_BADGES) =
        { "INSERT INTO badge (member, id, at) "
          "SELECT $1, id, at FROM badge WHERE member = $2 "
          "ON CONFLICT (member, id) DO NOTHING", 0 },

    loyaltyctl_sql(DROP_BADGES) =
        { "DELETE FROM badge WHERE member = $1", 0 },

    loyaltyctl_sql(COUNT_BADGES) =
        { "SELECT count(*) FROM badge WHERE member = $1", 0 },

    /* what both have bought, one after the other: a refund ends its own */

    loyaltyctl_sql(MERGE_MEMBERSHIPS) =
        { "INSERT INTO membership (member, id, until_at) "
          "SELECT $1, id, until_at FROM membership WHERE member = $2 "
          "ON CONFLICT (member, id) DO UPDATE SET until_at = CASE "
          "WHEN excluded.until_at > $3 AND membership.until_at > $3 "
          "THEN excluded.until_at + membership.until_at - $3 "
          "WHEN excluded.until_at > membership.until_at "
          "THEN excluded.until_at ELSE membership.until_at END", 0 },

    loyaltyctl_sql(DROP_MEMBERSHIPS) =
        { "DELETE FROM membership WHERE member = $1", 0 },

    loyaltyctl_sql(LAST_MEMBERSHIP) =
        { "SELECT coalesce(max(until_at), 0) FROM membership "
          "WHERE member = $1", 0 },

    /* nobody has referred himself */

    loyaltyctl_sql(DROP_FRIEND) =
        { "DELETE FROM friend WHERE member = $1 AND referrer = $2", 0 },

    loyaltyctl_sql(MERGE_FRIENDS) =
        { "UPDATE friend SET referrer = $1 WHERE referrer = $2", 0 },

    /* by whom it came, unless that is known already */

    loyaltyctl_sql(MERGE_FRIEND) =
        { "UPDATE friend SET member = $1 WHERE member = $2 "
          "AND NOT EXISTS (SELECT 1 FROM friend AS known "
          "WHERE known.member = $1)", 0 },

    /* what it has brought itself stays: its orders are another's now */

    loyaltyctl_sql(KEEP_FRIEND) =
        { "UPDATE friend SET store = '', number = '' WHERE member = $1", 0 },

    /* those of orders that both have claimed are one */

    loyaltyctl_sql(MERGE_POSTPONED) =
        { "UPDATE postponed SET member = $1 WHERE member = $2 "
          "AND NOT EXISTS (SELECT 1 FROM postponed AS other "
          "WHERE other.member = $1 AND other.store = postponed.store "
          "AND other.number = postponed.number)", 0 },

    /* the answers to those that are left get what the others come to */

    loyaltyctl_sql(AWAIT_POSTPONED) =
        { "UPDATE answer SET awaits = (SELECT kept.id FROM postponed "
          "JOIN postponed AS kept ON kept.store = postponed.store "
          "AND kept.number = postponed.number "
          "WHERE postponed.id = answer.awaits AND kept.member = $1) "
          "WHERE awaits <> 0 AND result = 'claim_pending' AND awaits IN "
          "(SELECT id FROM postponed WHERE member = $2)", 0 },

    loyaltyctl_sql(DROP_POSTPONED) =
        { "DELETE FROM postponed WHERE member = $1", 0 },

    loyaltyctl_sql(COUNT_POSTPONED) =
        { "SELECT count(*) FROM postponed WHERE member = $1", 0 },

    loyaltyctl_sql(WAITING) =
        { "SELECT redemption.coupon, redemption.reward, redemption.store, "
          "redemption.cost, member.code, redemption.redeemed_at, "
          "redemption.expires_at "
          "FROM redemption JOIN member ON member.id = redemption.member "
          "WHERE redemption.state = 'waiting' "
          "ORDER BY redemption.redeemed_at, redemption.id", 0 },

    loyaltyctl_sql(POOL_INSERT) =
        { "INSERT INTO pool (reward, coupon) VALUES ($1, $2) "
          "ON CONFLICT (reward, coupon) DO NOTHING", 0 },

    loyaltyctl_sql(POOLS) =
        { "SELECT reward, "
          "sum(CASE WHEN redemption = 0 THEN 1 ELSE 0 END), count(*) "
          "FROM pool GROUP BY reward ORDER BY reward", 0 }
};
