
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ACCEPT_H_INCLUDED_
#define _LOYALTY_ACCEPT_H_INCLUDED_


#include <loyalty_types.h>


/*
 * Whether who has sent this header "Accept" would rather have a page than
 * JSON: a browser that somebody has sent here.  What takes anything is a
 * program.
 */
int loyalty_accept_page(loyalty_str_t accept);


#endif /* _LOYALTY_ACCEPT_H_INCLUDED_ */
