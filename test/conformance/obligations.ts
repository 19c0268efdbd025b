// What a CSMS owes its stations where that is easy to get wrong, and the test that proves it; docs/ocpp-obligations.md is made of this.
// A row is proven, does not apply, or is open, with the reason; one that is proven in part has both.

export interface Obligation {
  readonly area: string;
  readonly owes: string;
  /** Requirements of OCPP 2.0.1 unless another document is named. */
  readonly ids: string;
  /** File and name of a test, as it stands in the source. */
  readonly proofs?: readonly (readonly [path: string, test: string])[];
  readonly inapplicable?: string;
  readonly open?: string;
}

export const OBLIGATIONS: readonly Obligation[] = [
  {
    area: 'handshake',
    owes: 'the identity is the decoded end of the path; who is unknown gets 404',
    ids: 'Part 4, 3.1.1',
    proofs: [
      ['test/scenario/edge-door.spec.ts', 'decodes the path once and compares exactly'],
      ['test/scenario/edge-door.spec.ts', 'refuses a stranger with 404 and a wrong password with 401 and a challenge'],
    ],
  },
  {
    area: 'handshake',
    owes: '1.6 passwords come as octets of a hexadecimal key',
    ids: 'A00.FR.205',
    proofs: [['test/scenario/edge-door.spec.ts', 'takes a 1.6 password sent as the octets of its hexadecimal text']],
  },
  {
    area: 'handshake',
    owes: 'a lower security profile than the configured one is refused',
    ids: 'A05.FR.07',
    proofs: [
      ['test/scenario/edge-tls.spec.ts', 'is never left for a plain connection (A05.FR.07)'],
      ['test/scenario/edge-tls.spec.ts', 'is not a password (downgrade)'],
    ],
  },
  {
    area: 'handshake',
    owes: 'the serial number of a boot is that of the certificate',
    ids: 'B01.FR.11, B01.FR.12',
    proofs: [['test/scenario/edge-tls.spec.ts', 'closes on a boot with another serial number, and records it (B01.FR.11/12)']],
  },
  { area: 'handshake', owes: 'compression is supported', ids: 'Part 4, 3.4', open: 'no test was matched to it yet' },
  {
    area: 'handshake',
    owes: 'the old password ends only once the new one was accepted',
    ids: 'A01.FR.08, A01.FR.09',
    proofs: [['test/scenario/onboarding.spec.ts', 'keeps its old password until it took the new one, which nobody can read in the log']],
  },
  {
    area: 'boot',
    owes: 'a rejected station is sent nothing',
    ids: 'B03.FR.03',
    proofs: [['test/scenario/edge-boot-status.spec.ts', 'that is rejected is sent nothing']],
  },
  {
    area: 'boot',
    owes: 'a pending station may send what it was asked for',
    ids: 'B02.FR.09',
    proofs: [
      [
        'test/scenario/edge-boot-status.spec.ts',
        'that is pending may send what it was asked for, and after its next boot has to be asked anew',
      ],
    ],
  },
  {
    area: '1.6',
    owes: 'nothing is started remotely while a station is pending',
    ids: '1.6, 4.2',
    proofs: [['test/scenario/edge-boot-status.spec.ts', 'that is pending starts nothing remotely']],
  },
  {
    area: '1.6',
    owes: 'a start is given a transactionId even where the token is refused',
    ids: '1.6, 4.8',
    proofs: [
      [
        'test/scenario/edge-tokens.spec.ts',
        'hears what a token is worth, in any case of letters, and gets a transactionId even for a refused one',
      ],
    ],
  },
  {
    area: '1.6',
    owes: 'a value without measurand and unit is the register in Wh',
    ids: '1.6, 7.43',
    proofs: [['libs/domain/metering/normalise.spec.ts', 'reads a 1.6 value without measurand and unit as the register in Wh']],
  },
  {
    area: 'rpc',
    owes: 'one call at a time is sent to a station',
    ids: 'Part 4, 4.1.1',
    proofs: [['test/scenario/edge-commands.spec.ts', 'waits for the answer to the one before']],
  },
  {
    area: 'rpc',
    owes: 'a SEND is never answered',
    ids: '2.1, Part 4',
    proofs: [['test/scenario/edge-v21.spec.ts', 'is in the log, in its order, and never answered']],
  },
  {
    area: 'transactions',
    owes: 'the token is judged in each event that has one',
    ids: 'E01.FR.11, C12.FR.03',
    proofs: [['test/scenario/edge-tokens.spec.ts', 'hears about the token in every event that has one']],
  },
  {
    area: 'transactions',
    owes: 'what is told once stays',
    ids: 'E01.FR.16',
    proofs: [['libs/domain/session/decide-201.spec.ts', 'stay: a second card in the end does not change whose session it was']],
  },
  {
    area: 'transactions',
    owes: 'late events and missing starts or ends are expected',
    ids: 'E04.FR.03, E13.FR.04',
    proofs: [
      ['libs/domain/session/decide-201.spec.ts', 'begin a session with an unknown start when the first that comes is no start'],
      ['libs/domain/session/decide-201.spec.ts', 'of an ended transaction bill it all the same'],
    ],
  },
  {
    area: 'tokens',
    owes: 'a contract certificate is judged by its chain and its status',
    ids: 'C07.FR.05, C07.FR.15',
    proofs: [['test/scenario/edge-tokens.spec.ts', 'is not let in by a certificate nobody checked']],
    open: 'certificates are refused, not checked',
  },
  {
    area: 'device model',
    owes: 'the full inventory is asked for at first contact',
    ids: 'B07.FR.14',
    proofs: [['apps/stations/device-model/inventory.spec.ts', 'is asked for its full inventory in 2.0.1 and for its configuration in 1.6']],
  },
  {
    area: 'device model',
    owes: 'items and bytes of a message are respected',
    ids: 'B05.FR.11, B06.FR.05',
    open: 'no test was matched to it yet',
  },
  {
    area: 'cost',
    owes: 'the running and the total cost are told when they are known; 0 is free, and what is not told is not',
    ids: 'I02.FR.01, I03.FR.02, I03.FR.04',
    proofs: [
      ['apps/edge/inbound/transaction-costs.spec.ts', 'runs with its events, and in the end is the whole of it, taxes included'],
      [
        'apps/edge/inbound/transaction-costs.spec.ts',
        'is 0 where the tariff asks for nothing, and not told where there is none (I03.FR.04)',
      ],
    ],
  },
  {
    area: 'smart charging',
    owes: 'the needs of a car are answered, and followed by a schedule',
    ids: 'K15.FR.02 to 13',
    proofs: [['apps/load-balancing/asked.spec.ts', 'answers the needs of a car with a schedule']],
    open: 'the bound of 60 s is not proven',
  },
  {
    area: 'smart charging',
    owes: 'a schedule of a car above its limit is rejected',
    ids: 'K17.FR.07',
    proofs: [['apps/edge/inbound/answers.spec.ts', 'is refused where its station confirmed clearly less, and believed otherwise (K17)']],
    open: 'that the schedule is sent anew was not matched to a test yet',
  },
  {
    area: 'smart charging',
    owes: 'clearing needs an id or a filter, getting needs a criterion',
    ids: 'K09.FR.03, K10.FR.02',
    open: 'no test was matched to it yet',
  },
  {
    area: 'others',
    owes: 'a trigger of a status names its EVSE',
    ids: 'F06.FR.13',
    open: 'no test looks at the EVSE of the trigger',
  },
  {
    area: 'others',
    owes: 'a certificate is deleted with the hash algorithm the station reported',
    ids: 'M04.FR.07',
    open: 'no test was matched to it yet',
  },
];
