/** The parts of ECharts that the charts use, in a chunk of their own that is loaded when the first chart is shown. */
import { BarChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent, TooltipComponent } from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

use([
  BarChart,
  LineChart,
  PieChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
  CanvasRenderer,
  SVGRenderer,
]);

interface Size {
  width: number;
  height: number;
}

export function mount(element: HTMLElement, size: Size): ECharts {
  return init(element, null, { renderer: "canvas", ...size });
}

/** Twice the size in pixels, for screens and slides that show them. */
export function renderPng(option: EChartsCoreOption, size: Size, page: string): Promise<Blob> {
  const chart = init(document.createElement("div"), null, { renderer: "canvas", ...size });
  chart.setOption(option);
  const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: page });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      chart.dispose();
      if (blob) resolve(blob);
      else reject(new Error("the browser made no picture of the chart"));
    }, "image/png");
  });
}

export function renderSvg(option: EChartsCoreOption, size: Size): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
