/** What would act on a text instead of being read, made readable: a cell is one line and hides nothing. */

/** Characters that turn the direction of what follows: they can make a name read as another. */
const directions: Record<string, string> = {
  "\u200e": "LRM",
  "\u200f": "RLM",
  "\u202a": "LRE",
  "\u202b": "RLE",
  "\u202c": "PDF",
  "\u202d": "LRO",
  "\u202e": "RLO",
  "\u2066": "LRI",
  "\u2067": "RLI",
  "\u2068": "FSI",
  "\u2069": "PDI",
};

/** Control characters as their pictures, line ends as a sign, marks of direction by their names. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\r\n|[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (found) => {
    const direction = directions[found];
    if (direction !== undefined) return `‹${direction}›`;
    if (found === "\n" || found === "\r\n") return "⏎";
    if (found === "\t") return "⇥";
    if (found === "\u007f") return "␡";
    return String.fromCharCode(0x2400 + found.charCodeAt(0));
  });
}
