
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_UTF8_H_INCLUDED_
#define _LOYALTY_UTF8_H_INCLUDED_


#include <loyalty_types.h>


/*
 * Reads the character that the "len" bytes at "text" start with.  Returns
 * how many bytes it takes, 1 to 4, or 0 if it is not well formed: cut short,
 * longer than need be, a surrogate or past U+10FFFF.  "len" is not 0.
 */
size_t loyalty_utf8_next(const char *text, size_t len, uint32_t *code);

/* Whether the text is well formed UTF-8 from its start to its end. */
int loyalty_utf8_valid(loyalty_str_t text);

/* Whether it is that, and has no control characters of ASCII in it. */
int loyalty_utf8_printable(loyalty_str_t text);


#endif /* _LOYALTY_UTF8_H_INCLUDED_ */
