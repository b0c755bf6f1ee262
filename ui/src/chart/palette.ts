/**
 * The charts' colours: ten that differ in hue and in lightness, each at least 3 : 1 against the page, for light and for
 * dark pages. Never decides what a colour means. Read next: option.ts.
 */
const LIGHT = [
  "#1b7a88",
  "#d2470d",
  "#4b5bd6",
  "#a97400",
  "#b02a78",
  "#5d7a05",
  "#7a45c4",
  "#8a5a2b",
  "#59636e",
  "#c23b3b",
];
const DARK = [
  "#4fb3c0",
  "#ff9447",
  "#8f9bff",
  "#ffd24d",
  "#f27fb8",
  "#abc738",
  "#bb9bff",
  "#d9a87a",
  "#aeb8c2",
  "#ff8a80",
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
