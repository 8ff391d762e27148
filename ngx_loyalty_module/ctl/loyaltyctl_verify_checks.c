
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fold.h>
#include <loyaltyctl_verify.h>


/*
 * Tables are not joined where they can be laid on top of each other and added
 * up: that takes one sort, on the disk if need be, instead of a search for
 * each row.  Sums are cast, since PostgreSQL's are of another type.
 */

#define LOYALTY_SUM(value)  "CAST(sum(" value ") AS BIGINT)"

/* the store of an order as claims have it; in the ledger the only one is "" */

#define LOYALTY_LEDGER_STORE                                                  \
    "CASE store WHEN '' THEN 'default' ELSE store END"


/* each entry names the one before it of the same member */

static const char  loyalty_check_chain[] =
    "SELECT member, 'entry ' || id || ' names the one before', previous, "
    "before "
    "FROM (SELECT member, id, previous, "
    "coalesce(lag(id) OVER (PARTITION BY member ORDER BY id), 0) AS before "
    "FROM ledger) AS entry WHERE previous <> before";


/* what is due is settled in the ledger, so these agree at any time */

static const char  loyalty_check_balance[] =
    "SELECT member, CASE "
    "WHEN members <> 1 THEN 'members with this number' "
    "WHEN points <> entries THEN 'points' "
    "WHEN lifetime <> earned THEN 'lifetime' "
    "ELSE 'last entry' END, "
    "CASE WHEN members <> 1 THEN members "
    "WHEN points <> entries THEN points "
    "WHEN lifetime <> earned THEN lifetime ELSE last_entry END, "
    "CASE WHEN members <> 1 THEN 1 "
    "WHEN points <> entries THEN entries "
    "WHEN lifetime <> earned THEN earned ELSE newest END "
    "FROM (SELECT member, "
    LOYALTY_SUM("members") " AS members, "
    LOYALTY_SUM("points") " AS points, "
    LOYALTY_SUM("lifetime") " AS lifetime, "
    "max(last_entry) AS last_entry, "
    LOYALTY_SUM("entries") " AS entries, "
    LOYALTY_SUM("earned") " AS earned, "
    "max(newest) AS newest "
    "FROM (SELECT id AS member, 1 AS members, points, lifetime, last_entry, "
    "0 AS entries, 0 AS earned, 0 AS newest FROM member "
    "UNION ALL "
    "SELECT member, 0, 0, 0, 0, points, earned, id FROM ledger) AS facts "
    "GROUP BY member) AS balance "
    "WHERE members <> 1 OR points <> entries OR lifetime <> earned "
    "OR last_entry <> newest";


/* what is spent of a lot is 0 at least, and all of it at most */

static const char  loyalty_check_lots[] =
    "SELECT member, 'spent of lot ' || id, spent, "
    "CASE WHEN spent < 0 THEN 0 ELSE points END "
    "FROM (SELECT id, max(member) AS member, "
    LOYALTY_SUM("points") " AS points, "
    LOYALTY_SUM("spent") " AS spent "
    "FROM (SELECT id, member, points, 0 AS spent "
    "FROM ledger WHERE usable_at <> 0 "
    "UNION ALL "
    "SELECT lot, 0, 0, points FROM spending) AS facts GROUP BY id) AS lots "
    "WHERE spent < 0 OR spent > points OR points = 0";


/*
 * An entry that is not a lot takes what it says from lots, or gives it back;
 * what a debit has not taken is a debt.
 */

static const char  loyalty_check_spending[] =
    "SELECT member, 'spending of entry ' || id, spent, -points "
    "FROM (SELECT id, max(member) AS member, "
    LOYALTY_SUM("points") " AS points, "
    LOYALTY_SUM("spent") " AS spent "
    "FROM (SELECT id, member, points, 0 AS spent "
    "FROM ledger WHERE usable_at = 0 "
    "UNION ALL "
    "SELECT entry, 0, 0, points FROM spending) AS facts GROUP BY id) AS paid "
    "WHERE (points = 0 AND spent <> 0) OR (points > 0 AND spent <> -points) "
    "OR (points < 0 AND (spent < 0 OR spent > -points))";


static const char  loyalty_check_owners[] =
    "SELECT debit.member, 'entry ' || debit.id || ' takes from lot ' "
    "|| lot.id || ' of the member with the number', lot.member, debit.member "
    "FROM spending JOIN ledger AS debit ON debit.id = spending.entry "
    "JOIN ledger AS lot ON lot.id = spending.lot "
    "WHERE debit.member <> lot.member";


/* what no lots have paid is what the balance lacks to zero */

static const char  loyalty_check_debts[] =
    "SELECT member, 'debts', " LOYALTY_SUM("owed") ", "
    LOYALTY_SUM("lacking") " "
    "FROM (SELECT member, -points AS owed, 0 AS lacking "
    "FROM ledger WHERE points < 0 "
    "UNION ALL "
    "SELECT ledger.member, -spending.points, 0 "
    "FROM spending JOIN ledger ON ledger.id = spending.entry "
    "WHERE ledger.points < 0 "
    "UNION ALL "
    "SELECT id, 0, -points FROM member WHERE points < 0) AS facts "
    "GROUP BY member HAVING sum(owed) <> sum(lacking)";


/* who spends looks at the entries from here on only */

static const char  loyalty_check_first_open[] =
    "SELECT member, 'the first open entry', max(first_open), min(id) "
    "FROM (SELECT id, max(member) AS member, 0 AS first_open "
    "FROM (SELECT id, member, points FROM ledger WHERE usable_at <> 0 "
    "UNION ALL "
    "SELECT lot, 0, -points FROM spending) AS lots "
    "GROUP BY id HAVING sum(points) > 0 "
    "UNION ALL "
    "SELECT id, max(member), 0 "
    "FROM (SELECT id, member, points FROM ledger WHERE points < 0 "
    "UNION ALL "
    "SELECT entry, 0, points FROM spending WHERE points > 0) AS debts "
    "GROUP BY id HAVING sum(points) < 0 "
    "UNION ALL "
    "SELECT 9223372036854775807, id, first_open "
    "FROM member WHERE first_open <> 0) AS facts "
    "GROUP BY member HAVING max(first_open) > min(id)";


/*
 * The balance was brought up to date at a time before due_at, the first at
 * which anything of it changes: lots that were usable then are not pending,
 * all that become so from due_at on are.
 */

static const char  loyalty_check_pending[] =
    "SELECT member, 'pending', " LOYALTY_SUM("pending") ", "
    LOYALTY_SUM("remaining") " "
    "FROM (SELECT id AS member, pending, 0 AS remaining "
    "FROM member WHERE pending <> 0 "
    "UNION ALL "
    "SELECT lot.member, 0, lot.remaining "
    "FROM lot JOIN member ON member.id = lot.member "
    "WHERE member.due_at <> 0 AND lot.usable_at >= member.due_at "
    "AND lot.usable_at >= (SELECT coalesce(min(due_at), 9223372036854775807) "
    "FROM member WHERE due_at <> 0) AND lot.remaining > 0) AS facts "
    "GROUP BY member HAVING sum(pending) <> sum(remaining)";


/* an order is claimed once, and credited with what the claim says */

static const char  loyalty_check_claims[] =
    "SELECT member, 'credited for order ' || number || ' of store ' || store, "
    LOYALTY_SUM("credited") ", " LOYALTY_SUM("claimed") " "
    "FROM (SELECT member, store, number, points AS claimed, 0 AS credited, "
    "1 AS claims FROM claim "
    "UNION ALL "
    "SELECT member, " LOYALTY_LEDGER_STORE ", reference, 0, points, 0 "
    "FROM ledger WHERE kind = 'claim') AS facts "
    "GROUP BY member, store, number "
    "HAVING sum(claimed) <> sum(credited) OR sum(claims) <> 1";


/* a member's row counts those that the store has yet to answer */

static const char  loyalty_check_postponed[] =
    "SELECT member, 'claims that are waiting', " LOYALTY_SUM("waiting") ", "
    LOYALTY_SUM("postponed") " "
    "FROM (SELECT id AS member, waiting, 0 AS postponed "
    "FROM member WHERE waiting <> 0 "
    "UNION ALL SELECT member, 0, 1 FROM postponed) AS facts "
    "GROUP BY member HAVING sum(waiting) <> sum(postponed)";


/* steps are numbered, and none takes back more than the order has earned */

static const char  loyalty_check_steps[] =
    "SELECT coalesce(claim.member, 0), 'step ' || step.step || ' of order ' "
    "|| step.number || ' of store ' || step.store || CASE "
    "WHEN step.step <> step.before + 1 THEN ' follows step' "
    "WHEN step.points > coalesce(claim.points, 0) THEN ' takes back' "
    "WHEN step.taken > step.points THEN ' has taken' "
    "ELSE ' is of the whole order' END, "
    "CASE WHEN step.step <> step.before + 1 THEN step.before "
    "WHEN step.points > coalesce(claim.points, 0) THEN step.points "
    "WHEN step.taken > step.points THEN step.taken "
    "ELSE step.whole END, "
    "CASE WHEN step.step <> step.before + 1 THEN step.step - 1 "
    "WHEN step.points > coalesce(claim.points, 0) "
    "THEN coalesce(claim.points, 0) "
    "WHEN step.taken > step.points THEN step.points "
    "ELSE 1 - step.whole END "
    "FROM (SELECT store, number, step, refunded, points, taken, whole, "
    "coalesce(lag(step) "
    "OVER (PARTITION BY store, number ORDER BY step), 0) AS before "
    "FROM reversal) AS step LEFT JOIN claim "
    "ON claim.store = step.store AND claim.number = step.number "
    "WHERE step.step <> step.before + 1 OR step.taken > step.points "
    "OR step.points > coalesce(claim.points, 0) "
    "OR step.whole <> CASE WHEN step.refunded >= claim.total "
    "AND step.refunded > 0 THEN 1 ELSE 0 END";


/*
 * What the last step says has been taken, the ledger has taken, and what it
 * says is refunded counts as earned no more.
 */

static const char  loyalty_check_reversals[] =
    "SELECT max(member), CASE WHEN sum(taken) <> sum(moved) "
    "THEN 'taken back' ELSE 'earned no more' END "
    "|| ' for order ' || number || ' of store ' || store, "
    "CASE WHEN sum(taken) <> sum(moved) THEN " LOYALTY_SUM("moved")
    " ELSE " LOYALTY_SUM("lost") " END, "
    "CASE WHEN sum(taken) <> sum(moved) THEN " LOYALTY_SUM("taken")
    " ELSE " LOYALTY_SUM("points") " END "
    "FROM (SELECT 0 AS member, store, number, taken, points, 0 AS moved, "
    "0 AS lost "
    "FROM reversal AS step WHERE NOT EXISTS (SELECT 1 FROM reversal "
    "WHERE reversal.store = step.store AND reversal.number = step.number "
    "AND reversal.step > step.step) "
    "UNION ALL "
    "SELECT member, " LOYALTY_LEDGER_STORE ", reference, 0, 0, -points, "
    "-earned "
    "FROM ledger WHERE kind IN ('reversal', 'restoration')) AS facts "
    "GROUP BY store, number "
    "HAVING sum(taken) <> sum(moved) OR sum(points) <> sum(lost)";


/* a coupon shows that its points are gone */

static const char  loyalty_check_redemptions[] =
    "SELECT redemption.member, 'paid for redemption ' || redemption.id, "
    "CASE WHEN ledger.points = -redemption.cost "
    "AND ledger.member = redemption.member THEN coalesce("
    "CAST((SELECT sum(spending.points) FROM spending "
    "WHERE spending.entry = redemption.id) AS BIGINT), 0) ELSE 0 END, "
    "redemption.cost "
    "FROM redemption LEFT JOIN ledger ON ledger.id = redemption.id "
    "WHERE ledger.id IS NULL OR ledger.points <> -redemption.cost "
    "OR ledger.member <> redemption.member "
    "OR ledger.kind <> 'redemption' "
    "OR redemption.cost <> coalesce((SELECT sum(spending.points) "
    "FROM spending WHERE spending.entry = redemption.id), 0)";


/* what the store refused or the member gave up was given back, once */

static const char  loyalty_check_cancellations[] =
    "SELECT member, 'given back for reward ' || reward, "
    LOYALTY_SUM("given") ", " LOYALTY_SUM("due") " "
    "FROM (SELECT member, reward, cost AS due, 0 AS given "
    "FROM redemption WHERE state IN ('cancelled', 'refused') "
    "UNION ALL "
    "SELECT member, reference, 0, points "
    "FROM ledger WHERE kind = 'cancellation') AS facts "
    "GROUP BY member, reward HAVING sum(given) <> sum(due)";


/* a code is given away once, and a code from the pool as it is there */

static const char  loyalty_check_coupons[] =
    "SELECT min(member), 'redemptions with the coupon of redemption ' "
    "|| min(id), count(*), 1 "
    "FROM redemption GROUP BY coupon HAVING count(*) > 1 "
    "UNION ALL "
    "SELECT coalesce(redemption.member, 0), 'coupons of the pool of reward ' "
    "|| pool.reward || ' given to redemption ' || pool.redemption, count(*), "
    "count(redemption.id) "
    "FROM pool LEFT JOIN redemption ON redemption.id = pool.redemption "
    "AND redemption.coupon = pool.coupon AND redemption.reward = pool.reward "
    "WHERE pool.redemption <> 0 "
    "GROUP BY redemption.member, pool.reward, pool.redemption "
    "HAVING count(*) <> 1 OR count(redemption.id) <> 1";


/*
 * The orders of a member who was merged into another are the other's; those
 * that were refunded as a whole do not count.
 */

static const char  loyalty_check_counts[] =
    "WITH standing (member, claims) AS ("
    "SELECT member, 1 FROM claim UNION ALL "
    "SELECT claim.member, -1 FROM reversal AS step "
    "JOIN claim ON claim.store = step.store AND claim.number = step.number "
    "WHERE step.whole = 1 AND NOT EXISTS (SELECT 1 FROM reversal "
    "WHERE reversal.store = step.store AND reversal.number = step.number "
    "AND reversal.step > step.step)) "
    "SELECT member, CASE WHEN sum(orders) <> sum(claims) THEN 'orders' "
    "ELSE 'badges' END, "
    "CASE WHEN sum(orders) <> sum(claims) THEN " LOYALTY_SUM("orders")
    " ELSE " LOYALTY_SUM("badges") " END, "
    "CASE WHEN sum(orders) <> sum(claims) THEN " LOYALTY_SUM("claims")
    " ELSE " LOYALTY_SUM("held") " END "
    "FROM (SELECT id AS member, orders, badges, 0 AS claims, 0 AS held "
    "FROM member WHERE merged_into = 0 "
    "UNION ALL SELECT member, 0, 0, claims, 0 FROM standing "
    "WHERE member NOT IN (SELECT id FROM merged) "
    "UNION ALL SELECT merged.other, 0, 0, claims, 0 "
    "FROM standing JOIN merged ON merged.id = standing.member "
    "UNION ALL SELECT member, 0, 0, 0, 1 FROM badge "
    "WHERE member NOT IN (SELECT id FROM merged)) AS facts "
    "GROUP BY member "
    "HAVING sum(orders) <> sum(claims) OR sum(badges) <> sum(held) "
    "UNION ALL "
    "SELECT 0, 'times that reward ' || id || ' was taken', "
    LOYALTY_SUM("redeemed") ", " LOYALTY_SUM("taken") " "
    "FROM (SELECT id, redeemed, 0 AS taken FROM reward "
    "UNION ALL "
    "SELECT reward, 0, 1 FROM redemption "
    "WHERE state NOT IN ('cancelled', 'refused')) AS facts "
    "GROUP BY id HAVING sum(redeemed) <> sum(taken)";


/*
 * Once each: what an event has earned, a balance that came from elsewhere,
 * what a friend has brought, as long as the order stands that has.
 */

static const char  loyalty_check_once[] =
    "SELECT member, 'credited for action ' || action, "
    LOYALTY_SUM("credited") ", " LOYALTY_SUM("points") " "
    "FROM (SELECT member, action, points, 0 AS credited FROM event "
    "UNION ALL "
    "SELECT member, reference, 0, points FROM ledger WHERE kind = 'action') "
    "AS facts GROUP BY member, action HAVING sum(credited) <> sum(points) "
    "UNION ALL "
    "SELECT member, 'imported balances', count(*), 1 "
    "FROM ledger WHERE kind = 'import' GROUP BY member HAVING count(*) > 1 "
    "UNION ALL "
    "SELECT friend.referrer, 'members that friend ' || friend.member "
    "|| ' and who sent him are', (SELECT count(*) FROM member "
    "WHERE member.id IN (friend.member, friend.referrer)), 2 "
    "FROM friend WHERE 2 <> (SELECT count(*) FROM member "
    "WHERE member.id IN (friend.member, friend.referrer)) "
    "UNION ALL "
    "SELECT friend.referrer, 'the order that friend ' || friend.member "
    "|| ' was rewarded for stands', 0, 1 "
    "FROM friend JOIN reversal AS step ON step.store = friend.store "
    "AND step.number = friend.number AND step.whole = 1 "
    "WHERE friend.rewarded_at <> 0 AND NOT EXISTS (SELECT 1 FROM reversal "
    "WHERE reversal.store = step.store AND reversal.number = step.number "
    "AND reversal.step > step.step) "
    "UNION ALL "
    "SELECT membership.member, 'the end of all memberships', "
    "coalesce(member.perks_until, 0), membership.until_at "
    "FROM membership LEFT JOIN member ON member.id = membership.member "
    "WHERE membership.until_at > coalesce(member.perks_until, 0) "
    "AND coalesce(member.merged_into, 0) = 0";


/* what reports show of a day is what the ledger has, as far as it was read */

static const char  loyalty_check_days[] =
    "SELECT 0, CASE WHEN sum(credited) <> 0 THEN 'credited' "
    "WHEN sum(debited) <> 0 THEN 'debited' ELSE 'entries' END "
    "|| ' by ' || kind || ' on day ' || day, "
    "CASE WHEN sum(credited) <> 0 THEN " LOYALTY_SUM("of_day * credited")
    " WHEN sum(debited) <> 0 THEN " LOYALTY_SUM("of_day * debited")
    " ELSE " LOYALTY_SUM("of_day * entries") " END, "
    "CASE WHEN sum(credited) <> 0 THEN "
    LOYALTY_SUM("(of_day - 1) * credited")
    " WHEN sum(debited) <> 0 THEN " LOYALTY_SUM("(of_day - 1) * debited")
    " ELSE " LOYALTY_SUM("(of_day - 1) * entries") " END "
    "FROM (SELECT day, kind, credited, debited, entries, 1 AS of_day FROM day "
    "UNION ALL "
    "SELECT " LOYALTY_FOLD_DAY ", " LOYALTY_FOLD_KIND ", "
    "CASE WHEN points > 0 THEN -points ELSE 0 END, "
    "CASE WHEN points < 0 THEN points ELSE 0 END, -1, 0 FROM ledger "
    "WHERE id <= coalesce((SELECT entry FROM fold WHERE id = 1), 0)) AS facts "
    "GROUP BY day, kind "
    "HAVING sum(credited) <> 0 OR sum(debited) <> 0 OR sum(entries) <> 0";


/* an answer from the future would stay for ever; clocks differ a little */

static const char  loyalty_check_answers[] =
    "SELECT 0, 'the time of answer ' || id, at, now FROM answer, clock "
    "WHERE at > now + 300";


const loyalty_check_t  loyalty_checks[LOYALTY_CHECKS] = {
    { "chain", "ledger", loyalty_check_chain },
    { "balance", "member ledger", loyalty_check_balance },
    { "lots", "ledger spending", loyalty_check_lots },
    { "spending", "ledger spending", loyalty_check_spending },
    { "owners", "spending", loyalty_check_owners },
    { "debts", "ledger spending", loyalty_check_debts },
    { "first_open", "member ledger spending", loyalty_check_first_open },
    { "pending", "member ledger", loyalty_check_pending },
    { "claims", "claim ledger", loyalty_check_claims },
    { "postponed", "member postponed", loyalty_check_postponed },
    { "refund_steps", "reversal", loyalty_check_steps },
    { "refunds", "reversal ledger", loyalty_check_reversals },
    { "redemptions", "redemption", loyalty_check_redemptions },
    { "cancellations", "redemption ledger", loyalty_check_cancellations },
    { "coupons", "redemption pool", loyalty_check_coupons },
    { "counts", "member claim redemption", loyalty_check_counts },
    { "once", "event ledger friend membership", loyalty_check_once },
    { "days", "ledger", loyalty_check_days },
    { "answers", "answer", loyalty_check_answers }
};
