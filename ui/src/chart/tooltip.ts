/**
 * A chart's tooltip as elements with text in them: data from Stripe is never read as HTML. Read next: option.ts.
 */
export interface TooltipLine {
  color: string;
  label: string;
  value: string;
}

function element(tag: string, text: string, style: Partial<CSSStyleDeclaration>): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  Object.assign(made.style, style);
  return made;
}

/** The most lines a tooltip shows; the table of the data has the rest. */
const LINES_MAX = 14;

export function tooltipElement(title: string, lines: TooltipLine[]): HTMLElement {
  const box = element("div", "", {
    maxWidth: "340px",
    fontVariantNumeric: "tabular-nums",
    whiteSpace: "normal",
  });
  box.append(
    element("div", clipped(title), { fontWeight: "600", marginBottom: "4px", overflowWrap: "anywhere" }),
  );
  for (const line of lines.slice(0, LINES_MAX)) {
    const row = element("div", "", { display: "flex", gap: "8px", alignItems: "baseline" });
    const dot = element("span", "", {
      background: line.color,
      width: "9px",
      height: "9px",
      borderRadius: "2px",
      flex: "none",
    });
    const label = element("span", clipped(line.label), { flex: "1", overflowWrap: "anywhere" });
    row.append(
      dot,
      label,
      element("span", line.value, { fontWeight: "600", whiteSpace: "nowrap", paddingLeft: "12px" }),
    );
    box.append(row);
  }
  if (lines.length > LINES_MAX) box.append(element("div", `and ${lines.length - LINES_MAX} more`, {}));
  return box;
}

/** Text that may be 10 kB long, for a place that holds a line. */
export function clipped(text: string, length = 80): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
