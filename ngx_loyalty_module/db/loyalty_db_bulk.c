
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_driver.h>
#include <loyalty_schema_sqlite.h>


int
loyalty_db_newest(void)
{
    /* a version's number means the same tables in all kinds of databases */

    return loyalty_sqlite_version;
}


loyalty_db_rc_e
loyalty_db_look(loyalty_db_t *db, int *version)
{
    return db->driver->bulk->look(db, version);
}


loyalty_db_rc_e
loyalty_db_snapshot(loyalty_db_t *db)
{
    return db->driver->bulk->snapshot(db);
}


loyalty_db_rc_e
loyalty_db_seize(loyalty_db_t *db)
{
    return db->driver->bulk->seize(db);
}


loyalty_db_rc_e
loyalty_db_rows(loyalty_db_t *db, const char *sql)
{
    return db->driver->bulk->rows(db, sql);
}


loyalty_db_rc_e
loyalty_db_next(loyalty_db_t *db)
{
    return db->driver->bulk->next(db);
}


loyalty_db_rc_e
loyalty_db_fill(loyalty_db_t *db, const loyalty_table_t *table)
{
    return db->driver->bulk->fill(db, table);
}


loyalty_db_rc_e
loyalty_db_put(loyalty_db_t *db, const loyalty_table_t *table,
    const loyalty_db_value_t *values)
{
    return db->driver->bulk->put(db, table, values);
}


loyalty_db_rc_e
loyalty_db_filled(loyalty_db_t *db, const loyalty_table_t *table)
{
    return db->driver->bulk->filled(db, table);
}
