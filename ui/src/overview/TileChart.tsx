/** The chosen tile, large, with its numbers as a table for those who do not see the picture. */
import { Button, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Table2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useCurrencies } from "../api/queries";
import type { Bucket } from "../api/types";
import { bucketLabel } from "../chart/buckets";
import chart from "../chart/chart.module.css";
import { EChart } from "../chart/EChart";
import { lookOf } from "../chart/palette";
import { ScrollRegion } from "../chart/ScrollRegion";
import classes from "./overview.module.css";
import type { Tile } from "./overviewQueries";
import { tileOption } from "./tileChart";
import { exactValue } from "./tileText";

const HEIGHT = 300;

export function TileChart({ tile, interval }: { tile: Tile; interval: Bucket }) {
  const { ref, width } = useElementSize();
  const look = lookOf(useComputedColorScheme("light") === "dark");
  const decimals = useCurrencies().data ?? {};
  const [dataShown, setDataShown] = useState(false);
  const option = useMemo(() => tileOption(tile, interval, look, decimals), [tile, interval, look, decimals]);
  const title = `${tile.label} by ${interval}${tile.currency ? `, ${tile.currency.toUpperCase()}` : ""}`;
  return (
    <section className={classes.chart} aria-labelledby="tile-chart">
      <header className={classes.chartHead}>
        <h2 id="tile-chart" className={classes.chartTitle}>
          {title}
        </h2>
        <Button
          variant="default"
          size="xs"
          leftSection={<Table2 size={14} />}
          aria-pressed={dataShown}
          onClick={() => setDataShown(!dataShown)}
        >
          {dataShown ? "Hide data" : "Show data"}
        </Button>
      </header>
      <div ref={ref}>
        {tile.series.length === 0 ? (
          <p className={classes.nothing} style={{ height: HEIGHT }}>
            Nothing to draw: {tile.why_missing ?? "no rows in this period"}.
          </p>
        ) : (
          <EChart option={option} width={width} height={HEIGHT} label={`Chart: ${title}`} />
        )}
      </div>
      {dataShown && (
        <ScrollRegion label="Data of the chart">
          <table className={chart.table}>
            <caption>{title}</caption>
            <thead>
              <tr>
                <th scope="col" className={chart.first}>
                  {interval}
                </th>
                <th scope="col">{tile.label}</th>
              </tr>
            </thead>
            <tbody>
              {tile.series.map(([day, value]) => (
                <tr key={day}>
                  <th scope="row">
                    {bucketLabel(Date.parse(`${day.slice(0, 10)}T00:00:00Z`), interval, true)}
                  </th>
                  <td>{value === null ? "" : exactValue(tile, value, decimals)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}
