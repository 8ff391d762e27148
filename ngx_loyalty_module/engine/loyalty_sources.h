
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_SOURCES_H_INCLUDED_
#define _LOYALTY_SOURCES_H_INCLUDED_


#include <loyalty_census.h>


/*
 * Members by the campaign that they came from.  Callers choose the names, so
 * there may be any number of them: when there are too many, those with the
 * fewest members are forgotten, and begin at nothing if they come again.
 */

#define LOYALTY_SOURCES        2048
#define LOYALTY_SOURCES_SLOTS  (2 * LOYALTY_SOURCES)   /* a power of two */


/* All zeros: nobody was counted. */

typedef struct {
    loyalty_source_t  elts[LOYALTY_SOURCES];
    size_t            nelts;
    uint16_t          slots[LOYALTY_SOURCES_SLOTS];    /* 1: the first one */
} loyalty_sources_t;


/* Counts those of "heads", one member for example. */
void loyalty_sources_count(loyalty_sources_t *sources, loyalty_str_t name,
    const loyalty_heads_t *heads);

/* Forgets all but so many, and puts those with the most members first. */
void loyalty_sources_keep(loyalty_sources_t *sources, size_t n);

void loyalty_heads_add(loyalty_heads_t *heads, const loyalty_heads_t *more);


#endif /* _LOYALTY_SOURCES_H_INCLUDED_ */
