
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TABLES_H_INCLUDED_
#define _LOYALTY_TABLES_H_INCLUDED_


#include <loyalty_types.h>


/*
 * A program's tables with all their columns, for those who move or compare
 * whole programs: what is missing here stays behind.  A migration that adds a
 * table or a column adds it here, too; but for leader, chore, census, source,
 * day and fold, which are made anew.
 */

#define LOYALTY_TABLES       16
#define LOYALTY_COLUMNS_MAX  25
#define LOYALTY_LIST_SIZE    320               /* of loyalty_table_list() */


typedef struct {
    const char        *name;
    unsigned           is_text:1;
} loyalty_column_t;


typedef struct {
    const char        *name;
    const char        *key;                    /* what it is stored by */
    unsigned           numbered:1;             /* the database gives its ids */
    unsigned           ncolumns;
    loyalty_column_t   columns[LOYALTY_COLUMNS_MAX];
} loyalty_table_t;


/* In such an order that rows come after those that they refer to. */

extern const loyalty_table_t  loyalty_tables[LOYALTY_TABLES];


/* The columns' names, as statements list them, terminated by NUL. */
void loyalty_table_list(const loyalty_table_t *table, char *list);


#endif /* _LOYALTY_TABLES_H_INCLUDED_ */
