// The ways in of the four security profiles: what an edge is set to, what a station is configured with, and what it comes with.
// Keys and certificates are made here and are good for this run alone; what is right at a door is tested in test/scenario/edge-tls.spec.ts.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../cluster/support/ports.js';
import { issue } from '../../scenario/support/certificates.js';
import type { ConnectOptions } from '../../scenario/support/raw-station.js';

export const PROFILES = [0, 1, 2, 3] as const;
export type Profile = (typeof PROFILES)[number];

export const OURS = 'Chaos';
const PASSWORD = 'a-password-of-a-station';
const authority = issue({ subject: { CN: 'Chaos CA' }, isAuthority: true });

export class Doors {
  private constructor(
    /** Of an edge. */
    readonly settings: Readonly<Record<string, string>>,
    private readonly tlsPort: number,
  ) {}

  static async open(): Promise<Doors> {
    const directory = await mkdtemp(join(tmpdir(), 'doors-'));
    const tlsPort = await freePort();
    const { cert, key } = issue({ subject: { CN: 'localhost' } }, authority);
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(directory, name), text, { mode: 0o600 });
      return join(directory, name);
    };
    const settings = {
      ALLOW_SECURITY_PROFILE_0: 'true',
      OCPP_TLS_PORT: String(tlsPort),
      OCPP_TLS_CERT: await file('server.pem', cert),
      OCPP_TLS_KEY: await file('server.key', key),
      OCPP_TLS_CLIENT_CA: await file('ca.pem', authority.cert),
      OCPP_TLS_ORGANIZATION: OURS,
    };
    return new Doors(settings, tlsPort);
  }

  /** Of a station, for the API. */
  configuration(securityProfile: Profile): object {
    const hasPassword = securityProfile === 1 || securityProfile === 2;
    return { securityProfile, ...(hasPassword && { password: PASSWORD }) };
  }

  /** The same identity at every connection. `plainPort`: of the edge, for who comes without TLS. */
  way(profile: Profile, stationId: string, plainPort: number): Omit<ConnectOptions, 'protocols'> {
    const { cert, key } = issue({ subject: { CN: stationId, O: OURS } }, authority);
    return {
      path: `/ocpp/${stationId}`,
      port: profile < 2 ? plainPort : this.tlsPort,
      ...((profile === 1 || profile === 2) && { user: stationId, password: PASSWORD }),
      ...(profile >= 2 && { tls: { ca: authority.cert, ...(profile === 3 && { cert, key }) } }),
    };
  }
}
