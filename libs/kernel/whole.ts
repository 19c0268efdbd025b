// What OCPP calls an integer: 32 bits, one of them the sign (2.0.1 part 2, primitive datatypes). Rows have room for as much.

export const isWhole32 = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
