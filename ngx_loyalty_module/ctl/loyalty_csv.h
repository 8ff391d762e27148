
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_CSV_H_INCLUDED_
#define _LOYALTY_CSV_H_INCLUDED_


#include <loyalty_types.h>

#include <stdio.h>


#define LOYALTY_CSV_FIELDS_MAX  16
#define LOYALTY_CSV_RECORD_MAX  4096           /* bytes, with its line end */
#define LOYALTY_CSV_BUFFER      (16 * LOYALTY_CSV_RECORD_MAX)


/*
 * Reads comma-separated values as RFC 4180 has them: fields may stand in
 * double quotes, which are doubled inside of them; lines end with LF or CRLF,
 * the last one may lack that; empty lines are passed over, and a byte order
 * mark at the start.  What is not so is not guessed at: the record is bad, and
 * reading goes on with the line after the one on which it begins.
 */

typedef enum {
    LOYALTY_CSV_RECORD = 0,
    LOYALTY_CSV_BAD,                   /* "why" says what is wrong with it */
    LOYALTY_CSV_END,
    LOYALTY_CSV_FAILED                 /* the file cannot be read: see errno */
} loyalty_csv_rc_e;


typedef struct {
    FILE            *in;

    int64_t          line;             /* on which the record begins, from 1 */
    loyalty_str_t    raw;              /* its bytes, without the line end */
    unsigned         nfields;
    loyalty_str_t    fields[LOYALTY_CSV_FIELDS_MAX];
    const char      *why;

    int64_t          next_line;
    int64_t          offset;           /* in the file, of what was taken */
    size_t           first;            /* in the buffer, not taken yet */
    size_t           last;
    unsigned         ended:1;          /* there is no more to read */
    char             buffer[LOYALTY_CSV_BUFFER];
    char             text[LOYALTY_CSV_RECORD_MAX];
} loyalty_csv_t;


void loyalty_csv_init(loyalty_csv_t *csv, FILE *in);

/* The next record: its texts are there until the next call. */
loyalty_csv_rc_e loyalty_csv_read(loyalty_csv_t *csv);


#endif /* _LOYALTY_CSV_H_INCLUDED_ */
