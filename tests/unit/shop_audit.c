
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <shop_database.h>


/* The debits, and what no lot has covered of each. */

#define DEBTS                                                                 \
    "(SELECT id, member, kind, -points - coalesce((SELECT sum(s.points) "     \
    "FROM spending AS s WHERE s.entry = ledger.id), 0) AS owed "              \
    "FROM ledger WHERE points < 0) AS debt "

/* The store as the ledger names it: there is none in most programs. */

#define ENTRY_STORE                                                           \
    "CASE WHEN claim.store = 'default' THEN '' ELSE claim.store END"

/* Members, and who they are since a merge. */

#define PERSON                                                                \
    "(SELECT id, code, CASE merged_into WHEN 0 THEN id ELSE merged_into END " \
    "AS person FROM member) AS "

/* The last that the store has said of a claim is that all was refunded. */

#define GONE                                                                  \
    "coalesce((SELECT whole FROM reversal AS r WHERE r.store = claim.store "  \
    "AND r.number = claim.number ORDER BY step DESC LIMIT 1), 0) = 1"


const shop_audit_t  shop_audits[] = {

    /* members and the ledger */

    { "points are the sum of the ledger",
      "SELECT count(*) FROM member WHERE points <> (SELECT "
      "coalesce(sum(points), 0) FROM ledger WHERE member = member.id)", 0 },
    { "lifetime is the sum of what was earned",
      "SELECT count(*) FROM member WHERE lifetime <> (SELECT "
      "coalesce(sum(earned), 0) FROM ledger WHERE member = member.id)", 0 },
    { "every entry names the one before it",
      "SELECT count(*) FROM ledger WHERE previous <> (SELECT "
      "coalesce(max(id), 0) FROM ledger AS l WHERE l.member = ledger.member "
      "AND l.id < ledger.id)", 0 },
    { "every member names the last entry",
      "SELECT count(*) FROM member WHERE last_entry <> (SELECT "
      "coalesce(max(id), 0) FROM ledger WHERE member = member.id)", 0 },
    { "every row is a member's",
      "SELECT count(*) FROM (SELECT member FROM ledger "
      "UNION ALL SELECT member FROM claim UNION ALL SELECT member FROM event "
      "UNION ALL SELECT member FROM friend "
      "UNION ALL SELECT referrer FROM friend "
      "UNION ALL SELECT member FROM membership "
      "UNION ALL SELECT member FROM badge) AS m "
      "WHERE member NOT IN (SELECT id FROM member)", 0 },
    { "every member has a number",
      "SELECT count(*) FROM member WHERE id IS NULL", 0 },

    /* lots */

    { "what is left of a lot is a part of it",
      "SELECT count(*) FROM lot WHERE remaining < 0 OR remaining > points",
      0 },
    { "points are what is left of the lots less what is owed",
      "SELECT count(*) FROM member WHERE points <> "
      "(SELECT coalesce(sum(remaining), 0) FROM lot "
      "WHERE lot.member = member.id) - (SELECT coalesce(sum(owed), 0) "
      "FROM " DEBTS "WHERE debt.member = member.id)", 0 },
    { "who owes points has none left",
      "SELECT count(*) FROM " DEBTS "JOIN lot ON lot.member = debt.member "
      "WHERE owed > 0 AND remaining > 0", 0 },
    { "no debit took more than it says",
      "SELECT count(*) FROM " DEBTS "WHERE owed < 0", 0 },
    { "only what was taken back is owed",
      "SELECT count(*) FROM " DEBTS "WHERE owed <> 0 "
      "AND kind IN ('redemption', 'expiry')", 0 },
    { "credits that are no lots give back to lots",
      "SELECT count(*) FROM ledger WHERE points > 0 AND usable_at = 0 "
      "AND points <> (SELECT coalesce(-sum(spending.points), 0) "
      "FROM spending WHERE entry = ledger.id)", 0 },
    { "lots spend nothing",
      "SELECT count(*) FROM spending JOIN lot ON lot.id = entry", 0 },
    { "members spend their own lots",
      "SELECT count(*) FROM spending JOIN ledger ON ledger.id = entry "
      "LEFT JOIN lot ON lot.id = spending.lot "
      "WHERE lot.id IS NULL OR lot.member <> ledger.member", 0 },
    { "redemptions and expiries spend what was there",
      "SELECT count(*) FROM spending JOIN ledger ON ledger.id = entry "
      "WHERE lot > entry AND kind IN ('redemption', 'expiry')", 0 },
    { "the oldest usable lots were spent first",
      "SELECT count(*) FROM spending JOIN ledger AS debit "
      "ON debit.id = entry AND debit.kind = 'redemption' "
      "JOIN lot AS old ON old.member = debit.member "
      "AND old.id < spending.lot AND old.usable_at <= debit.at "
      "WHERE old.points > (SELECT coalesce(sum(s.points), 0) "
      "FROM spending AS s WHERE s.lot = old.id AND s.entry <= debit.id)", 0 },
    { "pending is what is left of lots not usable yet",
      "SELECT count(*) FROM member WHERE pending <> (SELECT "
      "coalesce(sum(remaining), 0) FROM lot WHERE lot.member = member.id "
      "AND due_at <> 0 AND usable_at >= due_at)", 0 },
    { "no lot is open before the first that is",
      "SELECT count(*) FROM member JOIN lot ON lot.member = member.id "
      "WHERE remaining > 0 AND lot.id < first_open", 0 },
    { "nothing is owed from before it",
      "SELECT count(*) FROM " DEBTS "JOIN member ON member.id = debt.member "
      "WHERE owed > 0 AND debt.id < first_open", 0 },
    { "who has a lot that will expire is due by then",
      "SELECT count(*) FROM member JOIN lot ON lot.member = member.id "
      "WHERE remaining > 0 AND until_at <> 0 "
      "AND (due_at = 0 OR due_at > until_at)", 0 },
    { "who has a lot that will be usable is due by then",
      "SELECT count(*) FROM member JOIN lot ON lot.member = member.id "
      "WHERE remaining > 0 AND usable_at > %lld "
      "AND (due_at = 0 OR due_at > usable_at)", 0 },
    { "who has no points left is not due, but for what a merge has left",
      "SELECT count(*) FROM member WHERE due_at <> 0 AND points <= 0 "
      "AND (tier_at >= 0 OR merged_into <> 0)", 0 },

    /* rewards */

    { "every redemption is paid by lots",
      "SELECT count(*) FROM redemption WHERE cost <> (SELECT "
      "coalesce(sum(points), 0) FROM spending WHERE entry = redemption.id)",
      0 },
    { "every debit for a reward has its coupon",
      "SELECT count(*) FROM ledger LEFT JOIN redemption "
      "ON redemption.id = ledger.id WHERE kind = 'redemption' "
      "AND (coalesce(cost, 0) <> -points OR reward <> reference "
      "OR redemption.member <> ledger.member)", 0 },
    { "every coupon has its debit",
      "SELECT count(*) FROM redemption LEFT JOIN ledger "
      "ON ledger.id = redemption.id "
      "WHERE coalesce(kind, '') <> 'redemption'", 0 },
    { "what was given up is given back, and nothing else",
      "SELECT count(*) FROM (SELECT member FROM "
      "(SELECT member, reward, cost FROM redemption "
      "WHERE state IN ('cancelled', 'refused') "
      "UNION ALL SELECT member, reference, -points FROM ledger "
      "WHERE kind = 'cancellation') AS c GROUP BY member, reward "
      "HAVING sum(cost) <> 0) AS w", 0 },
    { "rewards that were not given up are counted",
      "SELECT count(*) FROM reward WHERE redeemed <> (SELECT count(*) "
      "FROM redemption WHERE reward = reward.id "
      "AND state NOT IN ('cancelled', 'refused'))", 0 },
    { "every coupon of a pool went to its redemption",
      "SELECT count(*) FROM pool LEFT JOIN redemption "
      "ON redemption.id = pool.redemption WHERE pool.redemption <> 0 "
      "AND (coalesce(redemption.coupon, '') <> pool.coupon "
      "OR redemption.reward <> pool.reward)", 0 },

    /* orders, and what else earns */

    { "every claim with points has its credit",
      "SELECT count(*) FROM claim WHERE points <> (SELECT "
      "coalesce(sum(points), 0) FROM ledger WHERE kind = 'claim' "
      "AND reference = claim.number AND member = claim.member "
      "AND store = " ENTRY_STORE ")", 0 },
    { "every credit of an order has its claim",
      "SELECT count(*) FROM ledger LEFT JOIN claim "
      "ON number = reference AND " ENTRY_STORE " = ledger.store "
      "WHERE kind = 'claim' "
      "AND coalesce(claim.points, 0) <> ledger.points", 0 },
    { "reversals took from the ledger what they say",
      "SELECT count(*) FROM claim WHERE coalesce((SELECT taken "
      "FROM reversal AS r WHERE r.store = claim.store "
      "AND r.number = claim.number ORDER BY step DESC LIMIT 1), 0) <> "
      "(SELECT coalesce(-sum(points), 0) FROM ledger "
      "WHERE kind IN ('reversal', 'restoration') AND reference = number "
      "AND store = " ENTRY_STORE ")", 0 },
    { "what was refunded is not earned any more",
      "SELECT count(*) FROM claim WHERE coalesce((SELECT r.points "
      "FROM reversal AS r WHERE r.store = claim.store "
      "AND r.number = claim.number ORDER BY step DESC LIMIT 1), 0) <> "
      "(SELECT coalesce(-sum(earned), 0) FROM ledger "
      "WHERE kind IN ('reversal', 'restoration') AND reference = number "
      "AND store = " ENTRY_STORE ")", 0 },
    { "no reversal takes more than the order has earned",
      "SELECT count(*) FROM reversal LEFT JOIN claim "
      "ON claim.store = reversal.store AND claim.number = reversal.number "
      "WHERE claim.number IS NULL OR reversal.points > claim.points "
      "OR taken > reversal.points", 0 },
    { "orders are counted",
      "SELECT count(*) FROM member WHERE orders <> (SELECT count(*) "
      "FROM claim JOIN " PERSON "p ON p.id = claim.member "
      "WHERE p.person = member.id AND NOT " GONE ")", 0 },
    { "an order is gone if all of it was refunded",
      "SELECT count(*) FROM reversal JOIN claim "
      "ON claim.store = reversal.store AND claim.number = reversal.number "
      "WHERE whole <> CASE WHEN reversal.refunded >= total "
      "AND reversal.refunded > 0 THEN 1 ELSE 0 END", 0 },
    { "claims that were postponed are counted",
      "SELECT count(*) FROM member WHERE waiting <> (SELECT count(*) "
      "FROM postponed WHERE postponed.member = member.id)", 0 },
    { "every event has its credit, and every such credit its event",
      "SELECT count(*) FROM (SELECT member FROM "
      "(SELECT member, action, points FROM event "
      "UNION ALL SELECT member, reference, -points FROM ledger "
      "WHERE kind = 'action') AS e GROUP BY member, action "
      "HAVING sum(points) <> 0) AS w", 0 },
    { "badges are counted",
      "SELECT count(*) FROM member WHERE badges <> (SELECT count(*) "
      "FROM badge WHERE badge.member = member.id)", 0 },
    { "every credit of a badge is the only one and has its badge",
      "SELECT count(*) FROM ledger AS l WHERE kind = 'badge' "
      "AND (NOT EXISTS (SELECT 1 FROM badge WHERE badge.member = l.member "
      "AND badge.id = l.reference) OR EXISTS (SELECT 1 FROM ledger AS m "
      "WHERE m.kind = 'badge' AND m.member = l.member "
      "AND m.reference = l.reference AND m.id <> l.id))", 0 },
    { "perks last as long as the longest membership",
      "SELECT count(*) FROM member JOIN membership "
      "ON membership.member = member.id WHERE until_at > perks_until", 0 },
    { "who has referred a friend was rewarded once for it",
      "SELECT count(*) FROM friend WHERE friend.points <> (SELECT "
      "coalesce(sum(ledger.points), 0) FROM ledger "
      "JOIN " PERSON "p ON p.code = reference "
      "WHERE kind = 'referral' AND ledger.member = friend.referrer "
      "AND p.person = friend.member)", 0 },
    { "who was referred was rewarded once for it",
      "SELECT count(*) FROM ledger AS l JOIN " PERSON "o ON o.id = l.member "
      "WHERE kind = 'referral' AND 1 <> "
      "(SELECT count(*) FROM friend JOIN " PERSON "p "
      "ON p.person IN (friend.member, friend.referrer) "
      "AND p.code = l.reference "
      "WHERE o.person IN (friend.member, friend.referrer) "
      "AND o.person <> p.person "
      "AND (rewarded_at <> 0 OR number <> ''))", 0 },
    { "a referral gives twice only what it has taken",
      "SELECT count(*) FROM (SELECT sum(points) AS has, min(l.id) AS first "
      "FROM ledger AS l JOIN " PERSON "o ON o.id = l.member "
      "JOIN " PERSON "p ON p.code = l.reference "
      "WHERE kind = 'referral' GROUP BY o.person, p.person) "
      "AS sums JOIN ledger ON ledger.id = first "
      "WHERE has < 0 OR has > points", 0 },
    { "a referral stands as long as an order that brought it",
      "SELECT count(*) FROM friend LEFT JOIN claim "
      "ON claim.store = friend.store AND claim.number = friend.number "
      "LEFT JOIN " PERSON "p ON p.id = claim.member "
      "WHERE friend.number <> '' AND (p.person IS NULL "
      "OR p.person <> friend.member OR rewarded_at <> "
      "CASE WHEN " GONE " THEN 0 ELSE rewarded_at END "
      "OR (rewarded_at = 0 AND NOT " GONE "))", 0 },

    /* the file */

    { "references are kept",
      "SELECT count(*) FROM pragma_foreign_key_check", 1 },
    { "the file is whole",
      "SELECT count(*) FROM pragma_integrity_check "
      "WHERE integrity_check <> 'ok'", 1 }
};


const size_t  shop_naudits = elements_of(shop_audits);
