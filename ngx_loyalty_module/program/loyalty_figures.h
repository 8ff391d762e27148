
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_FIGURES_H_INCLUDED_
#define _LOYALTY_FIGURES_H_INCLUDED_


#include <loyalty_census.h>
#include <loyalty_email.h>
#include <loyalty_id.h>


/* So much of each is in a report. */

#define LOYALTY_FIGURES_DAYS       90
#define LOYALTY_FIGURES_DAYS_MAX   730
#define LOYALTY_FIGURES_SOURCES    20
#define LOYALTY_FIGURES_CUSTOMERS  20

#define LOYALTY_FIGURES_DAY        86400           /* seconds */

/* Codes of a pool are counted up to here. */

#define LOYALTY_FIGURES_POOL       1000


/* What points have done; "removed" are those that were corrected away. */

typedef struct {
    int64_t                   issued;
    int64_t                   spent;      /* and not given back */
    int64_t                   expired;
    int64_t                   taken_back; /* by refunds */
    int64_t                   removed;
} loyalty_flow_t;


typedef struct {
    char                      code[LOYALTY_MEMBER_SIZE];
    size_t                    email_len;
    char                      email[LOYALTY_EMAIL_MAX];
    int64_t                   points;     /* ever earned */
    int64_t                   orders;
    int64_t                   joined_at;
    const loyalty_tier_t     *tier;       /* NULL: none */
} loyalty_customer_t;


typedef struct {
    const loyalty_reward_t   *reward;
    int64_t                   redeemed;   /* and not given back */
    int64_t                   left;       /* -1: as many as there are takers */
    unsigned                  low:1;
} loyalty_shelf_t;


/* How a program does, for its owner. */

typedef struct {
    loyalty_census_t          census;     /* all zeros: not counted yet */
    loyalty_source_t          sources[LOYALTY_FIGURES_SOURCES];
    size_t                    nsources;   /* those with the most members */

    loyalty_flow_t            days[LOYALTY_FIGURES_DAYS_MAX];
    size_t                    ndays;
    int64_t                   first;      /* day since 1970, UTC */
    int64_t                   until;      /* Unix time, 0: nothing yet */

    loyalty_customer_t        customers[LOYALTY_FIGURES_CUSTOMERS];
    size_t                    ncustomers; /* the best first */

    loyalty_shelf_t          *shelves;    /* one a reward */
    size_t                    nshelves;
} loyalty_figures_t;


#endif /* _LOYALTY_FIGURES_H_INCLUDED_ */
