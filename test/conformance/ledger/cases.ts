// The cases of the Open Charge Alliance's certification that a CSMS is put to, by their ids alone, profile by profile: whatever no test is named after shows on docs/ocpp-obligations.md.
// What is asked of everybody and what only where an option is declared stand together here: we declare them all.

/** `A 01 02; B 03` as `TC_A_01`, `TC_A_02`, `TC_B_03`. */
const of201 = (blocks: string): readonly string[] =>
  blocks.split('; ').flatMap((block) => {
    const [letter, ...numbers] = block.split(' ');
    return numbers.map((number) => `TC_${letter}_${number}`);
  });
const of16 = (numbers: string): readonly string[] => numbers.split(' ').map((number) => `TC_${number}`);

export interface Profile {
  readonly version: '1.6' | '2.0.1';
  readonly name: string;
  readonly cases: readonly string[];
}

const profile = (version: Profile['version'], name: string, cases: string): Profile => ({
  version,
  name,
  cases: (version === '1.6' ? of16 : of201)(cases),
});

export const PROFILES: readonly Profile[] = [
  profile(
    '1.6',
    'Core',
    '001 003 004_1 004_2 005_1 007 010 011_1 011_2 012 013 014 017_1 017_2 018_1 019_1 019_2 021 023_1 023_2 023_3 024 026 028 030 031 032_1 037_1 037_3 039 040_1 040_2 061 064',
  ),
  profile('1.6', 'Security', '073 074 075_1 075_2 076 077 078 079 080 081 083 085 086 087 088'),
  profile('1.6', 'Reservation', '046 047 048_1 048_2 048_3 048_4 049 051 052 053'),
  profile('1.6', 'Local authorization list', '042_1 042_2 043_1 043_3 043_4 043_5'),
  profile('1.6', 'Firmware and diagnostics', '044_1 044_2 044_3 045_1 045_2'),
  profile('1.6', 'Smart charging', '056 057 059 066 067'),
  profile('1.6', 'Remote trigger', '054 055'),
  profile(
    '2.0.1',
    'Core',
    'A 01 02 03 04 06 09 10 19; B 01 02 06 07 09 10 12 13 20 21 22 25 26 27 30 31 42 44 58; C 02 06 07 08 20 37 38 39 47 48 49; E 01 02 03 04 07 08 09 10 11 12 14 15 16 17 19 20 21 22 26 29 30 31 33 34 38 39 53; F 01 02 03 04 06 11 12 13 14 15 18 20 23 24 27; G 03 04 05 06 07 08 11 14 17 20; J 01 02 03 04 07 08 09 10 11; L 01 02 03 04 05 06 07 08 09 10 11 13; M 01 02 05 13 18 19 20 21; N 25 27 28 29 30 31 32 34 35 36 62; P 02 03',
  ),
  profile('2.0.1', 'Advanced security', 'A 07 08 11 14'),
  profile('2.0.1', 'Local authorization list', 'C 40 43; D 01 02 03 04 08 09; N 46'),
  profile('2.0.1', 'Smart charging', 'K 01 03 04 05 06 08 10 15 19 29 30 31 32 33 34 35 36 37 43 44 60 70'),
  profile('2.0.1', 'Advanced device management', 'B 12 14 18; N 01 02 03 05 08 16 17 18 21 24 44 47 49 50 60'),
  profile('2.0.1', 'Reservation', 'H 01 07 08 14 15 17 19 20 22'),
  profile('2.0.1', 'Advanced user interface', 'I 01 02; O 01 12 13 14 17 18 19 26'),
  profile(
    '2.0.1',
    'ISO 15118',
    'A 12; C 50 51 52; K 01 03 04 05 06 08 10 19 29 30 31 32 33 34 35 36 43 44 53 55 57 58 59 60; M 03 04 14 15 16 24 26 28; N 63',
  ),
];
