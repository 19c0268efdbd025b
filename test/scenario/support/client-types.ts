// Types of a client, generated from the description as partners get it: for each operation what it takes and what it answers with.
// What is done with them is partner/.
import { compile } from 'json-schema-to-typescript';

type Schema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const shape = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = Object.keys(properties)): Schema => ({
  ...{ type: 'object', additionalProperties: false, properties, required },
});

function parametersOf({ parameters }: Operation, where: 'path' | 'query'): Schema {
  const own = parameters.filter((each) => each.in === where);
  const required = own.filter((each) => each.required).map(({ name }) => name);
  return shape(Object.fromEntries(own.map(({ name, schema }) => [name, schema])), required);
}

function operationShape(operation: Operation): Schema {
  const done = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
  const [path, query] = [parametersOf(operation, 'path'), parametersOf(operation, 'query')];
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const needed = [path, query].map(({ required }) => (required as readonly string[]).length > 0);
  const required = ['path', 'query', 'body'].filter((_, index) => needed[index] ?? body !== undefined);
  return shape({
    asked: shape({ path, query, ...(body && { body }) }, required),
    answer: done?.content?.['application/json']?.schema ?? (done?.content === undefined ? { tsType: 'undefined' } : { type: 'string' }),
  });
}

/** A module that exports `Operations`, by `METHOD /path`. */
export function clientTypes({ paths, components }: Description): Promise<string> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => [`${method.toUpperCase()} ${path}`, operationShape(each)] as const),
  );
  const root = { ...shape(Object.fromEntries(operations)), definitions: components.schemas };
  const pointed = JSON.parse(JSON.stringify(root).replaceAll('"#/components/schemas/', '"#/definitions/'));
  return compile(pointed, 'Operations', { bannerComment: '', additionalProperties: false, format: false, ignoreMinAndMaxItems: true });
}
