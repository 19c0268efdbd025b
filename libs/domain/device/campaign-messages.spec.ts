// What a campaign asks of one station, in the words of its version, and what a station's status says of it.
import { describe, expect, it } from '@jest/globals';
import { type OcppVersion, validate } from '#ocpp';
import { BEGINS, type CampaignOrder, campaignMessage, endOf, isBegun, TELLS } from './index.js';

const at = '2026-11-01T12:00:00Z';
const firmware = { kind: 'firmware', location: 'https://x/f.bin', retrieveAt: at } as const;
const signed = { ...firmware, signature: 'c2ln', signingCertificate: '-----BEGIN CERTIFICATE-----' } as const;
const log = { kind: 'log', location: 'sftp://x/logs', log: 'diagnostics', from: at } as const;
const VERSIONS: readonly OcppVersion[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];
const actionsOf = (order: CampaignOrder): readonly (string | undefined)[] =>
  VERSIONS.map((version) => campaignMessage(version, order, 7)?.action);

describe('a campaign', () => {
  it('speaks the words of each version', () => {
    expect(actionsOf(firmware)).toEqual(['UpdateFirmware', 'UpdateFirmware', 'UpdateFirmware']);
    expect(actionsOf(signed)).toEqual(['SignedUpdateFirmware', 'UpdateFirmware', 'UpdateFirmware']);
    expect(actionsOf(log)).toEqual(['GetDiagnostics', 'GetLog', 'GetLog']);
    expect(actionsOf({ ...log, log: 'security' })).toEqual(['GetLog', 'GetLog', 'GetLog']);
    expect(actionsOf({ kind: 'publish', location: 'https://x', checksum: 'c' })).toEqual([undefined, 'PublishFirmware', 'PublishFirmware']);
  });
  it('asks for nothing that breaks a schema', () => {
    for (const version of VERSIONS)
      for (const order of [firmware, signed, log, { ...log, log: 'security' as const }]) {
        const message = campaignMessage(version, order, 7);
        expect(message && validate(version, message.action, 'request', message.payload)).toEqual([]);
      }
  });
});

describe('a status', () => {
  it('ends a transfer or not, and Idle says nothing', () => {
    expect(endOf('firmware', 'Installed')).toBe('done');
    expect(endOf('firmware', 'InstallVerificationFailed')).toBe('failed');
    expect(endOf('log', 'UploadFailure')).toBe('failed');
    expect(endOf('publish', 'Published')).toBe('done');
    for (const status of ['Idle', 'Downloading', 'InstallRebooting', 'SignatureVerified'])
      expect(endOf('firmware', status)).toBeUndefined();
  });
  it('of an answer begins one where the station agrees, says nothing, or names a file', () => {
    expect(isBegun('UpdateFirmware', {})).toBe(true);
    expect(isBegun('SignedUpdateFirmware', { status: 'AcceptedCanceled' })).toBe(true);
    expect(isBegun('SignedUpdateFirmware', { status: 'RevokedCertificate' })).toBe(false);
    expect(isBegun('GetDiagnostics', {})).toBe(false);
  });
  it('is known of every message of firmware and logs', () => {
    expect([...BEGINS.keys()]).toContain('SignedUpdateFirmware');
    expect([...TELLS.keys()]).toContain('SignedFirmwareStatusNotification');
  });
});
