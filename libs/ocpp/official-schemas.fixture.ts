// The official schemas as the specs see them: read from the package untouched, with instances made from them.
// The generated validators are another reading of the same files; here the two meet.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { MessageKind, OcppVersion } from './versions.js';

export interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly multipleOf?: number;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

export interface OfficialMessage {
  readonly version: OcppVersion;
  readonly action: string;
  readonly kind: MessageKind;
  readonly schema: Schema;
}

const folder = join(dirname(createRequire(import.meta.url).resolve('ocpp-rpc/package.json')), 'lib/schemas');
const files: Readonly<Record<OcppVersion, string>> = {
  'ocpp1.6': 'ocpp1_6.json',
  'ocpp2.0.1': 'ocpp2_0_1.json',
  'ocpp2.1': 'ocpp2_1.json',
};

export function officialMessages(version: OcppVersion): readonly OfficialMessage[] {
  const schemas = JSON.parse(readFileSync(join(folder, files[version]), 'utf8')) as readonly Schema[];
  return schemas.map((schema) => {
    const [, action = '', kind] = /^urn:(\w+?)(\.req|\.conf|Request|Response|)$/.exec(schema.$id ?? '') ?? [];
    return { version, action, kind: kind === '.conf' || kind === 'Response' ? 'response' : 'request', schema };
  });
}

/** The schema itself, or the definition of the same message it points to. */
export function resolve(schema: Schema, root: Schema): Schema {
  const target = schema.$ref === undefined ? schema : root.definitions?.[schema.$ref.replace('#/definitions/', '')];
  if (target === undefined) throw new Error(`${root.$id} does not define ${schema.$ref}`);
  return target;
}

/** A valid instance with the required fields only, or with every field. */
export function instanceOf(pointing: Schema, root: Schema, extent: 'minimal' | 'full'): unknown {
  const schema = resolve(pointing, root);
  switch (schema.type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).filter(([name]) => extent === 'full' || schema.required?.includes(name));
      return Object.fromEntries(fields.map(([name, field]) => [name, instanceOf(field, root, extent)]));
    }
    case 'array':
      return Array.from({ length: schema.minItems ?? 1 }, () => instanceOf(schema.items ?? {}, root, extent));
    case 'string':
      if (schema.enum !== undefined) return schema.enum[0];
      if (schema.format === 'date-time') return '2026-11-24T10:15:00Z';
      if (schema.format === 'uri') return 'ftp://files.example/firmware.bin';
      return 'é'.repeat(Math.min(schema.maxLength ?? 8, 8));
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return true;
    default:
      return { anything: [1, 'two', null] };
  }
}
