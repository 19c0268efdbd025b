// The beginning of a frame, as a passer-by reads it: auditors look at every frame on its way and need no more of it.
const HEAD = /^\[(\d),"([^"\\]+)"(?:,"([^"\\]+)")?/;

/** Message type, message id and, where it is a call, action of an OCPP-J frame; type 0 where it is none. */
export function headOf(text: string): { readonly kind: number; readonly messageId: string; readonly action: string } {
  const [, kind = '0', messageId = '', action = ''] = HEAD.exec(text) ?? [];
  return { kind: Number(kind), messageId, action };
}
