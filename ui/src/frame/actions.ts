/** What can be done with a whole data frame. Failures are shown in the page's corner. */
import { del, patch, post, segment } from "../api/client";
import { keys, queryClient } from "../api/queries";
import type { Frame } from "../api/types";
import { noteProblem, noteUndoable } from "../app/notices";
import { framePath, navigate, segments } from "../app/router";

const framesChanged = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.frames }),
    queryClient.invalidateQueries({ queryKey: ["runs"] }),
  ]);

/** Whether this frame's page is open, and at which tab. */
function openTab(name: string): string | null {
  const [noun, shown, tab] = segments(window.location.pathname);
  return noun === "frames" && shown === name ? (tab ?? "summary") : null;
}

export async function reimport(frame: Frame) {
  try {
    await post(`/frames/${segment(frame.name)}/refresh`);
    await framesChanged();
  } catch (error) {
    noteProblem(error);
  }
}

export async function remove(frame: Frame) {
  try {
    const { undo } = await del<{ undo: string }>(`/frames/${segment(frame.name)}`);
    const tab = openTab(frame.name);
    if (tab !== null) navigate("/");
    queryClient.removeQueries({ queryKey: keys.frame(frame.name) });
    await framesChanged();
    noteUndoable(`Removed ${frame.name}`, async () => {
      const restored = await post<Frame>(`/trash/${segment(undo)}/restore`);
      await framesChanged();
      if (tab !== null) navigate(framePath(restored.name, tab));
    });
  } catch (error) {
    noteProblem(error);
  }
}

/** Refusals are the caller's to show, at the field. */
export async function rename(frame: Frame, name: string) {
  const renamed = await patch<Frame>(`/frames/${segment(frame.name)}`, { name });
  const tab = openTab(frame.name);
  queryClient.removeQueries({ queryKey: keys.frame(frame.name) });
  await framesChanged();
  if (tab !== null) navigate(framePath(renamed.name, tab), { replace: true });
}

export const exportFormats = [
  { format: "csv", label: "CSV" },
  { format: "xlsx", label: "Excel" },
  { format: "parquet", label: "Parquet" },
  { format: "json", label: "JSON" },
] as const;

/** All rows and columns; the Table tab exports what it shows. */
export const exportAddress = (name: string, format: string) =>
  `/api/frames/${segment(name)}/export?format=${format}`;
