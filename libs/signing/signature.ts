// What the header of a signed record says, and which bytes a signature is over (ADR 0105).
// Who may sign what is judge.ts's.
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import type { NewRecord } from '#ports';

/** A CloudEvents extension. */
export const HEADER = 'ce_signature';

export interface Signature {
  /** Names the key, see `keyIdOf`. */
  readonly keyId: string;
  /** Of the process that signed: no two have the same. */
  readonly instance: string;
  /** When it was signed [ms since 1970] and as which of that process; rising in what one process writes. */
  readonly atMs: number;
  readonly number: number;
  /** Its place among the leaves of its tree. */
  readonly index: number;
  readonly count: number;
  readonly way: Buffer;
  /** Ed25519, base64url: the same text in each record of its tree. */
  readonly signed: string;
}

/** The first 72 bits of a hash of the public key, base64url. */
export const keyIdOf = (key: KeyObject): string =>
  hash('sha256', (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' }), 'buffer')
    .subarray(0, 9)
    .toString('base64url');

const VERSION = '1';

export const headerText = ({ keyId, instance, atMs, number, index, count, way, signed }: Signature): string =>
  [VERSION, keyId, instance, atMs, number, index, count, way.toString('base64url'), signed].join('.');

const HEADER_TEXT = /^1\.([\w-]{12})\.([\w-]{1,32})\.(\d{1,15})\.(\d{1,15})\.(\d{1,4})\.(\d{1,4})\.([\w-]{0,600})\.([\w-]{86})$/;

/** Undefined: no header of ours. */
export function readHeader(text: string): Signature | undefined {
  const [, keyId, instance, atMs, number, index, count, way, signed] = HEADER_TEXT.exec(text) ?? [];
  if (!keyId || !instance || way === undefined || signed === undefined || Number(index) >= Number(count)) return undefined;
  return {
    keyId,
    instance,
    atMs: Number(atMs),
    number: Number(number),
    index: Number(index),
    count: Number(count),
    way: Buffer.from(way, 'base64url'),
    signed,
  };
}

/** Over topic, key, CloudEvents attributes and data, and where it stands in what its process signed; lengths keep the parts apart. */
export function leafOf(
  topic: string,
  { key, headers, value }: NewRecord,
  { instance, atMs, number }: Pick<Signature, 'instance' | 'atMs' | 'number'>,
): Buffer {
  const names = Object.keys(headers)
    .filter((name) => name.startsWith('ce_') && name !== HEADER)
    .sort();
  const parts = [topic, key, instance, String(atMs), String(number), ...names.flatMap((name) => [name, headers[name] ?? '']), value];
  return hash('sha256', `\0${parts.map((part) => `${part.length}:${part}`).join('')}`, 'buffer');
}

/** What is signed: the root, for this use alone. */
export const signedBytes = (root: Buffer): Buffer => Buffer.concat([PURPOSE, root]);
const PURPOSE = Buffer.from('joulestream records 1\0');
