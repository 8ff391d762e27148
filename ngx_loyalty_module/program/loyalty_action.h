
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ACTION_H_INCLUDED_
#define _LOYALTY_ACTION_H_INCLUDED_


#include <loyalty_types.h>


#define LOYALTY_ACTION_LIMITS  4


typedef struct {
    int64_t                  count;
    int64_t                  window;       /* seconds, 0: ever */
} loyalty_limit_t;


/* Something that earns points without a purchase. */

typedef struct {
    loyalty_str_t            id;
    loyalty_str_t            name;         /* what people read */
    int64_t                  points;
    loyalty_limit_t          limits[LOYALTY_ACTION_LIMITS];
    size_t                   nlimits;
} loyalty_action_t;


/*
 * Reads "1/1d,3/7d,10/ever" into the action's limits: units s, m, h, d, w, M
 * and y as nginx has them.  LOYALTY_ERROR if it is not that.
 */
int loyalty_action_limits(loyalty_action_t *action, loyalty_str_t text);


#endif /* _LOYALTY_ACTION_H_INCLUDED_ */
