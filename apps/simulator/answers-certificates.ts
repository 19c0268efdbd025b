// What a station answers about its certificates, and how it asks for a new one. The same in both versions but for a few words.
// Keys and roots are in certificates.ts.
import type { RequestOf } from '#ocpp';
import type { StationControls } from './dialect.js';
import type { Handlers } from './replies.js';

type Actions = 'CertificateSigned' | 'DeleteCertificate' | 'GetInstalledCertificateIds' | 'InstallCertificate';
type Use = NonNullable<RequestOf<'ocpp2.0.1', 'SignCertificate'>['certificateType']>;

/** Makes a key and asks for its certificate. */
export function askForCertificate({ certificates, send }: StationControls, certificateType?: Use): void {
  void certificates.request().then((csr) => {
    const payload = { csr, ...(certificateType !== undefined && { certificateType }) };
    send({ action: 'SignCertificate', kind: 'volatile', triggered: true, payload: () => payload });
  });
}

/** The next link uses the new certificate; the old one is no fallback here. */
const signed = ({ certificates, reconnect }: StationControls, chain: string, isForCars = false) =>
  certificates.take(chain, isForCars)
    ? { result: { status: 'Accepted' as const }, ...(!isForCars && { afterwards: () => reconnect() }) }
    : { result: { status: 'Rejected' as const } };

export const certificateAnswers16 = (controls: StationControls): Pick<Handlers<'ocpp1.6'>, Actions> => ({
  CertificateSigned: ({ certificateChain }) => signed(controls, certificateChain),
  InstallCertificate: ({ certificateType, certificate }) => ({
    result: { status: controls.certificates.install(certificateType, certificate) ? 'Accepted' : 'Rejected' },
  }),
  DeleteCertificate: ({ certificateHashData }) => ({
    result: { status: controls.certificates.remove(certificateHashData) ? 'Accepted' : 'NotFound' },
  }),
  GetInstalledCertificateIds: ({ certificateType }) => {
    const [first, ...others] = controls.certificates.installed([certificateType]).map(({ hash }) => ({ ...hash }));
    return { result: first === undefined ? { status: 'NotFound' } : { status: 'Accepted', certificateHashData: [first, ...others] } };
  },
});

export const certificateAnswers2 = (controls: StationControls): Pick<Handlers<'ocpp2.0.1'>, Actions> => ({
  CertificateSigned: ({ certificateChain, certificateType }) => signed(controls, certificateChain, certificateType === 'V2GCertificate'),
  InstallCertificate: ({ certificateType, certificate }) => ({
    result: { status: controls.certificates.install(certificateType, certificate) ? 'Accepted' : 'Rejected' },
  }),
  DeleteCertificate: ({ certificateHashData }) => ({
    result: { status: controls.certificates.remove(certificateHashData) ? 'Accepted' : 'NotFound' },
  }),
  GetInstalledCertificateIds: ({ certificateType }) => {
    const [first, ...others] = controls.certificates
      .installed(certificateType)
      .map(({ type, hash }) => ({ certificateType: type as 'CSMSRootCertificate', certificateHashData: { ...hash } }));
    return { result: first === undefined ? { status: 'NotFound' } : { status: 'Accepted', certificateHashDataChain: [first, ...others] } };
  },
});
