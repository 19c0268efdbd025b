// The texts of one area in both languages. The compiler refuses a text that one of them lacks, or has alone.

export const inBoth = <Key extends string>(en: Readonly<Record<Key, string>>, de: Readonly<Record<NoInfer<Key>, string>>) => ({ en, de });
