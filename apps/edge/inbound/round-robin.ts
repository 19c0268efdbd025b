// The line of those who say much: one frame of each in turn, and between two handfuls everybody else is heard.
// Who has to stand in it is decided in intake.ts.

/** What is heard in one turn of the event loop [calls]: about half a millisecond, by which everybody else is kept waiting. */
const CALLS_A_TURN = 8;

export class RoundRobin {
  readonly #line: (() => number)[] = [];
  readonly #nextTurn: (task: () => void) => void;
  #isRunning = false;

  constructor(nextTurn: (task: () => void) => void) {
    this.#nextTurn = nextTurn;
  }

  /** `turn` runs once, behind everybody who stands in line, and says what it cost [calls]. */
  enter(turn: () => number): void {
    this.#line.push(turn);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#nextTurn(() => this.#run());
  }

  #run(): void {
    for (let spent = 0, left = this.#line.length; left > 0 && spent < CALLS_A_TURN; left--) spent += this.#line.shift()?.() ?? 0;
    this.#isRunning = this.#line.length > 0;
    if (this.#isRunning) this.#nextTurn(() => this.#run());
  }
}
