
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_transaction.h>

#include <errno.h>
#include <sys/random.h>


int
loyalty_random(void *buffer, size_t size)
{
    ssize_t  n;

    /* requests of up to 256 bytes are never cut short by a signal */

    do {
        n = getrandom(buffer, size, 0);
    } while (n < 0 && errno == EINTR);

    return (n == (ssize_t) size) ? LOYALTY_OK : LOYALTY_ERROR;
}
