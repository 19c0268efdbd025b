// The protocol versions spoken here and the types of their messages.
// Which of them a listener offers is the edge's setting.
import type { MessagesByVersion } from './generated/index.js';

/** A version is named by its WebSocket subprotocol, the only place a station may state it (OCPP-J part 4, 3.1.2). */
export type OcppVersion = keyof MessagesByVersion;

/** All of them, newest first; a station's own order of preference wins over this one. */
export const SUBPROTOCOLS: readonly OcppVersion[] = ['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'];

/** 2.0.1 and 2.1 have one vocabulary: what is said of "2.x" holds for both, and 2.1 only adds to it. */
export type Ocpp2Version = Exclude<OcppVersion, 'ocpp1.6'>;
export const isOcpp2 = (version: OcppVersion): version is Ocpp2Version => version !== 'ocpp1.6';

export const isOcppVersion = (text: string): text is OcppVersion => (SUBPROTOCOLS as readonly string[]).includes(text);

export type MessageKind = 'request' | 'response';

export type ActionOf<V extends OcppVersion> = keyof MessagesByVersion[V] & string;

/** `MessageOf<'ocpp1.6', 'StartTransaction', 'request'>` */
export type MessageOf<V extends OcppVersion, A extends ActionOf<V>, K extends MessageKind> =
  MessagesByVersion[V][A] extends Record<K, infer M> ? M : never;
export type RequestOf<V extends OcppVersion, A extends ActionOf<V>> = MessageOf<V, A, 'request'>;
export type ResponseOf<V extends OcppVersion, A extends ActionOf<V>> = MessageOf<V, A, 'response'>;
