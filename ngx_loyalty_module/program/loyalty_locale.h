
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_LOCALE_H_INCLUDED_
#define _LOYALTY_LOCALE_H_INCLUDED_


#include <loyalty_types.h>


/* The languages that answers are written in. */

typedef enum {
    LOYALTY_LOCALE_NONE = 0,             /* whoever asks has no wish */
    LOYALTY_LOCALE_EN,
    LOYALTY_LOCALE_TR,
    LOYALTY_LOCALE_TH,

    LOYALTY_LOCALES
} loyalty_locale_e;


/*
 * The language of a tag such as "tr", "tr-TR" or "tr_TR", of which the first
 * part decides, in any case; LOYALTY_LOCALE_NONE for one that we do not have.
 */
loyalty_locale_e loyalty_locale_of(loyalty_str_t tag);

/* Such as "tr", or "". */
loyalty_str_t loyalty_locale_name(loyalty_locale_e locale);


#endif /* _LOYALTY_LOCALE_H_INCLUDED_ */
