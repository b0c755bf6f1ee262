/**
 * The element that ECharts draws in. Knows nothing of data frames; what is drawn is an option made by option.ts.
 * To assistive technology it is a picture with a name: the same data as a table is beside it.
 */
import type { ECharts, EChartsCoreOption } from "echarts/core";
import { useEffect, useRef, useState } from "react";

// Asked for with the first thing that may draw, not when there is something to draw.
const library = import("./echarts");
library.catch(() => {});

interface EChartProps {
  option: EChartsCoreOption;
  width: number;
  height: number;
  label: string;
}

export function EChart({ option, width, height, label }: EChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<ECharts | null>(null);

  useEffect(() => {
    let made: ECharts | null = null;
    let gone = false;
    library.then(({ mount }) => {
      const at = element.current;
      if (gone || !at) return;
      made = mount(at, { width: at.clientWidth, height: at.clientHeight });
      setChart(made);
    });
    return () => {
      gone = true;
      made?.dispose();
      setChart(null);
    };
  }, []);

  useEffect(() => {
    if (!chart || chart.isDisposed() || width === 0) return;
    chart.resize({ width, height });
    chart.setOption(option, { notMerge: true });
  }, [chart, option, width, height]);

  // The size is given at once, before ECharts has come, so that nothing below moves.
  return <div ref={element} role="img" aria-label={label} style={{ width: "100%", height }} />;
}
