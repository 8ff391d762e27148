
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_clock.h>

#include <time.h>


int64_t
loyalty_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
