
/*
 * Copyright (C) ngx_loyalty contributors
 */


/*
 * Prints what pgbench shall run: the statements that the module runs for a
 * balance, or for a claim whose order is good.
 *
 *     pgbench_script balance|claim
 *
 * Orders and members follow each other as in load.lua, by turns for pgbench's
 * clients.  The variables first, clients, members, stride, now, and n, which
 * is 0, come from pgbench's command line.
 */


#include <loyalty_statements.h>
#include <loyalty_transaction.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define PGBENCH_SCRIPT_EMAIL  "('shopper' || :member || '@example.com')"
#define PGBENCH_SCRIPT_POINTS "60"


static void pgbench_script_balance(void);
static void pgbench_script_claim(void);
static void pgbench_script_next(void);
static void pgbench_script_print(loyalty_statement_e statement,
    const char *const *values, long count, const char *end);


/* As the driver has it. */

static const char *const  pgbench_script_rest[] = {
    [0] = "",
    [LOYALTY_DB_NUMBERS] = " RETURNING id",
    [LOYALTY_DB_LOCKS] = " FOR NO KEY UPDATE"
};


/* The values of a statement's $1, $2, ... */

static const char *const  pgbench_script_find[] = {
    PGBENCH_SCRIPT_EMAIL
};

static const char *const  pgbench_script_insert[] = {
    "'default'", ":order", ":m_id", "'USD'", "1000000", "6099",
    PGBENCH_SCRIPT_POINTS, "'base=60'", "''", ":now",
    ":now * 1000::bigint"
};

static const char *const  pgbench_script_append[] = {
    ":m_id", ":m_last_entry", "'claim'", ":order", "''",
    PGBENCH_SCRIPT_POINTS, PGBENCH_SCRIPT_POINTS, ":now", "0", ":now"
};

/* pending, ..., tiers, streak, ..., due, points, lifetime, last_entry */

static const char *const  pgbench_script_move[] = {
    "0", ":m_first_open", ":now", ":m_orders + 1", ":now",
    ":m_lifetime + " PGBENCH_SCRIPT_POINTS, "0", "0", "0", "0", "0", "0",
    "0", ":m_due_at", ":m_points + " PGBENCH_SCRIPT_POINTS,
    ":m_lifetime + " PGBENCH_SCRIPT_POINTS, ":e_id", PGBENCH_SCRIPT_EMAIL,
    ":m_last_entry"
};


int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "balance") == 0) {
        pgbench_script_balance();
        return 0;
    }

    if (argc == 2 && strcmp(argv[1], "claim") == 0) {
        pgbench_script_claim();
        return 0;
    }

    (void) fprintf(stderr, "usage: pgbench_script balance|claim\n");

    return 2;
}


static void
pgbench_script_balance(void)
{
    pgbench_script_next();
    pgbench_script_print(LOYALTY_SQL_MEMBER_FIND, pgbench_script_find,
                         loyalty_values_n(pgbench_script_find), ";");
}


static void
pgbench_script_claim(void)
{
    pgbench_script_next();

    (void) printf("BEGIN;\n");

    pgbench_script_print(LOYALTY_SQL_MEMBER_TAKE, pgbench_script_find,
                         loyalty_values_n(pgbench_script_find), " \\gset m_");
    pgbench_script_print(LOYALTY_SQL_CLAIM_INSERT, pgbench_script_insert,
                         loyalty_values_n(pgbench_script_insert), ";");
    pgbench_script_print(LOYALTY_SQL_LEDGER_APPEND, pgbench_script_append,
                         loyalty_values_n(pgbench_script_append),
                         " \\gset e_");
    pgbench_script_print(LOYALTY_SQL_MEMBER_MOVE, pgbench_script_move,
                         loyalty_values_n(pgbench_script_move), ";");

    (void) printf("COMMIT;\n");
}


static void
pgbench_script_next(void)
{
    (void) printf("\\set n :n + 1\n"
                  "\\set order :first + :n * :clients + :client_id\n"
                  "\\set member 10000000 + :order * :stride %% :members\n");
}


static void
pgbench_script_print(loyalty_statement_e statement, const char *const *values,
    long count, const char *end)
{
    char        *after;
    long         n;
    const char  *p;

    for (p = loyalty_statements[statement].sql; *p != '\0'; p++) {

        if (*p != '$') {
            (void) putchar(*p);
            continue;
        }

        n = strtol(p + 1, &after, 10);

        if (n > count) {
            (void) fprintf(stderr, "pgbench_script: the module's \"%s\" has "
                           "more values than %ld\n",
                           loyalty_statements[statement].sql, count);
            exit(1);
        }

        (void) fputs(values[n - 1], stdout);

        p = after - 1;
    }

    (void) printf("%s%s\n",
                  pgbench_script_rest[loyalty_statements[statement].does],
                  end);
}
