/** How far something is; a piece that moves to and fro where nobody knows, since a full bar reads as all of it. */
import classes from "./ProgressBar.module.css";

interface ProgressBarProps {
  label: string;
  /** From 0 to 1; null where it is not known. */
  share: number | null;
  height: number;
  /** Nothing comes at the moment: nothing moves. */
  still?: boolean;
  className?: string;
}

export function ProgressBar({ label, share, height, still, className }: ProgressBarProps) {
  const known = share !== null;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round(share * 100) : undefined}
      className={className ? `${classes.bar} ${className}` : classes.bar}
      style={{ height }}
    >
      <div
        className={classes.part}
        data-moving={(!known && !still) || undefined}
        style={{ width: known ? `${share * 100}%` : "24%" }}
      />
    </div>
  );
}
