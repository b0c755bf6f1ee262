/** The tab SQL of a frame's page, and the page SQL, which has no frame. */
import type { Frame } from "../api/types";

export default function SqlTab({ frame }: { frame: Frame | null }) {
  return <p>{frame?.name}</p>;
}
