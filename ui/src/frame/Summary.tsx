/** The tab Summary of a frame's page. */
import type { Frame } from "../api/types";

export default function Summary({ frame }: { frame: Frame }) {
  return <p>{frame.name}</p>;
}
