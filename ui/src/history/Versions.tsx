/** The versions of a frame, newest first: what each changed, opened on demand; to look at one, or to bring one back. */
import { Accordion, Button, Group, Modal, Skeleton, Text } from "@mantine/core";
import { useState } from "react";
import type { Frame, VersionInfo } from "../api/types";
import { noteDone, noteProblem } from "../app/notices";
import { ProblemNote } from "../app/ProblemNote";
import { framePath, Link } from "../app/router";
import { Tag } from "../app/Tag";
import { useTimeZone } from "../app/timeZone";
import { minuteText } from "../format/dates";
import { countOf, countText } from "../format/numbers";
import { Changes } from "./Changes";
import classes from "./history.module.css";
import { useRestore, useVersions } from "./versionQueries";

const SHOWN_FIRST = 10;

const made: Record<string, string> = { import: "Imported", restore: "Restored", sql: "Saved from SQL" };

export function Versions({ frame }: { frame: Frame }) {
  const versions = useVersions(frame);
  const [opened, setOpened] = useState<string[]>([]);
  const [all, setAll] = useState(false);
  const [asked, setAsked] = useState<VersionInfo | null>(null);
  const list = versions.data ?? [];
  const newest = list[0]?.version ?? null;
  const shown = all ? list : list.slice(0, SHOWN_FIRST);
  return (
    <section aria-labelledby="versions">
      <h2 id="versions" className={classes.heading}>
        Versions
      </h2>
      {versions.isError && <ProblemNote error={versions.error} onRetry={() => versions.refetch()} />}
      {versions.isPending && <Skeleton height={96} />}
      {versions.isSuccess && list.length === 0 && <p className={classes.quiet}>No version yet.</p>}
      {list.length > 0 && (
        <Accordion
          multiple
          value={opened}
          onChange={setOpened}
          variant="contained"
          chevronPosition="left"
          transitionDuration={0}
          order={3}
        >
          {shown.map((version) => (
            <Version
              key={version.version}
              frame={frame}
              version={version}
              newest={version.version === newest}
              opened={opened.includes(String(version.version))}
              onRestore={() => setAsked(version)}
            />
          ))}
        </Accordion>
      )}
      {shown.length < list.length && (
        <Button mt="xs" size="xs" variant="default" onClick={() => setAll(true)}>
          Show {countText(list.length - shown.length)} earlier
        </Button>
      )}
      {asked && <RestoreDialog frame={frame} version={asked} onClose={() => setAsked(null)} />}
    </section>
  );
}

interface VersionProps {
  frame: Frame;
  version: VersionInfo;
  newest: boolean;
  opened: boolean;
  onRestore: () => void;
}

function Version({ frame, version, newest, opened, onRestore }: VersionProps) {
  const zone = useTimeZone();
  const number = version.version;
  return (
    <Accordion.Item value={String(number)}>
      <div className={classes.version}>
        <Accordion.Control>
          <span className={classes.versionLine}>
            <span className={classes.versionName}>Version {number}</span>
            <span>
              {made[version.operation] ?? version.operation} {minuteText(version.committed_at, zone)}
            </span>
            <span className={classes.quiet}>{countOf(version.rows, "row")}</span>
            {newest && <Tag tone="accent">Current</Tag>}
          </span>
        </Accordion.Control>
        {!newest && (
          <Group gap={6} wrap="nowrap" pr="sm">
            <Button
              component={Link}
              to={`${framePath(frame.name, "table")}?version=${number}`}
              size="compact-sm"
              variant="subtle"
              aria-label={`Open this version: ${number}`}
            >
              Open this version
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Restore version ${number}`}
              onClick={onRestore}
            >
              Restore
            </Button>
          </Group>
        )}
      </div>
      <Accordion.Panel>{opened && <Changes frame={frame.name} version={number} />}</Accordion.Panel>
    </Accordion.Item>
  );
}

interface RestoreDialogProps {
  frame: Frame;
  version: VersionInfo;
  onClose: () => void;
}

function RestoreDialog({ frame, version, onClose }: RestoreDialogProps) {
  const restore = useRestore(frame.name);
  const zone = useTimeZone();
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      const restored = await restore(version.version);
      noteDone(`Version ${version.version} is back, as version ${restored.version}`);
      onClose();
    } catch (error) {
      noteProblem(error);
      setBusy(false);
    }
  };
  const title = `Restore version ${version.version}?`;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <Text size="sm">
        {frame.name} will have the {countOf(version.rows, "row")} of {minuteText(version.committed_at, zone)}{" "}
        again, as a new version. The versions after it are kept.
      </Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button onClick={go} loading={busy}>
          Restore
        </Button>
      </Group>
    </Modal>
  );
}
