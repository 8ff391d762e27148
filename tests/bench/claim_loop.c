
/*
 * Copyright (C) ngx_loyalty contributors
 */


/*
 * The yardstick for claims: what they cost SQLite alone.  One process runs
 * the statements that the module runs for a claim whose order is good, in
 * groups, each group a durable transaction.  No HTTP, no store, no thread.
 *
 *     claim_loop PATH SECONDS GROUP FIRST_ORDER MEMBERS STRIDE
 *
 * Orders and members follow each other as in load.lua.
 */


#include <loyalty_db.h>
#include <loyalty_statements.h>
#include <loyalty_store.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>


#define CLAIM_LOOP_FIRST   10000000      /* the first member's number */
#define CLAIM_LOOP_TOTAL   6099
#define CLAIM_LOOP_POINTS  60

#define CLAIM_LOOP_GROUPS  1000000       /* whose time is kept */


#define claim_loop_string(text)                                               \
    loyalty_db_text(((loyalty_str_t) loyalty_string(text)))

#define loyalty_values_n(values)  (sizeof(values) / sizeof((values)[0]))


typedef struct {
    sqlite3       *sqlite;
    sqlite3_stmt  *stmts[LOYALTY_STATEMENTS];
    sqlite3_stmt  *begin;
    sqlite3_stmt  *commit;
    long           order;
    long           members;
    long           stride;
} claim_loop_t;


static void claim_loop_open(claim_loop_t *loop, const char *path);
static sqlite3_stmt *claim_loop_prepare(claim_loop_t *loop, const char *sql);
static void claim_loop_group(claim_loop_t *loop, int group);
static void claim_loop_claim(claim_loop_t *loop);
static void claim_loop_run(claim_loop_t *loop, loyalty_statement_e statement,
    const loyalty_db_value_t *values, int n);
static sqlite3_stmt *claim_loop_row(claim_loop_t *loop,
    loyalty_statement_e statement, const loyalty_db_value_t *values, int n);
static void claim_loop_step(claim_loop_t *loop, sqlite3_stmt *stmt);
static void claim_loop_fail(claim_loop_t *loop);
static double claim_loop_now(void);
static double claim_loop_cpu(void);
static int claim_loop_compare(const void *one, const void *two);


int
main(int argc, char **argv)
{
    int           group;
    long          n;
    double        start, cpu, before, now, end, *times;
    claim_loop_t  loop;

    if (argc != 7) {
        (void) fprintf(stderr, "usage: claim_loop PATH SECONDS GROUP "
                       "FIRST_ORDER MEMBERS STRIDE\n");
        return 2;
    }

    group = atoi(argv[3]);
    loop.order = atol(argv[4]);
    loop.members = atol(argv[5]);
    loop.stride = atol(argv[6]);

    times = malloc(CLAIM_LOOP_GROUPS * sizeof(double));

    if (times == NULL) {
        return 1;
    }

    claim_loop_open(&loop, argv[1]);

    cpu = claim_loop_cpu();
    start = now = claim_loop_now();
    end = start + atof(argv[2]);

    for (n = 0; now < end && n < CLAIM_LOOP_GROUPS; n++) {
        before = now;
        claim_loop_group(&loop, group);
        now = claim_loop_now();

        times[n] = now - before;
    }

    cpu = claim_loop_cpu() - cpu;

    qsort(times, n, sizeof(double), claim_loop_compare);

    (void) printf("result requests=%ld us=%.0f cpu=%.0f p50=%.0f p99=%.0f\n",
                  n * group, (now - start) * 1e6, cpu * 1e6,
                  times[n / 2] * 1e6, times[n * 99 / 100] * 1e6);
    return 0;
}


static void
claim_loop_open(claim_loop_t *loop, const char *path)
{
    int  i;

    if (sqlite3_open_v2(path, &loop->sqlite,
                        SQLITE_OPEN_READWRITE|SQLITE_OPEN_NOMUTEX, NULL)
        != SQLITE_OK)
    {
        claim_loop_fail(loop);
    }

    /* as the module has it: see loyalty_db_sqlite.c, and the writers' cache */

    if (sqlite3_exec(loop->sqlite, "PRAGMA cache_size=-12288;"
                                   "PRAGMA journal_mode=WAL;"
                                   "PRAGMA synchronous=FULL;"
                                   "PRAGMA foreign_keys=ON;"
                                   "PRAGMA temp_store=MEMORY;"
                                   "PRAGMA trusted_schema=OFF;"
                                   "PRAGMA wal_autocheckpoint=16000;",
                     NULL, NULL, NULL)
        != SQLITE_OK)
    {
        claim_loop_fail(loop);
    }

    for (i = 0; i < LOYALTY_STATEMENTS; i++) {
        loop->stmts[i] = claim_loop_prepare(loop, loyalty_statements[i].sql);
    }

    loop->begin = claim_loop_prepare(loop, "BEGIN IMMEDIATE");
    loop->commit = claim_loop_prepare(loop, "COMMIT");
}


static sqlite3_stmt *
claim_loop_prepare(claim_loop_t *loop, const char *sql)
{
    sqlite3_stmt  *stmt;

    if (sqlite3_prepare_v3(loop->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT,
                           &stmt, NULL)
        != SQLITE_OK)
    {
        claim_loop_fail(loop);
    }

    return stmt;
}


static void
claim_loop_group(claim_loop_t *loop, int group)
{
    int  i;

    claim_loop_step(loop, loop->begin);

    for (i = 0; i < group; i++) {
        claim_loop_claim(loop);
    }

    claim_loop_step(loop, loop->commit);
}


static void
claim_loop_claim(claim_loop_t *loop)
{
    int            len;
    char           email[64], number[32];
    time_t         now;
    sqlite3_int64  member, points, lifetime, last, first, due, orders, entry;
    sqlite3_stmt  *found;

    now = time(NULL);

    len = snprintf(email, sizeof(email), "shopper%ld@example.com",
                   CLAIM_LOOP_FIRST
                   + loop->order * loop->stride % loop->members);

    loyalty_db_value_t  find[] = {
        loyalty_db_text(((loyalty_str_t) { len, email }))
    };

    found = claim_loop_row(loop, LOYALTY_SQL_MEMBER_FIND, find, 1);
    (void) sqlite3_reset(found);

    found = claim_loop_row(loop, LOYALTY_SQL_MEMBER_FIND, find, 1);
    member = sqlite3_column_int64(found, 0);
    points = sqlite3_column_int64(found, 3);
    lifetime = sqlite3_column_int64(found, 5);
    last = sqlite3_column_int64(found, 6);
    first = sqlite3_column_int64(found, 7);
    due = sqlite3_column_int64(found, 8);
    orders = sqlite3_column_int64(found, 10);
    (void) sqlite3_reset(found);

    len = snprintf(number, sizeof(number), "%ld", loop->order++);

    loyalty_db_value_t  claim[] = {
        claim_loop_string("default"),
        loyalty_db_text(((loyalty_str_t) { len, number })),
        loyalty_db_int(member), claim_loop_string("USD"),
        loyalty_db_int(LOYALTY_RATE_ONE), loyalty_db_int(CLAIM_LOOP_TOTAL),
        loyalty_db_int(CLAIM_LOOP_POINTS), claim_loop_string("base=60"),
        claim_loop_string(""), loyalty_db_int(now),
        loyalty_db_int((int64_t) now * 1000)
    };

    claim_loop_run(loop, LOYALTY_SQL_CLAIM_FIND, claim, 2);
    claim_loop_run(loop, LOYALTY_SQL_CLAIM_INSERT, claim,
                   loyalty_values_n(claim));

    loyalty_db_value_t  ledger[] = {
        loyalty_db_int(member), loyalty_db_int(last),
        claim_loop_string("claim"), claim[1], claim_loop_string(""),
        loyalty_db_int(CLAIM_LOOP_POINTS), loyalty_db_int(CLAIM_LOOP_POINTS),
        loyalty_db_int(now), loyalty_db_int(0), loyalty_db_int(now)
    };

    claim_loop_run(loop, LOYALTY_SQL_LEDGER_APPEND, ledger,
                   loyalty_values_n(ledger));

    entry = sqlite3_last_insert_rowid(loop->sqlite);

    /* pending, ..., tiers, streak, ..., due, points, lifetime, last_entry */

    loyalty_db_value_t  move[] = {
        loyalty_db_int(0), loyalty_db_int(first), loyalty_db_int(now),
        loyalty_db_int(orders + 1), loyalty_db_int(now),
        loyalty_db_int(lifetime + CLAIM_LOOP_POINTS), loyalty_db_int(0),
        loyalty_db_int(0), loyalty_db_int(0), loyalty_db_int(0),
        loyalty_db_int(0), loyalty_db_int(0), loyalty_db_int(0),
        loyalty_db_int(due), loyalty_db_int(points + CLAIM_LOOP_POINTS),
        loyalty_db_int(lifetime + CLAIM_LOOP_POINTS), loyalty_db_int(entry),
        find[0], loyalty_db_int(last)
    };

    claim_loop_run(loop, LOYALTY_SQL_MEMBER_MOVE, move,
                   loyalty_values_n(move));
}


static void
claim_loop_run(claim_loop_t *loop, loyalty_statement_e statement,
    const loyalty_db_value_t *values, int n)
{
    (void) sqlite3_reset(claim_loop_row(loop, statement, values, n));
}


/* Returns the statement at its first row, to be reset. */

static sqlite3_stmt *
claim_loop_row(claim_loop_t *loop, loyalty_statement_e statement,
    const loyalty_db_value_t *values, int n)
{
    int            i, rc;
    sqlite3_stmt  *stmt;

    stmt = loop->stmts[statement];

    if (sqlite3_bind_parameter_count(stmt) > n) {
        (void) fprintf(stderr, "claim_loop: the module's \"%s\" has %d values,"
                       " not %d\n", loyalty_statements[statement].sql,
                       sqlite3_bind_parameter_count(stmt), n);
        exit(1);
    }

    for (i = 0; i < n; i++) {

        if (values[i].is_text) {
            (void) sqlite3_bind_text(stmt, i + 1, values[i].text.data,
                                     (int) values[i].text.len,
                                     SQLITE_STATIC);
        } else {
            (void) sqlite3_bind_int64(stmt, i + 1, values[i].integer);
        }
    }

    rc = sqlite3_step(stmt);

    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        claim_loop_fail(loop);
    }

    return stmt;
}


static void
claim_loop_step(claim_loop_t *loop, sqlite3_stmt *stmt)
{
    if (sqlite3_step(stmt) != SQLITE_DONE) {
        claim_loop_fail(loop);
    }

    (void) sqlite3_reset(stmt);
}


static void
claim_loop_fail(claim_loop_t *loop)
{
    (void) fprintf(stderr, "claim_loop: %s\n", sqlite3_errmsg(loop->sqlite));
    exit(1);
}


static double
claim_loop_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static double
claim_loop_cpu(void)
{
    struct rusage  ru;

    (void) getrusage(RUSAGE_SELF, &ru);

    return ru.ru_utime.tv_sec + ru.ru_stime.tv_sec
           + (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}


static int
claim_loop_compare(const void *one, const void *two)
{
    double  a, b;

    a = *(const double *) one;
    b = *(const double *) two;

    return (a > b) - (a < b);
}
