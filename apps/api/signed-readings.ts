// Signed readings of meters (OCMF): whether they are what the meter said, by a key the caller knows it by. Nothing is stored.
// What is checked is libs/domain/metering's; readings that stations send stay in the log as they came, sealed, for they name the card.
import { z } from 'zod';
import { judgeOcmf, type OcmfDocument, readOcmf } from '#domain/metering';
import { verifiedBy } from '#pki';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { badRequest } from './problem.js';

const Body = z.strictObject({
  documents: z
    .array(z.string().max(5000))
    .min(1)
    .max(50)
    .describe('OCMF texts of one transaction, in order, byte for byte as the meter wrote them'),
  publicKey: z
    .string()
    .max(5000)
    .optional()
    .describe('of the meter, from whom you trust: PEM, or SubjectPublicKeyInfo in hex or base64; absent = the signature is not judged'),
});

export function signedReadingRoutes(): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/signed-readings/verification',
      answer: answers.VerifiedReadings,
      isAudited: false,
      summary:
        'Whether signed readings (OCMF) are what the meter said: signature over the bytes, one meter, pages without a gap, begin and end; nothing is stored',
      body: Body,
      handle: async ({ body }) => {
        const documents = body.documents.map((text, index) => told(`documents.${index}`, (): OcmfDocument => readOcmf(text)));
        const isGenuine = told('publicKey', () => verifiedBy(body.publicKey));
        return ok({ ...judgeOcmf(documents, isGenuine), documents: documents.map(({ payload: _, ...document }) => document) });
      },
    }),
  ];
}

/** A text that cannot be read becomes a 400 with its field. */
export function told<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest(`${path}: ${error.message}`, [{ path, message: error.message }]);
  }
}
