import { describe, expect, it } from '@jest/globals';
import { addressPasswords } from './addresses.js';

describe('passwords in addresses', () => {
  it.each([
    [
      'GetLog',
      { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: 'sftp://me:p%40ss@files.example/logs' } },
      '/log/remoteLocation',
    ],
    ['GetDiagnostics', { location: 'ftp://me:p%40ss@files.example/' }, '/location'],
    ['UpdateFirmware', { requestId: 1, firmware: { location: 'https://:p%40ss@files.example/a.bin' } }, '/firmware/location'],
  ])('are found in %s, decoded', (_, payload, path) => {
    expect(addressPasswords(payload)).toEqual([{ path, password: 'p@ss' }]);
  });

  it('are none where the address names none, or is none', () => {
    expect(addressPasswords({ location: 'https://me@files.example/a.bin' })).toEqual([]);
    expect(addressPasswords({ location: 'me:secret' })).toEqual([]);
    expect(addressPasswords({ log: null, url: 'ftp://me:secret@files.example/' })).toEqual([]);
  });

  it('are taken as they are where a percent sign encodes nothing', () => {
    expect(addressPasswords({ location: 'ftp://me:100%zz@files.example/' })).toEqual([{ path: '/location', password: '100%zz' }]);
  });
});
