/** Stopping a run, and going on with one that ended early. */
import { post, segment } from "../api/client";
import { keys, queryClient } from "../api/queries";
import type { Run } from "../api/types";
import { noteProblem } from "../app/notices";

async function tell(run: Run, verb: "cancel" | "continue") {
  try {
    await post(`/runs/${segment(run.id)}/${verb}`);
    queryClient.invalidateQueries({ queryKey: keys.frames });
    queryClient.invalidateQueries({ queryKey: keys.frame(run.frame) });
    queryClient.invalidateQueries({ queryKey: ["runs"] });
  } catch (error) {
    noteProblem(error);
  }
}

export const cancelRun = (run: Run) => tell(run, "cancel");
export const continueRun = (run: Run) => tell(run, "continue");
