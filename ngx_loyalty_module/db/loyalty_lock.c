
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_lock.h>

#include <errno.h>
#include <time.h>


int
loyalty_lock_init(loyalty_lock_t *lock)
{
    int                  rc;
    pthread_mutexattr_t  attr;

    if (pthread_mutexattr_init(&attr) != 0) {
        return LOYALTY_ERROR;
    }

    rc = LOYALTY_ERROR;

    if (pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0
        && pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) == 0
        && pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT) == 0
        && pthread_mutex_init(&lock->mutex, &attr) == 0)
    {
        rc = LOYALTY_OK;
    }

    (void) pthread_mutexattr_destroy(&attr);

    return rc;
}


int
loyalty_lock_acquire(loyalty_lock_t *lock, int timeout)
{
    int              rc;
    struct timespec  ts;

    if (lock == NULL) {
        return LOYALTY_OK;
    }

    rc = pthread_mutex_trylock(&lock->mutex);

    if (rc == EBUSY) {

        /* locks with priority inheritance take no other clock */

        (void) clock_gettime(CLOCK_REALTIME, &ts);

        ts.tv_sec += timeout / 1000;
        ts.tv_nsec += (long) (timeout % 1000) * 1000000;

        if (ts.tv_nsec >= 1000000000) {
            ts.tv_sec++;
            ts.tv_nsec -= 1000000000;
        }

        rc = pthread_mutex_timedlock(&lock->mutex, &ts);
    }

    if (rc == EOWNERDEAD) {

        /* what its owner had not committed, the database undoes itself */

        (void) pthread_mutex_consistent(&lock->mutex);
    }

    /*
     * Where the kernel refuses such locks, as in some sandboxes, writers go
     * on without: the database keeps them apart, if less fairly.
     */

    return (rc == ETIMEDOUT) ? LOYALTY_ERROR : LOYALTY_OK;
}


void
loyalty_lock_release(loyalty_lock_t *lock)
{
    if (lock != NULL) {
        (void) pthread_mutex_unlock(&lock->mutex);
    }
}
