// Whether a station means a name of the standard: of components, variables and configuration keys upper and lower case say nothing (2.0.1 part 2, identifierString; 1.6 CiString).
// How names are shown is up to who said them.

/** `said`: whatever a station wrote. */
export const isNamed = (said: unknown, name: string): boolean => typeof said === 'string' && said.toLowerCase() === name.toLowerCase();

/** The one of `names` it means, spelled as there. */
export const nameIn = (said: unknown, names: Iterable<string>): string | undefined => [...names].find((name) => isNamed(said, name));
