
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_MOVEMENTS_H_INCLUDED_
#define _LOYALTY_MOVEMENTS_H_INCLUDED_


#include <loyalty_types.h>


/*
 * How many points entries of the ledger have moved, by their kind: of one
 * transaction, and of all those of a run that were committed.
 */

#define LOYALTY_MOVEMENTS  16              /* more kinds than there are */


typedef struct {
    loyalty_str_t       kind;              /* constant */
    int64_t             credited;          /* points, both >= 0 */
    int64_t             debited;
} loyalty_movement_t;


/* None, with nelts == 0. */

typedef struct {
    loyalty_movement_t  elts[LOYALTY_MOVEMENTS];
    size_t              nelts;
} loyalty_movements_t;


/* Adds an entry of this kind. */
void loyalty_movements_add(loyalty_movements_t *movements,
    loyalty_str_t kind, int64_t points);

/* Adds others to them. */
void loyalty_movements_join(loyalty_movements_t *movements,
    const loyalty_movements_t *others);


#endif /* _LOYALTY_MOVEMENTS_H_INCLUDED_ */
