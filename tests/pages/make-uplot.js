/*
 * Writes uplot.js and uplot.css of conf-examples/owner: uPlot, as the lock
 * file has it, in its smallest form and with its licence.
 *
 * The tests leave this, and what it needs, in build/pages:
 *
 *   node build/pages/make-uplot.js conf-examples/owner
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';


export async function uplotFiles() {
    const home = dirname(createRequire(import.meta.url)
        .resolve('uplot/package.json'));

    const { version } = JSON.parse(readFileSync(join(home, 'package.json')));
    const licence = readFileSync(join(home, 'LICENSE'), 'utf8').trim();

    const banner = `/*!\nCharts: uPlot ${version}, `
                   + `https://github.com/leeoniya/uPlot, minified.\n\n`
                   + `${licence}\n*/`;

    const { outputFiles } = await build({
        entryPoints: [join(home, 'dist/uPlot.esm.js')],
        bundle: true,
        minify: true,
        format: 'esm',
        target: 'es2022',
        legalComments: 'none',
        banner: { js: banner },
        write: false,
    });

    return {
        'uplot.js': outputFiles[0].text,
        'uplot.css': `${banner}\n`
            + readFileSync(join(home, 'dist/uPlot.min.css'), 'utf8').trim()
            + '\n',
    };
}


if (process.argv[1] === fileURLToPath(import.meta.url)) {
    for (const [name, text] of Object.entries(await uplotFiles())) {
        writeFileSync(join(process.argv[2], name), text);
    }
}
