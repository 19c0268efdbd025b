// The OpenAPI 3.1 description, made from the very schemas that validate.
import { z } from 'zod';
import type { Route } from './http.js';
import { rolesOf } from './roles.js';

const jsonSchema = (schema: z.ZodType): Record<string, unknown> =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;

function parameters(schema: z.ZodType, where: 'path' | 'query'): readonly object[] {
  const { properties = {}, required = [] } = jsonSchema(schema) as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: each,
  }));
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 200 },
  description: 'Repeats of the same request get the first answer for a day; another request under the same key gets 422',
};

export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, params, query, body, answers, bodyType = 'application/json' } of routes) {
    const responses: Record<string, object> = {};
    for (const [status, description] of Object.entries(answers)) responses[status] = { description };
    for (const [status, description] of Object.entries({ 400: 'not valid', 401: 'no API key', 403: 'not for the role of this key' }))
      responses[status] ??= { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
    paths[path] = {
      ...paths[path],
      [method]: {
        summary,
        'x-roles': rolesOf({ method, path }),
        operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+(\w)/g, (_, letter: string) => letter.toUpperCase()).replaceAll(/[^A-Za-z0-9]/g, '')}`,
        parameters: [...parameters(params, 'path'), ...parameters(query, 'query'), ...(method === 'post' ? [IDEMPOTENCY_KEY] : [])],
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
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
      schemas: {
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
