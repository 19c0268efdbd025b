// Errors of the HTTP interface in the form of RFC 9457. Which rule refused is the caller's to say.

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

const URN = 'urn:joulestream:problem:';

/** Becomes `application/problem+json`; `type` is stable and documented in the OpenAPI description. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly detail?: string,
    readonly errors?: readonly FieldError[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail ?? title);
  }

  /** What `toJSON` made of one. */
  static of({ type, title, status, detail, errors }: ReturnType<Problem['toJSON']>, headers: Readonly<Record<string, string>>): Problem {
    return new Problem(status, type.slice(URN.length), title, detail, errors, headers);
  }

  toJSON(): Pick<Problem, 'type' | 'title' | 'status' | 'detail' | 'errors'> {
    const { status, type, title, detail, errors } = this;
    return {
      type: `${URN}${type}`,
      title,
      status,
      ...(detail !== undefined && { detail }),
      ...(errors !== undefined && { errors }),
    };
  }
}

export const badRequest = (detail: string, errors?: readonly FieldError[]): Problem =>
  new Problem(400, 'invalid-request', 'The request is not valid', detail, errors);
export const notFound = (what: string, errors?: readonly FieldError[]): Problem =>
  new Problem(404, 'not-found', 'Not found', `${what} does not exist`, errors);
export const conflict = (detail: string, errors?: readonly FieldError[]): Problem =>
  new Problem(409, 'conflict', 'In conflict with the current state', detail, errors);
export const refused = (errors: readonly FieldError[]): Problem =>
  new Problem(
    422,
    'configuration-refused',
    'The configuration was refused',
    errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    errors,
  );
/** A driver agrees to what cannot be done. */
export const cannotFeedBack = (errors: readonly FieldError[]): Problem =>
  new Problem(422, 'cannot-feed-back', 'Nothing can be fed back there', errors.map(({ message }) => message).join('; '), errors);
export const unavailable = (detail: string): Problem =>
  new Problem(503, 'unavailable', 'Not available now', detail, undefined, { 'retry-after': '2' });
