
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_CENSUS_H_INCLUDED_
#define _LOYALTY_CENSUS_H_INCLUDED_


#include <loyalty_program.h>


/* Who joined within so many seconds before a count is a newcomer. */

#define LOYALTY_NEWCOMER  (30 * 86400)


/* Some of the members, or all. */

typedef struct {
    int64_t          members;
    int64_t          newcomers;
    int64_t          buyers;         /* with an order at least */
    int64_t          repeat_buyers;  /* with two at least */
} loyalty_heads_t;


/* Those who came by a campaign; "" are those who have named none. */

typedef struct {
    size_t           len;
    char             name[LOYALTY_SOURCE_MAX];
    loyalty_heads_t  heads;
} loyalty_source_t;


/*
 * What all members have, counted by the sweep that comes by all of them
 * anyway; kept in the database, so that every node can tell.
 */

typedef struct {
    int64_t          at;             /* Unix time when it ended, 0: none yet */
    loyalty_heads_t  heads;
    int64_t          points;         /* of those who have some, pending too */
    int64_t          owed;           /* >= 0, of those who are below zero */
    int64_t          waiting;        /* claims, for a store */
    int64_t          waiting_since;  /* the oldest of them, 0: there is none */
} loyalty_census_t;


#endif /* _LOYALTY_CENSUS_H_INCLUDED_ */
