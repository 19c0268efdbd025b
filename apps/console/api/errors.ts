// What can go wrong between the console and the api: it refused or was not reached, or answered otherwise than it says.

/** What is wrong with a part of what was sent, by its path. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The api refused or failed. `status` 0: it could not be reached. */
export class ApiError extends Error {
  readonly code = 'ApiError';
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(message, options);
  }
  /** The same call may succeed later without anyone changing anything. */
  get retriable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** An answer that is not what the documentation says. */
export class ShapeError extends Error {
  readonly code = 'ShapeError';
  readonly retriable = false;
}
