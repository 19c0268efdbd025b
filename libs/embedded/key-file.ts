// The file behind the key store: one JSON line per key, synced before anyone relies on it, rewritten as a whole when a key must disappear.
// What the keys are for is the store's business.
import { randomBytes } from 'node:crypto';
import { constants, existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { PortError } from '#ports';
import type { SubjectKey } from '#system';
import { replaceFile } from './durable-files.js';

/** Makes no file: one that vanished is written as a whole, since keys without the network's secret are none. */
const APPEND = constants.O_WRONLY | constants.O_APPEND;

/** A destroyed key leaves its id, which tells erased text from altered text. */
export interface Keys {
  readonly secret: Buffer;
  readonly subjects: Map<string, SubjectKey>;
  readonly destroyed: Map<string, Set<string>>;
}

type Line =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'subject'; readonly subjectId: string; readonly keyId: string; readonly key: string }
  | { readonly kind: 'destroyed'; readonly subjectId: string; readonly keyId: string };

export class KeyFile {
  readonly keys: Keys;
  readonly #path: string;
  /** The file differs from `keys` in more than missing lines: a write failed, or a key must leave it. */
  #stale = false;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    this.keys = existsSync(path) ? parse(path) : { secret: randomBytes(32), subjects: new Map(), destroyed: new Map() };
    replaceFile(path, textOf(this.keys)); // makes it, and cuts off a last line that a crash left without its end
  }

  /** Resolves once the key, which `keys` has already, is on the disk. Rejects with PortError `KeysUnavailable` (retriable). */
  add(subjectId: string, { keyId, key }: SubjectKey): Promise<void> {
    return this.#enqueue(() =>
      this.#stale ? this.#rewrite() : this.#append({ kind: 'subject', subjectId, keyId, key: key.toString('base64') }),
    );
  }

  /** Resolves once the file has no bytes of a key that `keys` has not. */
  forget(): Promise<void> {
    this.#stale = true;
    return this.settle();
  }

  /** Resolves once nothing is left to write. */
  settle(): Promise<void> {
    return this.#enqueue(async () => (this.#stale ? this.#rewrite() : undefined));
  }

  #enqueue(change: () => Promise<void>): Promise<void> {
    const done = this.#last.then(change).catch((cause: unknown) => {
      this.#stale = true;
      throw new PortError('KeysUnavailable', 'the key file cannot be written', true, { cause });
    });
    this.#last = done.catch(() => {}); // its caller has the rejection; the next change is independent of it
    return done;
  }

  async #append(line: Line): Promise<void> {
    const file = await open(this.#path, APPEND);
    try {
      await file.appendFile(format(line));
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #rewrite(): Promise<void> {
    replaceFile(this.#path, textOf(this.keys));
    this.#stale = false;
  }
}

const format = (line: Line): string => `${JSON.stringify(line)}\n`;

function textOf({ secret, subjects, destroyed }: Keys): string {
  const lines: Line[] = [{ kind: 'secret', secret: secret.toString('base64') }];
  for (const [subjectId, { keyId, key }] of subjects) lines.push({ kind: 'subject', subjectId, keyId, key: key.toString('base64') });
  for (const [subjectId, keyIds] of destroyed) for (const keyId of keyIds) lines.push({ kind: 'destroyed', subjectId, keyId });
  return lines.map(format).join('');
}

function parse(path: string): Keys {
  const subjects = new Map<string, SubjectKey>();
  const destroyed = new Map<string, Set<string>>();
  let secret: Buffer | undefined;
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  for (const line of whole.map((text) => JSON.parse(text) as Line)) {
    if (line.kind === 'secret') secret = Buffer.from(line.secret, 'base64');
    else if (line.kind === 'subject') subjects.set(line.subjectId, { keyId: line.keyId, key: Buffer.from(line.key, 'base64') });
    else destroyed.set(line.subjectId, (destroyed.get(line.subjectId) ?? new Set()).add(line.keyId));
  }
  if (secret === undefined) throw new PortError('KeysUnreadable', `${path} holds no secret; restore it from its backup`, false);
  return { secret, subjects, destroyed };
}
