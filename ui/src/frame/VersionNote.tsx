/** Says that an earlier version of the frame is looked at, with the way back to the newest. Read next: frameView.ts. */
import { Button } from "@mantine/core";
import { History } from "lucide-react";
import classes from "./FilterChips.module.css";
import type { FrameView } from "./frameView";

export function VersionNote({ view }: { view: FrameView }) {
  if (view.version === null) return null;
  return (
    <div className={classes.version}>
      <History size={14} aria-hidden />
      <span>Version {view.version}, not the newest</span>
      <Button size="compact-xs" variant="default" onClick={view.toNewest}>
        Show the newest
      </Button>
    </div>
  );
}
