/**
 * The tab Chart of a frame's page: settings at the side, the chart, its data as a table, and what can be taken away.
 * Settings are saved by themselves. It holds the settings; it draws nothing itself. Read next: ChartControls.tsx, ChartView.tsx.
 */
import { Button, LoadingOverlay, Skeleton } from "@mantine/core";
import { Check, CloudOff, Table2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useColumns } from "../api/queries";
import type { ChartSettings, Column, Frame } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { useSearchEntry } from "../app/router";
import { countOf } from "../format/numbers";
import { ChartControls } from "./ChartControls";
import { ChartData } from "./ChartData";
import { ChartFilters } from "./ChartFilters";
import { ChartMenu } from "./ChartMenu";
import { ChartView } from "./ChartView";
import classes from "./chart.module.css";
import { type Saving, useAutosave, useChart, useSavedChart } from "./chartQueries";
import { filtersInAddress } from "./filters";
import { PivotTable } from "./PivotTable";
import { missing } from "./settings";

export default function ChartTab({ frame }: { frame: Frame }) {
  const saved = useSavedChart(frame.name);
  const columns = useColumns(frame.name);
  const error = saved.error ?? columns.error;
  if (error)
    return (
      <ProblemNote error={error} onRetry={() => (saved.isError ? saved.refetch() : columns.refetch())} />
    );
  if (!saved.data || !columns.data) return <Skeleton height={480} mt="md" />;
  return <Chart key={frame.name} frame={frame} first={saved.data} columns={columns.data} />;
}

function Chart({ frame, first, columns }: { frame: Frame; first: ChartSettings; columns: Column[] }) {
  const [own, setOwn] = useState(first);
  const [address, setAddress] = useSearchEntry("filters");
  const [dataShown, setDataShown] = useState(false);
  const [saving, save] = useAutosave(frame.name);
  const shared = useMemo(() => filtersInAddress(address), [address]);
  const settings = useMemo(() => (shared ? { ...own, filters: shared } : own), [own, shared]);
  const lacking = missing(settings);
  const chart = useChart(frame.name, lacking ? null : settings);
  const change = (next: ChartSettings) => {
    setOwn(next);
    save(next);
  };
  const setFilters = (filters: ChartSettings["filters"]) => {
    change({ ...settings, filters });
    if (shared) setAddress(filters.length === 0 ? null : JSON.stringify(filters));
  };
  const result = lacking ? undefined : chart.data;
  return (
    <div className={classes.tab}>
      <ChartControls
        settings={settings}
        columns={columns}
        currencies={result?.currencies ?? []}
        onChange={change}
      />
      <section className={classes.main} aria-label="Chart">
        <div className={classes.bar}>
          <ChartFilters filters={settings.filters} columns={columns} onChange={setFilters} />
          <span className={classes.grow} />
          <SavedSign state={saving} />
          {result && !result.pivot && (
            <Button
              variant="default"
              size="xs"
              leftSection={<Table2 size={14} />}
              aria-pressed={dataShown}
              onClick={() => setDataShown(!dataShown)}
            >
              {dataShown ? "Hide data" : "Show data"}
            </Button>
          )}
          {result && <ChartMenu name={`${frame.name}-chart`} result={result} columns={columns} />}
        </div>
        {lacking && <p className={classes.note}>{lacking}</p>}
        {chart.isError && !lacking && <ProblemNote error={chart.error} onRetry={() => chart.refetch()} />}
        {result && !chart.isError && (
          <div style={{ position: "relative" }}>
            <LoadingOverlay
              visible={chart.isPlaceholderData}
              zIndex={1}
              overlayProps={{ backgroundOpacity: 0.35 }}
            />
            {result.note && <p className={classes.note}>{result.note}</p>}
            {isEmpty(result) ? (
              <p className={classes.note}>
                No rows to draw{settings.filters.length > 0 ? ": the filters let none through" : ""}.
              </p>
            ) : result.pivot ? (
              <PivotTable result={result} columns={columns} />
            ) : (
              <ChartView result={result} columns={columns} />
            )}
            <p className={classes.note}>
              {countOf(result.rows, "row")}
              {result.sampled && "; the points drawn are a sample of them"}
            </p>
            {dataShown && !result.pivot && <ChartData result={result} columns={columns} />}
          </div>
        )}
      </section>
    </div>
  );
}

function isEmpty(result: { series: { points: unknown[] }[]; pivot: { rows: unknown[] } | null }): boolean {
  return result.pivot
    ? result.pivot.rows.length === 0
    : result.series.every((series) => series.points.length === 0);
}

function SavedSign({ state }: { state: Saving }) {
  return (
    <span role="status" className={classes.saved} data-state={state}>
      {state === "saving" && "Saving…"}
      {state === "saved" && (
        <>
          <Check size={14} aria-hidden /> Saved
        </>
      )}
      {state === "failed" && (
        <>
          <CloudOff size={14} aria-hidden /> Not saved
        </>
      )}
    </span>
  );
}
