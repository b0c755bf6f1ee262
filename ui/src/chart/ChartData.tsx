/** The data of a chart as a table: what the picture shows, for those who do not see it or want the exact values. */

import { useCurrencies } from "../api/queries";
import type { ChartResult, Column } from "../api/types";
import { countText } from "../format/numbers";
import { chartSentence } from "./ChartView";
import classes from "./chart.module.css";
import { dataTable } from "./data";
import { ScrollRegion } from "./ScrollRegion";
import { clipped } from "./tooltip";

/** More rows than this are for the CSV. */
const ROWS_MAX = 500;

export function ChartData({ result, columns }: { result: ChartResult; columns: Column[] }) {
  const table = dataTable(result, columns, useCurrencies().data ?? {});
  const left = table.rows.length - ROWS_MAX;
  return (
    <ScrollRegion label="Data of the chart">
      <table className={classes.table}>
        <caption>
          {chartSentence(result)}
          {left > 0 && `. The first ${countText(ROWS_MAX)} rows; the CSV has ${countText(left)} more`}
        </caption>
        <thead>
          <tr>
            <th scope="col" className={classes.first}>
              {table.corner}
            </th>
            {table.head.map((name, index) => (
              <th key={index} scope="col">
                {clipped(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, ROWS_MAX).map((row, index) => (
            <tr key={index}>
              <th scope="row">{clipped(row.name)}</th>
              {row.cells.map((cell, at) => (
                <td key={at}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
