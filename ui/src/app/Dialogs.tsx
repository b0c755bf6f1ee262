/** Draws the dialog that is open. Each is loaded when it is first wanted. */
import { lazy, Suspense } from "react";
import { closeDialog, useDialog } from "./dialogs";

const AppsDialog = lazy(() => import("../import/AppsDialog"));
const ImportDialog = lazy(() => import("../import/ImportDialog"));
const ConnectDialog = lazy(() => import("../connections/ConnectDialog"));
const RenameConnection = lazy(() => import("../connections/RenameConnection"));
const RemoveConnection = lazy(() => import("../connections/RemoveConnection"));
const RenameDialog = lazy(() => import("../frame/RenameDialog"));

export function Dialogs() {
  const dialog = useDialog();
  if (!dialog) return null;
  return (
    <Suspense fallback={null}>
      {dialog.kind === "apps" && <AppsDialog onClose={closeDialog} />}
      {dialog.kind === "import" && (
        <ImportDialog
          frame={dialog.frame ?? null}
          connection={dialog.connection ?? null}
          dataType={dialog.dataType ?? null}
          filled={dialog.filled ?? null}
          onClose={closeDialog}
        />
      )}
      {dialog.kind === "rename" && <RenameDialog frame={dialog.frame} onClose={closeDialog} />}
      {dialog.kind === "connect" && (
        <ConnectDialog way={dialog.way ?? "key"} replaces={dialog.replaces ?? null} onClose={closeDialog} />
      )}
      {dialog.kind === "rename-connection" && (
        <RenameConnection connection={dialog.connection} onClose={closeDialog} />
      )}
      {dialog.kind === "remove-connection" && (
        <RemoveConnection connection={dialog.connection} onClose={closeDialog} />
      )}
    </Suspense>
  );
}
