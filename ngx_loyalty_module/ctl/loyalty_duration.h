
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_DURATION_H_INCLUDED_
#define _LOYALTY_DURATION_H_INCLUDED_


#include <loyalty_types.h>


/*
 * Reads "90d" into seconds: a number and one of s, m, h, d, w, y (365 days).
 * LOYALTY_ERROR if it is none; *seconds is then left alone.
 */
int loyalty_duration_parse(const char *text, int64_t *seconds);


#endif /* _LOYALTY_DURATION_H_INCLUDED_ */
