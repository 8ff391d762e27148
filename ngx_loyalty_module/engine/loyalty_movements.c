
/*
 * Copyright (C) ngx_loyalty contributors
 */


#include <loyalty_movements.h>


static loyalty_movement_t *loyalty_movements_of(
    loyalty_movements_t *movements, loyalty_str_t kind);


void
loyalty_movements_add(loyalty_movements_t *movements, loyalty_str_t kind,
    int64_t points)
{
    loyalty_movement_t  *movement;

    movement = loyalty_movements_of(movements, kind);

    if (movement == NULL) {
        return;
    }

    if (points > 0) {
        movement->credited += points;

    } else {
        movement->debited -= points;
    }
}


void
loyalty_movements_join(loyalty_movements_t *movements,
    const loyalty_movements_t *others)
{
    size_t               i;
    loyalty_movement_t  *movement;

    for (i = 0; i < others->nelts; i++) {
        movement = loyalty_movements_of(movements, others->elts[i].kind);

        if (movement != NULL) {
            movement->credited += others->elts[i].credited;
            movement->debited += others->elts[i].debited;
        }
    }
}


static loyalty_movement_t *
loyalty_movements_of(loyalty_movements_t *movements, loyalty_str_t kind)
{
    size_t  i;

    for (i = 0; i < movements->nelts; i++) {

        if (loyalty_str_equal(movements->elts[i].kind, kind)) {
            return &movements->elts[i];
        }
    }

    if (i == LOYALTY_MOVEMENTS) {
        return NULL;
    }

    movements->elts[i].kind = kind;
    movements->elts[i].credited = 0;
    movements->elts[i].debited = 0;
    movements->nelts++;

    return &movements->elts[i];
}
