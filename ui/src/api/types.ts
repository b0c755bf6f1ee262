/** The one place the page takes the server's types from. */
export type {
  Bin,
  Bucket,
  ChangedColumn,
  ChartResult,
  ChartSeries,
  ChartSettings,
  ColumnSummary,
  Filter,
  MoneyStats,
  Overview,
  OverviewTile,
  RowsRequest,
  RowsResult,
  Sort,
  SqlResult,
  Summary,
  ValueCount,
  VersionChanges,
  VersionInfo,
} from "./contract";
export type * from "./schema";
