// A number in a state that nobody may ever ask for: found when somebody does, or when the state is written down.
// What it is found from is its maker's, and is held until then: nothing that holds another of these.

export class Later {
  #find: (() => number | undefined) | undefined;
  #found: number | undefined;

  /** `find` gives the same whenever it is asked. */
  constructor(find: () => number | undefined) {
    this.#find = find;
  }

  get value(): number | undefined {
    if (this.#find !== undefined) this.#found = this.#find();
    this.#find = undefined;
    return this.#found;
  }

  /** As JSON it is its number; undefined leaves its place out. */
  toJSON(): number | undefined {
    return this.value;
  }
}

export const numberOf = (value: number | Later | undefined): number | undefined => (value instanceof Later ? value.value : value);
