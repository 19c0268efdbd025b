// Settings: one world or the other, and errors that name the setting.
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './index.js';

describe('readConfig', () => {
  it('means the embedded world when nothing is set', () => {
    expect(readConfig({}).cluster).toBeUndefined();
    expect(readConfig({ KAFKA_BROKERS: '' }).ocppPort).toBe(9220);
  });
  it('refuses a mixture of worlds and names what is missing', () => {
    expect(() => readConfig({ KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://x' })).toThrow(/REDIS_URL missing/);
    expect(() => readConfig({ KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://x', REDIS_URL: 'redis://y' })).toThrow(/MASTER_KEY missing/);
  });
  it('names a bad setting', () => {
    expect(() => readConfig({ OCPP_PORT: 'ninety' })).toThrow(/OCPP_PORT: a number was expected, not "ninety"/);
    expect(() => readConfig({ CLUSTER_PREFIX: 'a/b' })).toThrow(/CLUSTER_PREFIX/);
  });
  it('refuses certificates that would be an alarm from their first day, and says what to set', () => {
    expect(() => readConfig({ CERTIFICATE_VALIDITY_DAYS: '30' })).toThrow(
      /CERTIFICATE_ALARM_DAYS: fewer than CERTIFICATE_VALIDITY_DAYS \(30\)/,
    );
    expect(readConfig({ CERTIFICATE_VALIDITY_DAYS: '30', CERTIFICATE_ALARM_DAYS: '10' }).certificates.alarmDays).toBe(10);
    expect(readConfig({ CERTIFICATE_VALIDITY_DAYS: '30', CERTIFICATE_AUTHORITY: 'none' }).certificates.validityDays).toBe(30);
  });
  it('offers stations every version, or those it names', () => {
    expect(readConfig({}).ocppVersions).toEqual(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']);
    expect(readConfig({ OCPP_VERSIONS: '2.0.1, 1.6' }).ocppVersions).toEqual(['ocpp2.0.1', 'ocpp1.6']);
    expect(() => readConfig({ OCPP_VERSIONS: '1.5' })).toThrow(/OCPP_VERSIONS/);
  });
  it('takes several certificates with their keys, and refuses half of them', () => {
    const files = { OCPP_TLS_CERT: 'ec.pem, rsa.pem', OCPP_TLS_KEY: 'ec.key,rsa.key' };
    expect(readConfig(files).ocppTls).toEqual({
      port: 9221,
      certFiles: ['ec.pem', 'rsa.pem'],
      keyFiles: ['ec.key', 'rsa.key'],
      clientCaFiles: [],
    });
    expect(() => readConfig({ ...files, OCPP_TLS_KEY: 'ec.key' })).toThrow(/OCPP_TLS_KEY/);
    expect(readConfig({}).ocppTls).toBeUndefined();
  });
  it('judges certificates of stations only when it is told whose they may be', () => {
    expect(() => readConfig({ OCPP_TLS_CLIENT_CA: 'ca.pem' })).toThrow(/OCPP_TLS_ORGANIZATION/);
    const header = { OCPP_CLIENT_CERT_HEADER: 'Client-Cert', OCPP_TLS_ORGANIZATION: 'Us' };
    expect(() => readConfig(header)).toThrow(/OCPP_TRUSTED_PROXIES/);
    expect(() => readConfig({ ...header, OCPP_TRUSTED_PROXIES: '10.0.0.0/8' })).toThrow(/OCPP_TLS_CLIENT_CA/);
    expect(readConfig({ ...header, OCPP_TRUSTED_PROXIES: '10.0.0.0/8', OCPP_TLS_CLIENT_CA: 'ca.pem' })).toMatchObject({
      clientCertHeader: 'client-cert',
      trustedProxies: ['10.0.0.0/8'],
      stationOrganizations: ['Us'],
    });
  });
  it('believes a provider of people by https alone, or on this machine', () => {
    const people = { OIDC_AUDIENCE: 'us', OIDC_MAPPING: 'mapping.json' };
    for (const issuer of ['https://id.example', 'http://localhost:9000/realm', 'http://127.0.0.1', 'http://[::1]:80'])
      expect(readConfig({ ...people, OIDC_ISSUER: issuer }).oidc?.issuer).toBe(issuer);
    for (const issuer of ['http://id.example', 'http://localhost.example', 'http://127.0.0.1.example:80'])
      expect(() => readConfig({ ...people, OIDC_ISSUER: issuer })).toThrow(/OIDC_ISSUER/);
  });
});
