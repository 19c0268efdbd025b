// docs/asyncapi.yaml as a judge: whether a record of the log is one that the contracts know, headers, key and payload.
import { Ajv, type ValidateFunction } from 'ajv';
import type { LogRecord } from '#ports';
import { asyncapi } from '../../../scripts/asyncapi.mjs';

export interface LogDocument {
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, object>> }>>;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: object }>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
}

export class DocumentedLog {
  readonly document = asyncapi() as unknown as LogDocument;
  readonly #ajv = new Ajv({ strict: false });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    this.#ajv.addSchema({ $id: 'log:', ...this.document });
  }

  /** One text for each part of the record that is not as documented. */
  complaints({ topic, headers, key, value }: LogRecord): readonly string[] {
    const type = headers.ce_type ?? '';
    if (this.document.channels[topic]?.messages[type] === undefined) return [`${type} is not in ${topic}`];
    const at = `/components/messages/${type}`;
    const parts = [
      ['headers', headers],
      ['payload', JSON.parse(value)],
      ['bindings/kafka/key', key],
    ] as const;
    return parts.flatMap(([part, data]) => {
      const validate = this.#validatorOf(`${at}/${part}`);
      return validate(data) ? [] : [`${type} ${part}: ${this.#ajv.errorsText(validate.errors)}`];
    });
  }

  #validatorOf(pointer: string): ValidateFunction {
    const known = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `log:#${pointer}` });
    this.#validators.set(pointer, known);
    return known;
  }
}
