/** A word in a coloured box: a state, or where data are from. Said by its text, never by its colour alone. */
import type { ReactNode } from "react";
import classes from "./Tag.module.css";

export type Tone = "plain" | "accent" | "good" | "warn" | "bad";

export function Tag({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
