
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_locale.h>

#include <string.h>


/* Codes of ISO 639-1: all have two letters. */

static const char  loyalty_locale_names[LOYALTY_LOCALES][3] = {
    [LOYALTY_LOCALE_EN] = "en",
    [LOYALTY_LOCALE_TR] = "tr",
    [LOYALTY_LOCALE_TH] = "th"
};


loyalty_locale_e
loyalty_locale_of(loyalty_str_t tag)
{
    int          i;
    const char  *name;

    if (tag.len < 2
        || (tag.len > 2 && tag.data[2] != '-' && tag.data[2] != '_'))
    {
        return LOYALTY_LOCALE_NONE;
    }

    for (i = LOYALTY_LOCALE_NONE + 1; i < LOYALTY_LOCALES; i++) {
        name = loyalty_locale_names[i];

        /* of letters in ASCII, this bit is the case */

        if ((tag.data[0] | 0x20) == name[0] && (tag.data[1] | 0x20) == name[1])
        {
            return i;
        }
    }

    return LOYALTY_LOCALE_NONE;
}


loyalty_str_t
loyalty_locale_name(loyalty_locale_e locale)
{
    loyalty_str_t  name;

    name.data = loyalty_locale_names[locale];
    name.len = strlen(name.data);

    return name;
}
