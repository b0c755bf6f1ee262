/** The tab Table of a frame's page. */
import type { Frame } from "../api/types";

export default function Table({ frame }: { frame: Frame }) {
  return <p>{frame.name}</p>;
}
