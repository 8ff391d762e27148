
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTYCTL_H_INCLUDED_
#define _LOYALTYCTL_H_INCLUDED_


/* How loyaltyctl exits, whatever the command. */

typedef enum {
    LOYALTYCTL_DONE = 0,
    LOYALTYCTL_FAILED = 1,
    LOYALTYCTL_USAGE = 2
} loyaltyctl_exit_e;


/* Each gets its own name as argv[0]. */

loyaltyctl_exit_e loyaltyctl_copy(int argc, char **argv);


#endif /* _LOYALTYCTL_H_INCLUDED_ */
