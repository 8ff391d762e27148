
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTYCTL_IMPORT_H_INCLUDED_
#define _LOYALTYCTL_IMPORT_H_INCLUDED_


#include <loyalty_csv.h>
#include <loyalty_email.h>
#include <loyalty_program.h>
#include <loyalty_session.h>


/* Members a transaction: others wait for it only so long. */

#define LOYALTY_IMPORT_BATCH  500


/* What a column of the file is; those of one kind stand there once. */

typedef enum {
    LOYALTY_IMPORT_EMAIL = 0,
    LOYALTY_IMPORT_POINTS,
    LOYALTY_IMPORT_JOINED,
    LOYALTY_IMPORT_SOURCE,
    LOYALTY_IMPORT_LOCALE,
    LOYALTY_IMPORT_REASON,             /* of a file of skipped lines */

    LOYALTY_IMPORT_COLUMNS
} loyalty_import_column_e;


/* What became of a line. */

typedef enum {
    LOYALTY_IMPORT_CREATED = 0,
    LOYALTY_IMPORT_CREDITED,           /* somebody who was a member already */
    LOYALTY_IMPORT_UNCHANGED,
    LOYALTY_IMPORT_SKIPPED,

    LOYALTY_IMPORT_OUTCOMES
} loyalty_import_outcome_e;


/* A member of the file, and the line as it stands there. */

typedef struct {
    int64_t                    line;
    loyalty_str_t              email;
    loyalty_str_t              source;
    loyalty_str_t              locale;
    int64_t                    points;
    int64_t                    joined_at;      /* 0: now */

    loyalty_import_outcome_e   outcome;
    const char                *why;            /* it is to be skipped */

    loyalty_str_t              raw;
    char                       email_text[LOYALTY_EMAIL_MAX];
    char                       source_text[LOYALTY_SOURCE_MAX];
    char                       locale_text[LOYALTY_LOCALE_MAX];
    char                       raw_text[LOYALTY_CSV_RECORD_MAX];
} loyalty_import_line_t;


/* The header's columns, by their place. */

typedef struct {
    unsigned                   n;
    unsigned                   has_reason:1;
    loyalty_import_column_e    columns[LOYALTY_IMPORT_COLUMNS];
} loyalty_import_header_t;


typedef struct {
    size_t                     n;
    loyalty_import_line_t     *sorted[LOYALTY_IMPORT_BATCH];
    loyalty_import_line_t      lines[LOYALTY_IMPORT_BATCH];
} loyalty_import_batch_t;


/* LOYALTY_ERROR: "why" says what to write instead. */
int loyalty_import_header(const loyalty_csv_t *csv,
    loyalty_import_header_t *header, char *why, size_t size);

/* Reads a record; LOYALTY_ERROR: line->why says what is wrong with it. */
int loyalty_import_read(const loyalty_csv_t *csv,
    const loyalty_import_header_t *header, int64_t now,
    loyalty_import_line_t *line);

/*
 * Takes a batch in, in one transaction; with "dry", only finds out what would
 * become of each line.
 */
loyalty_db_rc_e loyalty_import_batch(loyalty_session_t *session,
    loyalty_import_batch_t *batch, int64_t now, int dry);


#endif /* _LOYALTYCTL_IMPORT_H_INCLUDED_ */
