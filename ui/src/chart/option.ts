/**
 * A chart's answer as what ECharts draws: a grid for each panel, axes in major units with the currency, tooltips with exact
 * values. Pure: same answer, same picture. Never fetches or adds up. Read next: panels.ts (layout), EChart.tsx (the element).
 */
import type { EChartsCoreOption } from "echarts/core";
import type { ChartResult, Column } from "../api/types";
import type { Decimals } from "../format/money";
import { bucketLabel, wallClock } from "./buckets";
import {
  measureName,
  type NumberText,
  numberText,
  plainNumbers,
  xIsMoney,
  xLabel,
  yIsMoney,
} from "./measure";
import { colorAt, type Look } from "./palette";
import { type Layout, type Panel, type PanelSeries, panelsOf, toNumber } from "./panels";
import { grouped } from "./slices";
import { clipped, tooltipElement } from "./tooltip";

export interface Drawing {
  result: ChartResult;
  columns: Column[];
  decimals: Decimals;
  look: Look;
  width: number;
  /** Legend entries that are switched off. */
  hidden: ReadonlySet<string>;
  /** A picture in a file carries its legend and has no tooltip. */
  picture: boolean;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

type Option = Record<string, unknown>;

const ONE_PANEL_HEIGHT = 420;
const PANEL_HEIGHT = 270;
const MARGIN = { left: 76, right: 20, top: 34, bottom: 56 };

function boxes(count: number, width: number): Box[] {
  const across = count === 1 ? 1 : Math.max(1, Math.min(count, 3, Math.floor(width / 420)));
  const each = Math.floor(width / across);
  const height = count === 1 ? ONE_PANEL_HEIGHT : PANEL_HEIGHT;
  return Array.from({ length: count }, (_, index) => ({
    left: (index % across) * each,
    top: Math.floor(index / across) * height,
    width: each,
    height,
  }));
}

export interface Picture {
  option: EChartsCoreOption;
  height: number;
  layout: Layout;
}

export function draw(drawing: Drawing): Picture {
  const layout = panelsOf(drawing.result, measureName(drawing.result.settings), drawing.hidden);
  const places = boxes(Math.max(1, layout.panels.length), drawing.width);
  const last = places.at(-1);
  const parts = layout.panels.map((panel, index) =>
    drawing.result.settings.kind === "pie"
      ? piePart(drawing, panel, places[index] as Box)
      : gridPart(drawing, panel, places[index] as Box, index),
  );
  const legend = drawing.picture && layout.labels.length > 1 && drawing.result.settings.kind !== "pie";
  const option: Option = {
    animation: false,
    color: drawing.look.colors,
    backgroundColor: drawing.picture ? drawing.look.page : "transparent",
    textStyle: { fontFamily: "system-ui, sans-serif", color: drawing.look.text },
    title: parts.flatMap((part) => part.title ?? []),
    grid: parts.flatMap((part) => part.grid ?? []),
    xAxis: parts.flatMap((part) => part.xAxis ?? []),
    yAxis: parts.flatMap((part) => part.yAxis ?? []),
    series: parts.flatMap((part) => part.series ?? []),
    tooltip: tooltip(drawing, layout),
  };
  let height = last ? last.top + last.height : ONE_PANEL_HEIGHT;
  if (legend) {
    option.legend = {
      top: height,
      data: layout.labels,
      textStyle: { color: drawing.look.text },
      width: drawing.width - 40,
    };
    height += 20 + 24 * Math.ceil(layout.labels.length / 6);
  }
  return { option: option as EChartsCoreOption, height, layout };
}

interface Part {
  title?: Option[];
  grid?: Option[];
  xAxis?: Option[];
  yAxis?: Option[];
  series?: Option[];
}

function panelTitle(drawing: Drawing, panel: Panel, box: Box): Option[] {
  if (panel.title === "") return [];
  const textStyle = {
    color: drawing.look.text,
    fontSize: 13,
    fontWeight: 600,
    width: box.width - 40,
    overflow: "truncate",
  };
  return [{ text: clipped(panel.title), left: box.left + 12, top: box.top + 2, textStyle }];
}

function gridPart(drawing: Drawing, panel: Panel, box: Box, index: number): Part {
  const { result, columns, decimals, look } = drawing;
  const { settings } = result;
  const yNumbers = numberText(panel.currency, yIsMoney(settings, columns), decimals);
  const xNumbers = numberText(panel.currency, xIsMoney(settings, columns), decimals);
  const grid = {
    left: box.left + MARGIN.left,
    top: box.top + MARGIN.top,
    width: Math.max(60, box.width - MARGIN.left - MARGIN.right),
    height: box.height - MARGIN.top - MARGIN.bottom,
    outerBoundsMode: "none",
  };
  const line = { lineStyle: { color: look.line } };
  const label = { color: look.quiet, fontSize: 11 };
  const yName =
    measureName(settings) +
    (yIsMoney(settings, columns) && panel.currency ? ` (${panel.currency.toUpperCase()})` : "");
  const yAxis = {
    type: "value",
    gridIndex: index,
    name: clipped(yName, 46),
    nameLocation: "middle",
    nameGap: 60,
    nameTextStyle: { color: look.quiet, fontSize: 11 },
    axisLabel: { ...label, formatter: (value: number) => yNumbers.short(value) },
    splitLine: line,
    axisLine: { show: false },
    scale: settings.kind === "scatter",
  };
  const series = panel.series.map((one) => seriesOption(drawing, one, index));
  return {
    title: panelTitle(drawing, panel, box),
    grid: [grid],
    xAxis: [xAxis(drawing, panel, xNumbers, index)],
    yAxis: [yAxis],
    series,
  };
}

function xName(drawing: Drawing, panel: Panel): string {
  const { settings } = drawing.result;
  const currency =
    xIsMoney(settings, drawing.columns) && panel.currency ? ` (${panel.currency.toUpperCase()})` : "";
  const bucket =
    drawing.result.x_type === "time" && settings.x?.bucket
      ? ` by ${settings.x.bucket}, ${settings.time_zone}`
      : "";
  return `${settings.x?.column ?? ""}${currency}${bucket}`;
}

function xAxis(drawing: Drawing, panel: Panel, numbers: NumberText, index: number): Option {
  const { result, look } = drawing;
  const { settings } = result;
  const shared = {
    gridIndex: index,
    name: clipped(xName(drawing, panel), 70),
    nameLocation: "middle",
    nameGap: 32,
    nameTextStyle: { color: look.quiet, fontSize: 11 },
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { lineStyle: { color: look.line } },
    splitLine: { show: false },
  };
  const axisLabel = { color: look.quiet, fontSize: 11, hideOverlap: true };
  if (settings.kind === "scatter") {
    if (result.x_type === "category") return { ...shared, type: "category", axisLabel };
    if (result.x_type === "time") {
      const formatter = (value: number) => bucketLabel(value, "day", true);
      return { ...shared, type: "value", scale: true, axisLabel: { ...axisLabel, formatter } };
    }
    const formatter = (value: number) => numbers.short(value);
    return { ...shared, type: "value", scale: true, axisLabel: { ...axisLabel, formatter } };
  }
  return {
    ...shared,
    type: "category",
    data: panel.xs.map((x) => clipped(xLabel(x, result, numbers, true), 40)),
    boundaryGap: settings.kind !== "line" && settings.kind !== "area",
    axisLabel: { ...axisLabel, width: 120, overflow: "truncate" },
  };
}

function seriesOption(drawing: Drawing, one: PanelSeries, index: number): Option {
  const { result, look } = drawing;
  const { settings } = result;
  const color = colorAt(look, one.colorIndex);
  const shared = {
    name: one.label,
    xAxisIndex: index,
    yAxisIndex: index,
    itemStyle: { color },
    emphasis: { focus: "none" },
  };
  const stack = settings.stacked && settings.color ? `panel ${index}` : undefined;
  switch (settings.kind) {
    case "line":
    case "area":
      return {
        ...shared,
        type: "line",
        data: one.values,
        stack: settings.kind === "area" ? stack : undefined,
        lineStyle: { color, width: 2 },
        areaStyle: settings.kind === "area" ? { color, opacity: stack ? 0.55 : 0.2 } : undefined,
        showSymbol: one.values.length <= 40,
        symbolSize: 5,
        // In a bucket without a value there is none; between instants there is nothing to miss.
        connectNulls: result.x_type !== "category" && !settings.x?.bucket,
      };
    case "scatter":
      return {
        ...shared,
        type: "scatter",
        data: one.points.map(([x, y]) => [scatterX(result, x), toNumber(y)]),
        symbolSize: one.points.length > 2_000 ? 3 : 6,
        itemStyle: { color, opacity: 0.6 },
      };
    default:
      return {
        ...shared,
        type: "bar",
        data: one.values,
        stack,
        barCategoryGap: settings.kind === "histogram" ? "2%" : "20%",
        barMaxWidth: settings.kind === "histogram" ? undefined : 72,
      };
  }
}

function scatterX(result: ChartResult, cell: unknown): number | string | null {
  if (result.x_type === "time") return wallClock(String(cell), result.settings.time_zone || "UTC");
  if (result.x_type === "number") return toNumber(cell as number | string | null);
  return cell === null ? "(empty)" : clipped(String(cell));
}

function piePart(drawing: Drawing, panel: Panel, box: Box): Part {
  const { result, look } = drawing;
  const first = panel.series[0];
  const values = first ? panel.xs.map((x, at) => ({ x, at, value: first.values[at] ?? null })) : [];
  const slices = values.flatMap(({ x, at, value }) =>
    // A slice cannot be less than nothing; the table of the data has it.
    value === null || value <= 0 ? [] : [{ name: xLabel(x, result, plainNumbers), value, at }],
  );
  const data = grouped(slices, result.settings).map(({ name, value, at }) => ({
    name,
    value,
    itemStyle: { color: colorAt(look, at) },
  }));
  const radius = Math.min(box.width * 0.3, (box.height - 70) / 2);
  const series = {
    type: "pie",
    name: panel.title || measureName(result.settings),
    center: [box.left + box.width / 2, box.top + box.height / 2 + 8],
    radius: [radius * 0.5, radius],
    data,
    // Means and the like are never one slice together: their labels make room for each other.
    minShowLabelAngle: data.length > 12 ? 12 : 4,
    itemStyle: { borderColor: look.page, borderWidth: 2 },
    label: {
      color: look.text,
      lineHeight: 15,
      formatter: (at: { name: string; percent?: number }) => `${clipped(at.name, 28)}\n${at.percent ?? 0}%`,
    },
    labelLine: { lineStyle: { color: look.quiet } },
    emphasis: { scale: false },
  };
  return { title: panelTitle(drawing, panel, box), series: [series] };
}

interface Hovered {
  seriesIndex: number;
  seriesName: string;
  dataIndex: number;
  name: string;
  value: unknown;
  percent?: number;
  color: string;
  axisIndex?: number;
}

function tooltip(drawing: Drawing, layout: Layout): Option {
  const { result, columns, decimals, look } = drawing;
  const { settings } = result;
  if (drawing.picture) return { show: false };
  // Which panel a series belongs to, by the order they were made in.
  const panelOf =
    settings.kind === "pie" ? layout.panels : layout.panels.flatMap((panel) => panel.series.map(() => panel));
  const formatter = (params: Hovered | Hovered[]) => {
    const all = Array.isArray(params) ? params : [params];
    const [first] = all;
    const panel = first && panelOf[first.seriesIndex];
    if (!first || !panel) return "";
    const yNumbers = numberText(panel.currency, yIsMoney(settings, columns), decimals);
    const xNumbers = numberText(panel.currency, xIsMoney(settings, columns), decimals);
    const suffix = panel.title === "" ? "" : ` · ${panel.title}`;
    if (settings.kind === "pie") {
      const value = `${yNumbers.exact(Number(first.value))} (${first.percent ?? 0}%)`;
      return tooltipElement(first.name + suffix, [
        { color: first.color, label: measureName(settings), value },
      ]);
    }
    if (settings.kind === "scatter") {
      const [x, y] = first.value as [number | string, number];
      const time = result.x_type === "time" && typeof x === "number";
      const xText = time ? bucketLabel(x, "hour") : typeof x === "number" ? xNumbers.exact(x) : x;
      const lines = [
        { color: first.color, label: settings.x?.column ?? "x", value: xText },
        { color: first.color, label: settings.y.column ?? "y", value: yNumbers.exact(y) },
      ];
      return tooltipElement(first.seriesName + suffix, lines);
    }
    const x = panel.xs[first.dataIndex];
    const lines = all.flatMap((one) =>
      typeof one.value === "number"
        ? [{ color: one.color, label: one.seriesName, value: yNumbers.exact(one.value) }]
        : [],
    );
    return tooltipElement((x ? xLabel(x, result, xNumbers) : first.name) + suffix, lines);
  };
  return {
    trigger: settings.kind === "pie" || settings.kind === "scatter" ? "item" : "axis",
    axisPointer: { type: settings.kind === "line" || settings.kind === "area" ? "line" : "shadow" },
    confine: true,
    backgroundColor: look.page,
    borderColor: look.line,
    textStyle: { color: look.text, fontSize: 12 },
    transitionDuration: 0,
    formatter,
  };
}
