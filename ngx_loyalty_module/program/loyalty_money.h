
/*
 * Copyright (C) ngx_loyalty contributors
 */


#ifndef _LOYALTY_MONEY_H_INCLUDED_
#define _LOYALTY_MONEY_H_INCLUDED_


#include <loyalty_types.h>


#define LOYALTY_MONEY_DIGITS  18

/* An amount as a decimal: any digits, a point, and zeros before it. */

#define LOYALTY_MONEY_SIZE    24


/*
 * The number of digits after the point that a currency has (ISO 4217:
 * USD 2, JPY 0, KWD 3), by its code in upper case; LOYALTY_ERROR if there
 * is no such currency, or one without minor units, such as gold (XAU).
 */
int loyalty_currency_exponent(loyalty_str_t code);

/*
 * Turns a decimal such as "60.99" into minor units (6099), exactly: at most
 * LOYALTY_MONEY_DIGITS digits, no sign, no exponent, at least one digit on
 * each side of a point; digits past the currency's exponent must be zero.
 * LOYALTY_ERROR for anything else; *minor is then left alone.
 */
int loyalty_money_parse(loyalty_str_t text, int exponent, int64_t *minor);

/*
 * Turns whole units of a currency into minor units.  LOYALTY_ERROR if there
 * are less than none of them or they do not fit; *minor is then left alone.
 */
int loyalty_money_scale(int64_t major, int exponent, int64_t *minor);

/*
 * Writes minor units, none or more, as a decimal: 6099 with exponent 2 is
 * "60.99".  Returns the length; "text" has LOYALTY_MONEY_SIZE bytes and gets
 * no NUL.
 */
size_t loyalty_money_write(int64_t minor, int exponent, char *text);


#endif /* _LOYALTY_MONEY_H_INCLUDED_ */
