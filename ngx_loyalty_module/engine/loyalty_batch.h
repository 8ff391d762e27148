
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_BATCH_H_INCLUDED_
#define _LOYALTY_BATCH_H_INCLUDED_


#include <loyalty_command.h>


/*
 * How commands are put into transactions where others write at the same time,
 * so that transactions wait for each other but not in a circle: each takes the
 * rows of its members in the order of their e-mails, and whoever wants the one
 * row of a reward does so alone.
 */


/* Brings commands into that order; returns the first. */
loyalty_command_t *loyalty_batch_sort(loyalty_command_t *commands);

/*
 * The first command that does not go into the same transaction, NULL if all
 * do: they are kept small, since nobody is answered before the slowest.
 */
loyalty_command_t *loyalty_batch_end(loyalty_command_t *first);


#endif /* _LOYALTY_BATCH_H_INCLUDED_ */
