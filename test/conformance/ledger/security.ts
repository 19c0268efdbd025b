// Block A of OCPP 2.0.1: every SHALL of a CSMS about the door, passwords, certificates and security events.
import { rows, testsOf } from './obligation.js';

const door = testsOf('test/scenario/edge-door.spec.ts');
const tls = testsOf('test/scenario/edge-tls.spec.ts');
const onboarding = testsOf('test/scenario/onboarding.spec.ts');
const signed = testsOf('test/scenario/certificates.spec.ts');
const other = testsOf('test/conformance/201-p-and-asked-for.ts');
const pki = testsOf('libs/pki/pki.spec.ts');

const wrongPassword = door('refuses a stranger with 404 and a wrong password with 401 and a challenge (TC_A_02, TC_A_03)');
const suites = tls('speaks the mandatory suite %s, with its certificate (TC_A_04, TC_086)');
const versions = tls('speaks TLS 1.3, and nothing below 1.2 (TC_A_06)');
const badSuites = tls('refuses suites that are not allowed');
const password = onboarding(
  'keeps its old password until it took the new one, which nobody can read in the log (TC_A_09, TC_A_10, TC_073)',
);
const DEPLOYED = 'the certificate of the server is the operator’s to buy; it is loaded as it is (docs/adr/0019)';

export const SECURITY = rows('A: security', [
  [
    'A00.FR.001',
    'one security profile at a time',
    tls('is never left for a plain connection (A05.FR.07)', 'is not a password (downgrade)'),
  ],
  ['A00.FR.002', 'who comes with another profile than the configured one is sent away', tls('is not a password (downgrade)')],
  ['A00.FR.207', 'profile 1: identity and password are those of the header', wrongPassword],
  ['A00.FR.324', 'profile 2: identity and password are those of the header', [...tls('is TLS with the password'), ...wrongPassword]],
  ['A00.FR.306, A00.FR.409', 'it is the TLS server', suites],
  ['A00.FR.307, A00.FR.410', 'it shows its own certificate', suites],
  ['A00.FR.313, A00.FR.416', 'TLS 1.2 or later alone', versions],
  ['A00.FR.315, A00.FR.418', 'who has only older versions is sent away', versions],
  ['A00.FR.318, A00.FR.421', 'the four mandatory suites, with certificates for both', suites],
  ['A00.FR.320, A00.FR.423', 'no suite that is unsuitable', badSuites],
  ['A00.FR.322, A00.FR.425', 'who has only such suites is sent away', badSuites],
  [
    'A00.FR.403',
    'the certification path of a station is verified',
    tls('takes one whose chain has an intermediate that the station sends', 'of an authority that only has the right name (TC_A_08)'),
  ],
  ['A00.FR.404', 'its O is the operator, or one he trusts', tls('of another organisation')],
  [
    'A00.FR.405',
    'its CN is the station',
    tls(
      'is a certificate that names the station and us (TC_A_07, TC_087)',
      'names the serial number where that is what the station is bound to',
    ),
  ],
  [
    'A00.FR.407',
    'who has no valid certificate is sent away',
    tls('of an authority that only has the right name (TC_A_08)', 'that ran out'),
  ],
  ['A00.FR.510', 'the CN of the server is the name of its endpoint', [], { inapplicable: DEPLOYED }],
  [
    'A00.FR.705',
    'the validity of a certificate is verified with its authority: one of ours that was renewed, or one of others that was revoked, is not taken',
    tls(
      'lets in the station it signed for, beside those of named authorities, until that came with a newer one',
      'asks the authority of others whether it took a certificate back, and lets in whom it says nothing of (A00.FR.705)',
    ),
  ],
  ['A01.FR.02', 'a password is set by SetVariables of BasicAuthPassword', password],
  ['A01.FR.03', 'once it is taken, the old one opens nothing', password],
  [
    'A01.FR.04, A01.FR.05',
    'while it is not taken, the old one opens',
    [...password, ...onboarding('has both while the answer is missing, and proves the new one by coming with it')],
  ],
  [
    'A02.FR.11, A03.FR.11',
    'a request for a certificate that can be served is accepted',
    [
      ...pki('with a good key, its own signature and the right names is taken'),
      ...signed('asks for a certificate when it is told to, has it signed, and comes with it (TC_A_11, TC_074)'),
    ],
  ],
  [
    'A02.FR.12, A03.FR.12',
    'a request for a certificate that cannot be served is rejected',
    [
      ...pki('that was signed by another key is refused'),
      ...signed('a request that is none, or names another operator, is refused with the reason; no request is in the log in clear'),
    ],
  ],
  [
    'A04.FR.03',
    'a security event is confirmed',
    other('A04.FR.03, TC_N_35: security events and states of logs and firmware are heard, with nothing'),
  ],
  [
    'A05.FR.07',
    'a lower profile than the configured one is refused',
    tls('is never left for a plain connection (A05.FR.07)', 'is not a password (downgrade)'),
  ],
]);
