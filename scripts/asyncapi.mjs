// docs/asyncapi.yaml: what crosses the log, as AsyncAPI 3, read from the types of libs/contracts by the compiler itself.
// `npm run generate` writes it; `--check` (part of `npm run check`) fails when the committed page says something else than the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { API, SymbolFlags, TypeFlags } from 'typescript/unstable/sync';
import './node-24.mjs';
import { yaml } from './yaml.mjs';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/asyncapi.yaml');
const contracts = join(root, 'libs/contracts');

/** The comment a file begins with: what the topic holds, and who writes it. */
const heading = (file) =>
  /^(?:\/\/ .*\n)+/
    .exec(readFileSync(file, 'utf8'))?.[0]
    .replaceAll(/^\/\/ /gm, '')
    .trim()
    .replaceAll('\n', ' ');

/** JSON Schema (draft-07, which AsyncAPI's own is a superset of) of types; named ones once, below components. */
class Schemas {
  components = {};
  #checker;
  #taken = new Map();

  constructor(checker) {
    this.#checker = checker;
  }

  of(type) {
    const name = this.#nameOf(type);
    if (name === undefined) return this.#inline(type);
    if (!this.#taken.has(name)) {
      this.#taken.set(name, type.id);
      this.components[name] = {}; // a type that contains itself finds its place
      const description = this.describe(type.getAliasSymbol() ?? type.getSymbol());
      this.components[name] = { ...(description && { description }), ...this.#inline(type) };
    }
    if (this.#taken.get(name) !== type.id) throw new Error(`two types are called ${name}`);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** Members of an object type, in the order of the source. */
  membersOf(type) {
    return this.#checker.getPropertiesOfType(type).map((symbol) => ({
      name: symbol.name,
      symbol,
      type: this.#checker.getTypeOfSymbol(symbol),
      isOptional: (symbol.flags & SymbolFlags.Optional) !== 0,
    }));
  }

  describe(symbol) {
    return (
      symbol
        ?.getDocumentationComment(this.#checker)
        .replaceAll(/\s*\n\s*/g, ' ')
        .trim() || undefined
    );
  }

  #nameOf(type) {
    if (!type.isObjectType() && !type.isUnionType()) return undefined;
    if (this.#checker.isArrayType(type) || this.#checker.isTupleType(type)) return undefined;
    const alias = type.getAliasSymbol();
    if (alias !== undefined) return type.getAliasTypeArguments().length === 0 ? alias.name : undefined;
    const symbol = type.isObjectType() ? type.getSymbol() : undefined;
    return symbol !== undefined && (symbol.flags & SymbolFlags.Interface) !== 0 ? symbol.name : undefined;
  }

  #inline(type) {
    if (type.isLiteralType()) return { const: type.value };
    if (type.flags & TypeFlags.String) return { type: 'string' };
    if (type.flags & TypeFlags.Number) return { type: 'number' };
    if (type.flags & TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & TypeFlags.Null) return { type: 'null' };
    if (type.flags & (TypeFlags.Unknown | TypeFlags.Any)) return {};
    if (type.isUnionType()) return this.#union(type);
    // A branded string or number is one in the log.
    if (type.isIntersectionType()) return this.#intersection(type);
    if (this.#checker.isTupleType(type)) return this.#tuple(type);
    if (this.#checker.isArrayType(type)) return { type: 'array', items: this.of(this.#checker.getTypeArguments(type)[0]) };
    if (type.isObjectType()) return this.#object(type);
    throw new Error(`no schema for ${this.#checker.typeToString(type)}`);
  }

  #union(type) {
    const types = type.getTypes().filter(({ flags }) => (flags & TypeFlags.Undefined) === 0);
    const isBoolean = ({ flags }) => (flags & TypeFlags.BooleanLiteral) !== 0;
    const rest = types.filter(isBoolean).length === 2 ? types.filter((each) => !isBoolean(each)) : types;
    const boolean = rest.length < types.length ? [{ type: 'boolean' }] : [];
    const literals = rest.filter((each) => each.isLiteralType());
    const one = literals.length > 1 ? [{ enum: literals.map(({ value }) => value) }] : literals.map((each) => this.of(each));
    const all = [...boolean, ...one, ...rest.filter((each) => !each.isLiteralType()).map((each) => this.of(each))];
    return all.length === 1 ? all[0] : { anyOf: all };
  }

  #intersection(type) {
    const primitive = type.getTypes().find(({ flags }) => flags & (TypeFlags.String | TypeFlags.Number));
    return primitive === undefined ? this.#object(type) : this.#inline(primitive);
  }

  #tuple(type) {
    const items = this.#checker.getTypeArguments(type).map((each) => this.of(each));
    return { type: 'array', items, minItems: items.length, maxItems: items.length };
  }

  #object(type) {
    const properties = {};
    const required = [];
    for (const { name, symbol, type: member, isOptional } of this.membersOf(type)) {
      const schema = this.of(member);
      const description = this.describe(symbol);
      // Beside a reference draft-07 reads nothing else.
      properties[name] =
        description === undefined ? schema : '$ref' in schema ? { description, allOf: [schema] } : { description, ...schema };
      if (!isOptional) required.push(name);
    }
    const [index] = this.#checker.getIndexInfosOfType(type);
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(index !== undefined && { additionalProperties: this.of(index.valueType) }),
    };
  }
}

const pascal = (topic) => topic.replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());

const SITE_KEY = {
  description: 'tenantId/siteId orders the history of a site; a station without one is its own',
  type: 'string',
  pattern: '^[^/]+/.+$',
};
const TENANT_KEY = { description: 'tenantId: what a tenant’s network knows is one stream', type: 'string' };
const PARKED_KEY = { description: 'that of the record it is about', type: 'string' };
/** What others write for us, and what became of it: keys order nothing there. */
const ASKED = 'grid-limits';
const ANY_KEY = { description: 'any; records of one key are taken in order', type: 'string' };
const KEYS = { 'network-events': TENANT_KEY, [ASKED]: ANY_KEY, 'grid-limit-outcomes': ANY_KEY };
const ASKED_HEADERS = {
  type: 'object',
  properties: {
    ce_id: { description: 'of the limit; needed where it is withdrawn', type: 'string', maxLength: 200 },
    ce_tenantid: { description: 'absent: default', type: 'string' },
  },
};
const INFO =
  'The log that everything else is folded from. Key: tenant and site; records of a site are in order. Headers: CloudEvents 1.0 in the Kafka binary binding. ' +
  'Payloads gain optional members between versions; readers pass over what they do not know.';

function describeLog({ checker, program }) {
  const schemas = new Schemas(checker);
  const exportsOf = (file) =>
    new Map(
      checker
        .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(contracts, file))))
        .map((symbol) => [symbol.name, symbol]),
    );
  const envelope = exportsOf('envelope.ts');
  const topics = [
    ...checker.getTypeArguments(checker.getTypeOfSymbol(envelope.get('TOPICS'))).map(({ value }) => value),
    ASKED,
    'grid-limit-outcomes',
  ];

  const headers = { ce_specversion: { const: '1.0' } };
  const required = ['ce_specversion'];
  for (const { name, symbol, type, isOptional } of schemas.membersOf(checker.getDeclaredTypeOfSymbol(envelope.get('EnvelopeAttributes')))) {
    const header = name === 'traceparent' ? name : `ce_${name.toLowerCase()}`;
    const description = schemas.describe(symbol);
    headers[header] = { ...(description && { description }), ...schemas.of(type) };
    if (!isOptional) required.push(header);
  }
  schemas.components.EnvelopeHeaders = {
    description: 'CloudEvents 1.0 in the Kafka binary binding, with tenant, site and station as extensions',
    type: 'object',
    properties: headers,
    required,
  };

  const channels = {};
  const operations = {};
  const messages = {};
  const addMessages = (events, key, headersOf) =>
    schemas.membersOf(checker.getDeclaredTypeOfSymbol(events)).map(({ name, type }) => {
      if (messages[name] !== undefined) throw new Error(`${name} is in two topics`);
      const payload = schemas.of(type);
      const summary = schemas.describe(type.getAliasSymbol() ?? type.getSymbol());
      messages[name] = {
        name,
        ...(summary && { summary }),
        contentType: 'application/json',
        headers: headersOf(name),
        payload,
        bindings: { kafka: { key, bindingVersion: '0.5.0' } },
      };
      return name;
    });
  const enveloped = (name) => ({
    allOf: [{ $ref: '#/components/schemas/EnvelopeHeaders' }, { type: 'object', properties: { ce_type: { const: name } } }],
  });
  const parked = addMessages(exportsOf('record-parked.ts').get('RecordParkedData'), PARKED_KEY, enveloped);
  for (const topic of topics) {
    const events = exportsOf(`${topic}.ts`).get(`${pascal(topic.replace(/s$/, ''))}Data`);
    if (events === undefined) throw new Error(`no events of ${topic}`);
    const names = addMessages(events, KEYS[topic] ?? SITE_KEY, topic === ASKED ? () => ASKED_HEADERS : enveloped);
    if (topic.endsWith('-events')) names.push(...parked);
    channels[topic] = {
      address: topic,
      description: heading(join(contracts, `${topic}.ts`)),
      messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      bindings: { kafka: { topic, bindingVersion: '0.5.0' } },
    };
    operations[`${topic === ASKED ? 'take' : 'tell'}${pascal(topic)}`] = {
      action: topic === ASKED ? 'receive' : 'send',
      channel: { $ref: `#/channels/${topic}` },
    };
  }
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Joulestream log',
      version,
      description: INFO,
      license: { name: license },
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { messages, schemas: Object.fromEntries(Object.entries(schemas.components).sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

/** The document as data. Needs the generated OCPP types. */
export function asyncapi() {
  const api = new API({ cwd: root });
  try {
    const config = join(root, 'tsconfig.json');
    return describeLog(api.updateSnapshot({ openProjects: [config] }).getProject(config));
  } finally {
    api.close();
  }
}

if (import.meta.main) {
  const text = `# Generated by scripts/asyncapi.mjs from libs/contracts; do not edit.\n${yaml(asyncapi())}`;
  if (!process.argv.includes('--check')) writeFileSync(page, text);
  else if (readFileSync(page, 'utf8') !== text) {
    process.stderr.write('docs/asyncapi.yaml does not say what libs/contracts says: npm run generate\n');
    process.exitCode = 1;
  }
}
