
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TABLE_H_INCLUDED_
#define _LOYALTY_TABLE_H_INCLUDED_


#include <loyalty_db.h>


/*
 * Rows of a command's answer, on standard output: as an aligned table for
 * people, as CSV (RFC 4180, with a line of headings) or as a JSON array of
 * objects.
 *
 *     static const loyalty_table_column_t  columns[] = {
 *         { "email", LOYALTY_TABLE_TEXT },
 *         { "points", LOYALTY_TABLE_INTEGER },
 *         { "joined", LOYALTY_TABLE_TIME }
 *     };
 *
 *     loyalty_table_begin(&table, options.format, columns, 3);
 *
 *     while (...) {
 *         loyalty_table_row(&table, values);
 *     }
 *
 *     rc = loyalty_table_end(&table);
 *
 * Memory does not grow with the rows: the widths of a table's columns follow
 * from its first LOYALTY_TABLE_PAGE rows, and wider ones after that stick out.
 */

#define LOYALTY_TABLE_PAGE     200             /* rows */
#define LOYALTY_TABLE_COLUMNS  24


typedef enum {
    LOYALTY_PRINT_TABLE = 0,
    LOYALTY_PRINT_CSV,
    LOYALTY_PRINT_JSON,
    LOYALTY_PRINT_LINES                       /* JSON, an object a line */
} loyalty_print_e;


typedef enum {
    LOYALTY_TABLE_TEXT = 0,
    LOYALTY_TABLE_INTEGER,                     /* at the right, in JSON bare */
    LOYALTY_TABLE_TIME                         /* Unix time, 0: "" */
} loyalty_table_kind_e;


/* "tier_points": so in JSON and CSV, "TIER POINTS" above a table. */

typedef struct {
    const char                    *name;
    loyalty_table_kind_e           kind;
} loyalty_table_column_t;


typedef struct {
    loyalty_print_e                format;
    const loyalty_table_column_t  *columns;
    unsigned                       ncolumns;
    int64_t                        rows;       /* so far */

    unsigned                       failed:1;
    unsigned                       paged:1;    /* the widths are known */
    size_t                         widths[LOYALTY_TABLE_COLUMNS];
    loyalty_str_t                 *cells;      /* of rows not printed yet */
    size_t                         ncells;
} loyalty_table_writer_t;


/* The columns must live until the end. */
void loyalty_table_begin(loyalty_table_writer_t *table,
    loyalty_print_e format, const loyalty_table_column_t *columns,
    unsigned ncolumns);

/*
 * A row, with a value for each column: loyalty_db_int() for integers and
 * times, loyalty_db_text() for texts.  Copied as far as needed.
 */
void loyalty_table_row(loyalty_table_writer_t *table,
    const loyalty_db_value_t *values);

/*
 * The row that a statement has returned last: its columns are the table's,
 * in their order.
 */
void loyalty_table_db_row(loyalty_table_writer_t *table, loyalty_db_t *db);

/*
 * Prints what is left; a table without rows is its headings.  LOYALTY_ERROR
 * if memory ran out; whether standard output took it, others ask.
 */
int loyalty_table_end(loyalty_table_writer_t *table);


#endif /* _LOYALTY_TABLE_H_INCLUDED_ */
