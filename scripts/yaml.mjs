// YAML 1.2 of plain data: block style, keys in their order, texts quoted as JSON (of which YAML is a superset) unless they are plain words.

const PLAIN = /^[A-Za-z_$][\w$ /#.-]*$/;
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const scalar = (value) =>
  typeof value === 'string' && PLAIN.test(value) && !WORDS.test(value) && !value.includes(' #') && !value.endsWith(' ')
    ? value
    : JSON.stringify(value);

const isEmpty = (value) => Object.keys(value).length === 0;

/** `depth` levels of indentation; the text ends with a line feed. */
export function yaml(value, depth = 0) {
  const indent = '  '.repeat(depth);
  const below = (child) =>
    child !== null && typeof child === 'object' && !isEmpty(child) ? `\n${yaml(child, depth + 1)}` : ` ${scalar(child)}\n`;
  if (Array.isArray(value)) return value.map((item) => `${indent}-${below(item).replace(/^\n\s+/, ' ')}`).join('');
  return Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .map(([key, child]) => `${indent}${scalar(key)}:${below(child)}`)
    .join('');
}
