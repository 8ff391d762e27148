
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DB_DRIVER_H_INCLUDED_
#define _LOYALTY_DB_DRIVER_H_INCLUDED_


#include <loyalty_db.h>
#include <loyalty_db_bulk.h>


#define LOYALTY_DB_ERROR_SIZE  512


/* The functions of loyalty_db_bulk.h with the same names. */

typedef struct {
    loyalty_db_rc_e (*look)(loyalty_db_t *db, int *version);
    loyalty_db_rc_e (*snapshot)(loyalty_db_t *db);
    loyalty_db_rc_e (*seize)(loyalty_db_t *db);
    loyalty_db_rc_e (*rows)(loyalty_db_t *db, const char *sql);
    loyalty_db_rc_e (*next)(loyalty_db_t *db);
    loyalty_db_rc_e (*fill)(loyalty_db_t *db, const loyalty_table_t *table);
    loyalty_db_rc_e (*put)(loyalty_db_t *db, const loyalty_table_t *table,
                           const loyalty_db_value_t *values);
    loyalty_db_rc_e (*filled)(loyalty_db_t *db, const loyalty_table_t *table);
} loyalty_db_bulk_t;


/*
 * What a kind of database has to do.  The functions are those of loyalty_db.h
 * with the same names; ahead, checkpoint_due and checkpoint may be NULL.
 */

typedef struct {
    const char       *scheme;          /* what its URIs begin with */
    unsigned          shared:1;

    int             (*check)(const char *uri, char *why, size_t size);
    loyalty_db_t   *(*create)(const loyalty_db_conf_t *conf);
    void            (*destroy)(loyalty_db_t *db);
    loyalty_db_rc_e (*open)(loyalty_db_t *db);
    void            (*close)(loyalty_db_t *db);
    loyalty_db_rc_e (*begin)(loyalty_db_t *db, loyalty_db_mode_e mode);
    loyalty_db_rc_e (*commit)(loyalty_db_t *db);
    void            (*rollback)(loyalty_db_t *db);
    void            (*ahead)(loyalty_db_t *db, unsigned statement,
                             const loyalty_db_value_t *values, unsigned n);
    loyalty_db_rc_e (*query)(loyalty_db_t *db, unsigned statement,
                             const loyalty_db_value_t *values, unsigned n);
    loyalty_db_rc_e (*row)(loyalty_db_t *db);
    unsigned        (*changes)(loyalty_db_t *db);
    int64_t         (*inserted)(loyalty_db_t *db);
    int64_t         (*column_int)(loyalty_db_t *db, int column);
    loyalty_str_t   (*column_text)(loyalty_db_t *db, int column);
    int             (*checkpoint_due)(loyalty_db_t *db);
    loyalty_db_rc_e (*checkpoint)(loyalty_db_t *db, loyalty_lock_t *lock);

    const loyalty_db_bulk_t  *bulk;
} loyalty_db_driver_t;


/* What every connection begins with; create() leaves "driver" alone. */

struct loyalty_db_s {
    const loyalty_db_driver_t  *driver;
    loyalty_db_conf_t           conf;
    unsigned                    deadlock:1;
    char                        error[LOYALTY_DB_ERROR_SIZE];
};


extern const loyalty_db_driver_t  loyalty_db_sqlite;

#if (LOYALTY_POSTGRESQL)
extern const loyalty_db_driver_t  loyalty_db_postgresql;
#endif


#endif /* _LOYALTY_DB_DRIVER_H_INCLUDED_ */
