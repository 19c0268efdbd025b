// The console's files, as small as a browser takes them: compressed once, when the api starts. What they are is apps/console's.
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { CODINGS, codingFor } from './coding.js';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const SMALLEST = { br: brotliCompressSync, gzip: gzipSync };

type Next = () => void;

/** Answers what `directory` has as text where the browser takes it compressed; everything else goes on to `next`. */
export function compressedFiles(
  directory: string,
  headers: Readonly<Record<string, string>>,
): (request: IncomingMessage, response: ServerResponse, next: Next) => void {
  const files = new Map<string, ReadonlyMap<string, Buffer>>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || TYPES[extname(entry.name)] === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    files.set(`/${relative(directory, path)}`, new Map(CODINGS.map((coding) => [coding, SMALLEST[coding](content)])));
  }
  return (request, response, next) => {
    const [asked = ''] = (request.url ?? '').split('?', 1);
    const path = asked === '/' ? '/index.html' : asked;
    const coding = codingFor(request.headers['accept-encoding']);
    const content = coding === undefined ? undefined : files.get(path)?.get(coding);
    if (request.method !== 'GET' || coding === undefined || content === undefined) return next();
    response.writeHead(200, {
      ...headers,
      'content-type': TYPES[extname(path)],
      'content-encoding': coding,
      'content-length': content.length,
      vary: 'accept-encoding',
      // Under assets a name says what is in it.
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(content);
  };
}
