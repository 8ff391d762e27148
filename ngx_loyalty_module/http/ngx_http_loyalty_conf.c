
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <ngx_http_loyalty_conf.h>


ngx_http_loyalty_program_t *
ngx_http_loyalty_program_find(ngx_http_loyalty_main_conf_t *lmcf,
    ngx_str_t *name)
{
    ngx_uint_t                    i;
    ngx_http_loyalty_program_t  **programs;

    programs = lmcf->programs.elts;

    for (i = 0; i < lmcf->programs.nelts; i++) {
        if (loyalty_str_equal(programs[i]->rules.name,
                              ngx_http_loyalty_text(name)))
        {
            return programs[i];
        }
    }

    return NULL;
}


void *
ngx_http_loyalty_rule_find(ngx_array_t *rules, loyalty_str_t id)
{
    u_char         *rule;
    ngx_uint_t      i;
    loyalty_str_t  *other;

    rule = rules->elts;

    for (i = 0; i < rules->nelts; i++) {
        other = (loyalty_str_t *) (rule + i * rules->size);

        if (loyalty_str_equal(*other, id)) {
            return other;
        }
    }

    return NULL;
}


/* One that names no store makes the coupons of those that no other makes. */

ngx_http_loyalty_coupon_store_t *
ngx_http_loyalty_coupon_store_find(ngx_http_loyalty_program_t *program,
    loyalty_str_t store)
{
    ngx_uint_t                        i;
    ngx_http_loyalty_coupon_store_t  *stores, *any;

    any = NULL;
    stores = program->coupon_stores.elts;

    for (i = 0; i < program->coupon_stores.nelts; i++) {

        if (stores[i].rules.store.len == 0) {
            any = &stores[i];

        } else if (loyalty_str_equal(stores[i].rules.store, store)) {
            return &stores[i];
        }
    }

    if (any == NULL && store.len == 0 && program->coupon_stores.nelts == 1) {
        any = stores;
    }

    return any;
}
