/** Every run of a frame, newest first, whole: what was asked, how it went, what it cost, why it failed. */
import { Alert, Button, Skeleton } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useLiveRuns } from "../api/events";
import { useRuns } from "../api/queries";
import type { Frame, Run } from "../api/types";
import { Marked } from "../app/Marked";
import { ProblemNote, sentence } from "../app/ProblemNote";
import { Tag } from "../app/Tag";
import { useTimeZone } from "../app/timeZone";
import { timeText } from "../format/dates";
import { bytesText, countText, durationText, shareText } from "../format/numbers";
import { cancelRun, continueRun } from "../runs/actions";
import { stateText, stateTone } from "../runs/words";
import classes from "./history.module.css";

const STEP = 50;

export function Runs({ frame }: { frame: Frame }) {
  const [limit, setLimit] = useState(STEP);
  const runs = useRuns(frame.name, limit);
  const live = useLiveRuns().filter((run) => run.frame === frame.name);
  const known = runs.data ?? [];
  const fresh = live.filter((run) => !known.some((each) => each.id === run.id));
  const all = [...fresh, ...known.map((run) => live.find((each) => each.id === run.id) ?? run)];
  return (
    <section aria-labelledby="runs">
      <h2 id="runs" className={classes.heading}>
        Runs
      </h2>
      {runs.isError && <ProblemNote error={runs.error} onRetry={() => runs.refetch()} />}
      {runs.isPending && <Skeleton height={120} />}
      {runs.isSuccess && all.length === 0 && (
        <p className={classes.quiet}>No import has run for this data frame.</p>
      )}
      <ol className={classes.runs}>
        {all.map((run) => (
          <li key={run.id}>
            <RunCard run={run} />
          </li>
        ))}
      </ol>
      {known.length === limit && (
        <Button size="xs" variant="default" onClick={() => setLimit(limit + STEP)}>
          Show more
        </Button>
      )}
    </section>
  );
}

function figures(run: Run): { label: string; value: string }[] {
  const list = [
    { label: "Rows", value: countText(run.rows) },
    { label: "Objects read", value: countText(run.objects) },
    { label: "Requests", value: countText(run.requests) },
    { label: "Refusals", value: countText(run.refused) },
    { label: "Retries", value: countText(run.retries) },
    { label: "Bytes", value: bytesText(run.bytes) },
    { label: "Duration", value: durationText(run.seconds) },
  ];
  if (run.kept_rows > 0) list.splice(1, 0, { label: "Kept from before", value: countText(run.kept_rows) });
  if (run.state === "running" && run.share !== null) {
    list.push({ label: "Of the date range", value: shareText(run.share) });
  }
  return list;
}

function RunCard({ run }: { run: Run }) {
  const zone = useTimeZone();
  return (
    <article className={classes.run} aria-label={`Run of ${timeText(run.started_at, zone)}`}>
      <header className={classes.runHead}>
        <Tag tone={stateTone[run.state]}>{stateText[run.state]}</Tag>
        <time dateTime={run.started_at}>{timeText(run.started_at, zone)}</time>
        {run.connection !== null && <span className={classes.quiet}>{run.connection}</span>}
        {run.from_command_line && <span className={classes.quiet}>from the command line</span>}
        <span className={classes.grow} />
        {run.version !== null && <span className={classes.quiet}>version {run.version}</span>}
        {run.can_cancel && (
          <Button size="compact-sm" variant="default" onClick={() => cancelRun(run)}>
            Cancel
          </Button>
        )}
        {run.can_continue && (
          <Button size="compact-sm" onClick={() => continueRun(run)}>
            Go on
          </Button>
        )}
      </header>
      <p className={classes.sentence}>
        <Marked text={sentence(run.sentence)} />
      </p>
      <dl className={classes.figures}>
        {figures(run).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {run.error && (
        <Alert color="red" variant="light" icon={<CircleAlert size={16} />} p="xs">
          <Marked text={sentence(run.error)} />
          {run.hint && <span className={classes.hint}>Hint: {run.hint}</span>}
        </Alert>
      )}
      {run.notes.length > 0 && (
        <ul className={classes.notes} aria-label="Notes">
          {run.notes.map((note) => (
            <li key={note}>
              <Marked text={sentence(note)} />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
