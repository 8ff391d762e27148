
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_LOCK_H_INCLUDED_
#define _LOYALTY_LOCK_H_INCLUDED_


#include <loyalty_types.h>

#include <pthread.h>


/*
 * The lock that writers of several processes queue for before they ask the
 * database for its own.  It lies in memory that all of them share.
 *
 * With priority inheritance the kernel hands the lock to the waiter who came
 * first, so that a busy worker cannot shut out the others; being robust, it
 * goes on to the next when its owner was killed.  It protects no data: the
 * database's own lock still decides, for those who do not know of this one.
 */

typedef struct {
    pthread_mutex_t  mutex;
} loyalty_lock_t;


/* LOYALTY_ERROR if the system has no such locks. */
int loyalty_lock_init(loyalty_lock_t *lock);

/*
 * Waits for the lock, "timeout" milliseconds at most, and returns LOYALTY_OK;
 * LOYALTY_ERROR if it did not come.  "lock" may be NULL: no waiting then.
 */
int loyalty_lock_acquire(loyalty_lock_t *lock, int timeout);

void loyalty_lock_release(loyalty_lock_t *lock);


#endif /* _LOYALTY_LOCK_H_INCLUDED_ */
