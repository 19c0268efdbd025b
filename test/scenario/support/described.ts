// Answers as the description has them: whatever a spec is told by the interface is held against it, so that no route answers otherwise than it says.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Content = Readonly<Record<string, object>>;
interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, { content?: Content }>> }>>>
  >;
}

/** How an answer is otherwise than described; empty where it is not. */
export type Misses = (method: string, path: string, status: number, type: string, text: string) => string;

export function describedBy(description: Description): Misses {
  const schemas = new Ajv2020({ strict: false, validateFormats: true });
  addFormats.default(schemas);
  schemas.addSchema(description, 'api');
  const templates = Object.keys(description.paths)
    // What is written out goes before what a parameter stands for.
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));
  const compiled = new Map<string, ValidateFunction>();
  const fitting = (...place: readonly string[]): ValidateFunction => {
    const pointer = place.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const known = compiled.get(pointer) ?? schemas.compile({ $ref: `api#/${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  return (asked, address, status, type, text) => {
    const [plain = ''] = address.split('?', 1);
    const path = templates.find(({ pattern }) => pattern.test(plain))?.path ?? '';
    const method = asked.toLowerCase();
    const responses = description.paths[path]?.[method]?.responses;
    if (responses === undefined || status >= 300) return '';
    const content = responses[status]?.content;
    if (responses[status] === undefined) return `with ${status}, which is not described`;
    const [described] = Object.keys(content ?? {});
    if (described === undefined) return text === '' ? '' : 'with something, where nothing is described';
    if (!type.startsWith(described)) return `${type}, where ${described} is described`;
    if (described !== 'application/json') return '';
    const fits = fitting('paths', path, method, 'responses', String(status), 'content', described, 'schema');
    return fits(JSON.parse(text)) ? '' : schemas.errorsText(fits.errors);
  };
}
