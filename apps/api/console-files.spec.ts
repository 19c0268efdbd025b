// The console's files: compressed for who takes that, as they are otherwise, and kept for long where their name says what is in them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { compressedFiles } from './console-files.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'console-files-'));
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<p>the console</p>');
  writeFileSync(join(directory, 'assets/index-a1.js'), 'let console');
  writeFileSync(join(directory, 'picture.png'), 'no text');
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Null: handed on. */
function asked(url: string, accepts: string | undefined, method = 'GET') {
  let status: readonly [number, Record<string, string>] | null = null;
  let content: Buffer = Buffer.alloc(0);
  compressedFiles(directory, { 'x-content-type-options': 'nosniff' })(
    { url, method, headers: { 'accept-encoding': accepts } } as never,
    {
      writeHead: (...told: [number, Record<string, string>]) => {
        status = told;
      },
      end: (told: Buffer) => {
        content = told;
      },
    } as never,
    () => undefined,
  );
  return status === null ? null : { status: status[0] as number, headers: status[1] as Record<string, string>, content };
}

it('are compressed as well as the browser takes it', () => {
  const page = asked('/?any', 'gzip, deflate, br');
  expect(page?.headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
  expect(brotliDecompressSync(page?.content ?? '').toString()).toBe('<p>the console</p>');
  const script = asked('/assets/index-a1.js', 'gzip');
  expect(script?.headers['cache-control']).toMatch(/immutable/);
  expect(gunzipSync(script?.content ?? '').toString()).toBe('let console');
});

it.each([
  ['/', 'identity', 'GET'],
  ['/', undefined, 'GET'],
  ['/', 'br', 'POST'],
  ['/picture.png', 'br', 'GET'],
  ['/assets/../../etc/passwd', 'br', 'GET'],
])('%s for who takes %s by %s is somebody else’s', (url, accepts, method) => expect(asked(url, accepts, method)).toBeNull());
