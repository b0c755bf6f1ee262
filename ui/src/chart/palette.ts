/**
 * The charts' colours: ten that differ in hue and in lightness, each at least 3 : 1 against the page, for light and for
 * dark pages. Never decides what a colour means. Read next: option.ts.
 */
const LIGHT = [
  "#4b5bd6",
  "#0a857a",
  "#d2470d",
  "#b02a78",
  "#5d7a05",
  "#1273a3",
  "#8a5a2b",
  "#7a45c4",
  "#59636e",
  "#a97400",
];
const DARK = [
  "#8f9bff",
  "#37c6b4",
  "#ff9447",
  "#f27fb8",
  "#abc738",
  "#4fc3f7",
  "#d9a87a",
  "#bb9bff",
  "#aeb8c2",
  "#ffd24d",
];

export interface Look {
  colors: string[];
  text: string;
  quiet: string;
  line: string;
  page: string;
}

export function lookOf(dark: boolean): Look {
  return dark
    ? { colors: DARK, text: "#e6eaee", quiet: "#a3aeb9", line: "#2a333d", page: "#11171d" }
    : { colors: LIGHT, text: "#17212b", quiet: "#55616d", line: "#e0e5e9", page: "#ffffff" };
}

export function colorAt(look: Look, index: number): string {
  return look.colors[index % look.colors.length] ?? look.text;
}
