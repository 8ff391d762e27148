/*
 * The QR code of a coupon, by lean-qr 2.7.4 as npm has it (MIT, see
 * lean-qr.LICENSE.txt).  Loaded when the first one is shown.
 */

import { correction, generate, mode } from './lean-qr.js';

const SVG = 'http://www.w3.org/2000/svg';
const BORDER = 4;

/*
 * Codes are ASCII.  The modes for more say first which letters follow, and
 * some tills take that for a part of the code.
 */

const HOW = {
    modes: [mode.numeric, mode.alphaNumeric, mode.ascii],
    minCorrectionLevel: correction.M,
};


export function picture(code, label) {
    const symbol = generate(code, HOW);
    const size = symbol.size + 2 * BORDER;
    const svg = document.createElementNS(SVG, 'svg');
    const path = document.createElementNS(SVG, 'path');

    let dark = '';

    for (let y = 0; y < symbol.size; y++) {
        for (let x = 0; x < symbol.size; x++) {
            dark += symbol.get(x, y) ? `M${x} ${y}h1v1h-1z` : '';
        }
    }

    path.setAttribute('d', dark);
    svg.setAttribute('viewBox', `-${BORDER} -${BORDER} ${size} ${size}`);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    svg.setAttribute('shape-rendering', 'crispEdges');
    svg.append(path);

    return svg;
}
