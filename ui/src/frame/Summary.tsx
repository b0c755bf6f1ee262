/**
 * The tab Summary of a frame's page: a card for each column, those without any value folded away. All numbers are the server's.
 * Read next: SummaryCard.tsx, summaryQueries.ts.
 */
import { Text, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import { useColumns, useCurrencies } from "../api/queries";
import type { Column, Frame } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { useTimeZone } from "../app/timeZone";
import type { Decimals } from "../format/money";
import { countOf } from "../format/numbers";
import { ColumnTypeIcon } from "./ColumnTypeIcon";
import type { CellSettings } from "./cellText";
import { FilterChips } from "./FilterChips";
import { type FrameView, useFrameView } from "./frameView";
import classes from "./Summary.module.css";
import { SummaryCard } from "./SummaryCard";
import { summaryBatches, useSummary } from "./summaryQueries";
import { RowCount, ZoneSelect } from "./TableToolbar";
import { VersionNote } from "./VersionNote";

export default function Summary({ frame }: { frame: Frame }) {
  const view = useFrameView();
  const columns = useColumns(frame.name, view.version);
  // Without its currency's digits an amount would be shown wrong.
  const currencies = useCurrencies();
  const failed = [columns, currencies].find((query) => query.isError);
  if (failed) return <ProblemNote error={failed.error} onRetry={() => failed.refetch()} />;
  if (!columns.data || !currencies.data) return <Pending count={Math.min(frame.columns, 12)} />;
  return <LoadedSummary frame={frame} view={view} columns={columns.data} decimals={currencies.data} />;
}

function Pending({ count }: { count: number }) {
  return (
    <div className={classes.tab} aria-busy>
      <div className={classes.toolbar} />
      <div className={classes.cards}>
        {Array.from({ length: count }, (_, index) => (
          <div key={index} className={classes.card} />
        ))}
      </div>
    </div>
  );
}

interface LoadedSummaryProps {
  frame: Frame;
  view: FrameView;
  columns: Column[];
  decimals: Decimals;
}

function LoadedSummary({ frame, view, columns, decimals }: LoadedSummaryProps) {
  const [search, setSearch] = useState("");
  const zone = useTimeZone();
  const settings = useMemo(() => ({ zone, decimals }), [zone, decimals]);
  const { filled, empty, batchOf } = useMemo(() => {
    const filled = columns.filter((column) => column.empty !== true);
    return {
      filled,
      empty: columns.filter((column) => column.empty === true),
      batchOf: summaryBatches(filled),
    };
  }, [columns]);
  const first = filled[0];
  const counted = useSummary(frame, view, view.filters, first ? (batchOf.get(first.name) ?? []) : []);
  const wanted = search.trim().toLowerCase();
  const isFound = (column: Column) => column.name.toLowerCase().includes(wanted);
  const found = filled.filter(isFound);
  const foundEmpty = empty.filter(isFound);
  return (
    <div className={classes.tab}>
      <div className={classes.toolbar}>
        <RowCount total={counted.data?.rows ?? null} rows={frame.rows} view={view} />
        <VersionNote view={view} />
        <FilterChips view={view} columns={columns} settings={settings} />
        <div className={classes.tools}>
          <TextInput
            size="xs"
            aria-label="Search columns"
            placeholder={`Search ${countOf(columns.length, "column")}`}
            leftSection={<Search size={14} />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <ZoneSelect zone={zone} />
        </div>
      </div>
      {counted.isError && <ProblemNote error={counted.error} onRetry={() => counted.refetch()} />}
      <Cards {...{ frame, view, settings, batchOf }} columns={found} />
      {found.length === 0 && foundEmpty.length === 0 && (
        <Text c="dimmed" size="sm">
          {columns.length === 0 ? "No columns." : "No column has such a name."}
        </Text>
      )}
      <EmptyColumns columns={foundEmpty} />
    </div>
  );
}

interface CardsProps extends Omit<LoadedSummaryProps, "decimals"> {
  settings: CellSettings;
  batchOf: Map<string, string[]>;
}

/** With more columns than this, only those in view are drawn. */
const DRAWN_MAX = 150;

function Cards({ frame, view, columns, settings, batchOf }: CardsProps) {
  return (
    <ul className={classes.cards} aria-label="Columns">
      {columns.map((column, index) => (
        <SummaryCard
          order={columns.length > DRAWN_MAX ? null : index}
          key={column.name}
          frame={frame}
          view={view}
          column={column}
          batch={batchOf.get(column.name) ?? [column.name]}
          settings={settings}
        />
      ))}
    </ul>
  );
}

function EmptyColumns({ columns }: { columns: Column[] }) {
  if (columns.length === 0) return null;
  return (
    <details className={classes.empty}>
      <summary>{countOf(columns.length, "empty column")}</summary>
      <ul>
        {columns.map((column) => (
          <li key={column.name} title={column.description ?? undefined}>
            <ColumnTypeIcon column={column} size={13} />
            <bdi>{column.name}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}
