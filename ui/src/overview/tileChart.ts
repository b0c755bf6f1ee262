/** The chart of one tile over the period: bars for amounts and counts, a line for rates. Pure. Read next: TileChart.tsx. */
import type { EChartsCoreOption } from "echarts/core";
import type { Bucket } from "../api/types";
import { bucketLabel } from "../chart/buckets";
import { colorAt, type Look } from "../chart/palette";
import { tooltipElement } from "../chart/tooltip";
import type { Decimals } from "../format/money";
import type { Tile } from "./overviewQueries";
import { exactValue, shortValue } from "./tileText";

export function tileOption(tile: Tile, interval: Bucket, look: Look, decimals: Decimals): EChartsCoreOption {
  const starts = tile.series.map(([day]) => Date.parse(`${day.slice(0, 10)}T00:00:00Z`));
  const color = colorAt(look, 0);
  const label = { color: look.quiet, fontSize: 11 };
  const line = { lineStyle: { color: look.line } };
  const rate = tile.unit === "share";
  const text = (index: number) => {
    const value = tile.series[index]?.[1] ?? null;
    return value === null ? "no data" : exactValue(tile, value, decimals);
  };
  return {
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif", color: look.text },
    grid: { left: 76, right: 16, top: 16, bottom: 32, outerBoundsMode: "none" },
    xAxis: {
      type: "category",
      data: starts.map((start) => bucketLabel(start, interval, true)),
      boundaryGap: !rate,
      axisLabel: { ...label, hideOverlap: true },
      axisLine: line,
      axisTick: line,
    },
    yAxis: {
      type: "value",
      min: rate ? 0 : undefined,
      axisLabel: { ...label, formatter: (value: number) => shortValue(tile, value, decimals) },
      splitLine: line,
    },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: rate ? "line" : "shadow" },
      confine: true,
      backgroundColor: look.page,
      borderColor: look.line,
      textStyle: { color: look.text, fontSize: 12 },
      transitionDuration: 0,
      formatter: (params: { dataIndex: number }[]) => {
        const index = params[0]?.dataIndex ?? 0;
        const title = bucketLabel(starts[index] ?? 0, interval);
        return tooltipElement(title, [{ color, label: tile.label, value: text(index) }]);
      },
    },
    series: [
      {
        type: rate ? "line" : "bar",
        name: tile.label,
        data: tile.series.map(([, value]) => value),
        itemStyle: { color },
        lineStyle: { color, width: 2 },
        symbolSize: 5,
        showSymbol: tile.series.length <= 40,
        barMaxWidth: 56,
        barCategoryGap: "25%",
      },
    ],
  };
}
