
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_fields.h>
#include <loyalty_id.h>
#include <loyalty_progress.h>
#include <loyalty_utf8.h>
#include <loyaltyctl_statements.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>


/* Codes a transaction: others wait for it only so long. */

#define LOYALTYCTL_BATCH        500

/* A line, with more than a code may have, its end and a NUL. */

#define LOYALTYCTL_LINE_SIZE    (4 * LOYALTY_COUPON_MAX)

/* Lines of which something is said; of more, how many they are. */

#define LOYALTYCTL_LINES_SAID   20


typedef struct {
    int64_t                   line;            /* in the file */
    size_t                    len;
    char                      text[LOYALTY_COUPON_MAX];
} loyaltyctl_code_t;


typedef struct {
    const loyalty_options_t  *options;
    loyalty_str_t             reward;
    FILE                     *in;
    loyalty_progress_t        progress;

    int64_t                   line;
    unsigned                  ncodes;
    loyaltyctl_code_t         codes[LOYALTYCTL_BATCH];
    char                      known[LOYALTYCTL_BATCH];

    int64_t                   imported;
    int64_t                   doubled;         /* or imported before */
    int64_t                   bad;
} loyaltyctl_pool_t;


static loyaltyctl_exit_e loyaltyctl_pool_import(loyaltyctl_pool_t *pool);
static int loyaltyctl_pool_count(loyaltyctl_pool_t *pool);
static loyaltyctl_exit_e loyaltyctl_pool_run(loyaltyctl_pool_t *pool,
    loyalty_session_t *session);
static int loyaltyctl_pool_read(loyaltyctl_pool_t *pool);
static void loyaltyctl_pool_line(loyaltyctl_pool_t *pool, char *text,
    size_t len, int whole);
static int loyaltyctl_pool_is_code(loyalty_str_t code);
static int loyaltyctl_pool_work(loyalty_transaction_t *tx, void *data);
static void loyaltyctl_pool_written(loyaltyctl_pool_t *pool);
static void loyaltyctl_pool_say(loyaltyctl_pool_t *pool, int64_t line,
    const char *what, int64_t count);
static loyaltyctl_exit_e loyaltyctl_pool_report(loyaltyctl_pool_t *pool);


static const loyalty_usage_t  loyaltyctl_pool_usage = {
    "coupon import", "REWARD FILE",
    "Puts the codes in FILE (\"-\": standard input), one a line, into the\n"
    "pool of a reward with coupon=pool.  Codes that are in it already are\n"
    "passed over, so the same file may be imported again, also after an\n"
    "interruption.  Lines that are no codes are reported, and the others\n"
    "imported.\n"
    "\n"
    "  -q, --quiet         do not say how far it is\n",
    2, 2, 0
};


loyaltyctl_exit_e
loyaltyctl_coupon_import(int argc, char **argv)
{
    int                       quiet;
    loyalty_options_t         options;
    loyaltyctl_exit_e         status;
    static loyaltyctl_pool_t  pool;
    loyalty_option_t          own[] = {
        { "quiet", 'q', LOYALTY_OPTION_FLAG, &quiet }
    };

    quiet = 0;

    if (loyalty_options_read(&options, &loyaltyctl_pool_usage, own, 1, argc,
                             argv, &status)
        != LOYALTY_OK)
    {
        return status;
    }

    pool.options = &options;
    pool.reward = loyalty_fields_string(options.operands[0]);

    if (!loyalty_id_valid(pool.reward)) {
        return loyalty_options_wrong(&options, "\"%s\" cannot be a reward's "
                                     "id", options.operands[0]);
    }

    pool.in = (strcmp(options.operands[1], "-") == 0)
              ? stdin : fopen(options.operands[1], "r");

    if (pool.in == NULL) {
        return loyalty_options_failed(&options, "\"%s\": %s",
                                      options.operands[1], strerror(errno));
    }

    loyalty_progress_init(&pool.progress, quiet);

    status = loyaltyctl_pool_import(&pool);

    (void) fclose(pool.in);

    return status;
}


static loyaltyctl_exit_e
loyaltyctl_pool_import(loyaltyctl_pool_t *pool)
{
    loyaltyctl_exit_e  status;
    loyalty_session_t  session;

    if (loyaltyctl_pool_count(pool) != LOYALTY_OK) {
        return loyalty_options_failed(pool->options, "\"%s\": %s",
                                      pool->options->operands[1],
                                      strerror(errno));
    }

    status = LOYALTYCTL_FAILED;

    if (loyalty_options_session(pool->options, loyaltyctl_statements,
                                LOYALTYCTL_STATEMENTS, &session)
        == LOYALTY_OK)
    {
        status = loyaltyctl_pool_run(pool, &session);
    }

    loyalty_session_done(&session);

    return status;
}


/* How many lines there are to be read, unless it is a pipe. */

static int
loyaltyctl_pool_count(loyaltyctl_pool_t *pool)
{
    int  c;

    if (fseek(pool->in, 0, SEEK_SET) != 0) {
        return LOYALTY_OK;
    }

    while ((c = getc(pool->in)) != EOF) {

        if (c == '\n') {
            pool->progress.total++;
        }
    }

    return (ferror(pool->in) || fseek(pool->in, 0, SEEK_SET) != 0)
           ? LOYALTY_ERROR : LOYALTY_OK;
}


static loyaltyctl_exit_e
loyaltyctl_pool_run(loyaltyctl_pool_t *pool, loyalty_session_t *session)
{
    int  more;

    loyalty_progress_step(&pool->progress, "importing", "");

    do {
        more = loyaltyctl_pool_read(pool);

        if (pool->ncodes == 0) {
            continue;
        }

        if (loyalty_session_insist(session, LOYALTY_DB_WRITE, time(NULL),
                                   loyaltyctl_pool_work, pool)
            != LOYALTY_DB_DONE)
        {
            loyalty_progress_end(&pool->progress);

            return loyalty_options_failed(pool->options, "%s; %lld codes were "
                                          "imported: run this again to import "
                                          "the others", session->error,
                                          (long long) pool->imported);
        }

        loyaltyctl_pool_written(pool);

    } while (more);

    loyalty_progress_end(&pool->progress);

    if (ferror(pool->in)) {
        return loyalty_options_failed(pool->options, "\"%s\" cannot be read "
                                      "to its end; %lld codes were imported",
                                      pool->options->operands[1],
                                      (long long) pool->imported);
    }

    return loyaltyctl_pool_report(pool);
}


/* The codes of a transaction; returns whether there may be more. */

static int
loyaltyctl_pool_read(loyaltyctl_pool_t *pool)
{
    int     c, whole;
    char    text[LOYALTYCTL_LINE_SIZE];
    size_t  len;

    pool->ncodes = 0;

    while (pool->ncodes < LOYALTYCTL_BATCH) {

        if (fgets(text, sizeof(text), pool->in) == NULL) {
            return 0;
        }

        pool->line++;
        loyalty_progress_row(&pool->progress);

        len = strlen(text);
        whole = (len + 1 < sizeof(text) || text[len - 1] == '\n');

        loyaltyctl_pool_line(pool, text, len, whole);

        /* the rest of a line that is too long */

        for (c = '\0'; !whole && c != '\n' && c != EOF; /* void */ ) {
            c = getc(pool->in);
        }
    }

    return 1;
}


static void
loyaltyctl_pool_line(loyaltyctl_pool_t *pool, char *text, size_t len,
    int whole)
{
    loyalty_str_t       code = { len, text };
    loyaltyctl_code_t  *next;

    if (pool->line == 1 && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        code.data += 3;
        code.len -= 3;
    }

    code = loyalty_str_trim(code);

    if (code.len == 0 && whole) {
        return;
    }

    if (!whole || !loyaltyctl_pool_is_code(code)) {
        loyaltyctl_pool_say(pool, pool->line, "this is no code: a code has 1 "
                            "to 64 characters and no blanks", ++pool->bad);
        return;
    }

    next = &pool->codes[pool->ncodes++];

    next->line = pool->line;
    next->len = code.len;
    memcpy(next->text, code.data, code.len);
}


/* Shoppers type it, and it is a part of links and of JSON. */

static int
loyaltyctl_pool_is_code(loyalty_str_t code)
{
    size_t  i;

    if (code.len == 0 || code.len > LOYALTY_COUPON_MAX) {
        return 0;
    }

    for (i = 0; i < code.len; i++) {

        if (code.data[i] <= ' ' || code.data[i] > '~') {
            return 0;
        }
    }

    return 1;
}


static int
loyaltyctl_pool_work(loyalty_transaction_t *tx, void *data)
{
    unsigned            i;
    loyaltyctl_pool_t  *pool = data;
    loyalty_db_value_t  values[] = {
        loyalty_db_text(pool->reward), loyalty_db_text(pool->reward)
    };

    for (i = 0; i < pool->ncodes; i++) {
        values[1].text.len = pool->codes[i].len;
        values[1].text.data = pool->codes[i].text;

        if (loyalty_transaction_run(tx, LOYALTYCTL_SQL_POOL_INSERT, values,
                                    loyalty_values_n(values))
            != LOYALTY_OK)
        {
            return LOYALTY_ERROR;
        }

        pool->known[i] = (loyalty_db_changes(tx->db) == 0);
    }

    return LOYALTY_OK;
}


/* Counted now, since a transaction may be run twice. */

static void
loyaltyctl_pool_written(loyaltyctl_pool_t *pool)
{
    unsigned  i;

    for (i = 0; i < pool->ncodes; i++) {

        if (pool->known[i]) {
            loyaltyctl_pool_say(pool, pool->codes[i].line, "this code is in "
                                "the pool already", ++pool->doubled);

        } else {
            pool->imported++;
        }
    }
}


static void
loyaltyctl_pool_say(loyaltyctl_pool_t *pool, int64_t line, const char *what,
    int64_t count)
{
    if (count > LOYALTYCTL_LINES_SAID) {
        return;
    }

    loyalty_progress_pause(&pool->progress);

    loyalty_options_note(pool->options, "line %lld: %s%s", (long long) line,
                         what, (count == LOYALTYCTL_LINES_SAID)
                               ? "; more of this kind are only counted" : "");
}


static loyaltyctl_exit_e
loyaltyctl_pool_report(loyaltyctl_pool_t *pool)
{
    loyalty_fields_t  fields;

    loyalty_fields_begin(&fields, pool->options, "imported");
    loyalty_fields_text(&fields, "reward", pool->reward);
    loyalty_fields_integer(&fields, "lines", pool->line);
    loyalty_fields_integer(&fields, "imported", pool->imported);
    loyalty_fields_integer(&fields, "known", pool->doubled);
    loyalty_fields_integer(&fields, "bad", pool->bad);

    if (loyalty_fields_end(&fields) != LOYALTY_OK) {
        return LOYALTYCTL_FAILED;
    }

    return (pool->bad == 0) ? LOYALTYCTL_DONE : LOYALTYCTL_FAILED;
}
