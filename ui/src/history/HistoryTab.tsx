/**
 * The tab History of a frame's page: its versions, each with what it changed, and every run that was to bring rows.
 * Read next: Versions.tsx, Runs.tsx.
 */
import type { Frame } from "../api/types";
import classes from "./history.module.css";
import { Runs } from "./Runs";
import { Versions } from "./Versions";

export default function HistoryTab({ frame }: { frame: Frame }) {
  return (
    <div className={classes.page}>
      {frame.kind === "view" ? (
        <p className={classes.quiet}>
          A view keeps no rows: it asks its query anew each time. The frames that it reads have histories.
        </p>
      ) : (
        <>
          <Versions frame={frame} />
          <Runs frame={frame} />
        </>
      )}
    </div>
  );
}
