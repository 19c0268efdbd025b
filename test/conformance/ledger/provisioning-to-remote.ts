// Blocks B, C, E and F of OCPP 2.0.1: every SHALL of a CSMS about boot, variables, tokens, transactions and remote control.
import { type Proof, rows, testsOf } from './obligation.js';

const boot = testsOf('test/scenario/edge-boot-status.spec.ts');
const tls = testsOf('test/scenario/edge-tls.spec.ts');
const provisioning = testsOf('test/conformance/201-b-provisioning.ts');
const bounds = [
  ...provisioning('TC_B_08, B05.FR.11, B06.FR.05, N06.FR.04: no more is asked or set in one message than the station takes'),
  ...testsOf('libs/domain/device/settings.spec.ts')('hold no more items than the station takes, one where it has not said (B05.FR.11)'),
];
const owed = testsOf('libs/domain/station-commands/owed.spec.ts');
const authorization = testsOf('test/conformance/201-c-authorization.ts');
const transactions = testsOf('test/conformance/201-e-transactions.ts');
const remote = testsOf('test/conformance/201-f-remote-control.ts');
const contract = testsOf('libs/pki/contract.spec.ts');
const answers = testsOf('apps/edge/inbound/pki-answers.spec.ts');

const opensNothing = answers(
  'that has run out, was revoked, or cannot be verified opens nothing, whatever its token is worth (C07.FR.15-17)',
);
const refusal = boot('that is %s gets SecurityError for all but its boot, on an open socket, and it is recorded (TC_B_30)');
const starts: readonly Proof[] = transactions('%s (E01.FR.11, E01.FR.12, E02.FR.02, E03.FR.02)');
const group = authorization(
  'TC_C_39, C01.FR.06, C09.FR.02, C09.FR.12: goes with each answer by its own name, and one of it may stop what another began',
);
const cached = authorization('TC_C_20, C12.FR.03: that the station had in its cache is judged anew');
const keyCode = authorization('C04.FR.01, C04.FR.02, C04.FR.04: a key code is good or invalid, and stands in no log');
const places = authorization('C01.FR.19, C01.FR.20, C01.FR.22: of a few EVSEs is told which, of another site is not at its location');
const stops = transactions('TC_E_21: an operator stops it (F03.FR.01)');

export const PROVISIONING = rows('B: provisioning', [
  [
    'B01.FR.02',
    'a boot is answered with whether the station is accepted',
    provisioning(
      'TC_B_01, B01.FR.02: a boot is answered with status, time and interval, and asked what the station is made of (B07.FR.14)',
    ),
  ],
  ['B01.FR.10', 'before it is accepted, a station that says anything else gets SecurityError', refusal],
  [
    'B01.FR.11, B01.FR.12',
    'the serial number of a boot is that of the certificate, or the socket is closed',
    tls('closes on a boot with another serial number, and records it (B01.FR.11/12)'),
  ],
  [
    'B02.FR.09',
    'a pending station may send what it was asked for, and gets SecurityError for the rest',
    [...refusal, ...boot('that is pending may send what it was asked for, and after its next boot has to be asked anew')],
  ],
  ['B03.FR.03', 'a rejected station is sent nothing', boot('that is rejected is sent nothing')],
  ['B03.FR.07', 'a rejected station gets SecurityError for all but its boot', refusal],
  ['B05.FR.11', 'no more values are set in a message than the station takes', bounds],
  ['B05.FR.13', 'no value is set twice in a message', provisioning('B05.FR.13: no value is set twice in one message')],
  ['B06.FR.05', 'no more values are asked for in a message than the station takes', bounds],
]);

export const AUTHORIZATION = rows('C: authorization', [
  ['C01.FR.06', 'the group of a token goes with its answer', group],
  [
    'C01.FR.18',
    'a token that must not charge at this type of EVSE is NotAllowedTypeEVSE',
    [],
    { inapplicable: 'no token here is bound to a type of EVSE' },
  ],
  ['C01.FR.19', 'no list of EVSEs where all are allowed', places],
  ['C01.FR.20', 'the list of EVSEs where some are allowed', places],
  ['C01.FR.22', 'NotAtThisLocation where none is allowed', places],
  [
    'C02.FR.02',
    'where no authorization is needed, it is accepted',
    authorization('C02.FR.02: none is needed where none is asked for, and nobody is made up'),
  ],
  ['C04.FR.01, C04.FR.02', 'a key code is Accepted where it is valid, and Invalid elsewhere', keyCode],
  ['C04.FR.04', 'a key code is in no log', keyCode],
  ['C07.FR.04', 'a question about a token is answered with what it is worth', authorization('TC_C_08: that is good')],
  [
    'C07.FR.05',
    'a contract and its chain are verified, by OCSP',
    contract('that leads to a root and was not revoked is accepted', 'are asked once for what they said, until that is over'),
  ],
  [
    'C07.FR.13',
    'a good contract with a bad token is ContractCancelled',
    testsOf('apps/edge/inbound/pki-answers.spec.ts')('in order with a token that is %s was cancelled (C07.FR.13)'),
  ],
  ['C07.FR.14', 'a good contract with a good token is Accepted', answers('in order opens what its token does (C07.FR.14)')],
  ['C07.FR.15', 'a contract that has run out is CertificateExpired', [...contract('that has run out is expired'), ...opensNothing]],
  ['C07.FR.16', 'a contract that was revoked is CertificateRevoked', [...contract('that was revoked says so'), ...opensNothing]],
  ['C07.FR.17', 'a contract that cannot be verified is CertChainError', opensNothing],
  ['C09.FR.09, C09.FR.12', 'the group goes with the answers to questions and to events', group],
  ['C12.FR.03', 'a token the station had in its cache is judged when it starts', cached],
]);

export const TRANSACTIONS = rows('E: transactions', [
  ['E01.FR.11, E01.FR.12', 'the token of a start is judged, and answered with its group', [...starts, ...group]],
  ['E02.FR.02, E02.FR.04', 'the token of any event is judged, and the answer says so', [...starts, ...cached]],
  ['E03.FR.02', 'the token that comes first is judged', transactions('TC_E_04: the card comes first')],
  ['E05.FR.01', 'a token that a station took by itself is judged', cached],
]);

export const REMOTE = rows('F: remote control', [
  ['F03.FR.01, F04.FR.01', 'a stop names the transaction', stops],
  ['F06.FR.01', 'a trigger names its message', remote('TC_F_11: for the meter of an EVSE', 'TC_F_20: for a heartbeat')],
  [
    'F06.FR.13',
    'a trigger of a status names its connector',
    [...remote('F06.FR.13: a status is asked for one connector'), ...owed('asks one connector for its status (F06.FR.13)')],
  ],
]);
