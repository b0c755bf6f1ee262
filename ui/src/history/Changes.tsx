/** What a version changed against the one before it: rows added, removed and changed, in which columns, with a few ids. */
import { Loader } from "@mantine/core";
import type { VersionChanges } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { countOf, countText } from "../format/numbers";
import classes from "./history.module.css";
import { useChanges } from "./versionQueries";

const COLUMNS_SHOWN = 12;

export function Changes({ frame, version }: { frame: string; version: number }) {
  const changes = useChanges(frame, version, true);
  if (changes.isError) return <ProblemNote error={changes.error} onRetry={() => changes.refetch()} />;
  if (!changes.data) {
    return (
      <p className={classes.comparing} role="status">
        <Loader size="xs" /> Comparing with the version before…
      </p>
    );
  }
  return <ChangesOf changes={changes.data} />;
}

function ChangesOf({ changes }: { changes: VersionChanges }) {
  const { previous, added, removed, changed, examples } = changes;
  if (previous === null)
    return <p className={classes.sentence}>The first version: {countOf(added, "row")} added.</p>;
  if (added + removed + changed === 0) {
    return <p className={classes.sentence}>The same rows as version {previous}.</p>;
  }
  return (
    <>
      <p className={classes.sentence}>Against version {previous}:</p>
      <dl className={classes.changes}>
        <Kind label="Added" sign="+" count={added} ids={examples.added} />
        <Kind label="Removed" sign="−" count={removed} ids={examples.removed} />
        <Kind label="Changed" sign="~" count={changed} ids={examples.changed} />
      </dl>
      {changes.changed_columns.length > 0 && <ChangedColumns changes={changes} />}
    </>
  );
}

interface KindProps {
  label: string;
  sign: string;
  count: number;
  ids: string[];
}

function Kind({ label, sign, count, ids }: KindProps) {
  return (
    <div className={classes.change} data-kind={label.toLowerCase()} data-none={count === 0}>
      <dt>{label}</dt>
      <dd>
        <span className={classes.changeCount}>
          {count === 0 ? "" : sign}
          {countOf(count, "row")}
        </span>
        {ids.length > 0 && (
          <span className={classes.ids}>
            such as{" "}
            {ids.map((id) => (
              <code key={id}>{id}</code>
            ))}
          </span>
        )}
      </dd>
    </div>
  );
}

function ChangedColumns({ changes }: { changes: VersionChanges }) {
  const all = changes.changed_columns;
  return (
    <div>
      <h4 className={classes.small}>Columns that changed</h4>
      <ul className={classes.columns}>
        {all.slice(0, COLUMNS_SHOWN).map(({ column, rows }) => (
          <li key={column}>
            <code>{column}</code>
            <span className={classes.quiet}>in {countOf(rows, "row")}</span>
          </li>
        ))}
        {all.length > COLUMNS_SHOWN && (
          <li className={classes.quiet}>and {countText(all.length - COLUMNS_SHOWN)} more</li>
        )}
      </ul>
    </div>
  );
}
