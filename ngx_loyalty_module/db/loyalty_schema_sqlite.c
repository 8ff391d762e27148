
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_schema_sqlite.h>


/*
 * Times are Unix seconds, points and money integers, money in minor units.
 * What must happen at most once has its guard here: an order (claim), a
 * step of its refunds (reversal), an event (event), a friend (friend), a
 * coupon code (redemption, pool), an idempotency key (answer), an e-mail
 * (member).
 */

static const char  loyalty_sqlite_migration_1[] =

/*
 * Stored by e-mail, not by id: a balance and a claim know the e-mail, and at
 * a million members each tree more to walk is a page more to read.
 */

"CREATE TABLE member ("
"    email      TEXT    NOT NULL PRIMARY KEY,"  /* normalised */
"    id         INTEGER UNIQUE,"                /* never NULL to readers */
"    code       TEXT    NOT NULL UNIQUE,"       /* what callers see: m_... */
"    referral   TEXT    NOT NULL UNIQUE,"       /* what friends get told */
"    source     TEXT    NOT NULL,"              /* the campaign */
"    locale     TEXT    NOT NULL,"
"    points     INTEGER NOT NULL DEFAULT 0,"    /* the sum of the ledger */
"    pending    INTEGER NOT NULL DEFAULT 0 CHECK (pending >= 0),"
"    lifetime   INTEGER NOT NULL DEFAULT 0 CHECK (lifetime >= 0),"
"    last_entry INTEGER NOT NULL DEFAULT 0,"    /* of the ledger */
"    first_open INTEGER NOT NULL DEFAULT 0,"    /* those before are spent */
"    due_at     INTEGER NOT NULL DEFAULT 0,"    /* to settle, 0: never */
"    active_at  INTEGER NOT NULL DEFAULT 0,"    /* last earned or spent */
"    orders     INTEGER NOT NULL DEFAULT 0,"    /* not refunded as a whole */
"    tier_at    INTEGER NOT NULL DEFAULT 0,"    /* see loyalty_standing_t */
"    tier_points  INTEGER NOT NULL DEFAULT 0,"
"    tier_before  INTEGER NOT NULL DEFAULT 0,"
"    tier_earlier INTEGER NOT NULL DEFAULT 0,"
"    streak_at  INTEGER NOT NULL DEFAULT 0,"    /* see loyalty_streak_t */
"    streak_length INTEGER NOT NULL DEFAULT 0,"
"    perks_until INTEGER NOT NULL DEFAULT 0,"   /* of all memberships */
"    badges     INTEGER NOT NULL DEFAULT 0,"    /* how many */
"    waiting    INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),"
"    merged_into INTEGER NOT NULL DEFAULT 0,"   /* member, 0: none */
"    joined_at  INTEGER NOT NULL"
") STRICT, WITHOUT ROWID;"

"CREATE INDEX member_merged ON member (merged_into) WHERE merged_into <> 0;"

"CREATE TRIGGER member_numbered AFTER INSERT ON member WHEN NEW.id IS NULL "
"BEGIN"
"    UPDATE member SET id = (SELECT coalesce(max(id), 0) + 1 FROM member)"
"    WHERE email = NEW.email;"
"END;"

/*
 * Points move by appending here and nowhere else.  Each entry names the one
 * before it of the same member, and the member names the last: so the entries
 * of a member can be walked from the newest to the oldest.  An index on the
 * member would do the same, and double the pages that every claim writes.
 *
 * Who writes has just read the member, so there is no reference to it, which
 * would make SQLite look it up once more.  What no balance has followed, by
 * the trigger below, has moved no points.
 *
 * "earned" is what an entry adds to all that was ever earned: neither a
 * reward nor the return of one does.  An entry with usable_at is a lot.
 */

"CREATE TABLE ledger ("
"    id         INTEGER PRIMARY KEY,"
"    member     INTEGER NOT NULL,"
"    previous   INTEGER NOT NULL,"              /* entry, 0: the first */
"    kind       TEXT    NOT NULL,"              /* signup, claim, ... */
"    reference  TEXT    NOT NULL,"              /* order number, reward id */
"    store      TEXT    NOT NULL,"              /* "": the program's */
"    points     INTEGER NOT NULL CHECK (points <> 0 OR earned <> 0),"
"    earned     INTEGER NOT NULL,"
"    usable_at  INTEGER NOT NULL CHECK (usable_at = 0 OR points > 0),"
"    until_at   INTEGER NOT NULL,"              /* 0: for ever */
"    at         INTEGER NOT NULL"
") STRICT;"

/* a balance follows the ledger: one new entry of the member at a time */

"CREATE TRIGGER member_follows_ledger "
"BEFORE UPDATE OF points, lifetime, last_entry ON member "
"WHEN NOT EXISTS (SELECT 1 FROM ledger WHERE id = NEW.last_entry"
"    AND member = OLD.id AND previous = OLD.last_entry"
"    AND NEW.points = OLD.points + points"
"    AND NEW.lifetime = OLD.lifetime + earned) "
"BEGIN SELECT RAISE(ABORT, 'points move by the ledger'); END;"

"CREATE TRIGGER member_keeps_id BEFORE UPDATE OF id ON member "
"WHEN OLD.id IS NOT NULL "
"BEGIN SELECT RAISE(ABORT, 'the ledger needs its members'); END;"

"CREATE TRIGGER member_no_delete BEFORE DELETE ON member "
"WHEN OLD.last_entry <> 0 "
"BEGIN SELECT RAISE(ABORT, 'the ledger needs its members'); END;"

/* INSERT OR REPLACE deletes unasked */

"CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger "
"WHEN EXISTS (SELECT 1 FROM ledger WHERE id = NEW.id) "
"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"

"CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger "
"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"

"CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger "
"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;"

/*
 * Earned points are lots, by date: what is left of each follows from here.
 * An entry takes points from lots, or (negative) gives back what an earlier
 * one took.  A debit that the lots do not cover is a debt, which later lots
 * pay when they come.
 */

"CREATE TABLE spending ("
"    entry      INTEGER NOT NULL REFERENCES ledger (id),"
"    lot        INTEGER NOT NULL REFERENCES ledger (id),"
"    points     INTEGER NOT NULL CHECK (points <> 0),"
"    PRIMARY KEY (entry, lot)"
") STRICT, WITHOUT ROWID;"

"CREATE INDEX spending_lot ON spending (lot);"

"CREATE VIEW lot AS SELECT id, member, points, points - coalesce("
"    (SELECT sum(points) FROM spending WHERE lot = ledger.id), 0)"
"    AS remaining, usable_at, until_at, store, at AS earned_at "
"FROM ledger WHERE usable_at <> 0;"

"CREATE TRIGGER spending_once BEFORE INSERT ON spending "
"WHEN EXISTS (SELECT 1 FROM spending"
"             WHERE lot = NEW.lot AND entry = NEW.entry)"
"    OR NEW.points > coalesce("
"       (SELECT remaining FROM lot WHERE id = NEW.lot), 0)"
"    OR NEW.points < coalesce("
"       (SELECT remaining - points FROM lot WHERE id = NEW.lot), 0) "
"BEGIN SELECT RAISE(ABORT, 'points can be spent once'); END;"

"CREATE TRIGGER spending_no_update BEFORE UPDATE ON spending "
"BEGIN SELECT RAISE(ABORT, 'spending is append-only'); END;"

"CREATE TRIGGER spending_no_delete BEFORE DELETE ON spending "
"BEGIN SELECT RAISE(ABORT, 'spending is append-only'); END;"

/*
 * Lots of members who were merged into others: what was left of each, and what
 * comes back to it, is a lot of the other's, of the same dates.
 */

"CREATE TABLE moved ("
"    lot        INTEGER NOT NULL REFERENCES ledger (id),"
"    became     INTEGER NOT NULL REFERENCES ledger (id),"
"    PRIMARY KEY (lot, became)"
") STRICT, WITHOUT ROWID;"

/* the award's facts as they were then: a refund must not ask today's rules */

"CREATE TABLE claim ("
"    store      TEXT    NOT NULL,"
"    number     TEXT    NOT NULL,"
"    member     INTEGER NOT NULL,"
"    currency   TEXT    NOT NULL,"
"    rate       INTEGER NOT NULL,"              /* see loyalty_store_t */
"    total      INTEGER NOT NULL CHECK (total >= 0),"
"    points     INTEGER NOT NULL CHECK (points >= 0),"
"    facts      TEXT    NOT NULL,"              /* see loyalty_award_t */
"    memberships TEXT   NOT NULL,"              /* see loyalty_bought_t */
"    claimed_at INTEGER NOT NULL,"
"    asked_at   INTEGER NOT NULL,"              /* the store was, in ms */
"    PRIMARY KEY (store, number)"
") STRICT, WITHOUT ROWID;"

"CREATE TRIGGER claim_no_update BEFORE UPDATE ON claim "
"BEGIN SELECT RAISE(ABORT, 'an order is claimed once'); END;"

"CREATE TRIGGER claim_no_delete BEFORE DELETE ON claim "
"BEGIN SELECT RAISE(ABORT, 'an order is claimed once'); END;"

/*
 * Claims that the store has not answered, until it does or their time is over.
 * Their numbers are used once, since answers refer to them; a member's
 * "waiting" is how many there are.
 */

"CREATE TABLE postponed ("
"    id         INTEGER PRIMARY KEY AUTOINCREMENT,"
"    store      TEXT    NOT NULL,"
"    number     TEXT    NOT NULL,"
"    member     INTEGER NOT NULL,"
"    email      TEXT    NOT NULL,"              /* that it was claimed by */
"    at         INTEGER NOT NULL,"
"    until_at   INTEGER NOT NULL,"
"    tries      INTEGER NOT NULL DEFAULT 0,"    /* to ask the store again */
"    next_at    INTEGER NOT NULL,"
"    UNIQUE (member, store, number)"
") STRICT;"

"CREATE INDEX postponed_next ON postponed (next_at);"

/*
 * What refunds have taken back, step by step; all sums are of the order as a
 * whole, so that a step that comes twice changes nothing.
 */

"CREATE TABLE reversal ("
"    store      TEXT    NOT NULL,"
"    number     TEXT    NOT NULL,"
"    step       INTEGER NOT NULL,"              /* 1, 2, ... */
"    entry      INTEGER NOT NULL,"              /* of the ledger, 0: none */
"    refunded   INTEGER NOT NULL CHECK (refunded >= 0),"  /* minor units */
"    points     INTEGER NOT NULL CHECK (points >= 0),"    /* to take back */
"    taken      INTEGER NOT NULL CHECK (taken >= 0),"     /* as far as had */
"    whole      INTEGER NOT NULL,"              /* 1: all of the order */
"    asked_at   INTEGER NOT NULL,"              /* the store was, in ms */
"    PRIMARY KEY (store, number, step)"
") STRICT, WITHOUT ROWID;"

"CREATE TRIGGER reversal_no_update BEFORE UPDATE ON reversal "
"BEGIN SELECT RAISE(ABORT, 'reversals are kept'); END;"

"CREATE TRIGGER reversal_no_delete BEFORE DELETE ON reversal "
"BEGIN SELECT RAISE(ABORT, 'reversals are kept'); END;"

/*
 * Orders of which the store has said something that has left no other trace:
 * that nobody has claimed them and they are taken back, or that they are as
 * the books know.  For a claim or an event that comes later, it may have been
 * asked before.
 */

"CREATE TABLE recall ("
"    store      TEXT    NOT NULL,"
"    number     TEXT    NOT NULL,"
"    asked_at   INTEGER NOT NULL,"              /* as of a reversal */
"    PRIMARY KEY (store, number)"
") STRICT, WITHOUT ROWID;"

"CREATE INDEX recall_asked ON recall (asked_at);"

/* what was rewarded without a purchase: the same event never counts twice */

"CREATE TABLE event ("
"    action     TEXT    NOT NULL,"
"    reference  TEXT    NOT NULL,"
"    member     INTEGER NOT NULL,"
"    points     INTEGER NOT NULL CHECK (points >= 0),"
"    at         INTEGER NOT NULL,"
"    PRIMARY KEY (action, reference)"
") STRICT, WITHOUT ROWID;"

"CREATE INDEX event_member ON event (member, action, at);"

"CREATE TRIGGER event_no_update BEFORE UPDATE ON event "
"BEGIN SELECT RAISE(ABORT, 'an event counts once'); END;"

"CREATE TRIGGER event_no_delete BEFORE DELETE ON event "
"BEGIN SELECT RAISE(ABORT, 'an event counts once'); END;"

/*
 * Who came by whom; a mailbox, whatever aliases it has, is a friend once.  If
 * the order that brought it is refunded, both sides have a debit each, until
 * that is cancelled or another order brings it.
 */

"CREATE TABLE friend ("
"    member     INTEGER NOT NULL PRIMARY KEY,"
"    referrer   INTEGER NOT NULL CHECK (referrer <> member),"
"    mailbox    TEXT    NOT NULL UNIQUE,"
"    points     INTEGER NOT NULL,"              /* the referrer has */
"    rewarded_at INTEGER NOT NULL,"             /* 0: not, or no more */
"    store      TEXT    NOT NULL DEFAULT '',"
"    number     TEXT    NOT NULL DEFAULT '',"   /* of the order, or "" */
"    lot        INTEGER NOT NULL DEFAULT 0,"    /* the referrer's, 0: none */
"    own_lot    INTEGER NOT NULL DEFAULT 0,"
"    debit      INTEGER NOT NULL DEFAULT 0,"    /* taken back by */
"    own_debit  INTEGER NOT NULL DEFAULT 0"
") STRICT, WITHOUT ROWID;"

"CREATE INDEX friend_referrer ON friend (referrer, rewarded_at);"

"CREATE TABLE membership ("
"    member     INTEGER NOT NULL,"
"    id         TEXT    NOT NULL,"
"    until_at   INTEGER NOT NULL,"
"    PRIMARY KEY (member, id)"
") STRICT, WITHOUT ROWID;"

"CREATE TABLE badge ("
"    member     INTEGER NOT NULL,"
"    id         TEXT    NOT NULL,"
"    at         INTEGER NOT NULL,"
"    PRIMARY KEY (member, id)"
") STRICT, WITHOUT ROWID;"

/*
 * source: "local" or "manual", made here, "pool" or "store", made elsewhere.
 * state: "held" while the store is asked for the coupon, "issued", "waiting"
 * for somebody to hand the reward over; and for good: "used", "done",
 * "cancelled", "refused" by the store.
 */

"CREATE TABLE redemption ("
"    id         INTEGER PRIMARY KEY REFERENCES ledger (id),"
"    member     INTEGER NOT NULL REFERENCES member (id),"
"    reward     TEXT    NOT NULL,"
"    store      TEXT    NOT NULL,"              /* that honours it, or "" */
"    cost       INTEGER NOT NULL CHECK (cost > 0),"
"    source     TEXT    NOT NULL,"              /* of the coupon */
"    coupon     TEXT    NOT NULL UNIQUE,"
"    expires_at INTEGER NOT NULL,"              /* 0: never */
"    redeemed_at INTEGER NOT NULL,"
"    state      TEXT    NOT NULL,"
"    used_for   TEXT    NOT NULL DEFAULT '',"   /* order number */
"    changed_at INTEGER NOT NULL,"
"    tries      INTEGER NOT NULL DEFAULT 0,"    /* to ask the store */
"    next_at    INTEGER NOT NULL DEFAULT 0"     /* to ask it again */
") STRICT;"

"CREATE INDEX redemption_member ON redemption (member, reward);"

"CREATE INDEX redemption_held ON redemption (next_at) "
"WHERE state = 'held';"

"CREATE INDEX redemption_waiting ON redemption (id) "
"WHERE state = 'waiting';"

/* a coupon shows that its points are gone */

"CREATE TRIGGER redemption_paid BEFORE INSERT ON redemption "
"WHEN NEW.cost <> coalesce((SELECT sum(points) FROM spending"
"                           WHERE entry = NEW.id), 0) "
"BEGIN SELECT RAISE(ABORT, 'a redemption is paid by lots'); END;"

"CREATE TRIGGER redemption_once BEFORE UPDATE ON redemption "
"WHEN OLD.state IN ('used', 'done', 'cancelled', 'refused')"
"    OR NEW.id <> OLD.id OR NEW.member <> OLD.member"
"    OR NEW.reward <> OLD.reward OR NEW.cost <> OLD.cost"
"    OR NEW.coupon <> OLD.coupon "
"BEGIN SELECT RAISE(ABORT, 'a coupon is used once'); END;"

"CREATE TRIGGER redemption_no_delete BEFORE DELETE ON redemption "
"BEGIN SELECT RAISE(ABORT, 'redemptions are kept'); END;"

/* how often a reward was taken, for its stock */

"CREATE TABLE reward ("
"    id         TEXT    NOT NULL PRIMARY KEY,"
"    redeemed   INTEGER NOT NULL CHECK (redeemed >= 0)"
") STRICT, WITHOUT ROWID;"

/* coupons made elsewhere, to be given away once each */

"CREATE TABLE pool ("
"    reward     TEXT    NOT NULL,"
"    coupon     TEXT    NOT NULL,"
"    redemption INTEGER NOT NULL DEFAULT 0,"    /* 0: still to be had */
"    PRIMARY KEY (reward, coupon)"
") STRICT, WITHOUT ROWID;"

"CREATE INDEX pool_free ON pool (reward, coupon) WHERE redemption = 0;"

"CREATE TRIGGER pool_once BEFORE UPDATE ON pool WHEN OLD.redemption <> 0 "
"BEGIN SELECT RAISE(ABORT, 'a coupon is given away once'); END;"

"CREATE TRIGGER pool_kept BEFORE DELETE ON pool WHEN OLD.redemption <> 0 "
"BEGIN SELECT RAISE(ABORT, 'a coupon is given away once'); END;"

/*
 * Who has most points, for leaderboards, as often as it is worth to look at
 * all members; behind the best, some places without a code, so that others
 * can see where they are.
 */

"CREATE TABLE leader ("
"    board      TEXT    NOT NULL,"              /* "lifetime", "window" */
"    place      INTEGER NOT NULL,"              /* 1, 2, ... */
"    points     INTEGER NOT NULL,"
"    code       TEXT    NOT NULL,"              /* of a member, or "" */
"    tier       TEXT    NOT NULL,"
"    badges     INTEGER NOT NULL,"
"    PRIMARY KEY (board, place)"
") STRICT, WITHOUT ROWID;"

/* what one worker does for all from time to time, and when */

"CREATE TABLE chore ("
"    name       TEXT    NOT NULL PRIMARY KEY,"
"    begun_at   INTEGER NOT NULL,"
"    done_at    INTEGER NOT NULL"
") STRICT, WITHOUT ROWID;"

/* what all members have together: one row, of the last count */

"CREATE TABLE census ("
"    id         INTEGER PRIMARY KEY CHECK (id = 1),"
"    at         INTEGER NOT NULL,"
"    members    INTEGER NOT NULL,"
"    newcomers  INTEGER NOT NULL,"
"    buyers     INTEGER NOT NULL,"
"    repeat_buyers INTEGER NOT NULL,"
"    points     INTEGER NOT NULL,"
"    owed       INTEGER NOT NULL,"
"    waiting    INTEGER NOT NULL,"              /* claims */
"    waiting_since INTEGER NOT NULL"            /* the oldest, 0: none */
") STRICT;"

/* and of them, those of the campaigns that have brought most */

"CREATE TABLE source ("
"    source     TEXT    NOT NULL PRIMARY KEY,"
"    members    INTEGER NOT NULL,"
"    newcomers  INTEGER NOT NULL,"
"    buyers     INTEGER NOT NULL,"
"    repeat_buyers INTEGER NOT NULL"
") STRICT, WITHOUT ROWID;"

/* the ledger added up by day (UTC, since 1970), as far as "fold" says */

"CREATE TABLE day ("
"    day        INTEGER NOT NULL,"
"    kind       TEXT    NOT NULL,"
"    credited   INTEGER NOT NULL,"
"    debited    INTEGER NOT NULL,"
"    entries    INTEGER NOT NULL,"
"    PRIMARY KEY (day, kind)"
") STRICT, WITHOUT ROWID;"

"CREATE TABLE fold ("
"    id         INTEGER PRIMARY KEY CHECK (id = 1),"
"    entry      INTEGER NOT NULL,"              /* the last one */
"    at         INTEGER NOT NULL,"              /* all until then */
"    newest     INTEGER NOT NULL,"              /* to go up to next time */
"    newest_at  INTEGER NOT NULL"
") STRICT;"

"CREATE TABLE answer ("
"    id         INTEGER PRIMARY KEY,"
"    caller     TEXT    NOT NULL,"
"    key        TEXT    NOT NULL,"
"    request    TEXT    NOT NULL,"
"    status     INTEGER NOT NULL,"
"    result     TEXT    NOT NULL,"              /* signed_up, ... */
"    body       TEXT    NOT NULL,"
"    at         INTEGER NOT NULL,"
"    awaits     INTEGER NOT NULL DEFAULT 0,"    /* what is pending, or 0 */
"    locale     TEXT    NOT NULL DEFAULT '',"   /* the body's */
"    points     INTEGER NOT NULL DEFAULT 0,"    /* which a refusal does */
"    tier       TEXT    NOT NULL DEFAULT '',"   /* not show */
"    UNIQUE (caller, key)"
") STRICT;"

"CREATE INDEX answer_at ON answer (at);"

"CREATE INDEX answer_awaits ON answer (awaits) WHERE awaits <> 0;";


const char *const  loyalty_sqlite_migrations[] = {
    loyalty_sqlite_migration_1
};


const int  loyalty_sqlite_version = sizeof(loyalty_sqlite_migrations)
                                    / sizeof(loyalty_sqlite_migrations[0]);
