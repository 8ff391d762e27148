
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _SHOP_DATABASE_H_INCLUDED_
#define _SHOP_DATABASE_H_INCLUDED_


#include <engine_fixture.h>


/* What SQL has come to: "refused" if the schema did not want it. */

typedef struct {
    unsigned     failed:1;
    unsigned     refused:1;
    unsigned     rows;
    char         text[1024];     /* of the first column, rows with blanks */
    char         error[512];
} shop_answer_t;


/* How the fixture talks to a kind of database, past the driver. */

typedef struct {
    void        (*make)(shop_t *shop);
    void        (*remove)(shop_t *shop);
    void       *(*connect)(shop_t *shop);
    void        (*disconnect)(void *connection);
    void        (*run)(void *connection, const char *sql,
                       shop_answer_t *answer);

    /* where they do not speak the same language */

    int           attempts;
    const char   *is_made;       /* whether it has our tables */
    const char   *numbered;
    const char   *version;
    const char   *set_version;
    const char   *curse;
    const char   *lift_curse;
} shop_database_t;


extern const shop_database_t  shop_sqlite;

#if (LOYALTY_POSTGRESQL)
extern const shop_database_t  shop_postgresql;
#endif


/*
 * What has to be so in every database, after whatever happened to it: the
 * query counts what is not.  "%lld" in it is the shop's time.
 */

typedef struct {
    const char   *what;
    const char   *sql;
    unsigned      of_sqlite:1;
} shop_audit_t;


extern const shop_audit_t  shop_audits[];
extern const size_t        shop_naudits;


/* An empty place for the shop's database, and its URI. */
void shop_place_make(shop_t *shop);
void shop_place_remove(shop_t *shop);

/* Returns 1, and says what is wrong, if the books do not balance. */
int shop_audit(shop_t *shop);

/* Notes the text of one more row's first column. */
void shop_answer_add(shop_answer_t *answer, const char *value);


#endif /* _SHOP_DATABASE_H_INCLUDED_ */
