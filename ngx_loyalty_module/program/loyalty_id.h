
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_ID_H_INCLUDED_
#define _LOYALTY_ID_H_INCLUDED_


#include <loyalty_types.h>


#define LOYALTY_ID_MAX  64


/*
 * Whether the text can be an order's number, a reward's id or a program's
 * name: 1 to LOYALTY_ID_MAX of A-Z a-z 0-9 . _ # - other than "." and "..".
 */
int loyalty_id_valid(loyalty_str_t id);


#endif /* _LOYALTY_ID_H_INCLUDED_ */
