
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_TEST_H_INCLUDED_
#define _LOYALTY_TEST_H_INCLUDED_


/* cmocka.h wants these before itself. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <loyalty_types.h>

#include <string.h>


#define elements_of(array)  (sizeof(array) / sizeof(array[0]))


static inline loyalty_str_t
text(const char *data)
{
    loyalty_str_t  str;

    str.data = data;
    str.len = (data == NULL) ? 0 : strlen(data);

    return str;
}


#endif /* _LOYALTY_TEST_H_INCLUDED_ */
