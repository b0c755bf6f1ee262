/** A place with a name that scrolls, for tables: it takes the focus, since arrow keys must be able to scroll it. */
import type { ReactNode } from "react";
import classes from "./chart.module.css";

export function ScrollRegion({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it nobody scrolls it with the keyboard
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}
