// The libraries behind this one, loaded by the first who needs them: most processes and most specs never do.
// Nothing else imports them.
import 'reflect-metadata';

type X509 = typeof import('@peculiar/x509');
let loaded: Promise<X509> | undefined;

export const x509 = (): Promise<X509> => {
  loaded ??= import('@peculiar/x509');
  return loaded;
};
