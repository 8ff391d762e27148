
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transfer.h>

#include <stdarg.h>
#include <stdio.h>


static int loyalty_transfer_look(loyalty_transfer_t *transfer);
static int loyalty_transfer_version(loyalty_transfer_t *transfer,
    const char *name, int version);
static int loyalty_transfer_read(loyalty_transfer_t *transfer);
static int loyalty_transfer_count(loyalty_transfer_t *transfer,
    int64_t *rows);
static int loyalty_transfer_write(loyalty_transfer_t *transfer);
static int loyalty_transfer_seize(loyalty_transfer_t *transfer);
static int loyalty_transfer_empty(loyalty_transfer_t *transfer);
static int loyalty_transfer_table(loyalty_transfer_t *transfer, unsigned n);
static int loyalty_transfer_check(loyalty_transfer_t *transfer);
static int loyalty_transfer_compare(loyalty_transfer_t *transfer,
    unsigned n);
static int loyalty_transfer_balances(loyalty_transfer_t *transfer,
    loyalty_db_t *db);
static int loyalty_transfer_still(loyalty_transfer_t *transfer);
static int loyalty_transfer_commit(loyalty_transfer_t *transfer);
static void loyalty_transfer_values(loyalty_db_t *db,
    const loyalty_table_t *table, loyalty_db_value_t *values);
static uint64_t loyalty_transfer_sum(const loyalty_table_t *table,
    const loyalty_db_value_t *values);
static uint64_t loyalty_transfer_mix(uint64_t sum, uint64_t value);
static int loyalty_transfer_failed(loyalty_transfer_t *transfer,
    loyalty_db_t *db);
static int loyalty_transfer_because(loyalty_transfer_t *transfer,
    const char *format, ...)
    __attribute__((format(printf, 2, 3)));


/*
 * Members whose points, lifetime and last entry are not what the ledger says:
 * each entry names the one before, so the differences add up to the last.  In
 * one pass over both tables, which need not be joined for it.
 */

static const char  loyalty_transfer_wrong[] =
    "SELECT count(*), min(member) FROM ("
    "SELECT member FROM ("
    "SELECT member, points, earned AS lifetime,"
    " id - previous AS last_entry FROM ledger "
    "UNION ALL "
    "SELECT id, -points, -lifetime, -last_entry FROM member"
    ") AS entry GROUP BY member "
    "HAVING sum(points) <> 0 OR sum(lifetime) <> 0 OR sum(last_entry) <> 0"
    ") AS wrong";


int
loyalty_transfer_run(loyalty_transfer_t *transfer)
{
    int  rc;

    rc = LOYALTY_ERROR;

    if (loyalty_transfer_look(transfer) == LOYALTY_OK
        && loyalty_transfer_read(transfer) == LOYALTY_OK
        && loyalty_transfer_write(transfer) == LOYALTY_OK
        && loyalty_transfer_check(transfer) == LOYALTY_OK)
    {
        rc = loyalty_transfer_commit(transfer);
    }

    loyalty_db_close(transfer->to);
    loyalty_db_close(transfer->from);

    return rc;
}


/* Before anything is made: loyalty_db_open() makes files and tables. */

static int
loyalty_transfer_look(loyalty_transfer_t *transfer)
{
    int  version;

    if (loyalty_db_look(transfer->from, &version) != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->from);
    }

    if (version <= 0) {
        return loyalty_transfer_because(transfer, (version < 0)
                                        ? "the file of FROM does not exist"
                                        : "FROM has no loyalty program in it");
    }

    if (loyalty_transfer_version(transfer, "FROM", version) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    if (loyalty_db_look(transfer->to, &version) != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->to);
    }

    if (version <= 0) {
        transfer->made = 1;
        return LOYALTY_OK;
    }

    return loyalty_transfer_version(transfer, "TO", version);
}


static int
loyalty_transfer_version(loyalty_transfer_t *transfer, const char *name,
    int version)
{
    if (version == loyalty_db_newest()) {
        return LOYALTY_OK;
    }

    return loyalty_transfer_because(transfer, "%s has version %d of the "
               "schema, and this loyaltyctl copies version %d: %s", name,
               version, loyalty_db_newest(),
               (version > loyalty_db_newest())
               ? "use the one that came with the module that wrote it"
               : "let nginx with this version's module use it once, to bring "
                 "it up to date");
}


static int
loyalty_transfer_read(loyalty_transfer_t *transfer)
{
    unsigned  i;

    if (loyalty_db_open(transfer->from) != LOYALTY_DB_DONE
        || loyalty_db_snapshot(transfer->from) != LOYALTY_DB_DONE)
    {
        return loyalty_transfer_failed(transfer, transfer->from);
    }

    if (loyalty_transfer_count(transfer, transfer->rows) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    /* each row is copied, and read again */

    for (i = 0; i < LOYALTY_TABLES; i++) {
        transfer->progress->total += 2 * transfer->rows[i];
    }

    return LOYALTY_OK;
}


static int
loyalty_transfer_count(loyalty_transfer_t *transfer, int64_t *rows)
{
    char             sql[64];
    unsigned         i;
    loyalty_db_rc_e  rc;

    for (i = 0; i < LOYALTY_TABLES; i++) {
        (void) snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s",
                        loyalty_tables[i].name);

        for (rc = loyalty_db_rows(transfer->from, sql);
             rc == LOYALTY_DB_ROW;
             rc = loyalty_db_next(transfer->from))
        {
            rows[i] = loyalty_db_column_int(transfer->from, 0);
        }

        if (rc != LOYALTY_DB_DONE) {
            return loyalty_transfer_failed(transfer, transfer->from);
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_transfer_write(loyalty_transfer_t *transfer)
{
    unsigned  i;

    if (loyalty_transfer_seize(transfer) != LOYALTY_OK
        || loyalty_transfer_empty(transfer) != LOYALTY_OK)
    {
        return LOYALTY_ERROR;
    }

    loyalty_progress_step(transfer->progress, "checking FROM", "");

    if (loyalty_transfer_balances(transfer, transfer->from) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < LOYALTY_TABLES; i++) {

        if (loyalty_transfer_table(transfer, i) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_transfer_seize(loyalty_transfer_t *transfer)
{
    if (loyalty_db_open(transfer->to) != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->to);
    }

    if (transfer->made) {
        transfer->target = LOYALTY_TARGET_EMPTY;
    }

    if (loyalty_db_seize(transfer->to) != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->to);
    }

    return LOYALTY_OK;
}


static int
loyalty_transfer_empty(loyalty_transfer_t *transfer)
{
    char             sql[64];
    unsigned         i;
    loyalty_db_rc_e  rc;

    for (i = 0; i < LOYALTY_TABLES; i++) {
        (void) snprintf(sql, sizeof(sql), "SELECT 1 FROM %s LIMIT 1",
                        loyalty_tables[i].name);

        rc = loyalty_db_rows(transfer->to, sql);

        if (rc == LOYALTY_DB_ROW) {
            return loyalty_transfer_because(transfer, "TO is not empty, its "
                                            "table \"%s\" has rows",
                                            loyalty_tables[i].name);
        }

        if (rc != LOYALTY_DB_DONE) {
            return loyalty_transfer_failed(transfer, transfer->to);
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_transfer_table(loyalty_transfer_t *transfer, unsigned n)
{
    char                    sql[2 * LOYALTY_LIST_SIZE];
    char                    list[LOYALTY_LIST_SIZE];
    int64_t                 rows;
    loyalty_db_rc_e         rc;
    loyalty_db_value_t      values[LOYALTY_COLUMNS_MAX];
    const loyalty_table_t  *table = &loyalty_tables[n];

    loyalty_progress_step(transfer->progress, "copying", table->name);
    loyalty_table_list(table, list);

    /* in the order in which the target stores them, if it does */

    (void) snprintf(sql, sizeof(sql), "SELECT %s FROM %s ORDER BY %s", list,
                    table->name, table->key);

    if (loyalty_db_fill(transfer->to, table) != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->to);
    }

    rows = 0;

    for (rc = loyalty_db_rows(transfer->from, sql);
         rc == LOYALTY_DB_ROW;
         rc = loyalty_db_next(transfer->from))
    {
        loyalty_transfer_values(transfer->from, table, values);

        if (loyalty_db_put(transfer->to, table, values) != LOYALTY_DB_DONE) {
            return loyalty_transfer_failed(transfer, transfer->to);
        }

        transfer->sums[n] += loyalty_transfer_sum(table, values);
        rows++;

        loyalty_progress_row(transfer->progress);
    }

    if (rc != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->from);
    }

    if (loyalty_db_filled(transfer->to, table) != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->to);
    }

    if (rows != transfer->rows[n]) {
        return loyalty_transfer_because(transfer, "FROM is damaged: its table "
                                        "\"%s\" has %lld rows, and %lld by "
                                        "its index", table->name,
                                        (long long) transfer->rows[n],
                                        (long long) rows);
    }

    return LOYALTY_OK;
}


static int
loyalty_transfer_check(loyalty_transfer_t *transfer)
{
    unsigned  i;

    for (i = 0; i < LOYALTY_TABLES; i++) {

        if (loyalty_transfer_compare(transfer, i) != LOYALTY_OK) {
            return LOYALTY_ERROR;
        }
    }

    loyalty_progress_step(transfer->progress, "checking TO", "");

    if (loyalty_transfer_balances(transfer, transfer->to) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    return loyalty_transfer_still(transfer);
}


/* Reads again what was written: as many rows, with the same in them. */

static int
loyalty_transfer_compare(loyalty_transfer_t *transfer, unsigned n)
{
    char                    sql[2 * LOYALTY_LIST_SIZE];
    char                    list[LOYALTY_LIST_SIZE];
    int64_t                 rows;
    uint64_t                sum;
    loyalty_db_rc_e         rc;
    loyalty_db_value_t      values[LOYALTY_COLUMNS_MAX];
    const loyalty_table_t  *table = &loyalty_tables[n];

    loyalty_progress_step(transfer->progress, "comparing", table->name);
    loyalty_table_list(table, list);

    (void) snprintf(sql, sizeof(sql), "SELECT %s FROM %s", list, table->name);

    rows = 0;
    sum = 0;

    for (rc = loyalty_db_rows(transfer->to, sql);
         rc == LOYALTY_DB_ROW;
         rc = loyalty_db_next(transfer->to))
    {
        loyalty_transfer_values(transfer->to, table, values);

        sum += loyalty_transfer_sum(table, values);
        rows++;

        loyalty_progress_row(transfer->progress);
    }

    if (rc != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, transfer->to);
    }

    if (rows == transfer->rows[n] && sum == transfer->sums[n]) {
        return LOYALTY_OK;
    }

    return loyalty_transfer_because(transfer, "the table \"%s\" is not the "
                                    "same in TO: %lld rows of %lld, %s",
                                    table->name, (long long) rows,
                                    (long long) transfer->rows[n],
                                    (sum == transfer->sums[n])
                                    ? "with the same in them"
                                    : "with something else in them");
}


static int
loyalty_transfer_balances(loyalty_transfer_t *transfer, loyalty_db_t *db)
{
    int64_t          wrong, member;
    loyalty_db_rc_e  rc;

    wrong = 0;
    member = 0;

    for (rc = loyalty_db_rows(db, loyalty_transfer_wrong);
         rc == LOYALTY_DB_ROW;
         rc = loyalty_db_next(db))
    {
        wrong = loyalty_db_column_int(db, 0);

        if (wrong != 0) {
            member = loyalty_db_column_int(db, 1);
        }
    }

    if (rc != LOYALTY_DB_DONE) {
        return loyalty_transfer_failed(transfer, db);
    }

    if (wrong == 0) {
        return LOYALTY_OK;
    }

    return loyalty_transfer_because(transfer, "%s is damaged: the balances of "
                                    "%lld members are not what the ledger "
                                    "says, the first is that of the id %lld",
                                    (db == transfer->to) ? "TO" : "FROM",
                                    (long long) wrong, (long long) member);
}


/* What was written to the source meanwhile would be lost without a word. */

static int
loyalty_transfer_still(loyalty_transfer_t *transfer)
{
    int64_t   rows[LOYALTY_TABLES];
    unsigned  i;

    loyalty_db_rollback(transfer->from);

    if (loyalty_db_open(transfer->from) != LOYALTY_DB_DONE
        || loyalty_db_snapshot(transfer->from) != LOYALTY_DB_DONE)
    {
        return loyalty_transfer_failed(transfer, transfer->from);
    }

    if (loyalty_transfer_count(transfer, rows) != LOYALTY_OK) {
        return LOYALTY_ERROR;
    }

    for (i = 0; i < LOYALTY_TABLES; i++) {

        if (rows[i] != transfer->rows[i]) {
            return loyalty_transfer_because(transfer, "FROM was written to "
                                            "meanwhile, its table \"%s\" has "
                                            "%lld rows now and had %lld: stop "
                                            "nginx first",
                                            loyalty_tables[i].name,
                                            (long long) rows[i],
                                            (long long) transfer->rows[i]);
        }
    }

    return LOYALTY_OK;
}


static int
loyalty_transfer_commit(loyalty_transfer_t *transfer)
{
    loyalty_db_rc_e  rc;

    loyalty_progress_step(transfer->progress, "committing", "");

    rc = loyalty_db_commit(transfer->to);

    if (rc == LOYALTY_DB_DONE) {
        return LOYALTY_OK;
    }

    if (rc == LOYALTY_DB_UNAVAILABLE) {
        transfer->target = LOYALTY_TARGET_UNKNOWN;
    }

    return loyalty_transfer_failed(transfer, transfer->to);
}


static void
loyalty_transfer_values(loyalty_db_t *db, const loyalty_table_t *table,
    loyalty_db_value_t *values)
{
    unsigned  i;

    for (i = 0; i < table->ncolumns; i++) {
        values[i].is_text = table->columns[i].is_text;

        if (values[i].is_text) {
            values[i].text = loyalty_db_column_text(db, i);

        } else {
            values[i].integer = loyalty_db_column_int(db, i);
        }
    }
}


/*
 * Of one row; those of a table are added up, in whatever order they come.
 * Against accidents, not against anybody who wants to be taken for another.
 */

static uint64_t
loyalty_transfer_sum(const loyalty_table_t *table,
    const loyalty_db_value_t *values)
{
    size_t    n;
    uint64_t  sum;
    unsigned  i;

    sum = 0;

    for (i = 0; i < table->ncolumns; i++) {

        if (!values[i].is_text) {
            sum = loyalty_transfer_mix(sum, (uint64_t) values[i].integer);
            continue;
        }

        for (n = 0; n < values[i].text.len; n++) {
            sum = (sum ^ (unsigned char) values[i].text.data[n])
                  * UINT64_C(1099511628211);
        }

        sum = loyalty_transfer_mix(sum, values[i].text.len);
    }

    return sum;
}


/* The finisher of SplitMix64 (Steele, Lea, Flood). */

static uint64_t
loyalty_transfer_mix(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) + UINT64_C(0x9e3779b97f4a7c15);
    sum = (sum ^ (sum >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    sum = (sum ^ (sum >> 27)) * UINT64_C(0x94d049bb133111eb);

    return sum ^ (sum >> 31);
}


static int
loyalty_transfer_failed(loyalty_transfer_t *transfer, loyalty_db_t *db)
{
    return loyalty_transfer_because(transfer, "%s: %s",
                                    (db == transfer->to) ? "TO" : "FROM",
                                    loyalty_db_error(db));
}


static int
loyalty_transfer_because(loyalty_transfer_t *transfer, const char *format,
    ...)
{
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(transfer->why, sizeof(transfer->why), format, args);
    va_end(args);

    return LOYALTY_ERROR;
}
