
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _ENGINE_FIXTURE_H_INCLUDED_
#define _ENGINE_FIXTURE_H_INCLUDED_


#include <loyalty_test.h>
#include <loyalty_db.h>
#include <loyalty_engine.h>
#include <loyalty_ledger.h>
#include <process_fixture.h>

#include <sqlite3.h>


#define ADA          "ada@example.com"
#define BOB          "bob@example.com"
#define CAROL        "carol@example.com"

#define MINUTE       60
#define HOUR         3600
#define DAY          (24 * HOUR)

/* 2026-12-22T10:00:00Z */

#define CHRISTMAS    INT64_C(1797933600)

/* the rewards, by their place in the program */

#define HANKY        0
#define APRON        1

#define HANKY_COST   200
#define APRON_COST   400

/* As many rules of a kind has a shop at most. */

#define SHOP_RULES   4


typedef struct shop_request_s  shop_request_t;

/*
 * A program with its database, in a folder of its own, or in a schema of its
 * own of $LOYALTY_TEST_DATABASE, a PostgreSQL URI, and an engine for it:
 * 1 point per 1.00 USD, no sign-up bonus, no limits, coupons for 30 days, and
 * one store.  There is room for more rules: tests write them and say how many
 * there are.  With others than those that there were from the start, a test
 * calls shop_reload().
 */

typedef struct {
    char                      folder[64];   /* SQLite's */
    char                      path[80];
    char                      schema[32];   /* PostgreSQL's */
    char                      uri[512];
    unsigned                  postgresql:1;

    loyalty_store_t           stores[SHOP_RULES];
    loyalty_earn_t            earns[SHOP_RULES];
    loyalty_promotion_t       promotions[SHOP_RULES];
    loyalty_action_t          actions[SHOP_RULES];
    loyalty_tier_t            tiers[SHOP_RULES];
    loyalty_membership_t      memberships[SHOP_RULES];
    loyalty_badge_t           badges[SHOP_RULES];
    loyalty_reward_t          rewards[SHOP_RULES];
    loyalty_program_t         program;
    loyalty_engine_conf_t     conf;
    loyalty_engine_t         *engine;
    int64_t                   now;

    loyalty_command_t        *batch;        /* yet to be run */
    loyalty_command_t       **last;
    shop_request_t           *requests;     /* all that were made */

    processes_t               processes;

    unsigned                  damaged:1;    /* on purpose: no audit */
} shop_t;


/*
 * Setup and teardown of a test.  Whatever the test did, the books must
 * balance in the end.
 */
int shop_open(void **state);
int shop_close(void **state);

#define shop_test(name)                                                       \
    cmocka_unit_test_setup_teardown(name, shop_open, shop_close)

/* A new engine, as after a reload of nginx; the old one has let go. */
void shop_reload(shop_t *shop);

/* From here on the engines have the writers' lock. */
void shop_use_lock(shop_t *shop);

/* A closed connection of the driver; destroyed by the caller. */
loyalty_db_t *shop_database(shop_t *shop, int timeout,
    const loyalty_db_statement_t *statements, unsigned n);

/* Commands for the next batch; they live until the end of the test. */

loyalty_command_t *shop_signup(shop_t *shop, const char *email);
loyalty_command_t *shop_signup_referred(shop_t *shop, const char *email,
    const char *referral);
loyalty_command_t *shop_admission(shop_t *shop, const char *email,
    const char *order);
loyalty_command_t *shop_claim(shop_t *shop, const char *email,
    const char *order, int64_t total);
loyalty_command_t *shop_claim_at(shop_t *shop, const char *store,
    const char *email, const char *order, int64_t total);
loyalty_command_t *shop_claim_items(shop_t *shop, const char *email,
    const char *order, int64_t total, const char *items);
loyalty_command_t *shop_claim_answered(shop_t *shop, const char *email,
    const char *order, const char *body);
loyalty_command_t *shop_claim_fault(shop_t *shop, const char *email,
    const char *order, loyalty_outcome_e fault);
loyalty_command_t *shop_balance(shop_t *shop, const char *email);
loyalty_command_t *shop_redeem(shop_t *shop, const char *email,
    const char *reward);

loyalty_command_t *shop_action(shop_t *shop, const char *email,
    const char *action, const char *ref);

loyalty_command_t *shop_coupon(shop_t *shop, const char *coupon,
    const char *order);
loyalty_command_t *shop_use(shop_t *shop, const char *coupon,
    const char *order);
loyalty_command_t *shop_cancel(shop_t *shop, const char *email,
    const char *coupon);
loyalty_command_t *shop_history(shop_t *shop, const char *email,
    const char *before, const char *limit);
loyalty_command_t *shop_leaderboard(shop_t *shop, const char *email,
    const char *limit);
loyalty_command_t *shop_report(shop_t *shop, const char *days);

loyalty_command_t *shop_event(shop_t *shop, const char *email,
    const char *order, int64_t total, int64_t refunded, const char *status);

loyalty_command_t *with_key(loyalty_command_t *command, const char *caller,
    const char *key);

/* Runs the batch. */
void shop_run(shop_t *shop);

/* Runs the batch, if that is yet to be done, and checks what it came to. */

loyalty_command_t *shop_expect_at(shop_t *shop, loyalty_command_t *command,
    loyalty_outcome_e outcome, const char *file, int line);

#define shop_expect(shop, command, outcome)                                   \
    shop_expect_at(shop, command, outcome, __FILE__, __LINE__)

/* Makes somebody a member who has so many points. */
void shop_member(shop_t *shop, const char *email, int64_t points);

/* What a member can spend, and has earned ever. */
int64_t points_of(shop_t *shop, const char *email);
int64_t lifetime_of(shop_t *shop, const char *email);

/* So many processes at a time, which open the engine for themselves. */
void shop_race(shop_t *shop, int n, process_pt body, void *data);

/*
 * In a transaction of the test's own, past the engine: what "step" does to a
 * member, who is taken.
 */

typedef int (*shop_step_pt)(loyalty_transaction_t *tx,
    loyalty_member_t *member, void *data);

void shop_transact(shop_t *shop, const char *email, shop_step_pt step,
    void *data);

/* Whether the answer has this text in it. */
int answer_says(const loyalty_command_t *command, const char *words);

/* Fails the test unless two answers are the same, byte for byte. */
void assert_same_answer(const loyalty_command_t *a,
    const loyalty_command_t *b);

/*
 * SQL on a connection of its own, as with the tools sqlite3 and psql: the
 * first column of the first row, 0 without one, or the texts of all rows with
 * blanks between them; and what the schema refuses, with these words.
 */

int64_t shop_sql(shop_t *shop, const char *sql);
void shop_sql_text(shop_t *shop, const char *sql, char *buffer, size_t size);
void shop_sql_refused(shop_t *shop, const char *sql, const char *words);

/* Runs it on a connection that stays, with what it has begun. */
void *shop_sql_hold(shop_t *shop, const char *sql);
void shop_sql_release(shop_t *shop, void *held);

/* The version of the schema. */
int64_t shop_version(shop_t *shop);
void shop_set_version(shop_t *shop, int version);

/* Grows with every transaction that has written something. */
int64_t shop_written(shop_t *shop);

/* A constraint on new rows that the schema does not have, for some of them. */
void shop_curse(shop_t *shop, const char *table, const char *condition);
void shop_lift_curse(shop_t *shop);

/* How often the engine tries a command that runs into a constraint. */
int shop_attempts(shop_t *shop);

/* A row's number in a new table: what its column is. */
const char *shop_numbered(shop_t *shop);

/* Ends the server's connections of the shop's engines: how many. */
int shop_disconnect(shop_t *shop, const char *condition);

/* Whether the engines of this run are on PostgreSQL. */
int on_postgresql(void);

/* For main(): says so and returns 1 if the unit is about the other engine. */
int only_on_sqlite(void);
int only_on_postgresql(void);

/*
 * cmocka_run_group_tests(), but the last tests, so many of them, are about
 * SQLite and are left out on PostgreSQL.
 */
#define run_shop_tests(name, tests, of_sqlite)                                \
    _cmocka_run_group_tests(name, tests,                                      \
                            elements_of(tests) - left_out(of_sqlite),         \
                            NULL, NULL)

size_t left_out(size_t of_sqlite);

/* A connection to SQLite that leaves the log alone; closed by the caller. */
sqlite3 *shop_connect(shop_t *shop);

/* A file beside SQLite's database: "" for itself, "-wal", "-shm" */

int64_t shop_file_size(shop_t *shop, const char *suffix);
int shop_file_mode(shop_t *shop, const char *suffix);

/* As if the disk were full: no file grows past so many bytes. */
void disk_limit(int64_t bytes);
void disk_unlimited(void);


#endif /* _ENGINE_FIXTURE_H_INCLUDED_ */
