// Addresses of grid operators' servers that may be spoken to.
// Speaking to them is apps/grid's.

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;
/** On this very machine: for who runs everything in one process. */
export const isOwn = ({ protocol, hostname }: URL): boolean => protocol === 'http:' && LOOPBACK.test(hostname);
/** What is no address at all is refused as that. */
/** https, or a machine of our own; no name, password or query in it. */
export const isSafeAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return true;
  const url = new URL(text);
  return (
    url.username === '' && url.search === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname)))
  );
};
