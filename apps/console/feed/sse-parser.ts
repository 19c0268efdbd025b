// Cuts a text/event-stream into messages, whatever the chunk borders are.
// What a message means, and what happens when the stream ends, is decided elsewhere.

export interface SseMessage {
  readonly id: string | null;
  readonly name: string;
  readonly data: string;
}

/**
 * A parser that is fed text and hands back the messages completed by it, in order (WHATWG HTML, section "Server-sent events").
 * Comments and unknown fields are passed over; an unfinished message at the end of the stream is never handed out.
 */
export function sseParser(): (text: string) => readonly SseMessage[] {
  let rest = '';
  let id: string | null = null;
  let name = '';
  let data: string[] = [];
  return (text) => {
    const messages: SseMessage[] = [];
    // A lone CR at the very end may be the first half of CRLF: it waits for the next chunk.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) messages.push({ id, name: name === '' ? 'message' : name, data: data.join('\n') });
        name = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') data.push(value);
      else if (field === 'event') name = value;
      else if (field === 'id' && !value.includes('\0')) id = value;
    }
    return messages;
  };
}
