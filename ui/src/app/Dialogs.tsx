/** Draws the dialog that is open. Each is loaded when it is first wanted. */
import { lazy, Suspense } from "react";
import { closeDialog, useDialog } from "./dialogs";

const AppsDialog = lazy(() => import("../import/AppsDialog"));
const ImportDialog = lazy(() => import("../import/ImportDialog"));
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
          onClose={closeDialog}
        />
      )}
      {dialog.kind === "rename" && <RenameDialog frame={dialog.frame} onClose={closeDialog} />}
    </Suspense>
  );
}
