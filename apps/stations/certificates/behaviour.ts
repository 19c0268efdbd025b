// What is made of messages about certificates.
import type { Behaviours } from '#ocpp';

const signing = 'apps/stations/certificates/signing.ts';
const held = 'apps/stations/certificates/held.ts';
const renewal = 'apps/stations/certificates/renewal.ts';

export const BEHAVIOURS: Behaviours = {
  BootNotification: {
    in: 'apps/stations/certificates/part.ts',
    does: 'a station with certificates is asked what it holds when that is a week old',
  },
  CertificateSigned: {
    in: signing,
    does: 'is sent with what was signed, as much of the chain as the station takes; again when it was not heard; rejected is a row with the reason',
  },
  DeleteCertificate: { in: held, does: 'takes it out of what the station holds; never the last root it trusts us by' },
  ExtendedTriggerMessage: { in: renewal, does: 'asks a station that is there to renew its certificate before it runs out, daily' },
  GetInstalledCertificateIds: {
    in: held,
    does: 'is sent when what is known is old; the answer becomes rows with hashes, and with the end of those that are known',
  },
  InstallCertificate: { in: held, does: 'becomes a row with its end, and an alarm thirty days before' },
  SignCertificate: {
    in: signing,
    does: 'is signed by the authority after it is recorded, and sent; its way to the first handshake is a row. A V2GCertificate, which a station shows to cars, is signed under a V2G root of the network’s own: no car of another market trusts it unless that root is installed there',
  },
  TriggerMessage: { in: renewal, does: 'asks a station that is there to renew its certificates before they run out, daily' },
};
