
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_REF_H_INCLUDED_
#define _LOYALTY_REF_H_INCLUDED_


#include <loyalty_id.h>


/*
 * What stands for an order's number in links that open a chat.  Platforms let
 * such a text have A-Z a-z 0-9 _ - only, and the least of them 64 of these: it
 * is "o-" and the number, with "_2e" for a ".", "_5f" for a "_" and "_23" for
 * a "#".
 */

#define LOYALTY_REF_MAX  64


/*
 * Writes the text for a number; "ref" has room for LOYALTY_REF_MAX bytes.
 * LOYALTY_ERROR if the number is none, or its text would be longer.
 */
int loyalty_ref_write(loyalty_str_t number, char *ref, size_t *len);

/*
 * The number that a text stands for; "number" has room for LOYALTY_ID_MAX
 * bytes.  LOYALTY_ERROR unless the text is one that was written above.
 */
int loyalty_ref_read(loyalty_str_t ref, char *number, size_t *len);


#endif /* _LOYALTY_REF_H_INCLUDED_ */
