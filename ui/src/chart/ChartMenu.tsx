/** What can be taken away from a chart: a picture as PNG or SVG, its data as CSV, its question as SQL. */
import { Button, Menu, useComputedColorScheme } from "@mantine/core";
import { ChevronDown, Download } from "lucide-react";
import { useCurrencies } from "../api/queries";
import type { ChartResult, Column } from "../api/types";
import { noteProblem } from "../app/notices";
import { navigate } from "../app/router";
import { chartCsv } from "./data";
import { saveBlob, saveText } from "./downloads";
import { draw } from "./option";
import { lookOf } from "./palette";

interface ChartMenuProps {
  /** What the file is called, without its ending. */
  name: string;
  result: ChartResult;
  columns: Column[];
}

const PICTURE_WIDTH = 1200;

export function ChartMenu({ name, result, columns }: ChartMenuProps) {
  const look = lookOf(useComputedColorScheme("light") === "dark");
  const decimals = useCurrencies().data ?? {};
  const picture = async (format: "png" | "svg") => {
    try {
      const { renderPng, renderSvg } = await import("./echarts");
      const hidden: ReadonlySet<string> = new Set();
      const { option, height } = draw({
        result,
        columns,
        decimals,
        look,
        width: PICTURE_WIDTH,
        hidden,
        picture: true,
      });
      const size = { width: PICTURE_WIDTH, height };
      if (format === "png") saveBlob(await renderPng(option, size, look.page), `${name}.png`);
      else saveText(renderSvg(option, size), `${name}.svg`, "image/svg+xml");
    } catch (error) {
      noteProblem(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<Download size={14} />}
          rightSection={<ChevronDown size={14} />}
        >
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={result.pivot !== null} onClick={() => picture("png")}>
          Picture (PNG)
        </Menu.Item>
        <Menu.Item disabled={result.pivot !== null} onClick={() => picture("svg")}>
          Picture (SVG)
        </Menu.Item>
        <Menu.Item onClick={() => saveText(chartCsv(result, columns, decimals), `${name}.csv`, "text/csv")}>
          Data (CSV)
        </Menu.Item>
        {result.sql !== "" && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => navigate(`/sql?sql=${encodeURIComponent(result.sql)}`)}>
              Open as SQL
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
