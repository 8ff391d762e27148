
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_SCHEMA_POSTGRESQL_H_INCLUDED_
#define _LOYALTY_SCHEMA_POSTGRESQL_H_INCLUDED_


/*
 * The migrations, in order, as in loyalty_schema_sqlite.h and with the same
 * numbers: version N means the same tables and columns in both.
 */

extern const char *const  loyalty_postgresql_migrations[];
extern const int          loyalty_postgresql_version;


#endif /* _LOYALTY_SCHEMA_POSTGRESQL_H_INCLUDED_ */
