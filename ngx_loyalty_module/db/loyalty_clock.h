
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_CLOCK_H_INCLUDED_
#define _LOYALTY_CLOCK_H_INCLUDED_


#include <loyalty_types.h>


/* Milliseconds, of a clock that nobody sets: for time limits. */
int64_t loyalty_clock(void);


#endif /* _LOYALTY_CLOCK_H_INCLUDED_ */
