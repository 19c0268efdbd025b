// A random instance of a JSON Schema: draft-04 to 2020-12, as far as OCPP, our OpenAPI and our AsyncAPI documents use them.
// Fields whose name is known get a value that means something here, so that messages reach the rules behind the schema.
import type { Chance } from '#apps/simulator';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema | readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly format?: string;
}

/** A value for a field of this name and type; undefined leaves it to the schema. */
export type Known = (name: string, type: string | undefined, chance: Chance) => unknown;

/** Deeper than that nothing optional is said. */
const DEEPEST = 7;

export function sample(schema: Schema, root: object, chance: Chance, known: Known, depth = 0): unknown {
  const inner = (each: Schema): unknown => sample(each, root, chance, known, depth + 1);
  const target = pointed(schema, root);
  if ('const' in target) return target.const;
  if (target.enum !== undefined) return oneOf(target.enum, chance);
  const choices = target.anyOf ?? target.oneOf;
  if (choices !== undefined) return inner(oneOf(choices, chance));
  if (target.allOf !== undefined) return inner(target.allOf[0] ?? {});
  const type = typeof target.type === 'object' ? oneOf(target.type, chance) : target.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(target.properties ?? {})
          .filter(([name]) => target.required?.includes(name) || (depth < DEEPEST && chance.next() < 0.6))
          .map(([name, each]) => [name, known(name, String(pointed(each, root).type), chance) ?? inner(each)]),
      );
    case 'array':
      return list(target, chance, inner, depth);
    case 'string':
      return text(target, chance);
    case 'integer':
    case 'number':
      return number(target, type, chance);
    case 'boolean':
      return chance.next() < 0.5;
    case 'null':
      return null;
    default:
      return { anything: [1, 'two', null] };
  }
}

export const oneOf = <T>(options: readonly T[], chance: Chance): T => options[chance.integer(0, options.length - 1)] as T;

function pointed(schema: Schema, root: object): Schema {
  if (schema.$ref === undefined) return schema;
  const steps = schema.$ref.replace(/^#\/?/, '').split('/').filter(Boolean);
  const target = steps.reduce<unknown>((node, step) => (node as Readonly<Record<string, unknown>>)[step], root) as Schema | undefined;
  if (target === undefined) throw new Error(`nothing at ${schema.$ref}`);
  return pointed(target, root);
}

function list({ items, prefixItems, minItems = 0, maxItems = 3 }: Schema, chance: Chance, inner: (each: Schema) => unknown, depth: number) {
  const each = prefixItems ?? (Array.isArray(items) ? (items as readonly Schema[]) : undefined);
  if (each !== undefined) return each.map(inner);
  const length = depth > DEEPEST ? minItems : chance.integer(minItems, Math.max(minItems, Math.min(maxItems, minItems + 2)));
  return Array.from({ length }, () => inner((items as Schema | undefined) ?? {}));
}

function text({ format, maxLength = 20, minLength = 1 }: Schema, chance: Chance): string {
  if (format === 'date-time') return new Date(Date.now() - chance.integer(0, 3_600_000)).toISOString();
  if (format === 'uri') return 'https://files.example/firmware.bin';
  return 'abcdefgh'.repeat(9).slice(0, Math.max(minLength, chance.integer(1, Math.min(maxLength, 8))));
}

function number({ minimum, maximum, multipleOf }: Schema, type: 'integer' | 'number', chance: Chance): number {
  const low = Math.max(minimum ?? 0, -1e9);
  const high = Math.min(maximum ?? low + 100, low + 100_000);
  const value = type === 'integer' ? chance.integer(Math.ceil(low), Math.max(Math.ceil(low), Math.floor(high))) : chance.between(low, high);
  return multipleOf === undefined ? value : Number((Math.round(value / multipleOf) * multipleOf).toFixed(6));
}
