
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TIME_H_INCLUDED_
#define _LOYALTY_TIME_H_INCLUDED_


#include <loyalty_types.h>


/* "2026-12-22T10:00:00Z" */

#define LOYALTY_TIME_LEN  20


/*
 * Reads a time of RFC 3339, "2026-12-05T00:00:00+01:00" or with "Z" at its
 * end, into Unix time.  LOYALTY_ERROR if it is none, if there is no such day,
 * or if it has a fraction of a second or a leap second: Unix time knows
 * neither.  *when is then left alone.
 */
int loyalty_time_parse(loyalty_str_t text, int64_t *when);

/*
 * Writes a time in UTC, LOYALTY_TIME_LEN characters without a NUL.  What does
 * not fit into the years 0 to 9999 is written as their first or last second.
 */
void loyalty_time_write(int64_t when, char *text);

/* The calendar year, UTC, that the time is in: 0 to 9999. */
int64_t loyalty_time_year(int64_t when);

/* The first second of a calendar year from 0 on, UTC. */
int64_t loyalty_time_year_start(int64_t year);


#endif /* _LOYALTY_TIME_H_INCLUDED_ */
