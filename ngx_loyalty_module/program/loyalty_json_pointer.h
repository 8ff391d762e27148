
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_JSON_POINTER_H_INCLUDED_
#define _LOYALTY_JSON_POINTER_H_INCLUDED_


#include <loyalty_types.h>


struct json_t;                           /* of jansson */


typedef enum {
    LOYALTY_POINTER_FOUND = 0,
    LOYALTY_POINTER_NULL,                /* there, or on the way there */
    LOYALTY_POINTER_PAST_END,            /* of an array on the way */
    LOYALTY_POINTER_MISSING
} loyalty_pointer_e;


/*
 * Checks that a JSON pointer (RFC 6901) is well formed: empty or starting
 * with "/", "~" only as "~0" or "~1".  LOYALTY_ERROR if not.
 */
int loyalty_json_pointer_check(loyalty_str_t pointer);

/*
 * Follows a well formed pointer from "root".  When it was found, *value is
 * what it points to, still owned by "root"; it is left alone otherwise.
 * "-", the element behind an array's last, is missing like any other word
 * that is no index.
 */
loyalty_pointer_e loyalty_json_pointer_resolve(struct json_t *root,
    loyalty_str_t pointer, struct json_t **value);


#endif /* _LOYALTY_JSON_POINTER_H_INCLUDED_ */
