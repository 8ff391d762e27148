/*
 * The page: its files, and a browser for all who come.  The good and the bad
 * days go on side by side.
 */

import { launch } from './browser.js';
import { codes } from './codes.js';
import { faults } from './faults.js';
import { files } from './files.js';
import { shoppers } from './shoppers.js';

await files();

const browser = await launch();

try {
    await Promise.all([shoppers(browser), faults(browser), codes(browser)]);

} finally {
    await browser.close();
}

console.log('end');
