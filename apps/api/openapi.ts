// The OpenAPI 3.1 description, made from the very schemas that validate.
import { z } from 'zod';
import { type Answered, RECORDS_LEFT, type Route } from './http.js';
import { rolesOf } from './roles.js';

type JsonSchema = Record<string, unknown>;
type SchemaOf = (schema: z.ZodType) => JsonSchema;

/** Schemas with a name (`meta({ id })`) go to `components`, and are pointed to from everywhere: a client is generated with a type for each. */
const naming =
  (components: Record<string, JsonSchema>): SchemaOf =>
  (schema) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
    const { $defs = {}, ...own } = JSON.parse(text) as JsonSchema & { readonly $defs?: Record<string, JsonSchema> };
    for (const [name, { id: _id, ...each }] of Object.entries($defs)) components[name] = each;
    const { id, ...rest } = own;
    if (typeof id !== 'string') return own;
    components[id] = rest;
    return { $ref: `#/components/schemas/${id}` };
  };

function parameters(jsonSchema: SchemaOf, schema: z.ZodType, where: 'path' | 'query'): readonly object[] {
  const { properties = {}, required = [] } = jsonSchema(schema) as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: each,
  }));
}

/** Of an answer in which what was asked was done. */
function contentOf(answer: Answered, jsonSchema: SchemaOf): object {
  if (typeof answer === 'string') return { content: { [answer]: { schema: { type: 'string' } } } };
  return answer instanceof z.ZodUndefined ? {} : { content: { 'application/json': { schema: jsonSchema(answer) } } };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 200 },
  description: 'Repeats of the same request get the first answer for a day; another request under the same key gets 422',
};

export function openApi(routes: readonly Route[], version: string): object {
  const schemas: Record<string, JsonSchema> = {};
  const jsonSchema = naming(schemas);
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, params, query, body, answers, answer, bodyType = 'application/json' } of routes) {
    const responses: Record<string, object> = {};
    const told = {
      ...contentOf(answer, jsonSchema),
      ...(method === 'get' && { headers: { [RECORDS_LEFT]: { $ref: `#/components/headers/${RECORDS_LEFT}` } } }),
    };
    const isDone = (status: string): boolean => status.startsWith('2');
    const described = Object.keys(answers).some(isDone) ? answers : { 200: 'the resource', ...answers };
    for (const [status, description] of Object.entries(described)) responses[status] = { description, ...(isDone(status) && told) };
    for (const [status, description] of Object.entries({ 400: 'not valid', 401: 'no API key', 403: 'not for the role of this key' }))
      responses[status] ??= { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
    paths[path] = {
      ...paths[path],
      [method]: {
        summary,
        'x-roles': rolesOf({ method, path }),
        operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+(\w)/g, (_, letter: string) => letter.toUpperCase()).replaceAll(/[^A-Za-z0-9]/g, '')}`,
        parameters: [
          ...parameters(jsonSchema, params, 'path'),
          ...parameters(jsonSchema, query, 'query'),
          ...(method === 'post' ? [IDEMPOTENCY_KEY] : []),
        ],
        ...(!(body instanceof z.ZodUndefined) && {
          requestBody: { required: true, content: { [bodyType]: { schema: jsonSchema(body) } } },
        }),
        responses,
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Joulestream',
      version,
      description: 'Charging network: sites, stations, sessions, charge records, limits. Errors follow RFC 9457.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ apiKey: [] }],
    paths,
    components: {
      headers: {
        [RECORDS_LEFT]: {
          description:
            'There while the rows are still being made from the log, as after a power loss: so many records are not in them yet. What is listed then may not be all, and what is added up too little.',
          schema: { type: 'integer', minimum: 1 },
        },
      },
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
      schemas: {
        ...schemas,
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status'],
          properties: {
            type: { type: 'string', description: 'stable, `urn:joulestream:problem:<name>`' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            errors: { type: 'array', items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } } },
          },
        },
      },
    },
  };
}
