/** The document as data, as docs/asyncapi.yaml spells it. Needs the generated OCPP types. */
export function asyncapi(): object;
