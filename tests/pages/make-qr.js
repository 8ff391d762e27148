/*
 * Prints conf-examples/page/qr.js: the encoder of uqr, as the lock file has
 * it, in its smallest form and with its licence.
 *
 * The tests leave it, and what it needs, in build/pages:
 *
 *   node build/pages/make-qr.js > conf-examples/page/qr.js
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';


export async function qrModule() {
    const entry = createRequire(import.meta.url).resolve('uqr');
    const home = join(dirname(entry), '..');

    const { version } = JSON.parse(readFileSync(join(home, 'package.json')));
    const licence = readFileSync(join(home, 'LICENSE'), 'utf8').trim();

    const { outputFiles } = await build({
        stdin: {
            contents: 'export { encode } from "uqr";',
            resolveDir: home,
        },
        bundle: true,
        minify: true,
        format: 'esm',
        target: 'es2022',
        legalComments: 'none',
        banner: { js: `/*!\nQR codes: "encode" of uqr ${version}, `
                      + `https://github.com/unjs/uqr, minified.\n\n`
                      + `${licence}\n*/` },
        write: false,
    });

    return outputFiles[0].text;
}


if (process.argv[1] === fileURLToPath(import.meta.url)) {
    process.stdout.write(await qrModule());
}
