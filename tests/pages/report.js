/*
 * How these programs say what they have found, see page.t.
 */

import { isDeepStrictEqual } from 'node:util';


export function check(name, good, found = '') {
    console.log(`${good ? 'ok' : 'not ok'} - ${name}`);

    if (!good && found !== '') {
        const text = typeof found === 'string'
            ? found : JSON.stringify(found, null, 2);

        console.log(text.replace(/^/gm, '# '));
    }

    return good;
}


export function same(name, found, wanted) {
    return check(name, isDeepStrictEqual(found, wanted), { found, wanted });
}


export function none(name, found) {
    return same(name, found, []);
}
