/*
 * The QR codes of coupons, as the page draws them, read by another library
 * than the one that draws.
 */

import { _QRScanner as Scanner } from 'qr/decode.js';

import { Shopper } from './browser.js';
import { none } from './report.js';

const SCALE = 4;
const LONGEST = 64;

/* how the text begins, ISO/IEC 18004, 7.4.1: with digits, letters, ... */

const MODES = { 1: 'numeric', 2: 'alphanumeric', 4: 'bytes', 7: 'ECI' };

/* ... and how much of the symbol may be lost, 7.9.1 */

const LEVELS = ['M', 'L', 'H', 'Q'];


class Reader extends Scanner {
    decodePayload(data, ...more) {
        this.mode = MODES[data[0] >> 4];

        return super.decodePayload(data, ...more);
    }
}


/* What is in a picture: the text, its first mode, and the level. */

export function scan(svg) {
    const [left, top, width] = svg.match(/viewBox="([^"]+)"/)[1].split(' ')
        .map(Number);
    const dark = [...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)]
        .map(([, x, y]) => [x - left, y - top]);

    const side = width * SCALE;
    const data = new Uint8Array(side * side * 4).fill(255);

    for (const [x, y] of dark) {
        for (let row = y * SCALE; row < (y + 1) * SCALE; row++) {
            const at = (row * side + x * SCALE) * 4;

            data.fill(0, at, at + SCALE * 4);
        }
    }

    const reader = new Reader({ maxSize: { width: side, height: side } });

    reader.addImage({ width: side, height: side, data });

    const [text] = reader.decode();
    const bit = x => dark.some(each => each[0] === x - left
                                       && each[1] === 8 - top) ? 1 : 0;

    return { text, mode: reader.mode,
             level: LEVELS[(bit(0) << 1 | bit(1)) ^ 0b10] };
}


/* Of these letters, beginning with another one each time. */

function codesOf(letters, first = '') {
    return Array.from({ length: LONGEST }, (_, n) => first
        + Array.from({ length: n + 1 - first.length }, (_, i) =>
            letters[(n * 11 + i * 7) % letters.length]).join(''));
}


const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ASCII = Array.from({ length: 94 }, (_, n) =>
    String.fromCharCode(33 + n)).join('');


export async function codes(browser) {
    const shopper = await Shopper.at(browser, 'QR codes');

    await shopper.open();

    for (const [what, mode, all] of [
        ['digits', 'numeric', codesOf(DIGITS)],
        ['capitals and digits', 'alphanumeric',
         codesOf(CAPITALS + DIGITS, 'C')],
        ['what is in ASCII', 'bytes', codesOf(ASCII, 'c')],
    ]) {
        const found = (await shopper.page.evaluate(async list => {
            const { picture } = await import('./qr.js');

            return list.map(code => picture(code, '').outerHTML);
        }, all)).map(scan);

        const wrong = (name, right) => none(
            `${shopper.name} of 1 to ${LONGEST} ${what} ${name}`,
            all.map((code, n) => ({ code, ...found[n] }))
                .filter(each => !right(each)));

        wrong('say what they are of', each => each.text === each.code);
        wrong(`begin with ${mode}`, each => each.mode === mode);
        wrong('can lose a seventh', each => each.level !== 'L');
    }

    await shopper.leave();
}
