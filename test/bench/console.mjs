// What the console weighs: each page as a browser gets it (its own files and all they import, compressed as the api sends them), beside the least a page of
// the same framework can weigh, Preact rendering one line, built by the same tools.
// node test/bench/console.mjs   Builds the console by itself, into a directory that it drops.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';

parseArgs({ options: {} });

const root = new URL('../..', import.meta.url).pathname;
const home = mkdtempSync(join(root, '.bench-console-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

const kB = (files) => [...files].reduce((sum, file) => sum + gzipSync(file).length, 0) / 1000;
const contentOf = (file) => file.code ?? file.source;

async function built(config) {
  const { output } = await build({ logLevel: 'warn', ...config, build: { ...config.build, outDir: join(home, 'out'), emptyOutDir: true } });
  const files = new Map(output.map((file) => [file.fileName, file]));
  /** A chunk, what it imports at once, and their style sheets. */
  const weightOf = (names) => {
    const needed = new Set();
    const need = (name) => {
      if (needed.has(name)) return;
      needed.add(name);
      const { imports = [], viteMetadata } = files.get(name);
      for (const each of [...imports, ...(viteMetadata?.importedCss ?? [])]) need(each);
    };
    for (const name of names) need(name);
    return kB([...needed].map((name) => contentOf(files.get(name))));
  };
  const entry = output.find(({ isEntry }) => isEntry);
  const html = output.filter(({ fileName }) => fileName.endsWith('.html')).map(({ fileName }) => fileName);
  const pages = output.filter(({ isDynamicEntry }) => isDynamicEntry);
  return { start: [entry.fileName, ...html], pages, weightOf };
}

const name = 'bare.js';
writeFileSync(join(home, name), `import { h, render } from 'preact';\nrender(h('p', null, 'Joulestream'), document.body);\n`);
const bare = await built({ root: home, configFile: false, build: { rolldownOptions: { input: join(home, name) } } });
const console_ = await built({ configFile: join(root, 'apps/console/vite.config.ts') });

const least = bare.weightOf(bare.start);
const shell = console_.weightOf(console_.start);
const rows = console_.pages
  .map(({ fileName, facadeModuleId }) => ({
    page: relative(join(root, 'apps/console/pages'), facadeModuleId).replace(/\.tsx?$/, ''),
    weight: console_.weightOf([...console_.start, fileName]),
  }))
  .sort((a, b) => b.weight - a.weight);
const text = (weight) => `${weight.toFixed(1)} kB (${(weight / least).toFixed(1)} times)`;
report('console', 'What the console weighs', [
  `compressed by gzip; Preact with one line of text: ${least.toFixed(1)} kB`,
  `what every page begins with, words of both languages and styles included: ${text(shell)}`,
  ...rows.map(({ page, weight }) => `${page}, with what it begins with: ${text(weight)}`),
]);
