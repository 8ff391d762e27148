
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_schema_sqlite.h>


/*
 * Times are Unix seconds, points and money integers, money in minor units.
 * What must happen at most once has its guard here: an order (claim), a
 * coupon code (redemption), an idempotency key (answer), an e-mail (member).
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
"    source     TEXT    NOT NULL,"
"    locale     TEXT    NOT NULL,"
"    points     INTEGER NOT NULL DEFAULT 0 CHECK (points >= 0),"
"    lifetime   INTEGER NOT NULL DEFAULT 0 CHECK (lifetime >= points),"
"    last_entry INTEGER NOT NULL DEFAULT 0,"    /* of the ledger */
"    first_lot  INTEGER NOT NULL DEFAULT 0,"    /* those before are spent */
"    joined_at  INTEGER NOT NULL"
") STRICT, WITHOUT ROWID;"

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
 */

"CREATE TABLE ledger ("
"    id         INTEGER PRIMARY KEY,"
"    member     INTEGER NOT NULL,"
"    previous   INTEGER NOT NULL,"              /* entry, 0: the first */
"    kind       TEXT    NOT NULL,"              /* signup, claim, redemption */
"    reference  TEXT    NOT NULL,"              /* order number, reward id */
"    points     INTEGER NOT NULL CHECK (points <> 0),"
"    at         INTEGER NOT NULL"
") STRICT;"

/* a balance follows the ledger: one new entry of the member at a time */

"CREATE TRIGGER member_follows_ledger "
"BEFORE UPDATE OF points, lifetime, last_entry ON member "
"WHEN NOT EXISTS (SELECT 1 FROM ledger WHERE id = NEW.last_entry"
"    AND member = OLD.id AND previous = OLD.last_entry"
"    AND NEW.points = OLD.points + points"
"    AND NEW.lifetime = OLD.lifetime + max(points, 0)) "
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
 * Earned points are lots, by date: the ledger's credits.  Which of them a
 * debit took its points from, oldest first, stands in spending; what is left
 * of each follows from that.
 */

"CREATE TABLE spending ("
"    debit      INTEGER NOT NULL REFERENCES ledger (id),"
"    lot        INTEGER NOT NULL REFERENCES ledger (id),"
"    points     INTEGER NOT NULL CHECK (points > 0),"
"    PRIMARY KEY (debit, lot)"
") STRICT, WITHOUT ROWID;"

"CREATE INDEX spending_lot ON spending (lot);"

"CREATE VIEW lot AS SELECT id, member, points, points - coalesce("
"    (SELECT sum(points) FROM spending WHERE lot = ledger.id), 0)"
"    AS remaining, at AS earned_at FROM ledger WHERE points > 0;"

"CREATE TRIGGER spending_once BEFORE INSERT ON spending "
"WHEN EXISTS (SELECT 1 FROM spending"
"             WHERE lot = NEW.lot AND debit = NEW.debit)"
"    OR NEW.points > coalesce("
"       (SELECT remaining FROM lot WHERE id = NEW.lot), 0) "
"BEGIN SELECT RAISE(ABORT, 'points can be spent once'); END;"

"CREATE TRIGGER spending_no_update BEFORE UPDATE ON spending "
"BEGIN SELECT RAISE(ABORT, 'spending is append-only'); END;"

"CREATE TRIGGER spending_no_delete BEFORE DELETE ON spending "
"BEGIN SELECT RAISE(ABORT, 'spending is append-only'); END;"

/* the award's facts as they were then: a refund must not ask today's rules */

"CREATE TABLE claim ("
"    store      TEXT    NOT NULL,"
"    number     TEXT    NOT NULL,"
"    member     INTEGER NOT NULL,"
"    currency   TEXT    NOT NULL,"
"    total      INTEGER NOT NULL CHECK (total >= 0),"
"    rule       TEXT    NOT NULL,"              /* amount, order, nothing */
"    rate       INTEGER NOT NULL,"              /* so many points ... */
"    per        INTEGER NOT NULL,"              /* ... per so much, 0: order */
"    points     INTEGER NOT NULL CHECK (points >= 0),"
"    claimed_at INTEGER NOT NULL,"
"    PRIMARY KEY (store, number)"
") STRICT, WITHOUT ROWID;"

"CREATE TRIGGER claim_no_update BEFORE UPDATE ON claim "
"BEGIN SELECT RAISE(ABORT, 'an order is claimed once'); END;"

"CREATE TRIGGER claim_no_delete BEFORE DELETE ON claim "
"BEGIN SELECT RAISE(ABORT, 'an order is claimed once'); END;"

"CREATE TABLE redemption ("
"    id         INTEGER PRIMARY KEY REFERENCES ledger (id),"
"    member     INTEGER NOT NULL REFERENCES member (id),"
"    reward     TEXT    NOT NULL,"
"    cost       INTEGER NOT NULL CHECK (cost > 0),"
"    coupon     TEXT    NOT NULL UNIQUE,"
"    expires_at INTEGER NOT NULL,"              /* 0: never */
"    redeemed_at INTEGER NOT NULL"
") STRICT;"

"CREATE INDEX redemption_member ON redemption (member, reward);"

"CREATE TRIGGER redemption_no_delete BEFORE DELETE ON redemption "
"BEGIN SELECT RAISE(ABORT, 'redemptions are kept'); END;"

/* how often a reward was taken, for its stock */

"CREATE TABLE reward ("
"    id         TEXT    NOT NULL PRIMARY KEY,"
"    redeemed   INTEGER NOT NULL CHECK (redeemed >= 0)"
") STRICT, WITHOUT ROWID;"

"CREATE TABLE answer ("
"    id         INTEGER PRIMARY KEY,"
"    caller     TEXT    NOT NULL,"
"    key        TEXT    NOT NULL,"
"    request    TEXT    NOT NULL,"
"    status     INTEGER NOT NULL,"
"    result     TEXT    NOT NULL,"              /* signed_up, ... */
"    body       TEXT    NOT NULL,"
"    at         INTEGER NOT NULL,"
"    UNIQUE (caller, key)"
") STRICT;"

"CREATE INDEX answer_at ON answer (at);";


const char *const  loyalty_sqlite_migrations[] = {
    loyalty_sqlite_migration_1
};


const int  loyalty_sqlite_version = sizeof(loyalty_sqlite_migrations)
                                    / sizeof(loyalty_sqlite_migrations[0]);
