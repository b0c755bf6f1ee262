/** What a query gave: rows as a table or a chart, how many and how long, what is not shown; or why it failed, and where. */
import { Button, SegmentedControl, Skeleton } from "@mantine/core";
import { Copy, Download } from "lucide-react";
import { useState } from "react";
import type { ApiProblem } from "../api/client";
import type { Cell, SqlResult } from "../api/types";
import { noteDone, noteProblem } from "../app/notices";
import { ProblemNote } from "../app/ProblemNote";
import { csvText } from "../chart/data";
import { saveText } from "../chart/downloads";
import { countOf, countText, numberText } from "../format/numbers";
import type { Position } from "./editor";
import { ResultChart } from "./ResultChart";
import { ResultTable } from "./ResultTable";
import classes from "./sql.module.css";
import { ROWS_MAX, type SqlRun } from "./sqlQueries";

interface SqlResultPanelProps {
  run: SqlRun;
  onGoTo: (position: Position) => void;
  onMore: () => void;
}

export function SqlResultPanel({ run, onGoTo, onMore }: SqlResultPanelProps) {
  const { result, problem, running } = run;
  if (problem) return <Wrong problem={problem} onGoTo={onGoTo} />;
  if (!result && running) return <Skeleton height={280} mt="sm" />;
  if (!result) return <p className={classes.quiet}>Run the query to see its rows here.</p>;
  return <Rows result={result} running={running} onMore={onMore} />;
}

function Wrong({ problem, onGoTo }: { problem: ApiProblem; onGoTo: (position: Position) => void }) {
  const { position } = problem;
  return (
    <div className={classes.wrong}>
      <ProblemNote error={problem} />
      {position && (
        <Button size="compact-sm" variant="subtle" onClick={() => onGoTo(position)}>
          Line {position.line}, column {position.column}
        </Button>
      )}
    </div>
  );
}

const asRows = (result: SqlResult): Cell[][] => [result.columns.map((column) => column.name), ...result.rows];

/** How many rows the query has; a long one is not counted to its end. */
function totalText(result: SqlResult): string {
  const total: number | null = result.total;
  return total === null ? `More than ${countOf(result.rows.length, "row")}` : countOf(total, "row");
}

function durationText(seconds: number): string {
  return seconds < 1
    ? `${numberText(seconds * 1000, seconds < 0.01 ? 1 : 0)} ms`
    : `${numberText(seconds, 2)} s`;
}

function Rows({ result, running, onMore }: { result: SqlResult; running: boolean; onMore: () => void }) {
  const [shown, setShown] = useState("table");
  const total: number | null = result.total;
  const copy = async () => {
    const text = asRows(result)
      .map((row) =>
        row.map((cell) => (cell === null ? "" : String(cell).replace(/[\t\r\n]+/g, " "))).join("\t"),
      )
      .join("\n");
    try {
      await navigator.clipboard.writeText(text);
      noteDone(`Copied ${countOf(result.rows.length, "row")}`);
    } catch {
      noteProblem(new Error("the browser does not let this page copy; take the CSV"));
    }
  };
  return (
    <>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Show the result as"
          data={[
            { value: "table", label: "Table" },
            { value: "chart", label: "Chart" },
          ]}
          value={shown}
          onChange={setShown}
        />
        <span role="status" className={classes.quiet}>
          {totalText(result)} · {countOf(result.columns.length, "column")} · {durationText(result.seconds)}
        </span>
        <span className={classes.grow} />
        <Button size="xs" variant="default" leftSection={<Copy size={14} />} onClick={copy}>
          Copy
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<Download size={14} />}
          onClick={() => saveText(csvText(asRows(result)), "query.csv", "text/csv")}
        >
          CSV
        </Button>
      </div>
      {result.truncated && (
        <p className={classes.truncated}>
          The first {countText(result.rows.length)}
          {total === null ? " rows" : ` of ${countOf(total, "row")}`} are here
          {total === null ? "; there are more" : ""}.{" "}
          {result.rows.length < ROWS_MAX ? (
            <Button size="compact-xs" variant="subtle" loading={running} onClick={onMore}>
              Fetch up to {countText(ROWS_MAX)}
            </Button>
          ) : (
            "Save the query as a data frame to have all of them."
          )}
        </p>
      )}
      {shown === "table" ? <ResultTable result={result} /> : <ResultChart result={result} />}
    </>
  );
}
