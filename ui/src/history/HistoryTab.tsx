/** The tab HistoryTab of a frame's page. */
import type { Frame } from "../api/types";

export default function HistoryTab({ frame }: { frame: Frame }) {
  return <p>{frame.name}</p>;
}
