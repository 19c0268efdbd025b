// What an edge took with it when it died is sent again to a station that is there, and a while later what a station that stays connected did not answer:
// nobody else would, before its next connection.
import { expect, it } from '@jest/globals';
import { at, StationStream } from './stream.fixture.js';

const reported = (component: string) => ({
  requestId: 1,
  seqNo: 0,
  generatedAt: 'now',
  reportData: [{ component: { name: component }, variable: { name: 'Enabled' }, variableAttribute: [{ value: 'true' }] }],
});
const message = { id: 4, priority: 'NormalCycle', message: { format: 'UTF8', content: 'sealed:v1:station:t/CP1:4' } } as const;
const control = { isDefault: true, controlId: 'c', controlType: 'FreqWatt' };
const tariff = {
  ...{ country_code: 'NL', party_id: 'JST', id: 'site', currency: 'EUR', last_updated: '2026-01-01T00:00:00Z' },
  elements: [{ price_components: [{ type: 'ENERGY' as const, price: 0.4, step_size: 1 }] }],
};
const ready = (): StationStream => StationStream.ready('ocpp2.1').boots(1);

const WANTED: readonly (readonly [string, string, () => StationStream])[] = [
  [
    'a message on its display',
    'SetDisplayMessage',
    () => ready().add('DisplayMessageWanted', 2, { stationId: 'CP1', messageId: 4, message, requestedBy: 'api:ann' }),
  ],
  [
    'an empty cache',
    'ClearCache',
    () => ready().says(1, 'NotifyReport', reported('AuthCacheCtrlr')).add('TokenCopiesStale', 2, { stationId: 'CP1', what: 'cache' }),
  ],
  [
    'the version of its list',
    'GetLocalListVersion',
    () => ready().says(1, 'NotifyReport', reported('LocalAuthListCtrlr')).add('TokenCopiesStale', 2, { stationId: 'CP1', what: 'list' }),
  ],
  [
    'a driver forgotten',
    'CustomerInformation',
    () =>
      ready().add('CustomerClearWanted', 2, {
        ...{ stationId: 'CP1', tokenHash: 'ann', tokenType: 'ISO14443', idToken: 'sealed:v1:ann:x', requestedBy: 'api:dpo' },
      }),
  ],
  [
    'a DER control',
    'SetDERControl',
    () => ready().add('DerControlWanted', 2, { stationId: 'CP1', controlId: 'c', isDefault: true, control, requestedBy: 'api:dso' }),
  ],
  [
    'a certificate it asked for',
    'CertificateSigned',
    () => {
      const stream = ready().says(
        2,
        'SignCertificate',
        { csr: 'sealed:v1:x:AA' },
        { answer: { kind: 'result', payload: { status: 'Accepted' } } },
      );
      const requestId = `e${stream.records.length - 1}`;
      const certificate = { serialNumber: '4A', issuer: 'CN=Root', notBefore: at(0), notAfter: at(500_000) };
      const of = { stationId: 'CP1', requestId, use: 'ChargingStationCertificate', commonName: 'CP1' } as const;
      return stream.add('CertificateIssued', 2, { ...of, chain: ['own'], ...certificate });
    },
  ],
  ['the tariff of its site', 'SetDefaultTariff', () => ready().add('DefaultTariffWanted', 2, { stationId: 'CP1', tariff })],
];

it.each(WANTED)('%s', (_, action, wanted) => {
  const sent = (stream: StationStream) => stream.commands().filter((each) => each.action === action);
  const asked = () => {
    const stream = wanted();
    const [command] = sent(stream);
    if (command === undefined) throw new Error('nothing is asked');
    return { stream: stream.askedAs(3, command), commandId: command.commandId };
  };
  const { stream, commandId } = asked();
  expect(sent(stream.connected(4, 'c2').unanswered(5, commandId, 'edgeLost'))).toHaveLength(2);
  const away = asked();
  expect(sent(away.stream.disconnected(4).unanswered(5, away.commandId, 'edgeLost'))).toHaveLength(1);
  const silent = asked();
  expect(sent(silent.stream.unanswered(5, silent.commandId))).toHaveLength(1);
  expect(sent(silent.stream.due(25))).toHaveLength(2);
  const gone = asked().stream.unanswered(5, asked().commandId).disconnected(6).due(25);
  expect(sent(gone)).toHaveLength(1);
  expect(sent(gone.connected(30))).toHaveLength(2);
});
