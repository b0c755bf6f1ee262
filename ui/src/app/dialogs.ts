/** Which dialog is open. There is one at most; what it is about comes with it. Drawn by Dialogs.tsx. */
import { useSyncExternalStore } from "react";
import type { ConnectionInfo, Frame } from "../api/types";
import type { Filled } from "../import/askedRequests";

export type Dialog =
  | { kind: "apps" }
  | { kind: "import"; frame?: Frame; connection?: string; dataType?: string; filled?: Filled }
  | { kind: "rename"; frame: Frame }
  | { kind: "connect"; way?: "key" | "oauth"; replaces?: ConnectionInfo }
  | { kind: "rename-connection"; connection: ConnectionInfo }
  | { kind: "remove-connection"; connection: ConnectionInfo };

let open: Dialog | null = null;
const listeners = new Set<() => void>();

export function openDialog(dialog: Dialog) {
  open = dialog;
  for (const listener of listeners) listener();
}

export function closeDialog() {
  open = null;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export const useDialog = () => useSyncExternalStore(subscribe, () => open);
