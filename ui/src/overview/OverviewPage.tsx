/**
 * The page Payments overview: what a connection's data frames say of the business, as eight numbers with the queries that gave
 * them, and a chart of the chosen one. The server counts; nothing is added up here. Read next: OverviewTile.tsx, OverviewControls.tsx.
 */
import { Button, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useConnections, useFrames } from "../api/queries";
import type { Overview } from "../api/types";
import { openDialog } from "../app/dialogs";
import page from "../app/Page.module.css";
import { PageHead } from "../app/PageHead";
import { ProblemNote } from "../app/ProblemNote";
import { navigate, useSearchEntry } from "../app/router";
import { Tag } from "../app/Tag";
import { useTimeZone } from "../app/timeZone";
import { type Chosen, OverviewControls } from "./OverviewControls";
import { OverviewTile } from "./OverviewTile";
import classes from "./overview.module.css";
import { type Tile, useOverview } from "./overviewQueries";
import { today } from "./periods";
import { SqlDialog } from "./SqlDialog";
import { TileChart } from "./TileChart";

/** The data that a tile is counted from, for those that lack it. */
const needed: Record<Tile["key"], string[]> = {
  gross: ["charges"],
  net: ["balance_history", "balance_transactions"],
  fees: ["balance_history", "balance_transactions"],
  success_rate: ["charges"],
  refund_rate: ["refunds", "charges"],
  dispute_rate: ["disputes", "charges"],
  new_customers: ["customers"],
  payouts: ["payouts"],
};

export default function OverviewPage() {
  const frames = useFrames();
  const connections = useConnections();
  const [asked] = useSearchEntry("connection");
  // Those that have data: an overview of nothing helps nobody.
  const named = [
    ...new Set((frames.data ?? []).flatMap((frame) => (frame.connection ? [frame.connection] : []))),
  ];
  const connection = asked ?? named[0] ?? null;
  if (frames.isError)
    return <Page>{<ProblemNote error={frames.error} onRetry={() => frames.refetch()} />}</Page>;
  if (frames.isPending || connections.isPending) return <Page>{null}</Page>;
  if (connection === null) {
    return (
      <Page>
        <div className={classes.empty}>
          <p>
            The overview is counted from imported data frames: charges, balance history, refunds, disputes,
            customers and payouts. None is imported yet.
          </p>
          <Button onClick={() => openDialog({ kind: "import" })}>Import data</Button>
        </div>
      </Page>
    );
  }
  const label = (id: string) => connections.data?.find((one) => one.id === id || one.name === id)?.name ?? id;
  const all = named.includes(connection) ? named : [connection, ...named];
  return (
    <OverviewOf connection={connection} connections={all.map((value) => ({ value, label: label(value) }))} />
  );
}

function Page({ children, sandbox }: { children: React.ReactNode; sandbox?: boolean }) {
  const badge = sandbox && <Tag tone="warn">Sandbox data</Tag>;
  return (
    <div className={page.page}>
      <PageHead title="Payments overview" actions={badge} />
      {children}
    </div>
  );
}

interface OverviewOfProps {
  connection: string;
  connections: { value: string; label: string }[];
}

function OverviewOf({ connection, connections }: OverviewOfProps) {
  const zone = useTimeZone();
  const [currency] = useSearchEntry("currency");
  const [interval] = useSearchEntry("interval");
  const [from] = useSearchEntry("from");
  const [to] = useSearchEntry("to");
  const overview = useOverview({ connection, currency, interval, from, to, time_zone: zone });
  const change = (chosen: Chosen) => {
    const entries = new URLSearchParams(window.location.search);
    // Another connection has other currencies.
    if (chosen.connection) entries.delete("currency");
    entries.set("connection", chosen.connection ?? connection);
    for (const [name, value] of Object.entries(chosen)) entries.set(name, value);
    navigate(`/overview?${entries}`, { replace: true });
  };
  return (
    <Page sandbox={overview.data?.sandbox}>
      <OverviewControls
        overview={overview.data ?? null}
        connections={connections}
        connection={connection}
        today={today(zone)}
        onChange={change}
      />
      {overview.isError && <ProblemNote error={overview.error} onRetry={() => overview.refetch()} />}
      {overview.isPending && <Skeleton height={620} />}
      {overview.data && !overview.isError && (
        <div aria-busy={overview.isPlaceholderData} className={classes.numbers}>
          <Numbers overview={overview.data} />
        </div>
      )}
    </Page>
  );
}

function Numbers({ overview }: { overview: Overview }) {
  const [asked, setAsked] = useSearchEntry("tile");
  const [queried, setQueried] = useState<Tile | null>(null);
  const connections = useConnections().data ?? [];
  // Frames know their connection by its name.
  const id = connections.find((one) => one.name === overview.connection)?.id ?? overview.connection;
  const tiles: Tile[] = overview.tiles;
  const present = tiles.filter((tile) => tile.why_missing === null);
  const selected = present.find((tile) => tile.key === asked) ?? present[0];
  const lackingOf = (tile: Tile) =>
    overview.frames.find((frame) => frame.frame === null && needed[tile.key]?.includes(frame.data_type)) ??
    null;
  return (
    <>
      <ul className={classes.tiles} aria-label="Numbers">
        {tiles.map((tile) => (
          <OverviewTile
            key={tile.key}
            tile={tile}
            selected={tile.key === selected?.key}
            lacking={lackingOf(tile)}
            onSelect={() => setAsked(tile.key)}
            onSql={() => setQueried(tile)}
            onImport={() =>
              openDialog({ kind: "import", connection: id, dataType: lackingOf(tile)?.data_type })
            }
          />
        ))}
      </ul>
      {selected && <TileChart tile={selected} interval={overview.interval} />}
      {queried && <SqlDialog tile={queried} onClose={() => setQueried(null)} />}
    </>
  );
}
