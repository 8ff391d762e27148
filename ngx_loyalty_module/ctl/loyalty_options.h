
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_OPTIONS_H_INCLUDED_
#define _LOYALTY_OPTIONS_H_INCLUDED_


#include <loyalty_session.h>
#include <loyalty_table.h>
#include <loyaltyctl.h>


/*
 * What the commands' lines have in common.  Options may stand anywhere behind
 * the command, "--" ends them, and a number such as -50 is none.
 */

#define LOYALTY_ENVIRONMENT  "LOYALTY_DATABASE"

/* How long to wait for a connection, a lock and a commit. */

#define LOYALTY_CTL_TIMEOUT  20000             /* milliseconds */


typedef enum {
    LOYALTY_OPTION_FLAG = 0,                   /* int: set to 1 */
    LOYALTY_OPTION_TEXT,                       /* const char * */
    LOYALTY_OPTION_NUMBER,                     /* int64_t, 0 or more */
    LOYALTY_OPTION_TIME                        /* int64_t, from RFC 3339 */
} loyalty_option_kind_e;


typedef struct {
    const char             *name;              /* without "--" */
    char                    letter;            /* 0: none */
    loyalty_option_kind_e   kind;
    void                   *value;
} loyalty_option_t;


/* What a command takes. */

typedef struct {
    const char             *command;           /* "member show" */
    const char             *operands;          /* "EMAIL|CODE" */
    const char             *help;              /* what follows the usage */
    int                     least;             /* operands */
    int                     most;
    unsigned                csv:1;             /* has rows to print */
} loyalty_usage_t;


/* What was written. */

typedef struct {
    const loyalty_usage_t  *usage;
    const char             *database;
    loyalty_print_e         format;
    char                  **operands;
    int                     noperands;
    unsigned                apart:1;           /* from any database */
} loyalty_options_t;


/*
 * Reads a command line with the options that all commands have (-d, -j, -h,
 * and with rows --csv) and those of its own.  LOYALTY_OK: go on.  Otherwise
 * all was said, and *status is how.
 */
int loyalty_options_read(loyalty_options_t *options,
    const loyalty_usage_t *usage, const loyalty_option_t *own, unsigned nown,
    int argc, char **argv, loyaltyctl_exit_e *status);

/* The same for a command that has no database, and no -d. */
int loyalty_options_read_apart(loyalty_options_t *options,
    const loyalty_usage_t *usage, const loyalty_option_t *own, unsigned nown,
    int argc, char **argv, loyaltyctl_exit_e *status);

/*
 * Says on standard error that the command cannot do something, and what to do
 * instead, in a sentence without an end.  Returns LOYALTYCTL_FAILED.
 */
loyaltyctl_exit_e loyalty_options_failed(const loyalty_options_t *options,
    const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for what was written wrong.  Returns LOYALTYCTL_USAGE. */
loyaltyctl_exit_e loyalty_options_wrong(const loyalty_options_t *options,
    const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Opens the database with the engine's statements and the command's own,
 * without a program's rules.  It must have a program already, in the version
 * that we know.  LOYALTY_ERROR: was said; loyalty_session_done() in any case.
 */
int loyalty_options_session(const loyalty_options_t *options,
    const loyalty_db_statement_t *statements, unsigned nstatements,
    loyalty_session_t *session);

/* Says something that is no failure, on standard error. */
void loyalty_options_note(const loyalty_options_t *options,
    const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Does the work on the database in one transaction, and says why if it could
 * not; see loyalty_session_insist().
 */
loyaltyctl_exit_e loyalty_options_work(const loyalty_options_t *options,
    const loyalty_db_statement_t *statements, unsigned nstatements,
    loyalty_db_mode_e mode, loyalty_work_pt work, void *data);

/*
 * Ends a table that is all of a command's output.  For a transaction's work:
 * LOYALTY_ERROR fails that.
 */
int loyalty_options_end(loyalty_transaction_t *tx,
    const loyalty_options_t *options, loyalty_table_writer_t *table);


#endif /* _LOYALTY_OPTIONS_H_INCLUDED_ */
