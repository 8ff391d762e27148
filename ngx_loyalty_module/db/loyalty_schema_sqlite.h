
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_SCHEMA_SQLITE_H_INCLUDED_
#define _LOYALTY_SCHEMA_SQLITE_H_INCLUDED_


/*
 * The migrations, in order: number N (from 1) takes a database from version
 * N - 1 to N.  A migration only adds: during a reload workers of the version
 * before go on writing.  One that was released is never changed.
 */

extern const char *const  loyalty_sqlite_migrations[];
extern const int          loyalty_sqlite_version;

/* "loya": PRAGMA application_id tells our files from anybody else's. */

#define LOYALTY_SQLITE_APPLICATION_ID  0x6c6f7961


#endif /* _LOYALTY_SCHEMA_SQLITE_H_INCLUDED_ */
