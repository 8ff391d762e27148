
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_CENSUS_H_INCLUDED_
#define _LOYALTY_CENSUS_H_INCLUDED_


#include <loyalty_types.h>


/*
 * What all members have, counted by the sweep that comes by all of them
 * anyway; kept in the database, so that every node can tell.
 */

typedef struct {
    int64_t    at;               /* Unix time when it ended, 0: none yet */
    int64_t    members;
    int64_t    points;           /* of those who have some, pending as well */
    int64_t    owed;             /* >= 0, of those who are below zero */
} loyalty_census_t;


#endif /* _LOYALTY_CENSUS_H_INCLUDED_ */
