// What a CSMS owes its stations, and the test that proves it; docs/ocpp-obligations.md is made of this.
// Every SHALL of OCPP 2.0.1 Part 2 that binds a CSMS is in ledger/, by functional block; here is what other documents ask, and what is easy to get wrong without a SHALL.
import { AVAILABILITY, CERTIFICATES, COST, DIAGNOSTICS, FIRMWARE, METERS, SMART } from './ledger/availability-to-diagnostics.js';
import { type Obligation, rows, testsOf } from './ledger/obligation.js';
import { AUTHORIZATION, PROVISIONING, REMOTE, TRANSACTIONS } from './ledger/provisioning-to-remote.js';
import { SECURITY } from './ledger/security.js';

export type { Obligation } from './ledger/obligation.js';

const door = testsOf('test/scenario/edge-door.spec.ts');
const decide = testsOf('libs/domain/session/decide-201.spec.ts');

const BESIDE = rows('beside Part 2', [
  [
    'Part 4, 3.1.1',
    'the identity is the decoded end of the path; who is unknown gets 404',
    door(
      'decodes the path once and compares exactly',
      'refuses a stranger with 404 and a wrong password with 401 and a challenge (TC_A_02, TC_A_03)',
    ),
  ],
  [
    'Part 4, 3.3',
    'who offers no version we speak is not let in',
    door('refuses with 400 who offers no version we speak (TC_B_58, TC_088)'),
  ],
  [
    'Part 4, 3.4',
    'compression is supported',
    testsOf('test/security/attack-07-too-much-of-everything.spec.ts')('that is a bomb when inflated closes its socket before it is'),
  ],
  [
    'Part 4, 4.1.1',
    'one call at a time is sent to a station',
    testsOf('test/scenario/edge-commands.spec.ts')('waits for the answer to the one before'),
  ],
  ['2.1, Part 4', 'a SEND is never answered', testsOf('test/scenario/edge-v21.spec.ts')('is in the log, in its order, and never answered')],
  [
    '1.6 security, A00.FR.205',
    '1.6 passwords come as octets of a hexadecimal key',
    door('takes a 1.6 password sent as the octets of its hexadecimal text'),
  ],
  [
    '1.6, 4.2',
    'nothing is started remotely while a station is pending',
    testsOf('test/scenario/edge-boot-status.spec.ts')('that is pending starts nothing remotely'),
  ],
  [
    '1.6, 4.8',
    'a start is given a transactionId even where the token is refused',
    testsOf('test/conformance/16-core.ts')(
      'TC_037_3: begun offline with a card that opens nothing gets its id all the same, and ends (1.6, 4.8)',
    ),
  ],
  [
    '1.6, 7.43',
    'a value without measurand and unit is the register in Wh',
    testsOf('libs/domain/metering/normalise.spec.ts')('reads a 1.6 value without measurand and unit as the register in Wh'),
  ],
  [
    'B07.FR.14',
    'the full inventory is asked for at first contact',
    testsOf('test/conformance/201-b-provisioning.ts')(
      'TC_B_01, B01.FR.02: a boot is answered with status, time and interval, and asked what the station is made of (B07.FR.14)',
    ),
  ],
  [
    'C01.FR.25',
    'case makes no other token',
    testsOf('test/conformance/201-c-authorization.ts')('C01.FR.25: that is good, in other letters'),
  ],
  [
    'C09.FR.02',
    'tokens of a group have the name of the group in common, which a station compares with its own settings',
    testsOf('libs/domain/authorization/judge-token.spec.ts')(
      'calls a group by its name, and by its pseudonym where the name is unknown or too long (C09.FR.02, C16.FR.01)',
    ),
  ],
  ['E01.FR.16', 'what is told once stays', decide('stay: a second card in the end does not change whose session it was')],
  [
    'E04.FR.03, E13.FR.04',
    'late events and missing starts or ends are expected',
    decide('begin a session with an unknown start when the first that comes is no start', 'of an ended transaction bill it all the same'),
  ],
  [
    'K17',
    'a schedule of a car above its limit is rejected, and its own is sent anew',
    [
      ...testsOf('apps/edge/inbound/answers.spec.ts')('is refused where its station confirmed clearly less, and believed otherwise (K17)'),
      ...testsOf('apps/load-balancing/outlook.spec.ts')('gets it again when its schedule was refused, whatever it is now (K17)'),
    ],
  ],
]);

/** Requirements of a block with a SHALL for a CSMS, counted in the text of OCPP 2.0.1 Part 2: none of them may be forgotten. */
export const SHALLS: Readonly<Record<string, number>> = { A: 34, B: 10, C: 19, E: 6, F: 4, G: 2, I: 6, J: 2, K: 23, L: 1, M: 6, N: 8 };

export const LEDGER: readonly Obligation[] = [
  ...SECURITY,
  ...PROVISIONING,
  ...AUTHORIZATION,
  ...TRANSACTIONS,
  ...REMOTE,
  ...AVAILABILITY,
  ...COST,
  ...METERS,
  ...SMART,
  ...FIRMWARE,
  ...CERTIFICATES,
  ...DIAGNOSTICS,
];

export const OBLIGATIONS: readonly Obligation[] = [...LEDGER, ...BESIDE];
