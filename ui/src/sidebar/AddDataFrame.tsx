/** The '+' beside 'Data Frames', and what can be added. */
import { ActionIcon, Menu } from "@mantine/core";
import { CloudDownload, Plus } from "lucide-react";
import { openDialog } from "../app/dialogs";

export function AddDataFrame() {
  return (
    <Menu position="bottom-start" width={250} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon variant="light" aria-label="Add data frame">
          <Plus size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<CloudDownload size={16} />} onClick={() => openDialog({ kind: "apps" })}>
          Import Cloud Apps Data
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
