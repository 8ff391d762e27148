
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DB_BULK_H_INCLUDED_
#define _LOYALTY_DB_BULK_H_INCLUDED_


#include <loyalty_db.h>
#include <loyalty_tables.h>


/*
 * Reading and writing whole tables, in constant memory.  For tools: the time
 * to wait is meant for a connection, a lock and a commit only, a statement
 * takes as long as it takes.
 */


/* The version of the schema that loyalty_db_open() brings databases to. */
int loyalty_db_newest(void);

/*
 * Which version of the schema the database has, 0 if it is empty, and -1 if
 * there is not even a file.  Neither makes nor changes anything, and leaves
 * the connection closed.
 */
loyalty_db_rc_e loyalty_db_look(loyalty_db_t *db, int *version);

/*
 * Begins a transaction in which all that is read is as of one moment;
 * loyalty_db_rollback() ends it.
 */
loyalty_db_rc_e loyalty_db_snapshot(loyalty_db_t *db);

/*
 * Begins a transaction, to be committed or rolled back, in which nobody else
 * writes to any of loyalty_tables.
 */
loyalty_db_rc_e loyalty_db_seize(loyalty_db_t *db);

/*
 * Runs a statement without values: LOYALTY_DB_ROW for its first row, and from
 * loyalty_db_next() for each further one, then LOYALTY_DB_DONE.  Columns can
 * be read until the next call.
 */
loyalty_db_rc_e loyalty_db_rows(loyalty_db_t *db, const char *sql);
loyalty_db_rc_e loyalty_db_next(loyalty_db_t *db);

/*
 * Fills a table: fill, put for each row with a value for each column, filled.
 * A row that is refused may be reported later than by its own put.  The next
 * row that the database numbers gets an id beyond all that were put.
 */
loyalty_db_rc_e loyalty_db_fill(loyalty_db_t *db,
    const loyalty_table_t *table);
loyalty_db_rc_e loyalty_db_put(loyalty_db_t *db,
    const loyalty_table_t *table, const loyalty_db_value_t *values);
loyalty_db_rc_e loyalty_db_filled(loyalty_db_t *db,
    const loyalty_table_t *table);


#endif /* _LOYALTY_DB_BULK_H_INCLUDED_ */
