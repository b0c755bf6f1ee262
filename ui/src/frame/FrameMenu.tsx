/** The entries of a data frame's menu, in the sidebar and on its page. Goes inside a Mantine `Menu.Dropdown`. */
import { Menu } from "@mantine/core";
import { Download, Pencil, RotateCw, SlidersHorizontal, Trash2 } from "lucide-react";
import type { Frame } from "../api/types";
import { openDialog } from "../app/dialogs";
import { exportAddress, exportFormats, reimport, remove } from "./actions";

export function FrameMenu({ frame }: { frame: Frame }) {
  const busy = frame.state === "importing";
  return (
    <>
      {frame.request && (
        <>
          <Menu.Item leftSection={<RotateCw size={15} />} disabled={busy} onClick={() => reimport(frame)}>
            Re-import
          </Menu.Item>
          <Menu.Item
            leftSection={<SlidersHorizontal size={15} />}
            disabled={busy}
            onClick={() => openDialog({ kind: "import", frame })}
          >
            Edit import…
          </Menu.Item>
        </>
      )}
      <Menu.Item leftSection={<Pencil size={15} />} onClick={() => openDialog({ kind: "rename", frame })}>
        Rename…
      </Menu.Item>
      <Menu.Divider />
      {exportFormats.map(({ format, label }) => (
        <Menu.Item
          key={format}
          component="a"
          href={exportAddress(frame.name, format)}
          download
          disabled={frame.kind === "import" && frame.imported_at === null}
          leftSection={<Download size={15} />}
        >
          Export as {label}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item
        style={{ color: "var(--bad)" }}
        leftSection={<Trash2 size={15} />}
        disabled={busy}
        onClick={() => remove(frame)}
      >
        Remove
      </Menu.Item>
    </>
  );
}
