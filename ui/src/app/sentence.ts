/** The server's texts begin in lower case and end without a stop, as a terminal's do; a page's sentences begin large. */
export function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
