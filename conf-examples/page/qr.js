/*
 * The QR code of a coupon: up to 84 characters of ASCII, as bytes, with the
 * correction level M (ISO/IEC 18004).  Loaded when the first one is shown.
 */

const SVG = 'http://www.w3.org/2000/svg';
const BORDER = 4;

/* of versions 1 to 5: blocks, and bytes of data and correction of each */

const VERSIONS = [[1, 16, 10], [1, 28, 16], [1, 44, 26], [2, 32, 18],
                  [2, 43, 24]];

/* where they are true, dark and light change places */

const MASKS = [
    (x, y) => (x + y) % 2 === 0,
    (x, y) => y % 2 === 0,
    x => x % 3 === 0,
    (x, y) => (x + y) % 3 === 0,
    (x, y) => ((x / 3 | 0) + (y / 2 | 0)) % 2 === 0,
    (x, y) => x * y % 2 + x * y % 3 === 0,
    (x, y) => (x * y % 2 + x * y % 3) % 2 === 0,
    (x, y) => ((x + y) % 2 + x * y % 3) % 2 === 0,
];


/* Rows of what is dark; of all masks the one that is read best. */

export function encode(text) {
    const bytes = [...new TextEncoder().encode(text)];
    const version = VERSIONS.findIndex(([blocks, data]) =>
        bytes.length + 2 <= blocks * data);

    const words = codewords(bytes, ...VERSIONS[version]);
    const symbols = MASKS.map((mask, n) => symbol(version, words, mask, n));
    const faults = symbols.map(penalty);

    return symbols[faults.indexOf(Math.min(...faults))];
}


/* Mode, length, text and end are of half bytes; the rest is filled up. */

function codewords(bytes, blocks, length, correction) {
    const halves = [4, ...[bytes.length, ...bytes].flatMap(byte =>
        [byte >> 4, byte & 15]), 0];
    const data = [];

    for (let i = 0; i < halves.length; i += 2) {
        data.push(halves[i] << 4 | halves[i + 1]);
    }

    for (let fill = 0xec; data.length < blocks * length; fill ^= 0xfd) {
        data.push(fill);
    }

    const parts = Array.from({ length: blocks }, (_, n) =>
        data.slice(n * length, (n + 1) * length));
    const divisor = generator(correction);

    return [parts, parts.map(part => remainder(part, divisor))]
        .flatMap(both => both[0].flatMap((_, i) => both.map(one => one[i])));
}


/* Reed and Solomon's polynomials, over the bytes as a field */

function times(a, b) {
    let product = 0;

    for (; b > 0; b >>= 1) {
        product ^= b & 1 ? a : 0;
        a = a << 1 ^ (a >> 7) * 0x11d;
    }

    return product;
}


function generator(degree) {
    let factors = [1];

    for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
        factors = [...factors, 0].map((each, n) =>
            each ^ times(factors[n - 1] ?? 0, root));
    }

    return factors.slice(1);
}


function remainder(data, divisor) {
    return data.reduce((rest, byte) => {
        const factor = byte ^ rest[0];

        return divisor.map((each, n) =>
            times(each, factor) ^ (rest[n + 1] ?? 0));
    }, divisor.map(() => 0));
}


function symbol(version, words, mask, number) {
    const size = version * 4 + 21;
    const rows = Array.from({ length: size }, () => Array(size));

    patterns(rows, size, version);
    format(rows, size, number);

    let bit = 0;

    for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) {
        const column = rows.map((_, y) => y);

        /* upwards first; the column of the rhythm counts for nothing */

        if ((right > 6 ? size - right : size - right - 1) % 4 === 1) {
            column.reverse();
        }

        for (const y of column) {
            for (const x of [right, right - 1]) {
                if (rows[y][x] === undefined) {
                    const dark = words[bit >> 3] >> 7 - bit % 8 & 1;

                    rows[y][x] = mask(x, y) !== (dark === 1);
                    bit++;
                }
            }
        }
    }

    return rows;
}


/* What tells a reader where it is; all but the corners keep their rhythm. */

function patterns(rows, size, version) {
    for (let i = 0; i < size; i++) {
        rows[6][i] = rows[i][6] = i % 2 === 0;
    }

    for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
        rings(rows, x, y, 4, [2, 4]);
    }

    if (version > 0) {
        rings(rows, size - 7, size - 7, 2, [1]);
    }
}


function rings(rows, x, y, reach, light) {
    for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
            if (rows[y + dy] && x + dx in rows) {
                rows[y + dy][x + dx] =
                    !light.includes(Math.max(Math.abs(dx), Math.abs(dy)));
            }
        }
    }
}


/* Level and mask, with a correction of their own, twice. */

function format(rows, size, mask) {
    let rest = mask;

    for (let i = 0; i < 10; i++) {
        rest = rest << 1 ^ (rest >> 9) * 0x537;
    }

    const bits = (mask << 10 | rest) ^ 0x5412;

    for (let i = 0; i < 15; i++) {
        const dark = (bits >> i & 1) === 1;
        const near = i < 6 ? i : i < 8 ? i + 1 : i < 9 ? 7 : 14 - i;

        if (i < 8) {
            rows[near][8] = rows[8][size - 1 - i] = dark;

        } else {
            rows[8][near] = rows[size - 15 + i][8] = dark;
        }
    }

    rows[size - 8][8] = true;
}


/* How much there is that could mislead a reader. */

function penalty(rows) {
    const lines = [...rows, ...rows.map((_, x) => rows.map(row => row[x]))]
        .map(line => line.map(Number).join(''));

    let sum = 0;

    for (const line of lines) {
        for (const [run] of line.matchAll(/(.)\1{4,}/g)) {
            sum += run.length - 2;
        }

        sum += 40 * [...`0000${line}0000`
            .matchAll(/(?=10111010000|00001011101)/g)].length;
    }

    rows.slice(1).forEach((row, y) => row.slice(1).forEach((dark, x) => {
        sum += dark === row[x] && dark === rows[y][x]
               && dark === rows[y][x + 1] ? 3 : 0;
    }));

    const share = rows.flat().filter(Boolean).length / rows.length ** 2;

    return sum + 10 * Math.floor(Math.abs(share * 20 - 10));
}


export function picture(code, label) {
    const rows = encode(code);
    const size = rows.length + 2 * BORDER;
    const svg = document.createElementNS(SVG, 'svg');
    const path = document.createElementNS(SVG, 'path');

    path.setAttribute('d', rows.flatMap((row, y) => row.map((dark, x) =>
        dark ? `M${x + BORDER} ${y + BORDER}h1v1h-1z` : '')).join(''));

    svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    svg.setAttribute('shape-rendering', 'crispEdges');
    svg.append(path);

    return svg;
}
