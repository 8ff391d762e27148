
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_PROGRESS_H_INCLUDED_
#define _LOYALTY_PROGRESS_H_INCLUDED_


#include <stdint.h>


/*
 * How far a long command is, on standard error: a bar where that is a
 * terminal, a line for each step where it is not, nothing where the command
 * is to be quiet.
 */

typedef struct {
    const char  *step;
    const char  *table;
    int64_t      rows;                 /* of this step */
    int64_t      done;                 /* of all steps */
    int64_t      total;                /* 0: not known yet */
    int64_t      began;                /* milliseconds */
    int64_t      shown;
    unsigned     quiet:1;
    unsigned     terminal:1;
} loyalty_progress_t;


void loyalty_progress_init(loyalty_progress_t *progress, int quiet);

/* Ends the step before.  "table" is "" if it is not about one. */
void loyalty_progress_step(loyalty_progress_t *progress, const char *step,
    const char *table);

/* One row more of this step. */
void loyalty_progress_row(loyalty_progress_t *progress);

/* Makes room for a message; the next rows bring the bar back. */
void loyalty_progress_pause(const loyalty_progress_t *progress);

/* So much of all steps is done, where that is not counted in rows. */
void loyalty_progress_to(loyalty_progress_t *progress, int64_t done);

/* Ends the last step, and makes room for messages. */
void loyalty_progress_end(loyalty_progress_t *progress);

/* Milliseconds since loyalty_progress_init(). */
int64_t loyalty_progress_elapsed(const loyalty_progress_t *progress);


#endif /* _LOYALTY_PROGRESS_H_INCLUDED_ */
