// How a part of the network says what it does with a message: data beside the code that does it.
// docs/ocpp-coverage.md is made of it (scripts/coverage.mjs); what no part says is recorded only.

/** By action. `in` is the file that does it and names the action, from the root of the repository. */
export type Behaviours = Readonly<
  Record<
    string,
    {
      readonly in: string;
      readonly does: string;
      /** Nobody can have it sent from here: that is what is done. */
      readonly isRefusal?: true;
    }
  >
>;
