
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_db_driver.h>
#include <loyalty_db_sqlite.h>

#include <stdio.h>
#include <string.h>


static const loyalty_db_driver_t *loyalty_db_driver(const char *uri);


static const loyalty_db_driver_t *const  loyalty_db_drivers[] = {
    &loyalty_db_sqlite,
#if (LOYALTY_POSTGRESQL)
    &loyalty_db_postgresql,
#endif
    NULL
};


void
loyalty_db_tune(void)
{
    loyalty_sqlite_tune();
}


int
loyalty_db_check(const char *uri, char *why, size_t size)
{
    const loyalty_db_driver_t  *driver;

    driver = loyalty_db_driver(uri);

    if (driver != NULL) {
        return driver->check(uri, why, size);
    }

    if (strncmp(uri, "postgresql:", sizeof("postgresql:") - 1) == 0
        || strncmp(uri, "postgres:", sizeof("postgres:") - 1) == 0)
    {
        (void) snprintf(why, size, "this module was built without PostgreSQL: "
                        "install libpq-dev and build it again");
    } else {
        (void) snprintf(why, size, "write \"sqlite:PATH\" or "
                        "\"postgresql://USER@HOST/NAME\"");
    }

    return LOYALTY_ERROR;
}


static const loyalty_db_driver_t *
loyalty_db_driver(const char *uri)
{
    const loyalty_db_driver_t *const  *driver;

    for (driver = loyalty_db_drivers; *driver != NULL; driver++) {

        if (strncmp(uri, (*driver)->scheme, strlen((*driver)->scheme)) == 0) {
            return *driver;
        }
    }

    return NULL;
}


loyalty_db_t *
loyalty_db_create(const loyalty_db_conf_t *conf)
{
    loyalty_db_t               *db;
    const loyalty_db_driver_t  *driver;

    driver = loyalty_db_driver(conf->uri);

    if (driver == NULL) {
        return NULL;
    }

    db = driver->create(conf);

    if (db != NULL) {
        db->driver = driver;
    }

    return db;
}


void
loyalty_db_destroy(loyalty_db_t *db)
{
    if (db != NULL) {
        db->driver->destroy(db);
    }
}


int
loyalty_db_shared(loyalty_db_t *db)
{
    return db->driver->shared;
}


loyalty_db_rc_e
loyalty_db_open(loyalty_db_t *db)
{
    return db->driver->open(db);
}


void
loyalty_db_close(loyalty_db_t *db)
{
    db->driver->close(db);
}


loyalty_db_rc_e
loyalty_db_begin(loyalty_db_t *db, loyalty_db_mode_e mode)
{
    db->deadlock = 0;

    return db->driver->begin(db, mode);
}


int
loyalty_db_deadlock(loyalty_db_t *db)
{
    return db->deadlock;
}


loyalty_db_rc_e
loyalty_db_commit(loyalty_db_t *db)
{
    return db->driver->commit(db);
}


void
loyalty_db_rollback(loyalty_db_t *db)
{
    db->driver->rollback(db);
}


void
loyalty_db_ahead(loyalty_db_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n)
{
    if (db->driver->ahead != NULL) {
        db->driver->ahead(db, statement, values, n);
    }
}


loyalty_db_rc_e
loyalty_db_query(loyalty_db_t *db, unsigned statement,
    const loyalty_db_value_t *values, unsigned n)
{
    return db->driver->query(db, statement, values, n);
}


loyalty_db_rc_e
loyalty_db_row(loyalty_db_t *db)
{
    return db->driver->row(db);
}


unsigned
loyalty_db_changes(loyalty_db_t *db)
{
    return db->driver->changes(db);
}


int64_t
loyalty_db_inserted(loyalty_db_t *db)
{
    return db->driver->inserted(db);
}


int64_t
loyalty_db_column_int(loyalty_db_t *db, int column)
{
    return db->driver->column_int(db, column);
}


loyalty_str_t
loyalty_db_column_text(loyalty_db_t *db, int column)
{
    return db->driver->column_text(db, column);
}


const char *
loyalty_db_error(loyalty_db_t *db)
{
    return db->error;
}


int
loyalty_db_checkpoint_due(loyalty_db_t *db)
{
    return db->driver->checkpoint_due != NULL
           && db->driver->checkpoint_due(db);
}


loyalty_db_rc_e
loyalty_db_checkpoint(loyalty_db_t *db, loyalty_lock_t *lock)
{
    return db->driver->checkpoint(db, lock);
}
