
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TYPES_H_INCLUDED_
#define _LOYALTY_TYPES_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>


#define LOYALTY_OK      0
#define LOYALTY_ERROR  -1


/* Text by length, not NUL-terminated; whoever made it keeps owning it. */

typedef struct {
    size_t       len;
    const char  *data;
} loyalty_str_t;


#define loyalty_string(str)  { sizeof(str) - 1, str }

int loyalty_str_equal(loyalty_str_t a, loyalty_str_t b);

/* Below, at or above 0, byte by byte; what another begins with comes first. */
int loyalty_str_compare(loyalty_str_t a, loyalty_str_t b);

/* Without the white space at both ends that ASCII has, tabs and line ends. */
loyalty_str_t loyalty_str_trim(loyalty_str_t text);


#endif /* _LOYALTY_TYPES_H_INCLUDED_ */
