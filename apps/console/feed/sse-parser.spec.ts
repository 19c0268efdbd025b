import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sseParser } from './sse-parser.js';

describe('sseParser', () => {
  it('reads names, ids and data of several lines, and passes over comments', () => {
    const parse = sseParser();
    expect(parse(': hello\n\nid: 7\nevent: station\ndata: {"a":1,\ndata: "b":2}\n\ndata:x\n\n')).toEqual([
      { id: '7', name: 'station', data: '{"a":1,\n"b":2}' },
      { id: '7', name: 'message', data: 'x' },
    ]);
  });

  it('hands nothing out for a message that never ended', () => {
    expect(sseParser()('id: 1\ndata: half')).toEqual([]);
  });

  it('gives the same messages wherever the stream is cut, for each kind of line end', () => {
    const stream = 'id: 1\nevent: load\ndata: {"w":1}\n\n: beat\n\nid: 2\ndata: a\ndata: b\n\nid\ndata\n\n';
    const endings = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(endings, fc.array(fc.nat(90), { maxLength: 12 }), (ending, cuts) => {
        const text = `${stream.replaceAll('\n', ending)}:\n`;
        const parse = sseParser();
        const borders = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const messages = borders.slice(1).flatMap((border, index) => parse(text.slice(borders[index], border)));
        expect(messages).toEqual([
          { id: '1', name: 'load', data: '{"w":1}' },
          { id: '2', name: 'message', data: 'a\nb' },
          { id: '', name: 'message', data: '' },
        ]);
      }),
    );
  });
});
