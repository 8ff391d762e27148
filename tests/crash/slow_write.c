
/*
 * Copyright (C) ngx_loyalty contributors
 */


/*
 * To be preloaded: makes every pwrite() LOYALTY_WRITE_US microseconds slower,
 * so that a kill is likely to come between the pages of a commit.
 */


#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>


static void slow_write_init(void) __attribute__((constructor));

ssize_t pwrite64(int fd, const void *buf, size_t size, off_t offset);


static struct timespec  slow_delay;


/* nginx gives its workers an environment of its own: read it before that */

static void
slow_write_init(void)
{
    long         us;
    const char  *value;

    value = getenv("LOYALTY_WRITE_US");
    us = (value != NULL) ? strtol(value, NULL, 10) : 0;

    slow_delay.tv_sec = us / 1000000;
    slow_delay.tv_nsec = us % 1000000 * 1000;
}


ssize_t
pwrite64(int fd, const void *buf, size_t size, off_t offset)
{
    struct timespec  left;

    left = slow_delay;

    /* even to sleep for no time takes 50 of them */

    if (left.tv_sec == 0 && left.tv_nsec == 0) {
        return (ssize_t) syscall(SYS_pwrite64, fd, buf, size, offset);
    }

    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
        /* void */
    }

    return (ssize_t) syscall(SYS_pwrite64, fd, buf, size, offset);
}
