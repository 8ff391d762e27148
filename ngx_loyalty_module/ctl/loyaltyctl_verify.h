
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTYCTL_VERIFY_H_INCLUDED_
#define _LOYALTYCTL_VERIFY_H_INCLUDED_


/*
 * Something that always holds.  The statement returns what is wrong, in the
 * dialect that SQLite and PostgreSQL share: the member's number (0: it is
 * nobody's), in words what it is about, the number that was found, and the one
 * that should be there.  A table "clock" has the time, "now",
 * "merged" the members who were merged, and into which "other".
 */

typedef struct {
    const char  *name;
    const char  *tables;               /* that it reads, NULL: all */
    const char  *sql;
} loyalty_check_t;


#define LOYALTY_CHECKS  19

extern const loyalty_check_t  loyalty_checks[LOYALTY_CHECKS];


#endif /* _LOYALTYCTL_VERIFY_H_INCLUDED_ */
