// Sockets of this process that wait to be let in. Whoever computes for long asks whether there is a crowd; who is let in is the edge's business.

/** More than come one by one: they are let in after some milliseconds each. */
const CROWD = 16;

let waiting = 0;

export const arrivals = {
  came(): void {
    waiting++;
  },
  /** Let in, refused or gone. */
  left(): void {
    waiting--;
  },
  get isCrowd(): boolean {
    return waiting >= CROWD;
  },
};
