/** Colours, type and defaults of the components. What plain CSS needs of them is in page.css. */
import { createTheme, type MantineColorsTuple } from "@mantine/core";

// Petrol: dark enough at 7 for white text on it, light enough at 4 to be text on a dark page.
const petrol: MantineColorsTuple = [
  "#e9f6f7",
  "#d3e9ec",
  "#a6d3d9",
  "#76bcc5",
  "#4fa8b4",
  "#2f8f9c",
  "#1b7a88",
  "#0e6573",
  "#0a515d",
  "#063d47",
];

const slate: MantineColorsTuple = [
  "#c8ced6",
  "#aab2bd",
  "#8d97a5",
  "#66717f",
  "#47515e",
  "#343d48",
  "#272f39",
  "#1c232b",
  "#151b22",
  "#0f141a",
];

// As petrol: 7 carries white text, and is text on white.
const red: MantineColorsTuple = [
  "#fdecea",
  "#fad6d2",
  "#f3aba4",
  "#ec8078",
  "#e45a50",
  "#d8433a",
  "#c93228",
  "#b3261e",
  "#961d17",
  "#7a1511",
];

const yellow: MantineColorsTuple = [
  "#fdf3df",
  "#fae6bd",
  "#f4cd7d",
  "#edb547",
  "#e0a01f",
  "#c58a10",
  "#a87207",
  "#8a5800",
  "#6f4600",
  "#553500",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, red, yellow, dark: slate },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: "650" },
  defaultRadius: "sm",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: { closeButtonProps: { "aria-label": "Close" } },
      styles: { title: { fontWeight: 650, fontSize: 17 } },
    },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Dismiss" } } },
    // Without it the first entry has the focus at once, and a menu holds nothing but entries.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, transitionProps: { duration: 0 } } },
    // What was asked for is there at once, and in its full colours.
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});
