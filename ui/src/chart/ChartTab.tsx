/** The tab ChartTab of a frame's page. */
import type { Frame } from "../api/types";

export default function ChartTab({ frame }: { frame: Frame }) {
  return <p>{frame.name}</p>;
}
