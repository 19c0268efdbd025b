// What became of a command, as a record of the stream the command was requested in.
// Writing it, again and again until it is durable, is the outcome writer's.
import { type Envelope, encode, type SiteEventData } from '#contracts';
import { withoutConfidences } from '#domain/privacy';
import { uuidV5 } from '#kernel';
import type { NewRecord, RoutedCommand } from '#ports';
import type { Connection } from './connection.js';
import type { Outcome } from './outbound/station-calls.js';

type OutcomeData = SiteEventData['CommandAnswered' | 'CommandErrored' | 'CommandUnanswered' | 'CommandRefused' | 'CommandSent'];

/** The same outcome of the same command on the same connection has one id, however often it is written. */
export async function outcomeRecord(
  edgeId: string,
  nowMs: number,
  { tenantId, siteId, stationId, commandId, action, payload, traceparent }: RoutedCommand,
  outcome: Outcome,
  connection: Connection | undefined,
): Promise<NewRecord> {
  const { connectionId = '', generation = { assignmentSeq: 0, offset: -1 } } = connection?.identity ?? {};
  const envelope = (data: OutcomeData): NewRecord => {
    const event: Envelope = {
      id: uuidV5('outcome', commandId, outcome.type, connectionId),
      type: outcome.type,
      source: `/edge/${edgeId}`,
      time: new Date(nowMs).toISOString(),
      tenantId,
      siteId,
      stationId,
      ...(traceparent !== undefined && { traceparent }),
      data,
    };
    return encode(event);
  };
  const sent = { commandId, connectionId, generation };
  switch (outcome.type) {
    case 'CommandSent':
      return envelope(sent);
    case 'CommandAnswered': {
      const safe = connection === undefined ? undefined : await connection.protectAnswer(action, outcome.payload);
      const { violations, resultError } = outcome;
      return envelope({ ...sent, payload: safe, violations, ...(resultError !== undefined && { resultError }) });
    }
    case 'CommandErrored':
      return envelope({ ...sent, code: outcome.code, description: withoutConfidences(outcome.description, action, payload) });
    case 'CommandUnanswered':
      return envelope({ ...sent, reason: outcome.reason });
    case 'CommandRefused':
      return envelope({ commandId, reason: outcome.reason, ...(outcome.detail !== undefined && { detail: outcome.detail }) });
  }
}
