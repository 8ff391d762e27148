/*
 * The QR code of a coupon.  Loaded when the first coupon is shown.
 */

import { encode } from './qr.js';

const SVG = 'http://www.w3.org/2000/svg';


export function picture(code, label) {
    const { data, size } = encode(code, { ecc: 'M', border: 4 });
    const svg = document.createElementNS(SVG, 'svg');
    const path = document.createElementNS(SVG, 'path');

    let dots = '';

    data.forEach((row, y) => row.forEach((dark, x) => {
        dots += dark ? `M${x} ${y}h1v1h-1z` : '';
    }));

    svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    svg.setAttribute('shape-rendering', 'crispEdges');
    path.setAttribute('d', dots);
    svg.append(path);

    return svg;
}
