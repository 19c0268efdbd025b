// Types of the bare network, for specs.
export const PRICE_PER_KWH: number;

export class Network {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly ocppUrl: string;
  readonly tlsUrl: string;
  readonly output: string;
  readonly warnings: readonly string[];
  constructor(env?: NodeJS.ProcessEnv);
  built(name: string): string;
  start(): Promise<void>;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  until<T>(what: string, look: () => Promise<T | undefined | false>, withinMs?: number): Promise<T>;
  items<T>(path: string): Promise<readonly T[]>;
  command<T>(stationId: string, action: string, payload?: object): Promise<T>;
  tariff(): Promise<unknown>;
  site(siteId: string, limitA: number): Promise<void>;
  station(siteId: string, stationId: string, more?: { readonly evses?: number; readonly maxA?: number }): Promise<string>;
  token(idToken: string, more?: { readonly type?: string; readonly status?: string }): Promise<unknown>;
  stop(): Promise<number | null>;
  remove(): void;
}
