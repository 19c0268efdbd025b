// What a process's resident memory lies in, by its mappings (Linux, proc(5) smaps): the memory of WebAssembly, the allocator of C, files, and the rest,
// which is the heaps of V8, one for each thread, and large buffers. A process looks at itself.
import { readFileSync } from 'node:fs';

const GIB = 2 ** 30;
const ARENA = 64 * 2 ** 20;
const HEADER = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ *(.*)$/;

/** Bytes resident by part; nothing where there is no such file. */
export function residentParts() {
  let text = '';
  try {
    text = readFileSync('/proc/self/smaps', 'utf8');
  } catch {
    return {};
  }
  const mappings = [];
  for (const line of text.split('\n')) {
    const [, from, to, access, name] = HEADER.exec(line) ?? [];
    if (from !== undefined) mappings.push({ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16), access, name, rss: 0 });
    else if (line.startsWith('Rss:')) mappings.at(-1).rss = Number(/\d+/.exec(line)[0]) * 1024;
  }
  const parts = { wasm: 0, malloc: 0, files: 0, other: 0 };
  mappings.forEach((mapping, index) => {
    parts[partOf(mapping, mappings[index - 1], mappings[index + 1])] += mapping.rss;
  });
  return parts;
}

/** WebAssembly reserves gigabytes around each memory; glibc begins an arena at a multiple of its size and reserves the rest of it. */
function partOf({ from, to, access, name }, before, after) {
  const isReserved = (other) => other?.access === '---p' && (other.to === from || other.from === to);
  if (name.startsWith('/')) return 'files';
  if (name === '[heap]') return 'malloc';
  if (access !== 'rw-p') return 'other';
  if ([before, after].some((other) => isReserved(other) && other.to - other.from >= GIB)) return 'wasm';
  return from % ARENA === 0 && (to - from === ARENA || (isReserved(after) && after.to - from === ARENA)) ? 'malloc' : 'other';
}
