// Certificates, keys and authorities from files, read again while running: a replaced certificate serves from the next handshake on.
// What is served with them is the listener's.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { OcppTlsConfig } from '#config';

/**
 * TLS 1.2 with the four suites OCPP demands (A00.FR.318: ECDHE-ECDSA and RSA, each with AES 128 and 256 GCM), their forward-secret RSA
 * kin before the plain ones, and TLS 1.3.
 */
const CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['AES128-GCM-SHA256', 'AES256-GCM-SHA384'],
].join(':');

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export class TlsMaterial {
  readonly #files: OcppTlsConfig;
  #texts: readonly string[] = [];
  #authorities: readonly X509Certificate[] = [];
  #own: readonly X509Certificate[] = [];
  readonly #expectsOwn: boolean;

  /** `expectsOwn`: roots of the network's own authority will follow. Throws when a file cannot be read, or holds no certificate. */
  constructor(files: OcppTlsConfig, expectsOwn = false) {
    this.#files = files;
    this.#expectsOwn = expectsOwn;
    this.reload();
  }

  /** Reads the files; true when something in them changed. Throws, and keeps what it had, when they cannot be read or understood. */
  reload(): boolean {
    const { certFiles, keyFiles, clientCaFiles } = this.#files;
    const texts = [...certFiles, ...keyFiles, ...clientCaFiles].map((file) => readFileSync(file, 'utf8'));
    if (texts.length === this.#texts.length && texts.every((text, index) => text === this.#texts[index])) return false;
    const authorities = texts.slice(certFiles.length + keyFiles.length).flatMap((text) => {
      const found = text.match(CERTIFICATE);
      if (found === null) throw new Error('OCPP_TLS_CLIENT_CA: a file holds no certificate');
      return found.map((pem) => new X509Certificate(pem));
    });
    this.#texts = texts;
    this.#authorities = authorities;
    return true;
  }

  /** From now on certificates that lead to these roots are good too. */
  trust(own: readonly X509Certificate[]): void {
    this.#own = own;
  }

  get own(): readonly X509Certificate[] {
    return this.#own;
  }

  get authorities(): readonly X509Certificate[] {
    return [...this.#authorities, ...this.#own];
  }

  /** False where TLS ends at a proxy and only authorities are known here. */
  get serves(): boolean {
    return this.#files.certFiles.length > 0;
  }

  options(): SecureContextOptions & { readonly requestCert: boolean; readonly rejectUnauthorized: boolean } {
    const { certFiles, keyFiles } = this.#files;
    const own = this.#texts.slice(0, certFiles.length);
    return {
      cert: own,
      key: this.#texts.slice(certFiles.length, certFiles.length + keyFiles.length),
      ...(this.authorities.length > 0 && { ca: this.authorities.map((authority) => authority.toString()) }),
      minVersion: 'TLSv1.2',
      ciphers: CIPHERS,
      honorCipherOrder: true,
      // Asked of everybody, demanded at the door from stations of profile 3: one port serves profiles 2 and 3.
      requestCert: this.#expectsOwn || this.#authorities.length > 0,
      rejectUnauthorized: false,
    };
  }
}
