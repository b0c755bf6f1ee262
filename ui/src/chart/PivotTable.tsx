/** A pivot as a table. Totals are shown for counts and sums only, and only of rows in the same currency. */
import { useCurrencies } from "../api/queries";
import type { Cell, ChartResult, Column } from "../api/types";
import { chartSentence } from "./ChartView";
import classes from "./chart.module.css";
import { numberText, yIsMoney } from "./measure";
import { toNumber } from "./panels";
import { ScrollRegion } from "./ScrollRegion";
import { clipped } from "./tooltip";

const total = (cells: Cell[]) => cells.reduce<number>((sum, cell) => sum + (toNumber(cell) ?? 0), 0);

export function PivotTable({ result, columns }: { result: ChartResult; columns: Column[] }) {
  const decimals = useCurrencies().data ?? {};
  const pivot = result.pivot;
  if (!pivot) return null;
  const { settings } = result;
  const money = yIsMoney(settings, columns);
  const withCurrency = pivot.rows.some((row) => row.currency !== null);
  // A mean of means or a count of distinct values that occur twice would be wrong.
  const totals = settings.y.aggregate === "count" || settings.y.aggregate === "sum";
  const currencies = [...new Set(pivot.rows.map((row) => row.currency))];
  const text = (cell: Cell, currency: string | null) => {
    const number = toNumber(cell);
    return number === null ? "" : numberText(currency, money, decimals).exact(number);
  };
  return (
    <ScrollRegion label="Pivot table">
      <table className={classes.table}>
        <caption>{chartSentence(result)}</caption>
        <thead>
          <tr>
            <th scope="col" className={classes.first}>
              {settings.x?.column}
            </th>
            {withCurrency && <th scope="col">Currency</th>}
            {pivot.columns.map((name, index) => (
              <th key={index} scope="col" title={clipped(name, 300)}>
                {clipped(name, 30)}
              </th>
            ))}
            {totals && <th scope="col">Total</th>}
          </tr>
        </thead>
        <tbody>
          {pivot.rows.map((row, index) => (
            <tr key={index}>
              <th scope="row" title={clipped(row.name, 300)}>
                {clipped(row.name)}
              </th>
              {withCurrency && <td>{row.currency?.toUpperCase()}</td>}
              {row.cells.map((cell, at) => (
                <td key={at}>{text(cell, row.currency)}</td>
              ))}
              {totals && <td className={classes.total}>{text(total(row.cells), row.currency)}</td>}
            </tr>
          ))}
        </tbody>
        {totals && (
          <tfoot>
            {currencies.map((currency) => {
              const rows = pivot.rows.filter((row) => row.currency === currency);
              const cells = pivot.columns.map((_, at) => total(rows.map((row) => row.cells[at] ?? null)));
              return (
                <tr key={currency ?? ""} className={classes.total}>
                  <th scope="row" className={classes.total}>
                    Total
                  </th>
                  {withCurrency && <td>{currency?.toUpperCase()}</td>}
                  {cells.map((cell, at) => (
                    <td key={at}>{text(cell, currency)}</td>
                  ))}
                  <td>{text(total(cells), currency)}</td>
                </tr>
              );
            })}
          </tfoot>
        )}
      </table>
    </ScrollRegion>
  );
}
