/** A number of the overview: its value, how it changed, how it went; its query; or which data it lacks. */
import { Button, UnstyledButton } from "@mantine/core";
import { ArrowDown, ArrowUp, Code2, TriangleAlert } from "lucide-react";
import { useCurrencies } from "../api/queries";
import { Marked } from "../app/Marked";
import { sentence } from "../app/ProblemNote";
import classes from "./overview.module.css";
import type { Tile } from "./overviewQueries";
import { Sparkline } from "./Sparkline";
import { changeOf, exactValue } from "./tileText";

interface OverviewTileProps {
  tile: Tile;
  selected: boolean;
  /** The data type whose import would fill it. */
  lacking: { data_type: string; label: string } | null;
  onSelect: () => void;
  onSql: () => void;
  onImport: () => void;
}

export function OverviewTile({ tile, selected, lacking, onSelect, onSql, onImport }: OverviewTileProps) {
  const decimals = useCurrencies().data ?? {};
  const missing = tile.why_missing !== null;
  return (
    <li className={classes.tile} data-selected={selected}>
      <UnstyledButton
        className={classes.tileBody}
        aria-pressed={selected}
        onClick={onSelect}
        disabled={missing}
      >
        <span className={classes.tileLabel}>{tile.label}</span>
        <span className={classes.value}>
          {tile.value === null ? (
            <span className={classes.none}>–</span>
          ) : (
            exactValue(tile, tile.value, decimals)
          )}
        </span>
        {!missing && <ChangeNote tile={tile} />}
        {!missing && <Sparkline values={tile.series.map(([, value]) => value)} />}
      </UnstyledButton>
      {missing && (
        <div className={classes.missing}>
          <p>
            <Marked text={sentence(tile.why_missing ?? "")} />
          </p>
          <Button size="compact-sm" variant="light" onClick={onImport}>
            Import {lacking?.label ?? "data"}
          </Button>
        </div>
      )}
      {tile.warning && (
        <p className={classes.warning}>
          <TriangleAlert size={14} aria-label="Warning" />
          <span>
            <Marked text={sentence(tile.warning)} />
          </span>
        </p>
      )}
      {tile.sql !== "" && (
        <Button
          className={classes.sqlButton}
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<Code2 size={13} />}
          aria-label={`SQL of ${tile.label}`}
          onClick={onSql}
        >
          SQL
        </Button>
      )}
    </li>
  );
}

function ChangeNote({ tile }: { tile: Tile }) {
  const decimals = useCurrencies().data ?? {};
  const change = changeOf(tile);
  if (!change) return <span className={classes.change}>no period before to compare</span>;
  const Arrow = change.direction === "up" ? ArrowUp : ArrowDown;
  const before = tile.previous === null ? "" : exactValue(tile, tile.previous, decimals);
  return (
    <span className={classes.change} data-good={change.good} title={`The period before: ${before}`}>
      {change.direction !== "same" && <Arrow size={13} aria-hidden />}
      {change.direction === "same" ? "unchanged" : change.text}
      <span className={classes.before}>from {before}</span>
    </span>
  );
}
