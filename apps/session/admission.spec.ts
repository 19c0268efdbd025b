// What edges are told of a station: whether it is taken, and which passwords are valid while one changes.
import { describe, expect, it } from '@jest/globals';
import type { SiteEventData } from '#contracts';
import type { StationEntry } from '#ports';
import { foldBatch } from '#service';
import { allEntries, changedEntries } from './book-entries.js';
import { sessionDefinition } from './definition.js';
import { Stream } from './records.fixture.js';
import type { SessionServiceState } from './state.js';

const SETTINGS = { heartbeatIntervalS: 300 };
const statesOf = (stream: Stream): readonly SessionServiceState[] => {
  const memory = { ref: { topic: 'site-events', partition: 0 }, next: 0, seen: {}, states: new Map(), recorded: new Map() };
  return [...foldBatch(sessionDefinition, memory, stream.logged()).changed.values()];
};
const entryOf = (stream: Stream): StationEntry | undefined => {
  const entries = statesOf(stream).flatMap((state) => allEntries(state, SETTINGS));
  return entries.find(({ kind }) => kind === 'station')?.value as StationEntry | undefined;
};
const known = (): Stream => new Stream('CP1', 'ocpp2.0.1').configured().connected(0);

describe('a station', () => {
  it('is taken as soon as it is configured', () =>
    expect(entryOf(known())).toMatchObject({ bootStatus: 'Accepted', heartbeatIntervalS: 300, evseIds: expect.arrayContaining([1]) }));
  it('may be silent by the interval it was told when it booted', () => {
    const [before] = statesOf(known());
    const booted = known().says(1, 'BootNotification', {}, { answer: { kind: 'result', payload: { status: 'Accepted', interval: 77 } } });
    const [after] = statesOf(booted);
    expect(entryOf(known())).not.toHaveProperty('toldHeartbeatS');
    expect(entryOf(booted)).toMatchObject({ heartbeatIntervalS: 300, toldHeartbeatS: 77 });
    const changed = changedEntries(before as SessionServiceState, after as SessionServiceState, 'CP1', SETTINGS);
    expect(changed).toMatchObject([{ kind: 'station', value: { toldHeartbeatS: 77 } }]);
  });
  it('waits when told so, and keeps that through a change of its configuration', () => {
    const pending = { stationId: 'CP1', bootStatus: 'Pending', heartbeatIntervalS: 60, requestedBy: 'api:x' } as const;
    const stream = known().add('StationAdmissionChanged', 1, pending).configured();
    expect(entryOf(stream)).toMatchObject({ bootStatus: 'Pending', heartbeatIntervalS: 60 });
    stream.add('StationAdmissionChanged', 2, { stationId: 'CP1', bootStatus: 'Accepted', requestedBy: 'api:x' });
    expect(entryOf(stream)).toMatchObject({ bootStatus: 'Accepted', heartbeatIntervalS: 300 });
  });
});

describe('a password on its way', () => {
  const offered = (): Stream =>
    known().add('CredentialOffered', 1, { stationId: 'CP1', offerId: 'o1', credentialHash: 'new', requestedBy: 'api:x' });
  const both = { credentialHash: 'secret', offeredCredential: { offerId: 'o1', credentialHash: 'new' } };
  const sent = { commandId: 'o1', connectionId: 'c1', generation: { assignmentSeq: 1, offset: 1 } };
  const answer = (status: string): SiteEventData['CommandAnswered'] => ({
    ...sent,
    violations: [],
    payload: {
      setVariableResult: [
        { variable: { name: 'Other' }, attributeStatus: 'Rejected' },
        { variable: { name: 'BasicAuthPassword' }, attributeStatus: status },
      ],
    },
  });

  it('is valid beside the old one', () => expect(entryOf(offered())).toMatchObject(both));
  it('replaces the old one when the station accepted it', () => {
    const entry = entryOf(offered().add('CommandAnswered', 2, answer('Accepted')));
    expect(entry).toMatchObject({ credentialHash: 'new' });
    expect(entry).not.toHaveProperty('offeredCredential');
  });
  it('is the one of a 1.6 key as well', () => {
    const stream = offered().add('CommandAnswered', 2, { ...sent, violations: [], payload: { status: 'Accepted' } });
    expect(entryOf(stream)).toMatchObject({ credentialHash: 'new' });
  });
  it.each(['Rejected', 'UnknownVariable', 'NotSupportedAttributeType'])('leaves the old one alone valid after %s', (status) => {
    const entry = entryOf(offered().add('CommandAnswered', 2, answer(status)));
    expect(entry).toMatchObject({ credentialHash: 'secret' });
    expect(entry).not.toHaveProperty('offeredCredential');
  });
  it.each([
    ['no answer', 'CommandUnanswered', { ...sent, reason: 'timeout' }],
    ['the need of a reboot', 'CommandAnswered', answer('RebootRequired')],
  ] as const)('keeps both valid after %s, until the station comes with it', (_, type, data) => {
    const stream = offered().add(type, 2, data as never);
    expect(entryOf(stream)).toMatchObject(both);
    stream.connected(3, 'c2');
    expect(entryOf(stream)).toMatchObject(both);
    const proof = {
      connectionId: 'c3',
      edgeId: 'e',
      assignmentSeq: 1,
      ocppVersion: 'ocpp2.0.1',
      securityProfile: 1,
      provedOffer: 'o1',
    } as const;
    expect(entryOf(stream.add('StationConnected', 4, proof))).toMatchObject({ credentialHash: 'new' });
  });
  it('is kept when the configuration changes, and ends when the password is set at once', () => {
    expect(entryOf(offered().configured())).toMatchObject(both);
    const config = { stationId: 'CP1', siteId: 'depot', nodeId: 'main', securityProfile: 1, evses: [] } as const;
    const change = { kind: 'station', config, credentialHash: 'forced', assignmentSeq: 1 } as const;
    const entry = entryOf(offered().add('ConfigurationAccepted', 2, { requestId: 'r', version: 2, change }));
    expect(entry).toMatchObject({ credentialHash: 'forced' });
    expect(entry).not.toHaveProperty('offeredCredential');
  });
});
