// Blocks G, I to N of OCPP 2.0.1: every SHALL of a CSMS about status, cost, meters, smart charging, firmware, certificates and diagnostics.
import { rows, testsOf } from './obligation.js';

const availability = testsOf('test/conformance/201-g-j-availability-and-meters.ts');
const smart = testsOf('test/conformance/201-k-smart-charging.ts');
const owed = testsOf('libs/domain/station-commands/owed.spec.ts');
const asked = testsOf('apps/load-balancing/asked.spec.ts');
const costs = testsOf('apps/edge/inbound/transaction-costs.spec.ts');
const other = testsOf('test/conformance/201-p-and-asked-for.ts');

const events = availability(
  'TC_G_20, G05.FR.03, N07.FR.03, N08.FR.02: a lock that fails is told by an event, which is answered with nothing',
);
const needs = smart(
  'TC_K_53, TC_K_55, K15.FR.02, K15.FR.07, K17.FR.02: the needs of a car are answered, a schedule follows, and a car that means more is rejected',
);
const total = [
  ...testsOf('test/conformance/201-e-transactions.ts')('%s (E01.FR.11, E01.FR.12, E02.FR.02, E03.FR.02)'),
  ...costs('runs with its events, and in the end is the whole of it, taxes included'),
];
const external = owed('sets no external constraint (K01.FR.22), and no relative maximum of a station (K01.FR.38)');
const filters = owed('tells profiles to be cleared or got from all others (K09.FR.03, K10.FR.02, K10.FR.06)');
const customers = [...other('N09.FR.04, N10.FR.08: a customer is named'), ...owed('names a customer, in one way (N09.FR.04, N10.FR.08)')];
const evse = testsOf('apps/edge/inbound/answers.spec.ts')(
  'is heard where it stands at an EVSE of the station, and refused at one that is not there (K15)',
);
const unknown = testsOf('test/security/attack-14-addresses-to-call.spec.ts')('asks no responder, and answers that the status is not known');
const hashes = [
  ...other('N09.FR.08: a customer’s certificate is named by the algorithm the station reported it with'),
  ...testsOf('libs/domain/station-commands/told.spec.ts')(
    'a certificate of a customer is named by the algorithm the station reported it with (N09.FR.08, N10.FR.09)',
  ),
];

export const AVAILABILITY = rows('G: availability', [
  [
    'G02.FR.04',
    'any message says that a station is there',
    availability('G02.FR.04: any message says that a station is there, a heartbeat too'),
  ],
  ['G05.FR.03', 'a lock that fails is heard', events],
]);

export const COST = rows('I: cost', [
  [
    'I01.FR.02',
    'tariffs are told only to stations that can show them',
    testsOf('test/conformance/201-g-j-availability-and-meters.ts')('I01.FR.02: before a transaction, to a station that can show them'),
  ],
  [
    'I02.FR.01',
    'the running cost is told with the events',
    costs('runs with its events, and in the end is the whole of it, taxes included'),
  ],
  ['I03.FR.02', 'the total cost is told with the end', total],
  [
    'I03.FR.04',
    'what is free costs 0, and what is not told is not said to be free',
    costs('is 0 where the tariff asks for nothing, and not told where there is none (I03.FR.04)'),
  ],
  [
    'I06.FR.01, I06.FR.02',
    'a tariff that changed is told during a transaction',
    [],
    { inapplicable: 'a transaction keeps the tariff of its start (P8)' },
  ],
]);

export const METERS = rows('J: meter values', [
  ['J01.FR.18', 'meter values are answered', availability('clock-aligned values %s are answered with nothing, and bill nobody')],
  ['J02.FR.19', 'transaction events are answered', availability('readings of a transaction (J02.FR.19): %s')],
]);

export const SMART = rows('K: smart charging', [
  [
    'K01.FR.03',
    'a profile of a transaction names it',
    [
      ...smart('TC_K_60, K01.FR.03, K02.FR.03: sets a profile for a transaction, by its name'),
      ...owed('names the transaction of a profile for one (K01.FR.03), and cannot where it starts it'),
    ],
  ],
  [
    'K01.FR.06, K01.FR.39',
    'no two profiles of one level, purpose and place are valid at once',
    [
      ...testsOf('apps/load-balancing/asked.spec.ts')(
        'is refused with the id of the one in place, unless it has that id, another level or place, or another time (K01.FR.06)',
        'is refused for a transaction that has another one, ours among them (K01.FR.39)',
      ),
      ...testsOf('test/conformance/201-k-smart-charging.ts')(
        'K01.FR.06: is told which profile is in place where a second one would be valid beside it, and nothing leaves',
      ),
    ],
  ],
  ['K01.FR.19', 'phaseToUse goes with one phase', owed('says which phase to use only where it is one (K01.FR.19)')],
  [
    'K01.FR.20',
    'phaseToUse goes to an EVSE that can switch phases',
    [
      ...testsOf('libs/domain/station-commands/told.spec.ts')('a phase to use goes to an EVSE that said it switches phases (K01.FR.20)'),
      ...testsOf('test/conformance/201-k-smart-charging.ts')('K01.FR.20: names the phase to use only where the EVSE switches phases'),
    ],
  ],
  ['K01.FR.22, K02.FR.07', 'no constraint from outside is set', external],
  [
    'K02.FR.01',
    'limits of others are kept',
    testsOf('apps/load-balancing/told.spec.ts')('names a cap that something at the site sets, and ends it with that'),
  ],
  [
    'K02.FR.03',
    'what is for one transaction alone is a TxProfile',
    smart('TC_K_60, K01.FR.03, K02.FR.03: sets a profile for a transaction, by its name'),
  ],
  ['K09.FR.03', 'profiles are asked for by a criterion', filters],
  ['K10.FR.02', 'profiles are cleared by their id or a criterion', filters],
  ['K10.FR.06', 'no constraint from outside is cleared', filters],
  ['K15.FR.02, K17.FR.02', 'the needs of a car are answered', needs],
  ['K15.FR.03, K15.FR.04, K15.FR.05, K17.FR.03, K17.FR.04, K17.FR.05', 'the answer says whether a schedule follows', [...needs, ...evse]],
  ['K15.FR.07, K17.FR.07', 'the schedule is a TxProfile of at most three schedules, each no longer than the car takes', needs],
  [
    'K16.FR.12',
    'needs that come after our own change are answered with a schedule too',
    asked('answers the needs of a car with a schedule'),
  ],
]);

export const FIRMWARE = rows('L: firmware', [
  [
    'L01.FR.11',
    'signed firmware comes with its certificate',
    owed('has the signature of firmware and its certificate, or neither (L01.FR.11)'),
  ],
]);

export const CERTIFICATES = rows('M: certificates', [
  [
    'M04.FR.07',
    'a certificate is deleted with the hash algorithm the station reported',
    testsOf('libs/domain/station-commands/deletion.spec.ts')('it is named by the algorithm the station reported (M04.FR.07)'),
  ],
  ['M06.FR.01', 'a question about a certificate is answered', unknown],
  [
    'M06.FR.02, M06.FR.03, M06.FR.08',
    'what the responder said goes to the station as it was said',
    testsOf('apps/edge/inbound/pki-answers.spec.ts')(
      'goes to the station as the responder said it, and is Failed where it said nothing or too much (M06.FR.02-04)',
    ),
  ],
  ['M06.FR.04', 'where no responder said anything, it is Failed', unknown],
]);

export const DIAGNOSTICS = rows('N: diagnostics', [
  [
    'N06.FR.04',
    'no more monitors are cleared in a message than the station takes',
    testsOf('libs/domain/station-commands/bounds.spec.ts')('no more items than it takes (B05.FR.11, B06.FR.05, N06.FR.04)'),
  ],
  ['N07.FR.03, N08.FR.02', 'an event is answered with nothing', events],
  ['N09.FR.04, N10.FR.08', 'a customer is named', customers],
  ['N09.FR.08, N10.FR.09', 'a customer’s certificate is named with the hash algorithm it was installed with', hashes],
  [
    'N10.FR.02',
    'who is erased leaves the local lists',
    testsOf('apps/stations/token-lists.spec.ts')(
      'leaves by a difference when it is taken off, and by a full list when its driver is erased',
    ),
  ],
]);
