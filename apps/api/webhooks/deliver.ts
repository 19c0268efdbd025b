// One attempt to tell a webhook something, by post or by mail, and its line among the deliveries.
// What is told when, and what a failure means for what comes next, is sender.ts's.
import { createTransport } from 'nodemailer';
import type { NotificationsConfig } from '#config';
import { readable, type World } from '#ports';
import { bodyOf, type Message, mailOf } from './messages.js';
import type { Post } from './post.js';
import { signedHeaders } from './signature.js';

export interface Webhook {
  readonly tenantId: string;
  readonly webhookId: string;
  /** Sealed, and so are the secrets. */
  readonly target: string;
  readonly kinds: readonly string[];
  readonly severity: string;
  readonly secret: string | null;
  readonly previousSecret: string | null;
  readonly previousUntil: Date | null;
}

export interface Outcome {
  readonly isDelivered: boolean;
  /** Of the answer; null where none came, and for mail. */
  readonly status: number | null;
  readonly error: string | null;
}

/** Several messages in one mail; a post has one. */
export const MOST_IN_A_MAIL = 100;
export const isMail = (target: string): boolean => target.startsWith('mailto:');

export type Deliver = (webhook: Webhook, messages: readonly Message[], attempt: number) => Promise<Outcome>;

export function delivering(
  { database, clock, keys }: Pick<World, 'database' | 'clock' | 'keys'>,
  { mail, publicUrl }: Pick<NotificationsConfig, 'mail' | 'publicUrl'>,
  post: Post,
): Deliver {
  const transport = mail && createTransport(mail.smtpUrl);

  async function sendMail(target: string, messages: readonly Message[]): Promise<void> {
    if (transport === undefined || mail === undefined) throw new Error('there is no mail server (SMTP_URL)');
    const to = decodeURIComponent(new URL(target).pathname);
    await transport
      .sendMail({
        from: mail.from,
        to,
        ...mailOf(messages, publicUrl),
        headers: { 'x-joulestream-message': messages.map(({ id }) => id).join(' ') },
      })
      // By codes alone: in its own words mail servers repeat the address, and what failed is written to the log (ADR 0007).
      .catch(({ code = '', responseCode = '' }: { readonly code?: string; readonly responseCode?: number | '' }) => {
        throw new Error(`the mail server did not take it (${`${code} ${responseCode}`.trim()})`);
      });
  }

  async function posted(webhook: Webhook, target: string, message: Message): Promise<number> {
    const now = clock.now();
    const sealed = [webhook.secret, (webhook.previousUntil?.getTime() ?? 0) > now ? webhook.previousSecret : null];
    const secrets = await Promise.all(sealed.map((each) => (each === null ? undefined : readable(keys, each))));
    const body = bodyOf(message);
    return post(
      target,
      signedHeaders(
        message.id,
        now,
        body,
        secrets.filter((each) => each !== undefined),
      ),
      body,
    );
  }

  async function outcomeOf(webhook: Webhook, messages: readonly Message[]): Promise<Outcome> {
    const target = await readable(keys, webhook.target);
    const [message] = messages;
    try {
      if (target === undefined || message === undefined) throw new Error('where to is not known any more');
      if (isMail(target)) await sendMail(target, messages);
      else {
        const status = await posted(webhook, target, message);
        const isDelivered = status >= 200 && status < 300;
        return { isDelivered, status, error: isDelivered ? null : `answered ${status}` };
      }
      return { isDelivered: true, status: null, error: null };
    } catch (error) {
      return { isDelivered: false, status: null, error: (error instanceof Error ? error.message : String(error)).slice(0, 300) };
    }
  }

  return async (webhook, messages, attempt) => {
    const startedAt = clock.now();
    const outcome = await outcomeOf(webhook, messages);
    const { tenantId, webhookId } = webhook;
    const told = messages.map(({ id, type, position, subject }) => ({ id, type, position, subject }));
    await database.query(
      `insert into webhook_deliveries (tenant_id, webhook_id, message_id, kind, position, subject, attempt, at, is_delivered, status, error, duration_ms)
       select $1, $2, m ->> 'id', m ->> 'type', m ->> 'position', m ->> 'subject', $4, $5, $6, $7, $8, $9 from jsonb_array_elements($3::jsonb) m`,
      [
        tenantId,
        webhookId,
        JSON.stringify(told),
        attempt,
        new Date(startedAt),
        outcome.isDelivered,
        outcome.status,
        outcome.error,
        clock.now() - startedAt,
      ],
    );
    return outcome;
  };
}
