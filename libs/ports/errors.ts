// Operating failures of ports. A refusal by a rule is a result or an event, never one of these.

/** `retriable` tells the caller whether the same call may succeed later; `code` is stable and may be logged and counted. */
export class PortError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = code;
  }
}

/** The log could not make a record durable in time. It may still appear in the log: callers must be ready for both. */
export class LogUnavailable extends PortError {
  constructor(message: string, options?: ErrorOptions) {
    super('LogUnavailable', message, true, options);
  }
}

/** Another consumer owns the partition now; discard the state and rejoin. */
export class OwnershipLost extends PortError {
  constructor(message: string, options?: ErrorOptions) {
    super('OwnershipLost', message, false, options);
  }
}

/** The command router, directory or answer book cannot be reached. */
export class RouterUnavailable extends PortError {
  constructor(message: string, options?: ErrorOptions) {
    super('RouterUnavailable', message, true, options);
  }
}
