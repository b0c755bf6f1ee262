/** The query whose answer a tile shows, to copy or to go on with. */
import { Button, CopyButton, Group, Modal } from "@mantine/core";
import { navigate } from "../app/router";
import classes from "./overview.module.css";
import type { Tile } from "./overviewQueries";

export function SqlDialog({ tile, onClose }: { tile: Tile; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={`SQL of ${tile.label}`}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long query scrolls */}
      <pre className={classes.sql} tabIndex={0} role="region" aria-label="Query">
        <code>{tile.sql}</code>
      </pre>
      <Group justify="flex-end" mt="md">
        <CopyButton value={tile.sql}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button onClick={() => navigate(`/sql?sql=${encodeURIComponent(tile.sql)}`)}>Open in SQL</Button>
      </Group>
    </Modal>
  );
}
