// Events of our own OpenADR 3 server, in the stream of the tenant: who may speak to it, and what they wrote (ADR 0094).
// Servers of others, which sites follow, are network-events.ts'.

/** What an object of OpenADR 3.1 is. */
export type VtnObjectType = 'PROGRAM' | 'EVENT' | 'REPORT' | 'SUBSCRIPTION' | 'VEN' | 'RESOURCE';
/** `businessLogic` writes programs and events and reads everything; `ven` follows them and sees what is its own. */
export type VtnClientKind = 'businessLogic' | 'ven';

/** A client was made; its secret was shown once. Producer: api. */
export interface VtnClientMade {
  readonly clientId: string;
  readonly kind: VtnClientKind;
  /** Keyed hash; the secret itself is nowhere. */
  readonly secretHash: string;
  readonly requestedBy: string;
}
/** It is let in no more, and its subscriptions end. Producer: api. */
export interface VtnClientRemoved {
  readonly clientId: string;
  readonly requestedBy: string;
}
/** Asked for by a client that may; it counts unless its fold refuses it: a name that is taken, an object it refers to that is not there. Producer: api. */
export interface VtnObjectWritten {
  readonly objectId: string;
  readonly objectType: VtnObjectType;
  readonly isNew: boolean;
  /** Whose it is; programs and events are everybody's whom they target. */
  readonly clientId?: string;
  /** As the client said it; bearer tokens of a subscription sealed under the subject `vtn:<tenant>:<objectId>`. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly writtenBy: string;
}
/** With it goes what refers to it: of a program its events and subscriptions, of an event its reports, of a ven its resources. Producer: api. */
export interface VtnObjectRemoved {
  readonly objectId: string;
  readonly removedBy: string;
}

export interface VtnEventData {
  VtnClientMade: VtnClientMade;
  VtnClientRemoved: VtnClientRemoved;
  VtnObjectWritten: VtnObjectWritten;
  VtnObjectRemoved: VtnObjectRemoved;
}
