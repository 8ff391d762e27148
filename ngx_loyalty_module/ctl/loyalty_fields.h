
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_FIELDS_H_INCLUDED_
#define _LOYALTY_FIELDS_H_INCLUDED_


#include <loyalty_options.h>


/*
 * What a command says of one thing, on standard output: lines of a name and a
 * value, or one JSON object, which begins with the command and the result.
 * In CSV there is no place for it, and only its rows are printed.
 *
 * "joined_at" is so in JSON, and "Joined at" otherwise.
 */

typedef struct {
    const loyalty_options_t  *options;
    unsigned                  failed:1;
} loyalty_fields_t;


/* Result: one word, "shown". */
void loyalty_fields_begin(loyalty_fields_t *fields,
    const loyalty_options_t *options, const char *result);

void loyalty_fields_text(loyalty_fields_t *fields, const char *name,
    loyalty_str_t text);
void loyalty_fields_integer(loyalty_fields_t *fields, const char *name,
    int64_t value);
void loyalty_fields_time(loyalty_fields_t *fields, const char *name,
    int64_t when);

/* Rows about it: what follows until loyalty_table_end() is in the table. */
void loyalty_fields_rows(loyalty_fields_t *fields, const char *name,
    loyalty_table_writer_t *table, const loyalty_table_column_t *columns,
    unsigned ncolumns);

/* LOYALTY_ERROR if memory ran out or it cannot be written: was said. */
int loyalty_fields_end(loyalty_fields_t *fields);

loyalty_str_t loyalty_fields_string(const char *text);


#endif /* _LOYALTY_FIELDS_H_INCLUDED_ */
