
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_clock.h>
#include <loyalty_progress.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>


#define LOYALTY_PROGRESS_WIDTH     30          /* of the bar */
#define LOYALTY_PROGRESS_INTERVAL  100         /* milliseconds */

/* To ask for the time costs more than many a row. */

#define LOYALTY_PROGRESS_ROWS      256


static void loyalty_progress_close(loyalty_progress_t *progress);
static void loyalty_progress_bar(loyalty_progress_t *progress);
static void loyalty_progress_left(const loyalty_progress_t *progress,
    char *left, size_t size);


void
loyalty_progress_init(loyalty_progress_t *progress, int quiet)
{
    (void) memset(progress, 0, sizeof(loyalty_progress_t));

    progress->quiet = (quiet != 0);
    progress->terminal = (isatty(STDERR_FILENO) == 1);
    progress->began = loyalty_clock();
}


void
loyalty_progress_step(loyalty_progress_t *progress, const char *step,
    const char *table)
{
    loyalty_progress_close(progress);

    progress->step = step;
    progress->table = table;
    progress->rows = 0;

    if (progress->quiet) {
        return;
    }

    if (progress->terminal) {
        loyalty_progress_bar(progress);

    } else if (*table == '\0') {
        (void) fprintf(stderr, "%s\n", step);
    }
}


/* A line about a table can say only now how many rows there were. */

static void
loyalty_progress_close(loyalty_progress_t *progress)
{
    if (progress->step != NULL && *progress->table != '\0'
        && !progress->quiet && !progress->terminal)
    {
        (void) fprintf(stderr, "%s %s, rows: %lld\n", progress->step,
                       progress->table, (long long) progress->rows);
    }

    progress->step = NULL;
}


void
loyalty_progress_row(loyalty_progress_t *progress)
{
    progress->rows++;
    progress->done++;

    if (progress->quiet || !progress->terminal
        || progress->rows % LOYALTY_PROGRESS_ROWS != 0)
    {
        return;
    }

    if (loyalty_clock() - progress->shown >= LOYALTY_PROGRESS_INTERVAL) {
        loyalty_progress_bar(progress);
    }
}


void
loyalty_progress_to(loyalty_progress_t *progress, int64_t done)
{
    progress->done = done;

    if (!progress->quiet && progress->terminal
        && loyalty_clock() - progress->shown >= LOYALTY_PROGRESS_INTERVAL)
    {
        loyalty_progress_bar(progress);
    }
}


static void
loyalty_progress_bar(loyalty_progress_t *progress)
{
    int   filled, percent;
    char  bar[LOYALTY_PROGRESS_WIDTH + 1], left[32];

    percent = 0;

    if (progress->total != 0) {
        percent = (int) (progress->done * 100 / progress->total);
    }

    filled = percent * LOYALTY_PROGRESS_WIDTH / 100;

    (void) memset(bar, '.', LOYALTY_PROGRESS_WIDTH);
    (void) memset(bar, '#', filled);
    bar[LOYALTY_PROGRESS_WIDTH] = '\0';

    loyalty_progress_left(progress, left, sizeof(left));

    /* the code erases what a longer line has left */

    (void) fprintf(stderr, "\r[%s] %3d %%  %s%s%s%s\033[K", bar, percent,
                   progress->step, (*progress->table != '\0') ? " " : "",
                   progress->table, left);
    (void) fflush(stderr);

    progress->shown = loyalty_clock();
}


/* The time that is left, from that of the rows so far. */

static void
loyalty_progress_left(const loyalty_progress_t *progress, char *left,
    size_t size)
{
    int64_t  seconds;

    left[0] = '\0';

    if (progress->done == 0 || progress->done < progress->total / 50
        || progress->done >= progress->total)
    {
        return;
    }

    seconds = (loyalty_progress_elapsed(progress)
               * (progress->total - progress->done) / progress->done + 999)
              / 1000;

    (void) snprintf(left, size, ", %lld:%02lld left",
                    (long long) seconds / 60, (long long) seconds % 60);
}


void
loyalty_progress_pause(const loyalty_progress_t *progress)
{
    if (progress->terminal && !progress->quiet) {
        (void) fprintf(stderr, "\r\033[K");
    }
}


void
loyalty_progress_end(loyalty_progress_t *progress)
{
    loyalty_progress_close(progress);
    loyalty_progress_pause(progress);
}


int64_t
loyalty_progress_elapsed(const loyalty_progress_t *progress)
{
    return loyalty_clock() - progress->began;
}
